#include "config.h"

#include "bijou-cache-entry-private.h"
#include "bijou-fetcher.h"

/* What readers do: they steer the transfers and wait for bytes. */

/* A read this close before the end is of the index, as long as playback is elsewhere. */
#define MIN_TAIL (1024 * 1024)
#define MAX_TAIL (16 * 1024 * 1024)
#define BUSY_ELSEWHERE (1024 * 1024)

struct _BijouCacheReader
{
  BijouCacheEntry *entry; /* (owned) */
  BijouCacheReaderKind kind;
  guint retry_ms;   /* guarded by the entry's lock; 0: as the entry has it */
  gboolean started; /* guarded by the entry's lock, as all below: it read bytes of `generation` */
  guint generation;
};

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
      main->anchor < get_tail_start (self) - bijou_cache_entry_get_wait_distance (self))
    return BIJOU_FETCHER_TAIL;
  return BIJOU_FETCHER_MAIN;
}

/* A download does not wait for one that rests: its reader has enough. */
static BijouFetcher *
find_bringer (BijouCacheEntry *self, BijouFetcher *own, gint64 offset)
{
  for (int i = 0; i < BIJOU_N_FETCHERS; i++)
    {
      BijouFetcher *fetcher = self->shared.fetchers[i];

      if (fetcher == NULL || !bijou_fetcher_will_bring (fetcher, offset))
        continue;
      if (fetcher == own || !own->greedy || fetcher->activity != BIJOU_CACHE_IDLE)
        return fetcher;
    }
  return NULL;
}

/* Whom a download waits for: another one that is at it, as long as it is. */
static BijouFetcher *
find_worker (BijouCacheEntry *self, BijouFetcher *own, gint64 offset)
{
  BijouFetcher *bringer = find_bringer (self, own, offset);

  if (bringer == NULL)
    return own;
  own->last_arrival = MAX (own->last_arrival, bringer->last_arrival);
  return bringer;
}

/* Data ahead of a reader that reads at two places by turns, or has just jumped: so much that the
 * transfer need not come back for it yet. */
static gint64
get_enough (BijouCacheEntry *self, BijouFetcher *own)
{
  gint64 target = bijou_cache_entry_get_ahead_target (self, own);

  if (own->want >= 0 && own->activity != BIJOU_CACHE_IDLE)
    return MIN (bijou_read_ahead_get_low_mark (target), BUSY_ELSEWHERE);
  return bijou_read_ahead_get_low_mark (target);
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
  BijouFetcher *bringer;

  bijou_fetcher_set_anchor (own, offset);
  if (slot == BIJOU_FETCHER_MAIN)
    self->shared.position = offset;
  if (size >= 0 && gap >= size)
    return NULL;

  bringer = find_bringer (self, own, gap);
  if (bringer == NULL)
    {
      if (gap != offset && gap - offset >= get_enough (self, own))
        return NULL;
      bijou_fetcher_aim (own, gap);
      return own;
    }
  if (bringer != own && gap == offset)
    bijou_fetcher_set_anchor (bringer, offset);
  if (bringer->paused || bringer->activity == BIJOU_CACHE_IDLE)
    {
      bringer->last_arrival = g_get_monotonic_time ();
      bijou_fetcher_wake (bringer);
    }
  return bringer;
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
get_deadline (BijouCacheEntry *self,
              BijouCacheReader *reader,
              BijouFetcher *fetcher,
              gint64 started)
{
  guint retry_ms = reader->retry_ms > 0 ? reader->retry_ms : self->shared.retry_ms;

  if (retry_ms == BIJOU_CACHE_PATIENT)
    return g_get_monotonic_time () + G_TIME_SPAN_DAY;
  if (fetcher->retry_since != 0)
    return MAX (started, fetcher->retry_since) + retry_ms * G_TIME_SPAN_MILLISECOND;
  return MAX (started, fetcher->last_arrival) + self->shared.stall_ms * G_TIME_SPAN_MILLISECOND;
}

static GError *
create_late_error (BijouFetcher *fetcher)
{
  if (fetcher->retry_since != 0 && fetcher->last != NULL)
    return g_error_copy (fetcher->last);
  return g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_TIMEOUT, "The server sends no more");
}

/* Why a fetcher gave up is told once. */
static gboolean
check_fetcher (BijouFetcher *fetcher, GError **error)
{
  if (fetcher->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&fetcher->error));
  return FALSE;
}

/* With the lock held, which it lets go: until something changed, not beyond @until. */
static gboolean
wait_for_fetcher (BijouCacheEntry *self,
                  BijouCacheReader *reader,
                  BijouFetcher *fetcher,
                  gint64 started,
                  gint64 until,
                  GError **error)
{
  gint64 deadline = get_deadline (self, reader, fetcher, started);

  if (g_get_monotonic_time () >= deadline)
    {
      g_propagate_error (error, create_late_error (fetcher));
      return FALSE;
    }
  g_cond_wait_until (&self->shared.cond, &self->shared.lock, MIN (deadline, until));
  return TRUE;
}

/* With the lock held, which it lets go: until something changed. */
static gboolean
wait_for_bytes (
    BijouCacheEntry *self, BijouCacheReader *reader, gint64 offset, gint64 started, GError **error)
{
  BijouFetcher *own = get_fetcher (self, find_slot (self, reader, offset));
  BijouFetcher *fetcher;

  if (!check_fetcher (own, error))
    return FALSE;
  fetcher = steer (self, reader, offset);
  return fetcher == NULL || wait_for_fetcher (self, reader, fetcher, started, G_MAXINT64, error);
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

/* With the lock held: what has just come. An answer may be longer than the file is known to be. */
static gssize
read_fresh (BijouCacheEntry *self, gint64 offset, gpointer buffer, gsize length)
{
  gint64 size = self->shared.claims->size;
  gsize got = 0;

  if (size >= 0)
    length = (gsize) MIN ((gint64) length, size - offset);
  for (int i = 0; i < BIJOU_N_FETCHERS && got == 0; i++)
    if (self->shared.fetchers[i] != NULL)
      got = bijou_fetcher_peek (self->shared.fetchers[i], offset, buffer, length);
  return (gssize) got;
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
      else
        got = read_fresh (self, offset, buffer, length);
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

/* Takes the lock for a call that waits; a cancellation ends its waiting. */
static gulong
enter (BijouCacheEntry *self, GCancellable *cancellable)
{
  gulong id = 0;

  if (cancellable != NULL)
    id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
  g_mutex_lock (&self->shared.lock);
  return id;
}

static void
leave (BijouCacheEntry *self, GCancellable *cancellable, gulong id)
{
  g_mutex_unlock (&self->shared.lock);
  g_cancellable_disconnect (cancellable, id);
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
  gulong id;
  gssize got;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), -1);
  g_return_val_if_fail (reader != NULL && offset >= 0 && length > 0, -1);

  id = enter (self, cancellable);
  got = read_or_wait (self, reader, offset, buffer, length, cancellable, error);
  leave (self, cancellable, id);
  return got;
}

/**
 * bijou_cache_entry_begin:
 * @self: an entry of which nothing is here
 *
 * Asks for its head before there is a reader. Any thread; never blocks.
 */
void
bijou_cache_entry_begin (BijouCacheEntry *self)
{
  g_mutex_lock (&self->shared.lock);
  if (self->shared.origin != NULL)
    bijou_fetcher_aim (get_fetcher (self, BIJOU_FETCHER_MAIN), 0);
  g_mutex_unlock (&self->shared.lock);
  g_thread_yield (); /* the fetcher's new thread may wait for this one's processor */
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
  BijouFetcher *fetcher = self->shared.fetchers[slot];

  if (fetcher == NULL)
    return;
  g_clear_error (&fetcher->error); /* nobody is left whom it concerns */
  bijou_fetcher_aim (fetcher, -1);
}

/* With the entry's lock held. */
static void
set_reader_patience (BijouCacheReader *self, guint retry_ms)
{
  BijouCacheEntry *entry = self->entry;

  if (self->retry_ms == BIJOU_CACHE_PATIENT)
    entry->shared.patient_readers--;
  self->retry_ms = retry_ms;
  if (retry_ms == BIJOU_CACHE_PATIENT)
    entry->shared.patient_readers++;
}

/**
 * bijou_cache_reader_set_patience:
 * @self: a reader
 * @retry_ms: how long its reads wait while reconnecting, 0: as the entry has it
 *
 * With %BIJOU_CACHE_PATIENT they wait as long as it takes, also for a server that has a problem of
 * its own. Any thread.
 */
void
bijou_cache_reader_set_patience (BijouCacheReader *self, guint retry_ms)
{
  g_mutex_lock (&self->entry->shared.lock);
  set_reader_patience (self, retry_ms);
  g_cond_broadcast (&self->entry->shared.cond);
  g_mutex_unlock (&self->entry->shared.lock);
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
  set_reader_patience (self, 0);
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
  gulong id;
  gint64 size;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), -1);

  id = enter (self, cancellable);
  size = wait_for_size (self, reader, cancellable, error);
  leave (self, cancellable, id);
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
  gulong id = enter (self, cancellable);

  while (check_reader (self, reader, cancellable, error))
    {
      BijouFetcher *own = get_fetcher (self, BIJOU_FETCHER_BACKGROUND);
      gint64 gap = bijou_cache_entry_get_present_end (self, 0);
      BijouFetcher *fetcher;

      if (!check_fetcher (own, error))
        break;
      fetcher = own->want >= 0 ? find_worker (self, own, gap) : steer (self, reader, gap);
      if (fetcher == NULL || g_get_monotonic_time () >= until)
        {
          missing = gap;
          break;
        }
      if (!wait_for_fetcher (self, reader, fetcher, 0, until, error))
        break;
    }
  leave (self, cancellable, id);
  return missing;
}

/* With the lock held, which it lets go: until something of the range changed. */
static gboolean
wait_for_range (BijouCacheEntry *self,
                BijouCacheReader *reader,
                gint64 gap,
                gint64 end,
                gint64 started,
                GError **error)
{
  BijouFetcher *own = get_fetcher (self, BIJOU_FETCHER_BACKGROUND);
  BijouFetcher *worker;

  if (!check_fetcher (own, error))
    return FALSE;
  worker = find_worker (self, own, gap);
  if (worker == own && !bijou_fetcher_will_bring (own, gap))
    {
      bijou_fetcher_aim_until (own, gap, end);
      own->anchor = gap;
    }
  return wait_for_fetcher (self, reader, worker, started, G_MAXINT64, error);
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
  gulong id;

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (self), FALSE);
  g_return_val_if_fail (reader != NULL && from >= 0, FALSE);

  id = enter (self, cancellable);
  while (!present && check_reader (self, reader, cancellable, error))
    {
      gint64 size = self->shared.claims->size;
      gint64 end = size >= 0 ? MIN (to, size) : to;
      gint64 gap = bijou_cache_entry_get_present_end (self, from);

      present = gap >= end;
      if (!present && !wait_for_range (self, reader, gap, end, started, error))
        break;
    }
  leave (self, cancellable, id);
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
