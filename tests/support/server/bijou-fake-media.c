#include "config.h"

#include "bijou-fake-exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (256 * 1024)

typedef enum
{
  END_WHOLE,
  END_DROP,
  END_RESET,
  END_STALL,
} EndKind;

/* What is being sent, piece by piece: so that it can be paced and cut. */
struct _FakeBody
{
  GBytes *bytes; /* (owned) (nullable) */
  int fd;        /* (owned) -1: none */
  guint64 seed;
  guint64 start;
  guint64 length;
  guint64 sent;
  guint64 cut; /* where it ends when end is not END_WHOLE */
  EndKind end;
  gint64 bandwidth; /* of this answer; 0: no cap */
  gint64 next;      /* monotonic time at which that cap lets the next piece go */
};

void
bijou_fake_media_fill (guint64 seed, guint64 offset, guint8 *buffer, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      guint64 at = offset + done;
      guint64 word = GUINT64_TO_LE (bijou_fake_mix ((seed << 40) ^ (at / 8)));
      gsize skip = at % 8;
      gsize n = MIN (8 - skip, length - done);

      memcpy (buffer + done, (guint8 *) &word + skip, n);
      done += n;
    }
}

void
fake_body_free (FakeBody *body)
{
  g_clear_pointer (&body->bytes, g_bytes_unref);
  if (body->fd >= 0)
    close (body->fd);
  g_free (body);
}

static guint8 *
read_piece (FakeBody *body, gsize length)
{
  guint8 *piece = g_malloc (length);
  guint64 offset = body->start + body->sent;
  gsize done = 0;

  if (body->bytes != NULL)
    memcpy (piece, (const guint8 *) g_bytes_get_data (body->bytes, NULL) + offset, length);
  else if (body->fd < 0)
    bijou_fake_media_fill (body->seed, offset, piece, length);
  else
    while (done < length)
      {
        gssize n = pread (body->fd, piece + done, length - done, offset + done);

        if (n <= 0)
          break;
        done += n;
      }
  if (body->fd >= 0 && done < length)
    memset (piece + done, 0, length - done);
  return piece;
}

static gsize
get_piece_size (FakeBody *body, gint64 bandwidth)
{
  guint64 end = body->end == END_WHOLE ? body->length : MIN (body->cut, body->length);
  guint64 most = CHUNK;

  if (bandwidth > 0)
    most = CLAMP (bandwidth / 20, 512, CHUNK);
  return MIN (most, end - body->sent);
}

static void
end_early (BijouFakeExchange *x)
{
  if (x->body->end != END_STALL)
    fake_kill_connection (x, x->body->end == END_RESET);
}

static void
send_piece (BijouFakeExchange *x)
{
  FakeBody *body = x->body;
  gint64 cap = body->bandwidth > 0 ? body->bandwidth
                                   : (gint64) fake_server_get_options (x->server)->bandwidth;
  gsize length = get_piece_size (body, cap);
  SoupMessageBody *out = soup_server_message_get_response_body (x->message);

  soup_message_body_append_take (out, read_piece (body, length), length);
  body->sent += length;
  if (body->sent == body->length)
    soup_message_body_complete (out);
  soup_server_message_unpause (x->message);
}

static gboolean
on_piece_due_cb (gpointer data)
{
  BijouFakeExchange *x = data;

  x->delay = 0;
  send_piece (x);
  return G_SOURCE_REMOVE;
}

static void
send_next (BijouFakeExchange *x)
{
  FakeBody *body = x->body;
  gint64 now = g_get_monotonic_time ();
  gint64 due = now;
  gsize length;

  if (x->finished || x->delay != 0 || body->sent >= body->length)
    return;
  if (body->end != END_WHOLE && body->sent >= body->cut)
    {
      end_early (x);
      return;
    }
  length = get_piece_size (body, body->bandwidth > 0
                                     ? body->bandwidth
                                     : (gint64) fake_server_get_options (x->server)->bandwidth);
  due = fake_server_reserve (x->server, length);
  if (body->bandwidth > 0)
    {
      due = MAX (due, body->next);
      body->next = MAX (now, body->next) + length * G_USEC_PER_SEC / body->bandwidth;
    }
  if (due <= now + 1000)
    send_piece (x);
  else
    x->delay = fake_server_timeout (x->server, (due - now) / 1000, on_piece_due_cb, x);
}

static void
on_wrote_cb (SoupServerMessage *message, gpointer data)
{
  BijouFakeExchange *x = data;

  if (x->body != NULL)
    send_next (x);
}

static void
start_sending (BijouFakeExchange *x, FakeBody *body)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (x->message);
  BijouFakeFault *drop = fake_fault (x, BIJOU_FAKE_FAULT_DROP_AFTER);
  BijouFakeFault *reset = fake_fault (x, BIJOU_FAKE_FAULT_RESET);
  BijouFakeFault *stall = fake_fault (x, BIJOU_FAKE_FAULT_STALL_AFTER);
  BijouFakeFault *slow = fake_fault (x, BIJOU_FAKE_FAULT_BANDWIDTH);
  BijouFakeFault *cut = drop != NULL ? drop : reset != NULL ? reset : stall;

  x->body = body;
  if (cut != NULL)
    {
      body->end = cut == drop ? END_DROP : cut == reset ? END_RESET : END_STALL;
      body->cut = cut->text != NULL ? (guint64) cut->value : body->length / 2;
    }
  body->bandwidth = slow != NULL ? slow->value : 0;
  if ((body->bytes != NULL && x->chunked) || fake_fault (x, BIJOU_FAKE_FAULT_CHUNKED))
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  else
    soup_message_headers_set_content_length (headers, body->length);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (x->message), FALSE);
  if (body->length > 0 && x->method != SOUP_METHOD_HEAD)
    {
      g_signal_connect (x->message, "wrote-headers", G_CALLBACK (on_wrote_cb), x);
      g_signal_connect (x->message, "wrote-chunk", G_CALLBACK (on_wrote_cb), x);
    }
  else
    soup_message_body_complete (soup_server_message_get_response_body (x->message));
  if (x->pending)
    {
      x->pending = FALSE;
      soup_server_message_unpause (x->message);
    }
}

void
fake_send_bytes (BijouFakeExchange *x, GBytes *bytes)
{
  FakeBody *body = g_new0 (FakeBody, 1);

  body->fd = -1;
  body->bytes = g_bytes_ref (bytes);
  body->length = g_bytes_get_size (bytes);
  start_sending (x, body);
}

void
fake_send_media (BijouFakeExchange *x, const FakeMedia *media, guint64 start, guint64 length)
{
  FakeBody *body = g_new0 (FakeBody, 1);

  body->fd = media->path != NULL ? open (media->path, O_RDONLY | O_CLOEXEC) : -1;
  body->seed = media->seed;
  body->start = start;
  body->length = length;
  start_sending (x, body);
}

static gboolean
parse_range (const char *range, guint64 size, guint64 *first, guint64 *last, gboolean *valid)
{
  char *end;
  const char *p;

  *valid = FALSE;
  if (range == NULL || !g_str_has_prefix (range, "bytes=") || strchr (range, ',') != NULL)
    return FALSE;
  p = range + 6;
  if (*p == '-')
    {
      guint64 n = g_ascii_strtoull (p + 1, &end, 10);

      *valid = n > 0 && size > 0;
      *first = n < size ? size - n : 0;
      *last = size - 1;
      return end != p + 1 && *end == '\0';
    }
  *first = g_ascii_strtoull (p, &end, 10);
  if (end == p || *end != '-')
    return FALSE;
  p = end + 1;
  *last = *p != '\0' ? g_ascii_strtoull (p, &end, 10) : size - 1;
  if (*p != '\0' && (*end != '\0' || *last < *first))
    return FALSE;
  *valid = *first < size;
  *last = MIN (*last, size - 1);
  return TRUE;
}

static gboolean
range_applies (BijouFakeExchange *x, const FakeMedia *media, const char *modified)
{
  const char *condition = fake_header (x, "If-Range");

  if (condition == NULL)
    return TRUE;
  return g_strcmp0 (condition, media->etag) == 0 || g_strcmp0 (condition, modified) == 0;
}

static char *
format_http_date (gint64 time)
{
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (time);

  return soup_date_time_to_string (date, SOUP_DATE_HTTP);
}

static void
reply_unsatisfiable (BijouFakeExchange *x, guint64 size)
{
  g_autofree char *text = g_strdup_printf ("bytes */%" G_GUINT64_FORMAT, size);

  fake_set_header (x, "Content-Range", text);
  fake_reply_empty (x, 416);
}

void
fake_reply_media (BijouFakeExchange *x, const FakeMedia *media)
{
  BijouFakeFault *moved = fake_fault (x, BIJOU_FAKE_FAULT_WRONG_RANGE);
  BijouFakeFault *shorter = fake_fault (x, BIJOU_FAKE_FAULT_SHORT_BODY);
  g_autofree char *modified = media->modified > 0 ? format_http_date (media->modified) : NULL;
  guint64 first = 0, last = media->size - 1, length;
  gboolean ranges = !fake_fault (x, BIJOU_FAKE_FAULT_NO_RANGE);
  gboolean valid, ranged;

  ranged = ranges && range_applies (x, media, modified) &&
           parse_range (x->entry->range, media->size, &first, &last, &valid);
  if ((ranged && !valid) || (x->entry->range && fake_fault (x, BIJOU_FAKE_FAULT_RANGE_416)))
    {
      reply_unsatisfiable (x, media->size);
      return;
    }
  if (ranges)
    fake_set_header (x, "Accept-Ranges", "bytes");
  if (modified != NULL)
    fake_set_header (x, "Last-Modified", modified);
  if (media->etag != NULL)
    fake_set_header (x, "ETag", media->etag);
  fake_set_header (x, "Content-Type", media->type);
  if (moved != NULL)
    first = MIN (first + moved->value, last);
  length = media->size > 0 ? last - first + 1 : 0;
  if (shorter != NULL)
    length -= MIN (length, (guint64) shorter->value);
  if (ranged)
    {
      g_autofree char *text =
          g_strdup_printf ("bytes %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                           first, first + length - 1, media->size);

      fake_set_header (x, "Content-Range", text);
    }
  x->answered = TRUE;
  x->entry->status = ranged ? 206 : 200;
  soup_server_message_set_status (x->message, x->entry->status, NULL);
  fake_send_media (x, media, first, length);
}
