#pragma once

#include "bijou-playback.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouNextCard:
 * Offers the next episode, and counts down to it.
 *
 * Signals: `play`: its button was pressed or the seconds are over; `dismissed`: the credits are
 * wanted.
 */
#define BIJOU_TYPE_NEXT_CARD (bijou_next_card_get_type ())
G_DECLARE_FINAL_TYPE (BijouNextCard, bijou_next_card, BIJOU, NEXT_CARD, GtkBox)

GtkWidget *bijou_next_card_new (BijouContext *context);
/* Shows itself. @seconds: until `play` comes by itself, 0: it waits to be pressed. */
void bijou_next_card_show (BijouNextCard *self, BijouItem *item, int seconds);
void bijou_next_card_hide (BijouNextCard *self);
/* While it is paused, the seconds stand still. */
void bijou_next_card_set_paused (BijouNextCard *self, gboolean paused);
void bijou_next_card_set_narrow (BijouNextCard *self, gboolean narrow);

G_END_DECLS
