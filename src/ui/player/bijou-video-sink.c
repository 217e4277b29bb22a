#include "config.h"

#include "bijou-video-sink.h"

#include <gst/video/video.h>

struct _BijouVideoSink
{
  GstVideoSink parent_instance;

  BijouVideoPaintable *paintable; /* (owned) */
  GstVideoInfo info;              /* streaming thread only */
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE (
    "sink",
    GST_PAD_SINK,
    GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_VIDEO_CAPS_MAKE ("{ BGRA, RGBA, ARGB, ABGR, RGB, BGR }")));

G_DEFINE_FINAL_TYPE (BijouVideoSink, bijou_video_sink, GST_TYPE_VIDEO_SINK)

typedef struct
{
  GstVideoFrame frame;
} MappedPicture;

static void
mapped_picture_free (gpointer data)
{
  MappedPicture *picture = data;

  gst_video_frame_unmap (&picture->frame);
  g_free (picture);
}

/* Pictures of films are opaque, so premultiplied is the same, and the quicker one for GTK. */
static GdkMemoryFormat
get_memory_format (GstVideoFormat format)
{
  switch ((int) format)
    {
    case GST_VIDEO_FORMAT_RGBA:
      return GDK_MEMORY_R8G8B8A8_PREMULTIPLIED;
    case GST_VIDEO_FORMAT_ARGB:
      return GDK_MEMORY_A8R8G8B8_PREMULTIPLIED;
    case GST_VIDEO_FORMAT_ABGR:
      return GDK_MEMORY_A8B8G8R8;
    case GST_VIDEO_FORMAT_RGB:
      return GDK_MEMORY_R8G8B8;
    case GST_VIDEO_FORMAT_BGR:
      return GDK_MEMORY_B8G8R8;
    case GST_VIDEO_FORMAT_BGRA:
    default:
      return GDK_MEMORY_B8G8R8A8_PREMULTIPLIED;
    }
}

static GdkTexture *
make_texture (BijouVideoSink *self, GstBuffer *buffer)
{
  MappedPicture *picture = g_new0 (MappedPicture, 1);
  g_autoptr (GBytes) bytes = NULL;
  int stride;

  if (!gst_video_frame_map (&picture->frame, &self->info, buffer, GST_MAP_READ))
    {
      g_free (picture);
      return NULL;
    }
  stride = GST_VIDEO_FRAME_PLANE_STRIDE (&picture->frame, 0);
  bytes = g_bytes_new_with_free_func (GST_VIDEO_FRAME_PLANE_DATA (&picture->frame, 0),
                                      (gsize) stride * (GST_VIDEO_INFO_HEIGHT (&self->info) - 1) +
                                          (gsize) GST_VIDEO_INFO_WIDTH (&self->info) *
                                              GST_VIDEO_INFO_COMP_PSTRIDE (&self->info, 0),
                                      mapped_picture_free, picture);
  return gdk_memory_texture_new (
      GST_VIDEO_INFO_WIDTH (&self->info), GST_VIDEO_INFO_HEIGHT (&self->info),
      get_memory_format (GST_VIDEO_INFO_FORMAT (&self->info)), bytes, stride);
}

static GstFlowReturn
bijou_video_sink_show_frame (GstVideoSink *sink, GstBuffer *buffer)
{
  BijouVideoSink *self = BIJOU_VIDEO_SINK (sink);
  g_autoptr (GdkTexture) texture = make_texture (self, buffer);
  int width = GST_VIDEO_INFO_WIDTH (&self->info);

  if (texture == NULL)
    {
      GST_ELEMENT_ERROR (self, RESOURCE, READ, ("A picture cannot be read."), (NULL));
      return GST_FLOW_ERROR;
    }
  if (GST_VIDEO_INFO_PAR_D (&self->info) > 0)
    width = gst_util_uint64_scale_int_round (width, GST_VIDEO_INFO_PAR_N (&self->info),
                                             GST_VIDEO_INFO_PAR_D (&self->info));
  bijou_video_paintable_queue (self->paintable, texture, MAX (width, 1),
                               GST_VIDEO_INFO_HEIGHT (&self->info));
  return GST_FLOW_OK;
}

static gboolean
bijou_video_sink_set_caps (GstBaseSink *sink, GstCaps *caps)
{
  return gst_video_info_from_caps (&BIJOU_VIDEO_SINK (sink)->info, caps);
}

static gboolean
bijou_video_sink_propose_allocation (GstBaseSink *sink, GstQuery *query)
{
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

static void
bijou_video_sink_finalize (GObject *object)
{
  g_clear_object (&BIJOU_VIDEO_SINK (object)->paintable);

  G_OBJECT_CLASS (bijou_video_sink_parent_class)->finalize (object);
}

static void
bijou_video_sink_class_init (BijouVideoSinkClass *klass)
{
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *base_class = GST_BASE_SINK_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bijou_video_sink_finalize;
  base_class->set_caps = bijou_video_sink_set_caps;
  base_class->propose_allocation = bijou_video_sink_propose_allocation;
  GST_VIDEO_SINK_CLASS (klass)->show_frame = bijou_video_sink_show_frame;

  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_set_static_metadata (element_class, "Bijou video sink", "Sink/Video",
                                         "Shows pictures in a GTK paintable", "Bijou");
}

static void
bijou_video_sink_init (BijouVideoSink *self)
{
  gst_video_info_init (&self->info);
}

GstElement *
bijou_video_sink_new (BijouVideoPaintable *paintable)
{
  BijouVideoSink *self = g_object_new (BIJOU_TYPE_VIDEO_SINK, NULL);

  self->paintable = g_object_ref (paintable);
  return GST_ELEMENT (self);
}
