#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouLetterRail:
 * The letters of the alphabet down the edge of a list: a click or a drag jumps to the titles that
 * begin with one. Signal `jump` (position in the list, text of the letter, whether a drag goes on).
 */
#define BIJOU_TYPE_LETTER_RAIL (bijou_letter_rail_get_type ())
G_DECLARE_FINAL_TYPE (BijouLetterRail, bijou_letter_rail, BIJOU, LETTER_RAIL, GtkWidget)

void bijou_letter_rail_set_initials (BijouLetterRail *self, GArray *initials);
void bijou_letter_rail_set_position (BijouLetterRail *self, guint position);
gboolean bijou_letter_rail_find (BijouLetterRail *self, gunichar letter, guint *position);

G_END_DECLS
