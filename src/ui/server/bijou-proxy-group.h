#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouProxyGroup:
 * The headers that a proxy in front of a server demands; what is changed is kept a moment later and
 * goes with everything that is sent to the server. Main thread.
 */
#define BIJOU_TYPE_PROXY_GROUP (bijou_proxy_group_get_type ())
G_DECLARE_FINAL_TYPE (BijouProxyGroup, bijou_proxy_group, BIJOU, PROXY_GROUP, AdwPreferencesGroup)

void
bijou_proxy_group_set_server (BijouProxyGroup *self, BijouContext *context, BijouServer *server);

G_END_DECLS
