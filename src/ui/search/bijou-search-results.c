#include "config.h"

#include "bijou-search-results.h"

#include "bijou-search-text.h"

#include <glib/gi18n.h>

#define MAX_PEOPLE 12

static void
hit_free (gpointer data)
{
  BijouSearchHit *hit = data;

  g_clear_object (&hit->item);
  g_clear_object (&hit->to_play);
  g_free (hit->reason);
  g_free (hit->place);
  g_free (hit);
}

static BijouSearchResults *
results_new (const char *text)
{
  BijouSearchResults *self = g_new0 (BijouSearchResults, 1);

  self->text = g_strdup (text);
  self->words = bijou_search_split (text);
  self->films = g_ptr_array_new_with_free_func (hit_free);
  self->shows = g_ptr_array_new_with_free_func (hit_free);
  self->lists = g_ptr_array_new_with_free_func (hit_free);
  self->episodes = g_ptr_array_new_with_free_func (hit_free);
  return self;
}

void
bijou_search_results_free (BijouSearchResults *self)
{
  g_clear_pointer (&self->best, hit_free);
  g_clear_pointer (&self->films, g_ptr_array_unref);
  g_clear_pointer (&self->shows, g_ptr_array_unref);
  g_clear_pointer (&self->lists, g_ptr_array_unref);
  g_clear_pointer (&self->episodes, g_ptr_array_unref);
  g_clear_pointer (&self->people, g_ptr_array_unref);
  g_strfreev (self->words);
  g_free (self->text);
  g_free (self);
}

/**
 * bijou_search_results_is_empty:
 * @self: results
 *
 * Returns: whether nothing was found
 */
gboolean
bijou_search_results_is_empty (BijouSearchResults *self)
{
  return self->best == NULL && self->people->len == 0;
}

/* --- where an item is --- */

typedef struct
{
  GPtrArray *servers;   /* (owned) of BijouServer */
  GPtrArray *libraries; /* (owned) of BijouLibrary */
} Places;

static const char *
find_server_name (Places *places, const char *id)
{
  for (guint i = 0; i < places->servers->len; i++)
    {
      BijouServer *server = places->servers->pdata[i];

      if (g_str_equal (server->id, id))
        return server->name;
    }
  return NULL;
}

static const char *
find_library_title (Places *places, BijouItem *item)
{
  for (guint i = 0; item->library_id != NULL && i < places->libraries->len; i++)
    {
      BijouLibrary *library = places->libraries->pdata[i];

      if (g_str_equal (library->remote_id, item->library_id) &&
          g_str_equal (library->server_id, item->server_id))
        return library->title;
    }
  return NULL;
}

static char *
describe_place (Places *places, BijouItem *item)
{
  const char *server = find_server_name (places, item->server_id);
  const char *library = find_library_title (places, item);

  if (library == NULL || server == NULL)
    return g_strdup (server);
  /* Translators: a library and the server that has it: "Films on Attic" */
  return g_strdup_printf (_ ("%s on %s"), library, server);
}

/* --- why it was found --- */

static gboolean
has_id (GArray *ids, gint64 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, gint64, i) == id)
      return TRUE;
  return FALSE;
}

static char *
find_person (GPtrArray *people, BijouItem *item)
{
  for (guint i = 0; i < people->len; i++)
    {
      BijouPersonHit *person = people->pdata[i];

      if (has_id (person->ids, item->id))
        return g_strdup (person->name);
    }
  return NULL;
}

static char *
find_reason (BijouSearchResults *self, BijouItem *item)
{
  const char *word = bijou_search_get_unexplained (item, self->words);
  char *reason;

  if (word == NULL)
    return NULL;
  reason = find_person (self->people, item);
  return reason != NULL ? reason : bijou_search_explain (item, word);
}

/* --- loading --- */

static GPtrArray *
choose_list (BijouSearchResults *self, BijouItemKind kind)
{
  switch (kind)
    {
    case BIJOU_ITEM_SHOW:
      return self->shows;
    case BIJOU_ITEM_EPISODE:
      return self->episodes;
    case BIJOU_ITEM_COLLECTION:
    case BIJOU_ITEM_PLAYLIST:
      return self->lists;
    case BIJOU_ITEM_UNKNOWN:
    case BIJOU_ITEM_MOVIE:
    case BIJOU_ITEM_VIDEO:
    case BIJOU_ITEM_SEASON:
    default:
      return self->films;
    }
}

static void
add_item (BijouSearchResults *self, Places *places, BijouItem *item)
{
  BijouSearchHit *hit = g_new0 (BijouSearchHit, 1);

  hit->item = g_object_ref (item);
  hit->place = describe_place (places, item);
  hit->reason = find_reason (self, item);
  if (self->best == NULL)
    self->best = hit;
  else
    g_ptr_array_add (choose_list (self, item->kind), hit);
}

/* A series that has nothing to play has no button. */
static void
find_what_to_play (BijouSearchHit *best, BijouStore *store)
{
  if (best == NULL)
    return;
  if (bijou_item_kind_is_playable (best->item->kind))
    best->to_play = g_object_ref (best->item);
  else if (best->item->kind == BIJOU_ITEM_SHOW)
    best->to_play = bijou_store_get_episode_to_play (store, best->item, NULL);
}

static gpointer
load_in_worker (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (BijouSearchResults) self = results_new (data);
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, error);
  g_autoptr (GPtrArray) libraries = NULL;
  g_autoptr (GPtrArray) items = NULL;

  if (servers == NULL)
    return NULL;
  libraries = bijou_store_list_libraries (store, NULL, error);
  if (libraries == NULL)
    return NULL;
  items = bijou_store_search (store, self->text, 0, error);
  if (items == NULL || g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  self->people = bijou_store_search_people (store, self->text, MAX_PEOPLE, error);
  if (self->people == NULL)
    return NULL;
  for (guint i = 0; i < items->len; i++)
    add_item (self, &(Places){ servers, libraries }, items->pdata[i]);
  find_what_to_play (self->best, store);
  return g_steal_pointer (&self);
}

/**
 * bijou_search_results_load_async:
 * @store: the store
 * @text: what a user typed so far
 * @cancellable: (nullable): stops it
 * @callback: called on the main thread
 * @user_data: for @callback
 *
 * Looks for @text in all that was synced.
 */
void
bijou_search_results_load_async (BijouStore *store,
                                 const char *text,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  bijou_store_run_async (store, load_in_worker, g_strdup (text), g_free,
                         (GDestroyNotify) bijou_search_results_free, cancellable, callback,
                         user_data);
}

/**
 * bijou_search_results_load_finish:
 * @store: the store
 * @result: what the callback was given
 * @error: where to put an error
 *
 * Returns: (transfer full) (nullable): what was found
 */
BijouSearchResults *
bijou_search_results_load_finish (BijouStore *store, GAsyncResult *result, GError **error)
{
  return bijou_store_run_finish (store, result, error);
}
