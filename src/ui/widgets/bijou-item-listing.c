#include "config.h"

#include "bijou-item-listing.h"

#define MAX_STEPS 32

typedef struct
{
  BijouItemQuery *query; /* (owned) */
  GArray *shown;         /* (owned) of gint64 */
} Order;

static void
order_free (Order *order)
{
  bijou_item_query_free (order->query);
  g_array_unref (order->shown);
  g_free (order);
}

/**
 * bijou_item_listing_free:
 * @self: (transfer full): a listing
 */
void
bijou_item_listing_free (BijouItemListing *self)
{
  g_array_unref (self->ids);
  g_array_unref (self->steps);
  g_free (self);
}

static gpointer
list_in_worker (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Order *order = data;
  GArray *ids = bijou_store_list_ids (store, order->query, error);
  BijouItemListing *self;

  if (ids == NULL)
    return NULL;
  self = g_new (BijouItemListing, 1);
  self->ids = ids;
  self->steps = bijou_item_diff (order->shown, ids, MAX_STEPS);
  return self;
}

/**
 * bijou_item_listing_new_async:
 * @store: where the rows are
 * @query: what rows to list; copied
 * @shown: (element-type gint64): the ids that are shown now; copied
 * @cancellable: (nullable): gives it up
 * @callback: calls bijou_item_listing_finish()
 * @user_data: for @callback
 */
void
bijou_item_listing_new_async (BijouStore *store,
                              const BijouItemQuery *query,
                              GArray *shown,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Order *order = g_new (Order, 1);

  order->query = bijou_item_query_copy (query);
  order->shown = g_array_copy (shown);
  bijou_store_run_async (store, list_in_worker, order, (GDestroyNotify) order_free,
                         (GDestroyNotify) bijou_item_listing_free, cancellable, callback,
                         user_data);
}

/**
 * bijou_item_listing_finish:
 * @store: where the rows are
 * @result: what the callback got
 * @error: return location
 *
 * Returns: (transfer full) (nullable): a listing; its steps begin at what was shown
 */
BijouItemListing *
bijou_item_listing_finish (BijouStore *store, GAsyncResult *result, GError **error)
{
  return bijou_store_run_finish (store, result, error);
}
