#include "config.h"

#include "bijou-fake-server.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>

/* The fakes are what all other tests compare with, so here they are compared with the facts. */

typedef struct
{
  guint status;
  char *text; /* (owned) */
  gsize size;
  SoupMessageHeaders *headers; /* (owned) */
  JsonNode *json;              /* (owned) (nullable) */
} Answer;

typedef struct
{
  BijouFakeServer *plex;     /* (owned) */
  BijouFakeServer *jellyfin; /* (owned) */
  BijouFakeServer *plextv;   /* (owned) */
  SoupSession *session;      /* (owned) */
  Answer answer;
} Fixture;

static void
clear_answer (Answer *answer)
{
  g_clear_pointer (&answer->text, g_free);
  g_clear_pointer (&answer->headers, soup_message_headers_unref);
  g_clear_pointer (&answer->json, json_node_unref);
  answer->status = 0;
  answer->size = 0;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;

  options.jellyfin_version = data;
  f->plex = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, &error);
  g_assert_no_error (error);
  f->jellyfin = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, &error);
  g_assert_no_error (error);
  f->plextv = bijou_fake_server_start (BIJOU_FAKE_PLEXTV, &options, &error);
  g_assert_no_error (error);
  bijou_fake_server_list_plex (f->plextv, f->plex);
  f->session = soup_session_new_with_options ("timeout", 10, NULL);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  clear_answer (&f->answer);
  g_object_unref (f->session);
  bijou_fake_server_stop (f->plextv);
  bijou_fake_server_stop (f->jellyfin);
  bijou_fake_server_stop (f->plex);
}

static void
add_credentials (BijouFakeServer *server, SoupMessageHeaders *headers)
{
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autofree char *header = g_strdup_printf (
      "MediaBrowser Client=\"t\", Device=\"d\", DeviceId=\"x\", Version=\"1\", Token=\"%s\"",
      token);

  soup_message_headers_append (headers, "X-Plex-Token", token);
  soup_message_headers_append (headers, "X-Plex-Client-Identifier", "test");
  soup_message_headers_append (headers, "Authorization", header);
}

/* extra: "Name: value" or NULL. Returns FALSE when the transport failed. */
static gboolean
request (Fixture *f,
         BijouFakeServer *server,
         gboolean authorized,
         const char *method,
         const char *path,
         const char *extra,
         const char *body)
{
  g_autofree char *url = g_strconcat (bijou_fake_server_get_url (server), path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);
  g_autoptr (GBytes) bytes = NULL;
  const char *type;
  gsize size;
  const char *data;

  clear_answer (&f->answer);
  soup_message_headers_append (headers, "Accept", "application/json");
  if (authorized)
    add_credentials (server, headers);
  if (extra != NULL)
    {
      g_auto (GStrv) parts = g_strsplit (extra, ": ", 2);

      soup_message_headers_replace (headers, parts[0], parts[1]);
    }
  if (body != NULL)
    {
      g_autoptr (GBytes) sent = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (message, "application/json", sent);
    }
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  bytes = soup_session_send_and_read (f->session, message, NULL, NULL);
  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &size);
  f->answer.status = soup_message_get_status (message);
  f->answer.text = g_strndup (data != NULL ? data : "", size);
  f->answer.size = size;
  f->answer.headers = soup_message_headers_ref (soup_message_get_response_headers (message));
  type = soup_message_headers_get_content_type (f->answer.headers, NULL);
  if (g_strcmp0 (type, "application/json") == 0)
    f->answer.json = json_from_string (f->answer.text, NULL);
  return TRUE;
}

static void get (Fixture *f, BijouFakeServer *server, const char *format, ...) G_GNUC_PRINTF (3, 4);

static void
get (Fixture *f, BijouFakeServer *server, const char *format, ...)
{
  g_autofree char *path = NULL;
  va_list args;

  va_start (args, format);
  path = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (request (f, server, TRUE, "GET", path, NULL, NULL));
}

static void call (Fixture *f,
                  BijouFakeServer *server,
                  const char *method,
                  const char *body,
                  const char *format,
                  ...) G_GNUC_PRINTF (5, 6);

static void
call (Fixture *f,
      BijouFakeServer *server,
      const char *method,
      const char *body,
      const char *format,
      ...)
{
  g_autofree char *path = NULL;
  va_list args;

  va_start (args, format);
  path = g_strdup_vprintf (format, args);
  va_end (args);
  g_assert_true (request (f, server, TRUE, method, path, NULL, body));
}

static JsonObject *
get_root (Fixture *f)
{
  g_assert_nonnull (f->answer.json);
  return json_node_get_object (f->answer.json);
}

static JsonObject *
get_container (Fixture *f)
{
  return json_object_get_object_member (get_root (f), "MediaContainer");
}

static JsonObject *
get_row (Fixture *f, guint i)
{
  JsonObject *root = get_root (f);
  JsonArray *rows = json_object_has_member (root, "MediaContainer")
                        ? json_object_get_array_member (get_container (f), "Metadata")
                        : json_object_get_array_member (root, "Items");

  return json_array_get_object_element (rows, i);
}

static const char *
get_header (Fixture *f, const char *name)
{
  return soup_message_headers_get_one (f->answer.headers, name);
}

/* ---- Plex ---- */

static void
test_plex_tokens (Fixture *f, gconstpointer data)
{
  g_autofree char *old = NULL;
  g_autofree char *header = NULL;

  g_assert_true (request (f, f->plex, FALSE, "GET", "/identity", NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 200);
  g_assert_cmpstr (json_object_get_string_member (get_container (f), "machineIdentifier"), ==,
                   bijou_fake_server_get_id (f->plex));
  g_assert_true (request (f, f->plex, FALSE, "GET", "/library/sections", NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 401);
  g_assert_cmpstr (get_header (f, "Content-Type"), ==, "text/html");
  g_assert_true (request (f, f->plex, FALSE, "GET", "/", "X-Plex-Token: wrong", NULL));
  g_assert_cmpuint (f->answer.status, ==, 401);
  get (f, f->plex, "/library/sections");
  g_assert_cmpuint (f->answer.status, ==, 200);
  g_assert_true (request (f, f->plex, TRUE, "GET", "/library/sections", "Accept: */*", NULL));
  g_assert_true (g_str_has_prefix (f->answer.text, "<?xml"));
  old = bijou_fake_server_dup_token (f->plex, 0);
  header = g_strconcat ("X-Plex-Token: ", old, NULL);
  g_free (bijou_fake_server_control (f->plex, "{\"revoke_tokens\": true}"));
  g_assert_true (request (f, f->plex, FALSE, "GET", "/library/sections", header, NULL));
  g_assert_cmpuint (f->answer.status, ==, 401);
  get (f, f->plex, "/library/sections");
  g_assert_cmpuint (f->answer.status, ==, 200);
}

static void
test_plex_log (Fixture *f, gconstpointer data)
{
  g_autoptr (GPtrArray) log = NULL;
  BijouFakeLogEntry *entry;
  g_autofree char *token = bijou_fake_server_dup_token (f->plex, 0);
  g_autofree char *path = g_strconcat ("/?X-Plex-Token=", token, NULL);

  g_assert_true (request (f, f->plex, FALSE, "GET", "/identity", NULL, NULL));
  g_assert_true (request (f, f->plex, FALSE, "GET", "/", "X-Plex-Token: wrong", NULL));
  g_assert_true (request (f, f->plex, FALSE, "GET", path, NULL, NULL));
  log = bijou_fake_server_dup_log (f->plex);
  g_assert_cmpuint (log->len, ==, 3);
  entry = g_ptr_array_index (log, 0);
  g_assert_cmpint (entry->token, ==, BIJOU_FAKE_TOKEN_NONE);
  entry = g_ptr_array_index (log, 1);
  g_assert_cmpint (entry->token, ==, BIJOU_FAKE_TOKEN_BAD);
  g_assert_cmpuint (entry->status, ==, 401);
  entry = g_ptr_array_index (log, 2);
  g_assert_cmpint (entry->token, ==, BIJOU_FAKE_TOKEN_GOOD);
  g_assert_cmpstr (entry->query, ==, "X-Plex-Token=***");
  g_assert_cmpuint (bijou_fake_server_count (f->plex, "GET /identity*"), ==, 1);
}

static void
test_plex_pages (Fixture *f, gconstpointer data)
{
  const char *all = "/library/sections/1/all?type=1&sort=titleSort";

  get (f, f->plex, "%s", all);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 40);
  g_assert_false (json_object_has_member (get_container (f), "totalSize"));
  /* A size alone is no page. */
  get (f, f->plex, "%s&X-Plex-Container-Size=10", all);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 40);
  get (f, f->plex, "%s&X-Plex-Container-Start=35&X-Plex-Container-Size=10", all);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 5);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "totalSize"), ==, 40);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "offset"), ==, 35);
  g_assert_cmpstr (get_header (f, "X-Plex-Container-Total-Size"), ==, "40");
  g_assert_true (json_object_has_member (get_row (f, 0), "Media"));
  g_assert_false (json_object_has_member (get_row (f, 0), "Guid"));
  get (f, f->plex, "%s&includeGuids=1&X-Plex-Container-Start=0&X-Plex-Container-Size=0", all);
  g_assert_false (json_object_has_member (get_container (f), "Metadata"));
  g_assert_cmpint (json_object_get_int_member (get_container (f), "totalSize"), ==, 40);
  g_assert_true (request (f, f->plex, TRUE, "HEAD", all, NULL, NULL));
  g_assert_cmpstr (get_header (f, "X-Plex-Container-Total-Size"), ==, "40");
}

static void
test_plex_filters (Fixture *f, gconstpointer data)
{
  const char *all = "/library/sections/1/all?type=1";
  gint64 updated;

  get (f, f->plex, "%s&sort=updatedAt:desc", all);
  updated = json_object_get_int_member (get_row (f, 0), "updatedAt");
  get (f, f->plex, "%s&updatedAt%%3E=%" G_GINT64_FORMAT, all, updated);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 0);
  get (f, f->plex, "%s&updatedAt%%3E=%" G_GINT64_FORMAT, all, updated - 1);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 1);
  /* The whole operator encoded is no filter. */
  get (f, f->plex, "%s&updatedAt%%3E%%3D=9999999999", all);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 40);
  get (f, f->plex, "%s&excludeElements=Media,Image&excludeFields=summary", all);
  g_assert_false (json_object_has_member (get_row (f, 0), "Media"));
  g_assert_false (json_object_has_member (get_row (f, 0), "summary"));
  get (f, f->plex, "/library/metadata/999999");
  g_assert_cmpuint (f->answer.status, ==, 404);
  get (f, f->plex, "/library/metadata/1001,999999,1002");
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 2);
}

static gint64
read_state (Fixture *f, const char *name)
{
  get (f, f->plex, "/library/metadata/1001");
  return json_object_get_int_member_with_default (get_row (f, 0), name, 0);
}

static void
report (Fixture *f, const char *state, gint64 time)
{
  call (f, f->plex, "POST", NULL,
        "/:/timeline?ratingKey=1001&key=/library/metadata/1001&state=%s&time=%" G_GINT64_FORMAT
        "&identifier=com.plexapp.plugins.library&X-Plex-Session-Identifier=s1",
        state, time);
}

static void
test_plex_state (Fixture *f, gconstpointer data)
{
  gint64 duration = read_state (f, "duration");
  gint64 updated = read_state (f, "updatedAt");

  report (f, "playing", 30000);
  g_assert_cmpint (read_state (f, "viewOffset"), ==, 0);
  report (f, "playing", 120000);
  g_assert_cmpint (read_state (f, "viewOffset"), ==, 120000);
  report (f, "stopped", 0);
  g_assert_cmpint (read_state (f, "viewOffset"), ==, 120000);
  report (f, "playing", duration + 1);
  g_assert_cmpuint (f->answer.status, ==, 400);
  report (f, "playing", duration - 1000);
  report (f, "stopped", duration);
  /* Once in a session. */
  g_assert_cmpint (read_state (f, "viewCount"), ==, 1);
  g_assert_cmpint (read_state (f, "viewOffset"), ==, 0);
  g_assert_cmpint (read_state (f, "updatedAt"), ==, updated);
  call (f, f->plex, "PUT", NULL, "/:/scrobble?key=1001&identifier=com.plexapp.plugins.library");
  g_assert_cmpuint (f->answer.status, ==, 200);
  g_assert_cmpuint (f->answer.size, ==, 0);
  g_assert_cmpint (read_state (f, "viewCount"), ==, 2);
  get (f, f->plex, "/:/unscrobble?key=1001&identifier=com.plexapp.plugins.library");
  g_assert_cmpint (read_state (f, "viewCount"), ==, 0);
}

static void
test_plex_cascade (Fixture *f, gconstpointer data)
{
  g_autofree char *key = NULL;

  get (f, f->plex, "/library/sections/2/all?type=2");
  key = g_strdup (json_object_get_string_member (get_row (f, 0), "ratingKey"));
  g_assert_cmpint (json_object_get_int_member (get_row (f, 0), "leafCount"), ==, 10);
  get (f, f->plex, "/:/scrobble?key=%s&identifier=com.plexapp.plugins.library", key);
  get (f, f->plex, "/library/metadata/%s", key);
  g_assert_cmpint (json_object_get_int_member (get_row (f, 0), "viewedLeafCount"), ==, 10);
  /* Two seasons and the directory of all episodes. */
  get (f, f->plex, "/library/metadata/%s/children", key);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 3);
  g_assert_false (json_object_has_member (get_row (f, 0), "ratingKey"));
  get (f, f->plex, "/library/metadata/%s/children?excludeAllLeaves=1", key);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 2);
  get (f, f->plex, "/library/metadata/%s/allLeaves", key);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "size"), ==, 10);
}

static char *
find_part (Fixture *f)
{
  JsonObject *media, *part;

  get (f, f->plex, "/library/metadata/1001");
  media = json_array_get_object_element (json_object_get_array_member (get_row (f, 0), "Media"), 0);
  part = json_array_get_object_element (json_object_get_array_member (media, "Part"), 0);
  return g_strdup (json_object_get_string_member (part, "key"));
}

static void
test_plex_part (Fixture *f, gconstpointer data)
{
  g_autofree char *part = find_part (f);
  guint8 expected[100];

  bijou_fake_media_fill (0, 1003, expected, sizeof expected);
  g_assert_true (request (f, f->plex, TRUE, "GET", part, "Range: bytes=1003-1102", NULL));
  g_assert_cmpuint (f->answer.status, ==, 206);
  g_assert_cmpmem (f->answer.text, f->answer.size, expected, sizeof expected);
  g_assert_true (g_str_has_prefix (get_header (f, "Content-Range"), "bytes 1003-1102/"));
  g_assert_true (request (f, f->plex, TRUE, "GET", part, "Range: bytes=99999999999-", NULL));
  g_assert_cmpuint (f->answer.status, ==, 416);
  g_assert_true (request (f, f->plex, TRUE, "HEAD", part, NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 500);
  bijou_fake_server_add_fault (f->plex, "/library/parts/* no-range");
  g_assert_true (request (f, f->plex, TRUE, "GET", part, "Range: bytes=5-", NULL));
  g_assert_cmpuint (f->answer.status, ==, 200);
  bijou_fake_server_clear_faults (f->plex);
  bijou_fake_server_add_fault (f->plex, "/library/parts/* drop-after=100000");
  g_assert_false (request (f, f->plex, TRUE, "GET", part, NULL, NULL));
  bijou_fake_server_clear_faults (f->plex);
  g_free (bijou_fake_server_control (f->plex, "{\"change_file\": 0, \"size\": 1000}"));
  g_assert_true (request (f, f->plex, TRUE, "GET", part, NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 404);
}

static void
test_plex_decision (Fixture *f, gconstpointer data)
{
  const char *base = "/video/:/transcode/universal/decision?path=%2Flibrary%2Fmetadata%2F1001"
                     "&mediaIndex=0&partIndex=0&directPlay=1&session=d1&protocol=hls";

  get (f, f->plex, "%s", base);
  g_assert_cmpuint (f->answer.status, ==, 400);
  get (f, f->plex, "/video/:/transcode/universal/start.m3u8?session=d1");
  g_assert_cmpuint (f->answer.status, ==, 400);
  get (f, f->plex, "%s&X-Plex-Platform=Generic&subtitles=burn", base);
  g_assert_cmpuint (f->answer.status, ==, 400);
  get (f, f->plex, "%s&X-Plex-Platform=Generic", base);
  g_assert_cmpint (json_object_get_int_member (get_container (f), "generalDecisionCode"), ==, 1000);
  g_assert_cmpstr (json_object_get_string_member (get_container (f), "librarySectionID"), ==, "1");
  get (f, f->plex, "/video/:/transcode/universal/start.m3u8?session=d1");
  g_assert_cmpuint (f->answer.status, ==, 200);
  get (f, f->plex, "/video/:/transcode/universal/stop?session=d1");
  g_assert_cmpuint (f->answer.status, ==, 200);
  get (f, f->plex, "/video/:/transcode/universal/ping?session=d1");
  g_assert_cmpuint (f->answer.status, ==, 404);
}

static void
test_plex_pictures (Fixture *f, gconstpointer data)
{
  const char *photo = "/photo/:/transcode?url=%2Flibrary%2Fmetadata%2F1001%2Fthumb%2F1";

  get (f, f->plex, "%s&width=120&height=120&minSize=1", photo);
  g_assert_cmpuint (f->answer.status, ==, 200);
  g_assert_cmpstr (get_header (f, "Content-Type"), ==, "image/jpeg");
  g_assert_cmpuint (f->answer.size, >, 500);
  get (f, f->plex, "%s&width=0&height=0", photo);
  g_assert_cmpuint (f->answer.status, ==, 400);
  get (f, f->plex, "/library/metadata/999999/thumb/1");
  g_assert_cmpuint (f->answer.status, ==, 404);
  g_assert_true (request (f, f->plex, FALSE, "GET", "/library/metadata/1001/thumb/1", NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 401);
}

/* ---- faults ---- */

static void
test_faults (Fixture *f, gconstpointer data)
{
  const char *page = "/library/sections/1/all?X-Plex-Container-Start=10&X-Plex-Container-Size=10";
  g_autofree char *first = NULL;

  bijou_fake_server_add_fault (f->plex, "/library/sections status=503 times=1");
  get (f, f->plex, "/library/sections");
  g_assert_cmpuint (f->answer.status, ==, 503);
  get (f, f->plex, "/library/sections");
  g_assert_cmpuint (f->answer.status, ==, 200);
  bijou_fake_server_add_fault (f->plex, "/identity starting");
  get (f, f->plex, "/identity");
  g_assert_cmpuint (f->answer.status, ==, 503);
  g_assert_true (g_str_has_prefix (f->answer.text, "<Response code=\"503\""));
  bijou_fake_server_add_fault (f->plex, "GET /library/sections/1/all* repeat-ids");
  get (f, f->plex, "%s", page);
  first = g_strdup (json_object_get_string_member (get_row (f, 0), "ratingKey"));
  bijou_fake_server_clear_faults (f->plex);
  get (f, f->plex, "/library/sections/1/all?X-Plex-Container-Start=9&X-Plex-Container-Size=1");
  g_assert_cmpstr (json_object_get_string_member (get_row (f, 0), "ratingKey"), ==, first);
  bijou_fake_server_add_fault (f->plex, "/library/* fail-page=1");
  get (f, f->plex, "%s", page);
  g_assert_cmpuint (f->answer.status, ==, 500);
  bijou_fake_server_clear_faults (f->plex);
  bijou_fake_server_add_fault (f->plex, "/library/* truncate");
  get (f, f->plex, "%s", page);
  g_assert_null (f->answer.json);
  g_assert_cmpuint (f->answer.status, ==, 200);
  bijou_fake_server_clear_faults (f->plex);
  bijou_fake_server_add_fault (f->plex, "/library/* latin1");
  get (f, f->plex, "/library/sections/1/all");
  g_assert_false (g_utf8_validate (f->answer.text, f->answer.size, NULL));
  bijou_fake_server_clear_faults (f->plex);
  bijou_fake_server_add_fault (f->plex, "/library/* drift");
  get (f, f->plex, "/library/sections/1/all?X-Plex-Container-Start=0&X-Plex-Container-Size=1");
  g_assert_cmpstr (json_object_get_string_member (get_container (f), "size"), ==, "1");
  /* A lone row is no array. */
  g_assert_true (JSON_NODE_HOLDS_OBJECT (json_object_get_member (get_container (f), "Metadata")));
  bijou_fake_server_clear_faults (f->plex);
  bijou_fake_server_add_fault (f->plex, "/library/* reset=1000");
  g_assert_false (request (f, f->plex, TRUE, "GET", "/library/sections/1/all", NULL, NULL));
}

static void
test_refusing (Fixture *f, gconstpointer data)
{
  bijou_fake_server_set_refusing (f->plex, TRUE);
  g_assert_false (request (f, f->plex, FALSE, "GET", "/identity", NULL, NULL));
  bijou_fake_server_set_refusing (f->plex, FALSE);
  g_assert_true (request (f, f->plex, FALSE, "GET", "/identity", NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 200);
}

/* A client that wants a websocket, and resets its connection before it has one. */
static void
leave_at_once (BijouFakeServer *server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = g_socket_client_connect_to_host (
      client, "127.0.0.1", (guint16) bijou_fake_server_get_port (server), NULL, &error);
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autofree char *request = g_strdup_printf (
      "GET /:/websockets/notifications?X-Plex-Token=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
      token);
  char answer[1];
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  g_assert_no_error (error);
  g_socket_send (g_socket_connection_get_socket (connection), request, strlen (request), NULL,
                 NULL);
  g_assert_cmpint (
      g_socket_receive (g_socket_connection_get_socket (connection), answer, 1, NULL, NULL), ==, 1);
  setsockopt (g_socket_get_fd (g_socket_connection_get_socket (connection)), SOL_SOCKET, SO_LINGER,
              &linger, sizeof linger);
}

static void
test_clients_that_leave (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < 200; i++)
    leave_at_once (f->plex);
  g_assert_true (request (f, f->plex, FALSE, "GET", "/identity", NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 200);
}

/* ---- plex.tv ---- */

static void
test_plextv (Fixture *f, gconstpointer data)
{
  g_autofree char *path = NULL;
  JsonArray *servers;
  JsonObject *server;

  call (f, f->plextv, "POST", NULL, "/api/v2/pins?strong=true");
  g_assert_cmpuint (f->answer.status, ==, 201);
  g_assert_cmpuint (strlen (json_object_get_string_member (get_root (f), "code")), ==, 25);
  g_assert_true (json_object_get_null_member (get_root (f), "authToken"));
  path = g_strdup_printf ("/api/v2/pins/%d", (int) json_object_get_int_member (get_root (f), "id"));
  g_assert_true (
      request (f, f->plextv, FALSE, "GET", path, "X-Plex-Client-Identifier: other", NULL));
  g_assert_cmpuint (f->answer.status, ==, 404);
  g_free (bijou_fake_server_control (f->plextv, "{\"claim\": 0}"));
  get (f, f->plextv, "%s", path);
  g_assert_false (json_object_get_null_member (get_root (f), "authToken"));
  g_free (bijou_fake_server_control (f->plextv, "{\"expire\": 0}"));
  get (f, f->plextv, "%s", path);
  g_assert_cmpuint (f->answer.status, ==, 404);
  get (f, f->plextv, "/api/v2/resources?includeHttps=1&includeRelay=1");
  servers = json_node_get_array (f->answer.json);
  server = json_array_get_object_element (servers, json_array_get_length (servers) - 1);
  g_assert_cmpstr (json_object_get_string_member (server, "clientIdentifier"), ==,
                   bijou_fake_server_get_id (f->plex));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (server, "connections")),
                    ==, 3);
  call (f, f->plextv, "POST", NULL, "/api/v2/home/users/f00d000000000001/switch?pin=0000");
  g_assert_cmpuint (f->answer.status, ==, 403);
  call (f, f->plextv, "POST", NULL, "/api/v2/home/users/f00d000000000001/switch?pin=1234");
  g_assert_cmpuint (f->answer.status, ==, 201);
  call (f, f->plextv, "DELETE", NULL, "/api/v2/users/signout");
  g_assert_cmpuint (f->answer.status, ==, 204);
}

/* ---- Jellyfin ---- */

static guint
log_in (Fixture *f, const char *header, const char *body)
{
  g_assert_true (
      request (f, f->jellyfin, FALSE, "POST", "/users/authenticatebyname", header, body));
  return f->answer.status;
}

static void
test_jellyfin_login (Fixture *f, gconstpointer data)
{
  const char *full = "Authorization: MediaBrowser Client=\"a\", Device=b, DeviceId=\"c\", "
                     "Version=\"1\"";
  g_autofree char *token = NULL;
  g_autofree char *header = NULL;

  g_assert_cmpuint (log_in (f, "Authorization: MediaBrowser Client=\"a\"",
                            "{\"Username\":\"demo\",\"Pw\":\"demo\"}"),
                    ==, 400);
  g_assert_cmpuint (log_in (f, full, "{\"Username\":\"demo\",\"Pw\":\"no\"}"), ==, 401);
  g_assert_cmpstr (f->answer.text, ==, "Error processing request.");
  g_assert_cmpuint (log_in (f, full, "{\"Username\":\"demo\",\"Pw\":\"demo\"}"), ==, 200);
  token = g_strdup (json_object_get_string_member (get_root (f), "AccessToken"));
  header = g_strdup_printf ("Authorization: MediaBrowser Token=\"%s\"", token);
  g_assert_true (request (f, f->jellyfin, FALSE, "GET", "/users/me", header, NULL));
  g_assert_cmpuint (f->answer.status, ==, 200);
  /* The same user on the same device again: the first token is gone. */
  g_assert_cmpuint (log_in (f, full, "{\"Username\":\"demo\",\"Pw\":\"demo\"}"), ==, 200);
  g_assert_true (request (f, f->jellyfin, FALSE, "GET", "/users/me", header, NULL));
  g_assert_cmpuint (f->answer.status, ==, 401);
  g_assert_cmpuint (f->answer.size, ==, 0);
  g_assert_true (request (f, f->jellyfin, FALSE, "GET", "/Users/Public", NULL, NULL));
  g_assert_cmpstr (f->answer.text, ==, "[]");
}

static void
test_jellyfin_legacy (Fixture *f, gconstpointer data)
{
  g_autofree char *token = bijou_fake_server_dup_token (f->jellyfin, 0);
  g_autofree char *header = g_strconcat ("X-Emby-Token: ", token, NULL);
  g_autofree char *path = g_strconcat ("/users/me?apikey=", token, NULL);

  g_assert_true (request (f, f->jellyfin, FALSE, "GET", "/users/me", header, NULL));
  g_assert_cmpuint (f->answer.status, ==, g_str_has_prefix (data, "12") ? 401 : 200);
  g_assert_true (request (f, f->jellyfin, FALSE, "GET", path, NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 200);
}

static void
test_jellyfin_pages (Fixture *f, gconstpointer data)
{
  const char *all = "/Items?recursive=true&includeItemTypes=Movie&sortBy=SortName";
  g_autofree char *ninth = NULL;

  get (f, f->jellyfin, "%s&limit=10&startIndex=9", all);
  g_assert_cmpint (json_object_get_int_member (get_root (f), "TotalRecordCount"), ==, 40);
  g_assert_cmpint (json_object_get_int_member (get_root (f), "StartIndex"), ==, 9);
  ninth = g_strdup (json_object_get_string_member (get_row (f, 0), "Id"));
  g_assert_true (json_object_get_null_member (get_row (f, 0), "ChannelId"));
  g_assert_false (json_object_has_member (get_row (f, 0), "Overview"));
  get (f, f->jellyfin, "%s&limit=10&enableTotalRecordCount=false", all);
  g_assert_cmpint (json_object_get_int_member (get_root (f), "TotalRecordCount"), ==, 10);
  g_assert_cmpstr (json_object_get_string_member (get_row (f, 9), "Id"), ==, ninth);
  get (f, f->jellyfin, "%s&limit=abc", all);
  g_assert_cmpuint (f->answer.status, ==, 400);
  get (f, f->jellyfin, "/items?IDS=%s&FIELDS=overview", ninth);
  g_assert_true (json_object_has_member (get_row (f, 0), "Overview"));
  get (f, f->jellyfin, "/Items/%s", "00000000000000000000000000000077");
  g_assert_cmpuint (f->answer.status, ==, 404);
  get (f, f->jellyfin, "/no/such/route");
  g_assert_cmpuint (f->answer.size, ==, 0);
  get (f, f->jellyfin, "/Items/Latest?limit=3");
  g_assert_true (JSON_NODE_HOLDS_ARRAY (f->answer.json));
}

static char *
find_movie (Fixture *f)
{
  get (f, f->jellyfin, "/Items?recursive=true&includeItemTypes=Movie&sortBy=DateCreated&limit=1");
  return g_strdup (json_object_get_string_member (get_row (f, 0), "Id"));
}

static JsonObject *
read_user_data (Fixture *f, const char *id)
{
  get (f, f->jellyfin, "/UserItems/%s/UserData", id);
  return get_root (f);
}

static void
post_report (Fixture *f, const char *path, const char *id, gint64 ticks)
{
  g_autofree char *body =
      g_strdup_printf ("{\"ItemId\":\"%s\",\"PositionTicks\":%" G_GINT64_FORMAT "}", id, ticks);

  call (f, f->jellyfin, "POST", body, "%s", path);
}

static void
test_jellyfin_state (Fixture *f, gconstpointer data)
{
  g_autofree char *id = find_movie (f);
  gint64 ticks = json_object_get_int_member (get_row (f, 0), "RunTimeTicks");
  g_autofree char *bare = g_strdup_printf ("{\"ItemId\":\"%s\"}", id);

  post_report (f, "/Sessions/Playing", id, 0);
  g_assert_cmpuint (f->answer.status, ==, 204);
  g_assert_cmpint (json_object_get_int_member (read_user_data (f, id), "PlayCount"), ==, 1);
  post_report (f, "/Sessions/Playing/Progress", id, ticks / 100 * 4);
  g_assert_cmpint (json_object_get_int_member (read_user_data (f, id), "PlaybackPositionTicks"), ==,
                   0);
  post_report (f, "/Sessions/Playing/Progress", id, ticks / 2);
  g_assert_cmpint (json_object_get_int_member (read_user_data (f, id), "PlaybackPositionTicks"), ==,
                   ticks / 2 / 10000 * 10000);
  post_report (f, "/Sessions/Playing/Progress", id, ticks / 100 * 95);
  g_assert_true (json_object_get_boolean_member (read_user_data (f, id), "Played"));
  post_report (f, "/Sessions/Playing", id, 0);
  g_assert_cmpint (json_object_get_boolean_member (read_user_data (f, id), "Played"), ==,
                   g_str_has_prefix (data, "12"));
  call (f, f->jellyfin, "DELETE", NULL, "/UserPlayedItems/%s", id);
  g_assert_cmpint (json_object_get_int_member (get_root (f), "PlayCount"), ==, 0);
  call (f, f->jellyfin, "POST", bare, "/Sessions/Playing/Stopped");
  g_assert_true (json_object_get_boolean_member (read_user_data (f, id), "Played"));
  post_report (f, "/Sessions/Playing/Progress", id, -5);
  g_assert_cmpuint (f->answer.status, ==, 400);
}

static void
test_jellyfin_media (Fixture *f, gconstpointer data)
{
  g_autofree char *id = find_movie (f);
  g_autofree char *stream =
      g_strdup_printf ("/Videos/%s/stream?static=true&mediaSourceId=%s", id, id);
  g_autofree char *image = g_strdup_printf ("/Items/%s/Images/Primary?maxWidth=100", id);
  g_autofree char *none = g_strdup_printf ("/Items/%s/Images/Thumb", id);

  g_assert_true (request (f, f->jellyfin, FALSE, "GET", stream, "Range: bytes=-7", NULL));
  g_assert_cmpuint (f->answer.status, ==, 206);
  g_assert_cmpuint (f->answer.size, ==, 7);
  g_assert_true (request (f, f->jellyfin, FALSE, "HEAD", stream, NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 200);
  g_assert_nonnull (get_header (f, "Content-Length"));
  g_assert_true (request (f, f->jellyfin, FALSE, "GET", image, NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 200);
  g_assert_true (request (f, f->jellyfin, FALSE, "GET", none, NULL, NULL));
  g_assert_cmpuint (f->answer.status, ==, 404);
  g_assert_true (JSON_NODE_HOLDS_VALUE (f->answer.json));
}

static void
check_source (Fixture *f, const char *id, const char *body, gboolean direct, gboolean converts)
{
  JsonObject *source;

  call (f, f->jellyfin, "POST", body, "/Items/%s/PlaybackInfo", id);
  source = json_array_get_object_element (
      json_object_get_array_member (get_root (f), "MediaSources"), 0);
  g_assert_cmpint (json_object_get_boolean_member (source, "SupportsDirectPlay"), ==, direct);
  g_assert_cmpint (json_object_has_member (source, "TranscodingUrl"), ==, converts);
}

static void
test_jellyfin_playback_info (Fixture *f, gconstpointer data)
{
  g_autofree char *id = find_movie (f);
  g_autofree char *burnt =
      g_strdup_printf ("{\"MediaSourceId\":\"%s\",\"SubtitleStreamIndex\":0,\"DeviceProfile\":{"
                       "\"DirectPlayProfiles\":[{\"Type\":\"Video\"}],"
                       "\"TranscodingProfiles\":[{\"Type\":\"Video\"}]}}",
                       id);

  check_source (f, id, "{}", TRUE, FALSE);
  check_source (f, id, "{\"DeviceProfile\":{\"DirectPlayProfiles\":[{\"Type\":\"Video\"}]}}", TRUE,
                FALSE);
  check_source (f, id,
                "{\"DeviceProfile\":{\"DirectPlayProfiles\":[],"
                "\"TranscodingProfiles\":[{\"Type\":\"Video\"}]}}",
                FALSE, TRUE);
  check_source (f, id, "{\"DeviceProfile\":{\"DirectPlayProfiles\":[]}}", FALSE, FALSE);
  /* A subtitle that the profile cannot show is burnt in. */
  check_source (f, id, burnt, FALSE, TRUE);
}

/* ---- websockets ---- */

typedef struct
{
  GMainContext *context;
  SoupWebsocketConnection *socket; /* (owned) (nullable) */
  GPtrArray *frames;               /* (owned) of char * (owned) */
  gboolean done;
} Listener;

static void
on_connected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Listener *listener = data;

  listener->socket = soup_session_websocket_connect_finish (SOUP_SESSION (source), result, NULL);
  listener->done = TRUE;
}

static void
on_frame_cb (SoupWebsocketConnection *socket, int type, GBytes *bytes, gpointer data)
{
  Listener *listener = data;
  gsize size;
  const char *bits = g_bytes_get_data (bytes, &size);

  g_ptr_array_add (listener->frames, g_strndup (bits, size));
}

static void
listen_to (Fixture *f, Listener *listener, BijouFakeServer *server, const char *path)
{
  g_autofree char *url =
      g_strconcat ("ws", bijou_fake_server_get_url (server) + strlen ("http"), path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);

  memset (listener, 0, sizeof *listener);
  listener->frames = g_ptr_array_new_with_free_func (g_free);
  soup_session_websocket_connect_async (f->session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                        on_connected_cb, listener);
  while (!listener->done)
    g_main_context_iteration (NULL, TRUE);
  if (listener->socket != NULL)
    g_signal_connect (listener->socket, "message", G_CALLBACK (on_frame_cb), listener);
}

/* Until a frame holds the words; the test's own time limit ends it otherwise. */
static const char *
await_frame (Listener *listener, const char *words)
{
  for (guint seen = 0;; seen++)
    {
      while (seen >= listener->frames->len)
        g_main_context_iteration (NULL, TRUE);
      if (strstr (g_ptr_array_index (listener->frames, seen), words) != NULL)
        return g_ptr_array_index (listener->frames, seen);
    }
}

static void
stop_listening (Listener *listener)
{
  if (listener->socket != NULL)
    g_signal_handlers_disconnect_by_data (listener->socket, listener);
  g_clear_object (&listener->socket);
  g_ptr_array_unref (listener->frames);
}

static void
test_plex_socket (Fixture *f, gconstpointer data)
{
  g_autofree char *token = bijou_fake_server_dup_token (f->plex, 0);
  g_autofree char *path = g_strconcat ("/:/websockets/notifications?X-Plex-Token=", token, NULL);
  Listener listener;
  const char *frame;

  listen_to (f, &listener, f->plex, "/:/websockets/notifications");
  g_assert_null (listener.socket);
  stop_listening (&listener);
  listen_to (f, &listener, f->plex, path);
  g_assert_nonnull (listener.socket);
  g_free (bijou_fake_server_control (f->plex, "{\"rename\": 0, \"title\": \"Other\"}"));
  frame = await_frame (&listener, "TimelineEntry");
  g_assert_nonnull (strstr (frame, "\"itemID\":\"1001\""));
  g_assert_nonnull (strstr (frame, "\"state\":5"));
  g_free (bijou_fake_server_control (f->plex, "{\"remove\": \"1001\"}"));
  g_assert_nonnull (strstr (await_frame (&listener, "\"state\":9"), "\"type\":-1"));
  get (f, f->plex, "/library/metadata/1001");
  g_assert_cmpuint (f->answer.status, ==, 404);
  report (f, "playing", 1000);
  g_assert_cmpuint (f->answer.status, ==, 404);
  stop_listening (&listener);
}

static void
test_jellyfin_socket (Fixture *f, gconstpointer data)
{
  g_autofree char *token = bijou_fake_server_dup_token (f->jellyfin, 0);
  g_autofree char *path = g_strconcat ("/socket?ApiKey=", token, "&deviceId=x", NULL);
  g_autofree char *id = find_movie (f);
  Listener listener;

  listen_to (f, &listener, f->jellyfin, "/socket?ApiKey=wrong");
  g_assert_null (listener.socket);
  stop_listening (&listener);
  listen_to (f, &listener, f->jellyfin, path);
  g_assert_nonnull (listener.socket);
  await_frame (&listener, "ForceKeepAlive");
  soup_websocket_connection_send_text (listener.socket, "{\"MessageType\":\"KeepAlive\"}");
  await_frame (&listener, "\"MessageType\":\"KeepAlive\"");
  call (f, f->jellyfin, "POST", NULL, "/UserPlayedItems/%s", id);
  g_assert_nonnull (strstr (await_frame (&listener, "UserDataChanged"), id));
  g_free (bijou_fake_server_control (f->jellyfin, "{\"remove\": \"%s\"}", id));
  g_assert_nonnull (strstr (await_frame (&listener, "LibraryChanged"), id));
  stop_listening (&listener);
}

/* ---- starting, moving, persisting ---- */

static void
test_jellyfin_starting (Fixture *f, gconstpointer data)
{
  bijou_fake_server_add_fault (f->jellyfin, "* starting=camel");
  get (f, f->jellyfin, "/System/Info/Public");
  g_assert_true (json_object_has_member (get_root (f), "serverName"));
  get (f, f->jellyfin, "/Items");
  g_assert_cmpuint (f->answer.status, ==, 503);
  g_assert_cmpstr (get_header (f, "Retry-After"), ==, "005");
  g_assert_true (g_str_has_prefix (f->answer.text, "<!DOCTYPE html>"));
  bijou_fake_server_clear_faults (f->jellyfin);
  bijou_fake_server_add_fault (f->jellyfin, "/items* redirect=http://127.0.0.1:9");
  bijou_fake_server_add_fault (f->jellyfin, "/Items* redirect=http://127.0.0.1:9");
  get (f, f->jellyfin, "/Items");
  g_assert_cmpuint (f->answer.status, ==, 302);
  g_assert_cmpstr (get_header (f, "Location"), ==, "http://127.0.0.1:9/Items");
}

static void
test_jellyfin_10_10 (Fixture *f, gconstpointer data)
{
  get (f, f->jellyfin, "/Items?recursive=true&minDateLastSaved=2020-01-01T00:00:00Z");
  g_assert_cmpuint (f->answer.status, ==, 500);
  get (f, f->jellyfin, "/Items?recursive=true&minDateLastSavedForUser=2099-01-01T00:00:00Z");
  g_assert_cmpint (json_object_get_int_member (get_root (f), "TotalRecordCount"), ==, 0);
}

static void
test_base_path (void)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  Fixture f = { 0 };
  g_autofree char *outside = NULL;
  g_autoptr (SoupMessage) message = NULL;
  g_autoptr (GBytes) bytes = NULL;

  options.base_path = "/jf";
  f.jellyfin = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, NULL);
  f.session = soup_session_new ();
  get (&f, f.jellyfin, "/System/Info/Public");
  g_assert_cmpuint (f.answer.status, ==, 200);
  outside = g_strdup_printf ("http://127.0.0.1:%u/System/Info/Public",
                             bijou_fake_server_get_port (f.jellyfin));
  message = soup_message_new ("GET", outside);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  bytes = soup_session_send_and_read (f.session, message, NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (message), ==, 302);
  clear_answer (&f.answer);
  g_object_unref (f.session);
  bijou_fake_server_stop (f.jellyfin);
}

static void
test_state_file (void)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_dir_make_tmp ("bijou-fake-XXXXXX", &error);
  g_autofree char *file = g_build_filename (directory, "state", NULL);
  Fixture f = { 0 };

  g_assert_no_error (error);
  options.state_file = file;
  f.session = soup_session_new ();
  f.plex = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, NULL);
  report (&f, "stopped", 120000);
  bijou_fake_server_stop (f.plex);
  f.plex = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, NULL);
  g_assert_cmpint (read_state (&f, "viewOffset"), ==, 120000);
  bijou_fake_server_stop (f.plex);
  clear_answer (&f.answer);
  g_object_unref (f.session);
  g_assert_cmpint (g_remove (file), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

/* ---- many items ---- */

static void
test_many (void)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  Fixture f = { 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  options.movies = 4000;
  options.shows = 0;
  f.plex = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, NULL);
  f.session = soup_session_new_with_options ("timeout", 30, NULL);
  for (guint start = 0; start < 4000; start += 500)
    {
      get (&f, f.plex,
           "/library/sections/1/all?type=1&sort=addedAt&X-Plex-Container-Start=%u"
           "&X-Plex-Container-Size=500",
           start);
      for (guint i = 0; i < 500; i++)
        g_hash_table_add (seen,
                          g_strdup (json_object_get_string_member (get_row (&f, i), "ratingKey")));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, 4000);
  clear_answer (&f.answer);
  g_object_unref (f.session);
  bijou_fake_server_stop (f.plex);
}

#define ADD(path, version, func)                                                                   \
  g_test_add ("/fake-servers/" path, Fixture, version, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("plex/tokens", "10.11.11", test_plex_tokens);
  ADD ("plex/log", "10.11.11", test_plex_log);
  ADD ("plex/pages", "10.11.11", test_plex_pages);
  ADD ("plex/filters", "10.11.11", test_plex_filters);
  ADD ("plex/state", "10.11.11", test_plex_state);
  ADD ("plex/cascade", "10.11.11", test_plex_cascade);
  ADD ("plex/part", "10.11.11", test_plex_part);
  ADD ("plex/decision", "10.11.11", test_plex_decision);
  ADD ("plex/pictures", "10.11.11", test_plex_pictures);
  ADD ("plex/faults", "10.11.11", test_faults);
  ADD ("plex/refusing", "10.11.11", test_refusing);
  ADD ("plex/clients-that-leave", "10.11.11", test_clients_that_leave);
  ADD ("plextv", "10.11.11", test_plextv);
  ADD ("jellyfin/login", "10.11.11", test_jellyfin_login);
  ADD ("jellyfin/legacy-10", "10.11.11", test_jellyfin_legacy);
  ADD ("jellyfin/legacy-12", "12.0.0", test_jellyfin_legacy);
  ADD ("jellyfin/pages", "10.11.11", test_jellyfin_pages);
  ADD ("jellyfin/state-10", "10.11.11", test_jellyfin_state);
  ADD ("jellyfin/state-12", "12.0.0", test_jellyfin_state);
  ADD ("jellyfin/media", "10.11.11", test_jellyfin_media);
  ADD ("jellyfin/playback-info", "10.11.11", test_jellyfin_playback_info);
  ADD ("jellyfin/starting", "10.11.11", test_jellyfin_starting);
  ADD ("jellyfin/10.10", "10.10.7", test_jellyfin_10_10);
  ADD ("jellyfin/socket", "10.11.11", test_jellyfin_socket);
  ADD ("plex/socket", "10.11.11", test_plex_socket);
  g_test_add_func ("/fake-servers/jellyfin/base-path", test_base_path);
  g_test_add_func ("/fake-servers/plex/state-file", test_state_file);
  g_test_add_func ("/fake-servers/many", test_many);
  return g_test_run ();
}
