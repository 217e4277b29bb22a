#include "config.h"

#include "bijou-jellyfin-parse.h"

#include "bijou-json.h"
#include "bijou-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define TICKS_PER_MS 10000

/* Longer than anything that is played; what is above is a broken number. */
#define LONGEST_MS (G_GINT64_CONSTANT (1000) * 3600 * 1000)

/**
 * bijou_jellyfin_normalise_id:
 * @text: (nullable): an item's, user's or server's identifier, dashed or not, in any case
 *
 * Returns: (transfer full) (nullable): 32 hexadecimal digits in lower case, %NULL for anything else
 *   and for the empty identifier
 */
char *
bijou_jellyfin_normalise_id (const char *text)
{
  char id[33];
  guint length = 0;
  gboolean empty = TRUE;

  for (const char *p = text; p != NULL && *p != '\0'; p++)
    {
      if (*p == '-')
        continue;
      if (!g_ascii_isxdigit (*p) || length == 32)
        return NULL;
      empty = empty && *p == '0';
      id[length++] = g_ascii_tolower (*p);
    }
  if (length != 32 || empty)
    return NULL;
  id[32] = '\0';
  return g_strdup (id);
}

/**
 * bijou_jellyfin_ticks_to_ms:
 * @ticks: units of 100 ns
 *
 * Returns: milliseconds; 0 for a number that is negative or no length of anything
 */
gint64
bijou_jellyfin_ticks_to_ms (gint64 ticks)
{
  gint64 ms = ticks / TICKS_PER_MS;

  return ms > 0 && ms <= LONGEST_MS ? ms : 0;
}

static char *
dup_id (JsonObject *object, const char *name)
{
  return bijou_jellyfin_normalise_id (bijou_json_get_string (object, name));
}

static gint64
get_ms (JsonObject *object, const char *name)
{
  return bijou_jellyfin_ticks_to_ms (bijou_json_get_int (object, name, 0));
}

static int
get_number (JsonObject *object, const char *name)
{
  gint64 value = bijou_json_get_int (object, name, -1);

  return value >= 0 && value <= G_MAXINT ? (int) value : -1;
}

static double
get_rating (JsonObject *object, const char *name)
{
  double value = bijou_json_get_double (object, name, -1);

  return value >= 0 && value <= 10 ? value : -1;
}

/**
 * bijou_jellyfin_parse_identity:
 * @object: the answer of `/System/Info/Public`
 * @identity: filled with who it is
 * @error: return location
 *
 * While it starts or migrates, a server of 10.11 and later answers in camelCase.
 *
 * Returns: whether it is a Jellyfin server that is ready; else %BIJOU_ERROR_SERVER_STARTING or
 *   %BIJOU_ERROR_PROTOCOL
 */
gboolean
bijou_jellyfin_parse_identity (JsonObject *object, BijouIdentity *identity, GError **error)
{
  const char *product = bijou_json_get_string (object, "ProductName");
  g_autofree char *id = dup_id (object, "Id");

  if (!bijou_json_has (object, "Version") && bijou_json_has (object, "version"))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING, "Jellyfin is starting");
      return FALSE;
    }
  if (product == NULL || !g_str_has_prefix (product, "Jellyfin") || id == NULL)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "Not a Jellyfin server");
      return FALSE;
    }

  identity->server_id = g_steal_pointer (&id);
  identity->name = bijou_json_dup_string (object, "ServerName");
  identity->version = bijou_json_dup_string (object, "Version");
  return TRUE;
}

/* Views that are no libraries: their items are asked for over the whole server. */
static gboolean
is_list_of_lists (const char *collection_type)
{
  return g_strcmp0 (collection_type, "boxsets") == 0 ||
         g_strcmp0 (collection_type, "playlists") == 0;
}

static BijouLibraryKind
get_library_kind (JsonObject *view)
{
  static const struct
  {
    const char *name;
    BijouLibraryKind kind;
  } kinds[] = {
    { "movies", BIJOU_LIBRARY_MOVIES },     { "tvshows", BIJOU_LIBRARY_SHOWS },
    { "homevideos", BIJOU_LIBRARY_VIDEOS }, { "musicvideos", BIJOU_LIBRARY_VIDEOS },
    { "trailers", BIJOU_LIBRARY_VIDEOS },   { "mixed", BIJOU_LIBRARY_MIXED },
    { "unknown", BIJOU_LIBRARY_MIXED },     { "music", BIJOU_LIBRARY_MUSIC },
    { "photos", BIJOU_LIBRARY_PHOTOS },
  };
  const char *name = bijou_json_get_string (view, "CollectionType");

  if (name == NULL || *name == '\0')
    return g_strcmp0 (bijou_json_get_string (view, "Type"), "Channel") == 0 ? BIJOU_LIBRARY_OTHER
                                                                            : BIJOU_LIBRARY_MIXED;
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_ascii_strcasecmp (name, kinds[i].name) == 0)
      return kinds[i].kind;
  return BIJOU_LIBRARY_OTHER;
}

/* Without a list an answer is broken; it does not say that there is nothing. */
static JsonNode *
find_list (JsonNode *answer, GError **error)
{
  JsonNode *list = answer;

  if (answer != NULL && JSON_NODE_HOLDS_OBJECT (answer))
    list = json_object_get_member (json_node_get_object (answer), "Items");
  if (list != NULL && (JSON_NODE_HOLDS_ARRAY (list) || JSON_NODE_HOLDS_OBJECT (list)))
    return list;
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "The answer holds no list of items");
  return NULL;
}

/**
 * bijou_jellyfin_parse_libraries:
 * @answer: the answer of `/UserViews`
 * @server_id: the server
 * @error: return location
 *
 * Returns: (transfer container) (element-type BijouLibrary) (nullable): the libraries in the user's
 *   order, without the views of collections and playlists; %NULL with %BIJOU_ERROR_PROTOCOL
 */
GPtrArray *
bijou_jellyfin_parse_libraries (JsonNode *answer, const char *server_id, GError **error)
{
  JsonNode *list = find_list (answer, error);
  g_autoptr (GPtrArray) views = bijou_json_node_get_objects (list);
  GPtrArray *libraries;

  if (list == NULL)
    return NULL;

  libraries = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < views->len; i++)
    {
      JsonObject *view = g_ptr_array_index (views, i);
      g_autofree char *id = dup_id (view, "Id");
      BijouLibrary *library;

      if (is_list_of_lists (bijou_json_get_string (view, "CollectionType")))
        continue;
      if (id == NULL)
        {
          g_info ("Skipped a library without an identifier");
          continue;
        }
      library = bijou_library_new (server_id, id, bijou_json_get_string (view, "Name"));
      library->kind = get_library_kind (view);
      g_ptr_array_add (libraries, library);
    }
  return libraries;
}

static gboolean
is_other_media (const char *media_type)
{
  return g_strcmp0 (media_type, "Audio") == 0 || g_strcmp0 (media_type, "Photo") == 0 ||
         g_strcmp0 (media_type, "Book") == 0;
}

/* A type of the future is what was asked for, or what it looks like. */
static BijouItemKind
get_item_kind (JsonObject *object, BijouItemKind asked)
{
  static const struct
  {
    const char *name;
    BijouItemKind kind;
  } kinds[] = {
    { "Movie", BIJOU_ITEM_MOVIE },       { "Series", BIJOU_ITEM_SHOW },
    { "Season", BIJOU_ITEM_SEASON },     { "Episode", BIJOU_ITEM_EPISODE },
    { "Video", BIJOU_ITEM_VIDEO },       { "MusicVideo", BIJOU_ITEM_VIDEO },
    { "Trailer", BIJOU_ITEM_VIDEO },     { "BoxSet", BIJOU_ITEM_COLLECTION },
    { "Playlist", BIJOU_ITEM_PLAYLIST },
  };
  const char *name = bijou_json_get_string (object, "Type");
  const char *media_type = bijou_json_get_string (object, "MediaType");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (name != NULL && g_ascii_strcasecmp (name, kinds[i].name) == 0)
      return kinds[i].kind;
  if (is_other_media (media_type))
    return BIJOU_ITEM_UNKNOWN;
  if (asked != BIJOU_ITEM_UNKNOWN)
    return asked;
  if (g_strcmp0 (media_type, "Video") == 0 && !bijou_json_get_boolean (object, "IsFolder", FALSE))
    return bijou_json_has (object, "SeriesId") ? BIJOU_ITEM_EPISODE : BIJOU_ITEM_VIDEO;
  return BIJOU_ITEM_UNKNOWN;
}

/**
 * bijou_jellyfin_make_image:
 * @item_id: (nullable): whose picture it is
 * @kind: `Primary`, `Backdrop`, `Thumb`, `Logo` or `Chapter`
 * @index: which of several
 * @tag: (nullable): its version
 *
 * A tag does not tell the kinds of one item's pictures apart, so that all four parts are needed.
 *
 * Returns: (transfer full) (nullable): the reference, %NULL when there is no such picture
 */
char *
bijou_jellyfin_make_image (const char *item_id, const char *kind, guint index, const char *tag)
{
  if (item_id == NULL || tag == NULL || *tag == '\0')
    return NULL;
  return g_strdup_printf ("%s/%s/%u/%s", item_id, kind, index, tag);
}

static char *
make_own_image (BijouItem *item, JsonObject *object, const char *kind)
{
  JsonObject *tags = bijou_json_get_object (object, "ImageTags");

  return bijou_jellyfin_make_image (item->remote_id, kind, 0, bijou_json_get_string (tags, kind));
}

static char *
make_related_image (JsonObject *object, const char *id_name, const char *kind, const char *tag_name)
{
  g_autofree char *id = dup_id (object, id_name);

  return bijou_jellyfin_make_image (id, kind, 0, bijou_json_get_string (object, tag_name));
}

static char *
make_backdrop (BijouItem *item, JsonObject *object)
{
  g_auto (GStrv) own = bijou_json_dup_strings (object, "BackdropImageTags", NULL);
  g_auto (GStrv) parents = bijou_json_dup_strings (object, "ParentBackdropImageTags", NULL);
  g_autofree char *parent = dup_id (object, "ParentBackdropItemId");

  if (own != NULL)
    return bijou_jellyfin_make_image (item->remote_id, "Backdrop", 0, own[0]);
  return bijou_jellyfin_make_image (parent, "Backdrop", 0, parents != NULL ? parents[0] : NULL);
}

static char *
take_first (char *first, char *second)
{
  if (first == NULL)
    return second;
  g_free (second);
  return first;
}

/* An episode's own picture is wide; its poster is the show's. A season without a poster has the
 * show's. */
static void
fill_images (BijouItem *item, JsonObject *object)
{
  char *primary = make_own_image (item, object, "Primary");
  char *thumb = make_own_image (item, object, "Thumb");
  char *series = take_first (
      make_related_image (object, "SeriesId", "Primary", "SeriesPrimaryImageTag"),
      make_related_image (object, "ParentPrimaryImageItemId", "Primary", "ParentPrimaryImageTag"));

  if (item->kind == BIJOU_ITEM_EPISODE)
    {
      item->poster = series;
      item->still = take_first (
          take_first (primary, thumb),
          make_related_image (object, "ParentThumbItemId", "Thumb", "ParentThumbImageTag"));
    }
  else if (item->kind == BIJOU_ITEM_VIDEO)
    {
      item->poster = take_first (g_strdup (primary), series);
      item->still = take_first (thumb, primary);
    }
  else
    {
      item->poster = take_first (primary, series);
      item->still = thumb;
    }
  item->backdrop = make_backdrop (item, object);
  item->logo =
      take_first (make_own_image (item, object, "Logo"),
                  make_related_image (object, "ParentLogoItemId", "Logo", "ParentLogoImageTag"));
}

static void
fill_state (BijouItem *item, JsonObject *data)
{
  item->watched = bijou_json_get_boolean (data, "Played", FALSE);
  item->favourite = bijou_json_get_boolean (data, "IsFavorite", FALSE);
  item->play_count = MAX (0, get_number (data, "PlayCount"));
  item->last_played_at = bijou_text_parse_time (bijou_json_get_string (data, "LastPlayedDate"));
}

static void
fill_user_data (BijouItem *item, JsonObject *object)
{
  JsonObject *data = bijou_json_get_object (object, "UserData");

  fill_state (item, data);
  item->user_rating = get_rating (data, "Rating");
  if (bijou_item_kind_is_playable (item->kind))
    item->position_ms = get_ms (data, "PlaybackPositionTicks");
  else
    item->unwatched = MAX (0, get_number (data, "UnplayedItemCount"));
}

/**
 * bijou_jellyfin_parse_state:
 * @data: a UserItemDataDto with its `ItemId`
 * @server_id: the server
 *
 * Returns: (transfer full) (nullable): an item of unknown kind with nothing but its play state,
 *   %NULL when it names none
 */
BijouItem *
bijou_jellyfin_parse_state (JsonObject *data, const char *server_id)
{
  g_autofree char *id = dup_id (data, "ItemId");
  BijouItem *item;

  if (id == NULL)
    return NULL;

  item = bijou_item_new (BIJOU_ITEM_UNKNOWN, server_id, id);
  fill_state (item, data);
  item->position_ms = get_ms (data, "PlaybackPositionTicks");
  return item;
}

/* Films in scope have fewer lines than their class: 1920×800 is what is sold as 1080. */
static int
get_video_height (JsonObject *object)
{
  int width = MAX (0, get_number (object, "Width"));
  int height = MAX (0, get_number (object, "Height"));

  return width < 100000 ? MAX (height, width * 9 / 16) : height;
}

static void
fill_place (BijouItem *item, JsonObject *object)
{
  if (item->kind == BIJOU_ITEM_SEASON)
    {
      item->show_id = take_first (dup_id (object, "SeriesId"), dup_id (object, "ParentId"));
      item->parent_id = g_strdup (item->show_id);
      item->season = get_number (object, "IndexNumber");
    }
  else if (item->kind == BIJOU_ITEM_EPISODE)
    {
      item->show_id = dup_id (object, "SeriesId");
      item->parent_id = dup_id (object, "SeasonId");
      item->season = get_number (object, "ParentIndexNumber");
      item->episode = get_number (object, "IndexNumber");
      item->episode_end = get_number (object, "IndexNumberEnd");
    }
  else
    return;
  item->show_title = bijou_json_dup_string (object, "SeriesName");
}

static void
fill_counts (BijouItem *item, JsonObject *object)
{
  int children = MAX (0, get_number (object, "ChildCount"));

  if (item->kind == BIJOU_ITEM_SHOW)
    {
      item->seasons = children;
      item->children = MAX (0, get_number (object, "RecursiveItemCount"));
    }
  else if (!bijou_item_kind_is_playable (item->kind))
    item->children = children;
}

static void
fill_titles (BijouItem *item, JsonObject *object)
{
  item->title = bijou_json_dup_string (object, "Name");
  item->sort_title = bijou_json_dup_string (object, "SortName");
  item->original_title = bijou_json_dup_string (object, "OriginalTitle");
  if (item->title == NULL)
    item->title = g_strdup (item->original_title);
  if (item->title == NULL)
    item->title = g_strdup (item->sort_title);
  if (item->title == NULL)
    /* Translators: a film or episode to which the server gives no title */
    item->title = g_strdup (_ ("Untitled"));
  if (item->sort_title == NULL)
    item->sort_title = bijou_text_make_sort_title (item->title);
  if (g_strcmp0 (item->title, item->original_title) == 0)
    g_clear_pointer (&item->original_title, g_free);
}

static void
fill_dates (BijouItem *item, JsonObject *object)
{
  item->released = bijou_text_normalise_date (bijou_json_get_string (object, "PremiereDate"));
  item->added_at = bijou_text_parse_time (bijou_json_get_string (object, "DateCreated"));
  item->year = get_number (object, "ProductionYear");
  if ((item->year < 1 || item->year > 9999) && item->released != NULL)
    item->year = (int) g_ascii_strtoll (item->released, NULL, 10);
  if (item->year < 1 || item->year > 9999)
    item->year = -1;
}

/**
 * bijou_jellyfin_parse_item:
 * @object: a BaseItemDto with whatever fields were asked for
 * @server_id: the server
 * @asked: the kind that was asked for, %BIJOU_ITEM_UNKNOWN when any
 *
 * Returns: (transfer full) (nullable): the item, %NULL when it has no identifier or is nothing to
 *   watch
 */
BijouItem *
bijou_jellyfin_parse_item (JsonObject *object, const char *server_id, BijouItemKind asked)
{
  g_autofree char *id = dup_id (object, "Id");
  BijouItemKind kind = get_item_kind (object, asked);
  g_auto (GStrv) taglines = NULL;
  BijouItem *item;

  if (id == NULL || kind == BIJOU_ITEM_UNKNOWN)
    return NULL;

  item = bijou_item_new (kind, server_id, id);
  fill_titles (item, object);
  fill_dates (item, object);
  fill_place (item, object);
  fill_counts (item, object);
  fill_user_data (item, object);
  fill_images (item, object);
  item->overview = bijou_json_dup_string (object, "Overview");
  item->content_rating = bijou_json_dup_string (object, "OfficialRating");
  item->genres = bijou_json_dup_strings (object, "Genres", "Name");
  item->version_tag = bijou_json_dup_string (object, "Etag");
  item->rating = get_rating (object, "CommunityRating");
  item->duration_ms = get_ms (object, "RunTimeTicks");
  item->video_height = get_video_height (object);
  item->has_media = bijou_item_kind_is_playable (kind) &&
                    g_strcmp0 (bijou_json_get_string (object, "LocationType"), "Virtual") != 0;
  taglines = bijou_json_dup_strings (object, "Taglines", NULL);
  if (taglines != NULL)
    item->tagline = g_strdup (taglines[0]);
  return item;
}

/**
 * bijou_jellyfin_parse_items:
 * @answer: a QueryResult or a bare array
 * @server_id: the server
 * @library_id: (nullable): the library that was asked
 * @asked: the kind that was asked for, %BIJOU_ITEM_UNKNOWN when any
 * @received: (out) (optional): how many rows there were, understood or not
 * @error: return location
 *
 * Returns: (transfer container) (element-type BijouItem) (nullable): what could be understood, or
 *   %NULL with %BIJOU_ERROR_PROTOCOL when there is no list at all
 */
GPtrArray *
bijou_jellyfin_parse_items (JsonNode *answer,
                            const char *server_id,
                            const char *library_id,
                            BijouItemKind asked,
                            guint *received,
                            GError **error)
{
  JsonNode *rows = find_list (answer, error);
  g_autoptr (GPtrArray) objects = bijou_json_node_get_objects (rows);
  GPtrArray *items;
  guint n_rows;

  if (rows == NULL)
    return NULL;

  n_rows = JSON_NODE_HOLDS_ARRAY (rows) ? json_array_get_length (json_node_get_array (rows))
                                        : objects->len;
  items = g_ptr_array_new_full (n_rows, g_object_unref);
  for (guint i = 0; i < objects->len; i++)
    {
      BijouItem *item =
          bijou_jellyfin_parse_item (g_ptr_array_index (objects, i), server_id, asked);

      if (item == NULL)
        continue;
      item->library_id = g_strdup (library_id);
      g_ptr_array_add (items, item);
    }
  if (items->len < n_rows)
    g_info ("Skipped %u of %u rows that are nothing to watch", n_rows - items->len, n_rows);
  if (received != NULL)
    *received = n_rows;
  return items;
}

/**
 * bijou_jellyfin_parse_total:
 * @answer: a QueryResult
 * @received: how many rows it holds
 *
 * Returns: the rows of the whole query, -1 when the number cannot be true
 */
gint64
bijou_jellyfin_parse_total (JsonNode *answer, guint received)
{
  gint64 total = -1;

  if (JSON_NODE_HOLDS_OBJECT (answer))
    total = bijou_json_get_int (json_node_get_object (answer), "TotalRecordCount", -1);
  return total >= received ? total : -1;
}
