#include "config.h"

#include "bijou-backend-type.h"

/**
 * bijou_backend_type_discover:
 * @only: (nullable): the only protocol to ask for
 * @server_id: (nullable): the only server that is wanted
 * @duration_ms: how long to listen
 * @func: runs on this thread for each server that is new or has a new address
 * @user_data: for @func
 * @cancellable: (nullable): ends the search
 *
 * Looks for servers in the local network. Any thread that may block.
 */
void
bijou_backend_type_discover (const BijouBackendType *only,
                             const char *server_id,
                             guint duration_ms,
                             BijouDiscoveredFunc func,
                             gpointer user_data,
                             GCancellable *cancellable)
{
  g_autoptr (BijouDiscovery) discovery = bijou_discovery_new (server_id);
  guint n_types;
  const BijouBackendType *const *types = bijou_backend_type_list (&n_types);

  for (guint i = 0; i < n_types; i++)
    if ((only == NULL || only == types[i]) && types[i]->discovery.query != NULL)
      bijou_discovery_add_protocol (discovery, &types[i]->discovery);
  bijou_discovery_run (discovery, duration_ms, func, user_data, cancellable);
}

static gboolean
has_plain_address (BijouServer *server)
{
  for (guint i = 0; i < server->addresses->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (server->addresses, i);

      if (!address->disabled && g_str_has_prefix (address->url, "http:"))
        return TRUE;
    }
  return FALSE;
}

/**
 * bijou_backend_type_accepts_url:
 * @server: a known server with its addresses
 * @url: an address that came from the local network or from the server's own idea of itself
 *
 * The identity that a race checks is no secret: who answers in the clear may only pretend. So a
 * server that is reached with TLS alone is not tried without it. Any thread.
 *
 * Returns: whether a race may try it
 */
gboolean
bijou_backend_type_accepts_url (BijouServer *server, const char *url)
{
  const BijouBackendType *type = bijou_backend_type_find (server->backend);
  gboolean plain = g_str_has_prefix (url, "http:");

  if (type == NULL || (plain && (server->https_required || !has_plain_address (server))))
    return FALSE;
  return type->accepts_url == NULL || type->accepts_url (server, url);
}
