#pragma once

#include "bijou-range-map.h"

G_BEGIN_DECLS

/**
 * BijouMediaIndex:
 * Where a Matroska or MP4 file has the index that a player reads before its first picture, and
 * where a time is. Any bytes are safe to look at; what is not understood is not known.
 */

/* %FALSE: it is in @head, or not known. */
gboolean bijou_media_index_find (const guint8 *head, gsize length, gint64 size, BijouExtent *index);
/* The byte at which to begin for a time, -1 not known. @index: bytes from the start of the extent
 * that was found; %NULL when it is in @head. */
gint64 bijou_media_index_locate (
    const guint8 *head, gsize head_length, const guint8 *index, gsize index_length, gint64 time_ms);

G_END_DECLS
