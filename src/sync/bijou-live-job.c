#include "config.h"

#include "bijou-live-job.h"

#include "bijou-sync-home.h"

#define HOME_PARALLEL 2

typedef struct
{
  BijouStore *store;
  BijouBackend *backend;
  const char *server_id;
  GCancellable *cancellable;
  BijouLiveCounts counts;
} Job;

/* --- asking --- */

/* Calls @work with up to BIJOU_BACKEND_MAX_IDS of @ids at a time. */
static gboolean
for_each_slice (Job *job,
                GPtrArray *ids,
                gboolean (*work) (Job *job, const char *const *ids, gpointer data, GError **error),
                gpointer data,
                GError **error)
{
  for (guint first = 0; first < ids->len; first += BIJOU_BACKEND_MAX_IDS)
    {
      const char *slice[BIJOU_BACKEND_MAX_IDS + 1] = { NULL };
      guint n = MIN (ids->len - first, BIJOU_BACKEND_MAX_IDS);

      for (guint i = 0; i < n; i++)
        slice[i] = g_ptr_array_index (ids, first + i);
      if (!work (job, slice, data, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
refresh_states (Job *job, const char *const *ids, gpointer data, GError **error)
{
  gint64 asked_at = g_get_real_time ();
  g_autoptr (GPtrArray) items =
      bijou_backend_fetch_items (job->backend, ids, job->cancellable, error);

  return items != NULL &&
         bijou_store_save_states (job->store, job->server_id, items, asked_at, &job->counts, error);
}

static gboolean
contains (GPtrArray *items, const char *remote_id)
{
  for (guint i = 0; i < items->len; i++)
    if (g_str_equal (((BijouItem *) items->pdata[i])->remote_id, remote_id))
      return TRUE;
  return FALSE;
}

/* An event alone takes nothing away: a disk that is not mounted looks like a thousand removals, but
 * the server still has the items. */
static gboolean
remove_missing (
    Job *job, const char *const *ids, GPtrArray *items, GHashTable *removed, GError **error)
{
  g_autoptr (GPtrArray) missing = g_ptr_array_new ();

  for (guint i = 0; ids[i] != NULL; i++)
    if (g_hash_table_contains (removed, ids[i]) && !contains (items, ids[i]))
      g_ptr_array_add (missing, (gpointer) ids[i]);
  if (missing->len == 0)
    return TRUE;
  g_ptr_array_add (missing, NULL);
  return bijou_store_remove_items (job->store, job->server_id, (const char *const *) missing->pdata,
                                   &job->counts, error);
}

static gboolean
refresh_rows (Job *job, const char *const *ids, gpointer data, GError **error)
{
  gint64 asked_at = g_get_real_time ();
  g_autoptr (GPtrArray) items =
      bijou_backend_fetch_items (job->backend, ids, job->cancellable, error);

  if (items == NULL)
    return FALSE;
  return bijou_store_save_items (job->store, job->server_id, items, asked_at, &job->counts,
                                 error) &&
         remove_missing (job, ids, items, data, error);
}

/* What was begun or finished elsewhere belongs into other rows of Home now. */
static void
refresh_home (Job *job)
{
  g_autoptr (BijouSyncFetcher) fetcher =
      bijou_sync_fetcher_new (job->backend, HOME_PARALLEL, job->cancellable);
  g_autoptr (GError) error = NULL;

  if (!bijou_sync_home_run (job->store, job->backend, fetcher, NULL, &error))
    g_debug ("A row of Home is not refreshed: %s", error->message);
}

/* --- the job --- */

static gboolean
work_states_off (Job *job, BijouLiveBatch *batch, GError **error)
{
  if (batch->states->len > 0 && !bijou_store_save_states (job->store, job->server_id, batch->states,
                                                          g_get_real_time (), &job->counts, error))
    return FALSE;
  if (!for_each_slice (job, batch->touched, refresh_states, NULL, error))
    return FALSE;
  if (job->counts.changed > 0)
    refresh_home (job);
  return TRUE;
}

static gboolean
work_rows_off (Job *job, BijouLiveBatch *batch, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, batch->changed);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, id);
  g_hash_table_iter_init (&iter, batch->removed);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    g_ptr_array_add (ids, id);
  return for_each_slice (job, ids, refresh_rows, batch->removed, error);
}

/**
 * bijou_live_job_run:
 * @store: where all goes
 * @backend: the server
 * @batch: what it said
 * @needs_sync: (out): whether a sync is to find out the rest
 * @unsettled: (element-type utf8): gets what is to be asked for again, see #BijouLiveCounts
 * @cancellable: gives up
 * @error: return location
 *
 * Blocking; on a worker.
 *
 * Returns: whether all of it is written
 */
gboolean
bijou_live_job_run (BijouStore *store,
                    BijouBackend *backend,
                    BijouLiveBatch *batch,
                    gboolean *needs_sync,
                    GPtrArray *unsettled,
                    GCancellable *cancellable,
                    GError **error)
{
  Job job = { .store = store,
              .backend = backend,
              .server_id = bijou_backend_get_server_id (backend),
              .cancellable = cancellable,
              .counts = { .unsettled = unsettled } };
  guint unknown;
  gboolean good;

  good = work_states_off (&job, batch, error);
  /* The play state of what is not mirrored is nobody's concern; a row is. */
  unknown = job.counts.unknown;
  good = good && work_rows_off (&job, batch, error);
  *needs_sync = job.counts.unknown > unknown;
  return good;
}
