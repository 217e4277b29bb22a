#include "config.h"

#include "bijou-command.h"

#include "bijou-account-visit.h"
#include "bijou-accounts.h"
#include "bijou-context-private.h"
#include "bijou-server-addresses.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

static const char *const server_columns[] = { "name",  "backend", "version", "user",
                                              "state", "address", "id",      NULL };

/* --- helpers of all commands --- */

static gboolean
has_address (BijouServer *server, const char *url)
{
  g_autofree char *normal = bijou_address_normalise_url (url);

  return normal != NULL && bijou_address_find (server->addresses, normal) != NULL;
}

/**
 * bijou_command_find_server:
 * @self: a command
 * @name: a server's identifier, name or any of its addresses
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the server; %BIJOU_ERROR_FAILED when there is none
 */
BijouServer *
bijou_command_find_server (BijouCommand *self, const char *name, GError **error)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (self->context), error);

  if (servers == NULL)
    return NULL;
  for (guint i = 0; i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_str_equal (server->id, name) || g_str_equal (server->name, name) ||
          has_address (server, name))
        return g_object_ref (server);
    }
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_FAILED, _ ("No server is called %s"), name);
  return NULL;
}

/**
 * bijou_command_find_item:
 * @self: a command
 * @key: what the user calls it, see bijou_store_find_item()
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the item; %BIJOU_ERROR_FAILED when none is mirrored
 */
BijouItem *
bijou_command_find_item (BijouCommand *self, const char *key, GError **error)
{
  g_autoptr (GError) local = NULL;
  BijouItem *item = bijou_store_find_item (bijou_context_get_store (self->context), key, &local);

  /* Not the server says so. */
  if (g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
    local->code = BIJOU_ERROR_FAILED;
  if (item == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return item;
}

/**
 * bijou_command_require_backend:
 * @self: a command
 * @server_id: a server
 * @error: return location
 *
 * Returns: (transfer full) (nullable): its backend; %BIJOU_ERROR_UNAUTHORISED when there is no
 * token
 */
BijouBackend *
bijou_command_require_backend (BijouCommand *self, const char *server_id, GError **error)
{
  BijouBackend *backend = bijou_context_get_backend (self->context, server_id);

  if (backend == NULL)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, _ ("There is no token for %s"),
                 server_id);
  return backend;
}

/* --- printing --- */

static void
add_addresses (JsonBuilder *builder, GPtrArray *addresses)
{
  json_builder_set_member_name (builder, "addresses");
  json_builder_begin_array (builder);
  for (guint i = 0; i < addresses->len; i++)
    json_builder_add_string_value (builder,
                                   ((BijouAddress *) g_ptr_array_index (addresses, i))->url);
  json_builder_end_array (builder);
}

static void
add_libraries (JsonBuilder *builder, GPtrArray *libraries)
{
  json_builder_set_member_name (builder, "libraries");
  json_builder_begin_array (builder);
  for (guint i = 0; libraries != NULL && i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);

      json_builder_begin_object (builder);
      bijou_output_member_text (builder, "id", library->remote_id);
      bijou_output_member_text (builder, "title", library->title);
      bijou_output_member_text (builder, "kind", bijou_library_kind_to_string (library->kind));
      bijou_output_member_int (builder, "items", library->items, -1);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static const char *
get_state_name (BijouConnectionState state)
{
  switch (state)
    {
    case BIJOU_CONNECTION_CONNECTED:
      return "connected";
    case BIJOU_CONNECTION_OFFLINE:
    case BIJOU_CONNECTION_SUSPECT:
      return "offline";
    case BIJOU_CONNECTION_UNAUTHORISED:
      return "unauthorised";
    case BIJOU_CONNECTION_UNKNOWN:
    case BIJOU_CONNECTION_RACING:
    default:
      return "unknown";
    }
}

static void
print_server (BijouCommand *self, BijouServer *server)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self->context, server->id);
  g_autoptr (GPtrArray) libraries =
      bijou_store_list_libraries (bijou_context_get_store (self->context), server->id, NULL);
  BijouConnectionState state = bijou_context_get_server_state (self->context, server->id);
  g_autofree char *address =
      backend != NULL && state == BIJOU_CONNECTION_CONNECTED
          ? bijou_connection_dup_current_url (bijou_backend_get_connection (backend))
          : NULL;

  json_builder_begin_object (builder);
  bijou_output_member_text (builder, "id", server->id);
  bijou_output_member_text (builder, "name", server->name);
  bijou_output_member_text (builder, "backend", server->backend);
  bijou_output_member_text (builder, "version", server->version);
  bijou_output_member_text (builder, "user", server->user_name);
  bijou_output_member_text (builder, "state", get_state_name (state));
  bijou_output_member_text (builder, "address", address);
  add_addresses (builder, server->addresses);
  add_libraries (builder, libraries);
  json_builder_end_object (builder);
  bijou_output_set_columns (self->output, server_columns);
  bijou_output_add (self->output, builder);
}

/* --- adding --- */

static char *
read_secret (GError **error)
{
  char line[8192] = "";

  if (fgets (line, sizeof line, stdin) != NULL)
    line[strcspn (line, "\r\n")] = '\0';
  if (*line != '\0')
    return g_strdup (line);
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, _ ("Nothing came on standard input"));
  return NULL;
}

static const BijouBackendType *
identify (BijouCommand *self,
          char **base_url,
          BijouTrust **trust,
          BijouIdentity *identity,
          GError **error)
{
  g_autofree char *typed = bijou_address_normalise_url (self->line->add_server);
  const BijouBackendType *type;

  if (typed == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, _ ("%s is no address"),
                   self->line->add_server);
      return NULL;
    }
  *trust = bijou_command_dup_trust (self, typed);
  type = bijou_backend_type_identify (bijou_context_get_http (self->context), typed, *trust,
                                      identity, base_url, self->cancellable, error);
  if (type == NULL && *base_url != NULL)
    bijou_command_explain_untrusted (self, *base_url, error);
  if (type != NULL && self->line->backend != NULL && !g_str_equal (type->id, self->line->backend))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER, _ ("A %s server answers there"),
                   type->title);
      return NULL;
    }
  return type;
}

static BijouSignedIn *
sign_in (BijouCommand *self,
         const BijouBackendType *type,
         const char *base_url,
         BijouTrust *trust,
         GError **error)
{
  BijouHttp *http = bijou_context_get_http (self->context);
  g_autofree char *secret = read_secret (error);
  g_autofree char *account = NULL;
  BijouClientInfo client;

  if (secret == NULL)
    return NULL;
  account = type->has_account ? g_strdup (type->id)
                              : g_strdup_printf ("%s:%s:%s", type->id, base_url,
                                                 self->line->user != NULL ? self->line->user : "");
  bijou_context_get_client_info (self->context, account, &client);
  client.trust = trust;
  if (self->line->token_stdin)
    return type->sign_in_token (http, &client, base_url, secret, self->cancellable, error);
  if (type->sign_in_password == NULL || self->line->user == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE,
                   type->sign_in_password == NULL ? _ ("This server takes a token, not a password")
                                                  : _ ("--password-stdin needs --user"));
      return NULL;
    }
  return type->sign_in_password (http, &client, base_url, self->line->user, secret,
                                 self->cancellable, error);
}

static gboolean
print_kept (BijouCommand *self, const char *server_id, GError **error)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self->context, server_id);
  g_autoptr (BijouServer) server = NULL;
  g_autofree char *url = NULL;

  if (backend != NULL)
    url = bijou_connection_get_base_url (bijou_backend_get_connection (backend), self->cancellable,
                                         NULL);
  server = bijou_command_find_server (self, server_id, error);
  if (server != NULL)
    print_server (self, server);
  return server != NULL;
}

static gboolean
keep_and_print (BijouCommand *self, BijouSignedIn *signed_in, GError **error)
{
  return bijou_context_add_server (self->context, signed_in, error) &&
         print_kept (self, signed_in->server->id, error);
}

/* Without a secret only an address can be added, to a server that is known. */
static gboolean
check_secret (BijouCommand *self, gboolean known, GError **error)
{
  if (known || self->line->password_stdin || self->line->token_stdin)
    return TRUE;
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE,
               _ ("--add-server needs --password-stdin or --token-stdin for a new server"));
  return FALSE;
}

static gboolean
add_known (
    BijouCommand *self, BijouServer *known, const char *base_url, BijouTrust *trust, GError **error)
{
  g_autoptr (BijouConnection) connection = NULL;
  g_autoptr (BijouServer) server = NULL;

  if (!bijou_server_addresses_add_url (self->context, known, base_url, error) ||
      !bijou_context_add_server_trust (self->context, known->id, trust, error))
    return FALSE;
  connection = bijou_server_addresses_get_connection (self->context, known);
  if (connection != NULL)
    g_free (bijou_connection_get_base_url (connection, self->cancellable, NULL));
  server = bijou_command_find_server (self, known->id, error);
  if (server != NULL)
    print_server (self, server);
  return server != NULL;
}

static gboolean
has_servers (BijouCommand *self)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (self->context), NULL);

  return servers != NULL && servers->len > 0;
}

/**
 * bijou_command_add_server:
 * @self: a command
 * @error: return location
 *
 * `--add-server=URL`: signs in with what standard input gives, keeps and prints the server. One
 * that is known gets the address, also without a new sign-in.
 *
 * Returns: whether it is kept
 */
gboolean
bijou_command_add_server (BijouCommand *self, GError **error)
{
  BijouIdentity identity = { NULL, NULL, NULL };
  g_autofree char *base_url = NULL;
  g_autoptr (BijouSignedIn) signed_in = NULL;
  g_autoptr (BijouServer) known = NULL;
  g_autoptr (BijouTrust) trust = NULL;
  const BijouBackendType *type;

  if (!check_secret (self, has_servers (self), error))
    return FALSE;
  type = identify (self, &base_url, &trust, &identity, error);
  if (type != NULL)
    known = bijou_command_find_server (self, identity.server_id, NULL);
  bijou_identity_clear (&identity);
  if (type == NULL || !check_secret (self, known != NULL, error))
    return FALSE;
  if (!self->line->password_stdin && !self->line->token_stdin)
    return add_known (self, known, base_url, trust, error);
  signed_in = sign_in (self, type, base_url, trust, error);
  if (signed_in != NULL && trust != NULL)
    signed_in->trust = bijou_trust_ref (trust);
  return signed_in != NULL && keep_and_print (self, signed_in, error);
}

/**
 * bijou_command_add_account:
 * @self: a command
 * @error: return location
 *
 * `--add-account=plex`: keeps every server of the account whose token standard input gives.
 *
 * Returns: whether all are kept
 */
gboolean
bijou_command_add_account (BijouCommand *self, GError **error)
{
  const BijouBackendType *type = bijou_backend_type_find (self->line->add_account);
  g_autofree char *token = NULL;
  g_autoptr (BijouAccountVisit) visit = NULL;
  g_autoptr (GPtrArray) servers = NULL;
  BijouClientInfo client;

  if (type == NULL || type->list_account_servers == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, _ ("There are no accounts of that kind"));
      return FALSE;
    }
  token = read_secret (error);
  if (token == NULL)
    return FALSE;
  bijou_accounts_get_client (self->context, type, NULL, &client);
  visit = bijou_account_visit_new (self->context, type, client.client_id, token, self->cancellable,
                                   error);
  servers =
      visit != NULL ? bijou_account_visit_list_servers (visit, self->cancellable, error) : NULL;
  if (servers == NULL || !bijou_account_visit_keep (visit, servers, self->cancellable, error))
    return FALSE;
  for (guint i = 0; i < servers->len; i++)
    if (!print_kept (self, ((BijouSignedIn *) servers->pdata[i])->server->id, error))
      return FALSE;
  return TRUE;
}

/* --- listing --- */

static gpointer
check_server_in_thread (gpointer data)
{
  g_autoptr (BijouBackend) backend = data;
  g_autoptr (GError) error = NULL;

  if (!bijou_backend_check_token (backend, NULL, &error))
    g_debug ("A server is not at hand: %s", error->message);
  return NULL;
}

/* The state that is printed is today's, so every server is asked, all at once. */
static void
check_servers (BijouCommand *self, GPtrArray *servers)
{
  g_autoptr (GPtrArray) threads = g_ptr_array_new ();

  for (guint i = 0; i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);
      BijouBackend *backend = bijou_context_get_backend (self->context, server->id);

      if (backend != NULL)
        g_ptr_array_add (threads, g_thread_new ("bijou-check", check_server_in_thread, backend));
    }
  for (guint i = 0; i < threads->len; i++)
    g_thread_join (g_ptr_array_index (threads, i));
}

/**
 * bijou_command_list_servers:
 * @self: a command
 * @error: return location
 *
 * `--list-servers`.
 *
 * Returns: whether the mirror could be read; a dead server is no failure
 */
gboolean
bijou_command_list_servers (BijouCommand *self, GError **error)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (self->context), error);

  if (servers == NULL)
    return FALSE;
  check_servers (self, servers);
  for (guint i = 0; i < servers->len; i++)
    print_server (self, g_ptr_array_index (servers, i));
  return TRUE;
}

/**
 * bijou_command_remove_server:
 * @self: a command
 * @error: return location
 *
 * `--remove-server=SERVER`: signs out and forgets everything of it.
 *
 * Returns: whether nothing is left of it
 */
gboolean
bijou_command_remove_server (BijouCommand *self, GError **error)
{
  g_autoptr (BijouServer) server =
      bijou_command_find_server (self, self->line->remove_server, error);

  return server != NULL &&
         bijou_context_remove_server (self->context, server->id, self->cancellable, error);
}
