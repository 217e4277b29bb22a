#define _GNU_SOURCE

#include <dlfcn.h>
#include <gio/gio.h>
#include <sanitizer/tsan_interface.h>

/* Tells ThreadSanitizer what GLib does. GLib is not instrumented, and its locks are futexes of its
 * own, so that without this every lock would be no lock. Each function here takes the place of the
 * one of that name in a program that is built with -Db_sanitize=thread, and calls it. */

#define REAL(name)                                                                                 \
  ({                                                                                               \
    static __typeof__ (&(name)) real;                                                              \
    if (g_atomic_pointer_get (&real) == NULL)                                                      \
      g_atomic_pointer_set (&real, dlsym (RTLD_NEXT, #name));                                      \
    real;                                                                                          \
  })

/* --- locks --- */

static void
annotate_locked (gpointer lock, unsigned flags)
{
  __tsan_mutex_post_lock (lock, flags, 0);
}

void
g_mutex_lock (GMutex *mutex)
{
  __tsan_mutex_pre_lock (mutex, 0);
  REAL (g_mutex_lock) (mutex);
  annotate_locked (mutex, 0);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked;

  __tsan_mutex_pre_lock (mutex, __tsan_mutex_try_lock);
  locked = REAL (g_mutex_trylock) (mutex);
  annotate_locked (mutex, __tsan_mutex_try_lock | (locked ? 0 : __tsan_mutex_try_lock_failed));
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  REAL (g_mutex_unlock) (mutex);
  __tsan_mutex_post_unlock (mutex, 0);
}

void
g_mutex_clear (GMutex *mutex)
{
  __tsan_mutex_destroy (mutex, 0);
  REAL (g_mutex_clear) (mutex);
}

void
g_rec_mutex_lock (GRecMutex *mutex)
{
  __tsan_mutex_pre_lock (mutex, __tsan_mutex_write_reentrant);
  REAL (g_rec_mutex_lock) (mutex);
  __tsan_mutex_post_lock (mutex, __tsan_mutex_write_reentrant, 1);
}

void
g_rec_mutex_unlock (GRecMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  REAL (g_rec_mutex_unlock) (mutex);
  __tsan_mutex_post_unlock (mutex, 0);
}

void
g_rw_lock_writer_lock (GRWLock *lock)
{
  __tsan_mutex_pre_lock (lock, 0);
  REAL (g_rw_lock_writer_lock) (lock);
  annotate_locked (lock, 0);
}

void
g_rw_lock_writer_unlock (GRWLock *lock)
{
  __tsan_mutex_pre_unlock (lock, 0);
  REAL (g_rw_lock_writer_unlock) (lock);
  __tsan_mutex_post_unlock (lock, 0);
}

void
g_rw_lock_reader_lock (GRWLock *lock)
{
  __tsan_mutex_pre_lock (lock, __tsan_mutex_read_lock);
  REAL (g_rw_lock_reader_lock) (lock);
  annotate_locked (lock, __tsan_mutex_read_lock);
}

void
g_rw_lock_reader_unlock (GRWLock *lock)
{
  __tsan_mutex_pre_unlock (lock, __tsan_mutex_read_lock);
  REAL (g_rw_lock_reader_unlock) (lock);
  __tsan_mutex_post_unlock (lock, __tsan_mutex_read_lock);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  REAL (g_cond_wait) (cond, mutex);
  __tsan_mutex_pre_lock (mutex, 0);
  annotate_locked (mutex, 0);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  signalled = REAL (g_cond_wait_until) (cond, mutex, end_time);
  __tsan_mutex_pre_lock (mutex, 0);
  annotate_locked (mutex, 0);
  return signalled;
}

void (g_once_init_leave) (volatile void *location, gsize result)
{
  __tsan_release ((gpointer) location);
  REAL (g_once_init_leave) (location, result);
}

/* --- references: what one does before it lets go of its own comes before the end --- */

gpointer (g_object_ref) (gpointer object)
{
  __tsan_release (object);
  return REAL (g_object_ref) (object);
}

void
g_object_unref (gpointer object)
{
  __tsan_release (object);
  __tsan_acquire (object);
  REAL (g_object_unref) (object);
}

gboolean (g_atomic_ref_count_dec) (gatomicrefcount *count)
{
  gboolean last;

  __tsan_release (count);
  last = REAL (g_atomic_ref_count_dec) (count);
  if (last)
    __tsan_acquire (count);
  return last;
}

void
g_atomic_rc_box_release_full (gpointer box, GDestroyNotify clear)
{
  __tsan_release (box);
  __tsan_acquire (box);
  REAL (g_atomic_rc_box_release_full) (box, clear);
}

void
g_atomic_rc_box_release (gpointer box)
{
  __tsan_release (box);
  __tsan_acquire (box);
  REAL (g_atomic_rc_box_release) (box);
}

void
g_bytes_unref (GBytes *bytes)
{
  if (bytes == NULL)
    return;
  __tsan_release (bytes);
  __tsan_acquire (bytes);
  REAL (g_bytes_unref) (bytes);
}

void
g_weak_ref_init (GWeakRef *weak, gpointer object)
{
  if (object != NULL)
    __tsan_release (object);
  REAL (g_weak_ref_init) (weak, object);
}

gpointer
g_weak_ref_get (GWeakRef *weak)
{
  gpointer object = REAL (g_weak_ref_get) (weak);

  if (object != NULL)
    __tsan_acquire (object);
  return object;
}

/* --- what is handed from one thread to another --- */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (queue);
  REAL (g_async_queue_push) (queue, data);
}

typedef struct
{
  gpointer order;
  GCompareDataFunc func;
  gpointer data;
} Sorting;

/* Looks at what others pushed, with the queue's lock held. */
static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  Sorting *sorting = user_data;
  int result;

  __tsan_acquire (sorting->order);
  result = sorting->func (a, b, sorting->data);
  __tsan_release (sorting->order);
  return result;
}

void
g_async_queue_push_sorted (GAsyncQueue *queue, gpointer data, GCompareDataFunc func, gpointer more)
{
  Sorting sorting = { queue, func, more };

  __tsan_release (queue);
  REAL (g_async_queue_push_sorted) (queue, data, compare, &sorting);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = REAL (g_async_queue_try_pop) (queue);

  __tsan_acquire (queue);
  return data;
}

typedef struct
{
  GFunc func;
  gpointer user_data;
  Sorting sorting;
} Pool;

static void
run_in_pool (gpointer data, gpointer user_data)
{
  Pool *pool = user_data;

  __tsan_acquire (pool);
  pool->func (data, pool->user_data);
  __tsan_release (pool);
}

/* Its small data lives as long as the program. */
GThreadPool *
g_thread_pool_new (GFunc func, gpointer user_data, gint max, gboolean exclusive, GError **error)
{
  Pool *pool = g_new0 (Pool, 1);

  pool->func = func;
  pool->user_data = user_data;
  return REAL (g_thread_pool_new) (run_in_pool, pool, max, exclusive, error);
}

void
g_thread_pool_set_sort_function (GThreadPool *pool, GCompareDataFunc func, gpointer user_data)
{
  Pool *own = pool->user_data;

  own->sorting = (Sorting){ own, func, user_data };
  REAL (g_thread_pool_set_sort_function) (pool, compare, &own->sorting);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  __tsan_release (pool->user_data);
  return REAL (g_thread_pool_push) (pool, data, error);
}

void
g_thread_pool_free (GThreadPool *pool, gboolean immediate, gboolean wait)
{
  gpointer own = pool->user_data;

  REAL (g_thread_pool_free) (pool, immediate, wait);
  __tsan_acquire (own);
}

#define RETURNS(name, type)                                                                        \
  void name (GTask *task, type value)                                                              \
  {                                                                                                \
    __tsan_release (task);                                                                         \
    REAL (name) (task, value);                                                                     \
  }

RETURNS (g_task_return_boolean, gboolean)
RETURNS (g_task_return_int, gssize)
RETURNS (g_task_return_error, GError *)

void
g_task_return_pointer (GTask *task, gpointer result, GDestroyNotify destroy)
{
  __tsan_release (task);
  REAL (g_task_return_pointer) (task, result, destroy);
}

gboolean
g_task_propagate_boolean (GTask *task, GError **error)
{
  __tsan_acquire (task);
  return REAL (g_task_propagate_boolean) (task, error);
}

gpointer
g_task_propagate_pointer (GTask *task, GError **error)
{
  __tsan_acquire (task);
  return REAL (g_task_propagate_pointer) (task, error);
}

/* --- the main context --- */

typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify notify;
} Callback;

static gboolean
run_callback (gpointer user_data)
{
  Callback *callback = user_data;

  __tsan_acquire (callback);
  return callback->func (callback->data);
}

static void
free_callback (gpointer user_data)
{
  Callback *callback = user_data;

  __tsan_acquire (callback);
  if (callback->notify != NULL)
    callback->notify (callback->data);
  g_free (callback);
}

void
g_source_set_callback (GSource *source, GSourceFunc func, gpointer data, GDestroyNotify notify)
{
  Callback *callback;

  if (source->source_funcs != &g_idle_funcs && source->source_funcs != &g_timeout_funcs)
    {
      REAL (g_source_set_callback) (source, func, data, notify);
      return;
    }
  callback = g_new0 (Callback, 1);
  callback->func = func;
  callback->data = data;
  callback->notify = notify;
  __tsan_release (callback);
  REAL (g_source_set_callback) (source, run_callback, callback, free_callback);
}

gulong
g_signal_connect_data (gpointer instance,
                       const gchar *signal,
                       GCallback handler,
                       gpointer data,
                       GClosureNotify notify,
                       GConnectFlags flags)
{
  __tsan_release (instance);
  return REAL (g_signal_connect_data) (instance, signal, handler, data, notify, flags);
}

void
g_signal_emit (gpointer instance, guint signal, GQuark detail, ...)
{
  va_list arguments;

  __tsan_acquire (instance);
  va_start (arguments, detail);
  g_signal_emit_valist (instance, signal, detail, arguments);
  va_end (arguments);
}
