#include "config.h"

#include "bijou-trust-keeper.h"

#include "bijou-url.h"

struct _BijouTrustKeeper
{
  BijouStore *store;     /* (owned) */
  BijouSecrets *secrets; /* (owned) */

  struct
  {
    GMutex lock;
    GHashTable *addresses; /* (owned) base URL to BijouTrust */
  } shared;
};

/**
 * bijou_trust_keeper_new:
 * @store: knows the servers
 * @secrets: knows the headers
 *
 * Returns: (transfer full): a keeper
 */
BijouTrustKeeper *
bijou_trust_keeper_new (BijouStore *store, BijouSecrets *secrets)
{
  BijouTrustKeeper *self = g_new0 (BijouTrustKeeper, 1);

  self->store = g_object_ref (store);
  self->secrets = g_object_ref (secrets);
  g_mutex_init (&self->shared.lock);
  self->shared.addresses =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) bijou_trust_unref);
  return self;
}

/**
 * bijou_trust_keeper_free:
 * @self: (transfer full): a keeper
 */
void
bijou_trust_keeper_free (BijouTrustKeeper *self)
{
  g_hash_table_unref (self->shared.addresses);
  g_mutex_clear (&self->shared.lock);
  g_object_unref (self->secrets);
  g_object_unref (self->store);
  g_free (self);
}

static char *
make_name (const char *server_id)
{
  return g_strconcat ("headers/", server_id, NULL);
}

/**
 * bijou_trust_keeper_load:
 * @self: a keeper
 * @server: a server as its row has it
 *
 * Returns: (transfer full) (nullable): what is trusted there
 */
BijouTrust *
bijou_trust_keeper_load (BijouTrustKeeper *self, BijouServer *server)
{
  g_autofree char *name = make_name (server->id);
  g_autoptr (GError) error = NULL;
  g_autofree char *headers = bijou_secrets_lookup (self->secrets, name, &error);

  if (error != NULL)
    g_message ("The headers for %s cannot be read: %s", server->name, error->message);
  return bijou_trust_new (server->pin, headers);
}

static BijouServer *
find_server (BijouTrustKeeper *self, const char *server_id)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (self->store, NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_str_equal (server->id, server_id))
        return g_object_ref (server);
    }
  return NULL;
}

/**
 * bijou_trust_keeper_load_by_id:
 * @self: a keeper
 * @server_id: a server
 *
 * Returns: (transfer full) (nullable): what is trusted there
 */
BijouTrust *
bijou_trust_keeper_load_by_id (BijouTrustKeeper *self, const char *server_id)
{
  g_autoptr (BijouServer) server = find_server (self, server_id);

  return server != NULL ? bijou_trust_keeper_load (self, server) : NULL;
}

/**
 * bijou_trust_keeper_keep:
 * @self: a keeper
 * @server_id: a server that has a row
 * @trust: (nullable): what is trusted there
 * @error: return location
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_trust_keeper_keep (BijouTrustKeeper *self,
                         const char *server_id,
                         BijouTrust *trust,
                         GError **error)
{
  const char *headers = bijou_trust_get_headers (trust);
  g_autofree char *name = make_name (server_id);

  if (!bijou_store_save_pin (self->store, server_id, bijou_trust_get_pins (trust), error))
    return FALSE;
  return headers != NULL ? bijou_secrets_store (self->secrets, name, headers, error)
                         : bijou_secrets_clear (self->secrets, name, error);
}

/**
 * bijou_trust_keeper_forget:
 * @self: a keeper
 * @server_id: a server that is being removed
 * @error: return location
 *
 * Forgets what is not in its row.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_trust_keeper_forget (BijouTrustKeeper *self, const char *server_id, GError **error)
{
  g_autofree char *name = make_name (server_id);

  return bijou_secrets_clear (self->secrets, name, error);
}

/**
 * bijou_trust_keeper_set_for_address:
 * @self: a keeper
 * @base_url: an address to which somebody is about to sign in
 * @trust: (nullable): what is trusted there
 *
 * Never blocks.
 */
void
bijou_trust_keeper_set_for_address (BijouTrustKeeper *self, const char *base_url, BijouTrust *trust)
{
  g_mutex_lock (&self->shared.lock);
  if (trust == NULL)
    g_hash_table_remove (self->shared.addresses, base_url);
  else
    g_hash_table_replace (self->shared.addresses, g_strdup (base_url), bijou_trust_ref (trust));
  g_mutex_unlock (&self->shared.lock);
}

static gboolean
has_origin (BijouServer *server, const char *base_url)
{
  for (guint i = 0; i < server->addresses->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (server->addresses, i);

      if (address->source == BIJOU_ADDRESS_FROM_USER &&
          bijou_url_same_origin (address->url, base_url))
        return TRUE;
    }
  return FALSE;
}

/* Signing in again at a server that is known needs nobody to be asked again. */
static BijouTrust *
load_by_address (BijouTrustKeeper *self, const char *base_url)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (self->store, NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    if (has_origin (g_ptr_array_index (servers, i), base_url))
      return bijou_trust_keeper_load (self, g_ptr_array_index (servers, i));
  return NULL;
}

/**
 * bijou_trust_keeper_dup_for_address:
 * @self: a keeper
 * @base_url: an address to which somebody is about to sign in
 *
 * Returns: (transfer full) (nullable): what was set for it, or what is trusted at the server to
 *   which the user gave this address
 */
BijouTrust *
bijou_trust_keeper_dup_for_address (BijouTrustKeeper *self, const char *base_url)
{
  BijouTrust *trust;

  g_mutex_lock (&self->shared.lock);
  trust = g_hash_table_lookup (self->shared.addresses, base_url);
  if (trust != NULL)
    bijou_trust_ref (trust);
  g_mutex_unlock (&self->shared.lock);
  return trust != NULL ? trust : load_by_address (self, base_url);
}
