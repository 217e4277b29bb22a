#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouServersPage:
 * The page of Preferences with a row for each server, which follows the store and the connections.
 * Main thread.
 */
#define BIJOU_TYPE_SERVERS_PAGE (bijou_servers_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouServersPage, bijou_servers_page, BIJOU, SERVERS_PAGE, AdwPreferencesPage)

void bijou_servers_page_set_context (BijouServersPage *self, BijouContext *context);

G_END_DECLS
