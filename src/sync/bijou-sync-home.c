#include "config.h"

#include "bijou-sync-home.h"

#define MAX_ROWS 40

static const char *
get_name (BijouHomeRow row)
{
  return row == BIJOU_HOME_CONTINUE ? "continue" : "next up";
}

/**
 * bijou_sync_home_ask:
 * @backend: whose rows
 * @fetcher: asks it
 *
 * Returns: how many fetches were pushed, for bijou_sync_home_accept()
 */
guint
bijou_sync_home_ask (BijouBackend *backend, BijouSyncFetcher *fetcher)
{
  bijou_sync_fetcher_push (fetcher, bijou_sync_fetch_new_home (BIJOU_HOME_CONTINUE, MAX_ROWS));
  if (bijou_backend_mixes_rows (backend))
    return 1;
  bijou_sync_fetcher_push (fetcher, bijou_sync_fetch_new_home (BIJOU_HOME_NEXT_UP, MAX_ROWS));
  return 2;
}

/**
 * bijou_sync_home_accept:
 * @store: where it goes
 * @server_id: whose
 * @fetch: one out of bijou_sync_home_ask() that was answered, well or not
 * @error: return location
 *
 * Writes what came. A row that the server does not have is no failure. Blocking.
 */
gboolean
bijou_sync_home_accept (BijouStore *store,
                        const char *server_id,
                        BijouSyncFetch *fetch,
                        GError **error)
{
  if (fetch->error == NULL)
    return bijou_store_save_home (store, server_id, fetch->row, fetch->items, error) &&
           (fetch->next_up == NULL ||
            bijou_store_save_home (store, server_id, BIJOU_HOME_NEXT_UP, fetch->next_up, error));
  g_debug ("The row %s of %s is not to be had: %s", get_name (fetch->row), server_id,
           fetch->error->message);
  if (g_error_matches (fetch->error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED))
    return TRUE;
  g_propagate_error (error, g_error_copy (fetch->error));
  return FALSE;
}

/**
 * bijou_sync_home_run:
 * @store: where they go
 * @backend: whose rows
 * @fetcher: asks it for them, and has nothing else to do
 * @n_requests: (out) (optional): how many questions were answered, well or not
 * @error: return location for the first failure; the other row is written all the same
 *
 * Refreshes the rows of Home that a server makes, for a sync and for live changes alike. A row that
 * the server does not have is no failure, nor is a fetcher that was cancelled. Blocking.
 *
 * Returns: whether no row failed
 */
gboolean
bijou_sync_home_run (BijouStore *store,
                     BijouBackend *backend,
                     BijouSyncFetcher *fetcher,
                     guint *n_requests,
                     GError **error)
{
  const char *server_id = bijou_backend_get_server_id (backend);
  gboolean good = TRUE;
  guint n = 0;

  bijou_sync_home_ask (backend, fetcher);
  while (bijou_sync_fetcher_get_waiting (fetcher) > 0)
    {
      g_autoptr (BijouSyncFetch) fetch = bijou_sync_fetcher_take (fetcher);

      if (fetch == NULL)
        break;
      n++;
      if (!bijou_sync_home_accept (store, server_id, fetch, good ? error : NULL))
        good = FALSE;
    }
  if (n_requests != NULL)
    *n_requests = n;
  return good;
}
