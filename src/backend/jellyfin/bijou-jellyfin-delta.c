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
#define MAX_PAGES 20

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
static GPtrArray *
fetch_list (Work *work, BijouQuery *query, const char *library_id, gint64 *total, GError **error)
{
  g_autofree char *path = bijou_query_end (query);
  gint64 bytes = 0;
  g_autoptr (JsonNode) answer = bijou_jellyfin_backend_get (work->backend, path, BIJOU_HTTP_LIST,
                                                            &bytes, work->cancellable, error);
  guint received = 0;
  GPtrArray *items;

  work->delta->requests++;
  if (answer == NULL)
    return NULL;
  work->delta->bytes += bytes;
  items = bijou_jellyfin_parse_items (answer, work->backend->server_id, library_id,
                                      BIJOU_ITEM_UNKNOWN, &received, error);
  if (total != NULL)
    *total = bijou_jellyfin_parse_total (answer, received);
  return items;
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
begin_saved (Work *work, BijouLibrary *library, guint start)
{
  BijouQuery *query = begin_list (work->backend, library, library != NULL ? ALL & ~LISTS : ALL);
  g_autofree char *since = bijou_text_format_time (work->query->since);

  bijou_query_add (query, "minDateLastSaved", since);
  bijou_query_add (query, "minDateLastSavedForUser", since);
  add_page (query, "SortName", "Ascending", start, PAGE_ROWS);
  bijou_jellyfin_add_row_options (query);
  return query;
}

static gboolean
fetch_saved (Work *work, BijouLibrary *library, GPtrArray *all, GError **error)
{
  const char *library_id = library != NULL ? library->remote_id : NULL;
  gint64 total = -1;

  for (guint page = 0; page < MAX_PAGES; page++)
    {
      gint64 *total_out = page == 0 ? &total : NULL;
      g_autoptr (GPtrArray) items = fetch_list (work, begin_saved (work, library, page * PAGE_ROWS),
                                                library_id, total_out, error);

      if (items == NULL)
        return FALSE;
      g_ptr_array_extend (all, items, (GCopyFunc) g_object_ref, NULL);
      if ((gint64) (page + 1) * PAGE_ROWS >= total)
        return TRUE;
    }
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "Too much is new");
  return FALSE;
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
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  if (!fetch_saved (work, NULL, items, error))
    return FALSE;
  if (has_new_places (work, items))
    for (guint i = 0; i < work->query->libraries->len; i++)
      {
        g_autoptr (GPtrArray) placed = g_ptr_array_new_with_free_func (g_object_unref);

        if (!fetch_saved (work, work->query->libraries->pdata[i], placed, error))
          return FALSE;
        add_items (work->delta, placed);
      }
  add_items (work->delta, items);
  return TRUE;
}

/* --- play state --- */

static BijouQuery *
begin_played (Work *work, guint start)
{
  BijouQuery *query = begin_list (work->backend, NULL, COUNTED);

  bijou_query_add (query, "isMissing", "false");
  add_page (query, "DatePlayed", "Descending", start, PLAYED_ROWS);
  bijou_jellyfin_add_row_options (query);
  return query;
}

/* What was played last comes first. The total is that of all rows. */
static gboolean
add_played (Work *work, GError **error)
{
  gint64 total = -1;

  for (guint page = 0; page < MAX_PAGES; page++)
    {
      g_autoptr (GPtrArray) items = fetch_list (work, begin_played (work, page * PLAYED_ROWS), NULL,
                                                page == 0 ? &total : NULL, error);
      guint n = 0;

      if (items == NULL)
        return FALSE;
      while (n < items->len && BIJOU_ITEM (items->pdata[n])->last_played_at >= work->query->since)
        n++;
      if (n < items->len)
        g_ptr_array_set_size (items, (int) n);
      add_items (work->delta, items);
      if (n < PLAYED_ROWS)
        break;
    }
  if (total >= 0)
    bijou_delta_add_census (work->delta, BIJOU_CENSUS_ROWS, COUNTED, NULL, total);
  return TRUE;
}

static gboolean
count_watched (Work *work, GError **error)
{
  BijouQuery *query = begin_list (work->backend, NULL, PLAYABLE);
  g_autoptr (GPtrArray) none = NULL;
  gint64 total = -1;

  bijou_query_add (query, "filters", "IsPlayed");
  bijou_query_add_int (query, "limit", 0);
  none = fetch_list (work, query, NULL, &total, error);
  if (none != NULL && total >= 0)
    bijou_delta_add_census (work->delta, BIJOU_CENSUS_WATCHED, PLAYABLE, NULL, total);
  return none != NULL;
}

/* Every row that a filter of play state lets through, slim; %NULL without an error: too many. */
static GPtrArray *
fetch_marked (Work *work, const char *filter, BijouItemKinds kinds, GError **error)
{
  BijouQuery *query = begin_list (work->backend, NULL, kinds);
  g_autoptr (GPtrArray) items = NULL;
  gint64 total = -1;

  bijou_query_add (query, "filters", filter);
  add_slim_options (query);
  add_page (query, "SortName", "Ascending", 0, MAX_MARKED);
  items = fetch_list (work, query, NULL, &total, error);
  return items != NULL && total <= MAX_MARKED ? g_steal_pointer (&items) : NULL;
}

static gboolean
add_favourites (Work *work, GError **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (GPtrArray) items = fetch_marked (work, "IsFavorite", ALL, &local);

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  if (items == NULL)
    return TRUE;
  work->delta->favourites = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (work->delta->favourites, g_strdup (BIJOU_ITEM (items->pdata[i])->remote_id));
  return TRUE;
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

/* --- the interface --- */

BijouDelta *
bijou_jellyfin_backend_fetch_delta (BijouBackend *backend,
                                    const BijouDeltaQuery *query,
                                    GCancellable *cancellable,
                                    GError **error)
{
  g_autoptr (BijouDelta) delta = bijou_delta_new ();
  Work work = { BIJOU_JELLYFIN_BACKEND (backend), query, delta, cancellable };

  if (!add_saved (&work, error) || !add_favourites (&work, error))
    return NULL;
  if (!query->skips_state &&
      (!add_begun (&work, error) || !add_played (&work, error) || !count_watched (&work, error)))
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
  g_autoptr (BijouPage) page = g_new0 (BijouPage, 1);
  g_autoptr (JsonNode) answer = NULL;
  g_autofree char *path = NULL;

  add_slim_options (query);
  add_page (query, "SortName", "Ascending", start, limit);
  bijou_query_add (query, "enableTotalRecordCount", start == 0 ? "true" : "false");
  path = bijou_query_end (query);
  answer =
      bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_LIST, &page->bytes, cancellable, error);
  if (answer == NULL)
    return NULL;
  page->items = bijou_jellyfin_parse_items (answer, self->server_id,
                                            library != NULL ? library->remote_id : NULL,
                                            BIJOU_ITEM_UNKNOWN, &page->received, error);
  if (page->items == NULL)
    return NULL;
  leave_out_missing (page);
  page->total = start == 0 ? bijou_jellyfin_parse_total (answer, page->received) : -1;
  return g_steal_pointer (&page);
}
