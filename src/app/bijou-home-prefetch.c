#include "config.h"

#include "bijou-home-prefetch.h"

#include "bijou-context-private.h"
#include "bijou-sync-details.h"

/* After the last thing that happened. */
#define QUIET_S 3
/* Of each row: what is seen at once, and a little more. */
#define ROW_ITEMS 20

struct _BijouHomePrefetch
{
  BijouContext *context;     /* (unowned) its owner */
  GCancellable *cancellable; /* (owned) */
  guint due_id;
  gboolean is_at_work;
  gboolean again; /* something happened meanwhile */
};

/* What one run asks for; the worker's. */
typedef struct
{
  BijouStore *store;     /* (unowned) */
  const char *server_id; /* (unowned) */
  GPtrArray *items;      /* (owned) of BijouItem */
  GHashTable *seen;      /* (owned) of their remote ids, unowned */
} Wanted;

/* --- what is on Home --- */

static void
add_item (Wanted *wanted, BijouItem *item)
{
  if (g_strcmp0 (item->server_id, wanted->server_id) == 0 && item->kind != BIJOU_ITEM_COLLECTION &&
      item->kind != BIJOU_ITEM_PLAYLIST && g_hash_table_add (wanted->seen, item->remote_id))
    g_ptr_array_add (wanted->items, g_object_ref (item));
}

/* An episode opens the page of its show. */
static void
add_show (Wanted *wanted, BijouItem *item)
{
  g_autoptr (BijouItem) show = NULL;

  if (item->show_id == NULL || g_strcmp0 (item->server_id, wanted->server_id) != 0 ||
      g_hash_table_contains (wanted->seen, item->show_id))
    return;
  show = bijou_store_get_item (wanted->store, item->server_id, item->show_id, NULL);
  if (show != NULL)
    add_item (wanted, show);
}

static void
add_row (Wanted *wanted, GPtrArray *row)
{
  for (guint i = 0; row != NULL && i < row->len; i++)
    {
      add_item (wanted, g_ptr_array_index (row, i));
      add_show (wanted, g_ptr_array_index (row, i));
    }
  g_clear_pointer (&row, g_ptr_array_unref);
}

static void
add_recent (Wanted *wanted)
{
  g_autoptr (GPtrArray) libraries =
      bijou_store_list_libraries (wanted->store, wanted->server_id, NULL);

  for (guint i = 0; libraries != NULL && i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);

      if (!library->hidden && bijou_library_is_synced (library))
        add_row (wanted, bijou_store_list_recent (wanted->store, library->server_id,
                                                  library->remote_id, ROW_ITEMS, NULL));
    }
}

static void
prefetch (BijouStore *store, BijouBackend *backend, GCancellable *cancellable)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GError) error = NULL;
  Wanted wanted = { store, bijou_backend_get_server_id (backend), items, seen };

  add_row (&wanted, bijou_store_list_home (store, BIJOU_HOME_CONTINUE, ROW_ITEMS, NULL));
  add_row (&wanted, bijou_store_list_home (store, BIJOU_HOME_NEXT_UP, ROW_ITEMS, NULL));
  add_recent (&wanted);
  if (!bijou_sync_details_run (store, backend, items, cancellable, &error) &&
      !bijou_error_is_cancelled (error))
    g_info ("The details of what is on Home are not all here: %s", error->message);
}

/* --- when --- */

static void plan (BijouHomePrefetch *self);

static void
prefetch_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GPtrArray *backends = task_data;

  for (guint i = 0; i < backends->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      BijouBackend *backend = g_ptr_array_index (backends, i);
      BijouConnection *connection = bijou_backend_get_connection (backend);

      if (bijou_connection_get_state (connection) == BIJOU_CONNECTION_CONNECTED)
        prefetch (bijou_context_get_store (source), backend, cancellable);
    }
  g_task_return_boolean (task, TRUE);
}

static void
on_prefetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouHomePrefetch *self = user_data;
  gboolean again;

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return; /* it is over */
  again = self->again;
  self->is_at_work = FALSE;
  self->again = FALSE;
  if (again)
    plan (self);
}

static gboolean
on_due_cb (gpointer data)
{
  BijouHomePrefetch *self = data;
  g_autoptr (GTask) task = g_task_new (self->context, self->cancellable, on_prefetched_cb, self);

  self->due_id = 0;
  self->is_at_work = TRUE;
  g_task_set_source_tag (task, on_due_cb);
  g_task_set_task_data (task, bijou_backends_list (bijou_context_get_backends (self->context)),
                        (GDestroyNotify) g_ptr_array_unref);
  bijou_context_run_async (self->context, task, prefetch_in_worker);
  return G_SOURCE_REMOVE;
}

static void
plan (BijouHomePrefetch *self)
{
  if (self->is_at_work)
    {
      self->again = TRUE;
      return;
    }
  g_clear_handle_id (&self->due_id, g_source_remove);
  self->due_id = g_timeout_add_seconds (QUIET_S, on_due_cb, self);
}

static void
on_sync_finished_cb (BijouSyncService *sync,
                     const char *server_id,
                     const GError *error,
                     BijouHomePrefetch *self)
{
  if (error == NULL)
    plan (self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouHomePrefetch *self)
{
  if (change->flags & BIJOU_STORE_HOME)
    plan (self);
}

/**
 * bijou_home_prefetch_new:
 * @context: its owner, with its services
 *
 * Returns: (transfer full): a prefetch that waits for the first sync
 */
BijouHomePrefetch *
bijou_home_prefetch_new (BijouContext *context)
{
  BijouHomePrefetch *self = g_new0 (BijouHomePrefetch, 1);

  self->context = context;
  self->cancellable = g_cancellable_new ();
  g_signal_connect (bijou_context_get_sync (context), "finished", G_CALLBACK (on_sync_finished_cb),
                    self);
  g_signal_connect (bijou_context_get_store (context), "changed", G_CALLBACK (on_store_changed_cb),
                    self);
  return self;
}

/**
 * bijou_home_prefetch_free:
 * @self: (transfer full): a prefetch
 */
void
bijou_home_prefetch_free (BijouHomePrefetch *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->due_id, g_source_remove);
  g_signal_handlers_disconnect_by_data (bijou_context_get_sync (self->context), self);
  g_signal_handlers_disconnect_by_data (bijou_context_get_store (self->context), self);
  g_object_unref (self->cancellable);
  g_free (self);
}
