#include "config.h"

#include "bijou-jellyfin-backend.h"
#include "bijou-jellyfin-parse.h"
#include "bijou-json.h"
#include "bijou-text.h"
#include "bijou-url.h"

/* What a row of the mirror needs and a database lookup gives. People, sources and counts of
 * children cost the server a query for each row. */
#define ROW_FIELDS "Etag,DateCreated,SortName,Overview,Genres,OriginalTitle,Taglines,Width,Height"
/* Collections and playlists are few, and a count of their members is all that a card shows. */
#define LIST_FIELDS ROW_FIELDS ",ChildCount"

/* More than anybody was in. */
#define MAX_PERSON 1000

/* A show that was not touched for a year is not "next up". */
#define NEXT_UP_DAYS 365

static void
add_row_options (BijouQuery *query, const char *fields)
{
  bijou_query_add (query, "fields", fields);
  bijou_query_add (query, "enableImageTypes", "Primary,Backdrop,Thumb,Logo");
  bijou_query_add (query, "imageTypeLimit", "1");
}

/**
 * bijou_jellyfin_add_row_options:
 * @query: a query of a list
 * @has_lists: whether collections and playlists can be among its rows
 *
 * Asks for what a row of the mirror needs.
 */
void
bijou_jellyfin_add_row_options (BijouQuery *query, gboolean has_lists)
{
  add_row_options (query, has_lists ? LIST_FIELDS : ROW_FIELDS);
}

/* The views that the user wants to see nothing new of. Home shows them all when this fails. */
static char **
fetch_hidden_views (BijouJellyfinBackend *self, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) me =
      bijou_jellyfin_backend_get (self, "/Users/Me", BIJOU_HTTP_API, NULL, cancellable, &error);
  JsonObject *user = me != NULL && JSON_NODE_HOLDS_OBJECT (me) ? json_node_get_object (me) : NULL;

  if (error != NULL)
    g_debug ("No settings of the user: %s", error->message);
  return bijou_json_dup_strings (bijou_json_get_object (user, "Configuration"),
                                 "LatestItemsExcludes", NULL);
}

static BijouLibrary *
find_library (GPtrArray *libraries, const char *id)
{
  for (guint i = 0; i < libraries->len; i++)
    if (g_strcmp0 (BIJOU_LIBRARY (libraries->pdata[i])->remote_id, id) == 0)
      return libraries->pdata[i];
  return NULL;
}

static void
hide (GPtrArray *libraries, const char *id)
{
  BijouLibrary *library = id != NULL ? find_library (libraries, id) : NULL;

  if (library != NULL)
    library->hidden = TRUE;
}

void
bijou_jellyfin_backend_mark_hidden (BijouBackend *backend,
                                    GPtrArray *libraries,
                                    GPtrArray *known,
                                    GCancellable *cancellable)
{
  g_auto (GStrv) hidden = NULL;

  for (guint i = 0; known != NULL && i < known->len; i++)
    if (BIJOU_LIBRARY (known->pdata[i])->hidden)
      hide (libraries, BIJOU_LIBRARY (known->pdata[i])->remote_id);
  if (known == NULL)
    hidden = fetch_hidden_views (BIJOU_JELLYFIN_BACKEND (backend), cancellable);
  for (guint i = 0; hidden != NULL && hidden[i] != NULL; i++)
    {
      g_autofree char *id = bijou_jellyfin_normalise_id (hidden[i]);

      hide (libraries, id);
    }
}

GPtrArray *
bijou_jellyfin_backend_list_libraries (BijouBackend *backend,
                                       GCancellable *cancellable,
                                       GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path = bijou_query_end (bijou_jellyfin_backend_begin_query (self, "/UserViews"));
  g_autoptr (JsonNode) answer =
      bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, error);

  if (answer == NULL)
    return NULL;
  return bijou_jellyfin_parse_libraries (answer, self->server_id, error);
}

static const char *
get_types (BijouItemKind kind)
{
  switch (kind)
    {
    case BIJOU_ITEM_MOVIE:
      return "Movie";
    case BIJOU_ITEM_SHOW:
      return "Series";
    case BIJOU_ITEM_SEASON:
      return "Season";
    case BIJOU_ITEM_EPISODE:
      return "Episode";
    case BIJOU_ITEM_VIDEO:
      return "Video,MusicVideo,Trailer";
    case BIJOU_ITEM_COLLECTION:
      return "BoxSet";
    case BIJOU_ITEM_PLAYLIST:
      return "Playlist";
    case BIJOU_ITEM_UNKNOWN:
    default:
      return NULL;
    }
}

/**
 * bijou_jellyfin_make_types:
 * @kinds: kinds of items
 *
 * Returns: (transfer full): the value of `includeItemTypes` for them
 */
char *
bijou_jellyfin_make_types (BijouItemKinds kinds)
{
  GString *types = g_string_new (NULL);

  for (int kind = BIJOU_ITEM_MOVIE; kind <= BIJOU_ITEM_PLAYLIST; kind++)
    if ((kinds & BIJOU_ITEM_KIND_BIT (kind)) != 0)
      g_string_append_printf (types, "%s%s", types->len > 0 ? "," : "", get_types (kind));
  return g_string_free (types, FALSE);
}

static gboolean
is_list (BijouItemKind kind)
{
  return kind == BIJOU_ITEM_COLLECTION || kind == BIJOU_ITEM_PLAYLIST;
}

/* Sorted by name because only that order is the same on each page. The total costs a query of its
 * own, so it is asked for once. Without `isMissing` episodes appear that nobody has; a season of a
 * show without folders is no file either, so for others it is not asked. */
static char *
make_page_path (
    BijouJellyfinBackend *self, BijouLibrary *library, BijouItemKind kind, guint start, guint limit)
{
  BijouQuery *query = bijou_jellyfin_backend_begin_query (self, "/Items");

  if (library != NULL)
    bijou_query_add (query, "parentId", library->remote_id);
  bijou_query_add (query, "recursive", "true");
  bijou_query_add (query, "includeItemTypes", get_types (kind));
  bijou_query_add (query, "sortBy", "SortName");
  bijou_query_add (query, "sortOrder", "Ascending");
  bijou_query_add_int (query, "startIndex", start);
  bijou_query_add_int (query, "limit", limit);
  bijou_query_add (query, "enableTotalRecordCount", start == 0 ? "true" : "false");
  bijou_query_add (query, "collapseBoxSetItems", "false");
  if (kind == BIJOU_ITEM_EPISODE)
    bijou_query_add (query, "isMissing", "false");
  bijou_jellyfin_add_row_options (query, is_list (kind));
  return bijou_query_end (query);
}

static BijouPage *
make_empty_page (void)
{
  BijouPage *page = g_new0 (BijouPage, 1);

  page->items = g_ptr_array_new_with_free_func (g_object_unref);
  return page;
}

BijouPage *
bijou_jellyfin_backend_fetch_page (BijouBackend *backend,
                                   BijouLibrary *library,
                                   BijouItemKind kind,
                                   guint start,
                                   guint limit,
                                   GCancellable *cancellable,
                                   GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path = make_page_path (self, library, kind, start, limit);
  g_autoptr (BijouPage) page = g_new0 (BijouPage, 1);
  g_autoptr (JsonNode) answer = NULL;

  /* Lists belong to no library here. */
  if (is_list (kind) && library != NULL)
    return make_empty_page ();

  answer =
      bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_LIST, &page->bytes, cancellable, error);
  if (answer == NULL)
    return NULL;
  page->items = bijou_jellyfin_parse_items (answer, self->server_id,
                                            library != NULL ? library->remote_id : NULL, kind,
                                            &page->received, error);
  if (page->items == NULL)
    return NULL;
  page->total = start == 0 ? bijou_jellyfin_parse_total (answer, page->received) : -1;
  return g_steal_pointer (&page);
}

/* Without `includeItemTypes`, which the server does not combine with identifiers on all versions.
 * (nullable): none of them is an identifier. */
char *
bijou_jellyfin_backend_make_items_path (BijouJellyfinBackend *self,
                                        const char *const *remote_ids,
                                        const char *more_fields)
{
  g_autofree char *fields = g_strconcat (LIST_FIELDS, more_fields, NULL);
  BijouQuery *query = bijou_jellyfin_backend_begin_query (self, "/Items");
  g_autoptr (GString) ids = g_string_new (NULL);

  for (guint i = 0; remote_ids[i] != NULL; i++)
    {
      g_autofree char *id = bijou_jellyfin_normalise_id (remote_ids[i]);

      if (id != NULL)
        g_string_append_printf (ids, "%s%s", ids->len > 0 ? "," : "", id);
    }
  /* An empty list would ask for everything. */
  if (ids->len == 0)
    {
      g_free (bijou_query_end (query));
      return NULL;
    }
  bijou_query_add (query, "ids", ids->str);
  bijou_query_add_int (query, "limit", BIJOU_BACKEND_MAX_IDS);
  bijou_query_add (query, "enableTotalRecordCount", "false");
  bijou_query_add (query, "collapseBoxSetItems", "false");
  add_row_options (query, fields);
  return bijou_query_end (query);
}

GPtrArray *
bijou_jellyfin_backend_fetch_items (BijouBackend *backend,
                                    const char *const *remote_ids,
                                    GCancellable *cancellable,
                                    GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path = bijou_jellyfin_backend_make_items_path (self, remote_ids, NULL);
  g_autoptr (JsonNode) answer = NULL;

  if (path == NULL)
    return g_ptr_array_new_with_free_func (g_object_unref);
  answer = bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;
  return bijou_jellyfin_parse_items (answer, self->server_id, NULL, BIJOU_ITEM_UNKNOWN, NULL,
                                     error);
}

/* GET /Items?personIds=… */
GPtrArray *
bijou_jellyfin_backend_fetch_person (BijouBackend *backend,
                                     const char *person_id,
                                     GCancellable *cancellable,
                                     GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  BijouQuery *query = bijou_jellyfin_backend_begin_query (self, "/Items");
  g_autofree char *path = NULL;
  g_autoptr (JsonNode) answer = NULL;

  bijou_query_add (query, "personIds", person_id);
  bijou_query_add (query, "recursive", "true");
  bijou_query_add (query, "includeItemTypes", "Movie,Series");
  bijou_query_add_int (query, "limit", MAX_PERSON);
  bijou_query_add (query, "enableTotalRecordCount", "false");
  bijou_query_add (query, "collapseBoxSetItems", "false");
  bijou_query_add (query, "enableImages", "false");
  path = bijou_query_end (query);
  answer = bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, error);
  if (answer == NULL)
    return NULL;
  return bijou_jellyfin_parse_items (answer, self->server_id, NULL, BIJOU_ITEM_UNKNOWN, NULL,
                                     error);
}

/* GET /Items?parentId=BOXSET, /Playlists/{id}/Items: without an order of ours they come in theirs.
 */
static char *
make_members_path (
    BijouJellyfinBackend *self, BijouItem *list, guint start, guint limit, GError **error)
{
  BijouQuery *query;

  if (list->kind == BIJOU_ITEM_PLAYLIST)
    {
      g_autofree char *path =
          bijou_jellyfin_backend_make_path (self, "/Playlists/", list->remote_id, "/Items", error);

      if (path == NULL)
        return NULL;
      query = bijou_query_new (path);
    }
  else
    {
      query = bijou_jellyfin_backend_begin_query (self, "/Items");
      bijou_query_add (query, "parentId", list->remote_id);
      bijou_query_add (query, "collapseBoxSetItems", "false");
    }
  bijou_query_add_int (query, "startIndex", start);
  bijou_query_add_int (query, "limit", limit);
  bijou_query_add (query, "enableImages", "false");
  return bijou_query_end (query);
}

BijouPage *
bijou_jellyfin_backend_fetch_members (BijouBackend *backend,
                                      BijouItem *list,
                                      guint start,
                                      guint limit,
                                      GCancellable *cancellable,
                                      GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path = make_members_path (self, list, start, limit, error);
  g_autoptr (BijouPage) page = g_new0 (BijouPage, 1);
  g_autoptr (JsonNode) answer = NULL;

  if (path == NULL)
    return NULL;
  answer =
      bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_LIST, &page->bytes, cancellable, error);
  if (answer == NULL)
    return NULL;
  page->items = bijou_jellyfin_parse_items (answer, self->server_id, NULL, BIJOU_ITEM_UNKNOWN,
                                            &page->received, error);
  if (page->items == NULL)
    return NULL;
  page->total = bijou_jellyfin_parse_total (answer, page->received);
  return g_steal_pointer (&page);
}

static char *
make_home_path (BijouJellyfinBackend *self, BijouHomeRow row, guint limit)
{
  BijouQuery *query = bijou_jellyfin_backend_begin_query (
      self, row == BIJOU_HOME_CONTINUE ? "/UserItems/Resume" : "/Shows/NextUp");

  bijou_query_add_int (query, "limit", limit);
  bijou_query_add (query, "enableTotalRecordCount", "false");
  if (row == BIJOU_HOME_CONTINUE)
    /* Without it begun shows and seasons come along. */
    bijou_query_add (query, "mediaTypes", "Video");
  else
    {
      gint64 now = g_get_real_time () / G_USEC_PER_SEC;
      g_autofree char *since =
          bijou_text_format_time (now - G_GINT64_CONSTANT (86400) * NEXT_UP_DAYS);

      bijou_query_add (query, "enableResumable", "false");
      bijou_query_add (query, "nextUpDateCutoff", since);
    }
  add_row_options (query, ROW_FIELDS);
  return bijou_query_end (query);
}

GPtrArray *
bijou_jellyfin_backend_fetch_home (BijouBackend *backend,
                                   BijouHomeRow row,
                                   guint limit,
                                   GPtrArray **next_up,
                                   GCancellable *cancellable,
                                   GError **error)
{
  BijouJellyfinBackend *self = BIJOU_JELLYFIN_BACKEND (backend);
  g_autofree char *path = make_home_path (self, row, limit);
  g_autoptr (JsonNode) answer =
      bijou_jellyfin_backend_get (self, path, BIJOU_HTTP_SLOW, NULL, cancellable, error);
  GPtrArray *items;

  if (answer == NULL)
    return NULL;

  items =
      bijou_jellyfin_parse_items (answer, self->server_id, NULL, BIJOU_ITEM_UNKNOWN, NULL, error);
  for (guint i = items != NULL ? items->len : 0; i > 0; i--)
    {
      BijouItem *item = g_ptr_array_index (items, i - 1);

      if (!bijou_item_kind_is_playable (item->kind))
        g_ptr_array_remove_index (items, i - 1);
    }
  return items;
}
