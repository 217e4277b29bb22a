#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* Asks who of an account's home is watching from now on, and switches to them. */
void bijou_user_window_show (GtkWindow *parent, BijouContext *context, const char *account_id);

G_END_DECLS
