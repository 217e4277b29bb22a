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
  double rate;    /* items per second */
  gint64 left_ms; /* estimate, -1 unknown */
} BijouSyncProgress;

typedef void (*BijouSyncProgressFunc) (const BijouSyncProgress *progress, gpointer user_data);

/* One server's run, blocking, on the caller's thread: libraries, pages of each kind, home rows, and
 * what the outbox holds. The results of each library, then the sum, also after an error or a
 * cancel.
 * @progress runs on the caller's thread. (element-type BijouSyncResult) */
GPtrArray *bijou_sync_job_run (BijouStore *store,
                               BijouBackend *backend,
                               gboolean full,
                               const char *first_library_id,
                               BijouSyncProgressFunc progress,
                               gpointer user_data,
                               GCancellable *cancellable);

/* Sends what waits for the backend's server, in order; stops at the first transport error.
 * Blocking. */
gboolean bijou_outbox_flush (BijouStore *store,
                             BijouBackend *backend,
                             guint *refused,
                             GCancellable *cancellable,
                             GError **error);

/* The members of a collection or playlist, asked for when it is opened. Blocking. */
gboolean bijou_sync_members_run (BijouStore *store,
                                 BijouBackend *backend,
                                 BijouItem *list,
                                 GCancellable *cancellable,
                                 GError **error);

/**
 * BijouSyncService:
 * Runs sync jobs for the window: one thread for each server at work. Main thread.
 *
 * Signals on the main context: `progress` (BijouSyncProgress *) at most ten times a second,
 * `finished` (server id, GError or NULL); properties `running` (boolean).
 */
#define BIJOU_TYPE_SYNC_SERVICE (bijou_sync_service_get_type ())
G_DECLARE_FINAL_TYPE (BijouSyncService, bijou_sync_service, BIJOU, SYNC_SERVICE, GObject)

/* (transfer full) (nullable) */
typedef BijouBackend *(*BijouSyncLookup) (const char *server_id, gpointer user_data);

BijouSyncService *
bijou_sync_service_new (BijouStore *store, BijouSyncLookup lookup, gpointer user_data);
/* @server_id NULL: all known servers. A server that is at work goes on. */
void bijou_sync_service_start (BijouSyncService *self, const char *server_id, gboolean full);
void bijou_sync_service_cancel (BijouSyncService *self, const char *server_id);
void bijou_sync_service_set_visible_library (BijouSyncService *self,
                                             const char *server_id,
                                             const char *library_id);
/* Quietly sends what waits, soon; retried with back-off. */
void bijou_sync_service_flush (BijouSyncService *self, const char *server_id);
gboolean bijou_sync_service_is_running (BijouSyncService *self);
gboolean bijou_sync_service_is_syncing (BijouSyncService *self, const char *server_id);
/* Cancels, and does not wait. */
void bijou_sync_service_stop (BijouSyncService *self);

G_END_DECLS
