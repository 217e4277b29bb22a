#include "playback-fixture.h"

#include <string.h>

/* A film from a server through the cache to its end, with no display: what the server is told, what
 * the mirror keeps. */

#define SECONDS 6

typedef PlaybackFixture Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  PlaybackFilm film = { .is_plex = GPOINTER_TO_INT (data),
                        .seconds = SECONDS,
                        .width = 64,
                        .height = 36,
                        .fps = 25,
                        .video_kbits = 100 };

  playback_fixture_set_up (fixture, &film, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  playback_fixture_tear_down (fixture);
}

/* --- what the server was told --- */

static gboolean
is_report (Fixture *fixture, BijouFakeLogEntry *entry, BijouReportKind kind)
{
  static const char *const jellyfin[] = { "/Sessions/Playing", "/Sessions/Playing/Progress",
                                          "/Sessions/Playing/Stopped" };

  if (!fixture->is_plex)
    return g_str_equal (entry->path, jellyfin[kind]);
  return g_str_equal (entry->path, "/:/timeline") && entry->query != NULL &&
         (strstr (entry->query, "state=stopped") != NULL) == (kind == BIJOU_REPORT_STOP);
}

static guint
count_reports (Fixture *fixture, BijouReportKind kind)
{
  g_autoptr (GPtrArray) log = bijou_fake_server_dup_log (fixture->server);
  guint n = 0;

  for (guint i = 0; i < log->len; i++)
    if (is_report (fixture, g_ptr_array_index (log, i), kind))
      n++;
  return n;
}

static BijouItem *
read_film (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  BijouItem *item =
      bijou_store_get_item (bijou_context_get_store (fixture->context), fixture->film->server_id,
                            fixture->film->remote_id, &error);

  g_assert_no_error (error);
  return item;
}

static void
test_to_the_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) after = NULL;

  bijou_playback_play (fixture->playback, fixture->film, 0, NULL);
  g_assert_cmpint (bijou_playback_get_state (fixture->playback), ==, BIJOU_PLAYER_LOADING);
  WAIT_FOR (fixture->ready == 1);
  g_assert_cmpint (bijou_playback_get_duration (fixture->playback), >=, SECONDS * 1000 - 200);
  WAIT_FOR (fixture->ended == 1);
  bijou_playback_flush (fixture->playback);

  g_assert_cmpuint (fixture->failed, ==, 0);
  g_assert_cmpuint (count_reports (fixture, BIJOU_REPORT_STOP), ==, 1);
  g_assert_cmpuint (count_reports (fixture, BIJOU_REPORT_PROGRESS), >=, 5);
  if (!fixture->is_plex)
    g_assert_cmpuint (count_reports (fixture, BIJOU_REPORT_START), ==, 1);
  after = read_film (fixture);
  g_assert_true (after->watched);
  g_assert_cmpint (after->position_ms, ==, 0);
}

static void
test_resume (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) after = NULL;

  bijou_playback_play (fixture->playback, fixture->film, 0, NULL);
  WAIT_FOR (fixture->ready == 1);
  bijou_playback_seek (fixture->playback, 3000, BIJOU_SEEK_ACCURATE);
  WAIT_FOR (bijou_playback_get_position (fixture->playback) > 3300);
  bijou_playback_stop (fixture->playback);
  bijou_playback_flush (fixture->playback);
  g_assert_cmpuint (count_reports (fixture, BIJOU_REPORT_STOP), ==, 1);
  after = read_film (fixture);
  g_assert_cmpint (after->position_ms, >=, 3300);
  g_assert_cmpint (after->position_ms, <, 5000);
  g_assert_false (after->watched);

  bijou_playback_play (fixture->playback, fixture->film, -1, NULL);
  WAIT_FOR (fixture->ready == 2);
  g_assert_cmpint (bijou_playback_get_position (fixture->playback), >=, after->position_ms - 50);
  g_assert_cmpint (bijou_playback_get_position (fixture->playback), <, after->position_ms + 500);
}

static BijouStream *
find_second_sound (BijouPart *part)
{
  guint n = 0;

  for (guint i = 0; i < part->streams->len; i++)
    {
      BijouStream *stream = g_ptr_array_index (part->streams, i);

      if (stream->kind == BIJOU_STREAM_AUDIO && n++ == 1)
        return stream;
    }
  return NULL;
}

static gboolean
plays_sound (Fixture *fixture, guint number)
{
  g_autoptr (GPtrArray) tracks = bijou_playback_list_tracks (fixture->playback, BIJOU_TRACK_AUDIO);

  return tracks->len > number &&
         ((BijouPlaybackTrack *) g_ptr_array_index (tracks, number))->selected;
}

static void
test_choices (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouPlayChoices) choices = NULL;
  BijouStream *second;

  bijou_playback_play (fixture->playback, fixture->film, 0, NULL);
  WAIT_FOR (fixture->ready == 1);
  WAIT_FOR (plays_sound (fixture, 0));
  second = find_second_sound (bijou_playback_get_part (fixture->playback));
  g_assert_nonnull (second);

  choices =
      bijou_play_choices_new (bijou_playback_get_version (fixture->playback)->id, second->id, "");
  bijou_playback_play (fixture->playback, fixture->film, 1000, choices);
  WAIT_FOR (fixture->ready == 2);
  WAIT_FOR (plays_sound (fixture, 1));
  bijou_playback_retry (fixture->playback);
  WAIT_FOR (fixture->ready == 3);
  WAIT_FOR (plays_sound (fixture, 1));
}

static gboolean
has_sent_all (Fixture *fixture)
{
  g_autoptr (GPtrArray) waiting = bijou_store_list_changes (
      bijou_context_get_store (fixture->context), fixture->film->server_id, NULL);

  return waiting != NULL && waiting->len == 0;
}

/* The server goes away in the middle: what was played is not lost, waits, and is sent when the
 * server is back, though nobody does anything. */
static void
test_reports_wait (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (BijouItem) after = NULL;

  bijou_playback_play (fixture->playback, fixture->film, 0, NULL);
  WAIT_FOR (bijou_playback_get_position (fixture->playback) > 1200);
  bijou_fake_server_set_refusing (fixture->server, TRUE);
  WAIT_FOR (bijou_playback_get_position (fixture->playback) > 2000);
  bijou_playback_stop (fixture->playback);
  bijou_playback_flush (fixture->playback);

  after = read_film (fixture);
  g_assert_cmpint (after->position_ms, >=, 2000);
  waiting = bijou_store_list_changes (bijou_context_get_store (fixture->context),
                                      fixture->film->server_id, NULL);
  g_assert_cmpuint (waiting->len, ==, 1);
  g_assert_cmpint (((BijouChange *) waiting->pdata[0])->kind, ==, BIJOU_CHANGE_POSITION);
  g_assert_cmpint (((BijouChange *) waiting->pdata[0])->position_ms, >=, 2000);

  bijou_fake_server_set_refusing (fixture->server, FALSE);
  WAIT_FOR (has_sent_all (fixture));
}

/* What is complete in the cache plays with no server at all. */
static void
test_with_no_server (Fixture *fixture, gconstpointer data)
{
  bijou_playback_play (fixture->playback, fixture->film, SECONDS * 1000 - 1500, NULL);
  WAIT_FOR (fixture->ended == 1);
  bijou_playback_play (fixture->playback, fixture->film, 0, NULL);
  WAIT_FOR (fixture->ready == 2);
  WAIT_FOR (bijou_playback_get_position (fixture->playback) > 4000);
  bijou_playback_stop (fixture->playback);

  bijou_fake_server_set_refusing (fixture->server, TRUE);
  bijou_playback_play (fixture->playback, fixture->film, 1000, NULL);
  WAIT_FOR (fixture->ready == 3);
  g_assert_cmpuint (fixture->failed, ==, 0);
}

/* A new scan gives a replaced file another id; what is kept of the details names the old one. */
static void
test_replaced_file (Fixture *fixture, gconstpointer data)
{
  BijouStore *store = bijou_context_get_store (fixture->context);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail =
      bijou_context_load_detail (fixture->context, fixture->film, TRUE, NULL, &error);
  BijouPart *part;

  g_assert_no_error (error);
  part = g_ptr_array_index (((BijouVersion *) g_ptr_array_index (detail->versions, 0))->parts, 0);
  g_assert_cmpint (part->size, >, 0);
  g_free (part->id);
  g_free (part->key);
  part->id = g_strdup ("77777");
  part->key = g_strdup (fixture->is_plex ? "/library/parts/77777/1/file.mkv"
                                         : "77777777777777777777777777777777/7777777");
  bijou_store_save_detail (store, detail, &error);
  g_assert_no_error (error);

  bijou_playback_play (fixture->playback, fixture->film, 2000, NULL);
  WAIT_FOR (fixture->ready == 1);
  g_assert_cmpuint (fixture->failed, ==, 0);
  g_assert_cmpint (bijou_playback_get_position (fixture->playback), >=, 1950);
  g_assert_cmpstr (bijou_playback_get_part (fixture->playback)->id, !=, "77777");
}

/* The server takes reports and never answers: the end does not wait for it, and nothing is lost. */
static void
test_close_while_server_hangs (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (BijouItem) after = NULL;
  gint64 start_us;

  bijou_playback_play (fixture->playback, fixture->film, 0, NULL);
  WAIT_FOR (bijou_playback_get_position (fixture->playback) > 1200);
  bijou_fake_server_add_fault (fixture->server,
                               fixture->is_plex ? "*/:/timeline* stall" : "*/Sessions/* stall");
  WAIT_FOR (bijou_playback_get_position (fixture->playback) > 2500);
  start_us = g_get_monotonic_time ();
  g_clear_object (&fixture->playback);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 3 * G_TIME_SPAN_SECOND);

  after = read_film (fixture);
  g_assert_cmpint (after->position_ms, >=, 2500);
  waiting = bijou_store_list_changes (bijou_context_get_store (fixture->context),
                                      fixture->film->server_id, NULL);
  g_assert_cmpuint (waiting->len, ==, 1);
  g_assert_cmpint (((BijouChange *) waiting->pdata[0])->position_ms, >=, 2500);
}

static void
test_missing_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouItem) ghost = bijou_item_copy (fixture->film);

  g_free (ghost->remote_id);
  ghost->remote_id = g_strdup ("999999");
  ghost->id = 0;
  bijou_playback_play (fixture->playback, ghost, -1, NULL);
  WAIT_FOR (fixture->failed == 1);
  g_assert_cmpint (bijou_playback_get_state (fixture->playback), ==, BIJOU_PLAYER_FAILED);
  g_assert_nonnull (bijou_playback_get_error (fixture->playback));
  g_assert_cmpuint (count_reports (fixture, BIJOU_REPORT_STOP), ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/playback/plex/" name, Fixture, GINT_TO_POINTER (TRUE), set_up, function,           \
              tear_down);                                                                          \
  g_test_add ("/playback/jellyfin/" name, Fixture, GINT_TO_POINTER (FALSE), set_up, function,      \
              tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  ADD ("to-the-end", test_to_the_end);
  ADD ("resume", test_resume);
  ADD ("choices", test_choices);
  ADD ("reports-wait", test_reports_wait);
  ADD ("with-no-server", test_with_no_server);
  ADD ("replaced-file", test_replaced_file);
  ADD ("close-while-server-hangs", test_close_while_server_hangs);
  ADD ("missing-file", test_missing_file);
  return g_test_run ();
}
