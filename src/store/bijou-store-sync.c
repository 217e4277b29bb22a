#include "config.h"

#include "bijou-store-private.h"

/* What was seen longer ago is seen again rather than believed. */
#define RESUME_US (24 * 3600 * (gint64) G_USEC_PER_SEC)
/* A mark or a position that is written meanwhile does not wait for a whole page. */
#define SLICE_US (12 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  const char *server_id;
  const char *library_id; /* (nullable) */
  const char *kind;
  guint kinds; /* the bit of it */
  gboolean restart;
  gboolean complete;
  GPtrArray *items;
  guint next;          /* of items: the first that is not written yet */
  gboolean is_counted; /* no total is stale */
  const BijouSyncCursor *given;
  BijouSyncCursor *cursor;
  BijouSyncCounts *counts;
  gint64 server;
  gint64 library;
} Run;

static gboolean
find_scope (BijouDatabase *database, Run *run, GError **error)
{
  run->server = bijou_store_require_server (database, run->server_id, error);
  if (run->server == 0)
    return FALSE;
  run->library = bijou_store_find_library (database, run->server, run->library_id);
  if (run->library_id != NULL && run->library == 0)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The library %s is not known",
                   run->library_id);
      return FALSE;
    }
  return TRUE;
}

/**
 * bijou_store_make_generation:
 * @database: any connection
 *
 * Returns: the stamp of a run or a sweep that begins now; later than any other, also when the clock
 *   was put back
 */
gint64
bijou_store_make_generation (BijouDatabase *database)
{
  gint64 last = bijou_database_get_int (database, 0,
                                        "SELECT max (generation) FROM"
                                        " (SELECT max (generation) AS generation FROM sync_run"
                                        " UNION ALL SELECT max (generation) FROM stamp)",
                                        NULL);

  return MAX (g_get_real_time (), last + 1);
}

static gboolean
save_cursor (BijouDatabase *database,
             Run *run,
             const BijouSyncCursor *cursor,
             gboolean running,
             GError **error)
{
  return bijou_database_change (
      database, error,
      "INSERT OR REPLACE INTO sync_run (server, library, kind, generation, next_start, total,"
      " running) VALUES (?, ?, ?, ?, ?, ?, ?)",
      "lttllli", run->server, run->library_id != NULL ? run->library_id : "", run->kind,
      cursor->generation, (gint64) cursor->next_start, cursor->total, running);
}

static gboolean
begin_run_in_worker (BijouDatabase *database,
                     gpointer data,
                     BijouStoreChange *change,
                     GError **error)
{
  Run *run = data;
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row;

  if (!find_scope (database, run, error))
    return FALSE;

  *run->cursor = (BijouSyncCursor){ .total = -1 };
  row = bijou_database_query (database, &local_error,
                              "SELECT generation, next_start, total FROM sync_run WHERE server = ?"
                              " AND library = ? AND kind = ? AND running AND generation > ?",
                              "lttl", run->server, run->library_id != NULL ? run->library_id : "",
                              run->kind, g_get_real_time () - RESUME_US);
  if (bijou_database_next (database, row, &local_error) && !run->restart)
    {
      run->cursor->generation = sqlite3_column_int64 (row, 0);
      run->cursor->next_start = (guint) sqlite3_column_int64 (row, 1);
      run->cursor->total = sqlite3_column_int64 (row, 2);
      run->cursor->resumed = run->cursor->next_start > 0;
    }
  if (row != NULL)
    sqlite3_reset (row);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (run->cursor->resumed)
    run->cursor->seen = bijou_database_get_int (database, 0,
                                                "SELECT count (*) FROM stamp"
                                                " WHERE generation = ?",
                                                "l", run->cursor->generation);
  if (run->cursor->generation == 0)
    run->cursor->generation = bijou_store_make_generation (database);
  return save_cursor (database, run, run->cursor, TRUE, error);
}

/**
 * bijou_store_begin_run:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries
 * @kind: what is mirrored
 * @restart: begin anew even where a run was broken off
 * @cursor: (out): where to go on
 *
 * Blocking; any thread.
 */
gboolean
bijou_store_begin_run (BijouStore *self,
                       const char *server_id,
                       const char *library_id,
                       BijouItemKind kind,
                       gboolean restart,
                       BijouSyncCursor *cursor,
                       GError **error)
{
  Run run = { .server_id = server_id,
              .library_id = library_id,
              .kind = bijou_item_kind_to_string (kind),
              .restart = restart,
              .cursor = cursor };

  return bijou_store_write (self, begin_run_in_worker, &run, error);
}

static gboolean
save_page_in_worker (BijouDatabase *database,
                     gpointer data,
                     BijouStoreChange *change,
                     GError **error)
{
  Run *run = data;
  gint64 begun_at = g_get_monotonic_time ();
  BijouRowWrite write = { .from_list = TRUE,
                          .generation = run->given->generation,
                          .asked_at = run->given->asked_at != 0 ? run->given->asked_at
                                                                : g_get_real_time () };

  if (!find_scope (database, run, error))
    return FALSE;

  write.server = run->server;
  write.library = run->library;
  bijou_store_change_set_scope (change, run->server_id, run->library_id);
  while (run->next < run->items->len && g_get_monotonic_time () - begun_at < SLICE_US)
    {
      BijouItem *item = g_ptr_array_index (run->items, run->next++);
      BijouRowResult result;
      gboolean first;
      gint64 id;

      if (!bijou_store_write_row (database, item, &write, &id, &first, &result, error))
        return FALSE;
      bijou_store_count_row (run->counts, result, id, change);
      run->counts->seen += first;
    }
  return run->next < run->items->len || save_cursor (database, run, run->given, TRUE, error);
}

static gboolean
count_totals_in_worker (BijouDatabase *database,
                        gpointer data,
                        BijouStoreChange *change,
                        GError **error)
{
  Run *run = data;

  bijou_store_change_set_scope (change, run->server_id, run->library_id);
  return bijou_store_count_totals (database, g_get_monotonic_time () + SLICE_US, change,
                                   &run->is_counted, error);
}

/**
 * bijou_store_save_page:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries
 * @kind: what is mirrored
 * @items: (element-type BijouItem): rows of a page
 * @cursor: the place after it
 * @counts: (inout) (optional): what it did is added
 *
 * Blocking; any thread.
 */
gboolean
bijou_store_save_page (BijouStore *self,
                       const char *server_id,
                       const char *library_id,
                       BijouItemKind kind,
                       GPtrArray *items,
                       const BijouSyncCursor *cursor,
                       BijouSyncCounts *counts,
                       GError **error)
{
  BijouSyncCounts page_counts = { 0 };
  Run run = { .server_id = server_id,
              .library_id = library_id,
              .kind = bijou_item_kind_to_string (kind),
              .items = items,
              .given = cursor,
              .counts = &page_counts };

  /* The cursor goes with the last rows: after a break the page comes once more. */
  do
    if (!bijou_store_write_part (self, save_page_in_worker, &run, error))
      return FALSE;
  while (run.next < items->len);
  do
    if (!bijou_store_write_part (self, count_totals_in_worker, &run, error))
      return FALSE;
  while (!run.is_counted);
  bijou_store_add_counts (counts, &page_counts);
  return TRUE;
}

static gboolean
finish_run_in_worker (BijouDatabase *database,
                      gpointer data,
                      BijouStoreChange *change,
                      GError **error)
{
  Run *run = data;

  if (!find_scope (database, run, error))
    return FALSE;
  bijou_store_change_set_scope (change, run->server_id, run->library_id);
  if (run->complete &&
      !bijou_store_delete_unseen (database, run->server, run->library, run->kinds,
                                  run->given->generation, run->counts, change, error))
    return FALSE;
  return save_cursor (database, run, run->given, FALSE, error);
}

/**
 * bijou_store_finish_run:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries
 * @kind: what is mirrored
 * @cursor: the place at the end
 * @complete: remove what was not seen
 * @counts: (inout) (optional): what it did is added
 *
 * Blocking; any thread.
 */
gboolean
bijou_store_finish_run (BijouStore *self,
                        const char *server_id,
                        const char *library_id,
                        BijouItemKind kind,
                        const BijouSyncCursor *cursor,
                        gboolean complete,
                        BijouSyncCounts *counts,
                        GError **error)
{
  BijouSyncCounts run_counts = { 0 };
  Run run = { .server_id = server_id,
              .library_id = library_id,
              .kind = bijou_item_kind_to_string (kind),
              .kinds = 1u << kind,
              .complete = complete,
              .given = cursor,
              .counts = &run_counts };

  if (!bijou_store_write (self, finish_run_in_worker, &run, error))
    return FALSE;
  bijou_store_add_counts (counts, &run_counts);
  return TRUE;
}

/**
 * bijou_store_get_sync_value:
 * @self: a store
 * @server_id: a server
 * @name: a name
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable): what was set, %NULL when nothing
 */
char *
bijou_store_get_sync_value (BijouStore *self, const char *server_id, const char *name)
{
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  sqlite3_stmt *row;
  char *value = NULL;

  if (database == NULL)
    return NULL;
  row = bijou_database_query (database, NULL,
                              "SELECT v.value FROM sync_value v JOIN server s ON s.pk = v.server"
                              " WHERE s.id = ? AND v.name = ?",
                              "tt", server_id, name);
  if (bijou_database_next (database, row, NULL))
    value = bijou_database_dup_text (row, 0);
  bijou_store_give_reader (self, database);
  return value;
}

typedef struct
{
  const char *server_id;
  const char *name;
  const char *value;
} SetValue;

static gboolean
set_value_in_worker (BijouDatabase *database,
                     gpointer data,
                     BijouStoreChange *change,
                     GError **error)
{
  SetValue *set = data;
  gint64 server = bijou_store_require_server (database, set->server_id, error);

  return server != 0 &&
         bijou_database_change (database, error,
                                "INSERT OR REPLACE INTO sync_value (server, name, value)"
                                " VALUES (?, ?, ?)",
                                "ltt", server, set->name, set->value);
}

/**
 * bijou_store_set_sync_value:
 * @self: a store
 * @server_id: a known server
 * @name: a name
 * @value: (nullable): what to keep
 *
 * Blocking; any thread.
 */
gboolean
bijou_store_set_sync_value (
    BijouStore *self, const char *server_id, const char *name, const char *value, GError **error)
{
  SetValue set = { server_id, name, value };

  return bijou_store_write (self, set_value_in_worker, &set, error);
}
