#pragma once

#include "bijou-context.h"
#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouEpisodeRow:
 * One episode in the list of a season. Activating it plays; `w` marks as watched, Ctrl+D is for
 * favourites, Menu opens its menu.
 */
#define BIJOU_TYPE_EPISODE_ROW (bijou_episode_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouEpisodeRow, bijou_episode_row, BIJOU, EPISODE_ROW, GtkListBoxRow)

GtkWidget *bijou_episode_row_new (BijouContext *context);
void bijou_episode_row_set_episode (BijouEpisodeRow *self, BijouItem *episode, gboolean is_next);
BijouItem *bijou_episode_row_get_episode (BijouEpisodeRow *self);
void bijou_episode_row_set_width_class (BijouEpisodeRow *self, BijouWidthClass width_class);

G_END_DECLS
