#include "config.h"

#include "server-fixture.h"

#include "bijou-json.h"
#include "bijou-sync-details.h"

/* Rows by their identifiers, which is how single changes are fetched. */

static const BijouFakeOptions options = { .movies = 12, .shows = 1, .seasons = 1, .episodes = 3 };

static BijouPage *
fetch_films (ServerFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) libraries = bijou_backend_list_libraries (fixture->backend, NULL, &error);
  BijouPage *page = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < libraries->len && page == NULL; i++)
    {
      BijouLibrary *library = libraries->pdata[i];

      if (library->kind == BIJOU_LIBRARY_MOVIES)
        page = bijou_backend_fetch_page (fixture->backend, library, BIJOU_ITEM_MOVIE, 0, 100, NULL,
                                         &error);
      g_assert_no_error (error);
    }
  g_assert_nonnull (page);
  return page;
}

static GPtrArray *
fetch (ServerFixture *fixture, const char *const *ids)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *items = bijou_backend_fetch_items (fixture->backend, ids, NULL, &error);

  g_assert_no_error (error);
  return items;
}

static void
test_rows (gconstpointer data)
{
  ServerFixture fixture;
  g_autoptr (BijouPage) page = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) nothing = NULL;
  const char *missing = g_str_equal (data, "plex") ? "999999" : "0123456789abcdef0123456789abcdef";
  const char *empty[] = { NULL };
  BijouItem *row;

  server_fixture_set_up (&fixture, data, &options);
  page = fetch_films (&fixture);
  row = page->items->pdata[3];
  items = fetch (&fixture, (const char *[]){ row->remote_id, missing, "x y", NULL });
  g_assert_cmpuint (items->len, ==, 1);
  g_assert_cmpstr (((BijouItem *) items->pdata[0])->remote_id, ==, row->remote_id);
  g_assert_cmpstr (((BijouItem *) items->pdata[0])->title, ==, row->title);
  g_assert_cmpstr (((BijouItem *) items->pdata[0])->poster, ==, row->poster);
  g_assert_cmpint (((BijouItem *) items->pdata[0])->added_at, ==, row->added_at);

  /* What is gone is not there, which is no error. */
  none = fetch (&fixture, (const char *[]){ missing, NULL });
  g_assert_cmpuint (none->len, ==, 0);
  nothing = fetch (&fixture, empty);
  g_assert_cmpuint (nothing->len, ==, 0);
  server_fixture_tear_down (&fixture);
}

static BijouItem *
find_item (GPtrArray *items, const char *remote_id)
{
  for (guint i = 0; i < items->len; i++)
    if (g_str_equal (((BijouItem *) items->pdata[i])->remote_id, remote_id))
      return items->pdata[i];
  return NULL;
}

/* A server that sends fewer rows than it is asked for has the others all the same. */
static void
test_page_cap (gconstpointer data)
{
  const char *missing = g_str_equal (data, "plex") ? "999999" : "0123456789abcdef0123456789abcdef";
  const char *ids[12] = { NULL };
  ServerFixture fixture;
  g_autoptr (BijouPage) page = NULL;
  g_autoptr (GPtrArray) items = NULL;

  server_fixture_set_up (&fixture, data, &options);
  page = fetch_films (&fixture);
  for (guint i = 0; i < 10; i++)
    ids[i] = ((BijouItem *) page->items->pdata[i])->remote_id;
  ids[10] = missing;
  g_free (bijou_fake_server_control (fixture.fake, "{\"page_cap\": 4}"));
  items = fetch (&fixture, ids);
  g_assert_cmpuint (items->len, ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_true (find_item (items, ids[i]) != NULL);
  server_fixture_tear_down (&fixture);
}

static void
test_failure (gconstpointer data)
{
  ServerFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = NULL;

  server_fixture_set_up (&fixture, data, &options);
  bijou_fake_server_add_fault (fixture.fake, "%s status=500",
                               g_str_equal (data, "plex") ? "/library/metadata/*" : "/Items*");
  items = bijou_backend_fetch_items (
      fixture.backend, (const char *[]){ "0123456789abcdef0123456789abcdef", NULL }, NULL, &error);
  g_assert_null (items);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER);
  server_fixture_tear_down (&fixture);
}

/* --- details --- */

/* One of many is what it is when it is asked for alone, but for what is similar. */
static void
assert_whole (ServerFixture *fixture, BijouDetail *detail)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) alone =
      bijou_backend_fetch_detail (fixture->backend, detail->item->remote_id, NULL, &error);
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonNode) other = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;

  g_assert_no_error (error);
  g_ptr_array_set_size (alone->similar, 0);
  node = bijou_detail_to_json (detail);
  other = bijou_detail_to_json (alone);
  text = bijou_json_to_text (node);
  expected = bijou_json_to_text (other);
  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpstr (detail->item->version_tag, ==, alone->item->version_tag);
  g_assert_cmpuint (detail->people->len, >, 0);
  g_assert_cmpuint (detail->versions->len, >, 0);
}

static void
test_details (gconstpointer data)
{
  const char *missing = g_str_equal (data, "plex") ? "999999" : "0123456789abcdef0123456789abcdef";
  const char *ids[14] = { NULL };
  ServerFixture fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouPage) page = NULL;
  g_autoptr (GPtrArray) details = NULL;
  guint n_segments = 0;

  server_fixture_set_up (&fixture, data, &options);
  page = fetch_films (&fixture);
  for (guint i = 0; i < page->items->len; i++)
    ids[i] = ((BijouItem *) page->items->pdata[i])->remote_id;
  ids[page->items->len] = missing;
  bijou_fake_server_reset_log (fixture.fake);
  details = bijou_backend_fetch_details (fixture.backend, ids, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (details->len, ==, page->items->len);
  g_assert_cmpuint (bijou_fake_server_count (fixture.fake, "*"), ==,
                    1 + bijou_fake_server_count (fixture.fake, "GET /MediaSegments/*"));
  for (guint i = 0; i < details->len; i++)
    {
      BijouDetail *detail = details->pdata[i];

      g_assert_nonnull (find_item (page->items, detail->item->remote_id));
      assert_whole (&fixture, detail);
      n_segments += detail->segments->len > 0;
    }
  g_assert_cmpuint (n_segments, >, 0);
  server_fixture_tear_down (&fixture);
}

static void
sync_all (ServerFixture *fixture)
{
  g_autoptr (GPtrArray) results =
      bijou_sync_job_run (fixture->store, fixture->backend, TRUE, NULL, NULL, NULL, NULL);

  g_assert_no_error (((BijouSyncResult *) results->pdata[results->len - 1])->error);
}

static GPtrArray *
list_films (ServerFixture *fixture)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };

  return bijou_store_list_items (fixture->store, &query, NULL);
}

/* How many requests it takes to have the details of all films. */
static guint
keep_details (ServerFixture *fixture)
{
  g_autoptr (GPtrArray) films = list_films (fixture);
  g_autoptr (GError) error = NULL;

  bijou_fake_server_reset_log (fixture->fake);
  bijou_sync_details_run (fixture->store, fixture->backend, films, NULL, &error);
  g_assert_no_error (error);
  return bijou_fake_server_count (fixture->fake, "GET /library/metadata/*") +
         bijou_fake_server_count (fixture->fake, "GET /Items?*");
}

/* What is here is not asked for again, whatever was synced meanwhile, until it changes. */
static void
test_kept_details (gconstpointer data)
{
  ServerFixture fixture;
  g_autoptr (GPtrArray) films = NULL;
  g_autoptr (BijouDetail) detail = NULL;
  g_autoptr (GError) error = NULL;
  BijouItem *film;

  server_fixture_set_up (&fixture, data, &options);
  sync_all (&fixture);
  g_assert_cmpuint (keep_details (&fixture), ==, 1);
  g_assert_cmpuint (keep_details (&fixture), ==, 0);
  sync_all (&fixture);
  g_assert_cmpuint (keep_details (&fixture), ==, 0);

  films = list_films (&fixture);
  film = films->pdata[2];
  g_free (bijou_fake_server_control (fixture.fake, "{\"rename\": \"%s\", \"title\": \"Anew\"}",
                                     film->remote_id));
  sync_all (&fixture);
  g_assert_cmpuint (keep_details (&fixture), ==, 1);
  g_assert_cmpuint (keep_details (&fixture), ==, 0);
  detail = bijou_store_get_detail (fixture.store, fixture.server_id, film->remote_id, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (detail->item->title, ==, "Anew");
  g_assert_cmpuint (detail->people->len, >, 0);
  g_assert_cmpint (detail->fetched_at, ==, 0);
  server_fixture_tear_down (&fixture);
}

/* --- people --- */

static void
test_person (gconstpointer data)
{
  ServerFixture fixture;
  g_autoptr (BijouPage) page = NULL;
  g_autoptr (BijouDetail) detail = NULL;
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found = NULL;
  BijouItemQuery query = { 0 };
  BijouPerson *person;

  server_fixture_set_up (&fixture, data, &options);
  sync_all (&fixture);
  page = fetch_films (&fixture);
  detail = bijou_backend_fetch_detail (
      fixture.backend, ((BijouItem *) page->items->pdata[3])->remote_id, NULL, &error);
  g_assert_no_error (error);
  person = detail->people->pdata[0];
  items = bijou_backend_fetch_person (fixture.backend, person->id, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (items->len, >, 0);
  g_assert_nonnull (find_item (items, detail->item->remote_id));

  /* No detail is here: only so they are found. */
  query.person = person->name;
  bijou_store_save_person (fixture.store, fixture.server_id, person->name, items, &error);
  g_assert_no_error (error);
  found = bijou_store_list_items (fixture.store, &query, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, items->len);
  server_fixture_tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/backend/items/rows/plex", "plex", test_rows);
  g_test_add_data_func ("/backend/items/rows/jellyfin", "jellyfin", test_rows);
  g_test_add_data_func ("/backend/items/page-cap/plex", "plex", test_page_cap);
  g_test_add_data_func ("/backend/items/page-cap/jellyfin", "jellyfin", test_page_cap);
  g_test_add_data_func ("/backend/items/failure/plex", "plex", test_failure);
  g_test_add_data_func ("/backend/items/failure/jellyfin", "jellyfin", test_failure);
  g_test_add_data_func ("/backend/items/details/plex", "plex", test_details);
  g_test_add_data_func ("/backend/items/details/jellyfin", "jellyfin", test_details);
  g_test_add_data_func ("/backend/items/kept-details/plex", "plex", test_kept_details);
  g_test_add_data_func ("/backend/items/kept-details/jellyfin", "jellyfin", test_kept_details);
  g_test_add_data_func ("/backend/items/person/plex", "plex", test_person);
  g_test_add_data_func ("/backend/items/person/jellyfin", "jellyfin", test_person);
  return g_test_run ();
}
