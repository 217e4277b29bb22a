#pragma once

#include "bijou-base-page.h"

G_BEGIN_DECLS

/**
 * BijouFilmPage:
 * One film, video, or episode without a series.
 */
#define BIJOU_TYPE_FILM_PAGE (bijou_film_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouFilmPage, bijou_film_page, BIJOU, FILM_PAGE, BijouBasePage)

GtkWidget *bijou_film_page_new (BijouContext *context, BijouItem *item);

G_END_DECLS
