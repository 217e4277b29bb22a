#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouServerSearch:
 * Looks for servers in the local network beside a window, for some seconds each time. Main thread.
 * Signals: `found` (BijouDiscovered *, valid during the emission): a server that nobody is signed
 * in to, or a new address of it; `ended`.
 */
#define BIJOU_TYPE_SERVER_SEARCH (bijou_server_search_get_type ())
G_DECLARE_FINAL_TYPE (BijouServerSearch, bijou_server_search, BIJOU, SERVER_SEARCH, GObject)

BijouServerSearch *bijou_server_search_new (BijouContext *context);
/* Does nothing while one runs. */
void bijou_server_search_start (BijouServerSearch *self);
void bijou_server_search_stop (BijouServerSearch *self);

G_END_DECLS
