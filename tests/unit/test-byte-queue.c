#include "bijou-byte-queue.h"

#define CHUNK 16384

static void
push (BijouByteQueue *queue, guint8 value, gsize length)
{
  g_autofree guint8 *data = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    data[i] = (guint8) (value + i);
  bijou_byte_queue_push (queue, data, length);
}

static void
assert_takes (BijouByteQueue *queue, guint8 value, gsize length)
{
  BijouByteBlock *block = bijou_byte_queue_take (queue);

  g_assert_nonnull (block);
  g_assert_cmpuint (block->length, ==, length);
  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (block->data[i], ==, (guint8) (value + i));
  bijou_byte_queue_give_back (queue, block);
}

static void
test_order (void)
{
  BijouByteQueue *queue = bijou_byte_queue_new ();

  g_assert_null (bijou_byte_queue_take (queue));
  push (queue, 1, 100);
  push (queue, 101, 50);
  g_assert_cmpuint (bijou_byte_queue_get_length (queue), ==, 150);
  assert_takes (queue, 1, 150);
  g_assert_cmpuint (bijou_byte_queue_get_length (queue), ==, 0);
  g_assert_null (bijou_byte_queue_take (queue));

  /* The block is used again, with nothing left of the first use. */
  push (queue, 7, 3);
  assert_takes (queue, 7, 3);
  bijou_byte_queue_free (queue);
}

/* Pieces that do not fit into one block go on in the next. */
static void
test_blocks (void)
{
  BijouByteQueue *queue = bijou_byte_queue_new ();
  BijouByteBlock *block;
  gsize got = 0;

  for (int i = 0; i < 50; i++)
    push (queue, (guint8) (i * CHUNK), CHUNK + 1);
  g_assert_cmpuint (bijou_byte_queue_get_length (queue), ==, 50 * (CHUNK + 1));
  while ((block = bijou_byte_queue_take (queue)) != NULL)
    {
      for (gsize i = 0; i < block->length; i++)
        {
          gsize at = got + i;

          g_assert_cmpuint (block->data[i], ==,
                            (guint8) (at / (CHUNK + 1) * CHUNK + at % (CHUNK + 1)));
        }
      got += block->length;
      bijou_byte_queue_give_back (queue, block);
    }
  g_assert_cmpuint (got, ==, 50 * (CHUNK + 1));
  bijou_byte_queue_free (queue);
}

static void
test_clear (void)
{
  BijouByteQueue *queue = bijou_byte_queue_new ();

  push (queue, 1, 1000000);
  bijou_byte_queue_give_back (queue, bijou_byte_queue_take (queue));
  bijou_byte_queue_clear (queue);
  g_assert_cmpuint (bijou_byte_queue_get_length (queue), ==, 0);
  g_assert_null (bijou_byte_queue_take (queue));
  push (queue, 9, 10);
  assert_takes (queue, 9, 10);
  bijou_byte_queue_free (queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/byte-queue/order", test_order);
  g_test_add_func ("/byte-queue/blocks", test_blocks);
  g_test_add_func ("/byte-queue/clear", test_clear);
  return g_test_run ();
}
