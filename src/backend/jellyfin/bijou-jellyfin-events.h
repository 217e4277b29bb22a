#pragma once

#include "bijou-event.h"

G_BEGIN_DECLS

#define BIJOU_JELLYFIN_SOCKET_PATH "/socket"

/* (element-type BijouEvent) */
GPtrArray *bijou_jellyfin_parse_event (const char *text,
                                       gsize length,
                                       const char *server_id,
                                       const char *user_id,
                                       BijouEventReply *reply);

G_END_DECLS
