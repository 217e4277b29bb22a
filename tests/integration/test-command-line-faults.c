#include "config.h"

#include "command-line-fixture.h"

#include <sqlite3.h>
#include <string.h>

/* What breaks a sync off, and servers that answer badly. */

/* Comes when something that is waited for does not. */
#define DEADLINE_S 30

/* --- Ctrl+C --- */

static void
wait_for_request (BijouFakeServer *server, const char *glob)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC;

  while (bijou_fake_server_count (server, glob) == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (2000);
    }
}

static void
assert_database_is_whole (Cli *cli)
{
  g_autofree char *file = g_build_filename (cli->profile, "data", "library.db", NULL);
  sqlite3 *database = NULL;
  sqlite3_stmt *statement = NULL;

  g_assert_cmpint (sqlite3_open_v2 (file, &database, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (database, "PRAGMA integrity_check", -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (statement, 0), ==, "ok");
  sqlite3_finalize (statement);
  g_assert_cmpint (sqlite3_prepare_v2 (database, "PRAGMA foreign_key_check", -1, &statement, NULL),
                   ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (statement), ==, SQLITE_DONE);
  sqlite3_finalize (statement);
  sqlite3_close (database);
}

static void
interrupt_sync (Cli *cli, BijouFakeServer *server, int signal_number)
{
  static const char *const arguments[] = { "--sync", NULL };
  const char *page = server == cli->film ? "*startIndex=50*" : "*Container-Start=50*";
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (CliRun) run = NULL;

  bijou_fake_server_add_fault (server, "%s stall", page);
  bijou_fake_server_reset_log (server);
  process = cli_start (cli, NULL, arguments);
  wait_for_request (server, page);
  g_subprocess_send_signal (process, signal_number);
  run = cli_finish (cli, process, NULL);
  bijou_fake_server_clear_faults (server);
  g_assert_cmpint (run->status, ==, signal_number == SIGKILL ? -1 : 130);
  g_assert_cmpstr (run->err, ==, "");
  assert_database_is_whole (cli);
}

static void
test_interrupt (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  const char *first = data != NULL ? "*includeItemTypes=Movie*startIndex=0*"
                                   : "*/1/all*type=1&*Container-Start=0&*";
  g_autoptr (CliRun) movies = NULL;

  cli_add (cli, server);
  interrupt_sync (cli, server, SIGINT);
  movies = cli_list (cli, "movies");
  g_assert_cmpuint (movies->rows->len, >=, CLI_PAGE_ROWS);
  g_assert_cmpuint (movies->rows->len, <, 60);

  /* It goes on where it was. */
  bijou_fake_server_reset_log (server);
  cli_sync (cli);
  cli_assert_mirror (cli, server);
  g_assert_cmpuint (bijou_fake_server_count (server, first), <=, data != NULL ? 1 : 0);

  interrupt_sync (cli, server, SIGTERM);
  cli_assert_mirror (cli, server);
  interrupt_sync (cli, server, SIGKILL);
  cli_assert_mirror (cli, server);
  cli_sync (cli);
  cli_assert_mirror (cli, server);
}

/* Two at once, on one profile. */
static void
test_two_at_once (Cli *cli, gconstpointer data)
{
  static const char *const sync[] = { "--sync", NULL };
  GSubprocess *processes[4];

  cli_add_all (cli);
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    processes[i] = cli_start (cli, NULL, sync);
  for (guint i = 0; i < G_N_ELEMENTS (processes); i++)
    {
      g_autoptr (CliRun) run = cli_finish (cli, processes[i], NULL);

      cli_assert_done (run);
      g_object_unref (processes[i]);
    }
  assert_database_is_whole (cli);
  cli_sync (cli);
  cli_assert_mirror (cli, cli->plex);
  cli_assert_mirror (cli, cli->other);
  cli_assert_mirror (cli, cli->film);
}

/* --- bad answers --- */

typedef enum
{
  EVERYWHERE = 1 << 0, /* not just the pages of the library */
  HARMLESS = 1 << 1,   /* all is well in spite of it */
} FaultFlags;

typedef struct
{
  const char *name;
  const char *fault;
  FaultFlags flags;
} Fault;

static const Fault faults[] = {
  { "cut-json", "truncate", 0 },
  { "cut-once", "truncate times=1", HARMLESS },
  { "cut-everywhere", "truncate", EVERYWHERE },
  { "cut-body", "drop-after=400", 0 },
  { "reset", "reset=400", 0 },
  { "html", "html", 0 },
  { "html-everywhere", "html", EVERYWHERE },
  { "no-body", "empty", 0 },
  { "status-500", "status=500", 0 },
  { "status-500-everywhere", "status=500", EVERYWHERE },
  { "second-page-500", "fail-page=1", 0 },
  { "status-401", "401", 0 },
  { "status-401-everywhere", "401", EVERYWHERE },
  { "status-404", "status=404", 0 },
  { "repeated-page", "repeat-page", 0 },
  { "repeated-rows", "repeat-ids", HARMLESS },
  { "missing-rows", "missing-rows=10", HARMLESS },
  { "total-too-large", "wrong-total=5", HARMLESS },
  { "total-too-small", "wrong-total=-5", HARMLESS },
  { "all-rows", "ignore-paging", 0 },
  { "wrong-types", "drift", HARMLESS },
  { "wrong-types-everywhere", "drift", EVERYWHERE | HARMLESS },
  { "unknown-words", "unknown-enums", EVERYWHERE | HARMLESS },
  { "latin1", "latin1", EVERYWHERE | HARMLESS },
  { "bad-utf8", "bad-utf8", EVERYWHERE | HARMLESS },
  { "other-machine", "wrong-machine", EVERYWHERE },
  { "starting", "starting", EVERYWHERE },
};

static void
add_fault (Cli *cli, BijouFakeServer *server, const Fault *fault)
{
  const char *pages = server == cli->film ? "/Items?*parentId*" : "/library/sections/*/all*";

  bijou_fake_server_add_fault (server, "%s %s", (fault->flags & EVERYWHERE) != 0 ? "*" : pages,
                               fault->fault);
}

/* However it ends, at most one line says so. */
static void
sync_badly (Cli *cli, BijouFakeServer *server, const Fault *fault)
{
  g_autoptr (CliRun) run = NULL;
  const char *end;

  add_fault (cli, server, fault);
  run = cli_run (cli, NULL, "--sync", NULL);
  bijou_fake_server_clear_faults (server);
  g_test_message ("%d %s", run->status, run->err);
  end = strchr (run->err, '\n');
  g_assert_true (end == NULL || end[1] == '\0');
  g_assert_cmpint (run->status, ==, (fault->flags & HARMLESS) != 0 ? 0 : 1);
  g_assert_cmpint (run->status, ==, cli_get_text (cli_get_sum (run), "error") != NULL);
  assert_database_is_whole (cli);
}

static void
assert_nothing_is_gone (Cli *cli, BijouFakeServer *server)
{
  BijouFakeLibrary *library = fake_server_get_library (server);
  g_autoptr (GHashTable) ids = cli_list_ids (cli, server);

  for (guint i = 0; i < bijou_fake_library_get_n_items (library); i++)
    {
      BijouFakeItem *item = bijou_fake_library_get_item (library, i);
      g_autofree char *id = item != NULL ? cli_get_id (server, item) : NULL;

      if (id != NULL && !g_hash_table_contains (ids, id))
        g_error ("%s is gone", id);
    }
}

static void
try_fault (Cli *cli, BijouFakeServer *server, const Fault *fault)
{
  cli_add (cli, cli->other);
  cli_add (cli, server);
  cli_sync (cli);
  sync_badly (cli, server, fault);
  assert_nothing_is_gone (cli, server);
  cli_assert_mirror (cli, cli->other);

  cli_change_library (server);
  cli_sync (cli);
  cli_assert_mirror (cli, server);
}

static void
test_plex_fault (Cli *cli, gconstpointer data)
{
  try_fault (cli, cli->plex, data);
}

static void
test_jellyfin_fault (Cli *cli, gconstpointer data)
{
  try_fault (cli, cli->film, data);
}

static void
remove_server (Cli *cli, BijouFakeServer *server)
{
  g_autofree char *option =
      g_strconcat ("--remove-server=", bijou_fake_server_get_id (server), NULL);
  g_autoptr (CliRun) run = cli_run (cli, NULL, option, NULL);

  cli_assert_done (run);
}

/* A library that is seen for the first time. */
static void
test_first_sync (Cli *cli, gconstpointer data)
{
  static const Fault first[] = {
    { "cut-json", "truncate", 0 },
    { "second-page-500", "fail-page=1", 0 },
    { "repeated-page", "repeat-page", 0 },
    { "missing-rows", "missing-rows=10", HARMLESS },
  };
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;

  for (guint i = 0; i < G_N_ELEMENTS (first); i++)
    {
      cli_add (cli, server);
      sync_badly (cli, server, &first[i]);
      cli_sync (cli);
      cli_assert_mirror (cli, server);
      remove_server (cli, server);
    }
}

static void
add_faults (const char *backend, void (*func) (Cli *cli, gconstpointer data))
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/command-line/fault/%s/%s", backend, faults[i].name);

      g_test_add (path, Cli, &faults[i], cli_set_up, func, cli_tear_down);
    }
}

int
main (int argc, char **argv)
{
  cli_test_init (&argc, &argv);

  CLI_ADD_BOTH ("interrupt", test_interrupt);
  CLI_ADD ("two-at-once", test_two_at_once);
  CLI_ADD_BOTH ("first-sync", test_first_sync);
  add_faults ("plex", test_plex_fault);
  add_faults ("jellyfin", test_jellyfin_fault);

  return g_test_run ();
}
