#include "config.h"

#include "bijou-jellyfin-backend.h"
#include "bijou-jellyfin-parse.h"
#include "bijou-text.h"

/* What is new at a server, see bijou_backend_fetch_delta(). No list shows what was deleted, nor
 * what was marked unwatched: for these rows are counted. */

#define PAGE_ROWS 500
#define PLAYED_ROWS 100
#define MAX_MARKED 2000
/* A library that was scanned anew is not news any more but a list to be compared. */
#define MAX_SAVED 10000
#define MAX_PAGES 40
/* So many favourites more than are known come with the count of all rows. */
#define SPARE_FAVOURITES 100

#define PLAYABLE                                                                                   \
  (BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_MOVIE) | BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_EPISODE) |             \
   BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_VIDEO))
#define LISTS                                                                                      \
  (BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_COLLECTION) | BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_PLAYLIST))
#define SHOWS (BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_SHOW) | BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_SEASON))
#define ALL (PLAYABLE | SHOWS | LISTS)
/* Seasons are counted by their episodes: some are no folders, and some have no files. */
#define COUNTED (PLAYABLE | LISTS | BIJOU_ITEM_KIND_BIT (BIJOU_ITEM_SHOW))

typedef struct
{
  BijouJellyfinBackend *backend;
  const BijouDeltaQuery *query;
  BijouDelta *delta;
  GCancellable *cancellable; /* (nullable) */
} Work;

/* A list of rows that is asked for to its end. */
typedef struct _List List;
struct _List
{
  BijouQuery *(*begin) (Work *work, const List *list, guint start);
  BijouLibrary *library; /* (nullable) */
  const char *filter;    /* (nullable) */
  BijouItemKinds kinds;
  gint64 most; /* rows; of a longer one the first page alone */
};

static BijouQuery *
begin_list (BijouJellyfinBackend *self, BijouLibrary *library, BijouItemKinds kinds)
{
  BijouQuery *query = bijou_jellyfin_backend_begin_query (self, "/Items");
  g_autofree char *types = bijou_jellyfin_make_types (kinds);

  if (library != NULL)
    bijou_query_add (query, "parentId", library->remote_id);
  bijou_query_add (query, "recursive", "true");
  bijou_query_add (query, "includeItemTypes", types);
  bijou_query_add (query, "collapseBoxSetItems", "false");
  return query;
}

static void
add_slim_options (BijouQuery *query)
{
  bijou_query_add (query, "fields", "Etag");
  bijou_query_add (query, "enableImages", "false");
}

static void
add_page (BijouQuery *query, const char *sort, const char *order, guint start, guint limit)
{
  bijou_query_add (query, "sortBy", sort);
  bijou_query_add (query, "sortOrder", order);
  bijou_query_add_int (query, "startIndex", start);
  bijou_query_add_int (query, "limit", limit);
}

/* Takes over @query. */
static BijouPage *
fetch_page (BijouJellyfinBackend *self,
            BijouQuery *query,
            BijouLibrary *library,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree char *path = bijou_query_end (query);
  g_autoptr (BijouPage) page = g_new0 (BijouPage, 1);
  g_autoptr (JsonNode) answer =
      bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_LIST, &page->bytes, cancellable, error);

  if (answer == NULL)
    return NULL;
  page->items = bijou_jellyfin_parse_items (answer, self->server_id,
                                            library != NULL ? library->remote_id : NULL,
                                            BIJOU_ITEM_UNKNOWN, &page->received, error);
  if (page->items == NULL)
    return NULL;
  page->total = bijou_jellyfin_parse_total (answer, page->received);
  return g_steal_pointer (&page);
}

/* Takes over @query. */
static BijouPage *
fetch_list (Work *work, BijouQuery *query, BijouLibrary *library, GError **error)
{
  BijouPage *page = fetch_page (work->backend, query, library, work->cancellable, error);

  work->delta->requests++;
  if (page != NULL)
    work->delta->bytes += page->bytes;
  return page;
}

/* %NULL without an error: there is too much of it. */
static GPtrArray *
fetch_whole (Work *work, const List *list, GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func (g_object_unref);
  guint start = 0;

  for (guint n = 0; n < MAX_PAGES; n++)
    {
      g_autoptr (BijouPage) page =
          fetch_list (work, list->begin (work, list, start), list->library, error);

      if (page == NULL || page->total > list->most)
        return NULL;
      g_ptr_array_extend (all, page->items, (GCopyFunc) g_object_ref, NULL);
      if (bijou_page_is_last (page, start))
        return g_steal_pointer (&all);
      start += page->received;
    }
  return NULL;
}

static gboolean
is_missing (BijouItem *item)
{
  return item->kind == BIJOU_ITEM_EPISODE && !item->has_media;
}

static void
add_items (BijouDelta *delta, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (!is_missing (items->pdata[i]))
      g_ptr_array_add (delta->items, g_object_ref (items->pdata[i]));
}

/* --- saved since --- */

/* Both names, for 10.10 answers 500 to the first alone; they mean the same. */
static BijouQuery *
begin_saved (Work *work, const List *list, guint start)
{
  BijouQuery *query = begin_list (work->backend, list->library, list->kinds);
  g_autofree char *since = bijou_text_format_time (work->query->since);

  bijou_query_add (query, "minDateLastSaved", since);
  bijou_query_add (query, "minDateLastSavedForUser", since);
  add_page (query, "SortName", "Ascending", start, PAGE_ROWS);
  bijou_jellyfin_add_row_options (query, (list->kinds & LISTS) != 0);
  return query;
}

static GPtrArray *
fetch_saved (Work *work, BijouLibrary *library, GError **error)
{
  List list = { .begin = begin_saved,
                .library = library,
                .kinds = library != NULL ? ALL & ~LISTS : ALL,
                .most = MAX_SAVED };
  g_autoptr (GError) local = NULL;
  GPtrArray *items = fetch_whole (work, &list, &local);

  if (local != NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else if (items == NULL)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "Too much is new");
  return items;
}

static gboolean
has_new_places (Work *work, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = items->pdata[i];

      if ((BIJOU_ITEM_KIND_BIT (item->kind) & LISTS) == 0 && !is_missing (item) &&
          !work->query->is_known (item->remote_id, work->query->user_data))
        return TRUE;
    }
  return FALSE;
}

/* A row does not say which library it is in. The first question is to the whole server; only with
 * rows that are new each library is asked. */
static gboolean
add_saved (Work *work, GError **error)
{
  g_autoptr (GPtrArray) items = fetch_saved (work, NULL, error);

  if (items == NULL)
    return FALSE;
  if (has_new_places (work, items))
    for (guint i = 0; i < work->query->libraries->len; i++)
      {
        g_autoptr (GPtrArray) placed = fetch_saved (work, work->query->libraries->pdata[i], error);

        if (placed == NULL)
          return FALSE;
        add_items (work->delta, placed);
      }
  add_items (work->delta, items);
  return TRUE;
}

/* --- play state --- */

/* By name too, or rows that were marked at once would not be in the same order on each page. */
static BijouQuery *
begin_played (Work *work, guint start)
{
  BijouQuery *query = begin_list (work->backend, NULL, PLAYABLE);

  bijou_query_add (query, "filters", "IsPlayed");
  add_page (query, "DatePlayed,SortName", "Descending", start, PLAYED_ROWS);
  bijou_jellyfin_add_row_options (query, FALSE);
  return query;
}

/* Returns: whether older ones follow. */
static gboolean
add_newer (Work *work, GPtrArray *items)
{
  gint64 last = 0;

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = items->pdata[i];

      last = item->last_played_at;
      if (last >= work->query->since && !is_missing (item))
        g_ptr_array_add (work->delta->items, g_object_ref (item));
    }
  return last < work->query->since;
}

/* What was watched last comes first, and the total is that of all that was watched. What is begun
 * has a list of its own. */
static gboolean
add_played (Work *work, GError **error)
{
  gint64 total = -1;
  guint start = 0;

  for (guint n = 0; n < MAX_PAGES; n++)
    {
      g_autoptr (BijouPage) page = fetch_list (work, begin_played (work, start), NULL, error);

      if (page == NULL)
        return FALSE;
      total = n == 0 ? page->total : total;
      if (add_newer (work, page->items) || bijou_page_is_last (page, start))
        break;
      start += page->received;
    }
  if (total >= 0)
    bijou_delta_add_census (work->delta, BIJOU_CENSUS_WATCHED, PLAYABLE, NULL, total);
  return TRUE;
}

static BijouQuery *
begin_marked (Work *work, const List *list, guint start)
{
  BijouQuery *query = begin_list (work->backend, NULL, list->kinds);

  bijou_query_add (query, "filters", list->filter);
  add_slim_options (query);
  add_page (query, "SortName", "Ascending", start, MAX_MARKED);
  return query;
}

/* Every row that a filter of play state lets through, slim; %NULL without an error: too many. */
static GPtrArray *
fetch_marked (Work *work, const char *filter, BijouItemKinds kinds, GError **error)
{
  List list = { .begin = begin_marked, .filter = filter, .kinds = kinds, .most = MAX_MARKED };

  return fetch_whole (work, &list, error);
}

static gboolean
add_begun (Work *work, GError **error)
{
  g_autoptr (GError) local = NULL;

  work->delta->begun = fetch_marked (work, "IsResumable", PLAYABLE, &local);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* --- favourites, and how many rows there are --- */

static void
set_favourites (BijouDelta *delta, GPtrArray *items, guint n)
{
  delta->favourites = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (delta->favourites, g_strdup (BIJOU_ITEM (items->pdata[i])->remote_id));
}

static gboolean
add_favourites (Work *work, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) items = fetch_marked (work, "IsFavorite", ALL, &local);

  if (items != NULL)
    set_favourites (work->delta, items, items->len);
  if (local == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static BijouQuery *
begin_favourites_first (Work *work)
{
  BijouQuery *query = begin_list (work->backend, NULL, COUNTED);
  guint limit = MIN (work->query->n_favourites, MAX_MARKED) + SPARE_FAVOURITES;

  bijou_query_add (query, "isMissing", "false");
  add_slim_options (query);
  add_page (query, "IsFavoriteOrLiked,SortName", "Descending", 0, limit);
  return query;
}

/* A server that did not know the order would show no favourites, or one after another row. Returns
 * whether those that came first are all of them. */
static gboolean
take_favourites (Work *work, const BijouPage *page)
{
  GPtrArray *items = page->items;
  guint n = 0;

  while (n < items->len && BIJOU_ITEM (items->pdata[n])->favourite)
    n++;
  if ((n == 0 && work->query->n_favourites > 0) ||
      (n == items->len && !bijou_page_is_last (page, 0)))
    return FALSE;
  for (guint i = n; i < items->len; i++)
    if (BIJOU_ITEM (items->pdata[i])->favourite)
      return FALSE;
  set_favourites (work->delta, items, n);
  return TRUE;
}

/* One question for two answers: of all rows the favourites come first, and the total is that of all
 * rows. A season that became one is not among them, for seasons are not counted. */
static gboolean
count_rows_and_favourites (Work *work, GError **error)
{
  g_autoptr (BijouPage) page = fetch_list (work, begin_favourites_first (work), NULL, error);

  if (page == NULL)
    return FALSE;
  if (page->total >= 0)
    bijou_delta_add_census (work->delta, BIJOU_CENSUS_ROWS, COUNTED, NULL, page->total);
  return take_favourites (work, page) || add_favourites (work, error);
}

/* --- the interface --- */

BijouDelta *
bijou_jellyfin_backend_fetch_delta (BijouBackend *backend,
                                    const BijouDeltaQuery *query,
                                    GCancellable *cancellable,
                                    GError **error)
{
  g_autoptr (BijouDelta) delta = bijou_delta_new ();
  Work work = { BIJOU_JELLYFIN_BACKEND (backend), query, delta, cancellable };

  if (!add_saved (&work, error))
    return NULL;
  if (query->skips_state ? !add_favourites (&work, error)
                         : !count_rows_and_favourites (&work, error) || !add_begun (&work, error) ||
                               !add_played (&work, error))
    return NULL;
  return g_steal_pointer (&delta);
}

static void
leave_out_missing (BijouPage *page)
{
  for (guint i = page->items->len; i > 0; i--)
    if (is_missing (page->items->pdata[i - 1]))
      {
        g_ptr_array_remove_index (page->items, i - 1);
        page->ignored++;
      }
}

BijouPage *
bijou_jellyfin_backend_fetch_slim_page (BijouBackend *backend,
                                        BijouLibrary *library,
                                        BijouItemKinds kinds,
                                        guint start,
                                        guint limit,
                                        GCancellable *cancellable,
                                        GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  BijouQuery *query = begin_list (self, library, kinds);
  BijouPage *page;

  add_slim_options (query);
  add_page (query, "SortName", "Ascending", start, limit);
  bijou_query_add (query, "enableTotalRecordCount", start == 0 ? "true" : "false");
  page = fetch_page (self, query, library, cancellable, error);
  if (page == NULL)
    return NULL;
  leave_out_missing (page);
  if (start > 0)
    page->total = -1;
  return page;
}
