#pragma once

#include "bijou-playback.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouSeekBar:
 * Where a film is, what of it is in the cache, its chapters, intro and credits. Dragging only
 * previews; the signal `seek` (ms) comes once, at the release. `preview` (ms, x in the widget; -1:
 * the pointer left) follows the pointer.
 */
#define BIJOU_TYPE_SEEK_BAR (bijou_seek_bar_get_type ())
G_DECLARE_FINAL_TYPE (BijouSeekBar, bijou_seek_bar, BIJOU, SEEK_BAR, GtkWidget)

void bijou_seek_bar_set_position (BijouSeekBar *self, gint64 position_ms, gint64 duration_ms);
/* (element-type BijouPlaybackRange) */
void bijou_seek_bar_set_cached (BijouSeekBar *self, GArray *ranges);
/* (element-type BijouChapter) and (element-type BijouSegment) (nullable) */
void bijou_seek_bar_set_marks (BijouSeekBar *self, GPtrArray *chapters, GPtrArray *segments);
gboolean bijou_seek_bar_is_dragging (BijouSeekBar *self);

G_END_DECLS
