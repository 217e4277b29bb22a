#include "config.h"

#include "database-age.h"
#include "fake-backend.h"
#include "store-fixture.h"

#include "bijou-sync-job.h"

typedef struct
{
  StoreFixture store;
  FakeBackend *backend;
  GPtrArray *results; /* of the last run */
  gint64 last_done;
  gint64 last_total;
  guint n_progress;
  guint n_waits;
  GCancellable *cancel_at_page;  /* cancelled by the progress */
  GCancellable *cancel_in_pause; /* likewise */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  store_fixture_set_up (&fixture->store, NULL);
  store_fixture_add_server (&fixture->store, "A");
  fixture->backend = fake_backend_new ("A");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->results, g_ptr_array_unref);
  g_assert_finalize_object (fixture->backend);
  store_fixture_tear_down (&fixture->store, NULL);
}

static void
on_progress_cb (const BijouSyncProgress *progress, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpint (progress->done, <=, progress->total);
  g_assert_cmpint (progress->library_done, <=, progress->library_total);
  g_assert_cmpint (progress->done, >=, fixture->last_done);
  fixture->last_done = progress->done;
  fixture->last_total = progress->total;
  fixture->n_progress++;
  fixture->n_waits += progress->is_waiting;
  if (progress->is_waiting && fixture->cancel_in_pause != NULL)
    g_cancellable_cancel (fixture->cancel_in_pause);
  if (fixture->cancel_at_page != NULL)
    g_cancellable_cancel (fixture->cancel_at_page);
}

static BijouSyncResult *
sync_with (Fixture *fixture, gboolean full, GCancellable *cancellable)
{
  g_clear_pointer (&fixture->results, g_ptr_array_unref);
  fixture->last_done = 0;
  fixture->results = bijou_sync_job_run (fixture->store.store, BIJOU_BACKEND (fixture->backend),
                                         full, NULL, on_progress_cb, fixture, cancellable);
  return fixture->results->pdata[fixture->results->len - 1];
}

static BijouSyncResult *
run_sync (Fixture *fixture)
{
  return sync_with (fixture, FALSE, NULL);
}

static BijouSyncResult *
sync_well (Fixture *fixture)
{
  BijouSyncResult *sum = run_sync (fixture);

  g_assert_no_error (sum->error);
  g_assert_false (sum->cancelled);
  return sum;
}

static void
sync_badly (Fixture *fixture, BijouError code)
{
  BijouSyncResult *sum = run_sync (fixture);

  g_assert_error (sum->error, BIJOU_ERROR, (int) code);
}

static void
assert_mirrored (Fixture *fixture, const char *library, BijouItemKind kind)
{
  GPtrArray *list = fake_backend_get_list (fixture->backend, library, kind);
  BijouItemQuery query = { .kind = kind, .server_id = "A", .library_id = library };
  g_autoptr (GPtrArray) items = bijou_store_list_items (fixture->store.store, &query, NULL);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (ids, ((BijouItem *) items->pdata[i])->remote_id);
  g_assert_cmpuint (items->len, ==, list->len);
  for (guint i = 0; i < list->len; i++)
    g_assert_true (g_hash_table_contains (ids, ((BijouItem *) list->pdata[i])->remote_id));
}

static void
add_films (Fixture *fixture, guint n)
{
  fake_backend_add_library (fixture->backend, "films", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_films (fixture->backend, "films", n);
}

static void
remove_film (Fixture *fixture, guint index)
{
  g_ptr_array_remove_index (fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_MOVIE),
                            index);
}

static void
test_mirror (Fixture *fixture, gconstpointer data)
{
  BijouSyncResult *sum;

  add_films (fixture, 1234);
  fake_backend_add_library (fixture->backend, "shows", BIJOU_LIBRARY_SHOWS);
  fake_backend_add_library (fixture->backend, "music", BIJOU_LIBRARY_MUSIC);
  fake_backend_add_shows (fixture->backend, "shows", 100, 5, 10);

  sum = sync_well (fixture);
  g_assert_cmpint (sum->items, ==, 1234 + 100 + 500 + 5000);
  g_assert_cmpuint (sum->added, ==, 1234 + 100 + 500 + 5000);
  g_assert_cmpuint (fixture->results->len, ==, 3);
  g_assert_cmpint (fixture->last_done, ==, fixture->last_total);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
  assert_mirrored (fixture, "shows", BIJOU_ITEM_SHOW);
  assert_mirrored (fixture, "shows", BIJOU_ITEM_SEASON);
  assert_mirrored (fixture, "shows", BIJOU_ITEM_EPISODE);
  g_assert_cmpuint (fixture->backend->max_running, <=, 2);

  sum = sync_well (fixture);
  g_assert_cmpuint (sum->added + sum->changed + sum->removed, ==, 0);
}

static void
test_removal (Fixture *fixture, gconstpointer data)
{
  BijouSyncResult *sum;

  add_films (fixture, 1234);
  sync_well (fixture);
  remove_film (fixture, 700);
  sum = sync_well (fixture);
  g_assert_cmpuint (sum->removed, ==, 1);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

/* --- faults --- */

static void
order_fault (Fixture *fixture, FakeFault fault, guint page, guint times)
{
  fixture->backend->fault = fault;
  fixture->backend->fault_kind = BIJOU_ITEM_MOVIE;
  fixture->backend->fault_page = page;
  fixture->backend->fault_times = times;
  fixture->backend->n_hit = 0;
}

static void
assert_removed (Fixture *fixture, guint n)
{
  BijouSyncResult *sum = sync_well (fixture);

  g_assert_cmpuint (sum->removed, ==, n);
}

/* What was in doubt before is believed after it. */
static void
pass_hour (Fixture *fixture)
{
  database_age (fixture->store.path, BIJOU_STORE_DOUBT_SECONDS);
}

static guint
count_films (Fixture *fixture)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GArray) ids = bijou_store_list_ids (fixture->store.store, &query, NULL);

  return ids->len;
}

static void
test_error_once (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  fixture->backend->error_code = BIJOU_ERROR_SERVER;
  order_fault (fixture, FAKE_FAULT_ERROR, 2, 1);
  sync_well (fixture);
  g_assert_cmpuint (fixture->backend->n_hit, ==, 1);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

static void
test_error_stays (Fixture *fixture, gconstpointer data)
{
  BijouSyncResult *sum;
  BijouSyncResult *films;

  add_films (fixture, 2200);
  fake_backend_add_library (fixture->backend, "shows", BIJOU_LIBRARY_SHOWS);
  fake_backend_add_shows (fixture->backend, "shows", 10, 1, 10);
  sync_well (fixture);
  remove_film (fixture, 3);

  fixture->backend->error_code = BIJOU_ERROR_SERVER;
  order_fault (fixture, FAKE_FAULT_ERROR, 2, 0);
  sum = run_sync (fixture);
  films = fixture->results->pdata[0];
  g_assert_error (sum->error, BIJOU_ERROR, BIJOU_ERROR_SERVER);
  g_assert_error (films->error, BIJOU_ERROR, BIJOU_ERROR_SERVER);
  g_assert_no_error (((BijouSyncResult *) fixture->results->pdata[1])->error);
  g_assert_cmpuint (count_films (fixture), ==, 2200);
  assert_mirrored (fixture, "shows", BIJOU_ITEM_EPISODE);

  /* What was seen is not asked for again. */
  order_fault (fixture, FAKE_FAULT_NONE, 0, 0);
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  fake_backend_add_library (fixture->backend, "more", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_films (fixture->backend, "more", 10);
  fake_backend_add_library (fixture->backend, "most", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_films (fixture->backend, "most", 10);
  fixture->backend->error_code = BIJOU_ERROR_OFFLINE;
  order_fault (fixture, FAKE_FAULT_ERROR, 0, 0);
  fixture->backend->fault_kind = BIJOU_ITEM_UNKNOWN;
  sync_badly (fixture, BIJOU_ERROR_OFFLINE);
  for (guint i = 0; i < fixture->results->len; i++)
    g_assert_error (((BijouSyncResult *) fixture->results->pdata[i])->error, BIJOU_ERROR,
                    BIJOU_ERROR_OFFLINE);
  g_assert_cmpuint (fixture->backend->n_hit, <=, 5);
}

static void
test_rate_limited (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  fixture->backend->error_code = BIJOU_ERROR_RATE_LIMITED;
  order_fault (fixture, FAKE_FAULT_ERROR, 2, 1);
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

/* It says for how long: that counts as no failure, but not for ever. */
static void
test_asks_for_pause (Fixture *fixture, gconstpointer data)
{
  BijouSyncResult *sum;
  gint64 began;

  add_films (fixture, 2200);
  fixture->backend->error_code = GPOINTER_TO_INT (data);
  fixture->backend->retry_after_ms = 40;
  order_fault (fixture, FAKE_FAULT_ERROR, 2, 3);
  began = g_get_monotonic_time ();
  sync_well (fixture);
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 3 * 40 * 1000);
  g_assert_cmpuint (fixture->n_waits, ==, 3);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);

  fixture->backend->n_hit = 0;
  order_fault (fixture, FAKE_FAULT_ERROR, 0, 0);
  sum = sync_with (fixture, TRUE, NULL);
  g_assert_error (sum->error, BIJOU_ERROR, GPOINTER_TO_INT (data));
  g_assert_cmpuint (fixture->n_waits, ==, 3 + 3);
}

static void
test_cancel_in_pause (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  gint64 began = g_get_monotonic_time ();

  add_films (fixture, 2200);
  fixture->backend->error_code = BIJOU_ERROR_RATE_LIMITED;
  fixture->backend->retry_after_ms = 3600 * 1000;
  order_fault (fixture, FAKE_FAULT_ERROR, 2, 0);
  fixture->cancel_in_pause = cancellable;
  g_assert_true (sync_with (fixture, FALSE, cancellable)->cancelled);
  g_assert_cmpuint (fixture->n_waits, ==, 1);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 30 * G_USEC_PER_SEC);
}

static void
test_short_page (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  order_fault (fixture, FAKE_FAULT_SHORT, 2, 1);
  sync_well (fixture);
  g_assert_cmpuint (fixture->backend->n_hit, ==, 1);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
  remove_film (fixture, 5);
  assert_removed (fixture, 1);
}

static void
test_page_cap (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 1230);
  fixture->backend->page_cap = 100;
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
  g_assert_cmpuint (fixture->backend->n_pages, <=, 20);
}

static void
test_empty_page_once (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  order_fault (fixture, FAKE_FAULT_EMPTY, 2, 1);
  sync_well (fixture);
  g_assert_cmpuint (fixture->backend->n_hit, ==, 1);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

static void
test_empty_page_stays (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  sync_well (fixture);
  order_fault (fixture, FAKE_FAULT_EMPTY, 2, 0);
  sync_badly (fixture, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (count_films (fixture), ==, 2200);
}

static void
test_repeated_page_once (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  order_fault (fixture, FAKE_FAULT_REPEAT, 3, 1);
  run_sync (fixture);
  order_fault (fixture, FAKE_FAULT_NONE, 0, 0);
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

static void
test_same_page_for_ever (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  sync_well (fixture);
  order_fault (fixture, FAKE_FAULT_REPEAT_ALL, 0, 0);
  sync_badly (fixture, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (count_films (fixture), ==, 2200);
}

static void
test_paging_ignored (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  order_fault (fixture, FAKE_FAULT_IGNORE_PAGING, 0, 0);
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

static void
test_total_too_high (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  sync_well (fixture);
  remove_film (fixture, 3);
  fixture->backend->total_off = 7;
  sync_badly (fixture, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (count_films (fixture), ==, 2200);
}

static void
test_total_too_low (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  sync_well (fixture);
  fixture->backend->total_off = -7;
  run_sync (fixture);
  g_assert_cmpuint (count_films (fixture), ==, 2200);
}

static void
test_no_total (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 1100);
  fixture->backend->no_total = TRUE;
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
  remove_film (fixture, 3);
  assert_removed (fixture, 1);
}

static void
test_first_total_only (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  fixture->backend->first_total_only = TRUE;
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
  remove_film (fixture, 3);
  assert_removed (fixture, 1);
}

/* Rows that the server counts and does not show are gone when it says so for an hour. */
static void
test_hidden_rows (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  sync_well (fixture);
  fixture->backend->hidden_each = 300;
  assert_removed (fixture, 0);
  assert_removed (fixture, 0);
  database_age (fixture->store.path, BIJOU_STORE_DOUBT_SECONDS / 2);
  remove_film (fixture, 2199);
  assert_removed (fixture, 0);
  database_age (fixture->store.path, BIJOU_STORE_DOUBT_SECONDS / 2);
  assert_removed (fixture, 8);
  pass_hour (fixture);
  assert_removed (fixture, 1);
}

/* Nothing of the list is shown: an error at first, then how this server is. */
static void
test_all_hidden (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 3);
  fixture->backend->hidden_each = 1;
  sync_badly (fixture, BIJOU_ERROR_PROTOCOL);
  sync_well (fixture);
  sync_well (fixture);
  g_assert_cmpuint (count_films (fixture), ==, 0);
  fixture->backend->hidden_each = 0;
  sync_well (fixture);
  g_assert_cmpuint (count_films (fixture), ==, 3);
  fixture->backend->hidden_each = 1;
  sync_badly (fixture, BIJOU_ERROR_PROTOCOL);
  assert_removed (fixture, 0);
  g_assert_cmpuint (count_films (fixture), ==, 3);
}

/* Each run leaves out others: none of them is missed for long. */
static void
test_hidden_in_turn (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 70);
  sync_well (fixture);
  for (guint i = 0; i < 4; i++)
    {
      fixture->backend->hidden_each = i % 2 == 0 ? 7 : 0;
      assert_removed (fixture, 0);
      pass_hour (fixture);
    }
  g_assert_cmpuint (count_films (fixture), ==, 70);
}

/* Left out at the end of the list, where no later row shows it: the rest comes all the same, in few
 * pages, again and again. */
static void
test_hidden_end (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    guint rows;
    guint each;
    guint shown;
  } cases[] = { { 301, 300, 299 }, { 300, 10, 270 }, { 2201, 220, 2190 }, { 500, 2, 250 } };

  fake_backend_add_library (fixture->backend, "films", BIJOU_LIBRARY_MOVIES);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      fixture->backend->hidden_each = cases[i].each;
      g_ptr_array_set_size (fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_MOVIE), 0);
      fake_backend_add_films (fixture->backend, "films", cases[i].rows);
      for (guint run = 0; run < 2; run++)
        {
          fixture->backend->n_pages = 0;
          sync_well (fixture);
          g_assert_cmpuint (fixture->backend->n_pages, <=, 9 + cases[i].rows / 250);
        }
      g_assert_cmpuint (count_films (fixture), >=, cases[i].shown);
    }
}

static void
test_growing_list (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 2200);
  sync_well (fixture);
  order_fault (fixture, FAKE_FAULT_GROW, 2, 1);
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

static void
test_emptied_library (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 20);
  sync_well (fixture);
  g_ptr_array_set_size (fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_MOVIE), 0);
  assert_removed (fixture, 0);
  g_assert_no_error (sync_with (fixture, TRUE, NULL)->error);
  g_assert_cmpuint (count_films (fixture), ==, 20);
  store_fixture_reopen (&fixture->store, FALSE);
  pass_hour (fixture);
  assert_removed (fixture, 20);
  g_assert_cmpuint (count_films (fixture), ==, 0);
}

static void
test_emptied_for_a_while (Fixture *fixture, gconstpointer data)
{
  GPtrArray *list;

  add_films (fixture, 20);
  list = fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_MOVIE);
  sync_well (fixture);
  for (guint i = 0; i < 3; i++)
    {
      g_ptr_array_set_size (list, 0);
      sync_well (fixture);
      g_assert_cmpuint (count_films (fixture), ==, 20);
      fake_backend_add_films (fixture->backend, "films", 20);
      sync_well (fixture);
      pass_hour (fixture);
    }
}

static void
test_no_libraries (Fixture *fixture, gconstpointer data)
{
  add_films (fixture, 20);
  sync_well (fixture);
  g_ptr_array_set_size (fixture->backend->libraries, 0);
  sync_badly (fixture, BIJOU_ERROR_PROTOCOL);
  sync_badly (fixture, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (count_films (fixture), ==, 20);
  pass_hour (fixture);
  sync_well (fixture);
  g_assert_cmpuint (count_films (fixture), ==, 0);
}

/* Of two: somebody wants it so. It may come back. */
static void
test_missing_library (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouLibrary) films = NULL;

  add_films (fixture, 20);
  fake_backend_add_library (fixture->backend, "more", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_films (fixture->backend, "more", 10);
  sync_well (fixture);
  films = g_object_ref (fixture->backend->libraries->pdata[0]);
  g_ptr_array_remove_index (fixture->backend->libraries, 0);
  sync_well (fixture);
  g_assert_cmpuint (count_films (fixture), ==, 10);
  g_ptr_array_insert (fixture->backend->libraries, 0, g_object_ref (films));
  sync_well (fixture);
  g_assert_cmpuint (count_films (fixture), ==, 30);
}

/* --- cancel and resume --- */

static void
test_cancel_and_resume (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  BijouSyncResult *sum;
  guint n_pages;
  guint n_films;

  fixture->backend->first_total_only = data != NULL;
  add_films (fixture, 5200);
  fixture->cancel_at_page = cancellable;
  sum = sync_with (fixture, FALSE, cancellable);
  g_assert_true (sum->cancelled);
  g_assert_no_error (sum->error);
  n_films = count_films (fixture);
  g_assert_cmpuint (n_films, ==, 500);

  fixture->cancel_at_page = NULL;
  n_pages = fixture->backend->n_pages;
  sum = sync_well (fixture);
  g_assert_cmpuint (sum->added, ==, 5200 - n_films);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
  /* Ten pages of 500 at most, none twice; three lists that are empty; one question for the total.
   */
  g_assert_cmpuint (fixture->backend->n_pages - n_pages, <=, 14);
}

static void
test_resume_after_change (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  fixture->backend->first_total_only = data != NULL;
  add_films (fixture, 5200);
  fixture->cancel_at_page = cancellable;
  sync_with (fixture, FALSE, cancellable);
  fixture->cancel_at_page = NULL;
  remove_film (fixture, 7);
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

/* One row went before the break and another came behind it: the total is the same, the row at the
 * break is not. */
static void
test_resume_after_shift (Fixture *fixture, gconstpointer data)
{
  GPtrArray *list;

  fixture->backend->first_total_only = data != NULL;
  add_films (fixture, 5200);
  list = fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_MOVIE);
  for (guint run = 0; run < 2; run++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();

      fixture->cancel_at_page = cancellable;
      sync_with (fixture, FALSE, cancellable);
      fixture->cancel_at_page = NULL;
      remove_film (fixture, 7);
      g_ptr_array_add (list, make_item (BIJOU_ITEM_MOVIE, "A", run == 0 ? "z" : "zz", "Zzz"));
      sync_well (fixture);
      assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
    }
}

/* The run was broken off behind its last row. */
static void
test_resume_at_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  add_films (fixture, 20);
  fixture->cancel_at_page = cancellable;
  sync_with (fixture, FALSE, cancellable);
  fixture->cancel_at_page = NULL;
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

typedef struct
{
  FakeBackend *backend;
  GCancellable *cancellable;
} Cancel;

static gpointer
cancel_in_worker (gpointer data)
{
  Cancel *cancel = data;

  fake_backend_wait_for_pages (cancel->backend, 2);
  g_cancellable_cancel (cancel->cancellable);
  return NULL;
}

/* In the middle of a request that would never end. */
static void
test_cancel_request (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Cancel cancel = { fixture->backend, cancellable };
  GThread *thread;

  add_films (fixture, 2200);
  order_fault (fixture, FAKE_FAULT_HANG, 0, 0);
  thread = g_thread_new ("cancel", cancel_in_worker, &cancel);
  g_assert_true (sync_with (fixture, FALSE, cancellable)->cancelled);
  g_thread_join (thread);
  order_fault (fixture, FAKE_FAULT_NONE, 0, 0);
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_MOVIE);
}

/* --- the rest of a run --- */

static void
test_order (Fixture *fixture, gconstpointer data)
{
  fake_backend_add_library (fixture->backend, "shows", BIJOU_LIBRARY_SHOWS);
  fake_backend_add_library (fixture->backend, "films", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_library (fixture->backend, "clips", BIJOU_LIBRARY_VIDEOS);
  sync_well (fixture);
  g_assert_cmpstr (((BijouSyncResult *) fixture->results->pdata[0])->library_id, ==, "films");
  g_clear_pointer (&fixture->results, g_ptr_array_unref);
  fixture->results = bijou_sync_job_run (fixture->store.store, BIJOU_BACKEND (fixture->backend),
                                         FALSE, "clips", NULL, NULL, NULL);
  g_assert_cmpstr (((BijouSyncResult *) fixture->results->pdata[0])->library_id, ==, "clips");
}

static void
test_lists_and_home (Fixture *fixture, gconstpointer data)
{
  BijouItem *playlist = make_item (BIJOU_ITEM_PLAYLIST, "A", "p", "Playlist");
  BijouItem *collection = make_item (BIJOU_ITEM_COLLECTION, "A", "c", "Collection");
  g_autoptr (BijouItem) found = NULL;
  g_autoptr (GPtrArray) row = NULL;
  g_autofree char *titles = NULL;

  add_films (fixture, 3);
  g_ptr_array_add (fake_backend_get_list (fixture->backend, "", BIJOU_ITEM_PLAYLIST), playlist);
  g_ptr_array_add (fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_COLLECTION),
                   collection);
  g_ptr_array_add (
      fixture->backend->home[BIJOU_HOME_CONTINUE],
      g_object_ref (fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_MOVIE)->pdata[1]));
  sync_well (fixture);
  assert_mirrored (fixture, "films", BIJOU_ITEM_COLLECTION);
  row = bijou_store_list_home (fixture->store.store, BIJOU_HOME_CONTINUE, 0, NULL);
  titles = join_titles (row);
  g_assert_cmpstr (titles, ==, "films-film-00001");
  found = bijou_store_find_item (fixture->store.store, "A:p", NULL);
  g_assert_cmpint (found->kind, ==, BIJOU_ITEM_PLAYLIST);
}

/* Home's rows come before most pages of the lists: they are new all the same. */
static void
test_counts (Fixture *fixture, gconstpointer data)
{
  GPtrArray *films;
  BijouSyncResult *sum;

  add_films (fixture, 1200);
  films = fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_MOVIE);
  for (guint i = 1; i <= 10; i++)
    g_ptr_array_add (fixture->backend->home[BIJOU_HOME_CONTINUE],
                     g_object_ref (films->pdata[films->len - i]));
  sum = sync_well (fixture);
  g_assert_cmpuint (sum->added, ==, 1200);
  g_assert_cmpuint (sum->changed, ==, 0);
  sum = sync_with (fixture, TRUE, NULL);
  g_assert_cmpuint (sum->added, ==, 0);
  g_assert_cmpuint (sum->changed, ==, 0);
}

/* Music and photos are listed and not asked for. */
static void
test_unsupported (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) libraries = NULL;
  guint pages;

  add_films (fixture, 3);
  sync_well (fixture);
  pages = fixture->backend->n_pages;
  fake_backend_add_library (fixture->backend, "music", BIJOU_LIBRARY_MUSIC);
  fake_backend_add_library (fixture->backend, "photos", BIJOU_LIBRARY_PHOTOS);
  fake_backend_add_films (fixture->backend, "music", 5);
  fixture->backend->n_pages = 0;
  sync_well (fixture);
  g_assert_cmpuint (fixture->backend->n_pages, <=, pages);
  g_assert_cmpuint (fixture->results->len, ==, 2);
  g_assert_cmpuint (count_films (fixture), ==, 3);
  libraries = bijou_store_list_libraries (fixture->store.store, "A", NULL);
  g_assert_cmpuint (libraries->len, ==, 3);
}

#define ADD(name, func) g_test_add ("/sync/job/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("mirror", test_mirror);
  ADD ("removal", test_removal);
  ADD ("error-once", test_error_once);
  ADD ("error-stays", test_error_stays);
  ADD ("offline", test_offline);
  ADD ("rate-limited", test_rate_limited);
  g_test_add ("/sync/job/asks-for-pause/limit", Fixture, GINT_TO_POINTER (BIJOU_ERROR_RATE_LIMITED),
              set_up, test_asks_for_pause, tear_down);
  g_test_add ("/sync/job/asks-for-pause/start", Fixture,
              GINT_TO_POINTER (BIJOU_ERROR_SERVER_STARTING), set_up, test_asks_for_pause,
              tear_down);
  ADD ("cancel-in-pause", test_cancel_in_pause);
  ADD ("short-page", test_short_page);
  ADD ("page-cap", test_page_cap);
  ADD ("empty-page-once", test_empty_page_once);
  ADD ("empty-page-stays", test_empty_page_stays);
  ADD ("repeated-page-once", test_repeated_page_once);
  ADD ("same-page-for-ever", test_same_page_for_ever);
  ADD ("paging-ignored", test_paging_ignored);
  ADD ("total-too-high", test_total_too_high);
  ADD ("total-too-low", test_total_too_low);
  ADD ("no-total", test_no_total);
  ADD ("first-total-only", test_first_total_only);
  ADD ("hidden-rows", test_hidden_rows);
  ADD ("hidden-in-turn", test_hidden_in_turn);
  ADD ("all-hidden", test_all_hidden);
  ADD ("hidden-end", test_hidden_end);
  ADD ("growing-list", test_growing_list);
  ADD ("emptied-library", test_emptied_library);
  ADD ("emptied-for-a-while", test_emptied_for_a_while);
  ADD ("no-libraries", test_no_libraries);
  ADD ("missing-library", test_missing_library);
  ADD ("resume-at-end", test_resume_at_end);
  ADD ("cancel-request", test_cancel_request);
  ADD ("order", test_order);
  ADD ("lists-and-home", test_lists_and_home);
  ADD ("counts", test_counts);
  ADD ("unsupported", test_unsupported);
  g_test_add ("/sync/job/cancel-and-resume", Fixture, NULL, set_up, test_cancel_and_resume,
              tear_down);
  g_test_add ("/sync/job/cancel-and-resume/first-total-only", Fixture, "", set_up,
              test_cancel_and_resume, tear_down);
  g_test_add ("/sync/job/resume-after-change", Fixture, NULL, set_up, test_resume_after_change,
              tear_down);
  g_test_add ("/sync/job/resume-after-change/first-total-only", Fixture, "", set_up,
              test_resume_after_change, tear_down);
  g_test_add ("/sync/job/resume-after-shift", Fixture, NULL, set_up, test_resume_after_shift,
              tear_down);
  g_test_add ("/sync/job/resume-after-shift/first-total-only", Fixture, "", set_up,
              test_resume_after_shift, tear_down);

  return g_test_run ();
}
