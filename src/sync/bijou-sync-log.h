#pragma once

#include "bijou-sync-job.h"

G_BEGIN_DECLS

/**
 * BijouSyncLog:
 * What is noted at the beginning of a run, for the line that its end writes.
 */
typedef struct
{
  gint64 begun_at;    /* seconds since 1970 */
  gboolean was_first; /* nothing of the server was here yet */
} BijouSyncLog;

void bijou_sync_log_begin (BijouSyncLog *self, BijouStore *store, const char *server_id);
void bijou_sync_log_end (const BijouSyncLog *self, BijouStore *store, const BijouSyncResult *sum);

G_END_DECLS
