#include "config.h"

#include "bijou-store-private.h"

#include "bijou-checkpointer.h"
#include "bijou-schema.h"
#include "bijou-worker.h"

#include <glib/gstdio.h>

#define LONG_WRITE_MS 50
#define N_READERS 3
#define CHANGE_INTERVAL_MS 100

struct _BijouStore
{
  GObject parent_instance;

  char *path;                      /* (owned) */
  BijouDatabase *writing;          /* (owned) used by the writer's thread only */
  BijouWorker *writer;             /* (owned) (nullable) NULL once closed */
  BijouCheckpointer *checkpointer; /* (owned) (nullable) */
  GThreadPool *readers;            /* (owned) (nullable) runs bijou_store_run_async() */

  struct
  {
    GMutex lock;
    GCond given_back;
    GPtrArray *idle; /* (owned) of BijouDatabase, connections that nobody uses */
    guint out;       /* connections in use */
    gboolean closed;
  } pool;

  struct
  {
    GMutex lock;
    BijouStoreChange *waiting; /* (owned) (nullable) to be emitted */
    guint source;              /* emits it, 0 none */
    gint64 emitted_at;         /* monotonic */
  } changes;
};

G_DEFINE_FINAL_TYPE (BijouStore, bijou_store, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
on_changes_due_cb (gpointer user_data)
{
  BijouStore *self = user_data;
  g_autoptr (BijouStoreChange) change = NULL;

  g_mutex_lock (&self->changes.lock);
  change = g_steal_pointer (&self->changes.waiting);
  self->changes.source = 0;
  self->changes.emitted_at = g_get_monotonic_time ();
  g_mutex_unlock (&self->changes.lock);

  if (change != NULL)
    g_signal_emit (self, signals[CHANGED], 0, change);
  return G_SOURCE_REMOVE;
}

/* The first change of a burst is told at once, what follows in pieces. */
static void
queue_change_in_worker (BijouStore *self, BijouStoreChange *change)
{
  if (change->flags == 0)
    {
      bijou_store_change_free (change);
      return;
    }

  g_mutex_lock (&self->changes.lock);
  if (self->changes.waiting == NULL)
    self->changes.waiting = change;
  else
    {
      bijou_store_change_merge (self->changes.waiting, change);
      bijou_store_change_free (change);
    }
  if (self->changes.source == 0)
    {
      gint64 since_ms = (g_get_monotonic_time () - self->changes.emitted_at) / 1000;
      guint delay_ms = since_ms >= CHANGE_INTERVAL_MS ? 0 : (guint) (CHANGE_INTERVAL_MS - since_ms);

      self->changes.source = g_timeout_add_full (G_PRIORITY_DEFAULT, delay_ms, on_changes_due_cb,
                                                 g_object_ref (self), g_object_unref);
    }
  g_mutex_unlock (&self->changes.lock);
}

typedef struct
{
  BijouStore *store;
  BijouStoreWriteFunc func;
  gpointer data;
  gboolean is_part; /* totals that it made stale are counted by a later write */
  GError *error;    /* (owned) (nullable) */
} Write;

static gboolean
run_write_in_worker (BijouStore *self, Write *write, BijouStoreChange *change)
{
  if (!bijou_database_begin (self->writing, &write->error))
    return FALSE;
  if (write->func (self->writing, write->data, change, &write->error) &&
      (write->is_part ||
       bijou_store_count_totals (self->writing, G_MAXINT64, change, NULL, &write->error)))
    return bijou_database_commit (self->writing, &write->error);

  bijou_database_rollback (self->writing);
  return FALSE;
}

/* What waits behind a long one waits too: a mark, a position. */
static void
note_time (gint64 begun_at)
{
  gint64 ms = (g_get_monotonic_time () - begun_at) / 1000;

  if (ms >= LONG_WRITE_MS)
    g_debug ("A write took %" G_GINT64_FORMAT " ms", ms);
}

static void
write_in_worker (gpointer data)
{
  Write *write = data;
  BijouStore *self = write->store;
  BijouStoreChange *change = bijou_store_change_new (0);
  gint64 begun_at = g_get_monotonic_time ();
  gboolean done;

  g_assert (bijou_worker_is_current (self->writer));

  done = run_write_in_worker (self, write, change);
  note_time (begun_at);
  if (done)
    queue_change_in_worker (self, change);
  else
    bijou_store_change_free (change);
}

static gboolean
run_write (
    BijouStore *self, BijouStoreWriteFunc func, gpointer data, gboolean is_part, GError **error)
{
  Write write = { self, func, data, is_part, NULL };

  g_return_val_if_fail (BIJOU_IS_STORE (self), FALSE);

  if (!bijou_worker_run_sync (self->writer, write_in_worker, &write))
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The store is closed");
      return FALSE;
    }
  if (write.error == NULL)
    return TRUE;
  g_propagate_error (error, write.error);
  return FALSE;
}

/**
 * bijou_store_write:
 * @self: a store
 * @func: runs in the writer's thread, in a transaction of its own
 * @data: for @func
 *
 * Waits until it is committed. Any thread but the writer's.
 */
gboolean
bijou_store_write (BijouStore *self, BijouStoreWriteFunc func, gpointer data, GError **error)
{
  return run_write (self, func, data, FALSE, error);
}

/**
 * bijou_store_write_part:
 * @self: a store
 * @func: as of bijou_store_write()
 * @data: for @func
 *
 * Like bijou_store_write(), but the totals of shows and seasons are left to a later write, so that
 * they are not counted anew for each part. Should none come, any other write does it.
 */
gboolean
bijou_store_write_part (BijouStore *self, BijouStoreWriteFunc func, gpointer data, GError **error)
{
  return run_write (self, func, data, TRUE, error);
}

typedef struct
{
  BijouStore *store;
  BijouStoreWriterFunc func;
  gpointer data;
  GError *error; /* (owned) (nullable) */
} WriterRun;

static void
run_on_writer_in_worker (gpointer data)
{
  WriterRun *run = data;

  run->func (run->store->writing, run->data, &run->error);
}

/**
 * bijou_store_run_on_writer:
 * @self: a store
 * @func: runs in the writer's thread, in no transaction
 * @data: for @func
 *
 * For what is no change of rows. Waits until it is done. Any thread but the writer's.
 */
gboolean
bijou_store_run_on_writer (BijouStore *self,
                           BijouStoreWriterFunc func,
                           gpointer data,
                           GError **error)
{
  WriterRun run = { self, func, data, NULL };

  g_return_val_if_fail (BIJOU_IS_STORE (self), FALSE);

  if (!bijou_worker_run_sync (self->writer, run_on_writer_in_worker, &run))
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The store is closed");
      return FALSE;
    }
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);
  return FALSE;
}

/**
 * bijou_store_take_reader:
 * @self: a store
 *
 * A connection with a snapshot of its own; waits while all are in use. Not to be nested.
 *
 * Returns: (transfer none) (nullable): a connection, for bijou_store_give_reader()
 */
BijouDatabase *
bijou_store_take_reader (BijouStore *self, GError **error)
{
  BijouDatabase *database = NULL;

  g_mutex_lock (&self->pool.lock);
  while (!self->pool.closed && self->pool.idle->len == 0)
    g_cond_wait (&self->pool.given_back, &self->pool.lock);
  if (!self->pool.closed)
    {
      database = g_ptr_array_steal_index_fast (self->pool.idle, self->pool.idle->len - 1);
      self->pool.out++;
    }
  g_mutex_unlock (&self->pool.lock);

  if (database == NULL)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The store is closed");
  else if (!bijou_database_begin (database, error))
    {
      bijou_store_give_reader (self, database);
      return NULL;
    }
  return database;
}

void
bijou_store_give_reader (BijouStore *self, BijouDatabase *database)
{
  bijou_database_rollback (database);

  g_mutex_lock (&self->pool.lock);
  g_ptr_array_add (self->pool.idle, database);
  self->pool.out--;
  g_cond_broadcast (&self->pool.given_back);
  g_mutex_unlock (&self->pool.lock);
}

typedef struct
{
  BijouStoreFunc func;
  gpointer data;              /* (owned) */
  GDestroyNotify free_data;   /* (nullable) */
  GDestroyNotify free_result; /* (nullable) */
} Run;

static void
run_free (Run *run)
{
  if (run->free_data != NULL)
    run->free_data (run->data);
  g_free (run);
}

static void
run_in_worker (gpointer data, gpointer user_data)
{
  g_autoptr (GTask) task = data;
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer result;

  if (g_task_return_error_if_cancelled (task))
    return;
  result =
      run->func (g_task_get_source_object (task), run->data, g_task_get_cancellable (task), &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, run->free_result);
}

/* See bijou-store.h. */
void
bijou_store_run_async (BijouStore *self,
                       BijouStoreFunc func,
                       gpointer data,
                       GDestroyNotify free_data,
                       GDestroyNotify free_result,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);

  run->func = func;
  run->data = data;
  run->free_data = free_data;
  run->free_result = free_result;
  g_task_set_source_tag (task, bijou_store_run_async);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  if (self->readers == NULL)
    g_task_return_new_error (task, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "The store is closed");
  else
    g_thread_pool_push (self->readers, g_steal_pointer (&task), NULL);
}

/* See bijou-store.h. */
gpointer
bijou_store_run_finish (BijouStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Damage deep in the file shows only in use; it leaves a mark for the next start. */
static gboolean
check_mark (BijouDatabase *database, const char *path, GError **error)
{
  g_autofree char *mark = g_strconcat (path, ".damaged", NULL);
  sqlite3_stmt *statement;
  gboolean sound;

  if (!g_file_test (mark, G_FILE_TEST_EXISTS))
    return TRUE;

  statement = bijou_database_query (database, error, "PRAGMA integrity_check (1)", NULL);
  sound = bijou_database_next (database, statement, error) &&
          g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  if (statement != NULL)
    sqlite3_reset (statement);
  g_unlink (mark);
  if (!sound && error != NULL && *error == NULL)
    g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, "The database is damaged");
  return sound;
}

static gboolean
touch_tables (BijouDatabase *database, GError **error)
{
  return bijou_database_execute (database,
                                 "SELECT * FROM server; SELECT * FROM address;"
                                 "SELECT * FROM library; SELECT * FROM outbox;"
                                 "SELECT * FROM sync_run; SELECT * FROM home;"
                                 "SELECT * FROM item LIMIT 1; SELECT * FROM play_state LIMIT 1;"
                                 "SELECT id FROM item ORDER BY kind, sort_key LIMIT 1;"
                                 "SELECT * FROM search_config;",
                                 error);
}

static BijouDatabase *
open_sound (const char *path, GError **error)
{
  g_autoptr (BijouDatabase) database = bijou_database_open (path, TRUE, error);

  if (database == NULL || !check_mark (database, path, error) ||
      !bijou_schema_migrate (database, error) || !touch_tables (database, error))
    return NULL;
  return g_steal_pointer (&database);
}

static char *
set_aside (const char *path)
{
  static const char *suffixes[] = { "", "-wal", "-shm" };
  g_autofree char *aside =
      g_strdup_printf ("%s.corrupt-%" G_GINT64_FORMAT, path, g_get_real_time () / G_USEC_PER_SEC);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (aside, suffixes[i], NULL);

      g_rename (from, to);
    }
  return g_steal_pointer (&aside);
}

static BijouDatabase *
rebuild (const char *path, GError **error)
{
  g_autofree char *mark = g_strconcat (path, ".damaged", NULL);
  g_autofree char *aside = set_aside (path);
  BijouDatabase *database = open_sound (path, error);

  g_unlink (mark);
  if (database != NULL)
    bijou_store_rescue (database, aside);
  return database;
}

/* A file that a newer program made is as good as damaged to this one; but one that cannot be opened
 * or written, or is locked, is left alone. */
static BijouDatabase *
open_or_rebuild (const char *path, gboolean *was_rebuilt, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  BijouDatabase *database = open_sound (path, &local_error);

  *was_rebuilt = FALSE;
  if (database != NULL)
    return database;
  if (!bijou_database_is_damage (local_error) &&
      !g_error_matches (local_error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  g_warning ("The database is set aside and made anew: %s", local_error->message);
  *was_rebuilt = TRUE;
  return rebuild (path, error);
}

static gboolean
open_readers (BijouStore *self, GError **error)
{
  for (guint i = 0; i < N_READERS; i++)
    {
      BijouDatabase *database = bijou_database_open (self->path, FALSE, error);

      if (database == NULL)
        return FALSE;
      g_ptr_array_add (self->pool.idle, database);
    }
  self->readers = g_thread_pool_new (run_in_worker, NULL, N_READERS, TRUE, error);
  return self->readers != NULL;
}

/**
 * bijou_store_open:
 * @path: the database; its folder exists
 * @was_rebuilt: (out) (optional): whether it was damaged and is made anew
 *
 * See bijou-store.h.
 *
 * Returns: (transfer full) (nullable): a store, to be closed
 */
BijouStore *
bijou_store_open (const char *path, gboolean *was_rebuilt, GError **error)
{
  g_autoptr (BijouStore) self = g_object_new (BIJOU_TYPE_STORE, NULL);
  gboolean rebuilt;

  self->path = g_strdup (path);
  self->writing = open_or_rebuild (path, &rebuilt, error);
  if (was_rebuilt != NULL)
    *was_rebuilt = self->writing != NULL && rebuilt;
  if (self->writing == NULL || !open_readers (self, error))
    return NULL;
  self->checkpointer = bijou_checkpointer_new (path, error);
  if (self->checkpointer == NULL)
    return NULL;
  bijou_database_watch_log (self->writing, bijou_checkpointer_note_log, self->checkpointer);
  self->writer = bijou_worker_new ("bijou-store");
  return g_steal_pointer (&self);
}

static void
close_readers (BijouStore *self)
{
  if (self->readers != NULL)
    g_thread_pool_free (g_steal_pointer (&self->readers), FALSE, TRUE);

  g_mutex_lock (&self->pool.lock);
  self->pool.closed = TRUE;
  g_cond_broadcast (&self->pool.given_back);
  while (self->pool.out > 0)
    g_cond_wait (&self->pool.given_back, &self->pool.lock);
  g_ptr_array_set_size (self->pool.idle, 0);
  g_mutex_unlock (&self->pool.lock);
}

/**
 * bijou_store_close:
 * @self: a store
 *
 * Waits for what runs, then closes all connections. Calls that come later fail. Nothing is emitted
 * any more. Main thread.
 */
void
bijou_store_close (BijouStore *self)
{
  guint source;

  close_readers (self);
  if (self->writer != NULL)
    bijou_worker_stop (self->writer);
  g_clear_pointer (&self->checkpointer, bijou_checkpointer_free);
  g_clear_pointer (&self->writing, bijou_database_free);

  g_mutex_lock (&self->changes.lock);
  source = self->changes.source;
  self->changes.source = 0;
  g_mutex_unlock (&self->changes.lock);
  g_clear_handle_id (&source, g_source_remove);
}

/**
 * bijou_store_get_path:
 * @self: a store
 *
 * Returns: the file that it was opened with; what belongs to it lies beside it. Any thread.
 */
const char *
bijou_store_get_path (BijouStore *self)
{
  return self->path;
}

static void
bijou_store_finalize (GObject *object)
{
  BijouStore *self = BIJOU_STORE (object);

  bijou_store_close (self);
  g_clear_object (&self->writer);
  g_clear_pointer (&self->changes.waiting, bijou_store_change_free);
  g_ptr_array_unref (self->pool.idle);
  g_mutex_clear (&self->pool.lock);
  g_cond_clear (&self->pool.given_back);
  g_mutex_clear (&self->changes.lock);
  g_free (self->path);

  G_OBJECT_CLASS (bijou_store_parent_class)->finalize (object);
}

static void
bijou_store_class_init (BijouStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_store_finalize;

  signals[CHANGED] = g_signal_new ("changed", BIJOU_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
bijou_store_init (BijouStore *self)
{
  g_mutex_init (&self->pool.lock);
  g_cond_init (&self->pool.given_back);
  g_mutex_init (&self->changes.lock);
  self->pool.idle = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_database_free);
}
