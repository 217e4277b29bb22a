#include "config.h"

#include "bijou-network-watch.h"

#include "bijou-network-key.h"
#include "bijou-weak.h"

#include <string.h>

/* A network that comes up changes in several steps: the first is heeded at once, those that follow
 * it so soon together. */
#define SETTLE_MS 500
/* By then the computer has talked with its gateway and knows its hardware address. */
#define LOOK_AGAIN_MS 4000

struct _BijouNetworkWatch
{
  GObject parent_instance;

  GNetworkMonitor *monitor; /* (unowned) (nullable) once it is started */
  GDBusConnection *bus;     /* (owned) (nullable) the system's */
  guint sleep_subscription;
  guint settle_timeout;
  gboolean is_unsettled; /* it changed once more */
  guint look_again_timeout;

  struct
  {
    GMutex lock;
    char *folder;           /* (owned) (nullable) of bijou_network_key_read() */
    char *key;              /* (owned) (nullable) */
    char *fallback;         /* (owned) (nullable) where the kernel does not tell */
    GPtrArray *connections; /* (owned) of GWeakRef */
    gboolean known;         /* the key was read */
    gboolean started;
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouNetworkWatch, bijou_network_watch, G_TYPE_OBJECT)

static void
bijou_network_watch_finalize (GObject *object)
{
  BijouNetworkWatch *self = BIJOU_NETWORK_WATCH (object);

  g_assert (!self->shared.started);
  g_ptr_array_unref (self->shared.connections);
  g_free (self->shared.folder);
  g_free (self->shared.key);
  g_free (self->shared.fallback);
  g_mutex_clear (&self->shared.lock);

  G_OBJECT_CLASS (bijou_network_watch_parent_class)->finalize (object);
}

static void
bijou_network_watch_class_init (BijouNetworkWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_network_watch_finalize;
}

static void
bijou_network_watch_init (BijouNetworkWatch *self)
{
  g_mutex_init (&self->shared.lock);
  self->shared.connections = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_weak_free);
}

/**
 * bijou_network_watch_new:
 *
 * Returns: (transfer full): a watch that has not looked yet
 */
BijouNetworkWatch *
bijou_network_watch_new (void)
{
  return g_object_new (BIJOU_TYPE_NETWORK_WATCH, NULL);
}

/* With the lock held. */
static void
read_key (BijouNetworkWatch *self)
{
  g_free (self->shared.key);
  self->shared.key = bijou_network_key_read (self->shared.folder);
  if (self->shared.key == NULL)
    self->shared.key = g_strdup (self->shared.fallback);
  self->shared.known = TRUE;
}

/**
 * bijou_network_watch_set_folder:
 * @self: a watch
 * @folder: (nullable): for bijou_network_key_read()
 *
 * Has it look elsewhere from now on; for tests. Any thread.
 */
void
bijou_network_watch_set_folder (BijouNetworkWatch *self, const char *folder)
{
  g_return_if_fail (BIJOU_IS_NETWORK_WATCH (self));

  g_mutex_lock (&self->shared.lock);
  g_free (self->shared.folder);
  self->shared.folder = g_strdup (folder);
  self->shared.known = FALSE;
  g_mutex_unlock (&self->shared.lock);
}

/* With the lock held. Forgets those that are gone. */
static GPtrArray *
list_connections (BijouNetworkWatch *self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = self->shared.connections->len; i > 0; i--)
    {
      BijouConnection *connection = g_weak_ref_get (self->shared.connections->pdata[i - 1]);

      if (connection != NULL)
        g_ptr_array_add (list, connection);
      else
        g_ptr_array_remove_index_fast (self->shared.connections, i - 1);
    }
  return list;
}

/**
 * bijou_network_watch_add:
 * @self: a watch
 * @connection: a connection; it is not kept alive
 *
 * Tells @connection about the network from now on. Reads a few small files of the kernel when it is
 * the first; any thread but the main one of a window.
 */
void
bijou_network_watch_add (BijouNetworkWatch *self, BijouConnection *connection)
{
  g_autofree char *key = NULL;
  gboolean started;

  g_return_if_fail (BIJOU_IS_NETWORK_WATCH (self));
  g_return_if_fail (BIJOU_IS_CONNECTION (connection));

  g_mutex_lock (&self->shared.lock);
  if (!self->shared.known)
    read_key (self);
  key = g_strdup (self->shared.key);
  g_ptr_array_add (self->shared.connections, bijou_weak_new (connection));
  started = self->shared.started;
  g_mutex_unlock (&self->shared.lock);

  bijou_connection_set_network (connection, key);
  bijou_connection_set_upkeep (connection, started);
}

typedef struct
{
  BijouNetworkWatch *watch; /* (owned) */
  gboolean race;
} Look;

static gpointer
look_main (gpointer data)
{
  Look *look = data;
  BijouNetworkWatch *self = look->watch;
  g_autoptr (GPtrArray) connections = NULL;
  g_autofree char *key = NULL;

  g_mutex_lock (&self->shared.lock);
  if (self->shared.started)
    {
      read_key (self);
      key = g_strdup (self->shared.key);
      connections = list_connections (self);
    }
  g_mutex_unlock (&self->shared.lock);

  /* Of the one client that all of them share. */
  if (look->race && connections != NULL && connections->len > 0)
    bijou_http_forget_connections (bijou_connection_get_http (connections->pdata[0]));
  for (guint i = 0; connections != NULL && i < connections->len; i++)
    {
      bijou_connection_set_network (connections->pdata[i], key);
      if (look->race)
        bijou_connection_network_changed (connections->pdata[i]);
    }
  g_object_unref (self);
  g_free (look);
  return NULL;
}

/* The files are the kernel's and small, but still not for the main thread. */
static void
begin_look (BijouNetworkWatch *self, gboolean race)
{
  Look *look = g_new0 (Look, 1);

  look->watch = g_object_ref (self);
  look->race = race;
  g_thread_unref (g_thread_new ("bijou-network", look_main, look));
}

static gboolean
on_look_again_cb (gpointer data)
{
  BijouNetworkWatch *self = data;

  self->look_again_timeout = 0;
  begin_look (self, FALSE);
  return G_SOURCE_REMOVE;
}

static void
look_now_and_again (BijouNetworkWatch *self)
{
  begin_look (self, TRUE);
  g_clear_handle_id (&self->look_again_timeout, g_source_remove);
  self->look_again_timeout = g_timeout_add (LOOK_AGAIN_MS, on_look_again_cb, self);
}

static gboolean
on_settled_cb (gpointer data)
{
  BijouNetworkWatch *self = data;

  if (!self->is_unsettled)
    {
      self->settle_timeout = 0;
      return G_SOURCE_REMOVE;
    }
  self->is_unsettled = FALSE;
  look_now_and_again (self);
  return G_SOURCE_CONTINUE;
}

static void
update_fallback (BijouNetworkWatch *self)
{
  gboolean available = g_network_monitor_get_network_available (self->monitor);
  int connectivity = (int) g_network_monitor_get_connectivity (self->monitor);

  g_mutex_lock (&self->shared.lock);
  g_free (self->shared.fallback);
  self->shared.fallback = g_strdup_printf ("monitor %d %d", available, connectivity);
  g_mutex_unlock (&self->shared.lock);
}

/* An address that was dead may live on this network, and the other way round. */
static void
on_network_changed_cb (GNetworkMonitor *monitor, gboolean available, BijouNetworkWatch *self)
{
  update_fallback (self);
  if (self->settle_timeout != 0)
    {
      self->is_unsettled = TRUE;
      return;
    }
  look_now_and_again (self);
  self->settle_timeout = g_timeout_add (SETTLE_MS, on_settled_cb, self);
}

static void
on_sleep_cb (GDBusConnection *bus,
             const char *sender,
             const char *path,
             const char *interface,
             const char *name,
             GVariant *parameters,
             gpointer user_data)
{
  gboolean begins = TRUE;

  if (g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(b)")))
    g_variant_get (parameters, "(b)", &begins);
  if (!begins)
    look_now_and_again (user_data);
}

static void
on_bus_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouNetworkWatch) self = user_data;
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_bus_get_finish (result, &error);

  if (bus == NULL)
    {
      g_debug ("Nobody tells when the computer wakes up: %s", error->message);
      return;
    }
  if (self->monitor == NULL) /* stopped meanwhile */
    {
      g_object_unref (bus);
      return;
    }
  self->bus = bus;
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  self->sleep_subscription = g_dbus_connection_signal_subscribe (
      bus, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
      "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_sleep_cb, self, NULL);
}

static void
set_started (BijouNetworkWatch *self, gboolean started)
{
  g_autoptr (GPtrArray) connections = NULL;

  g_mutex_lock (&self->shared.lock);
  self->shared.started = started;
  connections = list_connections (self);
  g_mutex_unlock (&self->shared.lock);
  for (guint i = 0; i < connections->len; i++)
    bijou_connection_set_upkeep (connections->pdata[i], started);
}

/**
 * bijou_network_watch_start:
 * @self: a watch
 *
 * Begins to follow GNetworkMonitor and, where there is one, logind. Main thread, once.
 */
void
bijou_network_watch_start (BijouNetworkWatch *self)
{
  g_return_if_fail (BIJOU_IS_NETWORK_WATCH (self));

  self->monitor = g_network_monitor_get_default ();
  g_signal_connect (self->monitor, "network-changed", G_CALLBACK (on_network_changed_cb), self);
  update_fallback (self);
  /* Not to be cancelled: others may wait for the same connection. */
  g_bus_get (G_BUS_TYPE_SYSTEM, NULL, on_bus_cb, g_object_ref (self));
  set_started (self, TRUE);
}

/**
 * bijou_network_watch_stop:
 * @self: a watch
 *
 * Ends everything that it began. Main thread; may be called at any time.
 */
void
bijou_network_watch_stop (BijouNetworkWatch *self)
{
  g_return_if_fail (BIJOU_IS_NETWORK_WATCH (self));

  if (self->monitor != NULL)
    g_signal_handlers_disconnect_by_data (self->monitor, self);
  self->monitor = NULL;
  if (self->sleep_subscription != 0)
    g_dbus_connection_signal_unsubscribe (self->bus, self->sleep_subscription);
  self->sleep_subscription = 0;
  g_clear_object (&self->bus);
  g_clear_handle_id (&self->settle_timeout, g_source_remove);
  g_clear_handle_id (&self->look_again_timeout, g_source_remove);
  set_started (self, FALSE);
}
