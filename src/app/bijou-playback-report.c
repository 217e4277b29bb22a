#include "config.h"

#include "bijou-playback-private.h"

/* A film counts as watched from here on; what servers do by default. */
#define WATCHED_FRACTION 0.9
/* For the last reports, while the window closes. */
#define PATIENCE_US (1500 * G_TIME_SPAN_MILLISECOND)

static void
report_job_free (BijouReportJob *job)
{
  g_object_unref (job->context);
  g_object_unref (job->item);
  g_object_unref (job->cancellable);
  bijou_report_free (job->report);
  g_free (job);
}

static gboolean
send_report_in_worker (BijouReportJob *job, GError **error)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (job->context, job->item->server_id);

  if (backend == NULL)
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "not signed in");
      return FALSE;
    }
  return bijou_backend_report (backend, job->report, job->cancellable, error);
}

static gboolean
was_watched (BijouReport *report)
{
  return report->kind == BIJOU_REPORT_STOP && report->duration_ms > 0 &&
         report->position_ms >= report->duration_ms * WATCHED_FRACTION;
}

/* The server has counted it by the report: the mark must not be sent once more. */
static void
confirm_watched_in_worker (BijouStore *store, BijouItem *item)
{
  g_autoptr (GPtrArray) waiting = bijou_store_list_changes (store, item->server_id, NULL);

  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    {
      BijouChange *change = g_ptr_array_index (waiting, i);

      if (change->kind == BIJOU_CHANGE_WATCHED && g_str_equal (change->remote_id, item->remote_id))
        bijou_store_finish_change (store, change->id, NULL);
    }
}

/* First what is certain: the server may take its time, and the program may be ended. */
static void
keep_in_worker (BijouStore *store, BijouReportJob *job, gboolean queue)
{
  g_autoptr (GError) error = NULL;

  if (was_watched (job->report))
    bijou_store_make_change (store, job->item, BIJOU_CHANGE_WATCHED, 0, &error);
  else
    bijou_store_set_position (store, job->item, job->report->position_ms, queue, &error);
  if (error != NULL)
    g_warning ("A position was not kept: %s", error->message);
}

static void
report_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  BijouReportJob *job = task_data;
  BijouStore *store = bijou_context_get_store (job->context);
  gboolean keep = job->report->kind != BIJOU_REPORT_START && !job->report->failed;
  g_autoptr (GError) error = NULL;
  gboolean was_told;

  if (keep)
    keep_in_worker (store, job, FALSE);
  was_told = send_report_in_worker (job, &error);
  if (!was_told)
    g_message ("A report of a playback waits: %s", error->message);
  if (was_told && was_watched (job->report))
    confirm_watched_in_worker (store, job->item);
  else if (!was_told && keep && !was_watched (job->report))
    keep_in_worker (store, job, TRUE);
  g_task_return_boolean (task, was_told);
}

/* A position that the server was not told of at the end waits in the outbox; somebody has to send
 * it, or it would lie there until the next sync. */
static void
on_reported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouReportJob *job = g_task_get_task_data (G_TASK (result));
  gboolean was_told = g_task_propagate_boolean (G_TASK (result), NULL);

  if (!was_told && job->report->kind == BIJOU_REPORT_STOP && !job->report->failed)
    bijou_sync_service_flush (bijou_context_get_sync (job->context), job->item->server_id);
}

typedef struct
{
  GMutex lock;
  GCond cond;
  gboolean done;
} Flush;

static void
flush_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Flush *flush = task_data;

  g_task_return_boolean (task, TRUE);
  g_mutex_lock (&flush->lock);
  flush->done = TRUE;
  g_cond_signal (&flush->cond);
  g_mutex_unlock (&flush->lock);
}

/**
 * bijou_report_worker_stop:
 * @worker: where reports are done
 * @cancellable: of the reports
 *
 * Ends @worker. A server has a moment to take what is left; what it did not take waits in the
 * outbox. Main thread; blocks for that moment at most.
 */
void
bijou_report_worker_stop (BijouWorker *worker, GCancellable *cancellable)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;
  Flush flush = { .done = FALSE };

  g_mutex_init (&flush.lock);
  g_cond_init (&flush.cond);
  g_task_set_task_data (task, &flush, NULL);
  bijou_worker_push (worker, task, flush_in_worker, 0);
  g_mutex_lock (&flush.lock);
  while (!flush.done && g_cond_wait_until (&flush.cond, &flush.lock, deadline))
    ;
  g_mutex_unlock (&flush.lock);
  g_cancellable_cancel (cancellable);
  bijou_worker_stop (worker);
  g_mutex_clear (&flush.lock);
  g_cond_clear (&flush.cond);
}

/**
 * bijou_report_job_push:
 * @worker: where it is done, in order
 * @cancellable: ends the telling, not the keeping
 * @context: the context
 * @item: what plays
 * @report: what to tell; copied
 *
 * Keeps the position in the mirror and tells the server; what the server could not be told waits in
 * the outbox, and is sent from there after the end. Main thread; never blocks.
 */
void
bijou_report_job_push (BijouWorker *worker,
                       GCancellable *cancellable,
                       BijouContext *context,
                       BijouItem *item,
                       const BijouReport *report)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_reported_cb, NULL);
  BijouReportJob *job = g_new0 (BijouReportJob, 1);

  job->cancellable = g_object_ref (cancellable);
  job->context = g_object_ref (context);
  job->item = g_object_ref (item);
  job->report = bijou_report_copy (report);
  g_task_set_source_tag (task, bijou_report_job_push);
  g_task_set_task_data (task, job, (GDestroyNotify) report_job_free);
  bijou_worker_push (worker, task, report_in_worker, 0);
}
