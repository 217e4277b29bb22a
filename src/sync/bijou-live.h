#pragma once

#include "bijou-sync-service.h"

G_BEGIN_DECLS

/**
 * BijouLive:
 * Live updates: hears of what happens on each server through its socket, and brings it into the
 * store. Main thread.
 *
 * Signal on the main context: `changed` (server id): bijou_live_is_up() is another one now.
 */
#define BIJOU_TYPE_LIVE (bijou_live_get_type ())
G_DECLARE_FINAL_TYPE (BijouLive, bijou_live, BIJOU, LIVE, GObject)

BijouLive *bijou_live_new (BijouHttp *http,
                           BijouStore *store,
                           BijouSyncService *sync,
                           BijouSyncLookup lookup,
                           gpointer user_data);
/* Nothing is open before it is enabled. */
void bijou_live_set_enabled (BijouLive *self, gboolean enabled);
/* A server is new or gone, or the state of its connection changed. */
void bijou_live_heed (BijouLive *self, const char *server_id);
/* The window is looked at again: asks for what no socket tells. */
void bijou_live_refresh (BijouLive *self);
gboolean bijou_live_is_up (BijouLive *self, const char *server_id);
void bijou_live_stop (BijouLive *self);

G_END_DECLS
