#pragma once

#include "bijou-playback.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouTracksPanel:
 * The choice of sound and subtitles, side by side, and their delays.
 */
#define BIJOU_TYPE_TRACKS_PANEL (bijou_tracks_panel_get_type ())
G_DECLARE_FINAL_TYPE (BijouTracksPanel, bijou_tracks_panel, BIJOU, TRACKS_PANEL, GtkBox)

GtkWidget *bijou_tracks_panel_new (BijouPlayback *playback);
/* Reads the choices anew and moves the focus into the panel. */
void bijou_tracks_panel_open (BijouTracksPanel *self);
/* One column below the other. */
void bijou_tracks_panel_set_narrow (BijouTracksPanel *self, gboolean narrow);

G_END_DECLS
