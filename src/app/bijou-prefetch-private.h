#pragma once

#include "bijou-prefetch.h"

G_BEGIN_DECLS

/* Fetches what an opening of @item reads first. Blocking. (transfer full): the entry, which has it.
 */
BijouCacheEntry *bijou_prefetch_run (BijouContext *context,
                                     BijouItem *item,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
