#pragma once

#include "bijou-context.h"
#include "bijou-search-results.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouSearchList:
 * Episodes or people below a heading that counts them. Its rows are used again for what is found
 * next. Signal `name-chosen` (a name): a person was activated.
 */
#define BIJOU_TYPE_SEARCH_LIST (bijou_search_list_get_type ())
G_DECLARE_FINAL_TYPE (BijouSearchList, bijou_search_list, BIJOU, SEARCH_LIST, GtkWidget)

GtkWidget *bijou_search_list_new (BijouContext *context, const char *title);
void bijou_search_list_set_hits (BijouSearchList *self, GPtrArray *hits, char **words);
void bijou_search_list_set_people (BijouSearchList *self, GPtrArray *people, char **words);

G_END_DECLS
