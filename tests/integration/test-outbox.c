#include "config.h"

#include "fake-backend.h"
#include "store-fixture.h"

#include "bijou-outbox.h"
#include "bijou-refusals.h"
#include "bijou-sync-job.h"

/* What waits is sent in order, once, and nothing that one change is in trouble with stops others.
 */

typedef struct
{
  StoreFixture store;
  FakeBackend *backend; /* (owned) */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) results = NULL;

  store_fixture_set_up (&fixture->store, NULL);
  store_fixture_add_server (&fixture->store, "A");
  fixture->backend = fake_backend_new ("A");
  fake_backend_add_library (fixture->backend, "films", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_library (fixture->backend, "shows", BIJOU_LIBRARY_SHOWS);
  fake_backend_add_films (fixture->backend, "films", 4);
  fake_backend_add_shows (fixture->backend, "shows", 1, 1, 3);
  results = bijou_sync_job_run (fixture->store.store, BIJOU_BACKEND (fixture->backend), FALSE, NULL,
                                NULL, NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->backend);
  store_fixture_tear_down (&fixture->store, NULL);
}

#define FILM "films-film-00000"
#define OTHER_FILM "films-film-00001"
#define SHOW "shows-show-0000"
#define EPISODE "shows-show-0000-s1-e001"

static void
make_change (Fixture *fixture, const char *id, BijouChangeKind kind)
{
  g_autoptr (BijouItem) item = store_fixture_get (&fixture->store, "A", id);
  g_autoptr (GError) error = NULL;

  bijou_store_make_change (fixture->store.store, item, kind, 0, &error);
  g_assert_no_error (error);
}

static void
set_position (Fixture *fixture, const char *id, gint64 position_ms)
{
  g_autoptr (BijouItem) item = store_fixture_get (&fixture->store, "A", id);
  g_autoptr (GError) error = NULL;

  bijou_store_set_position (fixture->store.store, item, position_ms, TRUE, &error);
  g_assert_no_error (error);
}

static guint
count_waiting (Fixture *fixture)
{
  g_autoptr (GPtrArray) changes = bijou_store_list_changes (fixture->store.store, "A", NULL);

  return changes->len;
}

static guint
flush (Fixture *fixture, gboolean expect_done)
{
  g_autoptr (GError) error = NULL;
  guint refused;

  g_assert_cmpint (bijou_outbox_flush (fixture->store.store, BIJOU_BACKEND (fixture->backend),
                                       &refused, NULL, &error),
                   ==, expect_done);
  return refused;
}

static void
assert_sent (Fixture *fixture, const char *expected)
{
  g_autofree char *sent = NULL;

  g_ptr_array_add (fixture->backend->sent, NULL);
  sent = g_strjoinv ("|", (char **) fixture->backend->sent->pdata);
  g_ptr_array_remove_index (fixture->backend->sent, fixture->backend->sent->len - 1);
  g_assert_cmpstr (sent, ==, expected);
}

static BijouItem *
get_remote (Fixture *fixture, const char *id)
{
  GPtrArray *films = fake_backend_get_list (fixture->backend, "films", BIJOU_ITEM_MOVIE);

  for (guint i = 0; i < films->len; i++)
    if (g_str_equal (((BijouItem *) films->pdata[i])->remote_id, id))
      return films->pdata[i];
  g_assert_not_reached ();
}

static void
test_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) film = store_fixture_get (&fixture->store, "A", FILM);

  make_change (fixture, FILM, BIJOU_CHANGE_FAVOURITE);
  make_change (fixture, OTHER_FILM, BIJOU_CHANGE_WATCHED);
  g_assert_true (bijou_store_make_rating (fixture->store.store, film, 8, NULL));
  make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  set_position (fixture, FILM, 60000);
  make_change (fixture, SHOW, BIJOU_CHANGE_WATCHED);
  make_change (fixture, EPISODE, BIJOU_CHANGE_UNWATCHED);
  flush (fixture, TRUE);
  assert_sent (fixture, "favourite " FILM "|watched " OTHER_FILM "|rating " FILM " 8|watched " FILM
                        "|position " FILM " 60000|watched " SHOW "|unwatched " EPISODE);
  g_assert_cmpuint (count_waiting (fixture), ==, 0);
}

/* What is done and undone again is one change, the last one. */
static void
test_merged (Fixture *fixture, gconstpointer data)
{
  make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  make_change (fixture, FILM, BIJOU_CHANGE_UNWATCHED);
  make_change (fixture, FILM, BIJOU_CHANGE_FAVOURITE);
  make_change (fixture, FILM, BIJOU_CHANGE_UNFAVOURITE);
  make_change (fixture, EPISODE, BIJOU_CHANGE_UNWATCHED);
  set_position (fixture, EPISODE, 60000);
  make_change (fixture, SHOW, BIJOU_CHANGE_WATCHED);
  flush (fixture, TRUE);
  assert_sent (fixture, "unwatched " FILM "|unfavourite " FILM "|watched " SHOW);
}

/* The server took it, and its answer never came: after a restart it is not counted again. */
static void
test_lost_answer (Fixture *fixture, gconstpointer data)
{
  make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  fixture->backend->lose_answers = 1;
  flush (fixture, FALSE);
  g_assert_cmpuint (count_waiting (fixture), ==, 1);
  store_fixture_reopen (&fixture->store, FALSE);

  /* Marked once more: still the same mark. */
  if (data != NULL)
    make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  flush (fixture, TRUE);
  assert_sent (fixture, "watched " FILM);
  g_assert_cmpint (get_remote (fixture, FILM)->play_count, ==, 1);
  g_assert_cmpuint (count_waiting (fixture), ==, 0);
}

/* It never arrived, though the film had been seen before: it is sent. */
static void
test_lost_question (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) results = NULL;

  get_remote (fixture, FILM)->watched = TRUE;
  get_remote (fixture, FILM)->play_count = 3;
  results = bijou_sync_job_run (fixture->store.store, BIJOU_BACKEND (fixture->backend), TRUE, NULL,
                                NULL, NULL, NULL);
  make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  fixture->backend->refuse_send = TRUE;
  fixture->backend->send_error = BIJOU_ERROR_OFFLINE;
  flush (fixture, FALSE);
  fixture->backend->refuse_send = FALSE;
  flush (fixture, TRUE);
  assert_sent (fixture, "watched " FILM);
  g_assert_cmpint (get_remote (fixture, FILM)->play_count, ==, 4);
}

/* It is known afterwards what was refused, and why. */
static void
assert_refused (Fixture *fixture, guint n, BijouChangeKind kind, BijouError code)
{
  g_autoptr (GPtrArray) refusals = bijou_refusals_list (fixture->store.store, "A");
  g_autoptr (GError) error = g_error_new_literal (BIJOU_ERROR, code, "");
  g_autofree char *sentence = bijou_error_to_sentence (error);
  const BijouRefusal *newest;

  g_assert_cmpuint (refusals->len, ==, n);
  newest = refusals->pdata[0];
  g_assert_cmpstr (newest->change->server_id, ==, "A");
  g_assert_cmpstr (newest->change->remote_id, ==, FILM);
  g_assert_cmpint (newest->change->kind, ==, kind);
  if (kind == BIJOU_CHANGE_RATING)
    g_assert_cmpfloat (newest->change->rating, ==, 7);
  g_assert_cmpint (newest->change->made_at, >, 0);
  g_assert_cmpstr (newest->reason, ==, sentence);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) refusals = NULL;
  g_autoptr (BijouItem) film = NULL;

  make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  make_change (fixture, OTHER_FILM, BIJOU_CHANGE_WATCHED);
  fixture->backend->refused_id = FILM;
  fixture->backend->send_error = GPOINTER_TO_INT (data);
  g_assert_cmpuint (flush (fixture, TRUE), ==, 1);
  assert_sent (fixture, "watched " OTHER_FILM);
  film = store_fixture_get (&fixture->store, "A", FILM);
  g_assert_false (film->watched);
  assert_refused (fixture, 1, BIJOU_CHANGE_WATCHED, GPOINTER_TO_INT (data));

  g_assert_true (bijou_store_make_rating (fixture->store.store, film, 7, NULL));
  g_assert_cmpuint (flush (fixture, TRUE), ==, 1);
  assert_refused (fixture, 2, BIJOU_CHANGE_RATING, GPOINTER_TO_INT (data));
  store_fixture_reopen (&fixture->store, FALSE);
  assert_refused (fixture, 2, BIJOU_CHANGE_RATING, GPOINTER_TO_INT (data));
  g_assert_true (bijou_refusals_clear (fixture->store.store, "A", NULL));
  refusals = bijou_refusals_list (fixture->store.store, "A");
  g_assert_cmpuint (refusals->len, ==, 0);
}

/* Of many the last ones are kept. */
static void
test_many_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) refusals = NULL;

  fixture->backend->refused_id = FILM;
  fixture->backend->send_error = BIJOU_ERROR_NOT_FOUND;
  for (guint i = 0; i < 25; i++)
    {
      make_change (fixture, FILM, i % 2 == 0 ? BIJOU_CHANGE_FAVOURITE : BIJOU_CHANGE_WATCHED);
      g_assert_cmpuint (flush (fixture, TRUE), ==, 1);
    }
  refusals = bijou_refusals_list (fixture->store.store, "A");
  g_assert_cmpuint (refusals->len, ==, 20);
  for (guint i = 0; i < refusals->len; i++)
    g_assert_cmpint (((BijouRefusal *) refusals->pdata[i])->change->kind, ==,
                     i % 2 == 0 ? BIJOU_CHANGE_FAVOURITE : BIJOU_CHANGE_WATCHED);
}

/* A server error of one: the others go on, but not those that it would undo. */
static void
test_trouble_with_one (Fixture *fixture, gconstpointer data)
{
  make_change (fixture, SHOW, BIJOU_CHANGE_WATCHED);
  make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  make_change (fixture, EPISODE, BIJOU_CHANGE_UNWATCHED);
  make_change (fixture, EPISODE, BIJOU_CHANGE_FAVOURITE);
  fixture->backend->refused_id = SHOW;
  fixture->backend->send_error = BIJOU_ERROR_SERVER;
  g_assert_cmpuint (flush (fixture, FALSE), ==, 0);
  assert_sent (fixture, "watched " FILM "|favourite " EPISODE);
  g_assert_cmpuint (count_waiting (fixture), ==, 2);

  fixture->backend->refused_id = NULL;
  flush (fixture, TRUE);
  assert_sent (fixture,
               "watched " FILM "|favourite " EPISODE "|watched " SHOW "|unwatched " EPISODE);
}

static void
test_offline (Fixture *fixture, gconstpointer data)
{
  make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  make_change (fixture, OTHER_FILM, BIJOU_CHANGE_WATCHED);
  fixture->backend->refuse_send = TRUE;
  fixture->backend->send_error = GPOINTER_TO_INT (data);
  flush (fixture, FALSE);
  g_assert_cmpuint (count_waiting (fixture), ==, 2);
  fixture->backend->refuse_send = FALSE;
  flush (fixture, TRUE);
  assert_sent (fixture, "watched " FILM "|watched " OTHER_FILM);
}

/* Positions only go forward. */
static void
test_position (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) film = NULL;

  set_position (fixture, FILM, 60000);
  get_remote (fixture, FILM)->position_ms = 90000;
  flush (fixture, TRUE);
  assert_sent (fixture, "");
  film = store_fixture_get (&fixture->store, "A", FILM);
  g_assert_cmpint (film->position_ms, ==, 90000);

  set_position (fixture, FILM, 120000);
  flush (fixture, TRUE);
  assert_sent (fixture, "position " FILM " 120000");
}

static gpointer
flush_in_thread (gpointer data)
{
  flush (data, TRUE);
  return NULL;
}

/* Several at once, as the window and a command are: each change is sent by one of them. */
static void
test_at_once (Fixture *fixture, gconstpointer data)
{
  GThread *threads[4];

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *id = g_strdup_printf ("films-film-%05u", i);

      make_change (fixture, id, BIJOU_CHANGE_WATCHED);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("flush", flush_in_thread, fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (fixture->backend->sent->len, ==, 4);
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) results = NULL;

  fake_backend_add_films (fixture->backend, "films", 1000);
  results = bijou_sync_job_run (fixture->store.store, BIJOU_BACKEND (fixture->backend), TRUE, NULL,
                                NULL, NULL, NULL);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *id = g_strdup_printf ("films-film-%05u", i);

      make_change (fixture, id, BIJOU_CHANGE_WATCHED);
    }
  flush (fixture, TRUE);
  g_assert_cmpuint (fixture->backend->sent->len, ==, 1000);
}

/* For the page of the server: what, of which title, since when; and away with it. */
static void
test_listed_and_discarded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (BijouItem) film = NULL;
  BijouChange *change;

  make_change (fixture, FILM, BIJOU_CHANGE_WATCHED);
  set_position (fixture, FILM, 70000);
  changes = bijou_store_list_changes (fixture->store.store, "A", NULL);
  g_assert_cmpuint (changes->len, ==, 2);
  change = changes->pdata[0];
  g_assert_cmpint (change->kind, ==, BIJOU_CHANGE_WATCHED);
  g_assert_cmpstr (change->title, ==, FILM);
  g_assert_cmpint (change->made_at, >, 0);

  /* Of the two that wait the other one stays as it is. */
  change = changes->pdata[data != NULL];
  g_assert_true (bijou_store_discard_change (fixture->store.store, change->id, NULL));
  film = store_fixture_get (&fixture->store, "A", FILM);
  g_assert_cmpint (film->watched, ==, data != NULL);
  g_assert_cmpint (film->position_ms, ==, data != NULL ? 0 : 70000);
  flush (fixture, TRUE);
  assert_sent (fixture, data != NULL ? "watched " FILM : "position " FILM " 70000");
}

static void
test_rating (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) film = store_fixture_get (&fixture->store, "A", FILM);
  g_autoptr (BijouItem) rated = NULL;
  g_autoptr (BijouItem) cleared = NULL;

  g_assert_cmpfloat (film->user_rating, ==, -1);
  g_assert_true (bijou_store_make_rating (fixture->store.store, film, 7.5, NULL));
  rated = store_fixture_get (&fixture->store, "A", FILM);
  g_assert_cmpfloat (rated->user_rating, ==, 7.5);
  flush (fixture, TRUE);
  g_assert_true (bijou_store_make_rating (fixture->store.store, film, -1, NULL));
  cleared = store_fixture_get (&fixture->store, "A", FILM);
  g_assert_cmpfloat (cleared->user_rating, ==, -1);
  flush (fixture, TRUE);
  assert_sent (fixture, "rating " FILM " 7.5|rating " FILM " -1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, data, func) g_test_add ("/outbox/" name, Fixture, data, set_up, func, tear_down)
  ADD ("in-order", NULL, test_in_order);
  ADD ("merged", NULL, test_merged);
  ADD ("lost-answer", NULL, test_lost_answer);
  ADD ("lost-answer/marked-again", "", test_lost_answer);
  ADD ("lost-question", NULL, test_lost_question);
  ADD ("refused/not-found", GINT_TO_POINTER (BIJOU_ERROR_NOT_FOUND), test_refused);
  ADD ("refused/many", NULL, test_many_refused);
  ADD ("refused/forbidden", GINT_TO_POINTER (BIJOU_ERROR_FORBIDDEN), test_refused);
  ADD ("trouble-with-one", NULL, test_trouble_with_one);
  ADD ("offline", GINT_TO_POINTER (BIJOU_ERROR_OFFLINE), test_offline);
  ADD ("signed-out", GINT_TO_POINTER (BIJOU_ERROR_UNAUTHORISED), test_offline);
  ADD ("shut-out", GINT_TO_POINTER (BIJOU_ERROR_FORBIDDEN), test_offline);
  ADD ("position", NULL, test_position);
  ADD ("at-once", NULL, test_at_once);
  ADD ("many", NULL, test_many);
  ADD ("listed-and-discarded/mark", NULL, test_listed_and_discarded);
  ADD ("listed-and-discarded/position", "", test_listed_and_discarded);
  ADD ("rating", NULL, test_rating);

  return g_test_run ();
}
