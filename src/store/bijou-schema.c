#include "config.h"

#include "bijou-schema.h"

#include "bijou-error.h"

/* Numbered steps; a step that was released is never edited. A file is at version N after step N. */

static const char servers[] =
    "CREATE TABLE server ("
    "  pk INTEGER PRIMARY KEY,"
    "  id TEXT NOT NULL UNIQUE,"
    "  backend TEXT NOT NULL, name TEXT NOT NULL, version TEXT,"
    "  user_id TEXT, user_name TEXT, account_id TEXT, client_id TEXT,"
    "  https_required INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE address ("
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  url TEXT NOT NULL, position INTEGER NOT NULL,"
    "  class TEXT NOT NULL, source TEXT NOT NULL,"
    "  last_success INTEGER NOT NULL, latency_ms INTEGER NOT NULL, failures INTEGER NOT NULL,"
    "  pinned INTEGER NOT NULL, disabled INTEGER NOT NULL,"
    "  PRIMARY KEY (server, url)) WITHOUT ROWID;"
    "CREATE TABLE library ("
    "  pk INTEGER PRIMARY KEY,"
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  remote_id TEXT NOT NULL, position INTEGER NOT NULL,"
    "  title TEXT NOT NULL, kind TEXT NOT NULL, change_tag TEXT, hidden INTEGER NOT NULL,"
    "  UNIQUE (server, remote_id));";

static const char items[] =
    "CREATE TABLE item ("
    "  id INTEGER PRIMARY KEY,"
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  library INTEGER REFERENCES library (pk) ON DELETE CASCADE,"
    "  remote_id TEXT NOT NULL, kind TEXT NOT NULL,"
    "  hash INTEGER NOT NULL," /* of the row as the server listed it last; 0: never listed */
    "  sort_key TEXT NOT NULL, title_key TEXT NOT NULL,"
    "  title TEXT NOT NULL, sort_title TEXT NOT NULL, original_title TEXT,"
    "  people TEXT, genres TEXT, overview TEXT, tagline TEXT, content_rating TEXT,"
    "  year INTEGER, released TEXT, added_at INTEGER NOT NULL, version_tag TEXT,"
    "  parent_id TEXT, show_id TEXT, show_title TEXT,"
    "  season INTEGER, episode INTEGER, episode_end INTEGER,"
    "  duration_ms INTEGER NOT NULL, rating REAL, user_rating REAL,"
    "  video_height INTEGER NOT NULL, has_media INTEGER NOT NULL,"
    "  poster TEXT, still TEXT, backdrop TEXT, logo TEXT,"
    /* What the server says, and what counts: the rows that are here, where there are any. */
    "  server_children INTEGER NOT NULL, server_seasons INTEGER NOT NULL,"
    "  server_unwatched INTEGER NOT NULL,"
    "  episodes INTEGER NOT NULL DEFAULT 0,"
    "  children INTEGER NOT NULL, seasons INTEGER NOT NULL, unwatched INTEGER NOT NULL,"
    "  latest_at INTEGER NOT NULL," /* when it, or its newest episode, was added */
    "  UNIQUE (server, remote_id));"
    "CREATE INDEX item_title ON item (library, kind, sort_key);"
    "CREATE INDEX item_kind ON item (kind, sort_key);"
    "CREATE INDEX item_added ON item (library, kind, added_at);"
    "CREATE INDEX item_latest ON item (kind, latest_at, library);"
    "CREATE INDEX item_year ON item (library, kind, year);"
    "CREATE INDEX item_title_key ON item (title_key, kind);"
    "CREATE INDEX item_parent ON item (server, parent_id) WHERE parent_id IS NOT NULL;"
    "CREATE INDEX item_show ON item (server, show_id) WHERE show_id IS NOT NULL;"
    "CREATE INDEX item_remote ON item (remote_id);"
    /* Apart from the wide rows: each sync rewrites all stamps. */
    "CREATE TABLE stamp ("
    "  item INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,"
    "  generation INTEGER NOT NULL);"
    "CREATE TABLE genre (pk INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE item_genre ("
    "  genre INTEGER NOT NULL REFERENCES genre (pk),"
    "  item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,"
    "  PRIMARY KEY (genre, item)) WITHOUT ROWID;"
    "CREATE INDEX item_genre_item ON item_genre (item);"
    "CREATE TABLE detail ("
    "  item INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,"
    "  version_tag TEXT, fetched_at INTEGER NOT NULL, json TEXT NOT NULL);"
    "CREATE TABLE home ("
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  row INTEGER NOT NULL, position INTEGER NOT NULL,"
    "  item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,"
    "  PRIMARY KEY (server, row, position)) WITHOUT ROWID;"
    "CREATE INDEX home_item ON home (item);";

/* The one truth of what was played: what the server said, and over it what was done here. The
 * change is the row of the outbox that carries it; NULL: the server was told, and the local value
 * stands only until an answer that was asked for later. Times …_at are microseconds. */
static const char play_state[] =
    "CREATE TABLE play_state ("
    "  item INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,"
    "  position_ms INTEGER NOT NULL DEFAULT 0, watched INTEGER NOT NULL DEFAULT 0,"
    "  play_count INTEGER NOT NULL DEFAULT 0, played INTEGER NOT NULL DEFAULT 0,"
    "  favourite INTEGER NOT NULL DEFAULT 0, server_at INTEGER NOT NULL DEFAULT 0,"
    "  local_position_ms INTEGER, local_watched INTEGER, local_played INTEGER,"
    "  watch_at INTEGER, watch_change INTEGER,"
    "  local_favourite INTEGER, favourite_at INTEGER, favourite_change INTEGER,"
    "  now_position_ms INTEGER AS (coalesce (local_position_ms, position_ms)),"
    "  now_watched INTEGER AS (coalesce (local_watched, watched)),"
    "  now_played INTEGER AS (max (coalesce (local_played, 0), played)),"
    "  now_favourite INTEGER AS (coalesce (local_favourite, favourite)),"
    "  now_play_count INTEGER AS (CASE coalesce (local_watched, -1) WHEN 0 THEN 0"
    "    WHEN 1 THEN max (play_count, 1) ELSE play_count END));"
    "CREATE INDEX play_state_begun ON play_state (now_position_ms) WHERE now_position_ms > 0;"
    "CREATE INDEX play_state_local ON play_state (watch_at) WHERE watch_at IS NOT NULL;"
    "CREATE INDEX play_state_watch_change ON play_state (watch_change)"
    "  WHERE watch_change IS NOT NULL;"
    "CREATE INDEX play_state_favourite_change ON play_state (favourite_change)"
    "  WHERE favourite_change IS NOT NULL;"
    /* Local state of items that are not here now, for when they come back. */
    "CREATE TABLE kept_state ("
    "  server INTEGER NOT NULL, remote_id TEXT NOT NULL,"
    "  local_position_ms INTEGER, local_watched INTEGER, local_played INTEGER,"
    "  watch_at INTEGER, watch_change INTEGER,"
    "  local_favourite INTEGER, favourite_at INTEGER, favourite_change INTEGER,"
    "  PRIMARY KEY (server, remote_id)) WITHOUT ROWID;"
    "CREATE TABLE outbox ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  remote_id TEXT NOT NULL, kind TEXT NOT NULL,"
    "  position_ms INTEGER NOT NULL, duration_ms INTEGER NOT NULL,"
    "  made_at INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX outbox_item ON outbox (server, remote_id);"
    "CREATE TABLE sync_run ("
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  library TEXT NOT NULL, kind TEXT NOT NULL,"
    "  generation INTEGER NOT NULL, next_start INTEGER NOT NULL, total INTEGER NOT NULL,"
    "  running INTEGER NOT NULL,"
    "  PRIMARY KEY (server, library, kind)) WITHOUT ROWID;"
    "CREATE TABLE sync_value ("
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  name TEXT NOT NULL, value TEXT,"
    "  PRIMARY KEY (server, name)) WITHOUT ROWID;";

/* Shows and seasons whose totals are to be counted anew before the transaction ends. */
static const char totals[] =
    "CREATE TABLE stale_parent ("
    "  server INTEGER NOT NULL, remote_id TEXT NOT NULL,"
    "  PRIMARY KEY (server, remote_id)) WITHOUT ROWID;"
    "CREATE TRIGGER item_insert_stale AFTER INSERT ON item"
    "  WHEN new.kind IN ('show', 'season', 'episode') BEGIN"
    "  INSERT OR IGNORE INTO stale_parent VALUES (new.server, new.parent_id),"
    "    (new.server, new.show_id),"
    "    (new.server, CASE new.kind WHEN 'episode' THEN NULL ELSE new.remote_id END);"
    "END;"
    "CREATE TRIGGER item_update_stale AFTER UPDATE OF kind, parent_id, show_id, added_at,"
    "  server_children, server_seasons, server_unwatched ON item"
    "  WHEN new.kind IN ('show', 'season', 'episode') BEGIN"
    "  INSERT OR IGNORE INTO stale_parent VALUES (new.server, new.parent_id),"
    "    (old.server, old.parent_id), (new.server, new.show_id), (old.server, old.show_id),"
    "    (new.server, CASE new.kind WHEN 'episode' THEN NULL ELSE new.remote_id END);"
    "END;"
    "CREATE TRIGGER item_delete_stale AFTER DELETE ON item"
    "  WHEN old.kind IN ('season', 'episode') BEGIN"
    "  INSERT OR IGNORE INTO stale_parent VALUES (old.server, old.parent_id),"
    "    (old.server, old.show_id);"
    "END;"
    "CREATE TRIGGER play_state_insert_stale AFTER INSERT ON play_state"
    "  WHEN new.now_watched BEGIN"
    "  INSERT OR IGNORE INTO stale_parent SELECT server, parent_id FROM item"
    "    WHERE id = new.item AND kind = 'episode' AND parent_id IS NOT NULL;"
    "  INSERT OR IGNORE INTO stale_parent SELECT server, show_id FROM item"
    "    WHERE id = new.item AND kind = 'episode' AND show_id IS NOT NULL;"
    "END;"
    "CREATE TRIGGER play_state_update_stale AFTER UPDATE ON play_state"
    "  WHEN new.now_watched IS NOT old.now_watched BEGIN"
    "  INSERT OR IGNORE INTO stale_parent SELECT server, parent_id FROM item"
    "    WHERE id = new.item AND kind = 'episode' AND parent_id IS NOT NULL;"
    "  INSERT OR IGNORE INTO stale_parent SELECT server, show_id FROM item"
    "    WHERE id = new.item AND kind = 'episode' AND show_id IS NOT NULL;"
    "END;"
    "CREATE TRIGGER item_delete_keep BEFORE DELETE ON item BEGIN"
    "  INSERT OR REPLACE INTO kept_state"
    "    SELECT old.server, old.remote_id, local_position_ms, local_watched, local_played,"
    "      watch_at, watch_change, local_favourite, favourite_at, favourite_change"
    "    FROM play_state WHERE item = old.id"
    "      AND (watch_change IS NOT NULL OR favourite_change IS NOT NULL);"
    "END;";

static const char search[] =
    "CREATE VIRTUAL TABLE search USING fts5 (title, original_title, people, genres, overview,"
    "  content = 'item', content_rowid = 'id', prefix = '2 3',"
    "  tokenize = 'unicode61 remove_diacritics 2');"
    "CREATE TRIGGER item_insert_search AFTER INSERT ON item WHEN new.kind <> 'season' BEGIN"
    "  INSERT INTO search (rowid, title, original_title, people, genres, overview)"
    "    VALUES (new.id, new.title, new.original_title, new.people, new.genres, new.overview);"
    "END;"
    "CREATE TRIGGER item_delete_search AFTER DELETE ON item WHEN old.kind <> 'season' BEGIN"
    "  INSERT INTO search (search, rowid, title, original_title, people, genres, overview)"
    "    VALUES ('delete', old.id, old.title, old.original_title, old.people, old.genres,"
    "            old.overview);"
    "END;"
    "CREATE TRIGGER item_update_search"
    "  AFTER UPDATE OF kind, title, original_title, people, genres, overview ON item"
    "  WHEN old.kind IS NOT new.kind OR old.title IS NOT new.title"
    "    OR old.original_title IS NOT new.original_title OR old.people IS NOT new.people"
    "    OR old.genres IS NOT new.genres OR old.overview IS NOT new.overview BEGIN"
    "  INSERT INTO search (search, rowid, title, original_title, people, genres, overview)"
    "    SELECT 'delete', old.id, old.title, old.original_title, old.people, old.genres,"
    "           old.overview WHERE old.kind <> 'season';"
    "  INSERT INTO search (rowid, title, original_title, people, genres, overview)"
    "    SELECT new.id, new.title, new.original_title, new.people, new.genres, new.overview"
    "    WHERE new.kind <> 'season';"
    "END;";

/* What connections and accounts learn. No token is ever in here. */
static const char connections[] =
    "ALTER TABLE server ADD COLUMN pin TEXT;" /* sha256//… of the public keys the user trusts */
    "ALTER TABLE server ADD COLUMN refreshed_at INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE address ADD COLUMN failed_at INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE network_winner ("
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  network TEXT NOT NULL, url TEXT NOT NULL, won_at INTEGER NOT NULL,"
    "  PRIMARY KEY (server, network)) WITHOUT ROWID;"
    "CREATE TABLE account ("
    "  id TEXT PRIMARY KEY, backend TEXT NOT NULL, name TEXT, client_id TEXT,"
    "  home_user TEXT, listed_at INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;";

/* Ratings wait like marks do. The play count is the server's when a mark was made: after an answer
 * was lost it tells whether the mark had arrived. */
static const char ratings[] =
    "ALTER TABLE outbox ADD COLUMN rating REAL;"
    "ALTER TABLE outbox ADD COLUMN play_count INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE play_state ADD COLUMN local_rating REAL;" /* -1: taken away */
    "ALTER TABLE play_state ADD COLUMN rating_at INTEGER;"
    "ALTER TABLE play_state ADD COLUMN rating_change INTEGER;"
    "ALTER TABLE kept_state ADD COLUMN local_rating REAL;"
    "ALTER TABLE kept_state ADD COLUMN rating_at INTEGER;"
    "ALTER TABLE kept_state ADD COLUMN rating_change INTEGER;"
    "CREATE INDEX play_state_rating_change ON play_state (rating_change)"
    "  WHERE rating_change IS NOT NULL;"
    "DROP TRIGGER item_delete_keep;"
    "CREATE TRIGGER item_delete_keep BEFORE DELETE ON item BEGIN"
    "  INSERT OR REPLACE INTO kept_state (server, remote_id, local_position_ms, local_watched,"
    "      local_played, watch_at, watch_change, local_favourite, favourite_at, favourite_change,"
    "      local_rating, rating_at, rating_change)"
    "    SELECT old.server, old.remote_id, local_position_ms, local_watched, local_played,"
    "      watch_at, watch_change, local_favourite, favourite_at, favourite_change,"
    "      local_rating, rating_at, rating_change"
    "    FROM play_state WHERE item = old.id"
    "      AND coalesce (watch_change, favourite_change, rating_change) IS NOT NULL;"
    "END;";

static const char sync_log[] =
    "CREATE TABLE sync_log ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  begun_at INTEGER NOT NULL, kind TEXT NOT NULL, requests INTEGER NOT NULL,"
    "  items INTEGER NOT NULL, added INTEGER NOT NULL, changed INTEGER NOT NULL,"
    "  removed INTEGER NOT NULL, bytes INTEGER NOT NULL, ms INTEGER NOT NULL,"
    "  error TEXT, cancelled INTEGER NOT NULL);"
    "CREATE INDEX sync_log_server ON sync_log (server, id);";

/* Positions are the server's; one that a list holds twice is in it twice. */
static const char members[] = "CREATE TABLE member ("
                              "  list INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,"
                              "  position INTEGER NOT NULL,"
                              "  item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,"
                              "  PRIMARY KEY (list, position)) WITHOUT ROWID;"
                              "CREATE INDEX member_item ON member (item, list);";

/* Of items whose details are here. */
static const char people[] =
    "CREATE TABLE person ("
    "  pk INTEGER PRIMARY KEY,"
    "  server INTEGER NOT NULL REFERENCES server (pk) ON DELETE CASCADE,"
    "  name TEXT NOT NULL, image TEXT,"
    "  UNIQUE (server, name));"
    "CREATE INDEX person_name ON person (name);"
    "CREATE TABLE item_person ("
    "  item INTEGER NOT NULL REFERENCES item (id) ON DELETE CASCADE,"
    "  position INTEGER NOT NULL,"
    "  person INTEGER NOT NULL REFERENCES person (pk) ON DELETE CASCADE,"
    "  kind TEXT, role TEXT,"
    "  PRIMARY KEY (item, position)) WITHOUT ROWID;"
    "CREATE INDEX item_person_person ON item_person (person, item);"
    "INSERT OR IGNORE INTO person (server, name, image)"
    "  SELECT i.server, json_extract (p.value, '$.name'), json_extract (p.value, '$.image')"
    "  FROM detail d JOIN item i ON i.id = d.item"
    "  JOIN json_each (iif (json_valid (d.json), d.json, '{}'), '$.people') p"
    "  WHERE json_extract (p.value, '$.name') IS NOT NULL;"
    "INSERT OR IGNORE INTO item_person (item, position, person, kind, role)"
    "  SELECT d.item, p.key, n.pk, json_extract (p.value, '$.kind'),"
    "    json_extract (p.value, '$.role')"
    "  FROM detail d JOIN item i ON i.id = d.item"
    "  JOIN json_each (iif (json_valid (d.json), d.json, '{}'), '$.people') p"
    "  JOIN person n ON n.server = i.server AND n.name = json_extract (p.value, '$.name');";

/* What the server does not list any more without being sure: since when. */
static const char doubts[] =
    "CREATE TABLE doubt ("
    "  item INTEGER PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,"
    "  since INTEGER NOT NULL);" /* the generation that first missed it; void once it was seen */
    "ALTER TABLE library ADD COLUMN unlisted_since INTEGER NOT NULL DEFAULT 0;"; /* seconds */

static const struct
{
  const char *parts[6];
} steps[] = {
  { { servers, items, play_state, totals, search, NULL } },
  { { connections, NULL } },
  { { ratings, NULL } },
  { { sync_log, NULL } },
  { { members, people, NULL } },
  { { doubts, NULL } },
};

static gboolean
run_step (BijouDatabase *database, guint step, GError **error)
{
  g_autofree char *version = g_strdup_printf ("PRAGMA user_version = %u", step + 1);

  for (const char *const *part = steps[step].parts; *part != NULL; part++)
    if (!bijou_database_execute (database, *part, error))
      return FALSE;
  return bijou_database_execute (database, version, error);
}

static gboolean
run_steps (BijouDatabase *database, GError **error)
{
  guint version;

  /* Another process may have been quicker: the version is read under the write lock. */
  if (!bijou_database_begin (database, error))
    return FALSE;
  version = bijou_database_get_int (database, 0, "PRAGMA user_version", NULL);
  for (guint step = version; step < G_N_ELEMENTS (steps); step++)
    if (!run_step (database, step, error))
      {
        bijou_database_rollback (database);
        return FALSE;
      }
  return bijou_database_commit (database, error);
}

/**
 * bijou_schema_migrate:
 * @database: a writable connection
 *
 * Brings the file to the newest version. Fails with BIJOU_ERROR_UNSUPPORTED when a newer program
 * made it.
 */
gboolean
bijou_schema_migrate (BijouDatabase *database, GError **error)
{
  sqlite3_stmt *statement = bijou_database_query (database, error, "PRAGMA user_version", NULL);
  gint64 version;

  if (!bijou_database_next (database, statement, error))
    return FALSE;
  version = sqlite3_column_int64 (statement, 0);
  sqlite3_reset (statement);

  if (version == G_N_ELEMENTS (steps))
    return TRUE;
  if (version > (gint64) G_N_ELEMENTS (steps))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED,
                   "The database has version %" G_GINT64_FORMAT ", which a newer Bijou made",
                   version);
      return FALSE;
    }
  return run_steps (database, error);
}
