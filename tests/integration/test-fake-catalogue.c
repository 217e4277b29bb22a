#include "config.h"

#include "bijou-fake-server.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>

/* What the demo's catalogue adds to the fakes: second versions and pictures of chapters. */

static const char catalogue[] =
    "{\"movies\":[{\"id\":\"tide\",\"title\":\"Tide\",\"year\":2024,\"film\":\"big.mkv\","
    "\"quality\":\"4K HDR10 Atmos\",\"duration_ms\":60000,"
    "\"versions\":[{\"film\":\"small.mkv\",\"quality\":\"1080p\"}],"
    "\"chapters\":[{\"title\":\"One\",\"start_ms\":0,\"image\":\"one.jpg\"},"
    "{\"title\":\"Two\",\"start_ms\":9000}]}]}";

typedef struct
{
  char *folder;              /* (owned) */
  BijouFakeServer *plex;     /* (owned) */
  BijouFakeServer *jellyfin; /* (owned) */
  SoupSession *session;      /* (owned) */
} Fixture;

static const char *const files[][2] = { { "catalogue.json", catalogue },
                                        { "big.mkv", "all of the film" },
                                        { "small.mkv", "half of it" },
                                        { "one.jpg", "a light upstairs" } };

static void
set_up (Fixture *f, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("bijou-test-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, files[i][0], NULL);

      g_file_set_contents (path, files[i][1], -1, &error);
      g_assert_no_error (error);
    }
  options.catalogue = f->folder;
  f->plex = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, &error);
  g_assert_no_error (error);
  f->jellyfin = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, &error);
  g_assert_no_error (error);
  f->session = soup_session_new_with_options ("timeout", 10, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  g_object_unref (f->session);
  bijou_fake_server_stop (f->jellyfin);
  bijou_fake_server_stop (f->plex);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (f->folder, files[i][0], NULL);

      g_unlink (path);
    }
  g_rmdir (f->folder);
  g_free (f->folder);
}

/* Returns (transfer full): the body of an answer with @status. */
static char *
fetch (Fixture *f, BijouFakeServer *server, const char *path, guint status)
{
  g_autofree char *url = g_strconcat (bijou_fake_server_get_url (server), path, NULL);
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autofree char *value = g_strdup_printf ("MediaBrowser Token=\"%s\"", token);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  soup_message_headers_append (headers, "Accept", "application/json");
  soup_message_headers_append (headers, "X-Plex-Token", token);
  soup_message_headers_append (headers, "X-Plex-Client-Identifier", "test");
  soup_message_headers_append (headers, "Authorization", value);
  bytes = soup_session_send_and_read (f->session, message, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (soup_message_get_status (message), ==, status);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
check_body (Fixture *f, BijouFakeServer *server, const char *path, const char *expected)
{
  g_autofree char *body = fetch (f, server, path, 200);

  g_assert_cmpstr (body, ==, expected);
}

static JsonNode *
fetch_json (Fixture *f, BijouFakeServer *server, const char *path)
{
  g_autofree char *body = fetch (f, server, path, 200);
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (body, &error);

  g_assert_no_error (error);
  return node;
}

static JsonObject *
get_element (JsonObject *object, const char *name, guint i)
{
  JsonArray *array = json_object_get_array_member (object, name);

  g_assert_cmpuint (json_array_get_length (array), >, i);
  return json_array_get_object_element (array, i);
}

static void
test_plex (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) root =
      fetch_json (f, f->plex, "/library/metadata/1001?includeChapters=1&checkFiles=1");
  JsonObject *container =
      json_object_get_object_member (json_node_get_object (root), "MediaContainer");
  JsonObject *row = get_element (container, "Metadata", 0), *chapter;
  static const char *const bodies[] = { "all of the film", "half of it" };

  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (row, "Media")), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      JsonObject *part = get_element (get_element (row, "Media", i), "Part", 0);

      g_assert_cmpint (json_object_get_int_member (part, "size"), ==, strlen (bodies[i]));
      check_body (f, f->plex, json_object_get_string_member (part, "key"), bodies[i]);
    }
  chapter = get_element (row, "Chapter", 0);
  check_body (f, f->plex, json_object_get_string_member (chapter, "thumb"), "a light upstairs");
}

static void
test_jellyfin (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) root =
      fetch_json (f, f->jellyfin,
                  "/Items?includeItemTypes=Movie&recursive=true&fields=Chapters,"
                  "MediaSources,MediaSourceCount");
  JsonObject *row = get_element (json_node_get_object (root), "Items", 0);
  const char *id = json_object_get_string_member (row, "Id");
  g_autofree char *picture = g_strdup_printf ("/Items/%s/Images/Chapter/0", id);
  g_autofree char *none = g_strdup_printf ("/Items/%s/Images/Chapter/1", id);
  g_autofree char *missing = fetch (f, f->jellyfin, none, 404);
  static const char *const names[] = { "4K HDR10", "1080p" };
  static const char *const bodies[] = { "all of the film", "half of it" };

  g_assert_cmpint (json_object_get_int_member (row, "MediaSourceCount"), ==, 2);
  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      JsonObject *source = get_element (row, "MediaSources", i);
      g_autofree char *path = g_strdup_printf ("/Videos/%s/stream?static=true&mediaSourceId=%s", id,
                                               json_object_get_string_member (source, "Id"));

      g_assert_cmpstr (json_object_get_string_member (source, "Name"), ==, names[i]);
      check_body (f, f->jellyfin, path, bodies[i]);
    }
  g_assert_true (json_object_has_member (get_element (row, "Chapters", 0), "ImageTag"));
  g_assert_false (json_object_has_member (get_element (row, "Chapters", 1), "ImageTag"));
  check_body (f, f->jellyfin, picture, "a light upstairs");
}

/* Lists have a film with two versions once. */
static void
test_once (Fixture *f, gconstpointer data)
{
  g_autoptr (JsonNode) list = fetch_json (f, f->plex, "/library/sections/1/all?type=1");
  g_autoptr (JsonNode) found = fetch_json (f, f->plex, "/library/search?query=tide");
  JsonObject *rows = json_object_get_object_member (json_node_get_object (list), "MediaContainer");
  JsonObject *hits = json_object_get_object_member (json_node_get_object (found), "MediaContainer");

  g_assert_cmpint (json_object_get_int_member (rows, "size"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (hits, "size"), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/fake-catalogue/plex", Fixture, NULL, set_up, test_plex, tear_down);
  g_test_add ("/fake-catalogue/jellyfin", Fixture, NULL, set_up, test_jellyfin, tear_down);
  g_test_add ("/fake-catalogue/once", Fixture, NULL, set_up, test_once, tear_down);
  return g_test_run ();
}
