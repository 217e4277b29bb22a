#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouCardStrip:
 * The line of a #BijouCardRow: one stop for Tab, arrow keys go along it.
 */
#define BIJOU_TYPE_CARD_STRIP (bijou_card_strip_get_type ())
G_DECLARE_FINAL_TYPE (BijouCardStrip, bijou_card_strip, BIJOU, CARD_STRIP, GtkWidget)

void bijou_card_strip_set_spacing (BijouCardStrip *self, int spacing);

G_END_DECLS
