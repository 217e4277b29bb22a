#pragma once

#include "bijou-window.h"

G_BEGIN_DECLS

/* Has @window offer to stop a sync, and tell how one ended that somebody asked for. */
void bijou_window_follow_syncs (BijouWindow *self);
/* Shows a toast that goes when its server refuses a change: (transfer full). */
void bijou_window_offer_undo (BijouWindow *self, AdwToast *toast);

G_END_DECLS
