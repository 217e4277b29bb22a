#include "config.h"

#include "bijou-range-map.h"

struct _BijouRangeMap
{
  GArray *extents; /* (owned) of BijouExtent */
};

static BijouExtent *
get_extent (const BijouRangeMap *self, guint index)
{
  return &g_array_index (self->extents, BijouExtent, index);
}

/* The first extent that ends after @offset, or the number of extents. */
static guint
find_index (const BijouRangeMap *self, gint64 offset)
{
  guint low = 0;
  guint high = self->extents->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (get_extent (self, middle)->to > offset)
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/**
 * bijou_range_map_new:
 *
 * Returns: (transfer full): an empty map
 */
BijouRangeMap *
bijou_range_map_new (void)
{
  BijouRangeMap *self = g_new0 (BijouRangeMap, 1);

  self->extents = g_array_new (FALSE, FALSE, sizeof (BijouExtent));
  return self;
}

/**
 * bijou_range_map_copy:
 * @self: a map
 *
 * Returns: (transfer full): a copy
 */
BijouRangeMap *
bijou_range_map_copy (const BijouRangeMap *self)
{
  BijouRangeMap *copy = g_new0 (BijouRangeMap, 1);

  copy->extents = g_array_copy (self->extents);
  return copy;
}

/**
 * bijou_range_map_free:
 * @self: (transfer full): a map
 */
void
bijou_range_map_free (BijouRangeMap *self)
{
  g_array_unref (self->extents);
  g_free (self);
}

/**
 * bijou_range_map_add:
 * @self: a map
 * @from: the first byte
 * @to: the byte after the last
 *
 * Marks bytes as present. An empty range adds nothing.
 */
void
bijou_range_map_add (BijouRangeMap *self, gint64 from, gint64 to)
{
  BijouExtent merged = { from, to };
  guint first, last;

  if (from >= to || from < 0)
    return;

  /* One that ends at @from touches it and is merged too. */
  first = from == 0 ? 0 : find_index (self, from - 1);
  for (last = first; last < self->extents->len && get_extent (self, last)->from <= to; last++)
    {
      merged.from = MIN (merged.from, get_extent (self, last)->from);
      merged.to = MAX (merged.to, get_extent (self, last)->to);
    }
  if (last > first)
    g_array_remove_range (self->extents, first, last - first);
  g_array_insert_val (self->extents, first, merged);
}

/**
 * bijou_range_map_remove:
 * @self: a map
 * @from: the first byte
 * @to: the byte after the last
 *
 * Marks bytes as absent.
 */
void
bijou_range_map_remove (BijouRangeMap *self, gint64 from, gint64 to)
{
  guint index = find_index (self, from);

  while (from < to && index < self->extents->len && get_extent (self, index)->from < to)
    {
      BijouExtent old = *get_extent (self, index);
      BijouExtent left = { old.from, from };
      BijouExtent right = { to, old.to };

      g_array_remove_index (self->extents, index);
      if (left.from < left.to)
        g_array_insert_val (self->extents, index++, left);
      if (right.from < right.to)
        g_array_insert_val (self->extents, index++, right);
    }
}

/**
 * bijou_range_map_clear:
 * @self: a map
 *
 * Marks all bytes as absent.
 */
void
bijou_range_map_clear (BijouRangeMap *self)
{
  g_array_set_size (self->extents, 0);
}

/**
 * bijou_range_map_contains:
 * @self: a map
 * @from: the first byte
 * @to: the byte after the last
 *
 * Returns: whether all these bytes are present; an empty range always is
 */
gboolean
bijou_range_map_contains (const BijouRangeMap *self, gint64 from, gint64 to)
{
  return from >= to || bijou_range_map_get_present_end (self, from) >= to;
}

/**
 * bijou_range_map_get_present_end:
 * @self: a map
 * @offset: a byte
 *
 * Returns: the first absent byte at or after @offset; @offset itself when it is absent
 */
gint64
bijou_range_map_get_present_end (const BijouRangeMap *self, gint64 offset)
{
  guint index = find_index (self, offset);

  if (index == self->extents->len || get_extent (self, index)->from > offset)
    return offset;
  return get_extent (self, index)->to;
}

/**
 * bijou_range_map_get_gap_end:
 * @self: a map
 * @offset: an absent byte
 * @limit: what to return when nothing is present behind @offset
 *
 * Returns: the first present byte after @offset
 */
gint64
bijou_range_map_get_gap_end (const BijouRangeMap *self, gint64 offset, gint64 limit)
{
  guint index = find_index (self, offset);

  return index == self->extents->len ? limit : MAX (get_extent (self, index)->from, offset);
}

/**
 * bijou_range_map_get_total:
 * @self: a map
 *
 * Returns: how many bytes are present
 */
gint64
bijou_range_map_get_total (const BijouRangeMap *self)
{
  gint64 total = 0;

  for (guint i = 0; i < self->extents->len; i++)
    total += get_extent (self, i)->to - get_extent (self, i)->from;
  return total;
}

/**
 * bijou_range_map_get_length:
 * @self: a map
 *
 * Returns: how many extents there are
 */
guint
bijou_range_map_get_length (const BijouRangeMap *self)
{
  return self->extents->len;
}

/**
 * bijou_range_map_get:
 * @self: a map
 * @index: which extent
 *
 * Returns: (transfer none): the extent, until the map changes
 */
const BijouExtent *
bijou_range_map_get (const BijouRangeMap *self, guint index)
{
  g_return_val_if_fail (index < self->extents->len, NULL);

  return get_extent (self, index);
}

/**
 * bijou_range_map_to_json:
 * @self: a map
 *
 * Returns: (transfer full): `[[from, to], …]`
 */
JsonNode *
bijou_range_map_to_json (const BijouRangeMap *self)
{
  JsonArray *array = json_array_sized_new (self->extents->len);
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < self->extents->len; i++)
    {
      JsonArray *pair = json_array_sized_new (2);

      json_array_add_int_element (pair, get_extent (self, i)->from);
      json_array_add_int_element (pair, get_extent (self, i)->to);
      json_array_add_array_element (array, pair);
    }
  json_node_take_array (node, array);
  return node;
}

static gboolean
read_pair (JsonNode *node, BijouExtent *extent)
{
  JsonArray *pair;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  pair = json_node_get_array (node);
  if (json_array_get_length (pair) != 2)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    if (json_node_get_value_type (json_array_get_element (pair, i)) != G_TYPE_INT64)
      return FALSE;
  extent->from = json_array_get_int_element (pair, 0);
  extent->to = json_array_get_int_element (pair, 1);
  return extent->from >= 0 && extent->from < extent->to;
}

/**
 * bijou_range_map_new_from_json:
 * @node: (nullable): what bijou_range_map_to_json() made
 *
 * Returns: (transfer full) (nullable): a map, or %NULL when @node is anything else
 */
BijouRangeMap *
bijou_range_map_new_from_json (JsonNode *node)
{
  g_autoptr (BijouRangeMap) self = NULL;
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return NULL;

  self = bijou_range_map_new ();
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      BijouExtent extent;

      if (!read_pair (json_array_get_element (array, i), &extent))
        return NULL;
      bijou_range_map_add (self, extent.from, extent.to);
    }
  return g_steal_pointer (&self);
}
