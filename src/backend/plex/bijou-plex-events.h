#pragma once

#include "bijou-event.h"

G_BEGIN_DECLS

#define BIJOU_PLEX_SOCKET_PATH "/:/websockets/notifications"

/* (element-type BijouEvent) */
GPtrArray *bijou_plex_parse_event (const char *text, gsize length);

G_END_DECLS
