#include "config.h"

#include "bijou-player-private.h"

#include "bijou-player-setup.h"
#include "bijou-toc.h"

#include <gst/pbutils/pbutils.h>
#include <string.h>

#define URI "bijou-cache:///film"
#define MAX_EXTENSION 8
#define FLAGS "soft-colorbalance+deinterlace+soft-volume+audio+video"
#define TICK_MS 200
#define CLOSING_MS 2

/* GStreamer asks those first who know the extension, and nobody else when they are sure. */
static char *
make_uri (const char *container)
{
  gsize length = container != NULL ? strspn (container, G_CSET_a_2_z G_CSET_DIGITS) : 0;

  if (length == 0 || length > MAX_EXTENSION)
    return g_strdup (URI);
  return g_strdup_printf (URI ".%.*s", (int) length, container);
}

void
bijou_player_start_pipeline (BijouPlayer *self)
{
  g_autofree char *uri = make_uri (self->container);

  g_mutex_lock (&self->shared.lock);
  self->shared.source = g_object_ref (self->source);
  g_mutex_unlock (&self->shared.lock);

  /* Text is built in only when it is wanted: 1.22 cannot add it to a running pipeline. */
  self->has_text = self->text_track >= 0;
  gst_util_set_object_arg (G_OBJECT (self->pipeline), "flags",
                           self->has_text ? FLAGS "+text" : FLAGS);
  g_object_set (self->pipeline, "uri", uri, NULL);
  self->tick = g_timeout_add (TICK_MS, bijou_player_on_tick_cb, self);
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
  if (bijou_player_is_loaded (self))
    bijou_player_start_pipeline (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_orphan_cb (gpointer user_data)
{
  GstElement *pipeline = user_data;

  if (is_finding_type (pipeline))
    return G_SOURCE_CONTINUE;
  gst_element_set_state (pipeline, GST_STATE_NULL);
  return G_SOURCE_REMOVE;
}

/* For a player that is gone before its pipeline can be. */
void
bijou_player_take_down_later (GstElement *pipeline)
{
  g_timeout_add_full (G_PRIORITY_DEFAULT, CLOSING_MS, on_orphan_cb, gst_object_ref (pipeline),
                      gst_object_unref);
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

void
bijou_player_take_down (BijouPlayer *self)
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
  bijou_player_take_down (self);
  bijou_player_update_state (self);
  g_signal_emit_by_name (self, "failed", self->error);
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

static gboolean
is_of_audio_sink (BijouPlayer *self, GstMessage *message)
{
  g_autoptr (GstElement) sink = NULL;

  g_object_get (self->pipeline, "audio-sink", &sink, NULL);
  return sink != NULL &&
         (GST_MESSAGE_SRC (message) == GST_OBJECT (sink) ||
          gst_object_has_as_ancestor (GST_MESSAGE_SRC (message), GST_OBJECT (sink)));
}

/* The sound server or the device went away: the film goes on without. */
static void
go_on_silently (BijouPlayer *self, const GError *error)
{
  g_message ("no sound any more: %s", error->message);
  self->silent = TRUE;
  self->silence_told = FALSE;
  g_object_set (self->pipeline, "audio-sink", bijou_player_setup_make_silent_sink (), NULL);
  bijou_player_reload (self);
}

/* The sound server may be back since. */
void
bijou_player_look_for_sound (BijouPlayer *self)
{
  GstElement *sink;

  if (!self->silent)
    return;
  sink = bijou_player_setup_make_audio_sink (&self->silent);
  if (!self->silent)
    self->silence_told = FALSE;
  g_object_set (self->pipeline, "audio-sink", sink, NULL);
}

static void
on_error (BijouPlayer *self, GstMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *detail = NULL;

  gst_message_parse_error (message, &error, &detail);
  if (!self->silent && is_of_audio_sink (self, message))
    {
      go_on_silently (self, error);
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

  if (gst_structure_has_name (structure, BIJOU_PLAYER_SEEK_MARKER))
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
    bijou_player_keep_streams (self, message);
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

void
bijou_player_make_pipeline (BijouPlayer *self, GstElement *video_sink, GstElement *audio_sink)
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
  if (audio_sink == NULL)
    audio_sink = bijou_player_setup_make_audio_sink (&self->silent);
  g_object_set (self->pipeline, "audio-sink", audio_sink, NULL);
  bijou_player_set_subtitle_scale (self, 1.0);

  g_signal_connect (self->pipeline, "source-setup", G_CALLBACK (on_source_setup_cb), self);
  bus = gst_element_get_bus (self->pipeline);
  self->bus_watch = gst_bus_add_watch (bus, on_message_cb, self);
  gst_bus_set_sync_handler (bus, on_message_sync_cb, self, NULL);
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
