#include "config.h"

#include "bijou-fake-plex.h"

#include <string.h>

/* ---- libraries ---- */

static void
write_section (BijouFakePlex *self, FakeWriter *w, BijouFakeSection *section)
{
  gboolean movies = section->kind == BIJOU_FAKE_MOVIE;

  fake_object (w, NULL, "Directory");
  fake_bool (w, "allowSync", TRUE);
  fake_strf (w, "art", "/:/resources/%s-fanart.jpg", movies ? "movie" : "show");
  fake_strf (w, "composite", "/library/sections/%u/composite/%" G_GINT64_FORMAT, section->id,
             section->updated_at);
  fake_bool (w, "filters", TRUE);
  fake_bool (w, "refreshing", FALSE);
  fake_strf (w, "thumb", "/:/resources/%s.png", movies ? "movie" : "show");
  fake_strf (w, "key", "%u", section->id);
  fake_str (w, "type", movies ? "movie" : "show");
  fake_str (w, "title", section->title);
  fake_str (w, "agent", movies ? "tv.plex.agents.movie" : "tv.plex.agents.series");
  fake_str (w, "scanner", movies ? "Plex Movie" : "Plex TV Series");
  fake_str (w, "language", "en-US");
  fake_strf (w, "uuid", "00000000-0000-4000-8000-%012u", section->id);
  fake_int (w, "updatedAt", section->updated_at);
  fake_int (w, "createdAt", 1600000000);
  fake_int (w, "scannedAt", section->updated_at + 100);
  fake_bool (w, "content", TRUE);
  fake_bool (w, "directory", TRUE);
  fake_int (w, "contentChangedAt", section->content_changed_at);
  fake_int (w, "hidden", 0);
  fake_array (w, "Location");
  fake_object (w, NULL, "Location");
  fake_int (w, "id", section->id);
  fake_strf (w, "path", "/srv/media/%s", movies ? "movies" : "tv");
  fake_end (w);
  fake_end (w);
  fake_end (w);
}

static void
reply_sections (BijouFakePlex *self, BijouFakeExchange *x)
{
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  FakeWriter *w = plex_begin (self, x);

  fake_int (w, "size", sections->len);
  fake_bool (w, "allowSync", FALSE);
  fake_str (w, "title1", "Plex Library");
  fake_array (w, "Directory");
  for (guint i = 0; i < sections->len; i++)
    write_section (self, w, g_ptr_array_index (sections, i));
  if (fake_fault (x, BIJOU_FAKE_FAULT_UNKNOWN_ENUMS))
    {
      fake_object (w, NULL, "Directory");
      fake_str (w, "key", "99");
      fake_str (w, "type", "hologram");
      fake_str (w, "title", "Holograms");
      fake_end (w);
    }
  fake_end (w);
  plex_end (x, w);
}

/* ---- sorting ---- */

typedef enum
{
  SORT_TITLE,
  SORT_SHOW_TITLE,
  SORT_SEASON,
  SORT_INDEX,
  SORT_ADDED,
  SORT_UPDATED,
  SORT_AIRED,
  SORT_VIEWED,
  SORT_RATING,
  SORT_DURATION,
  SORT_YEAR,
  SORT_VIEW_COUNT,
  SORT_RANDOM,
} SortKey;

static const char *const sort_names[] = { "titleSort",
                                          "show.titleSort",
                                          "season.index",
                                          "episode.index",
                                          "addedAt",
                                          "updatedAt",
                                          "originallyAvailableAt",
                                          "lastViewedAt",
                                          "audienceRating",
                                          "duration",
                                          "year",
                                          "viewCount",
                                          "random" };

typedef struct
{
  BijouFakePlex *plex;
  guint user;
  guint n;
  SortKey keys[4];
  gboolean down[4];
  gboolean of_state;
} Sort;

static gboolean
parse_sort (BijouFakePlex *self, const char *text, guint user, Sort *sort)
{
  g_auto (GStrv) words = g_strsplit (text, ",", -1);

  memset (sort, 0, sizeof *sort);
  sort->plex = self;
  sort->user = user;
  for (guint i = 0; words[i] != NULL && sort->n < 4; i++)
    {
      const char *colon = strchr (words[i], ':');
      gsize length = colon != NULL ? (gsize) (colon - words[i]) : strlen (words[i]);

      for (guint k = 0; k < G_N_ELEMENTS (sort_names); k++)
        {
          const char *bare = strrchr (words[i], '.');
          gsize skip = bare != NULL && k != SORT_SHOW_TITLE && k != SORT_SEASON && k != SORT_INDEX
                           ? (gsize) (bare + 1 - words[i])
                           : 0;

          if (skip >= length || strlen (sort_names[k]) != length - skip ||
              strncmp (sort_names[k], words[i] + skip, length - skip) != 0)
            continue;
          sort->keys[sort->n] = k;
          sort->down[sort->n++] = colon != NULL && g_str_has_prefix (colon, ":desc");
          sort->of_state = sort->of_state || k == SORT_VIEWED || k == SORT_VIEW_COUNT;
          break;
        }
    }
  return sort->n > 0;
}

static const BijouFakeItem *
get_show (const BijouFakeItem *item)
{
  while (item->parent != NULL)
    item = item->parent;
  return item;
}

static gint64
get_number (const Sort *sort, SortKey key, const BijouFakeItem *item)
{
  const BijouFakeState *state =
      bijou_fake_library_get_state (sort->plex->library, item, sort->user);

  switch (key)
    {
    case SORT_SEASON:
      return item->kind == BIJOU_FAKE_EPISODE ? item->parent->number : item->number;
    case SORT_INDEX:
      return item->number;
    case SORT_ADDED:
      return item->added_at;
    case SORT_UPDATED:
      return item->updated_at;
    case SORT_VIEWED:
      return state->viewed_at;
    case SORT_RATING:
      return item->rating * 10;
    case SORT_DURATION:
      return item->duration_ms;
    case SORT_YEAR:
      return item->year;
    case SORT_VIEW_COUNT:
      return state->view_count;
    case SORT_RANDOM:
      return bijou_fake_mix (item->index * 77) >> 2;
    default:
      return 0;
    }
}

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const Sort *sort = data;
  const BijouFakeItem *x = *(BijouFakeItem *const *) a;
  const BijouFakeItem *y = *(BijouFakeItem *const *) b;

  for (guint i = 0; i < sort->n; i++)
    {
      int order;

      if (sort->keys[i] == SORT_TITLE)
        order = g_ascii_strcasecmp (x->sort_title, y->sort_title);
      else if (sort->keys[i] == SORT_SHOW_TITLE)
        order = g_ascii_strcasecmp (get_show (x)->sort_title, get_show (y)->sort_title);
      else if (sort->keys[i] == SORT_AIRED)
        order = g_strcmp0 (x->aired, y->aired);
      else
        {
          gint64 p = get_number (sort, sort->keys[i], x);
          gint64 q = get_number (sort, sort->keys[i], y);

          order = p < q ? -1 : p > q;
        }
      if (order != 0)
        return sort->down[i] ? -order : order;
    }
  return x->index < y->index ? -1 : x->index > y->index;
}

static GPtrArray *
copy_list (GPtrArray *list)
{
  GPtrArray *copy = g_ptr_array_sized_new (list->len);

  for (guint i = 0; i < list->len; i++)
    g_ptr_array_add (copy, g_ptr_array_index (list, i));
  return copy;
}

/* (transfer container) */
static GPtrArray *
get_sorted (BijouFakePlex *self, BijouFakeExchange *x, guint section, guint kind, GPtrArray *list)
{
  const char *text = fake_param (x, "sort");
  g_autofree char *key = g_strdup_printf ("%u %u %s", section, kind, text != NULL ? text : "");
  GPtrArray *sorted;
  Sort sort;

  if (text == NULL || !parse_sort (self, text, x->user, &sort))
    return g_ptr_array_ref (list);
  if (self->sorted_generation != bijou_fake_library_get_generation (self->library))
    g_hash_table_remove_all (self->sorted);
  self->sorted_generation = bijou_fake_library_get_generation (self->library);
  sorted = sort.of_state ? NULL : g_hash_table_lookup (self->sorted, key);
  if (sorted != NULL)
    return g_ptr_array_ref (sorted);
  sorted = copy_list (list);
  g_ptr_array_sort_with_data (sorted, compare, &sort);
  if (!sort.of_state)
    g_hash_table_insert (self->sorted, g_steal_pointer (&key), g_ptr_array_ref (sorted));
  return sorted;
}

/* ---- filters ---- */

static gboolean
passes_time (gint64 time, const char *operator, gint64 value)
{
  return operator[0] == '>' ? time > value : time<value;
}

static gboolean
passes_list (const char *list, gint64 value)
{
  g_auto (GStrv) words = g_strsplit (list, ",", -1);

  for (guint i = 0; words[i] != NULL; i++)
    if (g_ascii_strtoll (words[i], NULL, 10) == value)
      return TRUE;
  return FALSE;
}

static gboolean
passes_unwatched (BijouFakePlex *self, BijouFakeExchange *x, BijouFakeItem *item)
{
  guint leaves = 0, viewed = 0;

  bijou_fake_library_count_leaves (self->library, item, x->user, &leaves, &viewed);
  return viewed < leaves;
}

/* -1: no filter; else whether item passes. The operator is what stands before the literal "=": a
 * wrongly encoded one gives a name with a "=" in it, which is no filter. */
static int
pass_pair (BijouFakePlex *self, BijouFakeExchange *x, BijouFakeItem *item, const FakePair *pair)
{
  static const char *const times[] = { "updatedAt", "addedAt", "lastViewedAt", "lastRatedAt" };
  BijouFakeState *state = bijou_fake_library_get_state (self->library, item, x->user);
  const char *name = pair->name;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      const char *operator= name + strlen (times[i]);
      gint64 value[] = { item->updated_at, item->added_at, state->viewed_at, 0 };

      if (g_str_has_prefix (name, times[i]) &&
          (g_str_equal (operator, ">") || g_str_equal (operator, ">>") ||
           g_str_equal (operator, "<") || g_str_equal (operator, "<<")))
        return passes_time (value[i], operator, g_ascii_strtoll (pair->value, NULL, 10));
    }
  if (g_str_equal (name, "unwatched") || g_str_has_suffix (name, "unwatchedLeaves"))
    return !g_str_equal (pair->value, "1") || passes_unwatched (self, x, item);
  if (g_str_equal (name, "inProgress"))
    return !g_str_equal (pair->value, "1") || state->position_ms > 0;
  if (g_str_equal (name, "year"))
    return passes_list (pair->value, item->year);
  if (g_str_equal (name, "genre"))
    {
      gint64 genre = g_ascii_strtoll (pair->value, NULL, 10);

      return genre >= 1 && genre <= 32 && (item->genres & (1u << (genre - 1)));
    }
  if (g_str_equal (name, "title"))
    return strstr (item->title, pair->value) != NULL;
  return -1;
}

static gboolean
has_filters (BijouFakePlex *self, BijouFakeExchange *x, GPtrArray *list)
{
  for (guint i = 0; i < x->pairs->len && list->len > 0; i++)
    if (pass_pair (self, x, g_ptr_array_index (list, 0), &g_array_index (x->pairs, FakePair, i)) >=
        0)
      return TRUE;
  return FALSE;
}

static gboolean
passes (BijouFakePlex *self, BijouFakeExchange *x, BijouFakeItem *item)
{
  for (guint i = 0; i < x->pairs->len; i++)
    if (pass_pair (self, x, item, &g_array_index (x->pairs, FakePair, i)) == 0)
      return FALSE;
  return TRUE;
}

static GPtrArray *
filter_list (BijouFakePlex *self, BijouFakeExchange *x, GPtrArray *list)
{
  GPtrArray *passed;

  if (!has_filters (self, x, list))
    return g_ptr_array_ref (list);
  passed = g_ptr_array_new ();
  for (guint i = 0; i < list->len; i++)
    if (passes (self, x, g_ptr_array_index (list, i)))
      g_ptr_array_add (passed, g_ptr_array_index (list, i));
  return passed;
}

/* ---- lists ---- */

void
plex_write_section_fields (FakeWriter *w, BijouFakeSection *section)
{
  fake_int (w, "librarySectionID", section->id);
  fake_str (w, "librarySectionTitle", section->title);
  fake_strf (w, "librarySectionUUID", "00000000-0000-4000-8000-%012u", section->id);
}

static void
write_list_head (FakeWriter *w, BijouFakeSection *section)
{
  fake_bool (w, "allowSync", TRUE);
  fake_str (w, "identifier", "com.plexapp.plugins.library");
  fake_str (w, "mediaTagPrefix", "/system/bundle/media/flags/");
  fake_int (w, "mediaTagVersion", 1734362201);
  if (section == NULL)
    return;
  plex_write_section_fields (w, section);
  fake_str (w, "content", "secondary");
  fake_str (w, "title1", section->title);
  fake_strf (w, "title2", "All %s", section->title);
  fake_str (w, "viewGroup", section->kind == BIJOU_FAKE_MOVIE ? "movie" : "show");
}

void
plex_reply_items (BijouFakePlex *self,
                  BijouFakeExchange *x,
                  GPtrArray *items,
                  BijouFakeSection *section,
                  PlexRowFlags flags)
{
  const char *start = plex_setting (x, "X-Plex-Container-Start");
  const char *size = plex_setting (x, "X-Plex-Container-Size");
  gboolean paged = start != NULL && size != NULL;
  gint64 first = paged ? g_ascii_strtoll (start, NULL, 10) : 0;
  gint64 total;
  g_autoptr (GArray) rows =
      fake_page_rows (x, items->len, first, paged ? g_ascii_strtoll (size, NULL, 10) : -1, &total);
  FakeWriter *w;
  PlexRows r;

  if (rows == NULL)
    {
      fake_fail (x, 500);
      return;
    }
  w = plex_begin (self, x);
  fake_set_header_int (x, "X-Plex-Container-Start", first);
  fake_set_header_int (x, "X-Plex-Container-Total-Size", total);
  fake_int (w, "size", rows->len);
  if (paged)
    {
      fake_int (w, "totalSize", total);
      fake_int (w, "offset", first);
    }
  write_list_head (w, section);
  plex_rows_begin (&r, self, x, w, flags);
  if (rows->len > 0)
    {
      fake_array (w, "Metadata");
      for (guint i = 0; i < rows->len && x->method != SOUP_METHOD_HEAD; i++)
        plex_write_row (&r, g_ptr_array_index (items, g_array_index (rows, guint, i)));
      fake_end (w);
    }
  plex_rows_end (&r);
  plex_end (x, w);
}

static int
get_kind (gint64 type)
{
  switch (type)
    {
    case 1:
      return BIJOU_FAKE_MOVIE;
    case 2:
      return BIJOU_FAKE_SHOW;
    case 3:
      return BIJOU_FAKE_SEASON;
    case 4:
      return BIJOU_FAKE_EPISODE;
    case 15:
      return BIJOU_FAKE_PLAYLIST;
    case 18:
      return BIJOU_FAKE_COLLECTION;
    default:
      return -1;
    }
}

static void
reply_all (BijouFakePlex *self, BijouFakeExchange *x, const char *id, int kind)
{
  BijouFakeSection *section =
      bijou_fake_library_get_section (self->library, g_ascii_strtoull (id, NULL, 10));
  g_autoptr (GPtrArray) sorted = NULL;
  g_autoptr (GPtrArray) passed = NULL;
  g_autoptr (GPtrArray) empty = g_ptr_array_new ();

  if (section == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  if (kind < 0 && fake_param (x, "type") != NULL)
    kind = get_kind (fake_param_int (x, "type", 0));
  else if (kind < 0)
    kind = section->kind;
  if (kind < 0)
    {
      plex_reply_items (self, x, empty, section, PLEX_ROW_LIST);
      return;
    }
  sorted = get_sorted (self, x, section->id, kind, section->lists[kind]);
  passed = filter_list (self, x, sorted);
  plex_reply_items (self, x, passed, section, PLEX_ROW_LIST);
}

/* Of all libraries, or of one. (transfer container) */
static GPtrArray *
collect_recent (BijouFakePlex *self, BijouFakeExchange *x, guint only)
{
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  GPtrArray *items = g_ptr_array_new ();
  Sort sort;

  for (guint i = 0; i < sections->len; i++)
    {
      BijouFakeSection *section = g_ptr_array_index (sections, i);
      BijouFakeItemKind kind =
          section->kind == BIJOU_FAKE_MOVIE ? BIJOU_FAKE_MOVIE : BIJOU_FAKE_SEASON;

      if (only == 0 || section->id == only)
        for (guint k = 0; k < section->lists[kind]->len; k++)
          g_ptr_array_add (items, g_ptr_array_index (section->lists[kind], k));
    }
  parse_sort (self, "addedAt:desc", x->user, &sort);
  g_ptr_array_sort_with_data (items, compare, &sort);
  if (items->len > 50)
    g_ptr_array_set_size (items, 50);
  return items;
}

static void
reply_recent (BijouFakePlex *self, BijouFakeExchange *x, guint section)
{
  g_autoptr (GPtrArray) items = collect_recent (self, x, section);

  plex_reply_items (self, x, items, NULL, PLEX_ROW_HUB);
}

/* ---- items ---- */

static void
reply_details (BijouFakePlex *self, BijouFakeExchange *x, const char *list)
{
  g_auto (GStrv) ids = g_strsplit (list, ",", -1);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  PlexRowFlags flags = PLEX_ROW_DETAIL | PLEX_ROW_HUB;
  BijouFakeItem *item;

  for (guint i = 0; ids[i] != NULL; i++)
    if ((item = plex_find_item (self, ids[i])) != NULL)
      g_ptr_array_add (items, item);
  if (items->len == 0)
    {
      fake_fail (x, 404);
      return;
    }
  if (plex_flag (x, "includeChapters"))
    flags |= PLEX_ROW_CHAPTERS;
  if (plex_flag (x, "includeMarkers"))
    flags |= PLEX_ROW_MARKERS;
  plex_reply_items (self, x, items, NULL, flags);
}

static void
write_all_leaves (FakeWriter *w, BijouFakeItem *show)
{
  fake_object (w, NULL, "Directory");
  fake_int (w, "leafCount", 0);
  fake_str (w, "title", "All episodes");
  fake_strf (w, "key", "/library/metadata/%u/allLeaves", show->index + PLEX_KEY_BASE);
  fake_end (w);
}

static void
write_parent (FakeWriter *w, BijouFakeItem *parent)
{
  if (parent->kind == BIJOU_FAKE_SEASON)
    {
      fake_strf (w, "grandparentRatingKey", "%u", parent->parent->index + PLEX_KEY_BASE);
      fake_str (w, "grandparentTitle", parent->parent->title);
      fake_int (w, "parentIndex", parent->number);
    }
  fake_strf (w, "key", "%u", parent->index + PLEX_KEY_BASE);
  fake_str (w, "parentTitle", parent->title);
  fake_opt_int (w, "parentYear", parent->year);
  fake_str (w, "viewGroup", parent->kind == BIJOU_FAKE_SHOW ? "season" : "episode");
}

static void
reply_children (BijouFakePlex *self, BijouFakeExchange *x, BijouFakeItem *parent, GPtrArray *items)
{
  BijouFakeSection *section = bijou_fake_library_get_section (self->library, parent->section);
  const char *start = plex_setting (x, "X-Plex-Container-Start");
  const char *size = plex_setting (x, "X-Plex-Container-Size");
  gboolean paged = start != NULL && size != NULL;
  gint64 first = paged ? g_ascii_strtoll (start, NULL, 10) : 0;
  gint64 total;
  gboolean extra = parent->kind == BIJOU_FAKE_SHOW && items == parent->children && items->len > 1 &&
                   !paged && !plex_flag (x, "excludeAllLeaves");
  g_autoptr (GArray) rows =
      fake_page_rows (x, items->len, first, paged ? g_ascii_strtoll (size, NULL, 10) : -1, &total);
  FakeWriter *w;
  PlexRows r;

  if (rows == NULL)
    {
      fake_fail (x, 500);
      return;
    }
  w = plex_begin (self, x);
  fake_set_header_int (x, "X-Plex-Container-Start", first);
  fake_set_header_int (x, "X-Plex-Container-Total-Size", total);
  fake_int (w, "size", rows->len + extra);
  if (paged)
    {
      fake_int (w, "totalSize", total);
      fake_int (w, "offset", first);
    }
  fake_str (w, "identifier", "com.plexapp.plugins.library");
  plex_write_section_fields (w, section);
  write_parent (w, parent);
  plex_rows_begin (&r, self, x, w, PLEX_ROW_LIST);
  if (rows->len + extra > 0)
    {
      fake_array (w, "Metadata");
      if (extra)
        write_all_leaves (w, parent);
      for (guint i = 0; i < rows->len; i++)
        plex_write_row (&r, g_ptr_array_index (items, g_array_index (rows, guint, i)));
      fake_end (w);
    }
  plex_rows_end (&r);
  plex_end (x, w);
}

static void
reply_branch (BijouFakePlex *self, BijouFakeExchange *x, const char *id, gboolean leaves)
{
  BijouFakeItem *item = plex_find_item (self, id);
  g_autoptr (GPtrArray) items = NULL;

  if (item == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  if (item->children == NULL || (leaves && item->kind != BIJOU_FAKE_SHOW))
    items = g_ptr_array_new ();
  else
    items = leaves ? bijou_fake_library_get_leaves (item) : g_ptr_array_ref (item->children);
  reply_children (self, x, item, items);
}

static void
delete_item (BijouFakePlex *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item = plex_find_item (self, id);

  if (x->user != 0 || item == NULL)
    {
      fake_fail (x, x->user != 0 ? 403 : 404);
      return;
    }
  plex_notify_timeline (self, item, 9);
  bijou_fake_library_remove_item (self->library, item);
  plex_reply_ok (x);
}

/* ---- collections, playlists, genres ---- */

static void
reply_group (BijouFakePlex *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item = plex_find_item (self, id);

  if (item == NULL || item->children == NULL)
    fake_fail (x, 404);
  else
    plex_reply_items (self, x, item->children, NULL, PLEX_ROW_HUB);
}

static void
reply_playlists (BijouFakePlex *self, BijouFakeExchange *x)
{
  BijouFakeSection *section = bijou_fake_library_get_section (self->library, 1);

  plex_reply_items (self, x, section->lists[BIJOU_FAKE_PLAYLIST], NULL, PLEX_ROW_LIST);
}

static void
reply_genres (BijouFakePlex *self, BijouFakeExchange *x, const char *id)
{
  guint count = bijou_fake_library_get_n_genres (self->library);
  FakeWriter *w = plex_begin (self, x);

  fake_int (w, "size", count);
  fake_array (w, "Directory");
  for (guint i = 0; i < count; i++)
    {
      fake_object (w, NULL, "Directory");
      fake_strf (w, "key", "%u", i + 1);
      fake_strf (w, "fastKey", "/library/sections/%s/all?genre=%u", id, i + 1);
      fake_str (w, "title", bijou_fake_library_get_genre (self->library, i));
      fake_str (w, "type", "genre");
      fake_end (w);
    }
  fake_end (w);
  plex_end (x, w);
}

static void
reply_search (BijouFakePlex *self, BijouFakeExchange *x)
{
  const char *query = fake_param (x, "query");
  g_autofree char *folded = query != NULL ? g_utf8_casefold (query, -1) : NULL;
  gint64 limit = fake_param_int (x, "limit", 30);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  FakeWriter *w;
  PlexRows r;

  if (folded == NULL || *folded == '\0')
    {
      fake_fail (x, 400);
      return;
    }
  for (guint i = 0; i < bijou_fake_library_get_n_items (self->library) && found->len < limit; i++)
    {
      BijouFakeItem *item = bijou_fake_library_get_item (self->library, i);
      g_autofree char *title = item != NULL && item->kind != BIJOU_FAKE_SEASON
                                   ? g_utf8_casefold (item->title, -1)
                                   : NULL;

      if (title != NULL && strstr (title, folded) != NULL)
        g_ptr_array_add (found, item);
    }
  w = plex_begin (self, x);
  fake_int (w, "size", found->len);
  plex_rows_begin (&r, self, x, w, PLEX_ROW_HUB);
  if (found->len > 0)
    fake_array (w, "SearchResult");
  for (guint i = 0; i < found->len; i++)
    {
      fake_object (w, NULL, "SearchResult");
      fake_real (w, "score", 0.95 - i * 0.01);
      plex_write_named_row (&r, "Metadata", g_ptr_array_index (found, i));
      fake_end (w);
    }
  if (found->len > 0)
    fake_end (w);
  plex_rows_end (&r);
  plex_end (x, w);
}

static void
reply_similar (BijouFakePlex *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item = plex_find_item (self, id);
  gint64 count = fake_param_int (x, "count", 50);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();

  if (item == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  for (guint i = 0; i < bijou_fake_library_get_n_items (self->library) && found->len < count; i++)
    {
      BijouFakeItem *other = bijou_fake_library_get_item (self->library, i);

      if (other != NULL && other != item && other->kind == item->kind &&
          (other->genres & item->genres) != 0)
        g_ptr_array_add (found, other);
    }
  plex_reply_items (self, x, found, NULL, PLEX_ROW_HUB);
}

static gboolean
handle_items (BijouFakePlex *self, BijouFakeExchange *x)
{
  g_auto (GStrv) ids = NULL;

  if ((ids = fake_match (x->path, "/library/metadata/{}/children")))
    reply_branch (self, x, ids[0], FALSE);
  else if ((ids = fake_match (x->path, "/library/metadata/{}/allLeaves")) ||
           (ids = fake_match (x->path, "/library/metadata/{}/grandchildren")))
    reply_branch (self, x, ids[0], TRUE);
  else if ((ids = fake_match (x->path, "/library/metadata/{}/similar")))
    reply_similar (self, x, ids[0]);
  else if ((ids = fake_match (x->path, "/library/metadata/{}")))
    {
      if (x->method == SOUP_METHOD_DELETE)
        delete_item (self, x, ids[0]);
      else
        reply_details (self, x, ids[0]);
    }
  else if ((ids = fake_match (x->path, "/library/collections/{}/children")) ||
           (ids = fake_match (x->path, "/library/collections/{}/items")) ||
           (ids = fake_match (x->path, "/playlists/{}/items")))
    reply_group (self, x, ids[0]);
  else if (g_str_equal (x->path, "/playlists") || g_str_equal (x->path, "/playlists/"))
    reply_playlists (self, x);
  else if ((ids = fake_match (x->path, "/playlists/{}")))
    reply_details (self, x, ids[0]);
  else
    return FALSE;
  return TRUE;
}

static gboolean
is_with (BijouFakeItem *item, guint person)
{
  g_autoptr (GPtrArray) people = bijou_fake_library_dup_people (item);

  for (guint i = 0; i < people->len; i++)
    if (bijou_fake_person_plex_id (((BijouFakePerson *) people->pdata[i])->name) == person)
      return TRUE;
  return FALSE;
}

static void
reply_person (BijouFakePlex *self, BijouFakeExchange *x, guint person)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();

  for (guint i = 0; i < bijou_fake_library_get_n_items (self->library); i++)
    {
      BijouFakeItem *item = bijou_fake_library_get_item (self->library, i);

      if (item != NULL && !item->removed &&
          (item->kind == BIJOU_FAKE_MOVIE || item->kind == BIJOU_FAKE_SHOW) &&
          is_with (item, person))
        g_ptr_array_add (items, item);
    }
  plex_reply_items (self, x, items, NULL, PLEX_ROW_LIST);
}

gboolean
plex_handle_library (BijouFakePlex *self, BijouFakeExchange *x)
{
  g_auto (GStrv) ids = NULL;

  if (g_str_equal (x->path, "/library/sections") || g_str_equal (x->path, "/library/sections/") ||
      g_str_equal (x->path, "/library/sections/all"))
    reply_sections (self, x);
  else if ((ids = fake_match (x->path, "/library/sections/{}/all")))
    reply_all (self, x, ids[0], -1);
  else if ((ids = fake_match (x->path, "/library/sections/{}/collections")))
    reply_all (self, x, ids[0], BIJOU_FAKE_COLLECTION);
  else if ((ids = fake_match (x->path, "/library/sections/{}/recentlyAdded")))
    reply_recent (self, x, g_ascii_strtoull (ids[0], NULL, 10));
  else if ((ids = fake_match (x->path, "/library/sections/{}/genre")))
    reply_genres (self, x, ids[0]);
  else if ((ids = fake_match (x->path, "/library/sections/{}/refresh")) ||
           g_str_has_prefix (x->path, "/actions/"))
    plex_reply_ok (x);
  else if (g_str_equal (x->path, "/library/recentlyAdded") ||
           g_str_equal (x->path, "/hubs/home/recentlyAdded"))
    reply_recent (self, x, fake_param_int (x, "type", 0));
  else if (g_str_equal (x->path, "/library/search"))
    reply_search (self, x);
  else if ((ids = fake_match (x->path, "/library/people/{}/media")))
    reply_person (self, x, (guint) g_ascii_strtoull (ids[0], NULL, 10));
  else
    return handle_items (self, x);
  return TRUE;
}
