#include "config.h"

#include "bijou-fake-exchange.h"

#include <cairo.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>
#include <string.h>

/* Drawing and encoding take long, so they run in a pool of their own; the answers are kept. */
typedef struct
{
  BijouFakeExchange *x; /* (owned) */
  FakePicture picture;
  char *file;            /* (owned) (nullable) */
  char *text;            /* (owned) */
  char *key;             /* (owned) */
  GBytes *bytes;         /* (owned) (nullable) */
  GSource *done;         /* (owned) */
  GMainContext *context; /* (owned) the server may be gone when the picture is ready */
} Job;

#define CACHE_LIMIT 600

static GThreadPool *pool;
static GHashTable *cache; /* key → GBytes, with the lock */
static GMutex lock;

static void
get_original_size (FakePictureKind kind, int *width, int *height)
{
  *width = kind == FAKE_PICTURE_POSTER || kind == FAKE_PICTURE_PERSON ? 600 : 1280;
  *height = kind == FAKE_PICTURE_POSTER || kind == FAKE_PICTURE_PERSON ? 900 : 720;
  if (kind == FAKE_PICTURE_STILL || kind == FAKE_PICTURE_CHAPTER)
    *width = 640, *height = 360;
  if (kind == FAKE_PICTURE_LOGO)
    *width = 800, *height = 310;
}

static void
choose_size (const FakePicture *picture, int *width, int *height)
{
  double across = picture->width > 0 ? (double) picture->width / *width : 0;
  double down = picture->height > 0 ? (double) picture->height / *height : 0;
  double scale;

  if (across == 0 && down == 0)
    return;
  if (across == 0 || down == 0)
    scale = MAX (across, down);
  else
    scale = picture->cover ? MAX (across, down) : MIN (across, down);
  if (scale > 1 && !picture->upscale)
    return;
  *width = MAX (1, (int) lround (*width * scale));
  *height = MAX (1, (int) lround (*height * scale));
}

static void
pick_colour (guint seed, guint which, double *rgb)
{
  guint64 r = bijou_fake_mix (seed * 2 + which);

  for (guint i = 0; i < 3; i++)
    rgb[i] = 0.08 + ((r >> (i * 8)) & 0xff) / 255.0 * (which == 0 ? 0.75 : 0.3);
}

static void
draw_text (cairo_t *cr, const char *text, int width, int height)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  double size = MAX (6, MIN (width / 7.0, height / 7.0));
  double y = height * 0.62;

  cairo_select_font_face (cr, "sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
  cairo_set_font_size (cr, size);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.92);
  for (guint i = 0; words[i] != NULL && i < 4; i++)
    {
      cairo_move_to (cr, width * 0.07, y);
      cairo_show_text (cr, words[i]);
      y += size * 1.15;
    }
}

static GdkPixbuf *
convert_surface (cairo_surface_t *surface, int width, int height, gboolean alpha)
{
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, alpha, 8, width, height);
  const guint8 *from = cairo_image_surface_get_data (surface);
  guint8 *to = gdk_pixbuf_get_pixels (pixbuf);
  int n = alpha ? 4 : 3;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      {
        guint32 p;
        guint8 *q = to + (gsize) y * gdk_pixbuf_get_rowstride (pixbuf) + x * n;

        memcpy (&p, from + (gsize) y * cairo_image_surface_get_stride (surface) + x * 4, 4);
        q[0] = p >> 16;
        q[1] = p >> 8;
        q[2] = p;
        if (alpha)
          q[3] = p >> 24;
      }
  return pixbuf;
}

static GdkPixbuf *
draw_picture (const FakePicture *picture, const char *text, int width, int height)
{
  gboolean alpha = picture->kind == FAKE_PICTURE_LOGO;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (surface);
  GdkPixbuf *pixbuf;

  if (!alpha)
    {
      cairo_pattern_t *gradient = cairo_pattern_create_linear (0, 0, width * 0.4, height);
      double a[3], b[3];

      pick_colour (picture->seed, 0, a);
      pick_colour (picture->seed, 1, b);
      cairo_pattern_add_color_stop_rgb (gradient, 0, a[0], a[1], a[2]);
      cairo_pattern_add_color_stop_rgb (gradient, 1, b[0], b[1], b[2]);
      cairo_set_source (cr, gradient);
      cairo_paint (cr);
      cairo_pattern_destroy (gradient);
      cairo_set_source_rgba (cr, 1, 1, 1, 0.10);
      cairo_arc (cr, width * 0.75, height * 0.3, MIN (width, height) * 0.32, 0, 2 * G_PI);
      cairo_fill (cr);
    }
  draw_text (cr, text, width, height);
  cairo_surface_flush (surface);
  pixbuf = convert_surface (surface, width, height, alpha);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return pixbuf;
}

static GdkPixbuf *
load_picture (Job *job)
{
  g_autoptr (GdkPixbuf) original =
      job->file != NULL ? gdk_pixbuf_new_from_file (job->file, NULL) : NULL;
  int width, height, w, h;

  get_original_size (job->picture.kind, &width, &height);
  if (original != NULL)
    width = gdk_pixbuf_get_width (original), height = gdk_pixbuf_get_height (original);
  w = width, h = height;
  choose_size (&job->picture, &w, &h);
  if (original == NULL)
    return draw_picture (&job->picture, job->text, w, h);
  if (w == width && h == height)
    return g_steal_pointer (&original);
  return gdk_pixbuf_scale_simple (original, w, h, GDK_INTERP_BILINEAR);
}

static void
make_in_worker (gpointer data, gpointer user_data)
{
  Job *job = data;
  gboolean whole = job->file != NULL && job->picture.width == 0 && job->picture.height == 0;
  GSource *done;
  char *contents;
  gsize size;

  if (whole && g_file_get_contents (job->file, &contents, &size, NULL))
    job->bytes = g_bytes_new_take (contents, size);
  else
    {
      g_autoptr (GdkPixbuf) pixbuf = load_picture (job);

      if (pixbuf != NULL &&
          gdk_pixbuf_save_to_buffer (pixbuf, &contents, &size, job->picture.png ? "png" : "jpeg",
                                     NULL, NULL))
        job->bytes = g_bytes_new_take (contents, size);
    }
  if (job->bytes != NULL)
    {
      g_mutex_lock (&lock);
      if (g_hash_table_size (cache) >= CACHE_LIMIT)
        g_hash_table_remove_all (cache);
      g_hash_table_insert (cache, g_strdup (job->key), g_bytes_ref (job->bytes));
      g_mutex_unlock (&lock);
    }
  done = g_steal_pointer (&job->done);
  g_source_attach (done, job->context);
  g_source_unref (done);
}

static void
free_job (gpointer data)
{
  Job *job = data;

  fake_exchange_unref (job->x);
  g_clear_pointer (&job->bytes, g_bytes_unref);
  g_free (job->file);
  g_free (job->text);
  g_free (job->key);
  g_main_context_unref (job->context);
  g_free (job);
}

static const char *
sniff_type (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (size > 3 && data[0] == 0x89 && data[1] == 'P')
    return "image/png";
  if (size > 3 && data[0] == 'R' && data[1] == 'I')
    return "image/webp";
  return "image/jpeg";
}

static gboolean
on_made_cb (gpointer data)
{
  Job *job = data;

  if (job->x->finished)
    return G_SOURCE_REMOVE;
  if (job->bytes == NULL)
    fake_fail (job->x, 500);
  else
    fake_reply_bytes (job->x, 200, sniff_type (job->bytes), job->bytes);
  return G_SOURCE_REMOVE;
}

static GBytes *
look_up (const char *key)
{
  static gsize once;
  GBytes *bytes;

  if (g_once_init_enter (&once))
    {
      cache =
          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
      pool = g_thread_pool_new (make_in_worker, NULL, 2, FALSE, NULL);
      g_once_init_leave (&once, 1);
    }
  g_mutex_lock (&lock);
  bytes = g_hash_table_lookup (cache, key);
  if (bytes != NULL)
    g_bytes_ref (bytes);
  g_mutex_unlock (&lock);
  return bytes;
}

void
fake_reply_picture (BijouFakeExchange *x, const FakePicture *picture)
{
  g_autofree char *key =
      g_strdup_printf ("%d %u %s %s %d %d %d %d %d", picture->kind, picture->seed, picture->text,
                       picture->file != NULL ? picture->file : "", picture->width, picture->height,
                       picture->cover, picture->upscale, picture->png);
  g_autoptr (GBytes) kept = look_up (key);
  Job *job;

  if (kept != NULL)
    {
      fake_reply_bytes (x, 200, sniff_type (kept), kept);
      return;
    }
  job = g_new0 (Job, 1);
  job->x = fake_exchange_ref (x);
  job->picture = *picture;
  job->file = g_strdup (picture->file);
  job->text = g_strdup (picture->text);
  job->key = g_steal_pointer (&key);
  job->context = g_main_context_ref (fake_server_get_context (x->server));
  job->done = g_idle_source_new ();
  g_source_set_callback (job->done, on_made_cb, job, free_job);
  fake_pause (x);
  g_thread_pool_push (pool, job, NULL);
}
