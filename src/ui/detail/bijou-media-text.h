#pragma once

#include "bijou-detail.h"

G_BEGIN_DECLS

/* What pages say about versions, sound and subtitles. All return (transfer full). */

char *bijou_media_text_version (BijouVersion *version);
char *bijou_media_text_choice (BijouVersion *version);
char *bijou_media_text_stream (BijouStream *stream);
GPtrArray *bijou_media_list_streams (BijouVersion *version, BijouStreamKind kind);
GPtrArray *bijou_media_list_tags (BijouItem *item, BijouVersion *version);
BijouStream *bijou_media_find_selected (GPtrArray *streams);

G_END_DECLS
