#include "config.h"

#include "bijou-worker.h"

#include "bijou-error.h"

/* What a caller waits for; on its stack. */
typedef struct
{
  BijouWorkerFunc func;
  gpointer data;
  GMutex lock;
  GCond done_cond;
  gboolean done;
} Call;

/* With neither a task nor a call it is the last one. */
typedef struct
{
  GTask *task;          /* (owned) (nullable) */
  GTaskThreadFunc func; /* (nullable) of task */
  Call *call;           /* (unowned) (nullable) */
  int priority;
  guint64 serial; /* keeps equal priorities in order */
} Job;

struct _BijouWorker
{
  GObject parent_instance;

  GAsyncQueue *queue; /* (owned) of Job */
  GThread *thread;    /* (owned) (nullable) NULL once stopped */

  struct
  {
    GMutex lock;
    guint64 next_serial;
    gboolean stopping;
  } shared;
};

G_DEFINE_FINAL_TYPE (BijouWorker, bijou_worker, G_TYPE_OBJECT)

static void
job_free (Job *job)
{
  g_clear_object (&job->task);
  g_free (job);
}

static int
compare_jobs (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Job *left = a;
  const Job *right = b;

  if (left->priority != right->priority)
    return left->priority < right->priority ? -1 : 1;
  if (left->serial == right->serial)
    return 0;
  return left->serial < right->serial ? -1 : 1;
}

static void
run_call_in_worker (Call *call)
{
  call->func (call->data);

  g_mutex_lock (&call->lock);
  call->done = TRUE;
  g_cond_signal (&call->done_cond);
  g_mutex_unlock (&call->lock);
}

static void
run_task_in_worker (Job *job)
{
  if (g_task_return_error_if_cancelled (job->task))
    return;

  job->func (job->task, g_task_get_source_object (job->task), g_task_get_task_data (job->task),
             g_task_get_cancellable (job->task));
}

static gpointer
worker_main (gpointer data)
{
  g_autoptr (GAsyncQueue) queue = data;

  while (TRUE)
    {
      Job *job = g_async_queue_pop (queue);
      gboolean last = job->task == NULL && job->call == NULL;

      if (job->call != NULL)
        run_call_in_worker (job->call);
      else if (!last)
        run_task_in_worker (job);
      job_free (job);
      if (last)
        return NULL;
    }
}

/* Nothing comes behind the last job. */
static gboolean
push_job (BijouWorker *self, Job *job, gboolean is_last)
{
  gboolean taken;

  g_mutex_lock (&self->shared.lock);
  taken = !self->shared.stopping;
  if (taken)
    {
      job->serial = self->shared.next_serial++;
      g_async_queue_push_sorted (self->queue, job, compare_jobs, NULL);
    }
  self->shared.stopping |= is_last;
  g_mutex_unlock (&self->shared.lock);
  if (!taken)
    job_free (job);
  return taken;
}

static void
push_end (BijouWorker *self)
{
  Job *last = g_new0 (Job, 1);

  last->priority = G_MAXINT;
  push_job (self, last, TRUE);
}

static void
bijou_worker_finalize (GObject *object)
{
  BijouWorker *self = BIJOU_WORKER (object);

  /* A task of its own may drop the last reference: the thread then ends by itself. */
  if (bijou_worker_is_current (self))
    {
      push_end (self);
      g_thread_unref (self->thread);
      self->thread = NULL;
    }
  bijou_worker_stop (self);
  g_async_queue_unref (self->queue);
  g_mutex_clear (&self->shared.lock);

  G_OBJECT_CLASS (bijou_worker_parent_class)->finalize (object);
}

static void
bijou_worker_class_init (BijouWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_worker_finalize;
}

static void
bijou_worker_init (BijouWorker *self)
{
  g_mutex_init (&self->shared.lock);
  self->queue = g_async_queue_new_full ((GDestroyNotify) job_free);
}

/**
 * bijou_worker_new:
 * @name: the thread's name, at most 15 bytes are seen by tools
 *
 * Starts a thread that waits for tasks.
 *
 * Returns: (transfer full): a worker
 */
BijouWorker *
bijou_worker_new (const char *name)
{
  BijouWorker *self = g_object_new (BIJOU_TYPE_WORKER, NULL);

  self->thread = g_thread_new (name, worker_main, g_async_queue_ref (self->queue));
  return self;
}

/**
 * bijou_worker_push:
 * @self: a worker
 * @task: the task that @func returns a value to
 * @func: runs on the worker's thread, unless @task is cancelled before its turn
 * @priority: lower runs first, for instance %G_PRIORITY_DEFAULT
 *
 * Queues @func. On a stopped worker the task is cancelled. Any thread.
 */
void
bijou_worker_push (BijouWorker *self, GTask *task, GTaskThreadFunc func, int priority)
{
  Job *job;

  g_return_if_fail (BIJOU_IS_WORKER (self));
  g_return_if_fail (G_IS_TASK (task));

  job = g_new0 (Job, 1);
  job->task = g_object_ref (task);
  job->func = func;
  job->priority = priority;
  if (!push_job (self, job, FALSE))
    g_task_return_new_error (task, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The worker has stopped");
}

/**
 * bijou_worker_run_sync:
 * @self: a worker
 * @func: runs on the worker's thread
 * @data: for @func
 *
 * Queues @func with %G_PRIORITY_DEFAULT and waits until it has run. Any thread but the worker's.
 *
 * Returns: %FALSE when the worker has stopped, and @func does not run
 */
gboolean
bijou_worker_run_sync (BijouWorker *self, BijouWorkerFunc func, gpointer data)
{
  Call call = { .func = func, .data = data };
  Job *job = g_new0 (Job, 1);
  gboolean taken;

  g_assert (!bijou_worker_is_current (self));

  g_mutex_init (&call.lock);
  g_cond_init (&call.done_cond);
  job->call = &call;
  taken = push_job (self, job, FALSE);
  g_mutex_lock (&call.lock);
  while (taken && !call.done)
    g_cond_wait (&call.done_cond, &call.lock);
  g_mutex_unlock (&call.lock);
  g_cond_clear (&call.done_cond);
  g_mutex_clear (&call.lock);
  return taken;
}

/**
 * bijou_worker_is_current:
 * @self: a worker
 *
 * Whether the caller runs on the worker's thread; for asserts. Any thread.
 */
gboolean
bijou_worker_is_current (BijouWorker *self)
{
  return self->thread == g_thread_self ();
}

/**
 * bijou_worker_stop:
 * @self: a worker
 *
 * Lets the queued tasks run to their end, then ends the thread and waits for it. Not from the
 * worker itself. Stopping twice is fine.
 */
void
bijou_worker_stop (BijouWorker *self)
{
  if (self->thread == NULL)
    return;
  g_assert (!bijou_worker_is_current (self));

  push_end (self);
  g_thread_join (self->thread);
  self->thread = NULL;
}
