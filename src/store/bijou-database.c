#include "config.h"

#include "bijou-database.h"

#include "bijou-error.h"

#include <string.h>

#define BUSY_TIMEOUT_MS 10000
#define STATEMENTS_MAX 200
#define DAMAGE_PREFIX "The database is damaged"

struct _BijouDatabase
{
  sqlite3 *handle;               /* (owned) */
  GHashTable *statements;        /* (owned) SQL to sqlite3_stmt */
  char *path;                    /* (owned) */
  BijouDatabaseLogFunc log_func; /* (nullable) */
  gpointer log_data;
};

static gboolean
is_damage_code (int code)
{
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

/* The next start looks closer at a database that was found damaged in use. */
static void
note_damage (BijouDatabase *self)
{
  g_autofree char *mark = g_strconcat (self->path, ".damaged", NULL);

  g_file_set_contents (mark, "", 0, NULL);
}

static void
set_error (BijouDatabase *self, GError **error)
{
  int code = sqlite3_extended_errcode (self->handle);
  const char *text = sqlite3_errmsg (self->handle);

  if (is_damage_code (code))
    {
      note_damage (self);
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, DAMAGE_PREFIX ": %s", text);
    }
  else if ((code & 0xff) == SQLITE_FULL)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NO_SPACE, "Database: %s", text);
  else
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE, "Database: %s (%d)", text, code);
}

/**
 * bijou_database_is_damage:
 * @error: (nullable): an error of this file
 *
 * Returns: whether it says that the file itself is broken
 */
gboolean
bijou_database_is_damage (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE) &&
         g_str_has_prefix (error->message, DAMAGE_PREFIX);
}

static gboolean
set_up (BijouDatabase *self, gboolean writable, GError **error)
{
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_extended_result_codes (self->handle, TRUE);
  if (writable)
    return bijou_database_execute (self,
                                   "PRAGMA journal_mode = WAL;"
                                   "PRAGMA synchronous = NORMAL;"
                                   "PRAGMA foreign_keys = ON;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA cache_size = -4000;",
                                   error);
  return bijou_database_execute (self,
                                 "PRAGMA query_only = ON;"
                                 "PRAGMA temp_store = MEMORY;"
                                 "PRAGMA cache_size = -2000;",
                                 error);
}

/**
 * bijou_database_open:
 * @path: the file
 * @writable: makes it where it is missing; otherwise it is only read
 *
 * Returns: (transfer full) (nullable): a connection
 */
BijouDatabase *
bijou_database_open (const char *path, gboolean writable, GError **error)
{
  g_autoptr (BijouDatabase) self = g_new0 (BijouDatabase, 1);
  int flags = writable ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;

  self->path = g_strdup (path);
  self->statements =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sqlite3_finalize);
  if (sqlite3_open_v2 (path, &self->handle, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    {
      set_error (self, error);
      return NULL;
    }
  if (!set_up (self, writable, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * bijou_database_free:
 * @self: (transfer full): a connection
 */
void
bijou_database_free (BijouDatabase *self)
{
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle);
  g_free (self->path);
  g_free (self);
}

/**
 * bijou_database_execute:
 * @self: a connection
 * @sql: one or more statements
 *
 * Runs them for what they do; rows are ignored.
 */
gboolean
bijou_database_execute (BijouDatabase *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;
  set_error (self, error);
  return FALSE;
}

/* A statement left in the middle of its rows would hold its snapshot for ever. */
static void
reset_statements (BijouDatabase *self)
{
  for (sqlite3_stmt *statement = sqlite3_next_stmt (self->handle, NULL); statement != NULL;
       statement = sqlite3_next_stmt (self->handle, statement))
    if (sqlite3_stmt_busy (statement))
      sqlite3_reset (statement);
}

/**
 * bijou_database_begin:
 * @self: a connection
 *
 * Begins a transaction: of a reader a snapshot, of a writer the write lock.
 */
gboolean
bijou_database_begin (BijouDatabase *self, GError **error)
{
  return bijou_database_execute (
      self, sqlite3_db_readonly (self->handle, "main") == 1 ? "BEGIN" : "BEGIN IMMEDIATE", error);
}

/**
 * bijou_database_commit:
 * @self: a connection
 */
gboolean
bijou_database_commit (BijouDatabase *self, GError **error)
{
  reset_statements (self);
  if (bijou_database_execute (self, "COMMIT", error))
    return TRUE;
  bijou_database_rollback (self);
  return FALSE;
}

/**
 * bijou_database_rollback:
 * @self: a connection
 *
 * Undoes the transaction, if there is still one.
 */
void
bijou_database_rollback (BijouDatabase *self)
{
  reset_statements (self);
  if (!sqlite3_get_autocommit (self->handle))
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
}

static sqlite3_stmt *
prepare (BijouDatabase *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement != NULL)
    {
      sqlite3_reset (statement);
      sqlite3_clear_bindings (statement);
      return statement;
    }
  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) !=
      SQLITE_OK)
    {
      set_error (self, error);
      return NULL;
    }
  if (g_hash_table_size (self->statements) >= STATEMENTS_MAX)
    g_hash_table_remove_all (self->statements);
  g_hash_table_insert (self->statements, g_strdup (sql), statement);
  return statement;
}

/**
 * bijou_database_bind_text:
 * @statement: a statement
 * @index: from 1
 * @text: (nullable): must live until the statement has run
 */
void
bijou_database_bind_text (sqlite3_stmt *statement, int index, const char *text)
{
  if (text != NULL)
    sqlite3_bind_text (statement, index, text, -1, SQLITE_STATIC);
  else
    sqlite3_bind_null (statement, index);
}

static void
bind_values (sqlite3_stmt *statement, const char *format, va_list values)
{
  for (int i = 0; format != NULL && format[i] != '\0'; i++)
    switch (format[i])
      {
      case 't':
        bijou_database_bind_text (statement, i + 1, va_arg (values, const char *));
        break;
      case 'i':
        sqlite3_bind_int (statement, i + 1, va_arg (values, int));
        break;
      case 'l':
        sqlite3_bind_int64 (statement, i + 1, va_arg (values, gint64));
        break;
      case 'd':
        sqlite3_bind_double (statement, i + 1, va_arg (values, double));
        break;
      default:
        g_assert_not_reached ();
      }
}

/**
 * bijou_database_query:
 * @self: a connection
 * @sql: one statement; it is prepared once
 * @format: (nullable): the values that follow
 *
 * Texts must live until the rows have been read. The same SQL is not to be run within itself.
 *
 * Returns: (transfer none) (nullable): a statement for bijou_database_next()
 */
sqlite3_stmt *
bijou_database_query (BijouDatabase *self, GError **error, const char *sql, const char *format, ...)
{
  sqlite3_stmt *statement = prepare (self, sql, error);
  va_list values;

  if (statement == NULL)
    return NULL;

  va_start (values, format);
  bind_values (statement, format, values);
  va_end (values);
  return statement;
}

/**
 * bijou_database_next:
 * @self: a connection
 * @statement: (nullable): from bijou_database_query(); %NULL: it failed, @error is set
 * @error: must be given where failure has to be told from the end
 *
 * Returns: whether there is a row; %FALSE at the end and after a failure
 */
gboolean
bijou_database_next (BijouDatabase *self, sqlite3_stmt *statement, GError **error)
{
  int code;

  if (statement == NULL)
    return FALSE;

  code = sqlite3_step (statement);
  if (code == SQLITE_ROW)
    return TRUE;
  if (code != SQLITE_DONE)
    set_error (self, error);
  sqlite3_reset (statement);
  return FALSE;
}

/**
 * bijou_database_change:
 * @self: a connection
 * @sql: one statement that gives no rows
 * @format: (nullable): the values that follow
 */
gboolean
bijou_database_change (
    BijouDatabase *self, GError **error, const char *sql, const char *format, ...)
{
  sqlite3_stmt *statement = prepare (self, sql, error);
  gboolean done;
  va_list values;

  if (statement == NULL)
    return FALSE;

  va_start (values, format);
  bind_values (statement, format, values);
  va_end (values);
  done = sqlite3_step (statement) == SQLITE_DONE;
  if (!done)
    set_error (self, error);
  sqlite3_reset (statement);
  return done;
}

/**
 * bijou_database_get_int:
 * @self: a connection
 * @fallback: what to return when there is no row
 * @sql: one statement
 * @format: (nullable): the values that follow
 *
 * Returns: the first value of the first row
 */
gint64
bijou_database_get_int (
    BijouDatabase *self, gint64 fallback, const char *sql, const char *format, ...)
{
  sqlite3_stmt *statement = prepare (self, sql, NULL);
  gint64 value = fallback;
  va_list values;

  if (statement == NULL)
    return fallback;

  va_start (values, format);
  bind_values (statement, format, values);
  va_end (values);
  if (sqlite3_step (statement) == SQLITE_ROW && sqlite3_column_type (statement, 0) != SQLITE_NULL)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);
  return value;
}

/**
 * bijou_database_get_last_id:
 * @self: a connection
 *
 * Returns: the key of the row inserted last
 */
gint64
bijou_database_get_last_id (BijouDatabase *self)
{
  return sqlite3_last_insert_rowid (self->handle);
}

/**
 * bijou_database_get_changes:
 * @self: a connection
 *
 * Returns: the rows that the last statement changed, those of triggers and cascades not counted
 */
guint
bijou_database_get_changes (BijouDatabase *self)
{
  return sqlite3_changes (self->handle);
}

/**
 * bijou_database_dup_text:
 * @statement: a statement on a row
 * @column: from 0
 *
 * Returns: (transfer full) (nullable): its text
 */
char *
bijou_database_dup_text (sqlite3_stmt *statement, int column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

static int
on_commit_cb (void *data, sqlite3 *handle, const char *name, int pages)
{
  BijouDatabase *self = data;

  self->log_func ((guint) pages, self->log_data);
  return SQLITE_OK;
}

/**
 * bijou_database_watch_log:
 * @self: a writer
 * @func: runs in its thread after each commit
 * @user_data: for @func
 *
 * From now on its commits move nothing into the database: that is left to a connection that calls
 * bijou_database_checkpoint().
 */
void
bijou_database_watch_log (BijouDatabase *self, BijouDatabaseLogFunc func, gpointer user_data)
{
  self->log_func = func;
  self->log_data = user_data;
  sqlite3_wal_hook (self->handle, on_commit_cb, self);
}

/**
 * bijou_database_checkpoint:
 * @self: a connection that may write
 *
 * Moves what is in the write-ahead log into the database, as far as no reader needs it. Nobody
 * waits for it.
 */
void
bijou_database_checkpoint (BijouDatabase *self)
{
  sqlite3_wal_checkpoint_v2 (self->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/**
 * bijou_database_truncate_log:
 * @self: a connection that may write
 *
 * Like bijou_database_checkpoint(), and gives the space of the log back; not at all while anybody
 * reads or writes.
 */
void
bijou_database_truncate_log (BijouDatabase *self)
{
  sqlite3_busy_timeout (self->handle, 0);
  sqlite3_wal_checkpoint_v2 (self->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
}
