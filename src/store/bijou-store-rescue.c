#include "config.h"

#include "bijou-store-private.h"

#include <glib/gstdio.h>

/* What no server can give back: each table as far as it can be read. */
static const struct
{
  const char *read;
  const char *write;
  gboolean is_old; /* as an older program wrote it: what was read before it stays */
} tables[] = {
  { "SELECT id, backend, name, version, user_id, user_name, account_id, client_id, https_required"
    " FROM server ORDER BY pk",
    "INSERT OR IGNORE INTO server (id, backend, name, version, user_id, user_name, account_id,"
    " client_id, https_required) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)" },
  { "SELECT id, pin FROM server WHERE pin IS NOT NULL",
    "UPDATE server SET pin = ?2 WHERE id = ?1" },
  { "SELECT id, backend, name, client_id, home_user, listed_at FROM account",
    "INSERT OR IGNORE INTO account (id, backend, name, client_id, home_user, listed_at)"
    " VALUES (?, ?, ?, ?, ?, ?)" },
  { "SELECT s.id, a.url, a.position, a.class, a.source, a.last_success, a.latency_ms, a.failures,"
    " a.pinned, a.disabled FROM server s JOIN address a ON a.server = s.pk",
    "INSERT OR IGNORE INTO address (server, url, position, class, source, last_success,"
    " latency_ms, failures, pinned, disabled)"
    " SELECT pk, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM server WHERE id = ?1" },
  { "SELECT s.id, w.network, w.url, w.won_at FROM server s JOIN network_winner w"
    " ON w.server = s.pk",
    "INSERT OR IGNORE INTO network_winner (server, network, url, won_at)"
    " SELECT pk, ?2, ?3, ?4 FROM server WHERE id = ?1" },
  { "SELECT s.id, o.id, o.remote_id, o.kind, o.position_ms, o.duration_ms, o.made_at, o.attempts,"
    " o.rating, o.play_count FROM outbox o JOIN server s ON s.pk = o.server ORDER BY o.id",
    "INSERT OR IGNORE INTO outbox (id, server, remote_id, kind, position_ms, duration_ms, made_at,"
    " attempts, rating, play_count) SELECT ?2, pk, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM server"
    " WHERE id = ?1" },
  { "SELECT s.id, o.id, o.remote_id, o.kind, o.position_ms, o.duration_ms, o.made_at, o.attempts"
    " FROM outbox o JOIN server s ON s.pk = o.server ORDER BY o.id",
    "INSERT OR IGNORE INTO outbox (id, server, remote_id, kind, position_ms, duration_ms, made_at,"
    " attempts) SELECT ?2, pk, ?3, ?4, ?5, ?6, ?7, ?8 FROM server WHERE id = ?1",
    TRUE },
  { "SELECT s.id, i.remote_id, p.local_position_ms, p.local_watched, p.local_played,"
    " p.watch_at, p.watch_change, p.local_favourite, p.favourite_at, p.favourite_change,"
    " p.local_rating, p.rating_at, p.rating_change FROM play_state p JOIN item i ON i.id ="
    " p.item JOIN server s ON s.pk = i.server WHERE p.watch_at IS NOT NULL OR p.favourite_at"
    " IS NOT NULL OR p.rating_at IS NOT NULL",
    "INSERT OR IGNORE INTO kept_state (server, remote_id, local_position_ms, local_watched,"
    " local_played, watch_at, watch_change, local_favourite, favourite_at, favourite_change, "
    "local_rating,"
    " rating_at, rating_change)"
    " SELECT pk, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM server WHERE id = ?1" },
  { "SELECT s.id, k.remote_id, k.local_position_ms, k.local_watched, k.local_played,"
    " k.watch_at, k.watch_change, k.local_favourite, k.favourite_at, k.favourite_change,"
    " k.local_rating, k.rating_at, k.rating_change FROM kept_state k JOIN server s ON s.pk ="
    " k.server",
    "INSERT OR IGNORE INTO kept_state (server, remote_id, local_position_ms, local_watched,"
    " local_played, watch_at, watch_change, local_favourite, favourite_at, favourite_change, "
    "local_rating,"
    " rating_at, rating_change)"
    " SELECT pk, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM server WHERE id = ?1" },
  { "SELECT s.id, i.remote_id, p.local_position_ms, p.local_watched, p.local_played,"
    " p.watch_at, p.watch_change, p.local_favourite, p.favourite_at, p.favourite_change FROM"
    " play_state p JOIN item i ON i.id = p.item JOIN server s ON s.pk = i.server WHERE"
    " p.watch_at IS NOT NULL OR p.favourite_at IS NOT NULL",
    "INSERT OR IGNORE INTO kept_state (server, remote_id, local_position_ms, local_watched,"
    " local_played, watch_at, watch_change, local_favourite, favourite_at, favourite_change)"
    " SELECT pk, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM server WHERE id = ?1",
    TRUE },
  { "SELECT s.id, k.remote_id, k.local_position_ms, k.local_watched, k.local_played,"
    " k.watch_at, k.watch_change, k.local_favourite, k.favourite_at, k.favourite_change FROM"
    " kept_state k JOIN server s ON s.pk = k.server",
    "INSERT OR IGNORE INTO kept_state (server, remote_id, local_position_ms, local_watched,"
    " local_played, watch_at, watch_change, local_favourite, favourite_at, favourite_change)"
    " SELECT pk, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 FROM server WHERE id = ?1",
    TRUE },
};

static guint
copy_rows (BijouDatabase *from,
           BijouDatabase *to,
           const char *read_sql,
           const char *write_sql,
           gboolean is_old)
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *row = bijou_database_query (from, &error, read_sql, NULL);
  guint n = 0;

  while (bijou_database_next (from, row, &error))
    {
      sqlite3_stmt *write = bijou_database_query (to, &error, write_sql, NULL);

      for (int i = 0; write != NULL && i < sqlite3_column_count (row); i++)
        sqlite3_bind_value (write, i + 1, sqlite3_column_value (row, i));
      bijou_database_next (to, write, &error);
      n++;
    }
  if (error != NULL && !is_old)
    g_message ("Not all of the old database could be read: %s", error->message);
  return n;
}

static void
rescue_tables (BijouDatabase *database, const char *old_path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDatabase) old = bijou_database_open (old_path, TRUE, &error);
  guint n = 0;

  if (old == NULL || !bijou_database_begin (database, &error))
    {
      g_message ("The old database cannot be read at all: %s", error->message);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    n += copy_rows (old, database, tables[i].read, tables[i].write, tables[i].is_old);
  if (bijou_database_commit (database, &error))
    g_message ("%u rows of the old database were rescued", n);
  else
    g_warning ("Nothing of the old database could be rescued: %s", error->message);
}

/**
 * bijou_store_rescue:
 * @database: a new database
 * @old_path: the damaged one
 *
 * Takes over the servers, what waits to be sent and the play state that is only here. What cannot
 * be read is left; that is no error.
 */
void
bijou_store_rescue (BijouDatabase *database, const char *old_path)
{
  g_autofree char *mark = g_strconcat (old_path, ".damaged", NULL);

  rescue_tables (database, old_path);
  g_unlink (mark);
}
