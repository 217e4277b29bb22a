#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouServerRow:
 * One server in Preferences: how it is reached, who is signed in, what can be done about it. Main
 * thread.
 *
 * Signals: `sign-out`, `sign-in` and `open-page`, when asked for.
 */
#define BIJOU_TYPE_SERVER_ROW (bijou_server_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouServerRow, bijou_server_row, BIJOU, SERVER_ROW, AdwExpanderRow)

BijouServerRow *bijou_server_row_new (BijouContext *context, BijouServer *server);
void bijou_server_row_set_server (BijouServerRow *self, BijouServer *server);
BijouServer *bijou_server_row_get_server (BijouServerRow *self);
void bijou_server_row_update_state (BijouServerRow *self);
void bijou_server_row_set_busy (BijouServerRow *self, gboolean busy);

G_END_DECLS
