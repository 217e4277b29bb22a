#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Writes small real films for the tests and for the demo. */

typedef enum
{
  BIJOU_FILM_MATROSKA,
  BIJOU_FILM_MP4_INDEX_FIRST,
  BIJOU_FILM_MP4_INDEX_LAST,
} BijouFilmContainer;

typedef enum
{
  BIJOU_FILM_H264_AAC,
  BIJOU_FILM_VP9_OPUS,
} BijouFilmCodec;

/* One planar 4:2:0 picture: Y, U, V. The chroma planes have half the size, rounded up. */
typedef struct
{
  guint8 *plane[3];
  int stride[3];
  int width;
  int height;
} BijouFilmPicture;

typedef struct
{
  const char *language; /* (not owned) ISO 639-2 */
  const char *title;    /* (not owned) */
} BijouFilmTrack;

typedef struct
{
  guint64 start_ms;
  const char *title; /* (not owned) */
} BijouFilmChapter;

/*
 * Both are called on a streaming thread of their own, in order, from the first frame or sample on.
 * A sound function fills mono samples at the rate of the film.
 */
typedef void (*BijouFilmDrawFunc) (const BijouFilmPicture *picture, guint frame, gpointer data);
typedef void (*BijouFilmSoundFunc) (
    gint16 *samples, guint n, guint64 first, guint track, gpointer data);
/* Returns (transfer full): the cue of a subtitle track, or NULL after the last one. */
typedef char *(*BijouFilmCueFunc) (
    guint track, guint cue, guint64 *start_ms, guint64 *length_ms, gpointer data);

typedef struct
{
  BijouFilmContainer container;
  BijouFilmCodec codec;
  int width;
  int height;
  int fps;
  guint seconds;
  guint video_kbits;
  int sample_rate;              /* 24000 or 48000 */
  const char *title;            /* (not owned) (nullable) */
  const BijouFilmTrack *sounds; /* (not owned) */
  guint n_sounds;
  const BijouFilmTrack *texts; /* (not owned) */
  guint n_texts;
  const BijouFilmChapter *chapters; /* (not owned): Matroska only, mp4mux has no chapters */
  guint n_chapters;
  BijouFilmDrawFunc draw;
  BijouFilmSoundFunc sound;
  BijouFilmCueFunc cue;
  gpointer data; /* (not owned) */
} BijouFilm;

/*
 * Encodes @film to @path, blocking. The file appears whole: it is written under another name and
 * renamed. GStreamer must be initialised. Fails with a GStreamer or a G_FILE_ERROR error.
 */
gboolean bijou_film_make (const BijouFilm *film, const char *path, GError **error);

G_END_DECLS
