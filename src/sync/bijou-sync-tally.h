#pragma once

#include "bijou-sync-job.h"

G_BEGIN_DECLS

/**
 * BijouSyncTally:
 * Where the runs of several servers stand together. What it says never goes back and never exceeds
 * its total until it is cleared. One thread.
 */
typedef struct _BijouSyncTally BijouSyncTally;

BijouSyncTally *bijou_sync_tally_new (void);
void bijou_sync_tally_free (BijouSyncTally *self);
void bijou_sync_tally_note (BijouSyncTally *self, const BijouSyncProgress *progress);
/* The run of that server is over, however it ended. */
void bijou_sync_tally_end (BijouSyncTally *self, const char *server_id);
void bijou_sync_tally_clear (BijouSyncTally *self);
void bijou_sync_tally_get (BijouSyncTally *self, BijouSyncProgress *sum);

G_END_DECLS
