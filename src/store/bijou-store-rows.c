#include "config.h"

#include "bijou-store-private.h"

#include <string.h>

#define GENRE_SEPARATOR "\x1f"
/* A report of a playback may still be on its way when a page is asked for. */
#define SETTLE_US (BIJOU_STORE_SETTLE_MS * (gint64) 1000)

/* Letters that Unicode does not take apart, and that people type without their strokes. */
static const struct
{
  gunichar letter;
  const char *plain;
} plain_letters[] = {
  { 0xe6, "ae" }, { 0xf8, "o" },  { 0x153, "oe" }, { 0x142, "l" }, { 0x111, "d" },
  { 0xf0, "d" },  { 0xfe, "th" }, { 0x131, "i" },  { 0xdf, "ss" },
};

static const char *
find_plain (gunichar letter)
{
  for (guint i = 0; i < G_N_ELEMENTS (plain_letters); i++)
    if (plain_letters[i].letter == letter)
      return plain_letters[i].plain;
  return NULL;
}

/**
 * bijou_store_fold:
 * @text: a text
 *
 * Returns: (transfer full): @text without case and accents, for comparisons
 */
char *
bijou_store_fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *apart = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = g_utf8_casefold (apart, -1);
  GString *result = g_string_sized_new (strlen (folded) + 1);

  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar letter = g_utf8_get_char (p);
      const char *plain = letter < 0x80 ? NULL : find_plain (letter);

      if (plain != NULL)
        g_string_append (result, plain);
      else if (letter < 0x80 || !g_unichar_ismark (letter))
        g_string_append_unichar (result, letter);
    }
  return g_string_free (result, FALSE);
}

/* Numbers are led by their count of digits, so that 2 comes before 10. */
static void
append_number (GString *key, const char *digits, gsize length)
{
  while (length > 1 && *digits == '0')
    {
      digits++;
      length--;
    }
  g_string_append_c (key, (char) ('0' + MIN (length, 9)));
  g_string_append_len (key, digits, length);
}

/**
 * bijou_store_make_sort_key:
 * @text: a sort title
 *
 * Returns: (transfer full): a key whose bytes compare as people sort titles
 */
char *
bijou_store_make_sort_key (const char *text)
{
  g_autofree char *folded = bijou_store_fold (text);
  GString *key = g_string_sized_new (strlen (folded) + 4);
  const char *p = folded;

  while (*p != '\0' && !g_unichar_isalnum (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  if (*p == '\0')
    p = folded;
  while (*p != '\0')
    {
      gsize digits = strspn (p, "0123456789");

      if (digits > 0)
        append_number (key, p, digits);
      else
        g_string_append_c (key, *p);
      p += MAX (digits, 1);
    }
  return g_string_free (key, FALSE);
}

static char **
split_genres (const char *text)
{
  return text != NULL && *text != '\0' ? g_strsplit (text, GENRE_SEPARATOR, -1) : NULL;
}

static char *
join_genres (char **genres)
{
  return genres != NULL && genres[0] != NULL ? g_strjoinv (GENRE_SEPARATOR, genres) : NULL;
}

static int
get_int_or (sqlite3_stmt *statement, int column, int fallback)
{
  return sqlite3_column_type (statement, column) == SQLITE_NULL
             ? fallback
             : sqlite3_column_int (statement, column);
}

static double
get_double_or (sqlite3_stmt *statement, int column, double fallback)
{
  return sqlite3_column_type (statement, column) == SQLITE_NULL
             ? fallback
             : sqlite3_column_double (statement, column);
}

/* The columns of BIJOU_ITEM_COLUMNS, in its order. */
enum
{
  ITEM_ID,
  ITEM_SERVER,
  ITEM_REMOTE_ID,
  ITEM_LIBRARY,
  ITEM_KIND,
  ITEM_TITLE,
  ITEM_SORT_TITLE,
  ITEM_ORIGINAL_TITLE,
  ITEM_OVERVIEW,
  ITEM_TAGLINE,
  ITEM_CONTENT_RATING,
  ITEM_GENRES,
  ITEM_YEAR,
  ITEM_RELEASED,
  ITEM_ADDED_AT,
  ITEM_VERSION_TAG,
  ITEM_PARENT_ID,
  ITEM_SHOW_ID,
  ITEM_SHOW_TITLE,
  ITEM_SEASON,
  ITEM_EPISODE,
  ITEM_EPISODE_END,
  ITEM_DURATION_MS,
  ITEM_RATING,
  ITEM_USER_RATING,
  ITEM_VIDEO_HEIGHT,
  ITEM_HAS_MEDIA,
  ITEM_CHILDREN,
  ITEM_SEASONS,
  ITEM_UNWATCHED,
  ITEM_POSTER,
  ITEM_STILL,
  ITEM_BACKDROP,
  ITEM_LOGO,
  ITEM_EPISODES,
  ITEM_POSITION_MS,
  ITEM_WATCHED,
  ITEM_PLAY_COUNT,
  ITEM_PLAYED,
  ITEM_FAVOURITE,
};

static void
read_texts (BijouItem *item, sqlite3_stmt *row)
{
  item->library_id = bijou_database_dup_text (row, ITEM_LIBRARY);
  item->title = bijou_database_dup_text (row, ITEM_TITLE);
  item->sort_title = bijou_database_dup_text (row, ITEM_SORT_TITLE);
  item->original_title = bijou_database_dup_text (row, ITEM_ORIGINAL_TITLE);
  item->overview = bijou_database_dup_text (row, ITEM_OVERVIEW);
  item->tagline = bijou_database_dup_text (row, ITEM_TAGLINE);
  item->content_rating = bijou_database_dup_text (row, ITEM_CONTENT_RATING);
  item->genres = split_genres ((const char *) sqlite3_column_text (row, ITEM_GENRES));
  item->released = bijou_database_dup_text (row, ITEM_RELEASED);
  item->version_tag = bijou_database_dup_text (row, ITEM_VERSION_TAG);
  item->parent_id = bijou_database_dup_text (row, ITEM_PARENT_ID);
  item->show_id = bijou_database_dup_text (row, ITEM_SHOW_ID);
  item->show_title = bijou_database_dup_text (row, ITEM_SHOW_TITLE);
  item->poster = bijou_database_dup_text (row, ITEM_POSTER);
  item->still = bijou_database_dup_text (row, ITEM_STILL);
  item->backdrop = bijou_database_dup_text (row, ITEM_BACKDROP);
  item->logo = bijou_database_dup_text (row, ITEM_LOGO);
}

static void
read_numbers (BijouItem *item, sqlite3_stmt *row)
{
  item->id = sqlite3_column_int64 (row, ITEM_ID);
  item->year = get_int_or (row, ITEM_YEAR, -1);
  item->added_at = sqlite3_column_int64 (row, ITEM_ADDED_AT);
  item->season = get_int_or (row, ITEM_SEASON, -1);
  item->episode = get_int_or (row, ITEM_EPISODE, -1);
  item->episode_end = get_int_or (row, ITEM_EPISODE_END, -1);
  item->duration_ms = sqlite3_column_int64 (row, ITEM_DURATION_MS);
  item->rating = get_double_or (row, ITEM_RATING, -1);
  item->user_rating = get_double_or (row, ITEM_USER_RATING, -1);
  item->video_height = sqlite3_column_int (row, ITEM_VIDEO_HEIGHT);
  item->has_media = sqlite3_column_int (row, ITEM_HAS_MEDIA);
  item->children = sqlite3_column_int (row, ITEM_CHILDREN);
  item->seasons = sqlite3_column_int (row, ITEM_SEASONS);
  item->unwatched = sqlite3_column_int (row, ITEM_UNWATCHED);
}

static void
read_state (BijouItem *item, sqlite3_stmt *row)
{
  item->position_ms = sqlite3_column_int64 (row, ITEM_POSITION_MS);
  item->watched = sqlite3_column_int (row, ITEM_WATCHED);
  item->play_count = sqlite3_column_int (row, ITEM_PLAY_COUNT);
  item->last_played_at = sqlite3_column_int64 (row, ITEM_PLAYED);
  item->favourite = sqlite3_column_int (row, ITEM_FAVOURITE);

  /* A show or season with its episodes here is watched when they are. */
  if (sqlite3_column_int (row, ITEM_EPISODES) > 0)
    item->watched = item->unwatched == 0;
}

/**
 * bijou_store_read_item:
 * @statement: a row of BIJOU_ITEM_COLUMNS
 *
 * Returns: (transfer full): the item
 */
BijouItem *
bijou_store_read_item (sqlite3_stmt *statement)
{
  const char *kind = (const char *) sqlite3_column_text (statement, ITEM_KIND);
  BijouItem *item = bijou_item_new (bijou_item_kind_from_string (kind),
                                    (const char *) sqlite3_column_text (statement, ITEM_SERVER),
                                    (const char *) sqlite3_column_text (statement, ITEM_REMOTE_ID));

  read_texts (item, statement);
  read_numbers (item, statement);
  read_state (item, statement);
  return item;
}

/* Returns NULL without an error when the row is gone. */
BijouItem *
bijou_store_load_item (BijouDatabase *database, gint64 id, GError **error)
{
  sqlite3_stmt *statement = bijou_database_query (
      database, error, "SELECT " BIJOU_ITEM_COLUMNS "FROM " BIJOU_ITEM_TABLES "WHERE i.id = ?", "l",
      id);
  BijouItem *item;

  if (!bijou_database_next (database, statement, error))
    return NULL;
  item = bijou_store_read_item (statement);
  sqlite3_reset (statement);
  return item;
}

gboolean
bijou_store_load_items (
    BijouDatabase *database, const gint64 *ids, guint n_ids, GPtrArray *items, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  for (guint i = 0; i < n_ids && local_error == NULL; i++)
    {
      BijouItem *item = bijou_store_load_item (database, ids[i], &local_error);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

gint64
bijou_store_find_row (BijouDatabase *database, gint64 server, const char *remote_id)
{
  return bijou_database_get_int (database, 0,
                                 "SELECT id FROM item WHERE server = ? AND remote_id = ?", "lt",
                                 server, remote_id);
}

/* --- what is known of a row before it is written --- */

typedef struct
{
  gint64 id; /* 0: none */
  gint64 library;
  gint64 hash;
  gint64 generation; /* 0 never stamped */
  gboolean has_state;
  gint64 position_ms;
  gboolean watched;
  gint64 play_count;
  gint64 played;
  gboolean favourite;
  gint64 now_position_ms;
  gboolean now_watched;
  gint64 now_play_count;
  gint64 now_played;
  gboolean now_favourite;
  gint64 watch_at; /* 0: no local value */
  gboolean watch_waits;
  gint64 favourite_at; /* 0: no local value */
  gboolean favourite_waits;
  gint64 rating_at; /* 0: no local value */
  gboolean rating_waits;
} OldRow;

static void
read_old_state (OldRow *old, sqlite3_stmt *row)
{
  old->has_state = sqlite3_column_int (row, 4);
  old->position_ms = sqlite3_column_int64 (row, 5);
  old->watched = sqlite3_column_int (row, 6);
  old->play_count = sqlite3_column_int64 (row, 7);
  old->played = sqlite3_column_int64 (row, 8);
  old->favourite = sqlite3_column_int (row, 9);
  old->now_position_ms = sqlite3_column_int64 (row, 10);
  old->now_watched = sqlite3_column_int (row, 11);
  old->now_play_count = sqlite3_column_int64 (row, 12);
  old->now_played = sqlite3_column_int64 (row, 13);
  old->now_favourite = sqlite3_column_int (row, 14);
  old->watch_at = sqlite3_column_int64 (row, 15);
  old->watch_waits = sqlite3_column_int (row, 16);
  old->favourite_at = sqlite3_column_int64 (row, 17);
  old->favourite_waits = sqlite3_column_int (row, 18);
  old->rating_at = sqlite3_column_int64 (row, 19);
  old->rating_waits = sqlite3_column_int (row, 20);
}

static gboolean
read_old_row (
    BijouDatabase *database, gint64 server, const char *remote_id, OldRow *old, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row = bijou_database_query (
      database, &local_error,
      "SELECT i.id, i.library, i.hash, t.generation, p.item IS NOT NULL, p.position_ms, p.watched,"
      " p.play_count, p.played, p.favourite, p.now_position_ms, p.now_watched, p.now_play_count,"
      " p.now_played, p.now_favourite, p.watch_at, p.watch_change IS NOT NULL, p.favourite_at,"
      " p.favourite_change IS NOT NULL, p.rating_at, p.rating_change IS NOT NULL FROM item i"
      " LEFT JOIN play_state p ON p.item = i.id"
      " LEFT JOIN stamp t ON t.item = i.id WHERE i.server = ? AND i.remote_id = ?",
      "lt", server, remote_id);

  memset (old, 0, sizeof *old);
  if (bijou_database_next (database, row, &local_error))
    {
      old->id = sqlite3_column_int64 (row, 0);
      old->library = sqlite3_column_int64 (row, 1);
      old->hash = sqlite3_column_int64 (row, 2);
      old->generation = sqlite3_column_int64 (row, 3);
      read_old_state (old, row);
      sqlite3_reset (row);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* --- hash: FNV-1a over what a list shows of an item, play state aside --- */

static void
hash_bytes (guint64 *hash, const void *data, gsize length)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < length; i++)
    *hash = (*hash ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
}

static void
hash_text (guint64 *hash, const char *text)
{
  /* The terminator too, and another mark for NULL: neighbours must not flow together. */
  if (text != NULL)
    hash_bytes (hash, text, strlen (text) + 1);
  else
    hash_bytes (hash, "\xff", 1);
}

static void
hash_int (guint64 *hash, gint64 value)
{
  hash_bytes (hash, &value, sizeof value);
}

static gint64
hash_item (BijouItem *item)
{
  const char *texts[] = {
    item->title,      item->sort_title,     item->original_title, item->overview,  item->tagline,
    item->released,   item->content_rating, item->version_tag,    item->parent_id, item->show_id,
    item->show_title, item->poster,         item->still,          item->backdrop,  item->logo,
  };
  const gint64 numbers[] = {
    item->kind,      item->year,         item->added_at,    item->season,
    item->episode,   item->episode_end,  item->duration_ms, (gint64) (item->rating * 100),
    item->has_media, item->children,     item->seasons,     (gint64) (item->user_rating * 100),
    item->unwatched, item->video_height,
  };
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    hash_text (&hash, texts[i]);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    hash_int (&hash, numbers[i]);
  for (guint i = 0; item->genres != NULL && item->genres[i] != NULL; i++)
    hash_text (&hash, item->genres[i]);
  return hash != 0 ? (gint64) hash : 1;
}

/* --- writing --- */

static void
bind_optional (sqlite3_stmt *statement, int index, gint64 value, gint64 absent)
{
  if (value == absent)
    sqlite3_bind_null (statement, index);
  else
    sqlite3_bind_int64 (statement, index, value);
}

static void
bind_optional_double (sqlite3_stmt *statement, int index, double value)
{
  if (value < 0)
    sqlite3_bind_null (statement, index);
  else
    sqlite3_bind_double (statement, index, value);
}

#define ROW_COLUMNS                                                                                \
  "kind, hash, sort_key, title_key, title, sort_title, original_title, genres, overview, tagline," \
  " content_rating, year, released, added_at, version_tag, parent_id, show_id, show_title, "       \
  "season,"                                                                                        \
  " episode, episode_end, duration_ms, rating, user_rating, video_height, has_media, poster,"      \
  " still, backdrop, logo, server_children, server_seasons, server_unwatched, children, seasons,"  \
  " unwatched, latest_at"
/* The marks, by their numbers: those of the columns in the order above (the four that are computed
 * later take over a value from before), then those at the end of each statement. */
enum
{
  ROW_KIND = 1,
  ROW_HASH,
  ROW_SORT_KEY,
  ROW_TITLE_KEY,
  ROW_TITLE,
  ROW_SORT_TITLE,
  ROW_ORIGINAL_TITLE,
  ROW_GENRES,
  ROW_OVERVIEW,
  ROW_TAGLINE,
  ROW_CONTENT_RATING,
  ROW_YEAR,
  ROW_RELEASED,
  ROW_ADDED_AT,
  ROW_VERSION_TAG,
  ROW_PARENT_ID,
  ROW_SHOW_ID,
  ROW_SHOW_TITLE,
  ROW_SEASON,
  ROW_EPISODE,
  ROW_EPISODE_END,
  ROW_DURATION_MS,
  ROW_RATING,
  ROW_USER_RATING,
  ROW_VIDEO_HEIGHT,
  ROW_HAS_MEDIA,
  ROW_POSTER,
  ROW_STILL,
  ROW_BACKDROP,
  ROW_LOGO,
  ROW_SERVER_CHILDREN,
  ROW_SERVER_SEASONS,
  ROW_SERVER_UNWATCHED,
  ROW_LIBRARY,
  INSERT_SERVER,
  INSERT_REMOTE_ID,
  UPDATE_ID = INSERT_SERVER,
};
#define ROW_MARKS                                                                                  \
  "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,"     \
  " ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?31, ?32, ?33, ?14"

static const char insert_row[] = "INSERT INTO item (" ROW_COLUMNS ", library, server, remote_id)"
                                 " VALUES (" ROW_MARKS ", ?34, ?35, ?36)";
static const char update_row[] =
    "UPDATE item SET (" ROW_COLUMNS ", library) = (" ROW_MARKS ", ?34) WHERE id = ?35";

static void
bind_texts (sqlite3_stmt *row, BijouItem *item, const char *genres)
{
  bijou_database_bind_text (row, ROW_KIND, bijou_item_kind_to_string (item->kind));
  bijou_database_bind_text (row, ROW_TITLE, item->title != NULL ? item->title : "");
  bijou_database_bind_text (row, ROW_SORT_TITLE,
                            item->sort_title != NULL ? item->sort_title : item->title);
  bijou_database_bind_text (row, ROW_ORIGINAL_TITLE, item->original_title);
  bijou_database_bind_text (row, ROW_GENRES, genres);
  bijou_database_bind_text (row, ROW_OVERVIEW, item->overview);
  bijou_database_bind_text (row, ROW_TAGLINE, item->tagline);
  bijou_database_bind_text (row, ROW_CONTENT_RATING, item->content_rating);
  bijou_database_bind_text (row, ROW_RELEASED, item->released);
  bijou_database_bind_text (row, ROW_VERSION_TAG, item->version_tag);
  bijou_database_bind_text (row, ROW_PARENT_ID, item->parent_id);
  bijou_database_bind_text (row, ROW_SHOW_ID, item->show_id);
  bijou_database_bind_text (row, ROW_SHOW_TITLE, item->show_title);
  bijou_database_bind_text (row, ROW_POSTER, item->poster);
  bijou_database_bind_text (row, ROW_STILL, item->still);
  bijou_database_bind_text (row, ROW_BACKDROP, item->backdrop);
  bijou_database_bind_text (row, ROW_LOGO, item->logo);
}

static void
bind_numbers (sqlite3_stmt *row, BijouItem *item)
{
  bind_optional (row, ROW_YEAR, item->year, -1);
  sqlite3_bind_int64 (row, ROW_ADDED_AT, item->added_at);
  bind_optional (row, ROW_SEASON, item->season, -1);
  bind_optional (row, ROW_EPISODE, item->episode, -1);
  bind_optional (row, ROW_EPISODE_END, item->episode_end, -1);
  sqlite3_bind_int64 (row, ROW_DURATION_MS, item->duration_ms);
  bind_optional_double (row, ROW_RATING, item->rating);
  bind_optional_double (row, ROW_USER_RATING, item->user_rating);
  sqlite3_bind_int (row, ROW_VIDEO_HEIGHT, item->video_height);
  sqlite3_bind_int (row, ROW_HAS_MEDIA, item->has_media);
  sqlite3_bind_int (row, ROW_SERVER_CHILDREN, item->children);
  sqlite3_bind_int (row, ROW_SERVER_SEASONS, item->seasons);
  sqlite3_bind_int (row, ROW_SERVER_UNWATCHED, item->unwatched);
}

static gboolean
run_row (BijouDatabase *database, sqlite3_stmt *row, BijouItem *item, gint64 hash, GError **error)
{
  const char *title = item->title != NULL ? item->title : "";
  g_autofree char *sort_key =
      bijou_store_make_sort_key (item->sort_title != NULL ? item->sort_title : title);
  g_autofree char *title_key = bijou_store_fold (title);
  g_autofree char *genres = join_genres (item->genres);
  g_autoptr (GError) local_error = NULL;

  bind_texts (row, item, genres);
  bind_numbers (row, item);
  sqlite3_bind_int64 (row, ROW_HASH, hash);
  bijou_database_bind_text (row, ROW_SORT_KEY, sort_key);
  bijou_database_bind_text (row, ROW_TITLE_KEY, title_key);
  bijou_database_next (database, row, &local_error);
  sqlite3_clear_bindings (row);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
insert_item (BijouDatabase *database,
             BijouItem *item,
             const BijouRowWrite *write,
             gint64 hash,
             gint64 *id,
             GError **error)
{
  sqlite3_stmt *row = bijou_database_query (database, error, insert_row, NULL);

  if (row == NULL)
    return FALSE;
  sqlite3_bind_int64 (row, INSERT_SERVER, write->server);
  bind_optional (row, ROW_LIBRARY, write->library, 0);
  bijou_database_bind_text (row, INSERT_REMOTE_ID, item->remote_id);
  if (!run_row (database, row, item, hash, error))
    return FALSE;

  *id = bijou_database_get_last_id (database);
  /* Local state of an item that was gone for a while. */
  return bijou_database_change (
             database, error,
             "INSERT INTO play_state (item, local_position_ms, local_watched, local_played,"
             " watch_at, watch_change, local_favourite, favourite_at, favourite_change,"
             " local_rating, rating_at, rating_change)"
             " SELECT ?, local_position_ms, local_watched, local_played, watch_at, watch_change,"
             " local_favourite, favourite_at, favourite_change, local_rating, rating_at,"
             " rating_change FROM kept_state"
             " WHERE server = ? AND remote_id = ?",
             "llt", *id, write->server, item->remote_id) &&
         bijou_database_change (database, error,
                                "DELETE FROM kept_state WHERE server = ? AND remote_id = ?", "lt",
                                write->server, item->remote_id);
}

static gboolean
update_item (BijouDatabase *database,
             BijouItem *item,
             const BijouRowWrite *write,
             const OldRow *old,
             gint64 hash,
             GError **error)
{
  sqlite3_stmt *row = bijou_database_query (database, error, update_row, NULL);

  if (row == NULL)
    return FALSE;
  bind_optional (row, ROW_LIBRARY, write->library != 0 ? write->library : old->library, 0);
  sqlite3_bind_int64 (row, UPDATE_ID, old->id);
  return run_row (database, row, item, hash, error);
}

static gboolean
write_genres (BijouDatabase *database, gint64 id, BijouItem *item, GError **error)
{
  if (item->kind == BIJOU_ITEM_SEASON || item->kind == BIJOU_ITEM_EPISODE)
    return TRUE;
  if (!bijou_database_change (database, error, "DELETE FROM item_genre WHERE item = ?", "l", id))
    return FALSE;

  for (guint i = 0; item->genres != NULL && item->genres[i] != NULL; i++)
    if (!bijou_database_change (database, error, "INSERT OR IGNORE INTO genre (name) VALUES (?)",
                                "t", item->genres[i]) ||
        !bijou_database_change (database, error,
                                "INSERT OR IGNORE INTO item_genre (genre, item)"
                                " SELECT pk, ? FROM genre WHERE name = ?",
                                "lt", id, item->genres[i]))
      return FALSE;
  return TRUE;
}

/* --- play state --- */

static gboolean
is_blank_state (BijouItem *item)
{
  return item->position_ms == 0 && !item->watched && item->play_count == 0 &&
         item->last_played_at == 0 && !item->favourite;
}

static gboolean
is_same_state (BijouItem *item, const OldRow *old)
{
  return item->position_ms == old->position_ms && !item->watched == !old->watched &&
         item->play_count == old->play_count && item->last_played_at == old->played &&
         !item->favourite == !old->favourite;
}

/* What was told to the server, and of which no newer answer came yet. */
static gboolean
is_over (gint64 local_at, gboolean waits, gint64 asked_at)
{
  return local_at != 0 && !waits && asked_at > local_at + SETTLE_US;
}

typedef struct
{
  gboolean watch;
  gboolean favourite;
  gboolean rating;
} Drop;

static gboolean
is_unsettled (BijouItem *item, const OldRow *old, const Drop *drop)
{
  return (old->watch_at != 0 && !old->watch_waits && !drop->watch &&
          !item->watched != !old->now_watched) ||
         (old->favourite_at != 0 && !old->favourite_waits && !drop->favourite &&
          !item->favourite != !old->now_favourite);
}

static gboolean
drop_local (BijouDatabase *database, gint64 id, const Drop *drop, GError **error)
{
  if (drop->watch && !bijou_database_change (database, error,
                                             "UPDATE play_state SET local_position_ms = NULL,"
                                             " local_watched = NULL, local_played = NULL,"
                                             " watch_at = NULL WHERE item = ?",
                                             "l", id))
    return FALSE;
  if (drop->favourite && !bijou_database_change (database, error,
                                                 "UPDATE play_state SET local_favourite = NULL,"
                                                 " favourite_at = NULL WHERE item = ?",
                                                 "l", id))
    return FALSE;
  return !drop->rating ||
         bijou_database_change (
             database, error,
             "UPDATE play_state SET local_rating = NULL, rating_at = NULL WHERE item = ?", "l", id);
}

static gboolean
is_seen_state_changed (BijouDatabase *database, gint64 id, const OldRow *old)
{
  return bijou_database_get_int (
      database, 1,
      "SELECT (now_position_ms, now_watched, now_play_count, now_played, now_favourite) IS NOT"
      " (?, ?, ?, ?, ?) FROM play_state WHERE item = ?",
      "lillil", old->now_position_ms, (int) old->now_watched, old->now_play_count, old->now_played,
      (int) old->now_favourite, id);
}

static gboolean
write_state (BijouDatabase *database,
             gint64 id,
             BijouItem *item,
             const BijouRowWrite *write,
             const OldRow *old,
             gboolean *changed,
             GError **error)
{
  const Drop drop = {
    .watch = is_over (old->watch_at, old->watch_waits, write->asked_at),
    .favourite = is_over (old->favourite_at, old->favourite_waits, write->asked_at),
    .rating = is_over (old->rating_at, old->rating_waits, write->asked_at),
  };

  if (write->unsettled != NULL && is_unsettled (item, old, &drop))
    g_ptr_array_add (write->unsettled, g_strdup (item->remote_id));
  if (!old->has_state && is_blank_state (item))
    return TRUE;
  if (is_same_state (item, old) && !drop.watch && !drop.favourite && !drop.rating)
    return TRUE;

  /* Two statements and no UPSERT: that would carry its conflict policy into the triggers. */
  if (!bijou_database_change (database, error, "INSERT OR IGNORE INTO play_state (item) VALUES (?)",
                              "l", id) ||
      !bijou_database_change (database, error,
                              "UPDATE play_state SET position_ms = ?, watched = ?, play_count = ?,"
                              " played = ?, favourite = ?, server_at = ? WHERE item = ?",
                              "liilill", item->position_ms, item->watched, item->play_count,
                              item->last_played_at, item->favourite, write->asked_at, id) ||
      !drop_local (database, id, &drop, error))
    return FALSE;
  *changed = is_seen_state_changed (database, id, old);
  return TRUE;
}

static gboolean
stamp (BijouDatabase *database, gint64 id, gint64 generation, const OldRow *old, GError **error)
{
  if (generation == 0 || old->generation == generation)
    return TRUE;
  return bijou_database_change (database, error,
                                "INSERT OR REPLACE INTO stamp (item, generation) VALUES (?, ?)",
                                "ll", id, generation);
}

static gboolean
write_known_row (BijouDatabase *database,
                 BijouItem *item,
                 const BijouRowWrite *write,
                 const OldRow *old,
                 BijouRowResult *result,
                 GError **error)
{
  /* A fuller row from elsewhere keeps the hash of the list, or each sync would undo it. */
  gint64 hash = write->from_list ? hash_item (item) : old->hash;
  gboolean moved = write->library != 0 && write->library != old->library;

  if (write->state_only || (write->from_list && hash == old->hash && !moved))
    return TRUE;
  if (write->from_list && old->hash == 0 && old->generation == 0)
    *result = BIJOU_ROW_ADDED; /* to the lists; so far it was only on Home */
  else
    *result = moved ? BIJOU_ROW_MOVED : BIJOU_ROW_CHANGED;
  return update_item (database, item, write, old, hash, error) &&
         write_genres (database, old->id, item, error);
}

/**
 * bijou_store_write_row:
 * @database: the writer
 * @item: what a server gave
 * @write: how to write it
 * @id: (out): its local key
 * @first: (out) (optional): whether this generation had not seen it yet
 * @result: (out): what it did
 */
gboolean
bijou_store_write_row (BijouDatabase *database,
                       BijouItem *item,
                       const BijouRowWrite *write,
                       gint64 *id,
                       gboolean *first,
                       BijouRowResult *result,
                       GError **error)
{
  gboolean state_changed = FALSE;
  OldRow old;

  *result = BIJOU_ROW_SAME;
  if (!read_old_row (database, write->server, item->remote_id, &old, error))
    return FALSE;

  *id = old.id;
  if (old.id == 0)
    {
      *result = BIJOU_ROW_ADDED;
      if (!insert_item (database, item, write, write->from_list ? hash_item (item) : 0, id,
                        error) ||
          !write_genres (database, *id, item, error) ||
          !read_old_row (database, write->server, item->remote_id, &old, error))
        return FALSE;
    }
  else if (!write_known_row (database, item, write, &old, result, error))
    return FALSE;

  if (!write_state (database, *id, item, write, &old, &state_changed, error))
    return FALSE;
  if (*result == BIJOU_ROW_SAME && state_changed)
    *result = BIJOU_ROW_STATE_CHANGED;
  if (first != NULL)
    *first = old.generation != write->generation;
  return stamp (database, *id, write->generation, &old, error);
}
