#include "config.h"

#include "bijou-backend-type.h"

#include "scripted-server.h"

#include <string.h>

#define SERVER_ID "5e7fe75e7fe75e7fe75e7fe75e7fe75e"
#define USER_ID "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a"
#define ITEM_A "0123456789abcdef0123456789abcdef"
#define ITEM_B "abcdef0123456789abcdef0123456789"
#define TOKEN "70ce5ec2e7"

#define INFO                                                                                       \
  "{\"ServerName\":\"attic\",\"Version\":\"10.11.11\",\"ProductName\":\"Jellyfin Server\","        \
  "\"Id\":\"" SERVER_ID "\"}"
#define ME "{\"Id\":\"" USER_ID "\",\"Name\":\"ann\",\"Configuration\":{}}"

typedef struct
{
  ScriptedServer *server;
  BijouHttp *http;
  BijouClientInfo client;
  BijouBackend *backend;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const BijouBackendType *type = bijou_backend_type_find ("jellyfin");
  g_autoptr (BijouServer) server = bijou_server_new ("jellyfin", SERVER_ID, "attic");

  fixture->server = scripted_server_new ();
  fixture->http = bijou_http_new (NULL);
  fixture->client.client_id = "device-1";
  fixture->client.device_name = "Test, \"box\"";
  fixture->client.version = "0.1";

  answer_json (fixture->server, "GET /System/Info/Public", INFO);
  answer_json (fixture->server, "GET /Users/Me*", ME);
  server->user_id = g_strdup (USER_ID);
  g_ptr_array_add (server->addresses, bijou_address_new (scripted_server_get_url (fixture->server),
                                                         BIJOU_ADDRESS_FROM_USER));
  fixture->backend = type->create (fixture->http, &fixture->client, server, TOKEN);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->backend);
  bijou_http_shutdown (fixture->http);
  g_clear_object (&fixture->http);
  scripted_server_free (fixture->server);
}

/* Whatever was asked: the token came in the header and never in a URL. */
static void
assert_token_hidden (Fixture *fixture)
{
  g_assert_cmpuint (count_seen (fixture->server, "*\n*Token=\"" TOKEN "\"*"), >, 0);
  g_assert_cmpuint (count_seen_url (fixture->server, TOKEN), ==, 0);
}

static void
test_libraries (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) libraries = NULL;
  BijouLibrary *first, *second;

  answer_json (fixture->server, "GET /UserViews*",
               "{\"Items\":[{\"Id\":\"" ITEM_A "\",\"Name\":\"Films\",\"CollectionType\":"
               "\"movies\"},{\"Id\":\"" ITEM_B "\",\"Name\":\"Shows\",\"CollectionType\":"
               "\"tvshows\"}]}");
  answer_json (fixture->server, "GET /Users/Me*",
               "{\"Id\":\"" USER_ID "\",\"Configuration\":{\"LatestItemsExcludes\":[\"" ITEM_B
               "\"]}}");
  libraries = bijou_backend_list_libraries (fixture->backend, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (libraries->len, ==, 2);
  bijou_backend_mark_hidden (fixture->backend, libraries, NULL, NULL);
  first = g_ptr_array_index (libraries, 0);
  second = g_ptr_array_index (libraries, 1);
  g_assert_cmpstr (first->title, ==, "Films");
  g_assert_cmpstr (first->server_id, ==, SERVER_ID);
  g_assert_false (first->hidden);
  g_assert_true (second->hidden);
  g_assert_cmpuint (
      count_seen (fixture->server, "GET /UserViews?userId=" USER_ID "\nMediaBrowser *"), ==, 1);
  assert_token_hidden (fixture);
}

static void
test_page (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouLibrary) library = bijou_library_new (SERVER_ID, ITEM_B, "Films");
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouPage) page = NULL;
  g_autoptr (BijouPage) next = NULL;
  g_autofree char *seen = NULL;
  BijouItem *item;

  answer_json (fixture->server, "GET /Items?*",
               "{\"Items\":[{\"Id\":\"" ITEM_A "\",\"Type\":\"Movie\",\"Name\":\"One\"},"
               "{\"Type\":\"Movie\"}],\"TotalRecordCount\":2}");
  page =
      bijou_backend_fetch_page (fixture->backend, library, BIJOU_ITEM_MOVIE, 0, 500, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (page->received, ==, 2);
  g_assert_cmpuint (page->items->len, ==, 1);
  g_assert_cmpint (page->total, ==, 2);
  g_assert_cmpint (page->bytes, >, 0);
  item = g_ptr_array_index (page->items, 0);
  g_assert_cmpstr (item->library_id, ==, ITEM_B);

  seen = dup_last (fixture->server, "GET /Items?*");
  assert_has (seen, "parentId=" ITEM_B);
  assert_has (seen, "userId=" USER_ID);
  assert_has (seen, "recursive=true");
  assert_has (seen, "includeItemTypes=Movie");
  assert_has (seen, "sortBy=SortName");
  assert_has (seen, "startIndex=0");
  assert_has (seen, "limit=500");
  assert_has (seen, "enableTotalRecordCount=true");
  assert_has (seen, "collapseBoxSetItems=false");
  assert_has (seen, "Token=\"" TOKEN "\"");
  assert_has (seen, "Device=\"Test%2C%20%22box%22\"");
  assert_has_not (seen, "People");
  assert_has_not (seen, "MediaSources");

  next = bijou_backend_fetch_page (fixture->backend, library, BIJOU_ITEM_EPISODE, 500, 500, NULL,
                                   &error);
  g_assert_no_error (error);
  g_assert_cmpint (next->total, ==, -1);
  g_assert_cmpuint (count_seen (fixture->server, "GET /Items?*startIndex=500*"
                                                 "enableTotalRecordCount=false*isMissing=false*"),
                    ==, 1);
  assert_token_hidden (fixture);
}

static void
test_page_broken (Fixture *fixture, gconstpointer data)
{
  static const char *bodies[] = { "", "{\"Items\":[{\"Id\":", "<html>", "{}", "[1", "null" };
  g_autoptr (BijouLibrary) library = bijou_library_new (SERVER_ID, ITEM_B, "Films");

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (GError) error = NULL;
      BijouPage *page;

      answer_json (fixture->server, "GET /Items?*", bodies[i]);
      page = bijou_backend_fetch_page (fixture->backend, library, BIJOU_ITEM_MOVIE, 0, 10, NULL,
                                       &error);
      g_assert_null (page);
      g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
    }
}

static void
test_collections (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouLibrary) library = bijou_library_new (SERVER_ID, ITEM_B, "Films");
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouPage) all = NULL;
  g_autoptr (BijouPage) none = NULL;
  g_autofree char *seen = NULL;

  answer_json (fixture->server, "GET /Items?*",
               "{\"Items\":[{\"Id\":\"" ITEM_A "\",\"Type\":\"BoxSet\",\"Name\":\"Set\","
               "\"ChildCount\":3}],\"TotalRecordCount\":1}");
  all =
      bijou_backend_fetch_page (fixture->backend, NULL, BIJOU_ITEM_COLLECTION, 0, 50, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (((BijouItem *) g_ptr_array_index (all->items, 0))->children, ==, 3);
  seen = dup_last (fixture->server, "GET /Items?*");
  assert_has (seen, "includeItemTypes=BoxSet");
  assert_has_not (seen, "parentId");

  none = bijou_backend_fetch_page (fixture->backend, library, BIJOU_ITEM_COLLECTION, 0, 50, NULL,
                                   &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->items->len, ==, 0);
  g_assert_cmpint (none->total, ==, 0);
}

static void
test_forbidden_library (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouLibrary) library = bijou_library_new (SERVER_ID, ITEM_B, "Films");
  g_autoptr (GError) error = NULL;

  answer (fixture->server, "GET /Items?*", 401, "", "\"not permitted\"");
  g_assert_null (
      bijou_backend_fetch_page (fixture->backend, library, BIJOU_ITEM_MOVIE, 0, 10, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
  g_assert_cmpint (bijou_connection_get_state (bijou_backend_get_connection (fixture->backend)), ==,
                   BIJOU_CONNECTION_CONNECTED);
}

static void
test_token_refused (Fixture *fixture, gconstpointer data)
{
  BijouConnection *connection = bijou_backend_get_connection (fixture->backend);
  g_autoptr (BijouLibrary) library = bijou_library_new (SERVER_ID, ITEM_B, "Films");
  g_autoptr (GError) error = NULL;

  answer (fixture->server, "GET /Items?*", 401, "", "");
  answer (fixture->server, "GET /Users/Me*", 401, "", "");
  g_assert_null (
      bijou_backend_fetch_page (fixture->backend, library, BIJOU_ITEM_MOVIE, 0, 10, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_UNAUTHORISED);

  g_clear_error (&error);
  answer_json (fixture->server, "GET /Users/Me*", ME);
  g_assert_true (bijou_backend_check_token (fixture->backend, NULL, &error));
  g_assert_cmpint (bijou_connection_get_state (connection), ==, BIJOU_CONNECTION_CONNECTED);
}

static void
test_home (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) begun = NULL;
  g_autoptr (GPtrArray) next = NULL;

  answer_json (fixture->server, "GET /UserItems/Resume?*",
               "{\"Items\":[{\"Id\":\"" ITEM_A "\",\"Type\":\"Movie\",\"Name\":\"One\"},"
               "{\"Id\":\"" ITEM_B "\",\"Type\":\"Series\",\"Name\":\"Not this\"}]}");
  answer_json (fixture->server, "GET /Shows/NextUp?*",
               "{\"Items\":[{\"Id\":\"" ITEM_B "\",\"Type\":\"Episode\",\"Name\":\"Two\"}]}");
  begun = bijou_backend_fetch_home (fixture->backend, BIJOU_HOME_CONTINUE, 20, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (begun->len, ==, 1);
  g_assert_cmpuint (count_seen (fixture->server, "GET /UserItems/Resume?*mediaTypes=Video*"), ==,
                    1);

  next = bijou_backend_fetch_home (fixture->backend, BIJOU_HOME_NEXT_UP, 20, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (next->len, ==, 1);
  g_assert_cmpuint (count_seen (fixture->server, "GET /Shows/NextUp?*enableResumable=false*"
                                                 "nextUpDateCutoff=20*"),
                    ==, 1);
}

#define FILM                                                                                       \
  "{\"Id\":\"" ITEM_A "\",\"Type\":\"Movie\",\"Name\":\"One\",\"MediaSources\":[{\"Id\":\"" ITEM_A \
  "\",\"Size\":9,\"MediaStreams\":[{\"Type\":\"Subtitle\",\"Codec\":\"subrip\",\"Index\":0,"       \
  "\"IsExternal\":true}]}]}"

static void
test_detail (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail = NULL;

  answer_json (fixture->server, "GET /Items/" ITEM_A "?*", FILM);
  answer_json (fixture->server, "GET /MediaSegments/" ITEM_A,
               "{\"Items\":[{\"Type\":\"Intro\",\"StartTicks\":0,\"EndTicks\":100000}]}");
  answer_json (fixture->server, "GET /Items/" ITEM_A "/Similar*",
               "{\"Items\":[{\"Id\":\"" ITEM_B "\"}]}");
  detail = bijou_backend_fetch_detail (fixture->backend, ITEM_A, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (detail->item->title, ==, "One");
  g_assert_cmpuint (detail->versions->len, ==, 1);
  g_assert_cmpuint (detail->segments->len, ==, 1);
  g_assert_cmpuint (detail->similar->len, ==, 1);
  assert_token_hidden (fixture);
}

/* Neither an old server without segments nor one that thinks long about what is similar keeps the
 * page from opening. */
static void
test_detail_extras_missing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail = NULL;

  answer_json (fixture->server, "GET /Items/" ITEM_A "?*", FILM);
  answer (fixture->server, "GET /Items/" ITEM_A "/Similar*", HANG, "", "");
  detail = bijou_backend_fetch_detail (fixture->backend, ITEM_A, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (detail->versions->len, ==, 1);
  g_assert_cmpuint (detail->segments->len, ==, 0);
  g_assert_cmpuint (detail->similar->len, ==, 0);
  g_assert_cmpuint (count_seen (fixture->server, "GET /MediaSegments/*"), ==, 1);
}

static void
test_detail_not_found (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (bijou_backend_fetch_detail (fixture->backend, ITEM_A, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (bijou_backend_fetch_detail (fixture->backend, "../Users/Me", NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  g_assert_cmpuint (count_seen (fixture->server, "GET *Users*"), ==, 0);
}

static void
test_image (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  answer (fixture->server, "GET /Items/*/Images/*", 200, "Content-Type: image/jpeg\r\n", "picture");
  bytes =
      bijou_backend_fetch_image (fixture->backend, ITEM_A "/Primary/0/t a/g", 300, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 7);
  g_assert_cmpuint (count_seen (fixture->server,
                                "GET /Items/" ITEM_A "/Images/Primary/0?tag=t%20a%2Fg"
                                "&maxWidth=320&quality=90&format=Jpg\n*"),
                    ==, 1);
  g_clear_pointer (&bytes, g_bytes_unref);
  bytes = bijou_backend_fetch_image (fixture->backend, ITEM_A "/Logo/0/l", 5000, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_seen (fixture->server, "*maxWidth=1920&quality=90&format=Png\n*"), ==, 1);
}

static void
test_image_bad (Fixture *fixture, gconstpointer data)
{
  static const char *references[] = {
    "", "x", ITEM_A, ITEM_A "/Primary/0", ITEM_A "/../0/t", ITEM_A "/Primary/-1/t", "../Primary/0/t"
  };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (references); i++)
    {
      g_assert_null (
          bijou_backend_fetch_image (fixture->backend, references[i], 100, NULL, &error));
      g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
      g_clear_error (&error);
    }
  g_assert_cmpuint (count_seen (fixture->server, "*Images*"), ==, 0);

  answer (fixture->server, "GET /Items/*/Images/*", 200, "Content-Type: text/html\r\n", "<html>");
  g_assert_null (
      bijou_backend_fetch_image (fixture->backend, ITEM_A "/Primary/0/t", 100, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static void
test_part_request (Fixture *fixture, gconstpointer data)
{
  BijouPart *part = bijou_part_new (ITEM_B, ITEM_A "/" ITEM_B);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpRequest) request =
      bijou_backend_make_part_request (fixture->backend, ITEM_A, part, "session-1", NULL, &error);
  g_autofree char *expected =
      g_strconcat (scripted_server_get_url (fixture->server),
                   "/Videos/" ITEM_A "/stream?static=true&mediaSourceId=" ITEM_B
                   "&deviceId=device-1&playSessionId=session-1",
                   NULL);
  BijouHttpRequest *none;

  g_assert_no_error (error);
  g_assert_cmpstr (bijou_http_request_get_url (request), ==, expected);
  g_assert_cmpint (bijou_http_request_get_kind (request), ==, BIJOU_HTTP_TRANSFER);

  g_free (part->key);
  part->key = g_strdup ("nonsense");
  none = bijou_backend_make_part_request (fixture->backend, ITEM_A, part, "s", NULL, &error);
  g_assert_null (none);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  bijou_part_free (part);
}

static void
test_subtitle_request (Fixture *fixture, gconstpointer data)
{
  BijouStream *stream = bijou_stream_new (BIJOU_STREAM_SUBTITLE, "3");
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpRequest) request = NULL;
  g_autofree char *expected =
      g_strconcat (scripted_server_get_url (fixture->server),
                   "/Videos/" ITEM_A "/" ITEM_B "/Subtitles/3/0/Stream.ass", NULL);

  g_assert_null (bijou_backend_make_subtitle_request (fixture->backend, stream, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  stream->key = g_strdup (ITEM_A "/" ITEM_B "/3/ass");
  request = bijou_backend_make_subtitle_request (fixture->backend, stream, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bijou_http_request_get_url (request), ==, expected);
  bijou_stream_free (stream);
}

static void
send_report (Fixture *fixture, BijouReportKind kind, gint64 position_ms, gboolean failed)
{
  g_autoptr (BijouReport) report = bijou_report_new (kind, "session-1", ITEM_A);
  g_autoptr (GError) error = NULL;

  report->version_id = g_strdup (ITEM_B);
  report->position_ms = position_ms;
  report->paused = TRUE;
  report->failed = failed;
  report->audio_id = g_strdup ("2");
  g_assert_true (bijou_backend_report (fixture->backend, report, NULL, &error));
  g_assert_no_error (error);
}

static void
test_reports (Fixture *fixture, gconstpointer data)
{
  g_autofree char *start = NULL;
  g_autofree char *progress = NULL;
  g_autofree char *stop = NULL;

  answer (fixture->server, "POST /Sessions/Playing*", 204, "", "");
  send_report (fixture, BIJOU_REPORT_START, 0, FALSE);
  send_report (fixture, BIJOU_REPORT_PROGRESS, 61500, FALSE);
  send_report (fixture, BIJOU_REPORT_STOP, -5, TRUE);

  start = dup_last (fixture->server, "POST /Sessions/Playing\n*");
  assert_has (start, "\"ItemId\":\"" ITEM_A "\"");
  assert_has (start, "\"MediaSourceId\":\"" ITEM_B "\"");
  assert_has (start, "\"PlaySessionId\":\"session-1\"");
  assert_has (start, "\"PositionTicks\":0");
  assert_has (start, "\"AudioStreamIndex\":2");
  assert_has (start, "\"SubtitleStreamIndex\":-1");
  progress = dup_last (fixture->server, "POST /Sessions/Playing/Progress\n*");
  assert_has (progress, "\"PositionTicks\":615000000");
  assert_has (progress, "\"IsPaused\":true");
  stop = dup_last (fixture->server, "POST /Sessions/Playing/Stopped\n*");
  assert_has (stop, "\"PositionTicks\":0");
  assert_has (stop, "\"Failed\":true");
}

static void
test_marks (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *body = NULL;

  answer_json (fixture->server, "* /User*Items/*", "{}");
  g_assert_true (bijou_backend_set_watched (fixture->backend, ITEM_A, TRUE, NULL, &error));
  g_assert_true (bijou_backend_set_watched (fixture->backend, ITEM_A, FALSE, NULL, &error));
  g_assert_true (bijou_backend_keeps_favourites (fixture->backend));
  g_assert_false (bijou_backend_keeps_ratings (fixture->backend));
  g_assert_true (bijou_backend_set_favourite (fixture->backend, ITEM_A, TRUE, NULL, &error));
  g_assert_true (bijou_backend_set_favourite (fixture->backend, ITEM_A, FALSE, NULL, &error));
  g_assert_true (
      bijou_backend_set_position (fixture->backend, ITEM_A, 61500, 100000, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_seen (fixture->server, "POST /UserPlayedItems/" ITEM_A "?*"), ==, 1);
  g_assert_cmpuint (count_seen (fixture->server, "DELETE /UserPlayedItems/" ITEM_A "?*"), ==, 1);
  g_assert_cmpuint (count_seen (fixture->server, "POST /UserFavoriteItems/" ITEM_A "?*"), ==, 1);
  g_assert_cmpuint (count_seen (fixture->server, "DELETE /UserFavoriteItems/" ITEM_A "?*"), ==, 1);
  body = dup_last (fixture->server, "POST /UserItems/" ITEM_A "/UserData?*");
  assert_has (body, "\"PlaybackPositionTicks\":615000000");
  assert_has_not (body, "Played\"");
}

static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer (fixture->server, "POST /Sessions/Logout", 204, "", "");
  g_assert_true (bijou_backend_sign_out (fixture->backend, NULL, &error));

  answer (fixture->server, "POST /Sessions/Logout", 401, "", "");
  answer (fixture->server, "GET /Users/Me", 401, "", "");
  g_assert_true (bijou_backend_sign_out (fixture->backend, NULL, &error));
  g_assert_no_error (error);

  answer (fixture->server, "POST /Sessions/Logout", 500, "", "");
  g_assert_false (bijou_backend_sign_out (fixture->backend, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER);
}

static void
test_starting (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  answer (fixture->server, "GET *", 503, "Content-Type: text/html\r\nRetry-After: 0\r\n", "<html>");
  answer_json (fixture->server, "GET /System/Info/Public", INFO);
  g_assert_null (bijou_backend_fetch_detail (fixture->backend, ITEM_A, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (bijou_backend_fetch_detail (fixture->backend, ITEM_A, cancellable, &error));
  g_assert_true (bijou_error_is_cancelled (error));
}

#define FIXTURE_TEST(name, func)                                                                   \
  g_test_add ("/jellyfin/backend/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  FIXTURE_TEST ("libraries", test_libraries);
  FIXTURE_TEST ("page", test_page);
  FIXTURE_TEST ("page-broken", test_page_broken);
  FIXTURE_TEST ("collections", test_collections);
  FIXTURE_TEST ("forbidden-library", test_forbidden_library);
  FIXTURE_TEST ("token-refused", test_token_refused);
  FIXTURE_TEST ("home", test_home);
  FIXTURE_TEST ("detail", test_detail);
  FIXTURE_TEST ("detail-extras-missing", test_detail_extras_missing);
  FIXTURE_TEST ("detail-not-found", test_detail_not_found);
  FIXTURE_TEST ("image", test_image);
  FIXTURE_TEST ("image-bad", test_image_bad);
  FIXTURE_TEST ("part-request", test_part_request);
  FIXTURE_TEST ("subtitle-request", test_subtitle_request);
  FIXTURE_TEST ("reports", test_reports);
  FIXTURE_TEST ("marks", test_marks);
  FIXTURE_TEST ("sign-out", test_sign_out);
  FIXTURE_TEST ("starting", test_starting);
  FIXTURE_TEST ("cancelled", test_cancelled);

  return g_test_run ();
}
