#pragma once

#include "bijou-connection.h"

G_BEGIN_DECLS

/**
 * BijouRace:
 * One race among the addresses of a server, run on the thread that calls. Adding is thread-safe,
 * also while it runs; the results are read after it.
 */
typedef struct _BijouRace BijouRace;

typedef enum
{
  BIJOU_RACE_QUICK,      /* ends with the first winner */
  BIJOU_RACE_EXHAUSTIVE, /* tests every address */
} BijouRaceMode;

typedef enum
{
  BIJOU_ENTRANT_UNTESTED, /* not started, or given up before it could have failed */
  BIJOU_ENTRANT_RUNNING,
  BIJOU_ENTRANT_GOOD,
  BIJOU_ENTRANT_FAILED,
} BijouEntrantState;

typedef struct
{
  BijouRace *race;   /* (unowned) */
  char *url;         /* (owned) */
  BijouTrust *trust; /* (owned) (nullable) */
  BijouAddressClass address_class;
  gboolean pinned;
  int rank;           /* bijou_address_get_rank() */
  gboolean preferred; /* goes first */
  gboolean doubtful;  /* failed lately: nobody waits for it */
  BijouEntrantState state;
  gpointer exchange; /* (owned) (nullable) from its begin to the end of the race */
  gint64 started;    /* monotonic µs */
  gint64 ended;      /* monotonic µs */
  GError *error;     /* (owned) (nullable) when it failed */
  gboolean told;     /* to the BijouProbeFunc */
} BijouEntrant;

/* Every address has failed or is in doubt. On the race's thread, once, no lock held. */
typedef void (*BijouRaceExhaustedFunc) (BijouRace *self, gpointer user_data);

int bijou_address_get_rank (const BijouAddress *address);

BijouRace *bijou_race_new (BijouHttp *http,
                           const BijouIdentityProbe *probe,
                           const char *server_id,
                           BijouRaceMode mode);
void bijou_race_free (BijouRace *self);
void bijou_race_set_trust (BijouRace *self, BijouTrust *trust);
void bijou_race_add (BijouRace *self,
                     const BijouAddress *address,
                     gboolean preferred,
                     gboolean doubtful);
void
bijou_race_set_exhausted_func (BijouRace *self, BijouRaceExhaustedFunc func, gpointer user_data);
void bijou_race_set_probe_func (BijouRace *self, BijouProbeFunc func, gpointer user_data);
void bijou_race_hold (BijouRace *self);
void bijou_race_release (BijouRace *self);
void bijou_race_cancel (BijouRace *self);
BijouEntrant *bijou_race_run (BijouRace *self);
GPtrArray *bijou_race_get_entrants (BijouRace *self);
GError *bijou_race_create_error (BijouRace *self);
int bijou_entrant_get_ms (const BijouEntrant *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouRace, bijou_race_free)

G_END_DECLS
