#pragma once

#include "bijou-base-page.h"

G_BEGIN_DECLS

/**
 * BijouSearchPage:
 * Looks in all that was synced, with each letter that is typed.
 *
 * Down goes from the entry to the results, Return opens the best match, Escape clears and then goes
 * back; what is typed anywhere on the page goes to the entry.
 */
#define BIJOU_TYPE_SEARCH_PAGE (bijou_search_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouSearchPage, bijou_search_page, BIJOU, SEARCH_PAGE, BijouBasePage)

GtkWidget *bijou_search_page_new (BijouContext *context);

G_END_DECLS
