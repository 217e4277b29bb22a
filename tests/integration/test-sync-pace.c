#include "config.h"

#include "server-fixture.h"

#include "bijou-test-host.h"

/* How a sync goes on: what it says of its progress, and that a dead server costs another nothing.
 * The server takes its time for each answer, so that a busy machine changes little. */

#define LATENCY_MS 150
#define SHORT_LATENCY_MS 60
#define ROUNDS 2
#define TRIES 3
#define PATIENCE_S 60

/* --- progress --- */

typedef struct
{
  gint64 at; /* monotonic */
  BijouSyncProgress progress;
} Sample;

static void
on_progress_cb (const BijouSyncProgress *progress, gpointer user_data)
{
  GArray *samples = user_data;
  Sample sample = { g_get_monotonic_time (), *progress };

  g_array_append_val (samples, sample);
}

/* Before every list was asked for its length the whole is unknown. */
static void
assert_goes_forward (GArray *samples)
{
  gint64 done = 0, total = 0;

  for (guint i = 0; i < samples->len; i++)
    {
      const BijouSyncProgress *progress = &g_array_index (samples, Sample, i).progress;

      g_assert_cmpint (progress->done, <=, progress->total);
      g_assert_cmpint (progress->library_done, <=, progress->library_total);
      g_assert_cmpint (progress->done, >=, done);
      if (total > 0)
        g_assert_cmpint (progress->total, ==, total);
      done = progress->done;
      total = progress->total;
    }
  g_assert_cmpint (total, >, 0);
  g_assert_cmpint (done, ==, total);
}

/* Half of the time for which something is said of it. */
static const Sample *
find_half_time (GArray *samples, gint64 ended_at)
{
  const Sample *found = NULL;
  gint64 begun_at = 0;

  for (guint i = 0; i < samples->len; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i);

      if (sample->progress.total == 0)
        continue;
      if (begun_at == 0)
        begun_at = sample->at;
      if (sample->at <= (begun_at + ended_at) / 2)
        found = sample;
    }
  g_assert_nonnull (found);
  return found;
}

static double
measure_estimate (gconstpointer data)
{
  const BijouFakeOptions options = {
    .movies = 2900, .shows = 29, .seasons = 5, .episodes = 20, .latency_ms = LATENCY_MS
  };
  g_autoptr (GArray) samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  g_autoptr (GPtrArray) results = NULL;
  ServerFixture server = { NULL };
  const Sample *half;
  gint64 begun_at, ended_at;
  double ratio;

  server_fixture_set_up (&server, data, &options);
  begun_at = g_get_monotonic_time ();
  results =
      bijou_sync_job_run (server.store, server.backend, FALSE, NULL, on_progress_cb, samples, NULL);
  ended_at = g_get_monotonic_time ();
  g_assert_no_error (((BijouSyncResult *) results->pdata[results->len - 1])->error);
  assert_goes_forward (samples);

  half = find_half_time (samples, ended_at);
  g_assert_cmpint (half->progress.left_ms, >, 0);
  ratio = (double) half->progress.left_ms * 1000 / (double) (ended_at - half->at);
  g_test_message ("after %d of %d ms: %d of %d, %d ms left, in truth %d: %.2f",
                  (int) ((half->at - begun_at) / 1000), (int) ((ended_at - begun_at) / 1000),
                  (int) half->progress.done, (int) half->progress.total,
                  (int) half->progress.left_ms, (int) ((ended_at - half->at) / 1000), ratio);
  server_fixture_tear_down (&server);
  return ratio;
}

/* Other programs may slow one half of a run down; an estimate that is wrong is wrong each time. */
static void
test_progress (gconstpointer data)
{
  double ratio = 0;

  for (guint i = 0; i < TRIES && (ratio <= 0.5 || ratio >= 2); i++)
    ratio = measure_estimate (data);
  g_assert_cmpfloat (ratio, >, 0.5);
  g_assert_cmpfloat (ratio, <, 2);
}

/* --- two servers, one of them dead --- */

static const BijouClientInfo client = {
  .client_id = "pace-test",
  .device_name = "Test",
  .version = "0",
};

typedef struct
{
  ServerFixture living;
  BijouFakeServer *fake; /* of the dead server, which was alive once */
  Host *host;            /* (nullable) where it is now: its machine takes no connections */
  BijouBackend *dead;
  BijouSyncService *service;
  gboolean with_dead;
  gboolean living_is_done;
  gboolean dead_is_done;
} Pair;

static BijouBackend *
look_up (const char *server_id, gpointer user_data)
{
  Pair *pair = user_data;

  if (g_str_equal (server_id, pair->living.server_id))
    return g_object_ref (pair->living.backend);
  return pair->with_dead ? g_object_ref (pair->dead) : NULL;
}

static void
on_finished_cb (BijouSyncService *service, const char *server_id, GError *error, gpointer user_data)
{
  Pair *pair = user_data;

  if (g_str_equal (server_id, pair->living.server_id))
    {
      g_assert_no_error (error);
      pair->living_is_done = TRUE;
      return;
    }
  g_assert_nonnull (error);
  pair->dead_is_done = TRUE;
}

/* Three libraries of both. */
static void
add_library (BijouFakeServer *fake)
{
  g_free (bijou_fake_server_control (fake,
                                     "[{\"add_section\": \"movie\", \"title\": \"More\"},"
                                     " {\"add\": \"movie\", \"title\": \"A\", \"section\": 3},"
                                     " {\"add\": \"movie\", \"title\": \"B\", \"section\": 3}]"));
}

static BijouSignedIn *
sign_in (Pair *pair)
{
  g_autofree char *token = bijou_fake_server_dup_token (pair->fake, 0);
  const char *url = bijou_fake_server_get_url (pair->fake);
  g_autoptr (GError) error = NULL;
  BijouSignedIn *signed_in = bijou_backend_type_find ("plex")->sign_in_token (
      pair->living.http, &client, url, token, NULL, &error);

  g_assert_no_error (error);
  return signed_in;
}

/* One that hangs takes connections and never answers; of one whose machine is off no packet comes
 * back. */
static void
set_up_dead (Pair *pair, gboolean hangs)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  g_autoptr (BijouSignedIn) signed_in = NULL;
  g_autoptr (GError) error = NULL;
  const char *url;

  options.id = "d000000000000000000000000000000000000001";
  options.name = "Dead";
  pair->fake = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, &error);
  g_assert_no_error (error);
  add_library (pair->fake);
  signed_in = sign_in (pair);
  if (!hangs)
    pair->host = host_new (HOST_DROPS_SYN, options.id);
  url = hangs ? bijou_fake_server_get_url (pair->fake) : host_get_url (pair->host);
  g_ptr_array_set_size (signed_in->server->addresses, 0);
  g_ptr_array_add (signed_in->server->addresses, bijou_address_new (url, BIJOU_ADDRESS_FROM_USER));
  pair->dead = bijou_backend_type_find ("plex")->create (pair->living.http, &client,
                                                         signed_in->server, signed_in->token);
  bijou_store_save_server (pair->living.store, signed_in->server, &error);
  g_assert_no_error (error);
  bijou_fake_server_add_fault (pair->fake, "* stall");
}

static void
tear_down (Pair *pair)
{
  g_assert_finalize_object (pair->service);
  g_clear_object (&pair->dead);
  server_fixture_tear_down (&pair->living);
  bijou_fake_server_stop (pair->fake);
  g_clear_pointer (&pair->host, host_free);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (const gboolean *done)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  guint tick = g_timeout_add (2, on_tick_cb, NULL);

  while (!*done)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

/* Milliseconds of a whole run of the living server. */
static gint64
time_living (Pair *pair, gboolean with_dead)
{
  gint64 begun_at = g_get_monotonic_time ();
  gint64 ms;

  pair->with_dead = with_dead;
  pair->living_is_done = FALSE;
  pair->dead_is_done = FALSE;
  bijou_sync_service_start (pair->service, NULL, TRUE);
  wait_for (&pair->living_is_done);
  ms = (g_get_monotonic_time () - begun_at) / 1000;
  /* It is given up at once where it was found dead a moment ago. */
  bijou_sync_service_cancel (pair->service, NULL);
  if (with_dead)
    wait_for (&pair->dead_is_done);
  return ms;
}

static void
test_dead_server (gconstpointer data, gboolean hangs)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  g_autoptr (GPtrArray) libraries = NULL;
  Pair pair = { { NULL } };
  gint64 alone = G_MAXINT64, together = G_MAXINT64;

  options.latency_ms = SHORT_LATENCY_MS;
  server_fixture_set_up (&pair.living, data, &options);
  add_library (pair.living.fake);
  set_up_dead (&pair, hangs);
  pair.service = bijou_sync_service_new (pair.living.store, look_up, &pair);
  g_signal_connect (pair.service, "finished", G_CALLBACK (on_finished_cb), &pair);
  for (guint i = 0; i < ROUNDS; i++)
    {
      alone = MIN (alone, time_living (&pair, FALSE));
      together = MIN (together, time_living (&pair, TRUE));
    }
  libraries = bijou_store_list_libraries (pair.living.store, pair.living.server_id, NULL);
  g_assert_cmpuint (libraries->len, ==, 3);
  g_test_message ("alone %d ms, beside a dead server %d ms", (int) alone, (int) together);
  g_assert_cmpint (together, <, alone * 3 / 2);
  tear_down (&pair);
}

static void
test_hangs (gconstpointer data)
{
  test_dead_server (data, TRUE);
}

static void
test_drops_syn (gconstpointer data)
{
  test_dead_server (data, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/sync/pace/progress/plex", "plex", test_progress);
  g_test_add_data_func ("/sync/pace/progress/jellyfin", "jellyfin", test_progress);
  g_test_add_data_func ("/sync/pace/dead/hangs", "jellyfin", test_hangs);
  g_test_add_data_func ("/sync/pace/dead/drops-syn", "plex", test_drops_syn);
  return g_test_run ();
}
