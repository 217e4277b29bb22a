#include "config.h"

#include "command-line-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* --fetch, --output and --cache of the program itself. */

#define DEADLINE_S 30
#define SIZE (3 * 1024 * 1024 + 17)

typedef struct
{
  BijouFakeServer *server;
  BijouFakeItem *film;
  char *id;     /* (owned) "SERVER:REMOTE" */
  char *fetch;  /* (owned) the option */
  char *folder; /* (owned) for what is written out */
  char *file;   /* (owned) in it */
  char *output; /* (owned) the option */
} Film;

static void
prepare (Cli *cli, gconstpointer data, Film *film)
{
  g_autofree char *answer = NULL;

  film->server = data != NULL ? cli->film : cli->plex;
  film->film = cli_get_item (film->server, BIJOU_FAKE_MOVIE, 4);
  film->id = cli_get_id (film->server, film->film);
  film->fetch = g_strconcat ("--fetch=", film->id, NULL);
  film->folder = g_build_filename (cli->profile, "out", NULL);
  film->file = g_build_filename (film->folder, "film.mkv", NULL);
  film->output = g_strconcat ("--output=", film->file, NULL);
  g_assert_cmpint (g_mkdir (film->folder, 0700), ==, 0);
  answer = bijou_fake_server_control (film->server, "{\"change_file\": %u, \"size\": %d}",
                                      film->film->index, SIZE);
  g_assert_nonnull (answer);
  cli_add (cli, film->server);
  cli_sync (cli);
  bijou_fake_server_reset_log (film->server);
}

static void
film_clear (Film *film)
{
  g_free (film->id);
  g_free (film->fetch);
  g_free (film->folder);
  g_free (film->file);
  g_free (film->output);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Film, film_clear)

static const char *
get_media (Film *film)
{
  return fake_server_get_protocol (film->server) == &bijou_fake_plex_protocol
             ? "GET /library/parts/*"
             : "GET /Videos/*";
}

static void
assert_whole (Film *film)
{
  g_autofree char *text = NULL;
  g_autofree guint8 *expected = g_malloc (SIZE);
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (film->file, &text, &length, &error);
  g_assert_no_error (error);
  bijou_fake_media_fill (film->film->index, 0, expected, SIZE);
  g_assert_cmpmem (text, length, expected, SIZE);
}

/* Nothing half-written is left. */
static guint
count_files (Film *film)
{
  g_autoptr (GDir) dir = g_dir_open (film->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
assert_fetched (Film *film, CliRun *run)
{
  JsonObject *row;

  cli_assert_done (run);
  g_assert_cmpuint (run->rows->len, ==, 1);
  row = run->rows->pdata[0];
  g_assert_cmpstr (cli_get_text (row, "item"), ==, film->id);
  g_assert_cmpint (cli_get_int (row, "size"), ==, SIZE);
  g_assert_cmpint (cli_get_int (row, "ms"), >=, 0);
  g_assert_cmpint (cli_get_int (row, "retries"), >=, 0);
}

/* What --cache says of the film: present bytes; -1: it is not there. */
static gint64
get_present (Cli *cli, Film *film)
{
  g_autoptr (CliRun) run = cli_run (cli, NULL, "--cache", NULL);
  JsonObject *sum;
  gint64 present = -1;

  cli_assert_done (run);
  g_assert_cmpuint (run->rows->len, >=, 1);
  sum = run->rows->pdata[run->rows->len - 1];
  g_assert_null (cli_get_text (sum, "item"));
  g_assert_cmpint (cli_get_int (sum, "disk"), <=, cli_get_int (sum, "budget"));
  for (guint i = 0; i + 1 < run->rows->len; i++)
    if (g_strcmp0 (cli_get_text (run->rows->pdata[i], "item"), film->id) == 0)
      present = cli_get_int (run->rows->pdata[i], "present");
  g_assert_cmpint (cli_get_int (sum, "present"), >=, present);
  return present;
}

static void
test_fetch (Cli *cli, gconstpointer data)
{
  g_auto (Film) film = { NULL };
  g_autoptr (CliRun) first = NULL, again = NULL, offline = NULL, cache = NULL, cleared = NULL;
  JsonObject *row;
  JsonArray *extent;

  prepare (cli, data, &film);
  first = cli_run (cli, NULL, film.fetch, film.output, NULL);
  assert_fetched (&film, first);
  row = first->rows->pdata[0];
  g_assert_cmpint (cli_get_int (row, "bytes"), ==, SIZE);
  g_assert_cmpint (cli_get_int (row, "requests"), ==, 1);
  g_assert_cmpint (cli_get_int (row, "retries"), ==, 0);
  assert_whole (&film);
  g_assert_cmpuint (count_files (&film), ==, 1);

  cache = cli_run (cli, NULL, "--cache", NULL);
  cli_assert_done (cache);
  g_assert_cmpuint (cache->rows->len, ==, 2);
  row = cache->rows->pdata[0];
  g_assert_cmpstr (cli_get_text (row, "item"), ==, film.id);
  g_assert_nonnull (cli_get_text (row, "part"));
  g_assert_nonnull (cli_get_text (row, "last_used"));
  g_assert_cmpint (cli_get_int (row, "size"), ==, SIZE);
  g_assert_cmpint (cli_get_int (row, "present"), ==, SIZE);
  g_assert_cmpint (cli_get_int (row, "disk"), >=, SIZE);
  g_assert_false (json_object_get_boolean_member (row, "pinned"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (row, "extents")), ==, 1);
  extent = json_array_get_array_element (json_object_get_array_member (row, "extents"), 0);
  g_assert_cmpint (json_array_get_int_element (extent, 0), ==, 0);
  g_assert_cmpint (json_array_get_int_element (extent, 1), ==, SIZE);

  /* Whole: no server is needed, and a file that is there is replaced. */
  bijou_fake_server_reset_log (film.server);
  again = cli_run (cli, NULL, film.fetch, NULL);
  assert_fetched (&film, again);
  g_assert_cmpint (cli_get_int (again->rows->pdata[0], "bytes"), ==, 0);
  g_assert_cmpuint (bijou_fake_server_count (film.server, get_media (&film)), ==, 0);
  bijou_fake_server_set_refusing (film.server, TRUE);
  g_assert_true (g_file_set_contents (film.file, "old", -1, NULL));
  offline = cli_run (cli, NULL, film.fetch, film.output, NULL);
  assert_fetched (&film, offline);
  assert_whole (&film);

  cleared = cli_run (cli, NULL, "--cache", "--clear", NULL);
  cli_assert_done (cleared);
  g_assert_cmpuint (cleared->rows->len, ==, 1);
  row = cleared->rows->pdata[0];
  g_assert_cmpint (cli_get_int (row, "present"), ==, 0);
  g_assert_cmpint (cli_get_int (row, "disk"), ==, 0);
}

/* --- a server that behaves badly --- */

static void
test_fetch_faults (Cli *cli, gconstpointer data)
{
  static const char *const faults[] = { "drop-after=700000 times=3",
                                        "reset=900000 times=2",
                                        "401 times=1",
                                        "status=503 times=2",
                                        "wrong-range=64 times=1",
                                        "refuse times=2",
                                        "short-body=5000 times=2",
                                        "no-range" };
  g_auto (Film) film = { NULL };

  prepare (cli, data, &film);
  /* Each protocol has its half: what is tested is the program. */
  for (gsize i = data != NULL; i < G_N_ELEMENTS (faults); i += 2)
    {
      g_autoptr (CliRun) clear = cli_run (cli, NULL, "--cache", "--clear", NULL);
      g_autoptr (CliRun) run = NULL;

      g_unlink (film.file);
      g_test_message ("%s", faults[i]);
      bijou_fake_server_add_fault (film.server, "%s %s", get_media (&film), faults[i]);
      run = cli_run (cli, NULL, film.fetch, film.output, NULL);
      bijou_fake_server_clear_faults (film.server);
      assert_fetched (&film, run);
      assert_whole (&film);
      g_assert_cmpuint (count_files (&film), ==, 1);
      if (strstr (faults[i], "times") != NULL)
        g_assert_cmpint (cli_get_int (run->rows->pdata[0], "retries"), >, 0);
    }
}

/* Not there, or not for us: said at once, and a file that is there stays as it is. */
static void
test_fetch_refused (Cli *cli, gconstpointer data)
{
  g_auto (Film) film = { NULL };
  g_autoptr (CliRun) missing = NULL, unknown = NULL, series = NULL;
  g_autofree char *text = NULL;
  g_autofree char *id = NULL;
  g_autofree char *show = NULL;

  prepare (cli, data, &film);
  g_assert_true (g_file_set_contents (film.file, "old", -1, NULL));
  bijou_fake_server_add_fault (film.server, "%s status=404", get_media (&film));
  missing = cli_run (cli, NULL, film.fetch, film.output, NULL);
  bijou_fake_server_clear_faults (film.server);
  g_assert_cmpint (missing->status, ==, 1);
  g_assert_cmpuint (missing->rows->len, ==, 0);
  g_assert_true (g_file_get_contents (film.file, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old");
  g_assert_cmpuint (count_files (&film), ==, 1);

  unknown = cli_run (cli, NULL, "--fetch=nothing-of-the-kind", NULL);
  g_assert_cmpint (unknown->status, ==, 1);
  id = cli_get_id (film.server, cli_get_item (film.server, BIJOU_FAKE_SHOW, 0));
  show = g_strconcat ("--fetch=", id, NULL);
  series = cli_run (cli, NULL, show, NULL);
  g_assert_cmpint (series->status, ==, 1);
}

static void
test_output_refused (Cli *cli, gconstpointer data)
{
  g_auto (Film) film = { NULL };
  g_autoptr (CliRun) nowhere = NULL, folder = NULL, device = NULL;
  g_autofree char *lost = NULL;
  g_autofree char *into = NULL;

  prepare (cli, data, &film);
  lost = g_strconcat (film.output, "/no/such/film.mkv", NULL);
  nowhere = cli_run (cli, NULL, film.fetch, lost, NULL);
  cli_assert_fails (nowhere, 1, "cannot be written");
  into = g_strconcat ("--output=", film.folder, NULL);
  folder = cli_run (cli, NULL, film.fetch, into, NULL);
  cli_assert_fails (folder, 1, "cannot be written");
  g_assert_cmpuint (count_files (&film), ==, 0);
  /* Before a byte was asked for. */
  g_assert_cmpuint (bijou_fake_server_count (film.server, get_media (&film)), ==, 0);

  device = cli_run (cli, NULL, film.fetch, "--output=/dev/full", NULL);
  g_assert_cmpint (device->status, ==, 1);
  g_assert_true (g_file_test ("/dev/full", G_FILE_TEST_EXISTS));
}

/* --- two at once, and one that is stopped --- */

static GSubprocess *
start_slowly (Cli *cli, Film *film)
{
  const char *const arguments[] = { film->fetch, film->output, NULL };
  gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;
  GSubprocess *process;

  bijou_fake_server_add_fault (film->server, "%s bandwidth=3000000", get_media (film));
  process = cli_start (cli, NULL, arguments);
  while (bijou_fake_server_count (film->server, get_media (film)) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (5000);
    }
  return process;
}

/* It goes on where it was. */
static void
test_fetch_stopped (Cli *cli, gconstpointer data)
{
  g_auto (Film) film = { NULL };
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (CliRun) stopped = NULL, rest = NULL;
  gint64 present;

  prepare (cli, data, &film);
  process = start_slowly (cli, &film);
  g_usleep (G_USEC_PER_SEC / 4);
  g_subprocess_send_signal (process, SIGINT);
  stopped = cli_finish (cli, process, NULL);
  g_assert_cmpint (stopped->status, ==, 130);
  g_assert_cmpstr (stopped->err, ==, "");
  g_assert_cmpuint (stopped->rows->len, ==, 0);
  g_assert_cmpuint (count_files (&film), ==, 0);
  bijou_fake_server_clear_faults (film.server);

  present = get_present (cli, &film);
  g_assert_cmpint (present, >, 0);
  g_assert_cmpint (present, <, SIZE);
  rest = cli_run (cli, NULL, film.fetch, film.output, NULL);
  assert_fetched (&film, rest);
  g_assert_cmpint (cli_get_int (rest->rows->pdata[0], "bytes"), ==, SIZE - present);
  assert_whole (&film);
  g_assert_cmpint (get_present (cli, &film), ==, SIZE);
}

/* The second one is refused the cache entry: it says so, or writes the film out all the same. */
static void
test_fetch_twice (Cli *cli, gconstpointer data)
{
  g_auto (Film) film = { NULL };
  g_autofree char *file = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (CliRun) first = NULL, second = NULL, third = NULL;

  prepare (cli, data, &film);
  process = start_slowly (cli, &film);
  second = cli_run (cli, NULL, film.fetch, NULL);
  cli_assert_fails (second, 1, "another Bijou has the film open");
  file = g_steal_pointer (&film.file);
  film.file = g_strconcat (file, ".2", NULL);
  other = g_strconcat ("--output=", film.file, NULL);
  third = cli_run (cli, NULL, film.fetch, other, NULL);
  g_assert_cmpint (third->status, ==, 0);
  assert_whole (&film);
  first = cli_finish (cli, process, NULL);
  assert_fetched (&film, first);
  g_free (film.file);
  film.file = g_steal_pointer (&file);
  assert_whole (&film);
  g_assert_cmpuint (count_files (&film), ==, 2);
}

/* --- what the preferences say --- */

static void
set_keep (Cli *cli, const char *keep)
{
  g_autofree char *file = g_build_filename (cli->profile, "settings.ini", NULL);
  g_autofree char *text =
      g_strdup_printf ("[io/github/bijouplayer/Bijou]\ncache-keep='%s'\n", keep);

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
}

static void
test_fetch_with_no_cache (Cli *cli, gconstpointer data)
{
  static const char *const keeps[] = { "off", "watching" };
  g_auto (Film) film = { NULL };

  prepare (cli, data, &film);
  for (gsize i = 0; i < G_N_ELEMENTS (keeps); i++)
    {
      g_autoptr (CliRun) kept = NULL, written = NULL;

      g_unlink (film.file);
      set_keep (cli, keeps[i]);
      kept = cli_run (cli, NULL, film.fetch, NULL);
      cli_assert_fails (kept, 1, "not kept");
      written = cli_run (cli, NULL, film.fetch, film.output, NULL);
      g_assert_cmpint (written->status, ==, 0);
      assert_whole (&film);
      g_assert_cmpint (get_present (cli, &film), ==, -1);
    }
}

int
main (int argc, char **argv)
{
  cli_test_init (&argc, &argv);

  CLI_ADD_BOTH ("media/fetch", test_fetch);
  CLI_ADD_BOTH ("media/faults", test_fetch_faults);
  CLI_ADD_BOTH ("media/refused", test_fetch_refused);
  CLI_ADD_BOTH ("media/output-refused", test_output_refused);
  CLI_ADD_BOTH ("media/stopped", test_fetch_stopped);
  CLI_ADD_BOTH ("media/twice", test_fetch_twice);
  CLI_ADD ("media/no-cache", test_fetch_with_no_cache);

  return g_test_run ();
}
