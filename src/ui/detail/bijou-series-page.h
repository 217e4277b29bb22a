#pragma once

#include "bijou-base-page.h"

G_BEGIN_DECLS

/**
 * BijouSeriesPage:
 * One series: its seasons and the episodes of one of them. Opens where there is something to watch,
 * or at the season or episode that it was opened with.
 */
#define BIJOU_TYPE_SERIES_PAGE (bijou_series_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouSeriesPage, bijou_series_page, BIJOU, SERIES_PAGE, BijouBasePage)

/* @item: a show, a season or an episode. */
GtkWidget *bijou_series_page_new (BijouContext *context, BijouItem *item);

G_END_DECLS
