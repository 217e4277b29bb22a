#include "config.h"

#include "bijou-plex-backend-private.h"

#include "bijou-json.h"
#include "bijou-plex-image.h"
#include "bijou-plex-parse.h"
#include "bijou-url.h"

#include <string.h>

/* Continue Watching holds what was begun and what comes next in one list, so more is asked for than
 * one row shows. */
#define HOME_ROWS_FACTOR 3

/* More than anybody was in. */
#define MAX_PERSON 1000
#define MAX_SIMILAR 20
/* Some servers compare the whole library for it; a page does not wait for that. */
#define SIMILAR_PATIENCE_MS 400

/* What lists do not need: it makes their answers several times smaller. */
#define EXCLUDED_ELEMENTS                                                                          \
  "Role,Director,Writer,Producer,Country,Collection,Similar,Guid,UltraBlurColors,Label,Rating"
#define EXCLUDED_FIELDS "file,theme,parentTheme,grandparentTheme,primaryExtraKey"

typedef struct
{
  BijouItemKind kind;
  int type;         /* of the query */
  const char *sort; /* explicit, or pages would not fit together */
} ListQuery;

/* The sort keys are those that servers name in `Meta.Type[].Sort[]`. */
static const ListQuery list_queries[] = {
  { BIJOU_ITEM_MOVIE, 1, "titleSort" },
  { BIJOU_ITEM_VIDEO, 1, "titleSort" },
  { BIJOU_ITEM_SHOW, 2, "titleSort" },
  { BIJOU_ITEM_SEASON, 3, "show.titleSort,index" },
  { BIJOU_ITEM_EPISODE, 4,
    "show.titleSort,season.index:nullsLast,episode.index:nullsLast,"
    "episode.originallyAvailableAt:nullsLast,episode.titleSort,episode.id" },
  { BIJOU_ITEM_COLLECTION, 18, "titleSort" },
};

static JsonNode *
fetch_json (BijouPlexBackend *self,
            const char *path,
            BijouHttpKind kind,
            BijouHttpResponse **response_out,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (BijouHttpResponse) response =
      bijou_plex_backend_get (self, path, kind, cancellable, error);
  g_autoptr (JsonNode) root = NULL;

  if (response == NULL)
    return NULL;
  root = bijou_plex_parse_response (response, error);
  if (root == NULL)
    return NULL;
  if (bijou_plex_get_container (root) == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The answer has no MediaContainer");
      return NULL;
    }
  if (response_out != NULL)
    *response_out = g_steal_pointer (&response);
  return g_steal_pointer (&root);
}

/* GET /library/sections */
GPtrArray *
bijou_plex_list_libraries (BijouBackend *backend, GCancellable *cancellable, GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autoptr (JsonNode) root =
      fetch_json (self, "/library/sections", BIJOU_HTTP_API, NULL, cancellable, error);

  if (root == NULL)
    return NULL;
  return bijou_plex_parse_libraries (bijou_plex_get_container (root), self->server->id);
}

static void
add_paging (BijouQuery *query, guint start, guint limit)
{
  bijou_query_add_int (query, "X-Plex-Container-Start", start);
  bijou_query_add_int (query, "X-Plex-Container-Size", limit);
}

/* GET /library/sections/{id}/all?type=N or /playlists; NULL: there is no such list */
static char *
make_list_path (BijouLibrary *library, BijouItemKind kind, guint start, guint limit)
{
  g_autofree char *path = NULL;
  BijouQuery *query;

  if (kind == BIJOU_ITEM_PLAYLIST && library == NULL)
    {
      query = bijou_query_new ("/playlists");
      bijou_query_add (query, "playlistType", "video");
      bijou_query_add (query, "sort", "titleSort");
      add_paging (query, start, limit);
      return bijou_query_end (query);
    }

  for (guint i = 0; library != NULL && i < G_N_ELEMENTS (list_queries); i++)
    if (list_queries[i].kind == kind)
      {
        g_autofree char *id = g_uri_escape_string (library->remote_id, NULL, FALSE);

        path = g_strdup_printf ("/library/sections/%s/all", id);
        query = bijou_query_new (path);
        bijou_query_add_int (query, "type", list_queries[i].type);
        bijou_query_add (query, "sort", list_queries[i].sort);
        bijou_query_add (query, "excludeElements", EXCLUDED_ELEMENTS);
        bijou_query_add (query, "excludeFields", EXCLUDED_FIELDS);
        add_paging (query, start, limit);
        return bijou_query_end (query);
      }
  return NULL;
}

static BijouHttpResponse *
send_list (BijouPlexBackend *self,
           const char *path,
           guint start,
           guint limit,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (BijouHttpRequest) request =
      bijou_plex_backend_make_request (self, "GET", path, BIJOU_HTTP_LIST);
  g_autofree char *start_text = g_strdup_printf ("%u", start);
  g_autofree char *limit_text = g_strdup_printf ("%u", limit);

  bijou_http_request_set_header (request, "X-Plex-Container-Start", start_text);
  bijou_http_request_set_header (request, "X-Plex-Container-Size", limit_text);
  return bijou_plex_backend_send (self, request, cancellable, error);
}

static gint64
get_header_total (BijouHttpResponse *response)
{
  const char *text = bijou_http_response_get_header (response, "X-Plex-Container-Total-Size");

  return text != NULL && g_ascii_isdigit (*text) ? g_ascii_strtoll (text, NULL, 10) : -1;
}

static gboolean
fill_page (BijouPlexBackend *self,
           BijouPage *page,
           BijouHttpResponse *response,
           const BijouPlexContext *base,
           guint start,
           guint limit,
           GError **error)
{
  g_autoptr (JsonNode) root = bijou_plex_parse_response (response, error);
  BijouPlexContext context = *base;

  if (root == NULL)
    return FALSE;
  context.container = bijou_plex_get_container (root);
  if (context.container == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The answer has no MediaContainer");
      return FALSE;
    }
  page->bytes = bijou_http_response_get_bytes_received (response);
  return bijou_plex_parse_page (context.container, &context, start, limit,
                                get_header_total (response), page, error);
}

/**
 * bijou_plex_get_list_type:
 * @kind: a kind of items
 *
 * Returns: the `type` of queries for it, 0 when there is none
 */
int
bijou_plex_get_list_type (BijouItemKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (list_queries); i++)
    if (list_queries[i].kind == kind)
      return list_queries[i].type;
  return 0;
}

/**
 * bijou_plex_get_list_sort:
 * @kind: a kind of items
 *
 * Returns: (transfer none) (nullable): the order in which pages of it fit together
 */
const char *
bijou_plex_get_list_sort (BijouItemKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (list_queries); i++)
    if (list_queries[i].kind == kind)
      return list_queries[i].sort;
  return NULL;
}

/**
 * bijou_plex_add_row_options:
 * @query: a query of a list
 *
 * Leaves out what rows of the mirror do not need.
 */
void
bijou_plex_add_row_options (BijouQuery *query)
{
  bijou_query_add (query, "excludeElements", EXCLUDED_ELEMENTS);
  bijou_query_add (query, "excludeFields", EXCLUDED_FIELDS);
}

/**
 * bijou_plex_fetch_list:
 * @self: a backend
 * @path: path and query of a list, with its paging
 * @library: (nullable): where it was asked for
 * @kind: that was asked for
 * @start: the first row
 * @limit: at most so many
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the page
 */
BijouPage *
bijou_plex_fetch_list (BijouPlexBackend *self,
                       const char *path,
                       BijouLibrary *library,
                       BijouItemKind kind,
                       guint start,
                       guint limit,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (BijouPage) page = g_new0 (BijouPage, 1);
  g_autoptr (BijouHttpResponse) response = send_list (self, path, start, limit, cancellable, error);
  BijouPlexContext context = {
    .server_id = self->server->id,
    .library_id = library != NULL ? library->remote_id : NULL,
    .kind = kind,
  };

  if (response == NULL || !fill_page (self, page, response, &context, start, limit, error))
    return NULL;
  return g_steal_pointer (&page);
}

BijouPage *
bijou_plex_fetch_page (BijouBackend *backend,
                       BijouLibrary *library,
                       BijouItemKind kind,
                       guint start,
                       guint limit,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree char *path = make_list_path (library, kind, start, limit);
  BijouPage *page;

  if (path != NULL)
    return bijou_plex_fetch_list (BIJOU_PLEX_BACKEND (backend), path, library, kind, start, limit,
                                  cancellable, error);
  page = g_new0 (BijouPage, 1);
  page->items = g_ptr_array_new_with_free_func (g_object_unref);
  return page;
}

/* GET /library/collections/{id}/items, /playlists/{id}/items */
BijouPage *
bijou_plex_fetch_members (BijouBackend *backend,
                          BijouItem *list,
                          guint start,
                          guint limit,
                          GCancellable *cancellable,
                          GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autofree char *id = g_uri_escape_string (list->remote_id, NULL, FALSE);
  g_autofree char *base = g_strdup_printf (
      list->kind == BIJOU_ITEM_PLAYLIST ? "/playlists/%s/items" : "/library/collections/%s/items",
      id);
  BijouQuery *query = bijou_query_new (base);
  BijouPlexContext context = { .server_id = self->server->id };
  g_autoptr (BijouPage) page = g_new0 (BijouPage, 1);
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autofree char *path = NULL;

  bijou_query_add (query, "excludeElements", EXCLUDED_ELEMENTS);
  bijou_query_add (query, "excludeFields", EXCLUDED_FIELDS);
  add_paging (query, start, limit);
  path = bijou_query_end (query);
  response = send_list (self, path, start, limit, cancellable, error);
  if (response == NULL || !fill_page (self, page, response, &context, start, limit, error))
    return NULL;
  return g_steal_pointer (&page);
}

/* GET /hubs/continueWatching/items; servers before 1.26 have only /library/onDeck */
static JsonNode *
fetch_continue_watching (BijouPlexBackend *self,
                         guint limit,
                         GCancellable *cancellable,
                         GError **error)
{
  const char *paths[] = { "/hubs/continueWatching/items", "/library/onDeck" };
  g_autoptr (GError) local = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      BijouQuery *query = bijou_query_new (paths[i]);
      g_autofree char *path = NULL;
      g_autoptr (JsonNode) root = NULL;

      add_paging (query, 0, limit * HOME_ROWS_FACTOR);
      path = bijou_query_end (query);
      g_clear_error (&local);
      root = fetch_json (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, &local);
      if (root != NULL)
        return g_steal_pointer (&root);
      if (!g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
        break;
    }
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

/* What was seen to its end can linger in the list. */
static gboolean
is_begun (BijouItem *item)
{
  return bijou_item_kind_is_playable (item->kind) && item->position_ms > 0 &&
         bijou_item_get_fraction (item) <= 0.95;
}

static gboolean
is_next_up (BijouItem *item)
{
  return item->kind == BIJOU_ITEM_EPISODE && item->position_ms == 0 && !item->watched;
}

/* The same show may come twice; an episode that was begun stands for it. */
static GHashTable *
collect_begun_shows (GPtrArray *items)
{
  GHashTable *shows = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = g_ptr_array_index (items, i);

      if (is_begun (item) && item->show_id != NULL)
        g_hash_table_add (shows, item->show_id);
    }
  return shows;
}

static GPtrArray *
pick_row (GPtrArray *items, BijouHomeRow row, guint limit)
{
  GPtrArray *picked = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) shows = collect_begun_shows (items);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < items->len && picked->len < limit; i++)
    {
      BijouItem *item = g_ptr_array_index (items, i);

      if (row == BIJOU_HOME_CONTINUE ? !is_begun (item) : !is_next_up (item))
        continue;
      if (row == BIJOU_HOME_NEXT_UP && item->show_id != NULL &&
          !g_hash_table_add (shows, item->show_id))
        continue;
      if (g_hash_table_add (seen, item->remote_id))
        g_ptr_array_add (picked, g_object_ref (item));
    }
  return picked;
}

GPtrArray *
bijou_plex_fetch_home (BijouBackend *backend,
                       BijouHomeRow row,
                       guint limit,
                       GPtrArray **next_up,
                       GCancellable *cancellable,
                       GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  BijouPlexContext context = { .server_id = self->server->id };
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GPtrArray) items = NULL;

  if (row != BIJOU_HOME_CONTINUE && row != BIJOU_HOME_NEXT_UP)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "The server has no such row");
      return NULL;
    }
  root = fetch_continue_watching (self, limit, cancellable, error);
  if (root == NULL)
    return NULL;
  context.container = bijou_plex_get_container (root);
  rows = bijou_plex_get_rows (context.container);
  items = bijou_plex_parse_items (rows, &context);
  if (row == BIJOU_HOME_CONTINUE && next_up != NULL)
    *next_up = pick_row (items, BIJOU_HOME_NEXT_UP, limit);
  return pick_row (items, row, limit);
}

static BijouQuery *
begin_items_query (const char *const *remote_ids)
{
  g_autofree char *all = g_strjoinv (",", (char **) remote_ids);
  g_autofree char *ids = g_uri_escape_string (all, ",", FALSE);
  g_autofree char *path = g_strconcat ("/library/metadata/", ids, NULL);

  return bijou_query_new (path);
}

static char *
make_items_path (const char *const *remote_ids)
{
  BijouQuery *query = begin_items_query (remote_ids);

  bijou_query_add (query, "excludeElements", EXCLUDED_ELEMENTS);
  bijou_query_add (query, "excludeFields", EXCLUDED_FIELDS);
  bijou_query_add_int (query, "skipRefresh", 1);
  add_paging (query, 0, BIJOU_BACKEND_MAX_IDS);
  return bijou_query_end (query);
}

/* GET /library/metadata/{id},{id}…: what is missing is left out, and when all is missing the answer
 * is 404, for which %NULL comes without an error. */
static JsonNode *
fetch_items_json (BijouPlexBackend *self,
                  const char *path,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GError) local = NULL;
  JsonNode *root = fetch_json (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, &local);

  if (root == NULL && !g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&local));
  return root;
}

GPtrArray *
bijou_plex_fetch_items (BijouBackend *backend,
                        const char *const *remote_ids,
                        GCancellable *cancellable,
                        GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autofree char *path = make_items_path (remote_ids);
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) root = fetch_items_json (self, path, cancellable, &local);
  BijouPlexContext context = { .server_id = self->server->id };
  g_autoptr (GPtrArray) rows = NULL;

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (root == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);
  context.container = bijou_plex_get_container (root);
  rows = bijou_json_get_objects (context.container, "Metadata");
  return bijou_plex_parse_items (rows, &context);
}

/* GET /library/people/{id}/media, of all libraries */
GPtrArray *
bijou_plex_fetch_person (BijouBackend *backend,
                         const char *person_id,
                         GCancellable *cancellable,
                         GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autofree char *id = g_uri_escape_string (person_id, NULL, FALSE);
  g_autofree char *base = g_strdup_printf ("/library/people/%s/media", id);
  BijouQuery *query = bijou_query_new (base);
  g_autofree char *path = NULL;
  g_autoptr (JsonNode) root = NULL;
  BijouPlexContext context = { .server_id = self->server->id };
  g_autoptr (GPtrArray) rows = NULL;

  add_paging (query, 0, MAX_PERSON);
  path = bijou_query_end (query);
  root = fetch_json (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, error);
  if (root == NULL)
    return NULL;
  context.container = bijou_plex_get_container (root);
  rows = bijou_plex_get_rows (context.container);
  return bijou_plex_parse_items (rows, &context);
}

static void
add_detail_options (BijouQuery *query)
{
  bijou_query_add_int (query, "includeChapters", 1);
  bijou_query_add_int (query, "includeMarkers", 1);
  bijou_query_add_int (query, "includeGuids", 1);
  bijou_query_add_int (query, "includeExtras", 0);
  /* Without this the server may begin to look everything up anew. */
  bijou_query_add_int (query, "skipRefresh", 1);
}

GPtrArray *
bijou_plex_fetch_details (BijouBackend *backend,
                          const char *const *remote_ids,
                          GCancellable *cancellable,
                          GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  GPtrArray *details = g_ptr_array_new_with_free_func (g_object_unref);
  BijouQuery *query = begin_items_query (remote_ids);
  g_autofree char *path = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonNode) root = NULL;
  BijouPlexContext context = { .server_id = self->server->id };
  g_autoptr (GPtrArray) rows = NULL;

  add_detail_options (query);
  add_paging (query, 0, BIJOU_BACKEND_MAX_IDS);
  path = bijou_query_end (query);
  root = fetch_items_json (self, path, cancellable, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      g_ptr_array_unref (details);
      return NULL;
    }
  context.container = root != NULL ? bijou_plex_get_container (root) : NULL;
  rows = root != NULL ? bijou_plex_get_rows (context.container) : NULL;
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      BijouDetail *detail = bijou_plex_parse_detail (g_ptr_array_index (rows, i), &context);

      if (detail != NULL)
        g_ptr_array_add (details, detail);
    }
  return details;
}

static char *
make_detail_path (const char *remote_id)
{
  g_autofree char *id = g_uri_escape_string (remote_id, NULL, FALSE);
  g_autofree char *path = g_strconcat ("/library/metadata/", id, NULL);
  BijouQuery *query = bijou_query_new (path);

  add_detail_options (query);
  return bijou_query_end (query);
}

/* Playlists have rating keys too, but a place of their own. */
static JsonNode *
fetch_detail_json (BijouPlexBackend *self,
                   const char *remote_id,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autofree char *path = make_detail_path (remote_id);
  g_autofree char *id = g_uri_escape_string (remote_id, NULL, FALSE);
  g_autofree char *playlist_path = g_strconcat ("/playlists/", id, NULL);
  g_autoptr (GError) local = NULL;
  JsonNode *root = fetch_json (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, &local);

  if (root == NULL && g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
    root = fetch_json (self, playlist_path, BIJOU_HTTP_SLOW, NULL, cancellable, NULL);
  if (root == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return root;
}

/* GET /library/metadata/{id}/similar */
static void
add_similar (BijouPlexBackend *self, BijouDetail *detail, GCancellable *cancellable)
{
  g_autofree char *id = g_uri_escape_string (detail->item->remote_id, NULL, FALSE);
  g_autofree char *path =
      g_strdup_printf ("/library/metadata/%s/similar?count=%d", id, MAX_SIMILAR);
  g_autoptr (BijouHttpRequest) request =
      bijou_plex_backend_make_request (self, "GET", path, BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response =
      bijou_plex_backend_try (self, request, SIMILAR_PATIENCE_MS, cancellable, NULL);
  g_autoptr (JsonNode) root = response != NULL ? bijou_plex_parse_response (response, NULL) : NULL;
  g_autoptr (GPtrArray) rows = NULL;

  if (root == NULL)
    return;
  rows = bijou_plex_get_rows (bijou_plex_get_container (root));
  for (guint i = 0; i < rows->len && detail->similar->len < MAX_SIMILAR; i++)
    {
      char *similar = bijou_json_dup_text (g_ptr_array_index (rows, i), "ratingKey");

      if (similar != NULL)
        g_ptr_array_add (detail->similar, similar);
    }
}

BijouDetail *
bijou_plex_fetch_detail (BijouBackend *backend,
                         const char *remote_id,
                         GCancellable *cancellable,
                         GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autoptr (JsonNode) root = fetch_detail_json (self, remote_id, cancellable, error);
  BijouPlexContext context = { .server_id = self->server->id };
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (BijouDetail) detail = NULL;

  if (root == NULL)
    return NULL;
  context.container = bijou_plex_get_container (root);
  rows = bijou_plex_get_rows (context.container);
  if (rows->len == 0)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "The server does not have it");
      return NULL;
    }
  detail = bijou_plex_parse_detail (g_ptr_array_index (rows, 0), &context);
  if (detail == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, "It is no video");
      return NULL;
    }
  if (detail->item->kind == BIJOU_ITEM_MOVIE || detail->item->kind == BIJOU_ITEM_SHOW)
    add_similar (self, detail, cancellable);
  return g_steal_pointer (&detail);
}

static gboolean
is_picture (BijouHttpResponse *response)
{
  GBytes *body = bijou_http_response_get_body (response);
  gsize size = 0;
  const char *data = body != NULL ? g_bytes_get_data (body, &size) : NULL;
  const char *type = bijou_http_response_get_header (response, "Content-Type");

  return size > 0 && *data != '{' && (type == NULL || strstr (type, "html") == NULL);
}

static GBytes *
fetch_picture (BijouPlexBackend *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (BijouHttpRequest) request =
      bijou_plex_backend_make_request (self, "GET", path, BIJOU_HTTP_IMAGE);
  g_autoptr (BijouHttpResponse) response = NULL;

  bijou_http_request_set_header (request, "Accept", "image/*");
  response = bijou_plex_backend_send (self, request, cancellable, error);
  if (response == NULL || !bijou_plex_check (response, error))
    return NULL;
  if (!is_picture (response))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The answer is no picture");
      return NULL;
    }
  return g_bytes_ref (bijou_http_response_get_body (response));
}

/* The transcoder does not know every format; then the picture is taken as it is. */
static gboolean
is_transcoder_failure (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FAILED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

GBytes *
bijou_plex_fetch_image (BijouBackend *backend,
                        const char *image,
                        guint width,
                        GCancellable *cancellable,
                        GError **error)
{
  BijouPlexBackend *self = BIJOU_PLEX_BACKEND (backend);
  g_autofree char *path =
      bijou_plex_image_get_transcode_path (image, bijou_backend_round_width (width));
  g_autofree char *original = bijou_plex_image_get_original_path (image);
  g_autoptr (GError) local = NULL;
  GBytes *bytes;

  if (path == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "No image of this server");
      return NULL;
    }
  bytes = fetch_picture (self, path, cancellable, &local);
  if (bytes == NULL && original != NULL && is_transcoder_failure (local))
    bytes = fetch_picture (self, original, cancellable, NULL);
  if (bytes == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return bytes;
}
