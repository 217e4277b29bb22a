/* Answers on UDP what servers in the local network answer: GDM of Plex and 7359 of Jellyfin, both
 * on one port of loopback, in a thread of its own. Point BIJOU_DISCOVERY_TARGETS at it. */
#pragma once

#include "bijou-fake-server.h"

G_BEGIN_DECLS

typedef struct _BijouFakeDiscovery BijouFakeDiscovery;

BijouFakeDiscovery *bijou_fake_discovery_start (guint port, GError **error); /* 0: any free port */
void bijou_fake_discovery_stop (BijouFakeDiscovery *self);
guint bijou_fake_discovery_get_port (BijouFakeDiscovery *self);
/* "127.0.0.1:PORT" */
const char *bijou_fake_discovery_get_target (BijouFakeDiscovery *self);
/* How many queries came, of each kind. */
guint bijou_fake_discovery_count (BijouFakeDiscovery *self, BijouFakeProtocolKind kind);

/* Answers for a running server from now on. */
void bijou_fake_discovery_add (BijouFakeDiscovery *self, BijouFakeServer *server);
/* Sends these bytes too, to each query of a kind. */
void bijou_fake_discovery_add_reply (BijouFakeDiscovery *self,
                                     BijouFakeProtocolKind kind,
                                     GBytes *reply);
/* Sends so many made-up servers to each query of a kind before all else. */
void
bijou_fake_discovery_flood (BijouFakeDiscovery *self, BijouFakeProtocolKind kind, guint n_replies);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouFakeDiscovery, bijou_fake_discovery_stop)

G_END_DECLS
