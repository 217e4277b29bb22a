#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouVideoPaintable:
 * The newest picture of a film. The streaming thread hands pictures over; the main thread paints
 * the newest one, and those that came between are forgotten.
 */
#define BIJOU_TYPE_VIDEO_PAINTABLE (bijou_video_paintable_get_type ())
G_DECLARE_FINAL_TYPE (BijouVideoPaintable, bijou_video_paintable, BIJOU, VIDEO_PAINTABLE, GObject)

BijouVideoPaintable *bijou_video_paintable_new (void);
/* @width and @height are those to be shown, with the shape of the pixels applied. Any thread. */
void
bijou_video_paintable_queue (BijouVideoPaintable *self, GdkTexture *texture, int width, int height);
/* Shows nothing until the next picture comes. Main thread. */
void bijou_video_paintable_clear (BijouVideoPaintable *self);

G_END_DECLS
