#include "config.h"

#include "database-age.h"
#include "server-fixture.h"

#include <string.h>

/* Incremental syncs with both protocols, of small libraries and of large ones: what they cost, and
 * that they see what was done elsewhere. */

static const BijouFakeOptions small = { .movies = 60, .shows = 4, .seasons = 2, .episodes = 5 };
static const BijouFakeOptions large = { .movies = 2500, .shows = 10, .seasons = 4, .episodes = 30 };
/* Films and shows. */
#define LIBRARIES 2
#define BUDGET (4 + LIBRARIES)

typedef struct
{
  ServerFixture server;
} Fixture;

typedef struct
{
  const char *backend;
  const BijouFakeOptions *options;
} Case;

static const Case cases[] = {
  { "plex", &small }, { "plex", &large }, { "jellyfin", &small }, { "jellyfin", &large }
};

/* Returns the requests that the server saw of it. */
static guint
sync_once (Fixture *fixture, guint *added, guint *changed, guint *removed)
{
  guint before = bijou_fake_server_count (fixture->server.fake, "*");
  g_autoptr (GPtrArray) results = bijou_sync_job_run (
      fixture->server.store, fixture->server.backend, FALSE, NULL, NULL, NULL, NULL);
  BijouSyncResult *sum = results->pdata[results->len - 1];
  guint requests = bijou_fake_server_count (fixture->server.fake, "*") - before;

  g_assert_no_error (sum->error);
  if (added != NULL)
    *added = sum->added;
  if (changed != NULL)
    *changed = sum->changed;
  if (removed != NULL)
    *removed = sum->removed;
  g_test_message ("%u requests (%u told), +%u ~%u -%u, %s", requests, sum->requests, sum->added,
                  sum->changed, sum->removed, sum->incremental ? "news" : "whole");
  return requests;
}

/* The first whole sync, and the one after it that learns what the server counts otherwise. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  const Case *test = data;

  server_fixture_set_up (&fixture->server, test->backend, test->options);
  sync_once (fixture, NULL, NULL, NULL);
  sync_once (fixture, NULL, NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  server_fixture_tear_down (&fixture->server);
}

static char *
get_id (Fixture *fixture, BijouItemKind kind, guint place)
{
  BijouItemQuery query = { .kind = kind };
  g_autoptr (GPtrArray) items = bijou_store_list_items (fixture->server.store, &query, NULL);

  return g_strdup (BIJOU_ITEM (items->pdata[place])->remote_id);
}

static BijouItem *
get_item (Fixture *fixture, const char *id)
{
  return bijou_store_get_item (fixture->server.store, fixture->server.server_id, id, NULL);
}

static void
order (Fixture *fixture, const char *format, const char *id)
{
  g_autofree char *text = g_strdup_printf (format, id);

  g_free (bijou_fake_server_control (fixture->server.fake, "%s", text));
}

static gboolean
is_plex (gconstpointer data)
{
  return g_str_equal (((const Case *) data)->backend, "plex");
}

/* The questions to a large Jellyfin are of all libraries at once: with one they are as many. */
static void
test_nothing_new (Fixture *fixture, gconstpointer data)
{
  gboolean is_of_all = !is_plex (data) && ((const Case *) data)->options == &large;
  guint added, changed, removed;
  guint requests = sync_once (fixture, &added, &changed, &removed);

  g_assert_cmpuint (requests, <=, is_of_all ? 4 + 1 : BUDGET);
  g_assert_cmpuint (added + changed + removed, ==, 0);
}

/* One watched and one unwatched: their number stays the same. */
static void
test_marked_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *watched = get_id (fixture, BIJOU_ITEM_EPISODE, 3);
  g_autofree char *unwatched = get_id (fixture, BIJOU_ITEM_EPISODE, 17);
  g_autofree char *begun = get_id (fixture, BIJOU_ITEM_MOVIE, 40);
  g_autoptr (BijouItem) item = NULL;

  order (fixture, "{\"mark\": \"%s\", \"watched\": true}", unwatched);
  order (fixture, "{\"mark\": \"%s\", \"watched\": false}", watched);
  sync_once (fixture, NULL, NULL, NULL);
  item = get_item (fixture, unwatched);
  g_assert_true (item->watched);

  order (fixture, "{\"mark\": \"%s\", \"watched\": false}", unwatched);
  order (fixture, "{\"mark\": \"%s\", \"watched\": true}", watched);
  order (fixture, "{\"mark\": \"%s\", \"position_ms\": 654000}", begun);
  sync_once (fixture, NULL, NULL, NULL);
  g_clear_object (&item);
  item = get_item (fixture, watched);
  g_assert_true (item->watched);
  g_clear_object (&item);
  item = get_item (fixture, unwatched);
  g_assert_false (item->watched);
  g_clear_object (&item);
  item = get_item (fixture, begun);
  g_assert_cmpint (item->position_ms, ==, 654000);

  order (fixture, "{\"mark\": \"%s\", \"position_ms\": 0}", begun);
  sync_once (fixture, NULL, NULL, NULL);
  g_clear_object (&item);
  item = get_item (fixture, begun);
  g_assert_cmpint (item->position_ms, ==, 0);
}

/* Plex has none. */
static void
test_favoured_elsewhere (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = get_id (fixture, BIJOU_ITEM_MOVIE, 33);
  g_autoptr (BijouItem) item = NULL;

  if (is_plex (data))
    {
      g_test_skip ("Plex keeps no favourites");
      return;
    }
  order (fixture, "{\"mark\": \"%s\", \"favourite\": true}", id);
  sync_once (fixture, NULL, NULL, NULL);
  item = get_item (fixture, id);
  g_assert_true (item->favourite);

  order (fixture, "{\"mark\": \"%s\", \"favourite\": false}", id);
  sync_once (fixture, NULL, NULL, NULL);
  g_clear_object (&item);
  item = get_item (fixture, id);
  g_assert_false (item->favourite);
}

static void
change_fifty (Fixture *fixture, BijouItemKind kind, guint n)
{
  guint changed, requests;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = get_id (fixture, kind, i);

      order (fixture, "{\"rename\": \"%s\", \"title\": \"Renamed once more\"}", id);
    }
  requests = sync_once (fixture, NULL, &changed, NULL);
  g_assert_cmpuint (changed, >=, n);
  g_assert_cmpuint (requests, <=, 10);
}

static void
test_fifty_changed (Fixture *fixture, gconstpointer data)
{
  change_fifty (fixture, BIJOU_ITEM_MOVIE, 50);
  change_fifty (fixture, BIJOU_ITEM_EPISODE, 40);
}

static void
test_added_and_deleted (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = get_id (fixture, BIJOU_ITEM_MOVIE, 20);
  g_autofree char *show = get_id (fixture, BIJOU_ITEM_SHOW, 2);
  g_autoptr (BijouItem) gone = NULL;
  guint added, removed;

  order (fixture, "{\"remove\": \"%s\"}", film);
  order (fixture, "{\"add\": \"movie\", \"title\": \"%s\"}", "Brand New");
  sync_once (fixture, &added, NULL, &removed);
  g_assert_cmpuint (added, ==, 1);
  g_assert_cmpuint (removed, ==, 1);
  gone = get_item (fixture, film);
  g_assert_null (gone);

  order (fixture, "{\"remove\": \"%s\"}", show);
  sync_once (fixture, NULL, NULL, &removed);
  g_assert_cmpuint (removed, >, 1);
  gone = get_item (fixture, show);
  g_assert_null (gone);
}

/* Of several: an empty list would be doubted. It is no reason to look through the libraries. */
static void
test_list_deleted (Fixture *fixture, gconstpointer data)
{
  static const BijouItemKind kinds[] = { BIJOU_ITEM_COLLECTION, BIJOU_ITEM_PLAYLIST };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      BijouItemQuery query = { .kind = kinds[i] };
      g_autoptr (GArray) ids = bijou_store_list_ids (fixture->server.store, &query, NULL);
      g_autofree char *id = get_id (fixture, kinds[i], 0);
      g_autoptr (BijouItem) gone = NULL;
      guint removed, requests;

      if (ids->len < 2)
        continue;
      order (fixture, "{\"remove\": \"%s\"}", id);
      requests = sync_once (fixture, NULL, NULL, &removed);
      gone = get_item (fixture, id);
      g_assert_null (gone);
      g_assert_cmpuint (removed, ==, 1);
      if (is_plex (data))
        g_assert_cmpuint (requests, <=, 12);
    }
}

static void
rename_films (Fixture *fixture, guint n, guint times)
{
  g_autoptr (GPtrArray) films = bijou_store_list_items (
      fixture->server.store, &(BijouItemQuery){ .kind = BIJOU_ITEM_MOVIE }, NULL);

  for (guint i = 0; i < n; i++)
    for (guint again = 0; again < (i % times) + 1; again++)
      order (fixture, "{\"rename\": \"%s\", \"title\": \"A Renamed One\"}",
             BIJOU_ITEM (films->pdata[i])->remote_id);
}

static guint
count_renamed (Fixture *fixture)
{
  g_autoptr (GPtrArray) films = bijou_store_list_items (
      fixture->server.store, &(BijouItemQuery){ .kind = BIJOU_ITEM_MOVIE }, NULL);
  guint n = 0;

  for (guint i = 0; i < films->len; i++)
    n += g_str_equal (BIJOU_ITEM (films->pdata[i])->title, "A Renamed One") ? 1 : 0;
  return n;
}

/* The server sends fewer rows than it is asked for: first of films renamed, then of films begun. */
static void
test_page_cap (Fixture *fixture, gconstpointer data)
{
  guint n = MIN (150, ((const Case *) data)->options->movies);
  g_autoptr (GPtrArray) films = bijou_store_list_items (
      fixture->server.store, &(BijouItemQuery){ .kind = BIJOU_ITEM_MOVIE }, NULL);

  order (fixture, "{\"page_cap\": %s}", "20");
  rename_films (fixture, n, 1);
  sync_once (fixture, NULL, NULL, NULL);
  g_assert_cmpuint (count_renamed (fixture), ==, n);

  for (guint i = 0; i < n; i++)
    order (fixture, "{\"mark\": \"%s\", \"position_ms\": 654000}",
           BIJOU_ITEM (films->pdata[i])->remote_id);
  sync_once (fixture, NULL, NULL, NULL);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BijouItem) item = get_item (fixture, BIJOU_ITEM (films->pdata[i])->remote_id);

      g_assert_cmpint (item->position_ms, ==, 654000);
    }
}

/* No order is one that each server knows. */
static void
test_unknown_order (Fixture *fixture, gconstpointer data)
{
  guint requests, changed;

  if (!is_plex (data))
    {
      g_autofree char *id = get_id (fixture, BIJOU_ITEM_MOVIE, 33);
      g_autoptr (BijouItem) item = NULL;

      order (fixture, "{\"mark\": \"%s\", \"favourite\": true}", id);
      order (fixture, "%s", "{\"fault\": \"* ignore=sortBy\"}");
      sync_once (fixture, NULL, NULL, NULL);
      item = get_item (fixture, id);
      g_assert_true (item->favourite);
      return;
    }
  rename_films (fixture, 50, 3);
  order (fixture, "%s", "{\"fault\": \"*updatedAt* ignore=sort\"}");
  requests = sync_once (fixture, NULL, &changed, NULL);
  g_assert_cmpuint (changed, >=, 50);
  g_assert_cmpuint (requests, <=, 10);
  g_assert_cmpuint (count_renamed (fixture), ==, 50);
}

/* A proxy writes a Date of its own. */
static void
test_date_ahead (Fixture *fixture, gconstpointer data)
{
  order (fixture, "%s", "{\"fault\": \"* date=1200\"}");
  sync_once (fixture, NULL, NULL, NULL);
  sync_once (fixture, NULL, NULL, NULL);
  rename_films (fixture, 50, 3);
  sync_once (fixture, NULL, NULL, NULL);
  g_assert_cmpuint (count_renamed (fixture), ==, 50);
}

static guint
count_members (Fixture *fixture, BijouItemKind kind)
{
  BijouItemQuery query = { .kind = kind };
  g_autoptr (GPtrArray) lists = bijou_store_list_items (fixture->server.store, &query, NULL);
  guint n = 0;

  for (guint i = 0; i < lists->len; i++)
    n += BIJOU_ITEM (lists->pdata[i])->children;
  return n;
}

static void
test_lists_renamed (Fixture *fixture, gconstpointer data)
{
  static const BijouItemKind kinds[] = { BIJOU_ITEM_COLLECTION, BIJOU_ITEM_PLAYLIST };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      guint before = count_members (fixture, kinds[i]);
      g_autofree char *id = get_id (fixture, kinds[i], 0);
      g_autoptr (BijouItem) list = NULL;

      g_assert_cmpuint (before, >, 0);
      order (fixture, "{\"rename\": \"%s\", \"title\": \"Renamed\"}", id);
      sync_once (fixture, NULL, NULL, NULL);
      list = get_item (fixture, id);
      g_assert_cmpstr (list->title, ==, "Renamed");
      g_assert_cmpuint (count_members (fixture, kinds[i]), ==, before);
    }
}

static void
remove_all (Fixture *fixture, BijouItemKind kind)
{
  BijouItemQuery query = { .kind = kind };
  g_autoptr (GPtrArray) items = bijou_store_list_items (fixture->server.store, &query, NULL);

  for (guint i = 0; i < items->len; i++)
    order (fixture, "{\"remove\": \"%s\"}", BIJOU_ITEM (items->pdata[i])->remote_id);
}

/* An empty list is believed after an hour, by the first sync then. */
static void
test_all_deleted (Fixture *fixture, gconstpointer data)
{
  static const BijouItemKind kinds[] = { BIJOU_ITEM_COLLECTION, BIJOU_ITEM_PLAYLIST,
                                         BIJOU_ITEM_MOVIE };
  g_autofree char *path = g_build_filename (fixture->server.folder, "library.db", NULL);
  guint removed;

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    remove_all (fixture, kinds[i]);
  sync_once (fixture, NULL, NULL, &removed);
  g_assert_cmpuint (removed, ==, 0);
  sync_once (fixture, NULL, NULL, &removed);
  g_assert_cmpuint (removed, ==, 0);

  database_age (path, BIJOU_STORE_DOUBT_SECONDS);
  sync_once (fixture, NULL, NULL, &removed);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      BijouItemQuery query = { .kind = kinds[i] };
      g_autoptr (GArray) left = bijou_store_list_ids (fixture->server.store, &query, NULL);

      g_assert_cmpuint (left->len, ==, 0);
    }
  g_assert_cmpuint (sync_once (fixture, NULL, NULL, NULL), <=, BUDGET);
}

/* Nothing is taken away by a list that comes badly. */
static void
test_bad_sweep (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = get_id (fixture, BIJOU_ITEM_MOVIE, 20);
  g_autofree char *other = get_id (fixture, BIJOU_ITEM_MOVIE, 21);
  g_autoptr (GPtrArray) results = NULL;
  g_autoptr (BijouItem) item = NULL;

  order (fixture, "{\"remove\": \"%s\"}", film);
  order (fixture, "%s", "{\"fault\": \"*excludeElements=Media* status=500\"}");
  order (fixture, "%s", "{\"fault\": \"*fields=Etag&enableImages* status=500\"}");
  results = bijou_sync_job_run (fixture->server.store, fixture->server.backend, FALSE, NULL, NULL,
                                NULL, NULL);
  item = get_item (fixture, other);
  g_assert_nonnull (item);

  order (fixture, "%s", "{\"clear_faults\": true}");
  sync_once (fixture, NULL, NULL, NULL);
  g_clear_object (&item);
  item = get_item (fixture, film);
  g_assert_null (item);
}

static void
set_up_alone (Fixture *fixture, gconstpointer data)
{
  const Case *test = data;

  server_fixture_set_up (&fixture->server, test->backend, test->options);
}

/* Before the break of the first run one row came and one went, so behind it nothing moved. */
static void
test_resumed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) results = NULL;
  g_autofree char *gone = NULL;
  g_autofree char *first = NULL;
  g_autoptr (BijouItem) item = NULL;

  order (fixture, "%s", "{\"fault\": \"*tart*=1500* status=500\"}");
  results = bijou_sync_job_run (fixture->server.store, fixture->server.backend, FALSE, NULL, NULL,
                                NULL, NULL);
  order (fixture, "%s", "{\"clear_faults\": true}");
  gone = get_id (fixture, BIJOU_ITEM_MOVIE, 20);
  order (fixture, "{\"remove\": \"%s\"}", gone);
  order (fixture, "{\"add\": \"movie\", \"title\": \"%s\"}", "1 Aaa");
  sync_once (fixture, NULL, NULL, NULL);
  sync_once (fixture, NULL, NULL, NULL);

  item = get_item (fixture, gone);
  g_assert_null (item);
  first = get_id (fixture, BIJOU_ITEM_MOVIE, 0);
  item = get_item (fixture, first);
  g_assert_cmpstr (item->title, ==, "1 Aaa");
}

static void
add_tests (const char *name, void (*func) (Fixture *, gconstpointer))
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/sync-news/%s/%s/%s", cases[i].backend,
                           cases[i].options == &small ? "small" : "large", name);

      g_test_add (path, Fixture, &cases[i], set_up, func, tear_down);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("nothing", test_nothing_new);
  add_tests ("marked", test_marked_elsewhere);
  add_tests ("favoured", test_favoured_elsewhere);
  add_tests ("fifty", test_fifty_changed);
  add_tests ("added-deleted", test_added_and_deleted);
  add_tests ("list-deleted", test_list_deleted);
  add_tests ("all-deleted", test_all_deleted);
  add_tests ("bad-sweep", test_bad_sweep);
  add_tests ("unknown-order", test_unknown_order);
  add_tests ("lists-renamed", test_lists_renamed);
  /* Small libraries are looked through anyway. */
  g_test_add ("/sync-news/plex/page-cap", Fixture, &cases[1], set_up, test_page_cap, tear_down);
  g_test_add ("/sync-news/jellyfin/page-cap", Fixture, &cases[3], set_up, test_page_cap, tear_down);
  g_test_add ("/sync-news/plex/date-ahead", Fixture, &cases[1], set_up, test_date_ahead, tear_down);
  g_test_add ("/sync-news/plex/resumed", Fixture, &cases[1], set_up_alone, test_resumed, tear_down);
  g_test_add ("/sync-news/jellyfin/resumed", Fixture, &cases[3], set_up_alone, test_resumed,
              tear_down);
  return g_test_run ();
}
