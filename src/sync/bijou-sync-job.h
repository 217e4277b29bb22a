#pragma once

#include "bijou-backend.h"
#include "bijou-store.h"

G_BEGIN_DECLS

/**
 * BijouSyncResult:
 * What one run did with one library (@library NULL: the sum of all).
 */
typedef struct
{
  char *server_id;
  char *library_id; /* (nullable) */
  char *title;      /* (nullable) */
  BijouLibraryKind kind;
  gint64 items; /* rows of the server that were seen */
  guint added;
  guint changed;
  guint removed;
  guint requests;
  gint64 bytes;
  gint64 ms;
  GError *error; /* (owned) (nullable) */
  gboolean cancelled;
  gboolean incremental; /* only what is new was asked for */
  gboolean fills;       /* of a library: it was not whole here when the run began */
  guint refused;        /* local changes that the server will never take, given up */
} BijouSyncResult;

void bijou_sync_result_free (BijouSyncResult *self);

/**
 * BijouSyncProgress:
 * Where a run stands; done never exceeds total.
 */
typedef struct
{
  const char *server_id;
  const char *title; /* of the library at work */
  gint64 done;
  gint64 total; /* over all libraries of the run */
  gint64 library_done;
  gint64 library_total;
  double rate;         /* items per second */
  gint64 left_ms;      /* estimate, -1 unknown */
  gboolean is_waiting; /* the server asked for a pause */
  gboolean fills;      /* the library was not whole here before: somebody may wait for it */
} BijouSyncProgress;

typedef void (*BijouSyncProgressFunc) (const BijouSyncProgress *progress, gpointer user_data);

/* One server's run, blocking, on the caller's thread: what the outbox holds, libraries, pages of
 * each kind and home rows. The results of each library, then the sum, also after an error or a
 * cancel.
 * @progress runs on the caller's thread. (element-type BijouSyncResult) */
GPtrArray *bijou_sync_job_run (BijouStore *store,
                               BijouBackend *backend,
                               gboolean full,
                               const char *first_library_id,
                               BijouSyncProgressFunc progress,
                               gpointer user_data,
                               GCancellable *cancellable);

G_END_DECLS
