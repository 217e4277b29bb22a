#include "config.h"

#include "bijou-plex-backend-private.h"

#include "bijou-plex-parse.h"

#include <string.h>

/* What is new at a server, see bijou_backend_fetch_delta(). `contentChangedAt` of a library says
 * whether anything was added, changed or removed; play state moves neither it nor `updatedAt`. */

#define PAGE_ROWS 100
#define MAX_PAGES 50
#define MAX_LISTS 500
#define MAX_BEGUN 500

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

  while (n < items->len && get_time (items->pdata[n]) >= since)
    g_ptr_array_add (delta->items, g_object_ref (items->pdata[n++]));
  return n;
}

/* GET …/all?sort=…:desc: rows until they are old. A server that does not know the order is found
 * out by its first page. */
static gboolean
add_newest (Work *work,
            BijouLibrary *library,
            BijouItemKind kind,
            const char *sort,
            const char *filter,
            TimeFunc get_time,
            GError **error)
{
  g_autofree char *path = make_section_path (library);

  for (guint start = 0; start < MAX_PAGES * PAGE_ROWS; start += PAGE_ROWS)
    {
      BijouQuery *query = begin_list (path, kind);
      g_autoptr (BijouPage) page = NULL;

      if (filter != NULL)
        bijou_query_add_raw (query, filter);
      bijou_query_add (query, "sort", sort);
      bijou_plex_add_row_options (query);
      page = fetch_list (work, query, library, kind, start, PAGE_ROWS, error);
      if (page == NULL)
        return FALSE;
      if (!is_sorted (page->items, get_time))
        break;
      if (start == 0 && filter == NULL && page->total >= 0)
        bijou_delta_add_census (work->delta, BIJOU_CENSUS_ROWS, BIJOU_ITEM_KIND_BIT (kind),
                                library->remote_id, page->total);
      if (add_newer (work->delta, page->items, get_time, work->query->since) < PAGE_ROWS)
        return TRUE;
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
  g_autoptr (BijouPage) page = bijou_plex_fetch_page (BIJOU_BACKEND (work->backend), library, kind,
                                                      0, MAX_LISTS, work->cancellable, error);

  work->delta->requests++;
  if (page == NULL)
    return FALSE;
  work->delta->bytes += page->bytes;
  g_ptr_array_extend (work->delta->items, page->items, (GCopyFunc) g_object_ref, NULL);
  if (page->total >= 0)
    bijou_delta_add_census (work->delta, BIJOU_CENSUS_ROWS, BIJOU_ITEM_KIND_BIT (kind),
                            library != NULL ? library->remote_id : NULL, page->total);
  return TRUE;
}

/* Filtered and sorted, since not every server knows both. The "=" stays as it is: with the whole
 * operator encoded the filter would be ignored. */
static gboolean
add_changed (Work *work, BijouLibrary *library, GError **error)
{
  const BijouItemKind *kind = bijou_backend_get_kinds (library->kind);
  g_autofree char *filter =
      g_strdup_printf ("updatedAt%%3E=%" G_GINT64_FORMAT, work->query->since - 1);

  for (; *kind != BIJOU_ITEM_UNKNOWN; kind++)
    if (!add_newest (work, library, *kind, "updatedAt:desc", filter, get_updated_at, error))
      return FALSE;
  return add_list (work, library, BIJOU_ITEM_COLLECTION, error);
}

/* --- play state --- */

static gboolean
add_played (Work *work, BijouLibrary *library, GError **error)
{
  for (const BijouItemKind *kind = bijou_backend_get_kinds (library->kind);
       *kind != BIJOU_ITEM_UNKNOWN; kind++)
    if (bijou_item_kind_is_playable (*kind) &&
        !add_newest (work, library, *kind, "lastViewedAt:desc", NULL, get_played_at, error))
      return FALSE;
  return TRUE;
}

/* The begun ones come first: they alone were ever looked at. */
static void
add_begun (BijouDelta *delta, GPtrArray *items)
{
  guint n = 0;

  for (; n < items->len && BIJOU_ITEM (items->pdata[n])->position_ms > 0; n++)
    if (delta->begun != NULL)
      g_ptr_array_add (delta->begun, g_object_ref (items->pdata[n]));
  if (n >= MAX_BEGUN)
    g_clear_pointer (&delta->begun, g_ptr_array_unref);
}

/* GET …/all?unwatched=1: how many there are, and which of them were begun. */
static gint64
count_unwatched (Work *work, BijouLibrary *library, BijouItemKind kind, GError **error)
{
  g_autofree char *path = library != NULL ? make_section_path (library) : g_strdup ("/library/all");
  BijouQuery *query = begin_list (path, kind);
  g_autoptr (BijouPage) page = NULL;

  bijou_query_add_int (query, "unwatched", 1);
  bijou_query_add (query, "sort", "lastViewedAt:desc");
  add_slim_options (query);
  page = fetch_list (work, query, library, kind, 0, MAX_BEGUN, error);
  if (page == NULL)
    return -1;
  add_begun (work->delta, page->items);
  return page->total;
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
