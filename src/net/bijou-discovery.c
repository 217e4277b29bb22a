#include "config.h"

#include "bijou-discovery.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* A reply is some hundred bytes; one that fills the buffer is none. */
#define MAX_REPLY 8192
/* What one host may say in a search, and how many hosts are listened to: a flood from one of them
 * hides nobody, and from all of them ends. */
#define MAX_REPLIES_OF_HOST 32
#define MAX_HOSTS 512
#define MAX_SERVERS 64
#define MAX_INTERFACES 16
/* Datagrams get lost: each query is sent twice. */
#define RESEND_US (400 * G_TIME_SPAN_MILLISECOND)

/* One socket for each protocol and interface, so that a reply tells whose it is. */
typedef struct
{
  const BijouDiscoveryProtocol *protocol; /* (unowned) static */
  GSocket *socket;                        /* (owned) */
  GPtrArray *targets;                     /* (owned) of GSocketAddress */
} Channel;

struct _BijouDiscovery
{
  char *server_id;        /* (owned) (nullable) all others are left out */
  GPtrArray *protocols;   /* (owned) of BijouDiscoveryProtocol (unowned) */
  GPtrArray *channels;    /* (owned) of Channel */
  GHashTable *replies;    /* (owned) "BACKEND HOST" to how many came */
  GHashTable *discovered; /* (owned) "BACKEND ID" to BijouDiscovered */
  BijouDiscoveredFunc func;
  gpointer user_data;
};

static void
channel_free (gpointer data)
{
  Channel *channel = data;

  g_object_unref (channel->socket);
  g_ptr_array_unref (channel->targets);
  g_free (channel);
}

/**
 * bijou_discovery_new:
 * @server_id: (nullable): the only server that is wanted
 *
 * Returns: (transfer full): a search with no protocols
 */
BijouDiscovery *
bijou_discovery_new (const char *server_id)
{
  BijouDiscovery *self = g_new0 (BijouDiscovery, 1);

  self->server_id = g_strdup (server_id);
  self->protocols = g_ptr_array_new ();
  self->channels = g_ptr_array_new_with_free_func (channel_free);
  self->replies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->discovered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) bijou_discovered_free);
  return self;
}

/**
 * bijou_discovery_free:
 * @self: (transfer full): a search that does not run
 */
void
bijou_discovery_free (BijouDiscovery *self)
{
  g_free (self->server_id);
  g_ptr_array_unref (self->protocols);
  g_ptr_array_unref (self->channels);
  g_hash_table_unref (self->replies);
  g_hash_table_unref (self->discovered);
  g_free (self);
}

/**
 * bijou_discovery_add_protocol:
 * @self: a search that was not run yet
 * @protocol: how to ask; static
 */
void
bijou_discovery_add_protocol (BijouDiscovery *self, const BijouDiscoveryProtocol *protocol)
{
  g_ptr_array_add (self->protocols, (gpointer) protocol);
}

/* --- whom to ask --- */

static Channel *
open_channel (const BijouDiscoveryProtocol *protocol, GInetAddress *own)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (own, 0);
  g_autoptr (GSocket) socket = g_socket_new (g_inet_address_get_family (own),
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, &error);
  Channel *channel;

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, &error))
    {
      g_debug ("no discovery on an interface: %s", error->message);
      return NULL;
    }
  g_socket_set_blocking (socket, FALSE);
  g_socket_set_broadcast (socket, TRUE);

  channel = g_new0 (Channel, 1);
  channel->protocol = protocol;
  channel->socket = g_steal_pointer (&socket);
  channel->targets = g_ptr_array_new_with_free_func (g_object_unref);
  return channel;
}

static void
add_target (Channel *channel, const char *host)
{
  GSocketAddress *target = g_inet_socket_address_new_from_string (host, channel->protocol->port);

  if (target != NULL)
    g_ptr_array_add (channel->targets, target);
}

/* The kernel sends multicast through the interface that is named, not that of the own address. */
static void
choose_multicast_interface (Channel *channel, const struct sockaddr_in *own)
{
  struct ip_mreqn request = { .imr_address = own->sin_addr };

  if (setsockopt (g_socket_get_fd (channel->socket), IPPROTO_IP, IP_MULTICAST_IF, &request,
                  sizeof request) != 0)
    g_debug ("no multicast on an interface: %s", g_strerror (errno));
}

static char *
format_host (const struct sockaddr *address)
{
  const struct sockaddr_in *in = (const struct sockaddr_in *) (const void *) address;
  g_autoptr (GInetAddress) inet =
      g_inet_address_new_from_bytes ((const guint8 *) &in->sin_addr, G_SOCKET_FAMILY_IPV4);

  return g_inet_address_to_string (inet);
}

static void
open_on_interface (BijouDiscovery *self,
                   const BijouDiscoveryProtocol *protocol,
                   const struct ifaddrs *interface)
{
  g_autofree char *host = format_host (interface->ifa_addr);
  g_autoptr (GInetAddress) own = g_inet_address_new_from_string (host);
  Channel *channel = open_channel (protocol, own);

  if (channel == NULL)
    return;
  if (protocol->multicast_group != NULL && (interface->ifa_flags & IFF_MULTICAST) != 0)
    {
      choose_multicast_interface (channel, (const void *) interface->ifa_addr);
      add_target (channel, protocol->multicast_group);
    }
  if ((interface->ifa_flags & IFF_BROADCAST) != 0 && interface->ifa_broadaddr != NULL)
    {
      g_autofree char *broadcast = format_host (interface->ifa_broadaddr);

      add_target (channel, broadcast);
      add_target (channel, "255.255.255.255");
    }
  g_ptr_array_add (self->channels, channel);
}

static gboolean
is_useful (const struct ifaddrs *interface)
{
  return interface->ifa_addr != NULL && interface->ifa_addr->sa_family == AF_INET &&
         (interface->ifa_flags & IFF_UP) != 0 && (interface->ifa_flags & IFF_LOOPBACK) == 0;
}

static void
open_on_interfaces (BijouDiscovery *self)
{
  struct ifaddrs *interfaces = NULL;
  guint n_used = 0;

  if (getifaddrs (&interfaces) != 0)
    {
      g_debug ("no interfaces: %s", g_strerror (errno));
      return;
    }
  for (const struct ifaddrs *i = interfaces; i != NULL && n_used < MAX_INTERFACES; i = i->ifa_next)
    {
      if (!is_useful (i))
        continue;
      n_used++;
      for (guint p = 0; p < self->protocols->len; p++)
        open_on_interface (self, self->protocols->pdata[p], i);
    }
  freeifaddrs (interfaces);
}

static GSocketAddress *
parse_target (const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;
  guint64 port;

  if (host == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return NULL;
  return g_inet_socket_address_new_from_string (host, (guint) port);
}

/* BIJOU_DISCOVERY_TARGETS: every protocol asks exactly there. */
static void
open_for_targets (BijouDiscovery *self, const char *text)
{
  g_auto (GStrv) targets = g_strsplit (text, ",", MAX_INTERFACES);
  g_autoptr (GInetAddress) any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);

  for (guint p = 0; p < self->protocols->len && *text != '\0'; p++)
    {
      Channel *channel = open_channel (self->protocols->pdata[p], any);

      for (guint i = 0; channel != NULL && targets[i] != NULL; i++)
        {
          GSocketAddress *target = parse_target (g_strstrip (targets[i]));

          if (target != NULL)
            g_ptr_array_add (channel->targets, target);
        }
      if (channel != NULL)
        g_ptr_array_add (self->channels, channel);
    }
}

static void
ask (BijouDiscovery *self)
{
  for (guint i = 0; i < self->channels->len; i++)
    {
      Channel *channel = self->channels->pdata[i];
      const char *query = channel->protocol->query;

      for (guint t = 0; t < channel->targets->len; t++)
        {
          g_autoptr (GError) error = NULL;

          if (g_socket_send_to (channel->socket, channel->targets->pdata[t], query, strlen (query),
                                NULL, &error) < 0)
            g_debug ("a discovery query was not sent: %s", error->message);
        }
    }
}

/* --- what comes back --- */

static gboolean
is_listened_to (BijouDiscovery *self, const char *backend, GInetAddress *source)
{
  g_autofree char *host = g_inet_address_to_string (source);
  g_autofree char *key = g_strconcat (backend, " ", host, NULL);
  guint n_replies = GPOINTER_TO_UINT (g_hash_table_lookup (self->replies, key));

  if (n_replies >= MAX_REPLIES_OF_HOST ||
      (n_replies == 0 && g_hash_table_size (self->replies) >= MAX_HOSTS))
    return FALSE;
  g_hash_table_insert (self->replies, g_steal_pointer (&key), GUINT_TO_POINTER (n_replies + 1));
  return TRUE;
}

/* An address at which nobody else can be met is worth nothing, and this computer's own would let a
 * stranger have it ask its own services. */
static gboolean
is_sensible (const char *url, GInetAddress *source)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autoptr (GInetAddress) address = NULL;

  if (host == NULL)
    return FALSE;
  address = g_inet_address_new_from_string (host);
  if (address == NULL)
    return g_ascii_strcasecmp (host, "localhost") != 0 || g_inet_address_get_is_loopback (source);
  if (g_inet_address_get_is_loopback (address))
    return g_inet_address_get_is_loopback (source);
  return !g_inet_address_get_is_any (address) && !g_inet_address_get_is_multicast (address) &&
         !g_inet_address_get_is_link_local (address);
}

static void
drop_senseless (BijouDiscovered *discovered, GInetAddress *source)
{
  for (guint i = discovered->urls->len; i-- > 0;)
    if (!is_sensible (discovered->urls->pdata[i], source))
      g_ptr_array_remove_index (discovered->urls, i);
}

/* A server answers each query, and on each interface at another address. */
static gboolean
merge (BijouDiscovered *known, const BijouDiscovered *discovered)
{
  guint n_before = known->urls->len;

  for (guint i = 0; i < discovered->urls->len; i++)
    bijou_discovered_add_url (known, discovered->urls->pdata[i]);
  return known->urls->len > n_before;
}

static void
keep (BijouDiscovery *self, BijouDiscovered *discovered)
{
  g_autofree char *key = g_strconcat (discovered->backend, " ", discovered->server_id, NULL);
  BijouDiscovered *known = g_hash_table_lookup (self->discovered, key);

  if (known == NULL && g_hash_table_size (self->discovered) >= MAX_SERVERS)
    {
      bijou_discovered_free (discovered);
      return;
    }
  if (known == NULL)
    {
      g_hash_table_insert (self->discovered, g_steal_pointer (&key), discovered);
      self->func (discovered, self->user_data);
      return;
    }
  if (merge (known, discovered))
    self->func (known, self->user_data);
  bijou_discovered_free (discovered);
}

static void
read_reply (
    BijouDiscovery *self, Channel *channel, const char *reply, gsize length, GSocketAddress *from)
{
  GInetAddress *source = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (from));
  BijouDiscovered *discovered;

  if (length > MAX_REPLY || !is_listened_to (self, channel->protocol->backend, source))
    return;
  discovered = channel->protocol->parse (reply, length, source);
  if (discovered == NULL)
    return;

  discovered->backend = channel->protocol->backend;
  discovered->host = g_inet_address_to_string (source);
  drop_senseless (discovered, source);
  if (discovered->urls->len > 0 &&
      (self->server_id == NULL || g_str_equal (self->server_id, discovered->server_id)))
    keep (self, discovered);
  else
    bijou_discovered_free (discovered);
}

/* As many as there are by now, so that one channel does not starve the others. */
static void
read_channel (BijouDiscovery *self, Channel *channel)
{
  char reply[MAX_REPLY + 1];

  for (guint i = 0; i < MAX_REPLIES_OF_HOST; i++)
    {
      g_autoptr (GSocketAddress) from = NULL;
      gssize length =
          g_socket_receive_from (channel->socket, &from, reply, sizeof reply, NULL, NULL);

      if (length < 0)
        return;
      if (G_IS_INET_SOCKET_ADDRESS (from))
        read_reply (self, channel, reply, (gsize) length, from);
    }
}

static void
read_ready (BijouDiscovery *self, const GPollFD *fds)
{
  for (guint i = 0; i < self->channels->len; i++)
    if (fds[i].revents != 0)
      read_channel (self, self->channels->pdata[i]);
}

/* The channels' descriptors, then the cancellable's; a negative one is passed over. */
static GPollFD *
make_poll_fds (BijouDiscovery *self, GCancellable *cancellable)
{
  GPollFD *fds = g_new0 (GPollFD, self->channels->len + 1);

  for (guint i = 0; i < self->channels->len; i++)
    {
      Channel *channel = self->channels->pdata[i];

      fds[i].fd = g_socket_get_fd (channel->socket);
      fds[i].events = G_IO_IN;
    }
  fds[self->channels->len].fd = -1;
  if (cancellable != NULL)
    g_cancellable_make_pollfd (cancellable, &fds[self->channels->len]);
  return fds;
}

static void
listen_until (BijouDiscovery *self, gint64 until, GCancellable *cancellable)
{
  g_autofree GPollFD *fds = make_poll_fds (self, cancellable);
  gint64 resend = g_get_monotonic_time () + RESEND_US;

  ask (self);
  for (gint64 now = g_get_monotonic_time ();
       now < until && !g_cancellable_is_cancelled (cancellable); now = g_get_monotonic_time ())
    {
      gint64 next = MIN (resend, until);

      if (now >= resend)
        {
          ask (self);
          resend = G_MAXINT64;
          continue;
        }
      if (g_poll (fds, self->channels->len + 1, (int) ((next - now) / 1000 + 1)) > 0)
        read_ready (self, fds);
    }
  if (fds[self->channels->len].fd >= 0)
    g_cancellable_release_fd (cancellable);
}

/**
 * bijou_discovery_run:
 * @self: a search
 * @duration_ms: how long to listen
 * @func: runs on this thread for each server that is new, and again when it has a new address
 * @user_data: for @func
 * @cancellable: (nullable): ends the search
 *
 * Asks on every interface that is up (or at BIJOU_DISCOVERY_TARGETS) and listens. Blocking, but at
 * once at its end where there is no network. At most 64 servers with 6 addresses each are told.
 *
 * Returns: whether there was somebody to ask
 */
gboolean
bijou_discovery_run (BijouDiscovery *self,
                     guint duration_ms,
                     BijouDiscoveredFunc func,
                     gpointer user_data,
                     GCancellable *cancellable)
{
  const char *targets = g_getenv ("BIJOU_DISCOVERY_TARGETS");
  gint64 until = g_get_monotonic_time () + (gint64) duration_ms * G_TIME_SPAN_MILLISECOND;

  self->func = func;
  self->user_data = user_data;
  if (targets != NULL)
    open_for_targets (self, targets);
  else
    open_on_interfaces (self);
  if (self->channels->len == 0)
    return FALSE;
  listen_until (self, until, cancellable);
  return TRUE;
}
