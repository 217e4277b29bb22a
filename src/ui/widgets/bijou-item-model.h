#pragma once

#include "bijou-store.h"

G_BEGIN_DECLS

/**
 * BijouItemSlot:
 * One row of a #BijouItemModel. Its `item` is %NULL until the store gave it, and changes when the
 * store says so; listen to `notify::item`.
 */
#define BIJOU_TYPE_ITEM_SLOT (bijou_item_slot_get_type ())
G_DECLARE_FINAL_TYPE (BijouItemSlot, bijou_item_slot, BIJOU, ITEM_SLOT, GObject)

BijouItem *bijou_item_slot_get_item (BijouItemSlot *self);
gint64 bijou_item_slot_get_id (BijouItemSlot *self);

/**
 * BijouItemModel:
 * The rows of a query as a GListModel of #BijouItemSlot: an array of ids; the items of the rows
 * that somebody looks at are read in blocks. Follows the store by itself. Main thread.
 *
 * Signal `loaded` after each time the ids were read. Property `n-items`.
 */
#define BIJOU_TYPE_ITEM_MODEL (bijou_item_model_get_type ())
G_DECLARE_FINAL_TYPE (BijouItemModel, bijou_item_model, BIJOU, ITEM_MODEL, GObject)

BijouItemModel *bijou_item_model_new (BijouStore *store);
void bijou_item_model_set_query (BijouItemModel *self, const BijouItemQuery *query);
const BijouItemQuery *bijou_item_model_get_query (BijouItemModel *self);
gboolean bijou_item_model_is_loaded (BijouItemModel *self);
const GError *bijou_item_model_get_error (BijouItemModel *self);

G_END_DECLS
