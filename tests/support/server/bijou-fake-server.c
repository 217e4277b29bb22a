#include "config.h"

#include "bijou-fake-control.h"
#include "bijou-fake-server-private.h"

#include <string.h>

typedef struct
{
  SoupWebsocketConnection *connection; /* (owned) */
  guint user;
} Socket;

/* ---- exchanges ---- */

static void
clear_pair (gpointer data)
{
  FakePair *pair = data;

  g_free (pair->name);
  g_free (pair->value);
}

static void
clear_exchange (gpointer data)
{
  BijouFakeExchange *x = data;

  g_clear_pointer (&x->body, fake_body_free);
  g_array_unref (x->pairs);
  g_ptr_array_unref (x->faults);
  g_free (x->path);
  bijou_fake_log_entry_free (x->entry);
  g_object_unref (x->message);
}

BijouFakeExchange *
fake_exchange_ref (BijouFakeExchange *x)
{
  return g_rc_box_acquire (x);
}

void
fake_exchange_unref (BijouFakeExchange *x)
{
  g_rc_box_release_full (x, clear_exchange);
}

static char *
decode (const char *text, gssize length)
{
  g_autofree char *copy = length < 0 ? g_strdup (text) : g_strndup (text, length);
  char *decoded;

  g_strdelimit (copy, "+", ' ');
  decoded = g_uri_unescape_string (copy, NULL);
  return decoded != NULL ? decoded : g_steal_pointer (&copy);
}

static GArray *
parse_query (const char *query)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (FakePair));
  g_auto (GStrv) parts = g_strsplit (query != NULL ? query : "", "&", -1);

  g_array_set_clear_func (pairs, clear_pair);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize length = strcspn (parts[i], "=");
      FakePair pair;

      if (*parts[i] == '\0')
        continue;
      pair.name = decode (parts[i], length);
      pair.value = decode (parts[i][length] == '=' ? parts[i] + length + 1 : "", -1);
      g_array_append_val (pairs, pair);
    }
  return pairs;
}

static void
finish_exchange (BijouFakeExchange *x)
{
  BijouFakeServer *self = x->server;

  if (x->finished)
    return;
  x->finished = TRUE;
  if (x->delay != 0)
    fake_server_remove_source (self, x->delay);
  x->delay = 0;
  g_signal_handlers_disconnect_by_data (x->message, x);
  bijou_fake_log_finish (self->log, x->entry);
  g_ptr_array_remove_fast (self->exchanges, x);
  fake_exchange_unref (x);
}

static void
on_finished_cb (SoupServerMessage *message, gpointer data)
{
  finish_exchange (data);
}

static void
on_wrote_data_cb (SoupServerMessage *message, guint size, gpointer data)
{
  BijouFakeExchange *x = data;

  x->entry->bytes += size;
}

static void
note_body (BijouFakeExchange *x)
{
  SoupMessageBody *body = soup_server_message_get_request_body (x->message);

  if (body == NULL || body->length == 0 || strstr (x->path, "uthenticate") != NULL)
    return;
  x->entry->body = fake_body_text (x);
  if (strlen (x->entry->body) > 4096)
    x->entry->body[4096] = '\0';
}

static BijouFakeExchange *
create_exchange (BijouFakeServer *self, SoupServerMessage *message)
{
  BijouFakeExchange *x = g_rc_box_new0 (BijouFakeExchange);
  GUri *uri = soup_server_message_get_uri (message);
  const char *query = g_uri_get_query (uri);

  x->server = self;
  x->message = g_object_ref (message);
  x->method = soup_server_message_get_method (message);
  x->path = g_strdup (g_uri_get_path (uri));
  x->pairs = parse_query (query);
  x->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_fault_free);
  x->entry = bijou_fake_log_add (self->log, x->method, x->path, query);
  x->entry->range = g_strdup (fake_header (x, "Range"));
  note_body (x);
  g_ptr_array_add (self->exchanges, x);
  g_signal_connect (message, "finished", G_CALLBACK (on_finished_cb), x);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (on_wrote_data_cb), x);
  return x;
}

static void
shift_date (BijouFakeExchange *x, gint64 seconds)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) then = g_date_time_add_seconds (now, (double) seconds);
  g_autofree char *text = soup_date_time_to_string (then, SOUP_DATE_HTTP);

  fake_set_header (x, "Date", text);
}

static void
forget_param (BijouFakeExchange *x, const char *name)
{
  for (guint i = x->pairs->len; i > 0; i--)
    if (g_strcmp0 (g_array_index (x->pairs, FakePair, i - 1).name, name) == 0)
      g_array_remove_index (x->pairs, i - 1);
}

static void
collect_faults (BijouFakeServer *self, BijouFakeExchange *x)
{
  g_autofree char *query =
      bijou_fake_mask_query (g_uri_get_query (soup_server_message_get_uri (x->message)));
  g_autofree char *target =
      *query != '\0' ? g_strconcat (x->path, "?", query, NULL) : g_strdup (x->path);

  for (guint i = 0; i < self->faults->len; i++)
    {
      BijouFakeFault *fault = g_ptr_array_index (self->faults, i);
      BijouFakeFault *copy;

      if (!bijou_fake_fault_match (fault, x->method, target))
        continue;
      copy = g_new0 (BijouFakeFault, 1);
      copy->id = fault->id;
      copy->kind = fault->kind;
      copy->text = g_strdup (fault->text);
      copy->value = fault->value;
      g_ptr_array_add (x->faults, copy);
      if (fault->kind == BIJOU_FAKE_FAULT_DATE)
        shift_date (x, fault->value);
      if (fault->kind == BIJOU_FAKE_FAULT_IGNORE)
        forget_param (x, fault->text);
    }
}

/* ---- the way of a request ---- */

static void
redirect (BijouFakeServer *self, BijouFakeExchange *x, const char *where)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (x->message));
  g_autofree char *target =
      g_strconcat (where, x->path, query != NULL ? "?" : "", query != NULL ? query : "", NULL);

  fake_set_header (x, "Location", target);
  fake_reply_empty (x, 302);
}

/* TRUE: the fault was the answer. */
static gboolean
answer_by_fault (BijouFakeServer *self, BijouFakeExchange *x)
{
  BijouFakeFault *fault;

  if (fake_fault (x, BIJOU_FAKE_FAULT_REFUSE))
    fake_kill_connection (x, TRUE);
  else if (fake_fault (x, BIJOU_FAKE_FAULT_STALL))
    fake_pause (x);
  else if ((fault = fake_fault (x, BIJOU_FAKE_FAULT_STARTING)))
    self->protocol->starting (self->data, x, fault->text);
  else if (fake_fault (x, BIJOU_FAKE_FAULT_UNAUTHORIZED))
    fake_fail (x, 401);
  else if ((fault = fake_fault (x, BIJOU_FAKE_FAULT_REDIRECT)))
    redirect (self, x, fault->text != NULL ? fault->text : "http://127.0.0.1:9");
  else if ((fault = fake_fault (x, BIJOU_FAKE_FAULT_STATUS)))
    {
      BijouFakeFault *after = fake_fault (x, BIJOU_FAKE_FAULT_RETRY_AFTER);

      if (after != NULL)
        fake_set_header_int (x, "Retry-After", after->value);
      fake_fail (x, fault->value);
    }
  else if (fake_fault (x, BIJOU_FAKE_FAULT_HTML))
    fake_reply (x, 200, "text/html", "<!DOCTYPE html><html><body>Sign in to Wi-Fi</body></html>");
  else if (fake_fault (x, BIJOU_FAKE_FAULT_EMPTY))
    fake_reply_empty (x, 200);
  else
    return FALSE;
  return TRUE;
}

static void
run_exchange (BijouFakeServer *self, BijouFakeExchange *x)
{
  if (answer_by_fault (self, x))
    return;
  self->protocol->handle (self->data, x);
  if (!x->answered && !x->pending && !x->upgrade)
    fake_fail (x, 404);
  if (fake_fault (x, BIJOU_FAKE_FAULT_LOSE_ANSWER))
    fake_kill_connection (x, TRUE);
  else if (fake_fault (x, BIJOU_FAKE_FAULT_HOLD_ANSWER))
    fake_pause (x);
}

static gboolean
on_delay_over_cb (gpointer data)
{
  BijouFakeExchange *x = data;

  x->delay = 0;
  run_exchange (x->server, x);
  return G_SOURCE_REMOVE;
}

static gboolean
is_socket_path (BijouFakeServer *self, const char *path)
{
  for (guint i = 0; i < 3 && self->protocol->sockets[i] != NULL; i++)
    if (g_str_has_suffix (path, self->protocol->sockets[i]))
      return TRUE;
  return FALSE;
}

static void
on_request_cb (SoupServer *soup,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer data)
{
  BijouFakeServer *self = data;
  BijouFakeExchange *x;
  BijouFakeFault *delay;
  guint ms = self->options.latency_ms;

  if (g_str_has_prefix (path, "/__control"))
    {
      fake_control_reply (self, message, path);
      return;
    }
  x = create_exchange (self, message);
  self->protocol->check (self->data, x);
  collect_faults (self, x);
  if ((delay = fake_fault (x, BIJOU_FAKE_FAULT_DELAY)))
    ms += delay->value;
  if (ms > 0 && !is_socket_path (self, x->path))
    {
      fake_pause (x);
      x->delay = fake_server_timeout (self, ms, on_delay_over_cb, x);
    }
  else
    run_exchange (self, x);
}

/* ---- websockets ---- */

static void
free_socket (gpointer data)
{
  Socket *socket = data;

  g_signal_handlers_disconnect_matched (socket->connection, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, NULL,
                                        NULL);
  g_object_unref (socket->connection);
  g_free (socket);
}

static void
on_socket_closed_cb (SoupWebsocketConnection *connection, gpointer data)
{
  BijouFakeServer *self = data;

  for (guint i = 0; i < self->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (self->sockets, i);

      if (socket->connection == connection)
        {
          g_signal_handlers_disconnect_by_data (connection, self);
          g_ptr_array_remove_index (self->sockets, i);
          return;
        }
    }
}

static void
on_socket_message_cb (SoupWebsocketConnection *connection, int type, GBytes *bytes, gpointer data)
{
  BijouFakeServer *self = data;
  gsize size;
  const char *bits = g_bytes_get_data (bytes, &size);
  g_autofree char *text = g_strndup (bits, size);

  if (self->protocol->socket_message != NULL)
    self->protocol->socket_message (self->data, connection, text);
}

/* A message that became a websocket never finishes by itself. Returns its user. */
static guint
finish_upgrade (BijouFakeServer *self, SoupServerMessage *message)
{
  for (guint i = 0; i < self->exchanges->len; i++)
    {
      BijouFakeExchange *x = g_ptr_array_index (self->exchanges, i);
      guint user = x->user;

      if (x->message != message)
        continue;
      finish_exchange (x);
      return user;
    }
  return 0;
}

static void
on_socket_cb (SoupServer *soup,
              SoupServerMessage *message,
              const char *path,
              SoupWebsocketConnection *connection,
              gpointer data)
{
  BijouFakeServer *self = data;
  Socket *socket = g_new0 (Socket, 1);

  socket->connection = g_object_ref (connection);
  socket->user = finish_upgrade (self, message);
  g_ptr_array_add (self->sockets, socket);
  g_signal_connect (connection, "closed", G_CALLBACK (on_socket_closed_cb), self);
  g_signal_connect (connection, "message", G_CALLBACK (on_socket_message_cb), self);
  if (self->protocol->socket_open != NULL)
    self->protocol->socket_open (self->data, connection, socket->user);
}

void
fake_server_broadcast (BijouFakeServer *self, guint user, const char *text)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (self->sockets, i);

      if (soup_websocket_connection_get_state (socket->connection) == SOUP_WEBSOCKET_STATE_OPEN &&
          (user == G_MAXUINT || socket->user == user))
        soup_websocket_connection_send_text (socket->connection, text);
    }
}

void
fake_server_drop_sockets (BijouFakeServer *self)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->sockets->len; i++)
    {
      Socket *socket = g_ptr_array_index (self->sockets, i);

      g_ptr_array_add (streams,
                       g_object_ref (soup_websocket_connection_get_io_stream (socket->connection)));
      g_signal_handlers_disconnect_by_data (socket->connection, self);
    }
  g_ptr_array_set_size (self->sockets, 0);
  for (guint i = 0; i < streams->len; i++)
    g_io_stream_close (g_ptr_array_index (streams, i), NULL, NULL);
}

guint
fake_server_get_n_sockets (BijouFakeServer *self)
{
  return self->sockets->len;
}

/* ---- accessors inside of the thread ---- */

BijouFakeLibrary *
fake_server_get_library (BijouFakeServer *self)
{
  return self->library;
}

void
fake_server_set_library (BijouFakeServer *self, BijouFakeLibrary *library)
{
  self->library = library;
}

GMainContext *
fake_server_get_context (BijouFakeServer *self)
{
  return self->context;
}

gpointer
fake_server_get_protocol_data (BijouFakeServer *self)
{
  return self->data;
}

const BijouFakeProtocol *
fake_server_get_protocol (BijouFakeServer *self)
{
  return self->protocol;
}

const BijouFakeOptions *
fake_server_get_options (BijouFakeServer *self)
{
  return &self->options;
}

BijouFakeLog *
fake_server_get_log (BijouFakeServer *self)
{
  return self->log;
}

GPtrArray *
fake_server_get_plex_servers (BijouFakeServer *self)
{
  return self->plex_servers;
}

void
fake_server_set_id (BijouFakeServer *self, const char *id)
{
  g_free (self->id);
  self->id = g_strdup (id);
}

void
fake_server_set_credentials (BijouFakeServer *self, const char *user, const char *password)
{
  self->user = g_strdup (user);
  self->password = g_strdup (password);
}

void
fake_server_set_token (BijouFakeServer *self, guint user, const char *token)
{
  g_mutex_lock (&self->lock);
  g_free (self->tokens[user]);
  self->tokens[user] = g_strdup (token);
  g_mutex_unlock (&self->lock);
}

gint64
fake_server_reserve (BijouFakeServer *self, gsize length)
{
  gint64 now = g_get_monotonic_time ();
  gint64 due = MAX (now, self->next_free);

  if (self->options.bandwidth == 0)
    return now;
  self->next_free = due + (gint64) length * G_USEC_PER_SEC / (gint64) self->options.bandwidth;
  return due;
}

guint
fake_server_timeout (BijouFakeServer *self, guint ms, GSourceFunc func, gpointer data)
{
  g_autoptr (GSource) source = g_timeout_source_new (ms);

  g_source_set_callback (source, func, data, NULL);
  return g_source_attach (source, self->context);
}

void
fake_server_remove_source (BijouFakeServer *self, guint id)
{
  GSource *source = g_main_context_find_source_by_id (self->context, id);

  if (source != NULL)
    g_source_destroy (source);
}

void
fake_server_set_pace (BijouFakeServer *self, gint64 latency_ms, gint64 bandwidth)
{
  if (latency_ms >= 0)
    self->options.latency_ms = latency_ms;
  if (bandwidth >= 0)
    self->options.bandwidth = bandwidth;
  self->next_free = 0;
}

void
fake_server_set_page_cap (BijouFakeServer *self, guint cap)
{
  self->options.page_cap = cap;
}

guint
fake_server_add_fault (BijouFakeServer *self, const char *spec, GError **error)
{
  BijouFakeFault *fault = bijou_fake_fault_parse (spec, error);

  if (fault == NULL)
    return 0;
  fault->id = ++self->next_fault;
  g_ptr_array_add (self->faults, fault);
  return fault->id;
}

void
fake_server_clear_fault (BijouFakeServer *self, guint id)
{
  for (guint i = self->faults->len; i > 0; i--)
    {
      BijouFakeFault *fault = g_ptr_array_index (self->faults, i - 1);

      if (id == 0 || fault->id == id)
        g_ptr_array_remove_index (self->faults, i - 1);
    }
}

/* ---- the thread ---- */

static void
add_socket_handler (BijouFakeServer *self, const char *path)
{
  g_autofree char *full =
      g_strconcat (self->options.base_path != NULL ? self->options.base_path : "", path, NULL);

  soup_server_add_handler (self->soup, full, on_request_cb, self, NULL);
  soup_server_add_websocket_handler (self->soup, full, NULL, NULL, on_socket_cb, self, NULL);
}

static gboolean
is_about_client_that_left (const char *message)
{
  return strstr (message, "could not get remote address") != NULL;
}

static void
on_soup_message_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (!is_about_client_that_left (message))
    g_log_default_handler (domain, level, message, data);
}

static gboolean
is_fatal_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return g_strcmp0 (domain, "libsoup") != 0 || !is_about_client_that_left (message);
}

/* libsoup warns of a websocket whose client is gone before it is open, and a test ends with each
 * warning. GLib forgets the second of these at the start of each test. */
static void
forgive_clients_that_left (void)
{
  static gsize ready = 0;

  if (g_once_init_enter (&ready))
    g_once_init_leave (&ready, g_log_set_handler ("libsoup", G_LOG_LEVEL_WARNING | G_LOG_FLAG_FATAL,
                                                  on_soup_message_cb, NULL));
  g_test_log_set_fatal_handler (is_fatal_cb, NULL);
}

static gboolean
listen_in_thread (BijouFakeServer *self, GError **error)
{
  forgive_clients_that_left ();
  self->soup = soup_server_new ("server-header", self->protocol->header, NULL);
  soup_server_add_handler (self->soup, NULL, on_request_cb, self, NULL);
  for (guint i = 0; i < 3 && self->protocol->sockets[i] != NULL; i++)
    add_socket_handler (self, self->protocol->sockets[i]);
  return soup_server_listen_local (self->soup, self->options.port, SOUP_SERVER_LISTEN_IPV4_ONLY,
                                   error);
}

static void
close_in_thread (BijouFakeServer *self)
{
  if (self->soup == NULL)
    return;
  fake_server_drop_sockets (self);
  for (guint i = self->exchanges->len; i > 0; i--)
    {
      BijouFakeExchange *x = fake_exchange_ref (g_ptr_array_index (self->exchanges, i - 1));

      if (!x->finished)
        fake_kill_connection (x, TRUE);
      fake_exchange_unref (x);
    }
  soup_server_disconnect (self->soup);
  for (guint i = 0; i < 100 && self->exchanges->len > 0; i++)
    g_main_context_iteration (self->context, FALSE);
  while (self->exchanges->len > 0)
    finish_exchange (g_ptr_array_index (self->exchanges, self->exchanges->len - 1));
  g_clear_object (&self->soup);
}

void
fake_server_set_refusing_in_thread (BijouFakeServer *self, gboolean refusing)
{
  g_autoptr (GError) error = NULL;

  if (refusing == (self->soup == NULL))
    return;
  if (refusing)
    close_in_thread (self);
  else if (!listen_in_thread (self, &error))
    g_critical ("cannot listen again: %s", error->message);
}

static gboolean
on_refuse_cb (gpointer data)
{
  fake_server_set_refusing_in_thread (data, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_listen_again_cb (gpointer data)
{
  fake_server_set_refusing_in_thread (data, FALSE);
  return G_SOURCE_REMOVE;
}

void
fake_server_refuse_soon (BijouFakeServer *self, gboolean refusing, guint for_ms)
{
  fake_server_timeout (self, 50, refusing ? on_refuse_cb : on_listen_again_cb, self);
  if (refusing && for_ms > 0)
    fake_server_timeout (self, 50 + for_ms, on_listen_again_cb, self);
}

static gboolean
start_in_thread (BijouFakeServer *self)
{
  GSList *uris;

  self->data = self->protocol->create (self, &self->options);
  if (!listen_in_thread (self, &self->error))
    return FALSE;
  uris = soup_server_get_uris (self->soup);
  self->options.port = g_uri_get_port (uris->data);
  self->url = g_strdup_printf ("http://127.0.0.1:%u%s", self->options.port,
                               self->options.base_path != NULL ? self->options.base_path : "");
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return TRUE;
}

typedef struct
{
  BijouFakeServer *server;
  GMutex lock;
  GCond cond;
  GFunc func;
  gpointer data;
  gboolean done;
} Call;

static void
finish_call (Call *call)
{
  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
}

static void
await_call (Call *call)
{
  g_mutex_lock (&call->lock);
  while (!call->done)
    g_cond_wait (&call->cond, &call->lock);
  g_mutex_unlock (&call->lock);
  g_mutex_clear (&call->lock);
  g_cond_clear (&call->cond);
}

static gpointer
run_in_thread (gpointer data)
{
  Call *call = data;
  BijouFakeServer *self = call->server;
  gboolean good;

  g_main_context_push_thread_default (self->context);
  good = start_in_thread (self);
  finish_call (call);
  if (good)
    g_main_loop_run (self->loop);
  close_in_thread (self);
  self->protocol->free (self->data);
  g_clear_pointer (&self->library, bijou_fake_library_free);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

static gboolean
on_call_cb (gpointer data)
{
  Call *call = data;

  call->func (call->data, call->server);
  finish_call (call);
  return G_SOURCE_REMOVE;
}

void
fake_server_call (BijouFakeServer *self, GFunc func, gpointer data)
{
  Call call = { .server = self, .func = func, .data = data };

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  g_main_context_invoke (self->context, on_call_cb, &call);
  await_call (&call);
}

/* ---- for everybody ---- */

static void
copy_options (BijouFakeOptions *to, const BijouFakeOptions *from)
{
  *to = *from;
  to->name = g_strdup (from->name);
  to->id = g_strdup (from->id);
  to->catalogue = g_strdup (from->catalogue);
  to->media_dir = g_strdup (from->media_dir);
  to->state_file = g_strdup (from->state_file);
  to->log_file = g_strdup (from->log_file);
  to->jellyfin_version = g_strdup (from->jellyfin_version);
  to->base_path = g_strdup (from->base_path);
}

static void
clear_options (BijouFakeOptions *options)
{
  g_free ((char *) options->name);
  g_free ((char *) options->id);
  g_free ((char *) options->catalogue);
  g_free ((char *) options->media_dir);
  g_free ((char *) options->state_file);
  g_free ((char *) options->log_file);
  g_free ((char *) options->jellyfin_version);
  g_free ((char *) options->base_path);
}

static void
free_server (BijouFakeServer *self)
{
  g_ptr_array_unref (self->faults);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->exchanges);
  g_ptr_array_unref (self->plex_servers);
  bijou_fake_log_free (self->log);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  clear_options (&self->options);
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    g_free (self->tokens[i]);
  g_mutex_clear (&self->lock);
  g_clear_error (&self->error);
  g_free (self->url);
  g_free (self->id);
  g_free (self->user);
  g_free (self->password);
  g_free (self);
}

BijouFakeServer *
bijou_fake_server_start (BijouFakeProtocolKind kind,
                         const BijouFakeOptions *options,
                         GError **error)
{
  static const BijouFakeProtocol *const protocols[] = { &bijou_fake_plex_protocol,
                                                        &bijou_fake_jellyfin_protocol,
                                                        &bijou_fake_plextv_protocol };
  BijouFakeServer *self = g_new0 (BijouFakeServer, 1);
  Call call = { .server = self };

  self->protocol = protocols[kind];
  copy_options (&self->options, options);
  g_mutex_init (&self->lock);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_fake_fault_free);
  self->sockets = g_ptr_array_new_with_free_func (free_socket);
  self->exchanges = g_ptr_array_new ();
  self->plex_servers = g_ptr_array_new ();
  self->log = bijou_fake_log_new (self->protocol->name, options->log_file);
  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  self->thread = g_thread_new (self->protocol->name, run_in_thread, &call);
  await_call (&call);
  if (self->error != NULL)
    {
      g_thread_join (self->thread);
      g_propagate_error (error, g_steal_pointer (&self->error));
      free_server (self);
      return NULL;
    }
  return self;
}

static void
quit_in_thread (gpointer data, gpointer server)
{
  g_main_loop_quit (((BijouFakeServer *) server)->loop);
}

void
bijou_fake_server_stop (BijouFakeServer *self)
{
  fake_server_call (self, quit_in_thread, NULL);
  g_thread_join (self->thread);
  free_server (self);
}
