#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouHomePrefetch:
 * Sees to it that the pages of what is first on Home open whole, also with no server: when nothing
 * has happened for some seconds after a sync or a change of Home, the details that are not here are
 * fetched, in as few requests as can be. Main thread.
 */
typedef struct _BijouHomePrefetch BijouHomePrefetch;

/* @context: its owner. */
BijouHomePrefetch *bijou_home_prefetch_new (BijouContext *context);
/* What runs goes on until its request is over. */
void bijou_home_prefetch_free (BijouHomePrefetch *self);

G_END_DECLS
