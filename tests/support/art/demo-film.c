#include "config.h"

#include "demo-film.h"

#include "bijou-film-maker.h"
#include "demo-catalogue.h"
#include "demo-finish.h"
#include "demo-music.h"
#include "demo-picture.h"

#include <math.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 360
/* Enough for pans of a pixel a frame. */
#define FPS 8
/* The chords end far below half of it. */
#define SAMPLE_RATE 24000
/* The still that a pan moves over. */
#define STILL_W 832
#define STILL_H 468
#define FADE_FRAMES FPS
#define CUE_EVERY_MS 9000
#define CUE_LENGTH_MS 4500

static const char *const chapter_titles[] = {
  "A Light Upstairs",  "The Letter",       "Across the Water", "What the Rain Said",
  "An Hour Too Early", "Under the Bridge", "The Other Door",   "Long Shadows",
  "Nobody’s Garden",   "The Walk Home",    "Second Thoughts",  "By Candlelight",
};

static const char *const cues[][2] = {
  { "It always begins like this.", "So fängt es immer an." },
  { "You can still turn back, you know.", "Noch kannst du umkehren, weißt du." },
  { "I have come too far for that.", "Dafür bin ich zu weit gekommen." },
  { "Listen.", "Hör mal." },
  { "There was never a wind like this in May.", "So einen Wind gab es im Mai noch nie." },
  { "Do you remember the old house?", "Erinnerst du dich an das alte Haus?" },
  { "Every room of it.", "An jedes Zimmer." },
  { "Then you remember what we left there.", "Dann weißt du auch, was wir dort ließen." },
  { "Somebody has to keep the light on.", "Irgendwer muss das Licht anlassen." },
  { "Why you?", "Warum gerade du?" },
  { "Because I was awake.", "Weil ich wach war." },
  { "They will ask questions in the morning.", "Morgen früh werden sie Fragen stellen." },
  { "In the morning I shall have answers.", "Morgen früh werde ich Antworten haben." },
  { "Wait. Over there.", "Warte. Da drüben." },
  { "I see it.", "Ich sehe es." },
  { "It looks smaller than it did.", "Es sieht kleiner aus als früher." },
  { "We are the ones who grew.", "Wir sind es, die gewachsen sind." },
  { "Come, it is getting late.", "Komm, es wird spät." },
  { "One more minute.", "Noch eine Minute." },
  { "Then home.", "Dann nach Hause." },
};

static const BijouFilmTrack sounds[] = { { "eng", "English" }, { "fra", "French" } };
static const BijouFilmTrack texts[] = { { "eng", "English" }, { "deu", "German" } };

/* A still in 4:2:0, with a row and a column more than it shows, for the sample beyond. */
typedef struct
{
  guint8 *plane[3]; /* (owned) */
  int stride[3];
  double from[2]; /* where the pan begins, in pixels */
  double to[2];
} Still;

typedef struct
{
  const DemoTitle *title; /* (not owned) */
  guint seconds;
  Still stills[DEMO_FILM_CHAPTERS];
  int key;
} Work;

static guint
hash_of (const DemoTitle *title)
{
  return g_str_hash (title->id);
}

const char *
demo_film_chapter_title (const DemoTitle *title, guint chapter)
{
  guint n = G_N_ELEMENTS (chapter_titles);

  if (chapter == 0)
    return "Opening";
  return chapter_titles[(hash_of (title) + chapter * 5) % n];
}

static guint8
limit (double v)
{
  return CLAMP (v + 0.5, 0, 255);
}

/* BT.709, limited range. */
static void
store_luma (Still *still, int x, int y, guint32 pixel)
{
  double r = (pixel >> 16) & 255, g = (pixel >> 8) & 255, b = pixel & 255;

  still->plane[0][y * still->stride[0] + x] =
      limit (16 + (0.2126 * r + 0.7152 * g + 0.0722 * b) * 219 / 255);
}

static void
store_chroma (Still *still, int x, int y, guint32 pixel)
{
  double r = (pixel >> 16) & 255, g = (pixel >> 8) & 255, b = pixel & 255;
  double luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;

  still->plane[1][y * still->stride[1] + x] = limit (128 + (b - luma) / 1.8556 * 224 / 255);
  still->plane[2][y * still->stride[2] + x] = limit (128 + (r - luma) / 1.5748 * 224 / 255);
}

static void
convert (Still *still, cairo_surface_t *surface)
{
  const guint8 *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (int c = 0; c < 3; c++)
    {
      still->stride[c] = c == 0 ? STILL_W : STILL_W / 2;
      still->plane[c] = g_malloc ((gsize) still->stride[c] * (c == 0 ? STILL_H : STILL_H / 2));
    }
  for (int y = 0; y < STILL_H; y++)
    {
      const guint32 *row = (const guint32 *) (const void *) (pixels + (gsize) y * stride);

      for (int x = 0; x < STILL_W; x++)
        store_luma (still, x, y, row[x]);
      for (int x = 0; y % 2 == 0 && x < STILL_W / 2; x++)
        store_chroma (still, x, y / 2, row[2 * x]);
    }
}

static void
choose_pan (Still *still, guint turn)
{
  double free_x = STILL_W - WIDTH - 4, free_y = STILL_H - HEIGHT - 4;
  gboolean right = turn % 2 == 0, down = turn % 3 == 0;

  still->from[0] = right ? 0 : free_x;
  still->to[0] = right ? free_x : 0;
  still->from[1] = down ? free_y * 0.2 : free_y * 0.9;
  still->to[1] = down ? free_y * 0.9 : free_y * 0.2;
}

/* Every other chapter is the title's own scene; the others are elsewhere in the same light. */
static DemoScene
choose_scene (const DemoTitle *title, guint chapter)
{
  static const DemoScene elsewhere[] = { DEMO_LAMP, DEMO_TREE, DEMO_SEA,      DEMO_FOREST,
                                         DEMO_CITY, DEMO_ROAD, DEMO_CORRIDOR, DEMO_MOUNTAINS };

  if (chapter % 2 == 0)
    return title->scene;
  return elsewhere[(hash_of (title) + chapter) % G_N_ELEMENTS (elsewhere)];
}

/* @folder: (nullable): where its picture goes */
static gboolean
draw_still (Work *work, guint chapter, const char *folder, GError **error)
{
  static const double subjects[] = { 0.62, 0.42, 0.40, 0.55, 0.52 };
  const DemoTitle *title = work->title;
  cairo_surface_t *surface =
      demo_picture_draw_scene (choose_scene (title, chapter), title->palette, title->id,
                               chapter / 2 * 7, STILL_W, STILL_H, subjects[chapter]);
  gboolean saved = TRUE;

  demo_finish (surface, 0.28, 0.2, 0.008);
  if (folder != NULL)
    {
      g_autofree char *name = demo_file_chapter (title, chapter);
      g_autofree char *path = g_build_filename (folder, name, NULL);

      saved = demo_picture_chapter (surface, path, error);
    }
  convert (&work->stills[chapter], surface);
  choose_pan (&work->stills[chapter], hash_of (title) + chapter);
  cairo_surface_destroy (surface);
  return saved;
}

/* In sixteen bits, so that the compiler makes vectors of it. */
static void
blend_row (guint8 *restrict out, const guint8 *a, const guint8 *b, int n, const guint16 weight[4])
{
  for (int x = 0; x < n; x++)
    out[x] = (guint16) (a[x] * weight[0] + a[x + 1] * weight[1] + b[x] * weight[2] +
                        b[x + 1] * weight[3] + 128) >>
             8;
}

/* Cuts a window out at a place between pixels. */
static void
cut (const Still *still, const BijouFilmPicture *picture, int c, double x, double y)
{
  int scale = c == 0 ? 1 : 2, w = picture->width / scale, h = picture->height / scale;
  int ix, iy, fx, fy;

  x /= scale;
  y /= scale;
  ix = x;
  iy = y;
  fx = (x - ix) * 16;
  fy = (y - iy) * 16;
  for (int row = 0; row < h; row++)
    {
      const guint16 weight[] = { (16 - fx) * (16 - fy), fx * (16 - fy), (16 - fx) * fy, fx * fy };
      const guint8 *a = still->plane[c] + (row + iy) * still->stride[c] + ix;

      blend_row (picture->plane[c] + row * picture->stride[c], a, a + still->stride[c], w, weight);
    }
}

static void
show_still (const Still *still, const BijouFilmPicture *picture, double t)
{
  double x, y;

  t = CLAMP (t, 0, 1);
  t = t * t * (3 - 2 * t);
  x = still->from[0] + (still->to[0] - still->from[0]) * t;
  y = still->from[1] + (still->to[1] - still->from[1]) * t;
  for (int c = 0; c < 3; c++)
    cut (still, picture, c, x, y);
}

/* Lays @over onto @picture. */
static void
mix_pictures (const BijouFilmPicture *picture, const BijouFilmPicture *over, double amount)
{
  int k = amount * 256;

  for (int c = 0; c < 3; c++)
    for (int y = 0; y < picture->height / (c == 0 ? 1 : 2); y++)
      {
        guint8 *to = picture->plane[c] + y * picture->stride[c];
        const guint8 *from = over->plane[c] + y * over->stride[c];

        for (int x = 0; x < picture->width / (c == 0 ? 1 : 2); x++)
          to[x] += ((from[x] - to[x]) * k) >> 8;
      }
}

static void
fade_to_black (const BijouFilmPicture *picture, double amount)
{
  for (int c = 0; c < 3; c++)
    for (int y = 0; y < picture->height / (c == 0 ? 1 : 2); y++)
      for (int x = 0; x < picture->width / (c == 0 ? 1 : 2); x++)
        {
          guint8 *at = picture->plane[c] + y * picture->stride[c] + x;
          int black = c == 0 ? 16 : 128;

          *at = black + (*at - black) * amount;
        }
}

static void
draw_frame (const BijouFilmPicture *picture, guint frame, gpointer data)
{
  Work *work = data;
  guint total = work->seconds * FPS, length = total / DEMO_FILM_CHAPTERS;
  guint chapter = MIN (frame / length, DEMO_FILM_CHAPTERS - 1), at = frame - chapter * length;

  show_still (&work->stills[chapter], picture, (double) at / length);
  if (chapter > 0 && at < FADE_FRAMES)
    {
      g_autofree guint8 *memory = g_malloc (WIDTH * HEIGHT * 3 / 2);
      BijouFilmPicture before = *picture;

      before.plane[0] = memory;
      before.plane[1] = memory + WIDTH * HEIGHT;
      before.plane[2] = before.plane[1] + WIDTH * HEIGHT / 4;
      before.stride[0] = WIDTH;
      before.stride[1] = before.stride[2] = WIDTH / 2;
      show_still (&work->stills[chapter - 1], &before, 1);
      mix_pictures (picture, &before, 1 - (double) at / FADE_FRAMES);
    }
  if (frame < FADE_FRAMES)
    fade_to_black (picture, (double) frame / FADE_FRAMES);
  else if (frame + FADE_FRAMES > total)
    fade_to_black (picture, (double) (total - frame - 1) / FADE_FRAMES);
}

static void
make_sound (gint16 *samples, guint n, guint64 first, guint track, gpointer data)
{
  Work *work = data;

  demo_music_fill (samples, n, first, SAMPLE_RATE, work->key + (track == 0 ? 0 : 5), track);
}

static char *
make_cue (guint track, guint cue, guint64 *start_ms, guint64 *length_ms, gpointer data)
{
  Work *work = data;

  *start_ms = 2000 + (guint64) cue * CUE_EVERY_MS;
  *length_ms = CUE_LENGTH_MS;
  if (*start_ms + *length_ms > work->seconds * 1000)
    return NULL;
  return g_strdup (cues[cue % G_N_ELEMENTS (cues)][track]);
}

static void
work_clear (Work *self)
{
  for (guint i = 0; i < DEMO_FILM_CHAPTERS; i++)
    for (int c = 0; c < 3; c++)
      g_free (self->stills[i].plane[c]);
}

static gboolean
make (const DemoTitle *title, guint seconds, gboolean small, const char *path, GError **error)
{
  Work work = { .title = title, .seconds = seconds, .key = hash_of (title) % 7 };
  BijouFilmChapter chapters[DEMO_FILM_CHAPTERS];
  BijouFilm film = {
    .container = BIJOU_FILM_MATROSKA,
    .codec = BIJOU_FILM_H264_AAC,
    .width = WIDTH,
    .height = HEIGHT,
    .fps = FPS,
    .seconds = seconds,
    .sample_rate = SAMPLE_RATE,
    .video_kbits = small ? 200 : 400,
    .title = title->title,
    .sounds = sounds,
    .n_sounds = small ? 1 : G_N_ELEMENTS (sounds),
    .texts = texts,
    .n_texts = G_N_ELEMENTS (texts),
    .chapters = chapters,
    .n_chapters = DEMO_FILM_CHAPTERS,
    .draw = draw_frame,
    .sound = make_sound,
    .cue = make_cue,
    .data = &work,
  };
  g_autofree char *folder = small ? NULL : g_path_get_dirname (path);
  gboolean made = TRUE;

  for (guint i = 0; made && i < DEMO_FILM_CHAPTERS; i++)
    {
      made = draw_still (&work, i, folder, error);
      chapters[i].start_ms = (guint64) seconds * 1000 * i / DEMO_FILM_CHAPTERS;
      chapters[i].title = demo_film_chapter_title (title, i);
    }
  made = made && bijou_film_make (&film, path, error);
  work_clear (&work);
  return made;
}

gboolean
demo_film_make (const DemoTitle *title, guint seconds, const char *path, GError **error)
{
  return make (title, seconds, FALSE, path, error);
}

gboolean
demo_film_make_small (const DemoTitle *title, guint seconds, const char *path, GError **error)
{
  return make (title, seconds, TRUE, path, error);
}
