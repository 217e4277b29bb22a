#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void bijou_sideways_scroll_set_up (GtkScrolledWindow *scroller);

G_END_DECLS
