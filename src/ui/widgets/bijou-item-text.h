#pragma once

#include "bijou-item.h"

G_BEGIN_DECLS

/* What cards and pages say about an item. All return (transfer full); none returns an empty text
 * where NULL is said. */

char *bijou_item_text_title (BijouItem *item);
char *bijou_item_text_subtitle (BijouItem *item);
char *bijou_item_text_progress (BijouItem *item);
char *bijou_item_text_left (BijouItem *item);
char *bijou_item_text_ends_at (BijouItem *item);
char *bijou_item_text_years (BijouItem *item);
char *bijou_item_text_genres (BijouItem *item, guint max, const char *separator);
char *bijou_item_text_facts (BijouItem *item, gboolean with_genres);
char *bijou_item_text_kicker (BijouItem *item);
char *bijou_item_text_accessible (BijouItem *item, const char *subtitle);
char *bijou_item_text_play (BijouItem *item);
char *bijou_item_text_episode (BijouItem *item);
char *bijou_item_text_count (gint64 count, BijouItemKind kind);
char *bijou_item_text_quality (int video_height);
const char *bijou_item_kind_get_icon (BijouItemKind kind);

G_END_DECLS
