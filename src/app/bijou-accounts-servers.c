#include "config.h"

#include "bijou-accounts-private.h"

/* What an account says about a server that is known. */

/* What the user or the network taught stays, and what worked when it was used last. */
static gboolean
is_worth_keeping (BijouAddress *address)
{
  return address->source != BIJOU_ADDRESS_FROM_ACCOUNT || address->pinned || address->disabled ||
         (address->last_success != 0 && address->failures == 0);
}

GPtrArray *
bijou_accounts_merge_addresses (GPtrArray *listed, GPtrArray *known)
{
  GPtrArray *merged = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);

  for (guint i = 0; i < listed->len; i++)
    {
      BijouAddress *fresh = g_ptr_array_index (listed, i);
      BijouAddress *old = bijou_address_find (known, fresh->url);
      BijouAddress *copy = bijou_address_copy (old != NULL ? old : fresh);

      copy->address_class = fresh->address_class;
      g_ptr_array_add (merged, copy);
    }
  /* A server that is off is listed without any. */
  for (guint i = 0; i < known->len; i++)
    {
      BijouAddress *old = g_ptr_array_index (known, i);

      if (bijou_address_find (merged, old->url) == NULL &&
          (listed->len == 0 || is_worth_keeping (old)))
        g_ptr_array_add (merged, bijou_address_copy (old));
    }
  return merged;
}

static gboolean
is_same_list (GPtrArray *a, GPtrArray *b)
{
  for (guint i = 0; i < a->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (a, i);
      BijouAddress *other = bijou_address_find (b, address->url);

      if (other == NULL || other->address_class != address->address_class)
        return FALSE;
    }
  return a->len == b->len;
}

static BijouServer *
find_server (BijouContext *context, const char *server_id)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (context), NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    if (g_strcmp0 (((BijouServer *) servers->pdata[i])->id, server_id) == 0)
      return g_object_ref (g_ptr_array_index (servers, i));
  return NULL;
}

static gboolean
save_row (BijouContext *context,
          BijouServer *known,
          BijouServer *listed,
          BijouBackend *backend,
          GError **error)
{
  BijouConnection *connection = bijou_backend_get_connection (backend);
  g_autoptr (GPtrArray) addresses = bijou_connection_get_addresses (connection);
  g_autoptr (GPtrArray) merged = bijou_accounts_merge_addresses (listed->addresses, addresses);
  g_autoptr (BijouServer) row = NULL;

  if (is_same_list (merged, addresses) && g_strcmp0 (known->name, listed->name) == 0 &&
      g_strcmp0 (known->version, listed->version) == 0)
    return TRUE;

  row = bijou_server_copy (known);
  g_free (row->name);
  g_free (row->version);
  row->name = g_strdup (listed->name);
  row->version = g_strdup (listed->version);
  row->https_required = listed->https_required;
  g_ptr_array_unref (row->addresses);
  row->addresses = g_ptr_array_ref (merged);
  if (!is_same_list (merged, addresses))
    bijou_connection_set_addresses (connection, merged);
  return bijou_store_save_server (bijou_context_get_store (context), row, error);
}

static gboolean
save_token (BijouContext *context, BijouSignedIn *signed_in, BijouBackend *backend, GError **error)
{
  BijouSecrets *secrets = bijou_context_get_secrets (context);
  g_autofree char *name = g_strconcat ("server/", signed_in->server->id, NULL);
  g_autoptr (GError) local = NULL;
  g_autofree char *token = bijou_secrets_lookup (secrets, name, &local);

  if (g_strcmp0 (token, signed_in->token) == 0)
    return TRUE;
  bijou_backend_set_token (backend, signed_in->token);
  return bijou_secrets_store (secrets, name, signed_in->token, error);
}

/**
 * bijou_accounts_update_server:
 * @context: the context
 * @signed_in: a known server as its account lists it now
 * @error: return location
 *
 * Its live backend goes on with the new addresses and token; one that had no token gets a backend.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_accounts_update_server (BijouContext *context, BijouSignedIn *signed_in, GError **error)
{
  g_autoptr (BijouServer) known = find_server (context, signed_in->server->id);
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, signed_in->server->id);

  if (known == NULL)
    return TRUE;
  if (backend == NULL)
    return bijou_context_add_server (context, signed_in, error);
  return save_token (context, signed_in, backend, error) &&
         save_row (context, known, signed_in->server, backend, error);
}
