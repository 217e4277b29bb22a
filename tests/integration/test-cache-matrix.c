#define _GNU_SOURCE

#include "bijou-cache-src.h"
#include "bijou-entry-source.h"
#include "bijou-film-maker.h"
#include "bijou-test-files.h"

#include "cache-fixture.h"

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Whatever goes wrong while a film plays: it is read to its end through the element and compared
 * byte for byte, or a clear error comes soon; and what stays on disk is true.
 *
 *   test-cache-matrix CONTAINER
 *
 * BIJOU_TRUE_LENGTHS=1 takes the stall of 20 s and the 503 phase of 15 s at their length, with the
 * patience that the program has; else all are shortened together. */

#define SECONDS 8
#define SEEKS 30
/* A cell that takes longer hangs. */
#define DEADLINE_S 30
/* From the moment when nothing more can be done. */
#define ERROR_S 5
#define BLOCK (64 * 1024)
#define ASYNC_LIMIT (DEADLINE_S * GST_SECOND)

typedef struct
{
  BijouFilmContainer container;
  const char *name;
  const char *file;
  const char *demuxer;
} Container;

static const Container containers[] = {
  { BIJOU_FILM_MATROSKA, "matroska", "film.mkv", "matroskademux" },
  { BIJOU_FILM_MP4_INDEX_FIRST, "mp4-index-first", "first.mp4", "qtdemux" },
  { BIJOU_FILM_MP4_INDEX_LAST, "mp4-index-last", "last.mp4", "qtdemux" },
};

static const Container *container;
static char *content;
static gsize content_size;
static gboolean true_lengths;

/* --- the film --- */

/* Noise cannot be compressed: a few seconds are megabytes. */
static void
draw (const BijouFilmPicture *picture, guint frame, gpointer data)
{
  GRand *rand = g_rand_new_with_seed (frame);

  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      picture->plane[0][y * picture->stride[0] + x] = (guint8) g_rand_int (rand);
  for (int y = 0; y < (picture->height + 1) / 2; y++)
    for (int plane = 1; plane < 3; plane++)
      memset (picture->plane[plane] + y * picture->stride[plane], 128,
              (gsize) (picture->width + 1) / 2);
  g_rand_free (rand);
}

static void
make_film (void)
{
  g_autofree char *folder = g_dir_make_tmp ("bijou-matrix-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, container->file, NULL);
  g_autoptr (GError) error = NULL;
  BijouFilm film = { .container = container->container,
                     .codec = BIJOU_FILM_H264_AAC,
                     .width = 160,
                     .height = 90,
                     .fps = 25,
                     .seconds = SECONDS,
                     .video_kbits = 4000,
                     .sample_rate = 48000,
                     .draw = draw };

  bijou_film_make (&film, path, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &content, &content_size, NULL));
  bijou_test_remove_tree (folder);
}

/* --- a cell --- */

typedef struct
{
  char *directory;
  Film *film;
  Loopback *server;
  Loopback *other; /* the same film elsewhere */
  BijouHttp *http;
  TestOrigin *origin;
  BijouMediaCache *cache;
  struct rlimit old_limit;
  gint64 hopeless_since; /* monotonic µs, 0: the film can go on */
  const char *expected;  /* what is to be read */
  BijouRangeMap *seen;   /* what was read */
} Cell;

typedef struct
{
  const char *name;
  void (*prepare) (Cell *cell); /* (nullable): before the film is opened */
  FilmTurnFunc turn;            /* (nullable): when a third of it was served */
  gboolean may_fail;            /* the first run through the film may end with an error */
} Fault;

typedef struct
{
  const Fault *fault;
  gboolean seeks;
} Plan;

static const gint64 big_budget = (gint64) 1 << 40;

static void
set_up (Cell *cell, gconstpointer data)
{
  cell->directory = g_dir_make_tmp ("bijou-cache-XXXXXX", NULL);
  cell->film = film_new_for_data (g_memdup2 (content, content_size), (gint64) content_size);
  g_atomic_int_set (&cell->film->pace_us, 1000);
  cell->server = loopback_new (film_serve, cell->film);
  cell->other = loopback_new (film_serve, cell->film);
  cell->http = bijou_http_new (NULL);
  cell->origin = test_origin_new (cell->server);
  cell->cache = bijou_media_cache_new (cell->http, cell->directory, big_budget);
  cell->seen = bijou_range_map_new ();
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &cell->old_limit), ==, 0);
}

static void
tear_down (Cell *cell, gconstpointer data)
{
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &cell->old_limit), ==, 0);
  g_clear_object (&cell->cache);
  g_clear_object (&cell->http);
  loopback_free (cell->server);
  loopback_free (cell->other);
  g_object_unref (cell->origin);
  film_free (cell->film);
  bijou_range_map_free (cell->seen);
  bijou_test_remove_tree (cell->directory);
  g_unlink (cell->directory);
  g_free (cell->directory);
}

static BijouCacheEntry *
open_entry (Cell *cell)
{
  BijouCacheKey key = { "server", "item", "part", (gint64) content_size, "v1" };
  BijouCacheEntry *entry =
      bijou_media_cache_open_to_play (cell->cache, &key, BIJOU_MEDIA_ORIGIN (cell->origin), 0);

  if (!true_lengths)
    bijou_cache_entry_set_patience (entry, 600, 6000);
  return entry;
}

static GstElement *
create_source (Cell *cell)
{
  g_autoptr (BijouCacheEntry) entry = open_entry (cell);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouEntrySource) source = bijou_entry_source_new (entry, NULL, &error);
  GstElement *element = gst_element_factory_make ("bijoucachesrc", NULL);

  g_assert_no_error (error);
  g_object_set (element, "source", source, NULL);
  return element;
}

static void
compare (Cell *cell, GstBuffer *buffer, guint64 offset)
{
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpuint (offset + map.size, <=, (guint64) cell->film->size);
  if (memcmp (map.data, cell->expected + offset, map.size) != 0)
    g_error ("Wrong bytes at %" G_GUINT64_FORMAT, offset);
  bijou_range_map_add (cell->seen, (gint64) offset, (gint64) (offset + map.size));
  gst_buffer_unmap (buffer, &map);
}

static GstPadProbeReturn
on_pulled_cb (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  compare (user_data, GST_PAD_PROBE_INFO_BUFFER (info), GST_PAD_PROBE_INFO_OFFSET (info));
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn
on_pushed_cb (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  GstBuffer *buffer = GST_PAD_PROBE_INFO_BUFFER (info);

  compare (user_data, buffer, GST_BUFFER_OFFSET (buffer));
  return GST_PAD_PROBE_OK;
}

static void
watch (Cell *cell, GstElement *element, GstPadProbeType type, GstPadProbeCallback callback)
{
  g_autoptr (GstPad) pad = gst_element_get_static_pad (element, "src");

  bijou_range_map_clear (cell->seen);
  gst_pad_add_probe (pad, type, callback, cell, NULL);
}

static void
on_pad_added_cb (GstElement *demuxer, GstPad *pad, gpointer user_data)
{
  g_autoptr (GstPad) sink = gst_element_get_static_pad (user_data, "sink");

  g_assert_cmpint (gst_pad_link (pad, sink), ==, GST_PAD_LINK_OK);
}

/* As a player reads: the demuxer pulls from where it likes. */
static GstElement *
create_player (Cell *cell)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = create_source (cell);
  GstElement *demuxer = gst_element_factory_make (container->demuxer, NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, demuxer, sink, NULL);
  g_assert_true (gst_element_link (source, demuxer));
  g_signal_connect (demuxer, "pad-added", G_CALLBACK (on_pad_added_cb), sink);
  watch (cell, source, GST_PAD_PROBE_TYPE_PULL | GST_PAD_PROBE_TYPE_BUFFER, on_pulled_cb);
  /* With no ranges it is read from its start on. */
  watch (cell, source, GST_PAD_PROBE_TYPE_PUSH | GST_PAD_PROBE_TYPE_BUFFER, on_pushed_cb);
  return pipeline;
}

/* From the first byte to the last. */
static GstElement *
create_copier (Cell *cell)
{
  GstElement *pipeline = gst_pipeline_new (NULL);
  GstElement *source = create_source (cell);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);

  g_object_set (sink, "sync", FALSE, NULL);
  gst_bin_add_many (GST_BIN (pipeline), source, sink, NULL);
  g_assert_true (gst_element_link (source, sink));
  watch (cell, source, GST_PAD_PROBE_TYPE_PUSH | GST_PAD_PROBE_TYPE_BUFFER, on_pushed_cb);
  return pipeline;
}

/* Returns (nullable): why it failed. */
static GError *
wait_on_bus (GstElement *pipeline, GstMessageType wanted)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);
  g_autoptr (GstMessage) message =
      gst_bus_timed_pop_filtered (bus, ASYNC_LIMIT, wanted | GST_MESSAGE_ERROR);
  g_autofree char *details = NULL;
  GError *error = NULL;

  if (message == NULL)
    g_error ("The film hangs");
  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ERROR)
    return NULL;
  gst_message_parse_error (message, &error, &details);
  g_test_message ("%s (%s)", error->message, details);
  return error;
}

static GError *
seek_about (GstElement *pipeline)
{
  GError *error = NULL;

  gst_element_set_state (pipeline, GST_STATE_PAUSED);
  error = wait_on_bus (pipeline, GST_MESSAGE_ASYNC_DONE);
  for (int i = 0; error == NULL && i < SEEKS; i++)
    {
      /* The last one goes back to the start. */
      gint64 target = i == SEEKS - 1 ? 0 : g_test_rand_int_range (0, SECONDS * 1000);

      if (!gst_element_seek_simple (pipeline, GST_FORMAT_TIME,
                                    GST_SEEK_FLAG_FLUSH | GST_SEEK_FLAG_KEY_UNIT,
                                    target * GST_MSECOND))
        return wait_on_bus (pipeline, 0);
      error = wait_on_bus (pipeline, GST_MESSAGE_ASYNC_DONE);
    }
  return error;
}

/* Takes the pipeline. */
static GError *
run (GstElement *pipeline, gboolean seeks)
{
  GError *error = seeks ? seek_about (pipeline) : NULL;

  if (error == NULL)
    {
      gst_element_set_state (pipeline, GST_STATE_PLAYING);
      error = wait_on_bus (pipeline, GST_MESSAGE_EOS);
    }
  gst_element_set_state (pipeline, GST_STATE_NULL);
  gst_object_unref (pipeline);
  return error;
}

/* Runs once through the film. Returns whether it came to its end; else that is told soon. */
static gboolean
try (Cell *cell, GstElement *pipeline, const Plan *plan, gboolean seeks)
{
  g_autoptr (GError) error = run (pipeline, seeks);

  if (error == NULL)
    return TRUE;
  if (!plan->fault->may_fail || cell->expected != content)
    g_assert_no_error (error);
  g_assert_cmpint (g_get_monotonic_time () - cell->hopeless_since, <, ERROR_S * G_TIME_SPAN_SECOND);
  /* Whoever comes now gets what is there now. */
  cell->expected = cell->film->body;
  return FALSE;
}

static void
test_cell (Cell *cell, gconstpointer data)
{
  const Plan *plan = data;

  if (plan->fault->prepare != NULL)
    plan->fault->prepare (cell);
  cell->expected = content;
  film_set_turn (cell->film, plan->fault->turn, cell,
                 g_atomic_int_get (&cell->film->served) + (gint) content_size / 3);

  if (try (cell, create_player (cell), plan, plan->seeks))
    g_assert_cmpint (bijou_range_map_get_total (cell->seen), >, (gint64) content_size * 9 / 10);
  if (plan->fault->turn != NULL)
    g_assert_true (g_atomic_int_get (&cell->film->turned));

  /* All of it. */
  if (!try (cell, create_copier (cell), plan, FALSE))
    try (cell, create_copier (cell), plan, FALSE);
  g_assert_cmpint (bijou_range_map_get_total (cell->seen), ==, cell->film->size);
  bijou_media_cache_flush (cell->cache);
  assert_claims_hold (cell->directory, cell->expected, cell->film->size);
}

/* --- the faults --- */

static void
serve_no_ranges (Cell *cell)
{
  g_atomic_int_set (&cell->film->no_range, TRUE);
}

static void
serve_wrong_ranges (Cell *cell)
{
  g_atomic_int_set (&cell->film->lies, G_MAXINT);
}

static FilmTurn
lie_for_once (Film *film, gpointer user_data)
{
  g_atomic_int_set (&film->lies, 1);
  return FILM_RESETS;
}

static FilmTurn
break_off (Film *film, gpointer user_data)
{
  return FILM_BREAKS_OFF;
}

static void
reset_often (Cell *cell)
{
  g_atomic_int_set (&cell->film->cut_after, 1024 * 1024);
  g_atomic_int_set (&cell->film->resets, TRUE);
}

static FilmTurn
stall (Film *film, gpointer user_data)
{
  film->stall_ms = true_lengths ? 20000 : 1000;
  return FILM_STALLS;
}

static FilmTurn
be_unavailable (Film *film, gpointer user_data)
{
  g_atomic_pointer_set (&film->status_extra, "Retry-After: 0\r\n");
  g_atomic_int_set (&film->unavailable_ms, film_get_age_ms (film) + (true_lengths ? 15000 : 400));
  return FILM_RESETS;
}

static FilmTurn
ask_for_new_token (Film *film, gpointer user_data)
{
  Cell *cell = user_data;

  g_atomic_int_set (&film->token, g_atomic_int_get (&cell->origin->token) + 1);
  return FILM_RESETS;
}

static FilmTurn
move_away (Film *film, gpointer user_data)
{
  Cell *cell = user_data;

  g_atomic_int_set (&cell->origin->next_port, (gint) loopback_get_port (cell->other));
  return FILM_RESETS;
}

static FilmTurn
change (Film *film, gpointer user_data)
{
  Cell *cell = user_data;

  film_replace (film, film_create_other_body (film), film->size, "\"two\"");
  cell->hopeless_since = g_get_monotonic_time ();
  return FILM_RESETS;
}

static void
fill_disk (Cell *cell)
{
  struct rlimit small = cell->old_limit;

  signal (SIGXFSZ, SIG_IGN);
  small.rlim_cur = content_size / 3;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
}

/* Nothing can be made in it, by root neither. */
static void
make_read_only (Cell *cell)
{
  g_rmdir (cell->directory);
  g_assert_true (g_file_set_contents (cell->directory, "", 0, NULL));
}

/* The folder turns read-only under way: the data file is open, its sidecar cannot be written. */
static FilmTurn
forbid_sidecar (Film *film, gpointer user_data)
{
  Cell *cell = user_data;
  g_autofree char *data = find_file (cell->directory, ".data");
  g_autofree char *stem = g_strndup (data, strlen (data) - strlen (".data"));
  g_autofree char *sidecar = g_strconcat (stem, ".json", NULL);
  g_autofree char *inside = g_build_filename (sidecar, "inside", NULL);

  g_unlink (sidecar);
  g_assert_cmpint (g_mkdir_with_parents (inside, 0700), ==, 0);
  return FILM_GOES_ON;
}

/* Half of the film is there, and nobody has it open. */
static void
fill_half (Cell *cell)
{
  BijouCacheEntry *entry = open_entry (cell);
  BijouCacheReader *reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_PLAYBACK);
  g_autofree char *buffer = g_malloc (BLOCK);
  gint64 offset = 0;

  g_atomic_int_set (&cell->film->hang_at, (gint) content_size / 2);
  while (offset < (gint64) content_size / 2)
    {
      gssize got = bijou_cache_entry_read (entry, reader, offset, buffer, BLOCK, NULL, NULL);

      g_assert_cmpint (got, >, 0);
      offset += got;
    }
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (cell->cache);
  g_atomic_int_set (&cell->film->hang_at, 0);
  g_assert_cmpint (assert_claims_hold (cell->directory, content, cell->film->size), >, 0);
}

static void
write_garbage (Cell *cell)
{
  g_autofree char *path = NULL;

  fill_half (cell);
  path = find_file (cell->directory, ".json");
  g_assert_true (g_file_set_contents (path, "{\"format\":2,\"extents\":[[0,", -1, NULL));
}

/* It parses, and it claims all. */
static void
claim_too_much (Cell *cell)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;
  g_autofree char *all = g_strdup_printf ("[0,%" G_GSIZE_FORMAT "]", content_size);
  g_autofree char *data = NULL;
  g_autoptr (GRegex) extent = g_regex_new ("\\[\\d+,\\d+\\]", 0, 0, NULL);
  g_autofree char *changed = NULL;

  fill_half (cell);
  path = find_file (cell->directory, ".json");
  data = find_file (cell->directory, ".data");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  changed = g_regex_replace_literal (extent, text, -1, 0, all, 0, NULL);
  g_assert_cmpstr (changed, !=, text);
  g_assert_true (g_file_set_contents (path, changed, -1, NULL));
  g_assert_cmpint (truncate (data, (off_t) content_size), ==, 0);
}

static void
cut_data (Cell *cell)
{
  g_autofree char *path = NULL;

  fill_half (cell);
  path = find_file (cell->directory, ".data");
  g_assert_cmpint (truncate (path, 12345), ==, 0);
}

static void
lengthen_data (Cell *cell)
{
  g_autofree char *path = NULL;

  fill_half (cell);
  path = find_file (cell->directory, ".data");
  g_assert_cmpint (truncate (path, (off_t) content_size * 2), ==, 0);
}

static FilmTurn
delete_directory (Film *film, gpointer user_data)
{
  Cell *cell = user_data;

  bijou_test_remove_tree (cell->directory);
  return FILM_GOES_ON;
}

static const Fault faults[] = {
  { "none", NULL, NULL, FALSE },
  { "no-range", serve_no_ranges, NULL, FALSE },
  { "wrong-range", serve_wrong_ranges, NULL, FALSE },
  { "wrong-range-once", NULL, lie_for_once, FALSE },
  { "short-body", NULL, break_off, FALSE },
  { "reset-every-megabyte", reset_often, NULL, FALSE },
  { "stall", NULL, stall, FALSE },
  { "unavailable", NULL, be_unavailable, FALSE },
  { "new-token", NULL, ask_for_new_token, FALSE },
  { "address-change", NULL, move_away, FALSE },
  { "changed-on-server", NULL, change, TRUE },
  { "disk-full", fill_disk, NULL, FALSE },
  { "read-only-directory", make_read_only, NULL, FALSE },
  { "read-only-under-way", NULL, forbid_sidecar, FALSE },
  { "corrupt-sidecar", write_garbage, NULL, FALSE },
  { "corrupt-claims", claim_too_much, NULL, FALSE },
  { "data-too-short", cut_data, NULL, FALSE },
  { "data-too-long", lengthen_data, NULL, FALSE },
  { "directory-deleted", NULL, delete_directory, FALSE },
};

static void
add_cells (void)
{
  static Plan plans[G_N_ELEMENTS (faults)][2];

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    for (int seeks = 0; seeks < 2; seeks++)
      {
        g_autofree char *path = g_strdup_printf ("/cache-matrix/%s/%s/%s", container->name,
                                                 faults[i].name, seeks ? "seeks" : "through");

        plans[i][seeks].fault = &faults[i];
        plans[i][seeks].seeks = seeks;
        g_test_add (path, Cell, &plans[i][seeks], set_up, test_cell, tear_down);
      }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  gst_init (NULL, NULL);
  bijou_cache_src_register ();
  true_lengths = g_getenv ("BIJOU_TRUE_LENGTHS") != NULL;
  for (gsize i = 0; argc > 1 && i < G_N_ELEMENTS (containers); i++)
    if (g_str_equal (argv[1], containers[i].name))
      container = &containers[i];
  if (container == NULL)
    g_error ("Which container?");

  make_film ();
  add_cells ();
  status = g_test_run ();
  g_free (content);
  return status;
}
