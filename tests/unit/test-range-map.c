#include "bijou-range-map.h"

#include <string.h>

#define SIZE 200

/* The same in the simplest form. */
static void
assert_equals (const BijouRangeMap *map, const gboolean *bits)
{
  gint64 total = 0;
  guint extents = 0;

  for (int i = 0; i < SIZE; i++)
    {
      int end = i;
      int gap = i;

      total += bits[i];
      extents += bits[i] && (i == 0 || !bits[i - 1]);
      while (end < SIZE && bits[end])
        end++;
      while (gap < SIZE && !bits[gap])
        gap++;
      g_assert_cmpint (bijou_range_map_get_present_end (map, i), ==, end);
      if (!bits[i])
        g_assert_cmpint (bijou_range_map_get_gap_end (map, i, SIZE), ==, gap);
    }
  g_assert_cmpint (bijou_range_map_get_total (map), ==, total);
  g_assert_cmpuint (bijou_range_map_get_length (map), ==, extents);
}

static void
test_random (void)
{
  g_autoptr (BijouRangeMap) map = bijou_range_map_new ();
  gboolean bits[SIZE] = { 0 };

  for (int i = 0; i < 5000; i++)
    {
      int from = g_test_rand_int_range (0, SIZE);
      int length = g_test_rand_int_range (0, 30);
      int to = MIN (SIZE, from + length);
      gboolean add = g_test_rand_bit ();
      gboolean all = TRUE;

      if (add)
        bijou_range_map_add (map, from, to);
      else
        bijou_range_map_remove (map, from, to);
      for (int j = from; j < to; j++)
        bits[j] = add;
      assert_equals (map, bits);

      from = g_test_rand_int_range (0, SIZE);
      to = g_test_rand_int_range (from, SIZE);
      for (int j = from; j < to; j++)
        all = all && bits[j];
      g_assert_cmpint (bijou_range_map_contains (map, from, to), ==, all);
    }
}

static void
test_json (void)
{
  static const char *const bad[] = { "{}",          "[1]",          "[[1]]",
                                     "[[1,2,3]]",   "[[2,1]]",      "[[-1,4]]",
                                     "[[1,\"2\"]]", "[[0,1],null]", "\"x\"" };
  g_autoptr (BijouRangeMap) map = bijou_range_map_new ();
  g_autoptr (BijouRangeMap) copy = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  bijou_range_map_add (map, 0, 5);
  bijou_range_map_add (map, 10, G_MAXINT64);
  node = bijou_range_map_to_json (map);
  text = json_to_string (node, FALSE);
  g_assert_cmpstr (text, ==, "[[0,5],[10,9223372036854775807]]");
  copy = bijou_range_map_new_from_json (node);
  g_assert_cmpint (bijou_range_map_get_total (copy), ==, bijou_range_map_get_total (map));

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (JsonNode) wrong = json_from_string (bad[i], NULL);

      g_assert_null (bijou_range_map_new_from_json (wrong));
    }
  g_assert_null (bijou_range_map_new_from_json (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/range-map/random", test_random);
  g_test_add_func ("/range-map/json", test_json);
  return g_test_run ();
}
