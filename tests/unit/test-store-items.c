#include "config.h"

#include "database-age.h"
#include "store-fixture.h"

#include <string.h>

static void
add_films (StoreFixture *fixture, const char *server)
{
  store_fixture_add_server (fixture, server);
  store_fixture_add_library (fixture, server, "1", BIJOU_LIBRARY_MOVIES);
}

static void
test_two_servers (StoreFixture *fixture, gconstpointer data)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouItem) a = NULL;
  g_autoptr (BijouItem) b = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gint64 id;

  add_films (fixture, "A");
  add_films (fixture, "B");
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "A", "7", "Alpha"), NULL));
  store_fixture_sync (fixture, "B", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "B", "7", "Beta"), NULL));
  before = store_fixture_list (fixture, &query);
  g_assert_cmpstr (before, ==, "Alpha|Beta");

  a = store_fixture_get (fixture, "A", "7");
  b = store_fixture_get (fixture, "B", "7");
  g_assert_cmpint (a->id, !=, b->id);
  g_assert_cmpstr (a->server_id, ==, "A");
  id = b->id;
  bijou_store_make_change (fixture->store, a, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
  g_clear_object (&b);
  b = store_fixture_get (fixture, "B", "7");
  g_assert_false (b->watched);

  /* An empty run of one server takes nothing from the other. */
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (NULL, NULL));
  after = store_fixture_list (fixture, &query);
  g_assert_cmpstr (after, ==, "Beta");
  bijou_store_remove_server (fixture->store, "A", &error);
  g_assert_no_error (error);
  g_clear_object (&b);
  b = store_fixture_get (fixture, "B", "7");
  g_assert_cmpint (b->id, ==, id);
}

static void
test_upsert_keeps_key (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) first = NULL;
  g_autoptr (BijouItem) second = NULL;
  BijouSyncCounts counts;

  add_films (fixture, "A");
  counts = store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                               take_items (make_item (BIJOU_ITEM_MOVIE, "A", "7", "Old"), NULL));
  g_assert_cmpuint (counts.added, ==, 1);
  first = store_fixture_get (fixture, "A", "7");

  counts = store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                               take_items (make_item (BIJOU_ITEM_MOVIE, "A", "7", "Old"), NULL));
  g_assert_cmpuint (counts.added + counts.changed + counts.removed, ==, 0);

  counts = store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                               take_items (make_item (BIJOU_ITEM_MOVIE, "A", "7", "New"),
                                           make_item (BIJOU_ITEM_MOVIE, "A", "8", "Other"), NULL));
  g_assert_cmpuint (counts.added, ==, 1);
  g_assert_cmpuint (counts.changed, ==, 1);
  second = store_fixture_get (fixture, "A", "7");
  g_assert_cmpstr (second->title, ==, "New");
  g_assert_cmpint (second->id, ==, first->id);
}

static void
fill_item (BijouItem *item)
{
  const char *genres[] = { "Drama", "Comedy", NULL };

  item->original_title = g_strdup ("Original");
  item->overview = g_strdup ("Overview");
  item->tagline = g_strdup ("Tagline");
  item->content_rating = g_strdup ("PG-13");
  item->genres = g_strdupv ((char **) genres);
  item->year = 1994;
  item->released = g_strdup ("1994-05-06");
  item->added_at = 1700000000;
  item->version_tag = g_strdup ("v1");
  item->rating = 7.5;
  item->user_rating = 9;
  item->video_height = 2160;
  item->poster = g_strdup ("/p");
  item->still = g_strdup ("/s");
  item->backdrop = g_strdup ("/b");
  item->logo = g_strdup ("/l");
  item->position_ms = 50000;
  item->play_count = 2;
  item->last_played_at = 1700000001;
  item->watched = TRUE;
  item->favourite = TRUE;
}

static void
test_all_fields (StoreFixture *fixture, gconstpointer data)
{
  BijouItem *item = make_item (BIJOU_ITEM_MOVIE, "A", "7", "Title");
  g_autoptr (BijouItem) read = NULL;

  add_films (fixture, "A");
  fill_item (item);
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (item, NULL));
  read = store_fixture_get (fixture, "A", "7");

  g_assert_cmpstr (read->library_id, ==, "1");
  g_assert_cmpstr (read->original_title, ==, "Original");
  g_assert_cmpstr (read->overview, ==, "Overview");
  g_assert_cmpstr (read->tagline, ==, "Tagline");
  g_assert_cmpstr (read->content_rating, ==, "PG-13");
  g_assert_cmpuint (g_strv_length (read->genres), ==, 2);
  g_assert_cmpstr (read->genres[1], ==, "Comedy");
  g_assert_cmpint (read->year, ==, 1994);
  g_assert_cmpstr (read->released, ==, "1994-05-06");
  g_assert_cmpint (read->added_at, ==, 1700000000);
  g_assert_cmpstr (read->version_tag, ==, "v1");
  g_assert_cmpfloat (read->rating, ==, 7.5);
  g_assert_cmpfloat (read->user_rating, ==, 9);
  g_assert_cmpint (read->video_height, ==, 2160);
  g_assert_true (read->has_media);
  g_assert_cmpint (read->season, ==, -1);
  g_assert_cmpint (read->episode_end, ==, -1);
  g_assert_cmpstr (read->poster, ==, "/p");
  g_assert_cmpstr (read->still, ==, "/s");
  g_assert_cmpstr (read->backdrop, ==, "/b");
  g_assert_cmpstr (read->logo, ==, "/l");
  g_assert_cmpint (read->position_ms, ==, 50000);
  g_assert_cmpint (read->play_count, ==, 2);
  g_assert_cmpint (read->last_played_at, ==, 1700000001);
  g_assert_true (read->watched);
  g_assert_true (read->favourite);
}

static void
test_title_order (StoreFixture *fixture, gconstpointer data)
{
  static const char *titles[] = { "zebra",    "Émile", "Rocky 10", "eclair", "Rocky 2",
                                  "Ångström", "2001",  "¡Three!",  "Øre",    NULL };
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE, .server_id = "A", .library_id = "1" };
  g_autoptr (GArray) initials = NULL;
  g_autofree char *up = NULL;
  g_autofree char *down = NULL;

  add_films (fixture, "A");
  for (guint i = 0; titles[i] != NULL; i++)
    g_ptr_array_add (items, make_item (BIJOU_ITEM_MOVIE, "A", titles[i], titles[i]));
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, g_ptr_array_ref (items));

  up = store_fixture_list (fixture, &query);
  g_assert_cmpstr (up, ==, "2001|Ångström|eclair|Émile|Øre|Rocky 2|Rocky 10|¡Three!|zebra");
  initials = bijou_store_list_initials (fixture->store, &query, NULL);
  g_assert_cmpuint (initials->len, ==, 7);
  g_assert_cmpuint (g_array_index (initials, BijouInitial, 0).letter, ==, '#');
  g_assert_cmpuint (g_array_index (initials, BijouInitial, 2).letter, ==, 'E');
  g_assert_cmpuint (g_array_index (initials, BijouInitial, 2).position, ==, 2);
  g_assert_cmpuint (g_array_index (initials, BijouInitial, 6).letter, ==, 'Z');
  g_assert_cmpuint (g_array_index (initials, BijouInitial, 6).position, ==, 8);

  query.descending = TRUE;
  down = store_fixture_list (fixture, &query);
  g_assert_true (g_str_has_prefix (down, "zebra|¡Three!|Rocky 10|Rocky 2|"));
}

static void
add_sample (StoreFixture *fixture)
{
  BijouItem *old = make_item (BIJOU_ITEM_MOVIE, "A", "old", "Old");
  BijouItem *new = make_item (BIJOU_ITEM_MOVIE, "A", "new", "New");
  BijouItem *plain = make_item (BIJOU_ITEM_MOVIE, "A", "plain", "Plain");

  add_films (fixture, "A");
  fill_item (old);
  fill_item (new);
  new->year = 2021;
  new->rating = 8;
  new->watched = FALSE;
  new->position_ms = 0;
  new->favourite = FALSE;
  new->video_height = 1080;
  g_strfreev (g_steal_pointer (&new->genres));
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (old, new, plain, NULL));
}

static void
assert_query (StoreFixture *fixture, const BijouItemQuery *query, const char *expected)
{
  g_autofree char *titles = store_fixture_list (fixture, query);

  g_assert_cmpstr (titles, ==, expected);
}

#define QUERY(...) (&(BijouItemQuery){ .kind = BIJOU_ITEM_MOVIE, .server_id = "A", __VA_ARGS__ })

static void
test_filters (StoreFixture *fixture, gconstpointer data)
{
  add_sample (fixture);
  assert_query (fixture, QUERY (.unwatched_only = TRUE), "New|Plain");
  assert_query (fixture, QUERY (.in_progress_only = TRUE), "Old");
  assert_query (fixture, QUERY (.favourites_only = TRUE), "Old");
  assert_query (fixture, QUERY (.four_k_only = TRUE), "Old");
  assert_query (fixture, QUERY (.genre = "Comedy"), "Old");
  assert_query (fixture, QUERY (.genre = "Opera"), "");
  assert_query (fixture, QUERY (.decade = 2020), "New");
  assert_query (fixture, QUERY (.limit = 1), "New");
  assert_query (fixture, QUERY (.library_id = "9"), "");
}

static void
test_orders (StoreFixture *fixture, gconstpointer data)
{
  add_sample (fixture);
  assert_query (fixture, QUERY (.sort = BIJOU_SORT_YEAR), "New|Old|Plain");
  assert_query (fixture, QUERY (.sort = BIJOU_SORT_YEAR, .descending = TRUE), "Old|New|Plain");
  assert_query (fixture, QUERY (.sort = BIJOU_SORT_RATING), "New|Old|Plain");
  assert_query (fixture, QUERY (.sort = BIJOU_SORT_PLAYED, .limit = 2), "New|Old");
  for (int sort = BIJOU_SORT_TITLE; sort <= BIJOU_SORT_INDEX; sort++)
    for (int descending = FALSE; descending <= TRUE; descending++)
      {
        g_autofree char *titles = NULL;
        BijouSort parsed;

        titles = store_fixture_list (fixture,
                                     QUERY (.sort = (BijouSort) sort, .descending = descending));
        g_assert_cmpuint (strlen (titles), ==, strlen ("New|Old|Plain"));
        g_assert_true (bijou_sort_from_string (bijou_sort_to_string ((BijouSort) sort), &parsed));
        g_assert_cmpint (parsed, ==, sort);
      }
}

static void
test_genres_and_decades (StoreFixture *fixture, gconstpointer data)
{
  g_auto (GStrv) genres = NULL;
  g_autoptr (GArray) decades = NULL;

  add_sample (fixture);
  genres = bijou_store_list_genres (fixture->store, "A", "1", NULL);
  g_assert_cmpuint (g_strv_length (genres), ==, 2);
  g_assert_cmpstr (genres[0], ==, "Comedy");
  decades = bijou_store_list_decades (fixture->store, "A", "1", NULL);
  g_assert_cmpuint (decades->len, ==, 2);
  g_assert_cmpint (g_array_index (decades, int, 0), ==, 2020);
  g_assert_cmpint (g_array_index (decades, int, 1), ==, 1990);
}

static void
test_find_item (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouItem) by_key = NULL;
  g_autoptr (BijouItem) by_id = NULL;

  add_films (fixture, "A");
  add_films (fixture, "B");
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "A", "7", "Alpha"),
                                  make_item (BIJOU_ITEM_MOVIE, "A", "x:8", "Colon"), NULL));
  store_fixture_sync (fixture, "B", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "B", "7", "Beta"), NULL));
  by_key = bijou_store_find_item (fixture->store, "B:7", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (by_key->title, ==, "Beta");
  by_id = bijou_store_find_item (fixture->store, "x:8", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (by_id->title, ==, "Colon");
  g_assert_null (bijou_store_find_item (fixture->store, "7", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (bijou_store_find_item (fixture->store, "nothing", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

/* --- shows --- */

static BijouItem *
make_show (const char *id)
{
  BijouItem *show = make_item (BIJOU_ITEM_SHOW, "A", id, id);

  show->children = 99;
  show->seasons = 9;
  show->unwatched = 42;
  return show;
}

static BijouItem *
make_season (const char *show, int number)
{
  g_autofree char *id = g_strdup_printf ("%s-s%d", show, number);
  BijouItem *season = make_item (BIJOU_ITEM_SEASON, "A", id, id);

  season->parent_id = g_strdup (show);
  season->show_id = g_strdup (show);
  season->season = number;
  return season;
}

static void
add_show (StoreFixture *fixture)
{
  BijouItem *seen = make_episode ("A", "e1", "show", 1, 1);

  seen->watched = TRUE;
  seen->added_at = 500;
  store_fixture_add_server (fixture, "A");
  store_fixture_add_library (fixture, "A", "2", BIJOU_LIBRARY_SHOWS);
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_SHOW, take_items (make_show ("show"), NULL));
  store_fixture_sync (
      fixture, "A", "2", BIJOU_ITEM_SEASON,
      take_items (make_season ("show", 0), make_season ("show", 1), make_season ("show", 2), NULL));
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_EPISODE,
                      take_items (make_episode ("A", "special", "show", 0, 1),
                                  make_episode ("A", "e3", "show", 2, 1), seen,
                                  make_episode ("A", "e2", "show", 1, 2), NULL));
}

static void
assert_totals (StoreFixture *fixture,
               const char *id,
               int children,
               int seasons,
               int unwatched,
               gboolean watched)
{
  g_autoptr (BijouItem) item = store_fixture_get (fixture, "A", id);

  g_assert_cmpint (item->children, ==, children);
  g_assert_cmpint (item->seasons, ==, seasons);
  g_assert_cmpint (item->unwatched, ==, unwatched);
  g_assert_cmpint (item->watched, ==, watched);
}

static void
test_totals (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) show = NULL;
  g_autoptr (BijouItem) episode = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_add_server (fixture, "A");
  store_fixture_add_library (fixture, "A", "2", BIJOU_LIBRARY_SHOWS);
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_SHOW, take_items (make_show ("show"), NULL));
  assert_totals (fixture, "show", 99, 9, 42, FALSE);

  add_show (fixture);
  assert_totals (fixture, "show", 4, 3, 3, FALSE);
  assert_totals (fixture, "show-s1", 2, 0, 1, FALSE);

  episode = store_fixture_get (fixture, "A", "e2");
  bijou_store_make_change (fixture->store, episode, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
  assert_totals (fixture, "show", 4, 3, 2, FALSE);
  assert_totals (fixture, "show-s1", 2, 0, 0, TRUE);

  show = store_fixture_get (fixture, "A", "show");
  bijou_store_make_change (fixture->store, show, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
  assert_totals (fixture, "show", 4, 3, 0, TRUE);
  assert_totals (fixture, "show-s2", 1, 0, 0, TRUE);

  /* Gone episodes leave what the server says. */
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_EPISODE, take_items (NULL, NULL));
  assert_totals (fixture, "show", 99, 3, 42, TRUE);
}

static void
test_unwatched_shows (StoreFixture *fixture, gconstpointer data)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_SHOW, .unwatched_only = TRUE };
  g_autoptr (BijouItem) show = NULL;

  add_show (fixture);
  assert_query (fixture, &query, "show");
  show = store_fixture_get (fixture, "A", "show");
  g_assert_true (bijou_store_make_change (fixture->store, show, BIJOU_CHANGE_WATCHED, 0, NULL));
  assert_query (fixture, &query, "");
}

static void
test_episode_order (StoreFixture *fixture, gconstpointer data)
{
  add_show (fixture);
  assert_query (fixture,
                &(BijouItemQuery){ .kind = BIJOU_ITEM_EPISODE,
                                   .server_id = "A",
                                   .parent_id = "show",
                                   .sort = BIJOU_SORT_INDEX },
                "e1|e2|e3|special");
  assert_query (fixture,
                &(BijouItemQuery){ .kind = BIJOU_ITEM_EPISODE,
                                   .server_id = "A",
                                   .parent_id = "show-s1",
                                   .sort = BIJOU_SORT_INDEX },
                "e1|e2");
  assert_query (
      fixture,
      &(BijouItemQuery){ .kind = BIJOU_ITEM_SEASON, .parent_id = "show", .sort = BIJOU_SORT_INDEX },
      "show-s1|show-s2|show-s0");
}

static void
test_next_episode (StoreFixture *fixture, gconstpointer data)
{
  static const char *order[] = { "e1", "e2", "e3", "special", NULL };
  g_autoptr (GError) error = NULL;

  add_show (fixture);
  for (guint i = 0; order[i] != NULL; i++)
    {
      g_autoptr (BijouItem) episode = store_fixture_get (fixture, "A", order[i]);
      g_autoptr (BijouItem) next = bijou_store_get_next_episode (fixture->store, episode, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (next != NULL ? next->remote_id : NULL, ==, order[i + 1]);
    }
}

static void
test_episode_to_play (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) show = NULL;
  g_autoptr (BijouItem) unwatched = NULL;
  g_autoptr (BijouItem) begun = NULL;
  g_autoptr (BijouItem) third = NULL;
  g_autoptr (GError) error = NULL;

  add_show (fixture);
  show = store_fixture_get (fixture, "A", "show");
  unwatched = bijou_store_get_episode_to_play (fixture->store, show, &error);
  g_assert_cmpstr (unwatched->remote_id, ==, "e2");

  third = store_fixture_get (fixture, "A", "e3");
  bijou_store_set_position (fixture->store, third, 30000, FALSE, &error);
  g_assert_no_error (error);
  begun = bijou_store_get_episode_to_play (fixture->store, show, &error);
  g_assert_cmpstr (begun->remote_id, ==, "e3");
}

static void
test_recent (StoreFixture *fixture, gconstpointer data)
{
  BijouItem *older = make_item (BIJOU_ITEM_MOVIE, "A", "m1", "Older");
  BijouItem *newer = make_item (BIJOU_ITEM_MOVIE, "A", "m2", "Newer");
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) films = NULL;
  g_autofree char *all_titles = NULL;
  g_autofree char *film_titles = NULL;

  older->added_at = 400;
  newer->added_at = 600;
  add_show (fixture);
  store_fixture_add_library (fixture, "A", "1", BIJOU_LIBRARY_MOVIES);
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (older, newer, NULL));
  all = bijou_store_list_recent (fixture->store, NULL, NULL, 0, NULL);
  all_titles = join_titles (all);
  g_assert_cmpstr (all_titles, ==, "Newer|show|Older");
  films = bijou_store_list_recent (fixture->store, "A", "1", 1, NULL);
  film_titles = join_titles (films);
  g_assert_cmpstr (film_titles, ==, "Newer");
}

static void
test_libraries (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 before_rows;
  guint removed;
  g_autoptr (GError) error = NULL;

  add_show (fixture);
  store_fixture_add_library (fixture, "A", "1", BIJOU_LIBRARY_MOVIES);
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "A", "7", "Film"), NULL));
  before = bijou_store_list_libraries (fixture->store, "A", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (before->len, ==, 2);
  g_assert_cmpint (((BijouLibrary *) before->pdata[0])->items, ==, 1);

  before_rows = bijou_store_count_rows (
      fixture->store, "A", ((BijouLibrary *) before->pdata[0])->remote_id, ~0u, BIJOU_COUNT_ALL);
  g_assert_cmpint (before_rows, >, 1);
  g_ptr_array_add (kept, g_object_ref (before->pdata[1]));
  bijou_store_save_libraries (fixture->store, "A", kept, &removed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (removed, ==, before_rows);
  after = bijou_store_list_libraries (fixture->store, NULL, &error);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpint (((BijouLibrary *) after->pdata[0])->unlisted_since, ==, 0);

  /* None at all is not believed at once. */
  g_ptr_array_set_size (kept, 0);
  bijou_store_save_libraries (fixture->store, "A", kept, &removed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (removed, ==, 0);
  g_ptr_array_unref (after);
  after = bijou_store_list_libraries (fixture->store, NULL, &error);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_cmpint (((BijouLibrary *) after->pdata[0])->unlisted_since, >, 0);

  database_age (fixture->path, BIJOU_STORE_DOUBT_SECONDS);
  bijou_store_save_libraries (fixture->store, "A", kept, &removed, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (removed, >, 0);
  g_ptr_array_unref (after);
  after = bijou_store_list_libraries (fixture->store, NULL, &error);
  g_assert_cmpuint (after->len, ==, 0);
  g_assert_null (bijou_store_get_item (fixture->store, "A", "show", NULL));
}

static void
test_servers (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouServer) server = bijou_server_new ("jellyfin", "J", "Home");
  BijouAddress *address = bijou_address_new ("https://media.example", BIJOU_ADDRESS_FROM_DISCOVERY);
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) error = NULL;
  BijouServer *read;
  BijouAddress *read_address;

  server->version = g_strdup ("10.11");
  server->user_id = g_strdup ("u1");
  server->user_name = g_strdup ("ann");
  server->https_required = TRUE;
  address->latency_ms = 12;
  address->failures = 3;
  address->last_success = 99;
  address->address_class = BIJOU_ADDRESS_RELAY;
  address->pinned = TRUE;
  g_ptr_array_add (server->addresses, address);
  bijou_store_save_server (fixture->store, server, &error);
  g_assert_no_error (error);
  bijou_store_save_server (fixture->store, server, &error);
  g_assert_no_error (error);

  servers = bijou_store_list_servers (fixture->store, &error);
  g_assert_cmpuint (servers->len, ==, 1);
  read = servers->pdata[0];
  g_assert_cmpstr (read->backend, ==, "jellyfin");
  g_assert_cmpstr (read->user_name, ==, "ann");
  g_assert_true (read->https_required);
  g_assert_cmpuint (read->addresses->len, ==, 1);
  read_address = read->addresses->pdata[0];
  g_assert_cmpstr (read_address->url, ==, "https://media.example");
  g_assert_cmpint (read_address->latency_ms, ==, 12);
  g_assert_cmpint (read_address->address_class, ==, BIJOU_ADDRESS_RELAY);
  g_assert_cmpint (read_address->source, ==, BIJOU_ADDRESS_FROM_DISCOVERY);
  g_assert_true (read_address->pinned);
  g_assert_false (bijou_store_save_addresses (fixture->store, "none", read->addresses, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

static BijouServer *
save_home (StoreFixture *fixture)
{
  BijouServer *server = bijou_server_new ("jellyfin", "J", "Home");
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (server->addresses, bijou_address_new ("http://a", BIJOU_ADDRESS_FROM_USER));
  g_ptr_array_add (server->addresses, bijou_address_new ("http://b", BIJOU_ADDRESS_FROM_USER));
  ((BijouAddress *) server->addresses->pdata[0])->pinned = TRUE;
  bijou_store_save_server (fixture->store, server, &error);
  g_assert_no_error (error);
  return server;
}

static GPtrArray *
create_winners (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_network_winner_free);
}

/* What a connection learned goes beside what the user did meanwhile, not in its place. */
static void
test_learn (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouServer) server = save_home (fixture);
  g_autoptr (GPtrArray) learned =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);
  g_autoptr (GPtrArray) winners = create_winners ();
  g_autoptr (GPtrArray) others = create_winners ();
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) error = NULL;
  BijouServer *read;
  BijouAddress *address = bijou_address_new ("http://a", BIJOU_ADDRESS_FROM_USER);

  address->failures = 2;
  address->failed_at = 77;
  g_ptr_array_add (learned, address);
  g_ptr_array_add (learned, bijou_address_new ("http://c", BIJOU_ADDRESS_FROM_DISCOVERY));
  g_ptr_array_add (winners, bijou_network_winner_new ("home", "http://a", 1));
  g_ptr_array_add (others, bijou_network_winner_new ("work", "http://c", 2));
  bijou_store_learn_addresses (fixture->store, "J", learned, winners, &error);
  g_assert_no_error (error);
  bijou_store_learn_addresses (fixture->store, "J", learned, others, &error);
  g_assert_no_error (error);

  servers = bijou_store_list_servers (fixture->store, &error);
  read = servers->pdata[0];
  g_assert_cmpuint (read->addresses->len, ==, 3);
  address = read->addresses->pdata[0];
  g_assert_cmpstr (address->url, ==, "http://a");
  g_assert_true (address->pinned);
  g_assert_cmpint (address->failures, ==, 2);
  g_assert_cmpint (address->failed_at, ==, 77);
  g_assert_cmpstr (((BijouAddress *) read->addresses->pdata[1])->url, ==, "http://b");
  g_assert_cmpstr (((BijouAddress *) read->addresses->pdata[2])->url, ==, "http://c");
  g_assert_cmpuint (read->winners->len, ==, 2);
  g_assert_cmpstr (((BijouNetworkWinner *) read->winners->pdata[0])->network, ==, "home");
  g_assert_cmpstr (((BijouNetworkWinner *) read->winners->pdata[1])->url, ==, "http://c");
  g_assert_false (bijou_store_learn_addresses (fixture->store, "none", learned, winners, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

static void
test_winners_are_few (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouServer) server = save_home (fixture);
  g_autoptr (GPtrArray) winners = create_winners ();
  g_autoptr (GPtrArray) servers = NULL;
  g_autoptr (GError) error = NULL;
  BijouServer *read;

  for (int i = 0; i < 100; i++)
    {
      g_autofree char *network = g_strdup_printf ("network %d", i);

      g_ptr_array_add (winners, bijou_network_winner_new (network, "http://a", i));
    }
  bijou_store_learn_addresses (fixture->store, "J", server->addresses, winners, &error);
  g_assert_no_error (error);
  servers = bijou_store_list_servers (fixture->store, &error);
  read = servers->pdata[0];
  g_assert_cmpuint (read->winners->len, ==, 32);
  g_assert_cmpint (((BijouNetworkWinner *) read->winners->pdata[31])->won_at, ==, 99);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/items/" name, StoreFixture, NULL, store_fixture_set_up, func,                \
              store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("two-servers", test_two_servers);
  ADD ("learn", test_learn);
  ADD ("winners-are-few", test_winners_are_few);
  ADD ("upsert-keeps-key", test_upsert_keeps_key);
  ADD ("all-fields", test_all_fields);
  ADD ("title-order", test_title_order);
  ADD ("filters", test_filters);
  ADD ("orders", test_orders);
  ADD ("genres-and-decades", test_genres_and_decades);
  ADD ("find-item", test_find_item);
  ADD ("totals", test_totals);
  ADD ("unwatched-shows", test_unwatched_shows);
  ADD ("episode-order", test_episode_order);
  ADD ("next-episode", test_next_episode);
  ADD ("episode-to-play", test_episode_to_play);
  ADD ("recent", test_recent);
  ADD ("libraries", test_libraries);
  ADD ("servers", test_servers);

  return g_test_run ();
}
