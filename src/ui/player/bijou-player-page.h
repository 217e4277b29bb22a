#pragma once

#include "bijou-context.h"
#include "bijou-play-choices.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouPlayerPage:
 * The player: picture, controls that fade, panels, keys. The signal `closed` says that it has
 * nothing more to show: the user left, or the film ended and nothing follows.
 */
#define BIJOU_TYPE_PLAYER_PAGE (bijou_player_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouPlayerPage, bijou_player_page, BIJOU, PLAYER_PAGE, GtkWidget)

BijouPlayerPage *bijou_player_page_new (BijouContext *context);
/* @start_ms: -1 resumes where it was; @choices NULL: by the preferences. */
void bijou_player_page_play (BijouPlayerPage *self,
                             BijouItem *item,
                             gint64 start_ms,
                             const BijouPlayChoices *choices);
/* Ends what plays, tells the server in the background, and emits `closed`. */
void bijou_player_page_stop (BijouPlayerPage *self);

G_END_DECLS
