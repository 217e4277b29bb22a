#pragma once

#include "bijou-playback.h"

G_BEGIN_DECLS

/**
 * BijouPrefetch:
 * Fetches the beginning and the index of what will probably be played next: the next episode while
 * one plays towards its end, and what is first on Continue Watching while nothing plays. It gives
 * way to playback, keeps off networks where data costs, tells the server nothing and starts no
 * conversion there. Main thread, where nothing else is said.
 */
#define BIJOU_TYPE_PREFETCH (bijou_prefetch_get_type ())
G_DECLARE_FINAL_TYPE (BijouPrefetch, bijou_prefetch, BIJOU, PREFETCH, GObject)

/* @context stops it before it goes. */
BijouPrefetch *bijou_prefetch_new (BijouContext *context);
/* From now on it looks at Home, a while after the start and after Home changed. */
void bijou_prefetch_start (BijouPrefetch *self);
/* What plays there goes first, and what follows it is fetched. */
void bijou_prefetch_attend (BijouPrefetch *self, BijouPlayback *playback);
/* Leaves what it does for a server. Any thread, blocking: nothing of it is written after this. */
void bijou_prefetch_forget (BijouPrefetch *self, const char *server_id);
void bijou_prefetch_stop (BijouPrefetch *self);
/* How many films it is done with, all that was wanted of them being here; for tests. */
guint bijou_prefetch_get_done (BijouPrefetch *self);
/* How long it waits after the start, and after a change of Home; for tests. */
void bijou_prefetch_set_delays (BijouPrefetch *self, guint start_ms, guint change_ms);

G_END_DECLS
