#include "config.h"

#include "bijou-sync-details.h"

/* People make a page of Jellyfin dear. */
#define IDS_AT_ONCE 50
/* So that a write stays short. */
#define SAVED_AT_ONCE 10

static GPtrArray *
list_missing (BijouStore *store, GPtrArray *items)
{
  GPtrArray *ids = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = g_ptr_array_index (items, i);

      if (!bijou_store_has_detail (store, item))
        g_ptr_array_add (ids, item->remote_id);
    }
  return ids;
}

static gboolean
save (BijouStore *store, GPtrArray *details, GCancellable *cancellable, GError **error)
{
  for (guint first = 0; first < details->len; first += SAVED_AT_ONCE)
    {
      g_autoptr (GPtrArray) slice = g_ptr_array_new ();

      for (guint i = first; i < MIN (details->len, first + SAVED_AT_ONCE); i++)
        g_ptr_array_add (slice, g_ptr_array_index (details, i));
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !bijou_store_save_details (store, slice, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
fetch_slice (BijouStore *store,
             BijouBackend *backend,
             GPtrArray *ids,
             guint first,
             GCancellable *cancellable,
             GError **error)
{
  const char *slice[IDS_AT_ONCE + 1] = { NULL };
  g_autoptr (GPtrArray) details = NULL;

  for (guint i = 0; i < IDS_AT_ONCE && first + i < ids->len; i++)
    slice[i] = g_ptr_array_index (ids, first + i);
  details = bijou_backend_fetch_details (backend, slice, cancellable, error);
  return details != NULL && save (store, details, cancellable, error);
}

/**
 * bijou_sync_details_run:
 * @store: where they go
 * @backend: whose items
 * @items: (element-type BijouItem): of that server
 * @cancellable: (nullable): what is not here yet is left
 * @error: return location
 *
 * Asks for the details of those that have none here, or of another version than the item is now;
 * for nothing when all have. Blocking; any thread but the main thread of a window.
 *
 * Returns: whether none is missing that the server has
 */
gboolean
bijou_sync_details_run (BijouStore *store,
                        BijouBackend *backend,
                        GPtrArray *items,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GPtrArray) ids = list_missing (store, items);

  for (guint first = 0; first < ids->len; first += IDS_AT_ONCE)
    if (!fetch_slice (store, backend, ids, first, cancellable, error))
      return FALSE;
  return TRUE;
}
