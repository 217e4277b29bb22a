#pragma once

#include "bijou-item.h"
#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouSeasonBar:
 * Chooses a season: chips, or a list when there are many. Signal `chosen` (remote id of a season).
 */
#define BIJOU_TYPE_SEASON_BAR (bijou_season_bar_get_type ())
G_DECLARE_FINAL_TYPE (BijouSeasonBar, bijou_season_bar, BIJOU, SEASON_BAR, GtkWidget)

GtkWidget *bijou_season_bar_new (void);
void bijou_season_bar_set_seasons (BijouSeasonBar *self, GPtrArray *seasons, BijouItem *current);
void bijou_season_bar_set_count (BijouSeasonBar *self, guint watched, guint episodes);
void bijou_season_bar_set_width_class (BijouSeasonBar *self, BijouWidthClass width_class);

G_END_DECLS
