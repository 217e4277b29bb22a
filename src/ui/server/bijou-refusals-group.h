#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouRefusalsGroup:
 * The local changes that a server did not take and that were taken back; hidden when there are
 * none.
 */
#define BIJOU_TYPE_REFUSALS_GROUP (bijou_refusals_group_get_type ())
G_DECLARE_FINAL_TYPE (
    BijouRefusalsGroup, bijou_refusals_group, BIJOU, REFUSALS_GROUP, AdwPreferencesGroup)

void bijou_refusals_group_set_server (BijouRefusalsGroup *self,
                                      BijouContext *context,
                                      BijouServer *server);

G_END_DECLS
