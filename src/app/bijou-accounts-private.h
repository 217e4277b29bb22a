#pragma once

#include "bijou-accounts.h"
#include "bijou-context-private.h"

G_BEGIN_DECLS

/* What the files about accounts share; only they see the token of one. */

char *bijou_accounts_make_secret_name (const BijouBackendType *type, const char *account_id);
char *bijou_accounts_lookup_token (BijouContext *context, BijouAccount *account, GError **error);
/* (element-type BijouServer): those that came with the account. */
GPtrArray *
bijou_accounts_list_known (BijouContext *context, const char *account_id, GError **error);
/* Takes over what the account says about a server that is known. */
gboolean
bijou_accounts_update_server (BijouContext *context, BijouSignedIn *signed_in, GError **error);
/* The addresses of @listed with what was learned about those of @known; what of @known the account
 * does not list stays where it is worth it. (element-type BijouAddress) (transfer full) */
GPtrArray *bijou_accounts_merge_addresses (GPtrArray *listed, GPtrArray *known);

/* At start, before the backends are made, and after; on the loader's thread. */
void bijou_accounts_migrate (BijouStore *store, BijouSecrets *secrets);
void
bijou_accounts_mark_signed_out (BijouBackends *backends, BijouStore *store, BijouSecrets *secrets);
/* A BijouTokenFunc of a context. */
char *bijou_accounts_renew_token (BijouBackend *backend,
                                  const char *refused,
                                  gpointer context,
                                  GCancellable *cancellable,
                                  GError **error);
/* Once a server was removed: an account that has none left is signed out of. */
void bijou_accounts_drop_unused (BijouContext *context, const char *account_id);

G_END_DECLS
