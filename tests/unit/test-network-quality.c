#include "config.h"

#include "bijou-quality-book.h"

static BijouQuality
get (BijouNetworkQuality *self)
{
  BijouQuality quality;

  bijou_network_quality_get (self, &quality);
  return quality;
}

static void
answer (BijouNetworkQuality *self, guint times, int latency_ms)
{
  for (guint i = 0; i < times; i++)
    bijou_network_quality_note_answer (self, latency_ms);
}

static void
fail (BijouNetworkQuality *self, guint times)
{
  for (guint i = 0; i < times; i++)
    bijou_network_quality_note_failure (self);
}

static void
test_nothing (void)
{
  g_autoptr (BijouNetworkQuality) quality = bijou_network_quality_new ();

  g_assert_cmpint (get (quality).latency_ms, ==, -1);
  g_assert_cmpint (get (quality).throughput, ==, -1);
  g_assert_cmpuint (get (quality).outcomes, ==, 0);
  g_assert_false (get (quality).degraded);
}

static void
test_smooths (void)
{
  g_autoptr (BijouNetworkQuality) quality = bijou_network_quality_new ();

  answer (quality, 1, 100);
  g_assert_cmpint (get (quality).latency_ms, ==, 100);
  answer (quality, 1, 200);
  g_assert_cmpint (get (quality).latency_ms, ==, 125);
  answer (quality, 3, -1);
  g_assert_cmpint (get (quality).latency_ms, ==, 125);
  answer (quality, 40, 60);
  g_assert_cmpint (get (quality).latency_ms, ==, 60);
  g_assert_cmpuint (get (quality).outcomes, ==, 20);
}

static void
test_latency (void)
{
  g_autoptr (BijouNetworkQuality) quality = bijou_network_quality_new ();

  answer (quality, 10, 2);
  answer (quality, 20, 40); /* twenty times the best, and still nothing to care about */
  g_assert_false (get (quality).degraded);
  answer (quality, 20, 600);
  g_assert_true (get (quality).degraded);
  answer (quality, 1, 2);
  g_assert_true (get (quality).degraded);
  answer (quality, 20, 2);
  g_assert_false (get (quality).degraded);
}

/* A way that was never fast is degraded by what it is, not by what it was. */
static void
test_far_away (void)
{
  g_autoptr (BijouNetworkQuality) far = bijou_network_quality_new ();
  g_autoptr (BijouNetworkQuality) farther = bijou_network_quality_new ();

  answer (far, 20, 700);
  g_assert_false (get (far).degraded);
  answer (farther, 2, 1800);
  g_assert_false (get (farther).degraded);
  answer (farther, 1, 1800);
  g_assert_true (get (farther).degraded);
}

static void
test_failures (void)
{
  g_autoptr (BijouNetworkQuality) quality = bijou_network_quality_new ();

  fail (quality, 7);
  g_assert_false (get (quality).degraded); /* too few to tell */
  answer (quality, 1, 20);
  g_assert_cmpuint (get (quality).failures, ==, 7);
  g_assert_true (get (quality).degraded);
  answer (quality, 17, 20); /* fine, but not for long enough */
  g_assert_cmpuint (get (quality).failures, ==, 2);
  g_assert_true (get (quality).degraded);
  answer (quality, 5, 20);
  g_assert_false (get (quality).degraded);
}

/* One failure in ten is life. */
static void
test_few_failures (void)
{
  g_autoptr (BijouNetworkQuality) quality = bijou_network_quality_new ();

  for (guint i = 0; i < 50; i++)
    {
      answer (quality, 9, 20);
      fail (quality, 1);
      g_assert_false (get (quality).degraded);
    }
}

static void
test_no_flapping (void)
{
  g_autoptr (BijouNetworkQuality) quality = bijou_network_quality_new ();
  guint changes = 0;
  gboolean before = FALSE;

  answer (quality, 20, 100);
  for (guint i = 0; i < 200; i++)
    {
      answer (quality, 1, i % 3 == 0 ? 1500 : 300);
      changes += get (quality).degraded != before ? 1 : 0;
      before = get (quality).degraded;
    }
  g_assert_true (before);
  g_assert_cmpuint (changes, ==, 1);
}

static void
test_throughput (void)
{
  g_autoptr (BijouNetworkQuality) quality = bijou_network_quality_new ();
  const gint64 megabyte = 1000 * 1000;

  bijou_network_quality_note_bytes (quality, 1000, 1); /* one packet */
  g_assert_cmpint (get (quality).throughput, ==, -1);
  bijou_network_quality_note_bytes (quality, megabyte, G_USEC_PER_SEC);
  g_assert_cmpint (get (quality).throughput, ==, megabyte);
  g_assert_false (get (quality).degraded);

  bijou_network_quality_set_need (quality, 2 * megabyte);
  bijou_network_quality_note_bytes (quality, megabyte, G_USEC_PER_SEC);
  g_assert_true (get (quality).degraded);
  for (guint i = 0; i < 30; i++)
    bijou_network_quality_note_bytes (quality, 9 * megabyte, G_USEC_PER_SEC);
  g_assert_false (get (quality).degraded);
  bijou_network_quality_set_need (quality, 0);
  for (guint i = 0; i < 30; i++)
    bijou_network_quality_note_bytes (quality, megabyte / 5, G_USEC_PER_SEC);
  g_assert_false (get (quality).degraded);
}

static void
test_book (void)
{
  BijouQualityBook *book = bijou_quality_book_new ();
  BijouQuality quality;

  g_assert_false (bijou_quality_book_get (book, "http://a", &quality));
  g_assert_cmpint (quality.latency_ms, ==, -1);
  for (guint i = 0; i < 5; i++)
    bijou_quality_book_note_answer (book, "http://a", 2000);
  bijou_quality_book_note_answer (book, "http://b", 20);
  g_assert_true (bijou_quality_book_get (book, "http://a", &quality));
  g_assert_cmpint (quality.latency_ms, ==, 2000);
  g_assert_true (bijou_quality_book_is_degraded (book, "http://a"));
  g_assert_false (bijou_quality_book_is_degraded (book, "http://b"));
  bijou_quality_book_forget (book);
  g_assert_false (bijou_quality_book_is_degraded (book, "http://a"));
  bijou_quality_book_free (book);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/network-quality/nothing", test_nothing);
  g_test_add_func ("/network-quality/smooths", test_smooths);
  g_test_add_func ("/network-quality/latency", test_latency);
  g_test_add_func ("/network-quality/far-away", test_far_away);
  g_test_add_func ("/network-quality/failures", test_failures);
  g_test_add_func ("/network-quality/few-failures", test_few_failures);
  g_test_add_func ("/network-quality/no-flapping", test_no_flapping);
  g_test_add_func ("/network-quality/throughput", test_throughput);
  g_test_add_func ("/network-quality/book", test_book);

  return g_test_run ();
}
