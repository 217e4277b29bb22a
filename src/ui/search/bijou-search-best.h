#pragma once

#include "bijou-context.h"
#include "bijou-search-results.h"
#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouSearchBest:
 * The best match: its poster, what is known of it and a button to play.
 */
#define BIJOU_TYPE_SEARCH_BEST (bijou_search_best_get_type ())
G_DECLARE_FINAL_TYPE (BijouSearchBest, bijou_search_best, BIJOU, SEARCH_BEST, GtkWidget)

GtkWidget *bijou_search_best_new (BijouContext *context);
void bijou_search_best_set_hit (BijouSearchBest *self, BijouSearchHit *hit);
void bijou_search_best_set_width_class (BijouSearchBest *self, BijouWidthClass width_class);
char *bijou_search_best_dup_name (BijouSearchBest *self);

G_END_DECLS
