#include "config.h"

#include "bijou-play-queue.h"

struct _BijouPlayQueue
{
  GObject parent_instance;

  BijouItem *current;  /* (owned) (nullable) */
  BijouItem *previous; /* (owned) (nullable) */
  BijouItem *next;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (BijouPlayQueue, bijou_play_queue, G_TYPE_OBJECT)

static guint changed_signal;

static void
bijou_play_queue_dispose (GObject *object)
{
  BijouPlayQueue *self = BIJOU_PLAY_QUEUE (object);

  g_clear_object (&self->current);
  g_clear_object (&self->previous);
  g_clear_object (&self->next);

  G_OBJECT_CLASS (bijou_play_queue_parent_class)->dispose (object);
}

static void
bijou_play_queue_class_init (BijouPlayQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_play_queue_dispose;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
bijou_play_queue_init (BijouPlayQueue *self)
{
}

BijouPlayQueue *
bijou_play_queue_new (void)
{
  return g_object_new (BIJOU_TYPE_PLAY_QUEUE, NULL);
}

void
bijou_play_queue_set_current (BijouPlayQueue *self, BijouItem *item)
{
  g_return_if_fail (BIJOU_IS_PLAY_QUEUE (self));

  g_set_object (&self->current, item);
  g_clear_object (&self->previous);
  g_clear_object (&self->next);
  g_signal_emit (self, changed_signal, 0);
}

void
bijou_play_queue_set_neighbours (BijouPlayQueue *self,
                                 BijouItem *item,
                                 BijouItem *previous,
                                 BijouItem *next)
{
  g_return_if_fail (BIJOU_IS_PLAY_QUEUE (self));

  if (item != self->current)
    return;
  g_set_object (&self->previous, previous);
  g_set_object (&self->next, next);
  g_signal_emit (self, changed_signal, 0);
}

BijouItem *
bijou_play_queue_get_current (BijouPlayQueue *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAY_QUEUE (self), NULL);

  return self->current;
}

BijouItem *
bijou_play_queue_get_previous (BijouPlayQueue *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAY_QUEUE (self), NULL);

  return self->previous;
}

BijouItem *
bijou_play_queue_get_next (BijouPlayQueue *self)
{
  g_return_val_if_fail (BIJOU_IS_PLAY_QUEUE (self), NULL);

  return self->next;
}
