#include "config.h"

#include "bijou-account-visit.h"

#include "bijou-accounts-private.h"
#include "bijou-forget.h"

struct _BijouAccountVisit
{
  gatomicrefcount references;
  BijouContext *context;        /* (owned) */
  const BijouBackendType *type; /* (unowned) static */
  char *client_id;              /* (owned) what the token is bound to */
  char *token;                  /* (owned) never shown */
  char *account_id;             /* (owned) */
  char *account_name;           /* (owned) (nullable) */
  char *user_id;                /* (owned) */
  char *user_name;              /* (owned) (nullable) */
  GPtrArray *servers;           /* (owned) (nullable) of BijouSignedIn, what the user sees */
  GPtrArray *others; /* (owned) (nullable) of BijouServer, here through another account */
  gboolean known;    /* the account was here before */
  gboolean kept;
};

static BijouAccountVisit *
new_visit (BijouContext *context,
           const BijouBackendType *type,
           const char *client_id,
           const char *token,
           const char *account_id,
           const char *account_name)
{
  BijouAccountVisit *self = g_new0 (BijouAccountVisit, 1);
  g_autoptr (BijouAccount) known = NULL;

  g_atomic_ref_count_init (&self->references);
  self->context = g_object_ref (context);
  self->type = type;
  self->client_id = g_strdup (client_id);
  self->token = g_strdup (token);
  self->account_id = g_strdup (account_id);
  self->account_name = g_strdup (account_name);
  self->user_id = g_strdup (account_id);
  self->user_name = g_strdup (account_name);
  known = bijou_accounts_find (context, account_id);
  self->known = known != NULL;
  return self;
}

static void
get_client (BijouAccountVisit *self, BijouClientInfo *client)
{
  bijou_context_get_client_info (self->context, self->type->id, client);
  client->client_id = self->client_id;
}

/**
 * bijou_account_visit_new:
 * @context: the context
 * @type: a protocol with accounts
 * @client_id: what the token is bound to
 * @token: the token of the account
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the visit of who signed in
 */
BijouAccountVisit *
bijou_account_visit_new (BijouContext *context,
                         const BijouBackendType *type,
                         const char *client_id,
                         const char *token,
                         GCancellable *cancellable,
                         GError **error)
{
  BijouClientInfo client;
  g_autoptr (BijouAccountUser) user = NULL;

  g_return_val_if_fail (type->fetch_account_user != NULL, NULL);

  bijou_context_get_client_info (context, type->id, &client);
  client.client_id = client_id;
  user = type->fetch_account_user (bijou_context_get_http (context), &client,
                                   bijou_context_get_account_url (context, type), token,
                                   cancellable, error);
  if (user == NULL)
    return NULL;
  return new_visit (context, type, client_id, token, user->id, user->name);
}

/**
 * bijou_account_visit_open:
 * @context: the context
 * @account_id: a known account
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a visit; %NULL with %BIJOU_ERROR_UNAUTHORISED when it has to
 *   be signed in to
 */
BijouAccountVisit *
bijou_account_visit_open (BijouContext *context, const char *account_id, GError **error)
{
  g_autoptr (BijouAccount) account = bijou_accounts_find (context, account_id);
  const BijouBackendType *type =
      account != NULL ? bijou_backend_type_find (account->backend) : NULL;
  g_autoptr (GError) local = NULL;
  g_autofree char *token =
      type != NULL ? bijou_accounts_lookup_token (context, account, &local) : NULL;
  BijouAccountVisit *self;
  BijouClientInfo client;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (token == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "The account is signed out");
      return NULL;
    }
  bijou_accounts_get_client (context, type, account_id, &client);
  self = new_visit (context, type, client.client_id, token, account_id, account->name);
  self->kept = TRUE;
  if (account->home_user != NULL)
    {
      g_clear_pointer (&self->user_name, g_free);
      g_free (self->user_id);
      self->user_id = g_strdup (account->home_user);
    }
  return self;
}

/**
 * bijou_account_visit_ref:
 * @self: a visit
 *
 * Returns: (transfer full): @self
 */
BijouAccountVisit *
bijou_account_visit_ref (BijouAccountVisit *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_account_visit_unref:
 * @self: (transfer full): a visit
 */
void
bijou_account_visit_unref (BijouAccountVisit *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_object_unref (self->context);
  g_free (self->client_id);
  g_free (self->token);
  g_free (self->account_id);
  g_free (self->account_name);
  g_free (self->user_id);
  g_free (self->user_name);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_free (self);
}

/**
 * bijou_account_visit_get_account_id:
 * @self: a visit
 *
 * Returns: (transfer none): the account
 */
const char *
bijou_account_visit_get_account_id (BijouAccountVisit *self)
{
  return self->account_id;
}

/**
 * bijou_account_visit_get_user_id:
 * @self: a visit
 *
 * Returns: (transfer none): who is at it
 */
const char *
bijou_account_visit_get_user_id (BijouAccountVisit *self)
{
  return self->user_id;
}

/**
 * bijou_account_visit_get_user_name:
 * @self: a visit
 *
 * Returns: (transfer none) (nullable): who is at it
 */
const char *
bijou_account_visit_get_user_name (BijouAccountVisit *self)
{
  return self->user_name;
}

/**
 * bijou_account_visit_is_known:
 * @self: a visit
 *
 * Returns: whether the account was here already when the visit began. Any thread.
 */
gboolean
bijou_account_visit_is_known (BijouAccountVisit *self)
{
  return self->known;
}

/**
 * bijou_account_visit_is_switch:
 * @self: a visit
 *
 * Returns: whether keeping it removes what somebody else saw
 */
gboolean
bijou_account_visit_is_switch (BijouAccountVisit *self)
{
  g_autoptr (BijouAccount) known = bijou_accounts_find (self->context, self->account_id);

  return known != NULL && g_strcmp0 (bijou_account_get_user (known), self->user_id) != 0;
}

/**
 * bijou_account_visit_list_users:
 * @self: a visit
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type BijouAccountUser): everybody of the home
 */
GPtrArray *
bijou_account_visit_list_users (BijouAccountVisit *self, GCancellable *cancellable, GError **error)
{
  BijouClientInfo client;

  if (self->type->list_account_users == NULL)
    return g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_account_user_free);
  get_client (self, &client);
  return self->type->list_account_users (bijou_context_get_http (self->context), &client,
                                         bijou_context_get_account_url (self->context, self->type),
                                         self->token, cancellable, error);
}

static GPtrArray *
fetch_servers (BijouAccountVisit *self,
               const char *token,
               GCancellable *cancellable,
               GError **error)
{
  BijouClientInfo client;
  GPtrArray *servers;

  get_client (self, &client);
  servers = self->type->list_account_servers (
      bijou_context_get_http (self->context), &client,
      bijou_context_get_account_url (self->context, self->type), token, NULL, cancellable, error);
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouSignedIn *signed_in = g_ptr_array_index (servers, i);

      g_free (signed_in->server->account_id);
      signed_in->server->account_id = g_strdup (self->account_id);
    }
  return servers;
}

/**
 * bijou_account_visit_switch_user:
 * @self: a visit
 * @user: one of bijou_account_visit_list_users()
 * @pin: (nullable): their PIN
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Goes on as @user, whose servers have tokens of their own. The service is asked once.
 *
 * Returns: whether @user is at it now
 */
gboolean
bijou_account_visit_switch_user (BijouAccountVisit *self,
                                 const BijouAccountUser *user,
                                 const char *pin,
                                 GCancellable *cancellable,
                                 GError **error)
{
  g_autofree char *token = NULL;
  g_autoptr (GPtrArray) servers = NULL;
  BijouClientInfo client;

  g_return_val_if_fail (self->type->switch_account_user != NULL, FALSE);

  get_client (self, &client);
  token =
      self->type->switch_account_user (bijou_context_get_http (self->context), &client,
                                       bijou_context_get_account_url (self->context, self->type),
                                       self->token, user->id, pin, cancellable, error);
  if (token == NULL)
    return FALSE;
  servers = fetch_servers (self, token, cancellable, error);
  if (servers == NULL)
    return FALSE;

  g_free (self->token);
  g_free (self->user_id);
  g_free (self->user_name);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  self->token = g_steal_pointer (&token);
  self->user_id = g_strdup (user->id);
  self->user_name = g_strdup (user->name);
  self->servers = g_steal_pointer (&servers);
  return TRUE;
}

static void
find_others (BijouAccountVisit *self)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (self->context), NULL);

  g_clear_pointer (&self->others, g_ptr_array_unref);
  self->others = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_strcmp0 (server->account_id, self->account_id) != 0 && server->user_name != NULL &&
          g_strcmp0 (server->user_name, self->user_name) != 0)
        g_ptr_array_add (self->others, g_object_ref (server));
    }
}

/**
 * bijou_account_visit_get_other_user:
 * @self: a visit whose servers are listed
 * @server_id: one of them
 *
 * Returns: (transfer none) (nullable): who is signed in to it here through another account
 */
const char *
bijou_account_visit_get_other_user (BijouAccountVisit *self, const char *server_id)
{
  for (guint i = 0; self->others != NULL && i < self->others->len; i++)
    if (g_strcmp0 (((BijouServer *) self->others->pdata[i])->id, server_id) == 0)
      return ((BijouServer *) self->others->pdata[i])->user_name;
  return NULL;
}

/**
 * bijou_account_visit_list_servers:
 * @self: a visit
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type BijouSignedIn): what the user sees
 */
GPtrArray *
bijou_account_visit_list_servers (BijouAccountVisit *self,
                                  GCancellable *cancellable,
                                  GError **error)
{
  if (self->servers == NULL)
    self->servers = fetch_servers (self, self->token, cancellable, error);
  find_others (self);
  return self->servers != NULL ? g_ptr_array_ref (self->servers) : NULL;
}

/* --- keeping --- */

static BijouSignedIn *
find_signed_in (GPtrArray *servers, const char *server_id)
{
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    if (g_strcmp0 (((BijouSignedIn *) servers->pdata[i])->server->id, server_id) == 0)
      return g_ptr_array_index (servers, i);
  return NULL;
}

/* Servers that the new user does not see go as a whole. */
static gboolean
forget_other_user (BijouAccountVisit *self, GPtrArray *known, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < known->len; i++)
    g_ptr_array_add (ids, ((BijouServer *) known->pdata[i])->id);
  bijou_forget_send_waiting (self->context, ids);
  for (guint i = 0; i < ids->len; i++)
    {
      const char *id = g_ptr_array_index (ids, i);
      gboolean seen = find_signed_in (self->servers, id) != NULL;

      if (!(seen ? bijou_forget_user (self->context, id, error)
                 : bijou_forget_server (self->context, id, error)))
        return FALSE;
    }
  return ids->len == 0 || bijou_forget_finish (self->context, ids, error);
}

static gboolean
keep_account (BijouAccountVisit *self, GError **error)
{
  g_autofree char *name = bijou_accounts_make_secret_name (self->type, self->account_id);
  g_autoptr (BijouAccount) account =
      bijou_account_new (self->type->id, self->account_id, self->account_name);

  account->client_id = g_strdup (self->client_id);
  if (g_strcmp0 (self->user_id, self->account_id) != 0)
    account->home_user = g_strdup (self->user_id);
  account->listed_at = g_get_real_time () / G_USEC_PER_SEC;
  self->kept = TRUE;
  return bijou_secrets_store (bijou_context_get_secrets (self->context), name, self->token,
                              error) &&
         bijou_store_save_account (bijou_context_get_store (self->context), account, error);
}

static gboolean
keep_servers (BijouAccountVisit *self, GPtrArray *known, GPtrArray *chosen, GError **error)
{
  for (guint i = 0; i < self->servers->len; i++)
    {
      BijouSignedIn *signed_in = g_ptr_array_index (self->servers, i);
      gboolean wanted = find_signed_in (chosen, signed_in->server->id) != NULL;

      for (guint j = 0; j < known->len && !wanted; j++)
        wanted = g_strcmp0 (((BijouServer *) known->pdata[j])->id, signed_in->server->id) == 0;
      if (wanted && !bijou_context_add_server (self->context, signed_in, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * bijou_account_visit_keep:
 * @self: a visit
 * @chosen: (nullable) (element-type BijouSignedIn): servers to be added, of its list
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: whether all is kept
 */
gboolean
bijou_account_visit_keep (BijouAccountVisit *self,
                          GPtrArray *chosen,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GPtrArray) servers = bijou_account_visit_list_servers (self, cancellable, error);
  g_autoptr (GPtrArray) known = NULL;

  if (servers == NULL)
    return FALSE;
  known = bijou_accounts_list_known (self->context, self->account_id, error);
  if (known == NULL)
    return FALSE;
  if (bijou_account_visit_is_switch (self) && !forget_other_user (self, known, error))
    return FALSE;
  return keep_account (self, error) && keep_servers (self, known, chosen, error);
}

/**
 * bijou_account_visit_abandon:
 * @self: a visit
 * @cancellable: (nullable): a cancellable
 */
void
bijou_account_visit_abandon (BijouAccountVisit *self, GCancellable *cancellable)
{
  BijouClientInfo client;
  g_autoptr (GError) error = NULL;

  if (self->kept || self->type->sign_out_account == NULL)
    return;
  get_client (self, &client);
  if (!self->type->sign_out_account (bijou_context_get_http (self->context), &client,
                                     bijou_context_get_account_url (self->context, self->type),
                                     self->token, cancellable, &error))
    g_message ("%s was not told of the sign-out: %s", self->type->title, error->message);
}
