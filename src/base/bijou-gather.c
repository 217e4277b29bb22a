#include "config.h"

#include "bijou-gather.h"

#include "bijou-error.h"

struct _BijouGather
{
  GTask *task;               /* (owned) (nullable) NULL once returned */
  GCancellable *cancellable; /* (owned) follows the task's; cancels the losers */
  gulong cancelled_id;
  BijouGatherMode mode;
  guint open;          /* branches not done, and one for the starter */
  GPtrArray *values;   /* (owned) successes of BIJOU_GATHER_ALL */
  GError *first_error; /* (owned) (nullable) */
};

static void
on_parent_cancelled_cb (GCancellable *parent, GCancellable *child)
{
  g_cancellable_cancel (child);
}

/**
 * bijou_gather_new:
 * @task: (transfer full): the task to return to
 * @mode: what to wait for
 *
 * The task gets a #GPtrArray of all values (%BIJOU_GATHER_ALL, also when some branches failed), the
 * first value (%BIJOU_GATHER_FIRST_SUCCESS), or the first error when every branch failed.
 * The new gather holds one branch for the starter, who ends it with bijou_gather_succeed (g, NULL,
 * NULL) when all branches are begun. One main context only.
 *
 * Returns: (transfer full): a gather; each branch consumes one reference
 */
BijouGather *
bijou_gather_new (GTask *task, BijouGatherMode mode)
{
  BijouGather *self = g_new0 (BijouGather, 1);
  GCancellable *parent = g_task_get_cancellable (task);

  self->task = task;
  self->mode = mode;
  self->open = 1;
  self->cancellable = g_cancellable_new ();
  self->values = g_ptr_array_new ();
  if (parent != NULL)
    self->cancelled_id = g_cancellable_connect (parent, G_CALLBACK (on_parent_cancelled_cb),
                                                g_object_ref (self->cancellable), g_object_unref);
  return self;
}

/**
 * bijou_gather_get_cancellable:
 * @self: a gather
 *
 * Returns: (transfer none): what every branch must be started with
 */
GCancellable *
bijou_gather_get_cancellable (BijouGather *self)
{
  return self->cancellable;
}

/**
 * bijou_gather_branch:
 * @self: a gather
 *
 * Announces one more branch.
 *
 * Returns: @self, for the callback's user data
 */
BijouGather *
bijou_gather_branch (BijouGather *self)
{
  self->open++;
  return self;
}

static void
disconnect_parent (BijouGather *self)
{
  if (self->cancelled_id != 0)
    g_cancellable_disconnect (g_task_get_cancellable (self->task), self->cancelled_id);
  self->cancelled_id = 0;
}

static void
return_all (BijouGather *self)
{
  g_autoptr (GTask) task = NULL;

  disconnect_parent (self);
  task = g_steal_pointer (&self->task);
  if (self->first_error != NULL && self->values->len == 0)
    g_task_return_error (task, g_steal_pointer (&self->first_error));
  else if (self->mode == BIJOU_GATHER_ALL)
    g_task_return_pointer (task, g_steal_pointer (&self->values),
                           (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_new_error (task, BIJOU_ERROR, BIJOU_ERROR_FAILED, "Nothing was tried");
}

static void
close_branch (BijouGather *self)
{
  if (--self->open > 0)
    return;

  if (self->task != NULL)
    return_all (self);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->values, g_ptr_array_unref);
  g_clear_error (&self->first_error);
  g_free (self);
}

static void
return_first (BijouGather *self, gpointer value, GDestroyNotify free_value)
{
  g_autoptr (GTask) task = NULL;

  disconnect_parent (self);
  task = g_steal_pointer (&self->task);
  g_cancellable_cancel (self->cancellable);
  g_task_return_pointer (task, value, free_value);
}

/**
 * bijou_gather_succeed:
 * @self: a gather
 * @value: (nullable) (transfer full): what the branch yields; %NULL adds nothing
 * @free_value: (nullable): frees @value when nobody takes it
 *
 * Ends one branch with a value.
 */
void
bijou_gather_succeed (BijouGather *self, gpointer value, GDestroyNotify free_value)
{
  if (value != NULL && self->mode == BIJOU_GATHER_ALL)
    {
      g_ptr_array_set_free_func (self->values, free_value);
      g_ptr_array_add (self->values, value);
    }
  else if (value != NULL && self->task != NULL)
    return_first (self, value, free_value);
  else if (value != NULL && free_value != NULL)
    free_value (value);

  close_branch (self);
}

/**
 * bijou_gather_fail:
 * @self: a gather
 * @error: (transfer full): why the branch failed
 *
 * Ends one branch without a value. The first error that is no cancellation is the one that counts.
 */
void
bijou_gather_fail (BijouGather *self, GError *error)
{
  if (self->first_error == NULL || bijou_error_is_cancelled (self->first_error))
    {
      g_clear_error (&self->first_error);
      self->first_error = error;
    }
  else
    g_error_free (error);

  close_branch (self);
}
