#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouNetworkGroup:
 * How good the way to a server is, by the traffic that there was; hidden while nothing is known.
 * Main thread.
 */
#define BIJOU_TYPE_NETWORK_GROUP (bijou_network_group_get_type ())
G_DECLARE_FINAL_TYPE (
    BijouNetworkGroup, bijou_network_group, BIJOU, NETWORK_GROUP, AdwPreferencesGroup)

void bijou_network_group_set_server (BijouNetworkGroup *self,
                                     BijouContext *context,
                                     BijouServer *server);
char *bijou_network_group_format_rate (gint64 bytes_per_second);

G_END_DECLS
