#include "config.h"

#include "bench-profile.h"

#include <curl/curl.h>
#include <libsoup/soup.h>
#include <math.h>
#include <string.h>

/* A first and a second sync of 100 shows × 5 seasons × 10 episodes at several latencies, beside the
 * same requests made by libcurl alone, which is the floor, and against a client that asks for the
 * seasons of each show and the episodes of each season. That one keeps nothing: what it takes is
 * the time of its requests alone. Then a library of 100,000. */

#define SHOWS 100
#define SEASONS 5
#define EPISODES 10
#define LARGE_MOVIES 60000
#define LARGE_SHOWS 720
#define RIVAL_LATENCY_MS 50
#define PARALLEL 2
/* The specials of the first shows come on top. */
#define ROWS_MIN (SHOWS * (1 + SEASONS * (1 + EPISODES)))

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

/* --- the floor --- */

/* The requests of the program once more, with nothing but libcurl, as many at a time as it has. */
typedef struct
{
  CURLM *multi;
  struct curl_slist *headers;
  GPtrArray *urls; /* (owned) */
  guint next;
  guint running;
} Floor;

static size_t
discard (char *data, size_t size, size_t n, void *user_data)
{
  return size * n;
}

static GPtrArray *
list_urls (BijouFakeServer *server)
{
  g_autoptr (GPtrArray) log = bijou_fake_server_dup_log (server);
  g_autoptr (GUri) base = g_uri_parse (bijou_fake_server_get_url (server), G_URI_FLAGS_NONE, NULL);
  GPtrArray *urls = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < log->len; i++)
    {
      BijouFakeLogEntry *entry = log->pdata[i];
      gboolean has_query = entry->query != NULL && *entry->query != '\0';

      if (g_str_equal (entry->method, "GET") && entry->status == 200)
        g_ptr_array_add (urls, g_strdup_printf ("http://127.0.0.1:%d%s%s%s", g_uri_get_port (base),
                                                entry->path, has_query ? "?" : "",
                                                has_query ? entry->query : ""));
    }
  return urls;
}

static void
push (Floor *floor)
{
  while (floor->running < PARALLEL && floor->next < floor->urls->len)
    {
      CURL *easy = curl_easy_init ();

      curl_easy_setopt (easy, CURLOPT_URL, floor->urls->pdata[floor->next++]);
      curl_easy_setopt (easy, CURLOPT_HTTPHEADER, floor->headers);
      curl_easy_setopt (easy, CURLOPT_ACCEPT_ENCODING, "");
      curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, discard);
      curl_multi_add_handle (floor->multi, easy);
      floor->running++;
    }
}

static void
take_done (Floor *floor)
{
  CURLMsg *message;
  int left;

  while ((message = curl_multi_info_read (floor->multi, &left)) != NULL)
    if (message->msg == CURLMSG_DONE)
      {
        CURL *easy = message->easy_handle;

        if (message->data.result != CURLE_OK)
          bench_fail ("the floor: %s", curl_easy_strerror (message->data.result));
        curl_multi_remove_handle (floor->multi, easy);
        curl_easy_cleanup (easy);
        floor->running--;
      }
}

static double
run_floor (BijouFakeServer *server, gboolean is_plex, GPtrArray *urls)
{
  gint64 begun_at = g_get_monotonic_time ();
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autofree char *header =
      is_plex ? g_strdup_printf ("X-Plex-Token: %s", token)
              : g_strdup_printf ("Authorization: MediaBrowser Token=\"%s\"", token);
  Floor floor = { .multi = curl_multi_init (), .urls = urls };
  int running;

  floor.headers = curl_slist_append (NULL, header);
  floor.headers = curl_slist_append (floor.headers, "Accept: application/json");
  push (&floor);
  while (floor.running > 0)
    {
      curl_multi_perform (floor.multi, &running);
      take_done (&floor);
      push (&floor);
      if (floor.running > 0)
        curl_multi_poll (floor.multi, NULL, 0, 1000, NULL);
    }
  curl_slist_free_all (floor.headers);
  curl_multi_cleanup (floor.multi);
  return (double) (g_get_monotonic_time () - begun_at) / 1000;
}

/* --- the program --- */

/* Whatever it says of itself, the server counts. */
static double
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
  return (double) ms;
}

static void
measure_floor (BijouFakeServer *server, const char *name, gboolean is_plex, double first_ms)
{
  g_autoptr (GPtrArray) urls = list_urls (server);
  double floor_ms = run_floor (server, is_plex, urls);

  bench_print ("sync", name, "floor-time", round (floor_ms), "ms");
  bench_print ("sync", name, "first-of-floor", first_ms / floor_ms, "times");
}

static void
measure (BijouFakeProtocolKind kind, const char *backend, guint latency_ms)
{
  BijouFakeOptions options = {
    .shows = SHOWS, .seasons = SEASONS, .episodes = EPISODES, .latency_ms = latency_ms
  };
  g_autofree char *name = g_strdup_printf ("%s-%ums", backend, latency_ms);
  BijouFakeServer *server = bench_start_server (kind, &options);
  BenchProfile profile;
  double first_ms;

  bench_profile_init (&profile);
  bench_profile_add (&profile, server);
  first_ms = run_sync (&profile, server, name, "first");
  measure_floor (server, name, kind == BIJOU_FAKE_PLEX, first_ms);
  run_sync (&profile, server, name, "second");
  if (latency_ms == RIVAL_LATENCY_MS)
    {
      run_rival (server, backend, 1);
      run_rival (server, backend, 6);
    }
  bench_profile_clear (&profile);
  bijou_fake_server_stop (server);
}

/* --- a large library --- */

static double
get_figure (JsonObject *object, const char *name)
{
  if (object == NULL || json_object_get_null_member (object, name))
    bench_fail ("%s is not known", name);
  return json_object_get_double_member (object, name);
}

/* While it is mirrored, a grid of its films is scrolled in the same process. */
static void
measure_large (BijouFakeProtocolKind kind, const char *backend)
{
  static const BijouFakeOptions options = {
    .movies = LARGE_MOVIES, .shows = LARGE_SHOWS, .seasons = SEASONS, .episodes = EPISODES
  };
  g_autofree char *helper =
      g_build_filename (g_getenv ("BIJOU_BUILD"), "tests", "bench", "sync-large", NULL);
  g_autofree char *name = g_strconcat (backend, "-100k", NULL);
  BijouFakeServer *server = bench_start_server (kind, &options);
  g_autoptr (JsonObject) figures = NULL;
  BenchProfile profile;
  gint64 ms;

  bench_profile_init (&profile);
  bench_profile_add (&profile, server);
  bijou_fake_server_reset_log (server);
  figures = bench_run ((const char *const[]){ helper, profile.folder, NULL }, NULL, &ms);
  bench_print ("sync", name, "items", get_figure (figures, "items"), "rows");
  bench_print ("sync", name, "requests", bijou_fake_server_count (server, "*"), "requests");
  bench_print ("sync", name, "time", get_figure (figures, "ms"), "ms");
  bench_print ("sync", name, "memory-growth", get_figure (figures, "growth_mib"), "MiB");
  bench_print ("sync", name, "long-writes", get_figure (figures, "long_writes"), "writes");
  bench_print ("sync", name, "long-writes-share", get_figure (figures, "long_writes_percent"), "%");
  bench_print ("sync", name, "longest-write", get_figure (figures, "longest_write_ms"), "ms");
  bench_print ("sync", name, "longest-block", get_figure (figures, "longest_block_ms"), "ms");
  bench_print ("sync", name, "longest-block-cpu", get_figure (figures, "longest_cpu_ms"), "ms");
  bench_print ("sync", name, "blocks-over-8ms", get_figure (figures, "blocks"), "blocks");
  bench_profile_clear (&profile);
  bijou_fake_server_stop (server);
}

/* bench-sync [small|large]: both without an argument */
int
main (int argc, char **argv)
{
  static const guint latencies[] = { 0, RIVAL_LATENCY_MS, 200 };
  const char *part = argc > 1 ? argv[1] : "";

  for (guint i = 0; i < G_N_ELEMENTS (latencies) && !g_str_equal (part, "large"); i++)
    {
      measure (BIJOU_FAKE_PLEX, "plex", latencies[i]);
      measure (BIJOU_FAKE_JELLYFIN, "jellyfin", latencies[i]);
    }
  if (!g_str_equal (part, "small"))
    {
      measure_large (BIJOU_FAKE_PLEX, "plex");
      measure_large (BIJOU_FAKE_JELLYFIN, "jellyfin");
    }
  return 0;
}
