#pragma once

#include "bijou-sync-job.h"

G_BEGIN_DECLS

/**
 * BijouSyncService:
 * Runs sync jobs for the window: one thread for each server at work. Main thread.
 *
 * Signals on the main context: `progress` (BijouSyncProgress *) of each server, at most ten times a
 * second; `finished` (server id, GError or NULL); `failed` (server id, GError) after that, when it
 * was asked for by somebody who did not stop it; `refused` (server id, guint) when the server gave
 * so many local changes back, see bijou_refusals_list(). Properties: `running`, `shown` (boolean).
 */
#define BIJOU_TYPE_SYNC_SERVICE (bijou_sync_service_get_type ())
G_DECLARE_FINAL_TYPE (BijouSyncService, bijou_sync_service, BIJOU, SYNC_SERVICE, GObject)

/* (transfer full) (nullable) */
typedef BijouBackend *(*BijouSyncLookup) (const char *server_id, gpointer user_data);

BijouSyncService *
bijou_sync_service_new (BijouStore *store, BijouSyncLookup lookup, gpointer user_data);
/* @server_id NULL: all known servers. A server that is at work goes on. */
void bijou_sync_service_start (BijouSyncService *self, const char *server_id, gboolean full);
/* Nobody asked for it. */
void bijou_sync_service_start_quietly (BijouSyncService *self, const char *server_id);
void bijou_sync_service_cancel (BijouSyncService *self, const char *server_id);
void bijou_sync_service_set_visible_library (BijouSyncService *self,
                                             const char *server_id,
                                             const char *library_id);
/* Quietly sends what waits, soon; retried with back-off. */
void bijou_sync_service_flush (BijouSyncService *self, const char *server_id);
/* The network came or went. */
void bijou_sync_service_set_online (BijouSyncService *self, gboolean is_online);
/* A server can be reached. */
void bijou_sync_service_heed (BijouSyncService *self, const char *server_id);
gboolean bijou_sync_service_is_running (BijouSyncService *self);
gboolean bijou_sync_service_is_shown (BijouSyncService *self);
void bijou_sync_service_get_progress (BijouSyncService *self, BijouSyncProgress *progress);
gboolean bijou_sync_service_is_syncing (BijouSyncService *self, const char *server_id);
/* Cancels, and does not wait. */
void bijou_sync_service_stop (BijouSyncService *self);

G_END_DECLS
