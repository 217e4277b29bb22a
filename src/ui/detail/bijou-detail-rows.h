#pragma once

#include "bijou-card-row.h"
#include "bijou-context.h"

G_BEGIN_DECLS

/* Filling the rows of a detail page; all keep a row hidden that has nothing to show. */

void bijou_detail_rows_fill_people (BijouCardRow *row, BijouContext *context, BijouDetail *detail);
void
bijou_detail_rows_fill_chapters (BijouCardRow *row, BijouContext *context, BijouDetail *detail);
void bijou_detail_rows_fill_items (BijouCardRow *row, BijouContext *context, GPtrArray *items);
void bijou_detail_rows_resize (BijouCardRow *row, BijouWidthClass width_class);

/* The items of @detail's similar titles that are in the store. (element-type BijouItem) */
void bijou_detail_rows_load_similar_async (BijouContext *context,
                                           BijouDetail *detail,
                                           GCancellable *cancellable,
                                           GAsyncReadyCallback callback,
                                           gpointer user_data);
GPtrArray *
bijou_detail_rows_load_similar_finish (BijouContext *context, GAsyncResult *result, GError **error);

G_END_DECLS
