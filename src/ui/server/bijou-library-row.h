#pragma once

#include "bijou-sync-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouLibraryRow:
 * One library on the page of its server: how much of it is here, or how far its sync has come. Main
 * thread.
 */
#define BIJOU_TYPE_LIBRARY_ROW (bijou_library_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouLibraryRow, bijou_library_row, BIJOU, LIBRARY_ROW, AdwActionRow)

BijouLibraryRow *bijou_library_row_new (void);
/* @progress: NULL while it is not being synced. */
void bijou_library_row_show (BijouLibraryRow *self,
                             const BijouLibraryState *state,
                             const BijouSyncProgress *progress);

G_END_DECLS
