#pragma once

#include "bijou-base-page.h"

G_BEGIN_DECLS

/* The page of any item: film, series, or what a collection or a playlist holds. */
GtkWidget *bijou_detail_page_new (BijouContext *context, BijouItem *item);

G_END_DECLS
