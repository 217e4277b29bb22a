#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouDiscovered:
 * A server that says it is on the local network. Anyone there can say so: what is in it is for
 * people to read and for a race to try, and proves nothing.
 */
typedef struct
{
  const char *backend; /* (unowned) static: of the protocol that it answered */
  char *host;          /* (owned) (nullable) who answered, an IP address */
  char *server_id;     /* (owned) */
  char *name;          /* (owned) (nullable) */
  char *version;       /* (owned) (nullable) */
  GPtrArray *urls;     /* (owned) of char *: base URLs, best first */
} BijouDiscovered;

BijouDiscovered *bijou_discovered_new (const char *server_id);
BijouDiscovered *bijou_discovered_copy (const BijouDiscovered *self);
void bijou_discovered_free (BijouDiscovered *self);
void bijou_discovered_set_name (BijouDiscovered *self, const char *text, gssize length);
void bijou_discovered_set_version (BijouDiscovered *self, const char *text, gssize length);
void bijou_discovered_add_url (BijouDiscovered *self, const char *url);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouDiscovered, bijou_discovered_free)

/**
 * BijouDiscoveryProtocol:
 * How servers of one protocol are asked for by UDP. Static.
 */
typedef struct
{
  const char *backend; /* what the results are labelled with */
  guint16 port;
  const char *multicast_group; /* (nullable) asked beside the broadcast addresses */
  const char *query;
  /* What @reply of the host @source says; %NULL when it is none of a server. @reply may hold any
   * bytes. */
  BijouDiscovered *(*parse) (const char *reply, gsize length, GInetAddress *source);
} BijouDiscoveryProtocol;

/**
 * BijouDiscovery:
 * One search of the local network. Filled, run once on any thread that may block, freed.
 */
typedef struct _BijouDiscovery BijouDiscovery;

/* @found is what is known of that server by now; valid during the call. */
typedef void (*BijouDiscoveredFunc) (const BijouDiscovered *found, gpointer user_data);

BijouDiscovery *bijou_discovery_new (const char *server_id);
void bijou_discovery_free (BijouDiscovery *self);
void bijou_discovery_add_protocol (BijouDiscovery *self, const BijouDiscoveryProtocol *protocol);
gboolean bijou_discovery_run (BijouDiscovery *self,
                              guint duration_ms,
                              BijouDiscoveredFunc func,
                              gpointer user_data,
                              GCancellable *cancellable);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouDiscovery, bijou_discovery_free)

G_END_DECLS
