#include "config.h"

#include "bijou-store-private.h"

#include "bijou-json.h"

#include <string.h>

/* Candidates of each source. Titles first: they alone may outrank all others. */
#define TITLES_MAX 60
#define TITLE_WORDS_MAX 200
#define WORDS_MAX 120
#define PEOPLE_ROWS_MAX 400

static gboolean
is_word_letter (gunichar letter)
{
  return g_unichar_isalnum (letter) || g_unichar_ismark (letter);
}

/* The words of @text as prefixes that all must match; NULL when there are none. */
static char *
make_match (const char *text, const char *columns)
{
  GString *match = g_string_new (NULL);
  gboolean in_word = FALSE;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar letter = g_utf8_get_char (p);

      if (is_word_letter (letter))
        {
          if (!in_word)
            g_string_append (match, match->len > 0 ? " \"" : "\"");
          g_string_append_unichar (match, letter);
          in_word = TRUE;
        }
      else if (in_word)
        {
          g_string_append (match, "\"*");
          in_word = FALSE;
        }
    }
  if (in_word)
    g_string_append (match, "\"*");
  if (match->len == 0)
    return g_string_free (match, TRUE);
  if (columns != NULL)
    {
      g_string_prepend (match, " : (");
      g_string_prepend (match, columns);
      g_string_append_c (match, ')');
    }
  return g_string_free (match, FALSE);
}

static void
collect_ids (
    BijouDatabase *database, sqlite3_stmt *row, GArray *ids, GHashTable *seen, GError **error)
{
  while (bijou_database_next (database, row, error))
    {
      gint64 id = sqlite3_column_int64 (row, 0);

      if (g_hash_table_add (seen, g_memdup2 (&id, sizeof id)))
        g_array_append_val (ids, id);
    }
}

static void
collect_titles (
    BijouDatabase *database, const char *key, GArray *ids, GHashTable *seen, GError **error)
{
  g_autofree char *end = g_strconcat (key, "\U0010ffff", NULL);

  collect_ids (database,
               bijou_database_query (database, error,
                                     "SELECT id FROM item WHERE title_key >= ? AND title_key < ?"
                                     " AND kind <> 'season'"
                                     " ORDER BY kind = 'episode', title_key LIMIT ?",
                                     "tti", key, end, TITLES_MAX),
               ids, seen, error);
}

static void
collect_words (BijouDatabase *database,
               const char *match,
               int limit,
               GArray *ids,
               GHashTable *seen,
               GError **error)
{
  if (match == NULL)
    return;
  collect_ids (database,
               bijou_database_query (database, error,
                                     "SELECT rowid FROM search WHERE search MATCH ?"
                                     " ORDER BY bm25 (search, 10.0, 8.0, 4.0, 2.0, 1.0) LIMIT ?",
                                     "ti", match, limit),
               ids, seen, error);
}

static GArray *
collect_candidates (BijouDatabase *database, const char *text, const char *key, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  g_autofree char *titles = make_match (text, "{title original_title}");
  g_autofree char *words = make_match (text, NULL);
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  glong length = g_utf8_strlen (key, -1);

  /* One letter matches half of all words; two half of all summaries. */
  collect_titles (database, key, ids, seen, error);
  if (length >= 2)
    collect_words (database, titles, TITLE_WORDS_MAX, ids, seen, error);
  if (length >= 3)
    collect_words (database, words, WORDS_MAX, ids, seen, error);
  return ids;
}

typedef struct
{
  BijouItem *item; /* (owned) */
  int rank;        /* lower is better */
  guint order;     /* among equals, as the sources gave them */
} Hit;

static int
rank_title (const char *title, const char *key)
{
  g_autofree char *folded = title != NULL ? bijou_store_fold (title) : NULL;

  if (folded == NULL)
    return 8;
  if (g_str_equal (folded, key))
    return 0;
  return g_str_has_prefix (folded, key) ? 4 : 8;
}

static gboolean
has_words_in_titles (BijouItem *item, char **words)
{
  g_autofree char *titles =
      g_strjoin (" ", item->title, item->original_title != NULL ? item->original_title : "", NULL);
  g_autofree char *folded = bijou_store_fold (titles);

  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (folded, words[i]) == NULL)
      return FALSE;
  return TRUE;
}

static int
rank_item (BijouItem *item, const char *key, char **words)
{
  int rank = MIN (rank_title (item->title, key), rank_title (item->sort_title, key));

  rank = MIN (rank, rank_title (item->original_title, key) + 1);
  if (rank >= 8)
    rank = has_words_in_titles (item, words) ? 8 : 16;
  return rank + (item->kind == BIJOU_ITEM_EPISODE ? 3 : 0);
}

static int
compare_hits (gconstpointer a, gconstpointer b)
{
  const Hit *left = a;
  const Hit *right = b;

  if (left->rank != right->rank)
    return left->rank - right->rank;
  return left->order < right->order ? -1 : left->order > right->order;
}

static void
hit_clear (Hit *hit)
{
  g_clear_object (&hit->item);
}

static GArray *
rank_candidates (BijouDatabase *database, GArray *ids, const char *key, GError **error)
{
  GArray *hits = g_array_new (FALSE, FALSE, sizeof (Hit));
  g_auto (GStrv) words = g_strsplit_set (key, " \t.,:;-'\"!?&/()", -1);

  g_array_set_clear_func (hits, (GDestroyNotify) hit_clear);
  for (guint i = 0; i < ids->len; i++)
    {
      Hit hit = { .order = i };

      hit.item = bijou_store_load_item (database, g_array_index (ids, gint64, i), error);
      if (hit.item == NULL)
        continue;
      hit.rank = rank_item (hit.item, key, words);
      g_array_append_val (hits, hit);
    }
  g_array_sort (hits, compare_hits);
  return hits;
}

static void
search_items (
    BijouDatabase *database, const char *text, guint limit, GPtrArray *items, GError **error)
{
  g_autofree char *folded = bijou_store_fold (text);
  const char *key = g_strstrip (folded);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GArray) ids = NULL;
  g_autoptr (GArray) hits = NULL;

  if (*key == '\0')
    return;
  ids = collect_candidates (database, text, key, &local_error);
  if (local_error == NULL)
    hits = rank_candidates (database, ids, key, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return;
    }
  for (guint i = 0; i < hits->len && (limit == 0 || i < limit); i++)
    g_ptr_array_add (items, g_steal_pointer (&g_array_index (hits, Hit, i).item));
}

/**
 * bijou_store_search:
 * @self: a store
 * @text: what a user typed so far
 * @limit: at most so many, 0 for all that were found (some hundreds)
 *
 * See bijou-store.h. Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouItem): the best first
 */
GPtrArray *
bijou_store_search (BijouStore *self, const char *text, guint limit, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  g_autoptr (GError) local_error = NULL;

  if (database == NULL)
    return NULL;
  search_items (database, valid, limit, items, &local_error);
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&items);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* --- people --- */

static void
person_hit_free (gpointer data)
{
  BijouPersonHit *hit = data;

  g_free (hit->name);
  g_free (hit->kind);
  g_free (hit->server_id);
  g_free (hit->image);
  g_free (hit->title);
  g_array_unref (hit->ids);
  g_free (hit);
}

static BijouPersonHit *
find_person (GPtrArray *people, GHashTable *known, const char *name)
{
  BijouPersonHit *hit = g_hash_table_lookup (known, name);

  if (hit != NULL)
    return hit;
  hit = g_new0 (BijouPersonHit, 1);
  hit->name = g_strdup (name);
  hit->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (people, hit);
  g_hash_table_insert (known, hit->name, hit);
  return hit;
}

static void
add_people (
    GPtrArray *people, GHashTable *known, const char *text, sqlite3_stmt *row, const char *names)
{
  g_auto (GStrv) each = g_strsplit (names, "\n", -1);
  gint64 id = sqlite3_column_int64 (row, 0);

  for (guint i = 0; each[i] != NULL; i++)
    {
      BijouPersonHit *hit;

      if (!g_str_match_string (text, each[i], TRUE))
        continue;
      hit = find_person (people, known, each[i]);
      if (hit->ids->len > 0 && g_array_index (hit->ids, gint64, hit->ids->len - 1) == id)
        continue;
      g_array_append_val (hit->ids, id);
      if (sqlite3_column_int (row, 2) == 0)
        hit->n_titles++;
    }
}

static void
collect_people (
    BijouDatabase *database, const char *match, const char *text, GPtrArray *people, GError **error)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  sqlite3_stmt *row =
      bijou_database_query (database, error,
                            "SELECT i.id, i.people, i.kind = 'episode' FROM search"
                            " JOIN item i ON i.id = search.rowid WHERE search MATCH ?"
                            " ORDER BY i.kind = 'episode', i.year DESC, i.id LIMIT ?",
                            "ti", match, PEOPLE_ROWS_MAX);

  while (bijou_database_next (database, row, error))
    {
      const char *names = (const char *) sqlite3_column_text (row, 1);

      if (names != NULL)
        add_people (people, known, text, row, names);
    }
}

static int
compare_people (gconstpointer a, gconstpointer b)
{
  const BijouPersonHit *left = *(BijouPersonHit *const *) a;
  const BijouPersonHit *right = *(BijouPersonHit *const *) b;

  if (left->ids->len != right->ids->len)
    return left->ids->len > right->ids->len ? -1 : 1;
  return g_utf8_collate (left->name, right->name);
}

static void
take_person (BijouPersonHit *hit, BijouDetail *detail)
{
  for (guint i = 0; i < detail->people->len; i++)
    {
      BijouPerson *person = detail->people->pdata[i];

      if (!g_str_equal (person->name, hit->name))
        continue;
      hit->kind = g_strdup (person->kind);
      hit->image = g_strdup (person->image);
      return;
    }
}

/* What the first of the items knows of the person. */
static void
load_person (BijouDatabase *database, BijouPersonHit *hit)
{
  gint64 id = g_array_index (hit->ids, gint64, 0);
  g_autoptr (BijouItem) item = bijou_store_load_item (database, id, NULL);
  g_autoptr (BijouDetail) detail = NULL;
  g_autoptr (JsonNode) node = NULL;
  sqlite3_stmt *row;

  if (item == NULL)
    return;
  hit->server_id = g_strdup (item->server_id);
  hit->title = g_strdup (item->kind == BIJOU_ITEM_EPISODE ? item->show_title : item->title);
  row = bijou_database_query (database, NULL, "SELECT json FROM detail WHERE item = ?", "l", id);
  if (!bijou_database_next (database, row, NULL))
    return;
  node = bijou_json_parse ((const char *) sqlite3_column_text (row, 0), -1, NULL);
  detail = node != NULL ? bijou_detail_from_json (item, node) : NULL;
  if (detail != NULL)
    take_person (hit, detail);
}

/**
 * bijou_store_search_people:
 * @self: a store
 * @text: what a user typed so far
 * @limit: at most so many
 *
 * See bijou-store.h. Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouPersonHit): the best first
 */
GPtrArray *
bijou_store_search_people (BijouStore *self, const char *text, guint limit, GError **error)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func (person_hit_free);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *match = make_match (valid, "people");
  g_autoptr (GError) local_error = NULL;
  BijouDatabase *database;

  /* One letter matches half of all names. */
  if (match == NULL || g_utf8_strlen (valid, -1) < 2)
    return g_steal_pointer (&people);
  database = bijou_store_take_reader (self, error);
  if (database == NULL)
    return NULL;
  collect_people (database, match, valid, people, &local_error);
  g_ptr_array_sort (people, compare_people);
  if (people->len > limit)
    g_ptr_array_set_size (people, (int) limit);
  for (guint i = 0; i < people->len && local_error == NULL; i++)
    load_person (database, people->pdata[i]);
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return g_steal_pointer (&people);
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}
