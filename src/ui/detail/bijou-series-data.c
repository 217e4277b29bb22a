#include "config.h"

#include "bijou-series-data.h"

typedef struct
{
  char *server_id;
  char *show_id;
  char *season_id;  /* (nullable) */
  char *episode_id; /* (nullable) */
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_free (input->server_id);
  g_free (input->show_id);
  g_free (input->season_id);
  g_free (input->episode_id);
  g_free (input);
}

void
bijou_series_data_free (BijouSeriesData *self)
{
  g_clear_object (&self->show);
  g_clear_object (&self->season);
  g_clear_object (&self->next);
  g_clear_pointer (&self->seasons, g_ptr_array_unref);
  g_clear_pointer (&self->episodes, g_ptr_array_unref);
  g_free (self);
}

static GPtrArray *
list_children (
    BijouStore *store, Input *input, BijouItemKind kind, const char *parent_id, GError **error)
{
  BijouItemQuery query = {
    .kind = kind,
    .server_id = input->server_id,
    .parent_id = parent_id,
    .sort = BIJOU_SORT_INDEX,
  };

  return bijou_store_list_items (store, &query, error);
}

static BijouItem *
find_season (BijouSeriesData *self, const char *season_id)
{
  for (guint i = 0; season_id != NULL && i < self->seasons->len; i++)
    if (g_strcmp0 (((BijouItem *) self->seasons->pdata[i])->remote_id, season_id) == 0)
      return self->seasons->pdata[i];
  return NULL;
}

static const char *
get_parent_id (BijouItem *item)
{
  return item != NULL ? item->parent_id : NULL;
}

static void
choose_season (BijouSeriesData *self, BijouStore *store, Input *input)
{
  g_autoptr (BijouItem) episode =
      input->episode_id != NULL
          ? bijou_store_get_item (store, input->server_id, input->episode_id, NULL)
          : NULL;
  BijouItem *season = find_season (self, input->season_id);

  if (season == NULL)
    season = find_season (self, get_parent_id (episode));
  if (season == NULL)
    season = find_season (self, get_parent_id (self->next));
  if (season == NULL && self->seasons->len > 0)
    season = self->seasons->pdata[0];
  g_set_object (&self->season, season);
}

static gpointer
load_in_worker (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Input *input = data;
  g_autoptr (BijouSeriesData) self = g_new0 (BijouSeriesData, 1);

  self->show = bijou_store_get_item (store, input->server_id, input->show_id, error);
  if (self->show == NULL)
    return NULL;
  self->seasons = list_children (store, input, BIJOU_ITEM_SEASON, input->show_id, error);
  if (self->seasons == NULL)
    return NULL;
  self->next = bijou_store_get_episode_to_play (store, self->show, NULL);
  choose_season (self, store, input);
  /* Some servers have shows without seasons. */
  self->episodes =
      list_children (store, input, BIJOU_ITEM_EPISODE,
                     self->season != NULL ? self->season->remote_id : input->show_id, error);
  return self->episodes != NULL ? g_steal_pointer (&self) : NULL;
}

void
bijou_series_data_load_async (BijouContext *context,
                              const char *server_id,
                              const char *show_id,
                              const char *season_id,
                              const char *episode_id,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  Input *input = g_new0 (Input, 1);

  input->server_id = g_strdup (server_id);
  input->show_id = g_strdup (show_id);
  input->season_id = g_strdup (season_id);
  input->episode_id = g_strdup (episode_id);
  bijou_store_run_async (bijou_context_get_store (context), load_in_worker, input, input_free,
                         (GDestroyNotify) bijou_series_data_free, cancellable, callback, user_data);
}

BijouSeriesData *
bijou_series_data_load_finish (BijouContext *context, GAsyncResult *result, GError **error)
{
  return bijou_store_run_finish (bijou_context_get_store (context), result, error);
}
