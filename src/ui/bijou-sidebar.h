#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouSidebar:
 * Home, Search, and the libraries by server, with a foot that tells of a running sync and of
 * changes that wait. Its rows activate the window's actions. Main thread.
 */
#define BIJOU_TYPE_SIDEBAR (bijou_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (BijouSidebar, bijou_sidebar, BIJOU, SIDEBAR, GtkWidget)

void bijou_sidebar_set_context (BijouSidebar *self, BijouContext *context);
/* Marks where the window is: "home", "search", "favourites" or "library SERVER ID"; NULL for
 * nowhere. */
void bijou_sidebar_select (BijouSidebar *self, const char *place);

G_END_DECLS
