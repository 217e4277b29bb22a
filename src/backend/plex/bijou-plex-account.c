#include "config.h"

#include "bijou-plex-auth.h"

#include "bijou-json.h"
#include "bijou-plex-client.h"
#include "bijou-url.h"

#include <string.h>

#define PLEX_TV "https://plex.tv"
/* Answers the same calls; asked only when nothing gets through to the first. */
#define PLEX_TV_MIRROR "https://clients.plex.tv"

static BijouHttpResponse *
send_call (BijouHttp *http,
           const BijouClientInfo *client,
           const char *base_url,
           const char *method,
           const char *path,
           const char *token,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree char *url = bijou_url_join (base_url, path);
  g_autoptr (BijouHttpRequest) request = bijou_plex_request_new (
      client, method, url, BIJOU_HTTP_API, BIJOU_PLEX_PLATFORM_LINUX, token);

  return bijou_http_send (http, request, cancellable, error);
}

static BijouHttpResponse *
send_account_call (BijouHttp *http,
                   const BijouClientInfo *client,
                   const char *base_url,
                   const char *method,
                   const char *path,
                   const char *token,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (GError) local = NULL;
  BijouHttpResponse *response =
      send_call (http, client, base_url, method, path, token, cancellable, &local);

  if (response == NULL && bijou_error_is_transport (local) && strcmp (base_url, PLEX_TV) == 0)
    return send_call (http, client, PLEX_TV_MIRROR, method, path, token, cancellable, error);
  if (response == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return response;
}

/**
 * bijou_plex_account_call:
 * @http: the client
 * @client: how this installation names itself
 * @base_url: `https://plex.tv`, or what stands in for it in a test
 * @method: "GET", "POST", …
 * @path: path and query below it
 * @token: (nullable): the token of the account
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the JSON, which is not wrapped as a server's is
 */
JsonNode *
bijou_plex_account_call (BijouHttp *http,
                         const BijouClientInfo *client,
                         const char *base_url,
                         const char *method,
                         const char *path,
                         const char *token,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (BijouHttpResponse) response =
      send_account_call (http, client, base_url, method, path, token, cancellable, error);

  return response != NULL ? bijou_plex_parse_response (response, error) : NULL;
}

static void
add_address (GPtrArray *addresses, const char *text, BijouAddressClass address_class)
{
  g_autofree char *url = text != NULL ? bijou_address_normalise_url (text) : NULL;
  BijouAddress *address;

  if (url == NULL || bijou_address_find (addresses, url) != NULL)
    return;
  address = bijou_address_new (url, BIJOU_ADDRESS_FROM_ACCOUNT);
  address->address_class = address_class;
  g_ptr_array_add (addresses, address);
}

/* Addresses at which nobody can be met. This machine's own is none of them: the server may run on
 * it, and whoever answers is asked for its identity before the token is sent. */
static gboolean
is_senseless (const char *host)
{
  g_autoptr (GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  return address != NULL &&
         (g_inet_address_get_is_any (address) || g_inet_address_get_is_link_local (address));
}

/* Where a router hides private answers of the name service, plain http to the same address is the
 * way; only inside the local network, because the token is readable on it. */
static void
add_plain_fallback (GPtrArray *addresses, JsonObject *connection)
{
  const char *host = bijou_json_get_string (connection, "address");
  gint64 port = bijou_json_get_int (connection, "port", 0);
  gboolean bracketed = host != NULL && strchr (host, ':') != NULL;
  g_autofree char *url = NULL;

  if (host == NULL || *host == '\0' || port <= 0 || port > G_MAXUINT16)
    return;
  url = g_strdup_printf (bracketed ? "http://[%s]:%d" : "http://%s:%d", host, (int) port);
  if (bijou_address_class_from_url (url) == BIJOU_ADDRESS_LAN)
    add_address (addresses, url, BIJOU_ADDRESS_LAN);
}

static void
add_connection (BijouServer *server, JsonObject *connection, gboolean local_allowed)
{
  const char *uri = bijou_json_get_string (connection, "uri");
  gboolean local = bijou_json_get_boolean (connection, "local", FALSE);
  gboolean relay = bijou_json_get_boolean (connection, "relay", FALSE);
  gboolean plain = uri != NULL && g_str_has_prefix (uri, "http://");

  if (is_senseless (bijou_json_get_string (connection, "address")) || (local && !local_allowed))
    return;

  if (!plain || !server->https_required)
    add_address (server->addresses, uri,
                 relay   ? BIJOU_ADDRESS_RELAY
                 : local ? BIJOU_ADDRESS_LAN
                         : BIJOU_ADDRESS_DIRECT);
  if (local && !relay && !server->https_required)
    add_plain_fallback (server->addresses, connection);
}

static gboolean
provides_server (JsonObject *resource)
{
  const char *provides = bijou_json_get_string (resource, "provides");
  g_auto (GStrv) words = g_strsplit (provides != NULL ? provides : "", ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (strcmp (g_strstrip (words[i]), "server") == 0)
      return TRUE;
  return FALSE;
}

static BijouServer *
parse_server (JsonObject *resource, const char *id, const char *client_id)
{
  g_autofree char *name = bijou_json_dup_text (resource, "name");
  g_autoptr (GPtrArray) connections = bijou_json_get_objects (resource, "connections");
  BijouServer *server = bijou_server_new (BIJOU_PLEX_BACKEND_ID, id, name);
  /* "Local" is the server's word: it means something only where both are in the same network. */
  gboolean local_allowed = bijou_json_get_boolean (resource, "owned", FALSE) ||
                           bijou_json_get_boolean (resource, "publicAddressMatches", FALSE);

  server->version = bijou_json_dup_text (resource, "productVersion");
  server->client_id = g_strdup (client_id);
  server->https_required = bijou_json_get_boolean (resource, "httpsRequired", FALSE);
  for (guint i = 0; i < connections->len; i++)
    add_connection (server, g_ptr_array_index (connections, i), local_allowed);
  return server;
}

/**
 * bijou_plex_parse_resource:
 * @resource: an element of `GET /api/v2/resources`
 * @client_id: the device identifier that the tokens are bound to
 * @account_token: the token of the account, for servers of its own that name none
 *
 * Returns: (transfer full) (nullable): the server; %NULL for players and for servers that there is
 *   no token for
 */
BijouSignedIn *
bijou_plex_parse_resource (JsonObject *resource, const char *client_id, const char *account_token)
{
  g_autofree char *id = bijou_json_dup_text (resource, "clientIdentifier");
  const char *token = bijou_json_get_string (resource, "accessToken");
  gboolean owned = bijou_json_get_boolean (resource, "owned", FALSE);
  BijouSignedIn *signed_in;

  if (!provides_server (resource) || id == NULL)
    return NULL;
  if ((token == NULL || *token == '\0') && owned)
    token = account_token;
  if (token == NULL || *token == '\0')
    return NULL;

  signed_in = g_new0 (BijouSignedIn, 1);
  signed_in->server = parse_server (resource, id, client_id);
  signed_in->token = g_strdup (token);
  signed_in->owned = owned || bijou_json_get_boolean (resource, "home", FALSE);
  signed_in->owner = bijou_json_dup_text (resource, "sourceTitle");
  return signed_in;
}

static GPtrArray *
collect_servers (JsonNode *root,
                 const char *client_id,
                 const char *account_token,
                 const char *account_id,
                 const char *user_name)
{
  GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_signed_in_free);
  g_autoptr (GPtrArray) resources = bijou_json_node_get_objects (root);

  for (guint i = 0; i < resources->len; i++)
    {
      BijouSignedIn *signed_in =
          bijou_plex_parse_resource (g_ptr_array_index (resources, i), client_id, account_token);

      if (signed_in == NULL)
        continue;
      signed_in->server->account_id = g_strdup (account_id);
      signed_in->server->user_id = g_strdup (account_id);
      signed_in->server->user_name = g_strdup (user_name);
      g_ptr_array_add (servers, signed_in);
    }
  return servers;
}

/**
 * bijou_plex_list_account_servers:
 * @http: the client
 * @client: how this installation names itself
 * @base_url: the account service
 * @account_token: the token of the account
 * @account_id: (out) (optional): the identifier of the account
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * GET /api/v2/resources: the servers of the account and those shared with it, also those that are
 * offline; each has a token of its own.
 *
 * Returns: (transfer full) (element-type BijouSignedIn) (nullable): the servers
 */
GPtrArray *
bijou_plex_list_account_servers (BijouHttp *http,
                                 const BijouClientInfo *client,
                                 const char *base_url,
                                 const char *account_token,
                                 char **account_id,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_autoptr (BijouAccountUser) user = NULL;
  g_autoptr (JsonNode) root = NULL;
  GPtrArray *servers;

  user = bijou_plex_fetch_account_user (http, client, base_url, account_token, cancellable, error);
  if (user == NULL)
    return NULL;
  root = bijou_plex_account_call (http, client, base_url, "GET",
                                  "/api/v2/resources?includeHttps=1&includeRelay=1&includeIPv6=1",
                                  account_token, cancellable, error);
  if (root == NULL)
    return NULL;

  servers = collect_servers (root, client->client_id, account_token, user->id, user->name);
  if (account_id != NULL)
    *account_id = g_strdup (user->id);
  return servers;
}

/**
 * bijou_plex_sign_out_account:
 * @http: the client
 * @client: how this installation names itself
 * @base_url: the account service
 * @account_token: the token that is to be worth nothing
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * DELETE /api/v2/users/signout. A token that is dead already is a success.
 *
 * Returns: whether the token is dead
 */
gboolean
bijou_plex_sign_out_account (BijouHttp *http,
                             const BijouClientInfo *client,
                             const char *base_url,
                             const char *account_token,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (BijouHttpResponse) response =
      send_account_call (http, client, base_url, "DELETE", "/api/v2/users/signout", account_token,
                         cancellable, &local);

  if (response != NULL && bijou_plex_check (response, &local))
    return TRUE;
  if (g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}
