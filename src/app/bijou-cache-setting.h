#pragma once

#include "bijou-media-cache.h"

G_BEGIN_DECLS

/* Bytes of disk for films, 0 when they are not kept at all. Any thread. */
gint64 bijou_cache_setting_get_budget (GSettings *settings);
/* Makes a cache keep what the settings say; what is too much goes in the background. Any thread. */
void bijou_cache_setting_apply (BijouMediaCache *cache, GSettings *settings);

G_END_DECLS
