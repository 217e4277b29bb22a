#pragma once

#include "bijou-http.h"
#include "bijou-server.h"

G_BEGIN_DECLS

typedef enum
{
  BIJOU_CONNECTION_UNKNOWN,
  BIJOU_CONNECTION_RACING,
  BIJOU_CONNECTION_CONNECTED,
  BIJOU_CONNECTION_SUSPECT,
  BIJOU_CONNECTION_OFFLINE,
  BIJOU_CONNECTION_UNAUTHORISED,
} BijouConnectionState;

const char *bijou_connection_state_to_string (BijouConnectionState state);

/**
 * BijouConnectionReason:
 * Why the address in use is the one.
 */
typedef enum
{
  BIJOU_CONNECTION_REASON_NONE,       /* no address is in use */
  BIJOU_CONNECTION_REASON_PINNED,     /* the user wants it */
  BIJOU_CONNECTION_REASON_ONLY_ONE,   /* no other is known, or all others are disabled */
  BIJOU_CONNECTION_REASON_REMEMBERED, /* it won last on this network */
  BIJOU_CONNECTION_REASON_BEST_CLASS, /* others answered, of a worse class or without TLS */
  BIJOU_CONNECTION_REASON_FIRST,      /* it answered before others like it */
  BIJOU_CONNECTION_REASON_ONLY_GOOD,  /* no other answered */
  BIJOU_CONNECTION_REASON_RELAY,      /* every direct address failed */
  BIJOU_CONNECTION_REASON_UPGRADED,   /* it came back, and is better than the one before */
} BijouConnectionReason;

/**
 * BijouIdentity:
 * Who answers at an address.
 */
typedef struct
{
  char *server_id; /* (owned) */
  char *name;      /* (owned) (nullable) Plex does not tell it without a token */
  char *version;   /* (owned) (nullable) */
} BijouIdentity;

void bijou_identity_clear (BijouIdentity *self);

/**
 * BijouIdentityProbe:
 * How a protocol asks who is there without a token: GET `path`, then `parse` of the 200 answer.
 */
typedef struct
{
  const char *path; /* "/identity", "/System/Info/Public" */
  const char *accept;
  gboolean (*parse) (BijouHttpResponse *response, BijouIdentity *identity, GError **error);
} BijouIdentityProbe;

typedef struct _BijouConnection BijouConnection;

/**
 * BijouAddressFinderFunc:
 * @self: the connection
 * @user_data: as given
 * @cancellable: cancelled when the race is over; to be heeded
 *
 * Looks for addresses of a server that cannot be reached at those that are known, and hands them to
 * bijou_connection_add_addresses() as it finds them. On a thread of its own, blocking; at most one
 * runs for a connection.
 */
typedef void (*BijouAddressFinderFunc) (BijouConnection *self,
                                        gpointer user_data,
                                        GCancellable *cancellable);

/**
 * BijouConnection:
 * The live way to one server: knows its addresses, finds one that works by racing them, remembers
 * it, and moves to another when it fails. The state machine is drawn in docs/architecture.md.
 *
 * The blocking calls are thread-safe; the signal `changed` is emitted on the main context when the
 * state or the address in use changes, `learned` when something about the addresses is worth
 * keeping.
 */
#define BIJOU_TYPE_CONNECTION (bijou_connection_get_type ())
G_DECLARE_FINAL_TYPE (BijouConnection, bijou_connection, BIJOU, CONNECTION, GObject)

BijouConnection *bijou_connection_new (BijouHttp *http,
                                       const BijouIdentityProbe *probe,
                                       const char *server_id,
                                       GPtrArray *addresses);
/* A request whose URL is a path ("/library/sections"): races if needed, sends, and on a transport
 * error of an idempotent request re-races and replays it once. */
BijouHttpResponse *bijou_connection_send (BijouConnection *self,
                                          BijouHttpRequest *request,
                                          GCancellable *cancellable,
                                          GError **error);
/* The same request with the live base URL put in front; for transfers. */
BijouHttpRequest *bijou_connection_resolve (BijouConnection *self,
                                            BijouHttpRequest *request,
                                            GCancellable *cancellable,
                                            GError **error);
/* The same without waiting: NULL unless an address is in use. */
BijouHttpRequest *bijou_connection_resolve_now (BijouConnection *self, BijouHttpRequest *request);
char *
bijou_connection_get_base_url (BijouConnection *self, GCancellable *cancellable, GError **error);
/* Whether it is the server that answers at @url; blocks for one probe. */
gboolean
bijou_connection_confirm (BijouConnection *self, const char *url, GCancellable *cancellable);
/* The same question for a connection that is to be kept; NULL: that address is not used. */
BijouHttpRequest *bijou_connection_make_question (BijouConnection *self, const char *url);
void bijou_connection_report_failure (BijouConnection *self, const char *base_url, GError *error);
void bijou_connection_set_addresses (BijouConnection *self, GPtrArray *addresses);
void bijou_connection_set_trust (BijouConnection *self, BijouTrust *trust);
/* Adds what is not known yet; it joins a race that is running. Any thread. */
void bijou_connection_add_addresses (BijouConnection *self, GPtrArray *addresses);
GPtrArray *bijou_connection_get_addresses (BijouConnection *self);
void bijou_connection_set_winners (BijouConnection *self, GPtrArray *winners);
GPtrArray *bijou_connection_get_winners (BijouConnection *self);
void bijou_connection_set_finder (BijouConnection *self,
                                  BijouAddressFinderFunc func,
                                  gpointer user_data,
                                  GDestroyNotify destroy);
BijouConnectionState bijou_connection_get_state (BijouConnection *self);
char *bijou_connection_dup_current_url (BijouConnection *self);
BijouAddressClass bijou_connection_get_current_class (BijouConnection *self);
BijouConnectionReason bijou_connection_get_reason (BijouConnection *self);
GError *bijou_connection_dup_error (BijouConnection *self);
void bijou_connection_set_authorised (BijouConnection *self, gboolean authorised);
BijouHttp *bijou_connection_get_http (BijouConnection *self);
void bijou_connection_set_network (BijouConnection *self, const char *network);
void bijou_connection_network_changed (BijouConnection *self);
void bijou_connection_set_upkeep (BijouConnection *self, gboolean wanted);

/**
 * BijouProbeResult:
 * What a test of one address showed.
 */
typedef struct
{
  BijouAddress *address; /* (owned) */
  gboolean tested;       /* %FALSE: disabled, or the test was given up */
  int ms;                /* -1 none */
  GError *error;         /* (owned) (nullable) %NULL and tested: good */
  gboolean in_use;
} BijouProbeResult;

void bijou_probe_result_free (BijouProbeResult *self);
/* Tests every address at the same time and learns from it; blocks for at most 6.5 s. */
GPtrArray *bijou_connection_probe_all (BijouConnection *self);

/* @ms -1 none; @error NULL: good. On the thread of the caller of bijou_connection_probe_each(). */
typedef void (*BijouProbeFunc) (const char *url, int ms, const GError *error, gpointer user_data);
/* The same, told of each address as it answers. */
GPtrArray *
bijou_connection_probe_each (BijouConnection *self, BijouProbeFunc func, gpointer user_data);

G_END_DECLS
