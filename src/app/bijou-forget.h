#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/* Forgetting what somebody saw and did at servers: rows, details, play state, what waits to be
 * sent, pictures, what is kept of films, and the token. Blocking, on a worker. */

/* Tries for a few seconds to send what waits. (element-type char *) */
void bijou_forget_send_waiting (BijouContext *context, GPtrArray *server_ids);
/* The server and its addresses stay, with nobody signed in. */
gboolean bijou_forget_user (BijouContext *context, const char *server_id, GError **error);
/* The server as well. */
gboolean bijou_forget_server (BijouContext *context, const char *server_id, GError **error);
/* After either: nothing of it can be read from a file any more. */
gboolean bijou_forget_finish (BijouContext *context, GPtrArray *server_ids, GError **error);

G_END_DECLS
