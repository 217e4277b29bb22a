#include "config.h"

#include "bijou-sync-fetcher.h"

#include <errno.h>
#include <sys/resource.h>

/* Parsing a page takes a processor for a while: whoever looks at the library goes first, and the
 * writer. */
#define NICENESS 10

struct _BijouSyncFetcher
{
  BijouBackend *backend;     /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) of the whole run */
  gulong cancelled_id;       /* on cancellable */
  GThreadPool *pool;         /* (owned) */
  guint parallel;

  GMutex lock;  /* guards queue and the fetches' finished and dropped */
  GCond landed; /* one finished, or the run was cancelled */
  GQueue queue; /* of BijouSyncFetch, in the order of asking */
};

/**
 * bijou_sync_fetch_new_page:
 * @owner: (nullable): for the caller
 * @library: (nullable): a library
 * @kind: what of it
 * @start: the first row
 * @limit: at most so many
 *
 * Returns: (transfer full): a fetch to be pushed
 */
BijouSyncFetch *
bijou_sync_fetch_new_page (
    gpointer owner, BijouLibrary *library, BijouItemKind kind, guint start, guint limit)
{
  BijouSyncFetch *self = g_new0 (BijouSyncFetch, 1);

  self->owner = owner;
  g_set_object (&self->library, library);
  self->kind = kind;
  self->start = start;
  self->limit = limit;
  self->cancellable = g_cancellable_new ();
  return self;
}

/**
 * bijou_sync_fetch_new_slim:
 * @owner: (nullable): for the caller
 * @library: (nullable): a library
 * @kinds: what of it
 * @start: the first row
 * @limit: at most so many
 *
 * Returns: (transfer full): a fetch of a slim page, to be pushed
 */
BijouSyncFetch *
bijou_sync_fetch_new_slim (
    gpointer owner, BijouLibrary *library, BijouItemKinds kinds, guint start, guint limit)
{
  BijouSyncFetch *self =
      bijou_sync_fetch_new_page (owner, library, BIJOU_ITEM_UNKNOWN, start, limit);

  self->kinds = kinds;
  return self;
}

/**
 * bijou_sync_fetch_new_home:
 * @row: a row of Home
 * @limit: at most so many
 *
 * Returns: (transfer full): a fetch to be pushed
 */
BijouSyncFetch *
bijou_sync_fetch_new_home (BijouHomeRow row, guint limit)
{
  BijouSyncFetch *self = bijou_sync_fetch_new_page (NULL, NULL, BIJOU_ITEM_UNKNOWN, 0, limit);

  self->row = row;
  return self;
}

/**
 * bijou_sync_fetch_free:
 * @self: (transfer full): a fetch that was taken
 */
void
bijou_sync_fetch_free (BijouSyncFetch *self)
{
  g_clear_object (&self->library);
  g_clear_pointer (&self->page, bijou_page_free);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->next_up, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
ask_in_worker (BijouSyncFetcher *self, BijouSyncFetch *fetch)
{
  gint64 begin = g_get_monotonic_time ();

  fetch->asked_at = g_get_real_time ();
  if (fetch->kinds != 0)
    fetch->page =
        bijou_backend_fetch_slim_page (self->backend, fetch->library, fetch->kinds, fetch->start,
                                       fetch->limit, fetch->cancellable, &fetch->error);
  else if (fetch->kind == BIJOU_ITEM_UNKNOWN)
    fetch->items = bijou_backend_fetch_home (self->backend, fetch->row, fetch->limit,
                                             &fetch->next_up, fetch->cancellable, &fetch->error);
  else
    fetch->page =
        bijou_backend_fetch_page (self->backend, fetch->library, fetch->kind, fetch->start,
                                  fetch->limit, fetch->cancellable, &fetch->error);
  fetch->ms = (g_get_monotonic_time () - begin) / 1000;
}

/* Of this thread alone; Linux can. */
static void
give_way_in_worker (void)
{
  static GPrivate has_given_way;

  if (g_private_get (&has_given_way) != NULL)
    return;
  g_private_set (&has_given_way, GINT_TO_POINTER (TRUE));
  if (setpriority (PRIO_PROCESS, 0, getpriority (PRIO_PROCESS, 0) + NICENESS) != 0)
    g_debug ("The priority of a thread stays: %s", g_strerror (errno));
}

static void
fetch_in_worker (gpointer data, gpointer user_data)
{
  BijouSyncFetch *fetch = data;
  BijouSyncFetcher *self = user_data;
  gboolean dropped;

  give_way_in_worker ();
  if (!g_cancellable_is_cancelled (fetch->cancellable))
    ask_in_worker (self, fetch);
  else
    g_set_error_literal (&fetch->error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Stopped");

  g_mutex_lock (&self->lock);
  fetch->finished = TRUE;
  dropped = fetch->dropped;
  g_cond_broadcast (&self->landed);
  g_mutex_unlock (&self->lock);
  if (dropped)
    bijou_sync_fetch_free (fetch);
}

/* Each fetch has a cancellable of its own, so that a guess that went wrong can be given up alone.
 */
static void
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  BijouSyncFetcher *self = user_data;
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);

  g_mutex_lock (&self->lock);
  for (GList *l = self->queue.head; l != NULL; l = l->next)
    g_ptr_array_add (running, g_object_ref (((BijouSyncFetch *) l->data)->cancellable));
  g_cond_broadcast (&self->landed);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < running->len; i++)
    g_cancellable_cancel (running->pdata[i]);
}

/**
 * bijou_sync_fetcher_new:
 * @backend: whom to ask
 * @parallel: how many at a time
 * @cancellable: (nullable): gives all of them up
 *
 * Returns: (transfer full): a fetcher
 */
BijouSyncFetcher *
bijou_sync_fetcher_new (BijouBackend *backend, guint parallel, GCancellable *cancellable)
{
  BijouSyncFetcher *self = g_new0 (BijouSyncFetcher, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->landed);
  g_queue_init (&self->queue);
  self->backend = g_object_ref (backend);
  self->parallel = parallel;
  self->pool = g_thread_pool_new (fetch_in_worker, self, (int) parallel, TRUE, NULL);
  if (cancellable != NULL)
    {
      self->cancellable = g_object_ref (cancellable);
      self->cancelled_id =
          g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled_cb), self, NULL);
    }
  return self;
}

/**
 * bijou_sync_fetcher_free:
 * @self: (transfer full): a fetcher
 *
 * Gives up what runs and waits for its threads.
 */
void
bijou_sync_fetcher_free (BijouSyncFetcher *self)
{
  if (self->cancellable != NULL)
    g_cancellable_disconnect (self->cancellable, self->cancelled_id);
  bijou_sync_fetcher_drop (self, NULL);
  g_thread_pool_free (self->pool, FALSE, TRUE);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->backend);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->landed);
  g_free (self);
}

/**
 * bijou_sync_fetcher_push:
 * @self: a fetcher
 * @fetch: (transfer full): what to ask for
 */
void
bijou_sync_fetcher_push (BijouSyncFetcher *self, BijouSyncFetch *fetch)
{
  g_mutex_lock (&self->lock);
  g_queue_push_tail (&self->queue, fetch);
  g_mutex_unlock (&self->lock);

  if (self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable))
    g_cancellable_cancel (fetch->cancellable);
  g_thread_pool_push (self->pool, fetch, NULL);
}

static gboolean
is_cancelled (BijouSyncFetcher *self)
{
  return self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable);
}

/**
 * bijou_sync_fetcher_take:
 * @self: a fetcher
 *
 * Waits for the oldest one that was asked for.
 *
 * Returns: (transfer full) (nullable): a fetch that succeeded or failed; %NULL when nothing was
 *   asked for, or the run was cancelled
 */
BijouSyncFetch *
bijou_sync_fetcher_take (BijouSyncFetcher *self)
{
  BijouSyncFetch *fetch;

  g_mutex_lock (&self->lock);
  fetch = g_queue_peek_head (&self->queue);
  while (fetch != NULL && !fetch->finished && !is_cancelled (self))
    g_cond_wait (&self->landed, &self->lock);
  if (is_cancelled (self))
    fetch = NULL;
  if (fetch != NULL)
    g_queue_pop_head (&self->queue);
  g_mutex_unlock (&self->lock);
  return fetch;
}

/**
 * bijou_sync_fetcher_get_waiting:
 * @self: a fetcher
 *
 * Returns: how many were asked for and not taken
 */
guint
bijou_sync_fetcher_get_waiting (BijouSyncFetcher *self)
{
  guint length;

  g_mutex_lock (&self->lock);
  length = self->queue.length;
  g_mutex_unlock (&self->lock);
  return length;
}

/* With the lock held. */
static void
drop_link (BijouSyncFetcher *self, GList *link, GPtrArray *running)
{
  BijouSyncFetch *fetch = link->data;

  g_queue_delete_link (&self->queue, link);
  if (fetch->finished)
    {
      bijou_sync_fetch_free (fetch);
      return;
    }
  fetch->dropped = TRUE;
  g_ptr_array_add (running, g_object_ref (fetch->cancellable));
}

/**
 * bijou_sync_fetcher_drop:
 * @self: a fetcher
 * @owner: (nullable): of the fetches; %NULL for all
 *
 * Gives up what was asked for and not taken.
 */
void
bijou_sync_fetcher_drop (BijouSyncFetcher *self, gpointer owner)
{
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);
  GList *next;

  g_mutex_lock (&self->lock);
  for (GList *l = self->queue.head; l != NULL; l = next)
    {
      next = l->next;
      if (owner == NULL || ((BijouSyncFetch *) l->data)->owner == owner)
        drop_link (self, l, running);
    }
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < running->len; i++)
    g_cancellable_cancel (running->pdata[i]);
}

/**
 * bijou_sync_fetcher_get_parallel:
 * @self: a fetcher
 *
 * Returns: how many run at a time
 */
guint
bijou_sync_fetcher_get_parallel (BijouSyncFetcher *self)
{
  return self->parallel;
}

/**
 * bijou_sync_fetcher_set_parallel:
 * @self: a fetcher
 * @parallel: how many are to run at a time from now on
 */
void
bijou_sync_fetcher_set_parallel (BijouSyncFetcher *self, guint parallel)
{
  self->parallel = parallel;
  g_thread_pool_set_max_threads (self->pool, (int) parallel, NULL);
}
