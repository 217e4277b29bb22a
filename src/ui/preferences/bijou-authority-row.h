#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouAuthorityRow:
 * Chooses the file with certificates that are trusted beside the system's.
 */
#define BIJOU_TYPE_AUTHORITY_ROW (bijou_authority_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouAuthorityRow, bijou_authority_row, BIJOU, AUTHORITY_ROW, AdwActionRow)

void bijou_authority_row_set_settings (BijouAuthorityRow *self, GSettings *settings);

G_END_DECLS
