#pragma once

#include "bijou-range-map.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouByteFill:
 * What is there without waiting, from an offset on.
 */
typedef struct
{
  gint64 ahead;      /* bytes that follow the offset */
  gint64 goal;       /* so many are enough to go on with after a stall */
  gint64 rate;       /* bytes per second that come, 0 unknown */
  gboolean complete; /* up to the end, or as far ahead as is wanted */
} BijouByteFill;

/**
 * BijouByteSource:
 * The bytes of one media file, wherever they are: a cache entry, or a file. The player knows
 * nothing else of it. Methods may be called from any thread.
 */
#define BIJOU_TYPE_BYTE_SOURCE (bijou_byte_source_get_type ())
G_DECLARE_INTERFACE (BijouByteSource, bijou_byte_source, BIJOU, BYTE_SOURCE, GObject)

struct _BijouByteSourceInterface
{
  GTypeInterface parent_interface;

  gint64 (*get_size) (BijouByteSource *self);
  gboolean (*is_random) (BijouByteSource *self);                                /* (nullable) */
  void (*get_fill) (BijouByteSource *self, gint64 offset, BijouByteFill *fill); /* (nullable) */
  BijouRangeMap *(*get_extents) (BijouByteSource *self);                        /* (nullable) */
  gssize (*read_at) (BijouByteSource *self,
                     gint64 offset,
                     guint8 *buffer,
                     gsize length,
                     GCancellable *cancellable,
                     GError **error);
};

/* The size in bytes, -1 unknown. None of these blocks. */
gint64 bijou_byte_source_get_size (BijouByteSource *self);
/* FALSE: all that is before an offset has to come first. */
gboolean bijou_byte_source_is_random (BijouByteSource *self);
/* FALSE: it does not tell. */
gboolean bijou_byte_source_get_fill (BijouByteSource *self, gint64 offset, BijouByteFill *fill);
/* (transfer full) (nullable): what is there without waiting. */
BijouRangeMap *bijou_byte_source_get_extents (BijouByteSource *self);
/* Blocks until at least one byte at @offset is there. Returns how many were read, 0 at the end of
 * the file, -1 with a BIJOU_ERROR. */
gssize bijou_byte_source_read_at (BijouByteSource *self,
                                  gint64 offset,
                                  guint8 *buffer,
                                  gsize length,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
