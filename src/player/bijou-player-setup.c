#include "config.h"

#include "bijou-player-setup.h"

#include "bijou-worker.h"

/* --- where sound goes --- */

/* They print errors of their own where there is no such server, and all that has one of them has
 * ALSA or a sound server too. */
static gboolean
is_of_use (const char *name)
{
  static const char *const unwanted[] = { "openalsink", "jackaudiosink", "autoaudiosink", NULL };

  return !g_strv_contains (unwanted, name);
}

static gboolean
can_open (GstElementFactory *factory)
{
  GstElement *sink = gst_element_factory_create (factory, NULL);
  g_autoptr (GstBus) bus = gst_bus_new ();
  gboolean opened;

  if (sink == NULL)
    return FALSE;
  gst_object_ref_sink (sink);
  /* It may say on the bus why it cannot. */
  gst_element_set_bus (sink, bus);
  opened = gst_element_set_state (sink, GST_STATE_READY) == GST_STATE_CHANGE_SUCCESS;
  gst_element_set_state (sink, GST_STATE_NULL);
  gst_bus_set_flushing (bus, TRUE);
  gst_element_set_bus (sink, NULL);
  gst_object_unref (sink);
  return opened;
}

/* (transfer full) (nullable): the best that opens, in GStreamer's own order: sound servers before
 * devices. */
static GstElementFactory *
find_sink (void)
{
  GList *all = gst_element_factory_list_get_elements (
      GST_ELEMENT_FACTORY_TYPE_SINK | GST_ELEMENT_FACTORY_TYPE_MEDIA_AUDIO, GST_RANK_MARGINAL);
  GstElementFactory *found = NULL;

  for (GList *l = all; l != NULL && found == NULL; l = l->next)
    if (is_of_use (GST_OBJECT_NAME (l->data)) && can_open (l->data))
      found = gst_object_ref (l->data);
  gst_plugin_feature_list_free (all);
  return found;
}

/* (transfer none) (nullable): blocks at the first call. */
static GstElementFactory *
get_sink_factory (void)
{
  static GstElementFactory *factory; /* (owned) (nullable) for the whole process */
  static gsize once;

  if (g_once_init_enter (&once))
    {
      gint64 start_us = g_get_monotonic_time ();

      factory = find_sink ();
      g_debug ("sound goes to %s, found in %" G_GINT64_FORMAT " ms",
               factory != NULL ? GST_OBJECT_NAME (factory) : "nothing",
               (g_get_monotonic_time () - start_us) / 1000);
      g_once_init_leave (&once, 1);
    }
  return factory;
}

GstElement *
bijou_player_setup_make_silent_sink (void)
{
  GstElement *sink = gst_element_factory_make ("fakesink", "bijou-silence");

  g_object_set (sink, "sync", TRUE, NULL);
  return sink;
}

GstElement *
bijou_player_setup_make_audio_sink (gboolean *silent)
{
  GstElementFactory *factory = get_sink_factory ();
  GstElement *sink = factory != NULL ? gst_element_factory_create (factory, NULL) : NULL;

  *silent = sink == NULL;
  return sink != NULL ? sink : bijou_player_setup_make_silent_sink ();
}

/* --- on a thread --- */

static void
set_up_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  static gboolean done; /* that worker's only */
  gint64 start_us = g_get_monotonic_time ();

  if (!done)
    {
      g_autoptr (GstElementFactory) playbin = NULL;
      GstPluginFeature *loaded = NULL;

      gst_init (NULL, NULL);
      playbin = gst_element_factory_find ("playbin3");
      loaded = playbin != NULL ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (playbin)) : NULL;
      gst_clear_object (&loaded);
      g_debug ("GStreamer is there after %" G_GINT64_FORMAT " ms",
               (g_get_monotonic_time () - start_us) / 1000);
      get_sink_factory ();
      done = TRUE;
    }
  g_task_return_boolean (task, TRUE);
}

void
bijou_player_setup_async (GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  static BijouWorker *worker; /* (owned) for the whole process; main thread only */
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, bijou_player_setup_async);
  if (worker == NULL)
    worker = bijou_worker_new ("bijou-gstsetup");
  bijou_worker_push (worker, task, set_up_in_worker, G_PRIORITY_DEFAULT);
}

gboolean
bijou_player_setup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
