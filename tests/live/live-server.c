#include "config.h"

#include "live.h"

#include <string.h>

/* Not made anew for each run, so that a server's list of devices does not grow. */
static const BijouClientInfo client = { "bijou-live-test", "bijou-live-test", PACKAGE_VERSION };

gboolean
live_identify (Live *self, const char *address)
{
  g_autofree char *url = bijou_address_normalise_url (address);
  g_autoptr (GError) error = NULL;
  BijouIdentity identity = { NULL };

  if (url == NULL)
    return live_check (self, FALSE, "address", "one such as https://server:8096", "%s", address);
  self->type = bijou_backend_type_identify (self->http, url, NULL, &identity, &self->url,
                                            self->cancellable, &error);
  if (self->type == NULL)
    return live_check_done (self, FALSE, "identify", error);
  live_check (self, identity.version != NULL, "identify", "a version", "%s %s, %s, at %s",
              self->type->title, identity.version != NULL ? identity.version : "of no version",
              identity.name != NULL ? identity.name : "does not tell its name", self->url);
  live_check (self, identity.server_id != NULL && strlen (identity.server_id) >= 8,
              "identify: the server's identifier", "at least 8 characters", "%s",
              identity.server_id != NULL ? identity.server_id : "none");
  self->server_id = g_strdup (identity.server_id);
  bijou_identity_clear (&identity);
  return TRUE;
}

/* A wrong password must be told apart from a server that does not answer. */
static void
try_wrong_password (Live *self, const char *user)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *wrong = g_uuid_string_random ();
  g_autoptr (BijouSignedIn) signed_in = self->type->sign_in_password (
      self->http, &client, self->url, user, wrong, self->cancellable, &error);

  live_check_error (self, "sign-in (wrong password)", "to be refused as such",
                    BIJOU_ERROR_UNAUTHORISED, error);
}

static void
try_wrong_token (Live *self)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *wrong = g_uuid_string_random ();
  g_autoptr (BijouSignedIn) signed_in =
      self->type->sign_in_token (self->http, &client, self->url, wrong, self->cancellable, &error);

  if (signed_in != NULL)
    live_skip (self, "sign-in (wrong token)",
               "the server accepts any from here; is there a list of addresses without sign-in?");
  else
    live_check_error (self, "sign-in (wrong token)", "to be refused as such",
                      BIJOU_ERROR_UNAUTHORISED, error);
}

static BijouSignedIn *
ask_for_sign_in (Live *self, const char *user, const char *secret, GError **error)
{
  if (user == NULL)
    return self->type->sign_in_token (self->http, &client, self->url, secret, self->cancellable,
                                      error);
  if (self->type->sign_in_password != NULL)
    return self->type->sign_in_password (self->http, &client, self->url, user, secret,
                                         self->cancellable, error);
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE,
               "%s takes no password; leave --user out and give a token", self->type->title);
  return NULL;
}

/* The store keeps rows of known servers only. */
static gboolean
keep_server (Live *self, BijouServer *server)
{
  g_autoptr (GError) error = NULL;

  if (server->addresses->len == 0)
    g_ptr_array_add (server->addresses, bijou_address_new (self->url, BIJOU_ADDRESS_FROM_USER));
  if (bijou_store_save_server (self->store, server, &error))
    return TRUE;
  return live_check_done (self, FALSE, "sign-in: the server's row here", error);
}

gboolean
live_sign_in (Live *self, const char *user, const char *secret)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSignedIn) signed_in = NULL;

  if (*secret != '\0')
    g_ptr_array_add (self->secrets, g_strdup (secret));
  if (user != NULL && self->type->sign_in_password != NULL)
    try_wrong_password (self, user);
  else if (user == NULL)
    try_wrong_token (self);
  signed_in = ask_for_sign_in (self, user, secret, &error);
  if (signed_in == NULL)
    return live_check_done (self, FALSE, "sign-in", error);

  g_ptr_array_add (self->secrets, g_strdup (signed_in->token));
  self->own_token = user != NULL;
  self->backend = self->type->create (self->http, &client, signed_in->server, signed_in->token);
  live_check (self, g_strcmp0 (signed_in->server->id, self->server_id) == 0, "sign-in",
              "the server that was identified", "as %s at %s, %s",
              signed_in->server->user_name != NULL ? signed_in->server->user_name : "somebody",
              signed_in->server->name, signed_in->server->id);
  if (!live_check_done (self, bijou_backend_check_token (self->backend, self->cancellable, &error),
                        "sign-in: a request with it", error))
    return FALSE;
  return keep_server (self, signed_in->server);
}

void
live_sign_out (Live *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) after = NULL;

  if (self->backend == NULL)
    return;
  if (!self->own_token)
    {
      live_skip (self, "sign-out", "the token was given, others may use it");
      return;
    }
  if (!live_check_done (self, bijou_backend_sign_out (self->backend, NULL, &error), "sign-out",
                        error))
    return;
  bijou_backend_check_token (self->backend, NULL, &after);
  live_check (self, g_error_matches (after, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED),
              "sign-out: a request afterwards", "to be refused", "%s",
              after != NULL ? after->message : "it still works");
}
