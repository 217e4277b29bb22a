#include "config.h"

#include "bijou-sync-job.h"

#include "bijou-outbox.h"
#include "bijou-sync-delta.h"
#include "bijou-sync-home.h"
#include "bijou-sync-lock.h"
#include "bijou-sync-log.h"
#include "bijou-sync-query.h"

#include <string.h>

/* More at once gains nothing on the servers that were measured. */
#define PARALLEL 2
/* A server that takes so long for a page is not helped by another question. */
#define SLOW_PAGE_MS 5000
/* After as many in a row that went well it is asked for two at once again. */
#define GOOD_PAGES 4
#define PAUSE_MS 1000
/* A server that wants to be left alone for longer is asked again all the same. */
#define LONG_PAUSE_MS (60 * 1000)
#define PAUSES_MAX 3
#define DEAD_MAX 3

typedef struct
{
  BijouStore *store;
  BijouBackend *backend;
  GCancellable *cancellable; /* (nullable) */
  BijouSyncProgressFunc progress;
  gpointer user_data;
  gboolean full;
  gboolean wants_news; /* of what was mirrored whole only news are asked for */

  char *server_id;           /* (owned) */
  GPtrArray *libraries;      /* (owned) (nullable) of BijouLibrary, in the order of work */
  GPtrArray *results;        /* (owned) of BijouSyncResult: of each library, then the sum */
  BijouSyncResult *sum;      /* the last of results; what belongs to no library is counted here */
  GPtrArray *queries;        /* (owned) of BijouSyncQuery */
  BijouSyncFetcher *fetcher; /* (owned) (nullable) */
  GPtrArray *whole;     /* (owned) (nullable) of BijouLibrary: here from before, asked for news */
  BijouSyncDelta delta; /* of these */
  gint64 server_time;   /* seconds on the server's clock when it began, 0 unknown */
  guint dead;           /* pages in a row that failed for want of a connection */
  guint good;           /* pages in a row that came soon */
  guint next_first;     /* of queries: the first whose first page was not asked for */
  gboolean wants_home;  /* Home's rows are to be asked for when all first pages were */
  guint home_asked;     /* fetches of these */
  gboolean is_waiting;  /* the server asked for a pause */
  gboolean is_counted;  /* the totals of all queries are known */
  gint64 counted_at;    /* monotonic, when it went on from there */
  gint64 counted_done;
} Job;

/**
 * bijou_sync_result_free:
 * @self: (transfer full): a result
 */
void
bijou_sync_result_free (BijouSyncResult *self)
{
  g_free (self->server_id);
  g_free (self->library_id);
  g_free (self->title);
  g_clear_error (&self->error);
  g_free (self);
}

static BijouSyncResult *
result_new (Job *job, BijouLibrary *library)
{
  BijouSyncResult *result = g_new0 (BijouSyncResult, 1);

  result->server_id = g_strdup (job->server_id);
  if (library != NULL)
    {
      result->library_id = g_strdup (library->remote_id);
      result->title = g_strdup (library->title);
      result->kind = library->kind;
    }
  return result;
}

static gboolean
is_cancelled (Job *job)
{
  return job->cancellable != NULL && g_cancellable_is_cancelled (job->cancellable);
}

static void
set_sum_error (Job *job, const GError *error)
{
  if (job->sum->error == NULL && error != NULL && !bijou_error_is_cancelled (error))
    job->sum->error = g_error_copy (error);
}

/* --- progress --- */

static void
count_all (Job *job, BijouSyncResult *result, gint64 *done, gint64 *total)
{
  *done = 0;
  *total = 0;
  for (guint i = 0; i < job->queries->len; i++)
    {
      BijouSyncQuery *query = job->queries->pdata[i];

      if (result != NULL && query->result != result)
        continue;
      *done += bijou_sync_query_get_done (query);
      *total += bijou_sync_query_get_total (query);
    }
}

/* Before every list was asked for its length the whole is unknown: done and total stay 0. */
static void
tell (Job *job, BijouSyncQuery *query)
{
  BijouSyncProgress progress = { .server_id = job->server_id, .left_ms = -1 };
  double seconds;

  if (job->progress == NULL)
    return;
  progress.title = query->library != NULL ? query->library->title : NULL;
  progress.fills = query->result->fills;
  progress.is_waiting = job->is_waiting;
  count_all (job, query->result, &progress.library_done, &progress.library_total);
  if (job->is_counted)
    {
      count_all (job, NULL, &progress.done, &progress.total);
      seconds = (double) (g_get_monotonic_time () - job->counted_at) / G_USEC_PER_SEC;
      if (seconds > 0 && progress.done > job->counted_done)
        {
          progress.rate = (double) (progress.done - job->counted_done) / seconds;
          progress.left_ms =
              (gint64) ((double) (progress.total - progress.done) * 1000 / progress.rate);
        }
    }
  job->progress (&progress, job->user_data);
}

/* --- libraries --- */

static int
get_place (BijouLibrary *library, const char *first_library_id)
{
  if (g_strcmp0 (library->remote_id, first_library_id) == 0)
    return 0;
  return library->kind == BIJOU_LIBRARY_MOVIES ? 1 : 2;
}

static void
order_libraries (Job *job, GPtrArray *listed, const char *first_library_id)
{
  job->libraries = g_ptr_array_new_with_free_func (g_object_unref);
  for (int place = 0; place <= 2; place++)
    for (guint i = 0; i < listed->len; i++)
      {
        BijouLibrary *library = listed->pdata[i];

        if (bijou_library_is_synced (library) && get_place (library, first_library_id) == place)
          g_ptr_array_add (job->libraries, g_object_ref (library));
      }
}

/* Asked for with a whole run only; between these what is known of it stands. */
static void
mark_hidden (Job *job, GPtrArray *listed)
{
  g_autoptr (GPtrArray) known = NULL;

  if (job->wants_news)
    known = bijou_store_list_libraries (job->store, job->server_id, NULL);
  bijou_backend_mark_hidden (job->backend, listed, known, job->cancellable);
}

static char *
format_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);

  return time != NULL ? g_date_time_format (time, "%H:%M") : NULL;
}

/* A server in trouble can show no libraries for a while. */
static gboolean
check_libraries (Job *job, GPtrArray *listed, GError **error)
{
  g_autoptr (GPtrArray) known = NULL;

  if (listed->len > 0)
    return TRUE;
  known = bijou_store_list_libraries (job->store, job->server_id, error);
  if (known == NULL || known->len == 0)
    return known != NULL;
  g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL,
                       "The server shows no libraries; what is here is kept");
  return FALSE;
}

static gboolean
list_libraries (Job *job, const char *first_library_id, GError **error)
{
  g_autoptr (GPtrArray) listed =
      bijou_backend_list_libraries (job->backend, job->cancellable, error);

  job->sum->requests++;
  if (listed == NULL)
    return FALSE;
  if (listed->len > 0)
    mark_hidden (job, listed);
  if (!bijou_store_save_libraries (job->store, job->server_id, listed, &job->sum->removed, error) ||
      !check_libraries (job, listed, error))
    return FALSE;
  order_libraries (job, listed, first_library_id);
  job->server_time = bijou_backend_get_server_time (job->backend);
  return TRUE;
}

static gboolean
is_whole (Job *job, BijouLibrary *library)
{
  for (const BijouItemKind *kind = bijou_backend_get_kinds (library->kind);
       *kind != BIJOU_ITEM_UNKNOWN; kind++)
    if (!bijou_store_is_complete (job->store, job->server_id, library->remote_id, *kind))
      return FALSE;
  return TRUE;
}

/* Which libraries are only asked for news. */
static void
find_whole (Job *job)
{
  job->whole = g_ptr_array_new_with_free_func (g_object_unref);
  if (!job->wants_news)
    return;
  for (guint i = 0; i < job->libraries->len; i++)
    if (is_whole (job, job->libraries->pdata[i]))
      g_ptr_array_add (job->whole, g_object_ref (job->libraries->pdata[i]));
}

static void
add_query (Job *job, BijouLibrary *library, BijouItemKind kind, BijouSyncResult *result)
{
  BijouSyncQuery *query = bijou_sync_query_new (job->store, job->server_id, library, kind, result);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (job->queries, query);
  if (!bijou_sync_query_begin (query, job->full, &error))
    bijou_sync_query_fail (query, error);
}

static void
make_results (Job *job)
{
  for (guint i = 0; i < job->libraries->len; i++)
    g_ptr_array_insert (job->results, (int) i, result_new (job, job->libraries->pdata[i]));
}

static void
add_queries_of (Job *job, guint place)
{
  BijouLibrary *library = job->libraries->pdata[place];
  BijouSyncResult *result = job->results->pdata[place];

  result->fills = !is_whole (job, library);
  for (const BijouItemKind *kind = bijou_backend_get_kinds (library->kind);
       *kind != BIJOU_ITEM_UNKNOWN; kind++)
    add_query (job, library, *kind, result);
  add_query (job, library, BIJOU_ITEM_COLLECTION, result);
}

/* Whole runs: of what was never mirrored, or of everything. */
static void
make_queries (Job *job)
{
  for (guint i = 0; i < job->libraries->len; i++)
    if (!g_ptr_array_find (job->whole, job->libraries->pdata[i], NULL))
      add_queries_of (job, i);
  if (job->whole->len > 0)
    return;
  add_query (job, NULL, BIJOU_ITEM_COLLECTION, job->sum);
  add_query (job, NULL, BIJOU_ITEM_PLAYLIST, job->sum);
}

/* --- answers --- */

static void
forget_asked (Job *job, BijouSyncQuery *query)
{
  bijou_sync_fetcher_drop (job->fetcher, query);
  query->n_asked = 0;
}

static gboolean
wants_pause (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_RATE_LIMITED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
}

static void
pause_for (Job *job, gint64 ms)
{
  GPollFD fd;

  if (job->cancellable != NULL && g_cancellable_make_pollfd (job->cancellable, &fd))
    {
      g_poll (&fd, 1, (int) ms);
      g_cancellable_release_fd (job->cancellable);
    }
  else
    g_usleep ((gulong) ms * 1000);
}

static gboolean
names_pause (const GError *error)
{
  return wants_pause (error) && bijou_error_get_retry_after (error) > 0;
}

/* Whatever else was asked for would only be refused too: it is asked for again afterwards. */
static void
pause_as_asked (Job *job, BijouSyncQuery *query, const GError *error)
{
  for (guint i = 0; i < job->queries->len; i++)
    forget_asked (job, job->queries->pdata[i]);
  query->pauses++;
  job->is_waiting = TRUE;
  tell (job, query);
  pause_for (job, MIN (bijou_error_get_retry_after (error), LONG_PAUSE_MS));
  job->is_waiting = FALSE;
}

static gboolean
is_hopeless (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

/* The server, not one of its lists, is in trouble: no use in waiting for it once for each list. */
static void
fail_all (Job *job, const GError *error)
{
  for (guint i = 0; i < job->queries->len; i++)
    {
      BijouSyncQuery *query = job->queries->pdata[i];

      if (!query->is_done)
        bijou_sync_query_fail (query, error);
    }
  bijou_sync_fetcher_drop (job->fetcher, NULL);
  job->wants_home = FALSE;
}

static void
adapt_parallel (Job *job, BijouSyncFetch *fetch)
{
  gboolean went_well = fetch->error == NULL && fetch->ms < SLOW_PAGE_MS;

  job->good = went_well ? job->good + 1 : 0;
  if (job->good == 0)
    bijou_sync_fetcher_set_parallel (job->fetcher, 1);
  else if (job->good == GOOD_PAGES)
    bijou_sync_fetcher_set_parallel (job->fetcher, PARALLEL);
}

/* Each page gets a second chance, alone. */
static void
handle_failure (Job *job, BijouSyncQuery *query, const GError *error)
{
  if (is_cancelled (job))
    return;

  g_debug ("A page of %s failed: %s", job->server_id, error->message);
  job->dead = bijou_error_is_transport (error) ? job->dead + 1 : 0;
  if (job->dead >= DEAD_MAX || g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED) ||
      (names_pause (error) && query->pauses >= PAUSES_MAX))
    fail_all (job, error);
  else if (names_pause (error))
    pause_as_asked (job, query, error);
  else if (is_hopeless (error) || query->failures++ > 0)
    bijou_sync_query_fail (query, error);
  else if (wants_pause (error))
    pause_for (job, PAUSE_MS);
}

static void
count_request (BijouSyncResult *result, BijouSyncFetch *fetch)
{
  /* A list that a protocol does not have is answered without asking. */
  if (fetch->page == NULL || fetch->page->bytes > 0 || fetch->page->received > 0)
    result->requests++;
}

/* Jellyfin tells a total with the first page only. */
static gboolean
confirm_total (Job *job, BijouSyncQuery *query, BijouSyncFetch *fetch)
{
  g_autoptr (BijouPage) first = NULL;

  if (!query->resuming || fetch->page->total >= 0)
    return TRUE;
  query->result->requests++;
  first = bijou_backend_fetch_page (job->backend, query->library, query->kind, 0, 1,
                                    job->cancellable, &fetch->error);
  if (first == NULL)
    return FALSE;
  query->result->bytes += first->bytes;
  fetch->page->total = MAX (first->total, 0);
  return TRUE;
}

static gboolean
fetch_wanted (Job *job, BijouSyncQuery *query, GError **error)
{
  return bijou_sync_delta_fetch_wanted (&job->delta, query->library, query->wanted,
                                        query->cursor.generation, error);
}

static void
handle_page (Job *job, BijouSyncFetch *fetch)
{
  BijouSyncQuery *query = fetch->owner;
  g_autoptr (GError) error = NULL;

  count_request (query->result, fetch);
  adapt_parallel (job, fetch);
  if (query->is_done)
    return;
  if (fetch->error != NULL || !confirm_total (job, query, fetch))
    {
      handle_failure (job, query, fetch->error);
      return;
    }
  job->dead = 0;
  query->pauses = 0;
  bijou_sync_query_accept (query, fetch);
  if (query->wanted != NULL && !fetch_wanted (job, query, &error))
    bijou_sync_query_fail (query, error);
  tell (job, query);
}

/* --- what is asked for next --- */

static void
ask_for_page (Job *job, BijouSyncQuery *query)
{
  if (query->n_asked == 0)
    query->asked = query->cursor.next_start;
  bijou_sync_fetcher_push (job->fetcher, bijou_sync_query_make_fetch (query, query->asked));
  query->asked += query->limit;
  query->n_asked++;
}

/* With the first page of every list come all totals, and each library shows something. */
static gboolean
ask_for_first_page (Job *job)
{
  while (job->next_first < job->queries->len)
    {
      BijouSyncQuery *query = job->queries->pdata[job->next_first++];

      if (query->is_done)
        continue;
      ask_for_page (job, query);
      return TRUE;
    }
  return FALSE;
}

static gboolean
ask_for_home (Job *job)
{
  if (!job->wants_home)
    return FALSE;
  job->wants_home = FALSE;
  job->home_asked = bijou_sync_home_ask (job->backend, job->fetcher);
  return TRUE;
}

/* On the guess that each comes full. */
static gboolean
ask_for_further_page (Job *job)
{
  for (guint i = 0; i < job->queries->len; i++)
    {
      BijouSyncQuery *query = job->queries->pdata[i];

      if (query->is_done || (query->n_asked > 0 && query->asked >= query->cursor.total))
        continue;
      ask_for_page (job, query);
      return TRUE;
    }
  return FALSE;
}

/* One more than the server is asked for at a time: it goes on while a page is written. */
static void
ask_for_more (Job *job)
{
  while (!is_cancelled (job) && bijou_sync_fetcher_get_waiting (job->fetcher) <=
                                    bijou_sync_fetcher_get_parallel (job->fetcher))
    if (!ask_for_first_page (job) && !ask_for_home (job) && !ask_for_further_page (job))
      return;
}

/* --- the phases --- */

/* From here on the whole is known, and each page brings it nearer. */
static void
begin_estimate (Job *job)
{
  gint64 total;

  job->is_counted = TRUE;
  job->counted_at = g_get_monotonic_time ();
  count_all (job, NULL, &job->counted_done, &total);
}

static void
take_home (Job *job, BijouSyncFetch *fetch)
{
  g_autoptr (GError) error = NULL;

  job->sum->requests++;
  bijou_sync_home_accept (job->store, job->server_id, fetch, &error);
  set_sum_error (job, error);
  if (--job->home_asked == 0)
    begin_estimate (job);
}

static void
take_page (Job *job, BijouSyncFetch *fetch)
{
  BijouSyncQuery *query = fetch->owner;

  query->n_asked--;
  handle_page (job, fetch);
  /* A wrong guess: a short page, a failure, a second pass. */
  if (query->is_done || query->cursor.next_start != fetch->start + fetch->limit)
    forget_asked (job, query);
}

static void
run_queries (Job *job, guint first)
{
  BijouSyncFetch *fetch;

  job->next_first = first;
  ask_for_more (job);
  while ((fetch = bijou_sync_fetcher_take (job->fetcher)) != NULL)
    {
      if (fetch->owner != NULL)
        take_page (job, fetch);
      else
        take_home (job, fetch);
      bijou_sync_fetch_free (fetch);
      ask_for_more (job);
    }
  if (job->queries->len > first && !is_cancelled (job))
    tell (job, job->queries->pdata[job->queries->len - 1]);
}

static void
run_home (Job *job)
{
  g_autoptr (GError) error = NULL;
  guint n_requests = 0;

  bijou_sync_home_run (job->store, job->backend, job->fetcher, &n_requests, &error);
  job->sum->requests += n_requests;
  set_sum_error (job, error);
}

static BijouSyncResult *
find_result (Job *job, BijouLibrary *library)
{
  guint place;

  if (library != NULL && g_ptr_array_find (job->libraries, library, &place))
    return job->results->pdata[place];
  return job->sum;
}

static void
run_sweeps (Job *job, guint first_suspect)
{
  guint first = job->queries->len;

  for (guint i = first_suspect; i < job->delta.suspects->len; i++)
    {
      BijouSuspect *suspect = job->delta.suspects->pdata[i];
      BijouSyncQuery *query =
          bijou_sync_query_new_sweep (job->store, job->server_id, suspect->library, suspect->kinds,
                                      find_result (job, suspect->library));

      g_ptr_array_add (job->queries, query);
      bijou_sync_query_begin (query, TRUE, NULL);
    }
  run_queries (job, first);
}

static gboolean
has_failed (Job *job)
{
  for (guint i = 0; i < job->results->len; i++)
    if (((BijouSyncResult *) job->results->pdata[i])->error != NULL)
      return TRUE;
  return is_cancelled (job);
}

/* Lists that did not say for sure what the server has; the next run is to look again. */
static gboolean
is_unsure (Job *job)
{
  for (guint i = 0; i < job->queries->len; i++)
    {
      BijouSyncQuery *query = job->queries->pdata[i];

      if (query->doubt.kept > 0 || query->hides_anew)
        return TRUE;
    }
  return FALSE;
}

/* A row of Home is another one when something was played, came or went. */
static gboolean
is_home_old (Job *job)
{
  guint n = job->delta.states;

  for (guint i = 0; i < job->queries->len; i++)
    n += ((BijouSyncQuery *) job->queries->pdata[i])->states;
  for (guint i = 0; i < job->results->len; i++)
    {
      BijouSyncResult *result = job->results->pdata[i];

      n += result->added + result->removed;
    }
  return n > 0;
}

/* What a run over everything would have seen. */
static void
count_items (Job *job)
{
  gint64 all = bijou_store_count_rows (job->store, job->server_id, NULL, ~(BijouItemKinds) 0,
                                       BIJOU_COUNT_ALL);

  for (guint i = 0; i < job->libraries->len; i++)
    {
      BijouLibrary *library = job->libraries->pdata[i];
      gint64 n = bijou_store_count_rows (job->store, job->server_id, library->remote_id,
                                         ~(BijouItemKinds) 0, BIJOU_COUNT_ALL);

      if (g_ptr_array_find (job->whole, library, NULL))
        find_result (job, library)->items = n;
      all -= n;
    }
  job->sum->items = all;
}

/* %FALSE: the server cannot say what is new. */
static gboolean
run_news (Job *job)
{
  g_autoptr (GError) error = NULL;
  guint n_suspects;

  if (!bijou_sync_delta_run (&job->delta, &error))
    {
      if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED))
        return FALSE;
      set_sum_error (job, error);
      return TRUE;
    }
  run_sweeps (job, 0);
  n_suspects = job->delta.suspects->len;
  bijou_sync_delta_suspect_parents (&job->delta);
  run_sweeps (job, n_suspects);
  if (!has_failed (job) && !is_unsure (job))
    bijou_sync_delta_end (&job->delta);
  if (!is_cancelled (job) && is_home_old (job))
    run_home (job);
  count_items (job);
  return TRUE;
}

/* What a run that was broken off had seen may have changed since that began. Returns whether there
 * was one. */
static gboolean
find_first_time (Job *job, gint64 *first)
{
  gboolean resumed = FALSE;

  *first = job->server_time;
  for (guint i = 0; i < job->queries->len; i++)
    {
      BijouSyncQuery *query = job->queries->pdata[i];
      gint64 age = (g_get_real_time () - query->cursor.generation) / G_USEC_PER_SEC;

      if (!query->cursor.resumed)
        continue;
      *first = MIN (*first, job->server_time - age);
      resumed = TRUE;
    }
  return resumed;
}

static void
run_whole (Job *job)
{
  guint first = job->queries->len;
  gboolean resumed;

  make_queries (job);
  if (job->queries->len == first)
    return;
  job->wants_home = TRUE;
  run_queries (job, first);
  resumed = find_first_time (job, &job->delta.begun_at);
  if (job->whole->len == 0 && !has_failed (job) && !is_unsure (job))
    bijou_sync_delta_note_full (job->store, job->server_id, job->libraries, job->delta.begun_at,
                                resumed);
}

static void
run_all (Job *job, const char *first_library_id, GError **error)
{
  if (!list_libraries (job, first_library_id, error))
    return;
  make_results (job);
  find_whole (job);
  job->delta.libraries = job->whole;
  job->delta.begun_at = job->server_time;
  job->fetcher = bijou_sync_fetcher_new (job->backend, PARALLEL, job->cancellable);

  run_whole (job);
  if (job->whole->len == 0 || is_cancelled (job))
    return;
  job->sum->incremental = run_news (job);
  if (job->sum->incremental)
    return;
  g_ptr_array_set_size (job->whole, 0);
  g_ptr_array_set_size (job->queries, 0);
  run_whole (job);
}

/* --- the results --- */

static void
close_query (Job *job, BijouSyncQuery *query)
{
  if (query->is_done)
    return;
  query->result->cancelled = TRUE;
  query->result->items += query->seen;
}

static void
add_up (Job *job, gint64 begun_at)
{
  for (guint i = 0; i < job->queries->len; i++)
    close_query (job, job->queries->pdata[i]);
  for (guint i = 0; i + 1 < job->results->len; i++)
    {
      BijouSyncResult *result = job->results->pdata[i];

      job->sum->items += result->items;
      job->sum->added += result->added;
      job->sum->changed += result->changed;
      job->sum->removed += result->removed;
      job->sum->requests += result->requests;
      job->sum->bytes += result->bytes;
      result->ms = (g_get_monotonic_time () - begun_at) / 1000;
      set_sum_error (job, result->error);
    }
  job->sum->ms = (g_get_monotonic_time () - begun_at) / 1000;
  job->sum->cancelled = is_cancelled (job);
}

static void
add_name (GString *names, BijouSyncQuery *query)
{
  BijouItemKind kind =
      query->kinds != 0 ? (BijouItemKind) g_bit_nth_lsf (query->kinds, -1) : query->kind;
  const char *name =
      query->library != NULL ? query->library->title : bijou_item_kind_to_string (kind);

  if (strstr (names->str, name) == NULL)
    g_string_append_printf (names, "%s“%s”", names->len > 0 ? ", " : "", name);
}

/* In one line. */
static void
tell_doubts (Job *job)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *time = NULL;
  gint64 until = G_MAXINT64;
  gint64 kept = 0;

  for (guint i = 0; i < job->queries->len; i++)
    {
      BijouSyncQuery *query = job->queries->pdata[i];

      if (query->doubt.kept <= 0)
        continue;
      kept += query->doubt.kept;
      until = MIN (until, query->doubt.until);
      add_name (names, query);
    }
  if (kept == 0 || job->sum->error != NULL)
    return;
  time = format_time (until);
  g_message ("The server lists %" G_GINT64_FORMAT
             " fewer rows of %s than before; they are kept here until %s at least",
             kept, names->str, time);
}

/**
 * bijou_sync_job_run:
 * @store: where it goes
 * @backend: whose
 * @full: not to go on where an earlier run was broken off
 * @first_library_id: (nullable): the library that is looked at now
 * @progress: (nullable): runs on the caller's thread after each page
 * @user_data: for @progress
 * @cancellable: (nullable): stops it at once; what was written stays, the next run goes on there
 *
 * See bijou-sync-job.h. Blocking; any thread but the main thread of a window.
 *
 * Returns: (transfer full) (element-type BijouSyncResult): the libraries, then the sum
 */
GPtrArray *
bijou_sync_job_run (BijouStore *store,
                    BijouBackend *backend,
                    gboolean full,
                    const char *first_library_id,
                    BijouSyncProgressFunc progress,
                    gpointer user_data,
                    GCancellable *cancellable)
{
  g_autoptr (BijouSyncLock) lock = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) send_error = NULL;
  gint64 begun_at = g_get_monotonic_time ();
  BijouSyncLog log;
  Job job = { .store = store,
              .backend = backend,
              .cancellable = cancellable,
              .progress = progress,
              .user_data = user_data,
              .full = full };

  job.server_id = g_strdup (bijou_backend_get_server_id (backend));
  job.results = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_sync_result_free);
  job.queries = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_sync_query_free);
  job.sum = result_new (&job, NULL);
  g_ptr_array_add (job.results, job.sum);
  job.delta = (BijouSyncDelta){ .store = store,
                                .backend = backend,
                                .server_id = job.server_id,
                                .results = job.results,
                                .cancellable = cancellable };
  bijou_sync_delta_init (&job.delta);
  job.wants_news = !full && bijou_sync_delta_is_possible (&job.delta);

  bijou_sync_log_begin (&log, store, job.server_id);
  lock = bijou_sync_lock_take (store, job.server_id, cancellable, &error);
  if (lock != NULL)
    {
      /* A server that refuses a change would refuse it at each sync: no reason not to read. */
      bijou_outbox_flush (store, backend, &job.sum->refused, cancellable, &send_error);
      run_all (&job, first_library_id, &error);
    }
  set_sum_error (&job, error);
  add_up (&job, begun_at);
  set_sum_error (&job, send_error);
  tell_doubts (&job);
  bijou_sync_log_end (&log, store, job.sum);

  g_clear_pointer (&job.fetcher, bijou_sync_fetcher_free);
  g_ptr_array_unref (job.queries);
  bijou_sync_delta_clear (&job.delta);
  g_clear_pointer (&job.whole, g_ptr_array_unref);
  g_clear_pointer (&job.libraries, g_ptr_array_unref);
  g_free (job.server_id);
  return job.results;
}
