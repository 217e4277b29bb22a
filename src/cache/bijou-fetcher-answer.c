#include "config.h"

#include "bijou-fetcher-private.h"

#include <string.h>

/* What a server's answers mean: which of them are the film, what is tried again, what is believed.
 * All with the entry's lock held. */

/* A server may ask for more patience than a film has. */
#define MAX_RETRY_AFTER_S 10
/* A server that fails in itself, or answers nonsense, is asked so often with no byte between. */
#define MAX_SERVER_FAILURES 3
#define MAX_NONSENSE 4
/* Ranges that are not what was asked for, in a row, before the server is asked for none. */
#define MAX_WRONG_RANGES 2

static void
keep_error (BijouFetcher *self, GError *error)
{
  g_clear_error (&self->last);
  self->last = error;
}

/**
 * bijou_fetcher_fail:
 * @self: a fetcher
 * @error: (transfer full): why it gives up
 *
 * Returns: %BIJOU_OUTCOME_FAIL
 */
BijouOutcome
bijou_fetcher_fail (BijouFetcher *self, GError *error)
{
  keep_error (self, error);
  return BIJOU_OUTCOME_FAIL;
}

/* Whoever watches a film waits until it goes on, or leaves. */
static gboolean
is_patient (BijouFetcher *self)
{
  return !self->greedy && self->entry->shared.patient_readers > 0;
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

/**
 * bijou_fetcher_judge_error:
 * @self: a fetcher
 * @error: (transfer full): how a try ended
 *
 * Returns: whether another one follows
 */
BijouOutcome
bijou_fetcher_judge_error (BijouFetcher *self, GError *error)
{
  guint tries = get_tries (self, error);

  keep_error (self, error);
  if (tries == G_MAXUINT)
    return BIJOU_OUTCOME_RETRY;
  if (error->code != self->refusal)
    self->refusals = 0;
  self->refusal = error->code;
  return self->refusals++ < tries ? BIJOU_OUTCOME_RETRY : BIJOU_OUTCOME_FAIL;
}

/**
 * bijou_fetcher_report_failure:
 * @self: a fetcher
 * @error: how a try ended
 *
 * Tells the origin, with the lock let go.
 */
void
bijou_fetcher_report_failure (BijouFetcher *self, GError *error)
{
  BijouMediaOrigin *origin = self->entry->shared.origin;
  const char *url = bijou_http_request_get_url (self->request);

  if (origin == NULL || bijou_error_is_cancelled (error))
    return;
  g_object_ref (origin);
  g_mutex_unlock (&self->entry->shared.lock);
  bijou_media_origin_report_failure (origin, url, error, self->cancellable);
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

  return text == NULL ? -1 : g_ascii_strtoll (text, NULL, 10);
}

/**
 * bijou_fetcher_refuse:
 * @self: a fetcher
 * @reason: what is wrong with an answer
 *
 * Returns: whether another try follows
 */
BijouOutcome
bijou_fetcher_refuse (BijouFetcher *self, const char *reason)
{
  return bijou_fetcher_judge_error (
      self, g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, reason));
}

/* A server whose ranges are wrong can still send the whole file. */
static BijouOutcome
refuse_range (BijouFetcher *self)
{
  BijouCacheEntry *entry = self->entry;

  if (++self->wrong_ranges >= MAX_WRONG_RANGES && !entry->shared.ranges_broken)
    {
      g_message ("The server's ranges are wrong: reading from the start");
      entry->shared.ranges_broken = TRUE;
      entry->shared.seekable = FALSE;
    }
  return bijou_fetcher_refuse (self, "The server sent another range than was asked for");
}

/* @size: (out): of the whole file, as the range tells it, or -1. */
static gboolean
is_range_asked_for (BijouFetcher *self, gint64 *size)
{
  gint64 from;

  parse_content_range (bijou_http_response_get_header (self->head, "Content-Range"), &from, size);
  return from == self->position && !self->entry->shared.ranges_broken;
}

static void
note_right_range (BijouFetcher *self)
{
  self->wrong_ranges = 0;
  self->entry->shared.seekable = TRUE;
}

static BijouOutcome
check_range (BijouFetcher *self, gint64 *size)
{
  if (!is_range_asked_for (self, size))
    return refuse_range (self);
  note_right_range (self);
  return BIJOU_OUTCOME_DONE;
}

/* What a portal or a proxy says in place of the server. */
static gboolean
is_page (const char *type)
{
  return type != NULL && (g_ascii_strncasecmp (type, "text/", 5) == 0 ||
                          g_ascii_strncasecmp (type, "application/json", 16) == 0 ||
                          g_ascii_strncasecmp (type, "application/xml", 15) == 0);
}

static BijouOutcome
check_whole (BijouFetcher *self, gint64 *size)
{
  BijouCacheEntry *entry = self->entry;
  const char *ranges = bijou_http_response_get_header (self->head, "Accept-Ranges");

  if (is_page (bijou_http_response_get_header (self->head, "Content-Type")))
    return bijou_fetcher_fail (self, g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_PROTOCOL,
                                                          "A web page came in place of the film"));

  entry->shared.seekable = self->position == 0 && !entry->shared.ranges_broken && ranges != NULL &&
                           g_ascii_strcasecmp (ranges, "bytes") == 0;
  if (!entry->shared.seekable)
    g_info ("The server does not serve ranges: reading from the start");
  self->position = 0;
  self->queue_start = 0;
  *size = parse_length (self->head);
  return BIJOU_OUTCOME_DONE;
}

/* The size may have shrunk; what the server says of it is worth a second try. */
static BijouOutcome
check_unsatisfiable (BijouFetcher *self)
{
  gint64 from, size;

  parse_content_range (bijou_http_response_get_header (self->head, "Content-Range"), &from, &size);
  if (size < 0 || size == self->entry->shared.claims->size)
    return refuse_range (self);

  g_mutex_unlock (&self->entry->shared.lock);
  bijou_cache_entry_accept (self->entry, self->head, size);
  g_mutex_lock (&self->entry->shared.lock);
  return bijou_fetcher_refuse (self, "The file on the server has another size");
}

static BijouOutcome
check_status (BijouFetcher *self)
{
  g_autoptr (GError) error = NULL;

  self->retry_after = MIN (bijou_http_response_get_retry_after (self->head) * 1000,
                           MAX_RETRY_AFTER_S * G_TIME_SPAN_SECOND);
  if (bijou_http_response_get_status (self->head) == 416)
    return check_unsatisfiable (self);
  if (bijou_http_response_check (self->head, &error))
    return bijou_fetcher_refuse (self, "The answer is no media");

  bijou_fetcher_report_failure (self, error);
  return bijou_fetcher_judge_error (self, g_steal_pointer (&error));
}

/* With the lock held, which it lets go. What is refused for good is believed of the server alone: a
 * portal, or a proxy whose server is away, says 404 of everything. */
static BijouOutcome
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
  g_clear_object (&origin); /* the last reference may wait for races */
  g_mutex_lock (&self->entry->shared.lock);
  if (confirmed || self->aimed || self->stopping)
    return BIJOU_OUTCOME_FAIL;

  error = g_error_new (BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "Somebody else answers for the server: %s",
                       self->last->message);
  bijou_fetcher_report_failure (self, error);
  return bijou_fetcher_judge_error (self, error);
}

/* Something on the way that compresses without being asked would be taken for the film. */
static gboolean
is_encoded (BijouHttpResponse *head)
{
  const char *encoding = bijou_http_response_get_header (head, "Content-Encoding");

  return encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0;
}

static void
accept_body (BijouFetcher *self, guint generation)
{
  self->accepted = TRUE;
  self->generation = generation;
  self->activity = BIJOU_CACHE_STREAMING;
}

static BijouOutcome
judge_head (BijouFetcher *self)
{
  guint status = bijou_http_response_get_status (self->head);
  BijouOutcome outcome;
  guint generation;
  gint64 size = -1;

  self->head_checked = TRUE;
  if ((status == 206 || status == 200) && is_encoded (self->head))
    return bijou_fetcher_refuse (self, "The server compresses the film");
  if (status == 206)
    outcome = check_range (self, &size);
  else if (status == 200)
    outcome = check_whole (self, &size);
  else
    return check_status (self);
  if (outcome != BIJOU_OUTCOME_DONE)
    return outcome;

  g_mutex_unlock (&self->entry->shared.lock);
  generation = bijou_cache_entry_accept (self->entry, self->head, size);
  g_mutex_lock (&self->entry->shared.lock);
  accept_body (self, generation);
  g_cond_broadcast (&self->entry->shared.cond); /* there may be bytes by now */
  return BIJOU_OUTCOME_DONE;
}

/**
 * bijou_fetcher_accept_plain_range:
 * @self: a fetcher whose transfer has got a head
 *
 * Accepts what is plainly the range of the film that was asked for. Everything else is left to
 * bijou_fetcher_check_head(), which may take its time. With the lock held; never blocks.
 */
void
bijou_fetcher_accept_plain_range (BijouFetcher *self)
{
  gint64 size;

  if (self->aimed || bijou_http_response_get_status (self->head) != 206 ||
      is_encoded (self->head) || !is_range_asked_for (self, &size) ||
      !bijou_cache_entry_accept_same (self->entry, self->head, size))
    return;

  self->head_checked = TRUE;
  note_right_range (self);
  accept_body (self, self->entry->shared.generation);
}

/**
 * bijou_fetcher_check_head:
 * @self: a fetcher whose transfer has got a head
 *
 * With the lock held, which it lets go.
 *
 * Returns: %BIJOU_OUTCOME_DONE when what follows is to be stored
 */
BijouOutcome
bijou_fetcher_check_head (BijouFetcher *self)
{
  BijouOutcome outcome = judge_head (self);

  return outcome == BIJOU_OUTCOME_FAIL ? confirm_refusal (self) : outcome;
}
