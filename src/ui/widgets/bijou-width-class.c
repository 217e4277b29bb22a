#include "config.h"

#include "bijou-width-class.h"

G_DEFINE_ENUM_TYPE (BijouWidthClass,
                    bijou_width_class,
                    G_DEFINE_ENUM_VALUE (BIJOU_WIDTH_NARROW, "narrow"),
                    G_DEFINE_ENUM_VALUE (BIJOU_WIDTH_FOLDED, "folded"),
                    G_DEFINE_ENUM_VALUE (BIJOU_WIDTH_NORMAL, "normal"),
                    G_DEFINE_ENUM_VALUE (BIJOU_WIDTH_WIDE, "wide"))

/**
 * bijou_width_class_from_width:
 * @width: the width of a window in pixels
 *
 * Returns: the class of that width
 */
BijouWidthClass
bijou_width_class_from_width (int width)
{
  if (width < 600)
    return BIJOU_WIDTH_NARROW;
  if (width < 860)
    return BIJOU_WIDTH_FOLDED;
  return width < 1600 ? BIJOU_WIDTH_NORMAL : BIJOU_WIDTH_WIDE;
}

/**
 * bijou_width_class_get_margin:
 * @width_class: a width class
 *
 * Returns: the margin of a page in pixels
 */
int
bijou_width_class_get_margin (BijouWidthClass width_class)
{
  if (width_class == BIJOU_WIDTH_NARROW)
    return 12;
  return width_class == BIJOU_WIDTH_WIDE ? 36 : 24;
}

/**
 * bijou_width_class_get_detail_margin:
 * @width_class: a width class
 *
 * Returns: the margin of the page of one item in pixels
 */
int
bijou_width_class_get_detail_margin (BijouWidthClass width_class)
{
  return width_class == BIJOU_WIDTH_NARROW ? 16 : bijou_width_class_get_margin (width_class);
}

/**
 * bijou_width_class_get_poster_width:
 * @width_class: a width class
 *
 * Returns: the width of the posters of a row in pixels
 */
int
bijou_width_class_get_poster_width (BijouWidthClass width_class)
{
  if (width_class == BIJOU_WIDTH_NARROW)
    return 116;
  return width_class == BIJOU_WIDTH_WIDE ? 184 : 150;
}

/**
 * bijou_width_class_get_still_width:
 * @width_class: a width class
 *
 * Returns: the width of the stills of a row in pixels
 */
int
bijou_width_class_get_still_width (BijouWidthClass width_class)
{
  if (width_class == BIJOU_WIDTH_NARROW)
    return 200;
  return width_class == BIJOU_WIDTH_WIDE ? 320 : 264;
}

/**
 * bijou_width_class_is_folded:
 * @width_class: a width class
 *
 * Returns: whether the sidebar is folded away, so that a page shows the button for it
 */
gboolean
bijou_width_class_is_folded (BijouWidthClass width_class)
{
  return width_class <= BIJOU_WIDTH_FOLDED;
}
