#include "config.h"

#include "command-line-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* Wrong usage, signing in and out, and where secrets are. */

/* --- two servers with the same keys --- */

static void
assert_secrets_of (Cli *cli, BijouFakeServer *server, gboolean there)
{
  g_autofree char *file = g_build_filename (cli->profile, "data", "secrets.ini", NULL);
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_cmpint (strstr (text, token) != NULL, ==, there);
  g_assert_cmpint (strstr (text, bijou_fake_server_get_id (server)) != NULL, ==, there);
}

static void
test_two_alike (Cli *cli, gconstpointer data)
{
  g_autofree char *remove =
      g_strconcat ("--remove-server=", bijou_fake_server_get_url (cli->other), NULL);
  g_autofree char *key =
      g_strdup_printf ("%u", cli_get_item (cli->plex, BIJOU_FAKE_MOVIE, 0)->index + 1001);
  g_autoptr (CliRun) ambiguous = NULL;
  g_autoptr (CliRun) run = NULL;
  g_autoptr (CliRun) servers = NULL;
  g_autoptr (CliRun) all = NULL;

  cli_add (cli, cli->plex);
  cli_add (cli, cli->other);
  cli_sync (cli);
  cli_change_library (cli->other);
  cli_sync (cli);
  cli_assert_mirror (cli, cli->plex);
  cli_assert_mirror (cli, cli->other);

  ambiguous = cli_run (cli, NULL, "--mark=watched", key, NULL);
  g_assert_cmpint (ambiguous->status, !=, 0);
  g_assert_cmpuint (bijou_fake_server_count (cli->plex, "*scrobble*"), ==, 0);
  g_assert_cmpuint (bijou_fake_server_count (cli->other, "*scrobble*"), ==, 0);

  run = cli_run (cli, NULL, remove, NULL);
  cli_assert_done (run);
  cli_assert_mirror (cli, cli->plex);
  servers = cli_run (cli, NULL, "--list-servers", NULL);
  g_assert_cmpuint (servers->rows->len, ==, 1);
  all = cli_list (cli, "episodes");
  for (guint i = 0; i < all->rows->len; i++)
    g_assert_cmpstr (cli_get_text (all->rows->pdata[i], "server"), ==,
                     bijou_fake_server_get_id (cli->plex));
  assert_secrets_of (cli, cli->plex, TRUE);
  assert_secrets_of (cli, cli->other, FALSE);
}

/* --- usage --- */

static void
test_usage (Cli *cli, gconstpointer data)
{
  static const struct
  {
    const char *arguments[4];
    int status;
    const char *sentence;
  } cases[] = {
    { { "--list=nonsense" }, 2, "does not know nonsense" },
    { { "--list" }, 2, "--list" },
    { { "--nonsense" }, 2, "--nonsense" },
    { { "--sync", "--list=movies" }, 2, "Only one command" },
    { { "--list=movies", "a" }, 2, "One item" },
    { { "--mark=watched" }, 2, "needs an item" },
    { { "--mark=maybe", "1" }, 2, "watched or unwatched" },
    { { "--mark=watched", "1", "2" }, 2, "One item" },
    { { "--mark=watched", "1" }, 1, "no item 1" },
    { { "--favourite=1" }, 1, "no item 1" },
    { { "--info=a:b:c" }, 1, "no item a:b:c" },
    { { "--info=" }, 1, "no item" },
    { { "--list=movies", "--sort=smell" }, 2, "--sort" },
    { { "--list=movies", "--server=nobody" }, 1, "No server is called nobody" },
    { { "--list=seasons", "--parent=1" }, 1, "no item 1" },
    { { "--sync=nobody" }, 1, "No server is called nobody" },
    { { "--remove-server=nobody" }, 1, "No server is called nobody" },
    { { "--add-server=127.0.0.1:9" }, 2, "--password-stdin" },
    { { "--add-server=127.0.0.1:9", "--password-stdin", "--token-stdin" }, 2, "--password-stdin" },
    { { "--add-server=ftp://a", "--token-stdin" }, 2, "is no address" },
    { { "--add-server=http://127.0.0.1:9", "--token-stdin" }, 1, "cannot be reached" },
    { { "--add-server=a", "--token-stdin", "--backend=emby" }, 2, "--backend" },
    { { "--add-account=plex" }, 2, "--token-stdin" },
    { { "--add-account=jellyfin", "--token-stdin" }, 2, "no accounts" },
    { { "--full" }, 2, "--sync" },
    { { "--clear" }, 2, "--cache" },
    { { "--user=a" }, 2, "--add-server" },
    { { "--library=1" }, 2, "--list" },
    { { "--add-account=plex", "--token-stdin", "--user=someone" }, 2, "--add-server" },
    { { "--start-ms=1" }, 2, "--play" },
    { { "--exit-at-end", "1" }, 2, "--play" },
    { { "--start-ms=soon", "--play=1" }, 2, "--start-ms" },
    { { "--output=/dev/null" }, 2, "--fetch" },
    { { "--fetch=1" }, 1, "no item 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSubprocess) process = cli_start (cli, "", cases[i].arguments);
      g_autoptr (CliRun) run = cli_finish (cli, process, "");

      cli_assert_fails (run, cases[i].status, cases[i].sentence);
      g_assert_cmpstr (run->out, ==, "");
    }
}

static void
test_empty_profile (Cli *cli, gconstpointer data)
{
  static const char *const calls[] = { "--list=libraries", "--list=movies", "--list=continue",
                                       "--list=next",      "--list=recent", "--list-servers",
                                       "--search=a" };
  g_autoptr (CliRun) sync = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (calls); i++)
    {
      g_autoptr (CliRun) run = cli_run (cli, NULL, calls[i], NULL);

      cli_assert_done (run);
      g_assert_cmpstr (run->out, ==, "");
    }
  sync = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_done (sync);
  g_assert_cmpuint (sync->rows->len, ==, 1);
}

static void
test_bad_sign_in (Cli *cli, gconstpointer data)
{
  g_autofree char *plex =
      g_strconcat ("--add-server=", bijou_fake_server_get_url (cli->plex), NULL);
  g_autofree char *film =
      g_strconcat ("--add-server=", bijou_fake_server_get_url (cli->film), NULL);
  const struct
  {
    const char *input;
    const char *arguments[5];
    int status;
    const char *sentence;
  } cases[] = {
    { "wrong-token", { plex, "--token-stdin" }, 1, "sign-in was not accepted" },
    { "wrong-token", { film, "--token-stdin" }, 1, "sign-in was not accepted" },
    { "wrong-word", { film, "--user=demo", "--password-stdin" }, 1, "sign-in was not accepted" },
    { "wrong-token", { "--add-account=plex", "--token-stdin" }, 1, "sign-in was not accepted" },
    { "", { plex, "--token-stdin" }, 2, "standard input" },
    { "\n", { plex, "--token-stdin" }, 2, "standard input" },
    { "wrong-word", { plex, "--user=demo", "--password-stdin" }, 2, "takes a token" },
    { "wrong-word", { film, "--password-stdin" }, 2, "--user" },
    { "wrong-token", { plex, "--backend=jellyfin", "--token-stdin" }, 1, "Plex" },
  };
  g_autoptr (CliRun) servers = NULL;

  g_ptr_array_add (cli->secrets, g_strdup ("wrong-token"));
  g_ptr_array_add (cli->secrets, g_strdup ("wrong-word"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GSubprocess) process = cli_start (cli, cases[i].input, cases[i].arguments);
      g_autoptr (CliRun) run = cli_finish (cli, process, cases[i].input);

      cli_assert_fails (run, cases[i].status, cases[i].sentence);
      g_assert_cmpstr (run->out, ==, "");
    }
  servers = cli_run (cli, NULL, "--list-servers", NULL);
  g_assert_cmpuint (servers->rows->len, ==, 0);
}

/* --- servers and secrets --- */

static gboolean
holds (const char *data, gsize length, const char *text)
{
  gsize n = strlen (text);

  for (gsize i = 0; i + n <= length; i++)
    if (memcmp (data + i, text, n) == 0)
      return TRUE;
  return FALSE;
}

static void
assert_file_is_clean (Cli *cli, const char *path)
{
  g_autofree char *data = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  for (guint i = 0; i < cli->secrets->len; i++)
    if (holds (data, length, cli->secrets->pdata[i]))
      g_error ("A secret is in %s", path);
}

static guint
assert_tree_is_clean (Cli *cli, const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      GStatBuf info;

      if (g_file_test (child, G_FILE_TEST_IS_DIR))
        n += assert_tree_is_clean (cli, child);
      else if (!g_str_equal (name, "secrets.ini"))
        assert_file_is_clean (cli, child);
      else
        {
          g_assert_cmpint (g_stat (child, &info), ==, 0);
          g_assert_cmpint (info.st_mode & 0777, ==, 0600);
          n++;
        }
    }
  return n;
}

static void
test_secrets (Cli *cli, gconstpointer data)
{
  g_autofree char *info = NULL;
  g_autoptr (CliRun) sync = NULL;
  g_autoptr (CliRun) detail = NULL;

  cli_add_all (cli);
  g_assert_cmpuint (cli->secrets->len, ==, 5);
  sync = cli_run (cli, NULL, "--verbose", "--sync", NULL);
  g_assert_cmpint (sync->status, ==, 0);
  g_assert_nonnull (strstr (sync->err, "/library/sections"));
  g_assert_nonnull (strstr (sync->err, "/Items"));
  for (guint i = 0; i < 2; i++)
    {
      BijouFakeServer *server = i == 0 ? cli->plex : cli->film;
      g_autofree char *id = cli_get_id (server, cli_get_item (server, BIJOU_FAKE_MOVIE, 1));
      g_autofree char *option = g_strconcat ("--info=", id, NULL);
      g_autofree char *fetch = g_strconcat ("--fetch=", id, NULL);
      g_autoptr (CliRun) run = cli_run (cli, NULL, "--verbose", option, NULL);
      g_autoptr (CliRun) film = cli_run (cli, NULL, "--verbose", fetch, NULL);

      g_assert_cmpint (run->status, ==, 0);
    }
  /* Errors too. */
  bijou_fake_server_add_fault (cli->plex, "* 401");
  bijou_fake_server_add_fault (cli->film, "*Items* 401");
  bijou_fake_server_add_fault (cli->other, "* status=500");
  detail = cli_run (cli, NULL, "--verbose", "--sync", NULL);
  g_assert_cmpint (detail->status, ==, 1);
  g_assert_cmpuint (assert_tree_is_clean (cli, cli->profile), ==, 1);
}

static void
test_add_again (Cli *cli, gconstpointer data)
{
  guint port = bijou_fake_server_get_port (cli->plex);
  g_autofree char *option = g_strdup_printf ("--add-server=http://localhost:%u", port);
  g_autofree char *token = bijou_fake_server_dup_token (cli->plex, 1);
  g_autofree char *file = g_build_filename (cli->profile, "data", "secrets.ini", NULL);
  g_autofree char *text = NULL;
  g_autoptr (CliRun) run = NULL;
  JsonObject *row;

  cli_add (cli, cli->plex);
  cli_sync (cli);
  g_ptr_array_add (cli->secrets, g_strdup (token));
  run = cli_run (cli, token, option, "--token-stdin", NULL);
  cli_assert_done (run);
  row = run->rows->pdata[0];
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (row, "addresses")), ==, 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (row, "libraries")), ==, 2);
  /* The new token takes the place of the old one. */
  g_assert_true (g_file_get_contents (file, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, token));
  g_assert_null (strstr (text, cli->secrets->pdata[0]));
}

static void
test_account (Cli *cli, gconstpointer data)
{
  g_autofree char *token = bijou_fake_server_dup_token (cli->plextv, 0);
  g_autoptr (CliRun) run = cli_run (cli, token, "--add-account=plex", "--token-stdin", NULL);
  g_autoptr (CliRun) sync = NULL;

  cli_assert_done (run);
  /* The first is one that is off. */
  g_assert_cmpuint (run->rows->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpstr (cli_get_text (run->rows->pdata[i], "state"), ==,
                     i > 0 ? "connected" : "offline");
  sync = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_fails (sync, 1, "cannot be reached");
  cli_assert_mirror (cli, cli->plex);
  cli_assert_mirror (cli, cli->other);
}

static void
test_server_states (Cli *cli, gconstpointer data)
{
  static const char *const states[] = { "unauthorised", "offline", "connected" };
  g_autoptr (CliRun) run = NULL;

  cli_add_all (cli);
  bijou_fake_server_add_fault (cli->plex, "/ 401");
  bijou_fake_server_set_refusing (cli->other, TRUE);
  run = cli_run (cli, NULL, "--list-servers", NULL);
  cli_assert_done (run);
  g_assert_cmpuint (run->rows->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      JsonObject *row = run->rows->pdata[i];

      g_assert_cmpstr (cli_get_text (row, "state"), ==, states[i]);
      g_assert_cmpint (cli_get_text (row, "address") != NULL, ==, i == 2);
    }
  bijou_fake_server_set_refusing (cli->other, FALSE);
}

int
main (int argc, char **argv)
{
  cli_test_init (&argc, &argv);

  CLI_ADD ("two-alike", test_two_alike);
  CLI_ADD ("usage", test_usage);
  CLI_ADD ("empty-profile", test_empty_profile);
  CLI_ADD ("bad-sign-in", test_bad_sign_in);
  CLI_ADD ("secrets", test_secrets);
  CLI_ADD ("add-again", test_add_again);
  CLI_ADD ("account", test_account);
  CLI_ADD ("server-states", test_server_states);

  return g_test_run ();
}
