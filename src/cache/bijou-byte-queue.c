#include "config.h"

#include "bijou-byte-queue.h"

#include <string.h>

/* Large enough that the calls for it cost little beside the copying. */
#define BLOCK (256 * 1024)
/* What a reader asks for at once. */
#define FIRST (64 * 1024)

typedef struct
{
  gsize from; /* the taker's: bytes before it were dropped */
  gint to;    /* atomic: the pusher's, bytes before it came */
  guint8 data[BLOCK];
} Block;

struct _BijouByteQueue
{
  Block *open; /* (unowned) (nullable) the pusher's: the last one of `blocks` */
  gint length; /* atomic */

  struct
  {
    GMutex lock;
    GQueue blocks; /* of Block (owned), the oldest first */
    GQueue spare;  /* of Block (owned) */
  } shared;
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

  g_mutex_init (&self->shared.lock);
  g_queue_init (&self->shared.blocks);
  g_queue_init (&self->shared.spare);
  return self;
}

/**
 * bijou_byte_queue_free:
 * @self: (transfer full): a queue that nobody uses
 */
void
bijou_byte_queue_free (BijouByteQueue *self)
{
  bijou_byte_queue_clear (self);
  g_mutex_clear (&self->shared.lock);
  g_free (self);
}

static Block *
open_block (BijouByteQueue *self)
{
  Block *block;

  g_mutex_lock (&self->shared.lock);
  block = g_queue_pop_head (&self->shared.spare);
  g_mutex_unlock (&self->shared.lock);

  if (block == NULL)
    block = g_malloc (sizeof *block);
  block->from = 0;
  g_atomic_int_set (&block->to, 0);

  g_mutex_lock (&self->shared.lock);
  g_queue_push_tail (&self->shared.blocks, block);
  g_mutex_unlock (&self->shared.lock);
  return block;
}

/**
 * bijou_byte_queue_reserve:
 * @self: a queue
 *
 * Makes room for what comes first, so that its pusher need not wait for memory. Any thread.
 */
void
bijou_byte_queue_reserve (BijouByteQueue *self)
{
  Block *block = g_malloc (sizeof *block);

  memset (block->data, 0, FIRST); /* only then the system gives it */
  g_mutex_lock (&self->shared.lock);
  g_queue_push_head (&self->shared.spare, block);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_byte_queue_push:
 * @self: a queue
 * @data: what comes next; copied
 * @length: its length
 *
 * On the pusher's thread.
 *
 * Returns: how many bytes were there before
 */
gsize
bijou_byte_queue_push (BijouByteQueue *self, const guint8 *data, gsize length)
{
  gsize all = length;

  while (length > 0)
    {
      gsize to = self->open == NULL ? BLOCK : (gsize) g_atomic_int_get (&self->open->to);
      gsize part;

      if (to == BLOCK)
        {
          self->open = open_block (self);
          to = 0;
        }
      part = MIN (length, BLOCK - to);
      memcpy (self->open->data + to, data, part);
      g_atomic_int_set (&self->open->to, (gint) (to + part));
      data += part;
      length -= part;
    }
  return (gsize) g_atomic_int_add (&self->length, (gint) all);
}

/**
 * bijou_byte_queue_get_length:
 * @self: a queue
 *
 * Any thread.
 *
 * Returns: bytes that were pushed and not dropped
 */
gsize
bijou_byte_queue_get_length (BijouByteQueue *self)
{
  return (gsize) g_atomic_int_get (&self->length);
}

/**
 * bijou_byte_queue_peek:
 * @self: a queue in which there is something
 * @length: (out): how many bytes, more than 0
 *
 * The oldest bytes, as many as are in one piece. They stay until they are dropped, which the caller
 * keeps from happening.
 *
 * Returns: (transfer none): the bytes
 */
const guint8 *
bijou_byte_queue_peek (BijouByteQueue *self, gsize *length)
{
  Block *block;

  g_mutex_lock (&self->shared.lock);
  block = g_queue_peek_head (&self->shared.blocks);
  g_mutex_unlock (&self->shared.lock);

  /* What is being pushed may be in the block and not be counted yet. */
  *length =
      MIN ((gsize) g_atomic_int_get (&block->to) - block->from, bijou_byte_queue_get_length (self));
  return block->data + block->from;
}

/**
 * bijou_byte_queue_drop:
 * @self: a queue
 * @length: at most what bijou_byte_queue_peek() told
 *
 * Forgets the oldest bytes. On the taker's thread.
 */
void
bijou_byte_queue_drop (BijouByteQueue *self, gsize length)
{
  Block *block;

  g_atomic_int_add (&self->length, -(gint) length);
  g_mutex_lock (&self->shared.lock);
  block = g_queue_peek_head (&self->shared.blocks);
  block->from += length;
  if (block->from == BLOCK)
    g_queue_push_head (&self->shared.spare, g_queue_pop_head (&self->shared.blocks));
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_byte_queue_clear:
 * @self: a queue into which nobody pushes any more
 *
 * Forgets what is in it and gives its memory back. On the taker's thread.
 */
void
bijou_byte_queue_clear (BijouByteQueue *self)
{
  g_queue_clear_full (&self->shared.blocks, g_free);
  g_queue_clear_full (&self->shared.spare, g_free);
  self->open = NULL;
  g_atomic_int_set (&self->length, 0);
}
