#include "config.h"

#include "bijou-playback-private.h"

void
bijou_neighbours_free (BijouNeighbours *self)
{
  g_clear_object (&self->previous);
  g_clear_object (&self->next);
  g_free (self);
}

static BijouItem *
find_previous_in_worker (BijouStore *store, BijouItem *episode)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_EPISODE,
                           .server_id = episode->server_id,
                           .parent_id = episode->show_id,
                           .sort = BIJOU_SORT_INDEX };
  g_autoptr (GPtrArray) episodes = NULL;
  BijouItem *before = NULL;

  if (episode->show_id == NULL)
    return NULL;
  episodes = bijou_store_list_items (store, &query, NULL);
  for (guint i = 0; episodes != NULL && i < episodes->len; i++)
    {
      BijouItem *item = g_ptr_array_index (episodes, i);

      if (g_str_equal (item->remote_id, episode->remote_id))
        return before != NULL ? g_object_ref (before) : NULL;
      if (item->has_media)
        before = item;
    }
  return NULL;
}

void
bijou_neighbours_find_in_worker (GTask *task,
                                 gpointer source,
                                 gpointer task_data,
                                 GCancellable *cancellable)
{
  BijouItem *item = task_data;
  BijouStore *store = bijou_context_get_store (bijou_playback_get_context (source));
  BijouNeighbours *neighbours = g_new0 (BijouNeighbours, 1);

  neighbours->previous = find_previous_in_worker (store, item);
  neighbours->next = bijou_store_get_next_episode (store, item, NULL);
  g_task_return_pointer (task, neighbours, (GDestroyNotify) bijou_neighbours_free);
}
