#include "config.h"

#include "bijou-backend-type.h"

#include "scripted-server.h"

#include <string.h>

#define JELLYFIN_ID "5e7fe75e7fe75e7fe75e7fe75e7fe75e"
#define PLEX_ID "0123456789abcdef0123456789abcdef01234567"

#define JELLYFIN                                                                                   \
  "{\"ServerName\":\"attic\",\"Version\":\"12.0.0\",\"ProductName\":\"Jellyfin Server\","          \
  "\"Id\":\"" JELLYFIN_ID "\"}"
#define PLEX "{\"MediaContainer\":{\"machineIdentifier\":\"" PLEX_ID "\",\"version\":\"1.41.0\"}}"

typedef struct
{
  ScriptedServer *server;
  BijouHttp *http;
  BijouIdentity identity;
  char *found_url;
  GError *error;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->server = scripted_server_new ();
  fixture->http = bijou_http_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bijou_http_shutdown (fixture->http);
  g_clear_object (&fixture->http);
  scripted_server_free (fixture->server);
  bijou_identity_clear (&fixture->identity);
  g_free (fixture->found_url);
  g_clear_error (&fixture->error);
}

static const char *
identify (Fixture *fixture, const char *below)
{
  g_autofree char *url = g_strconcat (scripted_server_get_url (fixture->server), below, NULL);
  const BijouBackendType *type = bijou_backend_type_identify (
      fixture->http, url, NULL, &fixture->identity, &fixture->found_url, NULL, &fixture->error);

  return type != NULL ? type->id : NULL;
}

static void
assert_found (Fixture *fixture, const char *below)
{
  g_autofree char *url = g_strconcat (scripted_server_get_url (fixture->server), below, NULL);

  g_assert_no_error (fixture->error);
  g_assert_cmpstr (fixture->found_url, ==, url);
}

static void
test_types (void)
{
  guint n_types;
  const BijouBackendType *const *types = bijou_backend_type_list (&n_types);

  g_assert_cmpuint (n_types, ==, 2);
  for (guint i = 0; i < n_types; i++)
    {
      g_assert_true (bijou_backend_type_find (types[i]->id) == types[i]);
      g_assert_nonnull (types[i]->probe.path);
      g_assert_nonnull (types[i]->probe.parse);
      g_assert_nonnull (types[i]->create);
      g_assert_nonnull (types[i]->sign_in_token);
    }
  g_assert_null (bijou_backend_type_find ("emby"));
  g_assert_null (bijou_backend_type_find (NULL));
}

static void
test_jellyfin (Fixture *fixture, gconstpointer data)
{
  answer_json (fixture->server, "GET /System/Info/Public", JELLYFIN);
  g_assert_cmpstr (identify (fixture, ""), ==, "jellyfin");
  assert_found (fixture, "");
  g_assert_cmpstr (fixture->identity.server_id, ==, JELLYFIN_ID);
  g_assert_cmpstr (fixture->identity.name, ==, "attic");
}

static void
test_plex (Fixture *fixture, gconstpointer data)
{
  answer_json (fixture->server, "GET /identity", PLEX);
  g_assert_cmpstr (identify (fixture, ""), ==, "plex");
  assert_found (fixture, "");
  g_assert_cmpstr (fixture->identity.server_id, ==, PLEX_ID);
}

static void
test_base_path (Fixture *fixture, gconstpointer data)
{
  answer_json (fixture->server, "GET /media/System/Info/Public", JELLYFIN);
  g_assert_cmpstr (identify (fixture, "/media"), ==, "jellyfin");
  assert_found (fixture, "/media");
}

/* A Jellyfin with a base path sends everything else to its web page. */
static void
test_redirected (Fixture *fixture, gconstpointer data)
{
  answer (fixture->server, "GET *", 302, "Location: /media/web/\r\n", "");
  answer (fixture->server, "GET /media/*", 200, "Content-Type: text/html\r\n", "<html>");
  answer_json (fixture->server, "GET /media/System/Info/Public", JELLYFIN);
  g_assert_cmpstr (identify (fixture, ""), ==, "jellyfin");
  assert_found (fixture, "/media");
}

static void
test_below_web_page (Fixture *fixture, gconstpointer data)
{
  answer (fixture->server, "GET *", 200, "Content-Type: text/html\r\n", "<html>");
  answer_json (fixture->server, "GET /jellyfin/System/Info/Public", JELLYFIN);
  g_assert_cmpstr (identify (fixture, ""), ==, "jellyfin");
  assert_found (fixture, "/jellyfin");
}

/* The address that answers is the one to keep, not the one that was typed. */
static void
test_moved (Fixture *fixture, gconstpointer data)
{
  answer (fixture->server, "GET /old/System/Info/Public", 301,
          "Location: /new/System/Info/Public\r\n", "");
  answer_json (fixture->server, "GET /new/System/Info/Public", JELLYFIN);
  g_assert_cmpstr (identify (fixture, "/old"), ==, "jellyfin");
  assert_found (fixture, "/new");
}

/* The root of a site that sends everything to the place of its media server, twice. */
static void
test_moved_twice (Fixture *fixture, gconstpointer data)
{
  answer (fixture->server, "GET *", 301, "Location: /site/\r\n", "");
  answer (fixture->server, "GET /site/*", 302, "Location: /site/media/web/index.html\r\n", "");
  answer_json (fixture->server, "GET /site/media/System/Info/Public", JELLYFIN);
  g_assert_cmpstr (identify (fixture, ""), ==, "jellyfin");
  assert_found (fixture, "/site/media");
}

static void
test_redirect_loop (Fixture *fixture, gconstpointer data)
{
  answer (fixture->server, "GET *", 302, "Location: /System/Info/Public\r\n", "");
  g_assert_null (identify (fixture, ""));
  g_assert_error (fixture->error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static void
test_starting (Fixture *fixture, gconstpointer data)
{
  answer (fixture->server, "GET *", 503, "Retry-After: 005\r\n", "<html>");
  g_assert_null (identify (fixture, ""));
  g_assert_error (fixture->error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
  g_clear_error (&fixture->error);

  answer (fixture->server, "GET *", 404, "", "");
  answer_json (fixture->server, "GET /System/Info/Public",
               "{\"serverName\":\"attic\",\"version\":\"10.11.0\"}");
  g_assert_null (identify (fixture, ""));
  g_assert_error (fixture->error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING);
  g_assert_null (fixture->found_url);
}

static void
test_no_media_server (Fixture *fixture, gconstpointer data)
{
  answer (fixture->server, "GET *", 200, "Content-Type: text/html\r\n", "<html>");
  g_assert_null (identify (fixture, ""));
  g_assert_error (fixture->error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", loopback_find_dead_port ());

  g_assert_null (bijou_backend_type_identify (fixture->http, url, NULL, &fixture->identity, NULL,
                                              NULL, &fixture->error));
  g_assert_error (fixture->error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  answer (fixture->server, "GET *", HANG, "", "");
  g_cancellable_cancel (cancellable);
  g_assert_null (
      bijou_backend_type_identify (fixture->http, scripted_server_get_url (fixture->server), NULL,
                                   &fixture->identity, NULL, cancellable, &fixture->error));
  g_assert_true (bijou_error_is_cancelled (fixture->error));
}

static void
test_widths (void)
{
  g_assert_cmpuint (bijou_backend_round_width (0), ==, 160);
  g_assert_cmpuint (bijou_backend_round_width (160), ==, 160);
  g_assert_cmpuint (bijou_backend_round_width (161), ==, 240);
  g_assert_cmpuint (bijou_backend_round_width (1000), ==, 1280);
  g_assert_cmpuint (bijou_backend_round_width (99999), ==, 1920);
}

static void
test_kinds (void)
{
  const BijouItemKind *shows = bijou_backend_get_kinds (BIJOU_LIBRARY_SHOWS);

  g_assert_cmpint (shows[0], ==, BIJOU_ITEM_SHOW);
  g_assert_cmpint (shows[1], ==, BIJOU_ITEM_SEASON);
  g_assert_cmpint (shows[2], ==, BIJOU_ITEM_EPISODE);
  g_assert_cmpint (shows[3], ==, BIJOU_ITEM_UNKNOWN);
  g_assert_cmpint (bijou_backend_get_kinds (BIJOU_LIBRARY_MUSIC)[0], ==, BIJOU_ITEM_UNKNOWN);
}

static void
test_report_copy (void)
{
  g_autoptr (BijouReport) report = bijou_report_new (BIJOU_REPORT_STOP, "s", "r");
  g_autoptr (BijouReport) copy = NULL;

  report->part_id = g_strdup ("p");
  report->position_ms = 5;
  copy = bijou_report_copy (report);
  g_assert_cmpstr (copy->part_id, ==, "p");
  g_assert_true (copy->part_id != report->part_id);
  g_assert_null (copy->audio_id);
  g_assert_cmpint (copy->position_ms, ==, 5);
  g_assert_cmpint (copy->kind, ==, BIJOU_REPORT_STOP);
}

#define FIXTURE_TEST(name, func)                                                                   \
  g_test_add ("/backend/identify/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/backend/types", test_types);
  g_test_add_func ("/backend/widths", test_widths);
  g_test_add_func ("/backend/kinds", test_kinds);
  g_test_add_func ("/backend/report-copy", test_report_copy);
  FIXTURE_TEST ("jellyfin", test_jellyfin);
  FIXTURE_TEST ("plex", test_plex);
  FIXTURE_TEST ("base-path", test_base_path);
  FIXTURE_TEST ("redirected", test_redirected);
  FIXTURE_TEST ("below-web-page", test_below_web_page);
  FIXTURE_TEST ("moved", test_moved);
  FIXTURE_TEST ("moved-twice", test_moved_twice);
  FIXTURE_TEST ("redirect-loop", test_redirect_loop);
  FIXTURE_TEST ("starting", test_starting);
  FIXTURE_TEST ("no-media-server", test_no_media_server);
  FIXTURE_TEST ("nobody", test_nobody);
  FIXTURE_TEST ("cancelled", test_cancelled);

  return g_test_run ();
}
