#include "config.h"

#include "store-fixture.h"

/* Local play state over the server's, the outbox, and the rows of Home. */

static void
set_up (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_set_up (fixture, data);
  store_fixture_add_server (fixture, "A");
  store_fixture_add_library (fixture, "A", "1", BIJOU_LIBRARY_MOVIES);
  store_fixture_add_library (fixture, "A", "2", BIJOU_LIBRARY_SHOWS);
}

static BijouItem *
make_film (const char *id, gint64 position_ms, gboolean watched)
{
  BijouItem *film = make_item (BIJOU_ITEM_MOVIE, "A", id, id);

  film->position_ms = position_ms;
  film->watched = watched;
  film->play_count = watched;
  film->last_played_at = position_ms > 0 || watched ? 1000 : 0;
  return film;
}

static BijouSyncCounts
sync_film (StoreFixture *fixture, BijouItem *film)
{
  return store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (film, NULL));
}

/* A page that was asked for @later_us after now. */
static void
sync_film_later (StoreFixture *fixture, BijouItem *film, gint64 later_us)
{
  g_autoptr (GPtrArray) items = take_items (film, NULL);
  g_autoptr (GError) error = NULL;
  BijouSyncCursor cursor;

  bijou_store_begin_run (fixture->store, "A", "1", BIJOU_ITEM_MOVIE, TRUE, &cursor, &error);
  g_assert_no_error (error);
  cursor.asked_at = g_get_real_time () + later_us;
  bijou_store_save_page (fixture->store, "A", "1", BIJOU_ITEM_MOVIE, items, &cursor, NULL, &error);
  g_assert_no_error (error);
}

static void
make_change (StoreFixture *fixture, const char *id, BijouChangeKind kind, gint64 position_ms)
{
  g_autoptr (BijouItem) item = store_fixture_get (fixture, "A", id);
  g_autoptr (GError) error = NULL;

  bijou_store_make_change (fixture->store, item, kind, position_ms, &error);
  g_assert_no_error (error);
}

static void
set_position (StoreFixture *fixture, const char *id, gint64 position_ms, gboolean queue)
{
  g_autoptr (BijouItem) item = store_fixture_get (fixture, "A", id);
  g_autoptr (GError) error = NULL;

  bijou_store_set_position (fixture->store, item, position_ms, queue, &error);
  g_assert_no_error (error);
}

static void
assert_state (StoreFixture *fixture, const char *id, gint64 position_ms, gboolean watched)
{
  g_autoptr (BijouItem) item = store_fixture_get (fixture, "A", id);

  g_assert_cmpint (item->position_ms, ==, position_ms);
  g_assert_cmpint (item->watched, ==, watched);
}

static BijouChange *
get_only_change (StoreFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) changes = bijou_store_list_changes (fixture->store, "A", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (changes->len, ==, 1);
  return g_ptr_array_steal_index (changes, 0);
}

static guint
count_changes (StoreFixture *fixture)
{
  g_autoptr (GPtrArray) changes = bijou_store_list_changes (fixture->store, NULL, NULL);

  return changes->len;
}

static void
test_pending_stays (StoreFixture *fixture, gconstpointer data)
{
  sync_film (fixture, make_film ("f", 0, FALSE));
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  assert_state (fixture, "f", 0, TRUE);

  /* However late the page was asked for: the server does not have it yet. */
  sync_film_later (fixture, make_film ("f", 5000, FALSE), G_USEC_PER_SEC * 600);
  assert_state (fixture, "f", 0, TRUE);
}

static void
test_finished_change (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouChange) change = NULL;
  g_autoptr (GError) error = NULL;

  sync_film (fixture, make_film ("f", 0, FALSE));
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  change = get_only_change (fixture);
  bijou_store_finish_change (fixture->store, change->id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_changes (fixture), ==, 0);
  assert_state (fixture, "f", 0, TRUE);

  /* A page from before it was sent says nothing; a later one does. */
  sync_film_later (fixture, make_film ("f", 0, FALSE), -G_USEC_PER_SEC);
  assert_state (fixture, "f", 0, TRUE);
  sync_film_later (fixture, make_film ("f", 0, FALSE), G_USEC_PER_SEC * 60);
  assert_state (fixture, "f", 0, FALSE);
}

static void
test_discarded_change (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouChange) change = NULL;

  sync_film (fixture, make_film ("f", 700, FALSE));
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  change = get_only_change (fixture);
  g_assert_true (bijou_store_begin_change (fixture->store, change->id, NULL));
  g_clear_pointer (&change, bijou_change_free);
  change = get_only_change (fixture);
  g_assert_cmpint (change->attempts, ==, 1);
  assert_state (fixture, "f", 0, TRUE);
  g_assert_true (bijou_store_discard_change (fixture->store, change->id, NULL));
  g_assert_cmpuint (count_changes (fixture), ==, 0);
  assert_state (fixture, "f", 700, FALSE);
}

static void
test_unwatched_elsewhere (StoreFixture *fixture, gconstpointer data)
{
  BijouSyncCounts counts;

  sync_film (fixture, make_film ("f", 0, TRUE));
  counts = sync_film (fixture, make_film ("f", 0, FALSE));
  g_assert_cmpuint (counts.changed, ==, 1);
  assert_state (fixture, "f", 0, FALSE);
}

static void
test_last_mark_wins (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouChange) change = NULL;

  sync_film (fixture, make_film ("f", 0, FALSE));
  make_change (fixture, "f", BIJOU_CHANGE_POSITION, 40000);
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  make_change (fixture, "f", BIJOU_CHANGE_UNWATCHED, 0);
  change = get_only_change (fixture);
  g_assert_cmpint (change->kind, ==, BIJOU_CHANGE_UNWATCHED);
  assert_state (fixture, "f", 0, FALSE);
}

static void
test_positions_go_forward (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouChange) change = NULL;

  sync_film (fixture, make_film ("f", 0, FALSE));
  set_position (fixture, "f", 40000, TRUE);
  set_position (fixture, "f", 20000, TRUE);
  change = get_only_change (fixture);
  g_assert_cmpint (change->kind, ==, BIJOU_CHANGE_POSITION);
  g_assert_cmpint (change->position_ms, ==, 40000);
  g_assert_cmpint (change->duration_ms, ==, 100000);
}

/* What is merged while it is being sent is not lost when that ends. */
static void
test_merged_while_sent (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouChange) sent = NULL;
  g_autoptr (BijouChange) waiting = NULL;

  sync_film (fixture, make_film ("f", 0, FALSE));
  set_position (fixture, "f", 20000, TRUE);
  sent = get_only_change (fixture);
  set_position (fixture, "f", 40000, TRUE);
  g_assert_true (bijou_store_finish_change (fixture->store, sent->id, NULL));
  waiting = get_only_change (fixture);
  g_assert_cmpint (waiting->position_ms, ==, 40000);
  assert_state (fixture, "f", 40000, FALSE);
}

static void
test_mark_then_position (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) changes = NULL;

  sync_film (fixture, make_film ("f", 0, FALSE));
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  set_position (fixture, "f", 20000, TRUE);
  changes = bijou_store_list_changes (fixture->store, "A", NULL);
  g_assert_cmpuint (changes->len, ==, 2);
  g_assert_cmpint (((BijouChange *) changes->pdata[0])->kind, ==, BIJOU_CHANGE_WATCHED);
  for (guint i = 0; i < changes->len; i++)
    g_assert_true (
        bijou_store_finish_change (fixture->store, ((BijouChange *) changes->pdata[i])->id, NULL));
  assert_state (fixture, "f", 20000, TRUE);
}

static void
test_reported_position (StoreFixture *fixture, gconstpointer data)
{
  sync_film (fixture, make_film ("f", 0, FALSE));
  set_position (fixture, "f", 20000, TRUE);
  set_position (fixture, "f", 30000, FALSE);
  g_assert_cmpuint (count_changes (fixture), ==, 0);
  assert_state (fixture, "f", 30000, FALSE);
  sync_film_later (fixture, make_film ("f", 10000, FALSE), 0);
  assert_state (fixture, "f", 30000, FALSE);
  sync_film_later (fixture, make_film ("f", 0, TRUE), G_USEC_PER_SEC * 60);
  assert_state (fixture, "f", 0, TRUE);
}

static void
test_favourite (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) item = NULL;
  g_autoptr (BijouChange) change = NULL;

  sync_film (fixture, make_film ("f", 0, FALSE));
  make_change (fixture, "f", BIJOU_CHANGE_FAVOURITE, 0);
  sync_film_later (fixture, make_film ("f", 0, FALSE), G_USEC_PER_SEC * 60);
  item = store_fixture_get (fixture, "A", "f");
  g_assert_true (item->favourite);
  change = get_only_change (fixture);
  g_assert_true (bijou_store_finish_change (fixture->store, change->id, NULL));
  sync_film_later (fixture, make_film ("f", 0, FALSE), G_USEC_PER_SEC * 60);
  g_clear_object (&item);
  item = store_fixture_get (fixture, "A", "f");
  g_assert_false (item->favourite);
}

static void
test_item_that_comes_back (StoreFixture *fixture, gconstpointer data)
{
  sync_film (fixture, make_film ("f", 0, FALSE));
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  sync_film (fixture, make_film ("other", 0, FALSE));
  g_assert_null (bijou_store_get_item (fixture->store, "A", "f", NULL));
  g_assert_cmpuint (count_changes (fixture), ==, 1);
  sync_film (fixture, make_film ("f", 0, FALSE));
  assert_state (fixture, "f", 0, TRUE);
}

static void
test_survives_restart (StoreFixture *fixture, gconstpointer data)
{
  sync_film (fixture, make_film ("f", 0, FALSE));
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  store_fixture_reopen (fixture, FALSE);
  g_assert_cmpuint (count_changes (fixture), ==, 1);
  assert_state (fixture, "f", 0, TRUE);
}

static void
add_show (StoreFixture *fixture)
{
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_SHOW,
                      take_items (make_item (BIJOU_ITEM_SHOW, "A", "show", "show"), NULL));
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_EPISODE,
                      take_items (make_episode ("A", "e1", "show", 1, 1),
                                  make_episode ("A", "e2", "show", 1, 2),
                                  make_episode ("A", "e3", "show", 2, 1), NULL));
}

static void
test_show_is_marked (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouChange) change = NULL;

  add_show (fixture);
  make_change (fixture, "e1", BIJOU_CHANGE_UNWATCHED, 0);
  make_change (fixture, "show", BIJOU_CHANGE_WATCHED, 0);
  change = get_only_change (fixture);
  g_assert_cmpstr (change->remote_id, ==, "show");
  assert_state (fixture, "e1", 0, TRUE);
  assert_state (fixture, "e3", 0, TRUE);

  /* The server does not know yet: its episodes are not believed. */
  add_show (fixture);
  assert_state (fixture, "e1", 0, TRUE);
  g_assert_true (bijou_store_discard_change (fixture->store, change->id, NULL));
  assert_state (fixture, "e1", 0, FALSE);
}

/* --- Home --- */

static void
save_home (StoreFixture *fixture, int row, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;

  bijou_store_save_home (fixture->store, "A", row, items, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (items);
}

static void
assert_home (StoreFixture *fixture, int row, const char *expected)
{
  g_autoptr (GPtrArray) items = bijou_store_list_home (fixture->store, row, 0, NULL);
  g_autofree char *titles = join_titles (items);

  g_assert_cmpstr (titles, ==, expected);
}

static void
test_continue (StoreFixture *fixture, gconstpointer data)
{
  BijouItem *film = make_film ("f", 50000, FALSE);

  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (g_object_ref (film), make_film ("g", 0, FALSE), NULL));
  save_home (fixture, 0, take_items (film, NULL));
  assert_home (fixture, 0, "f");

  /* Begun here: there at once and first. */
  set_position (fixture, "g", 30000, FALSE);
  assert_home (fixture, 0, "g|f");
  /* Finished here: gone at once. */
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  assert_home (fixture, 0, "g");
  set_position (fixture, "g", 99000, FALSE);
  assert_home (fixture, 0, "");
}

static void
test_home_of_strangers (StoreFixture *fixture, gconstpointer data)
{
  save_home (fixture, 0, take_items (make_film ("new", 50000, FALSE), NULL));
  assert_home (fixture, 0, "new");
  save_home (fixture, 0, take_items (NULL, NULL));
  assert_home (fixture, 0, "");
  g_assert_null (bijou_store_get_item (fixture->store, "A", "new", NULL));
}

static void
test_next_up (StoreFixture *fixture, gconstpointer data)
{
  add_show (fixture);
  save_home (fixture, 1, take_items (make_episode ("A", "e1", "show", 1, 1), NULL));
  assert_home (fixture, 1, "e1");
  make_change (fixture, "e1", BIJOU_CHANGE_WATCHED, 0);
  assert_home (fixture, 1, "e2");
  set_position (fixture, "e2", 30000, FALSE);
  assert_home (fixture, 0, "e2");
  assert_home (fixture, 1, "");
  make_change (fixture, "show", BIJOU_CHANGE_WATCHED, 0);
  assert_home (fixture, 0, "");
  assert_home (fixture, 1, "");
}

/* --- the signal --- */

typedef struct
{
  GMainLoop *loop;
  BijouStoreChangeFlags flags;
  guint n_ids;
  gint64 id;
  guint n;
  gboolean has_library;
} Seen;

static void
on_changed_cb (BijouStore *store, BijouStoreChange *change, gpointer user_data)
{
  Seen *seen = user_data;

  seen->n++;
  seen->flags |= change->flags;
  seen->n_ids = change->ids != NULL ? change->ids->len : G_MAXUINT;
  if (seen->n_ids == 1)
    seen->id = g_array_index (change->ids, gint64, 0);
  seen->has_library = change->library_id != NULL;
  g_assert_cmpstr (change->server_id, ==, "A");
  g_main_loop_quit (seen->loop);
}

static void
test_signal (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (BijouItem) film = NULL;
  Seen seen = { .loop = loop };

  /* All that was done so far is one burst. */
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_film ("f", 0, FALSE), make_film ("g", 0, FALSE), NULL));
  g_signal_connect (fixture->store, "changed", G_CALLBACK (on_changed_cb), &seen);
  g_main_loop_run (loop);
  g_assert_cmpuint (seen.n, ==, 1);
  g_assert_cmpint (seen.flags, ==,
                   BIJOU_STORE_SERVERS | BIJOU_STORE_LIBRARIES | BIJOU_STORE_ITEMS |
                       BIJOU_STORE_PLAY_STATE);

  seen = (Seen){ .loop = loop };
  make_change (fixture, "f", BIJOU_CHANGE_WATCHED, 0);
  g_main_loop_run (loop);
  film = store_fixture_get (fixture, "A", "f");
  g_assert_cmpint (seen.flags, ==, BIJOU_STORE_PLAY_STATE | BIJOU_STORE_HOME | BIJOU_STORE_OUTBOX);
  g_assert_cmpuint (seen.n_ids, ==, 1);
  g_assert_cmpint (seen.id, ==, film->id);

  /* Only what is different is told. */
  seen = (Seen){ .loop = loop };
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_film ("f", 0, FALSE), make_film ("g", 9, FALSE), NULL));
  g_main_loop_run (loop);
  g_assert_cmpint (seen.flags, ==, BIJOU_STORE_PLAY_STATE);
  g_assert_cmpuint (seen.n_ids, ==, 1);
  g_signal_handlers_disconnect_by_data (fixture->store, &seen);
}

/* Both lists are to hear of it: that which it left, and that which has it now. */
static void
test_signal_of_move (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Seen seen = { .loop = loop };

  g_signal_connect (fixture->store, "changed", G_CALLBACK (on_changed_cb), &seen);
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_film ("f", 0, FALSE), NULL));
  g_main_loop_run (loop);
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_film ("f", 9, FALSE), NULL));
  g_main_loop_run (loop);
  g_assert_true (seen.has_library);

  seen.flags = 0;
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_MOVIE,
                      take_items (make_film ("f", 9, FALSE), NULL));
  g_main_loop_run (loop);
  g_assert_cmpint (seen.flags, ==,
                   BIJOU_STORE_ITEMS | BIJOU_STORE_LIBRARIES | BIJOU_STORE_PLAY_STATE);
  g_assert_cmpuint (seen.n_ids, ==, 1);
  g_assert_false (seen.has_library);
  g_signal_handlers_disconnect_by_data (fixture->store, &seen);
}

static void
on_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GPtrArray **items = user_data;
  g_autoptr (GError) error = NULL;

  *items = bijou_store_list_items_finish (BIJOU_STORE (source), result, &error);
  g_assert_no_error (error);
}

static void
test_async (StoreFixture *fixture, gconstpointer data)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GPtrArray) items = NULL;

  sync_film (fixture, make_film ("f", 0, FALSE));
  bijou_store_list_items_async (fixture->store, &query, NULL, on_listed_cb, &items);
  while (items == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (items->len, ==, 1);
  /* The changes that are due hold the store. */
  while (g_main_context_pending (NULL))
    g_main_context_iteration (NULL, FALSE);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/state/" name, StoreFixture, NULL, set_up, func, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("pending-stays", test_pending_stays);
  ADD ("finished-change", test_finished_change);
  ADD ("discarded-change", test_discarded_change);
  ADD ("unwatched-elsewhere", test_unwatched_elsewhere);
  ADD ("last-mark-wins", test_last_mark_wins);
  ADD ("positions-go-forward", test_positions_go_forward);
  ADD ("merged-while-sent", test_merged_while_sent);
  ADD ("mark-then-position", test_mark_then_position);
  ADD ("reported-position", test_reported_position);
  ADD ("favourite", test_favourite);
  ADD ("item-that-comes-back", test_item_that_comes_back);
  ADD ("survives-restart", test_survives_restart);
  ADD ("show-is-marked", test_show_is_marked);
  ADD ("continue", test_continue);
  ADD ("home-of-strangers", test_home_of_strangers);
  ADD ("next-up", test_next_up);
  ADD ("signal", test_signal);
  ADD ("signal-of-move", test_signal_of_move);
  ADD ("async", test_async);

  return g_test_run ();
}
