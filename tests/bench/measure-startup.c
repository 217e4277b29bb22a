#include "config.h"

#include "bench-profile.h"

#include <stdlib.h>

/* The start of the window with a large mirror and no server, and its memory once all of it was
 * looked at; both beside an empty libadwaita window on the same display. */

#define STARTS 7

static const BijouFakeOptions options = {
  .movies = 10000, .shows = 200, .seasons = 5, .episodes = 10
};

static char *
get_helper (const char *name)
{
  return g_build_filename (g_getenv ("BIJOU_BUILD"), "tests", "bench", name, NULL);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return *(const gint64 *) a < *(const gint64 *) b ? -1 : 1;
}

static double
get_median (gint64 *values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  return (double) values[n / 2];
}

static gint64
get_figure (JsonObject *object, const char *name)
{
  if (object == NULL || json_object_get_null_member (object, name))
    bench_fail ("%s is not known", name);
  return json_object_get_int_member (object, name);
}

static JsonObject *
run_empty (void)
{
  g_autofree char *program = get_helper ("empty-window");
  const char *const arguments[] = { program, NULL };

  return bench_run (arguments, NULL, NULL);
}

/* In turns, so that what else the machine does meets both. */
static void
measure_startup (BenchProfile *profile)
{
  gint64 painted[STARTS];
  gint64 rows[STARTS];
  gint64 empty[STARTS];
  gint64 requests = 0;

  for (guint i = 0; i < STARTS; i++)
    {
      g_autoptr (JsonObject) window =
          bench_profile_run (profile, NULL, NULL, "--exit-after-startup", NULL);
      g_autoptr (JsonObject) bare = run_empty ();

      painted[i] = get_figure (window, "painted_ms");
      rows[i] = get_figure (window, "rows_ms");
      requests += get_figure (window, "requests");
      empty[i] = get_figure (bare, "age_ms");
    }
  bench_print ("startup", NULL, "empty-window-painted", get_median (empty, STARTS), "ms");
  bench_print ("startup", NULL, "painted", get_median (painted, STARTS), "ms");
  bench_print ("startup", NULL, "rows", get_median (rows, STARTS), "ms");
  bench_print ("startup", NULL, "rows-slowest", (double) rows[STARTS - 1], "ms");
  bench_print ("startup", NULL, "requests", (double) requests, "requests");
}

static void
print_memory (const char *what, JsonObject *bare, JsonObject *window, const char *figure)
{
  g_autofree char *empty = g_strconcat ("empty-window-", what, NULL);
  g_autofree char *above = g_strconcat (what, "-above-empty", NULL);
  double a = (double) get_figure (bare, figure) / 1024;
  double b = (double) get_figure (window, figure) / 1024;

  bench_print ("startup", NULL, empty, a, "MiB");
  bench_print ("startup", NULL, what, b, "MiB");
  bench_print ("startup", NULL, above, b - a, "MiB");
}

static void
measure_memory (BenchProfile *profile)
{
  g_autofree char *program = get_helper ("scroll-libraries");
  const char *const arguments[] = { program, profile->folder, NULL };
  g_autoptr (JsonObject) bare = run_empty ();
  g_autoptr (JsonObject) window = bench_run (arguments, NULL, NULL);

  print_memory ("resident", bare, window, "rss_kb");
  print_memory ("proportional", bare, window, "pss_kb");
  print_memory ("private", bare, window, "private_kb");
  print_memory ("peak", bare, window, "peak_kb");
}

int
main (int argc, char **argv)
{
  BijouFakeServer *server = bench_start_server (BIJOU_FAKE_PLEX, &options);
  g_autoptr (JsonObject) sum = NULL;
  BenchProfile profile;

  bench_profile_init (&profile);
  bench_profile_add (&profile, server);
  sum = bench_profile_run (&profile, NULL, NULL, "--sync", NULL);
  measure_memory (&profile);
  /* The pictures are here by now. */
  bijou_fake_server_set_refusing (server, TRUE);
  measure_startup (&profile);
  bench_profile_clear (&profile);
  bijou_fake_server_stop (server);
  return 0;
}
