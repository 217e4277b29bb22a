#pragma once

#include "bijou-backend.h"
#include "bijou-cache-entry.h"

G_BEGIN_DECLS

/**
 * BijouPartOrigin:
 * The media origin of a part on a server: asks the backend for a live request at each (re)connect.
 * Thread-safe.
 */
#define BIJOU_TYPE_PART_ORIGIN (bijou_part_origin_get_type ())
G_DECLARE_FINAL_TYPE (BijouPartOrigin, bijou_part_origin, BIJOU, PART_ORIGIN, GObject)

/* @part belongs to @detail, which is kept. */
BijouMediaOrigin *bijou_part_origin_new (BijouBackend *backend,
                                         BijouDetail *detail,
                                         BijouPart *part,
                                         const char *session_id);
/* The key of the part's cache entry; its texts belong to @detail. */
void bijou_part_origin_fill_key (BijouDetail *detail, BijouPart *part, BijouCacheKey *key);

G_END_DECLS
