#include "playback-fixture.h"

#include "bijou-media-cache.h"
#include "bijou-player-private.h"

#include <glib/gstdio.h>

/* A film that plays while its server goes away and comes back. Lengths are scaled down; with
 * BIJOU_LONG_TESTS=1 ten minutes of film at 8 Mbit/s go through a minute's and then five minutes'
 * outage with the default settings (`meson test -t 20 outage`, half an hour). */

typedef struct
{
  PlaybackFixture playback;
  guint stalls;
  GstElement *sink; /* (owned) */

  struct
  {
    GMutex lock;
    GArray *frames; /* (owned) of GstClockTime: what was shown, in order */
  } shared;
} Fixture;

static void
on_frame_cb (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Fixture *fixture = user_data;
  GstClockTime time = GST_BUFFER_PTS (buffer);

  g_mutex_lock (&fixture->shared.lock);
  g_array_append_val (fixture->shared.frames, time);
  g_mutex_unlock (&fixture->shared.lock);
}

static void
on_state_cb (BijouPlayback *playback, gpointer user_data)
{
  Fixture *fixture = user_data;
  static BijouPlayerState before;
  BijouPlayerState state = bijou_playback_get_state (playback);

  if (state == BIJOU_PLAYER_STALLED && before != state)
    fixture->stalls++;
  before = state;
}

static void
set_up_with (Fixture *fixture, const PlaybackFilm *film)
{
  g_mutex_init (&fixture->shared.lock);
  fixture->shared.frames = g_array_new (FALSE, FALSE, sizeof (GstClockTime));
  fixture->sink = gst_object_ref_sink (playback_fixture_make_sink ("fakesink"));
  g_object_set (fixture->sink, "signal-handoffs", TRUE, NULL);
  g_signal_connect (fixture->sink, "handoff", G_CALLBACK (on_frame_cb), fixture);
  playback_fixture_set_up (&fixture->playback, film, fixture->sink);
  g_signal_connect (fixture->playback.playback, "state-changed", G_CALLBACK (on_state_cb), fixture);
}

/* About 1.5 Mbit/s. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const PlaybackFilm film = { .is_plex = FALSE,
                                     .seconds = 10,
                                     .width = 160,
                                     .height = 90,
                                     .fps = 25,
                                     .video_kbits = 1500,
                                     .noise = TRUE };

  set_up_with (fixture, &film);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  playback_fixture_tear_down (&fixture->playback);
  gst_clear_object (&fixture->sink);
  g_array_unref (fixture->shared.frames);
  g_mutex_clear (&fixture->shared.lock);
}

/* --- the server --- */

/* The link carries so many times what the film takes. */
static void
set_link (Fixture *fixture, double factor, guint seconds)
{
  g_autofree char *path = g_build_filename (fixture->playback.folder, "media", "film.mkv", NULL);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_free (bijou_fake_server_control (fixture->playback.server, "{\"bandwidth\": %d}",
                                     (int) (info.st_size * factor / seconds)));
}

static void
set_away (Fixture *fixture, gboolean away)
{
  bijou_fake_server_set_refusing (fixture->playback.server, away);
}

static gboolean
on_back_cb (gpointer user_data)
{
  set_away (user_data, FALSE);
  return G_SOURCE_REMOVE;
}

static void
go_away_for (Fixture *fixture, guint ms)
{
  set_away (fixture, TRUE);
  g_timeout_add (ms, on_back_cb, fixture);
}

static void
begin (Fixture *fixture)
{
  bijou_playback_play (fixture->playback.playback, fixture->playback.film, 0, NULL);
}

static BijouPlayerState
get_state (Fixture *fixture)
{
  return bijou_playback_get_state (fixture->playback.playback);
}

static gint64
get_position (Fixture *fixture)
{
  return bijou_playback_get_position (fixture->playback.playback);
}

static gboolean
is_parked (Fixture *fixture, BijouError failure)
{
  BijouCacheStats stats;

  return bijou_playback_get_cache_stats (fixture->playback.playback, &stats) &&
         stats.activity == BIJOU_CACHE_RETRYING && stats.failure == failure &&
         (get_state (fixture) == BIJOU_PLAYER_STALLED ||
          get_state (fixture) == BIJOU_PLAYER_LOADING);
}

static gboolean
is_playing_from (Fixture *fixture, gint64 position_ms)
{
  return get_state (fixture) == BIJOU_PLAYER_PLAYING && get_position (fixture) > position_ms;
}

static guint
count_frames (Fixture *fixture)
{
  guint n;

  g_mutex_lock (&fixture->shared.lock);
  n = fixture->shared.frames->len;
  g_mutex_unlock (&fixture->shared.lock);
  return n;
}

static GstClockTime
get_frame (Fixture *fixture, guint n)
{
  GstClockTime time;

  g_mutex_lock (&fixture->shared.lock);
  time = g_array_index (fixture->shared.frames, GstClockTime, n);
  g_mutex_unlock (&fixture->shared.lock);
  return time;
}

/* --- tests --- */

/* An outage that is shorter than what is buffered is not seen. */
static void
test_short (Fixture *fixture, gconstpointer data)
{
  set_link (fixture, 4, 10);
  begin (fixture);
  WAIT_FOR (is_playing_from (fixture, 1000));
  go_away_for (fixture, 1000);
  WAIT_FOR (is_playing_from (fixture, 4000));
  g_assert_cmpuint (fixture->stalls, ==, 0);
  g_assert_cmpuint (fixture->playback.failed, ==, 0);
}

/* The film waits on its last picture and goes on with the next one. */
static void
assert_resumes (Fixture *fixture, guint shown, guint fps)
{
  gint64 frame = GST_SECOND / fps;
  GstClockTimeDiff step =
      GST_CLOCK_DIFF (get_frame (fixture, shown - 1), get_frame (fixture, shown));

  g_test_message ("last picture %.3f s, next one %.3f s",
                  (double) get_frame (fixture, shown - 1) / GST_SECOND,
                  (double) get_frame (fixture, shown) / GST_SECOND);
  g_assert_cmpint (step, >=, -frame);
  g_assert_cmpint (step, <=, frame + frame / 2);
}

static void
test_long (Fixture *fixture, gconstpointer data)
{
  BijouCacheStats stats;
  gint64 position;
  guint shown;

  set_link (fixture, 1.3, 10);
  begin (fixture);
  WAIT_FOR (is_playing_from (fixture, 500));
  set_away (fixture, TRUE);
  WAIT_FOR (is_parked (fixture, BIJOU_ERROR_OFFLINE));
  position = get_position (fixture);
  shown = count_frames (fixture);
  g_assert_true (bijou_playback_get_cache_stats (fixture->playback.playback, &stats));
  g_assert_cmpint (stats.retry_at, >, 0);
  g_assert_true (
      bijou_player_wants_to_play (bijou_playback_get_player (fixture->playback.playback)));

  go_away_for (fixture, 1500);
  WAIT_FOR (is_playing_from (fixture, position + 1000));
  assert_resumes (fixture, shown, 25);
  g_assert_cmpuint (fixture->playback.failed, ==, 0);
}

static gboolean
is_down (BijouPlayer *player)
{
  return player->run == NULL && player->ending == NULL;
}

static gboolean
is_forgotten (BijouMediaCache *cache)
{
  g_autoptr (GPtrArray) entries = NULL;

  bijou_media_cache_flush (cache);
  bijou_media_cache_clear (cache, NULL);
  entries = bijou_media_cache_list (cache);
  return entries->len == 0;
}

/* The pipeline has it open until it is down, and a thread of its own closes it. */
static void
forget_bytes (Fixture *fixture)
{
  WAIT_FOR (is_down (bijou_playback_get_player (fixture->playback.playback)));
  WAIT_FOR (is_forgotten (bijou_context_get_media_cache (fixture->playback.context)));
}

/* Whose fault it is. Each time the film waits, and goes on by itself. */
static void
test_faults (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *fault;
    BijouError failure;
  } cases[] = {
    { "GET /Videos/* status=503", BIJOU_ERROR_SERVER_STARTING },
    { "GET /Videos/* status=502", BIJOU_ERROR_SERVER },
    /* A proxy whose server is away: nobody tells the identity. */
    { "* status=404", BIJOU_ERROR_WRONG_SERVER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      forget_bytes (fixture);
      bijou_fake_server_add_fault (fixture->playback.server, "%s", cases[i].fault);
      begin (fixture);
      WAIT_FOR (is_parked (fixture, cases[i].failure));
      bijou_fake_server_clear_faults (fixture->playback.server);
      WAIT_FOR (fixture->playback.ready == i + 1);
      bijou_playback_stop (fixture->playback.playback);
    }
  g_assert_cmpuint (fixture->playback.failed, ==, 0);
}

/* The server itself says that it has no such film: nothing to wait for. */
static void
test_not_found (Fixture *fixture, gconstpointer data)
{
  bijou_fake_server_add_fault (fixture->playback.server, "GET /Videos/* status=404");
  begin (fixture);
  WAIT_FOR (fixture->playback.failed == 1);
  g_assert_error (bijou_playback_get_error (fixture->playback.playback), BIJOU_ERROR,
                  BIJOU_ERROR_NOT_FOUND);
}

static void
forget_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  PlaybackFixture *playback = task_data;

  g_task_return_boolean (
      task, bijou_context_forget_server (playback->context, playback->film->server_id, NULL));
}

/* Whoever signs out does not go on watching. */
static void
test_signed_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  begin (fixture);
  WAIT_FOR (is_playing_from (fixture, 200));
  g_task_set_task_data (task, &fixture->playback, NULL);
  bijou_context_run_async (fixture->playback.context, task, forget_in_worker);
  WAIT_FOR (fixture->playback.revoked == 1);
  g_assert_cmpint (get_state (fixture), ==, BIJOU_PLAYER_IDLE);
  WAIT_FOR (g_task_get_completed (task));
  g_assert_cmpuint (fixture->playback.failed, ==, 0);
}

/* --- the true lengths --- */

#define LONG_SECONDS 600

static void
set_up_long (Fixture *fixture, gconstpointer data)
{
  static const PlaybackFilm film = { .is_plex = FALSE,
                                     .seconds = LONG_SECONDS,
                                     .width = 640,
                                     .height = 360,
                                     .fps = 10,
                                     .video_kbits = 8000,
                                     .noise = TRUE };

  set_up_with (fixture, &film);
}

static void
test_true_lengths (Fixture *fixture, gconstpointer data)
{
  gint64 position;
  guint shown;

  set_link (fixture, 5, LONG_SECONDS);
  begin (fixture);
  WAIT_FOR (is_playing_from (fixture, 30000));
  g_test_message ("a minute's outage at %.1f s", get_position (fixture) / 1000.0);
  go_away_for (fixture, 60000);
  WAIT_LONG_FOR (is_playing_from (fixture, 150000), 200);
  g_assert_cmpuint (fixture->stalls, ==, 0);

  g_test_message ("five minutes' outage at %.1f s", get_position (fixture) / 1000.0);
  go_away_for (fixture, 300000);
  WAIT_LONG_FOR (is_parked (fixture, BIJOU_ERROR_OFFLINE), 290);
  position = get_position (fixture);
  shown = count_frames (fixture);
  g_test_message ("parked at %.1f s", position / 1000.0);
  WAIT_LONG_FOR (is_playing_from (fixture, position + 20000), 360);
  assert_resumes (fixture, shown, 10);
  g_assert_cmpuint (fixture->stalls, ==, 1);
  g_assert_cmpuint (fixture->playback.failed, ==, 0);
}

#define ADD(name, function) g_test_add ("/outage/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ADD ("short", test_short);
  ADD ("long", test_long);
  ADD ("faults", test_faults);
  ADD ("not-found", test_not_found);
  ADD ("signed-out", test_signed_out);
  if (g_getenv ("BIJOU_LONG_TESTS") != NULL)
    g_test_add ("/outage/true-lengths", Fixture, NULL, set_up_long, test_true_lengths, tear_down);
  return g_test_run ();
}
