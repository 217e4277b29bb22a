#pragma once

#include "bijou-playback.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouSpeedPanel:
 * How fast it plays. Where there is no room for their buttons, it also has rows for the playback
 * information and for fullscreen.
 *
 * Signals: `information`, `fullscreen`: the rows were chosen.
 */
#define BIJOU_TYPE_SPEED_PANEL (bijou_speed_panel_get_type ())
G_DECLARE_FINAL_TYPE (BijouSpeedPanel, bijou_speed_panel, BIJOU, SPEED_PANEL, GtkBox)

GtkWidget *bijou_speed_panel_new (BijouPlayback *playback);
void bijou_speed_panel_set_narrow (BijouSpeedPanel *self, gboolean narrow);
/* After it became visible: moves the focus in. */
void bijou_speed_panel_open (BijouSpeedPanel *self);

G_END_DECLS
