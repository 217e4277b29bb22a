#include "config.h"

#include "command-line-fixture.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* The program is killed at any moment of a sync and of a mark: the database is whole, the next sync
 * ends with what the server has, and a mark counts once. BIJOU_KILLS=200 is the long form. */

#define KILLS 20
#define PATIENCE_US (30 * G_USEC_PER_SEC)

static guint
get_kills (void)
{
  const char *text = g_getenv ("BIJOU_KILLS");

  return text != NULL ? (guint) atoi (text) : KILLS;
}

/* --- the database --- */

static void
check_with (sqlite3 *database, const char *sql, const char *expected)
{
  sqlite3_stmt *statement = NULL;
  int code;

  g_assert_cmpint (sqlite3_prepare_v2 (database, sql, -1, &statement, NULL), ==, SQLITE_OK);
  code = sqlite3_step (statement);
  if (expected == NULL)
    g_assert_cmpint (code, ==, SQLITE_DONE);
  else
    {
      g_assert_cmpint (code, ==, SQLITE_ROW);
      g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, expected);
    }
  sqlite3_finalize (statement);
}

static void
assert_whole (Cli *cli)
{
  g_autofree char *path = g_build_filename (cli->profile, "data", "library.db", NULL);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  check_with (database, "PRAGMA integrity_check", "ok");
  check_with (database, "PRAGMA foreign_key_check", NULL);
  check_with (database, "INSERT INTO search (search) VALUES ('integrity-check')", NULL);
  sqlite3_close (database);
}

/* --- killing --- */

static gint64
run_killed (Cli *cli, const char *const *arguments, gint64 after_us)
{
  g_autoptr (GSubprocess) process = cli_start (cli, NULL, arguments);
  gint64 begun_at = g_get_monotonic_time ();

  if (after_us >= 0)
    {
      g_usleep (after_us);
      g_subprocess_force_exit (process);
    }
  g_subprocess_wait (process, NULL, NULL);
  return g_get_monotonic_time () - begun_at;
}

static void
order (BijouFakeServer *server, const char *format, BijouFakeItem *item, gint64 value)
{
  g_autofree char *text = g_strdup_printf (format, item->index, value);

  g_free (bijou_fake_server_control (server, "%s", text));
}

/* Something to write for each run. */
static void
change_server (BijouFakeServer *server, guint round)
{
  for (guint i = 0; i < 20; i++)
    {
      BijouFakeItem *film =
          cli_get_item (server, BIJOU_FAKE_MOVIE, (guint) g_test_rand_int_range (0, 40));

      order (server, "{\"rename\": %u, \"title\": \"Round %" G_GINT64_FORMAT "\"}", film, round);
    }
  for (guint i = 0; i < 5; i++)
    order (server, "{\"mark\": %u, \"position_ms\": %" G_GINT64_FORMAT ", \"quiet\": true}",
           cli_get_item (server, BIJOU_FAKE_EPISODE, (guint) g_test_rand_int_range (0, 30)),
           60000 + 1000 * (gint64) round);
  /* A few stay, also in the long form. */
  if (round % 4 == 3 && round < 40)
    order (server, "{\"remove\": %u}",
           cli_get_item (server, BIJOU_FAKE_MOVIE, (guint) g_test_rand_int_range (41, 45)), 0);
}

static void
forget_mirror (Cli *cli)
{
  g_autofree char *path = g_build_filename (cli->profile, "data", "library.db", NULL);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database,
                                 "PRAGMA foreign_keys = ON; DELETE FROM library; DELETE FROM item;"
                                 " DELETE FROM sync_run; DELETE FROM sync_value",
                                 NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sqlite3_close (database);
}

/* Every other time from nothing, and then over a library that is here. */
static void
test_sync (Cli *cli, gconstpointer data)
{
  static const char *const sync[] = { "--sync", NULL };
  static const char *const full[] = { "--sync", "--full", NULL };
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  guint kills = get_kills ();
  gint64 whole_us;

  cli_add (cli, server);
  whole_us = run_killed (cli, sync, -1);
  for (guint i = 0; i < kills; i++)
    {
      gint64 after_us = (gint64) (g_test_rand_double () * (double) whole_us);

      if (i % 2 == 0)
        forget_mirror (cli);
      change_server (server, i);
      run_killed (cli, i % 3 == 0 ? full : sync, after_us);
      assert_whole (cli);
      /* Sometimes it is killed again and again before it comes to its end. */
      if (i % 4 == 1)
        continue;
      cli_sync (cli);
      cli_assert_mirror (cli, server);
    }
  cli_sync (cli);
  cli_assert_mirror (cli, server);
}

/* --- marks --- */

static BijouFakeItem *
get_unseen_film (BijouFakeServer *server, guint after)
{
  BijouFakeItem *film;

  for (guint i = after;; i++)
    {
      film = cli_get_item (server, BIJOU_FAKE_MOVIE, i);
      if (cli_get_state (server, film)->view_count == 0)
        return film;
    }
}

static guint
count_marks (BijouFakeServer *server)
{
  return bijou_fake_server_count (server, "*scrobble*") +
         bijou_fake_server_count (server, "*/UserPlayedItems/*");
}

static void
wait_for_mark (BijouFakeServer *server)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_US;

  while (count_marks (server) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
}

/* The server has it, and the program is gone before it hears so. */
static void
test_mark_sent (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  BijouFakeItem *film = get_unseen_film (server, 0);
  g_autofree char *id = cli_get_id (server, film);
  const char *arguments[] = { "--mark=watched", id, NULL };
  g_autoptr (GSubprocess) process = NULL;

  cli_add (cli, server);
  cli_sync (cli);
  bijou_fake_server_reset_log (server);
  bijou_fake_server_add_fault (server, "/:/scrobble* hold-answer");
  bijou_fake_server_add_fault (server, "/UserPlayedItems* hold-answer");
  process = cli_start (cli, NULL, arguments);
  wait_for_mark (server);
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  bijou_fake_server_clear_faults (server);

  cli_sync (cli);
  cli_sync (cli);
  g_assert_cmpuint (count_marks (server), ==, 1);
  g_assert_cmpint (cli_get_state (server, film)->view_count, ==, 1);
  cli_assert_mirror (cli, server);
}

/* Before it is written, before it is sent, before the answer, after it: once or not at all. */
static void
test_mark (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  guint kills = MIN (get_kills (), 30);
  gint64 whole_us = 0;

  cli_add (cli, server);
  cli_sync (cli);
  for (guint i = 0; i <= kills; i++)
    {
      BijouFakeItem *film = get_unseen_film (server, i % 30);
      g_autofree char *id = cli_get_id (server, film);
      const char *arguments[] = { "--mark=watched", id, NULL };
      gint64 after_us = i == 0 ? -1 : (gint64) ((0.2 + g_test_rand_double ()) * (double) whole_us);
      gint64 took_us = run_killed (cli, arguments, after_us);

      whole_us = i == 0 ? took_us : whole_us;
      assert_whole (cli);
      cli_sync (cli);
      g_assert_cmpint (cli_get_state (server, film)->view_count, <=, 1);
      g_assert_cmpint (i > 0 || cli_get_state (server, film)->view_count == 1, ==, TRUE);
    }
  cli_assert_mirror (cli, server);
}

int
main (int argc, char **argv)
{
  cli_test_init (&argc, &argv);

  CLI_ADD_BOTH ("kill/sync", test_sync);
  CLI_ADD_BOTH ("kill/mark-sent", test_mark_sent);
  CLI_ADD_BOTH ("kill/mark", test_mark);

  return g_test_run ();
}
