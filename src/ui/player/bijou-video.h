#pragma once

#include <gst/gst.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouVideo:
 * Shows the pictures of its sink, as large as fits with their shape kept.
 */
#define BIJOU_TYPE_VIDEO (bijou_video_get_type ())
G_DECLARE_FINAL_TYPE (BijouVideo, bijou_video, BIJOU, VIDEO, GtkWidget)

/* (transfer floating): the sink that feeds it: `gtk4paintablesink` where it is installed, else
 * Bijou's own. Another one takes its place. */
GstElement *bijou_video_make_sink (BijouVideo *self);
/* Black until the next picture. */
void bijou_video_clear (BijouVideo *self);

G_END_DECLS
