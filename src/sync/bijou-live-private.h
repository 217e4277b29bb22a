#pragma once

#include "bijou-live-link.h"
#include "bijou-live.h"

G_BEGIN_DECLS

/* For tests, before anything is enabled. */
void bijou_live_set_pace (BijouLive *self, const BijouLivePace *pace);

G_END_DECLS
