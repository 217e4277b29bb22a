#pragma once

#include "bijou-connection.h"
#include "bijou-detail.h"
#include "bijou-library.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What Jellyfin sends, in terms of the model. Any thread. */

char *bijou_jellyfin_normalise_id (const char *text);
gint64 bijou_jellyfin_ticks_to_ms (gint64 ticks);

gboolean
bijou_jellyfin_parse_identity (JsonObject *object, BijouIdentity *identity, GError **error);
GPtrArray *bijou_jellyfin_parse_libraries (JsonNode *answer, const char *server_id, GError **error);
BijouItem *
bijou_jellyfin_parse_item (JsonObject *object, const char *server_id, BijouItemKind asked);
BijouItem *bijou_jellyfin_parse_state (JsonObject *data, const char *server_id);
GPtrArray *bijou_jellyfin_parse_items (JsonNode *answer,
                                       const char *server_id,
                                       const char *library_id,
                                       BijouItemKind asked,
                                       guint *received,
                                       GError **error);
gint64 bijou_jellyfin_parse_total (JsonNode *answer, guint received);

BijouDetail *bijou_jellyfin_parse_detail (JsonObject *object, const char *server_id);
gboolean bijou_jellyfin_has_more_parts (JsonObject *object);
void bijou_jellyfin_add_parts (BijouDetail *detail, JsonNode *answer);
void bijou_jellyfin_add_segments (BijouDetail *detail, JsonNode *answer);
void bijou_jellyfin_add_similar (BijouDetail *detail, JsonNode *answer);

/* Image references: `ITEM/KIND/INDEX/TAG`. */
char *
bijou_jellyfin_make_image (const char *item_id, const char *kind, guint index, const char *tag);

G_END_DECLS
