#include "config.h"

#include "bijou-sync-members.h"

#define PAGE_ROWS 500
/* A list that does not end is no list. */
#define MEMBERS_MAX 20000

static gboolean
is_over (BijouPage *page, guint next_start)
{
  return page->received == 0 || (page->total >= 0 && next_start >= page->total);
}

static GPtrArray *
fetch_ids (BijouBackend *backend, BijouItem *list, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  gboolean over = FALSE;
  gint64 total = -1;
  guint start = 0;

  while (!over && start < MEMBERS_MAX)
    {
      g_autoptr (BijouPage) page =
          bijou_backend_fetch_members (backend, list, start, PAGE_ROWS, cancellable, error);

      if (page == NULL)
        return NULL;
      for (guint i = 0; i < page->items->len; i++)
        g_ptr_array_add (ids, g_strdup (((BijouItem *) page->items->pdata[i])->remote_id));
      start += page->received;
      total = MAX (total, page->total);
      page->total = total;
      over = is_over (page, start);
    }
  return g_steal_pointer (&ids);
}

/**
 * bijou_sync_members_run:
 * @store: where they go
 * @backend: whose list it is
 * @list: a collection or a playlist
 * @cancellable: (nullable): what was here stays
 *
 * Asks for the members of one list, in its order. Only titles that are mirrored are kept. Blocking;
 * any thread but the main thread of a window.
 *
 * Returns: whether they are here
 */
gboolean
bijou_sync_members_run (BijouStore *store,
                        BijouBackend *backend,
                        BijouItem *list,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (GPtrArray) ids = fetch_ids (backend, list, cancellable, error);

  return ids != NULL && bijou_store_save_members (store, list, ids, error);
}
