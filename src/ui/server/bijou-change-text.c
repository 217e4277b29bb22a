#include "config.h"

#include "bijou-change-text.h"

#include "bijou-text.h"

#include <glib/gi18n.h>

static char *
get_title (const BijouChange *change, BijouItem *item)
{
  g_autofree char *place = NULL;

  if (item == NULL && change->show_title != NULL && change->title != NULL)
    return g_strdup_printf ("%s, %s", change->show_title, change->title);
  if (item == NULL)
    return g_strdup (change->title != NULL ? change->title : _ ("A title that is no longer here"));
  if (item->show_title == NULL || item->kind == BIJOU_ITEM_SHOW)
    return g_strdup (item->title);
  place = bijou_text_format_episode (item->season, item->episode);
  if (place == NULL)
    return g_strdup_printf ("%s, %s", item->show_title, item->title);
  return g_strdup_printf ("%s %s", item->show_title, place);
}

/**
 * bijou_change_text_describe:
 * @change: a change
 * @item: (nullable): its item, when it is here
 *
 * Returns: (transfer full): "Northlight S1 E3: watched"
 */
char *
bijou_change_text_describe (const BijouChange *change, BijouItem *item)
{
  g_autofree char *title = get_title (change, item);
  g_autofree char *position = bijou_text_format_position (change->position_ms);

  switch (change->kind)
    {
    case BIJOU_CHANGE_WATCHED:
      /* Translators: %s is a title */
      return g_strdup_printf (_ ("%s: watched"), title);
    case BIJOU_CHANGE_UNWATCHED:
      return g_strdup_printf (_ ("%s: unwatched"), title);
    case BIJOU_CHANGE_FAVOURITE:
      return g_strdup_printf (_ ("%s: favourite"), title);
    case BIJOU_CHANGE_UNFAVOURITE:
      return g_strdup_printf (_ ("%s: no longer a favourite"), title);
    case BIJOU_CHANGE_RATING:
      if (change->rating < 0)
        return g_strdup_printf (_ ("%s: no longer rated"), title);
      /* Translators: a title and a number from 0 to 10 */
      return g_strdup_printf (_ ("%s: rated %.1f"), title, change->rating);
    case BIJOU_CHANGE_POSITION:
    default:
      /* Translators: a title and a time, "43:12" */
      return g_strdup_printf (_ ("%s: position %s"), title, position);
    }
}

/**
 * bijou_change_text_get_icon:
 * @kind: of a change
 *
 * Returns: the name of its icon
 */
const char *
bijou_change_text_get_icon (BijouChangeKind kind)
{
  switch (kind)
    {
    case BIJOU_CHANGE_FAVOURITE:
      return "bijou-heart-symbolic";
    case BIJOU_CHANGE_UNFAVOURITE:
      return "bijou-heart-outline-symbolic";
    case BIJOU_CHANGE_RATING:
      return "starred-symbolic";
    case BIJOU_CHANGE_UNWATCHED:
      return "edit-undo-symbolic";
    case BIJOU_CHANGE_POSITION:
      return "media-playback-start-symbolic";
    case BIJOU_CHANGE_WATCHED:
    default:
      return "object-select-symbolic";
    }
}
