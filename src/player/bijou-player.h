#pragma once

#include "bijou-byte-source.h"
#include "bijou-detail.h"
#include "bijou-error.h"
#include "bijou-track.h"

G_BEGIN_DECLS

typedef enum
{
  BIJOU_PLAYER_IDLE,    /* nothing is loaded */
  BIJOU_PLAYER_LOADING, /* up to the first picture at the place where playing begins */
  BIJOU_PLAYER_PLAYING,
  BIJOU_PLAYER_PAUSED,
  BIJOU_PLAYER_STALLED, /* would play, waits for bytes */
  BIJOU_PLAYER_ENDED,   /* the file played to its end */
  BIJOU_PLAYER_FAILED,
} BijouPlayerState;

const char *bijou_player_state_to_string (BijouPlayerState state);

#define BIJOU_TYPE_PLAYER_STATE (bijou_player_state_get_type ())
GType bijou_player_state_get_type (void);

typedef enum
{
  BIJOU_SEEK_ACCURATE, /* to the very frame */
  BIJOU_SEEK_KEY_UNIT, /* to a key frame nearby: quick, for previews while dragging */
} BijouSeekMode;

/**
 * BijouPlayerLoad:
 * What to play and how to begin.
 */
typedef struct
{
  BijouByteSource *source;
  const char
      *container; /* (nullable) "mkv": spares finding it out, which reads all over the file */
  gint64 start_ms;
  gboolean paused; /* stop at the first picture */
  int audio_track; /* number among the audio tracks, -1: the file's default */
  int text_track;  /* number among the text tracks of the file, -1: none */
} BijouPlayerLoad;

/**
 * BijouPlayerStats:
 * What is being decoded and shown.
 */
typedef struct
{
  char *video_codec;   /* (owned) (nullable) */
  char *audio_codec;   /* (owned) (nullable) */
  char *video_decoder; /* (owned) (nullable) name of the element */
  int width;           /* 0 unknown */
  int height;          /* 0 unknown */
  double frame_rate;   /* 0 unknown */
  int channels;        /* 0 unknown */
  guint64 rendered;    /* frames */
  guint64 dropped;     /* frames */
} BijouPlayerStats;

void bijou_player_stats_clear (BijouPlayerStats *self);

/**
 * BijouPlayer:
 * Plays one file at a time through playbin3. Main thread only; nothing here waits for bytes.
 *
 * Properties with notify: `state`, `position`, `duration` (ms), `rate`, `volume` (0–1, on the cubic
 * scale that people hear as even), `muted`.
 *
 * Signals: `ready` when the first picture at the place where playing begins is there, also after a
 * resume; `seeked` (ms) when a seek is done; `tracks-changed`; `chapters-changed`; `ended`;
 * `failed` (GError); `decoder-missing` (description) when it plays on without a track that it
 * cannot decode; `no-sound`, once, when it plays on without a device for sound.
 */
#define BIJOU_TYPE_PLAYER (bijou_player_get_type ())
G_DECLARE_FINAL_TYPE (BijouPlayer, bijou_player, BIJOU, PLAYER, GObject)

BijouPlayer *bijou_player_new (GstElement *video_sink, GstElement *audio_sink);
/* (transfer floating): another sink for pictures. */
typedef GstElement *(*BijouPlayerSinkFunc) (gpointer data);
/* Who makes one when the pipeline that has it hangs; @data outlives the player. */
void bijou_player_set_sink_func (BijouPlayer *self, BijouPlayerSinkFunc func, gpointer data);
void bijou_player_load (BijouPlayer *self, const BijouPlayerLoad *load);
void bijou_player_stop (BijouPlayer *self);

void bijou_player_play (BijouPlayer *self);
void bijou_player_pause (BijouPlayer *self);
void bijou_player_toggle (BijouPlayer *self);
void bijou_player_seek (BijouPlayer *self, gint64 position_ms, BijouSeekMode mode);
void bijou_player_step_frame (BijouPlayer *self);
void bijou_player_set_rate (BijouPlayer *self, double rate);
double bijou_player_get_rate (BijouPlayer *self);
void bijou_player_set_volume (BijouPlayer *self, double volume);
double bijou_player_get_volume (BijouPlayer *self);
void bijou_player_set_muted (BijouPlayer *self, gboolean muted);
gboolean bijou_player_get_muted (BijouPlayer *self);
void bijou_player_set_subtitle_scale (BijouPlayer *self, double scale);
void bijou_player_set_text_offset (BijouPlayer *self, gint64 offset_ms);
void bijou_player_set_audio_offset (BijouPlayer *self, gint64 offset_ms);

BijouPlayerState bijou_player_get_state (BijouPlayer *self);
/* Whether it plays or would, if it had the bytes: what a play button shows. */
gboolean bijou_player_wants_to_play (BijouPlayer *self);
gint64 bijou_player_get_position (BijouPlayer *self);
gint64 bijou_player_get_duration (BijouPlayer *self);
gint64 bijou_player_get_waiting_us (BijouPlayer *self);
const GError *bijou_player_get_error (BijouPlayer *self);

/* (transfer none) (element-type BijouTrack): never NULL. */
GPtrArray *bijou_player_get_tracks (BijouPlayer *self);
/* The n-th track of a kind; -1 turns text off. */
void bijou_player_select_track (BijouPlayer *self, BijouTrackKind kind, int number);
int bijou_player_get_selected_track (BijouPlayer *self, BijouTrackKind kind);
/* (transfer none) (element-type BijouChapter): of the file, never NULL. */
GPtrArray *bijou_player_get_chapters (BijouPlayer *self);
void bijou_player_get_stats (BijouPlayer *self, BijouPlayerStats *stats);

/* Whether decoders on graphics hardware may be used; for the whole process, before loading. */
void bijou_player_set_hardware_decoding (gboolean enabled);

G_END_DECLS
