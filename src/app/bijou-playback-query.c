#include "config.h"

#include "bijou-playback-private.h"

/* What a page asks of what plays: its chapters, its segments, what of it is in the cache. */

const BijouChapter *
bijou_playback_find_chapter (BijouPlayback *self, gint64 position_ms)
{
  GPtrArray *chapters = bijou_playback_get_chapters (self);
  const BijouChapter *found = NULL;

  for (guint i = 0; i < chapters->len; i++)
    {
      const BijouChapter *chapter = g_ptr_array_index (chapters, i);

      if (chapter->start_ms > position_ms)
        break;
      found = chapter;
    }
  return found;
}

const BijouSegment *
bijou_playback_find_segment (BijouPlayback *self, gint64 position_ms)
{
  BijouDetail *detail = bijou_playback_get_detail (self);

  for (guint i = 0; detail != NULL && i < detail->segments->len; i++)
    {
      const BijouSegment *segment = g_ptr_array_index (detail->segments, i);

      if (position_ms >= segment->start_ms && position_ms < segment->end_ms)
        return segment;
    }
  return NULL;
}

GArray *
bijou_playback_list_cached (BijouPlayback *self)
{
  BijouOpening *opened = bijou_playback_get_opened (self);
  GArray *ranges = g_array_new (FALSE, FALSE, sizeof (BijouPlaybackRange));
  g_autoptr (BijouRangeMap) extents = NULL;
  BijouCacheEntry *entry;
  double size;
  double offset;
  double share;

  if (opened == NULL || bijou_playback_get_duration (self) <= 0)
    return ranges;
  entry = bijou_entry_source_get_entry (opened->source);
  size = MAX (bijou_cache_entry_get_size (entry), 1);
  offset = (double) opened->part_offset_ms / bijou_playback_get_duration (self);
  share = opened->version->parts->len < 2
              ? 1.0
              : (double) opened->part->duration_ms / bijou_playback_get_duration (self);
  extents = bijou_cache_entry_get_extents (entry);
  for (guint i = 0; i < bijou_range_map_get_length (extents); i++)
    {
      const BijouExtent *extent = bijou_range_map_get (extents, i);
      BijouPlaybackRange range = { offset + share * extent->from / size,
                                   offset + share * extent->to / size };

      g_array_append_val (ranges, range);
    }
  return ranges;
}

/* FALSE: nothing plays. */
gboolean
bijou_playback_get_cache_stats (BijouPlayback *self, BijouCacheStats *stats)
{
  BijouOpening *opened = bijou_playback_get_opened (self);

  if (opened == NULL)
    return FALSE;
  bijou_cache_entry_get_stats (bijou_entry_source_get_entry (opened->source), stats);
  return TRUE;
}
