#include "config.h"

#include "bijou-fetcher-private.h"

#include <string.h>

/* Bytes between the net thread and the disk. */
#define QUEUE_MAX (2 * 1024 * 1024)
/* So many are stored at once, and after so long also fewer. Each time costs two threads a wake-up,
 * which is more than a few bytes cost otherwise. */
#define STORE_BYTES (512 * 1024)
#define STORE_US (40 * G_TIME_SPAN_MILLISECOND)
/* A hole of the map this small is fetched over rather than around. */
#define SKIP (512 * 1024)
#define BACKOFF_US (250 * G_TIME_SPAN_MILLISECOND)
#define MAX_BACKOFF_US (8 * G_TIME_SPAN_SECOND)
/* After a transfer that brought so much before it broke the next one follows at once. */
#define WORTHWHILE (64 * 1024)
#define QUICK_US (20 * G_TIME_SPAN_MILLISECOND)
/* Who waits for so long waits for somebody who switches the server on. */
#define LONG_OUTAGE_US (10 * G_TIME_SPAN_MINUTE)
#define LONG_BACKOFF_US (30 * G_TIME_SPAN_SECOND)
/* How often a paused transfer looks whether its reader has stayed. */
#define GROWTH_US G_TIME_SPAN_SECOND
/* Two parts of a file that one reader may read by turns. */
#define AROUND (8 * 1024 * 1024)
/* A transfer that was begun before the network changed, or the address, gets so long to show that
 * it lives. */
#define DOUBT_US (1 * G_TIME_SPAN_SECOND)

/* Servers and proxies close what is idle for long; few do so before a minute, and those that do
 * hear from the player more often. */
#define SPARE_US (50 * G_TIME_SPAN_SECOND)
/* A server that did not answer before the next seek may have no connection to spare. */
#define NO_SPARE_US (5 * G_TIME_SPAN_SECOND)

static gint64
get_distance (BijouFetcher *self)
{
  return self->position + (gint64) bijou_byte_queue_get_length (self->queue) - self->anchor;
}

static gboolean
is_far_ahead (BijouFetcher *self)
{
  return !self->greedy &&
         get_distance (self) >= bijou_cache_entry_get_ahead_target (self->entry, self);
}

static gboolean
is_hungry (BijouFetcher *self)
{
  gint64 target = bijou_cache_entry_get_ahead_target (self->entry, self);

  return self->greedy || get_distance (self) < bijou_read_ahead_get_low_mark (target);
}

/* Whether it may go on without its reader moving. */
static gboolean
is_growing (BijouFetcher *self)
{
  BijouReadAhead ahead;

  bijou_cache_entry_get_read_ahead (self->entry, &ahead);
  return !self->greedy &&
         bijou_read_ahead_is_growing (&ahead, g_get_monotonic_time () - self->settled_at);
}

static gboolean
on_head_cb (BijouHttpResponse *response, gpointer user_data)
{
  BijouFetcher *self = user_data;
  guint status = bijou_http_response_get_status (response);

  g_mutex_lock (&self->entry->shared.lock);
  g_clear_pointer (&self->head, bijou_http_response_unref);
  self->head = bijou_http_response_ref (response);
  bijou_fetcher_accept_plain_range (self);
  if (!self->head_checked)
    bijou_fetcher_wake (self);
  g_mutex_unlock (&self->entry->shared.lock);
  return status == 200 || status == 206;
}

/* Its thread looks for itself as long as there is something to be stored, or was a moment ago. */
static void
tell_of_bytes (BijouFetcher *self, gsize before, gsize length)
{
  gboolean is_much = before < STORE_BYTES && before + length >= STORE_BYTES;
  gboolean is_first, is_due;

  if (before > 0 && !is_much)
    return;
  g_mutex_lock (&self->entry->shared.lock);
  is_first = self->fetched == 0;
  is_due = is_much || g_get_monotonic_time () >= self->store_at;
  g_mutex_unlock (&self->entry->shared.lock);

  /* Who is woken wants the lock, often long before the waker returns. Readers come first: they see
   * the first bytes of a transfer before these are stored. */
  if (is_first)
    g_cond_broadcast (&self->entry->shared.cond);
  if (is_due)
    bijou_fetcher_wake (self);
}

static gboolean
on_data_cb (const guint8 *data, gsize length, gpointer user_data)
{
  BijouFetcher *self = user_data;
  gboolean take;

  g_mutex_lock (&self->entry->shared.lock);
  take = bijou_byte_queue_get_length (self->queue) < QUEUE_MAX && !is_far_ahead (self);
  if (!take)
    {
      self->paused = TRUE;
      self->sated = is_far_ahead (self);
      bijou_fetcher_wake (self);
    }
  else if (self->begun_at == 0)
    {
      self->begun_at = g_get_monotonic_time ();
      self->entry->shared.answer_us = self->begun_at - self->started;
    }
  g_mutex_unlock (&self->entry->shared.lock);

  /* Copied without the lock, which the reader wants. */
  if (take)
    tell_of_bytes (self, bijou_byte_queue_push (self->queue, data, length), length);
  return take;
}

static void
on_done_cb (const GError *error, gpointer user_data)
{
  BijouFetcher *self = user_data;

  g_mutex_lock (&self->entry->shared.lock);
  self->done = TRUE;
  self->done_error = error == NULL ? NULL : g_error_copy (error);
  bijou_fetcher_wake (self);
  g_mutex_unlock (&self->entry->shared.lock);
}

static const BijouHttpTransferFuncs transfer_funcs = { on_head_cb, on_data_cb, on_done_cb };

static void
clear_transfer (BijouFetcher *self)
{
  bijou_byte_queue_clear (self->queue);
  self->begun_at = 0;
  self->store_at = 0;
  g_clear_pointer (&self->head, bijou_http_response_unref);
  self->head_checked = FALSE;
  self->accepted = FALSE;
  self->paused = FALSE;
  self->done = FALSE;
  g_clear_error (&self->done_error);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->request, bijou_http_request_unref);
}

/* A server with no ranges that always breaks off at the same byte brings nothing new. */
static void
note_progress (BijouFetcher *self)
{
  self->fetched += self->queue_start - self->position;
  self->position = self->queue_start;
  self->last_arrival = g_get_monotonic_time ();
  self->doubted_at = 0;
  self->retry_since = 0;
  self->activity = BIJOU_CACHE_STREAMING;
  if (self->position <= self->best)
    return;
  self->best = self->position;
  self->failures = 0;
  self->refusals = 0;
}

/* With the lock held, which it lets go. */
static gboolean
store_piece (BijouFetcher *self)
{
  gsize length;
  const guint8 *data = bijou_byte_queue_peek (self->queue, &length);
  gint64 offset = self->queue_start;
  gint64 anchor = self->anchor;
  guint generation = self->generation;
  gint64 size = self->entry->shared.claims->size;
  /* An answer that does not tell its length may be longer than the file is known to be. */
  gsize kept = size < 0 ? length : (gsize) CLAMP (size - offset, 0, (gint64) length);
  gboolean stored;

  g_mutex_unlock (&self->entry->shared.lock);
  stored = bijou_cache_entry_store (self->entry, offset, data, kept, generation, anchor);
  g_mutex_lock (&self->entry->shared.lock);
  bijou_byte_queue_drop (self->queue, length);
  self->queue_start += (gint64) length;
  return stored;
}

/* The first bytes of a transfer are waited for, later ones come soon enough in larger pieces. */
static void
plan_next_store (BijouFetcher *self, gint64 now)
{
  self->store_at = now + MIN (STORE_US, (now - self->begun_at) / 8);
}

static gboolean
should_store (BijouFetcher *self)
{
  gsize length = bijou_byte_queue_get_length (self->queue);

  return length > 0 && (length >= STORE_BYTES || self->done || self->paused ||
                        g_get_monotonic_time () >= self->store_at);
}

/* With the lock held, which it lets go. */
static BijouOutcome
store_what_came (BijouFetcher *self)
{
  gboolean stored = store_piece (self);

  if (self->aimed)
    return BIJOU_OUTCOME_MOVED;
  if (!stored)
    return bijou_fetcher_refuse (self, "The file on the server changed");
  note_progress (self);
  plan_next_store (self, self->last_arrival);
  return BIJOU_OUTCOME_DONE;
}

/* What came for nobody is good nevertheless. */
static void
store_rest (BijouFetcher *self)
{
  while (self->accepted && bijou_byte_queue_get_length (self->queue) > 0)
    if (!store_piece (self))
      return;
}

static BijouOutcome
judge_end (BijouFetcher *self, gint64 start, gint64 limit)
{
  gint64 size = self->entry->shared.claims->size;

  if (self->done_error != NULL)
    {
      bijou_fetcher_report_failure (self, self->done_error);
      return bijou_fetcher_judge_error (self, g_error_copy (self->done_error));
    }
  if (size < 0 && limit < 0)
    self->entry->shared.claims->size = self->position;
  else if (self->position == start || self->position < (limit < 0 ? size : MIN (size, limit + 1)))
    return bijou_fetcher_refuse (self, "The answer was shorter than promised");
  return BIJOU_OUTCOME_DONE;
}

static gboolean
should_resume (BijouFetcher *self)
{
  if (!self->paused || bijou_byte_queue_get_length (self->queue) > QUEUE_MAX / 2)
    return FALSE;
  return !self->sated || is_hungry (self);
}

/* Whether another one is busy with a byte: a film that plays while it is downloaded. */
static gboolean
another_brings (BijouFetcher *self, gint64 offset)
{
  for (int i = 0; i < BIJOU_N_FETCHERS; i++)
    {
      BijouFetcher *other = self->entry->shared.fetchers[i];

      if (other != NULL && other != self && other->activity != BIJOU_CACHE_IDLE &&
          bijou_fetcher_will_bring (other, offset))
        return TRUE;
    }
  return FALSE;
}

/* Whether it runs into bytes that are here already, enough to be worth a new request behind them,
 * or into those of another one. */
static gboolean
should_skip (BijouFetcher *self)
{
  gint64 end;

  if (!self->entry->shared.seekable || !self->head_checked)
    return FALSE;
  end = bijou_cache_entry_get_present_end (self->entry, self->position);
  if (end > self->position)
    return end - self->position > SKIP || another_brings (self, end);
  return self->greedy && another_brings (self, end);
}

/* Who was asked for a range ends by itself, which keeps the connection. */
static gboolean
has_enough (BijouFetcher *self)
{
  return self->until >= 0 && self->head_checked && self->position >= self->until &&
         bijou_http_response_get_status (self->head) == 200;
}

static void
heed_network (BijouFetcher *self)
{
  BijouQuality quality;

  bijou_http_get_quality (self->entry->http, bijou_http_request_get_url (self->request), &quality);
  self->entry->shared.degraded = quality.degraded;
}

/* A download takes what it gets, a film that plays needs so much for as long as its transfer runs.
 */
static void
tell_need (BijouFetcher *self, gboolean begins)
{
  gint64 need = begins ? self->entry->shared.bitrate / 8 : 0;

  if (self != self->entry->shared.fetchers[BIJOU_FETCHER_MAIN])
    return;
  bijou_http_set_need (self->entry->http, bijou_http_request_get_url (self->request), need);
}

/* A body that stalls without closing is left for a new connection, long before the reader gives
 * up. */
static gint64
get_stall_deadline (BijouFetcher *self)
{
  gint64 stall = self->entry->shared.stall_ms * G_TIME_SPAN_MILLISECOND / 2;

  if (self->paused)
    return G_MAXINT64;
  if (self->doubted_at == 0)
    return self->last_arrival + stall;
  return MAX (self->last_arrival, self->doubted_at) + MIN (stall, DOUBT_US);
}

static BijouOutcome
leave_stalled (BijouFetcher *self)
{
  GError *error =
      g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_TIMEOUT, "The server sends no more");

  /* Who doubts the way knows of it. */
  if (self->doubted_at == 0)
    bijou_fetcher_report_failure (self, error);
  self->hurried = self->doubted_at != 0;
  return bijou_fetcher_judge_error (self, error);
}

/* A question in the queue of a server with few connections would get the one that the film leaves.
 * Returns whether there is a spare one for the film. */
static gboolean
take_spare (BijouFetcher *self)
{
  if (bijou_spare_connection_is_ready (self->spare))
    return TRUE;
  bijou_spare_connection_give_up (self->spare);
  if (self->spare_at > 0)
    self->spare_at = g_get_monotonic_time () + NO_SPARE_US;
  return FALSE;
}

/* With the lock held, which it lets go. Only who plays seeks. */
static void
keep_spare (BijouFetcher *self)
{
  BijouCacheEntry *entry = self->entry;
  g_autoptr (BijouMediaOrigin) origin = NULL;
  g_autoptr (BijouHttpRequest) question = NULL;

  self->spare_at = g_get_monotonic_time () + SPARE_US;
  if (self != entry->shared.fetchers[BIJOU_FETCHER_MAIN] || !entry->shared.seekable ||
      self->failures > 0)
    return;
  origin = g_object_ref (entry->shared.origin);

  g_mutex_unlock (&entry->shared.lock);
  question = bijou_media_origin_make_question (origin, bijou_http_request_get_url (self->request));
  if (question != NULL)
    bijou_spare_connection_renew (self->spare, question);
  g_clear_object (&origin); /* the last reference may wait for races */
  g_mutex_lock (&entry->shared.lock);
}

static void
resume (BijouFetcher *self, BijouHttpTransfer *transfer)
{
  self->paused = FALSE;
  self->activity = BIJOU_CACHE_STREAMING;
  self->last_arrival = g_get_monotonic_time ();
  heed_network (self);
  bijou_http_transfer_resume (transfer);
}

/* With the lock held, which it lets go. */
static BijouOutcome
wait_for_more (BijouFetcher *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 deadline = get_stall_deadline (self);

  if (now >= deadline)
    return leave_stalled (self);
  if (self->paused && self->activity != BIJOU_CACHE_IDLE)
    {
      self->activity = BIJOU_CACHE_IDLE;
      bijou_cache_entry_wake (self->entry);
    }
  if (now < self->store_at)
    deadline = MIN (deadline, self->store_at);
  if (self->paused && is_growing (self))
    deadline = MIN (deadline, now + GROWTH_US);
  if (self->head_checked)
    deadline = MIN (deadline, self->spare_at);
  g_cond_wait_until (&self->cond, &self->entry->shared.lock, deadline);
  return BIJOU_OUTCOME_DONE;
}

/* With the lock held, which it lets go while it waits and works. */
static BijouOutcome
pump (BijouFetcher *self, BijouHttpTransfer *transfer, gint64 start, gint64 limit)
{
  while (TRUE)
    {
      BijouOutcome outcome = BIJOU_OUTCOME_DONE;

      if (self->aimed || self->stopping)
        return BIJOU_OUTCOME_MOVED;
      if (self->head != NULL && !self->head_checked)
        outcome = bijou_fetcher_check_head (self);
      else if (should_skip (self) || has_enough (self))
        {
          self->activity = BIJOU_CACHE_IDLE;
          return BIJOU_OUTCOME_DONE;
        }
      else if (!self->sated && should_resume (self)) /* it flows while this is stored */
        resume (self, transfer);
      else if (should_store (self))
        outcome = store_what_came (self);
      else if (self->done)
        return judge_end (self, start, limit);
      else if (should_resume (self))
        resume (self, transfer);
      else if (self->head_checked && g_get_monotonic_time () >= self->spare_at)
        keep_spare (self);
      else
        outcome = wait_for_more (self);
      if (outcome != BIJOU_OUTCOME_DONE)
        return outcome;
    }
}

/* The last byte to ask for: up to what is here already, so that the connection is kept. */
static gint64
find_limit (BijouFetcher *self, gint64 start)
{
  BijouCacheEntry *entry = self->entry;
  gint64 size = entry->shared.claims->size;
  gint64 end = start;

  if (!entry->shared.seekable || entry->shared.disk_failed || size < 0)
    return -1;
  while (end < size)
    {
      gint64 gap_end = bijou_range_map_get_gap_end (entry->shared.claims->extents, end, size);
      gint64 present_end = bijou_range_map_get_present_end (entry->shared.claims->extents, gap_end);

      if (gap_end >= size)
        return -1;
      if (present_end - gap_end > SKIP)
        return gap_end - 1;
      end = present_end;
    }
  return -1;
}

static gint64
find_last (BijouFetcher *self, gint64 start)
{
  gint64 limit = find_limit (self, start);

  if (self->until < 0)
    return limit;
  return limit < 0 ? self->until - 1 : MIN (limit, self->until - 1);
}

static BijouHttpRequest *
make_request (BijouFetcher *self, gint64 start, gint64 limit, GError **error)
{
  g_autoptr (BijouMediaOrigin) origin = NULL;
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  gboolean ranges_broken = self->entry->shared.ranges_broken;
  BijouHttpRequest *request;

  if (self->entry->shared.origin == NULL)
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE,
                           "These bytes are not on this computer");
      return NULL;
    }
  origin = g_object_ref (self->entry->shared.origin);

  g_mutex_unlock (&self->entry->shared.lock);
  request = bijou_media_origin_make_request (origin, cancellable, error);
  if (request != NULL && !ranges_broken)
    bijou_http_request_set_range (request, start, limit);
  g_clear_object (&origin); /* the last reference may wait for races */
  g_mutex_lock (&self->entry->shared.lock);
  return request;
}

/* With the lock held, which it lets go. */
static BijouOutcome
run_transfer (BijouFetcher *self, gint64 start)
{
  g_autoptr (BijouHttpTransfer) transfer = NULL;
  GError *error = NULL;
  gint64 limit = find_last (self, start);
  gboolean had_spare;
  BijouOutcome outcome;

  self->position = start;
  self->queue_start = start;
  self->cancellable = g_cancellable_new ();
  self->activity = self->failures > 0 ? BIJOU_CACHE_RETRYING : BIJOU_CACHE_CONNECTING;
  self->last_arrival = g_get_monotonic_time ();
  self->retry_after = 0;
  self->fetched = 0;
  self->request = make_request (self, start, limit, &error);
  if (self->request == NULL)
    {
      if (self->aimed || self->stopping)
        {
          outcome = BIJOU_OUTCOME_MOVED;
          g_error_free (error);
        }
      else if (self->entry->shared.origin == NULL)
        outcome = bijou_fetcher_fail (self, error);
      else
        outcome = bijou_fetcher_judge_error (self, error);
      clear_transfer (self);
      return outcome;
    }

  /* Finding the way may have taken long. */
  self->started = g_get_monotonic_time ();
  self->last_arrival = self->started;
  self->doubted_at = 0;
  self->entry->shared.requests++;
  heed_network (self);
  tell_need (self, TRUE);
  g_mutex_unlock (&self->entry->shared.lock);
  had_spare = take_spare (self);
  transfer = bijou_http_transfer_start (self->entry->http, self->request, &transfer_funcs, self);
  bijou_byte_queue_reserve (self->queue);
  g_mutex_lock (&self->entry->shared.lock);
  /* At once: the next seek may follow soon. The first bytes of a film do not share the line. */
  if (had_spare)
    keep_spare (self);

  outcome = pump (self, transfer, start, limit);
  tell_need (self, FALSE);

  g_mutex_unlock (&self->entry->shared.lock);
  bijou_http_transfer_cancel (transfer);
  bijou_http_transfer_wait (transfer, NULL);
  g_mutex_lock (&self->entry->shared.lock);
  if (outcome == BIJOU_OUTCOME_MOVED)
    store_rest (self);
  clear_transfer (self);
  return outcome;
}

/* Exponential, with jitter: many clients must not come back at the same moment. */
static gint64
get_pause (BijouFetcher *self, gint64 now)
{
  gint64 pause = MIN (BACKOFF_US << MIN (self->failures, 6), MAX_BACKOFF_US);

  if (now - self->retry_since > LONG_OUTAGE_US)
    pause = LONG_BACKOFF_US;
  if (self->failures == 0 && self->fetched >= WORTHWHILE)
    pause = QUICK_US;
  pause -= g_random_int_range (0, (gint32) (pause / 2));
  return MAX (pause, self->retry_after);
}

static void
wait_before_retry (BijouFetcher *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->retry_since == 0)
    self->retry_since = now;
  self->retry_at = now + get_pause (self, now);
  self->failures++;
  self->entry->shared.retries++;
  self->activity = BIJOU_CACHE_RETRYING;
  g_info ("Transfer at byte %" G_GINT64_FORMAT " broke off (%s), next try follows", self->position,
          self->last->message);
  bijou_cache_entry_wake (self->entry);
  while (!self->aimed && !self->stopping && !self->hurried &&
         g_get_monotonic_time () < self->retry_at)
    g_cond_wait_until (&self->cond, &self->entry->shared.lock, self->retry_at);
  self->hurried = FALSE;
}

static void
end_transfer (BijouFetcher *self, BijouOutcome outcome)
{
  switch (outcome)
    {
    case BIJOU_OUTCOME_DONE:
      if (!self->aimed)
        self->want = self->position;
      break;
    case BIJOU_OUTCOME_RETRY:
      if (!self->aimed)
        self->want = self->position;
      wait_before_retry (self);
      break;
    case BIJOU_OUTCOME_FAIL:
      if (self->aimed)
        break;
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&self->last);
      g_info ("Transfer at byte %" G_GINT64_FORMAT " failed: %s", self->position,
              self->error->message);
      self->want = -1;
      self->failures = 0;
      self->refusals = 0;
      self->retry_since = 0;
      break;
    case BIJOU_OUTCOME_MOVED:
    default:
      break;
    }
  bijou_cache_entry_wake (self->entry);
}

/* The next byte to get, or -1 when there is none to get now. */
static gint64
find_start (BijouFetcher *self)
{
  BijouCacheEntry *entry = self->entry;
  gint64 start;

  /* With no ranges one transfer brings everything. */
  if (!entry->shared.seekable && self == entry->shared.fetchers[BIJOU_FETCHER_TAIL])
    self->want = -1;
  if (self->want < 0)
    return -1;
  start = bijou_cache_entry_get_present_end (entry, self->want);
  if ((entry->shared.claims->size >= 0 && start >= entry->shared.claims->size) ||
      (self->until >= 0 && start >= self->until))
    {
      self->want = -1;
      self->failures = 0;
      self->retry_since = 0; /* nothing is missing */
      return -1;
    }
  self->position = start;
  if (!self->aimed && (is_far_ahead (self) || another_brings (self, start)))
    return -1;
  return entry->shared.seekable ? start : 0;
}

static gpointer
fetcher_main (gpointer data)
{
  BijouFetcher *self = data;

  g_mutex_lock (&self->entry->shared.lock);
  while (!self->stopping)
    {
      gint64 start = find_start (self);

      if (start < 0)
        {
          if (self->want < 0)
            self->position = -1;
          self->aimed = FALSE;
          self->activity = BIJOU_CACHE_IDLE;
          if (self->want >= 0 && is_growing (self))
            g_cond_wait_until (&self->cond, &self->entry->shared.lock,
                               g_get_monotonic_time () + GROWTH_US);
          else
            g_cond_wait (&self->cond, &self->entry->shared.lock);
          continue;
        }
      self->aimed = FALSE;
      end_transfer (self, run_transfer (self, start));
    }
  g_mutex_unlock (&self->entry->shared.lock);
  return NULL;
}

/**
 * bijou_fetcher_new:
 * @entry: whose bytes it gets
 * @greedy: whether it goes on however far it is ahead
 *
 * Returns: (transfer full): a fetcher with nothing to do
 */
BijouFetcher *
bijou_fetcher_new (BijouCacheEntry *entry, gboolean greedy)
{
  BijouFetcher *self = g_new0 (BijouFetcher, 1);

  self->entry = entry;
  self->greedy = greedy;
  self->settled_at = g_get_monotonic_time ();
  self->want = -1;
  self->until = -1;
  self->position = -1;
  self->best = -1;
  self->queue = bijou_byte_queue_new ();
  self->spare = bijou_spare_connection_new (entry->http);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("bijou-fetch", fetcher_main, self);
  return self;
}

/**
 * bijou_fetcher_free:
 * @self: (transfer full): a fetcher
 *
 * Ends its transfer and its thread, without the entry's lock.
 */
void
bijou_fetcher_free (BijouFetcher *self)
{
  g_mutex_lock (&self->entry->shared.lock);
  self->stopping = TRUE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  bijou_fetcher_wake (self);
  g_mutex_unlock (&self->entry->shared.lock);

  g_thread_join (self->thread);
  g_cond_clear (&self->cond);
  bijou_byte_queue_free (self->queue);
  bijou_spare_connection_free (self->spare);
  g_clear_error (&self->error);
  g_clear_error (&self->last);
  g_free (self);
}

/**
 * bijou_fetcher_aim:
 * @self: a fetcher
 * @offset: the byte to go on with, or -1 to rest
 *
 * Leaves what it does and starts at @offset. With the entry's lock held.
 */
void
bijou_fetcher_aim (BijouFetcher *self, gint64 offset)
{
  if (offset < 0 && self->want < 0)
    return;

  self->want = offset;
  self->until = -1;
  self->position = offset;
  self->aimed = TRUE;
  self->best = -1;
  self->failures = 0;
  self->refusals = 0;
  self->retry_since = 0;
  self->last_arrival = g_get_monotonic_time ();
  g_clear_error (&self->error);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  bijou_cache_entry_wake (self->entry);
}

/**
 * bijou_fetcher_aim_until:
 * @self: a fetcher
 * @offset: the byte to go on with
 * @until: the byte to end before
 *
 * Like bijou_fetcher_aim(), but asks for no more than that. With the entry's lock held.
 */
void
bijou_fetcher_aim_until (BijouFetcher *self, gint64 offset, gint64 until)
{
  bijou_fetcher_aim (self, offset);
  self->until = until;
}

/**
 * bijou_fetcher_wake:
 * @self: a fetcher
 *
 * Has it look at what changed. With the entry's lock held.
 */
void
bijou_fetcher_wake (BijouFetcher *self)
{
  g_cond_signal (&self->cond);
}

/**
 * bijou_fetcher_set_anchor:
 * @self: a fetcher
 * @offset: where its reader is
 *
 * With the entry's lock held.
 */
void
bijou_fetcher_set_anchor (BijouFetcher *self, gint64 offset)
{
  if (ABS (offset - self->anchor) > AROUND)
    self->settled_at = g_get_monotonic_time ();
  self->anchor = offset;
}

/**
 * bijou_fetcher_will_bring:
 * @self: a fetcher
 * @offset: an absent byte
 *
 * Whether it will soon bring @offset. With the entry's lock held.
 */
gboolean
bijou_fetcher_will_bring (BijouFetcher *self, gint64 offset)
{
  if (self->want < 0 || self->error != NULL || self->position < 0 || self->position > offset)
    return FALSE;
  if (self->until >= 0 && offset >= self->until)
    return FALSE;
  if (!self->entry->shared.seekable)
    return TRUE;
  return offset - self->position <= bijou_cache_entry_get_wait_distance (self->entry);
}

/**
 * bijou_fetcher_doubt:
 * @self: a fetcher
 *
 * The network or the address changed: what does not move soon is left for a new connection, and a
 * pause before the next try ends. With the entry's lock held.
 */
void
bijou_fetcher_doubt (BijouFetcher *self)
{
  gint64 now = g_get_monotonic_time ();

  /* What has just begun has begun on the new way. */
  if (self->request != NULL && self->doubted_at == 0 && now >= self->started + DOUBT_US)
    self->doubted_at = now;
  self->hurried = self->request == NULL && self->activity == BIJOU_CACHE_RETRYING;
  if (self->hurried)
    self->retry_at = now;
  bijou_fetcher_wake (self);
}

/**
 * bijou_fetcher_peek:
 * @self: a fetcher
 * @offset: the byte to begin with
 * @buffer: to fill
 * @length: its length
 *
 * The first bytes of a transfer are waited for: they can be read before they are stored. With the
 * entry's lock held.
 *
 * Returns: how many bytes from @offset on came and were read
 */
gsize
bijou_fetcher_peek (BijouFetcher *self, gint64 offset, gpointer buffer, gsize length)
{
  const guint8 *data;
  gsize n;

  if (!self->accepted || self->fetched > 0 || offset < self->queue_start ||
      self->generation != self->entry->shared.generation ||
      bijou_byte_queue_get_length (self->queue) == 0)
    return 0;
  data = bijou_byte_queue_peek (self->queue, &n);
  if (offset - self->queue_start >= (gint64) n)
    return 0;
  n -= (gsize) (offset - self->queue_start);
  length = MIN (length, n);
  memcpy (buffer, data + (offset - self->queue_start), length);
  return length;
}
