#include "config.h"

#include "bijou-store-private.h"

/* What is marked, played, favoured and rated here: the row's own side of it, and what waits to be
 * sent. */

typedef struct
{
  BijouItem *item;
  BijouChangeKind kind;
  gint64 position_ms;
  double rating;
  gboolean queue;
  gint64 now; /* microseconds */
  gint64 server;
  gint64 id;     /* the item's row, 0 when it is not here */
  gint64 change; /* the outbox's row */

  /* What is taken over from a change that this one replaces and that the server may have. */
  int attempts;
  gint64 play_count; /* the server's, before any of them */
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
  make->play_count = bijou_database_get_int (
      database, 0, "SELECT play_count FROM play_state WHERE item = ?", "l", make->id);
  return TRUE;
}

/* A mark whose answer was lost and that is made again must not count twice. */
static gboolean
take_over_attempts (BijouDatabase *database, Make *make, const char *kinds, GError **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT attempts, play_count FROM outbox WHERE server = "
                                          "?1 AND remote_id = ?2 AND attempts > 0"
                                          " AND kind IN (%s) ORDER BY id LIMIT 1",
                                          kinds);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row =
      bijou_database_query (database, &local_error, sql, "lt", make->server, make->item->remote_id);

  if (bijou_database_next (database, row, &local_error))
    {
      make->attempts = sqlite3_column_int (row, 0);
      make->play_count = sqlite3_column_int64 (row, 1);
      sqlite3_reset (row);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
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
          "INSERT INTO outbox (server, remote_id, kind, position_ms, duration_ms, made_at, rating,"
          " attempts, play_count) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          "lttllldil", make->server, make->item->remote_id,
          bijou_change_kind_to_string (make->kind), make->position_ms, make->item->duration_ms,
          make->now / G_USEC_PER_SEC, make->rating, make->attempts, make->play_count))
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
  if (!take_over_attempts (database, make, "'watched', 'unwatched'", error) ||
      !remove_waiting (database, make, "'watched', 'unwatched', 'position'", error) ||
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
make_rating (BijouDatabase *database, Make *make, BijouStoreChange *change, GError **error)
{
  if (!remove_waiting (database, make, "'rating'", error) || !add_waiting (database, make, error))
    return FALSE;
  if (make->id == 0)
    return TRUE;
  change->flags |= BIJOU_STORE_ITEMS;
  bijou_store_change_add (change, make->id);
  return bijou_database_change (database, error,
                                "INSERT OR IGNORE INTO play_state (item) VALUES (?)", "l",
                                make->id) &&
         bijou_database_change (database, error,
                                "UPDATE play_state SET local_rating = ?, rating_at = ?,"
                                " rating_change = ? WHERE item = ?",
                                "dlll", make->rating, make->now, make->change, make->id);
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
    case BIJOU_CHANGE_RATING:
      return make_rating (database, make, change, error);
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
  g_return_val_if_fail (kind != BIJOU_CHANGE_RATING, FALSE);

  return bijou_store_write (self, make_change_in_worker, &make, error);
}

/**
 * bijou_store_make_rating:
 * @self: a store
 * @item: what it is about
 * @rating: 0–10; negative: none
 *
 * See bijou-store.h. Blocking; any thread.
 */
gboolean
bijou_store_make_rating (BijouStore *self, BijouItem *item, double rating, GError **error)
{
  Make make = { .item = item,
                .kind = BIJOU_CHANGE_RATING,
                .rating = rating < 0 ? -1 : MIN (rating, 10),
                .queue = TRUE };

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
