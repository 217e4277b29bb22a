#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouAccountVisit:
 * Somebody at an account, before anything of it is kept: after a sign-in, or to switch to another
 * one of the account's home. Holds the token and shows it to nobody. Reference-counted; the calls
 * block and come from one thread at a time.
 */
typedef struct _BijouAccountVisit BijouAccountVisit;

/* After a sign-in. Asks who it is. */
BijouAccountVisit *bijou_account_visit_new (BijouContext *context,
                                            const BijouBackendType *type,
                                            const char *client_id,
                                            const char *token,
                                            GCancellable *cancellable,
                                            GError **error);
/* At a known account, as who is at it. No I/O beyond this computer. */
BijouAccountVisit *
bijou_account_visit_open (BijouContext *context, const char *account_id, GError **error);
BijouAccountVisit *bijou_account_visit_ref (BijouAccountVisit *self);
void bijou_account_visit_unref (BijouAccountVisit *self);

const char *bijou_account_visit_get_account_id (BijouAccountVisit *self);
/* Who is at it now. */
const char *bijou_account_visit_get_user_id (BijouAccountVisit *self);
const char *bijou_account_visit_get_user_name (BijouAccountVisit *self);
/* Whether the account was here already when the visit began. Any thread. */
gboolean bijou_account_visit_is_known (BijouAccountVisit *self);
/* Whether somebody else is at this account on this computer, whose libraries would go. */
gboolean bijou_account_visit_is_switch (BijouAccountVisit *self);
/* Everybody of its home; empty without one. (element-type BijouAccountUser) */
GPtrArray *
bijou_account_visit_list_users (BijouAccountVisit *self, GCancellable *cancellable, GError **error);
/* BIJOU_ERROR_FORBIDDEN: the PIN is not right. Nothing here has changed then. */
gboolean bijou_account_visit_switch_user (BijouAccountVisit *self,
                                          const BijouAccountUser *user,
                                          const char *pin,
                                          GCancellable *cancellable,
                                          GError **error);
/* Those that this user sees. (element-type BijouSignedIn) */
GPtrArray *bijou_account_visit_list_servers (BijouAccountVisit *self,
                                             GCancellable *cancellable,
                                             GError **error);
/* (nullable): who is signed in here to one of those through another account; adding it removes what
 * they saw. */
const char *bijou_account_visit_get_other_user (BijouAccountVisit *self, const char *server_id);
/* Keeps the account, and of its servers those that are known already and the @chosen ones
 * (nullable) (element-type BijouSignedIn). When another user was at it, everything of theirs is
 * removed first, after what waits was sent. */
gboolean bijou_account_visit_keep (BijouAccountVisit *self,
                                   GPtrArray *chosen,
                                   GCancellable *cancellable,
                                   GError **error);
/* A sign-in that comes to nothing: its token is made worthless. Nothing happens once it was kept.
 */
void bijou_account_visit_abandon (BijouAccountVisit *self, GCancellable *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouAccountVisit, bijou_account_visit_unref)

G_END_DECLS
