#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouByteSource:
 * The bytes of one media file, wherever they are: a cache entry, a file, a plain stream. The
 * player knows nothing else of it. Methods may be called from any thread.
 */
#define BIJOU_TYPE_BYTE_SOURCE (bijou_byte_source_get_type ())
G_DECLARE_INTERFACE (BijouByteSource, bijou_byte_source, BIJOU, BYTE_SOURCE, GObject)

struct _BijouByteSourceInterface
{
  GTypeInterface parent_interface;

  gint64 (*get_size) (BijouByteSource *self);
  gssize (*read_at) (BijouByteSource *self,
                     gint64 offset,
                     guint8 *buffer,
                     gsize length,
                     GCancellable *cancellable,
                     GError **error);
};

/* The size in bytes; never blocks: whoever hands a source to the player knows its size. */
gint64 bijou_byte_source_get_size (BijouByteSource *self);
/* Blocks until at least one byte at @offset is there. Returns how many were read, 0 at the end of
 * the file, -1 with a BIJOU_ERROR. */
gssize bijou_byte_source_read_at (BijouByteSource *self,
                                  gint64 offset,
                                  guint8 *buffer,
                                  gsize length,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
