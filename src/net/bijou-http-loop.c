#include "config.h"

#include "bijou-http-private.h"

#include "bijou-authorities.h"

#include <glib/gstdio.h>

/* What one server is asked to do at a time. Pictures leave room for calls, transfers have their
 * own connections, probes never wait. */
#define MAX_CALLS 6
#define MAX_IMAGES 4
#define MAX_TRANSFERS 6
/* On a network that is known to be bad. */
#define MAX_DEGRADED_CALLS 2
#define MAX_DEGRADED_IMAGES 1
#define MAX_IDLE_CONNECTIONS 32L
#define IDLE_MS 60000
/* curl itself does not use a connection again that was idle for so long. */
#define MAX_IDLE_S 120

typedef enum
{
  COMMAND_SUBMIT,
  COMMAND_CANCEL,
  COMMAND_RESUME,
  COMMAND_STOP,
} CommandKind;

typedef struct
{
  CommandKind kind;
  BijouHttpExchange *exchange; /* (owned) (nullable) */
} Command;

typedef struct
{
  guint calls;
  guint images;
  guint transfers;
} Load;

struct _BijouHttpLoop
{
  gatomicrefcount references;
  CURLM *multi;                /* (owned) */
  GAsyncQueue *commands;       /* (owned) of Command */
  GThread *thread;             /* (owned) joined by the one that stops it */
  gint stopping;               /* atomic */
  gint n_submitted;            /* atomic */
  BijouQualityBook *qualities; /* (owned) */

  struct
  {
    GMutex lock;
    gboolean closed;     /* the net thread takes no more commands */
    GBytes *authorities; /* (owned) (nullable) */
    GArray *bundles;    /* (owned) of the descriptors of all there were: curl goes by their names */
    gint64 fresh_since; /* monotonic µs: connections made before are not used again */
  } shared;

  struct
  {                      /* the net thread's */
    GQueue waiting;      /* of BijouHttpExchange (owned), most urgent first */
    GHashTable *busy;    /* (owned) set of BijouHttpExchange (owned) */
    GHashTable *loads;   /* (owned) origin → Load */
    GHashTable *vouched; /* (owned) set of origins where an authority is asked before the pins */
    gboolean stopped;
  } net;
};

/* The loop whose thread this is. Its GThread would not do: the next thread may get its place. */
static GPrivate current_loop;

static void
command_free (Command *command)
{
  g_clear_pointer (&command->exchange, bijou_http_exchange_unref);
  g_free (command);
}

static int
get_urgency (BijouHttpExchange *exchange)
{
  switch (exchange->request->kind)
    {
    case BIJOU_HTTP_PROBE:
      return 0;
    case BIJOU_HTTP_API:
    case BIJOU_HTTP_SLOW:
    case BIJOU_HTTP_TRANSFER:
      return 1;
    case BIJOU_HTTP_LIST:
      return 2;
    case BIJOU_HTTP_IMAGE:
    default:
      return 3;
    }
}

static void
enqueue (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  GList *after = self->net.waiting.tail;

  while (after != NULL && get_urgency (after->data) > get_urgency (exchange))
    after = after->prev;
  if (after == NULL)
    g_queue_push_head (&self->net.waiting, exchange);
  else
    g_queue_insert_after (&self->net.waiting, after, exchange);
}

static Load *
get_load (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  Load *load = g_hash_table_lookup (self->net.loads, exchange->origin);

  if (load == NULL)
    {
      load = g_new0 (Load, 1);
      g_hash_table_insert (self->net.loads, g_strdup (exchange->origin), load);
    }
  return load;
}

static gboolean
has_room (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  BijouHttpKind kind = exchange->request->kind;
  Load *load = get_load (self, exchange);
  gboolean degraded;

  if (kind == BIJOU_HTTP_PROBE)
    return TRUE;
  if (kind == BIJOU_HTTP_TRANSFER)
    return load->transfers < MAX_TRANSFERS;
  degraded = bijou_quality_book_is_degraded (self->qualities, exchange->origin);
  return load->calls < (degraded ? MAX_DEGRADED_CALLS : MAX_CALLS) &&
         (kind != BIJOU_HTTP_IMAGE || load->images < (degraded ? MAX_DEGRADED_IMAGES : MAX_IMAGES));
}

static void
change_load (Load *load, BijouHttpKind kind, int change)
{
  if (kind == BIJOU_HTTP_PROBE)
    return;
  if (kind == BIJOU_HTTP_TRANSFER)
    load->transfers += (guint) change;
  else
    load->calls += (guint) change;
  if (kind == BIJOU_HTTP_IMAGE)
    load->images += (guint) change;
}

/* A connection that was made before the network changed may lead nowhere, and nobody says so. */
static void
leave_old_connections (BijouHttpLoop *self, CURL *easy)
{
  gint64 age_s;

  g_mutex_lock (&self->shared.lock);
  age_s = (g_get_monotonic_time () - self->shared.fresh_since) / G_USEC_PER_SEC;
  g_mutex_unlock (&self->shared.lock);
  if (age_s == 0)
    curl_easy_setopt (easy, CURLOPT_FRESH_CONNECT, 1L);
  else if (age_s < MAX_IDLE_S)
    curl_easy_setopt (easy, CURLOPT_MAXLIFETIME_CONN, (long) age_s);
}

static char *
dup_bundle (BijouHttpLoop *self)
{
  char *bundle = NULL;

  g_mutex_lock (&self->shared.lock);
  if (self->shared.authorities != NULL)
    bundle = g_strdup_printf ("/proc/self/fd/%d", g_array_index (self->shared.bundles, int,
                                                                 self->shared.bundles->len - 1));
  g_mutex_unlock (&self->shared.lock);
  return bundle;
}

/* Takes over the reference of the waiting queue. */
static void
start_exchange (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  g_autofree char *bundle = dup_bundle (self);

  if (exchange->refusals == 0)
    exchange->by_authority = g_hash_table_contains (self->net.vouched, exchange->origin);
  if (!bijou_http_exchange_begin (exchange, bundle, self->qualities))
    {
      g_autoptr (GError) error =
          g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_FAILED, "No memory for a request");

      bijou_http_exchange_finish (exchange, error);
      bijou_http_exchange_unref (exchange);
      return;
    }

  leave_old_connections (self, exchange->easy);
  change_load (get_load (self, exchange), exchange->request->kind, 1);
  g_hash_table_add (self->net.busy, exchange);
  curl_multi_add_handle (self->multi, exchange->easy);
}

static void
start_waiting (BijouHttpLoop *self)
{
  gint64 now = g_get_monotonic_time ();
  GList *next;

  for (GList *l = self->net.waiting.head; l != NULL; l = next)
    {
      BijouHttpExchange *exchange = l->data;

      next = l->next;
      if (exchange->ready_at > now || !has_room (self, exchange))
        continue;
      g_queue_delete_link (&self->net.waiting, l);
      start_exchange (self, exchange);
    }
}

static void
learn_who_vouches (BijouHttpLoop *self, BijouHttpExchange *exchange, CURLcode code)
{
  if (code != CURLE_OK || exchange->refusals == 0)
    return;
  if (exchange->by_authority)
    g_hash_table_add (self->net.vouched, g_strdup (exchange->origin));
  else
    g_hash_table_remove (self->net.vouched, exchange->origin);
}

static void
end_exchange (BijouHttpLoop *self, BijouHttpExchange *exchange, CURLcode code)
{
  curl_multi_remove_handle (self->multi, exchange->easy);
  change_load (get_load (self, exchange), exchange->request->kind, -1);
  g_hash_table_steal (self->net.busy, exchange);
  learn_who_vouches (self, exchange, code);
  if (bijou_http_exchange_end (exchange, code))
    enqueue (self, exchange);
  else
    bijou_http_exchange_unref (exchange);
}

static void
cancel_waiting (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  g_autoptr (GError) error = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Cancelled");

  if (!g_queue_remove (&self->net.waiting, exchange))
    return;
  bijou_http_exchange_finish (exchange, error);
  bijou_http_exchange_unref (exchange);
}

static void
cancel_exchange (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  if (g_hash_table_contains (self->net.busy, exchange))
    end_exchange (self, exchange, CURLE_ABORTED_BY_CALLBACK);
  else
    cancel_waiting (self, exchange);
}

static void
submit_exchange (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  g_atomic_int_inc (&self->n_submitted);
  enqueue (self, bijou_http_exchange_ref (exchange));
  if (self->net.stopped || g_atomic_int_get (&exchange->cancelled))
    cancel_waiting (self, exchange);
}

static void
stop_in_loop (BijouHttpLoop *self)
{
  g_autoptr (GList) busy = g_hash_table_get_keys (self->net.busy);
  g_autoptr (GList) waiting = g_list_copy (self->net.waiting.head);

  self->net.stopped = TRUE;
  for (GList *l = busy; l != NULL; l = l->next)
    {
      BijouHttpExchange *exchange = l->data;

      g_atomic_int_set (&exchange->cancelled, TRUE);
      end_exchange (self, exchange, CURLE_ABORTED_BY_CALLBACK);
    }
  for (GList *l = waiting; l != NULL; l = l->next)
    cancel_waiting (self, l->data);
}

static void
run_command (BijouHttpLoop *self, Command *command)
{
  switch (command->kind)
    {
    case COMMAND_SUBMIT:
      submit_exchange (self, command->exchange);
      break;
    case COMMAND_CANCEL:
      cancel_exchange (self, command->exchange);
      break;
    case COMMAND_RESUME:
      if (g_hash_table_contains (self->net.busy, command->exchange))
        curl_easy_pause (command->exchange->easy, CURLPAUSE_CONT);
      break;
    case COMMAND_STOP:
    default:
      stop_in_loop (self);
      break;
    }
}

static void
run_commands (BijouHttpLoop *self)
{
  Command *command;

  while ((command = g_async_queue_try_pop (self->commands)) != NULL)
    {
      run_command (self, command);
      command_free (command);
    }
}

static void
collect_results (BijouHttpLoop *self)
{
  CURLMsg *message;
  int left;

  while ((message = curl_multi_info_read (self->multi, &left)) != NULL)
    {
      BijouHttpExchange *exchange = NULL;
      CURLcode code = message->data.result;

      if (message->msg != CURLMSG_DONE)
        continue;
      curl_easy_getinfo (message->easy_handle, CURLINFO_PRIVATE, &exchange);
      end_exchange (self, exchange, code);
    }
}

/* Only what is to be tried again later has a time; the rest waits for room. */
static int
get_patience_ms (BijouHttpLoop *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 patience = IDLE_MS;

  for (GList *l = self->net.waiting.head; l != NULL; l = l->next)
    {
      BijouHttpExchange *exchange = l->data;

      if (exchange->ready_at > now)
        patience = MIN (patience, (exchange->ready_at - now) / 1000 + 1);
    }
  return (int) patience;
}

static void
close_queue (BijouHttpLoop *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.closed = TRUE;
  g_mutex_unlock (&self->shared.lock);
  run_commands (self);
}

static gpointer
loop_main (gpointer data)
{
  BijouHttpLoop *self = data;

  g_private_set (&current_loop, self);
  while (!self->net.stopped)
    {
      int running;

      run_commands (self);
      start_waiting (self);
      curl_multi_perform (self->multi, &running);
      collect_results (self);
      start_waiting (self);
      if (!self->net.stopped)
        curl_multi_poll (self->multi, NULL, 0, get_patience_ms (self), NULL);
    }
  close_queue (self);
  bijou_http_loop_unref (self);
  return NULL;
}

/**
 * bijou_http_loop_new:
 *
 * Starts the net thread.
 *
 * Returns: (transfer full): a loop, to be ended with bijou_http_loop_stop()
 */
BijouHttpLoop *
bijou_http_loop_new (void)
{
  static gsize ready = 0;
  BijouHttpLoop *self = g_new0 (BijouHttpLoop, 1);

  if (g_once_init_enter (&ready))
    {
      curl_global_init (CURL_GLOBAL_DEFAULT);
      g_once_init_leave (&ready, 1);
    }

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->shared.lock);
  self->shared.bundles = g_array_new (FALSE, FALSE, sizeof (int));
  self->qualities = bijou_quality_book_new ();
  self->multi = curl_multi_init ();
  curl_multi_setopt (self->multi, CURLMOPT_MAXCONNECTS, MAX_IDLE_CONNECTIONS);
  self->commands = g_async_queue_new_full ((GDestroyNotify) command_free);
  self->shared.fresh_since = G_MININT64 / 2; /* long ago */
  g_queue_init (&self->net.waiting);
  self->net.busy = g_hash_table_new (NULL, NULL);
  self->net.vouched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->net.loads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->thread = g_thread_new ("bijou-net", loop_main, bijou_http_loop_ref (self));
  return self;
}

/**
 * bijou_http_loop_ref:
 * @self: a loop
 *
 * Returns: (transfer full): @self. Any thread.
 */
BijouHttpLoop *
bijou_http_loop_ref (BijouHttpLoop *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_http_loop_unref:
 * @self: (transfer full): a loop. Any thread.
 */
void
bijou_http_loop_unref (BijouHttpLoop *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  curl_multi_cleanup (self->multi);
  g_async_queue_unref (self->commands);
  bijou_quality_book_free (self->qualities);
  g_hash_table_unref (self->net.busy);
  g_hash_table_unref (self->net.loads);
  g_hash_table_unref (self->net.vouched);
  g_mutex_clear (&self->shared.lock);
  g_clear_pointer (&self->shared.authorities, g_bytes_unref);
  for (guint i = 0; i < self->shared.bundles->len; i++)
    g_close (g_array_index (self->shared.bundles, int, i), NULL);
  g_array_unref (self->shared.bundles);
  g_free (self);
}

static gboolean
push_command (BijouHttpLoop *self, CommandKind kind, BijouHttpExchange *exchange)
{
  Command *command = g_new0 (Command, 1);
  gboolean open;

  command->kind = kind;
  if (exchange != NULL)
    command->exchange = bijou_http_exchange_ref (exchange);

  g_mutex_lock (&self->shared.lock);
  open = !self->shared.closed;
  if (open)
    g_async_queue_push (self->commands, command);
  g_mutex_unlock (&self->shared.lock);

  if (open)
    curl_multi_wakeup (self->multi);
  else
    command_free (command);
  return open;
}

/**
 * bijou_http_loop_submit:
 * @self: a loop
 * @exchange: what to do
 *
 * Queues @exchange. Its `done` runs in any case; on a stopped loop it runs here. Any thread.
 */
void
bijou_http_loop_submit (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  g_autoptr (GError) error = NULL;

  if (push_command (self, COMMAND_SUBMIT, exchange))
    return;
  error = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The network is shut down");
  bijou_http_exchange_finish (exchange, error);
}

/**
 * bijou_http_loop_cancel:
 * @self: a loop
 * @exchange: what to give up
 *
 * Asks for the end of @exchange; `done` still runs. Any thread.
 */
void
bijou_http_loop_cancel (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  g_atomic_int_set (&exchange->cancelled, TRUE);
  push_command (self, COMMAND_CANCEL, exchange);
}

/**
 * bijou_http_loop_resume:
 * @self: a loop
 * @exchange: a transfer
 *
 * Delivers the bytes that its receiver refused. Any thread.
 */
void
bijou_http_loop_resume (BijouHttpLoop *self, BijouHttpExchange *exchange)
{
  push_command (self, COMMAND_RESUME, exchange);
}

/**
 * bijou_http_loop_set_authorities:
 * @self: a loop
 * @authorities: (nullable): certificates to trust, %NULL for the system's
 *
 * Takes effect with the next connections. Any thread.
 */
void
bijou_http_loop_set_authorities (BijouHttpLoop *self, GBytes *authorities)
{
  int bundle = authorities == NULL ? -1 : bijou_authorities_make_file (authorities);
  GBytes *old;

  if (authorities != NULL && bundle < 0)
    g_warning ("The certificates are not used: there is no memory for them");
  g_mutex_lock (&self->shared.lock);
  old = self->shared.authorities;
  self->shared.authorities = bundle < 0 ? NULL : g_bytes_ref (authorities);
  if (bundle >= 0)
    g_array_append_val (self->shared.bundles, bundle);
  g_mutex_unlock (&self->shared.lock);
  g_clear_pointer (&old, g_bytes_unref);
}

/**
 * bijou_http_loop_dup_authorities:
 * @self: a loop
 *
 * Returns: (transfer full) (nullable): the certificates to trust, %NULL for the system's. Any
 *   thread.
 */
GBytes *
bijou_http_loop_dup_authorities (BijouHttpLoop *self)
{
  GBytes *authorities;

  g_mutex_lock (&self->shared.lock);
  authorities = self->shared.authorities == NULL ? NULL : g_bytes_ref (self->shared.authorities);
  g_mutex_unlock (&self->shared.lock);
  return authorities;
}

/**
 * bijou_http_loop_get_qualities:
 * @self: a loop
 *
 * Returns: (transfer none): how the way to each origin is. Any thread.
 */
BijouQualityBook *
bijou_http_loop_get_qualities (BijouHttpLoop *self)
{
  return self->qualities;
}

/**
 * bijou_http_loop_get_n_submitted:
 * @self: a loop
 *
 * Returns: how many exchanges there were so far. Any thread.
 */
guint
bijou_http_loop_get_n_submitted (BijouHttpLoop *self)
{
  return (guint) g_atomic_int_get (&self->n_submitted);
}

/**
 * bijou_http_loop_forget_connections:
 * @self: a loop
 *
 * What is begun from now on uses no connection that there is now. Any thread.
 */
void
bijou_http_loop_forget_connections (BijouHttpLoop *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.fresh_since = g_get_monotonic_time ();
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_http_loop_is_current:
 * @self: a loop
 *
 * Whether the caller runs on the net thread.
 */
gboolean
bijou_http_loop_is_current (BijouHttpLoop *self)
{
  return g_private_get (&current_loop) == self;
}

/**
 * bijou_http_loop_stop:
 * @self: a loop
 *
 * Cancels everything and ends the thread. Any thread; only the net thread does not wait for it.
 */
void
bijou_http_loop_stop (BijouHttpLoop *self)
{
  if (!g_atomic_int_compare_and_exchange (&self->stopping, FALSE, TRUE))
    return;

  push_command (self, COMMAND_STOP, NULL);
  if (bijou_http_loop_is_current (self))
    g_thread_unref (self->thread);
  else
    g_thread_join (self->thread);
}
