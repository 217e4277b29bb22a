#include "config.h"

#include "live.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#define POSTER_WIDTH 320
#define WIDE_WIDTH 640

typedef struct
{
  GMainLoop *loop;
  GBytes *bytes; /* (owned) (nullable) */
  GError *error; /* (owned) (nullable) */
} Wish;

static void
on_picture_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wish *wish = user_data;

  wish->bytes = bijou_image_cache_get_finish (BIJOU_IMAGE_CACHE (source), result, &wish->error);
  g_main_loop_quit (wish->loop);
}

static GBytes *
get_picture (Live *self, const char *image, guint width, GError **error)
{
  Wish wish = { g_main_loop_new (NULL, FALSE), NULL, NULL };

  bijou_image_cache_get_async (self->images, self->server_id, image, width, self->cancellable,
                               on_picture_cb, &wish);
  g_main_loop_run (wish.loop);
  g_main_loop_unref (wish.loop);
  if (wish.error != NULL)
    g_propagate_error (error, wish.error);
  return wish.bytes;
}

static gboolean
is_webp (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return size > 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0;
}

static void
check_picture (Live *self, const char *asked, GBytes *bytes)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new_from_stream (stream, NULL, &error);

  if (pixbuf != NULL)
    live_check (self, gdk_pixbuf_get_width (pixbuf) > 1, asked, "a picture", "%d×%d, %zu bytes",
                gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf),
                g_bytes_get_size (bytes));
  else
    live_check (self, is_webp (bytes), asked, "a picture", "%zu bytes; %s",
                g_bytes_get_size (bytes), error->message);
}

static void
check_again (Live *self, const char *asked, const char *image, guint width, GBytes *bytes)
{
  guint before = bijou_http_get_n_requests (self->http);
  g_autoptr (GBytes) again = get_picture (self, image, width, NULL);
  guint requests = bijou_http_get_n_requests (self->http) - before;

  live_check (self, again != NULL && g_bytes_equal (again, bytes) && requests == 0, asked,
              "the same bytes with no request", "%s, %u requests",
              again == NULL                  ? "nothing"
              : g_bytes_equal (again, bytes) ? "the same bytes"
                                             : "other bytes",
              requests);
}

static gboolean
read_picture (Live *self, BijouItem *item, const char *kind, const char *image, guint width)
{
  g_autofree char *asked = g_strdup_printf ("%s of “%s”", kind, item->title);
  g_autofree char *asked_again = g_strdup_printf ("%s, from the cache", asked);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (image == NULL || live_is_stopped (self))
    return FALSE;
  bytes = get_picture (self, image, width, &error);
  if (bytes == NULL)
    {
      live_check_done (self, FALSE, asked, error);
      return TRUE;
    }
  check_picture (self, asked, bytes);
  check_again (self, asked_again, image, width, bytes);
  return TRUE;
}

void
live_read_pictures (Live *self)
{
  guint n = 0;

  for (guint i = 0; i < self->samples->len; i++)
    {
      BijouItem *item = self->samples->pdata[i];

      n += read_picture (self, item, "poster", item->poster, POSTER_WIDTH);
      n += read_picture (self, item, "still", item->still, POSTER_WIDTH);
      n += read_picture (self, item, "backdrop", item->backdrop, WIDE_WIDTH);
      n += read_picture (self, item, "logo", item->logo, WIDE_WIDTH);
    }
  if (n == 0)
    live_skip (self, "pictures", "none of the chosen items has one");
}
