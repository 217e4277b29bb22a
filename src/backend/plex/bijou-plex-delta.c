#include "config.h"

#include "bijou-plex-backend-private.h"

#include "bijou-plex-parse.h"

#include <string.h>

/* What is new at a server, see bijou_backend_fetch_delta(). `contentChangedAt` of a library says
 * whether anything was added, changed or removed; play state moves neither it nor `updatedAt`. */

#define PAGE_ROWS 100
#define MAX_PAGES 50
#define LIST_ROWS 500
#define BEGUN_ROWS 500

/* What is compared in a slim row is its key, `updatedAt` and its play state. */
#define SLIM_ELEMENTS                                                                              \
  "Media,Image,Genre,Role,Director,Writer,Producer,Country,Collection,Similar,Guid,"               \
  "UltraBlurColors,Label,Rating"
#define SLIM_FIELDS                                                                                \
  "summary,tagline,file,thumb,art,theme,parentThumb,parentTheme,grandparentThumb,"                 \
  "grandparentArt,grandparentTheme,primaryExtraKey"

typedef struct
{
  BijouPlexBackend *backend;
  const BijouDeltaQuery *query;
  BijouDelta *delta;
  GCancellable *cancellable; /* (nullable) */
} Work;

static BijouQuery *
begin_list (const char *path, BijouItemKind kind)
{
  BijouQuery *query = bijou_query_new (path);

  bijou_query_add_int (query, "type", bijou_plex_get_list_type (kind));
  return query;
}

static void
add_slim_options (BijouQuery *query)
{
  bijou_query_add (query, "excludeElements", SLIM_ELEMENTS);
  bijou_query_add (query, "excludeFields", SLIM_FIELDS);
}

static char *
make_section_path (BijouLibrary *library)
{
  g_autofree char *id = g_uri_escape_string (library->remote_id, NULL, FALSE);

  return g_strdup_printf ("/library/sections/%s/all", id);
}

/* Takes over @query. */
static BijouPage *
fetch_list (Work *work,
            BijouQuery *query,
            BijouLibrary *library,
            BijouItemKind kind,
            guint start,
            guint limit,
            GError **error)
{
  g_autofree char *path = NULL;
  BijouPage *page;

  bijou_query_add_int (query, "X-Plex-Container-Start", start);
  bijou_query_add_int (query, "X-Plex-Container-Size", limit);
  path = bijou_query_end (query);
  work->delta->requests++;
  page = bijou_plex_fetch_list (work->backend, path, library, kind, start, limit, work->cancellable,
                                error);
  if (page != NULL)
    work->delta->bytes += page->bytes;
  return page;
}

/* --- the newest first --- */

typedef gint64 (*TimeFunc) (BijouItem *item);

static gint64
get_updated_at (BijouItem *item)
{
  return item->version_tag != NULL ? g_ascii_strtoll (item->version_tag, NULL, 10) : 0;
}

static gint64
get_played_at (BijouItem *item)
{
  return item->last_played_at;
}

/* A server that does not know an order ignores it. */
static gboolean
is_sorted (GPtrArray *items, TimeFunc get_time)
{
  for (guint i = 1; i < items->len; i++)
    if (get_time (items->pdata[i]) > get_time (items->pdata[i - 1]))
      return FALSE;
  return TRUE;
}

static guint
add_newer (BijouDelta *delta, GPtrArray *items, TimeFunc get_time, gint64 since)
{
  guint n = 0;

  for (guint i = 0; i < items->len; i++)
    if (get_time (items->pdata[i]) >= since)
      {
        g_ptr_array_add (delta->items, g_object_ref (items->pdata[i]));
        n++;
      }
  return n;
}

typedef struct
{
  const char *sort;
  const char *filter; /* (nullable) */
  TimeFunc get_time;
} Order;

/* Whether only older rows follow. Of rows that came through a filter none is old, unless it was
 * ignored: then the order has to be seen in the page itself, for few servers know that either. */
static gboolean
is_past_news (Work *work, GPtrArray *items, const Order *order)
{
  gint64 first, last;

  if (items->len == 0 || !is_sorted (items, order->get_time))
    return FALSE;
  first = order->get_time (items->pdata[0]);
  last = order->get_time (items->pdata[items->len - 1]);
  if (order->filter != NULL)
    return last < work->query->since && first > last;
  return last <= work->query->since;
}

static BijouPage *
fetch_newest (Work *work,
              BijouLibrary *library,
              BijouItemKind kind,
              const Order *order,
              guint start,
              GError **error)
{
  g_autofree char *path = make_section_path (library);
  BijouQuery *query = begin_list (path, kind);

  if (order->filter != NULL)
    bijou_query_add_raw (query, order->filter);
  bijou_query_add (query, "sort", order->sort);
  bijou_plex_add_row_options (query);
  return fetch_list (work, query, library, kind, start, PAGE_ROWS, error);
}

/* GET …/all?sort=…:desc: rows until they are old, or to the end where the filter left only new
 * ones. A server that knows neither the order nor the filter is found out by its pages. */
static gboolean
add_newest (
    Work *work, BijouLibrary *library, BijouItemKind kind, const Order *order, GError **error)
{
  guint start = 0;

  for (guint n = 0; n < MAX_PAGES; n++)
    {
      g_autoptr (BijouPage) page = fetch_newest (work, library, kind, order, start, error);
      guint added;

      if (page == NULL)
        return FALSE;
      if (start == 0 && order->filter == NULL && page->total >= 0)
        bijou_delta_add_census (work->delta, BIJOU_CENSUS_ROWS, BIJOU_ITEM_KIND_BIT (kind),
                                library->remote_id, page->total);
      added = add_newer (work->delta, page->items, order->get_time, work->query->since);
      if (bijou_page_is_last (page, start) || is_past_news (work, page->items, order))
        return TRUE;
      if (added < page->items->len)
        break;
      start += page->received;
    }
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "The server does not say what is new");
  return FALSE;
}

static gboolean
is_changed (Work *work, BijouLibrary *library)
{
  const char *old = g_hash_table_lookup (work->query->old_tags, library->remote_id);

  return library->change_tag == NULL || g_strcmp0 (old, library->change_tag) != 0;
}

/* A list of few rows, whole. */
static gboolean
add_list (Work *work, BijouLibrary *library, BijouItemKind kind, GError **error)
{
  guint start = 0;

  for (guint n = 0; n < MAX_PAGES; n++)
    {
      g_autoptr (BijouPage) page = bijou_plex_fetch_page (
          BIJOU_BACKEND (work->backend), library, kind, start, LIST_ROWS, work->cancellable, error);

      work->delta->requests++;
      if (page == NULL)
        return FALSE;
      work->delta->bytes += page->bytes;
      g_ptr_array_extend (work->delta->items, page->items, (GCopyFunc) g_object_ref, NULL);
      if (start == 0 && page->total >= 0)
        bijou_delta_add_census (work->delta, BIJOU_CENSUS_ROWS, BIJOU_ITEM_KIND_BIT (kind),
                                library != NULL ? library->remote_id : NULL, page->total);
      if (bijou_page_is_last (page, start))
        return TRUE;
      start += page->received;
    }
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "The list has no end");
  return FALSE;
}

/* Filtered and sorted, since not every server knows both: none names `updatedAt` among its orders.
 * The "=" stays as it is: with the whole operator encoded the filter would be ignored. */
static gboolean
add_changed (Work *work, BijouLibrary *library, GError **error)
{
  const BijouItemKind *kind = bijou_backend_get_kinds (library->kind);
  g_autofree char *filter =
      g_strdup_printf ("updatedAt%%3E=%" G_GINT64_FORMAT, work->query->since - 1);
  Order order = { "updatedAt:desc", filter, get_updated_at };

  for (; *kind != BIJOU_ITEM_UNKNOWN; kind++)
    if (!add_newest (work, library, *kind, &order, error))
      return FALSE;
  return add_list (work, library, BIJOU_ITEM_COLLECTION, error);
}

/* --- play state --- */

static gboolean
add_played (Work *work, BijouLibrary *library, GError **error)
{
  Order order = { "lastViewedAt:desc", NULL, get_played_at };

  for (const BijouItemKind *kind = bijou_backend_get_kinds (library->kind);
       *kind != BIJOU_ITEM_UNKNOWN; kind++)
    if (bijou_item_kind_is_playable (*kind) && !add_newest (work, library, *kind, &order, error))
      return FALSE;
  return TRUE;
}

/* The begun ones come first: they alone were ever looked at. Returns whether that was all of them.
 */
static gboolean
add_begun (BijouDelta *delta, GPtrArray *items)
{
  gboolean is_begun = FALSE;

  for (guint i = 0; i < items->len; i++)
    {
      is_begun = BIJOU_ITEM (items->pdata[i])->position_ms > 0;
      if (is_begun && delta->begun != NULL)
        g_ptr_array_add (delta->begun, g_object_ref (items->pdata[i]));
    }
  return !is_begun;
}

static BijouPage *
fetch_unwatched (Work *work, BijouLibrary *library, BijouItemKind kind, guint start, GError **error)
{
  g_autofree char *path = library != NULL ? make_section_path (library) : g_strdup ("/library/all");
  BijouQuery *query = begin_list (path, kind);

  bijou_query_add_int (query, "unwatched", 1);
  bijou_query_add (query, "sort", "lastViewedAt:desc");
  add_slim_options (query);
  return fetch_list (work, query, library, kind, start, BEGUN_ROWS, error);
}

/* GET …/all?unwatched=1: how many there are, and which of them were begun. */
static gint64
count_unwatched (Work *work, BijouLibrary *library, BijouItemKind kind, GError **error)
{
  gint64 total = -1;
  guint start = 0;

  while (start < BEGUN_ROWS)
    {
      g_autoptr (BijouPage) page = fetch_unwatched (work, library, kind, start, error);

      if (page == NULL)
        return -1;
      total = start == 0 ? page->total : total;
      if (add_begun (work->delta, page->items) || bijou_page_is_last (page, start))
        return total;
      start += page->received;
    }
  /* Too many to be compared. */
  g_clear_pointer (&work->delta->begun, g_ptr_array_unref);
  return total;
}

static gboolean
has_kind (BijouLibrary *library, BijouItemKind asked)
{
  for (const BijouItemKind *kind = bijou_backend_get_kinds (library->kind);
       *kind != BIJOU_ITEM_UNKNOWN; kind++)
    if (*kind == asked)
      return TRUE;
  return FALSE;
}

static guint
count_libraries (Work *work, BijouItemKind kind)
{
  guint n = 0;

  for (guint i = 0; i < work->query->libraries->len; i++)
    n += has_kind (work->query->libraries->pdata[i], kind) ? 1 : 0;
  return n;
}

static gboolean
add_unwatched_of_each (Work *work, BijouItemKind kind, GError **error)
{
  for (guint i = 0; i < work->query->libraries->len; i++)
    {
      BijouLibrary *library = work->query->libraries->pdata[i];
      gint64 count;

      if (!has_kind (library, kind))
        continue;
      count = count_unwatched (work, library, kind, error);
      if (count < 0)
        return FALSE;
      bijou_delta_add_census (work->delta, BIJOU_CENSUS_UNWATCHED, BIJOU_ITEM_KIND_BIT (kind),
                              library->remote_id, count);
    }
  return TRUE;
}

/* Several libraries are counted together, unless the server does not answer that. */
static gboolean
add_unwatched_of (Work *work, BijouItemKind kind, GError **error)
{
  gint64 count = -1;

  if (count_libraries (work, kind) > 1 && count_libraries (work, BIJOU_ITEM_VIDEO) == 0)
    count = count_unwatched (work, NULL, kind, NULL);
  if (count < 0)
    return add_unwatched_of_each (work, kind, error);
  bijou_delta_add_census (work->delta, BIJOU_CENSUS_UNWATCHED, BIJOU_ITEM_KIND_BIT (kind), NULL,
                          count);
  return TRUE;
}

/* Videos have the type of films, but libraries of their own. */
static gboolean
add_unwatched (Work *work, GError **error)
{
  work->delta->begun = g_ptr_array_new_with_free_func (g_object_unref);
  return add_unwatched_of (work, BIJOU_ITEM_MOVIE, error) &&
         add_unwatched_of (work, BIJOU_ITEM_EPISODE, error) &&
         add_unwatched_of_each (work, BIJOU_ITEM_VIDEO, error);
}

/* --- the interface --- */

BijouDelta *
bijou_plex_fetch_delta (BijouBackend *backend,
                        const BijouDeltaQuery *query,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (BijouDelta) delta = bijou_delta_new ();
  Work work = { BIJOU_PLEX_BACKEND (backend), query, delta, cancellable };

  if (!add_list (&work, NULL, BIJOU_ITEM_PLAYLIST, error))
    return NULL;
  for (guint i = 0; i < query->libraries->len; i++)
    {
      BijouLibrary *library = query->libraries->pdata[i];

      if ((is_changed (&work, library) && !add_changed (&work, library, error)) ||
          (!query->skips_state && !add_played (&work, library, error)))
        return NULL;
    }
  if (!query->skips_state && !add_unwatched (&work, error))
    return NULL;
  return g_steal_pointer (&delta);
}

static BijouItemKind
get_kind (BijouItemKinds kinds)
{
  return (BijouItemKind) (g_bit_nth_lsf (kinds, -1));
}

BijouPage *
bijou_plex_fetch_slim_page (BijouBackend *backend,
                            BijouLibrary *library,
                            BijouItemKinds kinds,
                            guint start,
                            guint limit,
                            GCancellable *cancellable,
                            GError **error)
{
  BijouItemKind kind = get_kind (kinds);
  g_autofree char *section = NULL;
  g_autofree char *path = NULL;
  BijouQuery *query;

  if (library == NULL)
    return bijou_plex_fetch_page (backend, NULL, kind, start, limit, cancellable, error);

  section = make_section_path (library);
  query = begin_list (section, kind);
  bijou_query_add (query, "sort", bijou_plex_get_list_sort (kind));
  add_slim_options (query);
  bijou_query_add_int (query, "X-Plex-Container-Start", start);
  bijou_query_add_int (query, "X-Plex-Container-Size", limit);
  path = bijou_query_end (query);
  return bijou_plex_fetch_list (BIJOU_PLEX_BACKEND (backend), path, library, kind, start, limit,
                                cancellable, error);
}
