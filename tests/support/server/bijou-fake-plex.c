#include "config.h"

#include "bijou-fake-plex.h"

#include <string.h>

static const struct
{
  guint status;
  const char *title;
} titles[] = {
  { 400, "Bad Request" },     { 401, "Unauthorized" },        { 403, "Forbidden" },
  { 404, "Not Found" },       { 429, "Too Many Requests" },   { 500, "Internal Server Error" },
  { 501, "Not Implemented" }, { 503, "Service Unavailable" }, { 509, "Bandwidth Limit Exceeded" },
};

static void
fail (gpointer data, BijouFakeExchange *x, guint status)
{
  const char *title = "Error";
  g_autofree char *html = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    if (titles[i].status == status)
      title = titles[i].title;
  html = g_strdup_printf ("<html><head><title>%s</title></head><body><h1>%u %s</h1></body></html>",
                          title, status, title);
  fake_set_header (x, "X-Plex-Protocol", "1.0");
  fake_reply (x, status, "text/html", html);
}

static void
starting (gpointer data, BijouFakeExchange *x, const char *how)
{
  fake_reply (
      x, 503, "application/xml",
      "<Response code=\"503\" title=\"Maintenance\" status=\"Plex Media Server is currently "
      "running startup maintenance tasks.\"/>\n");
}

const char *
plex_setting (BijouFakeExchange *x, const char *name)
{
  const char *value = fake_param (x, name);

  return value != NULL ? value : fake_header (x, name);
}

gboolean
plex_flag (BijouFakeExchange *x, const char *name)
{
  return fake_param_int (x, name, 0) == 1;
}

static void
check (gpointer data, BijouFakeExchange *x)
{
  BijouFakePlex *self = data;
  const char *token = plex_setting (x, "X-Plex-Token");

  x->entry->token = token != NULL ? BIJOU_FAKE_TOKEN_BAD : BIJOU_FAKE_TOKEN_NONE;
  for (guint i = 0; token != NULL && i < BIJOU_FAKE_USERS; i++)
    if (g_str_equal (self->tokens[i], token))
      {
        x->entry->token = BIJOU_FAKE_TOKEN_GOOD;
        x->user = i;
      }
}

FakeWriter *
plex_begin (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *accept = fake_header (x, "Accept");
  FakeWriterFlags flags = FAKE_WRITER_XML;
  FakeWriter *w;

  if (accept != NULL && strstr (accept, "application/json") != NULL)
    flags = FAKE_WRITER_JSON;
  if (flags == FAKE_WRITER_JSON && fake_fault (x, BIJOU_FAKE_FAULT_DRIFT))
    flags |= FAKE_WRITER_DRIFT;
  w = fake_writer_new (flags);
  fake_object (w, NULL, NULL);
  fake_object (w, "MediaContainer", "MediaContainer");
  return w;
}

void
plex_end (BijouFakeExchange *x, FakeWriter *w)
{
  fake_end (w);
  fake_end (w);
  fake_set_header (x, "X-Plex-Protocol", "1.0");
  fake_set_header (x, "Cache-Control", "no-cache");
  fake_reply_writer (x, 200, fake_writer_is_xml (w) ? "text/xml;charset=utf-8" : "application/json",
                     w);
  fake_writer_free (w);
}

/* Many changes answer with an empty page. */
void
plex_reply_ok (BijouFakeExchange *x)
{
  fake_set_header (x, "X-Plex-Protocol", "1.0");
  fake_reply (x, 200, "text/html", "");
}

BijouFakeItem *
plex_find_item (BijouFakePlex *self, const char *key)
{
  char *end;
  guint64 number = g_ascii_strtoull (key, &end, 10);

  if (end == key || *end != '\0' || number < PLEX_KEY_BASE)
    return NULL;
  return bijou_fake_library_get_item (self->library, number - PLEX_KEY_BASE);
}

static const char *
get_machine (BijouFakePlex *self, BijouFakeExchange *x)
{
  return fake_fault (x, BIJOU_FAKE_FAULT_WRONG_MACHINE) ? "ffffffffffffffffffffffffffffffffffffffff"
                                                        : self->machine;
}

static void
reply_identity (BijouFakePlex *self, BijouFakeExchange *x)
{
  FakeWriter *w = plex_begin (self, x);

  fake_int (w, "size", 0);
  fake_bool (w, "claimed", TRUE);
  fake_str (w, "machineIdentifier", get_machine (self, x));
  fake_str (w, "version", PLEX_VERSION);
  plex_end (x, w);
}

static void
reply_root (BijouFakePlex *self, BijouFakeExchange *x)
{
  FakeWriter *w = plex_begin (self, x);

  fake_int (w, "size", 0);
  fake_bool (w, "allowCameraUpload", FALSE);
  fake_bool (w, "allowMediaDeletion", TRUE);
  fake_bool (w, "allowSharing", TRUE);
  fake_bool (w, "allowSync", TRUE);
  fake_str (w, "friendlyName", bijou_fake_server_get_name (self->server));
  fake_str (w, "machineIdentifier", get_machine (self, x));
  fake_bool (w, "multiuser", TRUE);
  fake_bool (w, "myPlex", TRUE);
  fake_str (w, "myPlexMappingState", "mapped");
  fake_str (w, "myPlexSigninState", "ok");
  fake_bool (w, "myPlexSubscription", TRUE);
  fake_str (w, "platform", "Linux");
  fake_str (w, "platformVersion", "6.1.0");
  fake_bool (w, "pushNotifications", FALSE);
  fake_int (w, "streamingBrainABRVersion", 3);
  fake_int (w, "transcoderActiveVideoSessions", 0);
  fake_bool (w, "transcoderVideo", TRUE);
  fake_bool (w, "transcoderVideoQualities", TRUE);
  fake_int (w, "updatedAt", 1760000000);
  fake_str (w, "version", PLEX_VERSION);
  plex_end (x, w);
}

static void
reply_prefs (BijouFakePlex *self, BijouFakeExchange *x)
{
  FakeWriter *w;

  if (x->user != 0)
    {
      fake_fail (x, 403);
      return;
    }
  w = plex_begin (self, x);
  fake_int (w, "size", 1);
  fake_array (w, "Setting");
  fake_object (w, NULL, "Setting");
  fake_str (w, "id", "LibraryVideoPlayedThreshold");
  fake_str (w, "type", "int");
  fake_int (w, "default", 90);
  fake_int (w, "value", 90);
  fake_end (w);
  fake_end (w);
  plex_end (x, w);
}

static gboolean
is_websocket (BijouFakeExchange *x)
{
  return g_str_has_prefix (x->path, "/:/websocket");
}

static void
handle (gpointer data, BijouFakeExchange *x)
{
  BijouFakePlex *self = data;

  if (g_str_equal (x->path, "/identity"))
    reply_identity (self, x);
  else if (x->entry->token != BIJOU_FAKE_TOKEN_GOOD)
    fake_fail (x, 401);
  else if (is_websocket (x))
    {
      x->upgrade = TRUE;
      x->entry->status = 101;
    }
  else if (g_str_equal (x->path, "/"))
    reply_root (self, x);
  else if (g_str_equal (x->path, "/:/eventsource/notifications"))
    plex_open_stream (self, x);
  else if (g_str_equal (x->path, "/:/prefs"))
    reply_prefs (self, x);
  else if (plex_handle_media (self, x) || plex_handle_playback (self, x) ||
           plex_handle_hubs (self, x))
    return;
  else
    plex_handle_library (self, x);
}

static void
make_tokens (BijouFakePlex *self)
{
  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    {
      guint64 r = bijou_fake_mix (g_str_hash (self->machine) + i * 77 + self->token_round * 999);

      g_free (self->tokens[i]);
      self->tokens[i] = g_strdup_printf ("pms%u-%016" G_GINT64_MODIFIER "x", i, r);
      fake_server_set_token (self->server, i, self->tokens[i]);
    }
}

static gpointer
create (BijouFakeServer *server, const BijouFakeOptions *options)
{
  BijouFakePlex *self = g_new0 (BijouFakePlex, 1);

  self->server = server;
  /* Two servers share section and rating keys, as real ones do: ids are per server. */
  self->library = bijou_fake_library_new (options, 0);
  fake_server_set_library (server, self->library);
  self->machine =
      g_strdup (options->id != NULL ? options->id : "b170000000000000000000000000000000000001");
  fake_server_set_id (server, self->machine);
  self->decisions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->sorted =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->crossed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->queues = g_hash_table_new_full (NULL, NULL, NULL, plex_queue_free);
  self->streams = g_ptr_array_new_with_free_func ((GDestroyNotify) fake_exchange_unref);
  make_tokens (self);
  return self;
}

static void
destroy (gpointer data)
{
  BijouFakePlex *self = data;

  for (guint i = 0; i < BIJOU_FAKE_USERS; i++)
    g_free (self->tokens[i]);
  plex_close_streams (self);
  g_ptr_array_unref (self->streams);
  g_hash_table_unref (self->decisions);
  g_hash_table_unref (self->sorted);
  g_hash_table_unref (self->crossed);
  g_hash_table_unref (self->queues);
  g_free (self->machine);
  g_free (self);
}

static BijouFakeItem *
find_item (gpointer data, const char *id)
{
  return plex_find_item (data, id);
}

static void
changed (gpointer data, BijouFakeItem *item, FakeChange change, guint user)
{
  /* Marking in the web client is announced by nothing. */
  if (change == FAKE_CHANGE_USER_DATA)
    return;
  plex_notify_activity (data, item);
  plex_notify_timeline (data, item, change == FAKE_CHANGE_REMOVED ? 9 : 5);
}

static gboolean
order (gpointer data, JsonObject *object, FakeWriter *reply)
{
  BijouFakePlex *self = data;

  if (json_object_has_member (object, "revoke_tokens"))
    {
      self->token_round++;
      make_tokens (self);
    }
  else if (json_object_has_member (object, "restart"))
    {
      fake_server_drop_sockets (self->server);
      plex_close_streams (self);
      g_hash_table_remove_all (self->decisions);
      g_hash_table_remove_all (self->queues);
    }
  else if (json_object_has_member (object, "no_downloads"))
    self->no_downloads = json_object_get_boolean_member (object, "no_downloads");
  else if (json_object_has_member (object, "decision"))
    {
      const char *word = json_object_get_string_member (object, "decision");

      self->decision = g_strcmp0 (word, "convert") == 0  ? PLEX_DECIDE_CONVERSION
                       : g_strcmp0 (word, "refuse") == 0 ? PLEX_DECIDE_NOTHING
                                                         : PLEX_DECIDE_AS_ASKED;
    }
  else if (json_object_has_member (object, "terminate"))
    self->terminate = json_object_get_boolean_member (object, "terminate");
  else
    return FALSE;
  return TRUE;
}

const BijouFakeProtocol bijou_fake_plex_protocol = {
  .name = "plex",
  .sockets = { "/:/websockets/notifications", "/:/websocket/notifications" },
  .create = create,
  .free = destroy,
  .check = check,
  .handle = handle,
  .fail = fail,
  .starting = starting,
  .find_item = find_item,
  .changed = changed,
  .order = order,
};
