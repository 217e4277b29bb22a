#pragma once

#include "bijou-cache-file.h"

G_BEGIN_DECLS

/**
 * BijouCacheView:
 * What another process has of an entry that it holds the lock of: read, never written. Any thread.
 */
typedef struct _BijouCacheView BijouCacheView;

/* (nullable): NULL when nothing can be read. @claims: (out) (transfer full): what is there now. */
BijouCacheView *
bijou_cache_view_new (const char *directory, const char *name, BijouCacheClaims **claims);
void bijou_cache_view_free (BijouCacheView *self);
gssize bijou_cache_view_read (BijouCacheView *self, gint64 offset, gpointer buffer, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouCacheView, bijou_cache_view_free)

G_END_DECLS
