#pragma once

#include "bijou-base-page.h"

G_BEGIN_DECLS

/**
 * BijouServerPage:
 * One server: how it is reached and by whom, what is here of it, and what waits to be sent. Main
 * thread.
 */
#define BIJOU_TYPE_SERVER_PAGE (bijou_server_page_get_type ())
G_DECLARE_FINAL_TYPE (BijouServerPage, bijou_server_page, BIJOU, SERVER_PAGE, BijouBasePage)

GtkWidget *bijou_server_page_new (BijouContext *context, const char *server_id);
const char *bijou_server_page_get_server_id (BijouServerPage *self);

G_END_DECLS
