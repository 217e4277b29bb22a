#pragma once

#include "bijou-sync-job.h"

G_BEGIN_DECLS

/* "3,420 of 12,000, 850/s, about 1 min" */
char *bijou_sync_text_all (const BijouSyncProgress *progress);
/* The same of the library at work. */
char *bijou_sync_text_library (const BijouSyncProgress *progress);
/* "850/s, about 1 min"; empty when neither is known. */
char *bijou_sync_text_pace (const BijouSyncProgress *progress);

G_END_DECLS
