#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouSyncGroup:
 * The libraries of one server: how much of them is here, since when, and what is being fetched.
 * Main thread.
 */
#define BIJOU_TYPE_SYNC_GROUP (bijou_sync_group_get_type ())
G_DECLARE_FINAL_TYPE (BijouSyncGroup, bijou_sync_group, BIJOU, SYNC_GROUP, AdwPreferencesGroup)

void bijou_sync_group_set_server (BijouSyncGroup *self, BijouContext *context, BijouServer *server);

G_END_DECLS
