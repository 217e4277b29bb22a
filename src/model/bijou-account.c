#include "config.h"

#include "bijou-account.h"

/**
 * bijou_account_new:
 * @backend: the protocol
 * @id: the account's identifier
 * @name: (nullable): of who signed in
 *
 * Returns: (transfer full): an account
 */
BijouAccount *
bijou_account_new (const char *backend, const char *id, const char *name)
{
  BijouAccount *self = g_new0 (BijouAccount, 1);

  self->backend = g_strdup (backend);
  self->id = g_strdup (id);
  self->name = g_strdup (name);
  return self;
}

/**
 * bijou_account_copy:
 * @self: an account
 *
 * Returns: (transfer full): a copy
 */
BijouAccount *
bijou_account_copy (const BijouAccount *self)
{
  BijouAccount *copy = bijou_account_new (self->backend, self->id, self->name);

  copy->client_id = g_strdup (self->client_id);
  copy->home_user = g_strdup (self->home_user);
  copy->listed_at = self->listed_at;
  return copy;
}

/**
 * bijou_account_free:
 * @self: (transfer full): an account
 */
void
bijou_account_free (BijouAccount *self)
{
  g_free (self->id);
  g_free (self->backend);
  g_free (self->name);
  g_free (self->client_id);
  g_free (self->home_user);
  g_free (self);
}

/**
 * bijou_account_get_user:
 * @self: an account
 *
 * Returns: (transfer none): the identifier of who is at it
 */
const char *
bijou_account_get_user (const BijouAccount *self)
{
  return self->home_user != NULL ? self->home_user : self->id;
}
