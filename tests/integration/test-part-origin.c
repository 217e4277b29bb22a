#include "config.h"

#include "bijou-part-origin.h"
#include "server-fixture.h"

/* Where a film comes from: who answers there, and when that moves. */

static const BijouFakeOptions options = { .movies = 3 };

static BijouDetail *
load_film (ServerFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) libraries = bijou_backend_list_libraries (fixture->backend, NULL, &error);
  g_autoptr (BijouPage) page = NULL;
  BijouDetail *detail;

  g_assert_no_error (error);
  for (guint i = 0; i < libraries->len && page == NULL; i++)
    if (((BijouLibrary *) libraries->pdata[i])->kind == BIJOU_LIBRARY_MOVIES)
      page = bijou_backend_fetch_page (fixture->backend, libraries->pdata[i], BIJOU_ITEM_MOVIE, 0,
                                       10, NULL, &error);
  g_assert_no_error (error);
  detail = bijou_backend_fetch_detail (
      fixture->backend, ((BijouItem *) page->items->pdata[0])->remote_id, NULL, &error);
  g_assert_no_error (error);
  return detail;
}

static BijouMediaOrigin *
create_origin (ServerFixture *fixture)
{
  g_autoptr (BijouDetail) detail = load_film (fixture);
  BijouVersion *version = g_ptr_array_index (detail->versions, 0);

  return bijou_part_origin_new (fixture->backend, detail, version->parts->pdata[0], "session");
}

static void
test_confirm (gconstpointer data)
{
  const char *identity = g_str_equal (data, "plex") ? "/identity" : "/System/Info/Public";
  ServerFixture fixture;
  g_autoptr (BijouMediaOrigin) origin = NULL;
  g_autoptr (BijouHttpRequest) request = NULL;
  const char *url;

  server_fixture_set_up (&fixture, data, &options);
  origin = create_origin (&fixture);
  request = bijou_media_origin_make_request (origin, NULL, NULL);
  url = bijou_http_request_get_url (request);
  g_assert_true (bijou_media_origin_confirm (origin, url, NULL));

  /* A proxy whose server is away. */
  bijou_fake_server_add_fault (fixture.fake, "%s status=404", identity);
  g_assert_false (bijou_media_origin_confirm (origin, url, NULL));
  /* Nobody knows of that address. */
  g_assert_false (bijou_media_origin_confirm (origin, "http://127.0.0.1:9/film", NULL));
  g_clear_object (&origin);
  server_fixture_tear_down (&fixture);
}

static void
count_cb (BijouMediaOrigin *origin, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
test_moved (gconstpointer data)
{
  ServerFixture fixture;
  g_autoptr (BijouMediaOrigin) origin = NULL;
  g_autoptr (BijouMediaOrigin) gone = NULL;
  guint moved = 0;

  server_fixture_set_up (&fixture, data, &options);
  origin = create_origin (&fixture);
  gone = create_origin (&fixture);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_signal_connect (origin, "moved", G_CALLBACK (count_cb), &moved);
  g_clear_object (&gone);
  bijou_connection_network_changed (bijou_backend_get_connection (fixture.backend));
  while (moved == 0)
    g_main_context_iteration (NULL, TRUE);
  g_clear_object (&origin);
  server_fixture_tear_down (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/part-origin/confirm/plex", "plex", test_confirm);
  g_test_add_data_func ("/part-origin/confirm/jellyfin", "jellyfin", test_confirm);
  g_test_add_data_func ("/part-origin/moved/plex", "plex", test_moved);
  g_test_add_data_func ("/part-origin/moved/jellyfin", "jellyfin", test_moved);
  return g_test_run ();
}
