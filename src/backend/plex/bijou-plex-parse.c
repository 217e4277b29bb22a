#include "config.h"

#include "bijou-plex-parse.h"

#include "bijou-json.h"
#include "bijou-plex-image.h"
#include "bijou-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* A film in a library of "other videos" says subtype clip, or at least comes from the agent that
 * looks nothing up. */
static BijouItemKind
get_movie_kind (JsonObject *row, const BijouPlexContext *context)
{
  const char *guid = bijou_json_get_string (row, "guid");

  if (context->kind == BIJOU_ITEM_VIDEO ||
      g_strcmp0 (bijou_json_get_string (row, "subtype"), "clip") == 0 ||
      (guid != NULL && g_str_has_prefix (guid, "com.plexapp.agents.none://")))
    return BIJOU_ITEM_VIDEO;
  return BIJOU_ITEM_MOVIE;
}

/* A type of the future is what was asked for; music and pictures are not. */
static BijouItemKind
get_item_kind (JsonObject *row, const BijouPlexContext *context)
{
  static const char *const others[] = { "artist", "album",   "track", "photo", "photoalbum",
                                        "person", "station", "genre", NULL };
  const char *type = bijou_json_get_string (row, "type");

  if (type == NULL)
    return context->kind;
  if (strcmp (type, "movie") == 0)
    return get_movie_kind (row, context);
  if (strcmp (type, "clip") == 0)
    return BIJOU_ITEM_VIDEO;
  if (strcmp (type, "show") == 0 || strcmp (type, "season") == 0 || strcmp (type, "episode") == 0 ||
      strcmp (type, "collection") == 0 || strcmp (type, "playlist") == 0)
    return bijou_item_kind_from_string (type);
  return g_strv_contains (others, type) ? BIJOU_ITEM_UNKNOWN : context->kind;
}

/* "/library/metadata/22/children" → "22" */
static char *
get_id_of_key (const char *key)
{
  static const char prefix[] = "/library/metadata/";
  const char *id = key != NULL && g_str_has_prefix (key, prefix) ? key + strlen (prefix) : NULL;

  if (id == NULL || *id == '\0' || *id == '/')
    return NULL;
  return g_strndup (id, strcspn (id, "/?"));
}

static char *
dup_id (JsonObject *row, const char *id_name, const char *key_name)
{
  char *id = bijou_json_dup_text (row, id_name);

  return id != NULL ? id : get_id_of_key (bijou_json_get_string (row, key_name));
}

/* A list of children has the key of their parent. */
static char *
dup_container_id (JsonObject *container)
{
  char *key = bijou_json_dup_text (container, "key");

  if (key != NULL && key[strspn (key, "0123456789")] != '\0')
    g_clear_pointer (&key, g_free);
  return key;
}

/* What is the same for all rows may be written once, at the container. */
static char *
dup_hoisted_id (JsonObject *row,
                const BijouPlexContext *context,
                const char *id_name,
                const char *key_name)
{
  char *id = dup_id (row, id_name, key_name);

  return id != NULL || context->container == NULL ? id
                                                  : dup_id (context->container, id_name, key_name);
}

static char *
dup_hoisted (JsonObject *row, const BijouPlexContext *context, const char *name)
{
  char *text = bijou_json_dup_text (row, name);

  return text != NULL || context->container == NULL
             ? text
             : bijou_json_dup_text (context->container, name);
}

static int
get_number (JsonObject *object, const char *name)
{
  gint64 value = bijou_json_get_int (object, name, -1);

  return value >= 0 && value <= G_MAXINT ? (int) value : -1;
}

static int
get_count (JsonObject *object, const char *name)
{
  return MAX (get_number (object, name), 0);
}

static gint64
get_positive (JsonObject *object, const char *name)
{
  return MAX (bijou_json_get_int (object, name, 0), 0);
}

static double
get_rating (JsonObject *object, const char *name)
{
  double value = bijou_json_get_double (object, name, -1);

  return value >= 0 && value <= 10 ? value : -1;
}

static char *
dup_library_id (JsonObject *row, const BijouPlexContext *context)
{
  static const char prefix[] = "/library/sections/";
  char *id = dup_hoisted (row, context, "librarySectionID");
  const char *key = bijou_json_get_string (row, "librarySectionKey");

  if (id == NULL && key != NULL && g_str_has_prefix (key, prefix))
    id = g_strdup (key + strlen (prefix));
  return id != NULL ? id : g_strdup (context->library_id);
}

/* Nothing is shown without a title, so what has none is named by what it is. */
static char *
make_title (BijouItem *item, JsonObject *row)
{
  const char *names[] = { "title", "originalTitle", "tag" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *text = bijou_json_dup_text (row, names[i]);

      if (text != NULL && *g_strstrip (text) != '\0')
        return g_steal_pointer (&text);
    }
  if (item->kind == BIJOU_ITEM_EPISODE && item->episode >= 0)
    return g_strdup_printf (_ ("Episode %d"), item->episode);
  if (item->kind == BIJOU_ITEM_SEASON && item->season > 0)
    return g_strdup_printf (_ ("Season %d"), item->season);
  if (item->kind == BIJOU_ITEM_SEASON && item->season == 0)
    return g_strdup (_ ("Specials"));
  return g_strdup (_ ("Untitled"));
}

static void
fill_texts (BijouItem *item, JsonObject *row)
{
  const char *original = bijou_json_get_string (row, "originalTitle");

  item->title = make_title (item, row);
  item->sort_title = bijou_json_dup_string (row, "titleSort");
  if (item->sort_title == NULL)
    item->sort_title = g_strdup (item->title);
  if (g_strcmp0 (original, item->title) != 0)
    item->original_title = bijou_json_dup_string (row, "originalTitle");
  item->overview = bijou_json_dup_string (row, "summary");
  item->tagline = bijou_json_dup_string (row, "tagline");
  item->content_rating = bijou_json_dup_text (row, "contentRating");
  item->genres = bijou_json_dup_strings (row, "Genre", "tag");
}

static void
fill_dates (BijouItem *item, JsonObject *row)
{
  int year = get_number (row, "year");

  item->released = bijou_text_normalise_date (bijou_json_get_string (row, "originallyAvailableAt"));
  if (year <= 0 && item->released != NULL)
    year = (int) g_ascii_strtoll (item->released, NULL, 10);
  item->year = year > 0 ? year : -1;
  item->added_at = get_positive (row, "addedAt");
  item->version_tag = bijou_json_dup_text (row, "updatedAt");
}

static void
fill_numbers (BijouItem *item, JsonObject *row, const BijouPlexContext *context)
{
  if (item->kind == BIJOU_ITEM_SEASON)
    item->season = get_number (row, "index");
  else if (item->kind == BIJOU_ITEM_EPISODE)
    {
      item->season = get_number (row, "parentIndex");
      if (item->season < 0 && context->container != NULL)
        item->season = get_number (context->container, "parentIndex");
      item->episode = get_number (row, "index");
    }
  item->rating = get_rating (row, "audienceRating");
  if (item->rating < 0)
    item->rating = get_rating (row, "rating");
  item->user_rating = get_rating (row, "userRating");
}

static char *
dup_parent_id (JsonObject *row, const BijouPlexContext *context)
{
  char *id = dup_hoisted_id (row, context, "parentRatingKey", "parentKey");

  return id != NULL ? id : dup_container_id (context->container);
}

static void
fill_family (BijouItem *item, JsonObject *row, const BijouPlexContext *context)
{
  if (item->kind == BIJOU_ITEM_SEASON)
    {
      item->parent_id = dup_parent_id (row, context);
      item->show_id = g_strdup (item->parent_id);
      item->show_title = dup_hoisted (row, context, "parentTitle");
    }
  else if (item->kind == BIJOU_ITEM_EPISODE)
    {
      item->parent_id = dup_parent_id (row, context);
      item->show_id = dup_hoisted_id (row, context, "grandparentRatingKey", "grandparentKey");
      item->show_title = dup_hoisted (row, context, "grandparentTitle");
    }
}

static void
fill_counts (BijouItem *item, JsonObject *row)
{
  int leaves = get_count (row, "leafCount");
  int viewed = MIN (get_count (row, "viewedLeafCount"), leaves);

  switch (item->kind)
    {
    case BIJOU_ITEM_SHOW:
      item->seasons = get_count (row, "childCount");
      G_GNUC_FALLTHROUGH;
    case BIJOU_ITEM_SEASON:
      item->children = leaves;
      item->unwatched = leaves - viewed;
      item->watched = leaves > 0 && viewed == leaves;
      break;
    case BIJOU_ITEM_COLLECTION:
      item->children = get_count (row, "childCount");
      break;
    case BIJOU_ITEM_PLAYLIST:
      item->children = leaves;
      break;
    case BIJOU_ITEM_UNKNOWN:
    case BIJOU_ITEM_MOVIE:
    case BIJOU_ITEM_EPISODE:
    case BIJOU_ITEM_VIDEO:
    default:
      break;
    }
}

static void
fill_play_state (BijouItem *item, JsonObject *row)
{
  item->last_played_at = get_positive (row, "lastViewedAt");
  if (!bijou_item_kind_is_playable (item->kind))
    return;

  item->play_count = get_count (row, "viewCount");
  item->watched = item->play_count > 0;
  item->position_ms = get_positive (row, "viewOffset");
}

/**
 * bijou_plex_is_media_usable:
 * @media: an element of `Media`
 *
 * Whether a version can be played: it is not in the trash and is no optimised copy (proxy type 42).
 */
gboolean
bijou_plex_is_media_usable (JsonObject *media)
{
  return bijou_json_get_int (media, "deletedAt", 0) == 0 &&
         bijou_json_get_int (media, "proxyType", 0) != 42;
}

/**
 * bijou_plex_get_media_height:
 * @media: an element of `Media`
 *
 * Returns: its lines; a wide film in 4K counts as 2160 although its picture has fewer
 */
int
bijou_plex_get_media_height (JsonObject *media)
{
  g_autofree char *resolution = bijou_json_dup_text (media, "videoResolution");
  int height = get_count (media, "height");
  int named = 0;

  if (resolution == NULL)
    return height;
  if (g_ascii_strcasecmp (resolution, "4k") == 0)
    named = 2160;
  else if (g_ascii_strcasecmp (resolution, "8k") == 0)
    named = 4320;
  else
    named = (int) CLAMP (g_ascii_strtoll (resolution, NULL, 10), 0, 4320);
  return MAX (height, named);
}

static void
fill_media (BijouItem *item, JsonObject *row)
{
  g_autoptr (GPtrArray) all = bijou_json_get_objects (row, "Media");
  gint64 longest = 0;

  for (guint i = 0; i < all->len; i++)
    {
      JsonObject *media = g_ptr_array_index (all, i);

      if (!bijou_plex_is_media_usable (media))
        continue;
      item->has_media = TRUE;
      item->video_height = MAX (item->video_height, bijou_plex_get_media_height (media));
      longest = MAX (longest, bijou_json_get_int (media, "duration", 0));
    }
  item->duration_ms = get_positive (row, "duration");
  if (item->duration_ms == 0)
    item->duration_ms = longest;
}

static const char *
find_image (JsonObject *row, const char *type)
{
  g_autoptr (GPtrArray) images = bijou_json_get_objects (row, "Image");

  for (guint i = 0; i < images->len; i++)
    if (g_strcmp0 (bijou_json_get_string (g_ptr_array_index (images, i), "type"), type) == 0)
      return bijou_json_get_string (g_ptr_array_index (images, i), "url");
  return NULL;
}

static char *
make_first_image (BijouPlexImageShape shape, JsonObject *row, const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      char *image = bijou_plex_image_make (shape, bijou_json_get_string (row, names[i]));

      if (image != NULL)
        return image;
    }
  return NULL;
}

/* The server gives an episode without a picture that of its season or show. */
static void
fill_episode_images (BijouItem *item, JsonObject *row)
{
  static const char *const posters[] = { "grandparentThumb", "parentThumb", NULL };
  const char *thumb = bijou_json_get_string (row, "thumb");

  item->poster = make_first_image (BIJOU_PLEX_IMAGE_POSTER, row, posters);
  if (g_strcmp0 (thumb, bijou_json_get_string (row, "grandparentThumb")) != 0 &&
      g_strcmp0 (thumb, bijou_json_get_string (row, "parentThumb")) != 0)
    item->still = bijou_plex_image_make (BIJOU_PLEX_IMAGE_WIDE, thumb);
}

static void
fill_images (BijouItem *item, JsonObject *row)
{
  static const char *const posters[] = { "thumb", "parentThumb", NULL };
  static const char *const covers[] = { "thumb", "composite", NULL };
  static const char *const backdrops[] = { "art", "parentArt", "grandparentArt", NULL };

  if (item->kind == BIJOU_ITEM_EPISODE)
    fill_episode_images (item, row);
  else if (item->kind == BIJOU_ITEM_VIDEO)
    item->still =
        bijou_plex_image_make (BIJOU_PLEX_IMAGE_WIDE, bijou_json_get_string (row, "thumb"));
  else if (item->kind == BIJOU_ITEM_PLAYLIST)
    item->poster = make_first_image (BIJOU_PLEX_IMAGE_SQUARE, row, covers);
  else if (item->kind == BIJOU_ITEM_COLLECTION)
    item->poster = make_first_image (BIJOU_PLEX_IMAGE_POSTER, row, covers);
  else
    item->poster = make_first_image (BIJOU_PLEX_IMAGE_POSTER, row, posters);

  item->backdrop = make_first_image (BIJOU_PLEX_IMAGE_WIDE, row, backdrops);
  item->logo = bijou_plex_image_make (BIJOU_PLEX_IMAGE_LOGO, find_image (row, "clearLogo"));
}

/**
 * bijou_plex_parse_item:
 * @row: an element of `Metadata`
 * @context: what it does not say itself
 *
 * Returns: (transfer full) (nullable): the item; %NULL for what is not video (music, photos), of a
 *   type that is not known where nothing certain was asked for, or without a key, such as the "All
 * episodes" of a list of seasons
 */
BijouItem *
bijou_plex_parse_item (JsonObject *row, const BijouPlexContext *context)
{
  g_autofree char *id = bijou_json_dup_text (row, "ratingKey");
  BijouItemKind kind = get_item_kind (row, context);
  BijouItem *item;

  if (id == NULL || kind == BIJOU_ITEM_UNKNOWN)
    return NULL;

  item = bijou_item_new (kind, context->server_id, id);
  item->library_id = kind == BIJOU_ITEM_PLAYLIST ? NULL : dup_library_id (row, context);
  fill_numbers (item, row, context);
  fill_texts (item, row);
  fill_dates (item, row);
  fill_family (item, row, context);
  fill_media (item, row);
  fill_counts (item, row);
  fill_play_state (item, row);
  fill_images (item, row);
  return item;
}
