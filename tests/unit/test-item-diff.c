#include "config.h"

#include "bijou-item-diff.h"

#define ROUNDS 400

static GArray *
make_ids (const gint64 *ids, guint n_ids)
{
  GArray *array = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_array_append_vals (array, ids, n_ids);
  return array;
}

/* Walks the steps as a list model does, and counts what they touch. */
static guint
apply (GArray *from, GArray *to, GArray *steps)
{
  guint touched = 0;

  for (guint i = 0; i < steps->len; i++)
    {
      BijouItemStep *step = &g_array_index (steps, BijouItemStep, i);

      g_assert_cmpuint (step->position + step->removed, <=, from->len);
      if (step->removed > 0)
        g_array_remove_range (from, step->position, step->removed);
      if (step->added > 0)
        g_array_insert_vals (from, step->position, &g_array_index (to, gint64, step->position),
                             step->added);
      touched += step->removed + step->added;
    }
  g_assert_cmpmem (from->data, from->len * sizeof (gint64), to->data, to->len * sizeof (gint64));
  return touched;
}

static void
test_same (void)
{
  g_autoptr (GArray) from = make_ids ((gint64[]){ 1, 2, 3 }, 3);
  g_autoptr (GArray) to = make_ids ((gint64[]){ 1, 2, 3 }, 3);
  g_autoptr (GArray) steps = bijou_item_diff (from, to, 8);

  g_assert_cmpuint (steps->len, ==, 0);
}

static void
test_scattered (void)
{
  g_autoptr (GArray) from = make_ids ((gint64[]){ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, 9);
  g_autoptr (GArray) to = make_ids ((gint64[]){ 1, 20, 2, 4, 5, 6, 70, 8, 9, 10 }, 10);
  g_autoptr (GArray) steps = bijou_item_diff (from, to, 8);

  /* 20 comes, 3 goes, 7 is replaced, 10 comes; nothing else is touched. */
  g_assert_cmpuint (steps->len, ==, 4);
  g_assert_cmpuint (apply (from, to, steps), ==, 5);
}

static void
test_too_many (void)
{
  g_autoptr (GArray) from = make_ids ((gint64[]){ 1, 2, 3, 4, 5, 6 }, 6);
  g_autoptr (GArray) to = make_ids ((gint64[]){ 1, 20, 3, 40, 5, 60 }, 6);
  g_autoptr (GArray) steps = bijou_item_diff (from, to, 2);

  g_assert_cmpuint (steps->len, ==, 1);
  apply (from, to, steps);
}

static void
test_moved (void)
{
  g_autoptr (GArray) from = make_ids ((gint64[]){ 1, 2, 3, 4, 5 }, 5);
  g_autoptr (GArray) to = make_ids ((gint64[]){ 1, 4, 2, 3, 5 }, 5);
  g_autoptr (GArray) steps = bijou_item_diff (from, to, 8);

  apply (from, to, steps);
}

static GArray *
make_random (GRand *rand, guint max, gboolean shuffled)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (gint64 id = 1; id <= max; id++)
    {
      if (g_rand_boolean (rand))
        continue;
      g_array_append_val (ids, id);
    }
  for (guint i = ids->len; shuffled && i > 1; i--)
    {
      guint j = (guint) g_rand_int_range (rand, 0, (gint32) i);
      gint64 kept = g_array_index (ids, gint64, i - 1);

      g_array_index (ids, gint64, i - 1) = g_array_index (ids, gint64, j);
      g_array_index (ids, gint64, j) = kept;
    }
  return ids;
}

static void
test_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autoptr (GArray) from = make_random (rand, i % 40, FALSE);
      g_autoptr (GArray) to = make_random (rand, i % 37, i % 3 == 0);
      g_autoptr (GArray) steps = bijou_item_diff (from, to, i % 12);

      apply (from, to, steps);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/item-diff/same", test_same);
  g_test_add_func ("/item-diff/scattered", test_scattered);
  g_test_add_func ("/item-diff/too-many", test_too_many);
  g_test_add_func ("/item-diff/moved", test_moved);
  g_test_add_func ("/item-diff/random", test_random);
  return g_test_run ();
}
