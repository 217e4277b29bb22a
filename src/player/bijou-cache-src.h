#pragma once

#include "bijou-byte-source.h"

#include <gst/base/gstbasesrc.h>

G_BEGIN_DECLS

/**
 * BijouCacheSrc:
 * The element `bijoucachesrc`: a random access source for `bijou-cache://` URIs whose bytes come
 * from the #BijouByteSource in its property `source`. The URI is only a name; playbin3 hands out
 * the element in `source-setup`, and the player sets the source there.
 *
 * A source that gives any byte soon is read in pull mode. One that has to send all that is before,
 * or does not know its size, is read in push mode from its start on. When a read has nothing to
 * give for a while, buffering messages follow until there is enough again.
 */
#define BIJOU_TYPE_CACHE_SRC (bijou_cache_src_get_type ())
G_DECLARE_FINAL_TYPE (BijouCacheSrc, bijou_cache_src, BIJOU, CACHE_SRC, GstBaseSrc)

void bijou_cache_src_register (void);
void bijou_cache_src_close (BijouCacheSrc *self);
/* How long the read at work has been waiting for bytes, in µs; 0: none is. Any thread. */
gint64 bijou_cache_src_get_waiting_us (BijouCacheSrc *self);
/* Whether a read waited for long, and too little came since to go on. Any thread. */
gboolean bijou_cache_src_is_buffering (BijouCacheSrc *self);
/* (transfer full) (nullable): why reading failed. Any thread. */
GError *bijou_cache_src_dup_error (BijouCacheSrc *self);

G_END_DECLS
