#include "config.h"

#include "bijou-item-diff.h"

static gint64
get_id (GArray *ids, guint i)
{
  return g_array_index (ids, gint64, i);
}

static GHashTable *
make_set (GArray *ids, guint from, guint to)
{
  GHashTable *set = g_hash_table_new (g_int64_hash, g_int64_equal);

  for (guint i = from; i < to; i++)
    g_hash_table_add (set, &g_array_index (ids, gint64, i));
  return set;
}

/* Walks both lists: what stays must come in the same order. FALSE when it does not, or when there
 * would be too many steps. */
static gboolean
walk (GArray *from,
      guint from_start,
      guint from_end,
      GArray *to,
      guint to_end,
      GArray *steps,
      guint max)
{
  g_autoptr (GHashTable) old = make_set (from, from_start, from_end);
  g_autoptr (GHashTable) new = make_set (to, from_start, to_end);
  guint i = from_start;
  guint j = from_start;

  while (i < from_end || j < to_end)
    {
      BijouItemStep step = { .position = j };

      while (i < from_end && !g_hash_table_contains (new, &g_array_index (from, gint64, i)))
        {
          step.removed++;
          i++;
        }
      while (j < to_end && !g_hash_table_contains (old, &g_array_index (to, gint64, j)))
        {
          step.added++;
          j++;
        }
      if (step.removed + step.added > 0)
        g_array_append_val (steps, step);
      if (steps->len > max)
        return FALSE;
      for (; i < from_end && j < to_end && get_id (from, i) == get_id (to, j); i++)
        j++;
      if (i < from_end && j < to_end &&
          g_hash_table_contains (new, &g_array_index (from, gint64, i)) &&
          g_hash_table_contains (old, &g_array_index (to, gint64, j)) &&
          get_id (from, i) != get_id (to, j))
        return FALSE;
    }
  return TRUE;
}

/**
 * bijou_item_diff:
 * @from: (element-type gint64): distinct ids
 * @to: (element-type gint64): distinct ids
 * @max_steps: how many steps are worth it
 *
 * Returns: (transfer full) (element-type BijouItemStep): how to get from one list to the other; one
 *   step over everything between the common ends when there would be too many or the order changed
 */
GArray *
bijou_item_diff (GArray *from, GArray *to, guint max_steps)
{
  GArray *steps = g_array_new (FALSE, FALSE, sizeof (BijouItemStep));
  guint shorter = MIN (from->len, to->len);
  guint head = 0;
  guint tail = 0;
  BijouItemStep step;

  while (head < shorter && get_id (from, head) == get_id (to, head))
    head++;
  while (tail < shorter - head &&
         get_id (from, from->len - 1 - tail) == get_id (to, to->len - 1 - tail))
    tail++;
  if (head + tail == from->len && head + tail == to->len)
    return steps;
  if (walk (from, head, from->len - tail, to, to->len - tail, steps, max_steps))
    return steps;
  g_array_set_size (steps, 0);
  step = (BijouItemStep){ head, from->len - head - tail, to->len - head - tail };
  g_array_append_val (steps, step);
  return steps;
}
