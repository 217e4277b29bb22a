#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouLanguageList:
 * The languages that Preferences offer, by their names in the language of the desktop, with one
 * entry before them that stands for the empty code. Immutable; main thread.
 */
typedef struct _BijouLanguageList BijouLanguageList;

BijouLanguageList *bijou_language_list_new (const char *first, const char *extra_code);
void bijou_language_list_free (BijouLanguageList *self);
char **bijou_language_list_dup_names (BijouLanguageList *self);
const char *bijou_language_list_get_code (BijouLanguageList *self, guint position);
guint bijou_language_list_find (BijouLanguageList *self, const char *code);

G_END_DECLS
