#pragma once

#include "bijou-account-visit.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouUserChooser:
 * The people of an account's home, to be switched to; asks for a PIN where one is needed.
 *
 * Signals: `loaded` (number of people): they are known, 0 also when they cannot be; `chosen`: the
 * visit is theirs now.
 */
#define BIJOU_TYPE_USER_CHOOSER (bijou_user_chooser_get_type ())
G_DECLARE_FINAL_TYPE (BijouUserChooser, bijou_user_chooser, BIJOU, USER_CHOOSER, GtkWidget)

void bijou_user_chooser_begin (BijouUserChooser *self,
                               BijouContext *context,
                               BijouAccountVisit *visit,
                               gboolean may_stay);
void bijou_user_chooser_set_busy (BijouUserChooser *self, gboolean busy);
void bijou_user_chooser_show_problem (BijouUserChooser *self, const char *sentence);

G_END_DECLS
