#include "config.h"

#include "bijou-http-private.h"

/* What an exchange tells about the way to its origin. */

/* As often as a transfer that goes on tells its rate. */
#define METER_US G_USEC_PER_SEC

/**
 * bijou_http_exchange_meter:
 * @self: a transfer
 * @length: bytes that its receiver took, 0: it refused them
 *
 * Counts what comes while nobody holds it up. Net thread.
 */
void
bijou_http_exchange_meter (BijouHttpExchange *self, gsize length)
{
  gint64 now = g_get_monotonic_time ();

  if (length == 0)
    self->meter_since = 0;
  else if (self->meter_since == 0)
    {
      self->meter_since = now; /* when these came is not known */
      self->meter_bytes = 0;
    }
  else
    self->meter_bytes += (gint64) length;
  if (self->meter_since == 0 || now - self->meter_since < METER_US)
    return;

  bijou_quality_book_note_bytes (self->qualities, self->origin, self->meter_bytes,
                                 now - self->meter_since);
  self->meter_since = now;
  self->meter_bytes = 0;
}

/* That nobody listens there is no fault of the way. */
static gboolean
is_failure (BijouHttpExchange *self, CURLcode code)
{
  switch (code)
    {
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return self->error == NULL;
    default:
      return FALSE;
    }
}

/* A hub or a picture takes its time on the server, a page of a library too. */
static int
get_latency_ms (BijouHttpExchange *self)
{
  curl_off_t sent = 0;
  curl_off_t answered = 0;

  if (self->request->kind != BIJOU_HTTP_API)
    return -1;
  curl_easy_getinfo (self->easy, CURLINFO_PRETRANSFER_TIME_T, &sent);
  curl_easy_getinfo (self->easy, CURLINFO_STARTTRANSFER_TIME_T, &answered);
  return answered <= sent ? 0 : (int) ((answered - sent) / 1000);
}

static void
note_body (BijouHttpExchange *self)
{
  curl_off_t bytes = 0;
  curl_off_t answered = 0;
  curl_off_t ended = 0;

  curl_easy_getinfo (self->easy, CURLINFO_SIZE_DOWNLOAD_T, &bytes);
  curl_easy_getinfo (self->easy, CURLINFO_STARTTRANSFER_TIME_T, &answered);
  curl_easy_getinfo (self->easy, CURLINFO_TOTAL_TIME_T, &ended);
  bijou_quality_book_note_bytes (self->qualities, self->origin, bytes, ended - answered);
}

/**
 * bijou_http_exchange_measure:
 * @self: an exchange with its handle
 * @code: how the try ended
 *
 * Notes what it tells; a probe and what was cancelled tell nothing. Net thread.
 */
void
bijou_http_exchange_measure (BijouHttpExchange *self, CURLcode code)
{
  if (self->request->kind == BIJOU_HTTP_PROBE || g_atomic_int_get (&self->cancelled))
    return;
  if (is_failure (self, code))
    bijou_quality_book_note_failure (self->qualities, self->origin);
  if (code != CURLE_OK)
    return;
  bijou_quality_book_note_answer (self->qualities, self->origin, get_latency_ms (self));
  if (self->funcs == NULL)
    note_body (self);
}
