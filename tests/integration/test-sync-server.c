#include "config.h"

#include "server-fixture.h"

#include "bijou-json.h"

#include <string.h>

/* A sync of both protocols with servers that behave and servers that do not: in the end the mirror
 * is what the server has, and a fault takes nothing away. */

#define MOVIES 1100
#define SHOWS 12
#define SEASONS 3
#define EPISODES 15

static const BijouFakeOptions options = {
  .movies = MOVIES, .shows = SHOWS, .seasons = SEASONS, .episodes = EPISODES
};

typedef struct
{
  ServerFixture server;
  const char *pages; /* the pattern of its pages */
  GPtrArray *results;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  server_fixture_set_up (&fixture->server, data, &options);
  fixture->pages = g_str_equal (data, "plex") ? "/library/sections/*/all*" : "/Items?*parentId*";
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->results, g_ptr_array_unref);
  server_fixture_tear_down (&fixture->server);
}

static void
on_progress_cb (const BijouSyncProgress *progress, gpointer user_data)
{
  GCancellable *cancellable = user_data;

  g_assert_cmpint (progress->done, <=, progress->total);
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
}

static BijouSyncResult *
run_sync (Fixture *fixture, GCancellable *cancellable)
{
  g_clear_pointer (&fixture->results, g_ptr_array_unref);
  fixture->results = bijou_sync_job_run (fixture->server.store, fixture->server.backend, FALSE,
                                         NULL, on_progress_cb, cancellable, cancellable);
  return fixture->results->pdata[fixture->results->len - 1];
}

static BijouSyncResult *
sync_well (Fixture *fixture)
{
  BijouSyncResult *sum = run_sync (fixture, NULL);

  g_assert_no_error (sum->error);
  return sum;
}

/* --- comparison --- */

static GHashTable *
list_mirrored (Fixture *fixture)
{
  GHashTable *titles = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) items =
      bijou_store_list_items (fixture->server.store, &(BijouItemQuery){ 0 }, NULL);

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = items->pdata[i];

      g_hash_table_insert (titles, g_strdup (item->remote_id), g_strdup (item->title));
    }
  return titles;
}

static guint
compare_items (JsonArray *array, GHashTable *titles, gboolean exactly)
{
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *item = json_array_get_object_element (array, i);
      const char *title = g_hash_table_lookup (titles, bijou_json_get_string (item, "id"));

      if (bijou_json_get_boolean (item, "removed", FALSE))
        continue;
      n++;
      g_assert_nonnull (title);
      if (exactly)
        g_assert_cmpstr (title, ==, bijou_json_get_string (item, "title"));
    }
  return n;
}

static void
assert_mirrored (Fixture *fixture, gboolean exactly)
{
  g_autofree char *text = server_fixture_get (&fixture->server, "/__control/items");
  g_autoptr (JsonNode) node = bijou_json_parse (text, -1, NULL);
  g_autoptr (GHashTable) titles = list_mirrored (fixture);
  guint n = compare_items (json_node_get_array (node), titles, exactly);

  if (exactly)
    g_assert_cmpuint (g_hash_table_size (titles), ==, n);
}

static char *
get_title_id (Fixture *fixture, BijouItemKind kind, guint place)
{
  BijouItemQuery query = { .kind = kind };
  g_autoptr (GPtrArray) items = bijou_store_list_items (fixture->server.store, &query, NULL);

  return g_strdup (((BijouItem *) items->pdata[place])->remote_id);
}

/* --- well-behaved servers --- */

static void
test_mirror (Fixture *fixture, gconstpointer data)
{
  BijouSyncResult *sum = sync_well (fixture);

  g_assert_cmpuint (sum->added, >=, MOVIES + SHOWS * (1 + SEASONS * (1 + EPISODES)));
  assert_mirrored (fixture, TRUE);
  g_assert_cmpuint (bijou_fake_server_count (fixture->server.fake, "GET /hubs/*"), ==,
                    g_str_equal (data, "plex") ? 1 : 0);
  g_test_message ("%u requests", sum->requests);
  sum = sync_well (fixture);
  g_assert_cmpuint (sum->added, ==, 0);
  g_assert_cmpuint (sum->changed, ==, 0);
  g_assert_cmpuint (sum->removed, ==, 0);
  assert_mirrored (fixture, TRUE);
}

static void
order (Fixture *fixture, const char *format, const char *id)
{
  g_autofree char *text = g_strdup_printf (format, id);

  g_free (bijou_fake_server_control (fixture->server.fake, "%s", text));
}

static void
test_changes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *removed = NULL;
  g_autofree char *renamed = NULL;
  g_autofree char *seen = NULL;
  g_autoptr (BijouItem) item = NULL;
  BijouSyncResult *sum;

  sync_well (fixture);
  removed = get_title_id (fixture, BIJOU_ITEM_MOVIE, 700);
  renamed = get_title_id (fixture, BIJOU_ITEM_MOVIE, 3);
  seen = get_title_id (fixture, BIJOU_ITEM_EPISODE, 100);
  order (fixture, "{\"remove\": \"%s\"}", removed);
  order (fixture, "{\"rename\": \"%s\", \"title\": \"Zzz\"}", renamed);
  order (fixture, "{\"mark\": \"%s\", \"watched\": true}", seen);
  order (fixture, "{\"add\": \"movie\", \"title\": \"%s\"}", "Brand New");

  sum = sync_well (fixture);
  g_assert_cmpuint (sum->added, ==, 1);
  g_assert_cmpuint (sum->removed, ==, 1);
  assert_mirrored (fixture, TRUE);
  item = bijou_store_get_item (fixture->server.store, fixture->server.server_id, seen, NULL);
  g_assert_true (item->watched);

  order (fixture, "{\"mark\": \"%s\", \"watched\": false}", seen);
  sync_well (fixture);
  g_clear_object (&item);
  item = bijou_store_get_item (fixture->server.store, fixture->server.server_id, seen, NULL);
  g_assert_false (item->watched);
}

static void
test_cancel_and_resume (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      BijouSyncResult *sum = run_sync (fixture, cancellable);

      g_assert_no_error (sum->error);
      g_assert_true (sum->cancelled);
    }
  sync_well (fixture);
  assert_mirrored (fixture, TRUE);
}

/* Marked while the server was away; it gets it once. */
static void
test_outbox (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL;
  g_autofree char *state = NULL;
  g_autoptr (BijouItem) item = NULL;
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (GPtrArray) left = NULL;

  sync_well (fixture);
  id = get_title_id (fixture, BIJOU_ITEM_MOVIE, 0);
  order (fixture, "{\"mark\": \"%s\", \"watched\": false, \"quiet\": true}", id);
  sync_well (fixture);
  item = bijou_store_get_item (fixture->server.store, fixture->server.server_id, id, NULL);
  g_assert_false (item->watched);
  bijou_fake_server_set_refusing (fixture->server.fake, TRUE);
  bijou_store_make_change (fixture->server.store, item, BIJOU_CHANGE_WATCHED, 0, NULL);
  g_assert_nonnull (run_sync (fixture, NULL)->error);
  waiting = bijou_store_list_changes (fixture->server.store, NULL, NULL);
  g_assert_cmpuint (waiting->len, ==, 1);

  bijou_fake_server_set_refusing (fixture->server.fake, FALSE);
  bijou_connection_network_changed (bijou_backend_get_connection (fixture->server.backend));
  sync_well (fixture);
  left = bijou_store_list_changes (fixture->server.store, NULL, NULL);
  g_assert_cmpuint (left->len, ==, 0);
  state = bijou_fake_server_control (fixture->server.fake, "{\"state\": \"%s\"}", id);
  g_test_message ("%s", state);
  g_assert_nonnull (strstr (state, "\"played\":true"));
  g_clear_object (&item);
  item = bijou_store_get_item (fixture->server.store, fixture->server.server_id, id, NULL);
  g_assert_true (item->watched);
}

/* --- faults --- */

typedef struct
{
  const char *backend;
  const char *fault;
  gboolean hides; /* rows are not shown, or cannot be understood */
} Case;

static void
set_up_case (Fixture *fixture, gconstpointer data)
{
  const Case *test_case = data;

  set_up (fixture, test_case->backend);
}

static void
test_fault (Fixture *fixture, gconstpointer data)
{
  const Case *test_case = data;
  BijouSyncResult *sum;

  /* From nothing: a whole library or an error. */
  bijou_fake_server_add_fault (fixture->server.fake, "%s %s", fixture->pages, test_case->fault);
  sum = run_sync (fixture, NULL);
  g_test_message ("%s", sum->error != NULL ? sum->error->message : "no error");
  if (test_case->hides)
    g_assert_no_error (sum->error);
  else if (sum->error == NULL)
    assert_mirrored (fixture, FALSE);

  /* Without it all is well. */
  bijou_fake_server_clear_faults (fixture->server.fake);
  sync_well (fixture);
  assert_mirrored (fixture, TRUE);

  /* Over a whole library: nothing goes. */
  bijou_fake_server_add_fault (fixture->server.fake, "%s %s", fixture->pages, test_case->fault);
  sum = run_sync (fixture, NULL);
  g_assert_cmpuint (sum->removed, ==, 0);
  assert_mirrored (fixture, FALSE);
  bijou_fake_server_clear_faults (fixture->server.fake);
  sync_well (fixture);
  assert_mirrored (fixture, TRUE);
}

static const char *faults[] = {
  "status=500 times=1 skip=1",
  "status=500",
  "fail-page=1",
  "reset=2000 times=1",
  "reset=2000",
  "drop-after=3000 times=1",
  "truncate times=1",
  "truncate",
  "html times=1",
  "empty",
  "wrong-total=5",
  "wrong-total=-5",
  "repeat-page",
  "repeat-ids",
  "missing-rows=10",
  "page-cap=100",
  "ignore-paging",
  "drift",
  "unknown-enums",
  "status=429 times=1",
};

static Case cases[G_N_ELEMENTS (faults)];

static void
add_faults (const char *backend)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *word = g_strdelimit (g_strdup (faults[i]), " ", '-');
      g_autofree char *path = g_strdup_printf ("/sync/server/%s/fault/%s", backend, word);
      Case *test_case = &cases[i];

      test_case->backend = backend;
      test_case->fault = faults[i];
      test_case->hides =
          g_str_has_prefix (faults[i], "missing") || g_str_has_prefix (faults[i], "unknown");
      g_test_add_vtable (
          path, sizeof (Fixture), test_case, (GTestFixtureFunc) (gpointer) set_up_case,
          (GTestFixtureFunc) (gpointer) test_fault, (GTestFixtureFunc) (gpointer) tear_down);
    }
}

static void
add (const char *backend, const char *name, void (*func) (Fixture *fixture, gconstpointer data))
{
  g_autofree char *path = g_strdup_printf ("/sync/server/%s/%s", backend, name);

  g_test_add_vtable (path, sizeof (Fixture), backend, (GTestFixtureFunc) (gpointer) set_up,
                     (GTestFixtureFunc) (gpointer) func, (GTestFixtureFunc) (gpointer) tear_down);
}

/* test-sync-server plex|jellyfin */
int
main (int argc, char **argv)
{
  const char *backend;

  g_test_init (&argc, &argv, NULL);

  g_assert_cmpint (argc, ==, 2);
  backend = argv[1];
  add (backend, "mirror", test_mirror);
  add (backend, "changes", test_changes);
  add (backend, "cancel-and-resume", test_cancel_and_resume);
  add (backend, "outbox", test_outbox);
  add_faults (backend);

  return g_test_run ();
}
