#pragma once

#include "bijou-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What can be done with an item, as a menu of window actions. */
GMenuModel *bijou_item_menu_new (BijouItem *item);

gboolean bijou_widget_has_action (GtkWidget *widget, const char *name);
void bijou_item_activate_action (GtkWidget *widget, BijouItem *item, const char *action);
void bijou_item_toggle_watched (GtkWidget *widget, BijouItem *item);
void bijou_item_toggle_favourite (GtkWidget *widget, BijouItem *item);

G_END_DECLS
