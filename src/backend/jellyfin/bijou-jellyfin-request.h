#pragma once

#include "bijou-backend-type.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define BIJOU_JELLYFIN_PROBE_PATH "/System/Info/Public"

/* How every request to Jellyfin is made and read. Any thread. */

char *bijou_jellyfin_make_authorization (const BijouClientInfo *client,
                                         const char *device_id,
                                         const char *token);
BijouHttpRequest *bijou_jellyfin_make_request (const char *method,
                                               const char *url,
                                               BijouHttpKind kind,
                                               const char *authorization);
void bijou_jellyfin_set_json (BijouHttpRequest *request, JsonBuilder *builder);
JsonNode *bijou_jellyfin_read_json (BijouHttpResponse *response, GError **error);
JsonObject *bijou_jellyfin_read_object (BijouHttpResponse *response, GError **error);

gboolean
bijou_jellyfin_parse_probe (BijouHttpResponse *response, BijouIdentity *identity, GError **error);

G_END_DECLS
