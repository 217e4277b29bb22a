#include "config.h"

#include "bijou-context.h"

#include "bijou-accounts-private.h"
#include "bijou-cache-setting.h"
#include "bijou-context-private.h"
#include "bijou-home-prefetch.h"
#include "bijou-media-cache.h"
#include "bijou-prefetch.h"
#include "bijou-read-ahead-setting.h"
#include "bijou-security.h"
#include "bijou-server-addresses.h"

#include <glib/gi18n.h>

/* Blocking calls of pages; the sync and the reports of a playback have threads of their own. */
#define POOL_THREADS 6

struct _BijouContext
{
  GObject parent_instance;

  BijouProfile *profile;            /* (owned) */
  GSettings *settings;              /* (owned) */
  BijouHttp *http;                  /* (owned) */
  BijouStore *store;                /* (owned) */
  BijouSecrets *secrets;            /* (owned) */
  BijouBackends *backends;          /* (owned) */
  BijouMediaCache *media_cache;     /* (owned) */
  BijouImageCache *image_cache;     /* (owned) */
  BijouSyncService *sync;           /* (owned) */
  BijouLive *live;                  /* (owned) */
  BijouAddressFinder *finder;       /* (owned) */
  BijouPrefetch *prefetch;          /* (owned) */
  BijouHomePrefetch *home_prefetch; /* (owned) (nullable) once the services run */
  GThreadPool *pool;                /* (owned) */
  char *account_url;                /* (owned) (nullable) BIJOU_PLEX_TV */
  guint sync_timeout;
  gboolean was_rebuilt;
  gboolean announced; /* every server that is signed in has its backend */
  gboolean wanted;    /* the services were asked for */

  struct
  {
    GMutex lock;
    gboolean closed;
    GHashTable *client_ids; /* (owned) account to identifier, never removed */
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouContext, bijou_context, G_TYPE_OBJECT)

enum
{
  SERVER_STATE_CHANGED,
  SERVER_LIVE_CHANGED,
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

static void
bijou_context_finalize (GObject *object)
{
  BijouContext *self = BIJOU_CONTEXT (object);

  bijou_context_shutdown (self);
  if (self->live != NULL)
    g_signal_handlers_disconnect_by_data (self->live, self);
  g_clear_object (&self->prefetch);
  g_clear_object (&self->live);
  g_clear_object (&self->sync);
  g_clear_object (&self->image_cache);
  g_clear_object (&self->media_cache);
  if (self->backends != NULL)
    g_signal_handlers_disconnect_by_data (self->backends, self);
  g_clear_object (&self->backends);
  g_clear_object (&self->finder);
  g_clear_object (&self->store);
  g_clear_object (&self->secrets);
  g_clear_object (&self->http);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->profile, bijou_profile_free);
  g_free (self->account_url);
  g_hash_table_unref (self->shared.client_ids);
  g_mutex_clear (&self->shared.lock);

  G_OBJECT_CLASS (bijou_context_parent_class)->finalize (object);
}

static void
bijou_context_class_init (BijouContextClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_context_finalize;

  signals[SERVER_STATE_CHANGED] =
      g_signal_new ("server-state-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SERVER_LIVE_CHANGED] =
      g_signal_new ("server-live-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
bijou_context_init (BijouContext *self)
{
  self->pool = g_thread_pool_new (run_pool_job, NULL, POOL_THREADS, FALSE, NULL);
  self->shared.client_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_mutex_init (&self->shared.lock);
}

static void
warm_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autofree char *url =
      bijou_connection_get_base_url (bijou_backend_get_connection (task_data), NULL, NULL);

  g_task_return_boolean (task, url != NULL);
}

static void
on_live_changed_cb (BijouLive *live, const char *server_id, BijouContext *self)
{
  g_signal_emit (self, signals[SERVER_LIVE_CHANGED], 0, server_id);
}

/* Also when the setting is changed. */
static void
switch_live (BijouContext *self)
{
  gboolean enabled = g_settings_get_boolean (self->settings, "live-updates");
  g_autoptr (GPtrArray) backends = bijou_backends_list (self->backends);

  if (self->shared.closed)
    return;
  bijou_live_set_enabled (self->live, enabled);
  for (guint i = 0; enabled && i < backends->len; i++)
    bijou_live_heed (self->live, bijou_backend_get_server_id (g_ptr_array_index (backends, i)));
}

/* Warms the connections and syncs, once there are backends and a window. */
static void
begin_services (BijouContext *self)
{
  g_autoptr (GPtrArray) backends = bijou_backends_list (self->backends);

  if (!self->announced || !self->wanted || self->shared.closed)
    return;
  for (guint i = 0; i < backends->len; i++)
    {
      g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

      g_task_set_source_tag (task, begin_services);
      g_task_set_task_data (task, g_object_ref (g_ptr_array_index (backends, i)), g_object_unref);
      bijou_context_run_async (self, task, warm_in_worker);
    }
  switch_live (self);
  g_signal_connect_object (self->settings, "changed::live-updates", G_CALLBACK (switch_live), self,
                           G_CONNECT_SWAPPED);
  if (g_settings_get_boolean (self->settings, "sync-at-start"))
    bijou_sync_service_start_quietly (self->sync, NULL);
}

static void
on_loaded_cb (BijouBackends *backends, BijouContext *self)
{
  g_autoptr (GPtrArray) list = bijou_backends_list (backends);

  for (guint i = 0; i < list->len; i++)
    g_signal_emit (self, signals[SERVER_STATE_CHANGED], 0,
                   bijou_backend_get_server_id (g_ptr_array_index (list, i)));
  self->announced = TRUE;
  begin_services (self);
}

static void
on_state_changed_cb (BijouBackends *backends, const char *server_id, BijouContext *self)
{
  if (bijou_context_get_server_state (self, server_id) == BIJOU_CONNECTION_CONNECTED)
    bijou_sync_service_heed (self->sync, server_id);
  bijou_live_heed (self->live, server_id);
  g_signal_emit (self, signals[SERVER_STATE_CHANGED], 0, server_id);
}

static void
save_addresses_in_worker (GTask *task,
                          gpointer source,
                          gpointer task_data,
                          GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (!bijou_server_addresses_keep (source, task_data, &error))
    g_debug ("What was learned of the addresses is not kept: %s", error->message);
  g_task_return_boolean (task, TRUE);
}

static void
on_learned_cb (BijouBackends *backends, const char *server_id, BijouContext *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_source_tag (task, on_learned_cb);
  g_task_set_task_data (task, g_strdup (server_id), g_free);
  bijou_context_run_async (self, task, save_addresses_in_worker);
}

/**
 * bijou_context_get_backend:
 * @self: the context
 * @server_id: a server
 *
 * Like bijou_backends_get(): on the main thread it does not wait for the secrets.
 *
 * Returns: (transfer full) (nullable): the backend; %NULL for an unknown server or one with no
 * token
 */
BijouBackend *
bijou_context_get_backend (BijouContext *self, const char *server_id)
{
  return bijou_backends_get (self->backends, server_id);
}

static BijouBackend *
look_backend_up (const char *server_id, gpointer user_data)
{
  return bijou_context_get_backend (user_data, server_id);
}

/**
 * bijou_context_get_client_info:
 * @self: the context
 * @account: "plex", or "jellyfin:" with what tells the user apart
 * @client: (out): filled with strings that live as long as the context, and with no trust
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
  client->trust = NULL;
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
  gint64 budget = bijou_cache_setting_get_budget (self->settings);
  gint64 image_budget = (gint64) g_settings_get_uint (self->settings, "image-cache-size-mb") << 20;

  self->media_cache = bijou_media_cache_new (self->http, films, budget);
  bijou_cache_setting_apply (self->media_cache, self->settings);
  bijou_read_ahead_setting_bind (self->media_cache, self->settings);
  self->image_cache = bijou_image_cache_new (images, image_budget, fetch_image, self);
}

static void
create_backends (BijouContext *self)
{
  self->backends = bijou_backends_new (self->http, self->store, self->secrets);
  bijou_backends_set_token_func (self->backends, bijou_accounts_renew_token, G_OBJECT (self));
  self->finder = bijou_address_finder_new (self);
  bijou_backends_set_finder (self->backends, self->finder);
  g_signal_connect (self->backends, "loaded", G_CALLBACK (on_loaded_cb), self);
  g_signal_connect (self->backends, "state-changed", G_CALLBACK (on_state_changed_cb), self);
  g_signal_connect (self->backends, "learned", G_CALLBACK (on_learned_cb), self);
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
  self->http = bijou_http_new (NULL);
  create_backends (self);
  if (!bijou_security_begin (self->settings, self->backends, self->http, options->ca_file, error))
    return NULL;
  open_caches (self);
  self->sync = bijou_sync_service_new (self->store, look_backend_up, self);
  self->live = bijou_live_new (self->http, self->store, self->sync, look_backend_up, self);
  g_signal_connect (self->live, "changed", G_CALLBACK (on_live_changed_cb), self);
  self->prefetch = bijou_prefetch_new (self);
  bijou_backends_begin_loading (self->backends);
  return g_steal_pointer (&self);
}

static void
on_network_changed_cb (GNetworkMonitor *monitor, gboolean available, BijouContext *self)
{
  bijou_sync_service_set_online (self->sync, available);
}

static void
follow_network (BijouContext *self)
{
  GNetworkMonitor *monitor = g_network_monitor_get_default ();

  bijou_sync_service_set_online (self->sync, g_network_monitor_get_network_available (monitor));
  g_signal_connect_object (monitor, "network-changed", G_CALLBACK (on_network_changed_cb), self, 0);
}

static gboolean
on_sync_due_cb (gpointer data)
{
  bijou_sync_service_start_quietly (BIJOU_CONTEXT (data)->sync, NULL);
  return G_SOURCE_CONTINUE;
}

/* Also when the setting is changed. */
static void
schedule_sync (BijouContext *self)
{
  guint minutes = g_settings_get_uint (self->settings, "sync-interval-minutes");

  g_clear_handle_id (&self->sync_timeout, g_source_remove);
  if (minutes > 0 && !self->shared.closed)
    self->sync_timeout = g_timeout_add_seconds (minutes * 60, on_sync_due_cb, self);
}

/**
 * bijou_context_start_services:
 * @self: the context
 *
 * Begins what runs beside a window: warms the connection to each server, hears of what changes on
 * it, syncs at start and then at the interval of the settings, fetches the details of what is on
 * Home, and heeds changes of the network.
 * Main thread.
 */
void
bijou_context_start_services (BijouContext *self)
{
  self->wanted = TRUE;
  self->home_prefetch = bijou_home_prefetch_new (self);
  bijou_media_cache_tidy (self->media_cache);
  follow_network (self);
  begin_services (self);
  schedule_sync (self);
  g_signal_connect_object (self->settings, "changed::sync-interval-minutes",
                           G_CALLBACK (schedule_sync), self, G_CONNECT_SWAPPED);
  bijou_network_watch_start (bijou_backends_get_watch (self->backends));
  bijou_read_ahead_setting_heed_network (self->media_cache);
  bijou_address_finder_start (self->finder);
  bijou_prefetch_start (self->prefetch);
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
  g_clear_pointer (&self->home_prefetch, bijou_home_prefetch_free);
  g_clear_handle_id (&self->sync_timeout, g_source_remove);
  if (self->backends != NULL)
    bijou_network_watch_stop (bijou_backends_get_watch (self->backends));
  if (self->finder != NULL)
    bijou_address_finder_stop (self->finder);
  if (self->secrets != NULL)
    bijou_secrets_stop (self->secrets);
  if (self->prefetch != NULL)
    bijou_prefetch_stop (self->prefetch);
  if (self->live != NULL)
    bijou_live_stop (self->live);
  if (self->sync != NULL)
    bijou_sync_service_stop (self->sync);
  if (self->http != NULL) /* whatever the pool waits for ends here */
    bijou_http_shutdown (self->http);
  if (self->image_cache != NULL)
    bijou_image_cache_stop (self->image_cache);
  if (self->backends != NULL)
    bijou_backends_wait_for_loading (self->backends);
  g_thread_pool_free (self->pool, FALSE, TRUE);
  if (self->backends != NULL)
    bijou_backends_clear (self->backends);
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
 * bijou_context_get_live:
 * @self: the context
 *
 * Returns: (transfer none): what hears of changes on the servers; main thread
 */
BijouLive *
bijou_context_get_live (BijouContext *self)
{
  return self->live;
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
 * bijou_context_get_prefetch:
 * @self: the context
 *
 * Returns: (transfer none): what fetches the beginning of what may be played next
 */
BijouPrefetch *
bijou_context_get_prefetch (BijouContext *self)
{
  return self->prefetch;
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
 * bijou_context_get_backends:
 * @self: the context
 *
 * Returns: (transfer none): the backends of all servers
 */
BijouBackends *
bijou_context_get_backends (BijouContext *self)
{
  return self->backends;
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
 * bijou_context_get_secrets_place:
 * @self: the context
 *
 * Returns: where tokens are; Preferences says so
 */
BijouSecretsPlace
bijou_context_get_secrets_place (BijouContext *self)
{
  return bijou_secrets_get_place (self->secrets);
}
