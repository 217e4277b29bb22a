#include "config.h"

#include "bijou-store-private.h"

#include <string.h>

/* Returns FALSE and moves @local_error when there is one, for the end of a read. */
static gboolean
end_read (BijouStore *self, BijouDatabase *database, GError *local_error, GError **error)
{
  bijou_store_give_reader (self, database);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}

/**
 * bijou_store_list_ids:
 * @self: a store
 * @query: what to list
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type gint64): local ids in order
 */
GArray *
bijou_store_list_ids (BijouStore *self, const BijouItemQuery *query, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  BijouDatabase *database = bijou_store_take_reader (self, error);
  GError *local_error = NULL;

  if (database == NULL)
    return NULL;
  bijou_store_run_query (database, query, ids, &local_error);
  return end_read (self, database, local_error, error) ? g_steal_pointer (&ids) : NULL;
}

/**
 * bijou_store_get_items:
 * @self: a store
 * @ids: local ids
 * @n_ids: how many
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouItem): in that order, without those that
 *   are gone
 */
GPtrArray *
bijou_store_get_items (BijouStore *self, const gint64 *ids, guint n_ids, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_full (n_ids, g_object_unref);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  GError *local_error = NULL;

  if (database == NULL)
    return NULL;
  bijou_store_load_items (database, ids, n_ids, items, &local_error);
  return end_read (self, database, local_error, error) ? g_steal_pointer (&items) : NULL;
}

static gboolean
list_items (BijouDatabase *database, const BijouItemQuery *query, GPtrArray *items, GError **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  return bijou_store_run_query (database, query, ids, error) &&
         bijou_store_load_items (database, (const gint64 *) (gpointer) ids->data, ids->len, items,
                                 error);
}

/**
 * bijou_store_list_items:
 * @self: a store
 * @query: what to list
 *
 * Both at once, of one snapshot. Blocking; any thread.
 *
 * Returns: (transfer full) (nullable) (element-type BijouItem): items in order
 */
GPtrArray *
bijou_store_list_items (BijouStore *self, const BijouItemQuery *query, GError **error)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  GError *local_error = NULL;

  if (database == NULL)
    return NULL;
  list_items (database, query, items, &local_error);
  return end_read (self, database, local_error, error) ? g_steal_pointer (&items) : NULL;
}

/* --- the same for the window --- */

/**
 * bijou_item_query_copy:
 * @query: a query
 *
 * Returns: (transfer full): one with texts of its own
 */
BijouItemQuery *
bijou_item_query_copy (const BijouItemQuery *query)
{
  BijouItemQuery *copy = g_memdup2 (query, sizeof *query);

  copy->server_id = g_strdup (query->server_id);
  copy->library_id = g_strdup (query->library_id);
  copy->parent_id = g_strdup (query->parent_id);
  copy->genre = g_strdup (query->genre);
  copy->person = g_strdup (query->person);
  return copy;
}

/**
 * bijou_item_query_free:
 * @query: (transfer full): out of bijou_item_query_copy()
 */
void
bijou_item_query_free (BijouItemQuery *query)
{
  g_free ((char *) query->server_id);
  g_free ((char *) query->library_id);
  g_free ((char *) query->parent_id);
  g_free ((char *) query->genre);
  g_free ((char *) query->person);
  g_free (query);
}

static gpointer
get_items_in_worker (BijouStore *self, gpointer data, GCancellable *cancellable, GError **error)
{
  GArray *ids = data;

  return bijou_store_get_items (self, (const gint64 *) (gpointer) ids->data, ids->len, error);
}

/* See bijou-store.h. */
void
bijou_store_get_items_async (BijouStore *self,
                             const gint64 *ids,
                             guint n_ids,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GArray *copy = g_array_sized_new (FALSE, FALSE, sizeof (gint64), n_ids);

  g_array_append_vals (copy, ids, n_ids);
  bijou_store_run_async (self, get_items_in_worker, copy, (GDestroyNotify) g_array_unref,
                         (GDestroyNotify) g_ptr_array_unref, cancellable, callback, user_data);
}

/* See bijou-store.h. */
GPtrArray *
bijou_store_get_items_finish (BijouStore *self, GAsyncResult *result, GError **error)
{
  return bijou_store_run_finish (self, result, error);
}

static gpointer
list_items_in_worker (BijouStore *self, gpointer data, GCancellable *cancellable, GError **error)
{
  return bijou_store_list_items (self, data, error);
}

/* See bijou-store.h. */
void
bijou_store_list_items_async (BijouStore *self,
                              const BijouItemQuery *query,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  bijou_store_run_async (self, list_items_in_worker, bijou_item_query_copy (query),
                         (GDestroyNotify) bijou_item_query_free, (GDestroyNotify) g_ptr_array_unref,
                         cancellable, callback, user_data);
}

/* See bijou-store.h. */
GPtrArray *
bijou_store_list_items_finish (BijouStore *self, GAsyncResult *result, GError **error)
{
  return bijou_store_run_finish (self, result, error);
}

/* --- single items --- */

static BijouItem *
get_item (BijouDatabase *database, const char *server_id, const char *remote_id, GError **error)
{
  gint64 server = bijou_store_find_server (database, server_id);
  gint64 id = server != 0 ? bijou_store_find_row (database, server, remote_id) : 0;

  return id != 0 ? bijou_store_load_item (database, id, error) : NULL;
}

static void
set_not_found (GError **error, const char *key)
{
  g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "There is no item %s here", key);
}

/**
 * bijou_store_get_item:
 * @self: a store
 * @server_id: its server
 * @remote_id: its identifier there
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable): the item
 */
BijouItem *
bijou_store_get_item (BijouStore *self,
                      const char *server_id,
                      const char *remote_id,
                      GError **error)
{
  BijouDatabase *database = bijou_store_take_reader (self, error);
  GError *local_error = NULL;
  BijouItem *item;

  if (database == NULL)
    return NULL;
  item = get_item (database, server_id, remote_id, &local_error);
  if (item == NULL && local_error == NULL)
    set_not_found (&local_error, remote_id);
  end_read (self, database, local_error, error);
  return item;
}

static BijouItem *
find_by_remote_id (BijouDatabase *database, const char *remote_id, GError **error)
{
  gint64 count = bijou_database_get_int (
      database, 0, "SELECT count (*) FROM item WHERE remote_id = ?", "t", remote_id);

  if (count == 1)
    return bijou_store_load_item (database,
                                  bijou_database_get_int (database, 0,
                                                          "SELECT id FROM item WHERE remote_id = ?",
                                                          "t", remote_id),
                                  error);
  if (count > 1)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND,
                 "Several servers have an item %s; put the server before it", remote_id);
  return NULL;
}

/**
 * bijou_store_find_item:
 * @self: a store
 * @key: `SERVER:REMOTE-ID` or a remote id
 *
 * Blocking; any thread. Fails with BIJOU_ERROR_NOT_FOUND, also when several servers have it.
 *
 * Returns: (transfer full) (nullable): the item
 */
BijouItem *
bijou_store_find_item (BijouStore *self, const char *key, GError **error)
{
  BijouDatabase *database = bijou_store_take_reader (self, error);
  GError *local_error = NULL;
  BijouItem *item = NULL;

  if (database == NULL)
    return NULL;

  for (const char *colon = strchr (key, ':'); item == NULL && colon != NULL && local_error == NULL;
       colon = strchr (colon + 1, ':'))
    {
      g_autofree char *server_id = g_strndup (key, colon - key);

      item = get_item (database, server_id, colon + 1, &local_error);
    }
  if (item == NULL && local_error == NULL)
    item = find_by_remote_id (database, key, &local_error);
  if (item == NULL && local_error == NULL)
    set_not_found (&local_error, key);
  end_read (self, database, local_error, error);
  return item;
}

static gpointer
find_item_in_worker (BijouStore *self, gpointer data, GCancellable *cancellable, GError **error)
{
  return bijou_store_find_item (self, data, error);
}

/* See bijou-store.h. */
void
bijou_store_find_item_async (BijouStore *self,
                             const char *key,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  bijou_store_run_async (self, find_item_in_worker, g_strdup (key), g_free, g_object_unref,
                         cancellable, callback, user_data);
}

/* --- episodes in their order --- */

static gboolean
list_episodes (BijouDatabase *database,
               const char *server_id,
               const char *show_id,
               GPtrArray *episodes,
               GError **error)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_EPISODE,
                           .server_id = server_id,
                           .parent_id = show_id,
                           .sort = BIJOU_SORT_INDEX };

  return show_id == NULL || list_items (database, &query, episodes, error);
}

static BijouItem *
pick_next (GPtrArray *episodes, const char *remote_id)
{
  gboolean passed = FALSE;

  for (guint i = 0; i < episodes->len; i++)
    {
      BijouItem *episode = g_ptr_array_index (episodes, i);

      if (passed && episode->has_media)
        return g_object_ref (episode);
      if (g_str_equal (episode->remote_id, remote_id))
        passed = TRUE;
    }
  return NULL;
}

/**
 * bijou_store_get_next_episode:
 * @self: a store
 * @episode: an episode
 *
 * Blocking; any thread.
 *
 * Returns: (transfer full) (nullable): the one after it that has a file; %NULL without error at the
 *   end
 */
BijouItem *
bijou_store_get_next_episode (BijouStore *self, BijouItem *episode, GError **error)
{
  g_autoptr (GPtrArray) episodes = g_ptr_array_new_with_free_func (g_object_unref);
  const char *show_id = episode->show_id != NULL ? episode->show_id : episode->parent_id;
  BijouDatabase *database = bijou_store_take_reader (self, error);
  GError *local_error = NULL;

  if (database == NULL)
    return NULL;
  list_episodes (database, episode->server_id, show_id, episodes, &local_error);
  if (!end_read (self, database, local_error, error))
    return NULL;
  return pick_next (episodes, episode->remote_id);
}

static BijouItem *
pick_to_play (GPtrArray *episodes)
{
  BijouItem *begun = NULL, *unwatched = NULL, *first = NULL;

  for (guint i = 0; i < episodes->len; i++)
    {
      BijouItem *episode = g_ptr_array_index (episodes, i);

      if (!episode->has_media)
        continue;
      if (first == NULL)
        first = episode;
      if (unwatched == NULL && !episode->watched)
        unwatched = episode;
      if (bijou_item_is_in_progress (episode) &&
          (begun == NULL || episode->last_played_at > begun->last_played_at))
        begun = episode;
    }
  return begun != NULL ? begun : unwatched != NULL ? unwatched : first;
}

/**
 * bijou_store_get_episode_to_play:
 * @self: a store
 * @show: a show or a season
 *
 * Blocking; any thread. Fails with BIJOU_ERROR_NOT_FOUND when no episode with a file is here.
 *
 * Returns: (transfer full) (nullable): the episode to go on with
 */
BijouItem *
bijou_store_get_episode_to_play (BijouStore *self, BijouItem *show, GError **error)
{
  g_autoptr (GPtrArray) episodes = g_ptr_array_new_with_free_func (g_object_unref);
  BijouDatabase *database = bijou_store_take_reader (self, error);
  GError *local_error = NULL;
  BijouItem *episode;

  if (database == NULL)
    return NULL;
  list_episodes (database, show->server_id, show->remote_id, episodes, &local_error);
  if (!end_read (self, database, local_error, error))
    return NULL;
  episode = pick_to_play (episodes);
  if (episode == NULL)
    set_not_found (error, show->remote_id);
  return episode != NULL ? g_object_ref (episode) : NULL;
}
