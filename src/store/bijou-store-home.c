#include "config.h"

#include "bijou-store-private.h"

#define ROW_CONTINUE 0
#define ROW_NEXT_UP 1
#define SETTLED_US (15 * G_USEC_PER_SEC)

/* --- what the servers say --- */

typedef struct
{
  const char *server_id;
  int row;
  GPtrArray *items;
} SaveHome;

static gboolean
is_same_row (BijouDatabase *database, gint64 server, int row, GArray *ids, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *statement =
      bijou_database_query (database, &local_error,
                            "SELECT item FROM home WHERE server = ? AND row = ?"
                            " ORDER BY position",
                            "li", server, row);
  gboolean same = TRUE;
  guint n = 0;

  while (bijou_database_next (database, statement, &local_error))
    {
      same = same && n < ids->len &&
             g_array_index (ids, gint64, n) == sqlite3_column_int64 (statement, 0);
      n++;
    }
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  return same && n == ids->len;
}

static gboolean
replace_row (BijouDatabase *database, gint64 server, int row, GArray *ids, GError **error)
{
  if (!bijou_database_change (database, error, "DELETE FROM home WHERE server = ? AND row = ?",
                              "li", server, row))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!bijou_database_change (
            database, error, "INSERT INTO home (server, row, position, item) VALUES (?, ?, ?, ?)",
            "liil", server, row, (int) i, g_array_index (ids, gint64, i)))
      return FALSE;
  /* What only this row had brought here goes with it. */
  return bijou_database_change (database, error,
                                "DELETE FROM item WHERE server = ? AND library IS NULL"
                                " AND kind NOT IN ('playlist', 'collection')"
                                " AND id NOT IN (SELECT item FROM home)"
                                " AND id NOT IN (SELECT item FROM detail)",
                                "l", server);
}

static gboolean
write_home_items (
    BijouDatabase *database, SaveHome *save, GArray *ids, BijouStoreChange *change, GError **error)
{
  BijouRowWrite write = { .asked_at = g_get_real_time () - SETTLED_US, .state_only = TRUE };

  write.server = bijou_store_require_server (database, save->server_id, error);
  if (write.server == 0)
    return FALSE;
  for (guint i = 0; i < save->items->len; i++)
    {
      BijouItem *item = g_ptr_array_index (save->items, i);
      BijouRowResult result;
      gint64 id;

      write.library = bijou_store_find_library (database, write.server, item->library_id);
      if (!bijou_store_write_row (database, item, &write, &id, NULL, &result, error))
        return FALSE;
      bijou_store_change_add_row (change, result, id);
      g_array_append_val (ids, id);
    }
  return TRUE;
}

static gboolean
save_home_in_worker (BijouDatabase *database,
                     gpointer data,
                     BijouStoreChange *change,
                     GError **error)
{
  SaveHome *save = data;
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) local_error = NULL;
  gint64 server;

  bijou_store_change_set_scope (change, save->server_id, NULL);
  if (!write_home_items (database, save, ids, change, error))
    return FALSE;

  server = bijou_store_find_server (database, save->server_id);
  if (is_same_row (database, server, save->row, ids, &local_error))
    return TRUE;
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  change->flags |= BIJOU_STORE_HOME;
  return replace_row (database, server, save->row, ids, error);
}

/**
 * bijou_store_save_home:
 * @self: a store
 * @server_id: a known server
 * @row: a BijouHomeRow, continue or next up
 * @items: (element-type BijouItem): in the server's order
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_save_home (
    BijouStore *self, const char *server_id, int row, GPtrArray *items, GError **error)
{
  SaveHome save = { server_id, row, items };

  g_return_val_if_fail (row == ROW_CONTINUE || row == ROW_NEXT_UP, FALSE);

  return bijou_store_write (self, save_home_in_worker, &save, error);
}

/* --- what is shown --- */

typedef struct
{
  gint64 id;
  gint64 server;
  gint64 played; /* orders rows of all servers */
  char *show;    /* (owned) (nullable) remote id */
} Entry;

static void
entry_clear (Entry *entry)
{
  g_free (entry->show);
}

static GArray *
entries_new (void)
{
  GArray *entries = g_array_new (FALSE, TRUE, sizeof (Entry));

  g_array_set_clear_func (entries, (GDestroyNotify) entry_clear);
  return entries;
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  return left->played == right->played ? 0 : left->played > right->played ? -1 : 1;
}

/* An entry without a time of its own (an episode that comes next) stays behind the one before it in
 * its server's order. */
static void
collect_entries (BijouDatabase *database, sqlite3_stmt *row, GArray *entries, GError **error)
{
  gint64 server = 0, played = G_MAXINT64;

  while (bijou_database_next (database, row, error))
    {
      Entry entry = { .id = sqlite3_column_int64 (row, 0),
                      .server = sqlite3_column_int64 (row, 1),
                      .show = bijou_database_dup_text (row, 3) };

      if (entry.server != server)
        played = G_MAXINT64;
      server = entry.server;
      entry.played = sqlite3_column_int64 (row, 2);
      if (entry.played == 0)
        entry.played = played;
      played = entry.played;
      g_array_append_val (entries, entry);
    }
}

#define IN_PROGRESS                                                                                \
  "p.now_position_ms > 0 AND (i.duration_ms = 0 OR"                                                \
  " p.now_position_ms BETWEEN i.duration_ms * 0.02 AND i.duration_ms * 0.95)"

static GArray *
list_continue (BijouDatabase *database, GError **error)
{
  GArray *entries = entries_new ();
  /* Where something was done here that alone counts, elsewhere the server's row. */
  sqlite3_stmt *row = bijou_database_query (
      database, error,
      "SELECT i.id, i.server, coalesce (p.now_played, 0), i.show_id"
      " FROM item i LEFT JOIN play_state p ON p.item = i.id"
      " LEFT JOIN home h ON h.item = i.id AND h.row = 0"
      " WHERE i.id IN (SELECT item FROM home WHERE row = 0"
      "   UNION SELECT item FROM play_state WHERE watch_at IS NOT NULL AND now_position_ms > 0)"
      " AND i.kind IN ('movie', 'episode', 'video')"
      " AND iif (p.watch_at IS NOT NULL, " IN_PROGRESS ","
      "   NOT (coalesce (p.now_watched, 0) AND p.now_position_ms = 0))"
      " ORDER BY i.server, h.position IS NULL, h.position, 3 DESC",
      NULL);

  collect_entries (database, row, entries, error);
  g_array_sort (entries, compare_entries);
  return entries;
}

/* The first unwatched episode after @after in its show, 0 when there is none. */
static gint64
find_next_unwatched (BijouDatabase *database, gint64 server, const char *show, gint64 after)
{
  return bijou_database_get_int (
      database, 0,
      "WITH row AS (SELECT e.id, coalesce (p.now_watched, 0) AS watched, row_number () OVER"
      "   (ORDER BY coalesce (e.season, 0) = 0, e.season, e.episode, e.id) AS place"
      "   FROM item e LEFT JOIN play_state p ON p.item = e.id"
      "   WHERE e.server = ?1 AND e.show_id = ?2 AND e.kind = 'episode' AND e.has_media)"
      " SELECT id FROM row WHERE NOT watched"
      " AND place > (SELECT place FROM row WHERE id = ?3) ORDER BY place LIMIT 1",
      "ltl", server, show, after);
}

static gboolean
has_show (GArray *entries, const Entry *entry)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *other = &g_array_index (entries, Entry, i);

      if (other->server == entry->server && g_strcmp0 (other->show, entry->show) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
add_next (BijouDatabase *database, GArray *nexts, GArray *begun, const Entry *entry, gboolean seen)
{
  Entry next = *entry;

  if (entry->show != NULL && (has_show (nexts, entry) || has_show (begun, entry)))
    return;
  if (seen && entry->show != NULL)
    next.id = find_next_unwatched (database, entry->server, entry->show, entry->id);
  else if (seen)
    next.id = 0;
  next.show = g_strdup (entry->show);
  g_array_append_val (nexts, next);
}

/* An episode that was seen here gives way to the one after it before the server is asked again. */
static void
add_nexts (BijouDatabase *database, const char *sql, GArray *nexts, GArray *begun, GError **error)
{
  g_autoptr (GArray) rows = entries_new ();

  collect_entries (database, bijou_database_query (database, error, sql, NULL), rows, error);
  for (guint i = 0; i < rows->len; i++)
    {
      const Entry *entry = &g_array_index (rows, Entry, i);
      gint64 seen = bijou_database_get_int (
          database, 0, "SELECT now_watched FROM play_state WHERE item = ?", "l", entry->id);

      add_next (database, nexts, begun, entry, seen != 0);
    }
}

static GArray *
list_next_up (BijouDatabase *database, GError **error)
{
  g_autoptr (GArray) begun = list_continue (database, error);
  GArray *nexts = entries_new ();

  /* For each show the latest that was seen here; then the servers' rows, place by place. */
  add_nexts (database,
             "SELECT p.item, i.server, max (p.watch_at), i.show_id FROM play_state p"
             " JOIN item i ON i.id = p.item WHERE p.watch_at IS NOT NULL AND p.local_watched = 1"
             " AND i.kind = 'episode' AND i.show_id IS NOT NULL"
             " GROUP BY i.server, i.show_id ORDER BY 3 DESC LIMIT 50",
             nexts, begun, error);
  add_nexts (database,
             "SELECT h.item, h.server, 0, i.show_id FROM home h JOIN item i ON i.id = h.item"
             " WHERE h.row = 1 ORDER BY h.position, h.server",
             nexts, begun, error);
  return nexts;
}

static gboolean
load_entries (
    BijouDatabase *database, GArray *entries, guint limit, GPtrArray *items, GError **error)
{
  for (guint i = 0; i < entries->len && (limit == 0 || items->len < limit); i++)
    {
      gint64 id = g_array_index (entries, Entry, i).id;

      if (id != 0 && !bijou_store_load_items (database, &id, 1, items, error))
        return FALSE;
    }
  return TRUE;
}

/**
 * bijou_store_list_home:
 * @self: a store
 * @row: a BijouHomeRow, continue or next up
 * @limit: at most so many, 0 for all
 *
 * See bijou-store.h. Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouItem): the row
 */
GPtrArray *
bijou_store_list_home (BijouStore *self, int row, guint limit, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GArray) entries = NULL;

  if (database == NULL)
    return NULL;
  entries = row == ROW_CONTINUE ? list_continue (database, &local_error)
                                : list_next_up (database, &local_error);
  if (local_error == NULL)
    load_entries (database, entries, limit, items, &local_error);
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&items);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

#define RECENT(kind)                                                                               \
  "SELECT * FROM (SELECT i.id, i.latest_at AS at FROM item i WHERE i.kind = '" kind "'"            \
  " AND iif (?1, i.library = ?1, i.library IN (SELECT pk FROM library WHERE NOT hidden"            \
  "   AND (?2 = 0 OR server = ?2))) ORDER BY i.latest_at DESC LIMIT ?3)"

static const char list_recent[] = RECENT ("movie") " UNION ALL " RECENT (
    "show") " UNION ALL " RECENT ("video") " ORDER BY at DESC, id DESC LIMIT ?3";

static gboolean
list_recent_items (BijouDatabase *database,
                   gint64 server,
                   gint64 library,
                   guint limit,
                   GPtrArray *items,
                   GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = bijou_database_query (database, &local_error, list_recent, "lll", library,
                                            server, limit > 0 ? (gint64) limit : (gint64) -1);

  while (bijou_database_next (database, row, &local_error))
    {
      gint64 id = sqlite3_column_int64 (row, 0);

      g_array_append_val (ids, id);
    }
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  return bijou_store_load_items (database, (const gint64 *) (gpointer) ids->data, ids->len, items,
                                 error);
}

/**
 * bijou_store_list_recent:
 * @self: a store
 * @server_id: (nullable): a server, %NULL for all
 * @library_id: (nullable): one of its libraries, %NULL for all that are not hidden
 * @limit: at most so many, 0 for all
 *
 * See bijou-store.h. Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouItem): the newest first
 */
GPtrArray *
bijou_store_list_recent (
    BijouStore *self, const char *server_id, const char *library_id, guint limit, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  gint64 server, library;

  if (database == NULL)
    return NULL;
  server = server_id != NULL ? bijou_store_find_server (database, server_id) : 0;
  library = bijou_store_find_library (database, server, library_id);
  if ((server_id == NULL || server != 0) && (library_id == NULL || library != 0))
    list_recent_items (database, server, library, limit, items, &local_error);
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&items);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}
