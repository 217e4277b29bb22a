#pragma once

#include <glib.h>

G_BEGIN_DECLS

gint64 bijou_text_parse_time (const char *text);
char *bijou_text_format_time (gint64 unix_seconds);
char *bijou_text_normalise_date (const char *text);
char *bijou_text_format_duration (gint64 duration_ms);
char *bijou_text_format_ago (gint64 seconds);
char *bijou_text_format_position (gint64 position_ms);
char *bijou_text_format_episode (int season, int episode);
char *bijou_text_make_sort_title (const char *title);
char *bijou_text_make_uuid (void);

G_END_DECLS
