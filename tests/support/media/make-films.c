#include "config.h"

#include "bijou-film-maker.h"

#include <glib/gstdio.h>
#include <gst/gst.h>
#include <math.h>
#include <string.h>

/* bijou-make-films OUTDIR: the small real films that the tests play, made when they are missing. */

#define WIDTH 320
#define HEIGHT 180
#define FPS 25
#define SAMPLE_RATE 48000
#define BLOCK 16
#define CUE_EVERY_MS 4000

static const BijouFilmTrack sounds[] = { { "eng", "English" }, { "fra", "French" } };
static const BijouFilmTrack texts[] = { { "eng", "English" }, { "deu", "German" } };

typedef struct
{
  const char *name;
  BijouFilmContainer container;
  BijouFilmCodec codec;
  guint n_texts;
} Recipe;

static const Recipe recipes[] = {
  { "h264.mkv", BIJOU_FILM_MATROSKA, BIJOU_FILM_H264_AAC, 2 },
  { "vp9.mkv", BIJOU_FILM_MATROSKA, BIJOU_FILM_VP9_OPUS, 2 },
  { "h264-first.mp4", BIJOU_FILM_MP4_INDEX_FIRST, BIJOU_FILM_H264_AAC, 1 },
  { "h264-last.mp4", BIJOU_FILM_MP4_INDEX_LAST, BIJOU_FILM_H264_AAC, 1 },
};

static int seconds = 60;

static void
fill_block (const BijouFilmPicture *picture, int x0, int y0, int size, guint8 y, guint8 u, guint8 v)
{
  for (int row = y0; row < y0 + size; row++)
    memset (picture->plane[0] + row * picture->stride[0] + x0, y, size);
  for (int row = y0 / 2; row < (y0 + size) / 2; row++)
    {
      memset (picture->plane[1] + row * picture->stride[1] + x0 / 2, u, size / 2);
      memset (picture->plane[2] + row * picture->stride[2] + x0 / 2, v, size / 2);
    }
}

static void
draw_ground (const BijouFilmPicture *picture, guint frame)
{
  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++)
      picture->plane[0][y * picture->stride[0] + x] = 40 + ((x + y + 2 * frame) % 256) * 5 / 8;
  for (int y = 0; y < picture->height / 2; y++)
    {
      memset (picture->plane[1] + y * picture->stride[1], 96 + 64 * y / (picture->height / 2),
              picture->width / 2);
      memset (picture->plane[2] + y * picture->stride[2], 128 + 50 * sin (frame / 60.0),
              picture->width / 2);
    }
}

/* The top row spells the frame number, 16 blocks from the highest bit on, so that a test can read
 * from the picture where a seek ended. */
static void
draw_frame (const BijouFilmPicture *picture, guint frame, gpointer data)
{
  int x = (frame * 3) % (2 * (picture->width - 48));
  int y = 40 + (frame * 2) % (2 * (picture->height - 90));

  draw_ground (picture, frame);
  x = x < picture->width - 48 ? x : 2 * (picture->width - 48) - x;
  y = y < picture->height - 50 ? y : 2 * (picture->height - 50) - y;
  fill_block (picture, x & ~1, y & ~1, 48, 210, 90, 170);
  for (int i = 0; i < 16; i++)
    fill_block (picture, i * BLOCK, 0, BLOCK, (frame >> (15 - i)) & 1 ? 235 : 16, 128, 128);
}

/* English is an A, French a C sharp above it; both beep once a second. */
static void
make_sound (gint16 *samples, guint n, guint64 first, guint track, gpointer data)
{
  double pitch = track == 0 ? 440.0 : 554.37;

  for (guint i = 0; i < n; i++)
    {
      double t = (double) (first + i) / SAMPLE_RATE;
      double loud = fmod (t, 1.0) < 0.1 ? 0.4 : 0.1;

      samples[i] = 32767 * loud * sin (2 * G_PI * pitch * t);
    }
}

static char *
make_cue (guint track, guint cue, guint64 *start_ms, guint64 *length_ms, gpointer data)
{
  *start_ms = 1000 + (guint64) cue * CUE_EVERY_MS;
  *length_ms = 2500;
  if (*start_ms + *length_ms > (guint64) seconds * 1000)
    return NULL;
  return g_strdup_printf (track == 0 ? "Line %u" : "Zeile %u", cue + 1);
}

static BijouFilm
describe_film (const Recipe *recipe, const BijouFilmChapter *chapters, guint n_chapters)
{
  BijouFilm film = { 0 };

  film.container = recipe->container;
  film.codec = recipe->codec;
  film.width = WIDTH;
  film.height = HEIGHT;
  film.fps = FPS;
  film.seconds = seconds;
  film.video_kbits = 300;
  film.sample_rate = SAMPLE_RATE;
  film.title = "A film of the tests";
  film.sounds = sounds;
  film.n_sounds = G_N_ELEMENTS (sounds);
  film.texts = texts;
  film.n_texts = recipe->n_texts;
  film.chapters = chapters;
  film.n_chapters = n_chapters;
  film.draw = draw_frame;
  film.sound = make_sound;
  film.cue = make_cue;
  return film;
}

static gboolean
make_when_missing (const Recipe *recipe, const char *folder, GError **error)
{
  g_autofree char *path = g_build_filename (folder, recipe->name, NULL);
  BijouFilmChapter chapters[] = {
    { 0, "Opening" },
    { seconds * 250, "The Garden" },
    { seconds * 500, "Night" },
    { seconds * 750, "Credits" },
  };
  BijouFilm film = describe_film (recipe, chapters, G_N_ELEMENTS (chapters));

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  return bijou_film_make (&film, path, error);
}

static const char *
parse_arguments (int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Length of each film (60)", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("OUTDIR");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return NULL;
  if (*argc == 2 && seconds >= 4)
    return (*argv)[1];
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "one folder, and at least four seconds");
  return NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const char *folder = parse_arguments (&argc, &argv, &error);

  gst_init (NULL, NULL);
  if (folder != NULL)
    g_mkdir_with_parents (folder, 0755);
  for (guint i = 0; error == NULL && i < G_N_ELEMENTS (recipes); i++)
    make_when_missing (&recipes[i], folder, &error);
  if (error == NULL)
    return 0;
  g_printerr ("bijou-make-films: %s\n", error->message);
  return 1;
}
