#pragma once

#include "bijou-context.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouServerBanner:
 * Says on a page what is wrong with the server that it shows, and offers the remedy. One thing at a
 * time, the most urgent. Main thread.
 *
 * On a page that shows all servers, one that is away is no matter while another is there; what only
 * the user can mend is told there too.
 */
#define BIJOU_TYPE_SERVER_BANNER (bijou_server_banner_get_type ())
G_DECLARE_FINAL_TYPE (BijouServerBanner, bijou_server_banner, BIJOU, SERVER_BANNER, GtkWidget)

/* @server_id NULL: of all servers. */
void bijou_server_banner_set_server (BijouServerBanner *self,
                                     BijouContext *context,
                                     const char *server_id);

G_END_DECLS
