#include "bijou-read-ahead.h"

#define MB (1024 * (gint64) 1024)
#define LONG G_TIME_SPAN_HOUR

static gint64
compute (const BijouReadAhead *ahead, gint64 settled_us)
{
  return bijou_read_ahead_get_target (ahead, settled_us);
}

static void
test_seconds (void)
{
  BijouReadAhead ahead = { .seconds = 120, .bitrate = 8000000, .limit = 512 * MB };

  g_assert_cmpint (compute (&ahead, LONG), ==, 120 * 1000000);
  ahead.bitrate = 16000000;
  g_assert_cmpint (compute (&ahead, LONG), ==, 240 * 1000000);
  ahead.seconds = 60;
  g_assert_cmpint (compute (&ahead, LONG), ==, 120 * 1000000);
}

/* At the low mark there is still a minute, and time to notice that the server is back. */
static void
test_carries_a_minute (void)
{
  BijouReadAhead ahead = { .seconds = BIJOU_READ_AHEAD_SECONDS,
                           .limit = BIJOU_READ_AHEAD_LIMIT_MB * MB };

  for (gint64 bitrate = 1000000; bitrate <= 40000000; bitrate += 1000000)
    {
      gint64 low;

      ahead.bitrate = bitrate;
      low = bijou_read_ahead_get_low_mark (compute (&ahead, LONG));
      g_assert_cmpint (low * 8 / bitrate, >=, 75);
    }
}

static void
test_bounds (void)
{
  BijouReadAhead ahead = { .seconds = 120, .bitrate = 0, .limit = 512 * MB };

  g_assert_cmpint (compute (&ahead, LONG), ==, 16 * MB);
  ahead.bitrate = 100000;
  g_assert_cmpint (compute (&ahead, LONG), ==, 16 * MB);
  ahead.bitrate = 120000000;
  g_assert_cmpint (compute (&ahead, LONG), ==, 512 * MB);
  ahead.limit = 8 * MB;
  g_assert_cmpint (compute (&ahead, LONG), ==, 8 * MB);
  ahead.limit = 512 * MB;
  ahead.in_memory = TRUE;
  g_assert_cmpint (compute (&ahead, LONG), ==, 32 * MB);
}

static void
test_degraded (void)
{
  BijouReadAhead ahead = { .seconds = 60, .bitrate = 8000000, .limit = 512 * MB };

  ahead.degraded = TRUE;
  g_assert_cmpint (compute (&ahead, LONG), ==, 180 * 1000000);
}

static void
test_metered (void)
{
  BijouReadAhead ahead = { .seconds = 120, .bitrate = 8000000, .limit = 512 * MB };

  ahead.metered = TRUE;
  g_assert_cmpint (compute (&ahead, LONG), ==, 20 * 1000000);
  ahead.degraded = TRUE;
  g_assert_cmpint (compute (&ahead, LONG), ==, 20 * 1000000);
  ahead.bitrate = 80000000;
  g_assert_cmpint (compute (&ahead, LONG), ==, 32 * MB);
  ahead.bitrate = 0;
  g_assert_cmpint (compute (&ahead, LONG), ==, 4 * MB);
  /* Who wants less gets less. */
  ahead.bitrate = 8000000;
  ahead.seconds = 10;
  g_assert_cmpint (compute (&ahead, LONG), ==, 10 * 1000000);
}

/* After a jump it is small and grows, at no time faster than the last step allows. */
static void
test_grows (void)
{
  BijouReadAhead ahead = { .seconds = 120, .bitrate = 20000000, .limit = 512 * MB };
  gint64 before = 0;
  int steps = 0;

  g_assert_cmpint (compute (&ahead, 0), ==, 16 * MB);
  for (gint64 us = 0; us < 20 * G_TIME_SPAN_SECOND; us += G_TIME_SPAN_SECOND / 2)
    {
      gint64 target = compute (&ahead, us);

      g_assert_cmpint (target, >=, before);
      if (before > 0)
        g_assert_cmpint (target, <=, 2 * before);
      steps += target > before;
      g_assert_cmpint (bijou_read_ahead_is_growing (&ahead, us), ==, target < 300 * 1000000);
      before = target;
    }
  g_assert_cmpint (before, ==, 300 * 1000000);
  g_assert_cmpint (steps, ==, 6);
  g_assert_cmpint (compute (&ahead, G_MAXINT64), ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/read-ahead/seconds", test_seconds);
  g_test_add_func ("/read-ahead/carries-a-minute", test_carries_a_minute);
  g_test_add_func ("/read-ahead/bounds", test_bounds);
  g_test_add_func ("/read-ahead/degraded", test_degraded);
  g_test_add_func ("/read-ahead/metered", test_metered);
  g_test_add_func ("/read-ahead/grows", test_grows);
  return g_test_run ();
}
