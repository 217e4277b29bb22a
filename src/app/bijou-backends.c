#include "config.h"

#include "bijou-backends.h"

#include "bijou-accounts-private.h"

#define LOADED_WAIT_US (5 * G_USEC_PER_SEC)

struct _BijouBackends
{
  GObject parent_instance;

  GThread *main_thread;       /* (unowned) */
  BijouHttp *http;            /* (owned) */
  BijouStore *store;          /* (owned) */
  BijouSecrets *secrets;      /* (owned) */
  BijouTrustKeeper *trust;    /* (owned) */
  BijouAddressFinder *finder; /* (owned) (nullable) */
  BijouNetworkWatch *watch;   /* (owned) */
  GThread *loader;            /* (owned) (nullable) */
  BijouTokenFunc token_func;
  GObject *token_owner; /* (unowned) (nullable) it owns this */

  struct
  {
    GMutex lock;
    GCond loaded_cond;
    gboolean loaded;
    GHashTable *backends; /* (owned) server id to BijouBackend */
  } shared;
};

enum
{
  SIGNAL_LOADED,
  SIGNAL_STATE_CHANGED,
  SIGNAL_LEARNED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouBackends, bijou_backends, G_TYPE_OBJECT)

/* What a backend's connection says on the main context reaches its owner by this. */
#define OWNER_KEY "bijou-backends"

/* Signals of a connection may still be on their way when its server goes. */
static void
forget_backend (gpointer data)
{
  g_object_set_data (G_OBJECT (data), OWNER_KEY, NULL);
  g_object_unref (data);
}

static void
bijou_backends_finalize (GObject *object)
{
  BijouBackends *self = BIJOU_BACKENDS (object);

  bijou_backends_wait_for_loading (self);
  g_hash_table_unref (self->shared.backends);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.loaded_cond);
  bijou_trust_keeper_free (self->trust);
  g_clear_object (&self->finder);
  g_object_unref (self->secrets);
  g_object_unref (self->store);
  g_object_unref (self->watch);
  g_object_unref (self->http);

  G_OBJECT_CLASS (bijou_backends_parent_class)->finalize (object);
}

static guint
add_signal (BijouBackendsClass *klass, const char *name, guint n_params)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, G_TYPE_STRING);
}

static void
bijou_backends_class_init (BijouBackendsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_backends_finalize;

  signals[SIGNAL_LOADED] = add_signal (klass, "loaded", 0);
  signals[SIGNAL_STATE_CHANGED] = add_signal (klass, "state-changed", 1);
  signals[SIGNAL_LEARNED] = add_signal (klass, "learned", 1);
}

static void
bijou_backends_init (BijouBackends *self)
{
  self->main_thread = g_thread_self ();
  self->shared.backends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, forget_backend);
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.loaded_cond);
}

static void
emit (BijouBackend *backend, guint signal)
{
  BijouBackends *self = g_object_get_data (G_OBJECT (backend), OWNER_KEY);

  if (self != NULL)
    g_signal_emit (self, signals[signal], 0, bijou_backend_get_server_id (backend));
}

static void
on_connection_changed_cb (BijouConnection *connection, BijouBackend *backend)
{
  emit (backend, SIGNAL_STATE_CHANGED);
}

static void
on_connection_learned_cb (BijouConnection *connection, BijouBackend *backend)
{
  emit (backend, SIGNAL_LEARNED);
}

/* A backend may be in use somewhere when its owner goes. */
typedef struct
{
  GWeakRef owner;
  BijouTokenFunc func;
} TokenHook;

static void
token_hook_free (gpointer data)
{
  TokenHook *hook = data;

  g_weak_ref_clear (&hook->owner);
  g_free (hook);
}

static char *
renew_token (BijouBackend *backend,
             const char *refused,
             gpointer user_data,
             GCancellable *cancellable,
             GError **error)
{
  TokenHook *hook = user_data;
  g_autoptr (GObject) owner = g_weak_ref_get (&hook->owner);

  return owner != NULL ? hook->func (backend, refused, owner, cancellable, error) : NULL;
}

static void
hook_token (BijouBackends *self, BijouBackend *backend)
{
  TokenHook *hook;

  if (self->token_func == NULL)
    return;
  hook = g_new0 (TokenHook, 1);
  hook->func = self->token_func;
  g_weak_ref_init (&hook->owner, self->token_owner);
  bijou_backend_set_token_func (backend, renew_token, hook, token_hook_free);
}

static BijouBackend *
create_backend (BijouBackends *self, BijouServer *server, const char *token)
{
  const BijouBackendType *type = bijou_backend_type_find (server->backend);
  g_autoptr (BijouTrust) trust = bijou_trust_keeper_load (self->trust, server);
  BijouClientInfo client = { server->client_id, g_get_host_name (), PACKAGE_VERSION, trust };
  BijouBackend *backend;
  BijouConnection *connection;

  if (type == NULL)
    {
      g_warning ("%s is of an unknown kind: %s", server->name, server->backend);
      return NULL;
    }

  backend = type->create (self->http, &client, server, token);
  hook_token (self, backend);
  g_object_set_data (G_OBJECT (backend), OWNER_KEY, self);
  connection = bijou_backend_get_connection (backend);
  if (self->finder != NULL)
    bijou_address_finder_attach (self->finder, server, connection);
  bijou_network_watch_add (self->watch, connection);
  bijou_connection_set_winners (connection, server->winners);
  g_signal_connect_object (connection, "changed", G_CALLBACK (on_connection_changed_cb), backend,
                           0);
  g_signal_connect_object (connection, "learned", G_CALLBACK (on_connection_learned_cb), backend,
                           0);
  return backend;
}

/**
 * bijou_backends_new:
 * @http: the client
 * @store: knows the servers
 * @secrets: knows their tokens
 *
 * Main thread.
 *
 * Returns: (transfer full): the backends, none of them made yet
 */
BijouBackends *
bijou_backends_new (BijouHttp *http, BijouStore *store, BijouSecrets *secrets)
{
  BijouBackends *self = g_object_new (BIJOU_TYPE_BACKENDS, NULL);

  self->http = g_object_ref (http);
  self->store = g_object_ref (store);
  self->watch = bijou_network_watch_new ();
  self->secrets = g_object_ref (secrets);
  self->trust = bijou_trust_keeper_new (store, secrets);
  return self;
}

/**
 * bijou_backends_set_finder:
 * @self: the backends
 * @finder: looks for addresses of a server that is nowhere
 */
void
bijou_backends_set_finder (BijouBackends *self, BijouAddressFinder *finder)
{
  g_set_object (&self->finder, finder);
}

/* One that was signed in to meanwhile has its backend, which others may use already. */
static void
load_backend (BijouBackends *self, BijouServer *server, const char *token)
{
  g_autoptr (BijouBackend) backend = create_backend (self, server, token);

  g_mutex_lock (&self->shared.lock);
  if (backend != NULL && !g_hash_table_contains (self->shared.backends, server->id))
    g_hash_table_insert (self->shared.backends, g_strdup (server->id), g_steal_pointer (&backend));
  g_mutex_unlock (&self->shared.lock);
}

static void
load_server (BijouBackends *self, BijouServer *server)
{
  g_autofree char *name = g_strconcat ("server/", server->id, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = bijou_secrets_lookup (self->secrets, name, &error);

  if (error != NULL)
    g_message ("The token of %s cannot be read: %s", server->name, error->message);
  if (token != NULL)
    load_backend (self, server, token);
}

static gboolean
announce_loaded_cb (gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_LOADED], 0);
  return G_SOURCE_REMOVE;
}

static gpointer
load_in_thread (gpointer data)
{
  g_autoptr (BijouBackends) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (self->store, &error);

  bijou_accounts_migrate (self->store, self->secrets);
  if (servers == NULL)
    g_warning ("The servers cannot be read: %s", error->message);
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    load_server (self, g_ptr_array_index (servers, i));
  bijou_accounts_mark_signed_out (self, self->store, self->secrets);

  g_mutex_lock (&self->shared.lock);
  self->shared.loaded = TRUE;
  g_cond_broadcast (&self->shared.loaded_cond);
  g_mutex_unlock (&self->shared.lock);
  g_idle_add_full (G_PRIORITY_DEFAULT, announce_loaded_cb, g_steal_pointer (&self), g_object_unref);
  return NULL;
}

/**
 * bijou_backends_set_token_func:
 * @self: the backends
 * @func: is asked for a token when a server refuses the one it had
 * @owner: (transfer none): owns @self and is given to @func
 *
 * Main thread, before bijou_backends_begin_loading().
 */
void
bijou_backends_set_token_func (BijouBackends *self, BijouTokenFunc func, GObject *owner)
{
  self->token_func = func;
  self->token_owner = owner;
}

/**
 * bijou_backends_begin_loading:
 * @self: the backends
 *
 * The keyring may ask the user to unlock it, so the backends are made beside the window's start, on
 * a thread of their own. Main thread, once.
 */
void
bijou_backends_begin_loading (BijouBackends *self)
{
  self->loader = g_thread_new ("bijou-loader", load_in_thread, g_object_ref (self));
}

/**
 * bijou_backends_wait_for_loading:
 * @self: the backends
 *
 * Main thread, at the end, after bijou_secrets_stop().
 */
void
bijou_backends_wait_for_loading (BijouBackends *self)
{
  g_clear_pointer (&self->loader, g_thread_join);
}

/**
 * bijou_backends_is_loaded:
 * @self: the backends
 *
 * Returns: whether the known servers have their backends
 */
gboolean
bijou_backends_is_loaded (BijouBackends *self)
{
  gboolean loaded;

  g_mutex_lock (&self->shared.lock);
  loaded = self->shared.loaded;
  g_mutex_unlock (&self->shared.lock);
  return loaded;
}

/**
 * bijou_backends_peek:
 * @self: the backends
 * @server_id: a server
 *
 * Returns: (transfer full) (nullable): its backend, when it is made already
 */
BijouBackend *
bijou_backends_peek (BijouBackends *self, const char *server_id)
{
  BijouBackend *backend;

  g_mutex_lock (&self->shared.lock);
  backend = g_hash_table_lookup (self->shared.backends, server_id);
  if (backend != NULL)
    g_object_ref (backend);
  g_mutex_unlock (&self->shared.lock);
  return backend;
}

/**
 * bijou_backends_get:
 * @self: the backends
 * @server_id: a server
 *
 * On the main thread it never waits: %NULL while the secrets are still being read. Elsewhere it
 * waits for them, but not as long as a user may take to unlock the keyring.
 *
 * Returns: (transfer full) (nullable): the backend; %NULL for an unknown server or one with no
 * token
 */
BijouBackend *
bijou_backends_get (BijouBackends *self, const char *server_id)
{
  gint64 until = g_get_monotonic_time () + LOADED_WAIT_US;
  gboolean wait = g_thread_self () != self->main_thread;
  BijouBackend *backend;

  g_mutex_lock (&self->shared.lock);
  while (wait && !self->shared.loaded)
    wait = g_cond_wait_until (&self->shared.loaded_cond, &self->shared.lock, until);
  backend = g_hash_table_lookup (self->shared.backends, server_id);
  if (backend != NULL)
    g_object_ref (backend);
  g_mutex_unlock (&self->shared.lock);
  return backend;
}

/**
 * bijou_backends_list:
 * @self: the backends
 *
 * Returns: (transfer full) (element-type BijouBackend): those that there are now
 */
GPtrArray *
bijou_backends_list (BijouBackends *self)
{
  GPtrArray *backends = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer backend;

  g_mutex_lock (&self->shared.lock);
  g_hash_table_iter_init (&iter, self->shared.backends);
  while (g_hash_table_iter_next (&iter, NULL, &backend))
    g_ptr_array_add (backends, g_object_ref (backend));
  g_mutex_unlock (&self->shared.lock);
  return backends;
}

/**
 * bijou_backends_get_trust_keeper:
 * @self: the backends
 *
 * Returns: (transfer none): what knows which certificates and headers each server has
 */
BijouTrustKeeper *
bijou_backends_get_trust_keeper (BijouBackends *self)
{
  return self->trust;
}

typedef struct
{
  BijouBackends *self; /* (owned) */
  char *server_id;     /* (owned) */
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  g_object_unref (exchange->self);
  g_free (exchange->server_id);
  g_free (exchange);
}

static gboolean
announce_exchange_cb (gpointer data)
{
  Exchange *exchange = data;

  g_signal_emit (exchange->self, signals[SIGNAL_STATE_CHANGED], 0, exchange->server_id);
  return G_SOURCE_REMOVE;
}

/* Whoever keeps a connection to the one before is to let go of it. */
static void
tell_of_exchange (BijouBackends *self, const char *server_id)
{
  Exchange *exchange = g_new0 (Exchange, 1);

  exchange->self = g_object_ref (self);
  exchange->server_id = g_strdup (server_id);
  g_idle_add_full (G_PRIORITY_DEFAULT, announce_exchange_cb, exchange,
                   (GDestroyNotify) exchange_free);
}

/**
 * bijou_backends_install:
 * @self: the backends
 * @server: a server
 * @token: its token
 *
 * Makes its backend, in place of the one it had; then `state-changed` follows. Blocking: what is
 * trusted at the server is looked up.
 */
void
bijou_backends_install (BijouBackends *self, BijouServer *server, const char *token)
{
  BijouBackend *backend = create_backend (self, server, token);
  gboolean is_new;

  if (backend == NULL)
    return;
  g_mutex_lock (&self->shared.lock);
  is_new = g_hash_table_replace (self->shared.backends, g_strdup (server->id), backend);
  g_mutex_unlock (&self->shared.lock);
  if (!is_new)
    tell_of_exchange (self, server->id);
}

/**
 * bijou_backends_remove:
 * @self: the backends
 * @server_id: a server
 *
 * `state-changed` follows when it had one.
 */
void
bijou_backends_remove (BijouBackends *self, const char *server_id)
{
  gboolean had_one;

  g_mutex_lock (&self->shared.lock);
  had_one = g_hash_table_remove (self->shared.backends, server_id);
  g_mutex_unlock (&self->shared.lock);
  if (had_one)
    tell_of_exchange (self, server_id);
}

/**
 * bijou_backends_get_watch:
 * @self: the backends
 *
 * Returns: (transfer none): tells the connections of the backends about the network
 */
BijouNetworkWatch *
bijou_backends_get_watch (BijouBackends *self)
{
  return self->watch;
}

/**
 * bijou_backends_clear:
 * @self: the backends
 */
void
bijou_backends_clear (BijouBackends *self)
{
  g_mutex_lock (&self->shared.lock);
  g_hash_table_remove_all (self->shared.backends);
  g_mutex_unlock (&self->shared.lock);
}
