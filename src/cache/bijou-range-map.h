#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * BijouExtent:
 * The bytes from @from up to, but without, @to.
 */
typedef struct
{
  gint64 from;
  gint64 to;
} BijouExtent;

/**
 * BijouRangeMap:
 * Which bytes of a file are there: extents, sorted, never touching each other. Not thread-safe: its
 * owner's lock.
 */
typedef struct _BijouRangeMap BijouRangeMap;

BijouRangeMap *bijou_range_map_new (void);
BijouRangeMap *bijou_range_map_copy (const BijouRangeMap *self);
void bijou_range_map_free (BijouRangeMap *self);
void bijou_range_map_add (BijouRangeMap *self, gint64 from, gint64 to);
void bijou_range_map_remove (BijouRangeMap *self, gint64 from, gint64 to);
void bijou_range_map_clear (BijouRangeMap *self);
gboolean bijou_range_map_contains (const BijouRangeMap *self, gint64 from, gint64 to);
gint64 bijou_range_map_get_present_end (const BijouRangeMap *self, gint64 offset);
gint64 bijou_range_map_get_gap_end (const BijouRangeMap *self, gint64 offset, gint64 limit);
gint64 bijou_range_map_get_total (const BijouRangeMap *self);
guint bijou_range_map_get_length (const BijouRangeMap *self);
const BijouExtent *bijou_range_map_get (const BijouRangeMap *self, guint index);
JsonNode *bijou_range_map_to_json (const BijouRangeMap *self);
BijouRangeMap *bijou_range_map_new_from_json (JsonNode *node);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouRangeMap, bijou_range_map_free)

G_END_DECLS
