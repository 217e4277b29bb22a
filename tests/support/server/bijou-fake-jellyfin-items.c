#include "config.h"

#include "bijou-fake-jellyfin.h"

#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = { "Movie",   "Series", "Season",
                                          "Episode", "BoxSet", "Playlist" };

/* ---- what is meant ---- */

static guint
parse_types (BijouFakeExchange *x, const char *name)
{
  g_auto (GStrv) words = fake_param_list (x, name, ",");
  guint kinds = 0;

  for (guint i = 0; words[i] != NULL; i++)
    for (guint k = 0; k < G_N_ELEMENTS (type_names); k++)
      if (g_ascii_strcasecmp (words[i], type_names[k]) == 0)
        kinds |= 1u << k;
  return kinds;
}

static void
add_tree (GPtrArray *items, BijouFakeItem *item, gboolean recursive)
{
  for (guint i = 0; item->children != NULL && i < item->children->len; i++)
    {
      BijouFakeItem *child = g_ptr_array_index (item->children, i);

      g_ptr_array_add (items, child);
      if (recursive)
        add_tree (items, child, TRUE);
    }
}

static void
add_section (GPtrArray *items, BijouFakeSection *section, guint kinds, gboolean recursive)
{
  for (guint k = 0; k < BIJOU_FAKE_N_KINDS; k++)
    {
      gboolean wanted = kinds != 0 ? kinds & (1u << k)
                                   : k == section->kind || (recursive && k <= BIJOU_FAKE_EPISODE);

      if (!recursive && k != section->kind)
        wanted = FALSE;
      for (guint i = 0; wanted && i < section->lists[k]->len; i++)
        g_ptr_array_add (items, g_ptr_array_index (section->lists[k], i));
    }
}

static void
keep_kinds (GPtrArray *items, guint with, guint without)
{
  guint kept = 0;

  for (guint i = 0; i < items->len; i++)
    {
      BijouFakeItem *item = g_ptr_array_index (items, i);
      guint bit = 1u << item->kind;

      if ((with == 0 || (with & bit)) && !(without & bit))
        g_ptr_array_index (items, kept++) = item;
    }
  g_ptr_array_set_size (items, kept);
}

/* ---- sorting ---- */

typedef enum
{
  SORT_NAME,
  SORT_PLAIN_NAME,
  SORT_SERIES_NAME,
  SORT_AIRED_ORDER,
  SORT_CREATED,
  SORT_PREMIERE,
  SORT_PLAYED,
  SORT_FAVOURITE,
  SORT_RATING,
  SORT_YEAR,
  SORT_RUNTIME,
  SORT_PLAY_COUNT,
  SORT_INDEX,
  SORT_PARENT_INDEX,
  SORT_RANDOM,
} SortKey;

static const struct
{
  const char *name;
  SortKey key;
} sort_names[] = {
  { "SortName", SORT_NAME },
  { "Name", SORT_PLAIN_NAME },
  { "SeriesSortName", SORT_SERIES_NAME },
  { "AiredEpisodeOrder", SORT_AIRED_ORDER },
  { "DateCreated", SORT_CREATED },
  { "DateLastContentAdded", SORT_CREATED },
  { "PremiereDate", SORT_PREMIERE },
  { "DatePlayed", SORT_PLAYED },
  { "IsFavoriteOrLiked", SORT_FAVOURITE },
  { "CommunityRating", SORT_RATING },
  { "ProductionYear", SORT_YEAR },
  { "Runtime", SORT_RUNTIME },
  { "PlayCount", SORT_PLAY_COUNT },
  { "IndexNumber", SORT_INDEX },
  { "ParentIndexNumber", SORT_PARENT_INDEX },
  { "Random", SORT_RANDOM },
};

typedef struct
{
  BijouFakeLibrary *library;
  guint user;
  guint n;
  SortKey keys[6];
  gboolean down[6];
  gboolean of_state;
} Sort;

static int
compare_names (const BijouFakeItem *x, const BijouFakeItem *y)
{
  int order = 0;

  if (x->kind == BIJOU_FAKE_EPISODE && y->kind == BIJOU_FAKE_EPISODE)
    order = x->parent->number != y->parent->number ? x->parent->number - y->parent->number
                                                   : x->number - y->number;
  else if (x->kind == BIJOU_FAKE_SEASON && y->kind == BIJOU_FAKE_SEASON)
    order = x->number - y->number;
  return order != 0 ? order : g_ascii_strcasecmp (x->sort_title, y->sort_title);
}

static const BijouFakeItem *
get_top (const BijouFakeItem *item)
{
  while (item->parent != NULL)
    item = item->parent;
  return item;
}

static gint64
get_number (const Sort *sort, SortKey key, const BijouFakeItem *item)
{
  BijouFakeState *state = bijou_fake_library_get_state (sort->library, item, sort->user);

  switch (key)
    {
    case SORT_CREATED:
      return item->added_at;
    case SORT_PLAYED:
      return state->viewed_at;
    case SORT_FAVOURITE:
      return state->favourite;
    case SORT_RATING:
      return item->rating * 10;
    case SORT_YEAR:
      return item->year;
    case SORT_RUNTIME:
      return item->duration_ms;
    case SORT_PLAY_COUNT:
      return state->view_count;
    case SORT_INDEX:
      return item->number;
    case SORT_PARENT_INDEX:
      return item->kind == BIJOU_FAKE_EPISODE ? item->parent->number : 0;
    case SORT_RANDOM:
      return bijou_fake_mix (item->index * 31 + sort->user) >> 2;
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
      SortKey key = sort->keys[i];
      int order;

      if (key == SORT_NAME || key == SORT_AIRED_ORDER)
        order = compare_names (x, y);
      else if (key == SORT_PLAIN_NAME)
        order = g_ascii_strcasecmp (x->title, y->title);
      else if (key == SORT_SERIES_NAME)
        order = g_ascii_strcasecmp (get_top (x)->sort_title, get_top (y)->sort_title);
      else if (key == SORT_PREMIERE)
        order = g_strcmp0 (x->aired, y->aired);
      else
        {
          gint64 p = get_number (sort, key, x);
          gint64 q = get_number (sort, key, y);

          order = p < q ? -1 : p > q;
        }
      if (order != 0)
        return sort->down[i] ? -order : order;
    }
  return x->index < y->index ? -1 : x->index > y->index;
}

/* FALSE: more orders than keys, which real ones answer by an error. */
static gboolean
parse_sort (BijouFakeJellyfin *self, BijouFakeExchange *x, Sort *sort)
{
  g_auto (GStrv) words = fake_param_list (x, "sortBy", ",");
  g_auto (GStrv) orders = fake_param_list (x, "sortOrder", ",");
  guint n_orders = g_strv_length (orders);

  memset (sort, 0, sizeof *sort);
  sort->library = self->library;
  sort->user = x->user;
  if (g_strv_length (words) > 0 && n_orders > g_strv_length (words))
    return FALSE;
  for (guint i = 0; words[i] != NULL && sort->n < 6; i++)
    for (guint k = 0; k < G_N_ELEMENTS (sort_names); k++)
      if (g_ascii_strcasecmp (words[i], sort_names[k].name) == 0)
        {
          const char *direction = n_orders > 0 ? orders[MIN (i, n_orders - 1)] : "Ascending";

          sort->keys[sort->n] = sort_names[k].key;
          sort->down[sort->n++] = g_ascii_strcasecmp (direction, "Descending") == 0;
          sort->of_state |= sort_names[k].key == SORT_PLAYED ||
                            sort_names[k].key == SORT_FAVOURITE ||
                            sort_names[k].key == SORT_PLAY_COUNT;
          break;
        }
  return TRUE;
}

static char *
make_sort_key (BijouFakeExchange *x, guint kinds)
{
  const char *parent = fake_param (x, "parentId");
  const char *sort = fake_param (x, "sortBy");
  const char *order = fake_param (x, "sortOrder");

  return g_strdup_printf ("%s %u %d %s %s", parent != NULL ? parent : "", kinds,
                          fake_param_bool (x, "recursive", FALSE), sort != NULL ? sort : "",
                          order != NULL ? order : "");
}

/* ---- filters ---- */

typedef struct
{
  BijouFakeJellyfin *jellyfin;
  BijouFakeExchange *x;
  char **filters; /* (owned) */
  char *search;   /* (owned) (nullable) case-folded */
  guint genres;   /* bits, 0: any */
  gint64 saved_since;
  gboolean any;
} Filter;

static gint64
parse_date (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

static guint
parse_genres (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  g_auto (GStrv) names = fake_param_list (x, "genres", "|");
  g_auto (GStrv) ids = fake_param_list (x, "genreIds", ",");
  guint bits = 0;

  for (guint bit = 0; bit < bijou_fake_library_get_n_genres (self->library); bit++)
    {
      char id[33];

      jellyfin_format (self, JELLYFIN_SPACE_GENRE, bit, id);
      for (guint i = 0; names[i] != NULL; i++)
        if (g_ascii_strcasecmp (names[i], bijou_fake_library_get_genre (self->library, bit)) == 0)
          bits |= 1u << bit;
      for (guint i = 0; ids[i] != NULL; i++)
        if (g_str_equal (ids[i], id))
          bits |= 1u << bit;
    }
  return bits;
}

static void
begin_filter (Filter *filter, BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  const char *search = fake_param (x, "searchTerm");
  const char *since = fake_param (x, "minDateLastSavedForUser");

  memset (filter, 0, sizeof *filter);
  filter->jellyfin = self;
  filter->x = x;
  filter->filters = fake_param_list (x, "filters", ",");
  filter->search = search != NULL && *search != '\0' ? g_utf8_casefold (search, -1) : NULL;
  filter->genres = parse_genres (self, x);
  filter->saved_since = parse_date (since != NULL ? since : fake_param (x, "minDateLastSaved"));
  filter->any = filter->filters[0] != NULL || filter->search != NULL || filter->genres != 0 ||
                filter->saved_since != 0 || fake_param (x, "isPlayed") != NULL ||
                fake_param (x, "isFavorite") != NULL || fake_param (x, "years") != NULL ||
                fake_param (x, "personIds") != NULL || fake_param (x, "nameStartsWith") != NULL;
}

static void
end_filter (Filter *filter)
{
  g_strfreev (filter->filters);
  g_free (filter->search);
}

static gboolean
is_played (Filter *filter, BijouFakeItem *item)
{
  guint leaves = 0, viewed = 0;

  bijou_fake_library_count_leaves (filter->jellyfin->library, item, filter->x->user, &leaves,
                                   &viewed);
  return leaves > 0 && viewed == leaves;
}

static gboolean
is_resumable (Filter *filter, BijouFakeItem *item)
{
  return bijou_fake_library_get_state (filter->jellyfin->library, item, filter->x->user)
             ->position_ms > 0;
}

static gboolean
passes_word (Filter *filter, BijouFakeItem *item, const char *word)
{
  BijouFakeState *state =
      bijou_fake_library_get_state (filter->jellyfin->library, item, filter->x->user);

  if (g_ascii_strcasecmp (word, "IsPlayed") == 0)
    return is_played (filter, item);
  if (g_ascii_strcasecmp (word, "IsUnplayed") == 0)
    return !is_played (filter, item);
  if (g_ascii_strcasecmp (word, "IsFavorite") == 0)
    return state->favourite;
  if (g_ascii_strcasecmp (word, "IsResumable") == 0)
    return is_resumable (filter, item);
  if (g_ascii_strcasecmp (word, "IsFolder") == 0)
    return item->children != NULL;
  if (g_ascii_strcasecmp (word, "IsNotFolder") == 0)
    return item->children == NULL;
  return TRUE;
}

static gboolean
passes_person (Filter *filter, BijouFakeItem *item)
{
  g_auto (GStrv) ids = fake_param_list (filter->x, "personIds", ",");
  g_autoptr (GPtrArray) people = ids[0] != NULL ? bijou_fake_library_dup_people (item) : NULL;

  if (people == NULL)
    return TRUE;
  for (guint i = 0; i < people->len; i++)
    {
      BijouFakePerson *person = g_ptr_array_index (people, i);
      g_autofree char *id = g_compute_checksum_for_string (G_CHECKSUM_MD5, person->name, -1);

      if (g_strv_contains ((const char *const *) ids, id))
        return TRUE;
    }
  return FALSE;
}

static gboolean
passes_year (Filter *filter, BijouFakeItem *item)
{
  g_auto (GStrv) years = fake_param_list (filter->x, "years", ",");

  for (guint i = 0; years[i] != NULL; i++)
    if (g_ascii_strtoll (years[i], NULL, 10) == item->year)
      return TRUE;
  return years[0] == NULL;
}

static gboolean
passes (Filter *filter, BijouFakeItem *item)
{
  BijouFakeExchange *x = filter->x;
  const char *start = fake_param (x, "nameStartsWith");

  for (guint i = 0; filter->filters[i] != NULL; i++)
    if (!passes_word (filter, item, filter->filters[i]))
      return FALSE;
  if (fake_param (x, "isPlayed") != NULL &&
      is_played (filter, item) != fake_param_bool (x, "isPlayed", FALSE))
    return FALSE;
  if (fake_param (x, "isFavorite") != NULL &&
      bijou_fake_library_get_state (filter->jellyfin->library, item, x->user)->favourite !=
          fake_param_bool (x, "isFavorite", FALSE))
    return FALSE;
  if (filter->genres != 0 && !(item->genres & filter->genres))
    return FALSE;
  if (filter->saved_since != 0 && item->updated_at < filter->saved_since)
    return FALSE;
  if (start != NULL && g_ascii_strncasecmp (item->sort_title, start, strlen (start)) != 0)
    return FALSE;
  if (filter->search != NULL)
    {
      g_autofree char *title = g_utf8_casefold (item->title, -1);

      if (strstr (title, filter->search) == NULL)
        return FALSE;
    }
  return passes_year (filter, item) && passes_person (filter, item);
}

static void
apply_filter (BijouFakeJellyfin *self, BijouFakeExchange *x, GPtrArray **items)
{
  Filter filter;

  begin_filter (&filter, self, x);
  if (filter.any)
    {
      GPtrArray *passed = g_ptr_array_new ();

      for (guint i = 0; i < (*items)->len; i++)
        if (passes (&filter, g_ptr_array_index (*items, i)))
          g_ptr_array_add (passed, g_ptr_array_index (*items, i));
      g_ptr_array_unref (*items);
      *items = passed;
    }
  end_filter (&filter);
}

/* ---- answers ---- */

static gboolean
check_number (BijouFakeExchange *x, const char *name)
{
  const char *text = fake_param (x, name);
  char *end;

  if (text == NULL || *text == '\0')
    return TRUE;
  (void) g_ascii_strtoll (text, &end, 10);
  if (*end == '\0')
    return TRUE;
  jellyfin_reply_problem (x, 400, name, text);
  return FALSE;
}

void
jellyfin_reply_result (BijouFakeJellyfin *self, BijouFakeExchange *x, GPtrArray *items)
{
  gint64 start = fake_param_int (x, "startIndex", 0);
  gint64 limit = fake_param_int (x, "limit", -1);
  gint64 total;
  g_autoptr (GArray) picked = NULL;
  JellyfinRows rows;
  FakeWriter *w;

  if (!check_number (x, "limit") || !check_number (x, "startIndex"))
    return;
  picked = fake_page_rows (x, items->len, start, limit, &total);
  if (picked == NULL)
    {
      fake_fail (x, 500);
      return;
    }
  w = jellyfin_begin (self, x);
  fake_object (w, NULL, NULL);
  jellyfin_rows_begin (&rows, self, x, w);
  fake_array (w, "Items");
  for (guint i = 0; i < picked->len; i++)
    jellyfin_write_row (&rows, g_ptr_array_index (items, g_array_index (picked, guint, i)));
  fake_end (w);
  jellyfin_rows_end (&rows);
  fake_int (w, "TotalRecordCount",
            fake_param_bool (x, "enableTotalRecordCount", TRUE) ? total : (gint64) picked->len);
  fake_int (w, "StartIndex", start);
  fake_end (w);
  jellyfin_end (x, w);
}

static void
reply_views (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  FakeWriter *w = jellyfin_begin (self, x);
  JellyfinRows rows;

  jellyfin_rows_begin (&rows, self, x, w);
  fake_object (w, NULL, NULL);
  fake_array (w, "Items");
  for (guint i = 0; i < sections->len; i++)
    jellyfin_write_view (&rows, g_ptr_array_index (sections, i));
  fake_end (w);
  fake_int (w, "TotalRecordCount", sections->len);
  fake_int (w, "StartIndex", 0);
  fake_end (w);
  jellyfin_rows_end (&rows);
  jellyfin_end (x, w);
}

static GPtrArray *
collect_ids (BijouFakeJellyfin *self, BijouFakeExchange *x, char **ids)
{
  GPtrArray *items = g_ptr_array_new ();

  for (guint i = 0; ids[i] != NULL; i++)
    {
      BijouFakeItem *item = jellyfin_find_item (self, ids[i]);

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  return items;
}

/* (transfer container); NULL: answered. */
static GPtrArray *
collect (BijouFakeJellyfin *self, BijouFakeExchange *x, guint kinds)
{
  const char *parent = fake_param (x, "parentId");
  gboolean recursive = fake_param_bool (x, "recursive", FALSE);
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  GPtrArray *items = g_ptr_array_new ();
  BijouFakeSection *section = parent != NULL ? jellyfin_find_view (self, parent) : NULL;
  BijouFakeItem *item = parent != NULL ? jellyfin_find_item (self, parent) : NULL;

  if (section != NULL)
    add_section (items, section, kinds, recursive);
  else if (item != NULL)
    add_tree (items, item, recursive);
  else if (parent != NULL && *parent != '\0')
    {
      g_autofree char *hex = jellyfin_normalize_id (parent);

      g_ptr_array_unref (items);
      if (hex == NULL)
        jellyfin_reply_problem (x, 400, "parentId", parent);
      else
        jellyfin_reply_string (x, 401, "User is not permitted to access this library.");
      return NULL;
    }
  else
    for (guint i = 0; i < sections->len; i++)
      add_section (items, g_ptr_array_index (sections, i), kinds, TRUE);
  keep_kinds (items, kinds, parse_types (x, "excludeItemTypes"));
  return items;
}

/* (transfer container); NULL: answered. */
static GPtrArray *
get_sorted (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  guint kinds = parse_types (x, "includeItemTypes");
  g_autofree char *key = make_sort_key (x, kinds);
  GPtrArray *items;
  Sort sort;

  if (!parse_sort (self, x, &sort))
    {
      fake_fail (x, 500);
      return NULL;
    }
  if (self->sorted_generation != bijou_fake_library_get_generation (self->library))
    g_hash_table_remove_all (self->sorted);
  self->sorted_generation = bijou_fake_library_get_generation (self->library);
  items = sort.of_state ? NULL : g_hash_table_lookup (self->sorted, key);
  if (items != NULL)
    return g_ptr_array_ref (items);
  items = collect (self, x, kinds);
  if (items == NULL)
    return NULL;
  if (sort.n > 0)
    g_ptr_array_sort_with_data (items, compare, &sort);
  if (!sort.of_state && fake_param (x, "excludeItemTypes") == NULL)
    g_hash_table_insert (self->sorted, g_steal_pointer (&key), g_ptr_array_ref (items));
  return items;
}

static gboolean
contradicts (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  const char *filters = fake_param (x, "filters");

  return self->major >= 12 && filters != NULL && strstr (filters, "IsPlayed") != NULL &&
         strstr (filters, "IsUnplayed") != NULL;
}

static void
reply_items (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  g_auto (GStrv) ids = fake_param_list (x, "ids", ",");
  GPtrArray *items;

  if (ids[0] == NULL && fake_param (x, "parentId") == NULL &&
      !fake_param_bool (x, "recursive", FALSE) && fake_param (x, "searchTerm") == NULL)
    {
      reply_views (self, x);
      return;
    }
  if (contradicts (self, x))
    {
      jellyfin_reply_error_text (x, 400);
      return;
    }
  /* 10.10 binds the wrong parameter. */
  if (self->major == 10 && self->minor < 11 && fake_param (x, "minDateLastSaved") != NULL &&
      fake_param (x, "minDateLastSavedForUser") == NULL)
    {
      fake_fail (x, 500);
      return;
    }
  items = ids[0] != NULL ? collect_ids (self, x, ids) : get_sorted (self, x);
  if (items == NULL)
    return;
  apply_filter (self, x, &items);
  jellyfin_reply_result (self, x, items);
  g_ptr_array_unref (items);
}

static void
reply_item (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  g_autofree char *hex = jellyfin_normalize_id (id);
  BijouFakeItem *item = jellyfin_find_item (self, id);
  BijouFakeSection *section = jellyfin_find_view (self, id);
  JellyfinRows rows;
  FakeWriter *w;

  if (hex == NULL)
    {
      jellyfin_reply_problem (x, 400, "itemId", id);
      return;
    }
  if (item == NULL && section == NULL)
    {
      fake_fail (x, self->major == 10 && g_str_equal (hex, "00000000000000000000000000000001")
                        ? 500
                        : 404);
      return;
    }
  w = jellyfin_begin (self, x);
  jellyfin_rows_begin (&rows, self, x, w);
  rows.fields = JELLYFIN_FIELD_ALL;
  if (item != NULL)
    jellyfin_write_row (&rows, item);
  else
    jellyfin_write_view (&rows, section);
  jellyfin_rows_end (&rows);
  jellyfin_end (x, w);
}

static void
reply_counts (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  static const char *const names[] = { "MovieCount", "SeriesCount", NULL, "EpisodeCount",
                                       "BoxSetCount" };
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  FakeWriter *w = jellyfin_begin (self, x);

  fake_object (w, NULL, NULL);
  for (guint k = 0; k < G_N_ELEMENTS (names); k++)
    {
      guint count = 0;

      for (guint i = 0; i < sections->len; i++)
        count += ((BijouFakeSection *) g_ptr_array_index (sections, i))->lists[k]->len;
      if (names[k] != NULL)
        fake_int (w, names[k], count);
    }
  fake_int (w, "ArtistCount", 0);
  fake_int (w, "ItemCount", 0);
  fake_end (w);
  jellyfin_end (x, w);
}

static int
compare_added (gconstpointer a, gconstpointer b)
{
  BijouFakeItem *x = *(BijouFakeItem *const *) a;
  BijouFakeItem *y = *(BijouFakeItem *const *) b;

  if (x->added_at != y->added_at)
    return x->added_at > y->added_at ? -1 : 1;
  return x->index < y->index ? -1 : 1;
}

static void
reply_latest (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  const char *parent = fake_param (x, "parentId");
  BijouFakeSection *only = parent != NULL ? jellyfin_find_view (self, parent) : NULL;
  GPtrArray *sections = bijou_fake_library_get_sections (self->library);
  guint limit = CLAMP (fake_param_int (x, "limit", 20), 0, 1000);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  Filter filter;
  JellyfinRows rows;
  FakeWriter *w;

  begin_filter (&filter, self, x);
  for (guint i = 0; i < sections->len; i++)
    {
      BijouFakeSection *section = g_ptr_array_index (sections, i);

      for (guint k = 0; (only == NULL || only == section) && k < section->lists[section->kind]->len;
           k++)
        {
          BijouFakeItem *item = g_ptr_array_index (section->lists[section->kind], k);

          /* Played ones are hidden by default. */
          if (!is_played (&filter, item))
            g_ptr_array_add (items, item);
        }
    }
  end_filter (&filter);
  g_ptr_array_sort (items, compare_added);
  w = jellyfin_begin (self, x);
  jellyfin_rows_begin (&rows, self, x, w);
  fake_array (w, NULL);
  for (guint i = 0; i < items->len && i < limit; i++)
    jellyfin_write_row (&rows, g_ptr_array_index (items, i));
  fake_end (w);
  jellyfin_rows_end (&rows);
  jellyfin_end (x, w);
}

static void
reply_resume (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  gboolean video_only = fake_param (x, "mediaTypes") != NULL;
  Sort sort = {
    .library = self->library, .user = x->user, .n = 1, .keys = { SORT_PLAYED }, .down = { TRUE }
  };

  for (guint i = 0; i < bijou_fake_library_get_n_items (self->library); i++)
    {
      BijouFakeItem *item = bijou_fake_library_get_item (self->library, i);
      guint leaves = 0, viewed = 0;

      if (item == NULL)
        continue;
      if (item->film != NULL)
        {
          if (bijou_fake_library_get_state (self->library, item, x->user)->position_ms > 0)
            g_ptr_array_add (items, item);
          continue;
        }
      /* Without the media type partly watched folders come too. */
      if (video_only || item->kind > BIJOU_FAKE_SEASON)
        continue;
      bijou_fake_library_count_leaves (self->library, item, x->user, &leaves, &viewed);
      if (viewed > 0 && viewed < leaves)
        g_ptr_array_add (items, item);
    }
  g_ptr_array_sort_with_data (items, compare, &sort);
  jellyfin_reply_result (self, x, items);
}

static void
reply_genres (BijouFakeJellyfin *self, BijouFakeExchange *x)
{
  guint count = bijou_fake_library_get_n_genres (self->library);
  FakeWriter *w = jellyfin_begin (self, x);

  fake_object (w, NULL, NULL);
  fake_array (w, "Items");
  for (guint i = 0; i < count; i++)
    {
      char id[33];

      jellyfin_format (self, JELLYFIN_SPACE_GENRE, i, id);
      fake_object (w, NULL, NULL);
      fake_str (w, "Name", bijou_fake_library_get_genre (self->library, i));
      fake_str (w, "ServerId", self->id);
      fake_str (w, "Id", id);
      fake_null (w, "ChannelId");
      fake_str (w, "Type", "Genre");
      fake_end (w);
    }
  fake_end (w);
  fake_int (w, "TotalRecordCount",
            self->major == 10 && fake_param (x, "limit") == NULL ? 0 : (gint64) count);
  fake_int (w, "StartIndex", 0);
  fake_end (w);
  jellyfin_end (x, w);
}

static void
reply_similar (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  guint limit = CLAMP (fake_param_int (x, "limit", 12), 0, 50);

  if (item == NULL)
    {
      fake_fail (x, 404);
      return;
    }
  for (guint i = 0; i < bijou_fake_library_get_n_items (self->library) && items->len < limit; i++)
    {
      BijouFakeItem *other = bijou_fake_library_get_item (self->library, i);

      if (other != NULL && other != item && other->kind == item->kind &&
          (other->genres & item->genres))
        g_ptr_array_add (items, other);
    }
  jellyfin_reply_result (self, x, items);
}

static void
delete_item (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);

  if (item == NULL || x->user != 0)
    {
      fake_fail (x, item == NULL ? 404 : 401);
      return;
    }
  jellyfin_note_library (self, item, FAKE_CHANGE_REMOVED);
  bijou_fake_library_remove_item (self->library, item);
  fake_reply_empty (x, 204);
}

static gboolean
handle_one (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  g_auto (GStrv) ids = NULL;

  if ((ids = fake_match (path, "/items/{}/similar")))
    reply_similar (self, x, ids[0]);
  else if ((ids = fake_match (path, "/items/{}/specialfeatures")) ||
           (ids = fake_match (path, "/items/{}/localtrailers")) ||
           (ids = fake_match (path, "/items/{}/ancestors")))
    fake_reply (x, 200, "application/json; charset=utf-8", "[]");
  else if ((ids = fake_match (path, "/items/{}")))
    {
      if (x->method == SOUP_METHOD_DELETE)
        delete_item (self, x, ids[0]);
      else
        reply_item (self, x, ids[0]);
    }
  else if ((ids = fake_match (path, "/users/{}/items/{}")))
    reply_item (self, x, ids[1]);
  else
    return FALSE;
  return TRUE;
}

static void
reply_playlist (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *id)
{
  BijouFakeItem *item = jellyfin_find_item (self, id);

  if (item == NULL || item->kind != BIJOU_FAKE_PLAYLIST)
    fake_fail (x, 404);
  else
    jellyfin_reply_result (self, x, item->children);
}

gboolean
jellyfin_handle_items (BijouFakeJellyfin *self, BijouFakeExchange *x, const char *path)
{
  g_auto (GStrv) ids = NULL;

  if (g_str_equal (path, "/userviews") || (ids = fake_match (path, "/users/{}/views")))
    reply_views (self, x);
  else if (g_str_equal (path, "/items") || (ids = fake_match (path, "/users/{}/items")))
    reply_items (self, x);
  else if (g_str_equal (path, "/items/counts"))
    reply_counts (self, x);
  else if (g_str_equal (path, "/items/latest"))
    reply_latest (self, x);
  else if (g_str_equal (path, "/useritems/resume"))
    reply_resume (self, x);
  else if (g_str_equal (path, "/genres"))
    reply_genres (self, x);
  else if ((ids = fake_match (path, "/playlists/{}/items")))
    reply_playlist (self, x, ids[0]);
  else
    return jellyfin_handle_shows (self, x, path) || handle_one (self, x, path);
  return TRUE;
}
