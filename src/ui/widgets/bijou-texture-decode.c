#include "config.h"

#include "bijou-texture-decode.h"

#include "bijou-error.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

/* A picture that claims more is not one that a server scaled for us. */
#define MAX_SIDE 8192

typedef struct
{
  int width;
  int height;
  gboolean refused;
} Wanted;

static void
on_size_prepared_cb (GdkPixbufLoader *loader, int width, int height, gpointer user_data)
{
  Wanted *wanted = user_data;
  double scale;

  if (width <= 0 || height <= 0 || width > MAX_SIDE || height > MAX_SIDE)
    {
      wanted->refused = TRUE;
      gdk_pixbuf_loader_set_size (loader, 0, 0);
      return;
    }
  scale = MAX ((double) wanted->width / width, (double) wanted->height / height);
  if (scale < 1)
    gdk_pixbuf_loader_set_size (loader, MAX (1, (int) (width * scale + 0.5)),
                                MAX (1, (int) (height * scale + 0.5)));
}

static GdkPixbuf *
load_pixbuf (GBytes *bytes, Wanted *wanted, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  GdkPixbuf *pixbuf;
  gboolean good;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared_cb), wanted);
  good = gdk_pixbuf_loader_write_bytes (loader, bytes, error);
  if (!gdk_pixbuf_loader_close (loader, good ? error : NULL) || !good)
    return NULL;
  pixbuf = wanted->refused ? NULL : gdk_pixbuf_loader_get_pixbuf (loader);
  if (pixbuf == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "not a picture of a usable size");
      return NULL;
    }
  return g_object_ref (pixbuf);
}

static GdkTexture *
make_texture (GdkPixbuf *pixbuf)
{
  g_autoptr (GBytes) bytes = gdk_pixbuf_read_pixel_bytes (pixbuf);

  return gdk_memory_texture_new (gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf),
                                 gdk_pixbuf_get_has_alpha (pixbuf) ? GDK_MEMORY_R8G8B8A8
                                                                   : GDK_MEMORY_R8G8B8,
                                 bytes, (gsize) gdk_pixbuf_get_rowstride (pixbuf));
}

static GdkTexture *
make_average (GdkPixbuf *pixbuf)
{
  gboolean tall = gdk_pixbuf_get_height (pixbuf) > gdk_pixbuf_get_width (pixbuf);
  int width = tall ? 4 : 6;
  int height = tall ? 6 : 4;
  g_autoptr (GdkPixbuf) grid = gdk_pixbuf_scale_simple (pixbuf, width, height, GDK_INTERP_BILINEAR);
  g_autoptr (GdkPixbuf) smooth = NULL;

  if (grid == NULL)
    return NULL;
  smooth = gdk_pixbuf_scale_simple (grid, width * 4, height * 4, GDK_INTERP_HYPER);
  return smooth != NULL ? make_texture (smooth) : NULL;
}

/**
 * bijou_decode_picture:
 * @bytes: an encoded picture
 * @width: in device pixels
 * @height: in device pixels
 * @error: a GdkPixbufError, or BIJOU_ERROR_PROTOCOL
 *
 * Decodes a picture so that it covers @width × @height, not larger than it is. Any thread.
 *
 * Returns: (transfer full) (nullable): the textures
 */
BijouDecoded *
bijou_decode_picture (GBytes *bytes, int width, int height, GError **error)
{
  Wanted wanted = { MAX (1, width), MAX (1, height), FALSE };
  g_autoptr (GdkPixbuf) pixbuf = load_pixbuf (bytes, &wanted, error);
  BijouDecoded *self;

  if (pixbuf == NULL)
    return NULL;
  self = g_new0 (BijouDecoded, 1);
  self->texture = make_texture (pixbuf);
  self->average = make_average (pixbuf);
  return self;
}

void
bijou_decoded_free (BijouDecoded *self)
{
  g_clear_object (&self->texture);
  g_clear_object (&self->average);
  g_free (self);
}

void
bijou_decode_input_free (BijouDecodeInput *self)
{
  g_bytes_unref (self->bytes);
  g_free (self);
}
