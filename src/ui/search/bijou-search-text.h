#pragma once

#include "bijou-item.h"

G_BEGIN_DECLS

/* Which letters of a text a search has found, and why it has found an item. A match is the
 * beginning of a word, without regard to case and accents, as in bijou_store_search(). */

char **bijou_search_split (const char *text);
gboolean bijou_search_find (const char *text, const char *word, gsize *start, gsize *length);
char *bijou_search_mark (const char *text, char **words);
char *bijou_search_cut (const char *text, const char *word);
const char *bijou_search_get_unexplained (BijouItem *item, char **words);
char *bijou_search_explain (BijouItem *item, const char *word);

G_END_DECLS
