#pragma once

#include "bijou-context.h"
#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouDetailHero:
 * The head of the page of a film or a series: picture, title, facts, Play and what else can be
 * done.
 *
 * Signals: `play`, `shuffle`.
 */
#define BIJOU_TYPE_DETAIL_HERO (bijou_detail_hero_get_type ())
G_DECLARE_FINAL_TYPE (BijouDetailHero, bijou_detail_hero, BIJOU, DETAIL_HERO, GtkWidget)

GtkWidget *bijou_detail_hero_new (BijouContext *context, gboolean series);
void bijou_detail_hero_set_item (BijouDetailHero *self, BijouItem *item);
void bijou_detail_hero_set_tags (BijouDetailHero *self, GPtrArray *tags);
void bijou_detail_hero_set_play (BijouDetailHero *self, const char *label, GMenuModel *menu);
void bijou_detail_hero_set_width_class (BijouDetailHero *self, BijouWidthClass width_class);
int bijou_detail_hero_get_wanted_height (BijouDetailHero *self);
void bijou_detail_hero_rate (BijouDetailHero *self, double rating);

G_END_DECLS
