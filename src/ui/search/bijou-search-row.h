#pragma once

#include "bijou-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouSearchRow:
 * A row of what was found. With an item, Space plays, Ctrl+D is for favourites, Menu and a right
 * click or long press open its menu; the list says when it is to be opened.
 */
#define BIJOU_TYPE_SEARCH_ROW (bijou_search_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouSearchRow, bijou_search_row, BIJOU, SEARCH_ROW, GtkListBoxRow)

GtkWidget *bijou_search_row_new (GtkWidget *content);
void bijou_search_row_set_item (BijouSearchRow *self, BijouItem *item);
BijouItem *bijou_search_row_get_item (BijouSearchRow *self);
void bijou_search_row_set_label (BijouSearchRow *self, const char *label);

G_END_DECLS
