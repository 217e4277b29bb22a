#include "config.h"

#include "bijou-checkpointer.h"

/* As many as SQLite itself lets gather. */
#define LOG_PAGES_MAX 1000
/* A longer one is given back once nothing was written for a while. */
#define KEPT_PAGES_MAX 4000
#define IDLE_US (2 * G_TIME_SPAN_SECOND)
/* While the writer is busy the log cannot begin anew: no use in trying all the time. */
#define PAUSE_US (100 * G_TIME_SPAN_MILLISECOND)

struct _BijouCheckpointer
{
  BijouDatabase *database; /* (owned) the thread's */
  GThread *thread;         /* (owned) */

  struct
  {
    GMutex lock;
    GCond woken;
    gboolean is_due;
    guint pages; /* the longest that the log was since it was given back */
    gboolean is_stopping;
  } shared;
};

static void
pause_locked (BijouCheckpointer *self)
{
  gint64 until = g_get_monotonic_time () + PAUSE_US;

  while (!self->shared.is_stopping &&
         g_cond_wait_until (&self->shared.woken, &self->shared.lock, until))
    ;
}

static void
run_unlocked (BijouCheckpointer *self, void (*func) (BijouDatabase *database))
{
  g_mutex_unlock (&self->shared.lock);
  func (self->database);
  g_mutex_lock (&self->shared.lock);
}

static void
wait_locked (BijouCheckpointer *self)
{
  if (self->shared.pages <= KEPT_PAGES_MAX)
    {
      g_cond_wait (&self->shared.woken, &self->shared.lock);
      return;
    }
  if (g_cond_wait_until (&self->shared.woken, &self->shared.lock,
                         g_get_monotonic_time () + IDLE_US))
    return;
  self->shared.pages = 0;
  run_unlocked (self, bijou_database_truncate_log);
}

/* Once the log was moved whole, the writer's next commit begins it anew, and wakes nobody. */
static gpointer
run_in_worker (gpointer data)
{
  BijouCheckpointer *self = data;

  g_mutex_lock (&self->shared.lock);
  while (!self->shared.is_stopping)
    if (self->shared.is_due)
      {
        self->shared.is_due = FALSE;
        run_unlocked (self, bijou_database_checkpoint);
        pause_locked (self);
      }
    else
      wait_locked (self);
  g_mutex_unlock (&self->shared.lock);
  return NULL;
}

/**
 * bijou_checkpointer_new:
 * @path: a database that is there
 *
 * Returns: (transfer full) (nullable): a checkpointer
 */
BijouCheckpointer *
bijou_checkpointer_new (const char *path, GError **error)
{
  BijouDatabase *database = bijou_database_open (path, TRUE, error);
  BijouCheckpointer *self;

  if (database == NULL)
    return NULL;
  self = g_new0 (BijouCheckpointer, 1);
  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.woken);
  self->database = database;
  self->thread = g_thread_new ("bijou-checkpoint", run_in_worker, self);
  return self;
}

/**
 * bijou_checkpointer_free:
 * @self: (transfer full): a checkpointer that nobody wakes any more
 *
 * Waits for what it is at.
 */
void
bijou_checkpointer_free (BijouCheckpointer *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.is_stopping = TRUE;
  g_cond_signal (&self->shared.woken);
  g_mutex_unlock (&self->shared.lock);

  g_thread_join (self->thread);
  bijou_database_free (self->database);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.woken);
  g_free (self);
}

/**
 * bijou_checkpointer_note_log:
 * @pages: how long the log is after a commit
 * @checkpointer: a checkpointer
 *
 * For bijou_database_watch_log(). Any thread.
 */
void
bijou_checkpointer_note_log (guint pages, gpointer checkpointer)
{
  BijouCheckpointer *self = checkpointer;

  if (pages < LOG_PAGES_MAX)
    return;
  g_mutex_lock (&self->shared.lock);
  self->shared.pages = MAX (self->shared.pages, pages);
  self->shared.is_due = TRUE;
  g_cond_signal (&self->shared.woken);
  g_mutex_unlock (&self->shared.lock);
}
