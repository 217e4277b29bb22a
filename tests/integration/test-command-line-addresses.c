#include "config.h"

#include "bijou-fake-discovery.h"
#include "command-line-fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* The addresses of known servers: adding and testing them. */

static char *
make_local_url (BijouFakeServer *server)
{
  return g_strdup_printf ("http://localhost:%u", bijou_fake_server_get_port (server));
}

static void
change_database (Cli *cli, const char *sql)
{
  g_autofree char *path = g_build_filename (cli->profile, "data", "library.db", NULL);
  sqlite3 *database = NULL;

  g_assert_cmpint (sqlite3_open (path, &database), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (database, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_changes (database), >=, 1);
  sqlite3_close (database);
}

/* Puts an address on the list of every server behind its back. */
static void
insert_address (Cli *cli, const char *url, gboolean disabled)
{
  g_autofree char *sql = g_strdup_printf (
      "INSERT INTO address (server, url, position, class, source, last_success, latency_ms,"
      " failures, pinned, disabled) SELECT pk, '%s', 9, 'lan', 'account', 0, -1, 0, 0, %d"
      " FROM server",
      url, disabled);

  change_database (cli, sql);
}

static JsonObject *
find_url (CliRun *run, const char *url)
{
  for (guint i = 0; i < run->rows->len; i++)
    if (g_strcmp0 (cli_get_text (run->rows->pdata[i], "url"), url) == 0)
      return run->rows->pdata[i];
  g_error ("%s is not in %s", url, run->out);
}

static CliRun *
probe (Cli *cli)
{
  CliRun *run = cli_run (cli, NULL, "--probe", NULL);

  cli_assert_done (run);
  return run;
}

static char *
read_secrets (Cli *cli)
{
  g_autofree char *file = g_build_filename (cli->profile, "data", "secrets.ini", NULL);
  char *text = NULL;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  return text;
}

/* --- adding --- */

static void
test_add_address (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  g_autofree char *url = make_local_url (server);
  g_autofree char *option = g_strconcat ("--add-server=", url, "/", NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autoptr (CliRun) added = NULL;
  g_autoptr (CliRun) again = NULL;
  g_autoptr (CliRun) probed = NULL;
  JsonObject *row;

  cli_add (cli, server);
  cli_sync (cli);
  before = read_secrets (cli);
  added = cli_run (cli, NULL, option, NULL);
  cli_assert_done (added);
  again = cli_run (cli, NULL, option, NULL);
  cli_assert_done (again);
  after = read_secrets (cli);

  g_assert_cmpstr (before, ==, after);
  row = again->rows->pdata[0];
  g_assert_cmpstr (cli_get_text (row, "id"), ==, bijou_fake_server_get_id (server));
  g_assert_cmpstr (cli_get_text (row, "state"), ==, "connected");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (row, "addresses")), ==, 2);
  cli_assert_mirror (cli, server);

  probed = probe (cli);
  g_assert_cmpuint (probed->rows->len, ==, 2);
  g_assert_cmpstr (cli_get_text (find_url (probed, url), "source"), ==, "user");
  g_assert_cmpstr (cli_get_text (find_url (probed, url), "state"), ==, "good");
}

/* What an account or the network gave, and what was switched off, is the user's from now on. */
static void
test_add_known_address (Cli *cli, gconstpointer data)
{
  g_autofree char *url = make_local_url (cli->plex);
  g_autofree char *option = g_strconcat ("--add-server=", url, NULL);
  g_autoptr (CliRun) added = NULL;
  g_autoptr (CliRun) probed = NULL;

  cli_add (cli, cli->plex);
  insert_address (cli, url, TRUE);
  added = cli_run (cli, NULL, option, NULL);
  cli_assert_done (added);
  probed = probe (cli);
  g_assert_cmpuint (probed->rows->len, ==, 2);
  g_assert_cmpstr (cli_get_text (find_url (probed, url), "source"), ==, "user");
  g_assert_cmpstr (cli_get_text (find_url (probed, url), "state"), ==, "good");
}

static void
test_add_without_secret (Cli *cli, gconstpointer data)
{
  g_autofree char *other =
      g_strconcat ("--add-server=", bijou_fake_server_get_url (cli->other), NULL);
  g_autoptr (CliRun) first = cli_run (cli, NULL, other, NULL);
  g_autoptr (CliRun) second = NULL;
  g_autoptr (CliRun) dead = NULL;
  g_autoptr (CliRun) servers = NULL;

  cli_assert_fails (first, 2, "--password-stdin");
  cli_add (cli, cli->plex);
  second = cli_run (cli, NULL, other, NULL);
  cli_assert_fails (second, 2, "--password-stdin");
  dead = cli_run (cli, NULL, "--add-server=http://127.0.0.1:9", NULL);
  cli_assert_fails (dead, 1, "cannot be reached");
  servers = cli_run (cli, NULL, "--list-servers", NULL);
  g_assert_cmpuint (servers->rows->len, ==, 1);
  g_assert_cmpuint (
      json_array_get_length (json_object_get_array_member (servers->rows->pdata[0], "addresses")),
      ==, 1);
}

/* A server of an account stays with it when it is given one more address with the same token. */
static void
test_add_to_account (Cli *cli, gconstpointer data)
{
  g_autofree char *account = bijou_fake_server_dup_token (cli->plextv, 0);
  g_autofree char *token = bijou_fake_server_dup_token (cli->plex, 0);
  g_autofree char *url = make_local_url (cli->plex);
  g_autofree char *option = g_strconcat ("--add-server=", url, NULL);
  g_autoptr (CliRun) run = cli_run (cli, account, "--add-account=plex", "--token-stdin", NULL);
  g_autoptr (CliRun) added = NULL;
  const char *user;

  cli_assert_done (run);
  user = cli_get_text (cli_find (run, bijou_fake_server_get_id (cli->plex)), "user");
  g_assert_nonnull (user);
  added = cli_run (cli, token, option, "--token-stdin", NULL);
  cli_assert_done (added);
  g_assert_cmpstr (cli_get_text (added->rows->pdata[0], "user"), ==, user);
  change_database (cli,
                   "UPDATE server SET name = name WHERE account_id IS NOT NULL AND name = 'One'");
}

/* Behind a proxy's path: found from the bare host, and kept in every URL. */
static void
test_base_path (Cli *cli, gconstpointer data)
{
  BijouFakeOptions options = { .name = "Deep",
                               .id = "a1000000000000000000000000000009",
                               .movies = 3,
                               .shows = 3,
                               .seasons = 1,
                               .episodes = 2,
                               .base_path = "/jellyfin" };
  g_autoptr (BijouFakeServer) deep = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &options, NULL);
  g_autofree char *host = make_local_url (deep);
  g_autofree char *full = g_strconcat (host, "/jellyfin", NULL);
  g_autofree char *option = g_strconcat ("--add-server=", host, NULL);
  g_autoptr (CliRun) added = NULL;
  g_autoptr (CliRun) probed = NULL;

  g_assert_nonnull (deep);
  cli_add (cli, deep);
  added = cli_run (cli, NULL, option, NULL);
  cli_assert_done (added);
  probed = probe (cli);
  g_assert_cmpuint (probed->rows->len, ==, 2);
  g_assert_cmpstr (cli_get_text (find_url (probed, full), "state"), ==, "good");
  g_assert_cmpstr (cli_get_text (find_url (probed, bijou_fake_server_get_url (deep)), "state"), ==,
                   "good");
  bijou_fake_server_reset_log (deep);
  cli_sync (cli);
  cli_assert_mirror (cli, deep);
  g_assert_cmpuint (bijou_fake_server_count (deep, "GET /jellyfin/Items*"), >, 0);
  g_assert_cmpuint (bijou_fake_server_count (deep, "GET /Items*"), ==, 0);
}

/* --- testing --- */

static void
assert_row (JsonObject *row, const char *server, const char *state, gboolean in_use)
{
  gboolean tested = g_str_equal (state, "good") || g_str_equal (state, "failed");

  g_assert_cmpuint (json_object_get_size (row), ==, 10);
  g_assert_cmpstr (cli_get_text (row, "server"), ==, server);
  g_assert_cmpstr (cli_get_text (row, "class"), ==, "lan");
  g_assert_cmpstr (cli_get_text (row, "state"), ==, state);
  g_assert_cmpint (cli_get_text (row, "error") != NULL, ==, g_str_equal (state, "failed"));
  g_assert_cmpint (cli_get_text (row, "last_success") != NULL, ==, g_str_equal (state, "good"));
  g_assert_cmpint (json_object_get_boolean_member (row, "in_use"), ==, in_use);
  g_assert_false (json_object_get_boolean_member (row, "pinned"));
  if (!tested)
    g_assert_cmpint (cli_get_int (row, "ms"), ==, -1);
}

static void
assert_told_nothing (BijouFakeServer *server)
{
  g_autoptr (GPtrArray) log = bijou_fake_server_dup_log (server);

  for (guint i = 0; i < log->len; i++)
    g_assert_cmpint (((BijouFakeLogEntry *) log->pdata[i])->token, ==, BIJOU_FAKE_TOKEN_NONE);
}

static void
test_probe (Cli *cli, gconstpointer data)
{
  const char *id = bijou_fake_server_get_id (cli->plex);
  g_autofree char *stranger = make_local_url (cli->other);
  g_autofree char *off = make_local_url (cli->plex);
  g_autoptr (CliRun) run = NULL;

  cli_add (cli, cli->plex);
  insert_address (cli, "http://127.0.0.1:9", FALSE);
  insert_address (cli, stranger, FALSE);
  insert_address (cli, off, TRUE);
  bijou_fake_server_reset_log (cli->other);
  run = probe (cli);
  g_assert_cmpuint (run->rows->len, ==, 4);
  assert_row (find_url (run, bijou_fake_server_get_url (cli->plex)), id, "good", TRUE);
  assert_row (find_url (run, "http://127.0.0.1:9"), id, "failed", FALSE);
  assert_row (find_url (run, stranger), id, "failed", FALSE);
  assert_row (find_url (run, off), id, "disabled", FALSE);
  g_assert_cmpuint (bijou_fake_server_count (cli->other, "GET /identity*"), ==, 1);
  assert_told_nothing (cli->other);
}

static void
test_probe_all_dead (Cli *cli, gconstpointer data)
{
  g_autoptr (CliRun) run = NULL;
  g_autoptr (CliRun) unknown = NULL;
  g_autoptr (CliRun) empty = probe (cli);

  g_assert_cmpstr (empty->out, ==, "");
  cli_add (cli, cli->plex);
  cli_add (cli, cli->film);
  bijou_fake_server_set_refusing (cli->plex, TRUE);
  bijou_fake_server_set_refusing (cli->film, TRUE);
  run = probe (cli);
  g_assert_cmpuint (run->rows->len, ==, 2);
  for (guint i = 0; i < run->rows->len; i++)
    {
      g_assert_cmpstr (cli_get_text (run->rows->pdata[i], "state"), ==, "failed");
      g_assert_false (json_object_get_boolean_member (run->rows->pdata[i], "in_use"));
      /* It was good when it was added, and that is still known. */
      g_assert_nonnull (cli_get_text (run->rows->pdata[i], "last_success"));
    }
  unknown = cli_run (cli, NULL, "--probe=nobody", NULL);
  cli_assert_fails (unknown, 1, "No server is called nobody");
  bijou_fake_server_set_refusing (cli->plex, FALSE);
  bijou_fake_server_set_refusing (cli->film, FALSE);
}

static void
test_probe_one (Cli *cli, gconstpointer data)
{
  g_autofree char *option = g_strconcat ("--probe=", bijou_fake_server_get_url (cli->film), NULL);
  g_autoptr (CliRun) run = NULL;

  cli_add_all (cli);
  bijou_fake_server_reset_log (cli->plex);
  run = cli_run (cli, NULL, option, NULL);
  cli_assert_done (run);
  g_assert_cmpuint (run->rows->len, ==, 1);
  assert_row (run->rows->pdata[0], bijou_fake_server_get_id (cli->film), "good", TRUE);
  g_assert_cmpstr (cli_get_text (run->rows->pdata[0], "source"), ==, "user");
  g_assert_cmpuint (bijou_fake_server_count (cli->plex, "*"), ==, 0);
}

/* Who is there can be asked without a token. */
static void
test_probe_signed_out (Cli *cli, gconstpointer data)
{
  g_autofree char *file = g_build_filename (cli->profile, "data", "secrets.ini", NULL);
  g_autoptr (CliRun) run = NULL;

  cli_add (cli, cli->plex);
  cli_add (cli, cli->film);
  g_assert_cmpint (g_unlink (file), ==, 0);
  run = probe (cli);
  g_assert_cmpuint (run->rows->len, ==, 2);
  for (guint i = 0; i < run->rows->len; i++)
    g_assert_cmpstr (cli_get_text (run->rows->pdata[i], "state"), ==, "good");
}

/* --- finding --- */

/* The server has moved: the network knows where, and that is where the next start begins. */
static void
test_moved (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  g_autoptr (BijouFakeDiscovery) network = bijou_fake_discovery_start (0, NULL);
  g_autoptr (CliRun) lost = NULL;
  g_autoptr (CliRun) probed = NULL;
  guint n_queries;

  cli_add (cli, server);
  change_database (cli, "UPDATE address SET url = 'http://127.0.0.1:9', last_success = 0");
  lost = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_fails (lost, 1, "cannot be reached");

  bijou_fake_discovery_add (network, server);
  g_setenv ("BIJOU_DISCOVERY_TARGETS", bijou_fake_discovery_get_target (network), TRUE);
  cli_sync (cli);
  cli_assert_mirror (cli, server);
  n_queries = bijou_fake_discovery_count (network, BIJOU_FAKE_PLEX) +
              bijou_fake_discovery_count (network, BIJOU_FAKE_JELLYFIN);
  g_assert_cmpuint (n_queries, >, 0);

  cli_sync (cli);
  probed = probe (cli);
  g_assert_cmpuint (probed->rows->len, ==, 2);
  assert_row (find_url (probed, "http://127.0.0.1:9"), bijou_fake_server_get_id (server), "failed",
              FALSE);
  assert_row (find_url (probed, bijou_fake_server_get_url (server)),
              bijou_fake_server_get_id (server), "good", TRUE);
  g_assert_cmpuint (bijou_fake_discovery_count (network, BIJOU_FAKE_PLEX) +
                        bijou_fake_discovery_count (network, BIJOU_FAKE_JELLYFIN),
                    ==, n_queries);
  g_setenv ("BIJOU_DISCOVERY_TARGETS", "", TRUE);
}

/* The account knows where, and is asked although it was asked a moment ago. */
static void
test_moved_in_account (Cli *cli, gconstpointer data)
{
  g_autofree char *token = bijou_fake_server_dup_token (cli->plextv, 0);
  g_autofree char *sync = g_strconcat ("--sync=", bijou_fake_server_get_id (cli->plex), NULL);
  g_autoptr (CliRun) added = cli_run (cli, token, "--add-account=plex", "--token-stdin", NULL);
  g_autoptr (CliRun) first = NULL;
  g_autoptr (CliRun) second = NULL;
  guint n_requests;

  cli_assert_done (added);
  change_database (cli, "DELETE FROM address WHERE url != 'http://127.0.0.1:9'");
  bijou_fake_server_reset_log (cli->plextv);
  first = cli_run (cli, NULL, sync, NULL);
  cli_assert_done (first);
  cli_assert_mirror (cli, cli->plex);
  g_assert_cmpuint (bijou_fake_server_count (cli->plextv, "GET /api/v2/resources*"), ==, 1);
  n_requests = bijou_fake_server_count (cli->plextv, "*");
  second = cli_run (cli, NULL, sync, NULL);
  cli_assert_done (second);
  g_assert_cmpuint (bijou_fake_server_count (cli->plextv, "*"), ==, n_requests);
}

int
main (int argc, char **argv)
{
  cli_test_init (&argc, &argv);

  CLI_ADD_BOTH ("add-address", test_add_address);
  CLI_ADD ("add-known-address", test_add_known_address);
  CLI_ADD ("add-without-secret", test_add_without_secret);
  CLI_ADD ("add-to-account", test_add_to_account);
  CLI_ADD ("base-path", test_base_path);
  CLI_ADD_BOTH ("moved", test_moved);
  CLI_ADD ("moved-in-account", test_moved_in_account);
  CLI_ADD ("probe", test_probe);
  CLI_ADD ("probe-all-dead", test_probe_all_dead);
  CLI_ADD ("probe-one", test_probe_one);
  CLI_ADD ("probe-signed-out", test_probe_signed_out);

  return g_test_run ();
}
