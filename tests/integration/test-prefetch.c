#include "config.h"

#include "playback-fixture.h"

#include "bijou-media-cache.h"
#include "bijou-prefetch.h"
#include "bijou-test-files.h"

#include <glib/gstdio.h>
#include <string.h>

/* What is here before it is played: of the next episode, and of what Home goes on with. */

#define SECONDS 6
#define LONG_SECONDS 66
#define RESUME_MS 62000 /* a Plex forgets what is less than a minute */
#define MB (1024 * 1024)
/* A wait in which nothing is to happen. */
#define QUIET_MS 250

/* --- a network whose data costs when the test says so --- */

static gboolean metered;

#define TEST_TYPE_MONITOR (test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TestMonitor, test_monitor, TEST, MONITOR, GObject)

struct _TestMonitor
{
  GObject parent_instance;
};

enum
{
  PROP_AVAILABLE = 1,
  PROP_METERED,
  PROP_CONNECTIVITY,
};

static void
test_monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

static gboolean
test_monitor_init_sync (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
test_monitor_initable_init (GInitableIface *iface)
{
  iface->init = test_monitor_init_sync;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMonitor,
                               test_monitor,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, test_monitor_initable_init)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR,
                                                          test_monitor_iface_init))

static void
test_monitor_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CONNECTIVITY)
    g_value_set_enum (value, G_NETWORK_CONNECTIVITY_FULL);
  else
    g_value_set_boolean (value, id == PROP_METERED ? metered : TRUE);
}

static void
test_monitor_class_init (TestMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = test_monitor_get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
test_monitor_init (TestMonitor *self)
{
}

static void
install_monitor (void)
{
  g_setenv ("GIO_USE_NETWORK_MONITOR", "test", TRUE);
  g_vfs_get_default (); /* the extension points are there now */
  g_io_extension_point_implement (G_NETWORK_MONITOR_EXTENSION_POINT_NAME, TEST_TYPE_MONITOR, "test",
                                  100);
  g_assert_true (TEST_IS_MONITOR (g_network_monitor_get_default ()));
}

static void
set_metered (gboolean now)
{
  metered = now;
  g_object_notify (G_OBJECT (g_network_monitor_get_default ()), "network-metered");
}

/* --- what every test needs --- */

typedef struct
{
  char *folder; /* (owned) the profile and the films */
  BijouFakeServer *server;
  BijouContext *context;
  BijouPlayback *playback;
  gboolean is_plex;
  guint ready;
} Fixture;

static gboolean
set_true_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* For what only the server knows. */
#define WATCH_FOR(condition)                                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint ticks = g_timeout_add (20, tick_cb, NULL);                                               \
    WAIT_FOR (condition);                                                                          \
    g_source_remove (ticks);                                                                       \
  }                                                                                                \
  G_STMT_END

static void
be_quiet (void)
{
  gboolean over = FALSE;

  g_timeout_add (QUIET_MS, set_true_cb, &over);
  WAIT_FOR (over);
}

/* Something that cannot be made small. */
static void
draw_noise (const BijouFilmPicture *picture, guint frame, gpointer data)
{
  guint32 noise = frame + 1;

  playback_fixture_draw (picture, frame, data);
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      {
        noise = noise * 1664525 + 1013904223;
        picture->plane[0][y * picture->stride[0] + x] = (guint8) (noise >> 24);
      }
}

/* So long that neither its end nor the place where it is resumed is in its head. */
static void
make_long_film (const char *folder, BijouFilmContainer container)
{
  g_autofree char *path =
      g_build_filename (folder, container == BIJOU_FILM_MATROSKA ? "film.mkv" : "film.mp4", NULL);
  g_autoptr (GError) error = NULL;
  BijouFilm film = { .container = container,
                     .codec = BIJOU_FILM_H264_AAC,
                     .width = 320,
                     .height = 180,
                     .fps = 5,
                     .seconds = LONG_SECONDS,
                     .video_kbits = 2500,
                     .sample_rate = 48000,
                     .draw = draw_noise,
                     .sound = playback_fixture_play_sound };

  bijou_film_make (&film, path, &error);
  g_assert_no_error (error);
}

static void
make_film (const char *folder)
{
  static const BijouFilmTrack sounds[] = { { "eng", "English" } };
  g_autofree char *path = g_build_filename (folder, "film.mkv", NULL);
  g_autoptr (GError) error = NULL;
  BijouFilm film = { .container = BIJOU_FILM_MATROSKA,
                     .codec = BIJOU_FILM_H264_AAC,
                     .width = 64,
                     .height = 36,
                     .fps = 25,
                     .seconds = SECONDS,
                     .video_kbits = 100,
                     .sample_rate = 48000,
                     .sounds = sounds,
                     .n_sounds = 1,
                     .draw = playback_fixture_draw,
                     .sound = playback_fixture_play_sound };

  bijou_film_make (&film, path, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list (Fixture *fixture, BijouItemKind kind)
{
  BijouItemQuery query = { .kind = kind, .sort = BIJOU_SORT_INDEX };
  g_autoptr (GError) error = NULL;
  GPtrArray *items =
      bijou_store_list_items (bijou_context_get_store (fixture->context), &query, &error);

  g_assert_no_error (error);
  return items;
}

static gboolean
has_synced (Fixture *fixture)
{
  g_autoptr (GPtrArray) films = list (fixture, BIJOU_ITEM_MOVIE);

  return films->len > 0 &&
         !bijou_sync_service_is_running (bijou_context_get_sync (fixture->context));
}

typedef enum
{
  NO_FILM,
  SHORT_FILM,
  LONG_FILM, /* and containers from here */
} FilmKind;

static void
set_up (Fixture *fixture, gboolean is_plex, FilmKind kind)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  BijouContextOptions profile = { NULL, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *media = NULL;
  g_autofree char *home = NULL;

  fixture->is_plex = is_plex;
  fixture->folder = g_dir_make_tmp ("bijou-prefetch-XXXXXX", NULL);
  media = g_build_filename (fixture->folder, "media", NULL);
  home = g_build_filename (fixture->folder, "home", NULL);
  g_mkdir (media, 0700);
  g_mkdir (home, 0700);
  if (kind == SHORT_FILM)
    make_film (media);
  else if (kind != NO_FILM)
    make_long_film (media, kind - LONG_FILM);

  options.movies = 3;
  options.shows = 1;
  options.seasons = 1;
  options.episodes = 3;
  options.media_dir = kind != NO_FILM ? media : NULL;
  fixture->server =
      bijou_fake_server_start (is_plex ? BIJOU_FAKE_PLEX : BIJOU_FAKE_JELLYFIN, &options, NULL);
  profile.profile = home;
  fixture->context = bijou_context_new (&profile, &error);
  g_assert_no_error (error);
  g_settings_set_boolean (bijou_context_get_settings (fixture->context), "rewind-on-resume", FALSE);
}

/* Films whose bytes are made up, of a size like real ones. */
static void
set_up_home (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, GPOINTER_TO_INT (data), NO_FILM);
}

static void
start (Fixture *fixture, guint delay_ms)
{
  bijou_prefetch_set_delays (bijou_context_get_prefetch (fixture->context), delay_ms, delay_ms);
  bijou_context_start_services (fixture->context);
  playback_fixture_sign_in (fixture->context, fixture->server, fixture->is_plex);
  WAIT_FOR (has_synced (fixture));
}

static void
open_playback (Fixture *fixture)
{
  fixture->playback =
      bijou_playback_new (fixture->context, playback_fixture_make_sink ("fakevideosink"),
                          playback_fixture_make_sink ("fakeaudiosink"));
  g_signal_connect (fixture->playback, "ready", G_CALLBACK (playback_fixture_count_cb),
                    &fixture->ready);
}

static void
set_up_next (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, GPOINTER_TO_INT (data), SHORT_FILM);
  start (fixture, 1000 * PLAYBACK_DEADLINE_S);
  open_playback (fixture);
}

/* The data is a container; each protocol has its turn. */
static void
set_up_long (Fixture *fixture, gconstpointer data)
{
  int container = GPOINTER_TO_INT (data);

  set_up (fixture, container != BIJOU_FILM_MP4_INDEX_FIRST, LONG_FILM + container);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  metered = FALSE;
  g_clear_object (&fixture->playback);
  bijou_context_shutdown (fixture->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (fixture->context);
  bijou_fake_server_stop (fixture->server);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* --- what the server was asked --- */

static gboolean
is_media (BijouFakeLogEntry *entry)
{
  return g_str_has_prefix (entry->path, "/library/parts/") ||
         (g_str_has_prefix (entry->path, "/Videos/") && strstr (entry->path, "/stream") != NULL);
}

static guint
count_media (Fixture *fixture)
{
  g_autoptr (GPtrArray) log = bijou_fake_server_dup_log (fixture->server);
  guint n = 0;

  for (guint i = 0; i < log->len; i++)
    n += is_media (g_ptr_array_index (log, i));
  return n;
}

static guint64
count_media_bytes (Fixture *fixture)
{
  g_autoptr (GPtrArray) log = bijou_fake_server_dup_log (fixture->server);
  guint64 bytes = 0;

  for (guint i = 0; i < log->len; i++)
    if (is_media (g_ptr_array_index (log, i)))
      bytes += ((BijouFakeLogEntry *) g_ptr_array_index (log, i))->bytes;
  return bytes;
}

/* Nothing that a server would take for somebody who watches. */
static void
assert_only_fetched (Fixture *fixture)
{
  g_assert_cmpuint (bijou_fake_server_count (fixture->server, "*/:/timeline*"), ==, 0);
  g_assert_cmpuint (bijou_fake_server_count (fixture->server, "*/transcode/*"), ==, 0);
  g_assert_cmpuint (bijou_fake_server_count (fixture->server, "*/Sessions/*"), ==, 0);
  g_assert_cmpuint (bijou_fake_server_count (fixture->server, "*/PlaybackInfo*"), ==, 0);
  g_assert_cmpuint (bijou_fake_server_count (fixture->server, "HEAD *"), ==, 0);
}

static gboolean
has_whole (Fixture *fixture, BijouItem *item)
{
  BijouMediaCache *cache = bijou_context_get_media_cache (fixture->context);
  g_autoptr (GPtrArray) infos = bijou_media_cache_list (cache);

  for (guint i = 0; i < infos->len; i++)
    {
      BijouCacheInfo *info = g_ptr_array_index (infos, i);

      if (g_str_equal (info->item_id, item->remote_id) && info->size > 0 &&
          bijou_range_map_contains (info->extents, 0, info->size))
        return TRUE;
    }
  return FALSE;
}

/* --- the next episode --- */

static void
test_next (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) episodes = list (fixture, BIJOU_ITEM_EPISODE);
  BijouItem *next = g_ptr_array_index (episodes, 1);
  guint media, questions;

  bijou_playback_play (fixture->playback, g_ptr_array_index (episodes, 0), 0, NULL);
  WAIT_FOR (fixture->ready == 1);
  questions = bijou_fake_server_count (fixture->server, "*/transcode/*");
  WATCH_FOR (has_whole (fixture, next));
  /* Nobody was told that it plays. */
  g_assert_cmpuint (bijou_fake_server_count (fixture->server, "*/transcode/*"), ==, questions);

  media = count_media (fixture);
  g_assert_true (bijou_playback_play_next (fixture->playback));
  WAIT_FOR (fixture->ready == 2);
  WAIT_FOR (bijou_playback_get_position (fixture->playback) > 500);
  g_assert_cmpstr (bijou_playback_get_item (fixture->playback)->remote_id, ==, next->remote_id);
  /* Of the third one, perhaps. */
  g_assert_cmpuint (count_media (fixture) - media, <=, 1);
  bijou_playback_stop (fixture->playback);
}

static BijouFakeLogEntry *
find_media (GPtrArray *log, const char *other_than)
{
  for (guint i = 0; i < log->len; i++)
    {
      BijouFakeLogEntry *entry = g_ptr_array_index (log, i);

      if (is_media (entry) && g_strcmp0 (entry->path, other_than) != 0)
        return entry;
    }
  return NULL;
}

/* On a slow way the film that plays comes first, to its end. */
static void
test_gives_way (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) episodes = list (fixture, BIJOU_ITEM_EPISODE);
  g_autoptr (GPtrArray) log = NULL;
  BijouFakeLogEntry *first, *second;

  bijou_fake_server_add_fault (fixture->server, "%s bandwidth=30000",
                               fixture->is_plex ? "/library/parts/*" : "/Videos/*");
  bijou_playback_play (fixture->playback, g_ptr_array_index (episodes, 0), 0, NULL);
  WATCH_FOR (has_whole (fixture, g_ptr_array_index (episodes, 1)));
  log = bijou_fake_server_dup_log (fixture->server);
  first = find_media (log, NULL);
  second = find_media (log, first->path);
  g_assert_cmpfloat (first->took, >, 1);
  g_assert_cmpfloat (second->time, >=, first->time + first->took);
}

/* What is kept only while it is watched goes when nothing follows. */
static void
test_next_only_watched (Fixture *fixture, gconstpointer data)
{
  BijouMediaCache *cache = bijou_context_get_media_cache (fixture->context);
  g_autoptr (GPtrArray) episodes = list (fixture, BIJOU_ITEM_EPISODE);

  bijou_media_cache_set_only_watched (cache, TRUE);
  bijou_prefetch_set_delays (bijou_context_get_prefetch (fixture->context), 10, 10);
  bijou_playback_play (fixture->playback, g_ptr_array_index (episodes, 0), 0, NULL);
  WATCH_FOR (has_whole (fixture, g_ptr_array_index (episodes, 1)));
  bijou_playback_stop (fixture->playback);
  WATCH_FOR (bijou_media_cache_get_disk_usage (cache) == 0);
}

/* --- Home --- */

static void
begin_film (Fixture *fixture)
{
  g_autofree char *answer = bijou_fake_server_control (
      fixture->server, "{\"mark\": 1, \"position_ms\": 1200000, \"quiet\": true}");

  g_assert_nonnull (answer);
}

static void
test_home (Fixture *fixture, gconstpointer data)
{
  BijouMediaCache *cache = bijou_context_get_media_cache (fixture->context);
  g_autoptr (GPtrArray) infos = NULL;
  BijouCacheInfo *info;
  guint media;

  begin_film (fixture);
  start (fixture, 50);
  WATCH_FOR (count_media (fixture) >= 2);
  bijou_media_cache_flush (cache);
  be_quiet ();
  assert_only_fetched (fixture);
  g_assert_cmpuint (count_media_bytes (fixture), >, 4 * MB);
  g_assert_cmpuint (count_media_bytes (fixture), <, 17 * MB);

  bijou_media_cache_flush (cache);
  infos = bijou_media_cache_list (cache);
  g_assert_cmpuint (infos->len, ==, 1);
  info = g_ptr_array_index (infos, 0);
  g_assert_true (bijou_range_map_contains (info->extents, 0, 4 * MB));
  g_assert_true (bijou_range_map_contains (info->extents, info->size - 1000, info->size));

  /* Home changes, and nothing that is here is asked for again. */
  media = count_media (fixture);
  bijou_sync_service_start (bijou_context_get_sync (fixture->context), NULL, TRUE);
  WAIT_FOR (!bijou_sync_service_is_running (bijou_context_get_sync (fixture->context)));
  be_quiet ();
  g_assert_cmpuint (count_media (fixture), ==, media);
}

static BijouItem *
find_begun (Fixture *fixture)
{
  g_autoptr (GPtrArray) items =
      bijou_store_list_home (bijou_context_get_store (fixture->context), 0, 1, NULL);

  g_assert_cmpuint (items->len, ==, 1);
  return g_object_ref (g_ptr_array_index (items, 0));
}

/* Home's first film goes on where it was, though its server is gone by then. */
static void
test_resume (Fixture *fixture, gconstpointer data)
{
  g_autofree char *answer = bijou_fake_server_control (
      fixture->server, "{\"mark\": 1, \"position_ms\": %d, \"quiet\": true}", RESUME_MS);
  BijouPrefetch *prefetch = bijou_context_get_prefetch (fixture->context);
  g_autoptr (BijouItem) film = NULL;
  g_autoptr (GPtrArray) infos = NULL;
  BijouCacheInfo *info;

  start (fixture, 50);
  WATCH_FOR (bijou_prefetch_get_done (prefetch) > 0);
  film = find_begun (fixture);
  assert_only_fetched (fixture);
  bijou_media_cache_flush (bijou_context_get_media_cache (fixture->context));
  infos = bijou_media_cache_list (bijou_context_get_media_cache (fixture->context));
  g_assert_cmpuint (infos->len, ==, 1);
  info = g_ptr_array_index (infos, 0);
  g_test_message ("%d of %d KiB", (int) (bijou_range_map_get_total (info->extents) >> 10),
                  (int) (info->size >> 10));
  g_assert_cmpint (bijou_range_map_get_total (info->extents), <, info->size * 2 / 3);

  bijou_fake_server_set_refusing (fixture->server, TRUE);
  open_playback (fixture);
  bijou_playback_play (fixture->playback, film, -1, NULL);
  WAIT_FOR (fixture->ready == 1);
  g_assert_cmpint (bijou_playback_get_position (fixture->playback), >=, RESUME_MS - 500);
  WAIT_FOR (bijou_playback_get_position (fixture->playback) > RESUME_MS + 1000);
  bijou_playback_stop (fixture->playback);
  bijou_fake_server_set_refusing (fixture->server, FALSE);
}

static void
test_metered (Fixture *fixture, gconstpointer data)
{
  GSettings *settings = bijou_context_get_settings (fixture->context);

  metered = TRUE;
  begin_film (fixture);
  start (fixture, 50);
  be_quiet ();
  g_assert_cmpuint (count_media (fixture), ==, 0);
  g_settings_set_boolean (settings, "prefetch", FALSE);
  set_metered (FALSE);
  be_quiet ();
  g_assert_cmpuint (count_media (fixture), ==, 0);
  set_metered (TRUE);
  g_settings_set_boolean (settings, "prefetch", TRUE);
  be_quiet ();
  g_assert_cmpuint (count_media (fixture), ==, 0);
  g_settings_set_boolean (settings, "prefetch-metered", TRUE);
  WATCH_FOR (count_media (fixture) > 0);
}

static void
test_cache_off (Fixture *fixture, gconstpointer data)
{
  BijouMediaCache *cache = bijou_context_get_media_cache (fixture->context);

  bijou_media_cache_set_budget (cache, 0);
  begin_film (fixture);
  start (fixture, 50);
  be_quiet ();
  g_assert_cmpuint (count_media (fixture), ==, 0);
}

/* Signed out while the bytes come: they stop, and none of them stays. */
static void
test_sign_out (Fixture *fixture, gconstpointer data)
{
  BijouMediaCache *cache = bijou_context_get_media_cache (fixture->context);
  const char *id = bijou_fake_server_get_id (fixture->server);
  g_autoptr (GError) error = NULL;
  guint media;

  bijou_fake_server_add_fault (fixture->server, "%s bandwidth=200000",
                               fixture->is_plex ? "/library/parts/*" : "/Videos/*");
  begin_film (fixture);
  start (fixture, 50);
  WATCH_FOR (bijou_media_cache_get_disk_usage (cache) > 0);
  bijou_context_remove_server (fixture->context, id, NULL, &error);
  g_assert_no_error (error);
  media = count_media (fixture);
  be_quiet ();
  g_assert_cmpuint (count_media (fixture), ==, media);
  bijou_media_cache_flush (cache);
  g_assert_cmpint (bijou_media_cache_get_disk_usage (cache), ==, 0);
}

#define ADD(name, set_up_func, function)                                                           \
  g_test_add ("/prefetch/plex/" name, Fixture, GINT_TO_POINTER (TRUE), set_up_func, function,      \
              tear_down);                                                                          \
  g_test_add ("/prefetch/jellyfin/" name, Fixture, GINT_TO_POINTER (FALSE), set_up_func, function, \
              tear_down)

#define ADD_LONG(name, container)                                                                  \
  g_test_add ("/prefetch/resume/" name, Fixture, GINT_TO_POINTER (container), set_up_long,         \
              test_resume, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  install_monitor ();
  ADD ("next", set_up_next, test_next);
  g_test_add ("/prefetch/gives-way", Fixture, NULL, set_up_next, test_gives_way, tear_down);
  g_test_add ("/prefetch/next-only-watched", Fixture, NULL, set_up_next, test_next_only_watched,
              tear_down);
  ADD ("home", set_up_home, test_home);
  ADD ("metered", set_up_home, test_metered);
  g_test_add ("/prefetch/cache-off", Fixture, NULL, set_up_home, test_cache_off, tear_down);
  ADD ("sign-out", set_up_home, test_sign_out);
  ADD_LONG ("matroska", BIJOU_FILM_MATROSKA);
  ADD_LONG ("mp4-index-first", BIJOU_FILM_MP4_INDEX_FIRST);
  ADD_LONG ("mp4-index-last", BIJOU_FILM_MP4_INDEX_LAST);
  return g_test_run ();
}
