#pragma once

#include "bijou-video-paintable.h"

#include <gst/video/gstvideosink.h>

G_BEGIN_DECLS

/**
 * BijouVideoSink:
 * Hands decoded pictures to a #BijouVideoPaintable without copying them.
 */
#define BIJOU_TYPE_VIDEO_SINK (bijou_video_sink_get_type ())
G_DECLARE_FINAL_TYPE (BijouVideoSink, bijou_video_sink, BIJOU, VIDEO_SINK, GstVideoSink)

/* (transfer floating) */
GstElement *bijou_video_sink_new (BijouVideoPaintable *paintable);

G_END_DECLS
