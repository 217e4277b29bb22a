#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouStoragePage:
 * The page of Preferences that shows and limits what films and pictures take of the disk. Main
 * thread.
 */
#define BIJOU_TYPE_STORAGE_PAGE (bijou_storage_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouStoragePage, bijou_storage_page, BIJOU, STORAGE_PAGE, AdwPreferencesPage)

void bijou_storage_page_set_context (BijouStoragePage *self, BijouContext *context);

G_END_DECLS
