#include "config.h"

#include "bijou-sign-in.h"

#include "bijou-accounts.h"
#include "bijou-context-private.h"

typedef struct
{
  /* Input */
  const BijouBackendType *type;
  char *base_url;        /* (owned) */
  BijouTrust *trust;     /* (owned) (nullable) what is trusted there */
  char *untrusted_url;   /* (owned) (nullable) */
  char *user;            /* (owned) (nullable) */
  char *secret;          /* (owned) (nullable) password or token */
  char *account_id;      /* (owned) (nullable) the account that is signed in to again */
  BijouSignInCode *code; /* (owned) (nullable) */
  GPtrArray *signed_in;  /* (owned) (nullable) */

  /* Output */
  BijouAccountVisit *visit; /* (owned) (nullable) */
} SignIn;

static void
sign_in_free (SignIn *sign_in)
{
  g_free (sign_in->base_url);
  g_clear_pointer (&sign_in->trust, bijou_trust_unref);
  g_free (sign_in->untrusted_url);
  g_free (sign_in->user);
  g_free (sign_in->secret);
  g_free (sign_in->account_id);
  g_clear_pointer (&sign_in->visit, bijou_account_visit_unref);
  g_clear_pointer (&sign_in->code, bijou_sign_in_code_free);
  g_clear_pointer (&sign_in->signed_in, g_ptr_array_unref);
  g_free (sign_in);
}

/**
 * bijou_found_server_free:
 * @self: (transfer full): a found server
 */
void
bijou_found_server_free (BijouFoundServer *self)
{
  g_free (self->url);
  g_free (self->id);
  g_free (self->name);
  g_free (self->version);
  g_free (self);
}

static void
run (BijouContext *context, GTask *task, SignIn *sign_in, GTaskThreadFunc func)
{
  g_task_set_task_data (task, sign_in, (GDestroyNotify) sign_in_free);
  bijou_context_run_async (context, task, func);
  g_object_unref (task);
}

/* The token of a Jellyfin user is bound to the device identifier: one for each server and user. */
static void
get_client (BijouContext *context, SignIn *sign_in, BijouClientInfo *client)
{
  g_autofree char *account = NULL;

  if (sign_in->type->has_account)
    bijou_accounts_get_client (context, sign_in->type, sign_in->account_id, client);
  else
    account = g_strdup_printf ("%s:%s:%s", sign_in->type->id, sign_in->base_url,
                               sign_in->user != NULL ? sign_in->user : "");
  if (account != NULL)
    bijou_context_get_client_info (context, account, client);
  if (sign_in->trust == NULL)
    sign_in->trust = bijou_trust_keeper_dup_for_address (
        bijou_backends_get_trust_keeper (bijou_context_get_backends (context)), sign_in->base_url);
  client->trust = sign_in->trust;
}

static gboolean
start_sync_cb (gpointer data)
{
  GTask *task = data;

  bijou_sync_service_start (bijou_context_get_sync (g_task_get_source_object (task)),
                            g_task_get_task_data (task), FALSE);
  return G_SOURCE_REMOVE;
}

static void
begin_first_sync (BijouContext *context, const char *server_id)
{
  GTask *carrier = g_task_new (context, NULL, NULL, NULL);

  g_task_set_task_data (carrier, g_strdup (server_id), g_free);
  g_idle_add_full (G_PRIORITY_DEFAULT, start_sync_cb, carrier, g_object_unref);
}

static void
set_trust (SignIn *sign_in, BijouSignedIn *signed_in)
{
  if (sign_in->trust != NULL && signed_in->trust == NULL)
    signed_in->trust = bijou_trust_ref (sign_in->trust);
}

static void
return_kept (GTask *task, BijouSignedIn *signed_in, GError *error)
{
  BijouContext *context = g_task_get_source_object (task);

  if (signed_in != NULL)
    set_trust (g_task_get_task_data (task), signed_in);
  if (signed_in == NULL || !bijou_context_add_server (context, signed_in, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  begin_first_sync (context, signed_in->server->id);
  g_task_return_pointer (task, g_strdup (signed_in->server->id), g_free);
}

/* --- identify --- */

static void
identify_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SignIn *sign_in = task_data;
  g_autofree char *base = bijou_address_normalise_url (sign_in->base_url);
  g_autofree char *found_url = NULL;
  g_autoptr (GError) error = NULL;
  BijouIdentity identity = { NULL, NULL, NULL };
  gint64 begin = g_get_monotonic_time ();
  BijouFoundServer *found;

  if (base == NULL)
    {
      g_task_return_new_error (task, BIJOU_ERROR, BIJOU_ERROR_USAGE, "That is no address");
      return;
    }
  if (sign_in->trust == NULL)
    sign_in->trust = bijou_trust_keeper_dup_for_address (
        bijou_backends_get_trust_keeper (bijou_context_get_backends (source)), base);
  sign_in->type =
      bijou_backend_type_identify (bijou_context_get_http (source), base, sign_in->trust, &identity,
                                   &found_url, cancellable, &error);
  if (sign_in->type == NULL)
    {
      sign_in->untrusted_url = g_steal_pointer (&found_url);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  bijou_context_set_address_trust (source, found_url, sign_in->trust);
  found = g_new0 (BijouFoundServer, 1);
  found->type = sign_in->type;
  found->url = g_steal_pointer (&found_url);
  found->id = identity.server_id;
  found->name = identity.name;
  found->version = identity.version;
  found->latency_ms = (int) ((g_get_monotonic_time () - begin) / 1000);
  g_task_return_pointer (task, found, (GDestroyNotify) bijou_found_server_free);
}

/**
 * bijou_sign_in_identify_async:
 * @context: the context
 * @address: what the user typed
 * @trust: (nullable): what the user trusts there
 * @cancellable: (nullable): a cancellable
 * @callback: runs when it is known
 * @user_data: for @callback
 *
 * Finds out which server answers at an address, without a token. Main thread.
 */
void
bijou_sign_in_identify_async (BijouContext *context,
                              const char *address,
                              BijouTrust *trust,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  SignIn *sign_in = g_new0 (SignIn, 1);

  sign_in->base_url = g_strdup (address);
  sign_in->trust = trust != NULL ? bijou_trust_ref (trust) : NULL;
  run (context, g_task_new (context, cancellable, callback, user_data), sign_in,
       identify_in_worker);
}

/**
 * bijou_sign_in_identify_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full) (nullable): who answers
 */
BijouFoundServer *
bijou_sign_in_identify_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * bijou_sign_in_identify_get_untrusted_url:
 * @result: a result that failed with %BIJOU_ERROR_TLS
 *
 * Returns: (transfer none) (nullable): the base URL whose certificate nobody vouches for
 */
const char *
bijou_sign_in_identify_get_untrusted_url (GAsyncResult *result)
{
  SignIn *sign_in = g_task_get_task_data (G_TASK (result));

  return sign_in->untrusted_url;
}

/* --- password and token --- */

static void
password_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SignIn *sign_in = task_data;
  g_autoptr (BijouSignedIn) signed_in = NULL;
  BijouClientInfo client;
  GError *error = NULL;

  get_client (source, sign_in, &client);
  signed_in =
      sign_in->type->sign_in_password (bijou_context_get_http (source), &client, sign_in->base_url,
                                       sign_in->user, sign_in->secret, cancellable, &error);
  return_kept (task, signed_in, error);
}

/**
 * bijou_sign_in_password_async:
 * @context: the context
 * @type: the server's protocol
 * @base_url: the server
 * @user: the name
 * @password: the password; not kept
 * @cancellable: (nullable): a cancellable
 * @callback: finishes with bijou_sign_in_finish()
 * @user_data: for @callback
 *
 * Signs in, keeps the server and begins its first sync. Main thread.
 */
void
bijou_sign_in_password_async (BijouContext *context,
                              const BijouBackendType *type,
                              const char *base_url,
                              const char *user,
                              const char *password,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  SignIn *sign_in = g_new0 (SignIn, 1);

  sign_in->type = type;
  sign_in->base_url = g_strdup (base_url);
  sign_in->user = g_strdup (user);
  sign_in->secret = g_strdup (password);
  run (context, g_task_new (context, cancellable, callback, user_data), sign_in,
       password_in_worker);
}

static void
token_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SignIn *sign_in = task_data;
  g_autoptr (BijouSignedIn) signed_in = NULL;
  BijouClientInfo client;
  GError *error = NULL;

  get_client (source, sign_in, &client);
  signed_in =
      sign_in->type->sign_in_token (bijou_context_get_http (source), &client, sign_in->base_url,
                                    sign_in->secret, cancellable, &error);
  return_kept (task, signed_in, error);
}

/**
 * bijou_sign_in_token_async:
 * @context: the context
 * @type: the server's protocol
 * @base_url: the server
 * @token: a token for it
 * @cancellable: (nullable): a cancellable
 * @callback: finishes with bijou_sign_in_finish()
 * @user_data: for @callback
 *
 * Like bijou_sign_in_password_async(). Main thread.
 */
void
bijou_sign_in_token_async (BijouContext *context,
                           const BijouBackendType *type,
                           const char *base_url,
                           const char *token,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  SignIn *sign_in = g_new0 (SignIn, 1);

  sign_in->type = type;
  sign_in->base_url = g_strdup (base_url);
  sign_in->secret = g_strdup (token);
  run (context, g_task_new (context, cancellable, callback, user_data), sign_in, token_in_worker);
}

/**
 * bijou_sign_in_finish:
 * @result: a result of one of the two above
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the server's id
 */
char *
bijou_sign_in_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- codes --- */

static SignIn *
new_code_sign_in (BijouContext *context,
                  const BijouBackendType *type,
                  const char *base_url,
                  const char *account_id)
{
  SignIn *sign_in = g_new0 (SignIn, 1);

  sign_in->account_id = g_strdup (account_id);
  sign_in->type = type;
  sign_in->base_url =
      g_strdup (base_url != NULL ? base_url : bijou_context_get_account_url (context, type));
  return sign_in;
}

static void
begin_code_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SignIn *sign_in = task_data;
  BijouClientInfo client;
  GError *error = NULL;
  BijouSignInCode *code;

  get_client (source, sign_in, &client);
  code = sign_in->type->begin_code (bijou_context_get_http (source), &client, sign_in->base_url,
                                    cancellable, &error);
  if (code != NULL)
    g_task_return_pointer (task, code, (GDestroyNotify) bijou_sign_in_code_free);
  else
    g_task_return_error (task, error);
}

/**
 * bijou_sign_in_begin_code_async:
 * @context: the context
 * @type: the protocol
 * @base_url: (nullable): the server; %NULL for the protocol's account service
 * @account_id: (nullable): the account that is signed in to again
 * @cancellable: (nullable): a cancellable
 * @callback: runs when the code is there
 * @user_data: for @callback
 *
 * Asks for a code to be confirmed elsewhere. Main thread.
 */
void
bijou_sign_in_begin_code_async (BijouContext *context,
                                const BijouBackendType *type,
                                const char *base_url,
                                const char *account_id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  run (context, g_task_new (context, cancellable, callback, user_data),
       new_code_sign_in (context, type, base_url, account_id), begin_code_in_worker);
}

/**
 * bijou_sign_in_begin_code_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the code
 */
BijouSignInCode *
bijou_sign_in_begin_code_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Waits for @ms or the cancellable, whichever comes first. */
static gboolean
pause_polling (guint ms, GCancellable *cancellable)
{
  GPollFD fd;

  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, (int) ms);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) ms * 1000);
  return !g_cancellable_is_cancelled (cancellable);
}

/* A lost poll is no reason to give up: the user is confirming on another device meanwhile. */
static gboolean
is_final (const GError *error)
{
  return error != NULL && !bijou_error_is_transport (error) &&
         !g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER) &&
         !g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING) &&
         !g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_RATE_LIMITED);
}

static GPtrArray *
poll_until_confirmed (BijouContext *context,
                      SignIn *sign_in,
                      char **account_token,
                      GCancellable *cancellable,
                      GError **error)
{
  BijouClientInfo client;

  get_client (context, sign_in, &client);
  while (g_get_real_time () / G_USEC_PER_SEC < sign_in->code->expires_at)
    {
      g_autoptr (GError) local = NULL;
      GPtrArray *signed_in =
          sign_in->type->poll_code (bijou_context_get_http (context), &client, sign_in->base_url,
                                    sign_in->code, account_token, cancellable, &local);

      if (signed_in != NULL)
        return signed_in;
      if (is_final (local))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return NULL;
        }
      if (!pause_polling (sign_in->code->interval_ms, cancellable))
        break;
    }
  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The code has expired");
  return NULL;
}

/* The servers of an account are listed by the visit to it, which knows whose they are. */
static GPtrArray *
visit_account (BijouContext *context,
               SignIn *sign_in,
               const char *token,
               GCancellable *cancellable,
               GError **error)
{
  BijouClientInfo client;

  get_client (context, sign_in, &client);
  sign_in->visit =
      bijou_account_visit_new (context, sign_in->type, client.client_id, token, cancellable, error);
  return sign_in->visit != NULL
             ? bijou_account_visit_list_servers (sign_in->visit, cancellable, error)
             : NULL;
}

static gpointer
wait_code_in_thread (gpointer data)
{
  g_autoptr (GTask) task = data;
  BijouContext *context = g_task_get_source_object (task);
  g_autofree char *account_token = NULL;
  GError *error = NULL;
  GPtrArray *signed_in = poll_until_confirmed (context, g_task_get_task_data (task), &account_token,
                                               g_task_get_cancellable (task), &error);

  for (guint i = 0; signed_in != NULL && i < signed_in->len; i++)
    if (!((SignIn *) g_task_get_task_data (task))->type->has_account)
      set_trust (g_task_get_task_data (task), g_ptr_array_index (signed_in, i));
  if (account_token != NULL)
    {
      g_clear_pointer (&signed_in, g_ptr_array_unref);
      signed_in = visit_account (context, g_task_get_task_data (task), account_token,
                                 g_task_get_cancellable (task), &error);
    }
  if (signed_in != NULL)
    g_task_return_pointer (task, signed_in, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
  return NULL;
}

static BijouSignInCode *
copy_code (const BijouSignInCode *code)
{
  BijouSignInCode *copy = g_memdup2 (code, sizeof *code);

  copy->code = g_strdup (code->code);
  copy->browser_url = g_strdup (code->browser_url);
  copy->link_text = g_strdup (code->link_text);
  copy->secret = g_strdup (code->secret);
  return copy;
}

/**
 * bijou_sign_in_wait_code_async:
 * @context: the context
 * @type: the protocol
 * @base_url: (nullable): as for bijou_sign_in_begin_code_async()
 * @account_id: (nullable): likewise
 * @code: the code
 * @cancellable: (nullable): a cancellable
 * @callback: runs when the code is confirmed or expired
 * @user_data: for @callback
 *
 * Polls on a thread of its own, for minutes. Main thread.
 */
void
bijou_sign_in_wait_code_async (BijouContext *context,
                               const BijouBackendType *type,
                               const char *base_url,
                               const char *account_id,
                               const BijouSignInCode *code,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (context, cancellable, callback, user_data);
  SignIn *sign_in = new_code_sign_in (context, type, base_url, account_id);

  sign_in->code = copy_code (code);
  g_task_set_source_tag (task, bijou_sign_in_wait_code_async);
  g_task_set_task_data (task, sign_in, (GDestroyNotify) sign_in_free);
  g_thread_unref (g_thread_new ("bijou-sign-in", wait_code_in_thread, task));
}

/**
 * bijou_sign_in_wait_code_finish:
 * @result: a result
 * @visit: (out) (optional) (nullable): who signed in, where the protocol has accounts
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type BijouSignedIn): the servers to choose from
 */
GPtrArray *
bijou_sign_in_wait_code_finish (GAsyncResult *result, BijouAccountVisit **visit, GError **error)
{
  SignIn *sign_in = g_task_get_task_data (G_TASK (result));

  if (visit != NULL)
    *visit = g_steal_pointer (&sign_in->visit);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
keep_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SignIn *sign_in = task_data;
  GError *error = NULL;
  gboolean kept = TRUE;

  if (sign_in->visit != NULL)
    kept = bijou_account_visit_keep (sign_in->visit, sign_in->signed_in, cancellable, &error);
  for (guint i = 0; kept && i < sign_in->signed_in->len; i++)
    {
      BijouSignedIn *signed_in = g_ptr_array_index (sign_in->signed_in, i);

      kept = sign_in->visit != NULL || bijou_context_add_server (source, signed_in, &error);
      if (kept)
        begin_first_sync (source, signed_in->server->id);
    }
  if (kept)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * bijou_sign_in_keep_async:
 * @context: the context
 * @signed_in: (element-type BijouSignedIn): the chosen servers
 * @visit: (nullable): the account that they come with, which is kept with them
 * @cancellable: (nullable): a cancellable
 * @callback: runs when they are kept
 * @user_data: for @callback
 *
 * Keeps the servers and begins their first sync. Main thread.
 */
void
bijou_sign_in_keep_async (BijouContext *context,
                          GPtrArray *signed_in,
                          BijouAccountVisit *visit,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  SignIn *sign_in = g_new0 (SignIn, 1);

  sign_in->signed_in = g_ptr_array_ref (signed_in);
  sign_in->visit = visit != NULL ? bijou_account_visit_ref (visit) : NULL;
  run (context, g_task_new (context, cancellable, callback, user_data), sign_in, keep_in_worker);
}

/**
 * bijou_sign_in_keep_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: whether all are kept
 */
gboolean
bijou_sign_in_keep_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
