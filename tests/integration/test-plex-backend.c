#include "config.h"

#include "bijou-backend-type.h"
#include "bijou-error.h"
#include "bijou-fake-server.h"

#include <locale.h>
#include <string.h>

#define MOVIES 30
#define SHOWS 3
#define SEASONS 2
#define EPISODES 4

static const BijouClientInfo client = {
  .client_id = "test-client",
  .device_name = "Test\nmachine",
  .version = "0",
};

typedef struct
{
  BijouFakeServer *fake;
  BijouHttp *http;
  BijouBackend *backend;
  GPtrArray *libraries;
} Fixture;

static const BijouBackendType *
get_type_info (void)
{
  return bijou_backend_type_find ("plex");
}

static BijouBackend *
new_backend (Fixture *fixture)
{
  g_autoptr (BijouServer) server =
      bijou_server_new ("plex", bijou_fake_server_get_id (fixture->fake), "Fake");
  g_autofree char *token = bijou_fake_server_dup_token (fixture->fake, 0);

  g_ptr_array_add (server->addresses, bijou_address_new (bijou_fake_server_get_url (fixture->fake),
                                                         BIJOU_ADDRESS_FROM_USER));
  server->client_id = g_strdup (client.client_id);
  return get_type_info ()->create (fixture->http, &client, server, token);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = {
    .movies = MOVIES, .shows = SHOWS, .seasons = SEASONS, .episodes = EPISODES
  };
  g_autoptr (GError) error = NULL;

  fixture->fake = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, &error);
  g_assert_no_error (error);
  fixture->http = bijou_http_new (NULL);
  fixture->backend = new_backend (fixture);
  fixture->libraries = bijou_backend_list_libraries (fixture->backend, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->libraries, g_ptr_array_unref);
  g_clear_object (&fixture->backend);
  bijou_http_shutdown (fixture->http);
  g_clear_object (&fixture->http);
  bijou_fake_server_stop (fixture->fake);
}

static BijouLibrary *
find_library (Fixture *fixture, BijouLibraryKind kind)
{
  for (guint i = 0; i < fixture->libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (fixture->libraries, i);

      if (library->kind == kind)
        return library;
    }
  g_assert_not_reached ();
}

/* All items of a kind, page by page. */
static GPtrArray *
fetch_all (Fixture *fixture, BijouLibrary *library, BijouItemKind kind, guint limit)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);
  guint start = 0;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BijouPage) page =
          bijou_backend_fetch_page (fixture->backend, library, kind, start, limit, NULL, &error);

      g_assert_no_error (error);
      for (guint i = 0; i < page->items->len; i++)
        g_ptr_array_add (all, g_object_ref (g_ptr_array_index (page->items, i)));
      start += page->received;
      if (page->received == 0 || start >= page->total)
        return all;
    }
}

static GPtrArray *
fetch_movies (Fixture *fixture, guint limit)
{
  return fetch_all (fixture, find_library (fixture, BIJOU_LIBRARY_MOVIES), BIJOU_ITEM_MOVIE, limit);
}

static GPtrArray *
fetch_episodes (Fixture *fixture)
{
  return fetch_all (fixture, find_library (fixture, BIJOU_LIBRARY_SHOWS), BIJOU_ITEM_EPISODE, 7);
}

static void
assert_unique (GPtrArray *items, guint expected)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (ids, ((BijouItem *) g_ptr_array_index (items, i))->remote_id);
  g_assert_cmpuint (g_hash_table_size (ids), ==, expected);
}

static BijouItem *
fetch_item (Fixture *fixture, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail = bijou_backend_fetch_detail (fixture->backend, id, NULL, &error);

  g_assert_no_error (error);
  return g_object_ref (detail->item);
}

static void
control (Fixture *fixture, const char *format, ...)
{
  g_autofree char *order = NULL;
  g_autofree char *answer = NULL;
  va_list args;

  va_start (args, format);
  order = g_strdup_vprintf (format, args);
  va_end (args);
  answer = bijou_fake_server_control (fixture->fake, "%s", order);
  g_assert_null (strstr (answer, "\"error\""));
}

static void
mark (Fixture *fixture, BijouItem *item, gint64 position_ms, gboolean watched)
{
  control (fixture, "{\"mark\": \"%s\", \"position_ms\": %" G_GINT64_FORMAT ", \"watched\": %s}",
           item->remote_id, position_ms, watched ? "true" : "false");
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  BijouLibrary *films = find_library (fixture, BIJOU_LIBRARY_MOVIES);
  BijouLibrary *series = find_library (fixture, BIJOU_LIBRARY_SHOWS);
  g_autoptr (GPtrArray) movies = fetch_all (fixture, films, BIJOU_ITEM_MOVIE, 7);
  g_autoptr (GPtrArray) shows = fetch_all (fixture, series, BIJOU_ITEM_SHOW, 2);
  g_autoptr (GPtrArray) seasons = fetch_all (fixture, series, BIJOU_ITEM_SEASON, 100);
  g_autoptr (GPtrArray) episodes = fetch_all (fixture, series, BIJOU_ITEM_EPISODE, 5);
  BijouItem *episode = g_ptr_array_index (episodes, 0);

  assert_unique (movies, MOVIES);
  assert_unique (shows, SHOWS);
  assert_unique (seasons, SHOWS * SEASONS);
  assert_unique (episodes, SHOWS * SEASONS * EPISODES);
  g_assert_cmpstr (((BijouItem *) movies->pdata[0])->library_id, ==, films->remote_id);
  g_assert_cmpstr (episode->library_id, ==, series->remote_id);
  g_assert_nonnull (episode->show_id);
  g_assert_nonnull (episode->parent_id);
  g_assert_true (episode->has_media);
  g_assert_nonnull (films->change_tag);
}

static void
test_collections_and_playlists (Fixture *fixture, gconstpointer data)
{
  BijouLibrary *films = find_library (fixture, BIJOU_LIBRARY_MOVIES);
  g_autoptr (GPtrArray) collections = fetch_all (fixture, films, BIJOU_ITEM_COLLECTION, 50);
  g_autoptr (GPtrArray) playlists = fetch_all (fixture, NULL, BIJOU_ITEM_PLAYLIST, 50);
  g_autoptr (GPtrArray) none = fetch_all (fixture, NULL, BIJOU_ITEM_COLLECTION, 50);

  g_assert_cmpuint (none->len, ==, 0);
  for (guint i = 0; i < collections->len; i++)
    g_assert_cmpint (((BijouItem *) collections->pdata[i])->kind, ==, BIJOU_ITEM_COLLECTION);
  for (guint i = 0; i < playlists->len; i++)
    g_assert_cmpint (((BijouItem *) playlists->pdata[i])->kind, ==, BIJOU_ITEM_PLAYLIST);
  g_assert_cmpuint (bijou_fake_server_count (fixture->fake, "GET /playlists*"), ==, 1);
}

/* Whatever the server does to the shape of its pages, every row arrives. */
static void
test_odd_pages (Fixture *fixture, gconstpointer data)
{
  static const char *faults[] = { "ignore-paging", "page-cap=3", "drift", "latin1", "chunked" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (GPtrArray) movies = NULL;

      bijou_fake_server_clear_faults (fixture->fake);
      bijou_fake_server_add_fault (fixture->fake, "/library/* %s", faults[i]);
      movies = fetch_movies (fixture, 7);
      assert_unique (movies, MOVIES);
    }
}

/* Rows of a type from the future are what was asked for. */
static void
test_unknown_types (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouPage) page = NULL;

  bijou_fake_server_add_fault (fixture->fake, "/library/* unknown-enums");
  page = bijou_backend_fetch_page (fixture->backend, find_library (fixture, BIJOU_LIBRARY_MOVIES),
                                   BIJOU_ITEM_MOVIE, 0, MOVIES, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->received, ==, MOVIES);
  g_assert_cmpint (page->total, ==, MOVIES);
  g_assert_cmpuint (page->items->len, ==, MOVIES);
}

static void
assert_page_fails (Fixture *fixture, const char *fault, BijouError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouPage) page = NULL;

  bijou_fake_server_add_fault (fixture->fake, "/library/sections/*/all* %s", fault);
  page = bijou_backend_fetch_page (fixture->backend, find_library (fixture, BIJOU_LIBRARY_MOVIES),
                                   BIJOU_ITEM_MOVIE, 0, 10, NULL, &error);
  g_assert_null (page);
  g_assert_error (error, BIJOU_ERROR, (int) code);
  bijou_fake_server_clear_faults (fixture->fake);
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  assert_page_fails (fixture, "html", BIJOU_ERROR_PROTOCOL);
  assert_page_fails (fixture, "empty", BIJOU_ERROR_PROTOCOL);
  assert_page_fails (fixture, "truncate=200", BIJOU_ERROR_PROTOCOL);
  assert_page_fails (fixture, "status=403", BIJOU_ERROR_FORBIDDEN);
  assert_page_fails (fixture, "status=404", BIJOU_ERROR_NOT_FOUND);
  assert_page_fails (fixture, "status=500", BIJOU_ERROR_SERVER);
  assert_page_fails (fixture, "status=401", BIJOU_ERROR_UNAUTHORISED);
  assert_page_fails (fixture, "starting", BIJOU_ERROR_SERVER_STARTING);
}

static BijouItem *
find_item (GPtrArray *items, const char *id)
{
  for (guint i = 0; i < items->len; i++)
    if (g_str_equal (((BijouItem *) items->pdata[i])->remote_id, id))
      return g_ptr_array_index (items, i);
  return NULL;
}

static guint
count_of_show (GPtrArray *items, const char *show_id)
{
  guint count = 0;

  for (guint i = 0; i < items->len; i++)
    if (g_strcmp0 (((BijouItem *) items->pdata[i])->show_id, show_id) == 0)
      count++;
  return count;
}

static GPtrArray *
fetch_home (Fixture *fixture, BijouHomeRow row)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *items = bijou_backend_fetch_home (fixture->backend, row, 10, NULL, NULL, &error);

  g_assert_no_error (error);
  return items;
}

static void
assert_home (Fixture *fixture, BijouItem *movie, BijouItem *begun, BijouItem *seen)
{
  g_autoptr (GPtrArray) continued = fetch_home (fixture, BIJOU_HOME_CONTINUE);
  g_autoptr (GPtrArray) next = fetch_home (fixture, BIJOU_HOME_NEXT_UP);

  g_assert_nonnull (find_item (continued, begun->remote_id));
  g_assert_cmpuint (count_of_show (next, begun->show_id), ==, 0);
  g_assert_null (find_item (next, seen->remote_id));
  g_assert_cmpuint (count_of_show (next, seen->show_id), ==, 1);
  g_assert_cmpuint (count_of_show (continued, seen->show_id), ==, 0);
  if (movie != NULL)
    g_assert_nonnull (find_item (continued, movie->remote_id));
  for (guint i = 0; i < continued->len; i++)
    g_assert_cmpint (((BijouItem *) continued->pdata[i])->position_ms, >, 0);
  for (guint i = 0; i < next->len; i++)
    g_assert_cmpint (((BijouItem *) next->pdata[i])->position_ms, ==, 0);
}

/* Both rows come with one answer. */
static void
test_home_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) begun = NULL;
  g_autoptr (GPtrArray) next = NULL;
  g_autoptr (GPtrArray) alone = NULL;

  g_assert_true (bijou_backend_mixes_rows (fixture->backend));
  begun = bijou_backend_fetch_home (fixture->backend, BIJOU_HOME_CONTINUE, 10, &next, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (begun);
  g_assert_nonnull (next);
  g_assert_cmpuint (bijou_fake_server_count (fixture->fake, "GET /hubs/continueWatching/items*"),
                    ==, 1);
  alone = fetch_home (fixture, BIJOU_HOME_NEXT_UP);
  g_assert_cmpuint (alone->len, >, 0);
  g_assert_cmpuint (alone->len, ==, next->len);
  for (guint i = 0; i < next->len; i++)
    g_assert_cmpstr (((BijouItem *) next->pdata[i])->remote_id, ==,
                     ((BijouItem *) alone->pdata[i])->remote_id);
}

static void
test_home (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  g_autoptr (GPtrArray) episodes = fetch_episodes (fixture);
  BijouItem *movie = g_ptr_array_index (movies, 3);
  BijouItem *begun = g_ptr_array_index (episodes, 1);
  BijouItem *seen = g_ptr_array_index (episodes, SEASONS * EPISODES);

  for (guint i = 0; i < episodes->len; i++)
    mark (fixture, g_ptr_array_index (episodes, i), 0, FALSE);
  mark (fixture, movie, 20 * 60 * 1000, FALSE);
  mark (fixture, begun, 5 * 60 * 1000, FALSE);
  mark (fixture, seen, 0, TRUE);
  assert_home (fixture, movie, begun, seen);

  /* An older server; its On Deck may leave films out. */
  bijou_fake_server_add_fault (fixture->fake, "/hubs/* status=404");
  assert_home (fixture, NULL, begun, seen);
  g_assert_cmpuint (bijou_fake_server_count (fixture->fake, "GET /library/onDeck*"), ==, 2);
}

static void
test_detail (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  BijouItem *movie = g_ptr_array_index (movies, 0);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (fixture->backend, movie->remote_id, NULL, &error);
  g_autoptr (BijouDetail) missing = NULL;
  BijouPart *part;

  g_assert_no_error (error);
  g_assert_cmpstr (detail->item->title, ==, movie->title);
  g_assert_cmpstr (detail->item->library_id, ==, movie->library_id);
  g_assert_cmpuint (detail->versions->len, ==, 1);
  g_assert_cmpuint (detail->people->len, >, 0);
  part = bijou_detail_find_part (detail, NULL, NULL);
  g_assert_cmpuint (part->streams->len, >, 0);
  g_assert_cmpint (part->size, >, 0);
  g_assert_nonnull (part->version_tag);

  missing = bijou_backend_fetch_detail (fixture->backend, "99999999", NULL, &error);
  g_assert_null (missing);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

/* What a page can do without does not hold it up. */
static void
test_detail_without_similar (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  g_autoptr (BijouItem) item = NULL;

  bijou_fake_server_add_fault (fixture->fake, "/library/metadata/*/similar* stall");
  item = fetch_item (fixture, ((BijouItem *) movies->pdata[0])->remote_id);
  g_assert_cmpuint (bijou_fake_server_count (fixture->fake, "GET */similar*"), ==, 1);
  g_assert_cmpint (bijou_connection_get_state (bijou_backend_get_connection (fixture->backend)), ==,
                   BIJOU_CONNECTION_CONNECTED);
}

static void
test_images (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) missing = NULL;
  guint n_posters = 0;

  for (guint i = 0; i < 5; i++)
    {
      BijouItem *movie = g_ptr_array_index (movies, i);
      g_autoptr (GBytes) bytes = NULL;

      if (movie->poster == NULL)
        continue;
      g_assert_null (strstr (movie->poster, "127.0.0.1"));
      bytes = bijou_backend_fetch_image (fixture->backend, movie->poster, 300, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (bytes), >, 100);
      n_posters++;
    }
  g_assert_cmpuint (n_posters, >, 0);
  g_assert_cmpuint (
      bijou_fake_server_count (fixture->fake, "GET /photo/*width=320&height=480&minSize=1*"), ==,
      n_posters);

  missing = bijou_backend_fetch_image (fixture->backend, "poster:/library/metadata/1/thumb/9", 300,
                                       NULL, &error);
  g_assert_null (missing);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

/* The picture as it is, when the server cannot scale it. */
static void
test_image_fallback (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const char *poster = NULL;

  for (guint i = 0; i < movies->len && poster == NULL; i++)
    poster = ((BijouItem *) g_ptr_array_index (movies, i))->poster;
  bijou_fake_server_add_fault (fixture->fake, "/photo/* status=500");
  bytes = bijou_backend_fetch_image (fixture->backend, poster, 300, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), >, 100);
}

static BijouDetail *
fetch_any_detail (Fixture *fixture)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  g_autoptr (GError) error = NULL;
  BijouDetail *detail = bijou_backend_fetch_detail (
      fixture->backend, ((BijouItem *) movies->pdata[0])->remote_id, NULL, &error);

  g_assert_no_error (error);
  return detail;
}

static BijouHttpRequest *
make_part_request (Fixture *fixture, BijouDetail *detail, const char *session_id)
{
  g_autoptr (GError) error = NULL;
  BijouHttpRequest *request = bijou_backend_make_part_request (
      fixture->backend, detail->item->remote_id, bijou_detail_find_part (detail, NULL, NULL),
      session_id, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (strstr (bijou_http_request_get_url (request), "Token"));
  return request;
}

static void
assert_bytes (Fixture *fixture, BijouHttpRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;

  bijou_http_request_set_range (request, 0, 999);
  response = bijou_http_send (fixture->http, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 206);
  g_assert_cmpuint (g_bytes_get_size (bijou_http_response_get_body (response)), ==, 1000);
}

static guint
count_decisions (Fixture *fixture)
{
  return bijou_fake_server_count (fixture->fake, "GET /video/:/transcode/universal/decision*");
}

static void
test_part (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouDetail) detail = fetch_any_detail (fixture);
  g_autoptr (BijouHttpRequest) first = make_part_request (fixture, detail, "one");
  g_autoptr (BijouHttpRequest) again = make_part_request (fixture, detail, "one");
  g_autoptr (BijouHttpRequest) other = NULL;

  assert_bytes (fixture, first);
  assert_bytes (fixture, again);
  g_assert_cmpuint (count_decisions (fixture), ==, 1);
  other = make_part_request (fixture, detail, "two");
  assert_bytes (fixture, other);
  g_assert_cmpuint (count_decisions (fixture), ==, 2);
}

/* A decision that is refused or does not come leaves the bytes as they are. */
static void
test_part_without_decision (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouDetail) detail = fetch_any_detail (fixture);
  const char *faults[] = { "status=500", "status=400", "html", "refuse", "stall" };

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (BijouHttpRequest) request = NULL;
      g_autofree char *session_id = g_strdup_printf ("session %u", i);

      bijou_fake_server_clear_faults (fixture->fake);
      bijou_fake_server_add_fault (fixture->fake, "/video/* %s", faults[i]);
      request = make_part_request (fixture, detail, session_id);
      assert_bytes (fixture, request);
      g_assert_cmpint (bijou_connection_get_state (bijou_backend_get_connection (fixture->backend)),
                       ==, BIJOU_CONNECTION_CONNECTED);
    }
}

static BijouStream *
find_external_subtitle (BijouDetail *detail)
{
  BijouPart *part = bijou_detail_find_part (detail, NULL, NULL);

  for (guint i = 0; part != NULL && i < part->streams->len; i++)
    {
      BijouStream *stream = g_ptr_array_index (part->streams, i);

      if (stream->kind == BIJOU_STREAM_SUBTITLE && stream->external)
        return stream;
    }
  return NULL;
}

static void
assert_subtitle (Fixture *fixture, BijouStream *stream)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpRequest) request =
      bijou_backend_make_subtitle_request (fixture->backend, stream, NULL, &error);
  g_autoptr (BijouHttpResponse) response = NULL;

  g_assert_no_error (error);
  response = bijou_http_send (fixture->http, request, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 200);
  g_assert_cmpuint (g_bytes_get_size (bijou_http_response_get_body (response)), >, 0);
}

static void
test_subtitles (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpRequest) request = NULL;
  BijouStream embedded = { .kind = BIJOU_STREAM_SUBTITLE, .index = 2, .id = (char *) "1" };
  guint found = 0;

  for (guint i = 0; i < movies->len && found == 0; i++)
    {
      g_autoptr (BijouDetail) detail = bijou_backend_fetch_detail (
          fixture->backend, ((BijouItem *) movies->pdata[i])->remote_id, NULL, NULL);
      BijouStream *stream = find_external_subtitle (detail);

      if (stream == NULL)
        continue;
      assert_subtitle (fixture, stream);
      found++;
    }
  g_assert_cmpuint (found, ==, 1);

  request = bijou_backend_make_subtitle_request (fixture->backend, &embedded, NULL, &error);
  g_assert_null (request);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED);
}

static gboolean
send_report (Fixture *fixture,
             BijouItem *item,
             BijouReportKind kind,
             gint64 position_ms,
             gboolean failed,
             GError **error)
{
  g_autoptr (BijouReport) report = bijou_report_new (kind, "session", item->remote_id);

  report->position_ms = position_ms;
  report->duration_ms = item->duration_ms;
  report->failed = failed;
  return bijou_backend_report (fixture->backend, report, NULL, error);
}

static void
assert_report (
    Fixture *fixture, BijouItem *item, BijouReportKind kind, gint64 position, gboolean failed)
{
  g_autoptr (GError) error = NULL;
  gboolean sent = send_report (fixture, item, kind, position, failed, &error);

  g_assert_no_error (error);
  g_assert_true (sent);
}

static void
test_reports (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  BijouItem *movie = g_ptr_array_index (movies, 0);
  g_autoptr (BijouItem) stopped = NULL;
  g_autoptr (BijouItem) kept = NULL;
  g_autoptr (GError) error = NULL;

  assert_report (fixture, movie, BIJOU_REPORT_START, 0, FALSE);
  assert_report (fixture, movie, BIJOU_REPORT_PROGRESS, 120000, FALSE);
  assert_report (fixture, movie, BIJOU_REPORT_STOP, 180000, FALSE);
  stopped = fetch_item (fixture, movie->remote_id);
  g_assert_cmpint (stopped->position_ms, ==, 180000);

  assert_report (fixture, movie, BIJOU_REPORT_STOP, 240000, TRUE);
  kept = fetch_item (fixture, movie->remote_id);
  g_assert_cmpint (kept->position_ms, ==, 180000);

  /* The server refuses a time beyond the end; it is never sent. */
  assert_report (fixture, movie, BIJOU_REPORT_STOP, movie->duration_ms + 5000, FALSE);

  control (fixture, "{\"terminate\": true}");
  g_assert_false (send_report (fixture, movie, BIJOU_REPORT_PROGRESS, 200000, FALSE, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
  g_assert_nonnull (strstr (error->message, "Admin terminated"));
  assert_report (fixture, movie, BIJOU_REPORT_STOP, 200000, FALSE);
}

static void
test_marks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  BijouItem *movie = g_ptr_array_index (movies, 0);
  g_autoptr (BijouItem) watched = NULL;
  g_autoptr (BijouItem) unwatched = NULL;
  g_autoptr (BijouItem) placed = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (
      bijou_backend_set_watched (fixture->backend, movie->remote_id, TRUE, NULL, &error));
  g_assert_no_error (error);
  watched = fetch_item (fixture, movie->remote_id);
  g_assert_true (watched->watched);
  g_assert_cmpint (watched->play_count, ==, 1);

  g_assert_true (
      bijou_backend_set_watched (fixture->backend, movie->remote_id, FALSE, NULL, &error));
  unwatched = fetch_item (fixture, movie->remote_id);
  g_assert_false (unwatched->watched);

  g_assert_true (bijou_backend_set_position (fixture->backend, movie->remote_id, 300000,
                                             movie->duration_ms, NULL, &error));
  placed = fetch_item (fixture, movie->remote_id);
  g_assert_cmpint (placed->position_ms, ==, 300000);
  g_assert_cmpuint (bijou_fake_server_count (fixture->fake, "POST /:/timeline*offline=1*"), ==, 1);

  g_assert_true (bijou_backend_keeps_ratings (fixture->backend));
  g_assert_false (bijou_backend_keeps_favourites (fixture->backend));
  g_assert_false (
      bijou_backend_set_favourite (fixture->backend, movie->remote_id, TRUE, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED);
}

/* A server that does not take PUT is asked with GET. */
static void
test_marks_with_get (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) movies = fetch_movies (fixture, 100);
  BijouItem *movie = g_ptr_array_index (movies, 0);
  g_autoptr (GError) error = NULL;

  bijou_fake_server_add_fault (fixture->fake, "PUT /:/scrobble* status=404");
  bijou_backend_set_watched (fixture->backend, movie->remote_id, TRUE, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_fake_server_count (fixture->fake, "GET /:/scrobble*"), ==, 1);
}

static void
test_token (Fixture *fixture, gconstpointer data)
{
  BijouConnection *connection = bijou_backend_get_connection (fixture->backend);
  g_autoptr (GError) error = NULL;

  g_assert_true (bijou_backend_check_token (fixture->backend, NULL, &error));
  g_assert_no_error (error);

  bijou_fake_server_add_fault (fixture->fake, "/ starting");
  g_assert_false (bijou_backend_check_token (fixture->backend, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
  g_clear_error (&error);
  bijou_fake_server_clear_faults (fixture->fake);

  control (fixture, "{\"revoke_tokens\": true}");
  g_assert_false (bijou_backend_check_token (fixture->backend, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_UNAUTHORISED);
  g_assert_true (bijou_backend_sign_out (fixture->backend, NULL, NULL));
}

/* Nothing that was asked in a run of everything has a token in its URL. */
static void
test_no_token_in_urls (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouDetail) detail = fetch_any_detail (fixture);
  g_autoptr (BijouHttpRequest) request = make_part_request (fixture, detail, "one");
  g_autoptr (GPtrArray) log = NULL;

  assert_bytes (fixture, request);
  assert_report (fixture, detail->item, BIJOU_REPORT_START, 0, FALSE);
  log = bijou_fake_server_dup_log (fixture->fake);
  g_assert_cmpuint (log->len, >, 5);
  for (guint i = 0; i < log->len; i++)
    {
      BijouFakeLogEntry *entry = g_ptr_array_index (log, i);

      g_assert_true (entry->query == NULL || strstr (entry->query, "Token") == NULL);
      if (!g_str_equal (entry->path, "/identity"))
        g_assert_cmpint (entry->token, ==, BIJOU_FAKE_TOKEN_GOOD);
      else
        g_assert_cmpint (entry->token, ==, BIJOU_FAKE_TOKEN_NONE);
    }
}

#define ADD(name, func) g_test_add ("/plex/backend/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  ADD ("pages", test_pages);
  ADD ("collections-and-playlists", test_collections_and_playlists);
  ADD ("odd-pages", test_odd_pages);
  ADD ("unknown-types", test_unknown_types);
  ADD ("errors", test_errors);
  ADD ("home", test_home);
  ADD ("home-once", test_home_once);
  ADD ("detail", test_detail);
  ADD ("detail-without-similar", test_detail_without_similar);
  ADD ("images", test_images);
  ADD ("image-fallback", test_image_fallback);
  ADD ("part", test_part);
  ADD ("part-without-decision", test_part_without_decision);
  ADD ("subtitles", test_subtitles);
  ADD ("reports", test_reports);
  ADD ("marks", test_marks);
  ADD ("marks-with-get", test_marks_with_get);
  ADD ("token", test_token);
  ADD ("no-token-in-urls", test_no_token_in_urls);
  return g_test_run ();
}
