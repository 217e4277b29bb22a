#include "config.h"

#include "bijou-store-private.h"

/* What servers say of single items, without the runs of a sync. */

typedef struct
{
  const char *server_id;
  GPtrArray *items;              /* (nullable) of BijouItem */
  const char *const *remote_ids; /* (nullable) */
  gboolean only_state;
  gint64 asked_at;
  BijouLiveCounts *counts;
} Live;

/* A row without a library would be in no list, and a season or an episode needs its parents. */
static gboolean
may_add (BijouDatabase *database, const BijouRowWrite *write, BijouItem *item)
{
  if (write->state_only || write->library == 0)
    return FALSE;
  return (item->parent_id == NULL ||
          bijou_store_find_row (database, write->server, item->parent_id) != 0) &&
         (item->show_id == NULL ||
          bijou_store_find_row (database, write->server, item->show_id) != 0);
}

static gboolean
save_in_worker (BijouDatabase *database, gpointer data, BijouStoreChange *change, GError **error)
{
  Live *live = data;
  BijouRowWrite write = { .state_only = live->only_state,
                          .asked_at = live->asked_at,
                          .unsettled = live->counts->unsettled };

  write.server = bijou_store_require_server (database, live->server_id, error);
  if (write.server == 0)
    return FALSE;
  bijou_store_change_set_scope (change, live->server_id, NULL);
  for (guint i = 0; i < live->items->len; i++)
    {
      BijouItem *item = g_ptr_array_index (live->items, i);
      BijouRowResult result;
      gint64 id;

      write.library = bijou_store_find_library (database, write.server, item->library_id);
      if (bijou_store_find_row (database, write.server, item->remote_id) == 0 &&
          !may_add (database, &write, item))
        {
          live->counts->unknown++;
          continue;
        }
      if (!bijou_store_write_row (database, item, &write, &id, NULL, &result, error))
        return FALSE;
      live->counts->changed += bijou_store_change_add_row (change, result, id);
    }
  return TRUE;
}

static gboolean
save (BijouStore *self,
      const char *server_id,
      GPtrArray *items,
      gboolean only_state,
      gint64 asked_at,
      BijouLiveCounts *counts,
      GError **error)
{
  BijouLiveCounts own = { .unsettled = counts->unsettled };
  Live live = { .server_id = server_id,
                .items = items,
                .only_state = only_state,
                .asked_at = asked_at,
                .counts = &own };

  if (!bijou_store_write (self, save_in_worker, &live, error))
    return FALSE;
  counts->changed += own.changed;
  counts->unknown += own.unknown;
  return TRUE;
}

/**
 * bijou_store_save_states:
 * @self: a store
 * @server_id: a known server
 * @items: (element-type BijouItem): of which only identifier and play state are looked at
 * @asked_at: when the server said so, real time in microseconds
 * @counts: (inout): what it did is added
 * @error: return location
 *
 * One transaction, under the rules of a page of a sync: what waits to be sent is not overwritten.
 * An item that is not here is left out. Blocking; any thread.
 *
 * Returns: whether it is written
 */
gboolean
bijou_store_save_states (BijouStore *self,
                         const char *server_id,
                         GPtrArray *items,
                         gint64 asked_at,
                         BijouLiveCounts *counts,
                         GError **error)
{
  return save (self, server_id, items, TRUE, asked_at, counts, error);
}

/**
 * bijou_store_save_items:
 * @self: a store
 * @server_id: a known server
 * @items: (element-type BijouItem): rows out of bijou_backend_fetch_items()
 * @asked_at: when they were asked for, real time in microseconds
 * @counts: (inout): what it did is added; `unknown` counts new rows of which it is not known where
 *   they belong
 * @error: return location
 *
 * One transaction. They may be richer than the rows of a list, which the next sync compares with
 * what lists said before. Blocking; any thread.
 *
 * Returns: whether they are written
 */
gboolean
bijou_store_save_items (BijouStore *self,
                        const char *server_id,
                        GPtrArray *items,
                        gint64 asked_at,
                        BijouLiveCounts *counts,
                        GError **error)
{
  return save (self, server_id, items, FALSE, asked_at, counts, error);
}

/* --- removing --- */

static gboolean
remove_one (
    BijouDatabase *database, gint64 server, const char *remote_id, guint *removed, GError **error)
{
  /* Not every server names what was in it. */
  if (!bijou_database_change (database, error,
                              "DELETE FROM item WHERE server = ?1 AND (remote_id = ?2"
                              " OR ((parent_id = ?2 OR show_id = ?2)"
                              "  AND kind IN ('season', 'episode')))",
                              "lt", server, remote_id))
    return FALSE;
  *removed += bijou_database_get_changes (database);
  return TRUE;
}

static gboolean
remove_in_worker (BijouDatabase *database, gpointer data, BijouStoreChange *change, GError **error)
{
  Live *live = data;
  gint64 server = bijou_store_require_server (database, live->server_id, error);

  if (server == 0)
    return FALSE;
  for (guint i = 0; live->remote_ids[i] != NULL; i++)
    if (!remove_one (database, server, live->remote_ids[i], &live->counts->removed, error))
      return FALSE;

  bijou_store_change_set_scope (change, live->server_id, NULL);
  if (live->counts->removed > 0)
    bijou_store_change_add_removed (change);
  return TRUE;
}

/**
 * bijou_store_remove_items:
 * @self: a store
 * @server_id: a known server
 * @remote_ids: (array zero-terminated=1): what the server does not have any more
 * @counts: (inout): what it did is added
 * @error: return location
 *
 * With the seasons and episodes of a show. Blocking; any thread.
 *
 * Returns: whether they are gone
 */
gboolean
bijou_store_remove_items (BijouStore *self,
                          const char *server_id,
                          const char *const *remote_ids,
                          BijouLiveCounts *counts,
                          GError **error)
{
  BijouLiveCounts own = { 0 };
  Live live = { .server_id = server_id, .remote_ids = remote_ids, .counts = &own };

  if (!bijou_store_write (self, remove_in_worker, &live, error))
    return FALSE;
  counts->removed += own.removed;
  return TRUE;
}
