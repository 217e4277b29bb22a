#pragma once

#include "bijou-address-book.h"
#include "bijou-connection-race.h"
#include "bijou-connection.h"

G_BEGIN_DECLS

/* What the files of the connection share. */

typedef struct _BijouFinder BijouFinder;

/**
 * BijouConnectionPace:
 * The pauses between what a connection does of itself, in milliseconds. Those of a pair begin with
 * the first and are doubled up to the second.
 */
typedef struct
{
  guint starting;   /* a server that says that it is starting */
  guint recheck[2]; /* a server that is offline */
  guint upgrade[2]; /* better addresses than the one in use */
  guint confirm;    /* an address that was good once before it takes over */
  guint find[2];    /* discovery that found nothing */
} BijouConnectionPace;

struct _BijouConnection
{
  GObject parent_instance;

  BijouHttp *http;                 /* (owned) */
  const BijouIdentityProbe *probe; /* (unowned) static */
  char *server_id;                 /* (owned) (nullable) */

  struct
  {
    GMutex lock;
    GCond cond;
    BijouAddressBook *book; /* (owned) */
    BijouConnectionState state;
    gboolean unauthorised;
    gboolean closing;
    char *url; /* (owned) (nullable) the address in use */
    BijouAddressClass url_class;
    BijouConnectionReason reason;
    gint64 fresh_until;  /* monotonic µs */
    BijouRace *race;     /* (owned) (nullable) while one runs */
    GThread *thread;     /* (owned) (nullable) of the last race */
    gboolean race_again; /* the network changed: what the race finds is old */
    gboolean moved;      /* the address in use belongs to another network */
    guint races;         /* how many have ended */
    gint64 race_ended;   /* monotonic µs, 0: the next one need not wait for it */
    GError *race_error;  /* (owned) (nullable) of the last race, when nobody won it */
    BijouFinder *finder; /* (owned) (nullable) */
  } shared;

  struct
  { /* under the same lock */
    BijouConnectionPace pace;
    gboolean wanted;      /* somebody looks at the server */
    GSource *source;      /* (owned) (nullable) what is due next */
    guint rechecks;       /* so many races were lost in a row */
    guint upgrades;       /* so many probes found nothing better in a row */
    char *better_url;     /* (owned) (nullable) it was good in the last probe */
    gint64 taken_over_at; /* monotonic µs, 0 never */
    BijouRace *race;      /* (owned) (nullable) while better addresses are probed */
    GThread *thread;      /* (owned) (nullable) of that */
  } upkeep;
};

/* Those called …_locked are called with the lock held. */

void bijou_connection_emit_changed_locked (BijouConnection *self);
void bijou_connection_emit_learned_locked (BijouConnection *self);
void bijou_connection_set_state_locked (BijouConnection *self, BijouConnectionState state);
void bijou_connection_use_locked (BijouConnection *self,
                                  const BijouEntrant *winner,
                                  BijouConnectionReason reason);
void bijou_connection_keep_fresh_locked (BijouConnection *self);

void bijou_connection_start_race_locked (BijouConnection *self);
void bijou_connection_end_race_locked (BijouConnection *self,
                                       BijouRace *race,
                                       const BijouEntrant *winner);
char *bijou_connection_find_base (BijouConnection *self,
                                  BijouHttpKind kind,
                                  GCancellable *cancellable,
                                  GError **error);
void bijou_connection_note_answer (BijouConnection *self, const char *base, guint status);
BijouTrust *bijou_connection_dup_trust (BijouConnection *self, const char *base);

void bijou_connection_set_pace (BijouConnection *self, const BijouConnectionPace *pace);
void bijou_connection_init_upkeep (BijouConnection *self);
void bijou_connection_plan_upkeep_locked (BijouConnection *self);
void bijou_connection_reset_upkeep_locked (BijouConnection *self);
GThread *bijou_connection_stop_upkeep_locked (BijouConnection *self);
guint bijou_connection_get_pause (const guint *bounds, guint doublings);

void bijou_connection_watch_race_locked (BijouConnection *self, BijouRace *race);
void bijou_connection_cancel_search (BijouConnection *self);
void bijou_connection_reset_search_locked (BijouConnection *self);
void bijou_finder_unref (BijouFinder *self);

GPtrArray *bijou_probe_results_new (GPtrArray *addresses, GPtrArray *entrants, const char *current);

G_END_DECLS
