#pragma once

#include "bijou-media-cache.h"

G_BEGIN_DECLS

void bijou_read_ahead_setting_bind (BijouMediaCache *cache, GSettings *settings);
void bijou_read_ahead_setting_heed_network (BijouMediaCache *cache);

G_END_DECLS
