#pragma once

#include "bijou-base-page.h"

G_BEGIN_DECLS

/**
 * BijouLibraryPage:
 * All titles of a library, or of any query (favourites, a collection, a playlist), as a grid with
 * filters and an order that is kept for each library.
 */
#define BIJOU_TYPE_LIBRARY_PAGE (bijou_library_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouLibraryPage, bijou_library_page, BIJOU, LIBRARY_PAGE, BijouBasePage)

GtkWidget *bijou_library_page_new (BijouContext *context, BijouLibrary *library);
GtkWidget *bijou_library_page_new_for_query (BijouContext *context,
                                             const char *title,
                                             const BijouItemQuery *query);

G_END_DECLS
