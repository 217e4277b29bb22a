#include "config.h"

#include "store-fixture.h"

/* Lists that the store keeps beside the mirror: the log of past syncs. */

static void
set_up (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_set_up (fixture, data);
  store_fixture_add_server (fixture, "A");
  store_fixture_add_server (fixture, "B");
  store_fixture_add_library (fixture, "A", "1", BIJOU_LIBRARY_MOVIES);
  store_fixture_add_library (fixture, "A", "2", BIJOU_LIBRARY_SHOWS);
}

/* --- the sync log --- */

static void
add_log (StoreFixture *fixture, const char *server, gint64 begun_at, const char *text)
{
  BijouSyncLogEntry entry = { .server_id = (char *) server,
                              .begun_at = begun_at,
                              .kind = (char *) "full",
                              .requests = 7,
                              .items = 100,
                              .added = 1,
                              .changed = 2,
                              .removed = 3,
                              .bytes = 5000000000,
                              .ms = 1234,
                              .error = (char *) text,
                              .cancelled = text != NULL };
  g_autoptr (GError) error = NULL;

  bijou_store_add_sync_log (fixture->store, &entry, &error);
  g_assert_no_error (error);
}

static void
test_log (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) one = NULL;
  BijouSyncLogEntry *entry;

  add_log (fixture, "A", 10, NULL);
  add_log (fixture, "B", 20, NULL);
  add_log (fixture, "A", 30, "It broke");
  store_fixture_reopen (fixture, FALSE);
  all = bijou_store_list_sync_log (fixture->store, NULL, 0, NULL);
  g_assert_cmpuint (all->len, ==, 3);
  entry = all->pdata[0];
  g_assert_cmpint (entry->begun_at, ==, 30);
  g_assert_cmpstr (entry->error, ==, "It broke");
  g_assert_true (entry->cancelled);
  g_assert_cmpstr (entry->kind, ==, "full");
  g_assert_cmpuint (entry->requests, ==, 7);
  g_assert_cmpint (entry->bytes, ==, 5000000000);
  g_assert_cmpuint (entry->removed, ==, 3);
  one = bijou_store_list_sync_log (fixture->store, "A", 1, NULL);
  g_assert_cmpuint (one->len, ==, 1);
}

static void
test_log_is_bounded (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) ours = NULL;
  g_autoptr (GPtrArray) others = NULL;

  add_log (fixture, "B", 1, NULL);
  for (guint i = 0; i < 230; i++)
    add_log (fixture, "A", i, NULL);
  ours = bijou_store_list_sync_log (fixture->store, "A", 0, NULL);
  others = bijou_store_list_sync_log (fixture->store, "B", 0, NULL);
  g_assert_cmpuint (ours->len, ==, 200);
  g_assert_cmpint (((BijouSyncLogEntry *) ours->pdata[0])->begun_at, ==, 229);
  g_assert_cmpuint (others->len, ==, 1);
}

static void
test_log_goes_with_server (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) left = NULL;

  add_log (fixture, "A", 1, NULL);
  add_log (fixture, "B", 2, NULL);
  g_assert_true (bijou_store_remove_server (fixture->store, "A", NULL));
  left = bijou_store_list_sync_log (fixture->store, NULL, 0, NULL);
  g_assert_cmpuint (left->len, ==, 1);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/lists/" name, StoreFixture, NULL, set_up, func, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("log", test_log);
  ADD ("log-is-bounded", test_log_is_bounded);
  ADD ("log-goes-with-server", test_log_goes_with_server);

  return g_test_run ();
}
