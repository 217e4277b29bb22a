#include "config.h"

#include "command-line-fixture.h"

#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>

/* Comes when something that is waited for does not. */
#define DEADLINE_S 30

static CliRun *
list (Cli *cli, const char *kind)
{
  g_autofree char *option = g_strconcat ("--list=", kind, NULL);
  CliRun *run = cli_run (cli, NULL, option, NULL);

  cli_assert_done (run);
  return run;
}

static JsonObject *
get_sum (CliRun *run)
{
  JsonObject *sum = run->rows->pdata[run->rows->len - 1];

  g_assert_null (cli_get_text (sum, "library"));
  return sum;
}

/* --- the mirror --- */

static void
assert_counts (CliRun *run)
{
  static const char *const names[] = { "items", "added", "changed", "removed" };
  JsonObject *sum = get_sum (run);
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
  g_assert_cmpint (cli_get_int (get_sum (second), "items"), ==,
                   cli_get_int (get_sum (first), "items"));
  g_assert_cmpint (cli_get_int (get_sum (second), "added"), ==, 0);
  g_assert_cmpint (cli_get_int (get_sum (second), "changed"), ==, 0);
  g_assert_cmpint (cli_get_int (get_sum (second), "removed"), ==, 0);
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
  told = cli_get_int (get_sum (run), "requests");
  /* One looks whether the address is good. */
  g_assert_cmpint (told, <=, bijou_fake_server_count (server, "*"));
  g_assert_cmpint (told, >=, (gint64) bijou_fake_server_count (server, "*") - 2);
}

static void
change_library (BijouFakeServer *server)
{
  g_autofree char *removed = bijou_fake_server_control (
      server, "{\"remove\": %u}", cli_get_item (server, BIJOU_FAKE_MOVIE, 7)->index);
  g_autofree char *show = bijou_fake_server_control (
      server, "{\"remove\": %u}", cli_get_item (server, BIJOU_FAKE_SHOW, 1)->index);
  g_autofree char *renamed =
      bijou_fake_server_control (server, "{\"rename\": %u, \"title\": \"Zwölf “Stühle”\"}",
                                 cli_get_item (server, BIJOU_FAKE_MOVIE, 3)->index);
  g_autofree char *begun =
      bijou_fake_server_control (server, "{\"mark\": %u, \"position_ms\": 123000}",
                                 cli_get_item (server, BIJOU_FAKE_EPISODE, 2)->index);
  g_autofree char *seen =
      bijou_fake_server_control (server, "{\"mark\": %u, \"watched\": true}",
                                 cli_get_item (server, BIJOU_FAKE_SHOW, 2)->index);
  g_autofree char *unseen =
      bijou_fake_server_control (server, "{\"mark\": %u, \"watched\": false}",
                                 cli_get_item (server, BIJOU_FAKE_MOVIE, 2)->index);

  /* The year of an item that is added here is also its day. */
  cli_get_item (server, BIJOU_FAKE_MOVIE, 11)->year = 1931;
}

static void
test_changes (Cli *cli, gconstpointer data)
{
  BijouFakeServer *server = data != NULL ? cli->film : cli->plex;
  g_autoptr (CliRun) run = NULL;

  cli_add (cli, server);
  cli_sync (cli);
  change_library (server);
  run = cli_run (cli, NULL, "--sync", NULL);
  cli_assert_done (run);
  cli_assert_mirror (cli, server);
  /* A film, and a show with what is in it. */
  g_assert_cmpint (cli_get_int (get_sum (run), "removed"), >=, 1 + 1 + 2 + 8);
}

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
  change_library (cli->other);
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
  all = list (cli, "episodes");
  for (guint i = 0; i < all->rows->len; i++)
    g_assert_cmpstr (cli_get_text (all->rows->pdata[i], "server"), ==,
                     bijou_fake_server_get_id (cli->plex));
  assert_secrets_of (cli, cli->plex, TRUE);
  assert_secrets_of (cli, cli->other, FALSE);
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
  libraries = list (cli, "libraries");
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
  begun = list (cli, "continue");
  g_assert_cmpstr (cli_get_text (begun->rows->pdata[0], "id"), ==, id);
  for (guint i = 0; i < begun->rows->len; i++)
    g_assert_cmpint (cli_get_int (begun->rows->pdata[i], "position_ms"), >, 0);
  next = list (cli, "next");
  for (guint i = 0; i < next->rows->len; i++)
    g_assert_cmpstr (cli_get_text (next->rows->pdata[i], "kind"), ==, "episode");
  recent = list (cli, "recent");
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
  movies = list (cli, "movies");
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
    { { "--start-ms=1" }, 2, "--play" },
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
  movies = list (cli, "movies");
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

#define ADD(name, func)                                                                            \
  g_test_add ("/command-line/" name, Cli, NULL, cli_set_up, func, cli_tear_down)
#define ADD_BOTH(name, func)                                                                       \
  ADD (name "/plex", func);                                                                        \
  g_test_add ("/command-line/" name "/jellyfin", Cli, "jellyfin", cli_set_up, func, cli_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!cli_is_there ())
    {
      g_print ("1..0 # SKIP BIJOU_PROGRAM is not set\n");
      return 0;
    }

  ADD ("mirror", test_mirror);
  ADD_BOTH ("requests", test_requests);
  ADD_BOTH ("changes", test_changes);
  ADD ("two-alike", test_two_alike);
  ADD ("lists", test_lists);
  ADD ("sorts", test_sorts);
  ADD_BOTH ("home", test_home);
  ADD ("search", test_search);
  ADD_BOTH ("info", test_info);
  ADD_BOTH ("marks", test_marks);
  ADD ("favourites", test_favourites);
  ADD_BOTH ("offline-marks", test_offline_marks);
  ADD ("usage", test_usage);
  ADD ("empty-profile", test_empty_profile);
  ADD ("bad-sign-in", test_bad_sign_in);
  ADD ("secrets", test_secrets);
  ADD ("add-again", test_add_again);
  ADD ("account", test_account);
  ADD ("server-states", test_server_states);
  ADD_BOTH ("interrupt", test_interrupt);
  ADD ("two-at-once", test_two_at_once);

  return g_test_run ();
}
