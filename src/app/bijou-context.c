#include "config.h"

#include "bijou-context.h"

#include "bijou-context-private.h"
#include "bijou-media-cache.h"

#include <glib/gi18n.h>

/* Blocking calls of pages and reports; the sync has threads of its own. */
#define POOL_THREADS 6

#define LOADED_WAIT_US (5 * G_USEC_PER_SEC)

struct _BijouContext
{
  GObject parent_instance;

  GThread *main_thread;         /* (unowned) */
  BijouProfile *profile;        /* (owned) */
  GSettings *settings;          /* (owned) */
  BijouHttp *http;              /* (owned) */
  BijouStore *store;            /* (owned) */
  BijouSecrets *secrets;        /* (owned) */
  BijouMediaCache *media_cache; /* (owned) */
  BijouImageCache *image_cache; /* (owned) */
  BijouSyncService *sync;       /* (owned) */
  GThreadPool *pool;            /* (owned) */
  GThread *loader;              /* (owned) (nullable) */
  char *account_url;            /* (owned) (nullable) BIJOU_PLEX_TV */
  guint sync_timeout;
  gboolean was_rebuilt;
  gboolean announced; /* every server that is signed in has its backend */
  gboolean wanted;    /* the services were asked for */

  struct
  {
    GMutex lock;
    GCond loaded_cond;
    gboolean loaded; /* the known servers have their backends */
    gboolean closed;
    GHashTable *backends;   /* (owned) server id to BijouBackend */
    GHashTable *client_ids; /* (owned) account to identifier, never removed */
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouContext, bijou_context, G_TYPE_OBJECT)

enum
{
  SERVER_STATE_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

typedef struct
{
  GTask *task; /* (owned) */
  GTaskThreadFunc func;
} PoolJob;

static gboolean
drop_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* The last reference to a task, and so perhaps to its source, goes where the task was begun: a
 * page or a playback must not be disposed of on a thread of the pool. */
static void
drop_task (GTask *task)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, drop_cb, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static void
run_pool_job (gpointer data, gpointer user_data)
{
  PoolJob *job = data;

  if (!g_task_return_error_if_cancelled (job->task))
    job->func (job->task, g_task_get_source_object (job->task), g_task_get_task_data (job->task),
               g_task_get_cancellable (job->task));
  drop_task (job->task);
  g_free (job);
}

/**
 * bijou_context_run_async:
 * @self: the context
 * @task: the task that @func returns a value to
 * @func: a blocking function
 *
 * Runs @func on one of a few threads, unless @task is cancelled before its turn. Any thread.
 */
void
bijou_context_run_async (BijouContext *self, GTask *task, GTaskThreadFunc func)
{
  PoolJob *job = g_new0 (PoolJob, 1);

  job->task = g_object_ref (task);
  job->func = func;
  g_thread_pool_push (self->pool, job, NULL);
}

/* Signals of a connection may still be on their way when its server goes. */
static void
forget_backend (gpointer data)
{
  g_object_set_data (G_OBJECT (data), "bijou-context", NULL);
  g_object_unref (data);
}

static void
bijou_context_finalize (GObject *object)
{
  BijouContext *self = BIJOU_CONTEXT (object);

  bijou_context_shutdown (self);
  g_clear_object (&self->sync);
  g_clear_object (&self->image_cache);
  g_clear_object (&self->media_cache);
  g_clear_object (&self->store);
  g_clear_object (&self->secrets);
  g_clear_object (&self->http);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->profile, bijou_profile_free);
  g_free (self->account_url);
  g_hash_table_unref (self->shared.backends);
  g_hash_table_unref (self->shared.client_ids);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.loaded_cond);

  G_OBJECT_CLASS (bijou_context_parent_class)->finalize (object);
}

static void
bijou_context_class_init (BijouContextClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_context_finalize;

  signals[SERVER_STATE_CHANGED] =
      g_signal_new ("server-state-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bijou_context_init (BijouContext *self)
{
  self->main_thread = g_thread_self ();
  self->pool = g_thread_pool_new (run_pool_job, NULL, POOL_THREADS, FALSE, NULL);
  self->shared.backends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, forget_backend);
  self->shared.client_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.loaded_cond);
}

/* --- backends --- */

static void
on_connection_changed_cb (BijouConnection *connection, BijouBackend *backend)
{
  BijouContext *self = g_object_get_data (G_OBJECT (backend), "bijou-context");
  const char *server_id = g_object_get_data (G_OBJECT (backend), "bijou-server-id");

  if (self == NULL)
    return;
  if (bijou_connection_get_state (connection) == BIJOU_CONNECTION_CONNECTED)
    bijou_sync_service_flush (self->sync, server_id);
  g_signal_emit (self, signals[SERVER_STATE_CHANGED], 0, server_id);
}

static void
save_addresses_in_worker (GTask *task,
                          gpointer source,
                          gpointer task_data,
                          GCancellable *cancellable)
{
  BijouContext *self = source;
  const char *server_id = g_object_get_data (task_data, "bijou-server-id");
  BijouConnection *connection = bijou_backend_get_connection (task_data);
  g_autoptr (GPtrArray) addresses = bijou_connection_get_addresses (connection);
  g_autoptr (GError) error = NULL;

  if (!bijou_store_save_addresses (self->store, server_id, addresses, &error))
    g_debug ("What was learned of the addresses is not kept: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
on_connection_learned_cb (BijouConnection *connection, BijouBackend *backend)
{
  BijouContext *self = g_object_get_data (G_OBJECT (backend), "bijou-context");
  g_autoptr (GTask) task = NULL;

  if (self == NULL)
    return;
  task = g_task_new (self, NULL, NULL, NULL);
  g_task_set_source_tag (task, on_connection_learned_cb);
  g_task_set_task_data (task, g_object_ref (backend), g_object_unref);
  bijou_context_run_async (self, task, save_addresses_in_worker);
}

static BijouBackend *
create_backend (BijouContext *self, BijouServer *server, const char *token)
{
  const BijouBackendType *type = bijou_backend_type_find (server->backend);
  BijouClientInfo client = { server->client_id, g_get_host_name (), PACKAGE_VERSION };
  BijouBackend *backend;
  BijouConnection *connection;

  if (type == NULL)
    {
      g_warning ("%s is of an unknown kind: %s", server->name, server->backend);
      return NULL;
    }

  backend = type->create (self->http, &client, server, token);
  g_object_set_data (G_OBJECT (backend), "bijou-context", self);
  g_object_set_data_full (G_OBJECT (backend), "bijou-server-id", g_strdup (server->id), g_free);
  connection = bijou_backend_get_connection (backend);
  g_signal_connect_object (connection, "changed", G_CALLBACK (on_connection_changed_cb), backend,
                           0);
  g_signal_connect_object (connection, "learned", G_CALLBACK (on_connection_learned_cb), backend,
                           0);
  return backend;
}

static void
install_backend (BijouContext *self, BijouServer *server, const char *token)
{
  BijouBackend *backend = create_backend (self, server, token);

  if (backend == NULL)
    return;
  g_mutex_lock (&self->shared.lock);
  g_hash_table_replace (self->shared.backends, g_strdup (server->id), backend);
  g_mutex_unlock (&self->shared.lock);
}

static void
load_server (BijouContext *self, BijouServer *server)
{
  g_autofree char *name = g_strconcat ("server/", server->id, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = bijou_secrets_lookup (self->secrets, name, &error);

  if (error != NULL)
    g_message ("The token of %s cannot be read: %s", server->name, error->message);
  if (token != NULL)
    install_backend (self, server, token);
}

static GPtrArray *
list_backends (BijouContext *self)
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

static void
warm_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autofree char *url =
      bijou_connection_get_base_url (bijou_backend_get_connection (task_data), NULL, NULL);

  g_task_return_boolean (task, url != NULL);
}

/* Warms the connections and syncs, once there are backends and a window. */
static void
begin_services (BijouContext *self)
{
  g_autoptr (GPtrArray) backends = list_backends (self);

  if (!self->announced || !self->wanted || self->shared.closed)
    return;
  for (guint i = 0; i < backends->len; i++)
    {
      g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

      g_task_set_source_tag (task, begin_services);
      g_task_set_task_data (task, g_object_ref (g_ptr_array_index (backends, i)), g_object_unref);
      bijou_context_run_async (self, task, warm_in_worker);
    }
  if (g_settings_get_boolean (self->settings, "sync-at-start"))
    bijou_sync_service_start (self->sync, NULL, FALSE);
}

static gboolean
announce_loaded_cb (gpointer data)
{
  BijouContext *self = data;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer id;

  g_mutex_lock (&self->shared.lock);
  g_hash_table_iter_init (&iter, self->shared.backends);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, g_strdup (id));
  g_mutex_unlock (&self->shared.lock);

  for (guint i = 0; i < ids->len; i++)
    g_signal_emit (self, signals[SERVER_STATE_CHANGED], 0, g_ptr_array_index (ids, i));
  self->announced = TRUE;
  begin_services (self);
  return G_SOURCE_REMOVE;
}

/* The keyring may ask the user to unlock it, so the backends are made beside the window's start. */
static gpointer
load_in_thread (gpointer data)
{
  BijouContext *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (self->store, &error);

  if (servers == NULL)
    g_warning ("The servers cannot be read: %s", error->message);
  for (guint i = 0; servers != NULL && i < servers->len; i++)
    load_server (self, g_ptr_array_index (servers, i));

  g_mutex_lock (&self->shared.lock);
  self->shared.loaded = TRUE;
  g_cond_broadcast (&self->shared.loaded_cond);
  g_mutex_unlock (&self->shared.lock);
  g_idle_add_full (G_PRIORITY_DEFAULT, announce_loaded_cb, g_object_ref (self), g_object_unref);
  return NULL;
}

/**
 * bijou_context_get_backend:
 * @self: the context
 * @server_id: a server
 *
 * Any thread. On the main thread it never waits: %NULL while the secrets are still being read.
 * Elsewhere it waits for them, but not as long as a user may take to unlock the keyring.
 *
 * Returns: (transfer full) (nullable): the backend; %NULL for an unknown server or one with no
 * token
 */
BijouBackend *
bijou_context_get_backend (BijouContext *self, const char *server_id)
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

static BijouBackend *
look_backend_up (const char *server_id, gpointer user_data)
{
  return bijou_context_get_backend (user_data, server_id);
}

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
  gboolean loaded;

  if (backend != NULL)
    return bijou_connection_get_state (bijou_backend_get_connection (backend));

  g_mutex_lock (&self->shared.lock);
  loaded = self->shared.loaded;
  g_mutex_unlock (&self->shared.lock);
  return loaded ? BIJOU_CONNECTION_UNAUTHORISED : BIJOU_CONNECTION_UNKNOWN;
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

/**
 * bijou_context_get_client_info:
 * @self: the context
 * @account: "plex", or "jellyfin:" with what tells the user apart
 * @client: (out): filled with strings that live as long as the context
 *
 * Any thread.
 */
void
bijou_context_get_client_info (BijouContext *self, const char *account, BijouClientInfo *client)
{
  char *id;

  g_mutex_lock (&self->shared.lock);
  id = g_hash_table_lookup (self->shared.client_ids, account);
  if (id == NULL)
    {
      id = bijou_profile_dup_client_id (self->profile, account);
      g_hash_table_insert (self->shared.client_ids, g_strdup (account), id);
    }
  g_mutex_unlock (&self->shared.lock);

  client->client_id = id;
  client->device_name = g_get_host_name ();
  client->version = PACKAGE_VERSION;
}

/**
 * bijou_context_get_account_url:
 * @self: the context
 * @type: a protocol with an account service
 *
 * Returns: (transfer none): the service's base URL
 */
const char *
bijou_context_get_account_url (BijouContext *self, const BijouBackendType *type)
{
  return self->account_url != NULL ? self->account_url : type->account_url;
}

/* An address that is known keeps what was learned about it. */
static void
merge_addresses (BijouServer *server, BijouServer *known)
{
  for (guint i = 0; i < known->addresses->len; i++)
    {
      BijouAddress *old = g_ptr_array_index (known->addresses, i);
      gboolean found = FALSE;

      for (guint j = 0; j < server->addresses->len && !found; j++)
        {
          BijouAddress *new = g_ptr_array_index (server->addresses, j);

          found = g_strcmp0 (new->url, old->url) == 0;
          if (found)
            {
              new->pinned = old->pinned;
              new->disabled = old->disabled;
              new->last_success = old->last_success;
              new->latency_ms = old->latency_ms;
            }
        }
      if (!found)
        g_ptr_array_add (server->addresses, bijou_address_copy (old));
    }
}

static void
merge_known (BijouContext *self, BijouServer *server)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (self->store, NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *known = g_ptr_array_index (servers, i);

      if (g_strcmp0 (known->id, server->id) == 0)
        merge_addresses (server, known);
    }
}

/**
 * bijou_context_add_server:
 * @self: the context
 * @signed_in: a sign-in that succeeded
 * @error: return location
 *
 * Keeps the server's row and its token. A server that is known gets the new token and addresses and
 * keeps its library. Blocking; not on the main thread of a window.
 *
 * Returns: %FALSE with %BIJOU_ERROR_STORAGE
 */
gboolean
bijou_context_add_server (BijouContext *self, BijouSignedIn *signed_in, GError **error)
{
  g_autoptr (BijouServer) server = bijou_server_copy (signed_in->server);
  g_autofree char *name = g_strconcat ("server/", server->id, NULL);

  merge_known (self, server);
  if (!bijou_secrets_store (self->secrets, name, signed_in->token, error))
    return FALSE;
  if (!bijou_store_save_server (self->store, server, error))
    return FALSE;
  install_backend (self, server, signed_in->token);
  return TRUE;
}

static gboolean
cancel_sync_cb (gpointer data)
{
  GTask *carrier = data;
  BijouContext *self = g_task_get_source_object (carrier);

  bijou_sync_service_cancel (self->sync, g_task_get_task_data (carrier));
  return G_SOURCE_REMOVE;
}

/* The service lives on the main thread. A page that is written meanwhile finds no server row. */
static void
cancel_sync (BijouContext *self, const char *server_id)
{
  GTask *carrier = g_task_new (self, NULL, NULL, NULL);

  g_task_set_task_data (carrier, g_strdup (server_id), g_free);
  g_idle_add_full (G_PRIORITY_HIGH, cancel_sync_cb, carrier, g_object_unref);
}

/**
 * bijou_context_remove_server:
 * @self: the context
 * @server_id: a server
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Signs out where the server can be reached, then forgets everything that belongs to it. Blocking.
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
  g_autofree char *name = g_strconcat ("server/", server_id, NULL);
  g_autoptr (GError) local = NULL;

  cancel_sync (self, server_id);
  if (backend != NULL && !bijou_backend_sign_out (backend, cancellable, &local))
    g_message ("The server was not told of the sign-out: %s", local->message);

  g_mutex_lock (&self->shared.lock);
  g_hash_table_remove (self->shared.backends, server_id);
  g_mutex_unlock (&self->shared.lock);
  bijou_media_cache_clear (self->media_cache, server_id);
  bijou_image_cache_clear (self->image_cache, server_id);

  return bijou_secrets_clear (self->secrets, name, error) &&
         bijou_store_remove_server (self->store, server_id, error);
}

/* --- life --- */

static GBytes *
fetch_image (const char *server_id,
             const char *image,
             guint width,
             gpointer user_data,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (user_data, server_id);

  if (backend != NULL)
    return bijou_backend_fetch_image (backend, image, width, cancellable, error);
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "Nobody is signed in to the server");
  return NULL;
}

static void
open_caches (BijouContext *self)
{
  g_autofree char *films = g_build_filename (self->profile->cache_dir, "films", NULL);
  g_autofree char *images = g_build_filename (self->profile->cache_dir, "images", NULL);
  gint64 budget = (gint64) g_settings_get_uint (self->settings, "cache-size-mb") << 20;
  gint64 image_budget = (gint64) g_settings_get_uint (self->settings, "image-cache-size-mb") << 20;

  self->media_cache = bijou_media_cache_new (self->http, films, budget);
  self->image_cache = bijou_image_cache_new (images, image_budget, fetch_image, self);
}

/**
 * bijou_context_new:
 * @options: where the profile lives
 * @error: return location
 *
 * Opens the profile and makes every service; no request is sent. Main thread.
 *
 * Returns: (transfer full) (nullable): the context; %BIJOU_ERROR_STORAGE
 */
BijouContext *
bijou_context_new (const BijouContextOptions *options, GError **error)
{
  g_autoptr (BijouContext) self = g_object_new (BIJOU_TYPE_CONTEXT, NULL);
  g_autofree char *database = NULL;
  g_autofree char *secrets = NULL;

  self->profile = bijou_profile_new (options->profile, error);
  if (self->profile == NULL)
    return NULL;
  self->settings = bijou_profile_open_settings (self->profile);
  if (self->settings == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE,
                   _ ("The settings schema is not installed"));
      return NULL;
    }

  database = bijou_profile_get_file (self->profile, "library.db");
  secrets = bijou_profile_get_file (self->profile, "secrets.ini");
  self->store = bijou_store_open (database, &self->was_rebuilt, error);
  if (self->store == NULL)
    return NULL;
  self->secrets = bijou_secrets_new (
      secrets, options->profile != NULL || g_strcmp0 (g_getenv ("BIJOU_SECRETS"), "file") == 0);
  self->account_url = g_strdup (g_getenv ("BIJOU_PLEX_TV"));
  self->http = bijou_http_new (options->ca_file);
  open_caches (self);
  self->sync = bijou_sync_service_new (self->store, look_backend_up, self);
  self->loader = g_thread_new ("bijou-loader", load_in_thread, self);
  return g_steal_pointer (&self);
}

static gboolean
on_sync_due_cb (gpointer data)
{
  bijou_sync_service_start (BIJOU_CONTEXT (data)->sync, NULL, FALSE);
  return G_SOURCE_CONTINUE;
}

/* An address that was dead may live on this network, and the other way round. */
static void
on_network_changed_cb (GNetworkMonitor *monitor, gboolean available, BijouContext *self)
{
  g_autoptr (GPtrArray) backends = list_backends (self);

  for (guint i = 0; i < backends->len; i++)
    bijou_connection_network_changed (
        bijou_backend_get_connection (g_ptr_array_index (backends, i)));
}

/**
 * bijou_context_start_services:
 * @self: the context
 *
 * Begins what runs beside a window: warms the connection to each server, syncs at start and then at
 * the interval of the settings, and heeds changes of the network. Main thread.
 */
void
bijou_context_start_services (BijouContext *self)
{
  guint minutes = g_settings_get_uint (self->settings, "sync-interval-minutes");

  self->wanted = TRUE;
  begin_services (self);
  if (minutes > 0)
    self->sync_timeout = g_timeout_add_seconds (minutes * 60, on_sync_due_cb, self);
  g_signal_connect_object (g_network_monitor_get_default (), "network-changed",
                           G_CALLBACK (on_network_changed_cb), self, 0);
}

/**
 * bijou_context_shutdown:
 * @self: the context
 *
 * Stops everything that runs and writes what must be kept. Main thread; may be called twice.
 */
void
bijou_context_shutdown (BijouContext *self)
{
  if (self->shared.closed)
    return;
  self->shared.closed = TRUE;
  g_clear_handle_id (&self->sync_timeout, g_source_remove);
  if (self->secrets != NULL)
    bijou_secrets_stop (self->secrets);
  if (self->sync != NULL)
    bijou_sync_service_stop (self->sync);
  if (self->http != NULL) /* whatever the pool waits for ends here */
    bijou_http_shutdown (self->http);
  if (self->image_cache != NULL)
    bijou_image_cache_stop (self->image_cache);
  g_clear_pointer (&self->loader, g_thread_join);
  g_thread_pool_free (self->pool, FALSE, TRUE);

  g_mutex_lock (&self->shared.lock);
  g_hash_table_remove_all (self->shared.backends);
  g_mutex_unlock (&self->shared.lock);
  if (self->media_cache != NULL)
    bijou_media_cache_flush (self->media_cache);
  if (self->store != NULL)
    bijou_store_close (self->store);
}

/* --- getters --- */

/**
 * bijou_context_get_store:
 * @self: the context
 *
 * Returns: (transfer none): the local mirror
 */
BijouStore *
bijou_context_get_store (BijouContext *self)
{
  return self->store;
}

/**
 * bijou_context_get_http:
 * @self: the context
 *
 * Returns: (transfer none): the HTTP client
 */
BijouHttp *
bijou_context_get_http (BijouContext *self)
{
  return self->http;
}

/**
 * bijou_context_get_settings:
 * @self: the context
 *
 * Returns: (transfer none): the settings of the profile
 */
GSettings *
bijou_context_get_settings (BijouContext *self)
{
  return self->settings;
}

/**
 * bijou_context_get_sync:
 * @self: the context
 *
 * Returns: (transfer none): the sync service
 */
BijouSyncService *
bijou_context_get_sync (BijouContext *self)
{
  return self->sync;
}

/**
 * bijou_context_get_media_cache:
 * @self: the context
 *
 * Returns: (transfer none): the cache of films
 */
BijouMediaCache *
bijou_context_get_media_cache (BijouContext *self)
{
  return self->media_cache;
}

/**
 * bijou_context_get_image_cache:
 * @self: the context
 *
 * Returns: (transfer none): the cache of pictures
 */
BijouImageCache *
bijou_context_get_image_cache (BijouContext *self)
{
  return self->image_cache;
}

/**
 * bijou_context_get_secrets:
 * @self: the context
 *
 * Returns: (transfer none): where tokens are kept
 */
BijouSecrets *
bijou_context_get_secrets (BijouContext *self)
{
  return self->secrets;
}

/**
 * bijou_context_was_rebuilt:
 * @self: the context
 *
 * Returns: whether the database was found corrupt and begun anew, which the user is told
 */
gboolean
bijou_context_was_rebuilt (BijouContext *self)
{
  return self->was_rebuilt;
}

/**
 * bijou_context_has_keyring:
 * @self: the context
 *
 * Returns: whether tokens are in the Secret Service; Preferences says so when they are not
 */
gboolean
bijou_context_has_keyring (BijouContext *self)
{
  return bijou_secrets_has_keyring (self->secrets);
}
