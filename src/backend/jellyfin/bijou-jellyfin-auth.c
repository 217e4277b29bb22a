#include "config.h"

#include "bijou-jellyfin-backend.h"
#include "bijou-jellyfin-discovery.h"
#include "bijou-jellyfin-parse.h"
#include "bijou-jellyfin-request.h"
#include "bijou-json.h"
#include "bijou-url.h"

#include <stdlib.h>
#include <string.h>

/* How long the server keeps a Quick Connect code, and how often one may ask. */
#define CODE_SECONDS 600
#define CODE_INTERVAL_MS 3000

/* The first version with the routes that take the user as a parameter. */
#define OLDEST_MAJOR 10
#define OLDEST_MINOR 9

/* A conversation with a server to which nobody is signed in yet. */
typedef struct
{
  BijouHttp *http;           /* (unowned) */
  const char *base_url;      /* (unowned) */
  char *device_id;           /* (owned) */
  char *authorization;       /* (owned) */
  BijouTrust *trust;         /* (unowned) (nullable) */
  BijouIdentity identity;    /* who answered */
  char *local_url;           /* (owned) (nullable) what the server thinks its address is */
  GCancellable *cancellable; /* (unowned) (nullable) */
} Visit;

static void
visit_init (Visit *visit,
            BijouHttp *http,
            const BijouClientInfo *client,
            const char *base_url,
            const char *token,
            GCancellable *cancellable)
{
  memset (visit, 0, sizeof *visit);
  visit->http = http;
  visit->base_url = base_url;
  visit->trust = client->trust;
  visit->device_id = g_strdup (client->client_id);
  visit->authorization = bijou_jellyfin_make_authorization (client, client->client_id, token);
  visit->cancellable = cancellable;
}

static void
visit_clear (Visit *visit)
{
  g_free (visit->device_id);
  g_free (visit->authorization);
  g_free (visit->local_url);
  bijou_identity_clear (&visit->identity);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Visit, visit_clear)

/* Returns an answer of any status. */
static BijouHttpResponse *
visit_send (Visit *visit, const char *method, const char *path, JsonBuilder *body, GError **error)
{
  g_autofree char *url = bijou_url_join (visit->base_url, path);
  g_autoptr (BijouHttpRequest) request =
      bijou_jellyfin_make_request (method, url, BIJOU_HTTP_API, visit->authorization);

  bijou_http_request_set_trust (request, visit->trust);
  if (body != NULL)
    bijou_jellyfin_set_json (request, body);
  return bijou_http_send (visit->http, request, visit->cancellable, error);
}

static gboolean
check_version (const char *version, GError **error)
{
  g_auto (GStrv) numbers = g_strsplit (version != NULL ? version : "", ".", 3);
  int major, minor;

  if (g_strv_length (numbers) < 2)
    return TRUE;
  major = atoi (numbers[0]);
  minor = atoi (numbers[1]);
  if (major == 0 || major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR))
    return TRUE;
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "Jellyfin %s is too old", version);
  return FALSE;
}

/* No password is sent before it is known that a Jellyfin server is there and ready. */
static gboolean
visit_identify (Visit *visit, GError **error)
{
  g_autoptr (BijouHttpResponse) response =
      visit_send (visit, "GET", BIJOU_JELLYFIN_PROBE_PATH, NULL, error);
  g_autoptr (JsonObject) object = NULL;

  if (response == NULL || !bijou_http_response_check (response, error))
    return FALSE;
  object = bijou_jellyfin_read_object (response, error);
  if (object == NULL || !bijou_jellyfin_parse_identity (object, &visit->identity, error))
    return FALSE;
  visit->local_url = bijou_json_dup_string (object, "LocalAddress");
  return check_version (visit->identity.version, error);
}

/* The server's own idea of its address may be of a container's network, so it only stands behind
 * the one that worked; and a token never goes in the clear where the user asked for https. */
static void
add_local_address (Visit *visit, BijouServer *server)
{
  BijouAddress *typed = g_ptr_array_index (server->addresses, 0);
  g_autofree char *url =
      visit->local_url != NULL ? bijou_address_normalise_url (visit->local_url) : NULL;

  if (url == NULL || g_str_equal (url, typed->url))
    return;
  if (g_str_has_prefix (typed->url, "https:") && !g_str_has_prefix (url, "https:"))
    return;
  g_ptr_array_add (server->addresses, bijou_address_new (url, BIJOU_ADDRESS_FROM_DISCOVERY));
}

static BijouSignedIn *
make_signed_in (Visit *visit, JsonObject *user, const char *token, GError **error)
{
  g_autofree char *user_id = bijou_jellyfin_normalise_id (bijou_json_get_string (user, "Id"));
  BijouSignedIn *signed_in;
  BijouServer *server;

  if (user_id == NULL || token == NULL || *token == '\0')
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The sign-in has no user or token");
      return NULL;
    }

  server = bijou_server_new ("jellyfin", visit->identity.server_id, visit->identity.name);
  server->version = g_strdup (visit->identity.version);
  server->user_id = g_steal_pointer (&user_id);
  server->user_name = bijou_json_dup_string (user, "Name");
  server->client_id = g_strdup (visit->device_id);
  g_ptr_array_add (server->addresses, bijou_address_new (visit->base_url, BIJOU_ADDRESS_FROM_USER));
  add_local_address (visit, server);

  signed_in = g_new0 (BijouSignedIn, 1);
  signed_in->server = server;
  signed_in->token = g_strdup (token);
  signed_in->owned =
      bijou_json_get_boolean (bijou_json_get_object (user, "Policy"), "IsAdministrator", FALSE);
  return signed_in;
}

/* 401 is a wrong name or password; 403 an account that is disabled, locked or not let in now. */
static BijouSignedIn *
read_authentication (Visit *visit, BijouHttpResponse *response, GError **error)
{
  g_autoptr (JsonObject) object = NULL;

  if (bijou_http_response_get_status (response) == 401)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED,
                   "The name or the password is not accepted");
      return NULL;
    }
  if (!bijou_http_response_check (response, error))
    return NULL;
  object = bijou_jellyfin_read_object (response, error);
  if (object == NULL)
    return NULL;
  return make_signed_in (visit, bijou_json_get_object (object, "User"),
                         bijou_json_get_string (object, "AccessToken"), error);
}

static JsonBuilder *
make_body (const char *first, const char *first_value, const char *second, const char *second_value)
{
  JsonBuilder *body = json_builder_new ();

  json_builder_begin_object (body);
  json_builder_set_member_name (body, first);
  json_builder_add_string_value (body, first_value);
  if (second != NULL)
    {
      json_builder_set_member_name (body, second);
      json_builder_add_string_value (body, second_value);
    }
  json_builder_end_object (body);
  return body;
}

static BijouSignedIn *
sign_in_password (BijouHttp *http,
                  const BijouClientInfo *client,
                  const char *base_url,
                  const char *user,
                  const char *password,
                  GCancellable *cancellable,
                  GError **error)
{
  g_auto (Visit) visit;
  g_autoptr (JsonBuilder) body =
      make_body ("Username", user, "Pw", password != NULL ? password : "");
  g_autoptr (BijouHttpResponse) response = NULL;

  visit_init (&visit, http, client, base_url, NULL, cancellable);
  if (!visit_identify (&visit, error))
    return NULL;
  response = visit_send (&visit, "POST", "/Users/AuthenticateByName", body, error);
  return response != NULL ? read_authentication (&visit, response, error) : NULL;
}

/* A key made for programs belongs to no user (400), and a user may be gone while its token is not
 * (404). */
static gboolean
check_me (BijouHttpResponse *response, GError **error)
{
  guint status = bijou_http_response_get_status (response);

  if (status == 400)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "The token belongs to no user");
  else if (status == 401 || status == 404)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "The token is not accepted");
  else
    return bijou_http_response_check (response, error);
  return FALSE;
}

static BijouSignedIn *
sign_in_token (BijouHttp *http,
               const BijouClientInfo *client,
               const char *base_url,
               const char *token,
               GCancellable *cancellable,
               GError **error)
{
  g_auto (Visit) visit;
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autoptr (JsonObject) user = NULL;

  visit_init (&visit, http, client, base_url, token, cancellable);
  if (!visit_identify (&visit, error))
    return NULL;
  response = visit_send (&visit, "GET", "/Users/Me", NULL, error);
  if (response == NULL || !check_me (response, error))
    return NULL;
  user = bijou_jellyfin_read_object (response, error);
  return user != NULL ? make_signed_in (&visit, user, token, error) : NULL;
}

static BijouSignInCode *
make_code (const char *base_url, JsonObject *object, GError **error)
{
  const char *digits = bijou_json_get_string (object, "Code");
  const char *secret = bijou_json_get_string (object, "Secret");
  BijouSignInCode *code;

  if (digits == NULL || *digits == '\0' || secret == NULL || *secret == '\0')
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The answer holds no code");
      return NULL;
    }

  code = g_new0 (BijouSignInCode, 1);
  code->code = g_strdup (digits);
  code->secret = g_strdup (secret);
  code->browser_url = g_strconcat (base_url, "/web/#/quickconnect?code=", digits, NULL);
  code->expires_at = g_get_real_time () / G_USEC_PER_SEC + CODE_SECONDS;
  code->interval_ms = CODE_INTERVAL_MS;
  return code;
}

static BijouSignInCode *
begin_code (BijouHttp *http,
            const BijouClientInfo *client,
            const char *base_url,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (Visit) visit;
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autoptr (JsonObject) object = NULL;

  visit_init (&visit, http, client, base_url, NULL, cancellable);
  if (!visit_identify (&visit, error))
    return NULL;
  response = visit_send (&visit, "POST", "/QuickConnect/Initiate", NULL, error);
  if (response == NULL)
    return NULL;
  if (bijou_http_response_get_status (response) == 401)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED,
                   "Quick Connect is switched off on this server");
      return NULL;
    }
  if (!bijou_http_response_check (response, error))
    return NULL;
  object = bijou_jellyfin_read_object (response, error);
  return object != NULL ? make_code (base_url, object, error) : NULL;
}

/* -1 an error, 0 not yet, 1 confirmed. */
static int
ask_confirmed (Visit *visit, const char *secret, GError **error)
{
  BijouQuery *query = bijou_query_new ("/QuickConnect/Connect");
  g_autofree char *path = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autoptr (JsonObject) object = NULL;

  bijou_query_add (query, "secret", secret);
  path = bijou_query_end (query);
  response = visit_send (visit, "GET", path, NULL, error);
  if (response == NULL || !bijou_http_response_check (response, error))
    return -1;
  object = bijou_jellyfin_read_object (response, error);
  if (object == NULL)
    return -1;
  return bijou_json_get_boolean (object, "Authenticated", FALSE) ? 1 : 0;
}

static GPtrArray *
poll_code (BijouHttp *http,
           const BijouClientInfo *client,
           const char *base_url,
           const BijouSignInCode *code,
           char **account_token,
           GCancellable *cancellable,
           GError **error)
{
  g_auto (Visit) visit;
  g_autoptr (JsonBuilder) body = make_body ("Secret", code->secret, NULL, NULL);
  g_autoptr (BijouHttpResponse) response = NULL;
  BijouSignedIn *signed_in;
  GPtrArray *found;

  visit_init (&visit, http, client, base_url, NULL, cancellable);
  if (ask_confirmed (&visit, code->secret, error) <= 0)
    return NULL;
  if (!visit_identify (&visit, error))
    return NULL;
  response = visit_send (&visit, "POST", "/Users/AuthenticateWithQuickConnect", body, error);
  if (response == NULL)
    return NULL;
  signed_in = read_authentication (&visit, response, error);
  if (signed_in == NULL)
    return NULL;

  found = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_signed_in_free);
  g_ptr_array_add (found, signed_in);
  return found;
}

/**
 * bijou_jellyfin_get_type_info:
 *
 * Returns: (transfer none): what Jellyfin is to the registry
 */
const BijouBackendType *
bijou_jellyfin_get_type_info (void)
{
  static const BijouBackendType type = {
    .id = "jellyfin",
    .title = "Jellyfin",
    .probe = {
      .path = BIJOU_JELLYFIN_PROBE_PATH,
      .accept = "application/json",
      .parse = bijou_jellyfin_parse_probe,
    },
    .default_port = 8096,
    .discovery = {
      .backend = "jellyfin",
      .port = BIJOU_JELLYFIN_DISCOVERY_PORT,
      .query = BIJOU_JELLYFIN_DISCOVERY_QUERY,
      .parse = bijou_jellyfin_parse_discovery,
    },
    .sign_in_password = sign_in_password,
    .sign_in_token = sign_in_token,
    .begin_code = begin_code,
    .poll_code = poll_code,
    .create = bijou_jellyfin_backend_new,
  };

  return &type;
}
