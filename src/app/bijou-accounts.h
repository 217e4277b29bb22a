#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/* The accounts that servers come with. Everything blocks, on a worker, unless it says otherwise.
 * The token of an account is a secret named "account/BACKEND/ID"; its row has the rest. */

/* (transfer full) (nullable): NULL when it is not known. */
BijouAccount *bijou_accounts_find (BijouContext *context, const char *account_id);
/* How this installation names itself to an account: the identifier that is its own, or with
 * @account_id NULL, for a sign-in, one that no account has yet. */
void bijou_accounts_get_client (BijouContext *context,
                                const BijouBackendType *type,
                                const char *account_id,
                                BijouClientInfo *client);
/* Whether the account's token is gone, so that it has to be signed in to again. */
gboolean bijou_accounts_is_signed_out (BijouContext *context, const char *account_id);

/* Lists the servers of an account anew, at most hourly unless @force, and updates addresses and
 * tokens of those that are known. An account service that is down, slow or broken changes nothing;
 * BIJOU_ERROR_UNAUTHORISED: the account is signed out from now on, its libraries stay. */
gboolean bijou_accounts_refresh (BijouContext *context,
                                 const char *account_id,
                                 gboolean force,
                                 GCancellable *cancellable,
                                 GError **error);
/* All accounts, not forced; errors go to the log. */
void bijou_accounts_refresh_all (BijouContext *context, GCancellable *cancellable);

/* Forgets the account and everything of its servers, then makes its token worthless; offline the
 * latter is only logged. */
gboolean bijou_accounts_sign_out (BijouContext *context,
                                  const char *account_id,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
