#pragma once

#include "bijou-cache-src.h"
#include "bijou-player-run.h"
#include "bijou-player.h"

G_BEGIN_DECLS

/* What bijou-player.c shares with bijou-player-pipeline.c, -selection.c, -seek.c and -stats.c. */

#define BIJOU_PLAYER_SEEK_MARKER "bijou-seek"
#define BIJOU_PLAYER_SEEK_REFUSED "bijou-seek-refused"

/* What the threads of one pipeline share with the player; an atomic rc box, which outlives it. */
typedef struct
{
  GMutex lock;
  BijouByteSource *source;      /* (owned) for the element that playbin3 makes */
  BijouCacheSrc *element;       /* (owned) (nullable) that element */
  GstStreamCollection *streams; /* (owned) (nullable) */
} BijouPlayerShared;

struct _BijouPlayer
{
  GObject parent_instance;

  BijouPlayerRun *run;           /* (owned) (nullable) of what is loaded */
  BijouPlayerRun *ending;        /* (owned) (nullable) of what was; the next one waits for it */
  GstElement *video_sink;        /* (owned) in one pipeline after the other */
  BijouPlayerSinkFunc sink_func; /* (nullable) */
  gpointer sink_data;
  GstElement *audio_sink;  /* (owned) (nullable) NULL: the system's */
  GstElement *sound;       /* (owned) (nullable) what the pipeline got of it */
  BijouByteSource *source; /* (owned) (nullable) NULL: nothing is loaded */
  char *container;         /* (owned) (nullable) */
  GError *error;           /* (owned) (nullable) why it failed */
  char *missing_decoder;   /* (owned) (nullable) description of a plugin that is not there */
  GPtrArray *tracks;       /* (owned) of BijouTrack */
  GPtrArray *selected;     /* (owned) of char *, ids of the streams that the pipeline plays */
  GPtrArray *chapters;     /* (owned) of BijouChapter */
  guint bus_watch;
  guint tick;
  guint patience; /* with `ending` */
  guint hang_ms;  /* a pipeline that does one thing for so long hangs */

  BijouPlayerState state; /* as last told */
  gint64 position_ms;
  gint64 duration_ms;
  double rate;
  double volume;
  gboolean muted;
  gboolean wants_to_play;
  gboolean prerolled; /* the pipeline has shown that it can seek */
  gboolean ready;     /* also the resume seek is done */
  gboolean ended;
  gboolean starved;    /* the source waits and the picture stands still */
  guint unmoved_ticks; /* in which the place was the same */
  guint still_ticks;   /* ticks since the picture last moved, though it should */
  guint still_limit;   /* so many are too many */
  gboolean reloading;  /* the same file again, with or without text */
  gboolean has_text;   /* the pipeline was built with text */
  gint64 text_offset_ms;
  gint64 audio_offset_ms;
  double text_scale;
  gboolean silent; /* there is nowhere that sound could go */
  gboolean silence_told;
  int audio_track; /* number that is wanted, -1 the default */
  int text_track;  /* number that is wanted, -1 none */
  gint64 start_ms; /* where to begin; -1 once that is done */

  guint seek_serial;     /* of the newest seek */
  guint seen_serial;     /* the newest whose marker came by */
  gint64 seek_target_ms; /* of the seek in flight, -1 none */
  gint64 next_seek_ms;   /* to be done when that one is, -1 none */
  BijouSeekMode next_seek_mode;

  BijouPlayerShared *shared; /* (owned) (nullable) of the run */
};

#define BIJOU_PLAYER_STILL_TICKS 15
#define BIJOU_PLAYER_HANG_MS 5000

/* --- bijou-player.c --- */

/* (nullable) */
GstElement *bijou_player_get_pipeline (BijouPlayer *self);
GstElement *bijou_player_get_video_sink (BijouPlayer *self);
/* Something is loaded and has not failed. */
gboolean bijou_player_is_loaded (BijouPlayer *self);
/* And the pipeline is of it, not of what was before. */
gboolean bijou_player_is_started (BijouPlayer *self);
void bijou_player_update_state (BijouPlayer *self);
void bijou_player_set_position (BijouPlayer *self, gint64 position_ms);
void bijou_player_update_duration (BijouPlayer *self);
/* The pipeline follows what is wanted: it plays when it may and has the bytes. */
void bijou_player_apply_target (BijouPlayer *self);
/* Begins the same file anew at the same place, because text comes or goes. */
void bijou_player_reload (BijouPlayer *self);

/* --- bijou-player-pipeline.c --- */

/* Waits for the one before to be down. */
void bijou_player_start_pipeline (BijouPlayer *self);
void bijou_player_take_down (BijouPlayer *self);
/* Leaves a pipeline that hangs to itself. FALSE: it does not hang, or there is no way. */
gboolean bijou_player_leave_hanging (BijouPlayer *self);
void bijou_player_apply_volume (BijouPlayer *self);
void bijou_player_apply_text (BijouPlayer *self);
gboolean bijou_player_is_buffering (BijouPlayer *self);

/* --- bijou-player-selection.c --- */

gboolean bijou_player_needs_selection (BijouPlayer *self);
/* Tells the pipeline all streams that shall play. */
void bijou_player_send_selection (BijouPlayer *self);
/* Any thread. */
void bijou_player_shared_keep_streams (BijouPlayerShared *shared, GstMessage *message);
void bijou_player_on_streams_selected (BijouPlayer *self, GstMessage *message);

/* --- bijou-player-seek.c --- */

gint64 bijou_player_clamp_position (BijouPlayer *self, gint64 position_ms);
void bijou_player_begin_seek (BijouPlayer *self, gint64 position_ms, BijouSeekMode mode);
void bijou_player_finish_seek (BijouPlayer *self);
void bijou_player_on_seek_refused (BijouPlayer *self, guint serial);
void bijou_player_on_async_done (BijouPlayer *self);

/* --- bijou-player-clock.c --- */

/* Reads the position, and whether the pipeline waits for bytes. */
gboolean bijou_player_on_tick_cb (gpointer user_data);

G_END_DECLS
