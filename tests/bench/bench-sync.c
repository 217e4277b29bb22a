#include "config.h"

#include "bench-profile.h"

#include <libsoup/soup.h>
#include <string.h>

/* A first and a second sync of 100 shows × 5 seasons × 10 episodes over 50 ms of latency, against a
 * client that asks for the seasons of each show and the episodes of each season. It keeps nothing:
 * what it takes is the time of its requests alone. */

#define SHOWS 100
#define SEASONS 5
#define EPISODES 10
#define LATENCY_MS 50
/* The specials of the first shows come on top. */
#define ROWS_MIN (SHOWS * (1 + SEASONS * (1 + EPISODES)))

static const BijouFakeOptions options = {
  .shows = SHOWS, .seasons = SEASONS, .episodes = EPISODES, .latency_ms = LATENCY_MS
};

/* --- the rival --- */

typedef struct
{
  BijouFakeServer *server;
  gboolean is_plex;
  char *header; /* (owned) */
  char *user;   /* (owned) (nullable) Jellyfin's */
  SoupSession *session;
  GMainLoop *loop;
  guint waiting;
  guint requests;
  guint rows;
} Rival;

typedef struct
{
  Rival *rival;
  SoupMessage *message;
  guint depth;  /* 0: libraries, 1: shows, 2: seasons, 3: episodes */
  char *parent; /* (owned) (nullable) */
} Request;

static void ask (Rival *self, guint depth, const char *parent, const char *show);

static char *
make_path (Rival *self, guint depth, const char *parent, const char *show)
{
  switch (depth)
    {
    case 0:
      return self->is_plex ? g_strdup ("/library/sections")
                           : g_strdup_printf ("/UserViews?userId=%s", self->user);
    case 1:
      return self->is_plex ? g_strdup_printf ("/library/sections/%s/all", parent)
                           : g_strdup_printf ("/Items?userId=%s&parentId=%s"
                                              "&includeItemTypes=Series&recursive=true",
                                              self->user, parent);
    case 2:
      return self->is_plex ? g_strdup_printf ("/library/metadata/%s/children", parent)
                           : g_strdup_printf ("/Shows/%s/Seasons?userId=%s", parent, self->user);
    default:
      return self->is_plex ? g_strdup_printf ("/library/metadata/%s/children", parent)
                           : g_strdup_printf ("/Shows/%s/Episodes?seasonId=%s&userId=%s", show,
                                              parent, self->user);
    }
}

static JsonArray *
get_rows (Rival *self, JsonNode *answer, guint depth)
{
  JsonObject *root = json_node_get_object (answer);

  if (!self->is_plex)
    return json_object_get_array_member (root, "Items");
  root = json_object_get_object_member (root, "MediaContainer");
  return json_object_get_array_member (root, depth == 0 ? "Directory" : "Metadata");
}

static gboolean
is_of_shows (Rival *self, JsonObject *library)
{
  return self->is_plex ? g_str_equal (json_object_get_string_member (library, "type"), "show")
                       : g_strcmp0 (json_object_get_string_member_with_default (
                                        library, "CollectionType", NULL),
                                    "tvshows") == 0;
}

static void
take_row (Rival *self, Request *request, JsonObject *row)
{
  const char *key = self->is_plex ? (request->depth == 0 ? "key" : "ratingKey") : "Id";
  const char *id = json_object_get_string_member_with_default (row, key, NULL);

  /* "All episodes", which Plex puts before the seasons. */
  if (id == NULL || (request->depth == 0 && !is_of_shows (self, row)))
    return;
  self->rows += request->depth > 0;
  if (request->depth < 3)
    ask (self, request->depth + 1, id, request->parent);
}

static void
on_answer_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  Rival *self = request->rival;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = soup_session_send_and_read_finish (self->session, result, &error);
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonArray *rows;

  if (bytes == NULL || !json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL),
                                                    (gssize) g_bytes_get_size (bytes), &error))
    bench_fail ("the rival: %s", error->message);
  rows = get_rows (self, json_parser_get_root (parser), request->depth);
  for (guint i = 0; i < json_array_get_length (rows); i++)
    take_row (self, request, json_array_get_object_element (rows, i));
  if (--self->waiting == 0)
    g_main_loop_quit (self->loop);
  g_object_unref (request->message);
  g_free (request->parent);
  g_free (request);
}

static void
ask (Rival *self, guint depth, const char *parent, const char *show)
{
  g_autofree char *path = make_path (self, depth, parent, show);
  g_autofree char *url = g_strconcat (bijou_fake_server_get_url (self->server), path, NULL);
  Request *request = g_new0 (Request, 1);
  SoupMessageHeaders *headers;

  request->rival = self;
  request->depth = depth;
  request->parent = g_strdup (parent);
  request->message = soup_message_new ("GET", url);
  headers = soup_message_get_request_headers (request->message);
  soup_message_headers_append (headers, "Accept", "application/json");
  soup_message_headers_append (headers, self->is_plex ? "X-Plex-Token" : "Authorization",
                               self->header);
  self->waiting++;
  self->requests++;
  soup_session_send_and_read_async (self->session, request->message, G_PRIORITY_DEFAULT, NULL,
                                    on_answer_cb, request);
}

static char *
get_jellyfin_user (Rival *self)
{
  g_autofree char *url = g_strconcat (bijou_fake_server_get_url (self->server), "/Users/Me", NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("GET", url);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (JsonParser) parser = json_parser_new ();

  soup_message_headers_append (soup_message_get_request_headers (message), "Authorization",
                               self->header);
  bytes = soup_session_send_and_read (self->session, message, NULL, NULL);
  if (bytes == NULL || !json_parser_load_from_data (parser, g_bytes_get_data (bytes, NULL),
                                                    (gssize) g_bytes_get_size (bytes), NULL))
    bench_fail ("the rival is not signed in");
  return g_strdup (
      json_object_get_string_member (json_node_get_object (json_parser_get_root (parser)), "Id"));
}

static void
run_rival (BijouFakeServer *server, const char *backend, guint parallel)
{
  gint64 begun_at = g_get_monotonic_time ();
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  Rival rival = { .server = server, .is_plex = g_str_equal (backend, "plex") };
  g_autofree char *what = g_strdup_printf ("rival-%u-at-a-time", parallel);

  rival.header =
      rival.is_plex ? g_strdup (token) : g_strdup_printf ("MediaBrowser Token=\"%s\"", token);
  rival.session =
      soup_session_new_with_options ("max-conns-per-host", parallel, "max-conns", parallel, NULL);
  rival.loop = g_main_loop_new (NULL, FALSE);
  rival.user = rival.is_plex ? NULL : get_jellyfin_user (&rival);
  ask (&rival, 0, NULL, NULL);
  g_main_loop_run (rival.loop);
  if (rival.rows < ROWS_MIN)
    bench_fail ("the rival saw only %u rows", rival.rows);

  if (parallel == 1)
    bench_print ("sync", backend, "rival-requests", rival.requests, "requests");
  bench_print ("sync", backend, what, (double) ((g_get_monotonic_time () - begun_at) / 1000), "ms");
  g_main_loop_unref (rival.loop);
  g_object_unref (rival.session);
  g_free (rival.header);
  g_free (rival.user);
}

/* --- the program --- */

/* Whatever it says of itself, the server counts. */
static void
run_sync (BenchProfile *profile, BijouFakeServer *server, const char *backend, const char *which)
{
  g_autofree char *requests = g_strconcat (which, "-requests", NULL);
  g_autofree char *time = g_strconcat (which, "-time", NULL);
  g_autoptr (JsonObject) sum = NULL;
  gint64 ms;

  bijou_fake_server_reset_log (server);
  sum = bench_profile_run (profile, NULL, &ms, "--sync", NULL);
  if (json_object_get_int_member (sum, "items") < ROWS_MIN)
    bench_fail ("the mirror is not whole");
  bench_print ("sync", backend, requests, bijou_fake_server_count (server, "*"), "requests");
  bench_print ("sync", backend, time, (double) ms, "ms");
}

static void
measure (BijouFakeProtocolKind kind, const char *backend)
{
  BijouFakeServer *server = bench_start_server (kind, &options);
  BenchProfile profile;

  bench_profile_init (&profile);
  bench_profile_add (&profile, server);
  run_sync (&profile, server, backend, "first");
  run_sync (&profile, server, backend, "second");
  run_rival (server, backend, 1);
  run_rival (server, backend, 6);
  bench_profile_clear (&profile);
  bijou_fake_server_stop (server);
}

int
main (int argc, char **argv)
{
  measure (BIJOU_FAKE_PLEX, "plex");
  measure (BIJOU_FAKE_JELLYFIN, "jellyfin");
  return 0;
}
