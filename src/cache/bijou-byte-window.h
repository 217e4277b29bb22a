#pragma once

#include "bijou-range-map.h"

G_BEGIN_DECLS

/**
 * BijouByteWindow:
 * Bytes of a file in memory, as many as a limit allows: what is far from a position is forgotten
 * first. Not thread-safe: its owner's lock.
 */
typedef struct _BijouByteWindow BijouByteWindow;

BijouByteWindow *bijou_byte_window_new (gsize limit);
void bijou_byte_window_free (BijouByteWindow *self);
void bijou_byte_window_write (
    BijouByteWindow *self, gint64 offset, const guint8 *data, gsize length, gint64 position);
gsize bijou_byte_window_read (BijouByteWindow *self, gint64 offset, guint8 *buffer, gsize length);
void bijou_byte_window_clear (BijouByteWindow *self);
const BijouRangeMap *bijou_byte_window_get_map (BijouByteWindow *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouByteWindow, bijou_byte_window_free)

G_END_DECLS
