#pragma once

#include "bijou-playback.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouStallBox:
 * Says why there is no picture, what is being done about it, and offers one or two acts. It shows
 * and hides itself. When a server does not answer it tries again by itself.
 *
 * Signal: `leave`: the user gives up.
 */
#define BIJOU_TYPE_STALL_BOX (bijou_stall_box_get_type ())
G_DECLARE_FINAL_TYPE (BijouStallBox, bijou_stall_box, BIJOU, STALL_BOX, GtkBox)

GtkWidget *bijou_stall_box_new (BijouContext *context, BijouPlayback *playback);

G_END_DECLS
