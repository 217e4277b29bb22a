#pragma once

#include "bijou-sync-job.h"

G_BEGIN_DECLS

/**
 * BijouSuspect:
 * A list whose rows are to be compared one by one.
 */
typedef struct
{
  BijouLibrary *library; /* (owned) (nullable) */
  BijouItemKinds kinds;
} BijouSuspect;

/**
 * BijouSyncDelta:
 * The incremental part of a run, for libraries that were mirrored whole before:
 * bijou_sync_delta_run() asks for the news and writes them; then @suspects are to be swept, and
 * those of bijou_sync_delta_suspect_parents(); then bijou_sync_delta_end() keeps what the next one
 * begins with. One thread.
 */
typedef struct
{
  BijouStore *store; /* its owner's, as all of these */
  BijouBackend *backend;
  const char *server_id;
  GPtrArray *libraries;      /* (element-type BijouLibrary) */
  GPtrArray *results;        /* (element-type BijouSyncResult): of each, then the sum */
  GCancellable *cancellable; /* (nullable) */

  gint64 begun_at;       /* seconds on the server's clock */
  BijouDelta *delta;     /* (owned) (nullable) */
  GPtrArray *suspects;   /* (owned) of BijouSuspect */
  GPtrArray *mismatches; /* (owned) of BijouCensus, unowned, that no news explain */
  guint states;          /* rows whose play state alone changed */
} BijouSyncDelta;

void bijou_sync_delta_init (BijouSyncDelta *self);
void bijou_sync_delta_clear (BijouSyncDelta *self);
gboolean bijou_sync_delta_is_possible (BijouSyncDelta *self);
gboolean bijou_sync_delta_run (BijouSyncDelta *self, GError **error);
gboolean bijou_sync_delta_fetch_wanted (BijouSyncDelta *self,
                                        BijouLibrary *library,
                                        GPtrArray *wanted,
                                        gint64 generation,
                                        GError **error);
void bijou_sync_delta_suspect_parents (BijouSyncDelta *self);
void bijou_sync_delta_end (BijouSyncDelta *self);
void bijou_sync_delta_note_full (BijouStore *store,
                                 const char *server_id,
                                 GPtrArray *libraries,
                                 gint64 begun_at,
                                 gboolean resumed);

G_END_DECLS
