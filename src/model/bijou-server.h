#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_ADDRESS_LAN,
  BIJOU_ADDRESS_DIRECT,
  BIJOU_ADDRESS_RELAY,
} BijouAddressClass;

typedef enum
{
  BIJOU_ADDRESS_FROM_USER,
  BIJOU_ADDRESS_FROM_ACCOUNT,
  BIJOU_ADDRESS_FROM_DISCOVERY,
} BijouAddressSource;

/**
 * BijouAddress:
 * One base URL at which a server may be reached, with what was learned about it. A boxed value;
 * its owner may change it.
 */
typedef struct
{
  char *url; /* (owned) scheme, host, port and base path, no trailing slash, no credentials */
  BijouAddressClass address_class;
  BijouAddressSource source;
  gint64 last_success; /* seconds since 1970, 0 never */
  int latency_ms;      /* smoothed, -1 unknown */
  int failures;        /* in a row */
  gint64 failed_at;    /* seconds since 1970 of the last failure, 0 none */
  gboolean pinned;
  gboolean disabled;
} BijouAddress;

#define BIJOU_TYPE_ADDRESS (bijou_address_get_type ())
GType bijou_address_get_type (void);
BijouAddress *bijou_address_new (const char *url, BijouAddressSource source);
BijouAddress *bijou_address_copy (const BijouAddress *self);
void bijou_address_free (BijouAddress *self);
BijouAddress *bijou_address_find (GPtrArray *addresses, const char *url);
guint bijou_address_count (GPtrArray *addresses, BijouAddressSource source);
const char *bijou_address_class_to_string (BijouAddressClass address_class);
const char *bijou_address_source_to_string (BijouAddressSource source);
BijouAddressClass bijou_address_class_from_url (const char *url);
char *bijou_address_normalise_url (const char *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouAddress, bijou_address_free)

/**
 * BijouNetworkWinner:
 * Which address of a server was the one to use on one network.
 */
typedef struct
{
  char *network; /* (owned) bijou_network_key_read() */
  char *url;     /* (owned) */
  gint64 won_at; /* seconds since 1970 */
} BijouNetworkWinner;

BijouNetworkWinner *bijou_network_winner_new (const char *network, const char *url, gint64 won_at);
BijouNetworkWinner *bijou_network_winner_copy (const BijouNetworkWinner *self);
void bijou_network_winner_free (BijouNetworkWinner *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouNetworkWinner, bijou_network_winner_free)

#define BIJOU_TYPE_SERVER (bijou_server_get_type ())
G_DECLARE_FINAL_TYPE (BijouServer, bijou_server, BIJOU, SERVER, GObject)

/**
 * BijouServer:
 * A server that is known, as one signed-in user sees it. A record like #BijouItem: filled by its
 * maker, then only read. The token is not here: it lives in the secrets.
 */
struct _BijouServer
{
  GObject parent_instance;

  char *id;                /* (owned) Plex machineIdentifier, Jellyfin server Id */
  char *backend;           /* (owned) "plex" or "jellyfin" */
  char *name;              /* (owned) never empty */
  char *version;           /* (owned) (nullable) */
  char *user_id;           /* (owned) (nullable) Jellyfin user id, Plex account id */
  char *user_name;         /* (owned) (nullable) */
  char *account_id;        /* (owned) (nullable) the plex.tv account that it came with */
  char *client_id;         /* (owned) the device identifier that the token is bound to */
  gboolean https_required; /* Plex: no plain http to it */
  char *pin;               /* (owned) (nullable) sha256//… of the public keys the user trusts */
  GPtrArray *addresses;    /* (owned) of BijouAddress, never NULL */
  GPtrArray *winners;      /* (owned) of BijouNetworkWinner, never NULL */
};

BijouServer *bijou_server_new (const char *backend, const char *id, const char *name);
BijouServer *bijou_server_copy (BijouServer *self);

G_END_DECLS
