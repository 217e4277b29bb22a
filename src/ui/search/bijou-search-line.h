#pragma once

#include "bijou-context.h"
#include "bijou-search-results.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouSearchLine:
 * What a row says of an episode or of a person: a small picture and two lines.
 */
#define BIJOU_TYPE_SEARCH_LINE (bijou_search_line_get_type ())
G_DECLARE_FINAL_TYPE (BijouSearchLine, bijou_search_line, BIJOU, SEARCH_LINE, GtkWidget)

GtkWidget *bijou_search_line_new_for_episodes (BijouContext *context);
GtkWidget *bijou_search_line_new_for_people (BijouContext *context);
void bijou_search_line_set_hit (BijouSearchLine *self, BijouSearchHit *hit, char **words);
void bijou_search_line_set_person (BijouSearchLine *self, BijouPersonHit *person, char **words);
const char *bijou_search_line_get_title (BijouSearchLine *self);
char *bijou_search_line_dup_name (BijouSearchLine *self);

G_END_DECLS
