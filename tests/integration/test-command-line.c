#include "config.h"

#include "command-line-fixture.h"

#include <string.h>

/* What the mirror holds and what is asked of it. */

/* --- the mirror --- */

static void
assert_counts (CliRun *run)
{
  static const char *const names[] = { "items", "added", "changed", "removed" };
  JsonObject *sum = cli_get_sum (run);
  gint64 listed = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gint64 n = 0;

      for (guint j = 0; j + 1 < run->rows->len; j++)
        n += cli_get_int (run->rows->pdata[j], names[i]);
      g_assert_cmpint (n, <=, cli_get_int (sum, names[i]));
      listed += n;
    }
  g_assert_cmpint (listed, >, 0);
}

static void
test_mirror (Cli *cli, gconstpointer data)
{
  g_autoptr (CliRun) first = NULL;
  g_autoptr (CliRun) second = NULL;

  cli_add_all (cli);
  first = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_done (first);
  g_assert_cmpuint (first->rows->len, ==, 3 * 2 + 1);
  assert_counts (first);
  cli_assert_mirror (cli, cli->plex);
  cli_assert_mirror (cli, cli->other);
  cli_assert_mirror (cli, cli->film);

  second = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_done (second);
  g_assert_cmpint (cli_get_int (cli_get_sum (second), "items"), ==,
                   cli_get_int (cli_get_sum (first), "items"));
  g_assert_cmpint (cli_get_int (cli_get_sum (second), "added"), ==, 0);
  g_assert_cmpint (cli_get_int (cli_get_sum (second), "changed"), ==, 0);
  g_assert_cmpint (cli_get_int (cli_get_sum (second), "removed"), ==, 0);
}

/* The number of requests is that of the server. */
static void
test_requests (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  g_autoptr (CliRun) run = NULL;
  gint64 told;

  cli_add (cli, server);
  cli_sync (cli);
  bijou_fake_server_reset_log (server);
  run = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_done (run);
  told = cli_get_int (cli_get_sum (run), "requests");
  /* One looks whether the address is good. */
  g_assert_cmpint (told, <=, bijou_fake_server_count (server, "*"));
  g_assert_cmpint (told, >=, (gint64) bijou_fake_server_count (server, "*") - 2);
}

static void
test_changes (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  g_autoptr (CliRun) run = NULL;

  cli_add (cli, server);
  cli_sync (cli);
  cli_change_library (server);
  run = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_done (run);
  cli_assert_mirror (cli, server);
  /* A film, and a show with what is in it. */
  g_assert_cmpint (cli_get_int (cli_get_sum (run), "removed"), >=, 1 + 1 + 2 + 8);
}

/* --- lists --- */

static void
test_lists (Cli *cli, gconstpointer data)
{
  BijouFakeItem *show = cli_get_item (cli->plex, BIJOU_FAKE_SHOW, 4);
  g_autofree char *parent = NULL;
  g_autofree char *id = cli_get_id (cli->plex, show);
  g_autoptr (CliRun) libraries = NULL;
  g_autoptr (CliRun) seasons = NULL;
  g_autoptr (CliRun) episodes = NULL;
  g_autoptr (CliRun) none = NULL;

  cli_add (cli, cli->plex);
  cli_add (cli, cli->film);
  cli_sync (cli);
  libraries = cli_list (cli, "libraries");
  g_assert_cmpuint (libraries->rows->len, ==, 4);
  for (guint i = 0; i < libraries->rows->len; i++)
    {
      JsonObject *row = libraries->rows->pdata[i];
      gboolean films = g_str_equal (cli_get_text (row, "kind"), "movies");

      g_assert_cmpint (cli_get_int (row, "items"), ==, films ? 60 : 5);
    }

  parent = g_strconcat ("--parent=", id, NULL);
  seasons = cli_run (cli, NULL, "--list=seasons", parent, NULL);
  cli_assert_done (seasons);
  g_assert_cmpuint (seasons->rows->len, ==, 3);
  g_assert_cmpint (cli_get_int (seasons->rows->pdata[0], "season"), ==, 1);
  g_assert_cmpint (cli_get_int (seasons->rows->pdata[2], "season"), ==, 0);
  episodes = cli_run (cli, NULL, "--list=episodes", parent, NULL);
  cli_assert_done (episodes);
  g_assert_cmpuint (episodes->rows->len, ==, 12);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpint (cli_get_int (episodes->rows->pdata[i], "episode"), ==, i % 4 + 1);
  none = cli_run (cli, NULL, "--list=movies", "--library=2", NULL);
  cli_assert_done (none);
  g_assert_cmpuint (none->rows->len, ==, 0);
}

static void
test_sorts (Cli *cli, gconstpointer data)
{
  static const char *const orders[][2] = {
    { "year", "year" }, { "added", "added" }, { "duration", "duration_ms" }, { "rating", "rating" }
  };

  cli_add (cli, cli->plex);
  cli_sync (cli);
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      g_autofree char *option = g_strconcat ("--sort=", orders[i][0], NULL);
      g_autoptr (CliRun) run = cli_run (cli, NULL, "--list=movies", option, NULL);
      gboolean rising = FALSE;
      gboolean falling = FALSE;

      cli_assert_done (run);
      g_assert_cmpuint (run->rows->len, ==, 60);
      for (guint j = 1; j < run->rows->len; j++)
        {
          JsonNode *a = json_object_get_member (run->rows->pdata[j - 1], orders[i][1]);
          JsonNode *b = json_object_get_member (run->rows->pdata[j], orders[i][1]);
          int order = i == 1 ? strcmp (json_node_get_string (a), json_node_get_string (b))
                             : (json_node_get_double (a) > json_node_get_double (b)) -
                                   (json_node_get_double (a) < json_node_get_double (b));

          rising |= order < 0;
          falling |= order > 0;
        }
      g_assert_true (rising != falling);
    }
}

static void
test_home (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  BijouFakeItem *item = cli_get_item (server, BIJOU_FAKE_MOVIE, 30);
  g_autofree char *id = cli_get_id (server, item);
  g_autofree char *mark =
      bijou_fake_server_control (server, "{\"mark\": %u, \"position_ms\": 900000}", item->index);
  g_autoptr (CliRun) begun = NULL;
  g_autoptr (CliRun) next = NULL;
  g_autoptr (CliRun) recent = NULL;

  cli_add (cli, server);
  cli_sync (cli);
  begun = cli_list (cli, "continue");
  g_assert_cmpstr (cli_get_text (begun->rows->pdata[0], "id"), ==, id);
  for (guint i = 0; i < begun->rows->len; i++)
    g_assert_cmpint (cli_get_int (begun->rows->pdata[i], "position_ms"), >, 0);
  next = cli_list (cli, "next");
  for (guint i = 0; i < next->rows->len; i++)
    g_assert_cmpstr (cli_get_text (next->rows->pdata[i], "kind"), ==, "episode");
  recent = cli_list (cli, "recent");
  g_assert_cmpuint (recent->rows->len, ==, 50);
}

static void
test_search (Cli *cli, gconstpointer data)
{
  static const char *const odd[] = { "--search=",   "--search=\"'(* AND", "--search=NEAR(",
                                     "--search=%_", "--search=🎬",         "--search=\xff\xfe" };
  g_autoptr (CliRun) found = NULL;
  g_autoptr (CliRun) plain = NULL;

  cli_add (cli, cli->plex);
  cli_sync (cli);
  bijou_fake_server_reset_log (cli->plex);
  found = cli_run (cli, NULL, "--search=the harbour coll", NULL);
  cli_assert_done (found);
  g_assert_cmpstr (cli_get_text (found->rows->pdata[0], "title"), ==, "The Harbour Collection");
  plain = cli_run (cli, NULL, "--search=osterreich", NULL);
  cli_assert_done (plain);
  g_assert_cmpuint (plain->rows->len, >, 0);
  g_assert_nonnull (strstr (cli_get_text (plain->rows->pdata[0], "title"), "Österreich"));
  for (guint i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      g_autoptr (CliRun) run = cli_run (cli, NULL, odd[i], NULL);

      g_assert_cmpint (run->status, <, 3);
      g_assert_cmpint (run->status, >=, 0);
    }
  g_assert_cmpuint (bijou_fake_server_count (cli->plex, "*"), ==, 0);
}

/* --- one item --- */

static void
assert_streams (JsonObject *part, BijouFakeFilm *film)
{
  static const char *const kinds[] = { "", "video", "audio", "subtitle" };
  JsonArray *streams = json_object_get_array_member (part, "streams");

  g_assert_cmpuint (json_array_get_length (streams), ==, film->streams->len);
  for (guint kind = 1; kind <= 3; kind++)
    {
      int n = 0;

      for (guint i = 0; i < film->streams->len; i++)
        {
          JsonObject *stream = json_array_get_object_element (streams, i);

          n += g_str_equal (json_object_get_string_member (stream, "kind"), kinds[kind]);
          n -= g_array_index (film->streams, BijouFakeStream, i).type == kind;
        }
      g_assert_cmpint (n, ==, 0);
    }
}

static void
assert_people (JsonArray *people, BijouFakeItem *item)
{
  g_autoptr (GPtrArray) expected = bijou_fake_library_dup_people (item);

  g_assert_cmpuint (json_array_get_length (people), ==, expected->len);
  for (guint i = 0; i < expected->len; i++)
    {
      BijouFakePerson *person = expected->pdata[i];
      gboolean found = FALSE;

      for (guint j = 0; j < expected->len; j++)
        {
          JsonObject *row = json_array_get_object_element (people, j);

          found |=
              g_str_equal (json_object_get_string_member (row, "name"), person->name) &&
              g_ascii_strcasecmp (json_object_get_string_member (row, "kind"), person->kind) == 0 &&
              g_strcmp0 (json_object_get_string_member_with_default (row, "role", NULL),
                         person->role) == 0;
        }
      g_assert_true (found);
    }
}

static void
assert_segments (JsonArray *segments, BijouFakeItem *item)
{
  gboolean intro = item->intro_ms[1] > 0;
  JsonObject *first = json_array_get_object_element (segments, 0);
  JsonObject *last = json_array_get_object_element (segments, intro ? 1 : 0);

  g_assert_cmpuint (json_array_get_length (segments), ==, intro ? 2 : 1);
  if (intro)
    {
      g_assert_cmpstr (cli_get_text (first, "kind"), ==, "intro");
      g_assert_cmpint (cli_get_int (first, "start_ms"), ==, item->intro_ms[0]);
      g_assert_cmpint (cli_get_int (first, "end_ms"), ==, item->intro_ms[1]);
    }
  g_assert_cmpstr (cli_get_text (last, "kind"), ==, "credits");
  g_assert_cmpint (cli_get_int (last, "start_ms"), ==, item->credits_ms[0]);
}

static void
assert_info (Cli *cli, BijouFakeServer *server, BijouFakeItem *item)
{
  g_autofree char *id = cli_get_id (server, item);
  g_autofree char *option = g_strconcat ("--info=", id, NULL);
  g_autofree char *overview = bijou_fake_library_dup_overview (item);
  g_autoptr (CliRun) run = cli_run (cli, NULL, option, NULL);
  JsonObject *row, *version, *part;

  cli_assert_done (run);
  g_assert_cmpuint (run->rows->len, ==, 1);
  row = run->rows->pdata[0];
  g_assert_cmpstr (cli_get_text (row, "id"), ==, id);
  g_assert_cmpstr (cli_get_text (row, "title"), ==, item->title);
  g_assert_cmpstr (cli_get_text (row, "overview"), ==, overview);
  assert_people (json_object_get_array_member (row, "people"), item);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (row, "versions")), ==, 1);
  version = json_array_get_object_element (json_object_get_array_member (row, "versions"), 0);
  part = json_array_get_object_element (json_object_get_array_member (version, "parts"), 0);
  g_assert_cmpint (cli_get_int (part, "size"), ==, (gint64) item->size);
  g_assert_cmpint (cli_get_int (part, "duration_ms"), ==, item->duration_ms);
  assert_streams (part, item->film);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (row, "chapters")), >, 1);
  assert_segments (json_object_get_array_member (row, "segments"), item);
}

static void
test_info (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;

  cli_add (cli, server);
  cli_sync (cli);
  assert_info (cli, server, cli_get_item (server, BIJOU_FAKE_MOVIE, 9));
  assert_info (cli, server, cli_get_item (server, BIJOU_FAKE_EPISODE, 4));

  /* What was fetched once is here for good. */
  bijou_fake_server_set_refusing (server, TRUE);
  assert_info (cli, server, cli_get_item (server, BIJOU_FAKE_MOVIE, 9));
  bijou_fake_server_set_refusing (server, FALSE);
}

/* --- marks --- */

static guint
count_marks (BijouFakeServer *server)
{
  return bijou_fake_server_count (server, "*scrobble*") +
         bijou_fake_server_count (server, "*/UserPlayedItems/*") +
         bijou_fake_server_count (server, "*/UserFavoriteItems/*");
}

static CliRun *
mark (Cli *cli, BijouFakeServer *server, BijouFakeItem *item, const char *how)
{
  g_autofree char *id = cli_get_id (server, item);
  g_autofree char *option = g_strconcat ("--", how, "=", id, NULL);
  g_autofree char *mark = g_strconcat ("--mark=", how, NULL);

  if (g_str_has_suffix (how, "favourite"))
    return cli_run (cli, NULL, option, NULL);
  return cli_run (cli, NULL, mark, id, NULL);
}

static void
mark_well (Cli *cli, BijouFakeServer *server, BijouFakeItem *item, const char *how)
{
  guint before = count_marks (server);
  g_autoptr (CliRun) run = mark (cli, server, item, how);

  cli_assert_done (run);
  g_assert_cmpuint (run->rows->len, ==, 1);
  g_assert_cmpuint (count_marks (server), ==, before + 1);
}

static void
test_marks (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  BijouFakeItem *film = cli_get_item (server, BIJOU_FAKE_MOVIE, 5);
  BijouFakeItem *season = cli_get_item (server, BIJOU_FAKE_SEASON, 1);

  cli_add (cli, server);
  cli_sync (cli);
  g_assert_cmpint (cli_get_state (server, film)->position_ms, >, 0);
  mark_well (cli, server, film, "watched");
  g_assert_true (cli_get_state (server, film)->played);
  cli_assert_mirror (cli, server);
  mark_well (cli, server, film, "unwatched");
  g_assert_false (cli_get_state (server, film)->played);
  cli_assert_mirror (cli, server);
  mark_well (cli, server, season, "watched");
  for (guint i = 0; i < season->children->len; i++)
    g_assert_true (cli_get_state (server, season->children->pdata[i])->played);
  cli_sync (cli);
  cli_assert_mirror (cli, server);
}

static void
test_favourites (Cli *cli, gconstpointer data)
{
  BijouFakeItem *film = cli_get_item (cli->film, BIJOU_FAKE_MOVIE, 6);
  g_autoptr (CliRun) refused = NULL;

  cli_add (cli, cli->plex);
  cli_add (cli, cli->film);
  cli_sync (cli);
  mark_well (cli, cli->film, film, "favourite");
  g_assert_true (cli_get_state (cli->film, film)->favourite);
  mark_well (cli, cli->film, film, "unfavourite");
  g_assert_false (cli_get_state (cli->film, film)->favourite);

  refused = mark (cli, cli->plex, cli_get_item (cli->plex, BIJOU_FAKE_MOVIE, 6), "favourite");
  cli_assert_fails (refused, 1, "does not offer");
  cli_assert_mirror (cli, cli->plex);
}

static void
test_offline_marks (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  BijouFakeItem *film = cli_get_item (server, BIJOU_FAKE_MOVIE, 8);
  BijouFakeItem *other = cli_get_item (server, BIJOU_FAKE_MOVIE, 9);
  g_autofree char *id = cli_get_id (server, film);
  g_autoptr (CliRun) run = NULL;
  g_autoptr (CliRun) again = NULL;
  g_autoptr (CliRun) back = NULL;
  g_autoptr (CliRun) failed = NULL;
  g_autoptr (CliRun) movies = NULL;

  cli_add (cli, server);
  cli_sync (cli);
  bijou_fake_server_set_refusing (server, TRUE);
  run = mark (cli, server, film, "watched");
  cli_assert_fails (run, 0, "told later");
  /* Only the last word counts. */
  again = mark (cli, server, other, "watched");
  cli_assert_fails (again, 0, "told later");
  back = mark (cli, server, other, "unwatched");
  cli_assert_fails (back, 0, "told later");
  failed = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_fails (failed, 1, "cannot be reached");
  movies = cli_list (cli, "movies");
  g_assert_true (json_object_get_boolean_member (cli_find (movies, id), "watched"));

  bijou_fake_server_set_refusing (server, FALSE);
  g_assert_false (cli_get_state (server, film)->played);
  bijou_fake_server_reset_log (server);
  cli_sync (cli);
  g_assert_true (cli_get_state (server, film)->played);
  g_assert_false (cli_get_state (server, other)->played);
  g_assert_cmpuint (count_marks (server), <=, 2);
  cli_assert_mirror (cli, server);
  bijou_fake_server_reset_log (server);
  cli_sync (cli);
  g_assert_cmpuint (count_marks (server), ==, 0);
}

static void
assert_members (Cli *cli, BijouFakeServer *server, BijouFakeItem *list)
{
  g_autofree char *id = cli_get_id (server, list);
  g_autofree char *info = g_strconcat ("--info=", id, NULL);
  g_autofree char *parent = g_strconcat ("--parent=", id, NULL);
  g_autoptr (CliRun) opened = cli_run (cli, NULL, info, NULL);
  g_autoptr (CliRun) members = NULL;

  cli_assert_done (opened);
  bijou_fake_server_reset_log (server);
  members = cli_run (cli, NULL, "--list=movies", parent, NULL);
  cli_assert_done (members);
  g_assert_cmpuint (bijou_fake_server_count (server, "*"), ==, 0);
  g_assert_cmpuint (members->rows->len, ==, list->children->len);
  for (guint i = 0; i < members->rows->len; i++)
    {
      g_autofree char *member = cli_get_id (server, list->children->pdata[i]);

      g_assert_cmpstr (cli_get_text (members->rows->pdata[i], "id"), ==, member);
    }
}

/* What they hold is asked for when somebody looks, and kept in their order. */
static void
test_members (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;

  cli_add (cli, server);
  cli_sync (cli);
  assert_members (cli, server, cli_get_item (server, BIJOU_FAKE_COLLECTION, 1));
  assert_members (cli, server, cli_get_item (server, BIJOU_FAKE_PLAYLIST, 0));
}

/* Newest first, with the words of --sync. */
static void
test_sync_log (Cli *cli, gconstpointer data)
{
  g_autoptr (CliRun) none = cli_run (cli, NULL, "--sync-log", NULL);
  g_autoptr (CliRun) sync = NULL;
  g_autoptr (CliRun) failed = NULL;
  g_autoptr (CliRun) log = NULL;
  static const char *const same[] = { "items", "added", "changed", "removed", "requests", NULL };
  JsonObject *first, *last;

  cli_assert_done (none);
  g_assert_cmpuint (none->rows->len, ==, 0);
  cli_add (cli, cli->plex);
  sync = cli_run (cli, NULL, "--sync", NULL);
  bijou_fake_server_set_refusing (cli->plex, TRUE);
  failed = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_fails (failed, 1, "cannot be reached");
  bijou_fake_server_set_refusing (cli->plex, FALSE);

  log = cli_run (cli, NULL, "--sync-log", NULL);
  cli_assert_done (log);
  g_assert_cmpuint (log->rows->len, ==, 2);
  last = log->rows->pdata[0];
  first = log->rows->pdata[1];
  g_assert_cmpstr (cli_get_text (first, "kind"), ==, "first");
  g_assert_cmpstr (cli_get_text (first, "server"), ==, bijou_fake_server_get_id (cli->plex));
  g_assert_null (cli_get_text (first, "error"));
  g_assert_nonnull (cli_get_text (first, "begun"));
  for (guint i = 0; same[i] != NULL; i++)
    g_assert_cmpint (cli_get_int (first, same[i]), ==, cli_get_int (cli_get_sum (sync), same[i]));
  g_assert_nonnull (strstr (cli_get_text (last, "error"), "cannot be reached"));
  g_assert_cmpstr (cli_get_text (last, "kind"), ==, "incremental");
}

int
main (int argc, char **argv)
{
  cli_test_init (&argc, &argv);

  CLI_ADD ("mirror", test_mirror);
  CLI_ADD_BOTH ("requests", test_requests);
  CLI_ADD_BOTH ("changes", test_changes);
  CLI_ADD ("lists", test_lists);
  CLI_ADD ("sorts", test_sorts);
  CLI_ADD_BOTH ("home", test_home);
  CLI_ADD ("search", test_search);
  CLI_ADD_BOTH ("info", test_info);
  CLI_ADD_BOTH ("marks", test_marks);
  CLI_ADD ("favourites", test_favourites);
  CLI_ADD_BOTH ("offline-marks", test_offline_marks);
  CLI_ADD_BOTH ("members", test_members);
  CLI_ADD ("sync-log", test_sync_log);

  return g_test_run ();
}
