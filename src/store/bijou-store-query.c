#include "config.h"

#include "bijou-store-private.h"

static const char *sort_names[] = {
  [BIJOU_SORT_TITLE] = "title",   [BIJOU_SORT_YEAR] = "year",
  [BIJOU_SORT_ADDED] = "added",   [BIJOU_SORT_RELEASED] = "released",
  [BIJOU_SORT_RATING] = "rating", [BIJOU_SORT_DURATION] = "duration",
  [BIJOU_SORT_PLAYED] = "played", [BIJOU_SORT_RANDOM] = "random",
  [BIJOU_SORT_INDEX] = "index",
};

/**
 * bijou_sort_to_string:
 * @sort: an order
 *
 * Returns: (transfer none): its name on the command line and in settings
 */
const char *
bijou_sort_to_string (BijouSort sort)
{
  return (guint) sort < G_N_ELEMENTS (sort_names) ? sort_names[sort] : "title";
}

/**
 * bijou_sort_from_string:
 * @name: (nullable): a name of bijou_sort_to_string()
 * @sort: (out): the order
 *
 * Returns: whether there is such an order
 */
gboolean
bijou_sort_from_string (const char *name, BijouSort *sort)
{
  for (guint i = 0; i < G_N_ELEMENTS (sort_names); i++)
    if (g_strcmp0 (name, sort_names[i]) == 0)
      {
        *sort = (BijouSort) i;
        return TRUE;
      }
  return FALSE;
}

/* In the natural direction and against it. Absent values come last in both. */
static const struct
{
  const char *natural;
  const char *reversed;
} orders[] = {
  [BIJOU_SORT_TITLE] = { "i.sort_key, i.id", "i.sort_key DESC, i.id DESC" },
  [BIJOU_SORT_YEAR] = { "i.year DESC, i.sort_key", "i.year IS NULL, i.year, i.sort_key" },
  [BIJOU_SORT_ADDED] = { "i.added_at DESC, i.id DESC", "i.added_at, i.id" },
  [BIJOU_SORT_RELEASED] = { "i.released DESC, i.sort_key",
                            "i.released IS NULL, i.released, i.sort_key" },
  [BIJOU_SORT_RATING] = { "i.rating DESC, i.sort_key", "i.rating IS NULL, i.rating, i.sort_key" },
  [BIJOU_SORT_DURATION] = { "i.duration_ms DESC, i.sort_key",
                            "i.duration_ms = 0, i.duration_ms, i.sort_key" },
  [BIJOU_SORT_PLAYED] = { "p.now_played DESC, i.sort_key",
                          "coalesce (p.now_played, 0) = 0, p.now_played, i.sort_key" },
  [BIJOU_SORT_RANDOM] = { "random ()", "random ()" },
  /* Specials, season 0, come after all others. */
  [BIJOU_SORT_INDEX] = { "i.show_id, coalesce (i.season, 0) = 0, i.season, i.episode IS NULL,"
                         " i.episode, i.released, i.id",
                         "i.show_id DESC, coalesce (i.season, 0) = 0 DESC, i.season DESC,"
                         " i.episode DESC, i.released DESC, i.id DESC" },
};

/* What the identifiers of a query stand for here; 0: not restricted. */
typedef struct
{
  gint64 server;
  gint64 library;
  gint64 list; /* the parent is a collection or a playlist */
} Scope;

/* Parameters have fixed numbers, so that a clause may be absent. */
static void
append_scope (GString *sql, const BijouItemQuery *query, const Scope *scope)
{
  if (scope->library != 0)
    g_string_append (sql, " AND i.library = ?3");
  else if (scope->server != 0)
    g_string_append (sql, " AND +i.server = ?2");
  if (query->kind != BIJOU_ITEM_UNKNOWN)
    g_string_append (sql, " AND i.kind = ?1");
}

static void
append_parent (GString *sql, const BijouItemQuery *query, const Scope *scope)
{
  if (query->parent_id == NULL)
    return;
  if (scope->list != 0)
    g_string_append (sql, " AND i.id IN (SELECT item FROM member WHERE list = ?8)");
  else if (query->kind == BIJOU_ITEM_EPISODE && scope->server != 0)
    g_string_append (sql, " AND i.id IN (SELECT id FROM item WHERE server = ?2 AND parent_id = ?4"
                          " UNION SELECT id FROM item WHERE server = ?2 AND show_id = ?4)");
  else if (query->kind == BIJOU_ITEM_EPISODE)
    g_string_append (sql, " AND (i.parent_id = ?4 OR i.show_id = ?4)");
  else if (scope->server != 0)
    g_string_append (sql, " AND i.id IN (SELECT id FROM item WHERE server = ?2"
                          " AND parent_id = ?4)");
  else
    g_string_append (sql, " AND i.parent_id = ?4");
}

/* Who is in an episode is in the show, which stands for it where any kind is asked for. */
static void
append_person (GString *sql, const BijouItemQuery *query)
{
  if (query->kind == BIJOU_ITEM_UNKNOWN)
    g_string_append (sql, " AND i.kind NOT IN ('season', 'episode')");
  g_string_append (sql, " AND i.id IN (SELECT x.item FROM person n JOIN item_person x"
                        " ON x.person = n.pk WHERE n.name = ?9");
  if (query->kind == BIJOU_ITEM_UNKNOWN || query->kind == BIJOU_ITEM_SHOW)
    g_string_append (sql, " UNION SELECT s.id FROM person n JOIN item_person x ON x.person = n.pk"
                          " JOIN item e ON e.id = x.item AND e.kind = 'episode'"
                          " JOIN item s ON s.server = e.server AND s.remote_id = e.show_id"
                          " WHERE n.name = ?9");
  g_string_append (sql, ")");
}

static void
append_filters (GString *sql, const BijouItemQuery *query)
{
  if (query->unwatched_only)
    g_string_append (sql, " AND iif (i.kind IN ('show', 'season'), i.unwatched > 0,"
                          " NOT coalesce (p.now_watched, 0))");
  if (query->in_progress_only)
    g_string_append (sql, " AND iif (i.kind IN ('show', 'season'),"
                          " i.unwatched > 0 AND i.unwatched < i.children,"
                          " p.now_position_ms BETWEEN i.duration_ms * 0.02"
                          " AND i.duration_ms * 0.95 AND i.duration_ms > 0)");
  if (query->favourites_only)
    g_string_append (sql, " AND p.now_favourite");
  if (query->four_k_only)
    g_string_append (sql, " AND i.video_height > 1440");
  if (query->genre != NULL)
    g_string_append (sql, " AND i.id IN (SELECT g.item FROM item_genre g JOIN genre n"
                          " ON n.pk = g.genre WHERE n.name = ?5)");
  if (query->decade != 0)
    g_string_append (sql, " AND i.year BETWEEN ?6 AND ?6 + 9");
  if (query->person != NULL)
    append_person (sql, query);
}

static gboolean
needs_state (const BijouItemQuery *query)
{
  return query->unwatched_only || query->in_progress_only || query->favourites_only ||
         query->sort == BIJOU_SORT_PLAYED;
}

static char *
build_sql (const BijouItemQuery *query, const char *columns, const Scope *scope)
{
  GString *sql = g_string_new ("SELECT ");

  g_string_append_printf (sql, "%s FROM item i", columns);
  if (needs_state (query))
    g_string_append (sql, " LEFT JOIN play_state p ON p.item = i.id");
  g_string_append (sql, " WHERE 1");
  append_scope (sql, query, scope);
  append_parent (sql, query, scope);
  append_filters (sql, query);
  return g_string_free (sql, FALSE);
}

static void
find_list (BijouDatabase *database, const BijouItemQuery *query, Scope *scope)
{
  if (query->parent_id != NULL)
    scope->list = bijou_database_get_int (database, 0,
                                          "SELECT id FROM item WHERE remote_id = ?1"
                                          " AND (?2 = 0 OR server = ?2)"
                                          " AND kind IN ('collection', 'playlist')",
                                          "tl", query->parent_id, scope->server);
}

/* Returns FALSE when nothing can match: the server or the library is not known. */
static gboolean
find_scope (BijouDatabase *database, const BijouItemQuery *query, Scope *scope)
{
  *scope = (Scope){ 0 };
  if (query->server_id != NULL)
    {
      scope->server = bijou_store_find_server (database, query->server_id);
      if (scope->server == 0)
        return FALSE;
    }
  if (scope->server != 0 && query->library_id != NULL)
    {
      scope->library = bijou_store_find_library (database, scope->server, query->library_id);
      if (scope->library == 0)
        return FALSE;
    }
  find_list (database, query, scope);
  return TRUE;
}

static sqlite3_stmt *
query_rows (BijouDatabase *database,
            const BijouItemQuery *query,
            const char *sql,
            const Scope *scope,
            GError **error)
{
  return bijou_database_query (
      database, error, sql, "tllttillt", bijou_item_kind_to_string (query->kind), scope->server,
      scope->library, query->parent_id, query->genre, query->decade,
      query->limit > 0 ? (gint64) query->limit : (gint64) -1, scope->list, query->person);
}

static const char *
get_order (const BijouItemQuery *query, const Scope *scope)
{
  if (scope->list != 0 && query->sort == BIJOU_SORT_INDEX)
    return query->descending
               ? "(SELECT min (m.position) FROM member m WHERE m.item = i.id AND m.list = ?8) DESC"
               : "(SELECT min (m.position) FROM member m WHERE m.item = i.id AND m.list = ?8)";
  return query->descending ? orders[query->sort].reversed : orders[query->sort].natural;
}

/* Appends the local ids of what @query asks for. */
gboolean
bijou_store_run_query (BijouDatabase *database,
                       const BijouItemQuery *query,
                       GArray *ids,
                       GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *base = NULL;
  g_autofree char *sql = NULL;
  sqlite3_stmt *row;
  Scope scope;

  if (!find_scope (database, query, &scope))
    return TRUE;

  base = build_sql (query, "i.id", &scope);
  sql = g_strdup_printf ("%s ORDER BY %s LIMIT ?7", base, get_order (query, &scope));
  row = query_rows (database, query, sql, &scope, &local_error);
  while (bijou_database_next (database, row, &local_error))
    {
      gint64 id = sqlite3_column_int64 (row, 0);

      g_array_append_val (ids, id);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gunichar
get_letter (const char *initial)
{
  gunichar letter = initial != NULL ? g_utf8_get_char_validated (initial, -1) : 0;

  if (letter == 0 || letter >= (gunichar) -2 || !g_unichar_isalpha (letter))
    return '#';
  return g_unichar_toupper (letter);
}

static void
collect_initials (BijouDatabase *database, sqlite3_stmt *row, GArray *initials, GError **error)
{
  guint position = 0;

  while (bijou_database_next (database, row, error))
    {
      BijouInitial initial = { get_letter ((const char *) sqlite3_column_text (row, 0)), position };

      if (initials->len == 0 ||
          g_array_index (initials, BijouInitial, initials->len - 1).letter != initial.letter)
        g_array_append_val (initials, initial);
      position += (guint) sqlite3_column_int64 (row, 1);
    }
}

/**
 * bijou_store_list_initials:
 * @self: a store
 * @query: what is listed, by title
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouInitial): where each letter begins; empty
 *   when @query does not sort by title
 */
GArray *
bijou_store_list_initials (BijouStore *self, const BijouItemQuery *query, GError **error)
{
  g_autoptr (GArray) initials = g_array_new (FALSE, FALSE, sizeof (BijouInitial));
  g_autoptr (GError) local_error = NULL;
  BijouDatabase *database;
  Scope scope;

  if (query->sort != BIJOU_SORT_TITLE)
    return g_steal_pointer (&initials);
  database = bijou_store_take_reader (self, error);
  if (database == NULL)
    return NULL;

  if (find_scope (database, query, &scope))
    {
      g_autofree char *base = build_sql (query, "substr (i.sort_key, 1, 1), count (*)", &scope);
      g_autofree char *sql = g_strdup_printf ("%s GROUP BY 1 ORDER BY 1 %s LIMIT ?7", base,
                                              query->descending ? "DESC" : "");

      collect_initials (database, query_rows (database, query, sql, &scope, &local_error), initials,
                        &local_error);
    }
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&initials);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/**
 * bijou_store_list_genres:
 * @self: a store
 * @server_id: (nullable): a server, %NULL for all
 * @library_id: (nullable): a library, %NULL for all
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable): the genres that occur there, by name
 */
char **
bijou_store_list_genres (BijouStore *self,
                         const char *server_id,
                         const char *library_id,
                         GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row;

  if (database == NULL)
    return NULL;

  row = bijou_database_query (database, &local_error,
                              "SELECT n.name FROM genre n WHERE EXISTS (SELECT 1 FROM item_genre g"
                              " JOIN item i ON i.id = g.item JOIN server s ON s.pk = i.server"
                              " LEFT JOIN library l ON l.pk = i.library WHERE g.genre = n.pk"
                              " AND (?1 IS NULL OR s.id = ?1) AND (?2 IS NULL OR l.remote_id = ?2))"
                              " ORDER BY n.name COLLATE NOCASE",
                              "tt", server_id, library_id);
  while (bijou_database_next (database, row, &local_error))
    g_strv_builder_add (names, (const char *) sqlite3_column_text (row, 0));
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_strv_builder_end (names);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/**
 * bijou_store_list_decades:
 * @self: a store
 * @server_id: (nullable): a server, %NULL for all
 * @library_id: (nullable): a library, %NULL for all
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type int): 2020, 1990, …, the latest first
 */
GArray *
bijou_store_list_decades (BijouStore *self,
                          const char *server_id,
                          const char *library_id,
                          GError **error)
{
  g_autoptr (GArray) decades = g_array_new (FALSE, FALSE, sizeof (int));
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;
  sqlite3_stmt *row;

  if (database == NULL)
    return NULL;

  row = bijou_database_query (
      database, &local_error,
      "SELECT DISTINCT i.year / 10 * 10 FROM library l JOIN server s ON s.pk = l.server"
      " JOIN item i ON i.library = l.pk AND i.kind IN ('movie', 'show', 'video')"
      " WHERE i.year > 0 AND (?1 IS NULL OR s.id = ?1) AND (?2 IS NULL OR l.remote_id = ?2)"
      " ORDER BY 1 DESC",
      "tt", server_id, library_id);
  while (bijou_database_next (database, row, &local_error))
    {
      int decade = sqlite3_column_int (row, 0);

      g_array_append_val (decades, decade);
    }
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&decades);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}
