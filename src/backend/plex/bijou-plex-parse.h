#pragma once

#include "bijou-backend.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* JSON of a Plex Media Server to the model. Nothing here does I/O, any thread. */

JsonObject *bijou_plex_get_container (JsonNode *root);
GPtrArray *bijou_plex_get_rows (JsonObject *container);

/**
 * BijouPlexContext:
 * What a row does not say of itself.
 */
typedef struct
{
  const char *server_id;
  JsonObject *container;  /* (nullable) holds what is common to its rows */
  const char *library_id; /* (nullable) where the rows were asked for */
  BijouItemKind kind;     /* that was asked for, or UNKNOWN */
} BijouPlexContext;

GPtrArray *bijou_plex_parse_libraries (JsonObject *container, const char *server_id);
BijouItem *bijou_plex_parse_item (JsonObject *row, const BijouPlexContext *context);
GPtrArray *bijou_plex_parse_items (GPtrArray *rows, const BijouPlexContext *context);
gboolean bijou_plex_parse_page (JsonObject *container,
                                const BijouPlexContext *context,
                                guint start,
                                guint limit,
                                gint64 header_total,
                                BijouPage *page,
                                GError **error);
BijouDetail *bijou_plex_parse_detail (JsonObject *row, const BijouPlexContext *context);
gboolean bijou_plex_is_media_usable (JsonObject *media);
int bijou_plex_get_media_height (JsonObject *media);

char *bijou_plex_split_part_key (const char *key, guint *media_index, guint *part_index);

G_END_DECLS
