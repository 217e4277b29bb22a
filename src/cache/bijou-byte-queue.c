#include "config.h"

#include "bijou-byte-queue.h"

#include <string.h>

/* Large enough that the calls for it cost little beside the copying. */
#define BLOCK (256 * 1024)

struct _BijouByteQueue
{
  GQueue blocks; /* of BijouByteBlock (owned), the oldest first */
  GQueue spare;  /* of BijouByteBlock (owned) */
  gsize length;
};

/**
 * bijou_byte_queue_new:
 *
 * Returns: (transfer full): an empty queue
 */
BijouByteQueue *
bijou_byte_queue_new (void)
{
  BijouByteQueue *self = g_new0 (BijouByteQueue, 1);

  g_queue_init (&self->blocks);
  g_queue_init (&self->spare);
  return self;
}

/**
 * bijou_byte_queue_free:
 * @self: (transfer full): a queue
 */
void
bijou_byte_queue_free (BijouByteQueue *self)
{
  bijou_byte_queue_clear (self);
  g_free (self);
}

/* The last block, with room in it. */
static BijouByteBlock *
get_open_block (BijouByteQueue *self)
{
  BijouByteBlock *block = g_queue_peek_tail (&self->blocks);

  if (block != NULL && block->length < BLOCK)
    return block;
  block = g_queue_pop_head (&self->spare);
  if (block == NULL)
    block = g_malloc (sizeof *block + BLOCK);
  block->length = 0;
  g_queue_push_tail (&self->blocks, block);
  return block;
}

/**
 * bijou_byte_queue_push:
 * @self: a queue
 * @data: what comes next; copied
 * @length: its length
 */
void
bijou_byte_queue_push (BijouByteQueue *self, const guint8 *data, gsize length)
{
  self->length += length;
  while (length > 0)
    {
      BijouByteBlock *block = get_open_block (self);
      gsize part = MIN (length, BLOCK - block->length);

      memcpy (block->data + block->length, data, part);
      block->length += part;
      data += part;
      length -= part;
    }
}

/**
 * bijou_byte_queue_get_length:
 * @self: a queue
 *
 * Returns: bytes that were pushed and not taken
 */
gsize
bijou_byte_queue_get_length (BijouByteQueue *self)
{
  return self->length;
}

/**
 * bijou_byte_queue_take:
 * @self: a queue
 *
 * Returns: (transfer full) (nullable): the oldest bytes, for bijou_byte_queue_give_back(), or %NULL
 *   when there are none
 */
BijouByteBlock *
bijou_byte_queue_take (BijouByteQueue *self)
{
  BijouByteBlock *block = g_queue_pop_head (&self->blocks);

  if (block != NULL)
    self->length -= block->length;
  return block;
}

/**
 * bijou_byte_queue_give_back:
 * @self: the queue that it came from
 * @block: (transfer full): what is not needed any more
 */
void
bijou_byte_queue_give_back (BijouByteQueue *self, BijouByteBlock *block)
{
  g_queue_push_head (&self->spare, block);
}

/**
 * bijou_byte_queue_clear:
 * @self: a queue
 *
 * Forgets what is in it and gives its memory back.
 */
void
bijou_byte_queue_clear (BijouByteQueue *self)
{
  g_queue_clear_full (&self->blocks, g_free);
  g_queue_clear_full (&self->spare, g_free);
  self->length = 0;
}
