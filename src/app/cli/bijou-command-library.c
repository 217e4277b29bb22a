#include "config.h"

#include "bijou-command.h"

#include "bijou-outbox.h"
#include "bijou-sync-members.h"

#include <glib/gi18n.h>

static const char *const item_columns[] = { "title",   "kind",    "year",        "show",
                                            "season",  "episode", "duration_ms", "position_ms",
                                            "watched", "id",      NULL };
static const char *const library_columns[] = { "title", "kind", "items", "server", "id", NULL };

/**
 * bijou_command_add_item:
 * @builder: an object being built
 * @item: an item
 *
 * Adds the members that every item has in `--list`, `--search` and `--info`.
 */
void
bijou_command_add_item (JsonBuilder *builder, BijouItem *item)
{
  g_autofree char *key = bijou_item_dup_key (item);

  bijou_output_member_text (builder, "id", key);
  bijou_output_member_text (builder, "server", item->server_id);
  bijou_output_member_text (builder, "library", item->library_id);
  bijou_output_member_text (builder, "kind", bijou_item_kind_to_string (item->kind));
  bijou_output_member_text (builder, "title", item->title);
  bijou_output_member_text (builder, "sort_title", item->sort_title);
  bijou_output_member_text (builder, "original_title", item->original_title);
  bijou_output_member_int (builder, "year", item->year, -1);
  bijou_output_member_text (builder, "show", item->show_title);
  bijou_output_member_int (builder, "season", item->season, -1);
  bijou_output_member_int (builder, "episode", item->episode, -1);
  bijou_output_member_time (builder, "added", item->added_at);
  bijou_output_member_text (builder, "released", item->released);
  bijou_output_member_int (builder, "duration_ms", item->duration_ms, 0);
  bijou_output_member_int (builder, "position_ms", item->position_ms, -1);
  bijou_output_member_boolean (builder, "watched", item->watched);
  bijou_output_member_int (builder, "play_count", item->play_count, -1);
  bijou_output_member_int (builder, "children", item->children, -1);
  bijou_output_member_int (builder, "unwatched", item->unwatched, -1);
  bijou_output_member_boolean (builder, "favourite", item->favourite);
  bijou_output_member_double (builder, "rating", item->rating);
  bijou_output_member_boolean (builder, "has_image", item->poster != NULL || item->still != NULL);
}

static void
print_item (BijouCommand *self, BijouItem *item)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  bijou_command_add_item (builder, item);
  json_builder_end_object (builder);
  bijou_output_set_columns (self->output, item_columns);
  bijou_output_add (self->output, builder);
}

/**
 * bijou_command_print_items:
 * @self: a command
 * @items: (element-type BijouItem): items
 */
void
bijou_command_print_items (BijouCommand *self, GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    print_item (self, g_ptr_array_index (items, i));
}

/* --- --list --- */

static gboolean
list_libraries (BijouCommand *self, const char *server_id, GError **error)
{
  g_autoptr (GPtrArray) libraries =
      bijou_store_list_libraries (bijou_context_get_store (self->context), server_id, error);

  if (libraries == NULL)
    return FALSE;
  bijou_output_set_columns (self->output, library_columns);
  for (guint i = 0; i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);
      g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

      json_builder_begin_object (builder);
      bijou_output_member_text (builder, "id", library->remote_id);
      bijou_output_member_text (builder, "server", library->server_id);
      bijou_output_member_text (builder, "title", library->title);
      bijou_output_member_text (builder, "kind", bijou_library_kind_to_string (library->kind));
      bijou_output_member_int (builder, "items", library->items, -1);
      json_builder_end_object (builder);
      bijou_output_add (self->output, builder);
    }
  return TRUE;
}

static gboolean
fill_query (BijouCommand *self, BijouItemQuery *query, BijouItem **parent, GError **error)
{
  const BijouCommandLine *line = self->line;

  if (line->parent != NULL)
    {
      *parent = bijou_command_find_item (self, line->parent, error);
      if (*parent == NULL)
        return FALSE;
      query->parent_id = (*parent)->remote_id;
      query->server_id = (*parent)->server_id;
    }
  query->sort = line->parent != NULL ? BIJOU_SORT_INDEX : BIJOU_SORT_TITLE;
  if (query->kind == BIJOU_ITEM_SEASON || query->kind == BIJOU_ITEM_EPISODE)
    query->sort = BIJOU_SORT_INDEX;
  if (line->sort != NULL)
    bijou_sort_from_string (line->sort, &query->sort);
  query->library_id = line->library;
  return TRUE;
}

static GPtrArray *
list_query (BijouCommand *self, BijouItemKind kind, const char *server_id, GError **error)
{
  BijouItemQuery query = { .kind = kind, .server_id = server_id };
  g_autoptr (BijouItem) parent = NULL;

  if (!fill_query (self, &query, &parent, error))
    return NULL;
  return bijou_store_list_items (bijou_context_get_store (self->context), &query, error);
}

/* "movies" is the plural of the kind's name. */
static BijouItemKind
get_listed_kind (const char *name)
{
  g_autofree char *singular = g_strdup (name);

  if (g_str_has_suffix (singular, "s"))
    singular[strlen (singular) - 1] = '\0';
  return bijou_item_kind_from_string (singular);
}

static GPtrArray *
list_items (BijouCommand *self, const char *server_id, GError **error)
{
  BijouStore *store = bijou_context_get_store (self->context);
  const char *name = self->line->list;
  BijouItemKind kind = get_listed_kind (name);

  if (g_str_equal (name, "continue"))
    return bijou_store_list_home (store, BIJOU_HOME_CONTINUE, 0, error);
  if (g_str_equal (name, "next"))
    return bijou_store_list_home (store, BIJOU_HOME_NEXT_UP, 0, error);
  if (g_str_equal (name, "recent"))
    return bijou_store_list_recent (store, server_id, self->line->library, 50, error);
  if (kind != BIJOU_ITEM_UNKNOWN)
    return list_query (self, kind, server_id, error);

  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE, _ ("--list does not know %s"), name);
  return NULL;
}

static gboolean
belongs_to (BijouItem *item, const char *server_id, const char *library_id)
{
  return (server_id == NULL || g_str_equal (item->server_id, server_id)) &&
         (library_id == NULL || g_strcmp0 (item->library_id, library_id) == 0);
}

/**
 * bijou_command_list:
 * @self: a command
 * @error: return location
 *
 * `--list=KIND`, from the mirror, without a request.
 *
 * Returns: whether it could be listed
 */
gboolean
bijou_command_list (BijouCommand *self, GError **error)
{
  g_autoptr (BijouServer) server = NULL;
  g_autoptr (GPtrArray) items = NULL;
  const char *server_id = NULL;

  if (self->line->server != NULL)
    {
      server = bijou_command_find_server (self, self->line->server, error);
      if (server == NULL)
        return FALSE;
      server_id = server->id;
    }
  if (g_str_equal (self->line->list, "libraries"))
    return list_libraries (self, server_id, error);

  items = list_items (self, server_id, error);
  if (items == NULL)
    return FALSE;
  for (guint i = 0; i < items->len; i++)
    if (belongs_to (g_ptr_array_index (items, i), server_id, self->line->library))
      print_item (self, g_ptr_array_index (items, i));
  return TRUE;
}

/**
 * bijou_command_search:
 * @self: a command
 * @error: return location
 *
 * `--search=TEXT`, from the mirror, best first.
 *
 * Returns: whether it could be searched; finding nothing is no failure
 */
gboolean
bijou_command_search (BijouCommand *self, GError **error)
{
  g_autoptr (GPtrArray) items =
      bijou_store_search (bijou_context_get_store (self->context), self->line->search, 100, error);

  if (items != NULL)
    bijou_command_print_items (self, items);
  return items != NULL;
}

/* --- --info --- */

static void
add_node_members (JsonBuilder *builder, JsonNode *node)
{
  JsonObject *object = json_node_get_object (node);
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *link = names; link != NULL; link = link->next)
    {
      json_builder_set_member_name (builder, link->data);
      json_builder_add_value (builder, json_object_dup_member (object, link->data));
    }
}

static void
add_genres (JsonBuilder *builder, char **genres)
{
  json_builder_set_member_name (builder, "genres");
  json_builder_begin_array (builder);
  for (guint i = 0; genres != NULL && genres[i] != NULL; i++)
    json_builder_add_string_value (builder, genres[i]);
  json_builder_end_array (builder);
}

static void
print_detail (BijouCommand *self, BijouItem *item, BijouDetail *detail)
{
  static const char *const columns[] = { "title", "kind", "year", "overview", "id", NULL };
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autoptr (JsonNode) node = bijou_detail_to_json (detail);

  json_builder_begin_object (builder);
  bijou_command_add_item (builder, item);
  bijou_output_member_text (builder, "overview",
                            detail->item->overview != NULL ? detail->item->overview
                                                           : item->overview);
  bijou_output_member_text (builder, "tagline", detail->item->tagline);
  bijou_output_member_text (builder, "content_rating", detail->item->content_rating);
  add_genres (builder, detail->item->genres != NULL ? detail->item->genres : item->genres);
  add_node_members (builder, node);
  json_builder_end_object (builder);
  bijou_output_set_columns (self->output, columns);
  bijou_output_add (self->output, builder);
}

/* What a collection or playlist holds is mirrored when somebody looks at it. */
static void
fetch_members (BijouCommand *self, BijouItem *item)
{
  g_autoptr (BijouBackend) backend = NULL;
  g_autoptr (GError) error = NULL;

  if (item->kind != BIJOU_ITEM_COLLECTION && item->kind != BIJOU_ITEM_PLAYLIST)
    return;
  backend = bijou_context_get_backend (self->context, item->server_id);
  if (backend != NULL && !bijou_sync_members_run (bijou_context_get_store (self->context), backend,
                                                  item, self->cancellable, &error))
    g_message ("The members of “%s” cannot be asked for: %s", item->title, error->message);
}

/**
 * bijou_command_info:
 * @self: a command
 * @error: return location
 *
 * `--info=ITEM`: from the mirror, fetched when it is not there yet.
 *
 * Returns: whether its details are known
 */
gboolean
bijou_command_info (BijouCommand *self, GError **error)
{
  g_autoptr (BijouItem) item = bijou_command_find_item (self, self->line->info, error);
  g_autoptr (BijouDetail) detail = NULL;

  if (item == NULL)
    return FALSE;
  detail = bijou_context_load_detail (self->context, item, FALSE, self->cancellable, error);
  if (detail != NULL)
    fetch_members (self, item);
  if (detail != NULL)
    print_detail (self, item, detail);
  return detail != NULL;
}

/* --- marks --- */

static const char *
get_change (const BijouCommandLine *line, BijouChangeKind *kind)
{
  if (line->favourite != NULL)
    {
      *kind = BIJOU_CHANGE_FAVOURITE;
      return line->favourite;
    }
  if (line->unfavourite != NULL)
    {
      *kind = BIJOU_CHANGE_UNFAVOURITE;
      return line->unfavourite;
    }
  *kind = g_str_equal (line->mark, "watched") ? BIJOU_CHANGE_WATCHED : BIJOU_CHANGE_UNWATCHED;
  return line->rest[0];
}

/* It is written here, which is what was asked for; the server gets it now or with a later sync. */
static void
try_to_send (BijouCommand *self, const char *server_id)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self->context, server_id);
  g_autoptr (GError) error = NULL;

  if (backend != NULL && !bijou_outbox_flush (bijou_context_get_store (self->context), backend,
                                              NULL, self->cancellable, &error))
    g_message ("The server will be told later: %s", error->message);
}

/* What a server refuses is taken back by the outbox. */
static gboolean
is_changed (BijouItem *item, BijouChangeKind kind)
{
  if (kind == BIJOU_CHANGE_FAVOURITE || kind == BIJOU_CHANGE_UNFAVOURITE)
    return item->favourite == (kind == BIJOU_CHANGE_FAVOURITE);
  return item->watched == (kind == BIJOU_CHANGE_WATCHED);
}

/**
 * bijou_command_mark:
 * @self: a command
 * @error: return location
 *
 * `--mark`, `--favourite`, `--unfavourite`: written here at once, sent to the server, also later.
 *
 * Returns: whether it is written and the server did not refuse it
 */
gboolean
bijou_command_mark (BijouCommand *self, GError **error)
{
  BijouStore *store = bijou_context_get_store (self->context);
  BijouChangeKind kind;
  const char *key = get_change (self->line, &kind);
  g_autoptr (BijouItem) item = bijou_command_find_item (self, key, error);
  g_autoptr (BijouItem) after = NULL;

  if (item == NULL || !bijou_store_make_change (store, item, kind, 0, error))
    return FALSE;
  try_to_send (self, item->server_id);
  after = bijou_store_get_item (store, item->server_id, item->remote_id, error);
  if (after == NULL)
    return FALSE;
  print_item (self, after);
  if (is_changed (after, kind))
    return TRUE;
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED, _ ("The server refuses it"));
  return FALSE;
}
