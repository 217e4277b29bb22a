#include "config.h"

#include "bijou-player-private.h"

#include <gst/video/video.h>

void
bijou_player_stats_clear (BijouPlayerStats *self)
{
  g_clear_pointer (&self->video_codec, g_free);
  g_clear_pointer (&self->audio_codec, g_free);
  g_clear_pointer (&self->video_decoder, g_free);
}

static void
read_tracks (GPtrArray *tracks, BijouPlayerStats *stats)
{
  for (guint i = 0; i < tracks->len; i++)
    {
      BijouTrack *track = g_ptr_array_index (tracks, i);

      if (!track->selected)
        continue;
      if (track->kind == BIJOU_TRACK_VIDEO)
        {
          stats->video_codec = g_strdup (track->codec);
          stats->width = track->width;
          stats->height = track->height;
          stats->frame_rate = track->frame_rate;
        }
      else if (track->kind == BIJOU_TRACK_AUDIO)
        {
          stats->audio_codec = g_strdup (track->codec);
          stats->channels = track->channels;
        }
    }
}

static int
compare_video_decoder (gconstpointer a, gconstpointer b)
{
  GstElement *element = g_value_get_object (a);
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL && gst_element_factory_list_is_type (
                                factory, GST_ELEMENT_FACTORY_TYPE_DECODER |
                                             GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO)
             ? 0
             : 1;
}

static char *
dup_video_decoder (GstBin *bin)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (bin);
  GValue found = G_VALUE_INIT;
  char *name = NULL;

  if (gst_iterator_find_custom (elements, compare_video_decoder, &found, NULL))
    {
      name = g_strdup (GST_OBJECT_NAME (gst_element_get_factory (g_value_get_object (&found))));
      g_value_unset (&found);
    }
  return name;
}

static void
read_sink (GstElement *sink, BijouPlayerStats *stats)
{
  g_autoptr (GstStructure) counts = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (sink), "stats") == NULL)
    return;
  g_object_get (sink, "stats", &counts, NULL);
  if (counts == NULL)
    return;
  gst_structure_get_uint64 (counts, "rendered", &stats->rendered);
  gst_structure_get_uint64 (counts, "dropped", &stats->dropped);
}

static int
compare_base_sink (gconstpointer a, gconstpointer b)
{
  return GST_IS_BASE_SINK (g_value_get_object (a)) ? 0 : 1;
}

static void
read_sinks (GstElement *sink, BijouPlayerStats *stats)
{
  g_autoptr (GstIterator) elements = NULL;
  GValue found = G_VALUE_INIT;

  if (!GST_IS_BIN (sink))
    {
      read_sink (sink, stats);
      return;
    }
  elements = gst_bin_iterate_recurse (GST_BIN (sink));
  if (gst_iterator_find_custom (elements, compare_base_sink, &found, NULL))
    {
      read_sink (g_value_get_object (&found), stats);
      g_value_unset (&found);
    }
}

/**
 * bijou_player_get_stats:
 * @self: a player
 * @stats: (out caller-allocates): cleared with bijou_player_stats_clear()
 *
 * What is being decoded and shown now. Main thread.
 */
void
bijou_player_get_stats (BijouPlayer *self, BijouPlayerStats *stats)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));
  g_return_if_fail (stats != NULL);

  *stats = (BijouPlayerStats){ 0 };
  read_tracks (bijou_player_get_tracks (self), stats);
  if (bijou_player_get_pipeline (self) != NULL)
    stats->video_decoder = dup_video_decoder (GST_BIN (bijou_player_get_pipeline (self)));
  read_sinks (bijou_player_get_video_sink (self), stats);
}

/**
 * bijou_player_set_hardware_decoding:
 * @enabled: whether decoders on graphics hardware may be used
 *
 * For the whole process; holds for what is loaded from now on. Main thread.
 */
void
bijou_player_set_hardware_decoding (gboolean enabled)
{
  GList *factories = gst_element_factory_list_get_elements (
      GST_ELEMENT_FACTORY_TYPE_DECODER | GST_ELEMENT_FACTORY_TYPE_MEDIA_VIDEO, GST_RANK_NONE);

  for (GList *l = factories; l != NULL; l = l->next)
    {
      GstPluginFeature *feature = l->data;
      guint rank = gst_plugin_feature_get_rank (feature);
      const char *key = "bijou-rank";

      if (!gst_element_factory_list_is_type (l->data, GST_ELEMENT_FACTORY_TYPE_HARDWARE))
        continue;
      if (!enabled && rank > GST_RANK_NONE)
        {
          g_object_set_data (G_OBJECT (feature), key, GUINT_TO_POINTER (rank));
          gst_plugin_feature_set_rank (feature, GST_RANK_NONE);
        }
      else if (enabled && g_object_get_data (G_OBJECT (feature), key) != NULL)
        gst_plugin_feature_set_rank (
            feature, GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (feature), key)));
    }
  gst_plugin_feature_list_free (factories);
}
