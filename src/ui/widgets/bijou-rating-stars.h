#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouRatingStars:
 * Five stars with halves, to be set with the pointer or the keyboard: arrows by halves, 1 to 5, and
 * 0 or Delete for none. The signal `rated` (double, as for the setter) says what somebody chose.
 */
#define BIJOU_TYPE_RATING_STARS (bijou_rating_stars_get_type ())
G_DECLARE_FINAL_TYPE (BijouRatingStars, bijou_rating_stars, BIJOU, RATING_STARS, GtkWidget)

GtkWidget *bijou_rating_stars_new (void);
/* 0–10, negative: none. */
void bijou_rating_stars_set_rating (BijouRatingStars *self, double rating);
/* "3½", of a rating of 0–10. */
char *bijou_rating_stars_format (double rating);

G_END_DECLS
