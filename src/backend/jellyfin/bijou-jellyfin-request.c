#include "config.h"

#include "bijou-jellyfin-request.h"

#include "bijou-jellyfin-parse.h"
#include "bijou-json.h"

#include <string.h>

static void
append_value (GString *header, const char *name, const char *value)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);

  g_string_append_printf (header, "%s%s=\"", header->str[header->len - 1] == ' ' ? "" : ", ", name);
  g_string_append_uri_escaped (header, valid, NULL, FALSE);
  g_string_append_c (header, '"');
}

static const char *
get_or (const char *text, const char *fallback)
{
  return text != NULL && *text != '\0' ? text : fallback;
}

/**
 * bijou_jellyfin_make_authorization:
 * @client: how this installation names itself
 * @device_id: the identifier that the token is or will be bound to
 * @token: (nullable): the token, %NULL while signing in
 *
 * The server reads the values as form data, so each is percent-encoded; an empty one would make it
 * refuse a sign-in.
 *
 * Returns: (transfer full): the value of the `Authorization` header
 */
char *
bijou_jellyfin_make_authorization (const BijouClientInfo *client,
                                   const char *device_id,
                                   const char *token)
{
  GString *header = g_string_new ("MediaBrowser ");

  append_value (header, "Client", "Bijou");
  append_value (header, "Device", get_or (client->device_name, "Linux"));
  append_value (header, "DeviceId", get_or (device_id, "bijou"));
  append_value (header, "Version", get_or (client->version, PACKAGE_VERSION));
  if (token != NULL && *token != '\0')
    append_value (header, "Token", token);
  return g_string_free (header, FALSE);
}

/**
 * bijou_jellyfin_make_request:
 * @method: `GET`, `POST` or `DELETE`
 * @url: a path below the server's base, or an absolute URL
 * @kind: what it is for
 * @authorization: of bijou_jellyfin_make_authorization()
 *
 * Returns: (transfer full): a request
 */
BijouHttpRequest *
bijou_jellyfin_make_request (const char *method,
                             const char *url,
                             BijouHttpKind kind,
                             const char *authorization)
{
  BijouHttpRequest *request = bijou_http_request_new (method, url, kind);

  bijou_http_request_set_header (request, "Authorization", authorization);
  if (kind != BIJOU_HTTP_TRANSFER && kind != BIJOU_HTTP_IMAGE)
    bijou_http_request_set_header (request, "Accept", "application/json");
  return request;
}

/**
 * bijou_jellyfin_set_json:
 * @request: a request that is being made
 * @builder: what it carries
 */
void
bijou_jellyfin_set_json (BijouHttpRequest *request, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  char *text = bijou_json_to_text (root);
  g_autoptr (GBytes) body = g_bytes_new_take (text, strlen (text));

  bijou_http_request_set_body (request, body, "application/json");
}

/**
 * bijou_jellyfin_read_json:
 * @response: a good answer
 * @error: return location
 *
 * Returns: (transfer full) (nullable): its body, or %NULL with %BIJOU_ERROR_PROTOCOL
 */
JsonNode *
bijou_jellyfin_read_json (BijouHttpResponse *response, GError **error)
{
  GBytes *body = bijou_http_response_get_body (response);
  gsize length = 0;
  const char *data = body != NULL ? g_bytes_get_data (body, &length) : NULL;

  return bijou_json_parse (data != NULL ? data : "", length, error);
}

/**
 * bijou_jellyfin_read_object:
 * @response: a good answer
 * @error: return location
 *
 * Returns: (transfer full) (nullable): its body, or %NULL with %BIJOU_ERROR_PROTOCOL
 */
JsonObject *
bijou_jellyfin_read_object (BijouHttpResponse *response, GError **error)
{
  GBytes *body = bijou_http_response_get_body (response);
  gsize length = 0;
  const char *data = body != NULL ? g_bytes_get_data (body, &length) : NULL;

  return bijou_json_parse_object (data != NULL ? data : "", length, error);
}

/**
 * bijou_jellyfin_parse_probe:
 * @response: the 200 answer of `/System/Info/Public`
 * @identity: filled with who it is
 * @error: return location
 *
 * Returns: whether a Jellyfin server answered and is ready
 */
gboolean
bijou_jellyfin_parse_probe (BijouHttpResponse *response, BijouIdentity *identity, GError **error)
{
  g_autoptr (JsonObject) object = bijou_jellyfin_read_object (response, error);

  return object != NULL && bijou_jellyfin_parse_identity (object, identity, error);
}
