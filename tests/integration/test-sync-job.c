#include "config.h"

#include "fake-backend.h"
#include "store-fixture.h"

#include "bijou-sync-service.h"

typedef struct
{
  StoreFixture store;
  FakeBackend *backend;
  GPtrArray *results; /* of the last run */
  gint64 last_done;
  gint64 last_total;
  guint n_progress;
  GCancellable *cancel_at_page; /* cancelled by the progress */
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

#define ADD(name, func) g_test_add ("/sync/job/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("mirror", test_mirror);
  ADD ("removal", test_removal);

  return g_test_run ();
}
