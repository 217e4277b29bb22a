#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BijouByteQueue:
 * Bytes on their way from one thread to another, in large blocks that are used again. Its owner
 * guards it.
 */
typedef struct _BijouByteQueue BijouByteQueue;

/* A part of what was pushed; its taker needs no lock to read it. */
typedef struct
{
  gsize length;
  guint8 data[];
} BijouByteBlock;

BijouByteQueue *bijou_byte_queue_new (void);
void bijou_byte_queue_free (BijouByteQueue *self);
void bijou_byte_queue_push (BijouByteQueue *self, const guint8 *data, gsize length);
gsize bijou_byte_queue_get_length (BijouByteQueue *self);
BijouByteBlock *bijou_byte_queue_take (BijouByteQueue *self);
void bijou_byte_queue_give_back (BijouByteQueue *self, BijouByteBlock *block);
void bijou_byte_queue_clear (BijouByteQueue *self);

G_END_DECLS
