#include "config.h"

#include "bijou-home-data.h"

#include "bijou-media-cache.h"

#include <glib/gi18n.h>

#define MAX_ROW 24
#define MAX_HERO 4

static void
recent_free (gpointer data)
{
  BijouHomeRecent *recent = data;

  g_clear_object (&recent->library);
  g_clear_pointer (&recent->items, g_ptr_array_unref);
  g_free (recent);
}

static BijouHomeData *
home_data_new (void)
{
  BijouHomeData *self = g_new0 (BijouHomeData, 1);

  self->hero = g_ptr_array_new_with_free_func (g_object_unref);
  self->kickers = g_ptr_array_new_with_free_func (g_free);
  self->recents = g_ptr_array_new_with_free_func (recent_free);
  self->playable = g_ptr_array_new_with_free_func (g_object_unref);
  self->downloaded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->cached = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
bijou_home_data_free (BijouHomeData *self)
{
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_clear_pointer (&self->hero, g_ptr_array_unref);
  g_clear_pointer (&self->kickers, g_ptr_array_unref);
  g_clear_pointer (&self->going_on, g_ptr_array_unref);
  g_clear_pointer (&self->next_up, g_ptr_array_unref);
  g_clear_pointer (&self->recents, g_ptr_array_unref);
  g_clear_pointer (&self->playable, g_ptr_array_unref);
  g_clear_pointer (&self->downloaded, g_hash_table_unref);
  g_clear_pointer (&self->cached, g_hash_table_unref);
  g_free (self);
}

static gboolean
load_recents (BijouHomeData *self, BijouStore *store, GError **error)
{
  g_autoptr (GPtrArray) libraries = bijou_store_list_libraries (store, NULL, error);

  if (libraries == NULL)
    return FALSE;
  for (guint i = 0; i < libraries->len; i++)
    {
      BijouLibrary *library = libraries->pdata[i];
      BijouHomeRecent *recent;

      if (library->hidden || !bijou_library_is_synced (library))
        continue;
      recent = g_new0 (BijouHomeRecent, 1);
      g_ptr_array_add (self->recents, recent);
      recent->library = g_object_ref (library);
      recent->items =
          bijou_store_list_recent (store, library->server_id, library->remote_id, MAX_ROW, error);
      if (recent->items == NULL)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_fit_for_hero (BijouItem *item)
{
  return !item->watched && item->backdrop != NULL && !bijou_item_is_in_progress (item);
}

static void
add_to_hero (BijouHomeData *self, BijouHomeRecent *recent, BijouItem *item)
{
  /* Translators: %s is the name of a library */
  g_autofree char *kicker = g_strdup_printf (_ ("Recently added in %s"), recent->library->title);

  g_ptr_array_add (self->hero, g_object_ref (item));
  g_ptr_array_add (self->kickers, g_utf8_strup (kicker, -1));
}

/* The newest of each library in turn. */
static void
choose_hero (BijouHomeData *self)
{
  for (guint round = 0; round < MAX_ROW && self->hero->len < MAX_HERO; round++)
    for (guint i = 0; i < self->recents->len && self->hero->len < MAX_HERO; i++)
      {
        BijouHomeRecent *recent = self->recents->pdata[i];

        if (round < recent->items->len && is_fit_for_hero (recent->items->pdata[round]))
          add_to_hero (self, recent, recent->items->pdata[round]);
      }
}

static gboolean
is_whole (const BijouCacheInfo *info)
{
  return info->size > 0 && bijou_range_map_contains (info->extents, 0, info->size);
}

/* What can be played with no server at all. */
static void
load_playable (BijouHomeData *self, BijouStore *store, BijouMediaCache *cache)
{
  g_autoptr (GPtrArray) infos = cache != NULL ? bijou_media_cache_list (cache) : NULL;

  for (guint i = 0; infos != NULL && i < infos->len; i++)
    {
      BijouCacheInfo *info = infos->pdata[i];
      BijouItem *item;

      if (!is_whole (info))
        continue;
      item = bijou_store_get_item (store, info->server_id, info->item_id, NULL);
      if (item == NULL)
        continue;
      g_hash_table_add (info->pinned ? self->downloaded : self->cached, bijou_item_dup_key (item));
      g_ptr_array_add (self->playable, item);
    }
}

static BijouHomeData *
load (BijouContext *context, GError **error)
{
  BijouStore *store = bijou_context_get_store (context);
  g_autoptr (BijouHomeData) self = home_data_new ();

  self->servers = bijou_store_list_servers (store, error);
  if (self->servers == NULL)
    return NULL;
  self->going_on = bijou_store_list_home (store, 0, MAX_ROW, error);
  if (self->going_on == NULL)
    return NULL;
  self->next_up = bijou_store_list_home (store, 1, MAX_ROW, error);
  if (self->next_up == NULL || !load_recents (self, store, error))
    return NULL;
  choose_hero (self);
  load_playable (self, store, bijou_context_get_media_cache (context));
  return g_steal_pointer (&self);
}

static gpointer
load_in_worker (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return load (data, error);
}

/**
 * bijou_home_data_load_async:
 * @context: the context
 * @cancellable: (nullable): a cancellable
 * @callback: called on the main thread
 * @user_data: for @callback
 *
 * Reads what Home shows, on a reader of the store.
 */
void
bijou_home_data_load_async (BijouContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  bijou_store_run_async (bijou_context_get_store (context), load_in_worker, g_object_ref (context),
                         g_object_unref, (GDestroyNotify) bijou_home_data_free, cancellable,
                         callback, user_data);
}

/**
 * bijou_home_data_load_finish:
 * @context: the context
 * @result: the result
 * @error: a #BijouError
 *
 * Returns: (transfer full) (nullable): what Home shows
 */
BijouHomeData *
bijou_home_data_load_finish (BijouContext *context, GAsyncResult *result, GError **error)
{
  return bijou_store_run_finish (bijou_context_get_store (context), result, error);
}
