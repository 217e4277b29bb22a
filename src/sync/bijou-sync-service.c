#include "config.h"

#include "bijou-sync-service.h"

#include "bijou-outbox.h"
#include "bijou-sync-tally.h"

#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)
#define FLUSH_DELAY_MS 500
#define RETRY_MIN_S 1
#define RETRY_MAX_S 600
/* A network that came back needs a moment until names are found on it. */
#define SETTLE_MS 2000
#define RESUME_MIN_MS 10
/* What fails although the server can be reached is not tried at each turn. */
#define RESUME_PAUSE_MS (5 * 60 * 1000)

/* One server as the service knows it: at most one sync and one flush of it run at a time. */
typedef struct
{
  BijouSyncService *service; /* its owner */
  char *server_id;           /* (owned) */
  char *visible_library;     /* (owned) (nullable) */
  struct _Work *sync;        /* (owned) (nullable) at work */
  struct _Work *flush;       /* (owned) (nullable) at work */
  gboolean flush_again;      /* asked for while one was at work */
  guint flush_source;        /* 0 none */
  guint retry_s;             /* before the next try, 0: the last one went well */
  gboolean is_owed;          /* the last sync failed for want of the server */
  guint resume_source;       /* that is made up for, 0 none */
  gint64 resumed_at;         /* monotonic µs, 0: not since it went well or the network came back */
} Server;

/* What a thread does. Nobody joins it: the main thread must not wait for a server or a disk, so
 * both hold the work, and whoever is last frees it. */
typedef struct _Work
{
  gatomicrefcount refs;
  Server *server;    /* (nullable) main thread only: NULL once the service does not care any more */
  BijouStore *store; /* (owned) */
  BijouBackend *backend;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GError *error;             /* (owned) (nullable) the thread's until the main loop is told */
  guint refused;             /* likewise: local changes that the server will never take */

  /* A sync alone has what follows. */
  char *first_library; /* (owned) (nullable) */
  gboolean full;
  gboolean is_asked;    /* main thread only: somebody asked for it and hears how it ends */
  gboolean is_shown;    /* main thread only: asked for, or it fills a library */
  gboolean was_cut_off; /* main thread only: by the loss of the network */
  gint64 told_at;       /* monotonic; the thread's */
  gboolean fills;       /* it was at a library that was not whole; the thread's */

  struct
  {
    GMutex lock;
    BijouSyncProgress latest; /* its texts are unset */
    char *latest_title;       /* (owned) (nullable) */
    gboolean is_queued;       /* the main loop is about to tell it */
  } shared;
} Work;

struct _BijouSyncService
{
  GObject parent_instance;

  BijouStore *store; /* (owned) */
  BijouSyncLookup lookup;
  gpointer lookup_data;
  GHashTable *servers;       /* (owned) of Server by id */
  GCancellable *cancellable; /* (owned) of the reads from the store */
  BijouSyncTally *tally;     /* (owned) of those that are shown */
  guint n_syncs;             /* at work */
  guint n_shown;             /* of these */
  gboolean is_offline;       /* the network was lost */
  gboolean stopped;
};

enum
{
  PROP_0,
  PROP_RUNNING,
  PROP_SHOWN,
  N_PROPS
};

enum
{
  PROGRESS,
  FINISHED,
  FAILED,
  REFUSED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouSyncService, bijou_sync_service, G_TYPE_OBJECT)

/* --- a thread's work --- */

static Work *
work_new (Server *server, BijouBackend *backend)
{
  Work *work = g_new0 (Work, 1);

  g_atomic_ref_count_init (&work->refs);
  work->server = server;
  work->store = g_object_ref (server->service->store);
  work->backend = g_object_ref (backend);
  work->first_library = g_strdup (server->visible_library);
  work->cancellable = g_cancellable_new ();
  g_mutex_init (&work->shared.lock);
  return work;
}

static Work *
work_ref (Work *work)
{
  g_atomic_ref_count_inc (&work->refs);
  return work;
}

static void
work_unref (Work *work)
{
  if (!g_atomic_ref_count_dec (&work->refs))
    return;
  g_clear_object (&work->store);
  g_clear_object (&work->backend);
  g_clear_object (&work->cancellable);
  g_clear_error (&work->error);
  g_free (work->first_library);
  g_free (work->shared.latest_title);
  g_mutex_clear (&work->shared.lock);
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

static void
work_start (Work *work, const char *name, GThreadFunc func)
{
  g_thread_unref (g_thread_new (name, func, work_ref (work)));
}

static void
tell_main_in_worker (Work *work, GSourceFunc func)
{
  g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, func, work_ref (work), (GDestroyNotify) work_unref);
}

static void set_running (BijouSyncService *self, int difference);
static void set_shown (Work *work, gboolean shown);
static void schedule_flush (Server *server, guint delay_ms);

static gboolean
on_progress_cb (gpointer user_data)
{
  Work *work = user_data;
  g_autoptr (BijouSyncService) service = NULL;
  g_autofree char *server_id = NULL;
  g_autofree char *title = NULL;
  BijouSyncProgress progress;

  g_mutex_lock (&work->shared.lock);
  work->shared.is_queued = FALSE;
  progress = work->shared.latest;
  title = g_steal_pointer (&work->shared.latest_title);
  g_mutex_unlock (&work->shared.lock);

  if (work->server == NULL)
    return G_SOURCE_REMOVE;
  service = g_object_ref (work->server->service);
  server_id = g_strdup (work->server->server_id);
  progress.server_id = server_id;
  progress.title = title;
  if (progress.fills)
    set_shown (work, TRUE);
  if (work->is_shown)
    bijou_sync_tally_note (service->tally, &progress);
  g_signal_emit (service, signals[PROGRESS], 0, &progress);
  return G_SOURCE_REMOVE;
}

static void
note_progress_in_worker (const BijouSyncProgress *progress, gpointer user_data)
{
  Work *work = user_data;
  gint64 now = g_get_monotonic_time ();
  gboolean is_last = progress->total > 0 && progress->done >= progress->total;
  gboolean was_queued;

  work->fills |= progress->fills;
  if (now - work->told_at < PROGRESS_INTERVAL_US && !is_last && !progress->is_waiting)
    return;
  work->told_at = now;

  g_mutex_lock (&work->shared.lock);
  g_free (work->shared.latest_title);
  work->shared.latest_title = g_strdup (progress->title);
  work->shared.latest = *progress;
  work->shared.latest.fills = work->fills;
  was_queued = work->shared.is_queued;
  work->shared.is_queued = TRUE;
  g_mutex_unlock (&work->shared.lock);
  if (!was_queued)
    tell_main_in_worker (work, on_progress_cb);
}

static void
tell_refused (BijouSyncService *self, const char *server_id, const Work *work)
{
  if (work->refused > 0)
    g_signal_emit (self, signals[REFUSED], 0, server_id, work->refused);
}

/* --- what could not be reached --- */

static void
start_server (BijouSyncService *self, const char *server_id, gboolean full, gboolean quiet);

static gboolean
on_resume_due_cb (gpointer user_data)
{
  Server *server = user_data;

  if (server->is_owed && server->sync != NULL) /* has not heard yet that it is over */
    return G_SOURCE_CONTINUE;
  server->resume_source = 0;
  if (!server->is_owed)
    return G_SOURCE_REMOVE;
  server->resumed_at = g_get_monotonic_time ();
  start_server (server->service, server->server_id, FALSE, TRUE);
  return G_SOURCE_REMOVE;
}

static void
resume (Server *server, gint64 delay_ms)
{
  gint64 due = server->resumed_at + RESUME_PAUSE_MS * (gint64) 1000;

  if (server->resumed_at != 0)
    delay_ms = MAX (delay_ms, (due - g_get_monotonic_time ()) / 1000);
  g_clear_handle_id (&server->resume_source, g_source_remove);
  server->resume_source =
      g_timeout_add (MAX ((guint) delay_ms, RESUME_MIN_MS), on_resume_due_cb, server);
}

static void
note_end (Server *server, const Work *work)
{
  server->is_owed = work->was_cut_off || bijou_error_is_transport (work->error) ||
                    g_error_matches (work->error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
  if (work->error == NULL)
    server->resumed_at = 0;
}

static gboolean
on_sync_done_cb (gpointer user_data)
{
  Work *work = user_data;
  Server *server = work->server;
  g_autoptr (BijouSyncService) service = NULL;
  g_autofree char *server_id = NULL;

  if (server == NULL)
    return G_SOURCE_REMOVE;
  service = g_object_ref (server->service);
  server_id = g_strdup (server->server_id);
  set_shown (work, FALSE);
  note_end (server, work);
  g_clear_pointer (&server->sync, work_abandon);
  set_running (service, -1);
  g_signal_emit (service, signals[FINISHED], 0, server_id, work->error);
  tell_refused (service, server_id, work);
  if (work->is_asked && work->error != NULL && !bijou_error_is_cancelled (work->error))
    g_signal_emit (service, signals[FAILED], 0, server_id, work->error);
  return G_SOURCE_REMOVE;
}

static gpointer
sync_in_worker (gpointer data)
{
  g_autoptr (Work) work = data;
  g_autoptr (GPtrArray) results =
      bijou_sync_job_run (work->store, work->backend, work->full, work->first_library,
                          note_progress_in_worker, work, work->cancellable);
  BijouSyncResult *sum = results->pdata[results->len - 1];

  work->error = g_steal_pointer (&sum->error);
  work->refused = sum->refused;
  if (sum->cancelled && work->error == NULL)
    work->error = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The sync was stopped");
  tell_main_in_worker (work, on_sync_done_cb);
  return NULL;
}

/* --- sending --- */

static void
retry_flush (Server *server)
{
  server->retry_s = CLAMP (server->retry_s * 2, RETRY_MIN_S, RETRY_MAX_S);
  schedule_flush (server, server->retry_s * 1000);
}

static gboolean
on_flush_done_cb (gpointer user_data)
{
  Work *work = user_data;
  Server *server = work->server;
  g_autoptr (BijouSyncService) service = NULL;
  g_autofree char *server_id = NULL;

  if (server == NULL)
    return G_SOURCE_REMOVE;
  service = g_object_ref (server->service);
  server_id = g_strdup (server->server_id);
  g_clear_pointer (&server->flush, work_abandon);
  if (work->error != NULL && !bijou_error_is_cancelled (work->error))
    retry_flush (server);
  else
    {
      server->retry_s = 0;
      if (server->flush_again)
        schedule_flush (server, 0);
    }
  tell_refused (service, server_id, work);
  return G_SOURCE_REMOVE;
}

static gpointer
flush_in_worker (gpointer data)
{
  g_autoptr (Work) work = data;

  bijou_outbox_flush (work->store, work->backend, &work->refused, work->cancellable, &work->error);
  tell_main_in_worker (work, on_flush_done_cb);
  return NULL;
}

static gboolean
on_flush_due_cb (gpointer user_data)
{
  Server *server = user_data;
  g_autoptr (BijouBackend) backend =
      server->service->lookup (server->server_id, server->service->lookup_data);

  server->flush_source = 0;
  server->flush_again = FALSE;
  if (backend == NULL)
    {
      retry_flush (server);
      return G_SOURCE_REMOVE;
    }
  server->flush = work_new (server, backend);
  work_start (server->flush, "bijou-outbox", flush_in_worker);
  return G_SOURCE_REMOVE;
}

static void
schedule_flush (Server *server, guint delay_ms)
{
  g_clear_handle_id (&server->flush_source, g_source_remove);
  server->flush_source = g_timeout_add (delay_ms, on_flush_due_cb, server);
}

/* --- servers --- */

static void
server_free (Server *server)
{
  g_clear_handle_id (&server->flush_source, g_source_remove);
  g_clear_handle_id (&server->resume_source, g_source_remove);
  g_clear_pointer (&server->sync, work_abandon);
  g_clear_pointer (&server->flush, work_abandon);
  g_free (server->server_id);
  g_free (server->visible_library);
  g_free (server);
}

static Server *
get_server (BijouSyncService *self, const char *server_id)
{
  Server *server = g_hash_table_lookup (self->servers, server_id);

  if (server == NULL)
    {
      server = g_new0 (Server, 1);
      server->service = self;
      server->server_id = g_strdup (server_id);
      g_hash_table_insert (self->servers, server->server_id, server);
    }
  return server;
}

static void
set_running (BijouSyncService *self, int difference)
{
  gboolean before = self->n_syncs > 0;

  self->n_syncs = (guint) ((int) self->n_syncs + difference);
  if (before != (self->n_syncs > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RUNNING]);
}

/* The sum goes on while any of them is at work, so that what is shown never goes back. */
static void
set_shown (Work *work, gboolean shown)
{
  BijouSyncService *self = work->server->service;
  gboolean before = self->n_shown > 0;

  if (work->is_shown == shown)
    return;
  work->is_shown = shown;
  self->n_shown = shown ? self->n_shown + 1 : self->n_shown - 1;
  if (self->n_shown == 0)
    bijou_sync_tally_clear (self->tally);
  else if (!shown)
    bijou_sync_tally_end (self->tally, work->server->server_id);
  if (before != (self->n_shown > 0))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOWN]);
}

/* One that is at work quietly is shown once somebody asks for it. */
static void
start_server (BijouSyncService *self, const char *server_id, gboolean full, gboolean quiet)
{
  g_autoptr (BijouBackend) backend = self->lookup (server_id, self->lookup_data);
  Server *server = get_server (self, server_id);

  if (backend == NULL)
    return;
  if (server->sync == NULL)
    {
      server->sync = work_new (server, backend);
      server->sync->full = full;
      work_start (server->sync, "bijou-sync", sync_in_worker);
      set_running (self, 1);
    }
  if (quiet)
    return;
  server->sync->is_asked = TRUE;
  set_shown (server->sync, TRUE);
}

static gpointer
list_servers_in_worker (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return bijou_store_list_servers (store, error);
}

typedef struct
{
  BijouSyncService *service; /* (owned) */
  gboolean full;
  gboolean quiet;
} StartAll;

static void
on_servers_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  StartAll *all = user_data;
  g_autoptr (BijouSyncService) self = all->service;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = bijou_store_run_finish (BIJOU_STORE (source), result, &error);
  gboolean full = all->full;
  gboolean quiet = all->quiet;

  g_free (all);
  if (servers == NULL && !bijou_error_is_cancelled (error))
    g_warning ("The servers cannot be listed: %s", error->message);
  for (guint i = 0; servers != NULL && i < servers->len && !self->stopped; i++)
    start_server (self, ((BijouServer *) servers->pdata[i])->id, full, quiet);
}

/**
 * bijou_sync_service_new:
 * @store: where all goes
 * @lookup: finds the backend of a server, (transfer full); %NULL for one that is not signed in
 * @user_data: for @lookup
 *
 * Returns: (transfer full): a service
 */
BijouSyncService *
bijou_sync_service_new (BijouStore *store, BijouSyncLookup lookup, gpointer user_data)
{
  BijouSyncService *self = g_object_new (BIJOU_TYPE_SYNC_SERVICE, NULL);

  self->store = g_object_ref (store);
  self->lookup = lookup;
  self->lookup_data = user_data;
  return self;
}

static void
start (BijouSyncService *self, const char *server_id, gboolean full, gboolean quiet)
{
  StartAll *all;

  if (self->stopped)
    return;
  if (server_id != NULL)
    {
      start_server (self, server_id, full, quiet);
      return;
    }
  all = g_new0 (StartAll, 1);
  all->service = g_object_ref (self);
  all->full = full;
  all->quiet = quiet;
  bijou_store_run_async (self->store, list_servers_in_worker, NULL, NULL,
                         (GDestroyNotify) g_ptr_array_unref, self->cancellable,
                         on_servers_listed_cb, all);
}

/**
 * bijou_sync_service_start:
 * @self: a service
 * @server_id: (nullable): a server, %NULL for all that are known
 * @full: from the beginning, where an earlier run was broken off
 */
void
bijou_sync_service_start (BijouSyncService *self, const char *server_id, gboolean full)
{
  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  start (self, server_id, full, FALSE);
}

/**
 * bijou_sync_service_start_quietly:
 * @self: a service
 * @server_id: (nullable): a server, %NULL for all that are known
 *
 * For a sync that nobody asked for: it is not shown unless it fills a library that was not whole
 * here before, and `failed` does not come.
 */
void
bijou_sync_service_start_quietly (BijouSyncService *self, const char *server_id)
{
  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  start (self, server_id, FALSE, TRUE);
}

/**
 * bijou_sync_service_cancel:
 * @self: a service
 * @server_id: (nullable): a server, %NULL for all
 *
 * `finished` follows, with BIJOU_ERROR_CANCELLED.
 */
void
bijou_sync_service_cancel (BijouSyncService *self, const char *server_id)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  g_hash_table_iter_init (&iter, self->servers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Server *server = value;

      if (server->sync != NULL && (server_id == NULL || g_str_equal (server_id, server->server_id)))
        g_cancellable_cancel (server->sync->cancellable);
    }
}

/* What is not known is taken to be elsewhere. */
static gboolean
is_on_this_machine (BijouBackend *backend)
{
  BijouConnection *connection = bijou_backend_get_connection (backend);
  g_autofree char *url = connection != NULL ? bijou_connection_dup_current_url (connection) : NULL;
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL) : NULL;
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);
  return host != NULL && g_ascii_strcasecmp (host, "localhost") == 0;
}

static void
cut_off (Server *server)
{
  if (server->sync == NULL || is_on_this_machine (server->sync->backend))
    return;
  server->sync->was_cut_off = TRUE;
  server->is_owed = TRUE;
  g_cancellable_cancel (server->sync->cancellable);
}

/**
 * bijou_sync_service_set_online:
 * @self: a service
 * @is_online: whether there is a network
 *
 * To be called when that changes. Cancels what is at work when a network is lost, but not with a
 * server on this machine, and makes up for it when there is one again. A machine that never had
 * one, or none with a way out, is left alone.
 */
void
bijou_sync_service_set_online (BijouSyncService *self, gboolean is_online)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  if (self->is_offline == !is_online)
    return;
  self->is_offline = !is_online;
  g_hash_table_iter_init (&iter, self->servers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Server *server = value;

      if (!is_online)
        cut_off (server);
      server->resumed_at = 0;
      if (is_online && server->is_owed)
        resume (server, SETTLE_MS);
    }
}

/**
 * bijou_sync_service_heed:
 * @self: a service
 * @server_id: a server
 *
 * To be called when it can be reached: sends what waits for it, and makes up for a sync that failed
 * because it could not.
 */
void
bijou_sync_service_heed (BijouSyncService *self, const char *server_id)
{
  Server *server;

  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  bijou_sync_service_flush (self, server_id);
  server = g_hash_table_lookup (self->servers, server_id);
  if (server != NULL && server->is_owed)
    resume (server, 0);
}

/**
 * bijou_sync_service_set_visible_library:
 * @self: a service
 * @server_id: a server
 * @library_id: (nullable): the library that is looked at; it goes first from the next run on
 */
void
bijou_sync_service_set_visible_library (BijouSyncService *self,
                                        const char *server_id,
                                        const char *library_id)
{
  Server *server;

  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  server = get_server (self, server_id);
  g_free (server->visible_library);
  server->visible_library = g_strdup (library_id);
}

/**
 * bijou_sync_service_flush:
 * @self: a service
 * @server_id: a server
 *
 * Sends what waits for it, half a second after the last call; tried again with growing pauses until
 * the server is signed in to and has it.
 */
void
bijou_sync_service_flush (BijouSyncService *self, const char *server_id)
{
  Server *server;

  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  if (self->stopped)
    return;
  server = get_server (self, server_id);
  if (server->flush != NULL)
    server->flush_again = TRUE;
  else
    schedule_flush (server, FLUSH_DELAY_MS);
}

/**
 * bijou_sync_service_is_running:
 * @self: a service
 *
 * Returns: whether a sync is at work
 */
gboolean
bijou_sync_service_is_running (BijouSyncService *self)
{
  g_return_val_if_fail (BIJOU_IS_SYNC_SERVICE (self), FALSE);

  return self->n_syncs > 0;
}

/**
 * bijou_sync_service_is_shown:
 * @self: a service
 *
 * Returns: whether a sync is at work that somebody asked for, or that fills a library
 */
gboolean
bijou_sync_service_is_shown (BijouSyncService *self)
{
  g_return_val_if_fail (BIJOU_IS_SYNC_SERVICE (self), FALSE);

  return self->n_shown > 0;
}

/**
 * bijou_sync_service_get_progress:
 * @self: a service
 * @progress: (out): where the syncs that are shown stand together; its texts are the service's and
 *   good until the main loop goes on
 */
void
bijou_sync_service_get_progress (BijouSyncService *self, BijouSyncProgress *progress)
{
  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  bijou_sync_tally_get (self->tally, progress);
}

/**
 * bijou_sync_service_is_syncing:
 * @self: a service
 * @server_id: a server
 *
 * Returns: whether a sync of that server is at work
 */
gboolean
bijou_sync_service_is_syncing (BijouSyncService *self, const char *server_id)
{
  const Server *server;

  g_return_val_if_fail (BIJOU_IS_SYNC_SERVICE (self), FALSE);

  server = g_hash_table_lookup (self->servers, server_id);
  return server != NULL && server->sync != NULL;
}

/**
 * bijou_sync_service_stop:
 * @self: a service
 *
 * Cancels what is at work; no signal comes any more, and nothing can be started. What was written
 * stays. It does not wait: a thread ends on its own once its request or write returns.
 */
void
bijou_sync_service_stop (BijouSyncService *self)
{
  g_return_if_fail (BIJOU_IS_SYNC_SERVICE (self));

  self->stopped = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_hash_table_remove_all (self->servers);
  self->n_syncs = 0;
  self->n_shown = 0;
  bijou_sync_tally_clear (self->tally);
}

static void
bijou_sync_service_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id)
    {
    case PROP_RUNNING:
      g_value_set_boolean (value, bijou_sync_service_is_running (BIJOU_SYNC_SERVICE (object)));
      break;
    case PROP_SHOWN:
      g_value_set_boolean (value, bijou_sync_service_is_shown (BIJOU_SYNC_SERVICE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bijou_sync_service_dispose (GObject *object)
{
  BijouSyncService *self = BIJOU_SYNC_SERVICE (object);

  bijou_sync_service_stop (self);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (bijou_sync_service_parent_class)->dispose (object);
}

static void
bijou_sync_service_finalize (GObject *object)
{
  BijouSyncService *self = BIJOU_SYNC_SERVICE (object);

  g_hash_table_unref (self->servers);
  g_object_unref (self->cancellable);
  bijou_sync_tally_free (self->tally);

  G_OBJECT_CLASS (bijou_sync_service_parent_class)->finalize (object);
}

static void
bijou_sync_service_class_init (BijouSyncServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = bijou_sync_service_get_property;
  object_class->dispose = bijou_sync_service_dispose;
  object_class->finalize = bijou_sync_service_finalize;

  properties[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SHOWN] =
      g_param_spec_boolean ("shown", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[PROGRESS] = g_signal_new ("progress", BIJOU_TYPE_SYNC_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[FINISHED] = g_signal_new ("finished", BIJOU_TYPE_SYNC_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  signals[FAILED] = g_signal_new ("failed", BIJOU_TYPE_SYNC_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_ERROR);
  signals[REFUSED] = g_signal_new ("refused", BIJOU_TYPE_SYNC_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
}

static void
bijou_sync_service_init (BijouSyncService *self)
{
  self->servers =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) server_free);
  self->cancellable = g_cancellable_new ();
  self->tally = bijou_sync_tally_new ();
}
