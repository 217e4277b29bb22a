#include "config.h"

#include "bijou-plex-parse.h"

#include "bijou-json.h"

/**
 * bijou_plex_get_container:
 * @root: an answer
 *
 * Returns: (transfer none) (nullable): its `MediaContainer`
 */
JsonObject *
bijou_plex_get_container (JsonNode *root)
{
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  return bijou_json_get_object (json_node_get_object (root), "MediaContainer");
}

static void
append_all (GPtrArray *rows, GPtrArray *more)
{
  for (guint i = 0; i < more->len; i++)
    g_ptr_array_add (rows, g_ptr_array_index (more, i));
}

/**
 * bijou_plex_get_rows:
 * @container: (nullable): a `MediaContainer`
 *
 * Returns: (transfer container) (element-type JsonObject): its `Metadata`, or those of all its
 * hubs; valid as long as @container
 */
GPtrArray *
bijou_plex_get_rows (JsonObject *container)
{
  GPtrArray *rows = bijou_json_get_objects (container, "Metadata");

  if (rows->len == 0)
    {
      g_autoptr (GPtrArray) hubs = bijou_json_get_objects (container, "Hub");

      for (guint i = 0; i < hubs->len; i++)
        {
          g_autoptr (GPtrArray) more =
              bijou_json_get_objects (g_ptr_array_index (hubs, i), "Metadata");

          append_all (rows, more);
        }
    }
  return rows;
}

static BijouLibraryKind
get_library_kind (JsonObject *directory)
{
  const char *type = bijou_json_get_string (directory, "type");
  const char *agent = bijou_json_get_string (directory, "agent");

  if (g_strcmp0 (type, "movie") == 0)
    return g_strcmp0 (agent, "com.plexapp.agents.none") == 0 ? BIJOU_LIBRARY_VIDEOS
                                                             : BIJOU_LIBRARY_MOVIES;
  if (g_strcmp0 (type, "show") == 0)
    return BIJOU_LIBRARY_SHOWS;
  if (g_strcmp0 (type, "artist") == 0)
    return BIJOU_LIBRARY_MUSIC;
  if (g_strcmp0 (type, "photo") == 0)
    return BIJOU_LIBRARY_PHOTOS;
  return BIJOU_LIBRARY_OTHER;
}

/**
 * bijou_plex_parse_libraries:
 * @container: the answer of `GET /library/sections`
 * @server_id: the server
 *
 * Returns: (transfer full) (element-type BijouLibrary): the libraries that have a key
 */
GPtrArray *
bijou_plex_parse_libraries (JsonObject *container, const char *server_id)
{
  GPtrArray *libraries = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) directories = bijou_json_get_objects (container, "Directory");

  for (guint i = 0; i < directories->len; i++)
    {
      JsonObject *directory = g_ptr_array_index (directories, i);
      g_autofree char *key = bijou_json_dup_text (directory, "key");
      g_autofree char *title = bijou_json_dup_text (directory, "title");
      BijouLibrary *library;

      if (key == NULL)
        {
          g_info ("A library without a key is left out");
          continue;
        }
      library = bijou_library_new (server_id, key, title != NULL ? title : key);
      library->kind = get_library_kind (directory);
      library->change_tag = bijou_json_dup_text (directory, "contentChangedAt");
      library->hidden = bijou_json_get_int (directory, "hidden", 0) != 0;
      g_ptr_array_add (libraries, library);
    }
  return libraries;
}

/**
 * bijou_plex_parse_items:
 * @rows: (element-type JsonObject): elements of `Metadata`
 * @context: what they do not say themselves
 *
 * Returns: (transfer full) (element-type BijouItem): those that could be understood, in order
 */
GPtrArray *
bijou_plex_parse_items (GPtrArray *rows, const BijouPlexContext *context)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < rows->len; i++)
    {
      BijouItem *item = bijou_plex_parse_item (g_ptr_array_index (rows, i), context);

      if (item != NULL)
        g_ptr_array_add (items, item);
      else
        g_debug ("A row of type %s is left out",
                 bijou_json_get_string (g_ptr_array_index (rows, i), "type"));
    }
  return items;
}

/* A server that does not know paging sends everything; the page is cut out of it. */
static void
cut_page (GPtrArray *rows, guint start, guint limit)
{
  guint first = MIN (start, rows->len);

  if (first > 0)
    g_ptr_array_remove_range (rows, 0, first);
  if (rows->len > limit)
    g_ptr_array_remove_range (rows, limit, rows->len - limit);
}

/**
 * bijou_plex_parse_page:
 * @container: a page of a list
 * @context: what its rows do not say themselves
 * @start: the first row that was asked for
 * @limit: how many rows were asked for
 * @header_total: the total of the header X-Plex-Container-Total-Size, -1 when there was none
 * @page: filled but for the bytes
 * @error: return location
 *
 * Returns: whether it is the page that was asked for; %BIJOU_ERROR_PROTOCOL when the server sent
 *   rows from another place
 */
gboolean
bijou_plex_parse_page (JsonObject *container,
                       const BijouPlexContext *context,
                       guint start,
                       guint limit,
                       gint64 header_total,
                       BijouPage *page,
                       GError **error)
{
  g_autoptr (GPtrArray) rows = bijou_json_get_objects (container, "Metadata");
  gint64 total = bijou_json_get_int (container, "totalSize", header_total);
  gint64 offset = bijou_json_get_int (container, "offset", -1);
  gint64 size = bijou_json_get_int (container, "size", rows->len);

  if (rows->len > limit && (total < 0 || rows->len >= total))
    {
      total = rows->len;
      cut_page (rows, start, limit);
    }
  else if (rows->len > 0 && offset >= 0 && offset != start)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL,
                   "Rows from %u on were asked for, the server sent those from %" G_GINT64_FORMAT,
                   start, offset);
      return FALSE;
    }
  else if (total < 0 && rows->len < limit)
    total = (gint64) start + rows->len;
  else if (size != rows->len)
    g_info ("The server announced %" G_GINT64_FORMAT " rows and sent %u", size, rows->len);

  page->received = rows->len;
  page->total = total >= 0 ? MAX (total, (gint64) start + rows->len) : -1;
  page->items = bijou_plex_parse_items (rows, context);
  return TRUE;
}
