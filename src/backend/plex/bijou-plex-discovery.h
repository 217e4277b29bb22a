#pragma once

#include "bijou-discovery.h"
#include "bijou-server.h"

G_BEGIN_DECLS

/* GDM, by which Plex Media Servers are found in the local network. */

#define BIJOU_PLEX_DISCOVERY_PORT 32414
#define BIJOU_PLEX_DISCOVERY_GROUP "239.0.0.250"
#define BIJOU_PLEX_DISCOVERY_QUERY "M-SEARCH * HTTP/1.1\r\n\r\n"

BijouDiscovered *bijou_plex_parse_discovery (const char *reply, gsize length, GInetAddress *source);
gboolean bijou_plex_accepts_url (BijouServer *server, const char *url);

G_END_DECLS
