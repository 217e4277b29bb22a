#pragma once

#include "bijou-backend.h"
#include "bijou-discovery.h"

G_BEGIN_DECLS

#define BIJOU_JELLYFIN_DISCOVERY_PORT 7359
#define BIJOU_JELLYFIN_DISCOVERY_QUERY "who is JellyfinServer?"

BijouDiscovered *
bijou_jellyfin_parse_discovery (const char *reply, gsize length, GInetAddress *source);
/* The method of the interface: LocalAddress of GET /System/Info/Public. */
char **bijou_jellyfin_backend_list_own_urls (BijouBackend *backend,
                                             GCancellable *cancellable,
                                             GError **error);

G_END_DECLS
