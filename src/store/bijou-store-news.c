#include "config.h"

#include "bijou-store-private.h"

/* What an incremental sync writes and compares: rows that are news, slim rows, counts. */

typedef struct
{
  const char *server_id;
  const char *library_id; /* (nullable) */
  GPtrArray *items;
  gint64 generation;
  gint64 asked_at;
  BijouSyncCounts *counts;
  GPtrArray *wanted; /* (nullable) */
} News;

static gboolean
belongs_to_no_library (BijouItem *item)
{
  return item->kind == BIJOU_ITEM_COLLECTION || item->kind == BIJOU_ITEM_PLAYLIST;
}

static gboolean
save_row (BijouDatabase *database,
          News *news,
          gint64 server,
          BijouItem *item,
          BijouStoreChange *change,
          GError **error)
{
  BijouRowWrite write = {
    .server = server, .from_list = TRUE, .generation = news->generation, .asked_at = news->asked_at
  };
  BijouRowResult result;
  gint64 id;

  write.library = bijou_store_find_library (database, server, item->library_id);
  if (write.library == 0 && !belongs_to_no_library (item) &&
      bijou_store_find_row (database, server, item->remote_id) == 0)
    return TRUE;
  if (!bijou_store_write_row (database, item, &write, &id, NULL, &result, error))
    return FALSE;
  bijou_store_count_row (news->counts, result, id, change);
  return TRUE;
}

static gboolean
save_news_in_worker (BijouDatabase *database,
                     gpointer data,
                     BijouStoreChange *change,
                     GError **error)
{
  News *news = data;
  gint64 server = bijou_store_require_server (database, news->server_id, error);

  if (server == 0)
    return FALSE;
  bijou_store_change_set_scope (change, news->server_id, NULL);
  for (guint i = 0; i < news->items->len; i++)
    if (!save_row (database, news, server, news->items->pdata[i], change, error))
      return FALSE;
  return TRUE;
}

/**
 * bijou_store_save_news:
 * @self: a store
 * @server_id: a known server
 * @items: (element-type BijouItem): whole rows; one that names no library stays in the one it is
 *   in, and is left out when it is not known
 * @asked_at: when they were asked for, microseconds of real time
 * @generation: the sweep that they belong to, 0 none
 * @counts: (inout): what it did is added
 *
 * One transaction. Blocking; any thread.
 */
gboolean
bijou_store_save_news (BijouStore *self,
                       const char *server_id,
                       GPtrArray *items,
                       gint64 asked_at,
                       gint64 generation,
                       BijouSyncCounts *counts,
                       GError **error)
{
  BijouSyncCounts now = { 0 };
  News news = { .server_id = server_id,
                .items = items,
                .asked_at = asked_at,
                .generation = generation,
                .counts = &now };

  if (!bijou_store_write (self, save_news_in_worker, &news, error))
    return FALSE;
  bijou_store_add_counts (counts, &now);
  return TRUE;
}

/* --- sweeps --- */

/**
 * bijou_store_begin_sweep:
 * @self: a store
 *
 * Returns: the generation of a sweep that begins now
 */
gint64
bijou_store_begin_sweep (BijouStore *self)
{
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  gint64 generation;

  if (database == NULL)
    return g_get_real_time ();
  generation = bijou_store_make_generation (database);
  bijou_store_give_reader (self, database);
  return generation;
}

static gboolean
is_same_version (BijouDatabase *database, gint64 id, BijouItem *item)
{
  return item->version_tag == NULL ||
         bijou_database_get_int (database, 0, "SELECT version_tag IS ? FROM item WHERE id = ?",
                                 "tl", item->version_tag, id);
}

static gboolean
compare_row (BijouDatabase *database,
             News *news,
             gint64 server,
             BijouItem *item,
             BijouStoreChange *change,
             GError **error)
{
  gint64 id = bijou_store_find_row (database, server, item->remote_id);
  BijouRowWrite write = { .server = server,
                          .from_list = TRUE,
                          .state_only = TRUE,
                          .generation = news->generation,
                          .asked_at = news->asked_at };
  BijouRowResult result;
  gboolean first;

  if (id == 0 || !is_same_version (database, id, item))
    g_ptr_array_add (news->wanted, g_strdup (item->remote_id));
  if (id == 0)
    {
      news->counts->seen++;
      return TRUE;
    }
  if (!bijou_store_write_row (database, item, &write, &id, &first, &result, error))
    return FALSE;
  news->counts->seen += first;
  bijou_store_count_row (news->counts, result, id, change);
  return TRUE;
}

static gboolean
save_slim_in_worker (BijouDatabase *database,
                     gpointer data,
                     BijouStoreChange *change,
                     GError **error)
{
  News *news = data;
  gint64 server = bijou_store_require_server (database, news->server_id, error);

  if (server == 0)
    return FALSE;
  bijou_store_change_set_scope (change, news->server_id, news->library_id);
  for (guint i = 0; i < news->items->len; i++)
    if (!compare_row (database, news, server, news->items->pdata[i], change, error))
      return FALSE;
  return TRUE;
}

/**
 * bijou_store_save_slim_page:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries
 * @items: (element-type BijouItem): slim rows: identifier, kind, version tag and play state
 * @asked_at: when they were asked for, microseconds of real time
 * @generation: of the sweep
 * @counts: (inout): what it did is added
 * @wanted: (element-type utf8): gets the ids of rows that are not known, or not in this version
 *
 * One transaction. Blocking; any thread.
 */
gboolean
bijou_store_save_slim_page (BijouStore *self,
                            const char *server_id,
                            const char *library_id,
                            GPtrArray *items,
                            gint64 asked_at,
                            gint64 generation,
                            BijouSyncCounts *counts,
                            GPtrArray *wanted,
                            GError **error)
{
  BijouSyncCounts now = { 0 };
  News news = { .server_id = server_id,
                .library_id = library_id,
                .items = items,
                .asked_at = asked_at,
                .generation = generation,
                .counts = &now,
                .wanted = wanted };

  if (!bijou_store_write (self, save_slim_in_worker, &news, error))
    return FALSE;
  bijou_store_add_counts (counts, &now);
  return TRUE;
}

/* --- what is here --- */

static const char *
get_count_condition (BijouRowCount what)
{
  switch (what)
    {
    case BIJOU_COUNT_WATCHED:
      return "AND p.watched";
    case BIJOU_COUNT_UNWATCHED:
      return "AND NOT coalesce (p.watched, 0)";
    case BIJOU_COUNT_ALL:
    default:
      return "";
    }
}

/**
 * bijou_store_count_rows:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries; %NULL: all
 * @kinds: bits of BijouItemKind
 * @what: which of them, by what the server said last
 *
 * Blocking; any thread.
 *
 * Returns: how many there are; -1 when they cannot be counted
 */
gint64
bijou_store_count_rows (BijouStore *self,
                        const char *server_id,
                        const char *library_id,
                        guint kinds,
                        BijouRowCount what)
{
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  g_autofree char *list = bijou_store_make_kind_list (kinds);
  g_autofree char *sql =
      g_strdup_printf ("SELECT count (*) FROM item i LEFT JOIN play_state p ON p.item = i.id"
                       " WHERE i.server = ?1 AND (?2 = 0 OR i.library = ?2) AND i.kind IN (%s) %s",
                       list, get_count_condition (what));
  gint64 server, n;

  if (database == NULL)
    return -1;
  server = bijou_store_find_server (database, server_id);
  n = bijou_database_get_int (database, -1, sql, "ll", server,
                              bijou_store_find_library (database, server, library_id));
  bijou_store_give_reader (self, database);
  return n;
}

/**
 * bijou_store_get_newest_time:
 * @self: a store
 * @server_id: a known server
 * @until: seconds since 1970: what is later is not believed
 *
 * Blocking; any thread.
 *
 * Returns: the latest time, in seconds since 1970, at which by the server's own word a row was
 *   saved or played; 0 when the versions of its rows are no times
 */
gint64
bijou_store_get_newest_time (BijouStore *self, const char *server_id, gint64 until)
{
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  gint64 server, saved, played;

  if (database == NULL)
    return 0;
  server = bijou_store_find_server (database, server_id);
  saved = bijou_database_get_int (
      database, 0,
      "SELECT max (CAST (version_tag AS INTEGER)) FROM item WHERE server = ?1"
      " AND version_tag NOT GLOB '*[^0-9]*' AND CAST (version_tag AS INTEGER) <= ?2",
      "ll", server, until);
  played = bijou_database_get_int (database, 0,
                                   "SELECT max (p.played) FROM play_state p"
                                   " JOIN item i ON i.id = p.item"
                                   " WHERE i.server = ?1 AND p.played <= ?2",
                                   "ll", server, until);
  bijou_store_give_reader (self, database);
  return saved > 0 ? MAX (saved, played) : 0;
}

static GHashTable *
read_ids (BijouStore *self, const char *sql, const char *server_id)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  sqlite3_stmt *row;

  if (database == NULL)
    return ids;
  row = bijou_database_query (database, NULL, sql, "t", server_id);
  while (bijou_database_next (database, row, NULL))
    g_hash_table_add (ids, bijou_database_dup_text (row, 0));
  bijou_store_give_reader (self, database);
  return ids;
}

/**
 * bijou_store_list_favourite_ids:
 * @self: a store
 * @server_id: a known server
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (element-type utf8 utf8): the set of remote ids that the server last
 *   called favourites
 */
GHashTable *
bijou_store_list_favourite_ids (BijouStore *self, const char *server_id)
{
  return read_ids (self,
                   "SELECT i.remote_id FROM play_state p JOIN item i ON i.id = p.item"
                   " JOIN server s ON s.pk = i.server WHERE p.favourite AND s.id = ?",
                   server_id);
}

/**
 * bijou_store_list_begun_ids:
 * @self: a store
 * @server_id: a known server
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (element-type utf8 utf8): the set of remote ids that, by what the server
 *   said last, were begun and not seen to their end
 */
GHashTable *
bijou_store_list_begun_ids (BijouStore *self, const char *server_id)
{
  return read_ids (self,
                   "SELECT i.remote_id FROM play_state p JOIN item i ON i.id = p.item"
                   " JOIN server s ON s.pk = i.server WHERE p.position_ms > 0 AND NOT p.watched"
                   " AND s.id = ?",
                   server_id);
}

/**
 * bijou_store_is_complete:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries; %NULL: what belongs to none
 * @kind: what is mirrored
 *
 * Blocking; any thread.
 *
 * Returns: whether a whole run over it has ended
 */
gboolean
bijou_store_is_complete (BijouStore *self,
                         const char *server_id,
                         const char *library_id,
                         BijouItemKind kind)
{
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  gint64 n;

  if (database == NULL)
    return FALSE;
  n = bijou_database_get_int (database, 0,
                              "SELECT count (*) FROM sync_run r JOIN server s ON s.pk = r.server"
                              " WHERE s.id = ? AND r.library = ? AND r.kind = ? AND NOT r.running",
                              "ttt", server_id, library_id != NULL ? library_id : "",
                              bijou_item_kind_to_string (kind));
  bijou_store_give_reader (self, database);
  return n > 0;
}
