#include "config.h"

#include "bijou-byte-window.h"

#include <string.h>

#define BLOCK (256 * 1024)
/* Bytes behind the position are worth less than those ahead of it. */
#define BEHIND_COST 4

struct _BijouByteWindow
{
  gsize limit;
  GHashTable *blocks; /* (owned) index as gint64 → BLOCK bytes */
  BijouRangeMap *map; /* (owned) */
};

/**
 * bijou_byte_window_new:
 * @limit: bytes of memory at most
 *
 * Returns: (transfer full): an empty window
 */
BijouByteWindow *
bijou_byte_window_new (gsize limit)
{
  BijouByteWindow *self = g_new0 (BijouByteWindow, 1);

  self->limit = limit;
  self->blocks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->map = bijou_range_map_new ();
  return self;
}

/**
 * bijou_byte_window_free:
 * @self: (transfer full): a window
 */
void
bijou_byte_window_free (BijouByteWindow *self)
{
  g_hash_table_unref (self->blocks);
  bijou_range_map_free (self->map);
  g_free (self);
}

static guint8 *
get_block (BijouByteWindow *self, gint64 index)
{
  guint8 *block = g_hash_table_lookup (self->blocks, &index);

  if (block == NULL)
    {
      block = g_malloc (BLOCK);
      g_hash_table_insert (self->blocks, g_memdup2 (&index, sizeof index), block);
    }
  return block;
}

static gint64
get_cost (gint64 index, gint64 position)
{
  gint64 here = position / BLOCK;

  return index < here ? (here - index) * BEHIND_COST : index - here;
}

static void
forget_farthest (BijouByteWindow *self, gint64 position)
{
  GHashTableIter iter;
  gpointer key;
  gint64 farthest = -1;

  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      gint64 index = *(gint64 *) key;

      if (farthest < 0 || get_cost (index, position) > get_cost (farthest, position))
        farthest = index;
    }
  if (farthest < 0)
    return;
  g_hash_table_remove (self->blocks, &farthest);
  bijou_range_map_remove (self->map, farthest * BLOCK, (farthest + 1) * BLOCK);
}

/**
 * bijou_byte_window_write:
 * @self: a window
 * @offset: where
 * @data: what
 * @length: how much
 * @position: where the reader is: what is far from it is forgotten when there is no room
 */
void
bijou_byte_window_write (
    BijouByteWindow *self, gint64 offset, const guint8 *data, gsize length, gint64 position)
{
  while (length > 0)
    {
      gint64 index = offset / BLOCK;
      gsize within = (gsize) (offset % BLOCK);
      gsize part = MIN (length, BLOCK - within);

      memcpy (get_block (self, index) + within, data, part);
      bijou_range_map_add (self->map, offset, offset + (gint64) part);
      data += part;
      offset += (gint64) part;
      length -= part;
    }
  while ((gsize) g_hash_table_size (self->blocks) * BLOCK > self->limit)
    forget_farthest (self, position);
}

/**
 * bijou_byte_window_read:
 * @self: a window
 * @offset: where
 * @buffer: to fill
 * @length: its length
 *
 * Returns: bytes read, 0 when @offset is absent
 */
gsize
bijou_byte_window_read (BijouByteWindow *self, gint64 offset, guint8 *buffer, gsize length)
{
  gint64 end = bijou_range_map_get_present_end (self->map, offset);
  gsize within = (gsize) (offset % BLOCK);
  gsize part = (gsize) MIN ((gint64) length, end - offset);

  part = MIN (part, BLOCK - within);
  if (part > 0)
    memcpy (buffer, get_block (self, offset / BLOCK) + within, part);
  return part;
}

/**
 * bijou_byte_window_clear:
 * @self: a window
 *
 * Forgets all.
 */
void
bijou_byte_window_clear (BijouByteWindow *self)
{
  g_hash_table_remove_all (self->blocks);
  bijou_range_map_clear (self->map);
}

/**
 * bijou_byte_window_get_map:
 * @self: a window
 *
 * Returns: (transfer none): what is present
 */
const BijouRangeMap *
bijou_byte_window_get_map (BijouByteWindow *self)
{
  return self->map;
}
