#pragma once

#include "bijou-sign-in.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouAccountStep:
 * Sign in to an account (plex.tv) with a code, then choose among its servers. Signal: `signed-in`.
 */
#define BIJOU_TYPE_ACCOUNT_STEP (bijou_account_step_get_type ())
G_DECLARE_FINAL_TYPE (BijouAccountStep, bijou_account_step, BIJOU, ACCOUNT_STEP, GtkWidget)

BijouAccountStep *bijou_account_step_new (BijouContext *context,
                                          const BijouBackendType *type,
                                          const char *account_id);

G_END_DECLS
