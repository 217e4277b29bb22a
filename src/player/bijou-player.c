#include "config.h"

#include "bijou-player-private.h"

/* For the last pipeline, when all ends. */
#define LAST_RUN_MS 2000
#define MIN_RATE 0.25
#define MAX_RATE 4.0

G_DEFINE_FINAL_TYPE (BijouPlayer, bijou_player, G_TYPE_OBJECT)

typedef enum
{
  PROP_STATE = 1,
  PROP_POSITION,
  PROP_DURATION,
  PROP_RATE,
  PROP_VOLUME,
  PROP_MUTED,
} BijouPlayerProps;

static GParamSpec *props[PROP_MUTED + 1];

enum
{
  SIGNAL_READY,
  SIGNAL_SEEKED,
  SIGNAL_TRACKS_CHANGED,
  SIGNAL_CHAPTERS_CHANGED,
  SIGNAL_ENDED,
  SIGNAL_FAILED,
  SIGNAL_DECODER_MISSING,
  SIGNAL_NO_SOUND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_ENUM_TYPE (BijouPlayerState,
                    bijou_player_state,
                    G_DEFINE_ENUM_VALUE (BIJOU_PLAYER_IDLE, "idle"),
                    G_DEFINE_ENUM_VALUE (BIJOU_PLAYER_LOADING, "loading"),
                    G_DEFINE_ENUM_VALUE (BIJOU_PLAYER_PLAYING, "playing"),
                    G_DEFINE_ENUM_VALUE (BIJOU_PLAYER_PAUSED, "paused"),
                    G_DEFINE_ENUM_VALUE (BIJOU_PLAYER_STALLED, "stalled"),
                    G_DEFINE_ENUM_VALUE (BIJOU_PLAYER_ENDED, "ended"),
                    G_DEFINE_ENUM_VALUE (BIJOU_PLAYER_FAILED, "failed"))

const char *
bijou_player_state_to_string (BijouPlayerState state)
{
  static const char *const names[] = { "idle",    "loading", "playing", "paused",
                                       "stalled", "ended",   "failed" };

  return (guint) state < G_N_ELEMENTS (names) ? names[state] : "unknown";
}

/* --- state --- */

gboolean
bijou_player_is_loaded (BijouPlayer *self)
{
  return self->source != NULL && self->error == NULL;
}

gboolean
bijou_player_is_started (BijouPlayer *self)
{
  return bijou_player_is_loaded (self) && self->run != NULL;
}

static BijouPlayerState
compute_state (BijouPlayer *self)
{
  if (self->error != NULL)
    return BIJOU_PLAYER_FAILED;
  if (self->source == NULL)
    return BIJOU_PLAYER_IDLE;
  if (!self->ready)
    return BIJOU_PLAYER_LOADING;
  if (self->ended)
    return BIJOU_PLAYER_ENDED;
  if (self->starved)
    return BIJOU_PLAYER_STALLED;
  /* A seek takes the pipeline through paused. */
  if (self->seek_target_ms >= 0 && self->wants_to_play)
    return BIJOU_PLAYER_PLAYING;
  return GST_STATE (bijou_player_get_pipeline (self)) == GST_STATE_PLAYING ? BIJOU_PLAYER_PLAYING
                                                                           : BIJOU_PLAYER_PAUSED;
}

void
bijou_player_update_state (BijouPlayer *self)
{
  BijouPlayerState state = compute_state (self);

  if (state == self->state)
    return;
  g_debug ("state %s", bijou_player_state_to_string (state));
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
bijou_player_set_position (BijouPlayer *self, gint64 position_ms)
{
  if (position_ms == self->position_ms)
    return;
  self->position_ms = position_ms;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POSITION]);
}

void
bijou_player_update_duration (BijouPlayer *self)
{
  gint64 duration = 0;

  if (self->run == NULL ||
      !gst_element_query_duration (bijou_player_get_pipeline (self), GST_FORMAT_TIME, &duration) ||
      duration <= 0)
    return;
  duration /= GST_MSECOND;
  if (duration == self->duration_ms)
    return;
  self->duration_ms = duration;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DURATION]);
}

/* The pipeline follows what is wanted: it plays when it may and has the bytes. */
void
bijou_player_apply_target (BijouPlayer *self)
{
  gboolean play = self->wants_to_play && self->ready && !self->ended && !self->starved;

  if (!bijou_player_is_started (self))
    return;
  bijou_player_run_set_state (self->run, play ? GST_STATE_PLAYING : GST_STATE_PAUSED);
}

/* --- object --- */

/* Takes the pipeline down and forgets what belongs to this run of it. */
static void
reset_pipeline (BijouPlayer *self)
{
  bijou_player_take_down (self);
  g_clear_error (&self->error);
  g_clear_pointer (&self->missing_decoder, g_free);
  self->prerolled = FALSE;
  self->ready = FALSE;
  self->ended = FALSE;
  self->starved = FALSE;
  self->still_ticks = 0;
  self->reloading = FALSE;
  self->start_ms = -1;
  self->seek_target_ms = -1;
  self->next_seek_ms = -1;
}

static void
unload (BijouPlayer *self)
{
  reset_pipeline (self);
  g_clear_object (&self->source);
  g_ptr_array_set_size (self->tracks, 0);
  g_ptr_array_set_size (self->chapters, 0);
  self->wants_to_play = FALSE;
}

static void
begin_loading (BijouPlayer *self)
{
  bijou_player_start_pipeline (self);
  bijou_player_update_state (self);
}

/* Begins the same file anew at the same place, because text comes or goes. */
void
bijou_player_reload (BijouPlayer *self)
{
  gint64 position_ms = bijou_player_get_position (self);
  gboolean announced = self->ready || self->reloading;

  reset_pipeline (self);
  self->reloading = announced;
  self->start_ms = position_ms;
  begin_loading (self);
}

static void
bijou_player_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  BijouPlayer *self = BIJOU_PLAYER (object);

  switch ((BijouPlayerProps) prop_id)
    {
    case PROP_STATE:
      g_value_set_enum (value, self->state);
      break;
    case PROP_POSITION:
      g_value_set_int64 (value, self->position_ms);
      break;
    case PROP_DURATION:
      g_value_set_int64 (value, self->duration_ms);
      break;
    case PROP_RATE:
      g_value_set_double (value, self->rate);
      break;
    case PROP_VOLUME:
      g_value_set_double (value, self->volume);
      break;
    case PROP_MUTED:
      g_value_set_boolean (value, self->muted);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
bijou_player_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  BijouPlayer *self = BIJOU_PLAYER (object);

  switch ((BijouPlayerProps) prop_id)
    {
    case PROP_RATE:
      bijou_player_set_rate (self, g_value_get_double (value));
      break;
    case PROP_VOLUME:
      bijou_player_set_volume (self, g_value_get_double (value));
      break;
    case PROP_MUTED:
      bijou_player_set_muted (self, g_value_get_boolean (value));
      break;
    case PROP_STATE:
    case PROP_POSITION:
    case PROP_DURATION:
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
bijou_player_dispose (GObject *object)
{
  BijouPlayer *self = BIJOU_PLAYER (object);

  unload (self);
  g_clear_handle_id (&self->patience, g_source_remove);
  if (self->ending != NULL)
    bijou_player_run_wait (self->ending, LAST_RUN_MS);
  g_clear_pointer (&self->ending, bijou_player_run_unref);
  gst_clear_object (&self->video_sink);
  gst_clear_object (&self->audio_sink);

  G_OBJECT_CLASS (bijou_player_parent_class)->dispose (object);
}

static void
bijou_player_finalize (GObject *object)
{
  BijouPlayer *self = BIJOU_PLAYER (object);

  g_free (self->container);
  g_ptr_array_unref (self->tracks);
  g_ptr_array_unref (self->selected);
  g_ptr_array_unref (self->chapters);

  G_OBJECT_CLASS (bijou_player_parent_class)->finalize (object);
}

static void
install_signals (GObjectClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  GSignalFlags last = G_SIGNAL_RUN_LAST;

  signals[SIGNAL_READY] = g_signal_new ("ready", type, last, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_SEEKED] =
      g_signal_new ("seeked", type, last, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT64);
  signals[SIGNAL_TRACKS_CHANGED] =
      g_signal_new ("tracks-changed", type, last, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHAPTERS_CHANGED] =
      g_signal_new ("chapters-changed", type, last, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ENDED] = g_signal_new ("ended", type, last, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FAILED] =
      g_signal_new ("failed", type, last, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
  signals[SIGNAL_DECODER_MISSING] = g_signal_new ("decoder-missing", type, last, 0, NULL, NULL,
                                                  NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_NO_SOUND] =
      g_signal_new ("no-sound", type, last, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
bijou_player_class_init (BijouPlayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;
  GParamFlags writable = readable | G_PARAM_WRITABLE;

  object_class->get_property = bijou_player_get_property;
  object_class->set_property = bijou_player_set_property;
  object_class->dispose = bijou_player_dispose;
  object_class->finalize = bijou_player_finalize;

  props[PROP_STATE] =
      g_param_spec_enum ("state", NULL, NULL, BIJOU_TYPE_PLAYER_STATE, BIJOU_PLAYER_IDLE, readable);
  props[PROP_POSITION] = g_param_spec_int64 ("position", NULL, NULL, 0, G_MAXINT64, 0, readable);
  props[PROP_DURATION] = g_param_spec_int64 ("duration", NULL, NULL, 0, G_MAXINT64, 0, readable);
  props[PROP_RATE] = g_param_spec_double ("rate", NULL, NULL, MIN_RATE, MAX_RATE, 1.0, writable);
  props[PROP_VOLUME] = g_param_spec_double ("volume", NULL, NULL, 0.0, 1.0, 1.0, writable);
  props[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, writable);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (props), props);
  install_signals (object_class);
}

static void
bijou_player_init (BijouPlayer *self)
{
  self->tracks = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_track_free);
  self->selected = g_ptr_array_new_with_free_func (g_free);
  self->chapters = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_chapter_free);
  self->rate = 1.0;
  self->volume = 1.0;
  self->still_limit = BIJOU_PLAYER_STILL_TICKS;
  self->start_ms = -1;
  self->seek_target_ms = -1;
  self->next_seek_ms = -1;
  self->text_scale = 1.0;
  self->hang_ms = BIJOU_PLAYER_HANG_MS;
}

/**
 * bijou_player_new:
 * @video_sink: (transfer floating): where pictures go
 * @audio_sink: (transfer floating) (nullable): where sound goes; NULL: the system's output
 *
 * Main thread, after gst_init().
 *
 * Returns: (transfer full): a player that has nothing loaded
 */
BijouPlayer *
bijou_player_new (GstElement *video_sink, GstElement *audio_sink)
{
  BijouPlayer *self;

  g_return_val_if_fail (GST_IS_ELEMENT (video_sink), NULL);

  bijou_cache_src_register ();
  self = g_object_new (BIJOU_TYPE_PLAYER, NULL);
  self->video_sink = gst_object_ref_sink (video_sink);
  self->audio_sink = audio_sink != NULL ? gst_object_ref_sink (audio_sink) : NULL;
  return self;
}

void
bijou_player_set_sink_func (BijouPlayer *self, BijouPlayerSinkFunc func, gpointer data)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  self->sink_func = func;
  self->sink_data = data;
}

/**
 * bijou_player_load:
 * @self: a player
 * @load: what to play
 *
 * Replaces what is loaded. Returns at once; `ready` or `failed` follow. Main thread.
 */
void
bijou_player_load (BijouPlayer *self, const BijouPlayerLoad *load)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));
  g_return_if_fail (BIJOU_IS_BYTE_SOURCE (load->source));

  unload (self);
  /* The sound server may be back since. */
  self->silent = FALSE;
  self->source = g_object_ref (load->source);
  g_free (self->container);
  self->container = g_strdup (load->container);
  self->still_limit = BIJOU_PLAYER_STILL_TICKS;
  self->audio_track = load->audio_track;
  self->text_track = load->text_track;
  self->wants_to_play = !load->paused;
  self->position_ms = MAX (load->start_ms, 0);
  self->duration_ms = 0;
  self->start_ms = load->start_ms;
  begin_loading (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POSITION]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DURATION]);
}

/**
 * bijou_player_stop:
 * @self: a player
 *
 * Unloads. The position stays readable until the next load. Main thread.
 */
void
bijou_player_stop (BijouPlayer *self)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  unload (self);
  bijou_player_update_state (self);
}

static void
set_wants_to_play (BijouPlayer *self, gboolean play)
{
  if (!bijou_player_is_loaded (self))
    return;
  self->wants_to_play = play;
  if (play && self->ended)
    bijou_player_seek (self, 0, BIJOU_SEEK_ACCURATE);
  if (!play)
    self->starved = FALSE;
  bijou_player_apply_target (self);
  bijou_player_update_state (self);
  /* A button shows what is wanted, before the pipeline has got there. */
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

void
bijou_player_play (BijouPlayer *self)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  set_wants_to_play (self, TRUE);
}

void
bijou_player_pause (BijouPlayer *self)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  set_wants_to_play (self, FALSE);
}

void
bijou_player_toggle (BijouPlayer *self)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  set_wants_to_play (self, !self->wants_to_play || self->ended);
}

void
bijou_player_set_rate (BijouPlayer *self, double rate)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  rate = CLAMP (rate, MIN_RATE, MAX_RATE);
  if (rate == self->rate)
    return;
  self->rate = rate;
  if (self->prerolled && bijou_player_is_loaded (self) && !self->ended)
    bijou_player_seek (self, bijou_player_get_position (self), BIJOU_SEEK_ACCURATE);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RATE]);
}

double
bijou_player_get_rate (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), 1.0);

  return self->rate;
}

void
bijou_player_set_volume (BijouPlayer *self, double volume)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  volume = CLAMP (volume, 0.0, 1.0);
  if (volume == self->volume)
    return;
  self->volume = volume;
  bijou_player_apply_volume (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_VOLUME]);
}

double
bijou_player_get_volume (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), 0.0);

  return self->volume;
}

void
bijou_player_set_muted (BijouPlayer *self, gboolean muted)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  if (self->muted == !!muted)
    return;
  self->muted = !!muted;
  bijou_player_apply_volume (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MUTED]);
}

gboolean
bijou_player_get_muted (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), FALSE);

  return self->muted;
}

/* 1.0 is the usual size. */
void
bijou_player_set_subtitle_scale (BijouPlayer *self, double scale)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  self->text_scale = CLAMP (scale, 0.5, 3.0);
  bijou_player_apply_text (self);
}

/* Positive: the text comes later. */
void
bijou_player_set_text_offset (BijouPlayer *self, gint64 offset_ms)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  self->text_offset_ms = offset_ms;
  bijou_player_apply_text (self);
}

/* Positive: the sound comes later. */
void
bijou_player_set_audio_offset (BijouPlayer *self, gint64 offset_ms)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  self->audio_offset_ms = offset_ms;
  bijou_player_apply_text (self);
}

BijouPlayerState
bijou_player_get_state (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), BIJOU_PLAYER_IDLE);

  return self->state;
}

gboolean
bijou_player_wants_to_play (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), FALSE);

  return self->wants_to_play && !self->ended && bijou_player_is_loaded (self);
}

/* In ms; the target while a seek is in flight. */
gint64
bijou_player_get_position (BijouPlayer *self)
{
  gint64 position = 0;

  g_return_val_if_fail (BIJOU_IS_PLAYER (self), 0);

  if (bijou_player_is_started (self) && self->ready && !self->ended && !self->starved &&
      self->seek_target_ms < 0 &&
      gst_element_query_position (bijou_player_get_pipeline (self), GST_FORMAT_TIME, &position))
    self->position_ms = bijou_player_clamp_position (self, position / GST_MSECOND);
  return self->position_ms;
}

/* In ms; 0 unknown. */
gint64
bijou_player_get_duration (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), 0);

  return self->duration_ms;
}

/* (nullable): why it failed. */
const GError *
bijou_player_get_error (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), NULL);

  return self->error;
}

GPtrArray *
bijou_player_get_chapters (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), NULL);

  return self->chapters;
}

GstElement *
bijou_player_get_pipeline (BijouPlayer *self)
{
  return self->run != NULL ? bijou_player_run_get_pipeline (self->run) : NULL;
}

GstElement *
bijou_player_get_video_sink (BijouPlayer *self)
{
  return self->video_sink;
}
