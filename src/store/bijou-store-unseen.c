#include "config.h"

#include "bijou-store-private.h"

/* Rows that a run or a sweep over a whole list has not met: the server does not have them any more.
 */

/* "'movie', 'episode'": only our own words get into the statement. */
char *
bijou_store_make_kind_list (guint kinds)
{
  GString *list = g_string_new (NULL);

  for (int kind = BIJOU_ITEM_MOVIE; kind <= BIJOU_ITEM_PLAYLIST; kind++)
    if ((kinds & (1u << kind)) != 0)
      g_string_append_printf (list, "%s'%s'", list->len > 0 ? ", " : "",
                              bijou_item_kind_to_string (kind));
  return g_string_free (list, FALSE);
}

/* IS: the playlists of a server belong to no library. */
#define UNSEEN                                                                                     \
  "FROM item i LEFT JOIN stamp t ON t.item = i.id WHERE i.library IS nullif (?1, 0)"               \
  " AND i.server = ?2 AND coalesce (t.generation, 0) < ?3 AND i.kind IN (%s)"

/**
 * bijou_store_delete_unseen:
 * @database: the writer, in a transaction
 * @server: a server
 * @library: one of its libraries, 0: what belongs to none
 * @kinds: bits of BijouItemKind
 * @generation: of a run or a sweep that has seen every row
 * @counts: (inout): gets how many went
 * @change: is told
 */
gboolean
bijou_store_delete_unseen (BijouDatabase *database,
                           gint64 server,
                           gint64 library,
                           guint kinds,
                           gint64 generation,
                           BijouSyncCounts *counts,
                           BijouStoreChange *change,
                           GError **error)
{
  g_autofree char *list = bijou_store_make_kind_list (kinds);
  g_autofree char *sql =
      g_strdup_printf ("DELETE FROM item WHERE id IN (SELECT i.id " UNSEEN ")", list);

  if (!bijou_database_change (database, error, sql, "lll", library, server, generation))
    return FALSE;
  counts->removed = bijou_database_get_changes (database);
  if (counts->removed > 0)
    bijou_store_change_add_removed (change);
  return TRUE;
}

/**
 * bijou_store_count_unseen:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries; %NULL: what belongs to none
 * @kinds: bits of BijouItemKind
 * @generation: of a run or a sweep
 *
 * Blocking; any thread.
 *
 * Returns: the rows that would be removed as not seen by it; -1 when they cannot be counted
 */
gint64
bijou_store_count_unseen (
    BijouStore *self, const char *server_id, const char *library_id, guint kinds, gint64 generation)
{
  BijouDatabase *database = bijou_store_take_reader (self, NULL);
  g_autofree char *list = bijou_store_make_kind_list (kinds);
  g_autofree char *sql = g_strdup_printf ("SELECT count (*) " UNSEEN, list);
  gint64 server, n;

  if (database == NULL)
    return -1;
  server = bijou_store_find_server (database, server_id);
  n = bijou_database_get_int (database, -1, sql, "lll",
                              bijou_store_find_library (database, server, library_id), server,
                              generation);
  bijou_store_give_reader (self, database);
  return n;
}

typedef struct
{
  const char *server_id;
  const char *library_id; /* (nullable) */
  guint kinds;
  gint64 generation;
  BijouSyncCounts counts;
  BijouDoubt *doubt; /* (nullable) NULL: the list is believed */
} Sweep;

/* --- doubts --- */

/* A doubt is as old as the generation that missed the row first, on the clock of generations, which
 * never goes back. One of a row that was seen since is void. */
static gboolean
remember_doubts (
    BijouDatabase *database, gint64 server, gint64 library, Sweep *sweep, GError **error)
{
  g_autofree char *list = bijou_store_make_kind_list (sweep->kinds);
  g_autofree char *sql =
      g_strdup_printf ("INSERT OR IGNORE INTO doubt (item, since) SELECT i.id, ?3 " UNSEEN, list);

  return bijou_database_change (database, error,
                                "DELETE FROM doubt WHERE since <="
                                " (SELECT generation FROM stamp WHERE item = doubt.item)",
                                "") &&
         bijou_database_change (database, error, sql, "lll", library, server, sweep->generation);
}

static gboolean
delete_doubted (BijouDatabase *database,
                gint64 server,
                gint64 library,
                Sweep *sweep,
                BijouStoreChange *change,
                GError **error)
{
  g_autofree char *list = bijou_store_make_kind_list (sweep->kinds);
  g_autofree char *sql =
      g_strdup_printf ("DELETE FROM item WHERE id IN (SELECT i.id " UNSEEN
                       " AND i.id IN (SELECT item FROM doubt WHERE since <= ?4))",
                       list);

  if (!bijou_database_change (database, error, sql, "llll", library, server, sweep->generation,
                              sweep->generation -
                                  BIJOU_STORE_DOUBT_SECONDS * (gint64) G_USEC_PER_SEC))
    return FALSE;
  sweep->counts.removed = bijou_database_get_changes (database);
  if (sweep->counts.removed > 0)
    bijou_store_change_add_removed (change);
  return TRUE;
}

static void
read_doubt (BijouDatabase *database, gint64 server, gint64 library, Sweep *sweep)
{
  g_autofree char *list = bijou_store_make_kind_list (sweep->kinds);
  g_autofree char *count = g_strdup_printf ("SELECT count (*) " UNSEEN, list);
  g_autofree char *first = g_strdup_printf (
      "SELECT min (since) FROM doubt WHERE item IN (SELECT i.id " UNSEEN ")", list);
  gint64 since = bijou_database_get_int (database, sweep->generation, first, "lll", library, server,
                                         sweep->generation);

  sweep->doubt->kept =
      bijou_database_get_int (database, 0, count, "lll", library, server, sweep->generation);
  sweep->doubt->until = since / G_USEC_PER_SEC + BIJOU_STORE_DOUBT_SECONDS;
}

/* --- what a list does not have --- */

static gboolean
sweep_in_worker (BijouDatabase *database, gpointer data, BijouStoreChange *change, GError **error)
{
  Sweep *sweep = data;
  gint64 server = bijou_store_require_server (database, sweep->server_id, error);
  gint64 library = bijou_store_find_library (database, server, sweep->library_id);

  if (server == 0)
    return FALSE;
  bijou_store_change_set_scope (change, sweep->server_id, sweep->library_id);
  if (sweep->doubt == NULL)
    return bijou_store_delete_unseen (database, server, library, sweep->kinds, sweep->generation,
                                      &sweep->counts, change, error);
  if (!remember_doubts (database, server, library, sweep, error) ||
      !delete_doubted (database, server, library, sweep, change, error))
    return FALSE;
  read_doubt (database, server, library, sweep);
  return TRUE;
}

static gboolean
run_sweep (BijouStore *self, Sweep *sweep, BijouSyncCounts *counts, GError **error)
{
  if (!bijou_store_write (self, sweep_in_worker, sweep, error))
    return FALSE;
  bijou_store_add_counts (counts, &sweep->counts);
  return TRUE;
}

/**
 * bijou_store_remove_unseen:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries; %NULL: what belongs to none
 * @kinds: bits of BijouItemKind
 * @generation: of a sweep that has seen every row
 * @counts: (inout): what it did is added
 *
 * Blocking; any thread.
 */
gboolean
bijou_store_remove_unseen (BijouStore *self,
                           const char *server_id,
                           const char *library_id,
                           guint kinds,
                           gint64 generation,
                           BijouSyncCounts *counts,
                           GError **error)
{
  Sweep sweep = { server_id, library_id, kinds, generation, { 0 }, NULL };

  return run_sweep (self, &sweep, counts, error);
}

/**
 * bijou_store_doubt_unseen:
 * @self: a store
 * @server_id: a known server
 * @library_id: (nullable): one of its libraries; %NULL: what belongs to none
 * @kinds: bits of BijouItemKind
 * @generation: of a run or a sweep that has seen every row it was shown
 * @counts: (inout): what it did is added
 * @doubt: (out): what is kept
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_doubt_unseen (BijouStore *self,
                          const char *server_id,
                          const char *library_id,
                          guint kinds,
                          gint64 generation,
                          BijouSyncCounts *counts,
                          BijouDoubt *doubt,
                          GError **error)
{
  Sweep sweep = { server_id, library_id, kinds, generation, { 0 }, doubt };

  return run_sweep (self, &sweep, counts, error);
}
