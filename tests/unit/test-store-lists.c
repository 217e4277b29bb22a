#include "config.h"

#include "store-fixture.h"

/* Lists that the store keeps beside the mirror: the log of past syncs, the members of collections
 * and playlists, the people of titles. */

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

/* --- members --- */

static BijouItem *
add_films_and_list (StoreFixture *fixture)
{
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "A", "a", "a"),
                                  make_item (BIJOU_ITEM_MOVIE, "A", "b", "b"),
                                  make_item (BIJOU_ITEM_MOVIE, "A", "c", "c"), NULL));
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_SHOW,
                      take_items (make_item (BIJOU_ITEM_SHOW, "A", "s", "s"), NULL));
  store_fixture_sync (fixture, "A", NULL, BIJOU_ITEM_PLAYLIST,
                      take_items (make_item (BIJOU_ITEM_PLAYLIST, "A", "p", "p"),
                                  make_item (BIJOU_ITEM_PLAYLIST, "A", "q", "q"), NULL));
  return store_fixture_get (fixture, "A", "p");
}

static void
save_members (StoreFixture *fixture, BijouItem *list, const char *members)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) parts = g_strsplit (members, "|", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    g_ptr_array_add (ids, parts[i]);
  bijou_store_save_members (fixture->store, list, ids, &error);
  g_assert_no_error (error);
}

static void
assert_members (StoreFixture *fixture, BijouItemKind kind, BijouSort sort, const char *expected)
{
  BijouItemQuery query = { .kind = kind, .server_id = "A", .parent_id = "p", .sort = sort };
  g_autofree char *titles = store_fixture_list (fixture, &query);

  g_assert_cmpstr (titles, ==, expected);
}

/* In the server's order; what is not mirrored is left out. */
static void
test_members (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) list = add_films_and_list (fixture);

  assert_members (fixture, BIJOU_ITEM_UNKNOWN, BIJOU_SORT_INDEX, "");
  save_members (fixture, list, "c|stranger|s|a|c");
  store_fixture_reopen (fixture, FALSE);
  assert_members (fixture, BIJOU_ITEM_UNKNOWN, BIJOU_SORT_INDEX, "c|s|a");
  assert_members (fixture, BIJOU_ITEM_UNKNOWN, BIJOU_SORT_TITLE, "a|c|s");
  assert_members (fixture, BIJOU_ITEM_MOVIE, BIJOU_SORT_INDEX, "c|a");
  assert_members (fixture, BIJOU_ITEM_SHOW, BIJOU_SORT_INDEX, "s");
  save_members (fixture, list, "b|a");
  assert_members (fixture, BIJOU_ITEM_UNKNOWN, BIJOU_SORT_INDEX, "b|a");
}

static void
test_members_go (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) list = add_films_and_list (fixture);
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  save_members (fixture, list, "c|b");
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "A", "b", "b"), NULL));
  assert_members (fixture, BIJOU_ITEM_UNKNOWN, BIJOU_SORT_INDEX, "b");
  store_fixture_sync (fixture, "A", NULL, BIJOU_ITEM_PLAYLIST,
                      take_items (make_item (BIJOU_ITEM_PLAYLIST, "A", "q", "q"), NULL));
  assert_members (fixture, BIJOU_ITEM_UNKNOWN, BIJOU_SORT_INDEX, "");
  g_assert_false (bijou_store_save_members (fixture->store, list, ids, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

/* --- people --- */

static void
save_people (StoreFixture *fixture, const char *server, const char *id, ...)
{
  g_autoptr (BijouItem) item = store_fixture_get (fixture, server, id);
  g_autoptr (BijouDetail) detail = bijou_detail_new (item);
  g_autoptr (GError) error = NULL;
  const char *name;
  va_list names;

  va_start (names, id);
  while ((name = va_arg (names, const char *)) != NULL)
    g_ptr_array_add (detail->people, bijou_person_new (name, "Actor"));
  va_end (names);
  bijou_store_save_detail (fixture->store, detail, &error);
  g_assert_no_error (error);
}

static void
assert_with (StoreFixture *fixture, const char *person, BijouItemKind kind, const char *expected)
{
  BijouItemQuery query = { .kind = kind, .person = person };
  g_autofree char *titles = store_fixture_list (fixture, &query);

  g_assert_cmpstr (titles, ==, expected);
}

/* Other films with the same person, on any server, by the details that are here. */
static void
test_people (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) list = add_films_and_list (fixture);

  store_fixture_add_library (fixture, "B", "1", BIJOU_LIBRARY_MOVIES);
  store_fixture_sync (fixture, "B", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "B", "x", "x"), NULL));
  save_people (fixture, "A", "a", "Ada", "Bo", "Ada", NULL);
  save_people (fixture, "A", "c", "Bo", NULL);
  save_people (fixture, "A", "s", "Bo", NULL);
  save_people (fixture, "B", "x", "Ada", NULL);
  assert_with (fixture, "Ada", BIJOU_ITEM_MOVIE, "a|x");
  assert_with (fixture, "Bo", BIJOU_ITEM_UNKNOWN, "a|c|s");
  assert_with (fixture, "Bo", BIJOU_ITEM_SHOW, "s");
  assert_with (fixture, "Cy", BIJOU_ITEM_UNKNOWN, "");

  save_people (fixture, "A", "a", "Cy", NULL);
  assert_with (fixture, "Ada", BIJOU_ITEM_MOVIE, "x");
  g_assert_true (bijou_store_remove_server (fixture->store, "B", NULL));
  assert_with (fixture, "Ada", BIJOU_ITEM_UNKNOWN, "");
  assert_with (fixture, "Cy", BIJOU_ITEM_UNKNOWN, "a");
}

/* A guest of one episode is in the show; it stands there once, not its episodes. */
static void
test_people_of_episodes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) list = add_films_and_list (fixture);
  BijouItem *one = make_item (BIJOU_ITEM_EPISODE, "A", "e1", "e1");
  BijouItem *two = make_item (BIJOU_ITEM_EPISODE, "A", "e2", "e2");

  one->show_id = g_strdup ("s");
  two->show_id = g_strdup ("s");
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_EPISODE, take_items (one, two, NULL));
  save_people (fixture, "A", "a", "Ada", NULL);
  save_people (fixture, "A", "e1", "Ada", "Bo", NULL);
  save_people (fixture, "A", "e2", "Ada", NULL);
  assert_with (fixture, "Ada", BIJOU_ITEM_UNKNOWN, "a|s");
  assert_with (fixture, "Ada", BIJOU_ITEM_SHOW, "s");
  assert_with (fixture, "Ada", BIJOU_ITEM_EPISODE, "e1|e2");
  assert_with (fixture, "Bo", BIJOU_ITEM_UNKNOWN, "s");
}

/* --- libraries that are only listed --- */

static void
test_unsupported_libraries (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) states = NULL;
  BijouLibraryState *state;

  store_fixture_add_library (fixture, "A", "m", BIJOU_LIBRARY_MUSIC);
  states = bijou_store_list_library_states (fixture->store, "A", NULL);
  g_assert_cmpuint (states->len, ==, 3);
  state = states->pdata[2];
  g_assert_cmpint (state->library->kind, ==, BIJOU_LIBRARY_MUSIC);
  g_assert_false (bijou_library_is_synced (state->library));
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
  ADD ("members", test_members);
  ADD ("members-go", test_members_go);
  ADD ("people", test_people);
  ADD ("people-of-episodes", test_people_of_episodes);
  ADD ("unsupported-libraries", test_unsupported_libraries);

  return g_test_run ();
}
