#include "config.h"

#include "bijou-video.h"

#include "bijou-video-sink.h"

#include <math.h>

struct _BijouVideo
{
  GtkWidget parent_instance;

  GdkPaintable *paintable; /* (owned) (nullable) */
  gboolean cleared;        /* foreign paintables keep their last picture */
};

G_DEFINE_FINAL_TYPE (BijouVideo, bijou_video, GTK_TYPE_WIDGET)

static void
bijou_video_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BijouVideo *self = BIJOU_VIDEO (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  double ratio =
      self->paintable != NULL ? gdk_paintable_get_intrinsic_aspect_ratio (self->paintable) : 0;
  double w = width;
  double h = height;

  if (ratio <= 0 || self->cleared || width < 1 || height < 1)
    return;
  if (w / h > ratio)
    w = round (h * ratio);
  else
    h = round (w / ratio);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT (floor ((width - w) / 2), floor ((height - h) / 2)));
  gdk_paintable_snapshot (self->paintable, GDK_SNAPSHOT (snapshot), w, h);
  gtk_snapshot_restore (snapshot);
}

static void
on_contents_cb (GdkPaintable *paintable, BijouVideo *self)
{
  self->cleared = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
forget_paintable (BijouVideo *self)
{
  if (self->paintable != NULL)
    g_signal_handlers_disconnect_by_data (self->paintable, self);
  g_clear_object (&self->paintable);
}

static void
bijou_video_dispose (GObject *object)
{
  BijouVideo *self = BIJOU_VIDEO (object);

  forget_paintable (self);

  G_OBJECT_CLASS (bijou_video_parent_class)->dispose (object);
}

static void
bijou_video_class_init (BijouVideoClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_video_dispose;
  widget_class->snapshot = bijou_video_snapshot;
  gtk_widget_class_set_css_name (widget_class, "bijou-video");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bijou_video_init (BijouVideo *self)
{
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

static GstElement *
make_foreign_sink (BijouVideo *self)
{
  GstElement *sink = gst_element_factory_make ("gtk4paintablesink", NULL);
  g_autoptr (GdkGLContext) gl = NULL;
  GstElement *bin;

  if (sink == NULL)
    return NULL;
  g_object_get (sink, "paintable", &self->paintable, NULL);
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (self->paintable), "gl-context") == NULL)
    return sink;
  g_object_get (self->paintable, "gl-context", &gl, NULL);
  bin = gl != NULL ? gst_element_factory_make ("glsinkbin", NULL) : NULL;
  if (bin == NULL)
    return sink;
  g_object_set (bin, "sink", sink, NULL);
  return bin;
}

/* Decoders give planar colours, GTK 4.8 takes packed ones. The converter does nothing when a
 * decoder gives what can be shown. */
static GstElement *
make_own_sink (BijouVideo *self)
{
  GstElement *bin = gst_bin_new ("bijou-video");
  GstElement *convert = gst_element_factory_make ("videoconvertscale", NULL);
  g_autoptr (GstPad) pad = NULL;
  GstElement *sink;

  self->paintable = GDK_PAINTABLE (bijou_video_paintable_new ());
  sink = bijou_video_sink_new (BIJOU_VIDEO_PAINTABLE (self->paintable));
  if (convert == NULL)
    {
      gst_object_unref (gst_object_ref_sink (bin));
      return sink;
    }
  gst_util_set_object_arg (G_OBJECT (convert), "n-threads", "0");
  gst_bin_add_many (GST_BIN (bin), convert, sink, NULL);
  gst_element_link (convert, sink);
  pad = gst_element_get_static_pad (convert, "sink");
  gst_element_add_pad (bin, gst_ghost_pad_new ("sink", pad));
  return bin;
}

GstElement *
bijou_video_make_sink (BijouVideo *self)
{
  GstElement *sink;

  g_return_val_if_fail (BIJOU_IS_VIDEO (self), NULL);

  forget_paintable (self);
  sink = make_foreign_sink (self);
  if (sink == NULL)
    sink = make_own_sink (self);
  g_signal_connect (self->paintable, "invalidate-contents", G_CALLBACK (on_contents_cb), self);
  g_signal_connect (self->paintable, "invalidate-size", G_CALLBACK (on_contents_cb), self);
  return sink;
}

void
bijou_video_clear (BijouVideo *self)
{
  g_return_if_fail (BIJOU_IS_VIDEO (self));

  if (BIJOU_IS_VIDEO_PAINTABLE (self->paintable))
    bijou_video_paintable_clear (BIJOU_VIDEO_PAINTABLE (self->paintable));
  self->cleared = TRUE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
