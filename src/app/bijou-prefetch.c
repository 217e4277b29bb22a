#include "config.h"

#include "bijou-prefetch.h"

#include "bijou-media-cache.h"
#include "bijou-prefetch-private.h"
#include "bijou-worker.h"

/* After the start there is more important work, and Home changes several times in a row. */
#define START_MS 20000
#define CHANGE_MS 10000
/* An episode's end: its last quarter, the last two minutes at least. */
#define END_FRACTION 4
#define END_MS 120000

struct _BijouPrefetch
{
  GObject parent_instance;

  BijouContext *context; /* (unowned) stops it before it goes */
  BijouWorker *worker;   /* (owned) */
  GHashTable *busy;      /* (owned) playbacks (unowned) at which something plays */
  char *next;            /* (owned) (nullable) the episode that was asked for last */
  guint home_timeout;
  guint done;
  guint start_ms;
  guint change_ms;
  gboolean started;

  struct
  {
    GMutex lock;
    GCond cond;                /* the job left a server */
    GCancellable *cancellable; /* (owned) (nullable) of the job that runs or waits */
    char *server_id;           /* (owned) (nullable) whose film the job is about */
    BijouCacheEntry *held;     /* (owned) (nullable) would go if it were closed */
    gboolean stopped;
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouPrefetch, bijou_prefetch, G_TYPE_OBJECT)

typedef struct
{
  BijouPrefetch *prefetch; /* (owned) */
  BijouItem *item;         /* (owned) (nullable) NULL: the first of Continue Watching */
} Job;

static void
job_free (Job *job)
{
  g_object_unref (job->prefetch);
  g_clear_object (&job->item);
  g_free (job);
}

/* --- whether --- */

static gboolean
is_metered (void)
{
  return g_network_monitor_get_network_metered (g_network_monitor_get_default ());
}

static gboolean
is_allowed (BijouPrefetch *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  return !self->shared.stopped && g_settings_get_boolean (settings, "prefetch") &&
         bijou_media_cache_get_budget (bijou_context_get_media_cache (self->context)) > 0 &&
         (!is_metered () || g_settings_get_boolean (settings, "prefetch-metered"));
}

static gboolean
keeps_closed (BijouPrefetch *self)
{
  return !bijou_media_cache_get_only_watched (bijou_context_get_media_cache (self->context));
}

/* --- the job --- */

static BijouItem *
find_first (BijouContext *context)
{
  g_autoptr (GPtrArray) items =
      bijou_store_list_home (bijou_context_get_store (context), 0, 1, NULL);

  return items != NULL && items->len > 0 ? g_object_ref (g_ptr_array_index (items, 0)) : NULL;
}

/* %FALSE: it was given up meanwhile. */
static gboolean
set_server (BijouPrefetch *self, GCancellable *cancellable, const char *server_id)
{
  gboolean wanted;

  g_mutex_lock (&self->shared.lock);
  g_free (self->shared.server_id);
  self->shared.server_id = g_strdup (server_id);
  g_cond_broadcast (&self->shared.cond);
  wanted = !g_cancellable_is_cancelled (cancellable);
  g_mutex_unlock (&self->shared.lock);
  return wanted;
}

static void
hold (BijouPrefetch *self, GCancellable *cancellable, BijouCacheEntry *entry)
{
  BijouCacheEntry *before;

  g_mutex_lock (&self->shared.lock);
  before = g_steal_pointer (&self->shared.held);
  if (entry != NULL && !g_cancellable_is_cancelled (cancellable))
    self->shared.held = g_object_ref (entry);
  g_mutex_unlock (&self->shared.lock);
  g_clear_pointer (&before, bijou_cache_entry_release);
}

static void
run_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Job *job = task_data;
  BijouPrefetch *self = job->prefetch;
  g_autoptr (BijouItem) item =
      job->item != NULL ? g_object_ref (job->item) : find_first (self->context);
  g_autoptr (BijouCacheEntry) entry = NULL;
  gboolean found;
  GError *error = NULL;

  if (item != NULL && set_server (self, cancellable, item->server_id))
    entry = bijou_prefetch_run (self->context, item, cancellable, &error);
  found = entry != NULL;
  if (!keeps_closed (self))
    hold (self, cancellable, entry);
  g_clear_object (&entry);
  set_server (self, cancellable, NULL);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, found);
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    job->prefetch->done++;
  else if (error != NULL && !bijou_error_is_cancelled (error))
    g_info ("What may be played next is not here: %s", error->message);
}

static void
cancel (BijouPrefetch *self)
{
  g_mutex_lock (&self->shared.lock);
  if (self->shared.cancellable != NULL)
    g_cancellable_cancel (self->shared.cancellable);
  g_clear_object (&self->shared.cancellable);
  g_mutex_unlock (&self->shared.lock);
}

/* @item NULL: the first of Continue Watching. */
static void
ask (BijouPrefetch *self, BijouItem *item)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, on_done_cb, NULL);
  Job *job = g_new0 (Job, 1);

  cancel (self);
  g_mutex_lock (&self->shared.lock);
  self->shared.cancellable = g_object_ref (cancellable);
  g_mutex_unlock (&self->shared.lock);
  job->prefetch = g_object_ref (self);
  job->item = item == NULL ? NULL : g_object_ref (item);
  g_task_set_source_tag (task, ask);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  bijou_worker_push (self->worker, task, run_in_worker, G_PRIORITY_LOW);
}

/* --- Home --- */

static gboolean
on_home_due_cb (gpointer data)
{
  BijouPrefetch *self = data;

  if (bijou_sync_service_is_running (bijou_context_get_sync (self->context)))
    return G_SOURCE_CONTINUE;
  self->home_timeout = 0;
  if (g_hash_table_size (self->busy) > 0)
    return G_SOURCE_REMOVE;
  hold (self, NULL, NULL);
  if (is_allowed (self) && keeps_closed (self))
    ask (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
plan_home (BijouPrefetch *self, guint ms)
{
  if (!self->started || self->shared.stopped)
    return;
  g_clear_handle_id (&self->home_timeout, g_source_remove);
  self->home_timeout = g_timeout_add (ms, on_home_due_cb, self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouPrefetch *self)
{
  if ((change->flags & (BIJOU_STORE_HOME | BIJOU_STORE_PLAY_STATE)) != 0)
    plan_home (self, self->change_ms);
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, BijouPrefetch *self)
{
  if (bijou_context_get_server_state (context, server_id) == BIJOU_CONNECTION_CONNECTED)
    plan_home (self, self->change_ms);
}

/* Also of a setting. */
static void
on_metered_cb (BijouPrefetch *self)
{
  if (is_allowed (self))
    plan_home (self, self->change_ms);
  else
    cancel (self);
}

/* --- playback --- */

static gboolean
is_near_end (BijouPlayback *playback)
{
  gint64 duration = bijou_playback_get_duration (playback);
  gint64 left = duration - bijou_playback_get_position (playback);

  return duration > 0 && left <= MAX (duration / END_FRACTION, END_MS);
}

/* Whether the film that plays needs nothing more for now. */
static gboolean
is_sated (BijouPlayback *playback)
{
  BijouPlayerState state = bijou_playback_get_state (playback);
  BijouCacheStats stats;

  return (state == BIJOU_PLAYER_PLAYING || state == BIJOU_PLAYER_PAUSED) &&
         bijou_playback_get_cache_stats (playback, &stats) && stats.activity == BIJOU_CACHE_IDLE;
}

static void
on_position_changed_cb (BijouPlayback *playback, BijouPrefetch *self)
{
  BijouItem *next = bijou_play_queue_get_next (bijou_playback_get_queue (playback));
  g_autofree char *key = NULL;

  if (next == NULL || !is_near_end (playback))
    return;
  key = bijou_item_dup_key (next);
  if (g_strcmp0 (key, self->next) == 0 || !is_allowed (self) || !is_sated (playback))
    return;
  g_free (self->next);
  self->next = g_steal_pointer (&key);
  ask (self, next);
}

static gboolean
is_busy (BijouPlayback *playback)
{
  switch (bijou_playback_get_state (playback))
    {
    case BIJOU_PLAYER_IDLE:
    case BIJOU_PLAYER_ENDED:
    case BIJOU_PLAYER_FAILED:
      return FALSE;
    case BIJOU_PLAYER_LOADING:
    case BIJOU_PLAYER_PLAYING:
    case BIJOU_PLAYER_PAUSED:
    case BIJOU_PLAYER_STALLED:
    default:
      return TRUE;
    }
}

/* Gives way: what was asked for is asked for again when there is time. */
static void
give_way (BijouPrefetch *self)
{
  g_clear_pointer (&self->next, g_free);
  cancel (self);
}

static void
note_idle (BijouPrefetch *self, gpointer playback)
{
  if (g_hash_table_remove (self->busy, playback) && g_hash_table_size (self->busy) == 0)
    {
      g_clear_pointer (&self->next, g_free);
      plan_home (self, self->change_ms);
    }
}

static void
on_state_changed_cb (BijouPlayback *playback, BijouPrefetch *self)
{
  BijouPlayerState state = bijou_playback_get_state (playback);

  if (!is_busy (playback))
    note_idle (self, playback);
  else if (g_hash_table_add (self->busy, playback) || state == BIJOU_PLAYER_STALLED ||
           state == BIJOU_PLAYER_LOADING)
    give_way (self);
}

static void
on_playback_gone_cb (gpointer data, GObject *playback)
{
  BijouPrefetch *self = data;

  note_idle (self, playback);
  g_object_unref (self);
}

/**
 * bijou_prefetch_attend:
 * @self: a prefetch
 * @playback: a playback; it may go any time
 */
void
bijou_prefetch_attend (BijouPrefetch *self, BijouPlayback *playback)
{
  g_return_if_fail (BIJOU_IS_PREFETCH (self));

  g_signal_connect_object (playback, "position-changed", G_CALLBACK (on_position_changed_cb), self,
                           0);
  g_signal_connect_object (playback, "state-changed", G_CALLBACK (on_state_changed_cb), self, 0);
  g_object_weak_ref (G_OBJECT (playback), on_playback_gone_cb, g_object_ref (self));
}

/* --- life --- */

static void
bijou_prefetch_dispose (GObject *object)
{
  BijouPrefetch *self = BIJOU_PREFETCH (object);

  g_clear_handle_id (&self->home_timeout, g_source_remove);
  g_clear_object (&self->worker);
  g_clear_object (&self->shared.cancellable);
  g_clear_pointer (&self->shared.held, bijou_cache_entry_release);

  G_OBJECT_CLASS (bijou_prefetch_parent_class)->dispose (object);
}

static void
bijou_prefetch_finalize (GObject *object)
{
  BijouPrefetch *self = BIJOU_PREFETCH (object);

  g_hash_table_unref (self->busy);
  g_free (self->next);
  g_free (self->shared.server_id);
  g_cond_clear (&self->shared.cond);
  g_mutex_clear (&self->shared.lock);

  G_OBJECT_CLASS (bijou_prefetch_parent_class)->finalize (object);
}

static void
bijou_prefetch_class_init (BijouPrefetchClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_prefetch_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_prefetch_finalize;
}

static void
bijou_prefetch_init (BijouPrefetch *self)
{
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.cond);
  self->worker = bijou_worker_new ("bijou-prefetch");
  self->busy = g_hash_table_new (NULL, NULL);
  self->start_ms = START_MS;
  self->change_ms = CHANGE_MS;
}

/**
 * bijou_prefetch_new:
 * @context: (not owned): the services; it calls bijou_prefetch_stop() before it goes
 *
 * Returns: (transfer full): a prefetch that attends to nothing yet
 */
BijouPrefetch *
bijou_prefetch_new (BijouContext *context)
{
  BijouPrefetch *self = g_object_new (BIJOU_TYPE_PREFETCH, NULL);

  self->context = context;
  return self;
}

/**
 * bijou_prefetch_start:
 * @self: a prefetch
 *
 * Begins to look at Home.
 */
void
bijou_prefetch_start (BijouPrefetch *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  g_return_if_fail (BIJOU_IS_PREFETCH (self));

  self->started = TRUE;
  g_signal_connect_object (bijou_context_get_store (self->context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  g_signal_connect_object (self->context, "server-state-changed", G_CALLBACK (on_server_state_cb),
                           self, 0);
  g_signal_connect_object (g_network_monitor_get_default (), "notify::network-metered",
                           G_CALLBACK (on_metered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::prefetch", G_CALLBACK (on_metered_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::prefetch-metered", G_CALLBACK (on_metered_cb), self,
                           G_CONNECT_SWAPPED);
  plan_home (self, self->start_ms);
}

/**
 * bijou_prefetch_forget:
 * @self: a prefetch
 * @server_id: a server that is being signed out
 *
 * Gives up what it does there, and waits for that. The server's backend must be gone: nothing is
 * begun there any more. Any thread but the main one of a window.
 */
void
bijou_prefetch_forget (BijouPrefetch *self, const char *server_id)
{
  g_return_if_fail (BIJOU_IS_PREFETCH (self));

  g_mutex_lock (&self->shared.lock);
  if (self->shared.cancellable != NULL && g_strcmp0 (self->shared.server_id, server_id) == 0)
    g_cancellable_cancel (self->shared.cancellable);
  while (g_strcmp0 (self->shared.server_id, server_id) == 0)
    g_cond_wait (&self->shared.cond, &self->shared.lock);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_prefetch_stop:
 * @self: a prefetch
 *
 * Ends it. May be called twice.
 */
void
bijou_prefetch_stop (BijouPrefetch *self)
{
  g_return_if_fail (BIJOU_IS_PREFETCH (self));

  self->shared.stopped = TRUE;
  g_clear_handle_id (&self->home_timeout, g_source_remove);
  cancel (self);
  bijou_worker_stop (self->worker);
  hold (self, NULL, NULL);
}

guint
bijou_prefetch_get_done (BijouPrefetch *self)
{
  g_return_val_if_fail (BIJOU_IS_PREFETCH (self), 0);

  return self->done;
}

void
bijou_prefetch_set_delays (BijouPrefetch *self, guint start_ms, guint change_ms)
{
  g_return_if_fail (BIJOU_IS_PREFETCH (self));

  self->start_ms = start_ms;
  self->change_ms = change_ms;
}
