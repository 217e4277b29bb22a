#pragma once

#include "bijou-address-finder.h"
#include "bijou-backend-type.h"
#include "bijou-network-watch.h"
#include "bijou-secrets.h"
#include "bijou-store.h"
#include "bijou-trust-keeper.h"

G_BEGIN_DECLS

/**
 * BijouBackends:
 * The backends of the servers that somebody is signed in to. Any thread, but for the signals, which
 * are emitted on the main context:
 * `loaded`: the known servers have their backends;
 * `state-changed` (server id): the state of its connection, or the address in use;
 * `learned` (server id): its connection knows something about its addresses that is worth keeping.
 */
#define BIJOU_TYPE_BACKENDS (bijou_backends_get_type ())
G_DECLARE_FINAL_TYPE (BijouBackends, bijou_backends, BIJOU, BACKENDS, GObject)

BijouBackends *bijou_backends_new (BijouHttp *http, BijouStore *store, BijouSecrets *secrets);
/* Before they are loaded: who looks for addresses of a server that is nowhere. */
void bijou_backends_set_finder (BijouBackends *self, BijouAddressFinder *finder);
void bijou_backends_begin_loading (BijouBackends *self);
void bijou_backends_wait_for_loading (BijouBackends *self);
gboolean bijou_backends_is_loaded (BijouBackends *self);
/* Who is asked for a token that a server refuses; before loading. @owner is given to @func. */
void bijou_backends_set_token_func (BijouBackends *self, BijouTokenFunc func, GObject *owner);
/* Never waits. */
BijouBackend *bijou_backends_peek (BijouBackends *self, const char *server_id);
BijouBackend *bijou_backends_get (BijouBackends *self, const char *server_id);
GPtrArray *bijou_backends_list (BijouBackends *self);
BijouTrustKeeper *bijou_backends_get_trust_keeper (BijouBackends *self);
void bijou_backends_install (BijouBackends *self, BijouServer *server, const char *token);
void bijou_backends_remove (BijouBackends *self, const char *server_id);
BijouNetworkWatch *bijou_backends_get_watch (BijouBackends *self);
void bijou_backends_clear (BijouBackends *self);

G_END_DECLS
