#include "config.h"

#include "server-fixture.h"

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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/backend/items/rows/plex", "plex", test_rows);
  g_test_add_data_func ("/backend/items/rows/jellyfin", "jellyfin", test_rows);
  g_test_add_data_func ("/backend/items/failure/plex", "plex", test_failure);
  g_test_add_data_func ("/backend/items/failure/jellyfin", "jellyfin", test_failure);
  return g_test_run ();
}
