#include "config.h"

#include "bijou-player-setup.h"

#include "bijou-worker.h"

/* So long a sound server may take to answer; sound comes with the next film then. */
#define PATIENCE_US (1500 * G_TIME_SPAN_MILLISECOND)
#define AGAIN_US (10 * G_TIME_SPAN_SECOND)

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

/* What is known of it in this process. A sound server that hangs keeps its thread for ever. */
static struct
{
  GMutex lock;
  GCond cond;
  GstElementFactory *factory; /* (owned) (nullable) */
  gint64 begun;               /* monotonic µs, 0: nobody looks or has looked */
  gboolean known;
} sound;

static gpointer
find_sink_in_thread (gpointer data)
{
  gint64 start_us = g_get_monotonic_time ();
  GstElementFactory *factory = find_sink ();

  g_debug ("sound goes to %s, found in %" G_GINT64_FORMAT " ms",
           factory != NULL ? GST_OBJECT_NAME (factory) : "nothing",
           (g_get_monotonic_time () - start_us) / 1000);
  g_mutex_lock (&sound.lock);
  sound.factory = factory;
  sound.known = TRUE;
  g_cond_broadcast (&sound.cond);
  g_mutex_unlock (&sound.lock);
  return NULL;
}

/* With the lock held. Where there was none, there may be one since. */
static void
look_for_sink (gint64 now)
{
  if (sound.begun != 0 && !(sound.known && sound.factory == NULL && now > sound.begun + AGAIN_US))
    return;
  sound.begun = now;
  sound.known = FALSE;
  g_thread_unref (g_thread_new ("bijou-sound", find_sink_in_thread, NULL));
}

/* (transfer full) (nullable): waits for a moment when nobody has looked before, or with @wait. */
static GstElementFactory *
ref_sink_factory (gboolean wait)
{
  gint64 now = g_get_monotonic_time ();
  GstElementFactory *factory;
  gboolean in_time;

  g_mutex_lock (&sound.lock);
  in_time = wait || sound.begun == 0;
  look_for_sink (now);
  while (!sound.known && in_time)
    in_time = g_cond_wait_until (&sound.cond, &sound.lock, sound.begun + PATIENCE_US);
  if (!sound.known)
    g_message ("the sound server does not answer");
  factory = sound.factory != NULL ? gst_object_ref (sound.factory) : NULL;
  g_mutex_unlock (&sound.lock);
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
  g_autoptr (GstElementFactory) factory = ref_sink_factory (FALSE);
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
      g_autoptr (GstElementFactory) factory = NULL;
      GstPluginFeature *loaded = NULL;

      gst_init (NULL, NULL);
      playbin = gst_element_factory_find ("playbin3");
      loaded = playbin != NULL ? gst_plugin_feature_load (GST_PLUGIN_FEATURE (playbin)) : NULL;
      gst_clear_object (&loaded);
      g_debug ("GStreamer is there after %" G_GINT64_FORMAT " ms",
               (g_get_monotonic_time () - start_us) / 1000);
      factory = ref_sink_factory (TRUE);
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
