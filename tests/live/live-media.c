#include "config.h"

#include "live.h"

#include "bijou-part-origin.h"
#include "bijou-text.h"

#include <string.h>

#define BLOCK (64 << 10)
/* Films and episodes that are read, and subtitle files. */
#define MOST_PARTS 4
#define MOST_SUBTITLES 3

/* --- a range, asked for beside the cache --- */

typedef struct
{
  guint status;
  GByteArray *bytes;
} Range;

/* A server that ignores the range sends the whole film: nothing of it is wanted. */
static gboolean
on_head_cb (BijouHttpResponse *response, gpointer user_data)
{
  Range *range = user_data;

  range->status = bijou_http_response_get_status (response);
  return range->status == 206;
}

static gboolean
on_data_cb (const guint8 *data, gsize length, gpointer user_data)
{
  Range *range = user_data;

  if (range->bytes->len < BLOCK)
    g_byte_array_append (range->bytes, data, MIN (length, BLOCK - range->bytes->len));
  return TRUE;
}

static void
ask_for_range (Live *self, BijouHttpRequest *request, gint64 from, gint64 to, Range *range)
{
  static const BijouHttpTransferFuncs funcs = { on_head_cb, on_data_cb, NULL };
  g_autoptr (BijouHttpTransfer) transfer = NULL;

  bijou_http_request_set_range (request, from, to);
  transfer = bijou_http_transfer_start (self->http, request, &funcs, range);
  bijou_http_transfer_wait (transfer, NULL);
}

/* --- the same through the cache --- */

typedef struct
{
  BijouDetail *detail;      /* (unowned) */
  BijouPart *part;          /* (unowned) */
  const char *session_id;   /* (unowned) */
  BijouCacheEntry *entry;   /* (unowned) */
  BijouCacheReader *reader; /* (unowned) */
} Reading;

static gssize
read_block (Live *self, Reading *reading, gint64 offset, guint8 *block, GError **error)
{
  gsize done = 0;

  while (done < BLOCK)
    {
      gssize n = bijou_cache_entry_read (reading->entry, reading->reader, offset + (gint64) done,
                                         block + done, BLOCK - done, self->cancellable, error);

      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += n;
    }
  return done;
}

static void
check_range (Live *self, Reading *reading, const char *place, gint64 offset, gint64 size)
{
  gint64 length = MIN (BLOCK, size - offset);
  g_autofree guint8 *block = g_malloc (BLOCK);
  g_autofree char *asked =
      g_strdup_printf ("ranged read at the %s of “%s”", place, reading->detail->item->title);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpRequest) request = bijou_backend_make_part_request (
      self->backend, reading->detail->item->remote_id, reading->part, reading->session_id,
      self->cancellable, &error);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  Range range = { 0, bytes };
  gssize n = request != NULL ? read_block (self, reading, offset, block, &error) : -1;

  if (n < 0)
    {
      live_check_done (self, FALSE, asked, error);
      return;
    }
  ask_for_range (self, request, offset, offset + length - 1, &range);
  live_check (self,
              n == length && range.status == 206 && bytes->len == length &&
                  memcmp (bytes->data, block, length) == 0,
              asked, "status 206 and the same bytes with and without the cache",
              "status %u, %u bytes directly, %zd through the cache, %s", range.status, bytes->len,
              n,
              bytes->len == n && memcmp (bytes->data, block, n) == 0 ? "the same" : "not the same");
}

static void
read_ranges (Live *self, Reading *reading)
{
  g_autofree char *asked = g_strdup_printf ("size of “%s”", reading->detail->item->title);
  g_autofree char *behind =
      g_strdup_printf ("read behind the end of “%s”", reading->detail->item->title);
  g_autoptr (GError) error = NULL;
  gint64 size =
      bijou_cache_entry_wait_for_size (reading->entry, reading->reader, self->cancellable, &error);
  guint8 byte;
  gssize n;

  if (size < 0)
    {
      live_check_done (self, FALSE, asked, error);
      return;
    }
  live_check (self, size == reading->part->size, asked, "what the details say",
              "%" G_GINT64_FORMAT " bytes, %" G_GINT64_FORMAT " in the details", size,
              reading->part->size);
  check_range (self, reading, "beginning", 0, size);
  check_range (self, reading, "middle", size / 2, size);
  check_range (self, reading, "end", MAX (0, size - BLOCK), size);
  if (live_is_stopped (self))
    return;
  n = bijou_cache_entry_read (reading->entry, reading->reader, size, &byte, 1, self->cancellable,
                              NULL);
  live_check (self, n == 0, behind, "0 bytes", "%zd bytes", n);
}

static void
read_part (Live *self, BijouDetail *detail, BijouPart *part)
{
  g_autofree char *session_id = bijou_text_make_uuid ();
  g_autoptr (BijouMediaOrigin) origin =
      bijou_part_origin_new (self->backend, detail, part, session_id);
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  BijouCacheKey key;
  Reading reading = { detail, part, session_id, NULL, NULL };

  bijou_part_origin_fill_key (detail, part, &key);
  entry = bijou_media_cache_open (self->films, &key, origin);
  bijou_media_cache_set_read_ahead (self->films, 1, 16);
  bijou_cache_entry_set_patience (entry, 15000, 20000);
  reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_PLAYBACK);
  reading.entry = entry;
  reading.reader = reader;
  read_ranges (self, &reading);
}

/* --- subtitles in files of their own --- */

static void
read_subtitle (Live *self, BijouDetail *detail, BijouStream *stream)
{
  g_autofree char *asked = g_strdup_printf (
      "subtitle file (%s, %s) of “%s”", stream->language != NULL ? stream->language : "?",
      stream->codec != NULL ? stream->codec : "?", detail->item->title);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpRequest) request =
      bijou_backend_make_subtitle_request (self->backend, stream, self->cancellable, &error);
  g_autoptr (BijouHttpResponse) response = NULL;
  gsize size;

  if (request != NULL)
    response = bijou_http_send (self->http, request, self->cancellable, &error);
  if (response == NULL)
    {
      live_check_done (self, FALSE, asked, error);
      return;
    }
  size = g_bytes_get_size (bijou_http_response_get_body (response));
  live_check (self, bijou_http_response_get_status (response) == 200 && size > 0, asked,
              "status 200 and a text", "status %u, %zu bytes",
              bijou_http_response_get_status (response), size);
}

static guint
read_subtitles (Live *self, BijouDetail *detail, BijouPart *part, guint most)
{
  guint n = 0;

  for (guint i = 0; i < part->streams->len && n < most; i++)
    {
      BijouStream *stream = part->streams->pdata[i];

      if (stream->kind == BIJOU_STREAM_SUBTITLE && stream->external && stream->key != NULL)
        {
          read_subtitle (self, detail, stream);
          n++;
        }
    }
  return n;
}

void
live_read_media (Live *self)
{
  guint n_parts = 0;
  guint n_subtitles = 0;

  for (guint i = 0; i < self->samples->len && n_parts < MOST_PARTS && !live_is_stopped (self); i++)
    {
      BijouItem *item = self->samples->pdata[i];
      g_autoptr (BijouDetail) detail =
          bijou_store_get_detail (self->store, item->server_id, item->remote_id, NULL);
      BijouVersion *version =
          detail != NULL && detail->versions->len > 0 ? detail->versions->pdata[0] : NULL;

      if (version == NULL || version->parts->len == 0)
        continue;
      n_parts++;
      read_part (self, detail, version->parts->pdata[0]);
      n_subtitles +=
          read_subtitles (self, detail, version->parts->pdata[0], MOST_SUBTITLES - n_subtitles);
    }
  if (n_parts == 0)
    live_skip (self, "ranged reads", "nothing of what was chosen can be played");
  if (n_subtitles == 0)
    live_skip (self, "subtitle files", "what was chosen has none");
}
