#include "config.h"

#include "bijou-sync-group.h"

#include "bijou-library-row.h"
#include "bijou-sync-text.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

/* "3 min ago" grows old. */
#define LOOK_S 30

struct _BijouSyncGroup
{
  AdwPreferencesGroup parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  char *server_id;           /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *states;         /* (owned) (nullable) of BijouLibraryState */
  GPtrArray *rows;           /* (owned) of BijouLibraryRow, unowned; one for each state */
  BijouSyncProgress progress;
  char *progress_title; /* (owned) (nullable) of the library at work; NULL none is */
  gboolean syncing;
  guint look_id;

  /* Template */
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (BijouSyncGroup, bijou_sync_group, ADW_TYPE_PREFERENCES_GROUP)

/* --- what it shows --- */

static gint64
get_oldest (GPtrArray *states)
{
  gint64 oldest = G_MAXINT64;

  for (guint i = 0; i < states->len; i++)
    {
      const BijouLibraryState *state = g_ptr_array_index (states, i);

      if (bijou_library_is_synced (state->library))
        oldest = MIN (oldest, state->complete_at);
    }
  return oldest < G_MAXINT64 ? oldest : 0;
}

static char *
describe (BijouSyncGroup *self)
{
  gint64 oldest = get_oldest (self->states);
  gint64 seconds = g_get_real_time () / G_USEC_PER_SEC - oldest;
  g_autofree char *ago = NULL;

  if (self->syncing && self->progress.total > 0)
    {
      ago = bijou_sync_text_all (&self->progress);
      /* Translators: all libraries; %s is "3,420 of 12,000, 850/s, about 1 min" */
      return g_strdup_printf (_ ("In all %s."), ago);
    }
  if (self->syncing)
    return g_strdup (_ ("What is new is being fetched."));
  if (oldest == 0)
    return g_strdup (_ ("Not all of it is here yet."));
  if (seconds < 60)
    return g_strdup (_ ("Complete a moment ago."));
  ago = bijou_text_format_ago (seconds);
  /* Translators: %s is a time, "12 min" */
  return g_strdup_printf (_ ("Last complete %s ago."), ago);
}

/* Whether what happens on the server is heard of at once. */
static char *
add_live (BijouSyncGroup *self, char *text)
{
  g_autofree char *first = text;

  if (self->syncing || !bijou_live_is_up (bijou_context_get_live (self->context), self->server_id))
    return g_steal_pointer (&first);
  return g_strdup_printf ("%s %s", first, _ ("Live changes are on."));
}

static const BijouSyncProgress *
get_progress (BijouSyncGroup *self, const BijouLibraryState *state)
{
  return g_strcmp0 (self->progress_title, state->library->title) == 0 ? &self->progress : NULL;
}

static void
show (BijouSyncGroup *self)
{
  g_autofree char *text = NULL;

  if (self->states == NULL)
    return;
  text = add_live (self, describe (self));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self), text);
  gtk_button_set_label (self->button, self->syncing ? _ ("Stop") : _ ("Sync Now"));
  for (guint i = 0; i < self->states->len; i++)
    {
      const BijouLibraryState *state = g_ptr_array_index (self->states, i);

      bijou_library_row_show (g_ptr_array_index (self->rows, i), state, get_progress (self, state));
    }
}

static void
fit_rows (BijouSyncGroup *self)
{
  while (self->rows->len > self->states->len)
    {
      GtkWidget *row = g_ptr_array_steal_index (self->rows, self->rows->len - 1);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), row);
    }
  while (self->rows->len < self->states->len)
    {
      BijouLibraryRow *row = bijou_library_row_new ();

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (row));
      g_ptr_array_add (self->rows, row);
    }
}

/* --- reading --- */

static gpointer
read_states (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return bijou_store_list_library_states (store, data, error);
}

static void
on_states_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouSyncGroup *self;
  g_autoptr (GError) error = NULL;
  GPtrArray *states = bijou_store_run_finish (BIJOU_STORE (source), result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  if (states == NULL)
    {
      g_warning ("The libraries cannot be read: %s", error->message);
      return;
    }
  self = user_data;
  g_clear_pointer (&self->states, g_ptr_array_unref);
  self->states = states;
  fit_rows (self);
  show (self);
}

static void
reload (BijouSyncGroup *self)
{
  if (self->context == NULL)
    return;
  bijou_store_run_async (bijou_context_get_store (self->context), read_states,
                         g_strdup (self->server_id), g_free, (GDestroyNotify) g_ptr_array_unref,
                         self->cancellable, on_states_cb, self);
}

/* The pages of a sync are told of by its progress. */
static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouSyncGroup *self)
{
  if (change->flags & BIJOU_STORE_LIBRARIES ||
      (!self->syncing && change->flags & BIJOU_STORE_ITEMS))
    reload (self);
}

/* --- the sync --- */

static void
on_progress_cb (BijouSyncService *sync, const BijouSyncProgress *progress, BijouSyncGroup *self)
{
  if (g_strcmp0 (progress->server_id, self->server_id) != 0)
    return;
  self->syncing = bijou_sync_service_is_syncing (sync, self->server_id);
  if (g_strcmp0 (self->progress_title, progress->title) != 0)
    {
      g_free (self->progress_title);
      self->progress_title = g_strdup (progress->title);
      reload (self);
    }
  self->progress = *progress;
  self->progress.title = self->progress_title;
  show (self);
}

static void
end_sync (BijouSyncGroup *self)
{
  self->syncing = FALSE;
  self->progress = (BijouSyncProgress){ 0 };
  g_clear_pointer (&self->progress_title, g_free);
  reload (self);
}

static void
on_finished_cb (BijouSyncService *sync,
                const char *server_id,
                const GError *error,
                BijouSyncGroup *self)
{
  if (g_strcmp0 (server_id, self->server_id) == 0)
    end_sync (self);
}

static void
on_live_changed_cb (BijouContext *context, const char *server_id, BijouSyncGroup *self)
{
  if (g_strcmp0 (server_id, self->server_id) == 0)
    show (self);
}

static void
on_button_cb (BijouSyncGroup *self)
{
  BijouSyncService *sync = bijou_context_get_sync (self->context);

  if (self->syncing)
    {
      bijou_sync_service_cancel (sync, self->server_id);
      return;
    }
  bijou_sync_service_start (sync, self->server_id, FALSE);
  self->syncing = bijou_sync_service_is_syncing (sync, self->server_id);
  show (self);
}

/* --- life --- */

static gboolean
on_look_cb (gpointer data)
{
  show (data);
  return G_SOURCE_CONTINUE;
}

static void
bijou_sync_group_map (GtkWidget *widget)
{
  BijouSyncGroup *self = BIJOU_SYNC_GROUP (widget);

  GTK_WIDGET_CLASS (bijou_sync_group_parent_class)->map (widget);
  self->look_id = g_timeout_add_seconds (LOOK_S, on_look_cb, self);
}

static void
bijou_sync_group_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&BIJOU_SYNC_GROUP (widget)->look_id, g_source_remove);
  GTK_WIDGET_CLASS (bijou_sync_group_parent_class)->unmap (widget);
}

static void
bijou_sync_group_dispose (GObject *object)
{
  BijouSyncGroup *self = BIJOU_SYNC_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_sync_group_parent_class)->dispose (object);
}

static void
bijou_sync_group_finalize (GObject *object)
{
  BijouSyncGroup *self = BIJOU_SYNC_GROUP (object);

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->states, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);
  g_free (self->server_id);
  g_free (self->progress_title);

  G_OBJECT_CLASS (bijou_sync_group_parent_class)->finalize (object);
}

static void
bijou_sync_group_class_init (BijouSyncGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_sync_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_sync_group_finalize;
  widget_class->map = bijou_sync_group_map;
  widget_class->unmap = bijou_sync_group_unmap;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/server/bijou-sync-group.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouSyncGroup, button);
  gtk_widget_class_bind_template_callback (widget_class, on_button_cb);
}

static void
bijou_sync_group_init (BijouSyncGroup *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
follow (BijouSyncGroup *self)
{
  BijouSyncService *sync = bijou_context_get_sync (self->context);

  g_signal_connect_object (bijou_context_get_store (self->context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  g_signal_connect_object (self->context, "server-live-changed", G_CALLBACK (on_live_changed_cb),
                           self, 0);
  g_signal_connect_object (sync, "progress", G_CALLBACK (on_progress_cb), self, 0);
  g_signal_connect_object (sync, "finished", G_CALLBACK (on_finished_cb), self, 0);
}

/**
 * bijou_sync_group_set_server:
 * @self: the group
 * @context: the context
 * @server: whose libraries it shows; the first call counts
 */
void
bijou_sync_group_set_server (BijouSyncGroup *self, BijouContext *context, BijouServer *server)
{
  if (self->context != NULL)
    return;
  self->context = g_object_ref (context);
  self->server_id = g_strdup (server->id);
  self->syncing = bijou_sync_service_is_syncing (bijou_context_get_sync (context), self->server_id);
  follow (self);
  reload (self);
}
