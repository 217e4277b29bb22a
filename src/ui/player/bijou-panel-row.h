#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A row of a list in one of the player's panels: a check, a name, a second line. @detail may be
 * NULL. (transfer floating) */
GtkWidget *bijou_panel_row_new (const char *title, const char *detail, gboolean selected);
/* A label as they are in panels: at the start, ellipsised. @css_class may be NULL. */
GtkWidget *bijou_panel_label_new (const char *text, const char *css_class);
void bijou_panel_clear_list (GtkListBox *list);

G_END_DECLS
