#include "config.h"

#include "command-line-fixture.h"

#include "bijou-test-files.h"

#include <stdlib.h>
#include <string.h>

static const char *const kind_names[] = { "movie",   "show",       "season",
                                          "episode", "collection", "playlist" };

void
cli_test_init (int *argc, char ***argv)
{
  g_test_init (argc, argv, NULL);
  if (g_getenv ("BIJOU_PROGRAM") != NULL)
    return;
  g_print ("1..0 # SKIP BIJOU_PROGRAM is not set\n");
  exit (0);
}

/* --- the fixture --- */

static BijouFakeServer *
start_server (BijouFakeProtocolKind kind, const char *name, const char *id)
{
  BijouFakeOptions options = { .name = name,
                               .id = id,
                               .movies = 60,
                               .shows = 5,
                               .seasons = 2,
                               .episodes = 4,
                               .page_cap = CLI_PAGE_ROWS };
  g_autoptr (GError) error = NULL;
  BijouFakeServer *server = bijou_fake_server_start (kind, &options, &error);

  g_assert_no_error (error);
  return server;
}

static void
remember_token (Cli *cli, BijouFakeServer *server)
{
  char *token = bijou_fake_server_dup_token (server, 0);

  g_assert_cmpuint (strlen (token), >, 6);
  g_ptr_array_add (cli->secrets, token);
}

void
cli_set_up (Cli *cli, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  cli->profile = g_dir_make_tmp ("bijou-cli-XXXXXX", &error);
  g_assert_no_error (error);
  cli->secrets = g_ptr_array_new_with_free_func (g_free);
  cli->plex = start_server (BIJOU_FAKE_PLEX, "One", "a100000000000000000000000000000000000001");
  cli->other = start_server (BIJOU_FAKE_PLEX, "Two", "a100000000000000000000000000000000000002");
  cli->film = start_server (BIJOU_FAKE_JELLYFIN, "Three", "a1000000000000000000000000000003");
  cli->plextv = start_server (BIJOU_FAKE_PLEXTV, "plex.tv", NULL);
  bijou_fake_server_list_plex (cli->plextv, cli->plex);
  bijou_fake_server_list_plex (cli->plextv, cli->other);
  remember_token (cli, cli->plex);
  remember_token (cli, cli->other);
  remember_token (cli, cli->film);
  remember_token (cli, cli->plextv);
}

void
cli_tear_down (Cli *cli, gconstpointer data)
{
  bijou_fake_server_stop (cli->plextv);
  bijou_fake_server_stop (cli->film);
  bijou_fake_server_stop (cli->other);
  bijou_fake_server_stop (cli->plex);
  bijou_test_remove_tree (cli->profile);
  g_ptr_array_unref (cli->secrets);
  g_free (cli->profile);
}

/* --- running --- */

/* What the sign-in with a password gave is a secret as well. */
static void
learn_secrets (Cli *cli)
{
  g_autofree char *file = g_build_filename (cli->profile, "data", "secrets.ini", NULL);
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_auto (GStrv) names = NULL;

  if (g_key_file_load_from_file (keys, file, G_KEY_FILE_NONE, NULL))
    names = g_key_file_get_keys (keys, "secrets", NULL, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *secret = g_key_file_get_string (keys, "secrets", names[i], NULL);

      if (!g_ptr_array_find_with_equal_func (cli->secrets, secret, g_str_equal, NULL))
        g_ptr_array_add (cli->secrets, g_steal_pointer (&secret));
    }
}

static void
assert_no_secret (Cli *cli, const char *text)
{
  for (guint i = 0; i < cli->secrets->len; i++)
    if (strstr (text, g_ptr_array_index (cli->secrets, i)) != NULL)
      g_error ("A secret is printed: %s", text);
}

static GPtrArray *
parse_lines (const char *out)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_auto (GStrv) lines = g_strsplit (out, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (JsonNode) node = NULL;
      g_autoptr (GError) error = NULL;

      if (*lines[i] == '\0' && lines[i + 1] == NULL)
        break;
      node = json_from_string (lines[i], &error);
      g_assert_no_error (error);
      g_assert_true (node != NULL && JSON_NODE_HOLDS_OBJECT (node));
      g_ptr_array_add (rows, json_node_dup_object (node));
    }
  return rows;
}

static void
assert_messages (const char *err)
{
  g_auto (GStrv) lines = g_strsplit (err, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0' && !g_str_has_prefix (lines[i], "bijou: "))
      g_error ("No message: %s", lines[i]);
}

GSubprocess *
cli_start (Cli *cli, const char *input, const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE |
      (input != NULL ? G_SUBPROCESS_FLAGS_STDIN_PIPE : G_SUBPROCESS_FLAGS_NONE));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *profile = g_strconcat ("--profile=", cli->profile, NULL);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_strv_builder_add_many (builder, g_getenv ("BIJOU_PROGRAM"), "--json", profile, NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  g_subprocess_launcher_setenv (launcher, "BIJOU_PLEX_TV", bijou_fake_server_get_url (cli->plextv),
                                TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv, &error);
  g_assert_no_error (error);
  return process;
}

CliRun *
cli_finish (Cli *cli, GSubprocess *process, const char *input)
{
  CliRun *run = g_new0 (CliRun, 1);
  g_autoptr (GError) error = NULL;

  /* Fails for what is not UTF-8, which is a defect of its own. */
  g_subprocess_communicate_utf8 (process, input, NULL, &run->out, &run->err, &error);
  g_assert_no_error (error);
  run->status = g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : -1;
  learn_secrets (cli);
  assert_no_secret (cli, run->out);
  assert_no_secret (cli, run->err);
  assert_messages (run->err);
  run->rows = parse_lines (run->out);
  return run;
}

CliRun *
cli_run (Cli *cli, const char *input, ...)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  const char *argument;
  va_list list;

  va_start (list, input);
  do
    {
      argument = va_arg (list, const char *);
      g_ptr_array_add (arguments, (gpointer) argument);
    }
  while (argument != NULL);
  va_end (list);
  process = cli_start (cli, input, (const char *const *) arguments->pdata);
  return cli_finish (cli, process, input);
}

void
cli_run_free (CliRun *run)
{
  g_free (run->out);
  g_free (run->err);
  g_ptr_array_unref (run->rows);
  g_free (run);
}

void
cli_assert_done (CliRun *run)
{
  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->status, ==, 0);
}

void
cli_assert_fails (CliRun *run, int status, const char *sentence)
{
  const char *end = strchr (run->err, '\n');

  if (strstr (run->err, sentence) == NULL)
    g_error ("“%s” does not say “%s”", run->err, sentence);
  g_assert_true (end != NULL && end[1] == '\0');
  g_assert_cmpint (run->status, ==, status);
}

void
cli_add (Cli *cli, BijouFakeServer *server)
{
  g_autofree char *option = g_strconcat ("--add-server=", bijou_fake_server_get_url (server), NULL);
  g_autofree char *token = bijou_fake_server_dup_token (server, 0);
  g_autofree char *user = NULL;
  g_autoptr (CliRun) run = NULL;

  if (server == cli->film)
    {
      user = g_strconcat ("--user=", bijou_fake_server_get_user (server), NULL);
      run = cli_run (cli, bijou_fake_server_get_password (server), option, user, "--password-stdin",
                     NULL);
    }
  else
    run = cli_run (cli, token, option, "--token-stdin", NULL);
  cli_assert_done (run);
  g_assert_cmpuint (run->rows->len, ==, 1);
  g_assert_cmpstr (cli_get_text (run->rows->pdata[0], "id"), ==, bijou_fake_server_get_id (server));
  g_assert_cmpstr (cli_get_text (run->rows->pdata[0], "state"), ==, "connected");
}

void
cli_add_all (Cli *cli)
{
  cli_add (cli, cli->plex);
  cli_add (cli, cli->other);
  cli_add (cli, cli->film);
}

void
cli_sync (Cli *cli)
{
  g_autoptr (CliRun) run = cli_run (cli, NULL, "--sync", NULL);

  cli_assert_done (run);
  g_assert_cmpuint (run->rows->len, >, 0);
  for (guint i = 0; i < run->rows->len; i++)
    g_assert_null (cli_get_text (run->rows->pdata[i], "error"));
}

/* --- rows --- */

const char *
cli_get_text (JsonObject *row, const char *name)
{
  g_assert_true (json_object_has_member (row, name));
  return json_object_get_null_member (row, name) ? NULL : json_object_get_string_member (row, name);
}

gint64
cli_get_int (JsonObject *row, const char *name)
{
  g_assert_true (json_object_has_member (row, name));
  return json_object_get_null_member (row, name) ? -1 : json_object_get_int_member (row, name);
}

JsonObject *
cli_find (CliRun *run, const char *id)
{
  for (guint i = 0; i < run->rows->len; i++)
    if (g_strcmp0 (cli_get_text (run->rows->pdata[i], "id"), id) == 0)
      return run->rows->pdata[i];
  return NULL;
}

char *
cli_get_id (BijouFakeServer *server, BijouFakeItem *item)
{
  char hex[33];

  if (fake_server_get_protocol (server) == &bijou_fake_plex_protocol)
    g_snprintf (hex, sizeof hex, "%u", item->index + 1001);
  else
    bijou_fake_library_format_id (fake_server_get_library (server), 0, item->index, hex);
  return g_strconcat (bijou_fake_server_get_id (server), ":", hex, NULL);
}

BijouFakeItem *
cli_get_item (BijouFakeServer *server, BijouFakeItemKind kind, guint place)
{
  BijouFakeLibrary *library = fake_server_get_library (server);

  for (guint i = 0; i < bijou_fake_library_get_n_items (library); i++)
    {
      BijouFakeItem *item = bijou_fake_library_get_item (library, i);

      if (item != NULL && item->kind == kind && place-- == 0)
        return item;
    }
  g_assert_not_reached ();
}

/* The server rests between two calls of the program, so its library can be read from here. */
BijouFakeState *
cli_get_state (BijouFakeServer *server, BijouFakeItem *item)
{
  return bijou_fake_library_get_state (fake_server_get_library (server), item, 0);
}

/* --- the mirror --- */

static void
assert_index (JsonObject *row, BijouFakeItem *item)
{
  BijouFakeItem *season = item->kind == BIJOU_FAKE_SEASON ? item : item->parent;

  if (item->kind != BIJOU_FAKE_SEASON && item->kind != BIJOU_FAKE_EPISODE)
    {
      g_assert_null (cli_get_text (row, "show"));
      g_assert_cmpint (cli_get_int (row, "season"), ==, -1);
      g_assert_cmpint (cli_get_int (row, "episode"), ==, -1);
      return;
    }
  g_assert_cmpstr (cli_get_text (row, "show"), ==, season->parent->title);
  g_assert_cmpint (cli_get_int (row, "season"), ==, season->number);
  g_assert_cmpint (cli_get_int (row, "episode"), ==,
                   item->kind == BIJOU_FAKE_EPISODE ? item->number : -1);
}

static void
assert_state (BijouFakeServer *server, JsonObject *row, BijouFakeItem *item)
{
  gboolean has_favourites = fake_server_get_protocol (server) == &bijou_fake_jellyfin_protocol;
  BijouFakeState *state = cli_get_state (server, item);

  g_assert_cmpint (json_object_get_boolean_member (row, "watched"), ==, state->played);
  g_assert_cmpint (cli_get_int (row, "position_ms"), ==, state->position_ms);
  g_assert_cmpint (cli_get_int (row, "play_count"), ==, state->view_count);
  g_assert_cmpint (json_object_get_boolean_member (row, "favourite"), ==,
                   has_favourites && state->favourite);
}

static void
assert_times (JsonObject *row, BijouFakeItem *item)
{
  g_autoptr (GDateTime) added = g_date_time_new_from_unix_utc (item->added_at);
  g_autofree char *text = g_date_time_format (added, "%Y-%m-%dT%H:%M:%SZ");

  g_assert_cmpstr (cli_get_text (row, "added"), ==, text);
  if (item->kind == BIJOU_FAKE_SEASON)
    return;
  g_assert_cmpstr (cli_get_text (row, "released"), ==, item->aired);
  g_assert_cmpint (cli_get_int (row, "duration_ms"), ==, item->duration_ms);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (row, "rating"), item->rating,
                                  0.051);
}

static void
assert_row (BijouFakeServer *server, JsonObject *row, BijouFakeItem *item)
{
  guint leaves = 0;
  guint viewed = 0;

  g_assert_cmpstr (cli_get_text (row, "title"), ==, item->title);
  g_assert_cmpstr (cli_get_text (row, "server"), ==, bijou_fake_server_get_id (server));
  g_assert_cmpstr (cli_get_text (row, "kind"), ==, kind_names[item->kind]);
  if (item->kind >= BIJOU_FAKE_COLLECTION)
    return;
  if (item->kind != BIJOU_FAKE_SEASON)
    g_assert_cmpint (cli_get_int (row, "year"), ==, item->year);
  assert_index (row, item);
  assert_times (row, item);
  if (item->kind == BIJOU_FAKE_MOVIE || item->kind == BIJOU_FAKE_EPISODE)
    {
      assert_state (server, row, item);
      return;
    }
  bijou_fake_library_count_leaves (fake_server_get_library (server), item, 0, &leaves, &viewed);
  g_assert_cmpint (cli_get_int (row, "children"), ==, leaves);
  g_assert_cmpint (cli_get_int (row, "unwatched"), ==, leaves - viewed);
}

static GHashTable *
index_rows (CliRun *run)
{
  GHashTable *rows = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < run->rows->len; i++)
    {
      JsonObject *row = run->rows->pdata[i];

      g_assert_true (g_hash_table_insert (rows, (gpointer) cli_get_text (row, "id"), row));
    }
  return rows;
}

static CliRun *
list_kind (Cli *cli, BijouFakeServer *server, BijouFakeItemKind kind)
{
  g_autofree char *list = g_strdup_printf ("--list=%ss", kind_names[kind]);
  g_autofree char *only = g_strconcat ("--server=", bijou_fake_server_get_id (server), NULL);
  CliRun *run = cli_run (cli, NULL, list, only, NULL);

  cli_assert_done (run);
  return run;
}

static void
assert_kind (Cli *cli, BijouFakeServer *server, BijouFakeItemKind kind)
{
  BijouFakeLibrary *library = fake_server_get_library (server);
  g_autoptr (CliRun) run = list_kind (cli, server, kind);
  g_autoptr (GHashTable) rows = index_rows (run);
  guint n = 0;

  for (guint i = 0; i < bijou_fake_library_get_n_items (library); i++)
    {
      BijouFakeItem *item = bijou_fake_library_get_item (library, i);
      g_autofree char *id = NULL;
      JsonObject *row;

      if (item == NULL || item->kind != kind)
        continue;
      id = cli_get_id (server, item);
      row = g_hash_table_lookup (rows, id);
      if (row == NULL)
        g_error ("%s “%s” is not in the mirror", kind_names[kind], item->title);
      assert_row (server, row, item);
      n++;
    }
  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (run->rows->len, ==, n);
}

void
cli_assert_mirror (Cli *cli, BijouFakeServer *server)
{
  for (guint kind = 0; kind < BIJOU_FAKE_N_KINDS; kind++)
    assert_kind (cli, server, kind);
}

GHashTable *
cli_list_ids (Cli *cli, BijouFakeServer *server)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint kind = 0; kind < BIJOU_FAKE_N_KINDS; kind++)
    {
      g_autoptr (CliRun) run = list_kind (cli, server, kind);

      for (guint i = 0; i < run->rows->len; i++)
        g_hash_table_add (ids, g_strdup (cli_get_text (run->rows->pdata[i], "id")));
    }
  return ids;
}

CliRun *
cli_list (Cli *cli, const char *kind)
{
  g_autofree char *option = g_strconcat ("--list=", kind, NULL);
  CliRun *run = cli_run (cli, NULL, option, NULL);

  cli_assert_done (run);
  return run;
}

JsonObject *
cli_get_sum (CliRun *run)
{
  JsonObject *sum = run->rows->pdata[run->rows->len - 1];

  g_assert_null (cli_get_text (sum, "library"));
  return sum;
}

/* --- the servers --- */

static void
order (BijouFakeServer *server, const char *format, BijouFakeItemKind kind, guint place)
{
  g_autofree char *text = g_strdup_printf (format, cli_get_item (server, kind, place)->index);

  g_free (bijou_fake_server_control (server, "%s", text));
}

void
cli_change_library (BijouFakeServer *server)
{
  BijouFakeItem *item = cli_get_item (server, BIJOU_FAKE_MOVIE, 11);

  order (server, "{\"remove\": %u}", BIJOU_FAKE_MOVIE, 7);
  order (server, "{\"remove\": %u}", BIJOU_FAKE_SHOW, 1);
  order (server, "{\"rename\": %u, \"title\": \"Zwölf “Stühle”\"}", BIJOU_FAKE_MOVIE, 3);
  order (server, "{\"mark\": %u, \"position_ms\": 123000}", BIJOU_FAKE_EPISODE, 2);
  order (server, "{\"mark\": %u, \"watched\": true}", BIJOU_FAKE_SHOW, 2);
  order (server, "{\"mark\": %u, \"watched\": false}", BIJOU_FAKE_MOVIE, 2);
  item->year = 1931;
  bijou_fake_library_touch_item (fake_server_get_library (server), item);
}
