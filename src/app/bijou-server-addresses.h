#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/* The addresses of a known server as its user sees and changes them. A change is told to the live
 * connection and saved before it is reported. Main thread, unless said otherwise. */

typedef enum
{
  BIJOU_ADDRESS_PIN, /* goes first from now on; the only one that is pinned */
  BIJOU_ADDRESS_UNPIN,
  BIJOU_ADDRESS_SWITCH_ON,
  BIJOU_ADDRESS_SWITCH_OFF, /* is neither probed nor sent anything */
  BIJOU_ADDRESS_REMOVE,     /* only what a user added; the others would come back */
} BijouAddressEdit;

GPtrArray *bijou_server_addresses_list (BijouContext *context, BijouServer *server);
gboolean
bijou_server_addresses_allow (GPtrArray *addresses, const char *url, BijouAddressEdit edit);

void bijou_server_addresses_edit_async (BijouContext *context,
                                        const char *server_id,
                                        const char *url,
                                        BijouAddressEdit edit,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean bijou_server_addresses_edit_finish (GAsyncResult *result, GError **error);

void bijou_server_addresses_add_async (BijouContext *context,
                                       const char *server_id,
                                       const char *text,
                                       GCancellable *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
char *bijou_server_addresses_add_finish (GAsyncResult *result, GError **error);

/* What the test of one address showed, as soon as it is known: @ms -1 none, @error NULL: good. */
typedef void (*BijouAddressTested) (const char *url,
                                    int ms,
                                    const GError *error,
                                    gpointer user_data);
void bijou_server_addresses_test_async (BijouContext *context,
                                        const char *server_id,
                                        BijouAddressTested tested,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
GPtrArray *bijou_server_addresses_test_finish (GAsyncResult *result, GError **error);

/* The rest blocks; any thread but the main thread of a window. */

/* A connection to test them with; one of its own while nobody is signed in. */
BijouConnection *bijou_server_addresses_get_connection (BijouContext *context, BijouServer *server);
/* Adds an address at which the server is known to answer, or makes one that was found the user's.
 */
gboolean bijou_server_addresses_add_url (BijouContext *context,
                                         BijouServer *server,
                                         const char *url,
                                         GError **error);
/* Drops addresses that were found and do not work, so that at most @max such remain; %FALSE when
 * there are more. */
gboolean
bijou_server_addresses_drop_stale (BijouContext *context, const char *server_id, guint max);
/* What was learned of them is saved. */
gboolean bijou_server_addresses_keep (BijouContext *context, const char *server_id, GError **error);

G_END_DECLS
