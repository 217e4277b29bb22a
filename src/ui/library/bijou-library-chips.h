#pragma once

#include "bijou-store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouLibraryChips:
 * The filters above a grid. Signal `changed` when another set of titles is wanted.
 */
#define BIJOU_TYPE_LIBRARY_CHIPS (bijou_library_chips_get_type ())
G_DECLARE_FINAL_TYPE (BijouLibraryChips, bijou_library_chips, BIJOU, LIBRARY_CHIPS, GtkWidget)

void bijou_library_chips_set_kinds (BijouLibraryChips *self, gboolean mixed);
void bijou_library_chips_set_choices (BijouLibraryChips *self, char **genres, GArray *decades);
void bijou_library_chips_apply (BijouLibraryChips *self, BijouItemQuery *query);
gboolean bijou_library_chips_is_filtering (BijouLibraryChips *self);
void bijou_library_chips_clear (BijouLibraryChips *self);

G_END_DECLS
