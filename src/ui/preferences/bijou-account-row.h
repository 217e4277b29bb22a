#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouAccountRow:
 * An account in Preferences: who of its home is at it, and its servers with a switch for each. What
 * it has beyond what is here is asked for when the row is opened. Main thread.
 *
 * Signals: `sign-in`, `sign-out` and `switch-user`, when asked for; `failed` (sentence).
 */
#define BIJOU_TYPE_ACCOUNT_ROW (bijou_account_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouAccountRow, bijou_account_row, BIJOU, ACCOUNT_ROW, AdwExpanderRow)

BijouAccountRow *bijou_account_row_new (BijouContext *context, const BijouAccount *account);
const BijouAccount *bijou_account_row_get_account (BijouAccountRow *self);
/* @servers: all that are known, (element-type BijouServer). */
void
bijou_account_row_update (BijouAccountRow *self, const BijouAccount *account, GPtrArray *servers);
void bijou_account_row_set_busy (BijouAccountRow *self, gboolean busy);

G_END_DECLS
