#include "config.h"

#include "bijou-accounts-private.h"
#include "bijou-forget.h"

#define LIST_INTERVAL_S 3600
#define LOCK_POLL_MS 50
#define OLD_SECRET "account/plex"

/* --- one at a time for each account --- */

static struct
{
  GMutex lock;
  GCond left;
  GHashTable *accounts; /* (owned) (nullable) identifiers of accounts that are being listed */
  GHashTable *listed;   /* (owned) (nullable) identifier to gint64, monotonic: when one was */
} busy;

static gboolean
enter (const char *account_id, GCancellable *cancellable, GError **error)
{
  gboolean entered = FALSE;

  g_mutex_lock (&busy.lock);
  if (busy.accounts == NULL)
    busy.accounts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (!entered && !g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      entered = !g_hash_table_contains (busy.accounts, account_id);
      if (!entered)
        g_cond_wait_until (&busy.left, &busy.lock,
                           g_get_monotonic_time () + LOCK_POLL_MS * G_TIME_SPAN_MILLISECOND);
    }
  if (entered)
    g_hash_table_add (busy.accounts, g_strdup (account_id));
  g_mutex_unlock (&busy.lock);
  return entered;
}

static void
leave (const char *account_id, gboolean listed)
{
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&busy.lock);
  if (busy.listed == NULL)
    busy.listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (listed)
    g_hash_table_replace (busy.listed, g_strdup (account_id), g_memdup2 (&now, sizeof now));
  g_hash_table_remove (busy.accounts, account_id);
  if (g_hash_table_size (busy.accounts) == 0)
    g_clear_pointer (&busy.accounts, g_hash_table_unref);
  g_cond_broadcast (&busy.left);
  g_mutex_unlock (&busy.lock);
}

/* Many servers may ask for their tokens at once: who waited for another's list has it. */
static gboolean
was_listed_since (const char *account_id, gint64 since)
{
  gint64 *listed;
  gboolean since_then;

  g_mutex_lock (&busy.lock);
  listed = busy.listed != NULL ? g_hash_table_lookup (busy.listed, account_id) : NULL;
  since_then = listed != NULL && *listed >= since;
  g_mutex_unlock (&busy.lock);
  return since_then;
}

/* --- what is known --- */

char *
bijou_accounts_make_secret_name (const BijouBackendType *type, const char *account_id)
{
  return g_strdup_printf ("account/%s/%s", type->id, account_id);
}

char *
bijou_accounts_lookup_token (BijouContext *context, BijouAccount *account, GError **error)
{
  g_autofree char *name = g_strdup_printf ("account/%s/%s", account->backend, account->id);

  return bijou_secrets_lookup (bijou_context_get_secrets (context), name, error);
}

static BijouAccount *
find_in (BijouStore *store, const char *account_id)
{
  g_autoptr (GPtrArray) accounts = bijou_store_list_accounts (store, NULL);

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      BijouAccount *account = g_ptr_array_index (accounts, i);

      if (g_strcmp0 (account->id, account_id) == 0)
        return bijou_account_copy (account);
    }
  return NULL;
}

/**
 * bijou_accounts_find:
 * @context: the context
 * @account_id: (nullable): an account
 *
 * Returns: (transfer full) (nullable): its row
 */
BijouAccount *
bijou_accounts_find (BijouContext *context, const char *account_id)
{
  return find_in (bijou_context_get_store (context), account_id);
}

GPtrArray *
bijou_accounts_list_known (BijouContext *context, const char *account_id, GError **error)
{
  GPtrArray *servers = bijou_store_list_servers (bijou_context_get_store (context), error);

  for (guint i = servers != NULL ? servers->len : 0; i > 0; i--)
    {
      BijouServer *server = g_ptr_array_index (servers, i - 1);

      if (g_strcmp0 (server->account_id, account_id) != 0)
        g_ptr_array_remove_index (servers, i - 1);
    }
  return servers;
}

static gboolean
is_taken (GPtrArray *accounts, const char *client_id)
{
  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    if (g_strcmp0 (((BijouAccount *) accounts->pdata[i])->client_id, client_id) == 0)
      return TRUE;
  return FALSE;
}

/**
 * bijou_accounts_get_client:
 * @context: the context
 * @type: a protocol with an account service
 * @account_id: (nullable): an account; %NULL for one that is not known yet
 * @client: (out): filled with strings that live as long as the context
 *
 * Blocking.
 */
void
bijou_accounts_get_client (BijouContext *context,
                           const BijouBackendType *type,
                           const char *account_id,
                           BijouClientInfo *client)
{
  g_autoptr (BijouAccount) account = bijou_accounts_find (context, account_id);
  g_autoptr (GPtrArray) accounts =
      bijou_store_list_accounts (bijou_context_get_store (context), NULL);

  bijou_context_get_client_info (context, type->id, client);
  if (account != NULL && account->client_id != NULL)
    {
      client->client_id = g_intern_string (account->client_id);
      return;
    }
  for (guint i = 2; is_taken (accounts, client->client_id); i++)
    {
      g_autofree char *slot = g_strdup_printf ("%s:%u", type->id, i);

      bijou_context_get_client_info (context, slot, client);
    }
}

/**
 * bijou_accounts_is_signed_out:
 * @context: the context
 * @account_id: an account
 *
 * Returns: whether it is known and its token is not there any more; a keyring that cannot be read
 *   says nothing
 */
gboolean
bijou_accounts_is_signed_out (BijouContext *context, const char *account_id)
{
  g_autoptr (BijouAccount) account = bijou_accounts_find (context, account_id);
  g_autoptr (GError) error = NULL;
  g_autofree char *token =
      account != NULL ? bijou_accounts_lookup_token (context, account, &error) : NULL;

  return account != NULL && token == NULL && error == NULL;
}

/* --- at start --- */

/* Until 0.4 there was one account, whose token had no identifier in its name; servers know it. */
void
bijou_accounts_migrate (BijouStore *store, BijouSecrets *secrets)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, NULL);
  g_autoptr (BijouAccount) latest = NULL;
  g_autofree char *token = NULL;
  g_autofree char *name = NULL;

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);
      g_autoptr (BijouAccount) known =
          server->account_id != NULL ? find_in (store, server->account_id) : NULL;

      if (server->account_id == NULL || known != NULL)
        continue;
      g_clear_pointer (&latest, bijou_account_free);
      latest = bijou_account_new (server->backend, server->account_id, server->user_name);
      latest->client_id = g_strdup (server->client_id);
      bijou_store_save_account (store, latest, NULL);
    }
  if (latest == NULL)
    return;
  token = bijou_secrets_lookup (secrets, OLD_SECRET, NULL);
  name = g_strdup_printf ("account/%s/%s", latest->backend, latest->id);
  if (token != NULL && bijou_secrets_store (secrets, name, token, NULL))
    bijou_secrets_clear (secrets, OLD_SECRET, NULL);
}

static void
mark_servers (BijouBackends *backends, BijouStore *store, const char *account_id)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);
      g_autoptr (BijouBackend) backend = g_strcmp0 (server->account_id, account_id) == 0
                                             ? bijou_backends_peek (backends, server->id)
                                             : NULL;

      if (backend != NULL)
        bijou_connection_set_authorised (bijou_backend_get_connection (backend), FALSE);
    }
}

/* The servers may still take their tokens, but the user is to know. */
void
bijou_accounts_mark_signed_out (BijouBackends *backends, BijouStore *store, BijouSecrets *secrets)
{
  g_autoptr (GPtrArray) accounts = bijou_store_list_accounts (store, NULL);

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      BijouAccount *account = g_ptr_array_index (accounts, i);
      g_autofree char *name = g_strdup_printf ("account/%s/%s", account->backend, account->id);
      g_autoptr (GError) error = NULL;
      g_autofree char *token = bijou_secrets_lookup (secrets, name, &error);

      if (token == NULL && error == NULL)
        mark_servers (backends, store, account->id);
    }
}

/* --- listing anew --- */

static gint64
get_now (void)
{
  return g_get_real_time () / G_USEC_PER_SEC;
}

/* A clock that was set back does not make a list fresh. */
static gboolean
is_fresh (BijouAccount *account)
{
  gint64 age = get_now () - account->listed_at;

  return age >= 0 && age < LIST_INTERVAL_S;
}

static void
lose_token (BijouContext *context, BijouAccount *account)
{
  g_autofree char *name = g_strdup_printf ("account/%s/%s", account->backend, account->id);

  g_message ("The account %s has to be signed in to again", account->name);
  bijou_secrets_clear (bijou_context_get_secrets (context), name, NULL);
  mark_servers (bijou_context_get_backends (context), bijou_context_get_store (context),
                account->id);
}

static GPtrArray *
list_servers (BijouContext *context,
              BijouAccount *account,
              GCancellable *cancellable,
              GError **error)
{
  const BijouBackendType *type = bijou_backend_type_find (account->backend);
  g_autofree char *token = bijou_accounts_lookup_token (context, account, error);
  g_autofree char *user_id = NULL;
  GPtrArray *servers;
  BijouClientInfo client;

  if (token == NULL || type == NULL || type->list_account_servers == NULL)
    {
      if (error == NULL || *error == NULL)
        g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "There is no token for %s",
                     account->id);
      return NULL;
    }
  bijou_accounts_get_client (context, type, account->id, &client);
  servers = type->list_account_servers (bijou_context_get_http (context), &client,
                                        bijou_context_get_account_url (context, type), token,
                                        &user_id, cancellable, error);
  if (servers == NULL || g_strcmp0 (user_id, bijou_account_get_user (account)) == 0)
    return servers;

  g_ptr_array_unref (servers);
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "The token is somebody else's");
  return NULL;
}

static gboolean
update_known (BijouContext *context, BijouAccount *account, GPtrArray *servers, GError **error)
{
  g_autoptr (GPtrArray) known = bijou_accounts_list_known (context, account->id, error);

  if (known == NULL)
    return FALSE;
  for (guint i = 0; i < servers->len; i++)
    {
      BijouSignedIn *signed_in = g_ptr_array_index (servers, i);

      g_free (signed_in->server->account_id);
      signed_in->server->account_id = g_strdup (account->id);
      for (guint j = 0; j < known->len; j++)
        if (g_strcmp0 (((BijouServer *) known->pdata[j])->id, signed_in->server->id) == 0 &&
            !bijou_accounts_update_server (context, signed_in, error))
          return FALSE;
    }
  account->listed_at = get_now ();
  return bijou_store_save_account (bijou_context_get_store (context), account, error);
}

static gboolean
refresh (BijouContext *context,
         const char *account_id,
         gboolean force,
         gint64 asked_at,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (BijouAccount) account = bijou_accounts_find (context, account_id);
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) local = NULL;

  if (account == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "There is no such account");
      return FALSE;
    }
  if (force ? was_listed_since (account_id, asked_at) : is_fresh (account))
    return TRUE;

  servers = list_servers (context, account, cancellable, &local);
  if (servers != NULL)
    return update_known (context, account, servers, error);
  if (g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED))
    lose_token (context, account);
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/**
 * bijou_accounts_refresh:
 * @context: the context
 * @account_id: an account
 * @force: also when it was done within the hour
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: whether the list is fresh now
 */
gboolean
bijou_accounts_refresh (BijouContext *context,
                        const char *account_id,
                        gboolean force,
                        GCancellable *cancellable,
                        GError **error)
{
  gint64 asked_at = g_get_monotonic_time ();
  gboolean done;

  g_return_val_if_fail (account_id != NULL, FALSE);

  if (!enter (account_id, cancellable, error))
    return FALSE;
  done = refresh (context, account_id, force, asked_at, cancellable, error);
  leave (account_id, done);
  return done;
}

/**
 * bijou_accounts_refresh_all:
 * @context: the context
 * @cancellable: (nullable): a cancellable
 */
void
bijou_accounts_refresh_all (BijouContext *context, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) accounts =
      bijou_store_list_accounts (bijou_context_get_store (context), NULL);

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      BijouAccount *account = g_ptr_array_index (accounts, i);
      g_autoptr (GError) error = NULL;

      if (!bijou_accounts_refresh (context, account->id, FALSE, cancellable, &error))
        g_info ("The servers of %s are not listed anew: %s", account->name, error->message);
    }
}

/* --- a token that a server refuses --- */

static char *
find_account_of (BijouContext *context, const char *server_id)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (context), NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_strcmp0 (server->id, server_id) == 0)
        return g_strdup (server->account_id);
    }
  return NULL;
}

char *
bijou_accounts_renew_token (BijouBackend *backend,
                            const char *refused,
                            gpointer context,
                            GCancellable *cancellable,
                            GError **error)
{
  const char *server_id = bijou_backend_get_server_id (backend);
  g_autofree char *account_id = find_account_of (context, server_id);
  g_autofree char *name = g_strconcat ("server/", server_id, NULL);
  BijouSecrets *secrets = bijou_context_get_secrets (context);
  g_autofree char *token = NULL;

  if (account_id == NULL)
    return NULL;
  /* Another process may have been quicker. */
  token = bijou_secrets_lookup (secrets, name, NULL);
  if (token != NULL && g_strcmp0 (token, refused) != 0)
    return g_steal_pointer (&token);
  if (!bijou_accounts_refresh (context, account_id, TRUE, cancellable, error))
    return NULL;
  return bijou_secrets_lookup (secrets, name, error);
}

/* --- signing out --- */

static GPtrArray *
list_ids (GPtrArray *servers)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < servers->len; i++)
    g_ptr_array_add (ids, g_strdup (((BijouServer *) servers->pdata[i])->id));
  return ids;
}

static gboolean
forget_account (BijouContext *context, BijouAccount *account, GError **error)
{
  g_autofree char *name = g_strdup_printf ("account/%s/%s", account->backend, account->id);
  g_autoptr (GPtrArray) servers = bijou_accounts_list_known (context, account->id, error);
  g_autoptr (GPtrArray) ids = servers != NULL ? list_ids (servers) : NULL;

  if (ids == NULL)
    return FALSE;
  bijou_forget_send_waiting (context, ids);
  for (guint i = 0; i < ids->len; i++)
    if (!bijou_forget_server (context, g_ptr_array_index (ids, i), error))
      return FALSE;
  return bijou_secrets_clear (bijou_context_get_secrets (context), name, error) &&
         bijou_store_remove_account (bijou_context_get_store (context), account->id, error) &&
         (ids->len == 0 || bijou_forget_finish (context, ids, error));
}

static void
make_worthless (BijouContext *context,
                const BijouBackendType *type,
                const BijouClientInfo *client,
                const char *token,
                GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (type->sign_out_account != NULL &&
      !type->sign_out_account (bijou_context_get_http (context), client,
                               bijou_context_get_account_url (context, type), token, cancellable,
                               &error))
    g_message ("%s was not told of the sign-out: %s", type->title, error->message);
}

/**
 * bijou_accounts_sign_out:
 * @context: the context
 * @account_id: an account
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: whether nothing is left of it here; %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_accounts_sign_out (BijouContext *context,
                         const char *account_id,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (BijouAccount) account = bijou_accounts_find (context, account_id);
  const BijouBackendType *type =
      account != NULL ? bijou_backend_type_find (account->backend) : NULL;
  g_autofree char *token = NULL;
  BijouClientInfo client;

  if (account == NULL)
    return TRUE;
  token = bijou_accounts_lookup_token (context, account, NULL);
  if (type != NULL)
    bijou_accounts_get_client (context, type, account_id, &client);
  if (!forget_account (context, account, error))
    return FALSE;
  if (token != NULL && type != NULL)
    make_worthless (context, type, &client, token, cancellable);
  return TRUE;
}

void
bijou_accounts_drop_unused (BijouContext *context, const char *account_id)
{
  g_autoptr (GPtrArray) left = bijou_accounts_list_known (context, account_id, NULL);
  g_autoptr (GError) error = NULL;

  if (left == NULL || left->len > 0)
    return;
  if (!bijou_accounts_sign_out (context, account_id, NULL, &error))
    g_warning ("The account is not forgotten: %s", error->message);
}
