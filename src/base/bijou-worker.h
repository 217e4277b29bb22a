#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouWorker:
 * One named thread with a stable priority queue of tasks. Lower priority numbers run first; equal
 * ones in the order in which they came.
 */
#define BIJOU_TYPE_WORKER (bijou_worker_get_type ())
G_DECLARE_FINAL_TYPE (BijouWorker, bijou_worker, BIJOU, WORKER, GObject)

typedef void (*BijouWorkerFunc) (gpointer data);

BijouWorker *bijou_worker_new (const char *name);
void bijou_worker_push (BijouWorker *self, GTask *task, GTaskThreadFunc func, int priority);
gboolean bijou_worker_run_sync (BijouWorker *self, BijouWorkerFunc func, gpointer data);
gboolean bijou_worker_is_current (BijouWorker *self);
void bijou_worker_stop (BijouWorker *self);

G_END_DECLS
