#include "config.h"

#include "bijou-byte-source.h"

G_DEFINE_INTERFACE (BijouByteSource, bijou_byte_source, G_TYPE_OBJECT)

static void
bijou_byte_source_default_init (BijouByteSourceInterface *iface)
{
}

/**
 * bijou_byte_source_get_size:
 * @self: a source
 *
 * Returns: the size of the file in bytes, -1 when it is not known. Never blocks; any thread.
 */
gint64
bijou_byte_source_get_size (BijouByteSource *self)
{
  g_return_val_if_fail (BIJOU_IS_BYTE_SOURCE (self), -1);

  return BIJOU_BYTE_SOURCE_GET_IFACE (self)->get_size (self);
}

/**
 * bijou_byte_source_is_random:
 * @self: a source
 *
 * Returns: whether bytes can be had from anywhere; else all that is before has to come first. Never
 * blocks; any thread.
 */
gboolean
bijou_byte_source_is_random (BijouByteSource *self)
{
  BijouByteSourceInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BYTE_SOURCE (self), FALSE);

  iface = BIJOU_BYTE_SOURCE_GET_IFACE (self);
  return iface->is_random == NULL || iface->is_random (self);
}

/**
 * bijou_byte_source_get_fill:
 * @self: a source
 * @offset: a byte
 * @fill: (out): what is there from @offset on
 *
 * Never blocks; any thread.
 *
 * Returns: %FALSE when the source does not tell
 */
gboolean
bijou_byte_source_get_fill (BijouByteSource *self, gint64 offset, BijouByteFill *fill)
{
  BijouByteSourceInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BYTE_SOURCE (self), FALSE);

  iface = BIJOU_BYTE_SOURCE_GET_IFACE (self);
  if (iface->get_fill == NULL)
    return FALSE;
  iface->get_fill (self, offset, fill);
  return TRUE;
}

/**
 * bijou_byte_source_get_extents:
 * @self: a source
 *
 * Returns: (transfer full) (nullable): what is there without waiting; %NULL when the source does
 * not tell. Never blocks; any thread.
 */
BijouRangeMap *
bijou_byte_source_get_extents (BijouByteSource *self)
{
  BijouByteSourceInterface *iface;

  g_return_val_if_fail (BIJOU_IS_BYTE_SOURCE (self), NULL);

  iface = BIJOU_BYTE_SOURCE_GET_IFACE (self);
  return iface->get_extents != NULL ? iface->get_extents (self) : NULL;
}

/**
 * bijou_byte_source_read_at:
 * @self: a source
 * @offset: where to read, in bytes from the start of the file
 * @buffer: (out caller-allocates): room for @length bytes
 * @length: how many bytes are wanted, more than 0
 * @cancellable: (nullable): wakes a blocked read
 * @error: return location, BIJOU_ERROR
 *
 * Blocks until at least one byte at @offset is there. Any thread but the main one.
 *
 * Returns: how many bytes were read, 0 at the end of the file, -1 on failure
 */
gssize
bijou_byte_source_read_at (BijouByteSource *self,
                           gint64 offset,
                           guint8 *buffer,
                           gsize length,
                           GCancellable *cancellable,
                           GError **error)
{
  g_return_val_if_fail (BIJOU_IS_BYTE_SOURCE (self), -1);
  g_return_val_if_fail (offset >= 0 && buffer != NULL && length > 0, -1);

  return BIJOU_BYTE_SOURCE_GET_IFACE (self)->read_at (self, offset, buffer, length, cancellable,
                                                      error);
}
