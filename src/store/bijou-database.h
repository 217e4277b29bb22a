#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * BijouDatabase:
 * One SQLite connection with its prepared statements. One thread at a time.
 *
 * Values are bound by a format of one letter each: `t` a text or NULL (const char *), `i` an int,
 * `l` a gint64, `d` a double.
 */
typedef struct _BijouDatabase BijouDatabase;

BijouDatabase *bijou_database_open (const char *path, gboolean writable, GError **error);
void bijou_database_free (BijouDatabase *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouDatabase, bijou_database_free)

gboolean bijou_database_begin (BijouDatabase *self, GError **error);
gboolean bijou_database_commit (BijouDatabase *self, GError **error);
void bijou_database_rollback (BijouDatabase *self);
gboolean bijou_database_execute (BijouDatabase *self, const char *sql, GError **error);
sqlite3_stmt *bijou_database_query (
    BijouDatabase *self, GError **error, const char *sql, const char *format, ...);
gboolean bijou_database_next (BijouDatabase *self, sqlite3_stmt *statement, GError **error);
gboolean bijou_database_change (
    BijouDatabase *self, GError **error, const char *sql, const char *format, ...);
gint64 bijou_database_get_int (
    BijouDatabase *self, gint64 fallback, const char *sql, const char *format, ...);
gint64 bijou_database_get_last_id (BijouDatabase *self);
guint bijou_database_get_changes (BijouDatabase *self);
/* @pages: how long the write-ahead log is after a commit. */
typedef void (*BijouDatabaseLogFunc) (guint pages, gpointer user_data);
void bijou_database_watch_log (BijouDatabase *self, BijouDatabaseLogFunc func, gpointer user_data);
void bijou_database_checkpoint (BijouDatabase *self);
void bijou_database_truncate_log (BijouDatabase *self);
void bijou_database_bind_text (sqlite3_stmt *statement, int index, const char *text);
char *bijou_database_dup_text (sqlite3_stmt *statement, int column);
gboolean bijou_database_is_damage (const GError *error);

G_END_DECLS
