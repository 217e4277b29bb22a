#pragma once

#include "bijou-item.h"

G_BEGIN_DECLS

/**
 * BijouPlayQueue:
 * What plays, and what comes before and after it. Main thread. `changed` is emitted when any of the
 * three did.
 */
#define BIJOU_TYPE_PLAY_QUEUE (bijou_play_queue_get_type ())
G_DECLARE_FINAL_TYPE (BijouPlayQueue, bijou_play_queue, BIJOU, PLAY_QUEUE, GObject)

BijouPlayQueue *bijou_play_queue_new (void);
/* Replaces the current item and forgets its neighbours; NULL: nothing plays. */
void bijou_play_queue_set_current (BijouPlayQueue *self, BijouItem *item);
/* The neighbours of @item, once they are known; ignored when it plays no longer. */
void bijou_play_queue_set_neighbours (BijouPlayQueue *self,
                                      BijouItem *item,
                                      BijouItem *previous,
                                      BijouItem *next);
/* (transfer none) (nullable) */
BijouItem *bijou_play_queue_get_current (BijouPlayQueue *self);
BijouItem *bijou_play_queue_get_previous (BijouPlayQueue *self);
BijouItem *bijou_play_queue_get_next (BijouPlayQueue *self);

G_END_DECLS
