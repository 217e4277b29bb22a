#pragma once

#include "bijou-context.h"
#include "bijou-item-model.h"
#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouCardGrid:
 * A scrolling grid of posters over a #BijouItemModel. As many columns as the target width asks, and
 * the cards stretched to fill the width exactly.
 *
 * Signal `moved` when another row is the first one on the screen.
 */
#define BIJOU_TYPE_CARD_GRID (bijou_card_grid_get_type ())
G_DECLARE_FINAL_TYPE (BijouCardGrid, bijou_card_grid, BIJOU, CARD_GRID, GtkWidget)

void bijou_card_grid_set_context (BijouCardGrid *self, BijouContext *context);
void bijou_card_grid_set_model (BijouCardGrid *self, BijouItemModel *model);
void bijou_card_grid_set_layout (BijouCardGrid *self, BijouWidthClass width_class, int target);
void bijou_card_grid_set_end_margin (BijouCardGrid *self, int margin);
guint bijou_card_grid_get_columns (BijouCardGrid *self);
guint bijou_card_grid_get_first_visible (BijouCardGrid *self);
void bijou_card_grid_scroll_to (BijouCardGrid *self, guint position, gboolean focus);
void bijou_card_grid_scroll_to_top (BijouCardGrid *self);

G_END_DECLS
