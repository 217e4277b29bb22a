#include "config.h"

#include "bijou-cache-entry.h"

#include "bijou-cache-entry-private.h"
#include "bijou-fetcher.h"

#define MIN_BUDGET_AHEAD (4 * 1024 * 1024)
/* Without a disk. */
#define WINDOW_LIMIT (64 * 1024 * 1024)
/* A read this close before the end is of the index, as long as playback is elsewhere. */
#define MIN_TAIL (1024 * 1024)
#define MAX_TAIL (16 * 1024 * 1024)
#define MIN_SOON (1024 * 1024)
#define MAX_SOON (8 * 1024 * 1024)
#define DEFAULT_STALL_MS 30000
#define DEFAULT_RETRY_MS 120000

struct _BijouCacheReader
{
  BijouCacheEntry *entry; /* (owned) */
  BijouCacheReaderKind kind;
  gboolean started; /* guarded by the entry's lock, as all below: it read bytes of `generation` */
  guint generation;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

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

  /**
   * BijouCacheEntry::changed:
   * Extents or statistics changed; at most twice a second. Main context.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
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
 * @file: (nullable) (transfer full): where it is kept, %NULL for memory only
 * @view: (nullable) (transfer full): in place of @file, what another process has of it
 * @directory: the cache's folder
 * @limits: what the folder's entries share
 * @claims: (transfer full): what is in @file already
 * @origin: (nullable): where the rest comes from
 *
 * For the media cache.
 *
 * Returns: (transfer full): an entry
 */
BijouCacheEntry *
bijou_cache_entry_new (BijouHttp *http,
                       BijouWorker *saver,
                       BijouCacheFile *file,
                       BijouCacheView *view,
                       const char *directory,
                       BijouCacheLimits *limits,
                       BijouCacheClaims *claims,
                       BijouMediaOrigin *origin)
{
  BijouCacheEntry *self = g_object_new (BIJOU_TYPE_CACHE_ENTRY, NULL);

  self->http = g_object_ref (http);
  self->saver = g_object_ref (saver);
  self->file = file;
  self->view = view;
  self->directory = g_strdup (directory);
  self->limits = g_atomic_rc_box_acquire (limits);
  self->shared.claims = claims;
  self->shared.disk_failed = file == NULL;
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

  ahead->seconds = self->shared.ahead_s;
  if (ahead->seconds == 0)
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
 * bijou_cache_entry_get_soon:
 * @self: an entry
 *
 * With the lock held.
 *
 * Returns: how many bytes arrive before a new request would bring any
 */
gint64
bijou_cache_entry_get_soon (BijouCacheEntry *self)
{
  return CLAMP (self->shared.rate, MIN_SOON, MAX_SOON);
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

static BijouFetcher *
get_fetcher (BijouCacheEntry *self, BijouFetcherSlot slot)
{
  if (self->shared.fetchers[slot] == NULL)
    self->shared.fetchers[slot] = bijou_fetcher_new (self, slot == BIJOU_FETCHER_BACKGROUND);
  return self->shared.fetchers[slot];
}

static gint64
get_tail_start (BijouCacheEntry *self)
{
  gint64 size = self->shared.claims->size;

  return size - CLAMP (size / 64, MIN_TAIL, MAX_TAIL);
}

/* Whose business a read is. */
static BijouFetcherSlot
find_slot (BijouCacheEntry *self, BijouCacheReader *reader, gint64 offset)
{
  BijouFetcher *main = self->shared.fetchers[BIJOU_FETCHER_MAIN];

  if (reader->kind == BIJOU_CACHE_READER_BACKGROUND)
    return BIJOU_FETCHER_BACKGROUND;
  if (main == NULL || main->want < 0 || self->shared.claims->size < 0 || !self->shared.seekable)
    return BIJOU_FETCHER_MAIN;
  if (offset >= get_tail_start (self) &&
      main->anchor < get_tail_start (self) - bijou_cache_entry_get_soon (self))
    return BIJOU_FETCHER_TAIL;
  return BIJOU_FETCHER_MAIN;
}

static BijouFetcher *
find_coming (BijouCacheEntry *self, gint64 offset)
{
  for (int i = 0; i < BIJOU_N_FETCHERS; i++)
    {
      BijouFetcher *fetcher = self->shared.fetchers[i];

      if (fetcher != NULL && bijou_fetcher_is_coming (fetcher, offset))
        return fetcher;
    }
  return NULL;
}

/* With the lock held: makes the transfers follow a read. Returns who brings the next missing byte,
 * or NULL when nobody has to. */
static BijouFetcher *
steer (BijouCacheEntry *self, BijouCacheReader *reader, gint64 offset)
{
  BijouFetcherSlot slot = find_slot (self, reader, offset);
  BijouFetcher *own = get_fetcher (self, slot);
  gint64 gap = bijou_cache_entry_get_present_end (self, offset);
  gint64 size = self->shared.claims->size;
  BijouFetcher *coming;

  bijou_fetcher_set_anchor (own, offset);
  if (slot == BIJOU_FETCHER_MAIN)
    self->shared.position = offset;
  if (size >= 0 && gap >= size)
    return NULL;

  coming = find_coming (self, gap);
  if (coming == NULL)
    {
      if (gap != offset && gap - offset >= bijou_read_ahead_get_low_mark (
                                               bijou_cache_entry_get_ahead_target (self, own)))
        return NULL;
      bijou_fetcher_aim (own, gap);
      return own;
    }
  if (coming != own && gap == offset)
    bijou_fetcher_set_anchor (coming, offset);
  if (coming->paused || coming->activity == BIJOU_CACHE_IDLE)
    {
      coming->last_arrival = g_get_monotonic_time ();
      bijou_fetcher_wake (coming);
    }
  return coming;
}

static gboolean
check_reader (BijouCacheEntry *self,
              BijouCacheReader *reader,
              GCancellable *cancellable,
              GError **error)
{
  if (g_cancellable_is_cancelled (cancellable))
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Cancelled");
      return FALSE;
    }
  if (reader->started && reader->generation != self->shared.generation)
    {
      reader->started = FALSE;
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL,
                           "The file on the server changed");
      return FALSE;
    }
  return TRUE;
}

/* When a read gives up, and what it says then. */
static gint64
get_deadline (BijouCacheEntry *self, BijouFetcher *fetcher, gint64 started)
{
  if (self->shared.retry_ms == BIJOU_CACHE_PATIENT)
    return g_get_monotonic_time () + G_TIME_SPAN_DAY;
  if (fetcher->retry_since != 0)
    return MAX (started, fetcher->retry_since) + self->shared.retry_ms * G_TIME_SPAN_MILLISECOND;
  return MAX (started, fetcher->last_arrival) + self->shared.stall_ms * G_TIME_SPAN_MILLISECOND;
}

static GError *
create_late_error (BijouFetcher *fetcher)
{
  if (fetcher->retry_since != 0 && fetcher->last != NULL)
    return g_error_copy (fetcher->last);
  return g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_TIMEOUT, "The server sends no more");
}

/* With the lock held, which it lets go: until something changed. */
static gboolean
wait_for_bytes (
    BijouCacheEntry *self, BijouCacheReader *reader, gint64 offset, gint64 started, GError **error)
{
  BijouFetcher *own = get_fetcher (self, find_slot (self, reader, offset));
  BijouFetcher *fetcher;
  gint64 deadline;

  if (own->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own->error));
      return FALSE;
    }
  fetcher = steer (self, reader, offset);
  if (fetcher == NULL)
    return TRUE;

  deadline = get_deadline (self, fetcher, started);
  if (g_get_monotonic_time () >= deadline)
    {
      g_propagate_error (error, create_late_error (fetcher));
      return FALSE;
    }
  g_cond_wait_until (&self->shared.cond, &self->shared.lock, deadline);
  return TRUE;
}

/* With the lock held: the file does not hold what is claimed of it. */
static void
disbelieve (BijouCacheEntry *self, gint64 offset, gboolean broken)
{
  g_message (broken ? "A cache file cannot be read: going on from memory"
                    : "A cache file is shorter than its claims: reading on from the server");
  self->shared.disk_failed |= broken;
  bijou_range_map_remove (self->shared.claims->extents, offset, G_MAXINT64);
}

/* With the lock held, which it lets go. 0: the bytes are not there after all. */
static gssize
read_present (BijouCacheEntry *self, gint64 offset, gpointer buffer, gsize length)
{
  gint64 end = bijou_range_map_get_present_end (self->shared.claims->extents, offset);
  guint generation = self->shared.generation;
  gssize got;

  if (end <= offset)
    return (gssize) bijou_byte_window_read (self->shared.window, offset, buffer, length);

  length = (gsize) MIN ((gint64) length, end - offset);
  g_mutex_unlock (&self->shared.lock);
  got = self->view != NULL ? bijou_cache_view_read (self->view, offset, buffer, length)
                           : bijou_cache_file_read (self->file, offset, buffer, length);
  g_mutex_lock (&self->shared.lock);
  if (got > 0)
    {
      /* Unless it was thrown away or given up in between. */
      gboolean valid =
          generation == self->shared.generation &&
          bijou_range_map_contains (self->shared.claims->extents, offset, offset + (gint64) got);

      return valid ? got : 0;
    }

  if (generation == self->shared.generation)
    disbelieve (self, offset, got < 0);
  return 0;
}

static gssize
read_or_wait (BijouCacheEntry *self,
              BijouCacheReader *reader,
              gint64 offset,
              gpointer buffer,
              gsize length,
              GCancellable *cancellable,
              GError **error)
{
  gint64 started = g_get_monotonic_time ();

  while (check_reader (self, reader, cancellable, error))
    {
      gint64 size = self->shared.claims->size;
      gssize got = 0;

      if (size >= 0 && offset >= size)
        return 0;
      if (bijou_cache_entry_get_present_end (self, offset) > offset)
        got = read_present (self, offset, buffer, length);
      if (got > 0)
        {
          self->shared.used = TRUE;
          reader->started = TRUE;
          reader->generation = self->shared.generation;
          steer (self, reader, offset + got);
          return got;
        }
      if (!wait_for_bytes (self, reader, offset, started, error))
        return -1;
    }
  return -1;
}

static void
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  BijouCacheEntry *self = user_data;

  g_mutex_lock (&self->shared.lock);
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_cache_entry_read:
 * @self: an entry
 * @reader: who reads
 * @offset: where
 * @buffer: to fill
 * @length: its length, more than 0
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Reads what is present at @offset, waiting until at least one byte is. Fails with
 * %BIJOU_ERROR_TIMEOUT when no byte comes for long, with the transport error when reconnecting
 * takes too long, with what the server said, or with %BIJOU_ERROR_PROTOCOL once when the file on
 * the server changed under the reader. Any thread, blocking.
 *
 * Returns: bytes read, 0 at the end of the file, -1 on error
 */
gssize
bijou_cache_entry_read (BijouCacheEntry *self,
                        BijouCacheReader *reader,
                        gint64 offset,
                        gpointer buffer,
                        gsize length,
                        GCancellable *cancellable,
                        GError **error)
{
  gulong id = 0;
  gssize got;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), -1);
  g_return_val_if_fail (reader != NULL && offset >= 0 && length > 0, -1);

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
  g_mutex_lock (&self->shared.lock);
  got = read_or_wait (self, reader, offset, buffer, length, cancellable, error);
  g_mutex_unlock (&self->shared.lock);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
  return got;
}

/**
 * bijou_cache_entry_add_reader:
 * @self: an entry
 * @kind: what for
 *
 * Returns: (transfer full): a reader
 */
BijouCacheReader *
bijou_cache_entry_add_reader (BijouCacheEntry *self, BijouCacheReaderKind kind)
{
  BijouCacheReader *reader = g_new0 (BijouCacheReader, 1);

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), NULL);

  reader->entry = g_object_ref (self);
  reader->kind = kind;
  g_mutex_lock (&self->shared.lock);
  if (kind == BIJOU_CACHE_READER_PLAYBACK)
    {
      self->shared.playback_readers++;
      get_fetcher (self, BIJOU_FETCHER_MAIN); /* its thread starts while the first read is made */
    }
  else
    self->shared.background_readers++;
  g_mutex_unlock (&self->shared.lock);
  return reader;
}

static void
rest (BijouCacheEntry *self, BijouFetcherSlot slot)
{
  if (self->shared.fetchers[slot] != NULL)
    bijou_fetcher_aim (self->shared.fetchers[slot], -1);
}

/**
 * bijou_cache_reader_free:
 * @self: (transfer full): a reader that does not read
 *
 * The transfers of the last reader end.
 */
void
bijou_cache_reader_free (BijouCacheReader *self)
{
  BijouCacheEntry *entry = self->entry;

  g_mutex_lock (&entry->shared.lock);
  if (self->kind == BIJOU_CACHE_READER_BACKGROUND)
    {
      if (--entry->shared.background_readers == 0)
        rest (entry, BIJOU_FETCHER_BACKGROUND);
    }
  else if (--entry->shared.playback_readers == 0)
    {
      rest (entry, BIJOU_FETCHER_MAIN);
      rest (entry, BIJOU_FETCHER_TAIL);
    }
  if (entry->shared.used)
    bijou_cache_entry_schedule_save (entry);
  g_mutex_unlock (&entry->shared.lock);
  g_object_unref (entry);
  g_free (self);
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

static gint64
wait_for_size (BijouCacheEntry *self,
               BijouCacheReader *reader,
               GCancellable *cancellable,
               GError **error)
{
  gint64 started = g_get_monotonic_time ();

  while (check_reader (self, reader, cancellable, error))
    {
      if (self->shared.claims->size >= 0)
        return self->shared.claims->size;
      if (self->shared.answered)
        {
          g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED,
                               "The server does not tell the size");
          return -1;
        }
      if (!wait_for_bytes (self, reader, 0, started, error))
        return -1;
    }
  return -1;
}

/**
 * bijou_cache_entry_wait_for_size:
 * @self: an entry
 * @reader: who asks
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * The size, from the first answer when it is not known. Any thread, blocking.
 *
 * Returns: bytes, or -1 on error; %BIJOU_ERROR_UNSUPPORTED when the server does not tell
 */
gint64
bijou_cache_entry_wait_for_size (BijouCacheEntry *self,
                                 BijouCacheReader *reader,
                                 GCancellable *cancellable,
                                 GError **error)
{
  gulong id = 0;
  gint64 size;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), -1);

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
  g_mutex_lock (&self->shared.lock);
  size = wait_for_size (self, reader, cancellable, error);
  g_mutex_unlock (&self->shared.lock);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
  return size;
}

/**
 * bijou_cache_entry_wait_progress:
 * @self: an entry
 * @reader: a background reader
 * @ms: how long at most
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Keeps the transfer going towards a complete entry. Any thread, blocking.
 *
 * Returns: the first byte that is missing, or -1 on error
 */
gint64
bijou_cache_entry_wait_progress (BijouCacheEntry *self,
                                 BijouCacheReader *reader,
                                 guint ms,
                                 GCancellable *cancellable,
                                 GError **error)
{
  gint64 until = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
  gint64 missing = -1;
  gulong id = 0;

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
  g_mutex_lock (&self->shared.lock);
  while (check_reader (self, reader, cancellable, error))
    {
      BijouFetcher *own = get_fetcher (self, BIJOU_FETCHER_BACKGROUND);
      gint64 now = g_get_monotonic_time ();
      gint64 gap = bijou_cache_entry_get_present_end (self, 0);
      BijouFetcher *fetcher;

      if (own->error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&own->error));
          break;
        }
      fetcher = own->want >= 0 ? own : steer (self, reader, gap);
      if (fetcher != NULL && now >= get_deadline (self, fetcher, 0))
        {
          g_propagate_error (error, create_late_error (fetcher));
          break;
        }
      missing = gap;
      if (fetcher == NULL || now >= until)
        break;
      missing = -1;
      g_cond_wait_until (&self->shared.cond, &self->shared.lock, until);
    }
  g_mutex_unlock (&self->shared.lock);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
  return missing;
}

/* With the lock held, which it lets go: until something of the range changed. */
static gboolean
wait_for_range (BijouCacheEntry *self, gint64 gap, gint64 end, gint64 started, GError **error)
{
  BijouFetcher *own = get_fetcher (self, BIJOU_FETCHER_BACKGROUND);
  BijouFetcher *coming;
  gint64 deadline;

  if (own->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own->error));
      return FALSE;
    }
  coming = find_coming (self, gap);
  if (coming == NULL)
    {
      bijou_fetcher_aim_until (own, gap, end);
      own->anchor = gap;
      coming = own;
    }
  deadline = get_deadline (self, coming, started);
  if (g_get_monotonic_time () >= deadline)
    {
      g_propagate_error (error, create_late_error (coming));
      return FALSE;
    }
  g_cond_wait_until (&self->shared.cond, &self->shared.lock, deadline);
  return TRUE;
}

/**
 * bijou_cache_entry_fetch_range:
 * @self: an entry
 * @reader: a background reader
 * @from: the first byte
 * @to: the byte after the last; beyond the end it is the end
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Waits until these bytes are here; what of them is missing is asked for, and nothing else. Any
 * thread, blocking.
 *
 * Returns: %FALSE on error, as of bijou_cache_entry_read()
 */
gboolean
bijou_cache_entry_fetch_range (BijouCacheEntry *self,
                               BijouCacheReader *reader,
                               gint64 from,
                               gint64 to,
                               GCancellable *cancellable,
                               GError **error)
{
  gint64 started = g_get_monotonic_time ();
  gboolean present = FALSE;
  gulong id = 0;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), FALSE);
  g_return_val_if_fail (reader != NULL && from >= 0, FALSE);

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
  g_mutex_lock (&self->shared.lock);
  while (!present && check_reader (self, reader, cancellable, error))
    {
      gint64 size = self->shared.claims->size;
      gint64 end = size >= 0 ? MIN (to, size) : to;
      gint64 gap = bijou_cache_entry_get_present_end (self, from);

      present = gap >= end;
      if (!present && !wait_for_range (self, gap, end, started, error))
        break;
    }
  g_mutex_unlock (&self->shared.lock);
  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, id);
  return present;
}

/**
 * bijou_cache_entry_peek:
 * @self: an entry
 * @offset: where
 * @buffer: to fill
 * @length: its length
 *
 * Any thread; waits for nothing but the disk.
 *
 * Returns: how many bytes from @offset on are present and were read
 */
gsize
bijou_cache_entry_peek (BijouCacheEntry *self, gint64 offset, gpointer buffer, gsize length)
{
  char *to = buffer;
  gsize done = 0;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), 0);

  g_mutex_lock (&self->shared.lock);
  while (done < length)
    {
      gint64 at = offset + (gint64) done;
      gssize got = 0;

      if (bijou_cache_entry_get_present_end (self, at) > at)
        got = read_present (self, at, to + done, length - done);
      if (got <= 0)
        break;
      done += (gsize) got;
    }
  g_mutex_unlock (&self->shared.lock);
  return done;
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
 * bijou_cache_entry_set_read_ahead:
 * @self: an entry
 * @seconds: of media
 *
 * Any thread.
 */
void
bijou_cache_entry_set_read_ahead (BijouCacheEntry *self, guint seconds)
{
  g_return_if_fail (BIJOU_IS_CACHE_ENTRY (self));

  g_mutex_lock (&self->shared.lock);
  self->shared.ahead_s = seconds;
  bijou_cache_entry_wake (self);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_cache_entry_set_patience:
 * @self: an entry
 * @stall_ms: how long a read waits with no byte while connected
 * @retry_ms: how long a read waits while reconnecting
 *
 * With %BIJOU_CACHE_PATIENT it waits as long as it takes, also for a server that has a problem of
 * its own. Any thread.
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
