#include "config.h"

#include "bijou-player-run.h"

#include <gst/base/gstbasesrc.h>

#define STEP_US (2 * G_TIME_SPAN_MILLISECOND)
#define SETTLE_US (1 * G_TIME_SPAN_SECOND)
#define REST_US (300 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  BijouPlayerRunFunc func; /* (nullable) NULL: that was the last one */
  gpointer data;           /* (owned) */
  GDestroyNotify free_data;
} Job;

struct _BijouPlayerRun
{
  GstElement *pipeline; /* (owned) (nullable) NULL once it is down */
  GAsyncQueue *jobs;    /* (owned) of Job */
  GstState state;       /* as last asked for */

  /* How it ends; set before the last job. */
  gboolean settled;         /* all its streams are connected */
  BijouPlayerRunFunc close; /* reads end with it */
  gpointer close_data;      /* (owned) */
  GDestroyNotify free_close_data;
  GstElement *video_sink; /* (owned) (nullable) somebody else wants it */
  GstElement *audio_sink; /* (owned) (nullable) likewise */
  GSource *ended;         /* (owned) (nullable) */

  struct
  {
    GMutex lock;
    GCond cond;
    gint64 busy_since; /* monotonic µs, 0: idle */
    gboolean down;
  } shared;
};

static void
job_free (Job *job)
{
  if (job->free_data != NULL)
    job->free_data (job->data);
  g_free (job);
}

static void
free_run (gpointer data)
{
  BijouPlayerRun *self = data;

  gst_clear_object (&self->pipeline);
  gst_clear_object (&self->video_sink);
  gst_clear_object (&self->audio_sink);
  g_clear_pointer (&self->ended, g_source_unref);
  g_async_queue_unref (self->jobs);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.cond);
}

void
bijou_player_run_unref (BijouPlayerRun *self)
{
  g_atomic_rc_box_release_full (self, free_run);
}

/* --- its thread --- */

static gboolean
has_running_task (GstElement *element)
{
  GstPadDirection direction = GST_IS_BASE_SRC (element) ? GST_PAD_SRC : GST_PAD_SINK;
  gboolean found = FALSE;

  GST_OBJECT_LOCK (element);
  for (GList *l = element->pads; l != NULL && !found; l = l->next)
    found = gst_pad_get_direction (l->data) == direction &&
            gst_pad_get_task_state (l->data) == GST_TASK_STARTED;
  GST_OBJECT_UNLOCK (element);
  return found;
}

static int
compare_type_finder (gconstpointer a, gconstpointer b)
{
  GstElement *element = g_value_get_object (a);
  GstElementFactory *factory = gst_element_get_factory (element);

  return factory != NULL && g_str_equal (GST_OBJECT_NAME (factory), "typefind") &&
                 has_running_task (element)
             ? 0
             : 1;
}

static int
compare_feeder (gconstpointer a, gconstpointer b)
{
  return has_running_task (g_value_get_object (a)) ? 0 : 1;
}

static gboolean
has_element (GstElement *pipeline, GCompareFunc compare)
{
  g_autoptr (GstIterator) elements = gst_bin_iterate_recurse (GST_BIN (pipeline));
  GValue found = G_VALUE_INIT;

  if (!gst_iterator_find_custom (elements, compare, &found, NULL))
    return FALSE;
  g_value_unset (&found);
  return TRUE;
}

/* A pipeline whose streams are being connected loses events when it is disturbed: it gets a moment
 * to come to its first picture, unless it waits for bytes and is closed already. */
static void
let_settle (BijouPlayerRun *self)
{
  gint64 until = g_get_monotonic_time () + SETTLE_US;

  while (!self->settled && g_get_monotonic_time () < until &&
         gst_element_get_state (self->pipeline, NULL, NULL, 0) == GST_STATE_CHANGE_ASYNC)
    g_usleep (STEP_US);
  self->close (self->pipeline, self->close_data);
}

/* While a type is being found, taking playbin3 of 1.22 down locks up: urisourcebin holds the lock
 * that its own type finder waits for. While streams are being connected, it loses events and names
 * pads twice. Nothing can be read any more, so what feeds the pipeline soon comes to rest; unless
 * its queues are full, and then all is connected. */
static void
let_come_to_rest (BijouPlayerRun *self)
{
  gint64 until = g_get_monotonic_time () + REST_US;

  while (has_element (self->pipeline, compare_type_finder))
    g_usleep (STEP_US);
  while (!self->settled && has_element (self->pipeline, compare_feeder) &&
         g_get_monotonic_time () < until)
    g_usleep (STEP_US);
}

/* The next pipeline gets it, and it can have one parent only. */
static void
release_sink (GstElement *sink)
{
  g_autoptr (GstObject) parent = NULL;

  if (sink == NULL)
    return;
  parent = gst_object_get_parent (GST_OBJECT (sink));
  if (GST_IS_BIN (parent))
    gst_bin_remove (GST_BIN (parent), sink);
}

static void
take_down_in_thread (BijouPlayerRun *self)
{
  let_settle (self);
  let_come_to_rest (self);
  gst_element_set_state (self->pipeline, GST_STATE_NULL);
  release_sink (self->video_sink);
  release_sink (self->audio_sink);
  gst_clear_object (&self->pipeline);
  self->free_close_data (self->close_data);

  g_mutex_lock (&self->shared.lock);
  self->shared.down = TRUE;
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
  g_source_attach (self->ended, NULL);
}

static void
set_busy (BijouPlayerRun *self, gboolean busy)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.busy_since = busy ? g_get_monotonic_time () : 0;
  g_mutex_unlock (&self->shared.lock);
}

static gpointer
run_main (gpointer data)
{
  BijouPlayerRun *self = data;
  gboolean goes_on = TRUE;

  while (goes_on)
    {
      Job *job = g_async_queue_pop (self->jobs);

      goes_on = job->func != NULL;
      set_busy (self, TRUE);
      if (goes_on)
        job->func (self->pipeline, job->data);
      else
        take_down_in_thread (self);
      set_busy (self, FALSE);
      job_free (job);
    }
  bijou_player_run_unref (self);
  return NULL;
}

/* --- the main thread --- */

/**
 * bijou_player_run_new:
 * @pipeline: (transfer full): a pipeline in NULL
 *
 * Returns: (transfer full): its run
 */
BijouPlayerRun *
bijou_player_run_new (GstElement *pipeline)
{
  BijouPlayerRun *self = g_atomic_rc_box_new0 (BijouPlayerRun);

  self->pipeline = pipeline;
  self->state = GST_STATE_NULL;
  self->jobs = g_async_queue_new_full ((GDestroyNotify) job_free);
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.cond);
  g_thread_unref (g_thread_new ("bijou-pipeline", run_main, g_atomic_rc_box_acquire (self)));
  return self;
}

GstElement *
bijou_player_run_get_pipeline (BijouPlayerRun *self)
{
  return self->pipeline;
}

/**
 * bijou_player_run_do:
 * @self: a run that has not been ended
 * @func: what to do with the pipeline, on the run's thread
 * @data: (nullable) (transfer full): for @func
 * @free_data: (nullable): for @data
 *
 * Has something done that may block, after all that was asked for before.
 */
void
bijou_player_run_do (BijouPlayerRun *self,
                     BijouPlayerRunFunc func,
                     gpointer data,
                     GDestroyNotify free_data)
{
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->data = data;
  job->free_data = free_data;
  g_async_queue_push (self->jobs, job);
}

static void
set_state_in_thread (GstElement *pipeline, gpointer data)
{
  gst_element_set_state (pipeline, GPOINTER_TO_INT (data));
}

void
bijou_player_run_set_state (BijouPlayerRun *self, GstState state)
{
  if (state == self->state)
    return;
  self->state = state;
  bijou_player_run_do (self, set_state_in_thread, GINT_TO_POINTER (state), NULL);
}

/**
 * bijou_player_run_end:
 * @self: a run
 * @settled: whether all its streams are connected, or it is not worth waiting for that
 * @close: ends what it reads, on its thread
 * @close_data: (transfer full): for @close
 * @free_close_data: for @close_data
 * @video_sink: (nullable): is taken out of the pipeline, for the next one
 * @audio_sink: (nullable): likewise
 * @func: runs on the main context when the pipeline is down
 * @data: (transfer full): for @func
 * @free_data: for @data
 *
 * Takes the pipeline down after all that was asked for before.
 */
void
bijou_player_run_end (BijouPlayerRun *self,
                      gboolean settled,
                      BijouPlayerRunFunc close,
                      gpointer close_data,
                      GDestroyNotify free_close_data,
                      GstElement *video_sink,
                      GstElement *audio_sink,
                      GSourceFunc func,
                      gpointer data,
                      GDestroyNotify free_data)
{
  self->settled = settled;
  self->close = close;
  self->close_data = close_data;
  self->free_close_data = free_close_data;
  self->video_sink = video_sink != NULL ? gst_object_ref (video_sink) : NULL;
  self->audio_sink = audio_sink != NULL ? gst_object_ref (audio_sink) : NULL;
  self->ended = g_idle_source_new ();
  g_source_set_priority (self->ended, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->ended, func, data, free_data);
  bijou_player_run_do (self, NULL, NULL, NULL);
}

/**
 * bijou_player_run_wait:
 * @self: a run that was ended
 * @ms: how long at most
 *
 * Blocks until the pipeline is down; for the end of the program.
 */
void
bijou_player_run_wait (BijouPlayerRun *self, guint ms)
{
  gint64 until = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->shared.lock);
  while (!self->shared.down && in_time)
    in_time = g_cond_wait_until (&self->shared.cond, &self->shared.lock, until);
  g_mutex_unlock (&self->shared.lock);
}

gint64
bijou_player_run_get_busy_us (BijouPlayerRun *self)
{
  gint64 since;

  g_mutex_lock (&self->shared.lock);
  since = self->shared.busy_since;
  g_mutex_unlock (&self->shared.lock);
  return since != 0 ? g_get_monotonic_time () - since : 0;
}
