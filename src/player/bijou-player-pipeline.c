#include "config.h"

#include "bijou-player-private.h"

#include "bijou-player-setup.h"
#include "bijou-toc.h"

#include <gst/audio/audio.h>
#include <gst/pbutils/pbutils.h>
#include <string.h>

#define URI "bijou-cache:///film"
#define MAX_EXTENSION 8
#define FLAGS "soft-colorbalance+deinterlace+soft-volume+audio+video"
#define TICK_MS 200
/* A beginning that has waited for bytes so long is not worth waiting for. */
#define WAITING_US (100 * G_TIME_SPAN_MILLISECOND)
#define SUBTITLE_FONT "Sans"
#define SUBTITLE_SIZE 18.0

/* GStreamer asks those first who know the extension, and nobody else when they are sure. */
static char *
make_uri (const char *container)
{
  gsize length = container != NULL ? strspn (container, G_CSET_a_2_z G_CSET_DIGITS) : 0;

  if (length == 0 || length > MAX_EXTENSION)
    return g_strdup (URI);
  return g_strdup_printf (URI ".%.*s", (int) length, container);
}

/* --- taking the pipeline down --- */

static void
free_shared (gpointer data)
{
  BijouPlayerShared *shared = data;

  g_clear_object (&shared->element);
  g_clear_object (&shared->source);
  g_clear_object (&shared->streams);
  g_mutex_clear (&shared->lock);
}

static void
unref_shared (gpointer data, GClosure *closure)
{
  g_atomic_rc_box_release_full (data, free_shared);
}

static void
release_shared (gpointer data)
{
  unref_shared (data, NULL);
}

/* Any thread. */
static void
close_in_thread (GstElement *pipeline, gpointer data)
{
  BijouPlayerShared *shared = data;
  g_autoptr (BijouCacheSrc) element = NULL;

  g_mutex_lock (&shared->lock);
  element = g_steal_pointer (&shared->element);
  g_mutex_unlock (&shared->lock);
  if (element != NULL)
    bijou_cache_src_close (element);
}

typedef struct
{
  GWeakRef player;
  BijouPlayerRun *run; /* (unowned) only to be compared */
} Ended;

static void
ended_free (gpointer data)
{
  Ended *ended = data;

  g_weak_ref_clear (&ended->player);
  g_free (ended);
}

static void
forget_ending (BijouPlayer *self)
{
  g_clear_handle_id (&self->patience, g_source_remove);
  g_clear_pointer (&self->ending, bijou_player_run_unref);
}

static gboolean
on_run_ended_cb (gpointer user_data)
{
  Ended *ended = user_data;
  g_autoptr (BijouPlayer) self = g_weak_ref_get (&ended->player);

  if (self == NULL || self->ending != ended->run)
    return G_SOURCE_REMOVE;
  forget_ending (self);
  if (bijou_player_is_loaded (self))
    bijou_player_start_pipeline (self);
  return G_SOURCE_REMOVE;
}

/* What hangs is most often a sound server, and it keeps the sinks that it has. */
static void
replace_sinks (BijouPlayer *self)
{
  g_message ("the pipeline hangs; going on with another one, without sound");
  gst_object_unref (self->video_sink);
  self->video_sink = gst_object_ref_sink (self->sink_func (self->sink_data));
  self->silent = TRUE;
  self->silence_told = FALSE;
}

static gboolean
on_patience_over_cb (gpointer user_data)
{
  BijouPlayer *self = BIJOU_PLAYER (user_data);

  if (!bijou_player_is_loaded (self) || self->sink_func == NULL)
    return G_SOURCE_CONTINUE;
  replace_sinks (self);
  self->patience = 0;
  forget_ending (self);
  bijou_player_start_pipeline (self);
  return G_SOURCE_REMOVE;
}

void
bijou_player_take_down (BijouPlayer *self)
{
  gboolean settled;
  Ended *ended;

  g_clear_handle_id (&self->tick, g_source_remove);
  if (self->run == NULL)
    return;
  settled = self->prerolled || bijou_player_get_waiting_us (self) > WAITING_US;
  if (settled)
    close_in_thread (NULL, self->shared);
  g_clear_handle_id (&self->bus_watch, g_source_remove);
  gst_clear_object (&self->sound);

  self->ending = g_steal_pointer (&self->run);
  self->patience = g_timeout_add (self->hang_ms, on_patience_over_cb, self);
  ended = g_new0 (Ended, 1);
  g_weak_ref_init (&ended->player, self);
  ended->run = self->ending;
  bijou_player_run_end (self->ending, settled, close_in_thread, g_steal_pointer (&self->shared),
                        release_shared, self->video_sink, self->audio_sink, on_run_ended_cb, ended,
                        ended_free);
}

gboolean
bijou_player_leave_hanging (BijouPlayer *self)
{
  gint64 limit = self->hang_ms * G_TIME_SPAN_MILLISECOND;

  /* A seek may wait for bytes too. */
  if (self->sink_func == NULL || bijou_player_get_waiting_us (self) > 0 ||
      bijou_player_run_get_busy_us (self->run) < limit)
    return FALSE;
  self->position_ms = self->seek_target_ms >= 0 ? self->seek_target_ms : self->position_ms;
  bijou_player_take_down (self);
  replace_sinks (self);
  forget_ending (self);
  bijou_player_reload (self);
  return TRUE;
}

static void
fail (BijouPlayer *self, GError *error)
{
  g_autoptr (GError) owned = error;

  if (self->error != NULL || self->source == NULL)
    return;
  g_message ("playback failed: %s", error->message);
  self->error = g_steal_pointer (&owned);
  bijou_player_take_down (self);
  bijou_player_update_state (self);
  g_signal_emit_by_name (self, "failed", self->error);
}

/* --- messages --- */

static BijouCacheSrc *
ref_element (BijouPlayer *self)
{
  BijouCacheSrc *element;

  if (self->shared == NULL)
    return NULL;
  g_mutex_lock (&self->shared->lock);
  element = self->shared->element != NULL ? g_object_ref (self->shared->element) : NULL;
  g_mutex_unlock (&self->shared->lock);
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

static gboolean
is_of_audio_sink (BijouPlayer *self, GstMessage *message)
{
  return GST_MESSAGE_SRC (message) == GST_OBJECT (self->sound) ||
         gst_object_has_as_ancestor (GST_MESSAGE_SRC (message), GST_OBJECT (self->sound));
}

/* The sound server or the device went away: the film goes on without. */
static void
go_on_silently (BijouPlayer *self, const char *reason)
{
  g_message ("no sound any more: %s", reason);
  self->silent = TRUE;
  self->silence_told = FALSE;
  bijou_player_reload (self);
}

static void
on_error (BijouPlayer *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = NULL;

  gst_message_parse_error (message, &error, &detail);
  if (!self->silent && is_of_audio_sink (self, message))
    {
      go_on_silently (self, error->message);
      return;
    }
  fail (self, translate_error (self, error, detail));
}

static void
on_missing_plugin (BijouPlayer *self, GstMessage *message)
{
  g_free (self->missing_decoder);
  self->missing_decoder = gst_missing_plugin_message_get_description (message);
  g_signal_emit_by_name (self, "decoder-missing", self->missing_decoder);
}

static void
on_toc (BijouPlayer *self, GstMessage *message)
{
  g_autoptr (GstToc) toc = NULL;

  gst_message_parse_toc (message, &toc, NULL);
  g_ptr_array_unref (self->chapters);
  self->chapters = bijou_toc_list_chapters (toc);
  g_signal_emit_by_name (self, "chapters-changed");
}

static void
on_eos (BijouPlayer *self)
{
  if (self->seek_target_ms >= 0)
    bijou_player_finish_seek (self);
  if (self->seek_target_ms >= 0)
    return;
  self->ended = TRUE;
  self->starved = FALSE;
  /* First, so that nobody takes the last position for that of a pause. */
  bijou_player_update_state (self);
  bijou_player_update_duration (self);
  if (self->duration_ms > 0)
    bijou_player_set_position (self, self->duration_ms);
  g_signal_emit_by_name (self, "ended");
}

static void
on_application (BijouPlayer *self, GstMessage *message)
{
  const GstStructure *structure = gst_message_get_structure (message);

  guint serial = 0;

  gst_structure_get_uint (structure, "serial", &serial);
  if (gst_structure_has_name (structure, BIJOU_PLAYER_SEEK_MARKER))
    self->seen_serial = serial;
  else if (gst_structure_has_name (structure, BIJOU_PLAYER_SEEK_REFUSED))
    bijou_player_on_seek_refused (self, serial);
}

static gboolean
is_from_pipeline (BijouPlayer *self, GstMessage *message)
{
  return GST_MESSAGE_SRC (message) == GST_OBJECT (bijou_player_get_pipeline (self));
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
      bijou_player_on_async_done (self);
      break;
    case GST_MESSAGE_APPLICATION:
      on_application (self, message);
      break;
    case GST_MESSAGE_STATE_CHANGED:
      bijou_player_update_state (self);
      break;
    default:
      break;
    }
}

static void
recalculate_latency_in_thread (GstElement *pipeline, gpointer data)
{
  gst_bin_recalculate_latency (GST_BIN (pipeline));
}

static gboolean
on_message_cb (GstBus *bus, GstMessage *message, gpointer user_data)
{
  g_autoptr (BijouPlayer) self = g_object_ref (BIJOU_PLAYER (user_data));

  if (!bijou_player_is_started (self))
    return G_SOURCE_CONTINUE;

  switch (GST_MESSAGE_TYPE (message))
    {
    case GST_MESSAGE_ERROR:
      on_error (self, message);
      break;
    case GST_MESSAGE_DURATION_CHANGED:
      bijou_player_update_duration (self);
      break;
    case GST_MESSAGE_STREAMS_SELECTED:
      bijou_player_on_streams_selected (self, message);
      break;
    case GST_MESSAGE_TOC:
      on_toc (self, message);
      break;
    case GST_MESSAGE_LATENCY:
      bijou_player_run_do (self->run, recalculate_latency_in_thread, NULL, NULL);
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
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_STREAM_COLLECTION)
    bijou_player_shared_keep_streams (user_data, message);
  return GST_BUS_PASS;
}

static void
on_source_setup_cb (GstElement *pipeline, GstElement *element, gpointer user_data)
{
  BijouPlayerShared *shared = user_data;

  if (!BIJOU_IS_CACHE_SRC (element))
    return;

  g_object_set (element, "source", shared->source, NULL);
  g_mutex_lock (&shared->lock);
  g_set_object (&shared->element, BIJOU_CACHE_SRC (element));
  g_mutex_unlock (&shared->lock);
}

/* --- making one --- */

/* (transfer floating), or none when it is the player's own. */
static GstElement *
make_sound (BijouPlayer *self)
{
  GstElement *sink;

  if (self->silent)
    return bijou_player_setup_make_silent_sink ();
  sink = self->audio_sink != NULL ? self->audio_sink
                                  : bijou_player_setup_make_audio_sink (&self->silent);
  if (!self->silent)
    self->silence_told = FALSE;
  return sink;
}

static GstElement *
make_pipeline (BijouPlayer *self)
{
  GstElement *tempo = gst_element_factory_make ("scaletempo", NULL);
  GstElement *pipeline = gst_element_factory_make ("playbin3", NULL);
  g_autofree char *uri = make_uri (self->container);

  if (pipeline == NULL)
    g_error ("GStreamer's playback plugin (gst-plugins-base) is not installed");
  gst_object_ref_sink (pipeline);
  if (tempo != NULL)
    g_object_set (pipeline, "audio-filter", tempo, NULL);
  self->sound = gst_object_ref_sink (make_sound (self));
  /* Text is built in only when it is wanted: 1.22 cannot add it to a running pipeline. */
  self->has_text = self->text_track >= 0;
  gst_util_set_object_arg (G_OBJECT (pipeline), "flags", self->has_text ? FLAGS "+text" : FLAGS);
  g_object_set (pipeline, "video-sink", self->video_sink, "audio-sink", self->sound, "uri", uri,
                NULL);
  return pipeline;
}

static void
watch_pipeline (BijouPlayer *self, GstElement *pipeline)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (pipeline);

  self->shared = g_atomic_rc_box_new0 (BijouPlayerShared);
  g_mutex_init (&self->shared->lock);
  self->shared->source = g_object_ref (self->source);
  g_signal_connect_data (pipeline, "source-setup", G_CALLBACK (on_source_setup_cb),
                         g_atomic_rc_box_acquire (self->shared), unref_shared, 0);
  self->bus_watch = gst_bus_add_watch (bus, on_message_cb, self);
  gst_bus_set_sync_handler (bus, on_message_sync_cb, g_atomic_rc_box_acquire (self->shared),
                            release_shared);
}

void
bijou_player_start_pipeline (BijouPlayer *self)
{
  GstElement *pipeline;

  if (self->ending != NULL || self->run != NULL)
    return;
  pipeline = make_pipeline (self);
  watch_pipeline (self, pipeline);
  self->run = bijou_player_run_new (pipeline);
  bijou_player_apply_volume (self);
  bijou_player_apply_text (self);
  self->tick = g_timeout_add (TICK_MS, bijou_player_on_tick_cb, self);
  bijou_player_run_set_state (self->run, GST_STATE_PAUSED);
}

/* --- what holds from one film to the next --- */

typedef struct
{
  double volume;
  gboolean muted;
} Loudness;

static void
set_loudness_in_thread (GstElement *pipeline, gpointer data)
{
  const Loudness *loudness = data;

  gst_stream_volume_set_volume (GST_STREAM_VOLUME (pipeline), GST_STREAM_VOLUME_FORMAT_CUBIC,
                                loudness->volume);
  gst_stream_volume_set_mute (GST_STREAM_VOLUME (pipeline), loudness->muted);
}

void
bijou_player_apply_volume (BijouPlayer *self)
{
  Loudness *loudness;

  if (self->run == NULL)
    return;
  loudness = g_new0 (Loudness, 1);
  loudness->volume = self->volume;
  loudness->muted = self->muted;
  bijou_player_run_do (self->run, set_loudness_in_thread, loudness, g_free);
}

/* What text looks like, and when it and the sound come. */
void
bijou_player_apply_text (BijouPlayer *self)
{
  g_autofree char *font = NULL;
  char size[G_ASCII_DTOSTR_BUF_SIZE];

  if (self->run == NULL)
    return;
  g_ascii_formatd (size, sizeof size, "%.1f", SUBTITLE_SIZE * self->text_scale);
  font = g_strdup_printf ("%s %s", SUBTITLE_FONT, size);
  g_object_set (bijou_player_get_pipeline (self), "subtitle-font-desc", font, "text-offset",
                self->text_offset_ms * GST_MSECOND, "av-offset",
                -self->audio_offset_ms * GST_MSECOND, NULL);
}

/* Whether the source has nothing to give; the pipeline may still have. Its messages say so too, but
 * GStreamer 1.22 mixes them with those of queues. */
gboolean
bijou_player_is_buffering (BijouPlayer *self)
{
  g_autoptr (BijouCacheSrc) element = ref_element (self);

  return element != NULL && bijou_cache_src_is_buffering (element);
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
