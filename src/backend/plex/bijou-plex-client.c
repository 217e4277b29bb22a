#include "config.h"

#include "bijou-plex-client.h"

#include "bijou-json.h"
#include "bijou-plex-parse.h"

#include <string.h>

/* Only the beginning of an error page is worth reading. */
#define MAX_ERROR_TEXT 2000

/**
 * bijou_plex_sanitise_header:
 * @text: (nullable): any text, for instance the name of the computer
 *
 * Returns: (transfer full) (nullable): @text as the value of a header: valid UTF-8 without control
 *   characters; %NULL when nothing is left
 */
char *
bijou_plex_sanitise_header (const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  if (valid == NULL)
    return NULL;
  for (char *p = valid; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = ' ';
  g_strstrip (valid);
  return *valid != '\0' ? g_steal_pointer (&valid) : NULL;
}

static void
set_header (BijouHttpRequest *request, const char *name, const char *value)
{
  g_autofree char *clean = bijou_plex_sanitise_header (value);

  if (clean != NULL)
    bijou_http_request_set_header (request, name, clean);
}

/* "de_DE.UTF-8" is "de-DE" for the server; it names hubs and seasons in it. */
static char *
get_language (void)
{
  const char *const *names = g_get_language_names ();
  g_autofree char *name = g_strdup (names[0]);

  name[strcspn (name, ".@")] = '\0';
  if (*name == '\0' || strcmp (name, "C") == 0 || strcmp (name, "POSIX") == 0)
    return g_strdup ("en");
  return g_strdelimit (g_steal_pointer (&name), "_", '-');
}

/**
 * bijou_plex_request_new:
 * @client: how this installation names itself
 * @method: "GET", "POST", …
 * @url: a path on the server or an absolute URL
 * @kind: which deadlines it has
 * @platform: what to claim to run on
 * @token: (nullable): the token; it is sent as a header and is never part of a URL
 *
 * A request with all X-Plex-* headers.
 *
 * Returns: (transfer full): the request
 */
BijouHttpRequest *
bijou_plex_request_new (const BijouClientInfo *client,
                        const char *method,
                        const char *url,
                        BijouHttpKind kind,
                        BijouPlexPlatform platform,
                        const char *token)
{
  BijouHttpRequest *request = bijou_http_request_new (method, url, kind);
  g_autofree char *language = get_language ();

  bijou_http_request_set_header (request, "Accept", "application/json");
  set_header (request, "X-Plex-Client-Identifier", client->client_id);
  set_header (request, "X-Plex-Product", BIJOU_PLEX_PRODUCT);
  set_header (request, "X-Plex-Version", client->version);
  set_header (request, "X-Plex-Platform",
              platform == BIJOU_PLEX_PLATFORM_GENERIC ? "Generic" : "Linux");
  set_header (request, "X-Plex-Device", "Linux");
  set_header (request, "X-Plex-Device-Name", client->device_name);
  set_header (request, "X-Plex-Language", language);
  set_header (request, "X-Plex-Token", token);
  return request;
}

static char *
get_body_text (BijouHttpResponse *response, gsize limit)
{
  GBytes *body = bijou_http_response_get_body (response);
  gsize size = 0;
  const char *data = body != NULL ? g_bytes_get_data (body, &size) : NULL;

  return data != NULL ? g_strndup (data, MIN (size, limit)) : g_strdup ("");
}

/* `<Response code="503" title="Maintenance" status="…"/>` is the answer of a server that starts. */
static char *
find_attribute (const char *xml, const char *name)
{
  g_autofree char *opening = g_strdup_printf (" %s=\"", name);
  const char *start = strstr (xml, opening);
  const char *end = start != NULL ? strchr (start + strlen (opening), '"') : NULL;

  if (end == NULL)
    return NULL;
  start += strlen (opening);
  return g_strndup (start, end - start);
}

static gboolean
set_starting (BijouHttpResponse *response, const char *text, GError **error)
{
  GError *starting;
  g_autofree char *status = find_attribute (text, "status");
  g_autofree char *valid = g_utf8_make_valid (status != NULL ? status : "503", -1);

  starting =
      g_error_new (BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING, "The server is starting: %s", valid);
  bijou_error_set_retry_after (starting, bijou_http_response_get_retry_after (response));
  g_propagate_error (error, starting);
  return FALSE;
}

/* plex.tv says `{"errors":[{"code":1020,"message":"…"}]}`. */
static char *
find_error_message (const char *text)
{
  g_autoptr (JsonObject) object = NULL;

  if (text[strspn (text, " \r\n\t")] != '{')
    return NULL;
  object = bijou_json_parse_object (text, -1, NULL);
  return bijou_json_dup_string (bijou_json_get_object (object, "errors"), "message");
}

/**
 * bijou_plex_check:
 * @response: an answer of a server or of plex.tv
 * @error: return location
 *
 * Judges the status before anything reads the body: the bodies of errors are HTML or XML. A dead
 * token is 401, and at plex.tv 422 or 498 too; a server that starts is 503.
 *
 * Returns: whether @response is a success
 */
gboolean
bijou_plex_check (BijouHttpResponse *response, GError **error)
{
  guint status = bijou_http_response_get_status (response);
  g_autofree char *text = NULL;
  g_autofree char *message = NULL;

  if (status < 400)
    return bijou_http_response_check (response, error);

  text = get_body_text (response, MAX_ERROR_TEXT);
  if (status == 503)
    return set_starting (response, text, error);

  message = find_error_message (text);
  if (status == 498 || (status == 422 && message != NULL && strstr (message, "token") != NULL))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "The token is not accepted");
      return FALSE;
    }
  if (bijou_http_response_check (response, error))
    return TRUE;
  if (message != NULL)
    g_prefix_error (error, "%s: ", message);
  return FALSE;
}

/**
 * bijou_plex_parse_response:
 * @response: an answer
 * @error: return location
 *
 * Returns: (transfer full) (nullable): its JSON; %NULL when the status or the body is an error
 */
JsonNode *
bijou_plex_parse_response (BijouHttpResponse *response, GError **error)
{
  GBytes *body = bijou_http_response_get_body (response);
  gsize size = 0;
  const char *data = NULL;

  if (!bijou_plex_check (response, error))
    return NULL;
  if (body != NULL)
    data = g_bytes_get_data (body, &size);
  return bijou_json_parse (data != NULL ? data : "", (gssize) size, error);
}

static gboolean
parse_identity_json (BijouHttpResponse *response, BijouIdentity *identity)
{
  g_autoptr (JsonNode) root = bijou_plex_parse_response (response, NULL);
  JsonObject *container = root != NULL ? bijou_plex_get_container (root) : NULL;

  identity->server_id = bijou_json_dup_text (container, "machineIdentifier");
  identity->name = bijou_json_dup_string (container, "friendlyName");
  identity->version = bijou_json_dup_text (container, "version");
  return identity->server_id != NULL;
}

static gboolean
parse_identity_xml (BijouHttpResponse *response, BijouIdentity *identity)
{
  g_autofree char *text = get_body_text (response, MAX_ERROR_TEXT);

  if (strstr (text, "<MediaContainer") == NULL)
    return FALSE;
  identity->server_id = find_attribute (text, "machineIdentifier");
  identity->version = find_attribute (text, "version");
  return identity->server_id != NULL && *identity->server_id != '\0';
}

/**
 * bijou_plex_parse_identity:
 * @response: the answer of `GET /identity`, or of `GET /` with a token
 * @identity: filled
 * @error: return location
 *
 * Returns: whether a Plex Media Server answered; otherwise %BIJOU_ERROR_PROTOCOL, or
 *   %BIJOU_ERROR_SERVER_STARTING and the like by the status
 */
gboolean
bijou_plex_parse_identity (BijouHttpResponse *response, BijouIdentity *identity, GError **error)
{
  if (!bijou_plex_check (response, error))
    return FALSE;
  if (parse_identity_json (response, identity))
    return TRUE;
  bijou_identity_clear (identity);
  if (parse_identity_xml (response, identity))
    return TRUE;

  bijou_identity_clear (identity);
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "Not a Plex Media Server");
  return FALSE;
}
