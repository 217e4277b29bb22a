#include "config.h"

#include "bijou-store-private.h"

/* The waiting changes as they are sent, confirmed and given up; bijou-store-marks.c makes them.
 */

static const char *change_names[] = {
  [BIJOU_CHANGE_WATCHED] = "watched",         [BIJOU_CHANGE_UNWATCHED] = "unwatched",
  [BIJOU_CHANGE_POSITION] = "position",       [BIJOU_CHANGE_FAVOURITE] = "favourite",
  [BIJOU_CHANGE_UNFAVOURITE] = "unfavourite", [BIJOU_CHANGE_RATING] = "rating",
};

/**
 * bijou_change_kind_to_string:
 * @kind: a kind
 *
 * Returns: its name, as it is kept
 */
const char *
bijou_change_kind_to_string (BijouChangeKind kind)
{
  return change_names[kind];
}

/**
 * bijou_change_kind_from_string:
 * @name: (nullable): a name
 * @kind: (inout): the kind of that name; left alone when there is none
 *
 * Returns: whether there is one
 */
gboolean
bijou_change_kind_from_string (const char *name, BijouChangeKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (change_names); i++)
    if (g_strcmp0 (change_names[i], name) == 0)
      {
        *kind = (BijouChangeKind) i;
        return TRUE;
      }
  return FALSE;
}

/**
 * bijou_change_free:
 * @self: (transfer full): a change
 */
void
bijou_change_free (BijouChange *self)
{
  g_free (self->server_id);
  g_free (self->remote_id);
  g_free (self->title);
  g_free (self->show_title);
  g_free (self->parent_id);
  g_free (self->show_id);
  g_free (self);
}

#define SELECT_CHANGES                                                                             \
  "SELECT o.id, s.id, o.remote_id, o.kind, o.position_ms, o.duration_ms, o.made_at, o.attempts,"   \
  " coalesce (o.rating, -1), o.play_count, i.title, i.show_title, i.parent_id, i.show_id, i.kind"  \
  " FROM outbox o JOIN server s ON s.pk = o.server"                                                \
  " LEFT JOIN item i ON i.server = o.server AND i.remote_id = o.remote_id"

static BijouChange *
read_change (sqlite3_stmt *row)
{
  BijouChange *change = g_new0 (BijouChange, 1);

  change->id = sqlite3_column_int64 (row, 0);
  change->server_id = bijou_database_dup_text (row, 1);
  change->remote_id = bijou_database_dup_text (row, 2);
  bijou_change_kind_from_string ((const char *) sqlite3_column_text (row, 3), &change->kind);
  change->position_ms = sqlite3_column_int64 (row, 4);
  change->duration_ms = sqlite3_column_int64 (row, 5);
  change->made_at = sqlite3_column_int64 (row, 6);
  change->attempts = sqlite3_column_int (row, 7);
  change->rating = sqlite3_column_double (row, 8);
  change->play_count = sqlite3_column_int64 (row, 9);
  change->title = bijou_database_dup_text (row, 10);
  change->show_title = bijou_database_dup_text (row, 11);
  change->parent_id = bijou_database_dup_text (row, 12);
  change->show_id = bijou_database_dup_text (row, 13);
  change->item_kind = bijou_item_kind_from_string ((const char *) sqlite3_column_text (row, 14));
  return change;
}

/**
 * bijou_store_list_changes:
 * @self: a store
 * @server_id: (nullable): a server, %NULL for all
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouChange): what waits, in order
 */
GPtrArray *
bijou_store_list_changes (BijouStore *self, const char *server_id, GError **error)
{
  g_autoptr (GPtrArray) changes =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_change_free);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row;

  if (database == NULL)
    return NULL;
  row = bijou_database_query (database, &local_error,
                              SELECT_CHANGES " WHERE ?1 IS NULL OR s.id = ?1 ORDER BY o.id", "t",
                              server_id);
  while (bijou_database_next (database, row, &local_error))
    g_ptr_array_add (changes, read_change (row));
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&changes);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/**
 * bijou_store_get_next_change:
 * @self: a store
 * @server_id: a server
 * @after: the id of a change, 0 for the first
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable): the change; %NULL without an error when there is none
 */
BijouChange *
bijou_store_get_next_change (BijouStore *self, const char *server_id, gint64 after, GError **error)
{
  BijouDatabase *database = bijou_store_take_reader (self, error);
  BijouChange *change = NULL;
  sqlite3_stmt *row;

  if (database == NULL)
    return NULL;
  row = bijou_database_query (database, error,
                              SELECT_CHANGES " WHERE s.id = ? AND o.id > ? ORDER BY o.id LIMIT 1",
                              "tl", server_id, after);
  if (bijou_database_next (database, row, error))
    {
      change = read_change (row);
      sqlite3_reset (row);
    }
  bijou_store_give_reader (self, database);
  return change;
}

static void
set_change_scope (BijouDatabase *database, gint64 id, BijouStoreChange *change)
{
  sqlite3_stmt *row = bijou_database_query (
      database, NULL, "SELECT s.id FROM outbox o JOIN server s ON s.pk = o.server WHERE o.id = ?",
      "l", id);

  if (bijou_database_next (database, row, NULL))
    {
      bijou_store_change_set_scope (change, (const char *) sqlite3_column_text (row, 0), NULL);
      sqlite3_reset (row);
    }
}

static gboolean
run_all (BijouDatabase *database, const char *const *statements, gint64 id, GError **error)
{
  for (; *statements != NULL; statements++)
    if (!bijou_database_change (database, error, *statements, "ll", id, g_get_real_time ()))
      return FALSE;
  return TRUE;
}

static gboolean
begin_change_in_worker (BijouDatabase *database,
                        gpointer data,
                        BijouStoreChange *change,
                        GError **error)
{
  gint64 id = *(gint64 *) data;

  change->flags = BIJOU_STORE_OUTBOX;
  set_change_scope (database, id, change);
  if (!bijou_database_change (database, error,
                              "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", "l", id))
    return FALSE;
  if (bijou_database_get_changes (database) > 0)
    return TRUE;
  g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The change waits no more");
  return FALSE;
}

/**
 * bijou_store_begin_change:
 * @self: a store
 * @id: a change
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_begin_change (BijouStore *self, gint64 id, GError **error)
{
  return bijou_store_write (self, begin_change_in_worker, &id, error);
}

/* The local value stays beside the server's until a page that was asked for later confirms it: one
 * that is under way now may still carry the old value. A rating has no column of its own for what
 * the server says: without its hash the next page writes the row whatever it says. */
static const char *const finish_statements[] = {
  "UPDATE play_state SET position_ms = now_position_ms, watched = now_watched,"
  " play_count = now_play_count, played = now_played, server_at = ?2, watch_at = ?2,"
  " watch_change = NULL WHERE watch_change = ?1",
  "UPDATE play_state SET favourite = now_favourite, server_at = ?2, favourite_at = ?2,"
  " favourite_change = NULL WHERE favourite_change = ?1",
  "UPDATE item SET hash = 0, user_rating = (SELECT iif (local_rating >= 0, local_rating, NULL)"
  "   FROM play_state p WHERE p.item = item.id)"
  " WHERE id IN (SELECT p.item FROM play_state p WHERE p.rating_change = ?1)",
  "UPDATE play_state SET rating_at = ?2, rating_change = NULL WHERE rating_change = ?1",
  "DELETE FROM kept_state WHERE ?1 IN (watch_change, favourite_change, rating_change)",
  "DELETE FROM outbox WHERE id = ?1",
  NULL,
};

static gboolean
finish_change_in_worker (BijouDatabase *database,
                         gpointer data,
                         BijouStoreChange *change,
                         GError **error)
{
  gint64 id = *(gint64 *) data;

  change->flags = BIJOU_STORE_OUTBOX;
  set_change_scope (database, id, change);
  return run_all (database, finish_statements, id, error);
}

/**
 * bijou_store_finish_change:
 * @self: a store
 * @id: a change
 *
 * See bijou-store.h. One that was merged into another in between is fine. Blocking; any thread.
 */
gboolean
bijou_store_finish_change (BijouStore *self, gint64 id, GError **error)
{
  return bijou_store_write (self, finish_change_in_worker, &id, error);
}

/* A mark and a position that was reached after it wait side by side, and the row's link is to the
 * position: what is left of the two keeps its part of the local value. */
#define SIBLING(kinds)                                                                             \
  "(SELECT other.id FROM outbox o JOIN outbox other ON other.server = o.server"                    \
  " AND other.remote_id = o.remote_id AND other.id <> o.id"                                        \
  " WHERE o.id = ?1 AND other.kind IN (" kinds "))"

static const char *const discard_statements[] = {
  "UPDATE play_state SET local_watched = NULL WHERE watch_change ="
  " (SELECT sibling.id FROM (SELECT " SIBLING (
      "'position'") " AS id) sibling"
                    "  JOIN outbox o ON o.id = ?1 WHERE o.kind IN ('watched', 'unwatched'))",
  "UPDATE play_state SET local_position_ms = 0,"
  " watch_change = " SIBLING ("'watched', 'unwatched'") " WHERE watch_change = ?1 AND " SIBLING (
      "'watched', 'unwatched'") " IS NOT NULL"
                                " AND (SELECT kind FROM outbox WHERE id = ?1) = 'position'",
  "UPDATE play_state SET local_position_ms = NULL, local_watched = NULL, local_played = NULL,"
  " watch_at = NULL, watch_change = NULL WHERE watch_change = ?1",
  "UPDATE play_state SET local_favourite = NULL, favourite_at = NULL, favourite_change = NULL"
  " WHERE favourite_change = ?1",
  "UPDATE play_state SET local_rating = NULL, rating_at = NULL, rating_change = NULL"
  " WHERE rating_change = ?1",
  "DELETE FROM kept_state WHERE ?1 IN (watch_change, favourite_change, rating_change)",
  "DELETE FROM outbox WHERE id = ?1",
  NULL,
};

static gboolean
discard_change_in_worker (BijouDatabase *database,
                          gpointer data,
                          BijouStoreChange *change,
                          GError **error)
{
  gint64 id = *(gint64 *) data;

  change->flags = BIJOU_STORE_OUTBOX | BIJOU_STORE_PLAY_STATE | BIJOU_STORE_HOME;
  set_change_scope (database, id, change);
  g_clear_pointer (&change->ids, g_array_unref);
  return run_all (database, discard_statements, id, error);
}

/**
 * bijou_store_discard_change:
 * @self: a store
 * @id: a change
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_discard_change (BijouStore *self, gint64 id, GError **error)
{
  return bijou_store_write (self, discard_change_in_worker, &id, error);
}
