#include "config.h"

#include "bijou-fake-server.h"

#include <locale.h>
#include <string.h>

/* The live program on the fake servers: it finds good servers good and faulty ones not, and leaves
 * nothing behind in either case. */

static const char *program; /* path of bijou-live-test */

typedef struct
{
  BijouFakeServer *fake; /* (owned) */
  gboolean plex;
  char *state; /* (owned) (nullable) of all items, before */
  char *output;
  int status;
} Fixture;

/* The play state of all items but the tracks, of which a server remembers its own choice. */
static char *
dup_state (Fixture *fixture)
{
  GString *all = g_string_new (NULL);

  for (guint i = 0;; i++)
    {
      g_autofree char *state = bijou_fake_server_control (fixture->fake, "{\"state\": %u}", i);
      char *tracks = strstr (state, ",\"audio_stream\"");

      if (tracks == NULL)
        break;
      *tracks = '\0';
      g_string_append_printf (all, "%u %s\n", i, state);
    }
  return g_string_free (all, FALSE);
}

static void
start (Fixture *fixture, const BijouFakeOptions *options)
{
  g_autoptr (GError) error = NULL;

  fixture->fake = bijou_fake_server_start (fixture->plex ? BIJOU_FAKE_PLEX : BIJOU_FAKE_JELLYFIN,
                                           options, &error);
  g_assert_no_error (error);
  fixture->state = dup_state (fixture);
  g_assert_true (*fixture->state != '\0' || options->movies + options->shows == 0);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->plex = g_str_equal (data, "plex");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bijou_fake_server_stop (fixture->fake);
  g_free (fixture->state);
  g_free (fixture->output);
}

static void
run_with (Fixture *fixture, const char *secret)
{
  g_autoptr (GError) error = NULL;
  const char *argv[] = { program, bijou_fake_server_get_url (fixture->fake), NULL, NULL, NULL };
  g_autofree char *input = g_strconcat (secret, "\n", NULL);
  g_autoptr (GSubprocess) process = NULL;

  if (!fixture->plex)
    {
      argv[2] = "--user";
      argv[3] = bijou_fake_server_get_user (fixture->fake);
    }
  process = g_subprocess_newv (argv,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_MERGE,
                               &error);
  g_assert_no_error (error);
  g_clear_pointer (&fixture->output, g_free);
  g_subprocess_communicate_utf8 (process, input, NULL, &fixture->output, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", fixture->output);
  g_assert_true (g_subprocess_get_if_exited (process));
  fixture->status = g_subprocess_get_exit_status (process);
}

static void
assert_untouched (Fixture *fixture)
{
  g_autofree char *state = dup_state (fixture);

  g_assert_cmpstr (state, ==, fixture->state);
  if (!fixture->plex)
    g_assert_cmpuint (bijou_fake_server_count (fixture->fake, "POST /Sessions/Logout*"), ==, 1);
}

static void
run (Fixture *fixture)
{
  g_autofree char *token = bijou_fake_server_dup_token (fixture->fake, 0);

  run_with (fixture, fixture->plex ? token : bijou_fake_server_get_password (fixture->fake));
  g_assert_null (strstr (fixture->output, token));
  assert_untouched (fixture);
}

static void
assert_says (Fixture *fixture, const char *text)
{
  g_assert_nonnull (strstr (fixture->output, text));
}

/* --- tests --- */

static void
test_good (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  start (fixture, &options);
  run (fixture);
  g_assert_null (strstr (fixture->output, "NOT AS EXPECTED"));
  g_assert_cmpint (fixture->status, ==, 0);
  assert_says (fixture, "ok: state after the reports");
  assert_says (fixture, "ok: state after the mark was undone");
  assert_says (fixture, "ok: ranged read at the middle");
  assert_says (fixture, "ok: details of the episode");
}

static void
test_shows_only (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  options.movies = 0;
  start (fixture, &options);
  run (fixture);
  g_assert_null (strstr (fixture->output, "NOT AS EXPECTED"));
  g_assert_cmpint (fixture->status, ==, 0);
  assert_says (fixture, "skipped: ");
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = { 0 };

  start (fixture, &options);
  run (fixture);
  g_assert_null (strstr (fixture->output, "NOT AS EXPECTED"));
  g_assert_cmpint (fixture->status, ==, 0);
  assert_says (fixture, "skipped: movie in ");
}

static void
test_wrong_secret (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  start (fixture, &options);
  run_with (fixture, "certainly-not-this");
  g_assert_cmpint (fixture->status, ==, 1);
  assert_says (fixture, "NOT AS EXPECTED: sign-in");
  g_assert_null (strstr (fixture->output, "certainly-not-this"));
}

static void
test_no_ranges (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  start (fixture, &options);
  bijou_fake_server_add_fault (fixture->fake, "GET %s no-range",
                               fixture->plex ? "/library/parts/*" : "/Videos/*");
  run (fixture);
  g_assert_cmpint (fixture->status, ==, 1);
  assert_says (fixture, "NOT AS EXPECTED: ranged read");
}

static void
test_failed_stop (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  start (fixture, &options);
  bijou_fake_server_add_fault (fixture->fake, "POST %s status=500",
                               fixture->plex ? "/:/timeline*state=stopped*"
                                             : "/Sessions/Playing/Stopped*");
  run (fixture);
  g_assert_cmpint (fixture->status, ==, 1);
  assert_says (fixture, "NOT AS EXPECTED: report: stop");
}

static void
test_read_only (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  start (fixture, &options);
  bijou_fake_server_add_fault (fixture->fake, "POST %s status=403",
                               fixture->plex ? "/:/timeline*" : "/Sessions/Playing*");
  run (fixture);
  g_assert_cmpint (fixture->status, ==, 0);
  assert_says (fixture, "skipped: report: start: ");
  assert_says (fixture, "skipped: marks: ");
}

static void
test_missing_rows (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;

  start (fixture, &options);
  bijou_fake_server_add_fault (fixture->fake, "GET %s missing-rows=10",
                               fixture->plex ? "/library/sections/*/all*" : "/Items?*parentId*");
  run (fixture);
  g_assert_cmpint (fixture->status, ==, 1);
  assert_says (fixture, "NOT AS EXPECTED: sync of ");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  program = argv[1];
#define ADD(name, func)                                                                            \
  g_test_add ("/live/plex/" name, Fixture, "plex", set_up, func, tear_down);                       \
  g_test_add ("/live/jellyfin/" name, Fixture, "jellyfin", set_up, func, tear_down)
  ADD ("good", test_good);
  ADD ("shows-only", test_shows_only);
  ADD ("empty", test_empty);
  ADD ("wrong-secret", test_wrong_secret);
  ADD ("no-ranges", test_no_ranges);
  ADD ("failed-stop", test_failed_stop);
  ADD ("read-only", test_read_only);
  ADD ("missing-rows", test_missing_rows);
  return g_test_run ();
}
