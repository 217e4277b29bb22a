#include "config.h"

#include "bijou-jellyfin-discovery.h"

#include "bijou-jellyfin-backend.h"
#include "bijou-jellyfin-parse.h"
#include "bijou-jellyfin-request.h"
#include "bijou-json.h"

#define DEFAULT_PORT 8096

static char *
make_source_url (const char *url, GInetAddress *source)
{
  g_autofree char *host = g_inet_address_to_string (source);
  g_autoptr (GUri) uri = url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  if (uri == NULL)
    return g_uri_join (G_URI_FLAGS_NONE, "http", NULL, host, DEFAULT_PORT, "", NULL, NULL);
  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, host, g_uri_get_port (uri),
                     g_uri_get_path (uri), NULL, NULL);
}

/* The address that the server gives may be of a container's network, so the host that answered is
 * tried before it, at the same port; but a name with a certificate is better than both. */
static void
add_urls (BijouDiscovered *discovered, const char *url, GInetAddress *source)
{
  g_autofree char *own = make_source_url (url, source);

  if (url != NULL && g_str_has_prefix (url, "https:"))
    bijou_discovered_add_url (discovered, url);
  bijou_discovered_add_url (discovered, own);
  if (url != NULL)
    bijou_discovered_add_url (discovered, url);
}

/**
 * bijou_jellyfin_parse_discovery:
 * @reply: what came
 * @length: its length
 * @source: who sent it
 *
 * Reads an answer to `who is JellyfinServer?` at port 7359.
 *
 * Returns: (transfer full) (nullable): the server
 */
BijouDiscovered *
bijou_jellyfin_parse_discovery (const char *reply, gsize length, GInetAddress *source)
{
  g_autoptr (JsonObject) object = bijou_json_parse_object (reply, (gssize) length, NULL);
  g_autofree char *id = NULL;
  g_autofree char *name = NULL;
  g_autofree char *url = NULL;
  const char *address;
  g_autoptr (BijouDiscovered) discovered = NULL;

  if (object == NULL)
    return NULL;
  id = bijou_jellyfin_normalise_id (bijou_json_get_string (object, "Id"));
  discovered = bijou_discovered_new (id);
  if (discovered == NULL)
    return NULL;

  address = bijou_json_get_string (object, "Address");
  url = address != NULL ? bijou_address_normalise_url (address) : NULL;
  name = bijou_json_dup_text (object, "Name");
  if (name != NULL)
    bijou_discovered_set_name (discovered, name, -1);
  add_urls (discovered, url, source);
  return g_steal_pointer (&discovered);
}

char **
bijou_jellyfin_backend_list_own_urls (BijouBackend *backend,
                                      GCancellable *cancellable,
                                      GError **error)
{
  g_autoptr (JsonNode) root =
      bijou_jellyfin_backend_get (BIJOU_JELLYFIN_BACKEND (backend), BIJOU_JELLYFIN_PROBE_PATH,
                                  BIJOU_HTTP_API, NULL, cancellable, error);
  g_autofree char *url = NULL;
  char **urls;

  if (root == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_OBJECT (root))
    url = bijou_json_dup_string (json_node_get_object (root), "LocalAddress");
  urls = g_new0 (char *, 2);
  urls[0] = g_steal_pointer (&url);
  return urls;
}
