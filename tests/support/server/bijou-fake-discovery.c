#include "config.h"

#include "bijou-fake-discovery.h"

#include "bijou-fake-exchange.h"

#include <string.h>

typedef struct
{
  BijouFakeProtocolKind kind;
  GBytes *bytes;
} Reply;

struct _BijouFakeDiscovery
{
  GSocket *socket;
  GCancellable *cancellable;
  GThread *thread;
  char *target;
  guint port;

  GMutex lock;
  GPtrArray *replies; /* of Reply */
  guint flood[BIJOU_FAKE_PLEXTV];
  guint queries[BIJOU_FAKE_PLEXTV];
};

static void
reply_free (gpointer data)
{
  Reply *reply = data;

  g_bytes_unref (reply->bytes);
  g_free (reply);
}

static char *
make_reply (BijouFakeProtocolKind kind, const char *id, const char *name, const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  if (kind == BIJOU_FAKE_JELLYFIN)
    return g_strdup_printf (
        "{\"Address\":\"%s\",\"Id\":\"%s\",\"Name\":\"%s\",\"EndpointAddress\":null}", url, id,
        name);
  return g_strdup_printf ("HTTP/1.0 200 OK\r\nContent-Type: plex/media-server\r\nName: %s\r\n"
                          "Port: %d\r\nResource-Identifier: %s\r\nUpdated-At: 1700000000\r\n"
                          "Version: 1.41.3.9314-a0bfb8370\r\n\r\n",
                          name, g_uri_get_port (uri), id);
}

static void
send_text (BijouFakeDiscovery *self, GSocketAddress *to, const char *data, gsize length)
{
  g_socket_send_to (self->socket, to, data, length, NULL, NULL);
}

static void
send_flood (BijouFakeDiscovery *self, BijouFakeProtocolKind kind, GSocketAddress *to, guint n)
{
  for (guint i = 0; i < n && !g_cancellable_is_cancelled (self->cancellable); i++)
    {
      g_autofree char *id = g_strdup_printf ("f%031x", i);
      g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", 1024 + i % 60000);
      g_autofree char *reply = make_reply (kind, id, "Flood", url);

      send_text (self, to, reply, strlen (reply));
    }
}

static void
answer (BijouFakeDiscovery *self, BijouFakeProtocolKind kind, GSocketAddress *to)
{
  guint n_flood;
  g_autoptr (GPtrArray) replies = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  g_mutex_lock (&self->lock);
  self->queries[kind]++;
  n_flood = self->flood[kind];
  for (guint i = 0; i < self->replies->len; i++)
    {
      Reply *reply = g_ptr_array_index (self->replies, i);

      if (reply->kind == kind)
        g_ptr_array_add (replies, g_bytes_ref (reply->bytes));
    }
  g_mutex_unlock (&self->lock);

  send_flood (self, kind, to, n_flood);
  for (guint i = 0; i < replies->len; i++)
    {
      gsize size;
      const char *data = g_bytes_get_data (g_ptr_array_index (replies, i), &size);

      send_text (self, to, data, size);
    }
}

static gpointer
discovery_main (gpointer data)
{
  BijouFakeDiscovery *self = data;
  char query[512];

  for (;;)
    {
      g_autoptr (GSocketAddress) from = NULL;
      gssize length = g_socket_receive_from (self->socket, &from, query, sizeof query - 1,
                                             self->cancellable, NULL);
      g_autofree char *text = NULL;

      if (g_cancellable_is_cancelled (self->cancellable))
        return NULL;
      if (length <= 0)
        continue;
      query[length] = '\0';
      text = g_ascii_strdown (query, -1);
      if (g_str_has_prefix (text, "m-search "))
        answer (self, BIJOU_FAKE_PLEX, from);
      else if (strstr (text, "who is jellyfinserver?") != NULL)
        answer (self, BIJOU_FAKE_JELLYFIN, from);
    }
}

BijouFakeDiscovery *
bijou_fake_discovery_start (guint port, GError **error)
{
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, error);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GSocketAddress) bound = NULL;
  BijouFakeDiscovery *self;

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, error))
    return NULL;
  bound = g_socket_get_local_address (socket, error);
  if (bound == NULL)
    return NULL;

  self = g_new0 (BijouFakeDiscovery, 1);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  self->target = g_strdup_printf ("127.0.0.1:%u", self->port);
  self->socket = g_steal_pointer (&socket);
  self->cancellable = g_cancellable_new ();
  self->replies = g_ptr_array_new_with_free_func (reply_free);
  g_mutex_init (&self->lock);
  self->thread = g_thread_new ("fake-discovery", discovery_main, self);
  return self;
}

void
bijou_fake_discovery_stop (BijouFakeDiscovery *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  g_object_unref (self->cancellable);
  g_object_unref (self->socket);
  g_ptr_array_unref (self->replies);
  g_mutex_clear (&self->lock);
  g_free (self->target);
  g_free (self);
}

guint
bijou_fake_discovery_get_port (BijouFakeDiscovery *self)
{
  return self->port;
}

const char *
bijou_fake_discovery_get_target (BijouFakeDiscovery *self)
{
  return self->target;
}

guint
bijou_fake_discovery_count (BijouFakeDiscovery *self, BijouFakeProtocolKind kind)
{
  guint n_queries;

  g_mutex_lock (&self->lock);
  n_queries = self->queries[kind];
  g_mutex_unlock (&self->lock);
  return n_queries;
}

void
bijou_fake_discovery_add_reply (BijouFakeDiscovery *self, BijouFakeProtocolKind kind, GBytes *bytes)
{
  Reply *reply = g_new0 (Reply, 1);

  reply->kind = kind;
  reply->bytes = g_bytes_ref (bytes);
  g_mutex_lock (&self->lock);
  g_ptr_array_add (self->replies, reply);
  g_mutex_unlock (&self->lock);
}

void
bijou_fake_discovery_add (BijouFakeDiscovery *self, BijouFakeServer *server)
{
  BijouFakeProtocolKind kind = fake_server_get_protocol (server) == &bijou_fake_jellyfin_protocol
                                   ? BIJOU_FAKE_JELLYFIN
                                   : BIJOU_FAKE_PLEX;
  char *text = make_reply (kind, bijou_fake_server_get_id (server),
                           bijou_fake_server_get_name (server), bijou_fake_server_get_url (server));
  g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

  bijou_fake_discovery_add_reply (self, kind, bytes);
}

void
bijou_fake_discovery_flood (BijouFakeDiscovery *self, BijouFakeProtocolKind kind, guint n_replies)
{
  g_mutex_lock (&self->lock);
  self->flood[kind] = n_replies;
  g_mutex_unlock (&self->lock);
}
