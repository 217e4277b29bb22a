#pragma once

#include "bijou-item-diff.h"
#include "bijou-store.h"

G_BEGIN_DECLS

/**
 * BijouItemListing:
 * What a query gives, and how to get there from what is shown. Both take some milliseconds for a
 * large library, so they are made on a reader's thread.
 */
typedef struct
{
  GArray *ids;   /* (owned) of gint64 */
  GArray *steps; /* (owned) of BijouItemStep */
} BijouItemListing;

void bijou_item_listing_free (BijouItemListing *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouItemListing, bijou_item_listing_free)

void bijou_item_listing_new_async (BijouStore *store,
                                   const BijouItemQuery *query,
                                   GArray *shown,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
BijouItemListing *
bijou_item_listing_finish (BijouStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
