#pragma once

#include "bijou-http.h"

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* The handshake of a websocket: a request of ours as libsoup takes it. For BijouWebsocket alone. */

SoupSession *bijou_websocket_create_session (BijouHttpRequest *request);
SoupMessage *bijou_websocket_create_message (BijouHttp *http, BijouHttpRequest *request);
GError *bijou_websocket_create_error (SoupMessage *message, const GError *error);

G_END_DECLS
