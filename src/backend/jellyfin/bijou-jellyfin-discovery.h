#pragma once

#include "bijou-discovery.h"

G_BEGIN_DECLS

#define BIJOU_JELLYFIN_DISCOVERY_PORT 7359
#define BIJOU_JELLYFIN_DISCOVERY_QUERY "who is JellyfinServer?"

BijouDiscovered *
bijou_jellyfin_parse_discovery (const char *reply, gsize length, GInetAddress *source);

G_END_DECLS
