#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BijouAccount:
 * An account that servers come with. Its token is not here: it lives in the secrets.
 */
typedef struct
{
  char *id;         /* (owned) who signed in */
  char *backend;    /* (owned) */
  char *name;       /* (owned) (nullable) of who signed in */
  char *client_id;  /* (owned) the device identifier that its token is bound to */
  char *home_user;  /* (owned) (nullable) who of its home is at it; NULL: who signed in */
  gint64 listed_at; /* seconds since 1970 when its servers were listed, 0 never */
} BijouAccount;

BijouAccount *bijou_account_new (const char *backend, const char *id, const char *name);
BijouAccount *bijou_account_copy (const BijouAccount *self);
void bijou_account_free (BijouAccount *self);
const char *bijou_account_get_user (const BijouAccount *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouAccount, bijou_account_free)

G_END_DECLS
