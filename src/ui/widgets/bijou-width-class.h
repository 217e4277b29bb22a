#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * BijouWidthClass:
 * How wide the window is. The window sets it by its own width (look: 600, 860, 1600) and binds it
 * to the `width-class` of the page that it shows; pages hand it down to their widgets.
 */
typedef enum
{
  BIJOU_WIDTH_NARROW, /* below 600: a phone, the sidebar is folded */
  BIJOU_WIDTH_FOLDED, /* below 860: the sidebar is folded */
  BIJOU_WIDTH_NORMAL,
  BIJOU_WIDTH_WIDE, /* from 1600 */
} BijouWidthClass;

#define BIJOU_TYPE_WIDTH_CLASS (bijou_width_class_get_type ())
GType bijou_width_class_get_type (void);

BijouWidthClass bijou_width_class_from_width (int width);
int bijou_width_class_get_margin (BijouWidthClass width_class);
int bijou_width_class_get_detail_margin (BijouWidthClass width_class);
int bijou_width_class_get_poster_width (BijouWidthClass width_class);
int bijou_width_class_get_still_width (BijouWidthClass width_class);
gboolean bijou_width_class_is_folded (BijouWidthClass width_class);

G_END_DECLS
