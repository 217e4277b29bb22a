#pragma once

#include "bijou-secrets.h"
#include "bijou-store.h"
#include "bijou-trust.h"

G_BEGIN_DECLS

/**
 * BijouTrustKeeper:
 * Keeps what the user trusts at each server: the public keys in the server's row, the headers in
 * the secrets as "headers/ID". Of an address that is only being signed in to it remembers it for
 * this run. Blocking, thread-safe.
 */
typedef struct _BijouTrustKeeper BijouTrustKeeper;

BijouTrustKeeper *bijou_trust_keeper_new (BijouStore *store, BijouSecrets *secrets);
void bijou_trust_keeper_free (BijouTrustKeeper *self);
BijouTrust *bijou_trust_keeper_load (BijouTrustKeeper *self, BijouServer *server);
BijouTrust *bijou_trust_keeper_load_by_id (BijouTrustKeeper *self, const char *server_id);
gboolean bijou_trust_keeper_keep (BijouTrustKeeper *self,
                                  const char *server_id,
                                  BijouTrust *trust,
                                  GError **error);
gboolean bijou_trust_keeper_forget (BijouTrustKeeper *self, const char *server_id, GError **error);
void bijou_trust_keeper_set_for_address (BijouTrustKeeper *self,
                                         const char *base_url,
                                         BijouTrust *trust);
BijouTrust *bijou_trust_keeper_dup_for_address (BijouTrustKeeper *self, const char *base_url);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouTrustKeeper, bijou_trust_keeper_free)

G_END_DECLS
