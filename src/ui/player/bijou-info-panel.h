#pragma once

#include "bijou-playback.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouInfoPanel:
 * What plays, from where, and how well, in plain words. Follows while it is seen.
 *
 * Signal: `close`: its button was pressed.
 */
#define BIJOU_TYPE_INFO_PANEL (bijou_info_panel_get_type ())
G_DECLARE_FINAL_TYPE (BijouInfoPanel, bijou_info_panel, BIJOU, INFO_PANEL, GtkBox)

GtkWidget *bijou_info_panel_new (BijouContext *context, BijouPlayback *playback);

G_END_DECLS
