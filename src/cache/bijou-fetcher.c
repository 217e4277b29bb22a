#include "config.h"

#include "bijou-fetcher.h"

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
/* A server may ask for more patience than a film has. */
#define MAX_RETRY_AFTER_S 10
/* Who waits for so long waits for somebody who switches the server on. */
#define LONG_OUTAGE_US (10 * G_TIME_SPAN_MINUTE)
#define LONG_BACKOFF_US (30 * G_TIME_SPAN_SECOND)
/* How often a paused transfer looks whether its reader has stayed. */
#define GROWTH_US G_TIME_SPAN_SECOND
/* Two parts of a file that one reader may read by turns. */
#define AROUND (8 * 1024 * 1024)
/* A server that fails in itself, or answers nonsense, is asked so often with no byte between. */
#define MAX_SERVER_FAILURES 3
#define MAX_NONSENSE 4
/* Ranges that are not what was asked for, in a row, before the server is asked for none. */
#define MAX_WRONG_RANGES 2
/* A transfer that was begun before the network changed, or the address, gets so long to show that
 * it lives. */
#define DOUBT_US (1 * G_TIME_SPAN_SECOND)

typedef enum
{
  OUTCOME_DONE,
  OUTCOME_MOVED,
  OUTCOME_RETRY,
  OUTCOME_FAIL,
} Outcome;

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
  bijou_fetcher_wake (self);
  g_mutex_unlock (&self->entry->shared.lock);
  return status == 200 || status == 206;
}

/* Its thread looks for itself as long as there is something to be stored, or was a moment ago. */
static void
tell_of_bytes (BijouFetcher *self, gsize before, gsize length)
{
  gboolean is_much = before < STORE_BYTES && before + length >= STORE_BYTES;

  if (before > 0 && !is_much)
    return;
  g_mutex_lock (&self->entry->shared.lock);
  if (is_much || g_get_monotonic_time () >= self->store_at)
    bijou_fetcher_wake (self);
  g_mutex_unlock (&self->entry->shared.lock);
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
    self->begun_at = g_get_monotonic_time ();
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
  self->paused = FALSE;
  self->done = FALSE;
  g_clear_error (&self->done_error);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->request, bijou_http_request_unref);
}

/* Takes @error. */
static Outcome
fail (BijouFetcher *self, GError *error)
{
  g_clear_error (&self->last);
  self->last = error;
  return OUTCOME_FAIL;
}

/* Whoever watches a film waits until it goes on, or leaves. */
static gboolean
is_patient (BijouFetcher *self)
{
  return self->entry->shared.retry_ms == BIJOU_CACHE_PATIENT;
}

/* How often something is tried again that waiting alone does not heal; G_MAXUINT: it may. */
static guint
get_tries (BijouFetcher *self, const GError *error)
{
  switch (error->domain == BIJOU_ERROR ? error->code : BIJOU_ERROR_FAILED)
    {
    case BIJOU_ERROR_OFFLINE:
    case BIJOU_ERROR_TIMEOUT:
    case BIJOU_ERROR_TLS:
    case BIJOU_ERROR_WRONG_SERVER:
    case BIJOU_ERROR_SERVER_STARTING:
    case BIJOU_ERROR_RATE_LIMITED:
      /* Bytes that came, and all of them old. */
      return self->fetched > 0 && self->failures > 0 ? MAX_NONSENSE : G_MAXUINT;
    case BIJOU_ERROR_PROTOCOL:
    case BIJOU_ERROR_FAILED:
      return MAX_NONSENSE;
    case BIJOU_ERROR_SERVER:
      return is_patient (self) ? G_MAXUINT : MAX_SERVER_FAILURES - 1;
    case BIJOU_ERROR_UNAUTHORISED:
      return 1;
    default:
      return 0;
    }
}

/* Takes @error. */
static Outcome
judge_error (BijouFetcher *self, GError *error)
{
  guint tries = get_tries (self, error);

  fail (self, error);
  if (tries == G_MAXUINT)
    return OUTCOME_RETRY;
  if (error->code != self->refusal)
    self->refusals = 0;
  self->refusal = error->code;
  return self->refusals++ < tries ? OUTCOME_RETRY : OUTCOME_FAIL;
}

static void
report_failure (BijouFetcher *self, GError *error)
{
  BijouMediaOrigin *origin = self->entry->shared.origin;
  const char *url = bijou_http_request_get_url (self->request);

  if (origin == NULL || bijou_error_is_cancelled (error))
    return;
  g_object_ref (origin);
  g_mutex_unlock (&self->entry->shared.lock);
  bijou_media_origin_report_failure (origin, url, error);
  g_object_unref (origin);
  g_mutex_lock (&self->entry->shared.lock);
}

/* "bytes 5-9/100", "bytes 5-9/" with a star for an unknown size, "bytes" and a star for a 416. */
static gboolean
parse_content_range (const char *text, gint64 *from, gint64 *size)
{
  const char *slash = text == NULL ? NULL : strchr (text, '/');

  *from = -1;
  *size = -1;
  if (slash == NULL || g_ascii_strncasecmp (text, "bytes ", 6) != 0)
    return FALSE;
  if (g_ascii_isdigit (text[6]))
    *from = g_ascii_strtoll (text + 6, NULL, 10);
  if (g_ascii_isdigit (slash[1]))
    *size = g_ascii_strtoll (slash + 1, NULL, 10);
  return TRUE;
}

static gint64
parse_length (BijouHttpResponse *head)
{
  const char *text = bijou_http_response_get_header (head, "Content-Length");

  if (text == NULL || bijou_http_response_get_header (head, "Content-Encoding") != NULL)
    return -1;
  return g_ascii_strtoll (text, NULL, 10);
}

static Outcome
refuse (BijouFetcher *self, const char *reason)
{
  return judge_error (self, g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, reason));
}

/* A server whose ranges are wrong can still send the whole file. */
static Outcome
refuse_range (BijouFetcher *self)
{
  BijouCacheEntry *entry = self->entry;

  if (++self->wrong_ranges >= MAX_WRONG_RANGES && !entry->shared.ranges_broken)
    {
      g_message ("The server's ranges are wrong: reading from the start");
      entry->shared.ranges_broken = TRUE;
      entry->shared.seekable = FALSE;
    }
  return refuse (self, "The server sent another range than was asked for");
}

static Outcome
check_range (BijouFetcher *self, gint64 *size)
{
  gint64 from;

  parse_content_range (bijou_http_response_get_header (self->head, "Content-Range"), &from, size);
  if (from != self->position || self->entry->shared.ranges_broken)
    return refuse_range (self);
  self->wrong_ranges = 0;
  self->entry->shared.seekable = TRUE;
  return OUTCOME_DONE;
}

/* What a portal or a proxy says in place of the server. */
static gboolean
is_page (const char *type)
{
  return type != NULL && (g_ascii_strncasecmp (type, "text/", 5) == 0 ||
                          g_ascii_strncasecmp (type, "application/json", 16) == 0 ||
                          g_ascii_strncasecmp (type, "application/xml", 15) == 0);
}

static Outcome
check_whole (BijouFetcher *self, gint64 *size)
{
  BijouCacheEntry *entry = self->entry;
  const char *ranges = bijou_http_response_get_header (self->head, "Accept-Ranges");

  if (is_page (bijou_http_response_get_header (self->head, "Content-Type")))
    return fail (self, g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_PROTOCOL,
                                            "A web page came in place of the film"));

  entry->shared.seekable = self->position == 0 && !entry->shared.ranges_broken && ranges != NULL &&
                           g_ascii_strcasecmp (ranges, "bytes") == 0;
  if (!entry->shared.seekable)
    g_info ("The server does not serve ranges: reading from the start");
  self->position = 0;
  self->queue_start = 0;
  *size = parse_length (self->head);
  return OUTCOME_DONE;
}

/* The size may have shrunk; what the server says of it is worth a second try. */
static Outcome
check_unsatisfiable (BijouFetcher *self)
{
  gint64 from, size;

  parse_content_range (bijou_http_response_get_header (self->head, "Content-Range"), &from, &size);
  if (size < 0 || size == self->entry->shared.claims->size)
    return refuse_range (self);

  g_mutex_unlock (&self->entry->shared.lock);
  bijou_cache_entry_accept (self->entry, self->head, size);
  g_mutex_lock (&self->entry->shared.lock);
  return refuse (self, "The file on the server has another size");
}

/* Seconds, or a date, which is far enough off. */
static gint64
parse_retry_after (BijouHttpResponse *head)
{
  const char *text = bijou_http_response_get_header (head, "Retry-After");
  guint64 seconds = MAX_RETRY_AFTER_S;

  if (text == NULL)
    return 0;
  if (g_ascii_isdigit (*text))
    seconds = g_ascii_strtoull (text, NULL, 10);
  return (gint64) MIN (seconds, MAX_RETRY_AFTER_S) * G_TIME_SPAN_SECOND;
}

static Outcome
check_status (BijouFetcher *self)
{
  g_autoptr (GError) error = NULL;

  self->retry_after = parse_retry_after (self->head);
  if (bijou_http_response_get_status (self->head) == 416)
    return check_unsatisfiable (self);
  if (bijou_http_response_check (self->head, &error))
    return refuse (self, "The answer is no media");

  report_failure (self, error);
  return judge_error (self, g_steal_pointer (&error));
}

/* With the lock held, which it lets go. What is refused for good is believed of the server alone: a
 * portal, or a proxy whose server is away, says 404 of everything. */
static Outcome
confirm_refusal (BijouFetcher *self)
{
  g_autoptr (BijouMediaOrigin) origin = g_object_ref (self->entry->shared.origin);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_ref (self->request);
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  GError *error;
  gboolean confirmed;

  g_mutex_unlock (&self->entry->shared.lock);
  confirmed =
      bijou_media_origin_confirm (origin, bijou_http_request_get_url (request), cancellable);
  g_mutex_lock (&self->entry->shared.lock);
  if (confirmed || self->moved || self->stopping)
    return OUTCOME_FAIL;

  error = g_error_new (BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "Somebody else answers for the server: %s",
                       self->last->message);
  report_failure (self, error);
  return judge_error (self, error);
}

/* With the lock held, which it may let go. */
static Outcome
check_head (BijouFetcher *self)
{
  guint status = bijou_http_response_get_status (self->head);
  Outcome outcome;
  guint generation;
  gint64 size = -1;

  self->head_checked = TRUE;
  if (status == 206)
    outcome = check_range (self, &size);
  else if (status == 200)
    outcome = check_whole (self, &size);
  else
    return check_status (self);
  if (outcome != OUTCOME_DONE)
    return outcome;

  g_mutex_unlock (&self->entry->shared.lock);
  generation = bijou_cache_entry_accept (self->entry, self->head, size);
  g_mutex_lock (&self->entry->shared.lock);
  self->generation = generation;
  self->activity = BIJOU_CACHE_STREAMING;
  return OUTCOME_DONE;
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
  gboolean stored;

  g_mutex_unlock (&self->entry->shared.lock);
  stored = bijou_cache_entry_store (self->entry, offset, data, length, generation, anchor);
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
static Outcome
store_what_came (BijouFetcher *self)
{
  gboolean stored = store_piece (self);

  if (self->moved)
    return OUTCOME_MOVED;
  if (!stored)
    return refuse (self, "The file on the server changed");
  note_progress (self);
  plan_next_store (self, self->last_arrival);
  return OUTCOME_DONE;
}

/* What came for nobody is good nevertheless. */
static void
store_rest (BijouFetcher *self)
{
  while (self->head_checked && bijou_byte_queue_get_length (self->queue) > 0)
    if (!store_piece (self))
      return;
}

static Outcome
judge_end (BijouFetcher *self, gint64 start, gint64 limit)
{
  gint64 size = self->entry->shared.claims->size;

  if (self->done_error != NULL)
    {
      report_failure (self, self->done_error);
      return judge_error (self, g_error_copy (self->done_error));
    }
  if (size < 0)
    self->entry->shared.claims->size = self->position;
  else if (self->position < size && (limit < 0 || self->position == start))
    return refuse (self, "The answer was shorter than promised");
  return OUTCOME_DONE;
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
is_brought (BijouFetcher *self, gint64 offset)
{
  for (int i = 0; i < BIJOU_N_FETCHERS; i++)
    {
      BijouFetcher *other = self->entry->shared.fetchers[i];

      if (other != NULL && other != self && other->activity != BIJOU_CACHE_IDLE &&
          bijou_fetcher_is_coming (other, offset))
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
    return end - self->position > SKIP || is_brought (self, end);
  return self->greedy && is_brought (self, end);
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

/* A download takes what it gets, a film that plays needs so much. */
static void
tell_need (BijouFetcher *self, gboolean begins)
{
  gint64 need =
      begins && self->entry->shared.playback_readers > 0 ? self->entry->shared.bitrate / 8 : 0;

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

static Outcome
leave_stalled (BijouFetcher *self)
{
  GError *error =
      g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_TIMEOUT, "The server sends no more");

  /* Who doubts the way knows of it. */
  if (self->doubted_at == 0)
    report_failure (self, error);
  self->hurried = self->doubted_at != 0;
  return judge_error (self, error);
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
static Outcome
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
  if (deadline == G_MAXINT64)
    g_cond_wait (&self->cond, &self->entry->shared.lock);
  else
    g_cond_wait_until (&self->cond, &self->entry->shared.lock, deadline);
  return OUTCOME_DONE;
}

/* With the lock held, which it lets go while it waits and works. */
static Outcome
pump (BijouFetcher *self, BijouHttpTransfer *transfer, gint64 start, gint64 limit)
{
  while (TRUE)
    {
      Outcome outcome = OUTCOME_DONE;

      if (self->moved || self->stopping)
        return OUTCOME_MOVED;
      if (self->head != NULL && !self->head_checked)
        {
          outcome = check_head (self);
          if (outcome == OUTCOME_FAIL)
            outcome = confirm_refusal (self);
        }
      else if (should_skip (self) || has_enough (self))
        {
          self->activity = BIJOU_CACHE_IDLE;
          return OUTCOME_DONE;
        }
      else if (!self->sated && should_resume (self))
        resume (self, transfer);
      else if (should_store (self))
        outcome = store_what_came (self);
      else if (self->done)
        return judge_end (self, start, limit);
      else if (should_resume (self))
        resume (self, transfer);
      else
        outcome = wait_for_more (self);
      if (outcome != OUTCOME_DONE)
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
  g_mutex_lock (&self->entry->shared.lock);
  return request;
}

/* With the lock held, which it lets go. */
static Outcome
run_transfer (BijouFetcher *self, gint64 start)
{
  g_autoptr (BijouHttpTransfer) transfer = NULL;
  GError *error = NULL;
  gint64 limit = find_last (self, start);
  Outcome outcome;

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
      if (self->moved || self->stopping)
        {
          outcome = OUTCOME_MOVED;
          g_error_free (error);
        }
      else if (self->entry->shared.origin == NULL)
        outcome = fail (self, error);
      else
        outcome = judge_error (self, error);
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
  transfer = bijou_http_transfer_start (self->entry->http, self->request, &transfer_funcs, self);
  g_mutex_lock (&self->entry->shared.lock);

  outcome = pump (self, transfer, start, limit);
  tell_need (self, FALSE);

  g_mutex_unlock (&self->entry->shared.lock);
  bijou_http_transfer_cancel (transfer);
  bijou_http_transfer_wait (transfer, NULL);
  g_mutex_lock (&self->entry->shared.lock);
  if (outcome == OUTCOME_MOVED)
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
  while (!self->moved && !self->stopping && !self->hurried &&
         g_get_monotonic_time () < self->retry_at)
    g_cond_wait_until (&self->cond, &self->entry->shared.lock, self->retry_at);
  self->hurried = FALSE;
}

static void
end_transfer (BijouFetcher *self, Outcome outcome)
{
  switch (outcome)
    {
    case OUTCOME_DONE:
      if (!self->moved)
        self->want = self->position;
      break;
    case OUTCOME_RETRY:
      if (!self->moved)
        self->want = self->position;
      wait_before_retry (self);
      break;
    case OUTCOME_FAIL:
      if (self->moved)
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
    case OUTCOME_MOVED:
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
      return -1;
    }
  self->position = start;
  if (!self->moved && (is_far_ahead (self) || is_brought (self, start)))
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
          self->moved = FALSE;
          self->activity = BIJOU_CACHE_IDLE;
          if (self->want >= 0 && is_growing (self))
            g_cond_wait_until (&self->cond, &self->entry->shared.lock,
                               g_get_monotonic_time () + GROWTH_US);
          else
            g_cond_wait (&self->cond, &self->entry->shared.lock);
          continue;
        }
      self->moved = FALSE;
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
  self->moved = TRUE;
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
 * bijou_fetcher_is_coming:
 * @self: a fetcher
 * @offset: an absent byte
 *
 * Whether it will soon bring @offset. With the entry's lock held.
 */
gboolean
bijou_fetcher_is_coming (BijouFetcher *self, gint64 offset)
{
  if (self->want < 0 || self->error != NULL || self->position < 0 || self->position > offset)
    return FALSE;
  if (self->until >= 0 && offset >= self->until)
    return FALSE;
  if (!self->entry->shared.seekable)
    return TRUE;
  return offset - self->position <= bijou_cache_entry_get_soon (self->entry);
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
