#pragma once

#include "bijou-context.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows a certificate that nobody vouches for and asks whether to trust it. Main thread. */

/* At an address that somebody is about to sign in to; finishes with the pin of the certificate. */
void bijou_certificate_dialog_ask_async (GtkWidget *parent,
                                         BijouContext *context,
                                         const char *url,
                                         GCancellable *cancellable,
                                         GAsyncReadyCallback callback,
                                         gpointer user_data);
/* At a server that is known; a yes is kept with it. @url NULL: at the address that is concerned. */
void bijou_certificate_dialog_ask_for_server_async (GtkWidget *parent,
                                                    BijouContext *context,
                                                    const char *server_id,
                                                    const char *url,
                                                    GCancellable *cancellable,
                                                    GAsyncReadyCallback callback,
                                                    gpointer user_data);
/* (transfer full) (nullable): BIJOU_ERROR_CANCELLED is a no, others kept it from being asked. */
char *bijou_certificate_dialog_ask_finish (GAsyncResult *result, GError **error);

G_END_DECLS
