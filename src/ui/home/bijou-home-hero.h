#pragma once

#include "bijou-context.h"
#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouHomeHero:
 * The large pictures at the top of Home, one at a time, turned by hand only.
 */
#define BIJOU_TYPE_HOME_HERO (bijou_home_hero_get_type ())
G_DECLARE_FINAL_TYPE (BijouHomeHero, bijou_home_hero, BIJOU, HOME_HERO, GtkWidget)

void bijou_home_hero_set_context (BijouHomeHero *self, BijouContext *context);
void bijou_home_hero_set_width_class (BijouHomeHero *self, BijouWidthClass width_class);
void bijou_home_hero_set_items (BijouHomeHero *self, GPtrArray *items, GPtrArray *kickers);

G_END_DECLS
