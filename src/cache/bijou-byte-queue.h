#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BijouByteQueue:
 * Bytes on their way from one thread to another, in large blocks that are used again. One thread
 * pushes, one drops, and neither waits while the other copies. Who peeks keeps others from
 * dropping.
 */
typedef struct _BijouByteQueue BijouByteQueue;

BijouByteQueue *bijou_byte_queue_new (void);
void bijou_byte_queue_free (BijouByteQueue *self);
void bijou_byte_queue_reserve (BijouByteQueue *self);
gsize bijou_byte_queue_push (BijouByteQueue *self, const guint8 *data, gsize length);
gsize bijou_byte_queue_get_length (BijouByteQueue *self);
const guint8 *bijou_byte_queue_peek (BijouByteQueue *self, gsize *length);
void bijou_byte_queue_drop (BijouByteQueue *self, gsize length);
void bijou_byte_queue_clear (BijouByteQueue *self);

G_END_DECLS
