#include "config.h"

#include "cache-rivals.h"

#include "bench-profile.h"
#include "film-server.h"

#include "bijou-media-cache.h"
#include "bijou-memory.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* What the source element asks for. */
#define READ_BYTES (64 * 1024)
#define CURL_BUFFER (256L * 1024L)
#define MB (1024 * 1024)
#define RUNS 11
#define SEEKS 50
/* A film begins on a machine at rest, not in the wake of the one before. */
#define REST_US 20000
/* What a decoder reads before the next seek comes. */
#define SEEK_READS (512 * 1024)
/* Of a film of 64 Mbit/s. */
#define PLAYED_RATE (8 * 1000 * 1000)

/* --- an origin --- */

#define BENCH_TYPE_ORIGIN (bench_origin_get_type ())
G_DECLARE_FINAL_TYPE (BenchOrigin, bench_origin, BENCH, ORIGIN, GObject)

struct _BenchOrigin
{
  GObject parent_instance;
  const char *url; /* (unowned) */
};

static BijouHttpRequest *
bench_origin_make_request (BijouMediaOrigin *origin, GCancellable *cancellable, GError **error)
{
  return bijou_http_request_new ("GET", BENCH_ORIGIN (origin)->url, BIJOU_HTTP_TRANSFER);
}

/* A question with a short answer. */
static char *
dup_question_url (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  return g_strdup_printf ("%s://%s:%d/log/report", g_uri_get_scheme (uri), g_uri_get_host (uri),
                          g_uri_get_port (uri));
}

static BijouHttpRequest *
bench_origin_make_question (BijouMediaOrigin *origin, const char *url)
{
  g_autofree char *question = dup_question_url (url);

  return bijou_http_request_new ("GET", question, BIJOU_HTTP_TRANSFER);
}

static void
bench_origin_iface_init (BijouMediaOriginInterface *iface)
{
  iface->make_request = bench_origin_make_request;
  iface->make_question = bench_origin_make_question;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BenchOrigin,
                               bench_origin,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_MEDIA_ORIGIN,
                                                      bench_origin_iface_init))

static void
bench_origin_class_init (BenchOriginClass *klass)
{
}

static void
bench_origin_init (BenchOrigin *self)
{
}

/* --- a player without a picture --- */

typedef struct
{
  const char *url;
  gint64 size;
  BijouHttp *http;
  BijouMediaCache *cache;
  BenchOrigin *origin;
  BijouCacheEntry *entry;
  BijouCacheReader *reader;
  guint8 buffer[READ_BYTES];
} Player;

static double
get_ms (gint64 since)
{
  return (double) (g_get_monotonic_time () - since) / 1000;
}

static void
player_init (Player *self, const char *url, gint64 size, const char *folder)
{
  self->url = url;
  self->size = size;
  self->http = bijou_http_new (g_getenv (RIVALS_CA_VARIABLE));
  self->cache = bijou_media_cache_new (self->http, folder, G_MAXINT64 / 4);
  self->origin = g_object_new (BENCH_TYPE_ORIGIN, NULL);
  self->origin->url = url;
}

static void
player_open (Player *self, const char *item)
{
  BijouCacheKey key = { "server", item, "part", self->size, "v1" };

  self->entry =
      bijou_media_cache_open_to_play (self->cache, &key, BIJOU_MEDIA_ORIGIN (self->origin), 0);
  self->reader = bijou_cache_entry_add_reader (self->entry, BIJOU_CACHE_READER_PLAYBACK);
}

/* Until everything is on disk. */
static void
player_close (Player *self)
{
  g_clear_pointer (&self->reader, bijou_cache_reader_free);
  g_clear_pointer (&self->entry, bijou_cache_entry_release);
  bijou_media_cache_flush (self->cache);
}

static void
player_clear (Player *self)
{
  g_clear_object (&self->cache);
  g_clear_object (&self->http);
  g_clear_object (&self->origin);
}

static gssize
player_read (Player *self, gint64 offset, gsize length)
{
  g_autoptr (GError) error = NULL;
  gssize got = bijou_cache_entry_read (self->entry, self->reader, offset, self->buffer,
                                       MIN (length, READ_BYTES), NULL, &error);

  if (got < 0)
    bench_fail ("%s", error->message);
  return got;
}

static void
player_check (Player *self, gint64 offset, gssize length)
{
  if (length <= 0 || memcmp (self->buffer, film_server_get_bytes (offset), (gsize) length) != 0)
    bench_fail ("wrong bytes at %" G_GINT64_FORMAT, offset);
}

static gint64
player_read_all (Player *self)
{
  gint64 offset = 0;
  gssize got;

  while ((got = player_read (self, offset, READ_BYTES)) > 0)
    offset += got;
  return offset;
}

static guint
player_get_requests (Player *self)
{
  BijouCacheStats stats;

  bijou_cache_entry_get_stats (self->entry, &stats);
  return stats.requests;
}

/* --- libcurl alone --- */

static size_t
on_first_byte_cb (char *data, size_t size, size_t count, void *user_data)
{
  *(gint64 *) user_data = g_get_monotonic_time ();
  return 0;
}

/* From nothing to the first byte at @offset. */
static double
time_curl (const char *url, gint64 offset)
{
  g_autofree char *range = g_strdup_printf ("%" G_GINT64_FORMAT "-", offset);
  gint64 begun_at = g_get_monotonic_time ();
  gint64 first_at = 0;
  CURL *easy = curl_easy_init ();

  curl_easy_setopt (easy, CURLOPT_URL, url);
  if (g_getenv (RIVALS_CA_VARIABLE) != NULL)
    curl_easy_setopt (easy, CURLOPT_CAINFO, g_getenv (RIVALS_CA_VARIABLE));
  curl_easy_setopt (easy, CURLOPT_RANGE, range);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, on_first_byte_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, &first_at);
  curl_easy_perform (easy);
  curl_easy_cleanup (easy);
  if (first_at == 0)
    bench_fail ("libcurl got nothing");
  return (double) (first_at - begun_at) / 1000;
}

/* --- figures --- */

static double
get_cpu_ms (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000;
}

static double
get_peak_mib (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) usage.ru_maxrss / 1024;
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double *left = a, *right = b;

  return *left < *right ? -1 : *left > *right;
}

static double
get_middle (double *values, gsize n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  return values[n / 2];
}

int
rivals_run_curl (const char *url, gint64 size, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "curl", NULL);
  FILE *file;
  CURL *easy;
  gint64 begun_at;
  double cpu_ms, ms;
  curl_off_t got = 0;

  curl_global_init (CURL_GLOBAL_DEFAULT);
  cpu_ms = get_cpu_ms ();
  begun_at = g_get_monotonic_time ();
  file = fopen (path, "w");
  easy = curl_easy_init ();
  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, file);
  curl_easy_setopt (easy, CURLOPT_BUFFERSIZE, CURL_BUFFER);
  curl_easy_perform (easy);
  curl_easy_getinfo (easy, CURLINFO_SIZE_DOWNLOAD_T, &got);
  curl_easy_cleanup (easy);
  fclose (file);
  ms = get_ms (begun_at);
  if (got != size)
    bench_fail ("libcurl got %" G_GINT64_FORMAT " bytes", (gint64) got);
  printf ("{\"ms\": %.3f, \"cpu_ms\": %.3f}\n", ms, get_cpu_ms () - cpu_ms);
  return 0;
}

int
rivals_run_cache (const char *url, gint64 size, const char *folder)
{
  Player player = { NULL };
  double cpu_ms, ms, peak_mib;
  gint64 begun_at;
  guint requests;

  bijou_memory_init ();
  player_init (&player, url, size, folder);
  peak_mib = get_peak_mib ();
  cpu_ms = get_cpu_ms ();
  begun_at = g_get_monotonic_time ();
  player_open (&player, "film");
  if (player_read_all (&player) != size)
    bench_fail ("the cache ended early");
  ms = get_ms (begun_at);
  requests = player_get_requests (&player);
  player_close (&player);
  printf ("{\"ms\": %.3f, \"cpu_ms\": %.3f, \"requests\": %u, \"growth_mib\": %.3f}\n", ms,
          get_cpu_ms () - cpu_ms, requests, get_peak_mib () - peak_mib);
  player_clear (&player);
  return 0;
}

/* As the player does before a film. */
static void
ask_server (Player *self)
{
  g_autofree char *url = dup_question_url (self->url);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response = bijou_http_send (self->http, request, NULL, NULL);

  if (response == NULL)
    bench_fail ("the server is gone");
}

/* Each on a connection of its own; the first byte is counted from when the entry is open. */
static double
time_opening (const char *url, gint64 size, const char *folder, int run, double *opening)
{
  g_autofree char *item = g_strdup_printf ("first-%d", run);
  Player player = { NULL };
  gint64 begun_at;
  gssize got;
  double ms;

  player_init (&player, url, size, folder);
  /* The program has spoken to the server before, but that connection is in use. */
  ask_server (&player);
  bijou_http_forget_connections (player.http);
  g_usleep (REST_US);
  begun_at = g_get_monotonic_time ();
  player_open (&player, item);
  *opening = get_ms (begun_at);
  begun_at = g_get_monotonic_time ();
  got = player_read (&player, 0, READ_BYTES);
  ms = get_ms (begun_at);
  player_check (&player, 0, got);
  player_close (&player);
  player_clear (&player);
  return ms;
}

int
rivals_run_first_byte (const char *url, gint64 size, const char *folder)
{
  double curl[RUNS], cache[RUNS], opening[RUNS];

  bijou_memory_init ();
  curl_global_init (CURL_GLOBAL_DEFAULT);
  for (int i = 0; i < RUNS; i++)
    {
      cache[i] = time_opening (url, size, folder, i, &opening[i]);
      g_usleep (REST_US);
      curl[i] = time_curl (url, 0);
    }
  printf ("{\"curl_ms\": %.3f, \"cache_ms\": %.3f, \"open_ms\": %.3f}\n", get_middle (curl, RUNS),
          get_middle (cache, RUNS), get_middle (opening, RUNS));
  return 0;
}

static double
time_seek (Player *self, gint64 offset)
{
  gint64 begun_at = g_get_monotonic_time ();
  gssize got = player_read (self, offset, READ_BYTES);
  double ms = get_ms (begun_at);

  player_check (self, offset, got);
  return ms;
}

static void
read_on (Player *self, gint64 offset, gint64 length)
{
  while (length > 0)
    {
      gssize got = player_read (self, offset, (gsize) length);

      player_check (self, offset, got);
      offset += got;
      length -= got;
    }
}

/* Each is far from the others, and none is in the tail. */
static gint64
pick_place (Player *self, guint n)
{
  return self->size / (RUNS + 1) * (1 + (n * 7) % RUNS);
}

int
rivals_run_seeks (const char *url, gint64 size, const char *folder)
{
  double curl[RUNS], cache[RUNS];
  Player player = { NULL };

  bijou_memory_init ();
  curl_global_init (CURL_GLOBAL_DEFAULT);
  player_init (&player, url, size, folder);
  player_open (&player, "seeks");
  read_on (&player, 0, SEEK_READS);
  for (guint i = 0; i < RUNS; i++)
    {
      curl[i] = time_curl (url, pick_place (&player, i));
      cache[i] = time_seek (&player, pick_place (&player, i));
      read_on (&player, pick_place (&player, i), SEEK_READS);
    }
  player_close (&player);
  player_clear (&player);
  qsort (cache, RUNS, sizeof *cache, compare_doubles);
  printf ("{\"curl_ms\": %.3f, \"cache_ms\": %.3f, \"worst_ms\": %.3f}\n", get_middle (curl, RUNS),
          cache[RUNS / 2], cache[RUNS - 1]);
  return 0;
}

int
rivals_run_storm (const char *url, gint64 size, const char *folder)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (6);
  g_autofree double *times = g_new (double, SEEKS);
  Player player = { NULL };
  BijouCacheStats stats;

  player_init (&player, url, size, folder);
  player_open (&player, "film");
  for (guint i = 0; i < SEEKS; i++)
    {
      gint64 place = g_rand_int_range (rand, 0, (gint32) (size - SEEK_READS));

      times[i] = time_seek (&player, place);
      read_on (&player, place, SEEK_READS);
    }
  bijou_cache_entry_get_stats (player.entry, &stats);
  player_close (&player);
  player_clear (&player);
  qsort (times, SEEKS, sizeof *times, compare_doubles);
  printf ("{\"middle_ms\": %.3f, \"worst_ms\": %.3f, \"requests\": %u, ", times[SEEKS / 2],
          times[SEEKS - 1], stats.requests);
  printf ("\"received_mib\": %.3f, \"present_mib\": %.3f}\n", (double) stats.bytes / MB,
          (double) stats.present / MB);
  return 0;
}

int
rivals_run_ahead (const char *url, gint64 size, const char *folder)
{
  Player player = { NULL };
  gint64 begun_at = g_get_monotonic_time ();
  gboolean was_idle = FALSE;
  BijouCacheStats stats;
  guint pauses = 0;

  player_init (&player, url, size, folder);
  player_open (&player, "ahead");
  for (gint64 offset = 0; offset < size; offset += player_read (&player, offset, READ_BYTES))
    {
      gint64 due_at = begun_at + offset * G_USEC_PER_SEC / PLAYED_RATE;

      g_usleep ((gulong) MAX (due_at - g_get_monotonic_time (), 0));
      bijou_cache_entry_get_stats (player.entry, &stats);
      pauses += stats.activity == BIJOU_CACHE_IDLE && !was_idle && stats.present < size;
      was_idle = stats.activity == BIJOU_CACHE_IDLE;
    }
  printf ("{\"requests\": %u, \"pauses\": %u}\n", player_get_requests (&player), pauses);
  player_close (&player);
  player_clear (&player);
  return 0;
}
