#include "config.h"

#include "bijou-store-private.h"

/* Totals of shows and seasons: triggers note whose are no longer right, and each transaction that
 * noted any ends by counting these anew, so that lists of shows never touch episodes. */

#define BATCH 32

typedef struct
{
  gint64 id; /* 0: it is not here */
  gint64 server;
  gboolean is_show;
  char *remote_id;  /* (owned) */
  char *server_id;  /* (owned) (nullable) */
  char *library_id; /* (owned) (nullable) */
} Parent;

static void
parent_free (Parent *parent)
{
  g_free (parent->remote_id);
  g_free (parent->server_id);
  g_free (parent->library_id);
  g_free (parent);
}

static Parent *
read_parent (sqlite3_stmt *row)
{
  Parent *parent = g_new0 (Parent, 1);

  parent->id = sqlite3_column_int64 (row, 0);
  parent->server = sqlite3_column_int64 (row, 1);
  parent->is_show = sqlite3_column_int (row, 2);
  parent->remote_id = bijou_database_dup_text (row, 3);
  parent->server_id = bijou_database_dup_text (row, 4);
  parent->library_id = bijou_database_dup_text (row, 5);
  return parent;
}

#define COUNTS(column)                                                                             \
  "SELECT count (*), coalesce (sum (NOT coalesce (p.now_watched, 0)), 0),"                         \
  " coalesce (max (e.added_at), 0) FROM item e LEFT JOIN play_state p ON p.item = e.id"            \
  " WHERE e.server = ?1 AND e." column " = ?2 AND e.kind = 'episode'"

static const char count_show[] = COUNTS ("show_id");
static const char count_season[] = COUNTS ("parent_id");

static gboolean
count_parent (BijouDatabase *database, Parent *parent, BijouStoreChange *change, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row =
      bijou_database_query (database, &local_error, parent->is_show ? count_show : count_season,
                            "lt", parent->server, parent->remote_id);
  gint64 episodes = 0, unwatched = 0, latest = 0, seasons = 0;

  if (bijou_database_next (database, row, &local_error))
    {
      episodes = sqlite3_column_int64 (row, 0);
      unwatched = sqlite3_column_int64 (row, 1);
      latest = sqlite3_column_int64 (row, 2);
      sqlite3_reset (row);
    }
  if (parent->is_show)
    seasons = bijou_database_get_int (database, 0,
                                      "SELECT count (*) FROM item WHERE server = ? AND"
                                      " parent_id = ? AND kind = 'season'",
                                      "lt", parent->server, parent->remote_id);
  if (local_error != NULL ||
      !bijou_database_change (
          database, &local_error,
          "UPDATE item SET episodes = ?1,"
          " children = iif (?1 > 0, ?1, server_children),"
          " unwatched = iif (?1 > 0, ?2, server_unwatched),"
          " seasons = iif (?4 > 0, ?4, server_seasons),"
          " latest_at = max (added_at, ?3) WHERE id = ?5 AND"
          " (episodes, children, unwatched, seasons, latest_at) IS NOT"
          " (?1, iif (?1 > 0, ?1, server_children), iif (?1 > 0, ?2, server_unwatched),"
          "  iif (?4 > 0, ?4, server_seasons), max (added_at, ?3))",
          "lllll", episodes, unwatched, latest, seasons, parent->id))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (bijou_database_get_changes (database) > 0)
    {
      bijou_store_change_add (change, parent->id);
      bijou_store_change_widen (change, parent->server_id, parent->library_id);
      /* The write counts for an earlier one, which told of its rows. */
      if (change->flags == 0)
        change->flags = BIJOU_STORE_ITEMS | BIJOU_STORE_PLAY_STATE;
    }
  return TRUE;
}

static gboolean
forget_parent (BijouDatabase *database, Parent *parent, GError **error)
{
  return bijou_database_change (database, error,
                                "DELETE FROM stale_parent WHERE server = ? AND remote_id = ?", "lt",
                                parent->server, parent->remote_id);
}

/* What is stale and no row is forgotten too. */
static GPtrArray *
read_parents (BijouDatabase *database, GError **error)
{
  g_autoptr (GPtrArray) parents = g_ptr_array_new_with_free_func ((GDestroyNotify) parent_free);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row =
      bijou_database_query (database, &local_error,
                            "SELECT i.id, t.server, i.kind = 'show', t.remote_id, s.id,"
                            " l.remote_id FROM stale_parent t LEFT JOIN server s ON s.pk = t.server"
                            " LEFT JOIN item i ON i.server = t.server"
                            " AND i.remote_id = t.remote_id AND i.kind IN ('show', 'season')"
                            " LEFT JOIN library l ON l.pk = i.library"
                            " LIMIT " G_STRINGIFY (BATCH),
                            NULL);

  while (bijou_database_next (database, row, &local_error))
    g_ptr_array_add (parents, read_parent (row));
  if (local_error == NULL)
    return g_steal_pointer (&parents);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/**
 * bijou_store_count_totals:
 * @database: the writer, before its commit
 * @until: when to leave the rest to a later write, monotonic; %G_MAXINT64: never
 * @change: gets the shows and seasons whose totals are different now
 * @is_whole: (out) (optional): whether none is stale any more
 */
gboolean
bijou_store_count_totals (BijouDatabase *database,
                          gint64 until,
                          BijouStoreChange *change,
                          gboolean *is_whole,
                          GError **error)
{
  g_autoptr (GPtrArray) parents = NULL;

  do
    {
      g_clear_pointer (&parents, g_ptr_array_unref);
      parents = read_parents (database, error);
      if (parents == NULL)
        return FALSE;
      for (guint i = 0; i < parents->len; i++)
        {
          Parent *parent = g_ptr_array_index (parents, i);

          if ((parent->id != 0 && !count_parent (database, parent, change, error)) ||
              !forget_parent (database, parent, error))
            return FALSE;
        }
    }
  while (parents->len == BATCH && g_get_monotonic_time () < until);
  if (is_whole != NULL)
    *is_whole = parents->len < BATCH;
  return TRUE;
}
