#include "config.h"

#include "bijou-plex-auth.h"

#include "bijou-json.h"
#include "bijou-plex-client.h"
#include "bijou-plex-parse.h"
#include "bijou-text.h"
#include "bijou-url.h"

#include <string.h>

#define AUTH_PAGE "https://app.plex.tv/auth#?"
#define LINK_TEXT "plex.tv/link"
#define POLL_INTERVAL_MS 2000
#define DEFAULT_LIFETIME_S (15 * 60)

typedef struct
{
  char *id;
  char *code;
  gint64 expires_at;
} Pin;

static void
pin_clear (Pin *pin)
{
  g_clear_pointer (&pin->id, g_free);
  g_clear_pointer (&pin->code, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Pin, pin_clear)

/* The clocks may differ, so the time that is left counts before the time of the end. */
static gint64
get_expiry (JsonObject *object)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 left = bijou_json_get_int (object, "expiresIn", 0);
  gint64 end = bijou_text_parse_time (bijou_json_get_string (object, "expiresAt"));

  if (left > 0 && left < G_MAXINT32)
    return now + left;
  return end > 0 ? end : now + DEFAULT_LIFETIME_S;
}

static gboolean
make_pin (BijouHttp *http,
          const BijouClientInfo *client,
          const char *base_url,
          const char *path,
          Pin *pin,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (JsonNode) root =
      bijou_plex_account_call (http, client, base_url, "POST", path, NULL, cancellable, error);
  JsonObject *object;

  if (root == NULL)
    return FALSE;
  object = JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  pin->id = bijou_json_dup_text (object, "id");
  pin->code = bijou_json_dup_text (object, "code");
  pin->expires_at = get_expiry (object);
  if (pin->id != NULL && pin->code != NULL)
    return TRUE;

  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The PIN has no identifier or code");
  return FALSE;
}

static void
add_field (GString *url, const char *name, const char *value)
{
  g_autofree char *clean = bijou_plex_sanitise_header (value);

  if (clean == NULL)
    return;
  if (!g_str_has_suffix (url->str, "?"))
    g_string_append_c (url, '&');
  g_string_append_uri_escaped (url, name, NULL, FALSE);
  g_string_append_c (url, '=');
  g_string_append_uri_escaped (url, clean, NULL, FALSE);
}

/* Everything is in the fragment, brackets escaped. */
static char *
make_browser_url (const BijouClientInfo *client, const char *code)
{
  GString *url = g_string_new (AUTH_PAGE);

  add_field (url, "clientID", client->client_id);
  add_field (url, "code", code);
  add_field (url, "context[device][product]", BIJOU_PLEX_PRODUCT);
  add_field (url, "context[device][version]", client->version);
  add_field (url, "context[device][platform]", "Linux");
  add_field (url, "context[device][device]", "Linux");
  add_field (url, "context[device][deviceName]", client->device_name);
  return g_string_free (url, FALSE);
}

/**
 * bijou_plex_begin_code:
 * @http: the client
 * @client: how this installation names itself
 * @base_url: the account service
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * POST /api/v2/pins, twice: a short code for typing at plex.tv/link and a strong one, which cannot
 * be typed, for the browser. Without the strong one there is no browser page.
 *
 * Returns: (transfer full) (nullable): what to show and to poll with
 */
BijouSignInCode *
bijou_plex_begin_code (BijouHttp *http,
                       const BijouClientInfo *client,
                       const char *base_url,
                       GCancellable *cancellable,
                       GError **error)
{
  g_auto (Pin) typed = { NULL };
  g_auto (Pin) strong = { NULL };
  g_autoptr (GError) local = NULL;
  BijouSignInCode *code;

  if (!make_pin (http, client, base_url, "/api/v2/pins", &typed, cancellable, error))
    return NULL;
  if (!make_pin (http, client, base_url, "/api/v2/pins?strong=true", &strong, cancellable, &local))
    {
      if (bijou_error_is_cancelled (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      g_info ("No sign-in in the browser: %s", local->message);
      pin_clear (&strong);
    }

  code = g_new0 (BijouSignInCode, 1);
  code->code = g_strdup (typed.code);
  code->link_text = g_strdup (LINK_TEXT);
  code->browser_url = strong.code != NULL ? make_browser_url (client, strong.code) : NULL;
  code->secret = g_strjoin (",", typed.id, strong.id, NULL);
  code->expires_at =
      strong.code != NULL ? MIN (typed.expires_at, strong.expires_at) : typed.expires_at;
  code->interval_ms = POLL_INTERVAL_MS;
  return code;
}

/* A network that fails, or a service that asks for patience, is no answer: the next poll may be. */
static gboolean
is_temporary (const GError *error)
{
  return bijou_error_is_transport (error) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_RATE_LIMITED);
}

/* GET /api/v2/pins/{id}: the token; %NULL without an error: not yet */
static char *
poll_pin (BijouHttp *http,
          const BijouClientInfo *client,
          const char *base_url,
          const char *id,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/api/v2/pins/", escaped, NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) root =
      bijou_plex_account_call (http, client, base_url, "GET", path, NULL, cancellable, &local);

  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return bijou_json_dup_string (json_node_get_object (root), "authToken");
  if (local != NULL && !is_temporary (local))
    g_propagate_error (error, g_steal_pointer (&local));
  else if (local != NULL)
    g_info ("The sign-in is asked for again: %s", local->message);
  return NULL;
}

static char *
poll_pins (BijouHttp *http,
           const BijouClientInfo *client,
           const char *base_url,
           const char *secret,
           GCancellable *cancellable,
           GError **error)
{
  g_auto (GStrv) ids = g_strsplit (secret, ",", -1);
  guint n_expired = 0;

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autoptr (GError) local = NULL;
      char *token = poll_pin (http, client, base_url, ids[i], cancellable, &local);

      if (token != NULL)
        return token;
      if (g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
        n_expired++;
      else if (local != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
    }
  if (n_expired == g_strv_length (ids))
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The code has expired");
  return NULL;
}

/**
 * bijou_plex_poll_code:
 * @http: the client
 * @client: the same as at the beginning: a PIN belongs to its client identifier
 * @base_url: the account service
 * @code: what bijou_plex_begin_code() returned
 * @account_token: (out) (optional): the token of the account
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: (transfer full) (element-type BijouSignedIn) (nullable): the servers of the account;
 *   %NULL without an error when nobody has confirmed yet, %BIJOU_ERROR_NOT_FOUND when the code has
 *   expired
 */
GPtrArray *
bijou_plex_poll_code (BijouHttp *http,
                      const BijouClientInfo *client,
                      const char *base_url,
                      const BijouSignInCode *code,
                      char **account_token,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autofree char *token = poll_pins (http, client, base_url, code->secret, cancellable, error);
  g_autoptr (GError) local = NULL;
  GPtrArray *servers;

  if (token == NULL)
    return NULL;

  servers =
      bijou_plex_list_account_servers (http, client, base_url, token, NULL, cancellable, &local);
  if (servers != NULL && account_token != NULL)
    *account_token = g_steal_pointer (&token);
  else if (servers == NULL && !is_temporary (local))
    g_propagate_error (error, g_steal_pointer (&local));
  return servers;
}

static gboolean
identify (BijouHttp *http,
          const BijouClientInfo *client,
          const char *base_url,
          const char *path,
          const char *token,
          BijouIdentity *identity,
          char **user_name,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree char *url = bijou_url_join (base_url, path);
  g_autoptr (BijouHttpRequest) request =
      bijou_plex_request_new (client, "GET", url, BIJOU_HTTP_API, BIJOU_PLEX_PLATFORM_LINUX, token);
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autoptr (JsonNode) root = NULL;

  bijou_http_request_set_trust (request, client->trust);
  response = bijou_http_send (http, request, cancellable, error);
  if (response == NULL || !bijou_plex_parse_identity (response, identity, error))
    return FALSE;
  if (user_name != NULL)
    {
      root = bijou_plex_parse_response (response, NULL);
      *user_name = bijou_json_dup_text (root != NULL ? bijou_plex_get_container (root) : NULL,
                                        "myPlexUsername");
    }
  return TRUE;
}

static BijouSignedIn *
make_signed_in (const BijouIdentity *identity,
                const char *user_name,
                const char *base_url,
                const char *client_id,
                const char *token)
{
  BijouSignedIn *signed_in = g_new0 (BijouSignedIn, 1);
  BijouServer *server =
      bijou_server_new (BIJOU_PLEX_BACKEND_ID, identity->server_id, identity->name);

  server->version = g_strdup (identity->version);
  server->user_name = g_strdup (user_name);
  server->client_id = g_strdup (client_id);
  g_ptr_array_add (server->addresses, bijou_address_new (base_url, BIJOU_ADDRESS_FROM_USER));
  signed_in->server = server;
  signed_in->token = g_strdup (token);
  signed_in->owned = TRUE;
  return signed_in;
}

/**
 * bijou_plex_sign_in_token:
 * @http: the client
 * @client: how this installation names itself
 * @base_url: the server
 * @token: a token for it
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Asks who is there without the token first (GET /identity), then whether the token is good (GET
 * /).
 *
 * Returns: (transfer full) (nullable): the server with this one address
 */
BijouSignedIn *
bijou_plex_sign_in_token (BijouHttp *http,
                          const BijouClientInfo *client,
                          const char *base_url,
                          const char *token,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autofree char *url = bijou_address_normalise_url (base_url);
  g_autofree char *user_name = NULL;
  BijouIdentity open = { NULL };
  BijouIdentity known = { NULL };
  BijouSignedIn *signed_in = NULL;

  if (url == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "This is no address");
      return NULL;
    }
  if (identify (http, client, url, "/identity", NULL, &open, NULL, cancellable, error) &&
      identify (http, client, url, "/", token, &known, &user_name, cancellable, error))
    {
      if (strcmp (open.server_id, known.server_id) == 0)
        signed_in = make_signed_in (&known, user_name, url, client->client_id, token);
      else
        g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER, "Two servers at one address");
    }
  bijou_identity_clear (&open);
  bijou_identity_clear (&known);
  return signed_in;
}
