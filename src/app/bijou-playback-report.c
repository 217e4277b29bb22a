#include "config.h"

#include "bijou-playback-private.h"

/* A film counts as watched from here on; what servers do by default. */
#define WATCHED_FRACTION 0.9

static void
report_job_free (BijouReportJob *job)
{
  g_object_unref (job->context);
  g_object_unref (job->item);
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
  return bijou_backend_report (backend, job->report, NULL, error);
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

/**
 * bijou_report_job_push:
 * @worker: where it is done, in order
 * @context: the context
 * @item: what plays
 * @report: what to tell; copied
 *
 * Keeps the position in the mirror and tells the server; what the server could not be told waits in
 * the outbox, and is sent from there after the end. Main thread; never blocks.
 */
void
bijou_report_job_push (BijouWorker *worker,
                       BijouContext *context,
                       BijouItem *item,
                       const BijouReport *report)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_reported_cb, NULL);
  BijouReportJob *job = g_new0 (BijouReportJob, 1);

  job->context = g_object_ref (context);
  job->item = g_object_ref (item);
  job->report = bijou_report_copy (report);
  g_task_set_source_tag (task, bijou_report_job_push);
  g_task_set_task_data (task, job, (GDestroyNotify) report_job_free);
  bijou_worker_push (worker, task, report_in_worker, 0);
}
