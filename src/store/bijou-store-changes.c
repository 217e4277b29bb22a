#include "config.h"

#include "bijou-store-private.h"

static const char *change_names[] = {
  [BIJOU_CHANGE_WATCHED] = "watched",         [BIJOU_CHANGE_UNWATCHED] = "unwatched",
  [BIJOU_CHANGE_POSITION] = "position",       [BIJOU_CHANGE_FAVOURITE] = "favourite",
  [BIJOU_CHANGE_UNFAVOURITE] = "unfavourite",
};

/**
 * bijou_change_free:
 * @self: (transfer full): a change
 */
void
bijou_change_free (BijouChange *self)
{
  g_free (self->server_id);
  g_free (self->remote_id);
  g_free (self);
}

typedef struct
{
  BijouItem *item;
  BijouChangeKind kind;
  gint64 position_ms;
  gboolean queue;
  gint64 now; /* microseconds */
  gint64 server;
  gint64 id;     /* the item's row, 0 when it is not here */
  gint64 change; /* the outbox's row */
} Make;

static gboolean
is_container (BijouItem *item)
{
  return item->kind == BIJOU_ITEM_SHOW || item->kind == BIJOU_ITEM_SEASON;
}

static gboolean
find_item (BijouDatabase *database, Make *make, BijouStoreChange *change, GError **error)
{
  make->now = g_get_real_time ();
  make->server = bijou_store_require_server (database, make->item->server_id, error);
  if (make->server == 0)
    return FALSE;
  make->id = bijou_store_find_row (database, make->server, make->item->remote_id);
  bijou_store_change_set_scope (change, make->item->server_id, make->item->library_id);
  return TRUE;
}

/* What a new change makes void: it goes to the end with what it keeps of them. */
static gboolean
remove_waiting (BijouDatabase *database, Make *make, const char *kinds, GError **error)
{
  g_autofree char *sql = g_strdup_printf (
      "DELETE FROM outbox WHERE server = ?1 AND remote_id = ?2 AND kind IN (%s)", kinds);

  return bijou_database_change (database, error, sql, "lt", make->server, make->item->remote_id);
}

static gboolean
remove_waiting_children (BijouDatabase *database, Make *make, GError **error)
{
  return bijou_database_change (
      database, error,
      "DELETE FROM outbox WHERE server = ?1 AND kind IN ('watched', 'unwatched', 'position')"
      " AND remote_id IN (SELECT remote_id FROM item WHERE server = ?1 AND parent_id = ?2"
      "   UNION SELECT remote_id FROM item WHERE server = ?1 AND show_id = ?2)",
      "lt", make->server, make->item->remote_id);
}

static gboolean
add_waiting (BijouDatabase *database, Make *make, GError **error)
{
  if (!bijou_database_change (
          database, error,
          "INSERT INTO outbox (server, remote_id, kind, position_ms, duration_ms, made_at)"
          " VALUES (?, ?, ?, ?, ?, ?)",
          "lttlll", make->server, make->item->remote_id, change_names[make->kind],
          make->position_ms, make->item->duration_ms, make->now / G_USEC_PER_SEC))
    return FALSE;
  make->change = bijou_database_get_last_id (database);
  return TRUE;
}

static gboolean
add_change_ids (BijouDatabase *database, Make *make, BijouStoreChange *change, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = bijou_database_query (
      database, &local_error, "SELECT item FROM play_state WHERE watch_at = ?", "l", make->now);

  while (bijou_database_next (database, row, &local_error))
    bijou_store_change_add (change, sqlite3_column_int64 (row, 0));
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
mark_row (BijouDatabase *database, Make *make, gboolean watched, GError **error)
{
  return bijou_database_change (database, error,
                                "INSERT OR IGNORE INTO play_state (item) VALUES (?)", "l",
                                make->id) &&
         bijou_database_change (
             database, error,
             "UPDATE play_state SET local_watched = ?1, local_position_ms = 0,"
             " local_played = iif (?1, ?2, NULL), watch_at = ?3, watch_change = ?4"
             " WHERE item = ?5",
             "illll", watched, make->now / G_USEC_PER_SEC, make->now, make->change, make->id);
}

#define CHILDREN                                                                                   \
  " (SELECT id FROM item WHERE server = ?1 AND parent_id = ?2"                                     \
  "  UNION SELECT id FROM item WHERE server = ?1 AND show_id = ?2)"

static gboolean
mark_children (BijouDatabase *database, Make *make, gboolean watched, GError **error)
{
  return bijou_database_change (database, error,
                                "INSERT OR IGNORE INTO play_state (item) SELECT id FROM item"
                                " WHERE id IN" CHILDREN,
                                "lt", make->server, make->item->remote_id) &&
         bijou_database_change (
             database, error,
             "UPDATE play_state SET local_watched = ?3, local_position_ms = 0,"
             " local_played = iif (?3, ?4, NULL), watch_at = ?5, watch_change = ?6"
             " WHERE item IN" CHILDREN,
             "ltilll", make->server, make->item->remote_id, watched, make->now / G_USEC_PER_SEC,
             make->now, make->change);
}

static gboolean
make_mark (BijouDatabase *database, Make *make, BijouStoreChange *change, GError **error)
{
  gboolean watched = make->kind == BIJOU_CHANGE_WATCHED;

  make->position_ms = 0;
  if (!remove_waiting (database, make, "'watched', 'unwatched', 'position'", error) ||
      (is_container (make->item) && !remove_waiting_children (database, make, error)) ||
      !add_waiting (database, make, error))
    return FALSE;
  if (make->id != 0 && !mark_row (database, make, watched, error))
    return FALSE;
  if (is_container (make->item) && !mark_children (database, make, watched, error))
    return FALSE;
  return add_change_ids (database, make, change, error);
}

static gboolean
make_favourite (BijouDatabase *database, Make *make, BijouStoreChange *change, GError **error)
{
  if (!remove_waiting (database, make, "'favourite', 'unfavourite'", error) ||
      !add_waiting (database, make, error))
    return FALSE;
  if (make->id == 0)
    return TRUE;
  bijou_store_change_add (change, make->id);
  return bijou_database_change (database, error,
                                "INSERT OR IGNORE INTO play_state (item) VALUES (?)", "l",
                                make->id) &&
         bijou_database_change (database, error,
                                "UPDATE play_state SET local_favourite = ?, favourite_at = ?,"
                                " favourite_change = ? WHERE item = ?",
                                "illl", make->kind == BIJOU_CHANGE_FAVOURITE, make->now,
                                make->change, make->id);
}

static gboolean
write_position (BijouDatabase *database, Make *make, BijouStoreChange *change, GError **error)
{
  if (make->id == 0)
    return TRUE;
  bijou_store_change_add (change, make->id);
  /* A mark that still waits keeps the row's link: its value must outlive the next page. */
  return bijou_database_change (database, error,
                                "INSERT OR IGNORE INTO play_state (item) VALUES (?)", "l",
                                make->id) &&
         bijou_database_change (
             database, error,
             "UPDATE play_state SET local_position_ms = ?1, local_played = ?2, watch_at = ?3,"
             " watch_change = coalesce (nullif (?4, 0),"
             "   (SELECT id FROM outbox WHERE id = watch_change)) WHERE item = ?5",
             "lllll", make->position_ms, make->now / G_USEC_PER_SEC, make->now, make->change,
             make->id);
}

/* Offline a position only goes forward: what was reached is not lost to a look back. */
static gboolean
queue_position (BijouDatabase *database, Make *make, GError **error)
{
  gint64 waiting = bijou_database_get_int (database, 0,
                                           "SELECT max (position_ms) FROM outbox WHERE server = ?"
                                           " AND remote_id = ? AND kind = 'position'",
                                           "lt", make->server, make->item->remote_id);

  make->kind = BIJOU_CHANGE_POSITION;
  make->position_ms = MAX (make->position_ms, waiting);
  return remove_waiting (database, make, "'position'", error) &&
         add_waiting (database, make, error);
}

static gboolean
make_position (BijouDatabase *database, Make *make, BijouStoreChange *change, GError **error)
{
  gboolean done = make->queue ? queue_position (database, make, error)
                              : remove_waiting (database, make, "'position'", error);

  return done && write_position (database, make, change, error);
}

static gboolean
make_change_in_worker (BijouDatabase *database,
                       gpointer data,
                       BijouStoreChange *change,
                       GError **error)
{
  Make *make = data;

  change->flags = BIJOU_STORE_PLAY_STATE | BIJOU_STORE_HOME;
  if (make->queue)
    change->flags |= BIJOU_STORE_OUTBOX;
  if (!find_item (database, make, change, error))
    return FALSE;

  switch (make->kind)
    {
    case BIJOU_CHANGE_WATCHED:
    case BIJOU_CHANGE_UNWATCHED:
      return make_mark (database, make, change, error);
    case BIJOU_CHANGE_FAVOURITE:
    case BIJOU_CHANGE_UNFAVOURITE:
      return make_favourite (database, make, change, error);
    case BIJOU_CHANGE_POSITION:
    default:
      return make_position (database, make, change, error);
    }
}

/**
 * bijou_store_make_change:
 * @self: a store
 * @item: what it is about
 * @kind: what was done
 * @position_ms: of BIJOU_CHANGE_POSITION
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_make_change (
    BijouStore *self, BijouItem *item, BijouChangeKind kind, gint64 position_ms, GError **error)
{
  Make make = { .item = item, .kind = kind, .position_ms = MAX (0, position_ms), .queue = TRUE };

  g_return_val_if_fail (BIJOU_IS_ITEM (item), FALSE);

  return bijou_store_write (self, make_change_in_worker, &make, error);
}

/**
 * bijou_store_set_position:
 * @self: a store
 * @item: what plays
 * @position_ms: where it is
 * @queue: the server could not be told
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_set_position (
    BijouStore *self, BijouItem *item, gint64 position_ms, gboolean queue, GError **error)
{
  Make make = {
    .item = item, .kind = BIJOU_CHANGE_POSITION, .position_ms = MAX (0, position_ms), .queue = queue
  };

  g_return_val_if_fail (BIJOU_IS_ITEM (item), FALSE);

  return bijou_store_write (self, make_change_in_worker, &make, error);
}

static BijouChange *
read_change (sqlite3_stmt *row)
{
  BijouChange *change = g_new0 (BijouChange, 1);
  const char *kind = (const char *) sqlite3_column_text (row, 3);

  change->id = sqlite3_column_int64 (row, 0);
  change->server_id = bijou_database_dup_text (row, 1);
  change->remote_id = bijou_database_dup_text (row, 2);
  for (guint i = 0; i < G_N_ELEMENTS (change_names); i++)
    if (g_str_equal (change_names[i], kind))
      change->kind = (BijouChangeKind) i;
  change->position_ms = sqlite3_column_int64 (row, 4);
  change->duration_ms = sqlite3_column_int64 (row, 5);
  change->made_at = sqlite3_column_int64 (row, 6);
  change->attempts = sqlite3_column_int (row, 7);
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
                              "SELECT o.id, s.id, o.remote_id, o.kind, o.position_ms,"
                              " o.duration_ms, o.made_at, o.attempts FROM outbox o"
                              " JOIN server s ON s.pk = o.server WHERE ?1 IS NULL OR s.id = ?1"
                              " ORDER BY o.id",
                              "t", server_id);
  while (bijou_database_next (database, row, &local_error))
    g_ptr_array_add (changes, read_change (row));
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&changes);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

typedef struct
{
  gint64 id;
  gboolean discard;
} EndChange;

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

/* The local value stays beside the server's until a page that was asked for later confirms it: one
 * that is under way now may still carry the old value. */
static gboolean
finish_change_in_worker (BijouDatabase *database,
                         gpointer data,
                         BijouStoreChange *change,
                         GError **error)
{
  gint64 id = ((EndChange *) data)->id;
  gint64 now = g_get_real_time ();

  change->flags = BIJOU_STORE_OUTBOX;
  set_change_scope (database, id, change);
  return bijou_database_change (database, error,
                                "UPDATE play_state SET position_ms = now_position_ms,"
                                " watched = now_watched, play_count = now_play_count,"
                                " played = now_played, server_at = ?2, watch_at = ?2,"
                                " watch_change = NULL WHERE watch_change = ?1",
                                "ll", id, now) &&
         bijou_database_change (database, error,
                                "UPDATE play_state SET favourite = now_favourite, server_at = ?2,"
                                " favourite_at = ?2, favourite_change = NULL"
                                " WHERE favourite_change = ?1",
                                "ll", id, now) &&
         bijou_database_change (database, error,
                                "DELETE FROM kept_state WHERE ?1 IN (watch_change,"
                                " favourite_change)",
                                "l", id) &&
         bijou_database_change (database, error, "DELETE FROM outbox WHERE id = ?", "l", id);
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
  EndChange end = { id, FALSE };

  return bijou_store_write (self, finish_change_in_worker, &end, error);
}

static gboolean
discard_change (BijouDatabase *database, gint64 id, BijouStoreChange *change, GError **error)
{
  change->flags |= BIJOU_STORE_PLAY_STATE | BIJOU_STORE_HOME;
  g_clear_pointer (&change->ids, g_array_unref);
  return bijou_database_change (database, error,
                                "UPDATE play_state SET local_position_ms = NULL,"
                                " local_watched = NULL, local_played = NULL, watch_at = NULL,"
                                " watch_change = NULL WHERE watch_change = ?",
                                "l", id) &&
         bijou_database_change (database, error,
                                "UPDATE play_state SET local_favourite = NULL,"
                                " favourite_at = NULL, favourite_change = NULL"
                                " WHERE favourite_change = ?",
                                "l", id) &&
         bijou_database_change (database, error,
                                "DELETE FROM kept_state WHERE ?1 IN (watch_change,"
                                " favourite_change)",
                                "l", id) &&
         bijou_database_change (database, error, "DELETE FROM outbox WHERE id = ?", "l", id);
}

static gboolean
fail_change_in_worker (BijouDatabase *database,
                       gpointer data,
                       BijouStoreChange *change,
                       GError **error)
{
  EndChange *end = data;

  change->flags = BIJOU_STORE_OUTBOX;
  set_change_scope (database, end->id, change);
  if (end->discard)
    return discard_change (database, end->id, change, error);
  return bijou_database_change (
      database, error, "UPDATE outbox SET attempts = attempts + 1 WHERE id = ?", "l", end->id);
}

/**
 * bijou_store_fail_change:
 * @self: a store
 * @id: a change
 * @discard: the server will never take it: the local value goes too
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_fail_change (BijouStore *self, gint64 id, gboolean discard, GError **error)
{
  EndChange end = { id, discard };

  return bijou_store_write (self, fail_change_in_worker, &end, error);
}
