#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouChangesGroup:
 * What was marked or watched here and has not reached its server yet; hidden while that is nothing.
 * Main thread.
 */
#define BIJOU_TYPE_CHANGES_GROUP (bijou_changes_group_get_type ())
G_DECLARE_FINAL_TYPE (
    BijouChangesGroup, bijou_changes_group, BIJOU, CHANGES_GROUP, AdwPreferencesGroup)

void bijou_changes_group_set_server (BijouChangesGroup *self,
                                     BijouContext *context,
                                     BijouServer *server);

G_END_DECLS
