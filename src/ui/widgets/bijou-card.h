#pragma once

#include "bijou-art.h"

G_BEGIN_DECLS

typedef enum
{
  BIJOU_CARD_POSTER, /* 2:3 */
  BIJOU_CARD_STILL,  /* 16:9 */
  BIJOU_CARD_PERSON, /* round */
} BijouCardShape;

/* What the lines of a card say, and what a click does. */
typedef enum
{
  BIJOU_CARD_BROWSE,   /* opens its page; year or number of seasons */
  BIJOU_CARD_CONTINUE, /* plays; what is left */
  BIJOU_CARD_NEXT,     /* plays; the episode, its length as a badge */
} BijouCardPurpose;

/* Whether it can be played now; NORMAL says nothing about it. */
typedef enum
{
  BIJOU_CARD_NORMAL,
  BIJOU_CARD_DOWNLOADED,
  BIJOU_CARD_CACHED,
  BIJOU_CARD_NEEDS_SERVER,
} BijouCardAvailability;

/**
 * BijouCard:
 * A picture with two lines below it, a button for a screen reader. Shows an item, or what the
 * setters for other things say. A click emits `activated`; with an item it then goes where the
 * purpose says. Space plays, Return opens, `w` marks as watched, Ctrl+D is for favourites, Menu and
 * a right click or long press open its menu.
 */
#define BIJOU_TYPE_CARD (bijou_card_get_type ())
G_DECLARE_FINAL_TYPE (BijouCard, bijou_card, BIJOU, CARD, GtkWidget)

GtkWidget *bijou_card_new (BijouContext *context, BijouCardShape shape, BijouCardPurpose purpose);
BijouCardShape bijou_card_get_shape (BijouCard *self);
void bijou_card_set_width (BijouCard *self, int width);
void bijou_card_set_stretched (BijouCard *self, int min_width);
void bijou_card_set_item (BijouCard *self, BijouItem *item);
BijouItem *bijou_card_get_item (BijouCard *self);
void bijou_card_set_texts (BijouCard *self, const char *title, const char *subtitle);
void bijou_card_set_availability (BijouCard *self, BijouCardAvailability availability);
void bijou_card_set_subtitle (BijouCard *self, const char *subtitle);
void bijou_card_set_picture (BijouCard *self,
                             const char *server_id,
                             const char *image,
                             const char *icon);
void bijou_card_set_in_list (BijouCard *self);
void bijou_card_activate (BijouCard *self);
gboolean bijou_card_handle_key (BijouCard *self, guint keyval, GdkModifierType state);
void bijou_card_show_menu (BijouCard *self, const graphene_point_t *at);

/* Key handling for a list or grid whose cells hold cards: the cells have the focus there. */
void bijou_card_add_keys_to_list (GtkWidget *list);

G_END_DECLS
