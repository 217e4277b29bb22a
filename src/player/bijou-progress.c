#include "config.h"

#include "bijou-progress.h"

typedef enum
{
  PHASE_WAITING,
  PHASE_RUNNING,
  PHASE_STOPPED,
} Phase;

struct _BijouProgress
{
  GObject parent_instance;

  BijouProgressFunc func;
  gpointer user_data; /* (not owned) */
  guint interval_ms;
  guint timer;
  Phase phase;
  BijouProgressPoint point; /* the last one that was told */
};

G_DEFINE_FINAL_TYPE (BijouProgress, bijou_progress, G_TYPE_OBJECT)

static void
emit (BijouProgress *self, BijouProgressKind kind)
{
  BijouProgressPoint point = self->point;

  self->func (kind, &point, self->user_data);
}

static gboolean
on_interval_cb (gpointer user_data)
{
  BijouProgress *self = BIJOU_PROGRESS (user_data);

  emit (self, BIJOU_PROGRESS_UPDATE);
  return G_SOURCE_CONTINUE;
}

/* A report at an event takes the place of the next one of the clock. */
static void
restart_timer (BijouProgress *self)
{
  g_clear_handle_id (&self->timer, g_source_remove);
  self->timer = g_timeout_add (self->interval_ms, on_interval_cb, self);
}

static void
bijou_progress_dispose (GObject *object)
{
  BijouProgress *self = BIJOU_PROGRESS (object);

  g_clear_handle_id (&self->timer, g_source_remove);

  G_OBJECT_CLASS (bijou_progress_parent_class)->dispose (object);
}

static void
bijou_progress_class_init (BijouProgressClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_progress_dispose;
}

static void
bijou_progress_init (BijouProgress *self)
{
}

/**
 * bijou_progress_new:
 * @interval_ms: how often a running playback is reported
 * @func: what is called, on the main thread; it may drop @self's playback
 * @user_data: for @func; outlives the object
 *
 * Returns: (transfer full): a reporter of one playback
 */
BijouProgress *
bijou_progress_new (guint interval_ms, BijouProgressFunc func, gpointer user_data)
{
  BijouProgress *self;

  g_return_val_if_fail (interval_ms > 0 && func != NULL, NULL);

  self = g_object_new (BIJOU_TYPE_PROGRESS, NULL);
  self->interval_ms = interval_ms;
  self->func = func;
  self->user_data = user_data;
  return self;
}

/**
 * bijou_progress_begin:
 * @self: a reporter
 * @point: where playing begins
 *
 * Playing has begun, a resume seek is done: reports START. Again, or after the stop: nothing.
 */
void
bijou_progress_begin (BijouProgress *self, const BijouProgressPoint *point)
{
  g_return_if_fail (BIJOU_IS_PROGRESS (self));

  if (self->phase != PHASE_WAITING)
    return;
  self->phase = PHASE_RUNNING;
  self->point = *point;
  restart_timer (self);
  emit (self, BIJOU_PROGRESS_START);
}

/**
 * bijou_progress_move:
 * @self: a reporter
 * @point: where the playback is
 *
 * Remembers it for the next report; reports at once when paused or playing changed.
 */
void
bijou_progress_move (BijouProgress *self, const BijouProgressPoint *point)
{
  gboolean changed;

  g_return_if_fail (BIJOU_IS_PROGRESS (self));

  if (self->phase != PHASE_RUNNING)
    return;
  changed = self->point.paused != point->paused;
  self->point = *point;
  if (!changed)
    return;
  restart_timer (self);
  emit (self, BIJOU_PROGRESS_UPDATE);
}

/* Reports at once: after a seek, or when a track was changed. */
void
bijou_progress_report (BijouProgress *self, const BijouProgressPoint *point)
{
  g_return_if_fail (BIJOU_IS_PROGRESS (self));

  if (self->phase != PHASE_RUNNING)
    return;
  self->point = *point;
  restart_timer (self);
  emit (self, BIJOU_PROGRESS_UPDATE);
}

/* Reports STOP at the last point that was told; a playback that never began reports nothing. */
void
bijou_progress_stop (BijouProgress *self)
{
  g_return_if_fail (BIJOU_IS_PROGRESS (self));

  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->phase == PHASE_RUNNING)
    {
      self->phase = PHASE_STOPPED;
      emit (self, BIJOU_PROGRESS_STOP);
    }
  self->phase = PHASE_STOPPED;
}

gboolean
bijou_progress_is_running (BijouProgress *self)
{
  g_return_val_if_fail (BIJOU_IS_PROGRESS (self), FALSE);

  return self->phase == PHASE_RUNNING;
}
