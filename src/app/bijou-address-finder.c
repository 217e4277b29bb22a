#include "config.h"

#include "bijou-address-finder.h"

#include "bijou-accounts.h"
#include "bijou-context-private.h"
#include "bijou-server-addresses.h"

/* A race is waiting for it. */
#define FIND_MS 2000
#define LOOK_AROUND_MS 3000
/* After the start and a change of network, when the races are over. */
#define SOON_S 10
#define HOURLY_S 3600
/* So many addresses of a server may be there that nobody vouches for. */
#define MAX_FOUND 6

struct _BijouAddressFinder
{
  GObject parent_instance;

  BijouContext *context;     /* (unowned) until it is stopped */
  GCancellable *cancellable; /* (owned) */
  guint timeout;
  gulong network_handler;

  struct
  {
    GMutex lock;
    GCond idle_cond;
    guint n_running;
    gboolean stopped;
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouAddressFinder, bijou_address_finder, G_TYPE_OBJECT)

static void
bijou_address_finder_finalize (GObject *object)
{
  BijouAddressFinder *self = BIJOU_ADDRESS_FINDER (object);

  g_assert (self->shared.n_running == 0);
  g_object_unref (self->cancellable);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.idle_cond);

  G_OBJECT_CLASS (bijou_address_finder_parent_class)->finalize (object);
}

static void
bijou_address_finder_class_init (BijouAddressFinderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_address_finder_finalize;
}

static void
bijou_address_finder_init (BijouAddressFinder *self)
{
  self->cancellable = g_cancellable_new ();
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.idle_cond);
}

/**
 * bijou_address_finder_new:
 * @context: the context; not kept alive
 *
 * Returns: (transfer full): a finder at rest
 */
BijouAddressFinder *
bijou_address_finder_new (BijouContext *context)
{
  BijouAddressFinder *self = g_object_new (BIJOU_TYPE_ADDRESS_FINDER, NULL);

  self->context = context;
  return self;
}

/* Between these two the context is there. */
static gboolean
begin (BijouAddressFinder *self)
{
  gboolean stopped;

  g_mutex_lock (&self->shared.lock);
  stopped = self->shared.stopped;
  if (!stopped)
    self->shared.n_running++;
  g_mutex_unlock (&self->shared.lock);
  return !stopped;
}

static void
end (BijouAddressFinder *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.n_running--;
  g_cond_broadcast (&self->shared.idle_cond);
  g_mutex_unlock (&self->shared.lock);
}

/* --- what was found --- */

static void
add_url (BijouAddressFinder *self,
         BijouServer *server,
         BijouConnection *connection,
         const char *text)
{
  g_autoptr (GPtrArray) found =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);
  g_autoptr (BijouServer) now = bijou_server_copy (server);
  g_autofree char *url = bijou_address_normalise_url (text);

  g_ptr_array_unref (now->addresses);
  now->addresses = bijou_connection_get_addresses (connection);
  if (url == NULL || bijou_address_find (now->addresses, url) != NULL ||
      !bijou_backend_type_accepts_url (now, url))
    return;
  if (bijou_address_count (now->addresses, BIJOU_ADDRESS_FROM_DISCOVERY) >= MAX_FOUND &&
      !bijou_server_addresses_drop_stale (self->context, server->id, MAX_FOUND - 1))
    return;

  g_debug ("%s may be at %s", server->name, url);
  g_ptr_array_add (found, bijou_address_new (url, BIJOU_ADDRESS_FROM_DISCOVERY));
  bijou_connection_add_addresses (connection, found);
}

/* --- beside a race --- */

/* What the connection of a server needs to ask. */
typedef struct
{
  BijouAddressFinder *finder; /* (owned) */
  BijouServer *server;        /* (owned) as it was when its backend was made */
} Target;

/* One search of it. */
typedef struct
{
  Target *target;              /* (unowned) */
  BijouConnection *connection; /* (unowned) */
  GCancellable *cancellable;   /* (unowned) */
} Find;

static void
target_free (gpointer data)
{
  Target *target = data;

  g_object_unref (target->server);
  g_object_unref (target->finder);
  g_free (target);
}

static void
on_discovered_cb (const BijouDiscovered *discovered, gpointer user_data)
{
  Find *find = user_data;

  for (guint i = 0; i < discovered->urls->len; i++)
    add_url (find->target->finder, find->target->server, find->connection,
             g_ptr_array_index (discovered->urls, i));
}

/* What the account says of its servers goes to their connections, so that a race has it at once. */
static gpointer
ask_account_in_thread (gpointer data)
{
  Find *find = data;
  g_autoptr (GError) error = NULL;

  if (!bijou_accounts_refresh (find->target->finder->context, find->target->server->account_id,
                               TRUE, find->cancellable, &error))
    g_info ("The account does not know where %s is: %s", find->target->server->name,
            error->message);
  return NULL;
}

static void
ask_everybody (Find *find)
{
  BijouServer *server = find->target->server;
  GThread *thread = NULL;

  if (server->account_id != NULL)
    thread = g_thread_new ("bijou-find-account", ask_account_in_thread, find);
  bijou_backend_type_discover (bijou_backend_type_find (server->backend), server->id, FIND_MS,
                               on_discovered_cb, find, find->cancellable);
  g_clear_pointer (&thread, g_thread_join);
}

static void
cancel_other_cb (GCancellable *cancellable, gpointer other)
{
  g_cancellable_cancel (other);
}

static void
find_in_thread (BijouConnection *connection, gpointer user_data, GCancellable *cancellable)
{
  Target *target = user_data;
  BijouAddressFinder *self = target->finder;
  Find find = { target, connection, cancellable };
  gulong handler;

  if (!begin (self))
    return;
  handler = g_cancellable_connect (self->cancellable, G_CALLBACK (cancel_other_cb),
                                   g_object_ref (cancellable), g_object_unref);
  ask_everybody (&find);
  g_cancellable_disconnect (self->cancellable, handler);
  end (self);
}

/**
 * bijou_address_finder_attach:
 * @self: a finder
 * @server: a known server
 * @connection: its connection, before its first race
 */
void
bijou_address_finder_attach (BijouAddressFinder *self,
                             BijouServer *server,
                             BijouConnection *connection)
{
  Target *target = g_new0 (Target, 1);

  target->finder = g_object_ref (self);
  target->server = bijou_server_copy (server);
  bijou_connection_set_finder (connection, find_in_thread, target, target_free);
}

/* --- in the background --- */

static BijouServer *
find_server (GPtrArray *servers, const char *server_id)
{
  for (guint i = 0; i < servers->len; i++)
    if (g_str_equal (((BijouServer *) g_ptr_array_index (servers, i))->id, server_id))
      return g_ptr_array_index (servers, i);
  return NULL;
}

/* What is known when the local network is asked about all servers at once. */
typedef struct
{
  BijouAddressFinder *finder; /* (unowned) */
  GPtrArray *servers;         /* (owned) of BijouServer */
} Round;

static void
on_any_discovered_cb (const BijouDiscovered *discovered, gpointer user_data)
{
  Round *round = user_data;
  BijouServer *server = find_server (round->servers, discovered->server_id);
  g_autoptr (BijouBackend) backend = NULL;

  if (server == NULL || !g_str_equal (server->backend, discovered->backend))
    return;
  backend = bijou_context_get_backend (round->finder->context, server->id);
  for (guint i = 0; backend != NULL && i < discovered->urls->len; i++)
    add_url (round->finder, server, bijou_backend_get_connection (backend),
             g_ptr_array_index (discovered->urls, i));
}

static gboolean
is_at_hand (BijouConnection *connection)
{
  return bijou_connection_get_state (connection) == BIJOU_CONNECTION_CONNECTED &&
         bijou_connection_get_current_class (connection) == BIJOU_ADDRESS_LAN;
}

/* Its own idea of where it is. */
static void
ask_server (Round *round, BijouServer *server, BijouBackend *backend)
{
  BijouConnection *connection = bijou_backend_get_connection (backend);
  g_auto (GStrv) urls = NULL;

  if (bijou_connection_get_state (connection) != BIJOU_CONNECTION_CONNECTED)
    return;
  urls = bijou_backend_list_own_urls (backend, round->finder->cancellable, NULL);
  for (guint i = 0; urls != NULL && urls[i] != NULL; i++)
    add_url (round->finder, server, connection, urls[i]);
}

/* Returns whether the local network may know a better way to one of them. */
static gboolean
ask_servers (Round *round)
{
  gboolean wanting = FALSE;

  for (guint i = 0; i < round->servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (round->servers, i);
      g_autoptr (BijouBackend) backend =
          bijou_context_get_backend (round->finder->context, server->id);

      if (backend == NULL)
        continue;
      bijou_server_addresses_drop_stale (round->finder->context, server->id, MAX_FOUND);
      ask_server (round, server, backend);
      wanting = wanting || !is_at_hand (bijou_backend_get_connection (backend));
    }
  return wanting;
}

/**
 * bijou_address_finder_look_around:
 * @self: a finder
 *
 * Has the accounts list their servers, which each does at most hourly; asks the servers that are
 * connected for their own addresses and, when one is not connected by the local network, the local
 * network.
 */
void
bijou_address_finder_look_around (BijouAddressFinder *self)
{
  Round round = { self, NULL };

  if (!begin (self))
    return;
  bijou_accounts_refresh_all (self->context, self->cancellable);
  round.servers = bijou_store_list_servers (bijou_context_get_store (self->context), NULL);
  if (round.servers != NULL && ask_servers (&round))
    bijou_backend_type_discover (NULL, NULL, LOOK_AROUND_MS, on_any_discovered_cb, &round,
                                 self->cancellable);
  g_clear_pointer (&round.servers, g_ptr_array_unref);
  end (self);
}

static gpointer
look_around_in_thread (gpointer data)
{
  g_autoptr (BijouAddressFinder) self = data;

  bijou_address_finder_look_around (self);
  return NULL;
}

static void schedule (BijouAddressFinder *self, guint seconds);

static gboolean
on_due_cb (gpointer data)
{
  BijouAddressFinder *self = data;

  self->timeout = 0;
  g_thread_unref (g_thread_new ("bijou-addresses", look_around_in_thread, g_object_ref (self)));
  schedule (self, HOURLY_S);
  return G_SOURCE_REMOVE;
}

static void
schedule (BijouAddressFinder *self, guint seconds)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  self->timeout = g_timeout_add_seconds (seconds, on_due_cb, self);
}

static void
on_network_changed_cb (GNetworkMonitor *monitor, gboolean available, BijouAddressFinder *self)
{
  schedule (self, SOON_S);
}

/**
 * bijou_address_finder_start:
 * @self: a finder that was not started
 */
void
bijou_address_finder_start (BijouAddressFinder *self)
{
  g_return_if_fail (self->network_handler == 0);

  self->network_handler = g_signal_connect (g_network_monitor_get_default (), "network-changed",
                                            G_CALLBACK (on_network_changed_cb), self);
  schedule (self, SOON_S);
}

/**
 * bijou_address_finder_stop:
 * @self: a finder
 */
void
bijou_address_finder_stop (BijouAddressFinder *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->network_handler != 0)
    g_signal_handler_disconnect (g_network_monitor_get_default (), self->network_handler);
  self->network_handler = 0;

  g_mutex_lock (&self->shared.lock);
  self->shared.stopped = TRUE;
  g_mutex_unlock (&self->shared.lock);
  g_cancellable_cancel (self->cancellable);
  g_mutex_lock (&self->shared.lock);
  while (self->shared.n_running > 0)
    g_cond_wait (&self->shared.idle_cond, &self->shared.lock);
  g_mutex_unlock (&self->shared.lock);
}
