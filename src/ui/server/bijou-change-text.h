#pragma once

#include "bijou-store.h"

G_BEGIN_DECLS

/* Words for changes that wait, or were refused. */
char *bijou_change_text_describe (const BijouChange *change, BijouItem *item);
const char *bijou_change_text_get_icon (BijouChangeKind kind);

G_END_DECLS
