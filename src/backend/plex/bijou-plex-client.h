#pragma once

#include "bijou-backend-type.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define BIJOU_PLEX_BACKEND_ID "plex"
#define BIJOU_PLEX_PRODUCT "Bijou"
#define BIJOU_PLEX_IDENTIFIER "com.plexapp.plugins.library"

/**
 * BijouPlexPlatform:
 * The transcoder chooses a client profile by the platform and refuses those that it does not know,
 * so playback calls name the generic one.
 */
typedef enum
{
  BIJOU_PLEX_PLATFORM_LINUX,
  BIJOU_PLEX_PLATFORM_GENERIC,
} BijouPlexPlatform;

BijouHttpRequest *bijou_plex_request_new (const BijouClientInfo *client,
                                          const char *method,
                                          const char *url,
                                          BijouHttpKind kind,
                                          BijouPlexPlatform platform,
                                          const char *token);
char *bijou_plex_sanitise_header (const char *text);

gboolean bijou_plex_check (BijouHttpResponse *response, GError **error);
JsonNode *bijou_plex_parse_response (BijouHttpResponse *response, GError **error);
gboolean
bijou_plex_parse_identity (BijouHttpResponse *response, BijouIdentity *identity, GError **error);

G_END_DECLS
