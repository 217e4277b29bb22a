#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouSyncLogGroup:
 * The past syncs of one server, newest first; hidden while there are none. Main thread.
 */
#define BIJOU_TYPE_SYNC_LOG_GROUP (bijou_sync_log_group_get_type ())
G_DECLARE_FINAL_TYPE (
    BijouSyncLogGroup, bijou_sync_log_group, BIJOU, SYNC_LOG_GROUP, AdwPreferencesGroup)

void bijou_sync_log_group_set_server (BijouSyncLogGroup *self,
                                      BijouContext *context,
                                      BijouServer *server);

G_END_DECLS
