#pragma once

#include "bijou-byte-source.h"
#include "bijou-cache-entry.h"

G_BEGIN_DECLS

/**
 * BijouCacheSource:
 * A #BijouByteSource over an entry of the media cache, as its playing reader.
 */
#define BIJOU_TYPE_CACHE_SOURCE (bijou_cache_source_get_type ())
G_DECLARE_FINAL_TYPE (BijouCacheSource, bijou_cache_source, BIJOU, CACHE_SOURCE, GObject)

BijouCacheSource *
bijou_cache_source_new (BijouCacheEntry *entry, GCancellable *cancellable, GError **error);
BijouCacheEntry *bijou_cache_source_get_entry (BijouCacheSource *self);

G_END_DECLS
