#include "config.h"

#include "store-fixture.h"

static void
set_up (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_set_up (fixture, data);
  store_fixture_add_server (fixture, "A");
  store_fixture_add_library (fixture, "A", "1", BIJOU_LIBRARY_MOVIES);
  store_fixture_add_library (fixture, "A", "2", BIJOU_LIBRARY_SHOWS);
}

static BijouItem *
make_film (const char *title, const char *overview)
{
  BijouItem *film = make_item (BIJOU_ITEM_MOVIE, "A", title, title);

  film->overview = g_strdup (overview);
  return film;
}

static void
assert_found (StoreFixture *fixture, const char *text, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = bijou_store_search (fixture->store, text, 0, &error);
  g_autofree char *titles = NULL;

  g_assert_no_error (error);
  titles = join_titles (items);
  g_assert_cmpstr (titles, ==, expected);
}

static void
test_ranking (StoreFixture *fixture, gconstpointer data)
{
  BijouItem *article = make_film ("The Harbour", NULL);
  BijouItem *episode = make_episode ("A", "Harbour", "show", 1, 1);

  g_free (article->sort_title);
  article->sort_title = g_strdup ("Harbour");
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_film ("Boats", "A harbour, another harbour, harbour."),
                                  make_film ("Old Harbour Nights", NULL),
                                  make_film ("Harbour Lights", NULL), article, NULL));
  store_fixture_sync (fixture, "A", "2", BIJOU_ITEM_EPISODE, take_items (episode, NULL));
  assert_found (fixture, "harbour", "The Harbour|Harbour|Harbour Lights|Old Harbour Nights|Boats");
  assert_found (fixture, "harb", "Harbour Lights|The Harbour|Harbour|Old Harbour Nights|Boats");
}

static void
test_diacritics (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_film ("Amélie", NULL), make_film ("Ñandú Ünder", NULL),
                                  make_film ("МОСКВА", NULL), NULL));
  assert_found (fixture, "amelie", "Amélie");
  assert_found (fixture, "AMÉ", "Amélie");
  assert_found (fixture, "a", "Amélie");
  assert_found (fixture, "under nandu", "Ñandú Ünder");
  assert_found (fixture, "моск", "МОСКВА");
}

static void
test_fields (StoreFixture *fixture, gconstpointer data)
{
  BijouItem *film = make_film ("Plain", "Something about lighthouses.");
  const char *genres[] = { "Film Noir", "Drama", NULL };

  film->original_title = g_strdup ("Das Original");
  film->genres = g_strdupv ((char **) genres);
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (film, NULL));
  assert_found (fixture, "original", "Plain");
  assert_found (fixture, "noir", "Plain");
  assert_found (fixture, "lightho", "Plain");
  assert_found (fixture, "lighthouses drama", "Plain");
  assert_found (fixture, "lighthouses comedy", "");
}

static void
test_strange_texts (StoreFixture *fixture, gconstpointer data)
{
  static const char *texts[] = { "",    " ",       "\"",      "'",    "*",     "AND",  "a AND",
                                 "NOT", "title:x", "(",       "^a*",  "-",     "a\"b", "\xff\xfe",
                                 "%",   "NEAR(a)", "{title}", "a OR", "\u0301" };

  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_film ("Zulu", NULL), NULL));
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_found (fixture, texts[i], "");
}

static void
test_follows_rows (StoreFixture *fixture, gconstpointer data)
{
  BijouItem *before = make_item (BIJOU_ITEM_MOVIE, "A", "7", "Before");
  BijouItem *after = make_item (BIJOU_ITEM_MOVIE, "A", "7", "After");

  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (before, NULL));
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (after, NULL));
  assert_found (fixture, "before", "");
  assert_found (fixture, "after", "After");
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, take_items (NULL, NULL));
  assert_found (fixture, "after", "");
}

static BijouDetail *
make_detail (const char *title, const char *person)
{
  g_autoptr (BijouItem) item = make_item (BIJOU_ITEM_MOVIE, "A", "7", title);
  BijouDetail *detail = bijou_detail_new (item);

  g_ptr_array_add (detail->people, bijou_person_new (person, "actor"));
  return detail;
}

static void
test_details (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouDetail) detail = make_detail ("Full", "Zoë Kravchenko");
  g_autoptr (BijouDetail) read = NULL;
  g_autoptr (BijouItem) item = NULL;
  g_autoptr (GError) error = NULL;
  BijouSyncCounts counts;

  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                      take_items (make_item (BIJOU_ITEM_MOVIE, "A", "7", "Lean"), NULL));
  g_assert_null (bijou_store_get_detail (fixture->store, "A", "7", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  g_clear_error (&error);

  bijou_store_save_detail (fixture->store, detail, &error);
  g_assert_no_error (error);
  assert_found (fixture, "kravch", "Full");
  assert_found (fixture, "zoe", "Full");
  read = bijou_store_get_detail (fixture->store, "A", "7", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->people->len, ==, 1);
  item = store_fixture_get (fixture, "A", "7");
  g_assert_cmpstr (item->library_id, ==, "1");

  /* The same lean row of the list does not undo the fuller one. */
  counts = store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE,
                               take_items (make_item (BIJOU_ITEM_MOVIE, "A", "7", "Lean"), NULL));
  g_assert_cmpuint (counts.changed, ==, 0);
  assert_found (fixture, "zoe", "Full");
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/search/" name, StoreFixture, NULL, set_up, func, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("ranking", test_ranking);
  ADD ("diacritics", test_diacritics);
  ADD ("fields", test_fields);
  ADD ("strange-texts", test_strange_texts);
  ADD ("follows-rows", test_follows_rows);
  ADD ("details", test_details);

  return g_test_run ();
}
