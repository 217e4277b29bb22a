#include "config.h"

#include "bijou-plex-auth.h"

#include "bijou-json.h"
#include "bijou-plex-client.h"

/* Who is signed in at plex.tv, and the others of the same Home. */

static BijouAccountUser *
parse_user (JsonObject *object)
{
  BijouAccountUser *user;
  g_autofree char *id = bijou_json_dup_text (object, "uuid");

  if (id == NULL)
    id = bijou_json_dup_text (object, "id");
  if (id == NULL)
    return NULL;

  user = g_new0 (BijouAccountUser, 1);
  user->name = bijou_json_dup_text (object, "title");
  if (user->name == NULL)
    user->name = bijou_json_dup_text (object, "username");
  if (user->name == NULL)
    user->name = g_strdup (id);
  user->id = g_steal_pointer (&id);
  user->picture = bijou_json_dup_text (object, "thumb");
  user->restricted = bijou_json_get_boolean (object, "restricted", FALSE);
  user->needs_pin = bijou_json_get_boolean (object, "protected", FALSE);
  user->has_home = bijou_json_get_boolean (object, "home", FALSE);
  user->admin = bijou_json_get_boolean (object, "admin", FALSE) ||
                bijou_json_get_boolean (object, "homeAdmin", FALSE);
  return user;
}

/**
 * bijou_plex_fetch_account_user:
 * @http: the client
 * @client: how this installation names itself
 * @base_url: the account service
 * @account_token: the token of the account
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * GET /api/v2/user
 *
 * Returns: (transfer full) (nullable): who the token belongs to
 */
BijouAccountUser *
bijou_plex_fetch_account_user (BijouHttp *http,
                               const BijouClientInfo *client,
                               const char *base_url,
                               const char *account_token,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autoptr (JsonNode) root = bijou_plex_account_call (
      http, client, base_url, "GET", "/api/v2/user", account_token, cancellable, error);
  BijouAccountUser *user = NULL;

  if (root == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (root))
    user = parse_user (json_node_get_object (root));
  if (user == NULL)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The account has no identifier");
  return user;
}

/**
 * bijou_plex_list_home_users:
 * @http: the client
 * @client: how this installation names itself
 * @base_url: the account service
 * @account_token: the token of the account
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * GET /api/v2/home/users
 *
 * Returns: (transfer full) (element-type BijouAccountUser) (nullable): everybody of the Home; empty
 *   when the account is in none
 */
GPtrArray *
bijou_plex_list_home_users (BijouHttp *http,
                            const BijouClientInfo *client,
                            const char *base_url,
                            const char *account_token,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) root = bijou_plex_account_call (
      http, client, base_url, "GET", "/api/v2/home/users", account_token, cancellable, &local);
  g_autoptr (GPtrArray) objects = NULL;
  GPtrArray *users;

  if (root == NULL && !g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  users = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_account_user_free);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return users;
  objects = bijou_json_get_objects (json_node_get_object (root), "users");
  for (guint i = 0; i < objects->len; i++)
    {
      BijouAccountUser *user = parse_user (g_ptr_array_index (objects, i));

      if (user != NULL)
        g_ptr_array_add (users, user);
    }
  return users;
}

/**
 * bijou_plex_switch_home_user:
 * @http: the client
 * @client: how this installation names itself
 * @base_url: the account service
 * @account_token: the token of somebody of the same Home
 * @user_id: who is switched to
 * @pin: (nullable): their PIN
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * POST /api/v2/home/users/{uuid}/switch, once: the service counts wrong PINs. The servers are to be
 * listed anew with the token that comes back.
 *
 * Returns: (transfer full) (nullable): the account's token as that user, or %NULL with
 *   %BIJOU_ERROR_FORBIDDEN when the PIN is not right
 */
char *
bijou_plex_switch_home_user (BijouHttp *http,
                             const BijouClientInfo *client,
                             const char *base_url,
                             const char *account_token,
                             const char *user_id,
                             const char *pin,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autofree char *id = g_uri_escape_string (user_id, NULL, FALSE);
  g_autofree char *code = g_uri_escape_string (pin != NULL ? pin : "", NULL, FALSE);
  g_autofree char *path =
      g_strdup_printf ("/api/v2/home/users/%s/switch%s%s", id, *code != '\0' ? "?pin=" : "", code);
  g_autoptr (JsonNode) root = bijou_plex_account_call (http, client, base_url, "POST", path,
                                                       account_token, cancellable, error);
  char *token = NULL;

  if (root == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (root))
    token = bijou_json_dup_string (json_node_get_object (root), "authToken");
  if (token == NULL)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The switch gave no token");
  return token;
}
