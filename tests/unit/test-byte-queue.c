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
assert_holds (BijouByteQueue *queue, guint8 value, gsize expected)
{
  gsize length;
  const guint8 *data = bijou_byte_queue_peek (queue, &length);

  g_assert_cmpuint (length, ==, expected);
  for (gsize i = 0; i < length; i++)
    g_assert_cmpuint (data[i], ==, (guint8) (value + i));
}

static void
test_order (void)
{
  BijouByteQueue *queue = bijou_byte_queue_new ();

  push (queue, 1, 100);
  push (queue, 101, 50);
  g_assert_cmpuint (bijou_byte_queue_get_length (queue), ==, 150);
  assert_holds (queue, 1, 150);
  bijou_byte_queue_drop (queue, 20);
  assert_holds (queue, 21, 130);
  bijou_byte_queue_drop (queue, 130);
  g_assert_cmpuint (bijou_byte_queue_get_length (queue), ==, 0);

  push (queue, 7, 3);
  assert_holds (queue, 7, 3);
  bijou_byte_queue_clear (queue);
  g_assert_cmpuint (bijou_byte_queue_get_length (queue), ==, 0);
  push (queue, 9, 10);
  assert_holds (queue, 9, 10);
  bijou_byte_queue_free (queue);
}

#define TOTAL (8 * 1024 * 1024)

static guint8
get_byte (gsize at)
{
  return (guint8) (at * 31 + (at >> 9) * 7 + (at >> 17));
}

static gpointer
push_all (gpointer data)
{
  BijouByteQueue *queue = data;
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  gsize length;

  for (gsize at = 0, n = 1; at < TOTAL; at += length, n++)
    {
      length = MIN (TOTAL - at, n * 977 % CHUNK + 1);
      for (gsize i = 0; i < length; i++)
        chunk[i] = get_byte (at + i);
      bijou_byte_queue_push (queue, chunk, length);
    }
  return NULL;
}

/* One thread pushes and one takes at the same time, in pieces of other sizes. */
static void
test_threads (void)
{
  BijouByteQueue *queue = bijou_byte_queue_new ();
  GThread *thread = g_thread_new ("pusher", push_all, queue);
  gsize at = 0;

  while (at < TOTAL)
    {
      const guint8 *data;
      gsize length;

      if (bijou_byte_queue_get_length (queue) == 0)
        {
          g_thread_yield ();
          continue;
        }
      data = bijou_byte_queue_peek (queue, &length);
      g_assert_cmpuint (length, >, 0);
      length = MIN (length, at % 100000 + 1);
      for (gsize i = 0; i < length; i++)
        if (data[i] != get_byte (at + i))
          g_error ("wrong byte at %" G_GSIZE_FORMAT, at + i);
      bijou_byte_queue_drop (queue, length);
      at += length;
    }
  g_thread_join (thread);
  g_assert_cmpuint (bijou_byte_queue_get_length (queue), ==, 0);
  bijou_byte_queue_free (queue);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/byte-queue/order", test_order);
  g_test_add_func ("/byte-queue/threads", test_threads);
  return g_test_run ();
}
