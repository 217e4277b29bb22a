#include "config.h"

#include "bijou-context-private.h"
#include "bijou-sync-members.h"

/* What the pages ask about single items: pictures, details, marks. */

/* Details that are this young are not fetched again when their page opens. */
#define DETAIL_FRESH_SECONDS 60

typedef struct
{
  BijouItem *item; /* (owned) */
  BijouChangeKind kind;
  double rating;
} Change;

static void
change_free (Change *change)
{
  g_object_unref (change->item);
  g_free (change);
}

static BijouBackend *
require_backend (BijouContext *self, const char *server_id, GError **error)
{
  BijouBackend *backend = bijou_context_get_backend (self, server_id);

  if (backend == NULL)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED, "Nobody is signed in to the server");
  return backend;
}

static void
on_image_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = bijou_image_cache_get_finish (BIJOU_IMAGE_CACHE (source), result, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

/**
 * bijou_context_fetch_image_async:
 * @self: the context
 * @server_id: whose picture
 * @image: the picture's reference
 * @width: pixels; rounded up to the ladder of sizes
 * @cancellable: (nullable): a cancellable
 * @callback: runs when the bytes are there
 * @user_data: for @callback
 *
 * From the image cache, or the server. Main thread.
 */
void
bijou_context_fetch_image_async (BijouContext *self,
                                 const char *server_id,
                                 const char *image,
                                 guint width,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bijou_context_fetch_image_async);
  bijou_image_cache_get_async (bijou_context_get_image_cache (self), server_id, image,
                               bijou_backend_round_width (width), cancellable, on_image_cb, task);
}

/**
 * bijou_context_fetch_image_finish:
 * @self: the context
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the encoded picture
 */
GBytes *
bijou_context_fetch_image_finish (BijouContext *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static BijouDetail *
fetch_detail (BijouContext *self, BijouItem *item, GCancellable *cancellable, GError **error)
{
  g_autoptr (BijouBackend) backend = require_backend (self, item->server_id, error);
  g_autoptr (BijouDetail) detail = NULL;
  g_autoptr (GError) local = NULL;

  if (backend == NULL)
    return NULL;
  detail = bijou_backend_fetch_detail (backend, item->remote_id, cancellable, error);
  if (detail == NULL)
    return NULL;
  if (!bijou_store_save_detail (bijou_context_get_store (self), detail, &local))
    g_warning ("The details of an item are not kept: %s", local->message);
  return g_steal_pointer (&detail);
}

/**
 * bijou_context_load_detail:
 * @self: the context
 * @item: an item
 * @fresh: ask the server even if the details are stored
 * @cancellable: (nullable): a cancellable
 * @error: return location
 *
 * What is stored, however old; with @fresh, or nothing stored, what the server says. When it cannot
 * be asked, what is stored serves. Blocking; not on the main thread of a window.
 *
 * Returns: (transfer full) (nullable): the details
 */
BijouDetail *
bijou_context_load_detail (
    BijouContext *self, BijouItem *item, gboolean fresh, GCancellable *cancellable, GError **error)
{
  g_autoptr (BijouDetail) stored = bijou_store_get_detail (bijou_context_get_store (self),
                                                           item->server_id, item->remote_id, NULL);
  g_autoptr (GError) local = NULL;
  BijouDetail *detail;

  if (stored != NULL && !fresh)
    return g_steal_pointer (&stored);

  detail = fetch_detail (self, item, cancellable, &local);
  if (detail != NULL)
    return detail;
  if (stored != NULL && !bijou_error_is_cancelled (local))
    return g_steal_pointer (&stored);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}

static gboolean
is_old (BijouDetail *detail)
{
  return g_get_real_time () / G_USEC_PER_SEC - detail->fetched_at >= DETAIL_FRESH_SECONDS;
}

/* What is stored is returned first and then, still here, fetched anew. */
static void
load_detail_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) fresh = NULL;
  BijouDetail *detail = bijou_context_load_detail (source, task_data, FALSE, cancellable, &error);
  gboolean refresh = detail != NULL && is_old (detail);

  if (detail != NULL)
    g_task_return_pointer (task, detail, g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  if (refresh)
    fresh = fetch_detail (source, task_data, NULL, NULL);
}

/**
 * bijou_context_load_detail_async:
 * @self: the context
 * @item: an item
 * @cancellable: (nullable): a cancellable
 * @callback: runs when the details are there
 * @user_data: for @callback
 *
 * What is stored is given at once and fetched anew in the background; the store then says
 * %BIJOU_STORE_DETAILS if they differ. With nothing stored the server is awaited. Main thread.
 */
void
bijou_context_load_detail_async (BijouContext *self,
                                 BijouItem *item,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, bijou_context_load_detail_async);
  g_task_set_task_data (task, g_object_ref (item), g_object_unref);
  bijou_context_run_async (self, task, load_detail_in_worker);
}

/**
 * bijou_context_load_detail_finish:
 * @self: the context
 * @result: a result
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the details
 */
BijouDetail *
bijou_context_load_detail_finish (BijouContext *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
refresh_members_in_worker (GTask *task,
                           gpointer source,
                           gpointer task_data,
                           GCancellable *cancellable)
{
  BijouItem *list = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouBackend) backend = require_backend (source, list->server_id, &error);

  if (backend == NULL || !bijou_sync_members_run (bijou_context_get_store (source), backend, list,
                                                  cancellable, &error))
    g_message ("The members of “%s” cannot be asked for: %s", list->title, error->message);
  g_task_return_boolean (task, error == NULL);
}

/**
 * bijou_context_refresh_members:
 * @self: the context
 * @list: a collection or a playlist that is opened
 *
 * Asks the server for its members in the background; the store says %BIJOU_STORE_ITEMS where they
 * are not what is here. Main thread.
 */
void
bijou_context_refresh_members (BijouContext *self, BijouItem *list)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_source_tag (task, bijou_context_refresh_members);
  g_task_set_task_data (task, g_object_ref (list), g_object_unref);
  bijou_context_run_async (self, task, refresh_members_in_worker);
}

typedef struct
{
  char *server_id; /* (owned) */
  char *person_id; /* (owned) */
  char *name;      /* (owned) */
} Person;

static void
person_free (gpointer data)
{
  Person *person = data;

  g_free (person->server_id);
  g_free (person->person_id);
  g_free (person->name);
  g_free (person);
}

static void
refresh_person_in_worker (GTask *task,
                          gpointer source,
                          gpointer task_data,
                          GCancellable *cancellable)
{
  const Person *person = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouBackend) backend = require_backend (source, person->server_id, &error);
  g_autoptr (GPtrArray) items =
      backend != NULL ? bijou_backend_fetch_person (backend, person->person_id, cancellable, &error)
                      : NULL;

  if (items == NULL || !bijou_store_save_person (bijou_context_get_store (source),
                                                 person->server_id, person->name, items, &error))
    g_message ("What “%s” is in cannot be asked for: %s", person->name, error->message);
  g_task_return_boolean (task, error == NULL);
}

/**
 * bijou_context_refresh_person:
 * @self: the context
 * @server_id: a server
 * @person_id: somebody who is in a detail of it
 * @name: of the same
 *
 * Asks the server in the background what they are in; the store says %BIJOU_STORE_ITEMS where that
 * is more than was known here. Main thread.
 */
void
bijou_context_refresh_person (BijouContext *self,
                              const char *server_id,
                              const char *person_id,
                              const char *name)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);
  Person *person = g_new0 (Person, 1);

  person->server_id = g_strdup (server_id);
  person->person_id = g_strdup (person_id);
  person->name = g_strdup (name);
  g_task_set_source_tag (task, bijou_context_refresh_person);
  g_task_set_task_data (task, person, person_free);
  bijou_context_run_async (self, task, refresh_person_in_worker);
}

static gboolean
save_change (BijouStore *store, const Change *change, GError **error)
{
  if (change->kind == BIJOU_CHANGE_RATING)
    return bijou_store_make_rating (store, change->item, change->rating, error);
  return bijou_store_make_change (store, change->item, change->kind, 0, error);
}

static void
make_change_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Change *change = task_data;
  g_autoptr (GError) error = NULL;

  if (save_change (bijou_context_get_store (source), change, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_change_made_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouContext *self = BIJOU_CONTEXT (source);
  Change *change = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    bijou_sync_service_flush (bijou_context_get_sync (self), change->item->server_id);
  else
    g_warning ("A mark was not kept: %s", error->message);
}

static void
make_change (BijouContext *self, BijouItem *item, BijouChangeKind kind, double rating)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, on_change_made_cb, NULL);
  Change *change = g_new0 (Change, 1);

  change->item = g_object_ref (item);
  change->kind = kind;
  change->rating = rating;
  g_task_set_source_tag (task, make_change);
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  bijou_context_run_async (self, task, make_change_in_worker);
}

/**
 * bijou_context_make_change:
 * @self: the context
 * @item: an item
 * @kind: watched, unwatched, favourite or unfavourite
 *
 * Written to the mirror and the outbox in one transaction, then sent to the server. Main thread.
 */
void
bijou_context_make_change (BijouContext *self, BijouItem *item, BijouChangeKind kind)
{
  make_change (self, item, kind, 0);
}

/**
 * bijou_context_make_rating:
 * @self: the context
 * @item: an item
 * @rating: the user's own, 0–10; negative: none
 *
 * See bijou_context_make_change().
 */
void
bijou_context_make_rating (BijouContext *self, BijouItem *item, double rating)
{
  make_change (self, item, BIJOU_CHANGE_RATING, rating);
}

/**
 * bijou_context_keeps_favourites:
 * @self: the context
 * @server_id: a server
 *
 * Returns: whether it can be told of favourites; %TRUE where nobody is signed in
 */
gboolean
bijou_context_keeps_favourites (BijouContext *self, const char *server_id)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self, server_id);

  return backend == NULL || bijou_backend_keeps_favourites (backend);
}

/**
 * bijou_context_keeps_ratings:
 * @self: the context
 * @server_id: a server
 *
 * Returns: whether it can be told of ratings; %FALSE where nobody is signed in
 */
gboolean
bijou_context_keeps_ratings (BijouContext *self, const char *server_id)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self, server_id);

  return backend != NULL && bijou_backend_keeps_ratings (backend);
}
