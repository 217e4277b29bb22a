#include "config.h"

#include "bijou-accounts-private.h"
#include "bijou-forget.h"

/* The servers of the context: their state, adding and removing them. */

/**
 * bijou_context_get_server_state:
 * @self: the context
 * @server_id: a server
 *
 * Returns: the state of its connection; unauthorised when there is no token. Any thread.
 */
BijouConnectionState
bijou_context_get_server_state (BijouContext *self, const char *server_id)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self, server_id);

  if (backend != NULL)
    return bijou_connection_get_state (bijou_backend_get_connection (backend));
  return bijou_backends_is_loaded (bijou_context_get_backends (self))
             ? BIJOU_CONNECTION_UNAUTHORISED
             : BIJOU_CONNECTION_UNKNOWN;
}

/**
 * bijou_context_get_server_class:
 * @self: the context
 * @server_id: a server
 *
 * Returns: the class of the address in use. Any thread.
 */
BijouAddressClass
bijou_context_get_server_class (BijouContext *self, const char *server_id)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self, server_id);

  return backend != NULL
             ? bijou_connection_get_current_class (bijou_backend_get_connection (backend))
             : BIJOU_ADDRESS_LAN;
}

/* An address that is known keeps what was learned about it. */
static void
merge_addresses (BijouServer *server, BijouServer *known)
{
  for (guint i = 0; i < known->addresses->len; i++)
    {
      BijouAddress *old = g_ptr_array_index (known->addresses, i);
      BijouAddress *new = bijou_address_find (server->addresses, old->url);

      if (new == NULL)
        {
          g_ptr_array_add (server->addresses, bijou_address_copy (old));
          continue;
        }
      new->pinned = old->pinned;
      new->disabled = old->disabled;
      new->last_success = old->last_success;
      new->latency_ms = old->latency_ms;
    }
}

static void
merge_known (BijouContext *self, BijouServer *server)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (bijou_context_get_store (self), NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *known = g_ptr_array_index (servers, i);

      if (g_strcmp0 (known->id, server->id) == 0)
        merge_addresses (server, known);
    }
}

/* Its other addresses have certificates of their own, which were trusted before. */
static BijouTrust *
merge_trust (BijouTrust *known, BijouTrust *trust)
{
  g_autoptr (BijouTrust) pinned = bijou_trust_with_pins (known, bijou_trust_get_pins (trust));

  if (bijou_trust_get_headers (trust) == NULL)
    return g_steal_pointer (&pinned);
  return bijou_trust_with_headers (pinned, bijou_trust_get_headers (trust));
}

static gboolean
keep_trust (BijouContext *self, BijouServer *server, BijouTrust *trust, GError **error)
{
  BijouTrustKeeper *keeper = bijou_backends_get_trust_keeper (bijou_context_get_backends (self));
  g_autoptr (BijouTrust) known = NULL;
  g_autoptr (BijouTrust) both = NULL;

  if (trust == NULL)
    return TRUE;
  known = bijou_trust_keeper_load_by_id (keeper, server->id);
  both = merge_trust (known, trust);
  g_free (server->pin);
  server->pin = g_strdup (bijou_trust_get_pins (both));
  return bijou_trust_keeper_keep (keeper, server->id, both, error);
}

/**
 * bijou_context_dup_server_trust:
 * @self: the context
 * @server_id: a server
 *
 * Blocking; not on the main thread of a window.
 *
 * Returns: (transfer full) (nullable): what the user trusts there
 */
BijouTrust *
bijou_context_dup_server_trust (BijouContext *self, const char *server_id)
{
  return bijou_trust_keeper_load_by_id (
      bijou_backends_get_trust_keeper (bijou_context_get_backends (self)), server_id);
}

/**
 * bijou_context_set_server_trust:
 * @self: the context
 * @server_id: a server
 * @trust: (nullable): what the user trusts there
 * @error: return location
 *
 * Keeps it; the server's connection has it at once and looks for an address again. Blocking; not on
 * the main thread of a window.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_context_set_server_trust (BijouContext *self,
                                const char *server_id,
                                BijouTrust *trust,
                                GError **error)
{
  g_autoptr (BijouBackend) backend = NULL;
  BijouConnection *connection;

  if (!bijou_trust_keeper_keep (bijou_backends_get_trust_keeper (bijou_context_get_backends (self)),
                                server_id, trust, error))
    return FALSE;

  backend = bijou_context_get_backend (self, server_id);
  if (backend == NULL)
    return TRUE;
  connection = bijou_backend_get_connection (backend);
  bijou_connection_set_trust (connection, trust);
  bijou_connection_network_changed (connection);
  return TRUE;
}

/**
 * bijou_context_add_server_trust:
 * @self: the context
 * @server_id: a server
 * @trust: (nullable): what the user trusts there too
 * @error: return location
 *
 * Adds the public keys; headers take the place of those that there were. Blocking; not on the main
 * thread of a window.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_context_add_server_trust (BijouContext *self,
                                const char *server_id,
                                BijouTrust *trust,
                                GError **error)
{
  g_autoptr (BijouTrust) known = NULL;
  g_autoptr (BijouTrust) both = NULL;

  if (trust == NULL)
    return TRUE;
  known = bijou_context_dup_server_trust (self, server_id);
  both = merge_trust (known, trust);
  return bijou_context_set_server_trust (self, server_id, both, error);
}

/**
 * bijou_context_set_address_trust:
 * @self: the context
 * @base_url: an address to which nobody is signed in yet
 * @trust: (nullable): what the user trusts there
 *
 * Holds for every sign-in at @base_url in this run; a sign-in that succeeds keeps it with the
 * server. Any thread.
 */
void
bijou_context_set_address_trust (BijouContext *self, const char *base_url, BijouTrust *trust)
{
  bijou_trust_keeper_set_for_address (
      bijou_backends_get_trust_keeper (bijou_context_get_backends (self)), base_url, trust);
}

static BijouServer *
find_known (BijouContext *self, const char *server_id)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (bijou_context_get_store (self), NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    if (g_strcmp0 (((BijouServer *) servers->pdata[i])->id, server_id) == 0)
      return g_object_ref (g_ptr_array_index (servers, i));
  return NULL;
}

/* Without identifiers on both sides the names decide; with neither it is the same user. */
static gboolean
is_other_user (BijouServer *known, BijouServer *server)
{
  if (known->user_id != NULL && server->user_id != NULL)
    return g_strcmp0 (known->user_id, server->user_id) != 0;
  return known->user_name != NULL && server->user_name != NULL &&
         g_strcmp0 (known->user_name, server->user_name) != 0;
}

/* What somebody else saw and did there is never mixed with this user's. */
static gboolean
forget_other_user (BijouContext *self, BijouServer *known, BijouServer *server, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  if (known == NULL || !is_other_user (known, server))
    return TRUE;
  g_ptr_array_add (ids, known->id);
  bijou_forget_send_waiting (self, ids);
  return bijou_forget_user (self, known->id, error) && bijou_forget_finish (self, ids, error);
}

/* What is alive goes on where it can: a film that plays has the new token at its next request. */
static void
bring_to_life (BijouContext *self,
               BijouServer *known,
               BijouServer *server,
               BijouSignedIn *signed_in)
{
  BijouBackends *backends = bijou_context_get_backends (self);
  g_autoptr (BijouBackend) backend = bijou_backends_peek (backends, server->id);

  if (backend == NULL || known == NULL || signed_in->trust != NULL ||
      g_strcmp0 (known->client_id, server->client_id) != 0 ||
      g_strcmp0 (known->user_id, server->user_id) != 0)
    {
      bijou_backends_install (backends, server, signed_in->token);
      return;
    }
  bijou_connection_set_addresses (bijou_backend_get_connection (backend), server->addresses);
  bijou_backend_set_token (backend, signed_in->token);
}

/* Who signs in again at an address of the server with the token that its account gave stays with
 * the account. */
static void
keep_account (BijouContext *self, BijouServer *server, BijouServer *known, const char *token)
{
  g_autofree char *name = g_strconcat ("server/", server->id, NULL);
  g_autofree char *old = bijou_secrets_lookup (bijou_context_get_secrets (self), name, NULL);

  if (g_strcmp0 (old, token) != 0)
    return;
  server->account_id = g_strdup (known->account_id);
  g_free (server->user_id);
  server->user_id = g_strdup (known->user_id);
  g_free (server->user_name);
  server->user_name = g_strdup (known->user_name);
}

/**
 * bijou_context_add_server:
 * @self: the context
 * @signed_in: a sign-in that succeeded
 * @error: return location
 *
 * Keeps the server's row and its token. A server that is known gets the new token and addresses and
 * keeps its library, unless another user was signed in to it: then everything of theirs is removed
 * first. Blocking; not on the main thread of a window.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_context_add_server (BijouContext *self, BijouSignedIn *signed_in, GError **error)
{
  g_autoptr (BijouServer) server = bijou_server_copy (signed_in->server);
  g_autoptr (BijouServer) known = find_known (self, server->id);
  g_autofree char *name = g_strconcat ("server/", server->id, NULL);

  if (known != NULL && server->account_id == NULL)
    keep_account (self, server, known, signed_in->token);
  if (!forget_other_user (self, known, server, error))
    return FALSE;
  merge_known (self, server);
  if (!bijou_secrets_store (bijou_context_get_secrets (self), name, signed_in->token, error))
    return FALSE;
  if (!bijou_store_save_server (bijou_context_get_store (self), server, error) ||
      !keep_trust (self, server, signed_in->trust, error))
    return FALSE;
  bring_to_life (self, known, server, signed_in);
  return TRUE;
}

/**
 * bijou_context_forget_server:
 * @self: the context
 * @server_id: a server
 * @error: return location
 *
 * Forgets everything that belongs to the server; nobody is signed out, so that it can be added
 * again from its account. Blocking.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_context_forget_server (BijouContext *self, const char *server_id, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  g_ptr_array_add (ids, (gpointer) server_id);
  bijou_forget_send_waiting (self, ids);
  return bijou_forget_server (self, server_id, error) && bijou_forget_finish (self, ids, error);
}

/**
 * bijou_context_remove_server:
 * @self: the context
 * @server_id: a server
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Forgets everything that belongs to the server, then signs out: there, and of its account when
 * that has no other server here. When it cannot be told, that is only logged. Blocking.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_context_remove_server (BijouContext *self,
                             const char *server_id,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self, server_id);
  g_autoptr (BijouServer) known = find_known (self, server_id);
  g_autoptr (GError) local = NULL;

  if (!bijou_context_forget_server (self, server_id, error))
    return FALSE;
  if (backend != NULL && !bijou_backend_sign_out (backend, cancellable, &local))
    g_message ("The server was not told of the sign-out: %s", local->message);
  if (known != NULL && known->account_id != NULL)
    bijou_accounts_drop_unused (self, known->account_id);
  return TRUE;
}
