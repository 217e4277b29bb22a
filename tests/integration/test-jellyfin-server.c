/* The Jellyfin backend against a server that behaves like the real ones, in each of the versions
 * that are out there. */
#include "config.h"

#include "bijou-backend-type.h"

#include "bijou-fake-server.h"

#include <string.h>

#define MOVIES 23
#define SHOWS 3
#define SEASONS 2
#define EPISODES 4

typedef struct
{
  BijouFakeServer *server;
  BijouHttp *http;
  BijouClientInfo client;
  const BijouBackendType *type;
  BijouSignedIn *signed_in;
  BijouBackend *backend;
} Fixture;

static void
sign_in (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  fixture->signed_in = fixture->type->sign_in_password (
      fixture->http, &fixture->client, bijou_fake_server_get_url (fixture->server),
      bijou_fake_server_get_user (fixture->server),
      bijou_fake_server_get_password (fixture->server), NULL, &error);
  g_assert_no_error (error);
  fixture->backend = fixture->type->create (fixture->http, &fixture->client,
                                            fixture->signed_in->server, fixture->signed_in->token);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  options.movies = MOVIES;
  options.shows = SHOWS;
  options.seasons = SEASONS;
  options.episodes = EPISODES;
  options.jellyfin_version = data;
  if (g_strcmp0 (data, "10.11.11") == 0)
    options.base_path = "/jellyfin";
  fixture->server = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, &error);
  g_assert_no_error (error);
  fixture->http = bijou_http_new (NULL);
  fixture->client.client_id = "device-1";
  fixture->client.device_name = "box";
  fixture->client.version = "0.1";
  fixture->type = bijou_backend_type_find ("jellyfin");
  sign_in (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->backend);
  g_clear_pointer (&fixture->signed_in, bijou_signed_in_free);
  bijou_http_shutdown (fixture->http);
  g_clear_object (&fixture->http);
  bijou_fake_server_stop (fixture->server);
}

static GPtrArray *
list_libraries (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *libraries = bijou_backend_list_libraries (fixture->backend, NULL, &error);

  g_assert_no_error (error);
  return libraries;
}

static BijouLibrary *
find_library (GPtrArray *libraries, BijouLibraryKind kind)
{
  for (guint i = 0; i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);

      if (library->kind == kind)
        return library;
    }
  g_assert_not_reached ();
}

/* By identifier; asserts that no item comes twice. */
static GHashTable *
fetch_all (Fixture *fixture, BijouLibraryKind library_kind, BijouItemKind kind, guint limit)
{
  g_autoptr (GPtrArray) libraries = list_libraries (fixture);
  BijouLibrary *library = find_library (libraries, library_kind);
  GHashTable *all = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);
  gint64 total = -1;
  guint start = 0;

  do
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BijouPage) page =
          bijou_backend_fetch_page (fixture->backend, library, kind, start, limit, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (page->items->len, ==, page->received);
      if (page->received == 0)
        break;
      if (start == 0)
        total = page->total;
      start += page->received;
      for (guint i = 0; i < page->items->len; i++)
        {
          BijouItem *item = g_ptr_array_index (page->items, i);

          g_assert_cmpint (item->kind, ==, kind);
          g_assert_cmpstr (item->library_id, ==, library->remote_id);
          g_assert_true (g_hash_table_insert (all, item->remote_id, g_object_ref (item)));
        }
    }
  while (start < total);
  g_assert_cmpint (total, ==, g_hash_table_size (all));
  return all;
}

static void
test_sign_in (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpstr (fixture->signed_in->server->id, ==, bijou_fake_server_get_id (fixture->server));
  g_assert_cmpstr (fixture->signed_in->server->version, ==, data);
  g_assert_cmpstr (fixture->signed_in->server->user_name, ==,
                   bijou_fake_server_get_user (fixture->server));
}

static void
test_wrong_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fixture->type->sign_in_password (
      fixture->http, &fixture->client, bijou_fake_server_get_url (fixture->server),
      bijou_fake_server_get_user (fixture->server), "wrong", NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
}

static void
test_quick_connect (Fixture *fixture, gconstpointer data)
{
  const char *url = bijou_fake_server_get_url (fixture->server);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSignInCode) code =
      fixture->type->begin_code (fixture->http, &fixture->client, url, NULL, &error);
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *reply = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (strlen (code->code), ==, 6);
  found = fixture->type->poll_code (fixture->http, &fixture->client, url, code, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (found);

  reply = bijou_fake_server_control (fixture->server, "{\"approve\": \"%s\"}", code->code);
  found = fixture->type->poll_code (fixture->http, &fixture->client, url, code, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 1);
}

static void
test_whole_library (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) movies = fetch_all (fixture, BIJOU_LIBRARY_MOVIES, BIJOU_ITEM_MOVIE, 10);
  g_autoptr (GHashTable) shows = fetch_all (fixture, BIJOU_LIBRARY_SHOWS, BIJOU_ITEM_SHOW, 10);
  g_autoptr (GHashTable) seasons = fetch_all (fixture, BIJOU_LIBRARY_SHOWS, BIJOU_ITEM_SEASON, 10);
  g_autoptr (GHashTable) episodes =
      fetch_all (fixture, BIJOU_LIBRARY_SHOWS, BIJOU_ITEM_EPISODE, 10);
  GHashTableIter iter;
  gpointer value;

  g_assert_cmpuint (g_hash_table_size (movies), ==, MOVIES);
  g_assert_cmpuint (g_hash_table_size (shows), ==, SHOWS);
  g_assert_cmpuint (g_hash_table_size (seasons), ==, SHOWS * SEASONS);
  g_assert_cmpuint (g_hash_table_size (episodes), ==, SHOWS * SEASONS * EPISODES);

  g_hash_table_iter_init (&iter, episodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      BijouItem *episode = value;

      g_assert_nonnull (g_hash_table_lookup (seasons, episode->parent_id));
      g_assert_nonnull (g_hash_table_lookup (shows, episode->show_id));
      g_assert_cmpint (episode->season, >=, 0);
      g_assert_cmpint (episode->episode, >=, 0);
      g_assert_cmpint (episode->duration_ms, >, 0);
      g_assert_true (episode->has_media);
      g_assert_nonnull (episode->version_tag);
    }
}

static BijouItem *
fetch_any (Fixture *fixture, BijouLibraryKind library_kind, BijouItemKind kind)
{
  g_autoptr (GHashTable) all = fetch_all (fixture, library_kind, kind, 100);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, all);
  g_assert_true (g_hash_table_iter_next (&iter, NULL, &value));
  return g_object_ref (value);
}

static BijouItem *
fetch_again (Fixture *fixture, BijouItem *item)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (fixture->backend, item->remote_id, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (detail->item->remote_id, ==, item->remote_id);
  g_assert_cmpstr (detail->item->title, ==, item->title);
  return g_object_ref (detail->item);
}

static void
test_detail_and_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) movie = fetch_any (fixture, BIJOU_LIBRARY_MOVIES, BIJOU_ITEM_MOVIE);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (fixture->backend, movie->remote_id, NULL, &error);
  g_autoptr (BijouHttpRequest) request = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;
  BijouPart *part;

  g_assert_no_error (error);
  g_assert_cmpuint (detail->versions->len, >, 0);
  part = bijou_detail_find_part (detail, NULL, NULL);
  g_assert_nonnull (part);
  g_assert_cmpint (part->size, >, 100);
  g_assert_cmpuint (part->streams->len, >, 0);

  request = bijou_backend_make_part_request (fixture->backend, movie->remote_id, part, "session",
                                             NULL, &error);
  g_assert_no_error (error);
  bijou_http_request_set_range (request, 10, 109);
  response = bijou_http_send (fixture->http, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 206);
  g_assert_cmpuint (g_bytes_get_size (bijou_http_response_get_body (response)), ==, 100);
}

static void
test_picture (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) movie = fetch_any (fixture, BIJOU_LIBRARY_MOVIES, BIJOU_ITEM_MOVIE);
  g_autoptr (BijouItem) episode = fetch_any (fixture, BIJOU_LIBRARY_SHOWS, BIJOU_ITEM_EPISODE);
  const char *images[] = { movie->poster, movie->backdrop, episode->poster, episode->still };

  for (guint i = 0; i < G_N_ELEMENTS (images); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = NULL;

      g_assert_nonnull (images[i]);
      bytes = bijou_backend_fetch_image (fixture->backend, images[i], 200, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 100);
    }
}

static void
test_marks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) movie = fetch_any (fixture, BIJOU_LIBRARY_MOVIES, BIJOU_ITEM_MOVIE);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouItem) marked = NULL;
  g_autoptr (BijouItem) placed = NULL;
  gint64 place = movie->duration_ms / 2;

  g_assert_true (
      bijou_backend_set_watched (fixture->backend, movie->remote_id, TRUE, NULL, &error));
  g_assert_true (
      bijou_backend_set_favourite (fixture->backend, movie->remote_id, TRUE, NULL, &error));
  marked = fetch_again (fixture, movie);
  g_assert_true (marked->watched);
  g_assert_true (marked->favourite);
  g_assert_cmpint (marked->play_count, >, 0);

  g_assert_true (
      bijou_backend_set_watched (fixture->backend, movie->remote_id, FALSE, NULL, &error));
  g_assert_true (bijou_backend_set_position (fixture->backend, movie->remote_id, place,
                                             movie->duration_ms, NULL, &error));
  g_assert_no_error (error);
  placed = fetch_again (fixture, movie);
  g_assert_false (placed->watched);
  g_assert_cmpint (placed->position_ms, ==, place);
  g_assert_cmpint (placed->last_played_at, >, 0);
}

static void
send_report (
    Fixture *fixture, BijouItem *item, BijouReportKind kind, gint64 position_ms, gboolean failed)
{
  g_autoptr (BijouReport) report = bijou_report_new (kind, "session-1", item->remote_id);
  g_autoptr (GError) error = NULL;

  report->version_id = g_strdup (item->remote_id);
  report->position_ms = position_ms;
  report->failed = failed;
  g_assert_true (bijou_backend_report (fixture->backend, report, NULL, &error));
  g_assert_no_error (error);
}

static gboolean
is_begun (Fixture *fixture, const char *remote_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items =
      bijou_backend_fetch_home (fixture->backend, BIJOU_HOME_CONTINUE, 50, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < items->len; i++)
    if (g_str_equal (((BijouItem *) g_ptr_array_index (items, i))->remote_id, remote_id))
      return TRUE;
  return FALSE;
}

static void
test_playback (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) movie = fetch_any (fixture, BIJOU_LIBRARY_MOVIES, BIJOU_ITEM_MOVIE);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouItem) stopped = NULL;
  g_autoptr (BijouItem) failed = NULL;
  gint64 place = movie->duration_ms / 2;

  g_assert_true (
      bijou_backend_set_watched (fixture->backend, movie->remote_id, FALSE, NULL, &error));
  g_assert_false (is_begun (fixture, movie->remote_id));
  send_report (fixture, movie, BIJOU_REPORT_START, 0, FALSE);
  send_report (fixture, movie, BIJOU_REPORT_PROGRESS, place / 2, FALSE);
  send_report (fixture, movie, BIJOU_REPORT_STOP, place, FALSE);
  stopped = fetch_again (fixture, movie);
  g_assert_cmpint (stopped->position_ms, ==, place);
  g_assert_false (stopped->watched);
  g_assert_true (is_begun (fixture, movie->remote_id));

  send_report (fixture, movie, BIJOU_REPORT_START, place, FALSE);
  send_report (fixture, movie, BIJOU_REPORT_STOP, 0, TRUE);
  failed = fetch_again (fixture, movie);
  g_assert_cmpint (failed->position_ms, ==, place);
}

static void
test_next_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) episodes =
      fetch_all (fixture, BIJOU_LIBRARY_SHOWS, BIJOU_ITEM_EPISODE, 100);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) next = NULL;
  BijouItem *first = NULL;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, episodes);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((BijouItem *) value)->season == 1 && ((BijouItem *) value)->episode == 1)
      first = value;
  g_assert_nonnull (first);
  g_assert_true (
      bijou_backend_set_watched (fixture->backend, first->remote_id, TRUE, NULL, &error));
  next = bijou_backend_fetch_home (fixture->backend, BIJOU_HOME_NEXT_UP, 50, NULL, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < next->len; i++)
    {
      BijouItem *item = g_ptr_array_index (next, i);

      if (g_str_equal (item->show_id, first->show_id))
        {
          g_assert_cmpint (item->kind, ==, BIJOU_ITEM_EPISODE);
          g_assert_false (g_str_equal (item->remote_id, first->remote_id));
          return;
        }
    }
  g_assert_not_reached ();
}

/* Rows stay whole whatever their values are written like. */
static void
test_drifting_types (Fixture *fixture, gconstpointer data)
{
  static const char *faults[] = { "/* drift", "/* unknown-enums", "/* latin1", "/* bad-utf8",
                                  "/* chunked" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (GHashTable) episodes = NULL;

      bijou_fake_server_add_fault (fixture->server, "%s", faults[i]);
      episodes = fetch_all (fixture, BIJOU_LIBRARY_SHOWS, BIJOU_ITEM_EPISODE, 10);
      g_assert_cmpuint (g_hash_table_size (episodes), ==, SHOWS * SEASONS * EPISODES);
      bijou_fake_server_clear_faults (fixture->server);
    }
}

/* An answer that is broken is an error, never an empty page. */
static void
test_broken_pages (Fixture *fixture, gconstpointer data)
{
  static const char *faults[] = { "*Items* html", "*Items* empty", "*Items* truncate=300",
                                  "*Items* status=500", "*Items* status=404" };
  g_autoptr (GPtrArray) libraries = list_libraries (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (GError) error = NULL;

      bijou_fake_server_add_fault (fixture->server, "%s", faults[i]);
      g_assert_null (bijou_backend_fetch_page (fixture->backend,
                                               find_library (libraries, BIJOU_LIBRARY_MOVIES),
                                               BIJOU_ITEM_MOVIE, 0, 10, NULL, &error));
      g_assert_nonnull (error);
      g_assert_true (error->domain == BIJOU_ERROR);
      bijou_fake_server_clear_faults (fixture->server);
    }
}

static void
test_refused_library (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) libraries = list_libraries (fixture);
  g_autoptr (GError) error = NULL;

  bijou_fake_server_add_fault (fixture->server, "*Items* 401");
  g_assert_null (bijou_backend_fetch_page (fixture->backend,
                                           find_library (libraries, BIJOU_LIBRARY_MOVIES),
                                           BIJOU_ITEM_MOVIE, 0, 10, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
  g_assert_cmpint (bijou_connection_get_state (bijou_backend_get_connection (fixture->backend)), ==,
                   BIJOU_CONNECTION_CONNECTED);
}

static void
test_revoked (Fixture *fixture, gconstpointer data)
{
  g_autofree char *reply = bijou_fake_server_control (fixture->server, "{\"revoke_tokens\": true}");
  g_autoptr (GError) error = NULL;

  g_assert_null (bijou_backend_list_libraries (fixture->backend, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  g_assert_cmpint (bijou_connection_get_state (bijou_backend_get_connection (fixture->backend)), ==,
                   BIJOU_CONNECTION_UNAUTHORISED);
}

static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (bijou_backend_check_token (fixture->backend, NULL, &error));
  g_assert_true (bijou_backend_sign_out (fixture->backend, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (bijou_backend_check_token (fixture->backend, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
}

static const struct
{
  const char *name;
  void (*func) (Fixture *fixture, gconstpointer data);
} tests[] = {
  { "sign-in", test_sign_in },
  { "wrong-password", test_wrong_password },
  { "quick-connect", test_quick_connect },
  { "whole-library", test_whole_library },
  { "detail-and-bytes", test_detail_and_bytes },
  { "picture", test_picture },
  { "marks", test_marks },
  { "playback", test_playback },
  { "next-up", test_next_up },
  { "drifting-types", test_drifting_types },
  { "broken-pages", test_broken_pages },
  { "refused-library", test_refused_library },
  { "revoked", test_revoked },
  { "sign-out", test_sign_out },
};

int
main (int argc, char *argv[])
{
  static const char *versions[] = { "10.10.7", "10.11.11", "12.0.0" };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    for (guint j = 0; j < G_N_ELEMENTS (tests); j++)
      {
        g_autofree char *path =
            g_strdup_printf ("/jellyfin/server/%s/%s", versions[i], tests[j].name);

        g_test_add (path, Fixture, versions[i], set_up, tests[j].func, tear_down);
      }

  return g_test_run ();
}
