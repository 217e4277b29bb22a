#include "config.h"

#include "bijou-live-private.h"

#include "bijou-live-job.h"

static const BijouLivePace default_pace = {
  .retry = { 1000, 60 * 1000 },
  .refused = 10 * 60 * 1000,
  .stable = 30 * 1000,
  .quick = 100,
  .quiet = 1000,
  .burst = 5 * 1000,
  .resync = 5 * 60 * 1000,
  .refresh = 30 * 1000,
  .settle = BIJOU_STORE_SETTLE_MS + 500,
};

/* One server. */
typedef struct
{
  BijouLive *live;       /* its owner */
  char *server_id;       /* (owned) */
  BijouLiveLink *link;   /* (owned) */
  BijouLiveInbox *inbox; /* (owned) */
  struct _Work *work;    /* (owned) (nullable) a batch is worked off */
  guint due_source;      /* the next batch, 0 none */
  guint resync_source;   /* 0 none */
  guint settle_source;   /* 0 none */
  GHashTable *unsettled; /* (owned) set of char *: what is asked for again then */
  gint64 resynced_at;    /* monotonic µs, 0 never */
  gint64 refreshed_at;   /* monotonic µs, 0 never */
  gboolean had_been_up;
  gboolean sync_again; /* when the one at work has finished */
} Server;

/* A batch on its thread. Nobody joins it: the last one who holds it frees it. */
typedef struct _Work
{
  gatomicrefcount references;
  Server *server;            /* (nullable) main thread only: NULL once nobody cares any more */
  BijouStore *store;         /* (owned) */
  BijouBackend *backend;     /* (owned) */
  BijouLiveBatch *batch;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GError *error;             /* (owned) (nullable) the thread's until the main loop is told */
  gboolean needs_sync;       /* likewise */
  GPtrArray *unsettled;      /* (owned) likewise, of char * */
} Work;

struct _BijouLive
{
  GObject parent_instance;

  BijouWebsocketLoop *loop; /* (owned) (nullable) while it is enabled */
  BijouHttp *http;          /* (owned) */
  BijouStore *store;        /* (owned) */
  BijouSyncService *sync;   /* (owned) */
  BijouSyncLookup lookup;
  gpointer lookup_data;
  const BijouLivePace *pace; /* (unowned) */
  GHashTable *servers;       /* (owned) of Server by id */
  gboolean stopped;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouLive, bijou_live, G_TYPE_OBJECT)

/* --- a batch --- */

static Work *
work_new (Server *server, BijouLiveBatch *batch)
{
  Work *work = g_new0 (Work, 1);

  g_atomic_ref_count_init (&work->references);
  work->server = server;
  work->store = g_object_ref (server->live->store);
  work->backend = g_object_ref (bijou_live_link_get_backend (server->link));
  work->batch = batch;
  work->cancellable = g_cancellable_new ();
  work->unsettled = g_ptr_array_new_with_free_func (g_free);
  return work;
}

static Work *
work_ref (Work *work)
{
  g_atomic_ref_count_inc (&work->references);
  return work;
}

static void
work_unref (Work *work)
{
  if (!g_atomic_ref_count_dec (&work->references))
    return;

  g_object_unref (work->store);
  g_object_unref (work->backend);
  bijou_live_batch_free (work->batch);
  g_object_unref (work->cancellable);
  g_ptr_array_unref (work->unsettled);
  g_clear_error (&work->error);
  g_free (work);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_unref)

/* Its thread may go on for a while; nobody hears of it. */
static void
work_abandon (Work *work)
{
  g_cancellable_cancel (work->cancellable);
  work->server = NULL;
  work_unref (work);
}

static gboolean on_work_done_cb (gpointer data);

static gpointer
work_in_worker (gpointer data)
{
  g_autoptr (Work) work = data;

  bijou_live_job_run (work->store, work->backend, work->batch, &work->needs_sync, work->unsettled,
                      work->cancellable, &work->error);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_work_done_cb, work_ref (work),
                   (GDestroyNotify) work_unref);
  return NULL;
}

/* --- syncs --- */

static void
start_sync (Server *server)
{
  BijouLive *self = server->live;

  /* One that is at work may have passed the place already. */
  server->sync_again = bijou_sync_service_is_syncing (self->sync, server->server_id);
  server->resynced_at = g_get_monotonic_time ();
  g_clear_handle_id (&server->resync_source, g_source_remove);
  if (!server->sync_again)
    bijou_sync_service_start_quietly (self->sync, server->server_id);
}

static void
on_sync_finished_cb (BijouSyncService *sync,
                     const char *server_id,
                     const GError *error,
                     BijouLive *self)
{
  Server *server = g_hash_table_lookup (self->servers, server_id);

  if (server == NULL || !server->sync_again)
    return;
  server->sync_again = FALSE;
  /* Whoever stopped it does not want it to begin anew. */
  if (!bijou_error_is_cancelled (error))
    start_sync (server);
}

static gboolean
on_resync_due_cb (gpointer data)
{
  Server *server = data;

  server->resync_source = 0;
  start_sync (server);
  return G_SOURCE_REMOVE;
}

/* Something may have been missed. */
static void
resync_soon (Server *server)
{
  gint64 due = server->resynced_at + server->live->pace->resync * (gint64) 1000;
  gint64 left = server->resynced_at == 0 ? 0 : due - g_get_monotonic_time ();

  if (server->resync_source != 0)
    return;
  if (left <= 0)
    start_sync (server);
  else
    server->resync_source = g_timeout_add ((guint) (left / 1000) + 1, on_resync_due_cb, server);
}

/* --- what comes in --- */

static void plan_batch (Server *server);

static gboolean
on_batch_due_cb (gpointer data)
{
  Server *server = data;
  const BijouLivePace *pace = server->live->pace;
  g_autoptr (BijouLiveBatch) batch =
      bijou_live_inbox_take (server->inbox, pace->quiet, pace->burst);

  server->due_source = 0;
  if (batch->library)
    start_sync (server);
  if (!bijou_live_batch_has_work (batch))
    {
      plan_batch (server);
      return G_SOURCE_REMOVE;
    }
  server->work = work_new (server, g_steal_pointer (&batch));
  g_thread_unref (g_thread_new ("bijou-live-work", work_in_worker, work_ref (server->work)));
  return G_SOURCE_REMOVE;
}

/* One batch after the other, in the order of the events. */
static void
plan_batch (Server *server)
{
  const BijouLivePace *pace = server->live->pace;
  gint64 due, left;

  if (server->work != NULL)
    return;
  g_clear_handle_id (&server->due_source, g_source_remove);
  due = bijou_live_inbox_get_due (server->inbox, pace->quick, pace->quiet, pace->burst);
  if (due == 0)
    return;
  left = MAX (0, due - g_get_monotonic_time ());
  server->due_source = g_timeout_add ((guint) ((left + 999) / 1000), on_batch_due_cb, server);
}

/* --- what was marked here and elsewhere at once --- */

static gboolean
on_settled_cb (gpointer data)
{
  Server *server = data;
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_event_free);
  GHashTableIter iter;
  gpointer id;

  server->settle_source = 0;
  g_hash_table_iter_init (&iter, server->unsettled);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (events, bijou_event_new (BIJOU_EVENT_TOUCHED, id));
  g_hash_table_remove_all (server->unsettled);
  bijou_live_inbox_add (server->inbox, events);
  plan_batch (server);
  return G_SOURCE_REMOVE;
}

/* Until then nobody knows whether it was an echo. */
static void
ask_again (Server *server, GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    g_hash_table_add (server->unsettled, g_strdup (g_ptr_array_index (ids, i)));
  if (ids->len == 0)
    return;
  g_clear_handle_id (&server->settle_source, g_source_remove);
  server->settle_source = g_timeout_add (server->live->pace->settle, on_settled_cb, server);
}

static gboolean
on_work_done_cb (gpointer data)
{
  Work *work = data;
  Server *server = work->server;

  if (server == NULL)
    return G_SOURCE_REMOVE;
  ask_again (server, work->unsettled);
  if (work->error != NULL && !bijou_error_is_cancelled (work->error))
    {
      g_info ("what %s told is not all here: %s", server->server_id, work->error->message);
      resync_soon (server);
    }
  else if (work->needs_sync)
    start_sync (server);
  g_clear_pointer (&server->work, work_abandon);
  plan_batch (server);
  return G_SOURCE_REMOVE;
}

static void
on_news_cb (BijouLiveLink *link, gpointer user_data)
{
  plan_batch (user_data);
}

static void
on_link_changed_cb (BijouLiveLink *link, gpointer user_data)
{
  Server *server = user_data;
  g_autoptr (BijouLive) live = g_object_ref (server->live);
  g_autofree char *server_id = g_strdup (server->server_id);

  if (bijou_live_link_is_up (link))
    {
      if (server->had_been_up)
        resync_soon (server);
      server->had_been_up = TRUE;
    }
  g_signal_emit (live, signals[CHANGED], 0, server_id);
}

/* --- servers --- */

static const BijouLiveLinkFuncs link_funcs = { on_link_changed_cb, on_news_cb };

static void
server_free (Server *server)
{
  g_clear_handle_id (&server->due_source, g_source_remove);
  g_clear_handle_id (&server->resync_source, g_source_remove);
  g_clear_handle_id (&server->settle_source, g_source_remove);
  g_hash_table_unref (server->unsettled);
  g_clear_pointer (&server->work, work_abandon);
  bijou_live_link_free (server->link);
  bijou_live_inbox_unref (server->inbox);
  g_free (server->server_id);
  g_free (server);
}

static Server *
create_server (BijouLive *self, const char *server_id, BijouBackend *backend)
{
  Server *server = g_new0 (Server, 1);

  server->live = self;
  server->server_id = g_strdup (server_id);
  server->inbox = bijou_live_inbox_new ();
  server->unsettled = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  server->link =
      bijou_live_link_new (self->loop, backend, server->inbox, self->pace, &link_funcs, server);
  g_hash_table_insert (self->servers, server->server_id, server);
  return server;
}

static void
remove_server (BijouLive *self, const char *server_id)
{
  Server *server = g_hash_table_lookup (self->servers, server_id);
  gboolean was_up = server != NULL && bijou_live_link_is_up (server->link);
  g_autofree char *id = g_strdup (server_id);

  g_hash_table_remove (self->servers, id);
  if (was_up)
    g_signal_emit (self, signals[CHANGED], 0, id);
}

/**
 * bijou_live_heed:
 * @self: live updates
 * @server_id: a server
 *
 * To be called when it is signed in to, with whatever token, when it is forgotten, and when the
 * state or the address of its connection changes.
 */
void
bijou_live_heed (BijouLive *self, const char *server_id)
{
  g_autoptr (BijouBackend) backend = NULL;
  Server *server;

  g_return_if_fail (BIJOU_IS_LIVE (self));

  if (self->loop == NULL)
    return;
  backend = self->lookup (server_id, self->lookup_data);
  server = g_hash_table_lookup (self->servers, server_id);
  if (server != NULL && bijou_live_link_get_backend (server->link) != backend)
    {
      remove_server (self, server_id);
      server = NULL;
    }
  if (server == NULL && backend != NULL)
    server = create_server (self, server_id, backend);
  if (server != NULL)
    bijou_live_link_heed (server->link);
}

static gboolean
is_refresh_due (Server *server)
{
  BijouBackend *backend = bijou_live_link_get_backend (server->link);
  gint64 due = server->refreshed_at + server->live->pace->refresh * (gint64) 1000;

  if (bijou_backend_announces_marks (backend) && bijou_live_link_is_up (server->link))
    return FALSE;
  return bijou_connection_get_state (bijou_backend_get_connection (backend)) ==
             BIJOU_CONNECTION_CONNECTED &&
         (server->refreshed_at == 0 || g_get_monotonic_time () >= due);
}

/**
 * bijou_live_refresh:
 * @self: live updates
 *
 * Syncs the servers that do not say when something is marked in another client, and those whose
 * socket is not up; each of them every 30 s at most. Cheap where nothing is new. Nothing while live
 * updates are switched off.
 */
void
bijou_live_refresh (BijouLive *self)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (BIJOU_IS_LIVE (self));

  g_hash_table_iter_init (&iter, self->servers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Server *server = value;

      if (!is_refresh_due (server))
        continue;
      server->refreshed_at = g_get_monotonic_time ();
      if (!bijou_sync_service_is_syncing (self->sync, server->server_id))
        bijou_sync_service_start_quietly (self->sync, server->server_id);
    }
}

/**
 * bijou_live_is_up:
 * @self: live updates
 * @server_id: a server
 *
 * Returns: whether what happens on it is heard of at once
 */
gboolean
bijou_live_is_up (BijouLive *self, const char *server_id)
{
  Server *server;

  g_return_val_if_fail (BIJOU_IS_LIVE (self), FALSE);

  server = g_hash_table_lookup (self->servers, server_id);
  return server != NULL && bijou_live_link_is_up (server->link);
}

/* --- life --- */

static void
disable (BijouLive *self)
{
  g_autoptr (GList) ids = g_hash_table_get_keys (self->servers);

  for (GList *link = ids; link != NULL; link = link->next)
    remove_server (self, link->data);
  g_clear_pointer (&self->loop, bijou_websocket_loop_stop);
}

/**
 * bijou_live_set_enabled:
 * @self: live updates
 * @enabled: whether sockets are to be open
 *
 * After it was enabled, bijou_live_heed() is to be called for each server.
 */
void
bijou_live_set_enabled (BijouLive *self, gboolean enabled)
{
  g_return_if_fail (BIJOU_IS_LIVE (self));

  if (enabled && self->loop == NULL && !self->stopped)
    self->loop = bijou_websocket_loop_new (self->http);
  else if (!enabled && self->loop != NULL)
    disable (self);
}

/**
 * bijou_live_stop:
 * @self: live updates
 *
 * Closes everything for good. Waits for the thread of the sockets, which waits for nobody.
 */
void
bijou_live_stop (BijouLive *self)
{
  g_return_if_fail (BIJOU_IS_LIVE (self));

  self->stopped = TRUE;
  g_hash_table_remove_all (self->servers);
  g_clear_pointer (&self->loop, bijou_websocket_loop_stop);
}

void
bijou_live_set_pace (BijouLive *self, const BijouLivePace *pace)
{
  self->pace = pace;
}

/**
 * bijou_live_new:
 * @http: the client
 * @store: where all goes
 * @sync: finds out what single changes do not tell
 * @lookup: finds the backend of a server, (transfer full); %NULL for one that is not signed in
 * @user_data: for @lookup
 *
 * Returns: (transfer full): live updates, to be enabled
 */
BijouLive *
bijou_live_new (BijouHttp *http,
                BijouStore *store,
                BijouSyncService *sync,
                BijouSyncLookup lookup,
                gpointer user_data)
{
  BijouLive *self = g_object_new (BIJOU_TYPE_LIVE, NULL);

  self->http = g_object_ref (http);
  self->store = g_object_ref (store);
  self->sync = g_object_ref (sync);
  self->lookup = lookup;
  self->lookup_data = user_data;
  g_signal_connect_object (sync, "finished", G_CALLBACK (on_sync_finished_cb), self, 0);
  return self;
}

static void
bijou_live_dispose (GObject *object)
{
  BijouLive *self = BIJOU_LIVE (object);

  bijou_live_stop (self);
  g_clear_object (&self->sync);
  g_clear_object (&self->store);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (bijou_live_parent_class)->dispose (object);
}

static void
bijou_live_finalize (GObject *object)
{
  g_hash_table_unref (BIJOU_LIVE (object)->servers);

  G_OBJECT_CLASS (bijou_live_parent_class)->finalize (object);
}

static void
bijou_live_class_init (BijouLiveClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = bijou_live_dispose;
  object_class->finalize = bijou_live_finalize;

  signals[CHANGED] = g_signal_new ("changed", BIJOU_TYPE_LIVE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bijou_live_init (BijouLive *self)
{
  self->servers =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) server_free);
  self->pace = &default_pace;
}
