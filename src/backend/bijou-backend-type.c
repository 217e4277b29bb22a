#include "config.h"

#include "bijou-backend-type.h"

/**
 * bijou_signed_in_free:
 * @self: (transfer full): a server that someone signed in to
 */
void
bijou_signed_in_free (BijouSignedIn *self)
{
  g_clear_object (&self->server);
  g_free (self->token);
  g_free (self->owner);
  g_clear_pointer (&self->trust, bijou_trust_unref);
  g_free (self);
}

/**
 * bijou_sign_in_code_free:
 * @self: (transfer full): a code
 */
void
bijou_sign_in_code_free (BijouSignInCode *self)
{
  g_free (self->code);
  g_free (self->browser_url);
  g_free (self->link_text);
  g_free (self->secret);
  g_free (self);
}

/**
 * bijou_account_user_free:
 * @self: (transfer full): a user
 */
void
bijou_account_user_free (BijouAccountUser *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->picture);
  g_free (self);
}
