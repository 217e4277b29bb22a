#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Ask, and sign out of a server or of an account and all its servers if the answer is yes; then
 * @told is called with %TRUE when that begins and, with an error, if it failed. It is not called
 * once @widget is gone. Main thread. */
typedef void (*BijouSignOutTold) (gboolean begun, const GError *error, gpointer user_data);

void bijou_sign_out_ask (GtkWidget *widget,
                         BijouContext *context,
                         BijouServer *server,
                         BijouSignOutTold told,
                         gpointer user_data);
void bijou_sign_out_ask_account (GtkWidget *widget,
                                 BijouContext *context,
                                 const BijouAccount *account,
                                 BijouSignOutTold told,
                                 gpointer user_data);

G_END_DECLS
