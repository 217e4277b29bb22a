#pragma once

#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouCardRow:
 * A heading over cards in one line that scrolls sideways, with arrows that page by the visible
 * width. Tab goes in and out of the line, the arrow keys go along it.
 */
#define BIJOU_TYPE_CARD_ROW (bijou_card_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouCardRow, bijou_card_row, BIJOU, CARD_ROW, GtkWidget)

GtkWidget *bijou_card_row_new (const char *title);
void bijou_card_row_set_title (BijouCardRow *self, const char *title);
void bijou_card_row_set_count (BijouCardRow *self, guint count);
void
bijou_card_row_set_width_class (BijouCardRow *self, BijouWidthClass width_class, gboolean detail);
/* Cards in order, (element-type BijouCard); cards that were there before are moved, not made anew.
 */
void bijou_card_row_set_cards (BijouCardRow *self, GPtrArray *cards);
GPtrArray *bijou_card_row_list_cards (BijouCardRow *self);

G_END_DECLS
