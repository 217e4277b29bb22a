#pragma once

#include "bijou-context.h"
#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouHomeSlide:
 * One picture of the hero: what it is, Play and Details.
 */
#define BIJOU_TYPE_HOME_SLIDE (bijou_home_slide_get_type ())
G_DECLARE_FINAL_TYPE (BijouHomeSlide, bijou_home_slide, BIJOU, HOME_SLIDE, GtkWidget)

GtkWidget *bijou_home_slide_new (BijouContext *context);
void bijou_home_slide_set_item (BijouHomeSlide *self, BijouItem *item, const char *kicker);
void bijou_home_slide_set_width_class (BijouHomeSlide *self, BijouWidthClass width_class);

G_END_DECLS
