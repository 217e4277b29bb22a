#include "config.h"

#include "bench-profile.h"
#include "cache-rivals.h"
#include "film-server.h"

#include "bijou-test-authority.h"
#include "bijou-test-files.h"
#include "bijou-test-nginx.h"

#include <string.h>

/* What reading a film through the cache costs beside libcurl alone, which writes the same film to a
 * file; how long a reader waits for its first byte; what is asked of the server twice. The server
 * and each rival are processes of their own, the rivals run in turns, and of several runs the
 * middle one counts. */

#define MB (1024 * 1024)
#define LINK_RATE (100 * 1000 * 1000 / 8)
#define RUNS 9
#define LINK_RUNS 7
#define FAST_SIZE (256 * MB)
#define LINK_SIZE (25 * MB)
#define LARGE_SIZE ((gint64) 2048 * MB)
#define STORM_SIZE (256 * MB)
#define AHEAD_SIZE (48 * MB)
#define AHEAD_RATE (40 * 1000 * 1000)

typedef int (*Part) (const char *url, gint64 size, const char *folder);

static const struct
{
  const char *name;
  Part run;
} parts[] = {
  { "curl", rivals_run_curl },   { "cache", rivals_run_cache }, { "first", rivals_run_first_byte },
  { "seeks", rivals_run_seeks }, { "storm", rivals_run_storm }, { "ahead", rivals_run_ahead },
};

typedef struct
{
  GSubprocess *process; /* (owned) */
  char *url;            /* (owned) */
} Server;

/* --- processes --- */

static void
server_init (Server *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *port = NULL;

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    &error, "/proc/self/exe", "server", NULL);
  if (self->process == NULL)
    bench_fail ("%s", error->message);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  port = g_data_input_stream_read_line (out, NULL, NULL, &error);
  if (port == NULL)
    bench_fail ("the server did not start");
  self->url = g_strconcat ("http://127.0.0.1:", port, NULL);
}

static void
server_clear (Server *self)
{
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
  g_clear_pointer (&self->url, g_free);
}

typedef struct
{
  const char *name;
  gint64 size;
  gint64 rate;
  guint delay_ms;
} Film;

static JsonObject *
run_part (const char *part, Server *server, const Film *film, const char *folder)
{
  g_autofree char *url =
      g_strdup_printf ("%s/%s/%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "/%u", server->url,
                       film->name, film->size, film->rate, film->delay_ms);
  g_autofree char *size = g_strdup_printf ("%" G_GINT64_FORMAT, film->size);

  return bench_run ((const char *const[]){ "/proc/self/exe", part, url, size, folder, NULL }, NULL,
                    NULL);
}

static double
run_for (const char *part, const char *figure, Server *server, const Film *film, const char *folder)
{
  g_autoptr (JsonObject) figures = run_part (part, server, film, folder);

  return json_object_get_double_member (figures, figure);
}

static char *
make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("bijou-bench-XXXXXX", &error);

  if (folder == NULL)
    bench_fail ("%s", error->message);
  return folder;
}

/* --- figures --- */

static void
print (const char *scene, const char *what, double value, const char *unit)
{
  bench_print ("cache", scene, what, value, unit);
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

typedef struct
{
  double ms;
  double cpu_ms;
} Cost;

static Cost
run_once (const char *part, Server *server, const Film *film)
{
  g_autofree char *folder = make_folder ();
  g_autoptr (JsonObject) figures = run_part (part, server, film, folder);
  Cost cost = { json_object_get_double_member (figures, "ms"),
                json_object_get_double_member (figures, "cpu_ms") };

  bijou_test_remove_tree (folder);
  return cost;
}

/* On a fast link the second time counts: then the pages that the file goes to are those that the
 * first one left. What a virtual machine gave back to its host costs the one who touches it next
 * more than all the rest, and the two rivals do not use pages of the same size. */
static Cost
run_rival (const char *part, Server *server, const Film *film)
{
  if (film->rate == 0)
    run_once (part, server, film);
  return run_once (part, server, film);
}

/* A pair of runs is compared before the middle is taken: what else the machine does changes. */
static void
measure_throughput (Server *server, const char *scene, const Film *film, guint runs)
{
  double rate_of[RUNS], cpu_of[RUNS], cache_rate[RUNS], curl_rate[RUNS], curl_cpu[RUNS];
  double cache_cpu[RUNS];

  for (guint i = 0; i < runs; i++)
    {
      Cost curl = run_rival ("curl", server, film);
      Cost cache = run_rival ("cache", server, film);

      curl_rate[i] = (double) film->size / 1000 / curl.ms;
      cache_rate[i] = (double) film->size / 1000 / cache.ms;
      curl_cpu[i] = curl.cpu_ms;
      cache_cpu[i] = cache.cpu_ms;
      rate_of[i] = curl.ms / cache.ms;
      cpu_of[i] = cache.cpu_ms / curl.cpu_ms;
    }
  print (scene, "curl-rate", get_middle (curl_rate, runs), "MB/s");
  print (scene, "rate", get_middle (cache_rate, runs), "MB/s");
  print (scene, "rate-of-curl", get_middle (rate_of, runs), "times");
  print (scene, "curl-cpu", get_middle (curl_cpu, runs), "ms");
  print (scene, "cpu", get_middle (cache_cpu, runs), "ms");
  print (scene, "cpu-of-curl", get_middle (cpu_of, runs), "times");
  print (scene, "least-cpu-of-curl", cache_cpu[0] / curl_cpu[0], "times"); /* both are sorted */
}

static void
measure_first_byte (Server *server, const char *prefix, guint delay_ms)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *scene = g_strdup_printf ("%sfirst-byte-%ums", prefix, delay_ms);
  Film film = { "first", 1024 * MB, LINK_RATE, delay_ms };
  g_autoptr (JsonObject) first = run_part ("first", server, &film, folder);
  double curl_ms = json_object_get_double_member (first, "curl_ms");
  double cache_ms = json_object_get_double_member (first, "cache_ms");

  print (scene, "opening", json_object_get_double_member (first, "open_ms"), "ms");
  print (scene, "curl", curl_ms, "ms");
  print (scene, "cache", cache_ms, "ms");
  print (scene, "of-curl", cache_ms / curl_ms, "times");
  bijou_test_remove_tree (folder);
}

/* With a real nginx between, where there is one. */
static void
measure_tls (Server *server)
{
  g_autofree char *folder = NULL;
  g_autoptr (Authority) authority = NULL;
  g_autoptr (Nginx) nginx = NULL;
  Server encrypted = { NULL };

  if (!nginx_is_there ())
    return;
  folder = make_folder ();
  authority = authority_new (folder);
  authority_issue (authority, folder, "film", "127.0.0.1", 2);
  nginx = nginx_new (folder);
  nginx_add_site (nginx, "film", "location / { proxy_pass %s; proxy_buffering off; }\n",
                  server->url);
  nginx_start (nginx);
  encrypted.url = nginx_dup_url (nginx, "film");
  g_setenv (RIVALS_CA_VARIABLE, authority_get_file (authority), TRUE);
  measure_first_byte (&encrypted, "tls-", 0);
  measure_first_byte (&encrypted, "tls-", 50);
  measure_first_byte (&encrypted, "tls-", 200);
  g_unsetenv (RIVALS_CA_VARIABLE);
  g_free (encrypted.url);
  g_clear_pointer (&nginx, nginx_free);
  bijou_test_remove_tree (folder);
}

static void
measure_seeks (Server *server, guint delay_ms)
{
  g_autofree char *folder = make_folder ();
  g_autofree char *scene = g_strdup_printf ("seek-%ums", delay_ms);
  Film film = { "seeks", 1024 * MB, LINK_RATE, delay_ms };
  g_autoptr (JsonObject) seeks = run_part ("seeks", server, &film, folder);

  print (scene, "curl", json_object_get_double_member (seeks, "curl_ms"), "ms");
  print (scene, "cache", json_object_get_double_member (seeks, "cache_ms"), "ms");
  print (scene, "cache-worst", json_object_get_double_member (seeks, "worst_ms"), "ms");
  bijou_test_remove_tree (folder);
}

static void
measure_storm (Server *server)
{
  static const Film film = { "storm", STORM_SIZE, LINK_RATE, 20 };
  g_autofree char *folder = make_folder ();
  g_autoptr (JsonObject) storm = run_part ("storm", server, &film, folder);
  FilmServerLog log;

  film_server_read_log (server->url, film.name, &log);
  print ("50-seeks", "requests", (double) log.requests, "requests");
  print ("50-seeks", "middle", json_object_get_double_member (storm, "middle_ms"), "ms");
  print ("50-seeks", "worst", json_object_get_double_member (storm, "worst_ms"), "ms");
  print ("50-seeks", "received", json_object_get_double_member (storm, "received_mib"), "MiB");
  print ("50-seeks", "received-twice",
         json_object_get_double_member (storm, "received_mib") -
             json_object_get_double_member (storm, "present_mib"),
         "MiB");
  print ("50-seeks", "sent-twice", (double) log.twice / MB, "MiB");
  bijou_test_remove_tree (folder);
}

/* The large film, then the same again, then seeks in it: all is there. */
static void
measure_again (Server *server)
{
  static const Film film = { "again", LARGE_SIZE, 0, 50 };
  g_autofree char *folder = make_folder ();
  FilmServerLog before, after;
  double growth = run_for ("cache", "growth_mib", server, &film, folder);

  print ("2-GiB", "memory-growth", growth, "MiB");
  film_server_read_log (server->url, film.name, &before);
  print ("2-GiB", "requests", (double) before.requests, "requests");
  print ("again", "time", run_for ("cache", "ms", server, &film, folder), "ms");
  print ("again", "seek-middle", run_for ("storm", "middle_ms", server, &film, folder), "ms");
  print ("again", "seek-worst", run_for ("storm", "worst_ms", server, &film, folder), "ms");
  film_server_read_log (server->url, film.name, &after);
  print ("again", "requests", (double) (after.requests - before.requests), "requests");
  bijou_test_remove_tree (folder);
}

static void
measure_ahead (Server *server)
{
  static const Film film = { "ahead", AHEAD_SIZE, AHEAD_RATE, 20 };
  g_autofree char *folder = make_folder ();
  g_autoptr (JsonObject) ahead = run_part ("ahead", server, &film, folder);

  print ("ahead", "requests", (double) json_object_get_int_member (ahead, "requests"), "requests");
  print ("ahead", "pauses", (double) json_object_get_int_member (ahead, "pauses"), "pauses");
  bijou_test_remove_tree (folder);
}

static int
run_as_part (char **arguments)
{
  if (g_str_equal (arguments[1], "server"))
    return film_server_main ();
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (g_str_equal (arguments[1], parts[i].name) && g_strv_length (arguments) == 5)
      return parts[i].run (arguments[2], g_ascii_strtoll (arguments[3], NULL, 10), arguments[4]);
  bench_fail ("there is no %s", arguments[1]);
}

int
main (int argc, char **argv)
{
  static const Film fast = { "fast", FAST_SIZE, 0, 0 };
  static const guint latencies[] = { 0, 2, 50, 200 };
  static const Film link = { "link", LINK_SIZE, LINK_RATE, 0 };
  Server server;

  if (argc > 1)
    return run_as_part (argv);
  server_init (&server);
  measure_throughput (&server, "loopback", &fast, RUNS);
  measure_throughput (&server, "100-Mbit", &link, LINK_RUNS);
  for (gsize i = 0; i < G_N_ELEMENTS (latencies); i++)
    {
      measure_first_byte (&server, "", latencies[i]);
      measure_seeks (&server, latencies[i]);
    }
  measure_tls (&server);
  measure_storm (&server);
  measure_again (&server);
  measure_ahead (&server);
  server_clear (&server);
  return 0;
}
