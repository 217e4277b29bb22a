#include "config.h"

#include "fake-backend.h"
#include "store-fixture.h"

#include "bijou-sync-service.h"
#include "bijou-sync-tally.h"
#include "bijou-sync-text.h"

#define PATIENCE_S 20

typedef struct
{
  StoreFixture store;
  FakeBackend *backend; /* (owned) (nullable) */
  GWeakRef watched;     /* of the same, also when it is given up */
  BijouSyncService *service;
  gboolean is_signed_in;
  guint n_lookups;
  guint n_finished;
  GError *error; /* (owned) (nullable) how the last one ended */
  guint n_failed;
  guint n_refused;
  guint n_progress;
  guint n_shown; /* how often something came into sight */
  gboolean may_fail;
} Fixture;

static BijouBackend *
look_up (const char *server_id, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_cmpstr (server_id, ==, "A");
  fixture->n_lookups++;
  return fixture->is_signed_in ? g_object_ref (BIJOU_BACKEND (fixture->backend)) : NULL;
}

static void
on_finished_cb (BijouSyncService *service, const char *server_id, GError *error, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (!fixture->may_fail)
    g_assert_no_error (error);
  g_clear_error (&fixture->error);
  fixture->error = error != NULL ? g_error_copy (error) : NULL;
  fixture->n_finished++;
}

static void
on_failed_cb (BijouSyncService *service, const char *server_id, GError *error, gpointer user_data)
{
  g_assert_cmpstr (server_id, ==, "A");
  g_assert_nonnull (error);
  ((Fixture *) user_data)->n_failed++;
}

static void
on_refused_cb (BijouSyncService *service, const char *server_id, guint n, gpointer user_data)
{
  g_assert_cmpstr (server_id, ==, "A");
  ((Fixture *) user_data)->n_refused += n;
}

static void
on_shown_cb (BijouSyncService *service, GParamSpec *pspec, gpointer user_data)
{
  if (bijou_sync_service_is_shown (service))
    ((Fixture *) user_data)->n_shown++;
}

static void
on_progress_cb (BijouSyncService *service, BijouSyncProgress *progress, gpointer user_data)
{
  g_assert_cmpstr (progress->server_id, ==, "A");
  ((Fixture *) user_data)->n_progress++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  store_fixture_set_up (&fixture->store, NULL);
  store_fixture_add_server (&fixture->store, "A");
  fixture->backend = fake_backend_new ("A");
  fake_backend_add_library (fixture->backend, "films", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_films (fixture->backend, "films", 30);
  g_weak_ref_init (&fixture->watched, fixture->backend);
  fixture->is_signed_in = TRUE;
  fixture->service = bijou_sync_service_new (fixture->store.store, look_up, fixture);
  g_signal_connect (fixture->service, "finished", G_CALLBACK (on_finished_cb), fixture);
  g_signal_connect (fixture->service, "failed", G_CALLBACK (on_failed_cb), fixture);
  g_signal_connect (fixture->service, "refused", G_CALLBACK (on_refused_cb), fixture);
  g_signal_connect (fixture->service, "notify::shown", G_CALLBACK (on_shown_cb), fixture);
  g_signal_connect (fixture->service, "progress", G_CALLBACK (on_progress_cb), fixture);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_until (gboolean (*done) (Fixture *fixture), Fixture *fixture)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  guint tick = g_timeout_add (2, on_tick_cb, NULL);

  while (!done (fixture))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

static gboolean
on_over_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* For what must not happen. */
static void
let_main_loop_run (guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, on_over_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
is_backend_gone (Fixture *fixture)
{
  g_autoptr (GObject) backend = g_weak_ref_get (&fixture->watched);

  return backend == NULL;
}

/* A thread that was given up may still hold the backend, and before that the store. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->backend);
  wait_until (is_backend_gone, fixture);
  g_assert_finalize_object (fixture->service);
  g_clear_error (&fixture->error);
  g_weak_ref_clear (&fixture->watched);
  store_fixture_tear_down (&fixture->store, NULL);
}

static gboolean
is_finished (Fixture *fixture)
{
  return fixture->n_finished > 0;
}

static gboolean
has_hung (Fixture *fixture)
{
  gboolean has_hung;

  g_mutex_lock (&fixture->backend->lock);
  has_hung = fixture->backend->n_hit > 0;
  g_mutex_unlock (&fixture->backend->lock);
  return has_hung;
}

static gboolean
is_sent (Fixture *fixture)
{
  gboolean sent;

  g_mutex_lock (&fixture->backend->lock);
  sent = fixture->backend->sent->len > 0;
  g_mutex_unlock (&fixture->backend->lock);
  return sent;
}

static gboolean
has_looked (Fixture *fixture)
{
  return fixture->n_lookups > 0;
}

static gboolean
is_refused (Fixture *fixture)
{
  return fixture->n_refused > 0;
}

static void
run_sync (Fixture *fixture)
{
  fixture->n_finished = 0;
  bijou_sync_service_start (fixture->service, "A", FALSE);
  g_assert_true (bijou_sync_service_is_running (fixture->service));
  wait_until (is_finished, fixture);
  g_assert_false (bijou_sync_service_is_running (fixture->service));
}

static void
run_quietly (Fixture *fixture)
{
  fixture->n_finished = 0;
  bijou_sync_service_start_quietly (fixture->service, "A");
  g_assert_true (bijou_sync_service_is_running (fixture->service));
  g_assert_false (bijou_sync_service_is_shown (fixture->service));
  wait_until (is_finished, fixture);
  g_assert_false (bijou_sync_service_is_shown (fixture->service));
}

static void
mark_first_film (Fixture *fixture)
{
  g_autoptr (BijouItem) film = store_fixture_get (&fixture->store, "A", "films-film-00000");
  g_autoptr (GError) error = NULL;

  bijou_store_make_change (fixture->store.store, film, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
}

/* The end of the test waits for the backend to go while the service is there. */
static void
test_keeps_no_backend (Fixture *fixture, gconstpointer data)
{
  run_sync (fixture);
  g_assert_cmpuint (fixture->n_progress, >, 0);
  mark_first_film (fixture);
  bijou_sync_service_flush (fixture->service, "A");
  wait_until (is_sent, fixture);
  g_assert_cmpstr (fixture->backend->sent->pdata[0], ==, "watched films-film-00000");
}

static void
test_second_start (Fixture *fixture, gconstpointer data)
{
  fixture->backend->fault = FAKE_FAULT_DEAF;
  bijou_sync_service_start (fixture->service, "A", FALSE);
  fake_backend_wait_for_pages (fixture->backend, 1);
  bijou_sync_service_start (fixture->service, "A", FALSE);
  fake_backend_release (fixture->backend);
  wait_until (is_finished, fixture);
  g_assert_cmpuint (fixture->n_finished, ==, 1);
  g_assert_false (bijou_sync_service_is_running (fixture->service));
}

/* A sign-in that is not there yet is no reason to forget what waits. */
static void
test_waits_for_sign_in (Fixture *fixture, gconstpointer data)
{
  run_sync (fixture);
  mark_first_film (fixture);
  fixture->is_signed_in = FALSE;
  fixture->n_lookups = 0;
  bijou_sync_service_flush (fixture->service, "A");
  wait_until (has_looked, fixture);
  g_assert_false (is_sent (fixture));
  fixture->is_signed_in = TRUE;
  wait_until (is_sent, fixture);
}

/* Whether it is sent alone or with a sync. */
static void
test_tells_refused (Fixture *fixture, gconstpointer data)
{
  run_sync (fixture);
  fixture->backend->refused_id = "films-film-00000";
  fixture->backend->send_error = BIJOU_ERROR_NOT_FOUND;
  mark_first_film (fixture);
  if (data != NULL)
    run_sync (fixture);
  else
    bijou_sync_service_flush (fixture->service, "A");
  wait_until (is_refused, fixture);
  g_assert_cmpuint (fixture->n_refused, ==, 1);
}

/* A thread that does not hear the cancel holds up nobody, and what it does later harms nothing. */
static void
test_stop_does_not_wait (Fixture *fixture, gconstpointer data)
{
  fixture->backend->fault = FAKE_FAULT_DEAF;
  bijou_sync_service_start (fixture->service, "A", FALSE);
  fake_backend_wait_for_pages (fixture->backend, 1);
  bijou_sync_service_stop (fixture->service);
  g_assert_false (bijou_sync_service_is_running (fixture->service));
  if (data != NULL)
    bijou_store_close (fixture->store.store);
  fake_backend_release (fixture->backend);
  g_clear_object (&fixture->backend);
  wait_until (is_backend_gone, fixture);
  g_assert_cmpuint (fixture->n_finished, ==, 0);
}

/* --- what could not be reached --- */

static guint
count_films (Fixture *fixture)
{
  g_autoptr (GArray) ids = bijou_store_list_ids (
      fixture->store.store, &(BijouItemQuery){ .kind = BIJOU_ITEM_MOVIE }, NULL);

  return ids->len;
}

/* It is stopped at once, and goes on where it was when there is a network again. */
static void
test_network_lost (Fixture *fixture, gconstpointer data)
{
  gint64 began;

  fixture->may_fail = TRUE;
  fake_backend_add_library (fixture->backend, "more", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_films (fixture->backend, "more", 2000);
  fixture->backend->fault = FAKE_FAULT_HANG;
  fixture->backend->fault_kind = BIJOU_ITEM_MOVIE;
  fixture->backend->fault_page = 3;
  bijou_sync_service_start (fixture->service, "A", FALSE);
  wait_until (has_hung, fixture);
  began = g_get_monotonic_time ();
  bijou_sync_service_set_online (fixture->service, FALSE);
  wait_until (is_finished, fixture);
  g_test_minimized_result ((double) (g_get_monotonic_time () - began) / 1000,
                           "ms from the loss of the network to the end of the sync");
  g_assert_true (bijou_error_is_cancelled (fixture->error));
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_cmpuint (count_films (fixture), >=, 500);
  g_assert_cmpuint (count_films (fixture), <, 2030);

  fixture->n_finished = 0;
  fixture->may_fail = FALSE;
  fixture->backend->fault = FAKE_FAULT_NONE;
  fixture->backend->n_pages = 0;
  bijou_sync_service_set_online (fixture->service, TRUE);
  wait_until (is_finished, fixture);
  g_assert_cmpuint (count_films (fixture), ==, 2030);
  /* Of the long list not all four, and each of the five others. */
  g_assert_cmpuint (fixture->backend->n_pages, <=, 3 + 5);
}

/* A machine that never had a network talks with its neighbours all the same. */
static void
test_never_online (Fixture *fixture, gconstpointer data)
{
  bijou_sync_service_set_online (fixture->service, FALSE);
  fixture->backend->fault = FAKE_FAULT_DEAF;
  bijou_sync_service_start (fixture->service, "A", FALSE);
  fake_backend_wait_for_pages (fixture->backend, 1);
  bijou_sync_service_set_online (fixture->service, FALSE);
  fake_backend_release (fixture->backend);
  wait_until (is_finished, fixture);
  g_assert_no_error (fixture->error);
}

/* A server that was down is synced with when it is there; one that is there and fails goes on
 * failing only now and then. */
static void
test_server_is_back (Fixture *fixture, gconstpointer data)
{
  fixture->may_fail = TRUE;
  fixture->backend->fault = FAKE_FAULT_ERROR;
  fixture->backend->error_code = GPOINTER_TO_INT (data);
  run_quietly (fixture);
  g_assert_cmpuint (count_films (fixture), ==, 0);

  for (guint i = 0; i < 2; i++)
    {
      fixture->n_finished = 0;
      bijou_sync_service_heed (fixture->service, "A");
      if (i == 0)
        wait_until (is_finished, fixture);
    }
  fixture->backend->fault = FAKE_FAULT_NONE;
  let_main_loop_run (100);
  g_assert_cmpuint (fixture->n_finished, ==, 0);

  bijou_sync_service_set_online (fixture->service, FALSE);
  bijou_sync_service_set_online (fixture->service, TRUE);
  wait_until (is_finished, fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (count_films (fixture), ==, 30);
}

/* What went well, or was stopped, or refused, is not made up for. */
static void
test_nothing_is_owed (Fixture *fixture, gconstpointer data)
{
  run_sync (fixture);
  fixture->n_finished = 0;
  bijou_sync_service_heed (fixture->service, "A");
  let_main_loop_run (100);
  fixture->may_fail = TRUE;
  fixture->backend->fault = FAKE_FAULT_ERROR;
  fixture->backend->error_code = BIJOU_ERROR_PROTOCOL;
  run_quietly (fixture);
  fixture->n_finished = 0;
  bijou_sync_service_heed (fixture->service, "A");
  let_main_loop_run (100);
  g_assert_cmpuint (fixture->n_finished, ==, 0);
  g_assert_false (bijou_sync_service_is_running (fixture->service));
}

/* --- what is shown --- */

/* What fills a library is waited for; what is new in it comes in silence. */
static void
test_quiet (Fixture *fixture, gconstpointer data)
{
  run_quietly (fixture);
  g_assert_cmpuint (fixture->n_shown, ==, 1);
  fake_backend_add_library (fixture->backend, "more", BIJOU_LIBRARY_MOVIES);
  fake_backend_add_films (fixture->backend, "more", 5);
  run_quietly (fixture);
  g_assert_cmpuint (fixture->n_shown, ==, 2);
  run_quietly (fixture);
  g_assert_cmpuint (fixture->n_shown, ==, 2);
  run_sync (fixture);
  g_assert_cmpuint (fixture->n_shown, ==, 3);
}

/* Only who asked hears that it failed. */
static void
test_fails_quietly (Fixture *fixture, gconstpointer data)
{
  run_sync (fixture);
  fixture->may_fail = TRUE;
  fixture->backend->fault = FAKE_FAULT_ERROR;
  fixture->backend->error_code = BIJOU_ERROR_OFFLINE;
  run_quietly (fixture);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  run_sync (fixture);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
}

/* Asked for while it is at work in silence. */
static void
test_quiet_then_asked (Fixture *fixture, gconstpointer data)
{
  BijouSyncProgress progress;

  run_sync (fixture);
  fixture->n_finished = 0;
  fixture->backend->fault = FAKE_FAULT_DEAF;
  bijou_sync_service_start_quietly (fixture->service, "A");
  bijou_sync_service_start_quietly (fixture->service, "A");
  g_assert_false (bijou_sync_service_is_shown (fixture->service));
  bijou_sync_service_start (fixture->service, "A", FALSE);
  g_assert_true (bijou_sync_service_is_shown (fixture->service));
  bijou_sync_service_get_progress (fixture->service, &progress);
  g_assert_cmpint (progress.total, ==, 0);
  fake_backend_release (fixture->backend);
  wait_until (is_finished, fixture);
  g_assert_cmpuint (fixture->n_finished, ==, 1);
  g_assert_false (bijou_sync_service_is_shown (fixture->service));
}

static void
note (BijouSyncTally *tally, const char *server_id, gint64 done, gint64 total, double rate)
{
  gint64 left_ms = rate > 0 ? (gint64) ((double) (total - done) * 1000 / rate) : -1;
  BijouSyncProgress progress = { .server_id = server_id,
                                 .title = "Films",
                                 .done = done,
                                 .total = total,
                                 .rate = rate,
                                 .left_ms = left_ms };

  bijou_sync_tally_note (tally, &progress);
}

static void
assert_sum (BijouSyncTally *tally, gint64 done, gint64 total, gint64 left_ms)
{
  BijouSyncProgress sum;

  bijou_sync_tally_get (tally, &sum);
  g_assert_cmpint (sum.done, ==, done);
  g_assert_cmpint (sum.total, ==, total);
  g_assert_cmpint (sum.left_ms, ==, left_ms);
}

static void
test_tally (void)
{
  BijouSyncTally *tally = bijou_sync_tally_new ();

  assert_sum (tally, 0, 0, -1);
  note (tally, "A", 100, 1000, 100);
  assert_sum (tally, 100, 1000, 9000);
  note (tally, "B", 0, 0, 0); /* is being asked */
  assert_sum (tally, 100, 1000, 9000);
  note (tally, "B", 0, 500, 0); /* has said how much, not how fast */
  assert_sum (tally, 100, 1500, -1);
  note (tally, "B", 100, 500, 10);
  assert_sum (tally, 200, 1500, 40000);
  bijou_sync_tally_end (tally, "B"); /* it failed */
  assert_sum (tally, 200, 1500, 9000);
  note (tally, "B", 0, 0, 0); /* and is tried again */
  note (tally, "B", 50, 500, 50);
  assert_sum (tally, 250, 2000, 9000);
  bijou_sync_tally_clear (tally);
  assert_sum (tally, 0, 0, -1);
  bijou_sync_tally_free (tally);
}

static void
test_text (void)
{
  BijouSyncProgress progress = { .done = 420,
                                 .total = 900,
                                 .library_done = 20,
                                 .library_total = 100,
                                 .rate = 8.5,
                                 .left_ms = 56471 };
  g_autofree char *all = bijou_sync_text_all (&progress);
  g_autofree char *library = bijou_sync_text_library (&progress);
  g_autofree char *pace = bijou_sync_text_pace (&progress);
  g_autofree char *none = bijou_sync_text_all (&(BijouSyncProgress){ .left_ms = -1 });

  g_assert_cmpstr (all, ==, "420 of 900, 8/s, about 1 min");
  g_assert_cmpstr (library, ==, "20 of 100, 8/s, about 10 s");
  g_assert_cmpstr (pace, ==, "8/s, about 1 min");
  g_assert_cmpstr (none, ==, "Asking the server…");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, data, func)                                                                      \
  g_test_add ("/sync/service/" name, Fixture, data, set_up, func, tear_down)
  ADD ("keeps-no-backend", NULL, test_keeps_no_backend);
  ADD ("second-start", NULL, test_second_start);
  ADD ("waits-for-sign-in", NULL, test_waits_for_sign_in);
  ADD ("tells-refused", NULL, test_tells_refused);
  ADD ("tells-refused/sync", "", test_tells_refused);
  ADD ("stop-does-not-wait", NULL, test_stop_does_not_wait);
  ADD ("stop-does-not-wait/closed", "", test_stop_does_not_wait);
  ADD ("network-lost", NULL, test_network_lost);
  ADD ("never-online", NULL, test_never_online);
  ADD ("server-is-back/offline", GINT_TO_POINTER (BIJOU_ERROR_OFFLINE), test_server_is_back);
  ADD ("server-is-back/starting", GINT_TO_POINTER (BIJOU_ERROR_SERVER_STARTING),
       test_server_is_back);
  ADD ("nothing-is-owed", NULL, test_nothing_is_owed);
  ADD ("quiet", NULL, test_quiet);
  ADD ("fails-quietly", NULL, test_fails_quietly);
  ADD ("quiet-then-asked", NULL, test_quiet_then_asked);
  g_test_add_func ("/sync/service/tally", test_tally);
  g_test_add_func ("/sync/service/text", test_text);
  return g_test_run ();
}
