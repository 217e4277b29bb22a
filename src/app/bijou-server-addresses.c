#include "config.h"

#include "bijou-server-addresses.h"

#include "bijou-context-private.h"

#include <glib/gi18n.h>

/* An address that was found and failed so often without having worked for so long is dropped. */
#define STALE_FAILURES 20
#define STALE_AGE_S (30 * 24 * 3600)

/* Whoever reads the addresses of a connection to save them holds it until they are saved, so that
 * nothing older is written over what a user has just chosen. */
static GMutex editing;

typedef struct
{
  /* Input */
  char *server_id; /* (owned) */
  char *text;      /* (owned) (nullable) a URL, or what the user typed */
  BijouAddressEdit edit;
  BijouAddressTested tested; /* (nullable) */
  gpointer tested_data;
} Order;

static void
order_free (Order *order)
{
  g_free (order->server_id);
  g_free (order->text);
  g_free (order);
}

static Order *
order_new (const char *server_id, const char *text, BijouAddressEdit edit)
{
  Order *order = g_new0 (Order, 1);

  order->server_id = g_strdup (server_id);
  order->text = g_strdup (text);
  order->edit = edit;
  return order;
}

static void
run (BijouContext *context, Order *order, GTask *task, GTaskThreadFunc func)
{
  g_task_set_task_data (task, order, (GDestroyNotify) order_free);
  bijou_context_run_async (context, task, func);
  g_object_unref (task);
}

static GPtrArray *
copy_addresses (GPtrArray *addresses)
{
  GPtrArray *copies = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);

  for (guint i = 0; i < addresses->len; i++)
    g_ptr_array_add (copies, bijou_address_copy (g_ptr_array_index (addresses, i)));
  return copies;
}

static BijouServer *
find_server (BijouContext *context, const char *server_id, GError **error)
{
  g_autoptr (GPtrArray) servers =
      bijou_store_list_servers (bijou_context_get_store (context), error);

  if (servers == NULL)
    return NULL;
  for (guint i = 0; i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_str_equal (server->id, server_id))
        return g_object_ref (server);
    }
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The server %s is not known", server_id);
  return NULL;
}

/**
 * bijou_server_addresses_list:
 * @context: the context
 * @server: a known server
 *
 * Returns: (transfer full) (element-type BijouAddress): what its connection knows of them now, or
 *   what is saved while nobody is signed in
 */
GPtrArray *
bijou_server_addresses_list (BijouContext *context, BijouServer *server)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, server->id);

  if (backend != NULL)
    return bijou_connection_get_addresses (bijou_backend_get_connection (backend));
  return copy_addresses (server->addresses);
}

/* --- saving --- */

static gboolean
save (BijouContext *context, const char *server_id, GPtrArray *addresses, GError **error)
{
  return bijou_store_save_addresses (bijou_context_get_store (context), server_id, addresses,
                                     error);
}

/**
 * bijou_server_addresses_keep:
 * @context: the context
 * @server_id: a server
 * @error: return location
 *
 * Saves what its connection has learned. A server that nobody is signed in to has learned nothing.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE or, if it is gone, %BIJOU_ERROR_NOT_FOUND
 */
gboolean
bijou_server_addresses_keep (BijouContext *context, const char *server_id, GError **error)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, server_id);
  g_autoptr (GPtrArray) addresses = NULL;
  g_autoptr (GPtrArray) winners = NULL;
  gboolean saved;

  if (backend == NULL)
    return TRUE;
  g_mutex_lock (&editing);
  addresses = bijou_connection_get_addresses (bijou_backend_get_connection (backend));
  winners = bijou_connection_get_winners (bijou_backend_get_connection (backend));
  saved = bijou_store_learn_addresses (bijou_context_get_store (context), server_id, addresses,
                                       winners, error);
  g_mutex_unlock (&editing);
  return saved;
}

/* The connection first: what it learns meanwhile goes with the change. */
static gboolean
put (BijouContext *context, BijouServer *server, GPtrArray *addresses, GError **error)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, server->id);

  if (backend != NULL)
    {
      BijouConnection *connection = bijou_backend_get_connection (backend);

      bijou_connection_set_addresses (connection, addresses);
      bijou_connection_network_changed (connection);
    }
  return save (context, server->id, addresses, error);
}

/* --- editing --- */

static guint
count_usable (GPtrArray *addresses)
{
  guint n = 0;

  for (guint i = 0; i < addresses->len; i++)
    if (!((BijouAddress *) g_ptr_array_index (addresses, i))->disabled)
      n++;
  return n;
}

/**
 * bijou_server_addresses_allow:
 * @addresses: (element-type BijouAddress): all addresses of a server
 * @url: one of them
 * @edit: what is to be done with it
 *
 * Whether it can be done: the last address that is on stays, or the server could never be reached
 * again; only what a user added can be removed. Any thread.
 */
gboolean
bijou_server_addresses_allow (GPtrArray *addresses, const char *url, BijouAddressEdit edit)
{
  const BijouAddress *address = bijou_address_find (addresses, url);
  gboolean is_last;

  if (address == NULL)
    return FALSE;
  is_last = !address->disabled && count_usable (addresses) == 1;
  switch (edit)
    {
    case BIJOU_ADDRESS_SWITCH_OFF:
      return !is_last;
    case BIJOU_ADDRESS_REMOVE:
      return !is_last && address->source == BIJOU_ADDRESS_FROM_USER;
    case BIJOU_ADDRESS_PIN:
    case BIJOU_ADDRESS_UNPIN:
    case BIJOU_ADDRESS_SWITCH_ON:
    default:
      return TRUE;
    }
}

static void
pin (GPtrArray *addresses, const char *url)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (addresses, i);

      address->pinned = g_str_equal (address->url, url);
      if (address->pinned)
        address->disabled = FALSE;
    }
}

static void
apply (GPtrArray *addresses, const char *url, BijouAddressEdit edit)
{
  BijouAddress *address = bijou_address_find (addresses, url);

  switch (edit)
    {
    case BIJOU_ADDRESS_PIN:
      pin (addresses, url);
      break;
    case BIJOU_ADDRESS_UNPIN:
      address->pinned = FALSE;
      break;
    case BIJOU_ADDRESS_SWITCH_ON:
      address->disabled = FALSE;
      break;
    case BIJOU_ADDRESS_SWITCH_OFF:
      address->disabled = TRUE;
      address->pinned = FALSE;
      break;
    case BIJOU_ADDRESS_REMOVE:
    default:
      g_ptr_array_remove (addresses, address);
      break;
    }
}

static gboolean
edit_address (BijouContext *context, BijouServer *server, Order *order, GError **error)
{
  g_autoptr (GPtrArray) addresses = bijou_server_addresses_list (context, server);

  if (!bijou_server_addresses_allow (addresses, order->text, order->edit))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, "This cannot be done with %s",
                   order->text);
      return FALSE;
    }
  apply (addresses, order->text, order->edit);
  return put (context, server, addresses, error);
}

static void
edit_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Order *order = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouServer) server = NULL;
  gboolean done;

  g_mutex_lock (&editing);
  server = find_server (source, order->server_id, &error);
  done = server != NULL && edit_address (source, server, order, &error);
  g_mutex_unlock (&editing);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * bijou_server_addresses_edit_async:
 * @context: the context
 * @server_id: a known server
 * @url: one of its addresses
 * @edit: what to do with it
 * @cancellable: (nullable): gives up if it was not begun
 * @callback: runs when it is saved
 * @user_data: for @callback
 *
 * The addresses are raced at once, by what is chosen now.
 */
void
bijou_server_addresses_edit_async (BijouContext *context,
                                   const char *server_id,
                                   const char *url,
                                   BijouAddressEdit edit,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (context, cancellable, callback, user_data);

  g_task_set_source_tag (task, bijou_server_addresses_edit_async);
  run (context, order_new (server_id, url, edit), task, edit_in_worker);
}

/**
 * bijou_server_addresses_edit_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: %FALSE with %BIJOU_ERROR_USAGE where bijou_server_addresses_allow() says no,
 *   %BIJOU_ERROR_NOT_FOUND or %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_server_addresses_edit_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- dropping --- */

/* What the user chose to do with an address is not forgotten with it. */
static gboolean
may_drop (const BijouAddress *address)
{
  return address->source == BIJOU_ADDRESS_FROM_DISCOVERY && !address->pinned &&
         !address->disabled && address->failures > 0;
}

static gboolean
is_stale (const BijouAddress *address)
{
  gint64 age = g_get_real_time () / G_USEC_PER_SEC - address->last_success;

  return may_drop (address) && address->failures >= STALE_FAILURES && age > STALE_AGE_S;
}

static void
drop_all_stale (GPtrArray *addresses)
{
  for (guint i = addresses->len; i-- > 0;)
    if (is_stale (g_ptr_array_index (addresses, i)))
      g_ptr_array_remove_index (addresses, i);
}

/* The one that was good the longest time ago, or never. */
static gboolean
drop_worst (GPtrArray *addresses)
{
  BijouAddress *worst = NULL;

  for (guint i = 0; i < addresses->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (addresses, i);

      if (may_drop (address) &&
          (worst == NULL || address->last_success < worst->last_success ||
           (address->last_success == worst->last_success && address->failures > worst->failures)))
        worst = address;
    }
  return worst != NULL && g_ptr_array_remove (addresses, worst);
}

/**
 * bijou_server_addresses_drop_stale:
 * @context: the context
 * @server_id: a server that is signed in to
 * @max: how many addresses that were found may remain
 *
 * Addresses that came from the local network or from the server's own idea of itself go when they
 * have failed often and not worked for a month, and as many more that fail as there are too many.
 *
 * Returns: whether at most @max remain
 */
gboolean
bijou_server_addresses_drop_stale (BijouContext *context, const char *server_id, guint max)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, server_id);
  g_autoptr (GPtrArray) addresses = NULL;
  guint n_before;

  if (backend == NULL)
    return FALSE;
  g_mutex_lock (&editing);
  addresses = bijou_connection_get_addresses (bijou_backend_get_connection (backend));
  n_before = addresses->len;
  drop_all_stale (addresses);
  while (bijou_address_count (addresses, BIJOU_ADDRESS_FROM_DISCOVERY) > max &&
         drop_worst (addresses))
    ;
  if (addresses->len < n_before)
    {
      bijou_connection_set_addresses (bijou_backend_get_connection (backend), addresses);
      save (context, server_id, addresses, NULL);
    }
  g_mutex_unlock (&editing);
  return bijou_address_count (addresses, BIJOU_ADDRESS_FROM_DISCOVERY) <= max;
}

/* --- adding --- */

static gboolean
is_same_server (BijouServer *server,
                const BijouBackendType *type,
                const BijouIdentity *identity,
                GError **error)
{
  const char *name = identity->name != NULL ? identity->name : type->title;

  if (g_str_equal (type->id, server->backend) && g_strcmp0 (identity->server_id, server->id) == 0)
    return TRUE;
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER,
               /* Translators: names of two servers */
               _ ("“%s” answers at this address, not “%s”."), name, server->name);
  return FALSE;
}

/* Returns the base URL at which the server itself answers. */
static char *
identify (BijouContext *context,
          BijouServer *server,
          const char *text,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree char *base = bijou_address_normalise_url (text);
  g_autofree char *url = NULL;
  g_autoptr (BijouTrust) trust = NULL;
  BijouIdentity identity = { NULL, NULL, NULL };
  const BijouBackendType *type;
  gboolean same;

  if (base == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, "“%s” is no address", text);
      return NULL;
    }
  trust = bijou_context_dup_server_trust (context, server->id);
  type = bijou_backend_type_identify (bijou_context_get_http (context), base, trust, &identity,
                                      &url, cancellable, error);
  if (type == NULL)
    return NULL;
  same = is_same_server (server, type, &identity, error);
  bijou_identity_clear (&identity);
  return same ? g_steal_pointer (&url) : NULL;
}

static gboolean
add_address (BijouContext *context, BijouServer *server, const char *url, GError **error)
{
  g_autoptr (GPtrArray) addresses = bijou_server_addresses_list (context, server);
  BijouAddress *address = bijou_address_find (addresses, url);

  if (address == NULL)
    {
      address = bijou_address_new (url, BIJOU_ADDRESS_FROM_USER);
      g_ptr_array_add (addresses, address);
    }
  address->source = BIJOU_ADDRESS_FROM_USER;
  address->disabled = FALSE;
  address->last_success = g_get_real_time () / G_USEC_PER_SEC;
  return put (context, server, addresses, error);
}

/**
 * bijou_server_addresses_add_url:
 * @context: the context
 * @server: a known server
 * @url: a base URL at which it has just answered
 * @error: return location
 *
 * Adds the address; one that is known is switched on and is the user's from now on.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_server_addresses_add_url (BijouContext *context,
                                BijouServer *server,
                                const char *url,
                                GError **error)
{
  gboolean added;

  g_mutex_lock (&editing);
  added = add_address (context, server, url, error);
  g_mutex_unlock (&editing);
  return added;
}

static void
add_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Order *order = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouServer) server = find_server (source, order->server_id, &error);
  g_autofree char *url =
      server != NULL ? identify (source, server, order->text, cancellable, &error) : NULL;
  gboolean added = FALSE;

  if (url != NULL)
    added = bijou_server_addresses_add_url (source, server, url, &error);
  if (added)
    g_task_return_pointer (task, g_steal_pointer (&url), g_free);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * bijou_server_addresses_add_async:
 * @context: the context
 * @server_id: a known server
 * @text: what the user typed
 * @cancellable: (nullable): gives up
 * @callback: runs when it is saved, or refused
 * @user_data: for @callback
 *
 * Asks without a token who answers there, and adds the address if it is the server itself. One that
 * is known is switched on.
 */
void
bijou_server_addresses_add_async (BijouContext *context,
                                  const char *server_id,
                                  const char *text,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (context, cancellable, callback, user_data);

  g_task_set_source_tag (task, bijou_server_addresses_add_async);
  run (context, order_new (server_id, text, BIJOU_ADDRESS_SWITCH_ON), task, add_in_worker);
}

/**
 * bijou_server_addresses_add_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the base URL that was added; %NULL with %BIJOU_ERROR_USAGE
 *   when it was no address, %BIJOU_ERROR_WRONG_SERVER with a sentence for people as its message, or
 *   whatever kept the server from answering
 */
char *
bijou_server_addresses_add_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- testing --- */

/**
 * bijou_server_addresses_get_connection:
 * @context: the context
 * @server: a known server
 *
 * Returns: (transfer full) (nullable): its live connection; while nobody is signed in one of its
 *   own, since a test needs no token; %NULL for a server of an unknown kind
 */
BijouConnection *
bijou_server_addresses_get_connection (BijouContext *context, BijouServer *server)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, server->id);
  const BijouBackendType *type = bijou_backend_type_find (server->backend);
  g_autoptr (BijouTrust) trust = NULL;
  BijouConnection *connection;

  if (backend != NULL)
    return g_object_ref (bijou_backend_get_connection (backend));
  if (type == NULL)
    return NULL;
  connection = bijou_connection_new (bijou_context_get_http (context), &type->probe, server->id,
                                     server->addresses);
  trust = bijou_context_dup_server_trust (context, server->id);
  bijou_connection_set_trust (connection, trust);
  return connection;
}

typedef struct
{
  GTask *task; /* (owned) */
  char *url;   /* (owned) */
  int ms;
  GError *error; /* (owned) (nullable) */
} Told;

static void
told_free (Told *told)
{
  g_object_unref (told->task);
  g_free (told->url);
  g_clear_error (&told->error);
  g_free (told);
}

static gboolean
on_told_cb (gpointer data)
{
  Told *told = data;
  Order *order = g_task_get_task_data (told->task);

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (told->task)))
    order->tested (told->url, told->ms, told->error, order->tested_data);
  return G_SOURCE_REMOVE;
}

/* Before the task's own return, which has the same priority. */
static void
tell_in_worker (const char *url, int ms, const GError *error, gpointer user_data)
{
  Told *told = g_new0 (Told, 1);

  told->task = g_object_ref (user_data);
  told->url = g_strdup (url);
  told->ms = ms;
  told->error = error != NULL ? g_error_copy (error) : NULL;
  g_idle_add_full (G_PRIORITY_DEFAULT, on_told_cb, told, (GDestroyNotify) told_free);
}

static void
test_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Order *order = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouServer) server = find_server (source, order->server_id, &error);
  g_autoptr (BijouConnection) connection =
      server != NULL ? bijou_server_addresses_get_connection (source, server) : NULL;

  if (connection != NULL)
    g_task_return_pointer (task,
                           bijou_connection_probe_each (
                               connection, order->tested != NULL ? tell_in_worker : NULL, task),
                           (GDestroyNotify) g_ptr_array_unref);
  else if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_new_error (task, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "%s is of an unknown kind",
                             server->name);
}

/**
 * bijou_server_addresses_test_async:
 * @context: the context
 * @server_id: a known server
 * @tested: (nullable): told of each address, with @user_data, unless @cancellable is cancelled
 * @cancellable: (nullable): gives up if it was not begun
 * @callback: runs after 6.5 s at most
 * @user_data: for @callback
 *
 * Tests all addresses that are on, at the same time and without a token.
 */
void
bijou_server_addresses_test_async (BijouContext *context,
                                   const char *server_id,
                                   BijouAddressTested tested,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (context, cancellable, callback, user_data);
  Order *order = order_new (server_id, NULL, BIJOU_ADDRESS_PIN);

  order->tested = tested;
  order->tested_data = user_data;
  g_task_set_source_tag (task, bijou_server_addresses_test_async);
  run (context, order, task, test_in_worker);
}

/**
 * bijou_server_addresses_test_finish:
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full) (nullable) (element-type BijouProbeResult): one for each address
 */
GPtrArray *
bijou_server_addresses_test_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
