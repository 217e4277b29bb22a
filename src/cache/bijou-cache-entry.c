#include "config.h"

#include "bijou-cache-entry.h"

#include "bijou-cache-entry-private.h"
#include "bijou-fetcher.h"

#define MIN_BUDGET_AHEAD (4 * 1024 * 1024)
/* Without a disk. */
#define WINDOW_LIMIT (64 * 1024 * 1024)
/* What a reader who jumps ahead waits for on the transfer that there is: what it brings before
 * another one would bring anything, and a moment more. */
#define MIN_WAIT_DISTANCE (256 * 1024)
#define MAX_WAIT_DISTANCE (8 * 1024 * 1024)
#define WAIT_MOMENT_US (20 * G_TIME_SPAN_MILLISECOND)
#define DEFAULT_STALL_MS 30000
#define DEFAULT_RETRY_MS 120000

G_DEFINE_FINAL_TYPE (BijouCacheEntry, bijou_cache_entry, G_TYPE_OBJECT)

static void
bijou_cache_entry_finalize (GObject *object)
{
  BijouCacheEntry *self = BIJOU_CACHE_ENTRY (object);

  for (int i = 0; i < BIJOU_N_FETCHERS; i++)
    {
      BijouFetcher *fetcher;

      g_mutex_lock (&self->shared.lock); /* the others look at it */
      fetcher = g_steal_pointer (&self->shared.fetchers[i]);
      g_mutex_unlock (&self->shared.lock);
      g_clear_pointer (&fetcher, bijou_fetcher_free);
    }
  if (self->shared.used)
    bijou_cache_entry_schedule_save (self);

  bijou_cache_entry_drop_origin (self);
  g_clear_pointer (&self->shared.claims, bijou_cache_claims_free);
  g_clear_pointer (&self->shared.window, bijou_byte_window_free);
  if (self->file != NULL && self->limits->only_watched)
    {
      g_clear_pointer (&self->file, bijou_cache_file_unref);
      bijou_cache_schedule_eviction (self->saver, self->directory, self->limits, FALSE);
    }
  g_clear_pointer (&self->file, bijou_cache_file_unref);
  g_clear_pointer (&self->view, bijou_cache_view_free);
  g_clear_pointer (&self->limits, g_atomic_rc_box_release);
  g_clear_object (&self->saver);
  g_clear_object (&self->http);
  g_free (self->directory);
  g_mutex_clear (&self->io);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.cond);

  G_OBJECT_CLASS (bijou_cache_entry_parent_class)->finalize (object);
}

static void
bijou_cache_entry_class_init (BijouCacheEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_cache_entry_finalize;
}

static void
bijou_cache_entry_init (BijouCacheEntry *self)
{
  g_mutex_init (&self->io);
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.cond);
  self->shared.window = bijou_byte_window_new (WINDOW_LIMIT);
  self->shared.seekable = TRUE;
  self->shared.stall_ms = DEFAULT_STALL_MS;
  self->shared.retry_ms = DEFAULT_RETRY_MS;
  self->shared.saved_at = g_get_monotonic_time ();
}

/**
 * bijou_cache_entry_new:
 * @http: the client
 * @saver: the worker that writes sidecars
 * @directory: the cache's folder
 * @limits: what the folder's entries share
 * @claims: (transfer full): what it is of
 * @origin: (nullable): where its bytes come from
 *
 * For the media cache, which attaches a file to it. Until then nothing may be stored: `io` is held.
 *
 * Returns: (transfer full): an entry
 */
BijouCacheEntry *
bijou_cache_entry_new (BijouHttp *http,
                       BijouWorker *saver,
                       const char *directory,
                       BijouCacheLimits *limits,
                       BijouCacheClaims *claims,
                       BijouMediaOrigin *origin)
{
  BijouCacheEntry *self = g_object_new (BIJOU_TYPE_CACHE_ENTRY, NULL);

  self->http = g_object_ref (http);
  self->saver = g_object_ref (saver);
  self->directory = g_strdup (directory);
  self->limits = g_atomic_rc_box_acquire (limits);
  self->shared.claims = claims;
  bijou_cache_entry_set_origin (self, origin);
  return self;
}

/**
 * bijou_cache_entry_get_present_end:
 * @self: an entry
 * @offset: a byte
 *
 * With the lock held.
 *
 * Returns: the first byte at or after @offset that is neither on disk nor in memory
 */
gint64
bijou_cache_entry_get_present_end (BijouCacheEntry *self, gint64 offset)
{
  const BijouRangeMap *memory = bijou_byte_window_get_map (self->shared.window);
  gint64 end = offset;
  gint64 before;

  do
    {
      before = end;
      end = bijou_range_map_get_present_end (self->shared.claims->extents, end);
      end = bijou_range_map_get_present_end (memory, end);
    }
  while (end != before);
  return end;
}

/**
 * bijou_cache_entry_get_read_ahead:
 * @self: an entry
 * @ahead: (out): what decides how far it is fetched ahead
 *
 * With the lock held.
 */
void
bijou_cache_entry_get_read_ahead (BijouCacheEntry *self, BijouReadAhead *ahead)
{
  gint64 limit = (gint64) g_atomic_int_get (&self->limits->ahead_mb) << 20;

  ahead->seconds = (guint) g_atomic_int_get (&self->limits->ahead_s);
  ahead->bitrate = self->shared.bitrate;
  /* A film that is longer than the budget gives up what is behind the reader. */
  ahead->limit = self->shared.disk_failed
                     ? limit
                     : MIN (limit, MAX (self->limits->budget / 2, MIN_BUDGET_AHEAD));
  ahead->degraded = self->shared.degraded;
  ahead->metered = g_atomic_int_get (&self->limits->metered);
  ahead->in_memory = self->shared.disk_failed;
}

/**
 * bijou_cache_entry_get_ahead_target:
 * @self: an entry
 * @fetcher: one of its fetchers
 *
 * With the lock held.
 *
 * Returns: how many bytes @fetcher is to be ahead of its reader
 */
gint64
bijou_cache_entry_get_ahead_target (BijouCacheEntry *self, BijouFetcher *fetcher)
{
  BijouReadAhead ahead;

  bijou_cache_entry_get_read_ahead (self, &ahead);
  return bijou_read_ahead_get_target (&ahead, g_get_monotonic_time () - fetcher->settled_at);
}

/**
 * bijou_cache_entry_get_wait_distance:
 * @self: an entry
 *
 * With the lock held.
 *
 * Returns: how many bytes arrive before a new request would bring any
 */
gint64
bijou_cache_entry_get_wait_distance (BijouCacheEntry *self)
{
  gint64 wait_us = MIN (self->shared.answer_us + WAIT_MOMENT_US, G_TIME_SPAN_SECOND);

  return CLAMP (self->shared.rate * wait_us / G_TIME_SPAN_SECOND, MIN_WAIT_DISTANCE,
                MAX_WAIT_DISTANCE);
}

/**
 * bijou_cache_entry_wake:
 * @self: an entry
 *
 * What a transfer does has changed, or what it is to do: everybody who waits looks again. With the
 * lock held.
 */
void
bijou_cache_entry_wake (BijouCacheEntry *self)
{
  g_cond_broadcast (&self->shared.cond);
  for (int slot = 0; slot < BIJOU_N_FETCHERS; slot++)
    if (self->shared.fetchers[slot] != NULL)
      bijou_fetcher_wake (self->shared.fetchers[slot]);
}

/**
 * bijou_cache_entry_get_size:
 * @self: an entry
 *
 * Returns: the size in bytes, or -1. Any thread.
 */
gint64
bijou_cache_entry_get_size (BijouCacheEntry *self)
{
  gint64 size;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), -1);

  g_mutex_lock (&self->shared.lock);
  size = self->shared.claims->size;
  g_mutex_unlock (&self->shared.lock);
  return size;
}

/**
 * bijou_cache_entry_is_seekable:
 * @self: an entry
 *
 * Returns: %FALSE once the server was found not to serve ranges. Any thread.
 */
gboolean
bijou_cache_entry_is_seekable (BijouCacheEntry *self)
{
  gboolean seekable;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), FALSE);

  g_mutex_lock (&self->shared.lock);
  seekable = self->shared.seekable;
  g_mutex_unlock (&self->shared.lock);
  return seekable;
}

/**
 * bijou_cache_entry_is_complete:
 * @self: an entry
 *
 * Returns: whether all of it can be read with no server. Any thread.
 */
gboolean
bijou_cache_entry_is_complete (BijouCacheEntry *self)
{
  gboolean complete;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), FALSE);

  g_mutex_lock (&self->shared.lock);
  complete = self->shared.claims->size >= 0 &&
             bijou_cache_entry_get_present_end (self, 0) >= self->shared.claims->size;
  g_mutex_unlock (&self->shared.lock);
  return complete;
}

/**
 * bijou_cache_entry_is_in_memory:
 * @self: an entry
 *
 * Returns: whether the disk is not used. Any thread.
 */
gboolean
bijou_cache_entry_is_in_memory (BijouCacheEntry *self)
{
  gboolean in_memory;

  g_mutex_lock (&self->shared.lock);
  in_memory = self->shared.disk_failed;
  g_mutex_unlock (&self->shared.lock);
  return in_memory;
}

static BijouRangeMap *
copy_extents (BijouCacheEntry *self)
{
  BijouRangeMap *map = bijou_range_map_copy (self->shared.claims->extents);
  const BijouRangeMap *memory = bijou_byte_window_get_map (self->shared.window);

  for (guint i = 0; i < bijou_range_map_get_length (memory); i++)
    bijou_range_map_add (map, bijou_range_map_get (memory, i)->from,
                         bijou_range_map_get (memory, i)->to);
  return map;
}

/**
 * bijou_cache_entry_get_extents:
 * @self: an entry
 *
 * Returns: (transfer full): what is present. Any thread.
 */
BijouRangeMap *
bijou_cache_entry_get_extents (BijouCacheEntry *self)
{
  BijouRangeMap *map;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), NULL);

  g_mutex_lock (&self->shared.lock);
  map = copy_extents (self);
  g_mutex_unlock (&self->shared.lock);
  return map;
}

static void
fill_outage (BijouCacheEntry *self, BijouCacheStats *stats)
{
  stats->failure = BIJOU_ERROR_FAILED;
  stats->retry_at = 0;
  for (int slot = BIJOU_N_FETCHERS - 1; slot >= 0; slot--)
    {
      BijouFetcher *fetcher = self->shared.fetchers[slot];

      if (fetcher == NULL || fetcher->retry_since == 0 || fetcher->last == NULL)
        continue;
      stats->retry_at = fetcher->retry_at;
      if (fetcher->last->domain == BIJOU_ERROR)
        stats->failure = fetcher->last->code;
    }
}

/* The liveliest of the fetchers tells. */
static BijouCacheActivity
get_activity (BijouCacheEntry *self)
{
  static const BijouCacheActivity order[] = { BIJOU_CACHE_STREAMING, BIJOU_CACHE_RETRYING,
                                              BIJOU_CACHE_CONNECTING };

  for (gsize i = 0; i < G_N_ELEMENTS (order); i++)
    for (int slot = 0; slot < BIJOU_N_FETCHERS; slot++)
      if (self->shared.fetchers[slot] != NULL && self->shared.fetchers[slot]->activity == order[i])
        return order[i];
  return BIJOU_CACHE_IDLE;
}

/**
 * bijou_cache_entry_get_stats:
 * @self: an entry
 * @stats: (out): filled
 *
 * What was done and is being done. Any thread.
 */
void
bijou_cache_entry_get_stats (BijouCacheEntry *self, BijouCacheStats *stats)
{
  g_autoptr (BijouRangeMap) map = NULL;

  g_return_if_fail (BIJOU_IS_CACHE_ENTRY (self));

  g_mutex_lock (&self->shared.lock);
  map = copy_extents (self);
  stats->activity = get_activity (self);
  stats->requests = self->shared.requests;
  stats->retries = self->shared.retries;
  stats->bytes = self->shared.received;
  stats->rate = self->shared.rate;
  stats->bitrate = self->shared.bitrate;
  stats->present = bijou_range_map_get_total (map);
  stats->read_ahead =
      bijou_range_map_get_present_end (map, self->shared.position) - self->shared.position;
  stats->in_memory = self->shared.disk_failed;
  fill_outage (self, stats);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_cache_entry_set_bitrate:
 * @self: an entry
 * @bitrate: bits per second
 *
 * Any thread.
 */
void
bijou_cache_entry_set_bitrate (BijouCacheEntry *self, gint64 bitrate)
{
  g_return_if_fail (BIJOU_IS_CACHE_ENTRY (self));

  g_mutex_lock (&self->shared.lock);
  self->shared.bitrate = MAX (bitrate, 0);
  bijou_cache_entry_wake (self);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_cache_entry_set_patience:
 * @self: an entry
 * @stall_ms: how long a read waits with no byte while connected
 * @retry_ms: how long a read waits while reconnecting, of readers that have no patience of their
 * own
 *
 * Any thread.
 */
void
bijou_cache_entry_set_patience (BijouCacheEntry *self, guint stall_ms, guint retry_ms)
{
  g_return_if_fail (BIJOU_IS_CACHE_ENTRY (self));

  g_mutex_lock (&self->shared.lock);
  self->shared.stall_ms = stall_ms;
  self->shared.retry_ms = retry_ms;
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_cache_entry_retry_now:
 * @self: an entry
 *
 * For a user who does not want to wait, or news that the server is back: what waits before its next
 * try tries at once, and what hangs begins anew. Any thread.
 */
void
bijou_cache_entry_retry_now (BijouCacheEntry *self)
{
  g_return_if_fail (BIJOU_IS_CACHE_ENTRY (self));

  g_mutex_lock (&self->shared.lock);
  for (int i = 0; i < BIJOU_N_FETCHERS; i++)
    if (self->shared.fetchers[i] != NULL)
      bijou_fetcher_doubt (self->shared.fetchers[i]);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_cache_entry_set_pinned:
 * @self: an entry
 * @pinned: whether it is kept whatever the budget says
 *
 * Any thread.
 */
void
bijou_cache_entry_set_pinned (BijouCacheEntry *self, gboolean pinned)
{
  g_return_if_fail (BIJOU_IS_CACHE_ENTRY (self));

  g_mutex_lock (&self->shared.lock);
  self->shared.claims->pinned = pinned;
  bijou_cache_entry_schedule_save (self);
  g_mutex_unlock (&self->shared.lock);
}
