#include "config.h"

#include "bijou-item-text.h"

#include "bijou-text.h"

#include <glib/gi18n.h>

static char *
join (GPtrArray *parts)
{
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  return g_strjoinv ("  ·  ", (char **) parts->pdata);
}

static void
add_part (GPtrArray *parts, char *text)
{
  if (text != NULL)
    g_ptr_array_add (parts, text);
}

/**
 * bijou_item_text_title:
 * @item: an item
 *
 * Returns: (transfer full): the first line of its card: an episode is named by its series
 */
char *
bijou_item_text_title (BijouItem *item)
{
  if (item->kind == BIJOU_ITEM_EPISODE && item->show_title != NULL)
    return g_strdup (item->show_title);
  return g_strdup (item->title);
}

/**
 * bijou_item_text_episode:
 * @item: an episode
 *
 * Returns: (transfer full): "S2 E2 · Northing"
 */
char *
bijou_item_text_episode (BijouItem *item)
{
  g_autofree char *number = bijou_text_format_episode (item->season, item->episode);

  if (number == NULL)
    return g_strdup (item->title);
  return g_strdup_printf ("%s · %s", number, item->title);
}

static char *
describe_show (BijouItem *item)
{
  if (item->seasons > 0)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%d season", "%d seasons", (gulong) item->seasons),
        item->seasons);
  if (item->children > 0)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%d episode", "%d episodes", (gulong) item->children),
        item->children);
  return bijou_item_text_years (item);
}

/**
 * bijou_item_text_subtitle:
 * @item: an item
 *
 * Returns: (transfer full) (nullable): the second line of its card in a list
 */
char *
bijou_item_text_subtitle (BijouItem *item)
{
  switch (item->kind)
    {
    case BIJOU_ITEM_EPISODE:
      return bijou_item_text_episode (item);
    case BIJOU_ITEM_SHOW:
      return describe_show (item);
    case BIJOU_ITEM_SEASON:
    case BIJOU_ITEM_COLLECTION:
    case BIJOU_ITEM_PLAYLIST:
      if (item->children > 0)
        return bijou_item_text_count (item->children, item->kind == BIJOU_ITEM_SEASON
                                                          ? BIJOU_ITEM_EPISODE
                                                          : BIJOU_ITEM_UNKNOWN);
      return bijou_item_text_years (item);
    case BIJOU_ITEM_UNKNOWN:
    case BIJOU_ITEM_MOVIE:
    case BIJOU_ITEM_VIDEO:
    default:
      return bijou_item_text_years (item);
    }
}

/**
 * bijou_item_text_left:
 * @item: an item
 *
 * Returns: (transfer full) (nullable): "1 h 12 min left", NULL when it was not begun
 */
char *
bijou_item_text_left (BijouItem *item)
{
  g_autofree char *length = NULL;

  if (!bijou_item_is_in_progress (item))
    return NULL;
  length = bijou_text_format_duration (item->duration_ms - item->position_ms);
  /* Translators: %s is a length such as "1 h 12 min" */
  return g_strdup_printf (_ ("%s left"), length);
}

/**
 * bijou_item_text_progress:
 * @item: an item
 *
 * Returns: (transfer full) (nullable): the second line of its card in Continue Watching
 */
char *
bijou_item_text_progress (BijouItem *item)
{
  if (item->kind == BIJOU_ITEM_EPISODE)
    return bijou_item_text_episode (item);
  if (bijou_item_is_in_progress (item))
    return bijou_item_text_left (item);
  return bijou_item_text_subtitle (item);
}

/**
 * bijou_item_text_ends_at:
 * @item: an item
 *
 * Returns: (transfer full) (nullable): "1 h 12 min left, ends at 22:41" if it were played now
 */
char *
bijou_item_text_ends_at (BijouItem *item)
{
  g_autofree char *left = bijou_item_text_left (item);
  g_autofree char *clock = NULL;
  g_autoptr (GDateTime) now = NULL;
  g_autoptr (GDateTime) end = NULL;

  if (left == NULL)
    return NULL;
  now = g_date_time_new_now_local ();
  end = g_date_time_add (now, (item->duration_ms - item->position_ms) * 1000);
  clock = g_date_time_format (end, "%H:%M");
  /* Translators: "1 h 12 min left, ends at 22:41" */
  return g_strdup_printf (_ ("%s, ends at %s"), left, clock);
}

/**
 * bijou_item_text_years:
 * @item: an item
 *
 * Returns: (transfer full) (nullable): the year it came out
 */
char *
bijou_item_text_years (BijouItem *item)
{
  return item->year > 0 ? g_strdup_printf ("%d", item->year) : NULL;
}

/**
 * bijou_item_text_genres:
 * @item: an item
 * @max: how many at most
 * @separator: what stands between them
 *
 * Returns: (transfer full) (nullable): its genres
 */
char *
bijou_item_text_genres (BijouItem *item, guint max, const char *separator)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();

  for (guint i = 0; item->genres != NULL && item->genres[i] != NULL && i < max; i++)
    g_ptr_array_add (parts, item->genres[i]);
  if (parts->len == 0)
    return NULL;
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (separator, (char **) parts->pdata);
}

/**
 * bijou_item_text_kicker:
 * @item: an item
 *
 * Returns: (transfer full) (nullable): its genres in capitals, for above a large title
 */
char *
bijou_item_text_kicker (BijouItem *item)
{
  g_autofree char *genres = bijou_item_text_genres (item, 3, "  ·  ");

  return genres != NULL ? g_utf8_strup (genres, -1) : NULL;
}

static char *
describe_rating (BijouItem *item)
{
  return item->rating >= 0 ? g_strdup_printf ("★ %.1f", item->rating) : NULL;
}

static char *
describe_unwatched (BijouItem *item)
{
  return g_strdup_printf (
      /* Translators: a number of episodes */
      g_dngettext (GETTEXT_PACKAGE, "%d unwatched", "%d unwatched", (gulong) item->unwatched),
      item->unwatched);
}

/**
 * bijou_item_text_facts:
 * @item: an item
 * @with_genres: whether genres follow, else rating and age
 *
 * Returns: (transfer full) (nullable): "2024 · 1 h 55 min · ★ 8.1 · 12+"
 */
char *
bijou_item_text_facts (BijouItem *item, gboolean with_genres)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  add_part (parts, bijou_item_text_years (item));
  if (item->kind == BIJOU_ITEM_SHOW && item->seasons > 0)
    add_part (parts, describe_show (item));
  else if (item->duration_ms > 0 && item->kind != BIJOU_ITEM_SHOW)
    add_part (parts, bijou_text_format_duration (item->duration_ms));
  if (with_genres)
    {
      add_part (parts, bijou_item_text_genres (item, 3, ", "));
      return join (parts);
    }
  add_part (parts, describe_rating (item));
  if (item->kind == BIJOU_ITEM_SHOW && item->unwatched > 0)
    add_part (parts, describe_unwatched (item));
  else
    add_part (parts, g_strdup (item->content_rating));
  return join (parts);
}

/**
 * bijou_item_text_accessible:
 * @item: an item
 * @subtitle: (nullable): the second line of its card
 *
 * Returns: (transfer full): what a screen reader says for its card
 */
char *
bijou_item_text_accessible (BijouItem *item, const char *subtitle)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *left = bijou_item_text_left (item);

  g_ptr_array_add (parts, bijou_item_text_title (item));
  add_part (parts, g_strdup (subtitle));
  if (left != NULL && g_strcmp0 (left, subtitle) != 0)
    add_part (parts, g_steal_pointer (&left));
  if (item->watched)
    /* Translators: a state of a film or an episode */
    g_ptr_array_add (parts, g_strdup (_ ("Watched")));
  else if (item->unwatched > 0)
    g_ptr_array_add (parts, describe_unwatched (item));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (", ", (char **) parts->pdata);
}

/**
 * bijou_item_text_play:
 * @item: a film or an episode
 *
 * Returns: (transfer full): the label of its Play button
 */
char *
bijou_item_text_play (BijouItem *item)
{
  g_autofree char *place = NULL;

  if (item->kind == BIJOU_ITEM_EPISODE)
    {
      place = bijou_text_format_episode (item->season, item->episode);
      if (place == NULL)
        return g_strdup (_ ("Play"));
      /* Translators: %s is an episode, "S2 E2" */
      return g_strdup_printf (
          bijou_item_is_in_progress (item) ? _ ("Resume %s") : C_ ("episode", "Play %s"), place);
    }
  if (!bijou_item_is_in_progress (item))
    return g_strdup (_ ("Play"));
  place = bijou_text_format_position (item->position_ms);
  /* Translators: %s is a time, "43:12" */
  return g_strdup_printf (_ ("Resume at %s"), place);
}

/**
 * bijou_item_text_count:
 * @count: how many
 * @kind: what they are
 *
 * Returns: (transfer full): "1,284 films"
 */
char *
bijou_item_text_count (gint64 count, BijouItemKind kind)
{
  g_autofree char *number = g_strdup_printf ("%'" G_GINT64_FORMAT, count);
  const char *format;

  switch (kind)
    {
    case BIJOU_ITEM_MOVIE:
      format = g_dngettext (GETTEXT_PACKAGE, "%s film", "%s films", (gulong) count);
      break;
    case BIJOU_ITEM_SHOW:
      format = g_dngettext (GETTEXT_PACKAGE, "%s series", "%s series", (gulong) count);
      break;
    case BIJOU_ITEM_EPISODE:
      format = g_dngettext (GETTEXT_PACKAGE, "%s episode", "%s episodes", (gulong) count);
      break;
    case BIJOU_ITEM_VIDEO:
      format = g_dngettext (GETTEXT_PACKAGE, "%s video", "%s videos", (gulong) count);
      break;
    case BIJOU_ITEM_UNKNOWN:
    case BIJOU_ITEM_SEASON:
    case BIJOU_ITEM_COLLECTION:
    case BIJOU_ITEM_PLAYLIST:
    default:
      format = g_dngettext (GETTEXT_PACKAGE, "%s title", "%s titles", (gulong) count);
      break;
    }
  return g_strdup_printf (format, number);
}

/**
 * bijou_item_text_quality:
 * @video_height: lines of a picture, 0 unknown
 *
 * Returns: (transfer full) (nullable): "4K", "HD", or how many lines
 */
char *
bijou_item_text_quality (int video_height)
{
  if (video_height <= 0)
    return NULL;
  if (video_height >= 1600)
    return g_strdup ("4K");
  if (video_height >= 700)
    return g_strdup ("HD");
  return g_strdup ("SD");
}

/**
 * bijou_item_kind_get_icon:
 * @kind: a kind of item
 *
 * Returns: (transfer none): the name of the icon that stands for it
 */
const char *
bijou_item_kind_get_icon (BijouItemKind kind)
{
  switch (kind)
    {
    case BIJOU_ITEM_SHOW:
    case BIJOU_ITEM_SEASON:
    case BIJOU_ITEM_EPISODE:
      return "tv-symbolic";
    case BIJOU_ITEM_COLLECTION:
    case BIJOU_ITEM_PLAYLIST:
      return "bijou-list-symbolic";
    case BIJOU_ITEM_UNKNOWN:
    case BIJOU_ITEM_MOVIE:
    case BIJOU_ITEM_VIDEO:
    default:
      return "bijou-film-symbolic";
    }
}
