#pragma once

#include "bijou-backend-type.h"

G_BEGIN_DECLS

/**
 * BijouPlexBackend:
 * One Plex Media Server. See docs/protocols.md for the protocol.
 */
#define BIJOU_TYPE_PLEX_BACKEND (bijou_plex_backend_get_type ())
G_DECLARE_FINAL_TYPE (BijouPlexBackend, bijou_plex_backend, BIJOU, PLEX_BACKEND, GObject)

BijouBackend *bijou_plex_backend_new (BijouHttp *http,
                                      const BijouClientInfo *client,
                                      BijouServer *server,
                                      const char *token);

G_END_DECLS
