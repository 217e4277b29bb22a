#include "config.h"

#include "bijou-player-private.h"

#include "bijou-cache-src.h"
#include "bijou-toc.h"

#include <gst/audio/audio.h>
#include <gst/pbutils/pbutils.h>

#define URI "bijou-cache://film"
#define FLAGS "soft-colorbalance+deinterlace+soft-volume+audio+video+buffering"
#define TICK_MS 200
#define CLOSING_MS 2
/* A read that waits this long while the picture stands still is a stall. */
#define STALL_US (400 * G_TIME_SPAN_MILLISECOND)
/* It has ended when the source has not waited longer than this for so many ticks. */
#define QUIET_US (100 * G_TIME_SPAN_MILLISECOND)
#define QUIET_TICKS 3
#define SEEK_MARKER "bijou-seek"
#define SUBTITLE_FONT "Sans"
#define SUBTITLE_SIZE 18.0
#define MIN_RATE 0.25
#define MAX_RATE 4.0

struct _BijouPlayer
{
  GObject parent_instance;

  GstElement *pipeline;    /* (owned) playbin3 */
  GstElement *video_sink;  /* (owned) */
  BijouByteSource *source; /* (owned) (nullable) NULL: nothing is loaded */
  GError *error;           /* (owned) (nullable) why it failed */
  char *missing_decoder;   /* (owned) (nullable) description of a plugin that is not there */
  GPtrArray *tracks;       /* (owned) of BijouTrack */
  GPtrArray *selected;     /* (owned) of char *, ids of the streams that the pipeline plays */
  GPtrArray *chapters;     /* (owned) of BijouChapter */
  guint bus_watch;
  guint tick;
  guint closing; /* the pipeline is being taken down */

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
  gboolean buffering; /* the pipeline's queues are filling */
  gboolean starved;   /* the source waits and the picture stands still */
  guint quiet_ticks;  /* ticks since the source last waited, while starved */
  gboolean reloading; /* the same file again, with or without text */
  gboolean has_text;  /* the pipeline was built with text */
  int audio_track;    /* number that is wanted, -1 the default */
  int text_track;     /* number that is wanted, -1 none */
  gint64 start_ms;    /* where to begin; -1 once that is done */

  guint seek_serial;     /* of the newest seek */
  guint seen_serial;     /* the newest whose marker came by */
  gint64 seek_target_ms; /* of the seek in flight, -1 none */
  gint64 next_seek_ms;   /* to be done when that one is, -1 none */
  BijouSeekMode next_seek_mode;

  struct
  {
    GMutex lock;
    BijouByteSource *source;      /* (owned) (nullable) for the element that playbin3 makes */
    BijouCacheSrc *element;       /* (owned) (nullable) that element */
    GstStreamCollection *streams; /* (owned) (nullable) */
  } shared;
};

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

static gboolean
is_loaded (BijouPlayer *self)
{
  return self->source != NULL && self->error == NULL;
}

static gboolean
is_started (BijouPlayer *self)
{
  return is_loaded (self) && self->closing == 0;
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
  if (self->buffering || self->starved)
    return BIJOU_PLAYER_STALLED;
  /* A seek takes the pipeline through paused. */
  if (self->seek_target_ms >= 0 && self->wants_to_play)
    return BIJOU_PLAYER_PLAYING;
  return GST_STATE (self->pipeline) == GST_STATE_PLAYING ? BIJOU_PLAYER_PLAYING
                                                         : BIJOU_PLAYER_PAUSED;
}

static void
update_state (BijouPlayer *self)
{
  BijouPlayerState state = compute_state (self);

  if (state == self->state)
    return;
  g_debug ("state %s", bijou_player_state_to_string (state));
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_STATE]);
}

static void
set_position (BijouPlayer *self, gint64 position_ms)
{
  if (position_ms == self->position_ms)
    return;
  self->position_ms = position_ms;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_POSITION]);
}

static void
update_duration (BijouPlayer *self)
{
  gint64 duration = 0;

  if (!gst_element_query_duration (self->pipeline, GST_FORMAT_TIME, &duration) || duration <= 0)
    return;
  duration /= GST_MSECOND;
  if (duration == self->duration_ms)
    return;
  self->duration_ms = duration;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_DURATION]);
}

/* The pipeline follows what is wanted: it plays when it may and has the bytes. */
static void
apply_target (BijouPlayer *self)
{
  gboolean play =
      self->wants_to_play && self->ready && !self->ended && !self->buffering && !self->starved;

  if (!is_started (self))
    return;
  gst_element_set_state (self->pipeline, play ? GST_STATE_PLAYING : GST_STATE_PAUSED);
}

/* --- tracks --- */

static gboolean
is_wanted (const char *stream_id, GPtrArray *ids)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_str_equal (stream_id, g_ptr_array_index (ids, i)))
      return TRUE;
  return FALSE;
}

/* Adds the id of the @number-th stream of @kind, if there is one. */
static gboolean
add_stream_id (GstStreamCollection *streams, BijouTrackKind kind, int number, GList **ids)
{
  int n = 0;

  for (guint i = 0; i < gst_stream_collection_get_size (streams); i++)
    {
      GstStream *stream = gst_stream_collection_get_stream (streams, i);

      if (!bijou_track_matches_kind (stream, kind) || n++ != number)
        continue;
      *ids = g_list_append (*ids, g_strdup (gst_stream_get_stream_id (stream)));
      return TRUE;
    }
  return FALSE;
}

static int
count_streams (GstStreamCollection *streams, BijouTrackKind kind)
{
  int n = 0;

  for (guint i = 0; i < gst_stream_collection_get_size (streams); i++)
    if (bijou_track_matches_kind (gst_stream_collection_get_stream (streams, i), kind))
      n++;
  return n;
}

/* The number of the sound track that the file calls the default one. */
static int
find_default_audio (GstStreamCollection *streams)
{
  int n = 0;

  for (guint i = 0; i < gst_stream_collection_get_size (streams); i++)
    {
      GstStream *stream = gst_stream_collection_get_stream (streams, i);

      if (!bijou_track_matches_kind (stream, BIJOU_TRACK_AUDIO))
        continue;
      if ((gst_stream_get_stream_flags (stream) & GST_STREAM_FLAG_SELECT) != 0)
        return n;
      n++;
    }
  return 0;
}

/* (transfer full): the ids of all streams that shall play. */
static GList *
list_wanted_ids (BijouPlayer *self, GstStreamCollection *streams)
{
  GList *ids = NULL;
  int audio = self->audio_track >= 0 ? self->audio_track : find_default_audio (streams);
  int text = self->text_track;

  add_stream_id (streams, BIJOU_TRACK_VIDEO, 0, &ids);
  if (!add_stream_id (streams, BIJOU_TRACK_AUDIO, audio, &ids))
    add_stream_id (streams, BIJOU_TRACK_AUDIO, 0, &ids);
  /* Silenced text stays selected: taking it away from a running pipeline stops the picture. */
  if (self->has_text && !add_stream_id (streams, BIJOU_TRACK_TEXT, MAX (text, 0), &ids))
    add_stream_id (streams, BIJOU_TRACK_TEXT, 0, &ids);
  return ids;
}

static GstStreamCollection *
ref_streams (BijouPlayer *self)
{
  GstStreamCollection *streams;

  g_mutex_lock (&self->shared.lock);
  streams = self->shared.streams != NULL ? g_object_ref (self->shared.streams) : NULL;
  g_mutex_unlock (&self->shared.lock);
  return streams;
}

/* Tells the pipeline all streams that shall play. */
static void
send_selection (BijouPlayer *self)
{
  g_autoptr (GstStreamCollection) streams = ref_streams (self);
  GList *ids = streams != NULL ? list_wanted_ids (self, streams) : NULL;

  if (ids != NULL)
    gst_element_send_event (self->pipeline, gst_event_new_select_streams (ids));
  g_list_free_full (ids, g_free);
}

/* playbin3 begins with the first track of each kind. */
static gboolean
needs_selection (BijouPlayer *self)
{
  g_autoptr (GstStreamCollection) streams = ref_streams (self);
  int audio;

  if (streams == NULL)
    return FALSE;
  audio = self->audio_track >= 0 ? self->audio_track : find_default_audio (streams);
  if (audio > 0 && audio < count_streams (streams, BIJOU_TRACK_AUDIO))
    return TRUE;
  if (!self->has_text || count_streams (streams, BIJOU_TRACK_TEXT) < 2)
    return FALSE;
  return self->text_track > 0;
}

static int
compare_overlay (gconstpointer a, gconstpointer b)
{
  GstElementFactory *factory = gst_element_get_factory (g_value_get_object (a));

  return factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "subtitleoverlay") ? 0 : 1;
}

static void
apply_silence (BijouPlayer *self)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (self->pipeline));
  gboolean silent = self->text_track < 0;
  GValue found = G_VALUE_INIT;

  if (!gst_iterator_find_custom (elements, compare_overlay, &found, NULL))
    return;
  g_object_set (g_value_get_object (&found), "silent", silent, NULL);
  g_value_unset (&found);
}

static void
keep_streams (BijouPlayer *self, GstMessage *message)
{
  g_autoptr (GstStreamCollection) streams = NULL;

  gst_message_parse_stream_collection (message, &streams);
  if (streams == NULL)
    return;

  g_mutex_lock (&self->shared.lock);
  g_set_object (&self->shared.streams, streams);
  g_mutex_unlock (&self->shared.lock);
}

static gboolean
shows_text (BijouPlayer *self)
{
  return self->has_text && self->text_track >= 0;
}

static void
update_tracks (BijouPlayer *self)
{
  g_autoptr (GstStreamCollection) streams = ref_streams (self);
  g_autoptr (GPtrArray) tracks = NULL;

  if (streams == NULL)
    return;
  tracks = bijou_track_list_collection (streams);
  for (guint i = 0; i < tracks->len; i++)
    {
      BijouTrack *track = g_ptr_array_index (tracks, i);

      track->selected = is_wanted (track->id, self->selected) &&
                        (track->kind != BIJOU_TRACK_TEXT || shows_text (self));
    }
  g_ptr_array_unref (self->tracks);
  self->tracks = g_steal_pointer (&tracks);
  g_signal_emit (self, signals[SIGNAL_TRACKS_CHANGED], 0);
}

static void
on_streams_selected (BijouPlayer *self, GstMessage *message)
{
  g_ptr_array_set_size (self->selected, 0);
  for (guint i = 0; i < gst_message_streams_selected_get_size (message); i++)
    {
      g_autoptr (GstStream) stream = gst_message_streams_selected_get_stream (message, i);

      g_ptr_array_add (self->selected, g_strdup (gst_stream_get_stream_id (stream)));
    }
  update_tracks (self);
}

/* --- seeking: one in flight, the newest target wins --- */

/* What was posted before the marker belongs to something older: ASYNC_DONE has no trace of the seek
 * that it is the end of. */
static void
post_seek_marker (BijouPlayer *self)
{
  GstStructure *structure =
      gst_structure_new (SEEK_MARKER, "serial", G_TYPE_UINT, ++self->seek_serial, NULL);

  gst_element_post_message (self->pipeline,
                            gst_message_new_application (GST_OBJECT (self->pipeline), structure));
}

static gboolean
send_seek (BijouPlayer *self, gint64 position_ms, BijouSeekMode mode)
{
  GstSeekFlags flags = GST_SEEK_FLAG_FLUSH;
  gint64 position = position_ms * GST_MSECOND;

  flags |= mode == BIJOU_SEEK_ACCURATE ? GST_SEEK_FLAG_ACCURATE : GST_SEEK_FLAG_KEY_UNIT;
  post_seek_marker (self);
  return gst_element_seek (self->pipeline, self->rate, GST_FORMAT_TIME, flags, GST_SEEK_TYPE_SET,
                           position, GST_SEEK_TYPE_NONE, GST_CLOCK_TIME_NONE);
}

static void
begin_seek (BijouPlayer *self, gint64 position_ms, BijouSeekMode mode)
{
  self->ended = FALSE;
  self->seek_target_ms = position_ms;
  set_position (self, position_ms);
  if (!send_seek (self, position_ms, mode))
    {
      g_debug ("seek to %" G_GINT64_FORMAT " ms refused", position_ms);
      self->seek_target_ms = -1;
    }
  apply_target (self);
  update_state (self);
}

static gint64
clamp_position (BijouPlayer *self, gint64 position_ms)
{
  gint64 end = self->duration_ms > 0 ? self->duration_ms : G_MAXINT64;

  return CLAMP (position_ms, 0, end);
}

static void
become_ready (BijouPlayer *self)
{
  gboolean reloaded = self->reloading;

  self->ready = TRUE;
  self->reloading = FALSE;
  apply_target (self);
  update_state (self);
  if (!reloaded)
    g_signal_emit (self, signals[SIGNAL_READY], 0);
}

static void
finish_seek (BijouPlayer *self)
{
  gint64 done = self->seek_target_ms;

  self->seek_target_ms = -1;
  if (self->next_seek_ms >= 0)
    {
      gint64 next = self->next_seek_ms;

      self->next_seek_ms = -1;
      begin_seek (self, next, self->next_seek_mode);
      return;
    }
  if (!self->ready)
    become_ready (self);
  else
    g_signal_emit (self, signals[SIGNAL_SEEKED], 0, done);
}

static void
finish_preroll (BijouPlayer *self)
{
  gint64 start = self->start_ms;

  self->prerolled = TRUE;
  self->start_ms = -1;
  update_duration (self);
  if (needs_selection (self))
    send_selection (self);
  if (start > 0 || self->rate != 1.0 || needs_selection (self))
    begin_seek (self, clamp_position (self, MAX (start, 0)), BIJOU_SEEK_ACCURATE);
  if (self->seek_target_ms < 0)
    become_ready (self);
}

static void
on_async_done (BijouPlayer *self)
{
  if (!self->prerolled)
    finish_preroll (self);
  else if (self->seek_target_ms >= 0 && self->seen_serial == self->seek_serial)
    finish_seek (self);
}

/* --- the clock of the position --- */

/* The clock runs on while the sinks have nothing, and what comes late is dropped: so the pipeline
 * pauses, and goes on from the last place that was seen. */
static void
set_starved (BijouPlayer *self, gboolean starved)
{
  if (starved == self->starved)
    return;
  self->starved = starved;
  self->quiet_ticks = 0;
  if (!starved && self->seek_target_ms < 0)
    begin_seek (self, self->position_ms, BIJOU_SEEK_ACCURATE);
  apply_target (self);
  update_state (self);
}

static void
update_starved (BijouPlayer *self, gboolean moved)
{
  gint64 waiting_us = bijou_player_get_waiting_us (self);

  if (!self->wants_to_play)
    return;
  if (!self->starved)
    {
      if (!moved && waiting_us > STALL_US)
        set_starved (self, TRUE);
      return;
    }
  self->quiet_ticks = waiting_us > QUIET_US ? 0 : self->quiet_ticks + 1;
  if (self->quiet_ticks >= QUIET_TICKS)
    set_starved (self, FALSE);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  BijouPlayer *self = BIJOU_PLAYER (user_data);
  gint64 position = 0;
  gint64 before = self->position_ms;

  if (!self->ready || self->ended)
    return G_SOURCE_CONTINUE;
  if (self->duration_ms <= 0)
    update_duration (self);
  if (self->seek_target_ms < 0 && !self->starved &&
      gst_element_query_position (self->pipeline, GST_FORMAT_TIME, &position))
    set_position (self, clamp_position (self, position / GST_MSECOND));
  update_starved (self, self->position_ms != before);
  return G_SOURCE_CONTINUE;
}

static void
start_pipeline (BijouPlayer *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.source = g_object_ref (self->source);
  g_mutex_unlock (&self->shared.lock);

  /* Text is built in only when it is wanted: 1.22 cannot add it to a running pipeline. */
  self->has_text = self->text_track >= 0;
  gst_util_set_object_arg (G_OBJECT (self->pipeline), "flags",
                           self->has_text ? FLAGS "+text" : FLAGS);
  g_object_set (self->pipeline, "uri", URI, NULL);
  self->tick = g_timeout_add (TICK_MS, on_tick_cb, self);
  gst_element_set_state (self->pipeline, GST_STATE_PAUSED);
}

/* --- taking the pipeline down --- */

static int
compare_type_finder (gconstpointer a, gconstpointer b)
{
  GstElement *element = g_value_get_object (a);
  GstElementFactory *factory = gst_element_get_factory (element);
  g_autoptr (GstPad) pad = NULL;

  if (factory == NULL || !g_str_equal (GST_OBJECT_NAME (factory), "typefind"))
    return 1;
  pad = gst_element_get_static_pad (element, "sink");
  return gst_pad_get_task_state (pad) == GST_TASK_STARTED ? 0 : 1;
}

/* While a type is being found, taking playbin3 of 1.22 down locks up: urisourcebin holds the lock
 * that its own type finder waits for. */
static gboolean
is_finding_type (GstElement *pipeline)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  GValue found = G_VALUE_INIT;

  if (!gst_iterator_find_custom (elements, compare_type_finder, &found, NULL))
    return FALSE;
  g_value_unset (&found);
  return TRUE;
}

static gboolean
on_closing_cb (gpointer user_data)
{
  BijouPlayer *self = BIJOU_PLAYER (user_data);

  if (is_finding_type (self->pipeline))
    return G_SOURCE_CONTINUE;
  self->closing = 0;
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  if (is_loaded (self))
    start_pipeline (self);
  return G_SOURCE_REMOVE;
}

/* For a player that is gone before its pipeline can be. */
static gboolean
on_orphan_cb (gpointer user_data)
{
  GstElement *pipeline = user_data;

  if (is_finding_type (pipeline))
    return G_SOURCE_CONTINUE;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return G_SOURCE_REMOVE;
}

static void
clear_shared (BijouPlayer *self)
{
  g_autoptr (BijouCacheSrc) element = NULL;

  g_mutex_lock (&self->shared.lock);
  element = g_steal_pointer (&self->shared.element);
  g_clear_object (&self->shared.source);
  g_clear_object (&self->shared.streams);
  g_mutex_unlock (&self->shared.lock);
  if (element != NULL)
    bijou_cache_src_close (element);
}

static void
take_down (BijouPlayer *self)
{
  g_clear_handle_id (&self->tick, g_source_remove);
  clear_shared (self);
  if (self->closing != 0)
    return;
  if (is_finding_type (self->pipeline))
    self->closing = g_timeout_add (CLOSING_MS, on_closing_cb, self);
  else
    gst_element_set_state (self->pipeline, GST_STATE_NULL);
}

static void
fail (BijouPlayer *self, GError *error)
{
  g_autoptr (GError) owned = error;

  if (self->error != NULL || self->source == NULL)
    return;
  g_message ("playback failed: %s", error->message);
  self->error = g_steal_pointer (&owned);
  take_down (self);
  update_state (self);
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, self->error);
}

/* --- messages --- */

static BijouCacheSrc *
ref_element (BijouPlayer *self)
{
  BijouCacheSrc *element;

  g_mutex_lock (&self->shared.lock);
  element = self->shared.element != NULL ? g_object_ref (self->shared.element) : NULL;
  g_mutex_unlock (&self->shared.lock);
  return element;
}

/* (transfer full): what the pipeline's error means in our terms. */
static GError *
translate_error (BijouPlayer *self, GError *error, const char *detail)
{
  g_autoptr (BijouCacheSrc) element = ref_element (self);
  g_autoptr (GError) reading = element != NULL ? bijou_cache_src_dup_error (element) : NULL;
  gboolean no_decoder = self->missing_decoder != NULL ||
                        g_error_matches (error, GST_CORE_ERROR, GST_CORE_ERROR_MISSING_PLUGIN) ||
                        g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_CODEC_NOT_FOUND);

  if (reading != NULL)
    return g_steal_pointer (&reading);
  if (no_decoder)
    return g_error_new (BIJOU_ERROR, BIJOU_ERROR_NO_DECODER, "%s",
                        self->missing_decoder != NULL ? self->missing_decoder : error->message);
  if (g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_TYPE_NOT_FOUND) ||
      g_error_matches (error, GST_STREAM_ERROR, GST_STREAM_ERROR_WRONG_TYPE))
    return g_error_new (BIJOU_ERROR, BIJOU_ERROR_NO_DECODER, "not a known format: %s",
                        error->message);
  return g_error_new (BIJOU_ERROR, BIJOU_ERROR_FAILED, "%s (%s)", error->message,
                      detail != NULL ? detail : "");
}

static void
on_error (BijouPlayer *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = NULL;

  gst_message_parse_error (message, &error, &detail);
  fail (self, translate_error (self, error, detail));
}

static void
on_missing_plugin (BijouPlayer *self, GstMessage *message)
{
  g_free (self->missing_decoder);
  self->missing_decoder = gst_missing_plugin_message_get_description (message);
  g_signal_emit (self, signals[SIGNAL_DECODER_MISSING], 0, self->missing_decoder);
}

static void
on_buffering (BijouPlayer *self, GstMessage *message)
{
  int percent = 100;

  gst_message_parse_buffering (message, &percent);
  if (self->buffering == (percent < 100))
    return;
  self->buffering = percent < 100;
  apply_target (self);
  update_state (self);
}

static void
on_toc (BijouPlayer *self, GstMessage *message)
{
  g_autoptr (GstToc) toc = NULL;

  gst_message_parse_toc (message, &toc, NULL);
  g_ptr_array_unref (self->chapters);
  self->chapters = bijou_toc_list_chapters (toc);
  g_signal_emit (self, signals[SIGNAL_CHAPTERS_CHANGED], 0);
}

static void
on_eos (BijouPlayer *self)
{
  if (self->seek_target_ms >= 0)
    finish_seek (self);
  if (self->seek_target_ms >= 0)
    return;
  self->ended = TRUE;
  self->starved = FALSE;
  update_duration (self);
  if (self->duration_ms > 0)
    set_position (self, self->duration_ms);
  update_state (self);
  g_signal_emit (self, signals[SIGNAL_ENDED], 0);
}

static void
on_application (BijouPlayer *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  if (gst_structure_has_name (structure, SEEK_MARKER))
    gst_structure_get_uint (structure, "serial", &self->seen_serial);
}

static gboolean
is_from_pipeline (BijouPlayer *self, GstMessage *message)
{
  return GST_MESSAGE_SRC (message) == GST_OBJECT (self->pipeline);
}

static void
handle_pipeline_message (BijouPlayer *self, GstMessage *message)
{
  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_EOS:
      on_eos (self);
      break;
    case GST_MESSAGE_ASYNC_DONE:
      on_async_done (self);
      break;
    case GST_MESSAGE_APPLICATION:
      on_application (self, message);
      break;
    case GST_MESSAGE_STATE_CHANGED:
      update_state (self);
      break;
    default:
      break;
    }
}

static gboolean
on_message_cb (GstBus *bus, GstMessage *message, gpointer user_data)
{
  g_autoptr (BijouPlayer) self = g_object_ref (BIJOU_PLAYER (user_data));

  if (!is_started (self))
    return G_SOURCE_CONTINUE;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      on_error (self, message);
      break;
    case GST_MESSAGE_BUFFERING:
      on_buffering (self, message);
      break;
    case GST_MESSAGE_DURATION_CHANGED:
      update_duration (self);
      break;
    case GST_MESSAGE_STREAMS_SELECTED:
      on_streams_selected (self, message);
      break;
    case GST_MESSAGE_TOC:
      on_toc (self, message);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency (GST_BIN (self->pipeline));
      break;
    default:
      if (gst_is_missing_plugin_message (message))
        on_missing_plugin (self, message);
      else if (is_from_pipeline (self, message))
        handle_pipeline_message (self, message);
    }
  return G_SOURCE_CONTINUE;
}

/* On the thread that posts. Nothing is selected here: the demuxer's threads post one collection
 * each, and answering them from there locks decodebin3 of 1.22 up. */
static GstBusSyncReply
on_message_sync_cb (GstBus *bus, GstMessage *message, gpointer user_data)
{
  BijouPlayer *self = BIJOU_PLAYER (user_data);

  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STREAM_COLLECTION)
    keep_streams (self, message);
  return GST_BUS_PASS;
}

static void
on_source_setup_cb (GstElement *pipeline, GstElement *element, gpointer user_data)
{
  BijouPlayer *self = BIJOU_PLAYER (user_data);

  if (!BIJOU_IS_CACHE_SRC (element))
    return;

  g_mutex_lock (&self->shared.lock);
  g_object_set (element, "source", self->shared.source, NULL);
  g_set_object (&self->shared.element, BIJOU_CACHE_SRC (element));
  g_mutex_unlock (&self->shared.lock);
}

/* --- object --- */

/* Takes the pipeline down and forgets what belongs to this run of it. */
static void
reset_pipeline (BijouPlayer *self)
{
  take_down (self);
  g_clear_error (&self->error);
  g_clear_pointer (&self->missing_decoder, g_free);
  self->prerolled = FALSE;
  self->ready = FALSE;
  self->ended = FALSE;
  self->buffering = FALSE;
  self->starved = FALSE;
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
  if (self->closing == 0)
    start_pipeline (self);
  update_state (self);
}

/* Begins the same file anew at the same place, because text comes or goes. */
static void
reload (BijouPlayer *self)
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
  g_autoptr (GstBus) bus = NULL;

  if (self->pipeline != NULL)
    {
      unload (self);
      bus = gst_element_get_bus (self->pipeline);
      gst_bus_set_sync_handler (bus, NULL, NULL, NULL);
      g_clear_handle_id (&self->bus_watch, g_source_remove);
      g_signal_handlers_disconnect_by_data (self->pipeline, self);
    }
  if (self->closing != 0)
    {
      g_clear_handle_id (&self->closing, g_source_remove);
      g_timeout_add_full (G_PRIORITY_DEFAULT, CLOSING_MS, on_orphan_cb,
                          gst_object_ref (self->pipeline), gst_object_unref);
    }
  gst_clear_object (&self->pipeline);
  gst_clear_object (&self->video_sink);

  G_OBJECT_CLASS (bijou_player_parent_class)->dispose (object);
}

static void
bijou_player_finalize (GObject *object)
{
  BijouPlayer *self = BIJOU_PLAYER (object);

  g_ptr_array_unref (self->tracks);
  g_ptr_array_unref (self->selected);
  g_ptr_array_unref (self->chapters);
  g_mutex_clear (&self->shared.lock);

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
  self->start_ms = -1;
  self->seek_target_ms = -1;
  self->next_seek_ms = -1;
  g_mutex_init (&self->shared.lock);
}

static void
make_pipeline (BijouPlayer *self, GstElement *video_sink, GstElement *audio_sink)
{
  GstElement *tempo = gst_element_factory_make ("scaletempo", NULL);
  g_autoptr (GstBus) bus = NULL;

  self->pipeline = gst_element_factory_make ("playbin3", NULL);
  if (self->pipeline == NULL)
    g_error ("GStreamer's playback plugin (gst-plugins-base) is not installed");
  gst_object_ref_sink (self->pipeline);
  if (tempo != NULL)
    g_object_set (self->pipeline, "audio-filter", tempo, NULL);
  g_object_set (self->pipeline, "video-sink", video_sink, NULL);
  if (audio_sink != NULL)
    g_object_set (self->pipeline, "audio-sink", audio_sink, NULL);
  bijou_player_set_subtitle_scale (self, 1.0);

  g_signal_connect (self->pipeline, "source-setup", G_CALLBACK (on_source_setup_cb), self);
  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, on_message_cb, self);
  gst_bus_set_sync_handler (bus, on_message_sync_cb, self, NULL);
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
  make_pipeline (self, video_sink, audio_sink);
  return self;
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
  self->source = g_object_ref (load->source);
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
  update_state (self);
}

static void
set_wants_to_play (BijouPlayer *self, gboolean play)
{
  if (!is_loaded (self))
    return;
  self->wants_to_play = play;
  if (play && self->ended)
    bijou_player_seek (self, 0, BIJOU_SEEK_ACCURATE);
  if (!play)
    self->starved = FALSE;
  apply_target (self);
  update_state (self);
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

/**
 * bijou_player_seek:
 * @self: a player
 * @position_ms: where to, in ms; clamped to the film
 * @mode: how exactly
 *
 * While a seek is in flight, the newest target waits for it to end and the ones between are
 * forgotten. Before the first picture it moves the place where playing begins. Main thread.
 */
void
bijou_player_seek (BijouPlayer *self, gint64 position_ms, BijouSeekMode mode)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  if (!is_loaded (self))
    return;
  position_ms = clamp_position (self, position_ms);
  if (!self->prerolled)
    {
      self->start_ms = position_ms;
      set_position (self, position_ms);
    }
  else if (self->seek_target_ms >= 0)
    {
      self->next_seek_ms = position_ms;
      self->next_seek_mode = mode;
      set_position (self, position_ms);
    }
  else
    begin_seek (self, position_ms, mode);
}

/* One frame forward, while paused. */
void
bijou_player_step_frame (BijouPlayer *self)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  if (self->state == BIJOU_PLAYER_PAUSED)
    gst_element_send_event (self->pipeline,
                            gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE));
}

void
bijou_player_set_rate (BijouPlayer *self, double rate)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  rate = CLAMP (rate, MIN_RATE, MAX_RATE);
  if (rate == self->rate)
    return;
  self->rate = rate;
  if (self->prerolled && is_loaded (self) && !self->ended)
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
  gst_stream_volume_set_volume (GST_STREAM_VOLUME (self->pipeline), GST_STREAM_VOLUME_FORMAT_CUBIC,
                                volume);
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
  gst_stream_volume_set_mute (GST_STREAM_VOLUME (self->pipeline), self->muted);
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
  g_autofree char *font = NULL;
  char size[G_ASCII_DTOSTR_BUF_SIZE];

  g_return_if_fail (BIJOU_IS_PLAYER (self));

  g_ascii_formatd (size, sizeof size, "%.1f", SUBTITLE_SIZE * CLAMP (scale, 0.5, 3.0));
  font = g_strdup_printf ("%s %s", SUBTITLE_FONT, size);
  g_object_set (self->pipeline, "subtitle-font-desc", font, NULL);
}

/* Positive: the text comes later. */
void
bijou_player_set_text_offset (BijouPlayer *self, gint64 offset_ms)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  g_object_set (self->pipeline, "text-offset", offset_ms * GST_MSECOND, NULL);
}

/* Positive: the sound comes later. */
void
bijou_player_set_audio_offset (BijouPlayer *self, gint64 offset_ms)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  g_object_set (self->pipeline, "av-offset", -offset_ms * GST_MSECOND, NULL);
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

  return self->wants_to_play && !self->ended && is_loaded (self);
}

/* In ms; the target while a seek is in flight. */
gint64
bijou_player_get_position (BijouPlayer *self)
{
  gint64 position = 0;

  g_return_val_if_fail (BIJOU_IS_PLAYER (self), 0);

  if (is_loaded (self) && self->ready && !self->ended && self->seek_target_ms < 0 &&
      gst_element_query_position (self->pipeline, GST_FORMAT_TIME, &position))
    self->position_ms = clamp_position (self, position / GST_MSECOND);
  return self->position_ms;
}

/* In ms; 0 unknown. */
gint64
bijou_player_get_duration (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), 0);

  return self->duration_ms;
}

/* How long the pipeline has been waiting for bytes, in µs; 0: it is not. */
gint64
bijou_player_get_waiting_us (BijouPlayer *self)
{
  g_autoptr (BijouCacheSrc) element = NULL;

  g_return_val_if_fail (BIJOU_IS_PLAYER (self), 0);

  element = ref_element (self);
  return element != NULL ? bijou_cache_src_get_waiting_us (element) : 0;
}

/* (nullable): why it failed. */
const GError *
bijou_player_get_error (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), NULL);

  return self->error;
}

GPtrArray *
bijou_player_get_tracks (BijouPlayer *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAYER (self), NULL);

  return self->tracks;
}

static void
apply_tracks (BijouPlayer *self)
{
  if (self->text_track >= 0 && !self->has_text)
    {
      reload (self);
      return;
    }
  if (!self->prerolled)
    return;
  apply_silence (self);
  send_selection (self);
  update_tracks (self);
  /* Else the old sound goes on for as long as the queues are. */
  if (!self->ended)
    bijou_player_seek (self, bijou_player_get_position (self), BIJOU_SEEK_ACCURATE);
}

/**
 * bijou_player_select_track:
 * @self: a player
 * @kind: audio or text
 * @number: which one of that kind, from 0; -1: no text
 *
 * `tracks-changed` follows when it is done. Main thread.
 */
void
bijou_player_select_track (BijouPlayer *self, BijouTrackKind kind, int number)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));
  g_return_if_fail (kind != BIJOU_TRACK_VIDEO);

  if (!is_loaded (self))
    return;
  if (kind == BIJOU_TRACK_AUDIO)
    self->audio_track = number;
  else
    self->text_track = number;
  apply_tracks (self);
}

/* The number of the track of @kind that plays, -1 none. */
int
bijou_player_get_selected_track (BijouPlayer *self, BijouTrackKind kind)
{
  int n = 0;

  g_return_val_if_fail (BIJOU_IS_PLAYER (self), -1);

  for (guint i = 0; i < self->tracks->len; i++)
    {
      BijouTrack *track = g_ptr_array_index (self->tracks, i);

      if (track->kind != kind)
        continue;
      if (track->selected)
        return n;
      n++;
    }
  return -1;
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
  return self->pipeline;
}

GstElement *
bijou_player_get_video_sink (BijouPlayer *self)
{
  return self->video_sink;
}
