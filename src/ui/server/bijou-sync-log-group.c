#include "config.h"

#include "bijou-sync-log-group.h"

#include <glib/gi18n.h>

/* `bijou --sync-log` has them all. */
#define SHOWN 20

struct _BijouSyncLogGroup
{
  AdwPreferencesGroup parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  char *server_id;           /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  AdwExpanderRow *expander;  /* its child */
  GPtrArray *rows;           /* (owned) of AdwActionRow, unowned */
};

G_DEFINE_FINAL_TYPE (BijouSyncLogGroup, bijou_sync_log_group, ADW_TYPE_PREFERENCES_GROUP)

/* --- words --- */

static const char *
get_kind_text (const char *kind)
{
  if (g_str_equal (kind, "first"))
    return _ ("First sync");
  if (g_str_equal (kind, "incremental"))
    return _ ("What was new");
  return _ ("Everything");
}

static char *
describe_time (const BijouSyncLogEntry *entry)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (entry->begun_at);
  /* Translators: a date and a time of the day as strftime() formats them, "21 Nov 17:40" */
  g_autofree char *text = time != NULL ? g_date_time_format (time, _ ("%-d %b %H:%M")) : NULL;

  return g_strdup_printf ("%s · %s", text != NULL ? text : "", get_kind_text (entry->kind));
}

static void
add_part (GString *text, const char *format, guint n)
{
  if (n == 0)
    return;
  g_string_append (text, " · ");
  g_string_append_printf (text, format, n);
}

static char *
describe_cost (const BijouSyncLogEntry *entry)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("%u request", "%u requests", entry->requests),
                          entry->requests);
  /* Translators: how long it took, in seconds */
  g_string_append_printf (text, _ (" · %.1f s"), (double) entry->ms / 1000);
  /* Translators: of titles */
  add_part (text, ngettext ("%u added", "%u added", entry->added), entry->added);
  add_part (text, ngettext ("%u changed", "%u changed", entry->changed), entry->changed);
  add_part (text, ngettext ("%u removed", "%u removed", entry->removed), entry->removed);
  return g_string_free (text, FALSE);
}

static char *
describe_result (const BijouSyncLogEntry *entry)
{
  g_autofree char *cost = describe_cost (entry);

  if (entry->error != NULL)
    return g_strdup_printf ("%s\n%s", entry->error, cost);
  if (entry->cancelled)
    return g_strdup_printf ("%s\n%s", _ ("Stopped before the end"), cost);
  return g_steal_pointer (&cost);
}

/* --- rows --- */

static void
add_entry (BijouSyncLogGroup *self, const BijouSyncLogEntry *entry)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = describe_time (entry);
  g_autofree char *result = describe_result (entry);
  g_autofree char *markup = g_markup_escape_text (result, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), markup);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), entry->error != NULL
                                                          ? "dialog-warning-symbolic"
                                                          : "object-select-symbolic");
  adw_expander_row_add_row (self->expander, row);
  g_ptr_array_add (self->rows, row);
}

static void
fill (BijouSyncLogGroup *self, GPtrArray *entries)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_expander_row_remove (self->expander, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < entries->len; i++)
    add_entry (self, g_ptr_array_index (entries, i));
  if (entries->len > 0)
    {
      g_autofree char *last = describe_time (g_ptr_array_index (entries, 0));

      adw_expander_row_set_subtitle (self->expander, last);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), entries->len > 0);
}

/* --- reading --- */

static gpointer
read_log (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return bijou_store_list_sync_log (store, data, SHOWN, error);
}

static void
on_log_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = bijou_store_run_finish (BIJOU_STORE (source), result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  if (entries != NULL)
    fill (user_data, entries);
  else
    g_warning ("The sync log cannot be read: %s", error->message);
}

static void
reload (BijouSyncLogGroup *self)
{
  bijou_store_run_async (bijou_context_get_store (self->context), read_log,
                         g_strdup (self->server_id), g_free, (GDestroyNotify) g_ptr_array_unref,
                         self->cancellable, on_log_cb, self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouSyncLogGroup *self)
{
  if (change->flags & BIJOU_STORE_SYNC_LOG)
    reload (self);
}

/* --- life --- */

static void
bijou_sync_log_group_dispose (GObject *object)
{
  BijouSyncLogGroup *self = BIJOU_SYNC_LOG_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_sync_log_group_parent_class)->dispose (object);
}

static void
bijou_sync_log_group_finalize (GObject *object)
{
  BijouSyncLogGroup *self = BIJOU_SYNC_LOG_GROUP (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->rows);
  g_free (self->server_id);

  G_OBJECT_CLASS (bijou_sync_log_group_parent_class)->finalize (object);
}

static void
bijou_sync_log_group_class_init (BijouSyncLogGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_sync_log_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_sync_log_group_finalize;
}

static void
bijou_sync_log_group_init (BijouSyncLogGroup *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  self->expander = ADW_EXPANDER_ROW (adw_expander_row_new ());
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->expander), _ ("Sync Log"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->expander));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * bijou_sync_log_group_set_server:
 * @self: the group
 * @context: the context
 * @server: whose syncs it shows; the first call counts
 */
void
bijou_sync_log_group_set_server (BijouSyncLogGroup *self,
                                 BijouContext *context,
                                 BijouServer *server)
{
  if (self->context != NULL)
    return;
  self->context = g_object_ref (context);
  self->server_id = g_strdup (server->id);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  reload (self);
}
