#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouRatingButton:
 * Shows the user's own rating of a title, and opens the stars that change it. The signal `rated`
 * (double: 0–10, negative for none) says what somebody chose.
 */
#define BIJOU_TYPE_RATING_BUTTON (bijou_rating_button_get_type ())
G_DECLARE_FINAL_TYPE (BijouRatingButton, bijou_rating_button, BIJOU, RATING_BUTTON, GtkWidget)

/* 0–10, negative: none. */
void bijou_rating_button_set_rating (BijouRatingButton *self, double rating);

G_END_DECLS
