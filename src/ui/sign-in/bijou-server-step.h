#pragma once

#include "bijou-sign-in.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouServerStep:
 * Sign in to one server at its address: name and password and Quick Connect, or a token where the
 * protocol knows no passwords. Signal: `signed-in`.
 */
#define BIJOU_TYPE_SERVER_STEP (bijou_server_step_get_type ())
G_DECLARE_FINAL_TYPE (BijouServerStep, bijou_server_step, BIJOU, SERVER_STEP, GtkWidget)

BijouServerStep *bijou_server_step_new (BijouContext *context, const BijouFoundServer *server);

G_END_DECLS
