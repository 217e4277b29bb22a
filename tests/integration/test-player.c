#include "bijou-file-source.h"
#include "bijou-film-maker.h"
#include "bijou-player-private.h"

#include <glib/gstdio.h>
#include <gst/base/gstbasesink.h>
#include <string.h>

/* The player with real films, a source that can be held up, and sinks that show nothing. */

#define SECONDS 6
#define DEADLINE_S 30
#define LOADS 30

/* --- a source that waits when it is told to, or breaks --- */

#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, GObject)

struct _TestSource
{
  GObject parent_instance;

  BijouByteSource *file; /* (owned) */
  struct
  {
    GMutex lock;
    GCond cond;
    gboolean held;
    gboolean broken;
    guint waiting; /* reads that are held up */
  } shared;
};

static void test_source_iface_init (BijouByteSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSource,
                               test_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_BYTE_SOURCE,
                                                      test_source_iface_init))

static gint64
test_source_get_size (BijouByteSource *source)
{
  return bijou_byte_source_get_size (TEST_SOURCE (source)->file);
}

static void
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  TestSource *self = TEST_SOURCE (user_data);

  g_mutex_lock (&self->shared.lock);
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

static gboolean
wait_while_held (TestSource *self, GCancellable *cancellable)
{
  gulong handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
  gboolean broken;

  g_mutex_lock (&self->shared.lock);
  self->shared.waiting++;
  while (self->shared.held && !g_cancellable_is_cancelled (cancellable))
    g_cond_wait (&self->shared.cond, &self->shared.lock);
  self->shared.waiting--;
  broken = self->shared.broken;
  g_mutex_unlock (&self->shared.lock);

  g_cancellable_disconnect (cancellable, handler);
  return !broken;
}

static gssize
test_source_read_at (BijouByteSource *source,
                     gint64 offset,
                     guint8 *buffer,
                     gsize length,
                     GCancellable *cancellable,
                     GError **error)
{
  TestSource *self = TEST_SOURCE (source);

  if (!wait_while_held (self, cancellable))
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "the cable was pulled");
      return -1;
    }
  return bijou_byte_source_read_at (self->file, offset, buffer, length, cancellable, error);
}

static void
test_source_finalize (GObject *object)
{
  TestSource *self = TEST_SOURCE (object);

  g_clear_object (&self->file);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.cond);

  G_OBJECT_CLASS (test_source_parent_class)->finalize (object);
}

static void
test_source_iface_init (BijouByteSourceInterface *iface)
{
  iface->get_size = test_source_get_size;
  iface->read_at = test_source_read_at;
}

static void
test_source_class_init (TestSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_source_finalize;
}

static void
test_source_init (TestSource *self)
{
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.cond);
}

static void
test_source_set (TestSource *self, gboolean held, gboolean broken)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.held = held;
  self->shared.broken = broken;
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

/* --- films --- */

static const BijouFilmTrack sounds[] = { { "eng", "English" }, { "fra", "French" } };
static const BijouFilmTrack texts[] = { { "eng", "English" }, { "deu", "German" } };
static char *folder;

static void
draw (const BijouFilmPicture *picture, guint frame, gpointer data)
{
  for (int y = 0; y < picture->height; y++)
    memset (picture->plane[0] + y * picture->stride[0], 40 + frame, picture->width);
  for (int y = 0; y < (picture->height + 1) / 2; y++)
    {
      memset (picture->plane[1] + y * picture->stride[1], 128, (picture->width + 1) / 2);
      memset (picture->plane[2] + y * picture->stride[2], 128, (picture->width + 1) / 2);
    }
}

static void
play_sound (gint16 *samples, guint n, guint64 first, guint track, gpointer data)
{
  memset (samples, 0, n * sizeof *samples);
}

static char *
write_cue (guint track, guint cue, guint64 *start_ms, guint64 *length_ms, gpointer data)
{
  *start_ms = 500 + 2000 * (guint64) cue;
  *length_ms = 1000;
  return *start_ms + *length_ms < SECONDS * 1000 ? g_strdup ("Line") : NULL;
}

static char *
make_film (BijouFilmContainer container)
{
  static const char *const names[] = { "film.mkv", "first.mp4", "last.mp4" };
  static const BijouFilmChapter chapters[] = { { 0, "One" }, { 3000, "Two" } };
  char *path = g_build_filename (folder, names[container], NULL);
  BijouFilm film = { .container = container,
                     .codec = BIJOU_FILM_H264_AAC,
                     .width = 64,
                     .height = 36,
                     .fps = 25,
                     .seconds = SECONDS,
                     .video_kbits = 100,
                     .sample_rate = 48000,
                     .sounds = sounds,
                     .n_sounds = 2,
                     .texts = texts,
                     .n_texts = container == BIJOU_FILM_MATROSKA ? 2 : 1,
                     .chapters = chapters,
                     .n_chapters = container == BIJOU_FILM_MATROSKA ? 2 : 0,
                     .draw = draw,
                     .sound = play_sound,
                     .cue = write_cue };
  g_autoptr (GError) error = NULL;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      bijou_film_make (&film, path, &error);
      g_assert_no_error (error);
    }
  return path;
}

/* --- the player under test --- */

typedef struct
{
  BijouPlayer *player;
  TestSource *source;
  guint ready;
  guint seeked;
  guint ended;
  guint failed;
  guint tracks;
} Fixture;

static void
count_cb (BijouPlayer *player, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
count_seek_cb (BijouPlayer *player, gint64 position_ms, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
count_failure_cb (BijouPlayer *player, GError *error, gpointer user_data)
{
  g_assert_nonnull (error);
  ++*(guint *) user_data;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GstElement *video = gst_element_factory_make ("fakevideosink", NULL);
  GstElement *audio = gst_element_factory_make ("fakeaudiosink", NULL);

  g_object_set (video, "sync", TRUE, NULL);
  g_object_set (audio, "sync", TRUE, NULL);
  fixture->player = bijou_player_new (video, audio);
  g_signal_connect (fixture->player, "ready", G_CALLBACK (count_cb), &fixture->ready);
  g_signal_connect (fixture->player, "ended", G_CALLBACK (count_cb), &fixture->ended);
  g_signal_connect (fixture->player, "tracks-changed", G_CALLBACK (count_cb), &fixture->tracks);
  g_signal_connect (fixture->player, "seeked", G_CALLBACK (count_seek_cb), &fixture->seeked);
  g_signal_connect (fixture->player, "failed", G_CALLBACK (count_failure_cb), &fixture->failed);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->player);
  g_clear_object (&fixture->source);
}

static void
load_path (Fixture *fixture, const char *path, BijouPlayerLoad *load)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&fixture->source);
  fixture->source = g_object_new (TEST_TYPE_SOURCE, NULL);
  fixture->source->file = bijou_file_source_new (path, &error);
  g_assert_no_error (error);
  load->source = BIJOU_BYTE_SOURCE (fixture->source);
  bijou_player_load (fixture->player, load);
}

static void
load_film (
    Fixture *fixture, BijouFilmContainer container, gint64 start_ms, gboolean paused, int text)
{
  g_autofree char *path = make_film (container);
  BijouPlayerLoad load = {
    .start_ms = start_ms, .paused = paused, .audio_track = -1, .text_track = text
  };

  load_path (fixture, path, &load);
}

static gboolean
on_deadline_cb (gpointer user_data)
{
  g_error ("nothing happened for %d s", DEADLINE_S);
  return G_SOURCE_REMOVE;
}

#define WAIT_FOR(condition)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline_cb, NULL);                     \
    while (!(condition))                                                                           \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (deadline);                                                                    \
  }                                                                                                \
  G_STMT_END

static void
test_plays_to_the_end (Fixture *fixture, gconstpointer data)
{
  load_film (fixture, GPOINTER_TO_INT (data), SECONDS * 1000 - 1500, FALSE, 0);
  g_assert_cmpint (bijou_player_get_state (fixture->player), ==, BIJOU_PLAYER_LOADING);
  WAIT_FOR (fixture->ready == 1);
  g_assert_cmpint (bijou_player_get_position (fixture->player), >=, SECONDS * 1000 - 1600);
  g_assert_cmpint (bijou_player_get_duration (fixture->player), >=, SECONDS * 1000 - 200);
  WAIT_FOR (fixture->ended == 1);
  g_assert_cmpint (bijou_player_get_state (fixture->player), ==, BIJOU_PLAYER_ENDED);
  g_assert_cmpint (bijou_player_get_position (fixture->player), ==,
                   bijou_player_get_duration (fixture->player));
  g_assert_cmpuint (fixture->failed, ==, 0);
}

static void
test_seeks (Fixture *fixture, gconstpointer data)
{
  load_film (fixture, BIJOU_FILM_MATROSKA, 0, TRUE, -1);
  WAIT_FOR (fixture->ready == 1);
  g_assert_cmpint (bijou_player_get_state (fixture->player), ==, BIJOU_PLAYER_PAUSED);

  for (int i = 1; i <= 20; i++)
    bijou_player_seek (fixture->player, 200 * i, BIJOU_SEEK_ACCURATE);
  g_assert_cmpint (bijou_player_get_position (fixture->player), ==, 4000);
  WAIT_FOR (fixture->seeked == 1);
  g_assert_cmpint (bijou_player_get_position (fixture->player), ==, 4000);

  bijou_player_seek (fixture->player, G_MAXINT64, BIJOU_SEEK_KEY_UNIT);
  WAIT_FOR (fixture->seeked == 2 || fixture->ended == 1);
}

/* The sound server goes away in the middle: the film goes on at its place, and says so once. */
static void
test_sound_lost (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstElement) audio = NULL;
  guint told = 0;

  g_signal_connect (fixture->player, "no-sound", G_CALLBACK (count_cb), &told);
  load_film (fixture, BIJOU_FILM_MATROSKA, 2000, FALSE, -1);
  WAIT_FOR (fixture->ready == 1);
  g_assert_cmpuint (told, ==, 0);
  g_object_get (bijou_player_get_pipeline (fixture->player), "audio-sink", &audio, NULL);
  GST_ELEMENT_ERROR (audio, RESOURCE, WRITE, ("The server is gone."), (NULL));
  WAIT_FOR (told == 1);
  WAIT_FOR (bijou_player_get_position (fixture->player) > 2600);
  bijou_player_stop (fixture->player);
  load_film (fixture, BIJOU_FILM_MATROSKA, 2000, FALSE, -1);
  WAIT_FOR (fixture->ready == 2);
  WAIT_FOR (bijou_player_get_position (fixture->player) > 2300);
  g_assert_cmpuint (told, ==, 1);
  g_assert_cmpuint (fixture->failed, ==, 0);
}

static void
test_rate_is_kept (Fixture *fixture, gconstpointer data)
{
  gint64 start;

  load_film (fixture, BIJOU_FILM_MATROSKA, 0, TRUE, -1);
  WAIT_FOR (fixture->ready == 1);
  bijou_player_set_rate (fixture->player, 4.0);
  WAIT_FOR (fixture->seeked == 1);
  bijou_player_seek (fixture->player, 1000, BIJOU_SEEK_ACCURATE);
  WAIT_FOR (fixture->seeked == 2);
  start = g_get_monotonic_time ();
  bijou_player_play (fixture->player);
  WAIT_FOR (fixture->ended == 1);
  /* 5 s of film: at the usual rate it would take them all. */
  g_assert_cmpint (g_get_monotonic_time () - start, <, 4 * G_USEC_PER_SEC);
  bijou_player_set_rate (fixture->player, 9.0);
  g_assert_cmpfloat (bijou_player_get_rate (fixture->player), ==, 4.0);
}

static void
test_tracks (Fixture *fixture, gconstpointer data)
{
  GPtrArray *tracks;

  load_film (fixture, BIJOU_FILM_MATROSKA, 1000, FALSE, -1);
  WAIT_FOR (fixture->ready == 1 && fixture->tracks >= 1);
  tracks = bijou_player_get_tracks (fixture->player);
  g_assert_cmpuint (tracks->len, ==, 5);
  g_assert_cmpint (bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_AUDIO), ==, 0);
  g_assert_cmpint (bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_TEXT), ==, -1);

  bijou_player_select_track (fixture->player, BIJOU_TRACK_TEXT, 1);
  WAIT_FOR (bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_TEXT) == 1);
  bijou_player_select_track (fixture->player, BIJOU_TRACK_AUDIO, 1);
  WAIT_FOR (bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_AUDIO) == 1);
  bijou_player_select_track (fixture->player, BIJOU_TRACK_TEXT, 0);
  WAIT_FOR (bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_TEXT) == 0);
  bijou_player_select_track (fixture->player, BIJOU_TRACK_TEXT, -1);
  WAIT_FOR (bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_TEXT) == -1);
  g_assert_cmpint (bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_AUDIO), ==, 1);
  /* A reload for the text is not a new beginning. */
  g_assert_cmpuint (fixture->ready, ==, 1);
  WAIT_FOR (fixture->ended == 1);
}

static void
test_chosen_at_load (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = make_film (BIJOU_FILM_MATROSKA);
  BijouPlayerLoad load = { .start_ms = 4000, .audio_track = 1, .text_track = 1 };

  load_path (fixture, path, &load);
  WAIT_FOR (fixture->ready == 1 &&
            bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_AUDIO) == 1 &&
            bijou_player_get_selected_track (fixture->player, BIJOU_TRACK_TEXT) == 1);
  WAIT_FOR (fixture->ended == 1);
}

static void
test_chapters (Fixture *fixture, gconstpointer data)
{
  GPtrArray *chapters;

  load_film (fixture, BIJOU_FILM_MATROSKA, 0, TRUE, -1);
  WAIT_FOR (fixture->ready == 1);
  chapters = bijou_player_get_chapters (fixture->player);
  g_assert_cmpuint (chapters->len, ==, 2);
  g_assert_cmpstr (((BijouChapter *) chapters->pdata[1])->title, ==, "Two");
  g_assert_cmpint (((BijouChapter *) chapters->pdata[1])->start_ms, ==, 3000);
}

/* Bytes that do not come: it says so, loses nothing, and goes on where it was. */
static void
test_stall (Fixture *fixture, gconstpointer data)
{
  gint64 position;

  load_film (fixture, BIJOU_FILM_MATROSKA, 0, TRUE, -1);
  WAIT_FOR (fixture->ready == 1);
  test_source_set (fixture->source, TRUE, FALSE);
  bijou_player_play (fixture->player);
  bijou_player_seek (fixture->player, 3000, BIJOU_SEEK_ACCURATE);
  WAIT_FOR (bijou_player_get_state (fixture->player) == BIJOU_PLAYER_STALLED);
  g_assert_true (bijou_player_wants_to_play (fixture->player));
  position = bijou_player_get_position (fixture->player);
  g_assert_cmpint (position, >=, 3000);

  test_source_set (fixture->source, FALSE, FALSE);
  WAIT_FOR (bijou_player_get_state (fixture->player) == BIJOU_PLAYER_PLAYING);
  g_assert_cmpint (bijou_player_get_position (fixture->player), >=, position);
  g_assert_cmpint (bijou_player_get_position (fixture->player), <, position + 400);
  WAIT_FOR (fixture->ended == 1);
}

static void
delay_cb (const GValue *item, gpointer user_data)
{
  GstElement *element = g_value_get_object (item);

  gst_element_set_base_time (element, gst_element_get_base_time (element) + 3600 * GST_SECOND);
}

/* A clock that jumps leaves the sinks waiting for an hour. */
static void
test_clock_jumps (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GstIterator) elements = NULL;
  gint64 position;

  load_film (fixture, BIJOU_FILM_MATROSKA, 2000, FALSE, -1);
  elements = gst_bin_iterate_recurse (GST_BIN (bijou_player_get_pipeline (fixture->player)));
  WAIT_FOR (bijou_player_get_state (fixture->player) == BIJOU_PLAYER_PLAYING);
  gst_iterator_foreach (elements, delay_cb, NULL);
  position = bijou_player_get_position (fixture->player);
  WAIT_FOR (bijou_player_get_position (fixture->player) > position + 1000);
  WAIT_FOR (fixture->ended == 1);
  g_assert_cmpuint (fixture->ready, ==, 1);
}

/* Stopping while a read is held up must not wait for it. */
static void
test_stop_while_held (Fixture *fixture, gconstpointer data)
{
  load_film (fixture, BIJOU_FILM_MATROSKA, 0, FALSE, -1);
  test_source_set (fixture->source, TRUE, FALSE);
  bijou_player_stop (fixture->player);
  g_assert_cmpint (bijou_player_get_state (fixture->player), ==, BIJOU_PLAYER_IDLE);
  test_source_set (fixture->source, FALSE, FALSE);
  load_film (fixture, BIJOU_FILM_MP4_INDEX_LAST, 0, TRUE, -1);
  WAIT_FOR (fixture->ready == 1);
}

static void
test_read_error (Fixture *fixture, gconstpointer data)
{
  load_film (fixture, BIJOU_FILM_MATROSKA, 0, TRUE, -1);
  WAIT_FOR (fixture->ready == 1);
  test_source_set (fixture->source, FALSE, TRUE);
  bijou_player_seek (fixture->player, 5000, BIJOU_SEEK_ACCURATE);
  WAIT_FOR (fixture->failed == 1);
  g_assert_error (bijou_player_get_error (fixture->player), BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
  g_assert_cmpint (bijou_player_get_state (fixture->player), ==, BIJOU_PLAYER_FAILED);

  load_film (fixture, BIJOU_FILM_MATROSKA, 0, TRUE, -1);
  WAIT_FOR (fixture->ready == 2);
}

static void
test_not_a_film (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (folder, "text.mkv", NULL);
  BijouPlayerLoad load = { .audio_track = -1, .text_track = -1 };
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, "\001\002\003\004 not a film", -1, &error);
  g_assert_no_error (error);
  load_path (fixture, path, &load);
  WAIT_FOR (fixture->failed == 1);
  g_assert_error (bijou_player_get_error (fixture->player), BIJOU_ERROR, BIJOU_ERROR_NO_DECODER);
  g_assert_cmpuint (fixture->ready, ==, 0);
}

/* --- a sound server that hangs --- */

#define TEST_TYPE_HANGING_SINK (test_hanging_sink_get_type ())
G_DECLARE_FINAL_TYPE (TestHangingSink, test_hanging_sink, TEST, HANGING_SINK, GstBaseSink)

struct _TestHangingSink
{
  GstBaseSink parent_instance;
};

G_DEFINE_FINAL_TYPE (TestHangingSink, test_hanging_sink, GST_TYPE_BASE_SINK)

static struct
{
  GMutex lock;
  GCond cond;
  gboolean over;
} hang;

static GstStateChangeReturn
test_hanging_sink_change_state (GstElement *element, GstStateChange transition)
{
  g_mutex_lock (&hang.lock);
  while (transition == GST_STATE_CHANGE_PAUSED_TO_PLAYING && !hang.over)
    g_cond_wait (&hang.cond, &hang.lock);
  g_mutex_unlock (&hang.lock);
  return GST_ELEMENT_CLASS (test_hanging_sink_parent_class)->change_state (element, transition);
}

static void
test_hanging_sink_class_init (TestHangingSinkClass *klass)
{
  static GstStaticPadTemplate template =
      GST_STATIC_PAD_TEMPLATE ("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

  gst_element_class_add_static_pad_template (GST_ELEMENT_CLASS (klass), &template);
  GST_ELEMENT_CLASS (klass)->change_state = test_hanging_sink_change_state;
}

static void
test_hanging_sink_init (TestHangingSink *self)
{
}

static GstElement *
make_video_sink (gpointer data)
{
  GstElement *sink = gst_element_factory_make ("fakevideosink", NULL);

  g_object_set (sink, "sync", TRUE, NULL);
  return sink;
}

/* The film goes on without sound, the main thread never stands still. */
static void
test_sound_hangs (Fixture *fixture, gconstpointer data)
{
  guint silent = 0;
  gint64 before, longest = 0;

  g_object_unref (fixture->player);
  fixture->player =
      bijou_player_new (make_video_sink (NULL), g_object_new (TEST_TYPE_HANGING_SINK, NULL));
  fixture->player->hang_ms = 400;
  bijou_player_set_sink_func (fixture->player, make_video_sink, NULL);
  g_signal_connect (fixture->player, "ended", G_CALLBACK (count_cb), &fixture->ended);
  g_signal_connect (fixture->player, "no-sound", G_CALLBACK (count_cb), &silent);
  load_film (fixture, BIJOU_FILM_MATROSKA, 4000, FALSE, -1);
  while (fixture->ended == 0)
    {
      before = g_get_monotonic_time ();
      /* What it dispatches, without what it waits for. */
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
      longest = MAX (longest, g_get_monotonic_time () - before);
    }
  g_assert_cmpuint (silent, ==, 1);
  g_assert_cmpint (longest, <, 400 * G_TIME_SPAN_MILLISECOND);

  g_mutex_lock (&hang.lock);
  hang.over = TRUE;
  g_cond_broadcast (&hang.cond);
  g_mutex_unlock (&hang.lock);
}

static gboolean
on_moment_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
wait_ms (guint ms)
{
  gboolean over = FALSE;

  g_timeout_add (ms, on_moment_cb, &over);
  WAIT_FOR (over);
}

/* Whoever presses Next, Play and Stop faster than films open: taken down at any moment of its
 * beginning, none is in the way of the next one. */
static void
test_many_loads (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < LOADS; i++)
    {
      load_film (fixture, i % 3, 1000 + 100 * i, i % 2 == 0, i % 2 - 1);
      if (i % 5 == 4)
        WAIT_FOR (fixture->ready == 1);
      else
        wait_ms ((guint) g_test_rand_int_range (0, 120));
      if (i % 7 == 6)
        bijou_player_stop (fixture->player);
      fixture->ready = 0;
    }
  load_film (fixture, BIJOU_FILM_MATROSKA, 4000, FALSE, -1);
  WAIT_FOR (fixture->ended == 1);
  g_assert_cmpuint (fixture->failed, ==, 0);
}

static void
test_volume (Fixture *fixture, gconstpointer data)
{
  bijou_player_set_volume (fixture->player, 0.5);
  bijou_player_set_muted (fixture->player, TRUE);
  load_film (fixture, BIJOU_FILM_MATROSKA, 0, TRUE, -1);
  WAIT_FOR (fixture->ready == 1);
  g_assert_cmpfloat (bijou_player_get_volume (fixture->player), ==, 0.5);
  g_assert_true (bijou_player_get_muted (fixture->player));
}

static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
  g_free (folder);
}

#define ADD(name, data, function)                                                                  \
  g_test_add ("/player/" name, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  folder = g_dir_make_tmp ("bijou-player-XXXXXX", NULL);
  g_assert_nonnull (folder);

  ADD ("end/matroska", GINT_TO_POINTER (BIJOU_FILM_MATROSKA), test_plays_to_the_end);
  ADD ("end/mp4-first", GINT_TO_POINTER (BIJOU_FILM_MP4_INDEX_FIRST), test_plays_to_the_end);
  ADD ("end/mp4-last", GINT_TO_POINTER (BIJOU_FILM_MP4_INDEX_LAST), test_plays_to_the_end);
  ADD ("seeks", NULL, test_seeks);
  ADD ("sound-lost", NULL, test_sound_lost);
  ADD ("rate", NULL, test_rate_is_kept);
  ADD ("tracks", NULL, test_tracks);
  ADD ("chosen-at-load", NULL, test_chosen_at_load);
  ADD ("chapters", NULL, test_chapters);
  ADD ("stall", NULL, test_stall);
  ADD ("clock-jumps", NULL, test_clock_jumps);
  ADD ("stop-while-held", NULL, test_stop_while_held);
  ADD ("read-error", NULL, test_read_error);
  ADD ("not-a-film", NULL, test_not_a_film);
  ADD ("many-loads", NULL, test_many_loads);
  ADD ("sound-hangs", NULL, test_sound_hangs);
  ADD ("volume", NULL, test_volume);

  status = g_test_run ();
  remove_folder ();
  return status;
}
