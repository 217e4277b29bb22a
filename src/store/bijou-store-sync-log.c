#include "config.h"

#include "bijou-store-private.h"

/* Of each server; older ones go. */
#define KEPT "200"

/**
 * bijou_sync_log_entry_free:
 * @self: (transfer full): an entry
 */
void
bijou_sync_log_entry_free (BijouSyncLogEntry *self)
{
  g_free (self->server_id);
  g_free (self->kind);
  g_free (self->error);
  g_free (self);
}

static gboolean
add_in_worker (BijouDatabase *database, gpointer data, BijouStoreChange *change, GError **error)
{
  const BijouSyncLogEntry *entry = data;
  gint64 server = bijou_store_require_server (database, entry->server_id, error);

  if (server == 0)
    return FALSE;
  change->flags = BIJOU_STORE_SYNC_LOG;
  bijou_store_change_set_scope (change, entry->server_id, NULL);
  return bijou_database_change (
             database, error,
             "INSERT INTO sync_log (server, begun_at, kind, requests, items, added, changed,"
             " removed, bytes, ms, error, cancelled) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
             "lltllllllltl", server, entry->begun_at, entry->kind, (gint64) entry->requests,
             entry->items, (gint64) entry->added, (gint64) entry->changed, (gint64) entry->removed,
             entry->bytes, entry->ms, entry->error, (gint64) entry->cancelled) &&
         bijou_database_change (database, error,
                                "DELETE FROM sync_log WHERE server = ?1 AND id <="
                                " (SELECT id FROM sync_log WHERE server = ?1 ORDER BY id DESC"
                                "  LIMIT 1 OFFSET " KEPT ")",
                                "l", server);
}

/**
 * bijou_store_add_sync_log:
 * @self: a store
 * @entry: a run that has ended
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_add_sync_log (BijouStore *self, BijouSyncLogEntry *entry, GError **error)
{
  return bijou_store_write (self, add_in_worker, entry, error);
}

static BijouSyncLogEntry *
read_entry (sqlite3_stmt *row)
{
  BijouSyncLogEntry *entry = g_new0 (BijouSyncLogEntry, 1);

  entry->server_id = bijou_database_dup_text (row, 0);
  entry->begun_at = sqlite3_column_int64 (row, 1);
  entry->kind = bijou_database_dup_text (row, 2);
  entry->requests = (guint) sqlite3_column_int64 (row, 3);
  entry->items = sqlite3_column_int64 (row, 4);
  entry->added = (guint) sqlite3_column_int64 (row, 5);
  entry->changed = (guint) sqlite3_column_int64 (row, 6);
  entry->removed = (guint) sqlite3_column_int64 (row, 7);
  entry->bytes = sqlite3_column_int64 (row, 8);
  entry->ms = sqlite3_column_int64 (row, 9);
  entry->error = bijou_database_dup_text (row, 10);
  entry->cancelled = sqlite3_column_int (row, 11);
  return entry;
}

/**
 * bijou_store_list_sync_log:
 * @self: a store
 * @server_id: (nullable): a server, %NULL for all
 * @limit: 0 all
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouSyncLogEntry): past runs, newest first
 */
GPtrArray *
bijou_store_list_sync_log (BijouStore *self, const char *server_id, guint limit, GError **error)
{
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_sync_log_entry_free);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row;

  if (database == NULL)
    return NULL;
  row = bijou_database_query (database, &local_error,
                              "SELECT s.id, l.begun_at, l.kind, l.requests, l.items, l.added,"
                              " l.changed, l.removed, l.bytes, l.ms, l.error, l.cancelled"
                              " FROM sync_log l JOIN server s ON s.pk = l.server"
                              " WHERE ?1 IS NULL OR s.id = ?1 ORDER BY l.id DESC LIMIT ?2",
                              "tl", server_id, limit > 0 ? (gint64) limit : (gint64) -1);
  while (bijou_database_next (database, row, &local_error))
    g_ptr_array_add (entries, read_entry (row));
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&entries);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/**
 * bijou_store_has_synced:
 * @self: a store
 * @server_id: a server
 *
 * Blocking; any thread.
 *
 * Returns: whether any list of it was ever mirrored to its end
 */
gboolean
bijou_store_has_synced (BijouStore *self, const char *server_id)
{
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  gboolean synced;

  if (database == NULL)
    return FALSE;
  synced = bijou_database_get_int (database, 0,
                                   "SELECT EXISTS (SELECT 1 FROM sync_run r JOIN server s"
                                   " ON s.pk = r.server WHERE s.id = ? AND NOT r.running)",
                                   "t", server_id);
  bijou_store_give_reader (self, database);
  return synced;
}
