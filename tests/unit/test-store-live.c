#include "config.h"

#include "store-fixture.h"

/* Single changes, as a server tells them between two syncs. */

#define LATER (g_get_real_time () + (gint64) 3600 * G_USEC_PER_SEC)

static void
set_up (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_set_up (fixture, data);
  store_fixture_add_server (fixture, "A");
  store_fixture_add_library (fixture, "A", "films", BIJOU_LIBRARY_MOVIES);
  store_fixture_add_library (fixture, "A", "shows", BIJOU_LIBRARY_SHOWS);
  store_fixture_sync (fixture, "A", "films", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "A", "f1", "One"),
                                  make_item (BIJOU_ITEM_MOVIE, "A", "f2", "Two"), NULL));
  store_fixture_sync (fixture, "A", "shows", BIJOU_ITEM_SHOW,
                      take_items (make_item (BIJOU_ITEM_SHOW, "A", "s", "Show"), NULL));
  store_fixture_sync (
      fixture, "A", "shows", BIJOU_ITEM_EPISODE,
      take_items (make_episode ("A", "e1", "s", 1, 1), make_episode ("A", "e2", "s", 1, 2), NULL));
}

static BijouItem *
make_state (const char *id, gint64 position_ms, gboolean watched)
{
  BijouItem *item = bijou_item_new (BIJOU_ITEM_UNKNOWN, "A", id);

  item->position_ms = position_ms;
  item->watched = watched;
  return item;
}

static BijouLiveCounts
save_states (StoreFixture *fixture, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;
  BijouLiveCounts counts = { 0 };

  bijou_store_save_states (fixture->store, "A", items, LATER, &counts, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (items);
  return counts;
}

static BijouLiveCounts
save_items (StoreFixture *fixture, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;
  BijouLiveCounts counts = { 0 };

  bijou_store_save_items (fixture->store, "A", items, LATER, &counts, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (items);
  return counts;
}

static BijouLiveCounts
remove_items (StoreFixture *fixture, const char *const *ids)
{
  g_autoptr (GError) error = NULL;
  BijouLiveCounts counts = { 0 };

  bijou_store_remove_items (fixture->store, "A", ids, &counts, &error);
  g_assert_no_error (error);
  return counts;
}

static void
test_states (StoreFixture *fixture, gconstpointer data)
{
  BijouLiveCounts counts =
      save_states (fixture, take_items (make_state ("f1", 0, TRUE), make_state ("f2", 61000, FALSE),
                                        make_state ("stranger", 0, TRUE), NULL));
  g_autoptr (BijouItem) watched = store_fixture_get (fixture, "A", "f1");
  g_autoptr (BijouItem) begun = store_fixture_get (fixture, "A", "f2");

  g_assert_cmpuint (counts.changed, ==, 2);
  g_assert_cmpuint (counts.unknown, ==, 1);
  g_assert_true (watched->watched);
  g_assert_cmpstr (watched->title, ==, "One");
  g_assert_cmpint (begun->position_ms, ==, 61000);

  /* An echo says nothing new. */
  counts = save_states (fixture, take_items (make_state ("f1", 0, TRUE), NULL));
  g_assert_cmpuint (counts.changed, ==, 0);
}

static void
test_waiting_wins (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) film = store_fixture_get (fixture, "A", "f1");
  g_autoptr (BijouItem) after = NULL;
  BijouLiveCounts counts;

  bijou_store_make_change (fixture->store, film, BIJOU_CHANGE_WATCHED, 0, NULL);
  counts = save_states (fixture, take_items (make_state ("f1", 5000, FALSE), NULL));
  after = store_fixture_get (fixture, "A", "f1");
  g_assert_cmpuint (counts.changed, ==, 0);
  g_assert_true (after->watched);
}

static void
test_episode_counts (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) show = NULL;

  save_states (fixture, take_items (make_state ("e1", 0, TRUE), NULL));
  show = store_fixture_get (fixture, "A", "s");
  g_assert_cmpint (show->unwatched, ==, 1);
}

static void
test_rows (StoreFixture *fixture, gconstpointer data)
{
  BijouItem *film = make_item (BIJOU_ITEM_MOVIE, "A", "f1", "Renamed");
  BijouItem *homeless = make_item (BIJOU_ITEM_MOVIE, "A", "f3", "Homeless");
  BijouItem *new_film = make_item (BIJOU_ITEM_MOVIE, "A", "f4", "New");
  BijouItem *orphan = make_episode ("A", "e9", "no-such-show", 1, 1);
  g_autoptr (BijouItem) renamed = NULL;
  g_autoptr (BijouItem) added = NULL;
  BijouLiveCounts counts;

  new_film->library_id = g_strdup ("films");
  orphan->library_id = g_strdup ("shows");
  counts = save_items (fixture, take_items (film, homeless, new_film, orphan, NULL));
  g_assert_cmpuint (counts.changed, ==, 2);
  g_assert_cmpuint (counts.unknown, ==, 2);
  renamed = store_fixture_get (fixture, "A", "f1");
  added = store_fixture_get (fixture, "A", "f4");
  g_assert_cmpstr (renamed->title, ==, "Renamed");
  g_assert_cmpstr (renamed->library_id, ==, "films");
  g_assert_cmpstr (added->library_id, ==, "films");
  g_assert_null (bijou_store_get_item (fixture->store, "A", "f3", NULL));
  g_assert_null (bijou_store_get_item (fixture->store, "A", "e9", NULL));
}

static void
test_removal (StoreFixture *fixture, gconstpointer data)
{
  BijouLiveCounts counts = remove_items (fixture, (const char *[]){ "f1", "stranger", NULL });

  g_assert_cmpuint (counts.removed, ==, 1);
  g_assert_null (bijou_store_get_item (fixture->store, "A", "f1", NULL));
  /* What was in it goes with it. */
  counts = remove_items (fixture, (const char *[]){ "s", NULL });
  g_assert_cmpuint (counts.removed, ==, 3);
  g_assert_null (bijou_store_get_item (fixture->store, "A", "e2", NULL));
  g_object_unref (store_fixture_get (fixture, "A", "f2"));
}

static void
on_changed_cb (BijouStore *store, const BijouStoreChange *change, gboolean *concerns_all)
{
  *concerns_all = change->ids == NULL && (change->flags & BIJOU_STORE_ITEMS) != 0;
}

/* Nobody knows which rows went: every list and page has to look again. */
static void
test_swept (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) items = take_items (make_item (BIJOU_ITEM_MOVIE, "A", "f1", "One"), NULL);
  g_autoptr (GPtrArray) wanted = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  gint64 generation = bijou_store_begin_sweep (fixture->store);
  BijouSyncCounts counts = { 0 };
  gboolean concerns_all = FALSE;

  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_signal_connect (fixture->store, "changed", G_CALLBACK (on_changed_cb), &concerns_all);
  bijou_store_save_slim_page (fixture->store, "A", "films", items, LATER, generation, &counts,
                              wanted, &error);
  g_assert_no_error (error);
  bijou_store_remove_unseen (fixture->store, "A", "films", 1u << BIJOU_ITEM_MOVIE, generation,
                             &counts, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counts.removed, ==, 1);
  while (!concerns_all)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_unknown_server (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) items = take_items (make_state ("f1", 0, TRUE), NULL);
  g_autoptr (GError) error = NULL;
  BijouLiveCounts counts = { 0 };

  g_assert_false (bijou_store_save_states (fixture->store, "B", items, LATER, &counts, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/live/" name, StoreFixture, NULL, set_up, func, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("states", test_states);
  ADD ("waiting-wins", test_waiting_wins);
  ADD ("episode-counts", test_episode_counts);
  ADD ("rows", test_rows);
  ADD ("removal", test_removal);
  ADD ("swept", test_swept);
  ADD ("unknown-server", test_unknown_server);
  return g_test_run ();
}
