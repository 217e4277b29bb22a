#include "config.h"

#include "bijou-changes-group.h"

#include "bijou-change-text.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

/* More are told of in one line. */
#define SHOWN 50

struct _BijouChangesGroup
{
  AdwPreferencesGroup parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  char *server_id;           /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *rows;           /* (owned) of AdwActionRow, unowned */
};

G_DEFINE_FINAL_TYPE (BijouChangesGroup, bijou_changes_group, ADW_TYPE_PREFERENCES_GROUP)

typedef struct
{
  BijouChange *change; /* (owned) */
  BijouItem *item;     /* (owned) (nullable) not here any more */
} Waiting;

static void
waiting_free (Waiting *waiting)
{
  bijou_change_free (waiting->change);
  g_clear_object (&waiting->item);
  g_free (waiting);
}

/* --- words --- */

static char *
describe_wait (const BijouChange *change)
{
  gint64 seconds = g_get_real_time () / G_USEC_PER_SEC - change->made_at;
  g_autofree char *ago = bijou_text_format_ago (MAX (0, seconds));
  /* Translators: %s is a time, "4 min" */
  g_autofree char *wait = g_strdup_printf (_ ("Waiting %s"), ago);
  g_autofree char *tries = g_strdup_printf (
      ngettext ("%d try", "%d tries", (gulong) change->attempts), change->attempts);

  return change->attempts > 0 ? g_strdup_printf ("%s · %s", wait, tries) : g_steal_pointer (&wait);
}

/* --- discarding --- */

static void
discard_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (bijou_store_discard_change (bijou_context_get_store (source), *(gint64 *) task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_discarded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouChangesGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    return;
  g_message ("A change is not discarded: %s", error->message);
  sentence = bijou_error_to_sentence (error);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static void
on_discard_cb (GtkButton *button, BijouChangesGroup *self)
{
  g_autoptr (GTask) task = g_task_new (self->context, NULL, on_discarded_cb, g_object_ref (self));
  gint64 *id = g_object_get_data (G_OBJECT (button), "change-id");

  gtk_widget_set_sensitive (GTK_WIDGET (button), FALSE);
  g_task_set_source_tag (task, on_discard_cb);
  g_task_set_task_data (task, g_memdup2 (id, sizeof *id), g_free);
  bijou_context_run_async (self->context, task, discard_in_worker);
}

/* --- rows --- */

static void
add_row (BijouChangesGroup *self, GtkWidget *row)
{
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

static GtkWidget *
make_discard_button (BijouChangesGroup *self, const BijouChange *change, const char *text)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");
  /* Translators: %s is a change, "The Lantern Tide: watched" */
  g_autofree char *name = g_strdup_printf (_ ("Discard “%s”"), text);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Discard This Change"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "change-id",
                          g_memdup2 (&change->id, sizeof change->id), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_discard_cb), self, 0);
  return button;
}

static void
add_change (BijouChangesGroup *self, const Waiting *waiting)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *text = bijou_change_text_describe (waiting->change, waiting->item);
  g_autofree char *title = g_markup_escape_text (text, -1);
  g_autofree char *wait = describe_wait (waiting->change);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), wait);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row),
                                bijou_change_text_get_icon (waiting->change->kind));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             make_discard_button (self, waiting->change, text));
  add_row (self, row);
}

static void
add_rest (BijouChangesGroup *self, guint n)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *text = g_strdup_printf (ngettext ("And %u more", "And %u more", n), n);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  add_row (self, row);
}

static void
remove_rows (BijouChangesGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
}

static void
fill (BijouChangesGroup *self, GPtrArray *waiting)
{
  remove_rows (self);
  for (guint i = 0; i < waiting->len && i < SHOWN; i++)
    add_change (self, g_ptr_array_index (waiting, i));
  if (waiting->len > SHOWN)
    add_rest (self, waiting->len - SHOWN);
  gtk_widget_set_visible (GTK_WIDGET (self), waiting->len > 0);
}

/* --- reading --- */

static Waiting *
make_waiting (BijouStore *store, BijouChange *change, gboolean with_item)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->change = change;
  if (with_item)
    waiting->item = bijou_store_get_item (store, change->server_id, change->remote_id, NULL);
  return waiting;
}

static gpointer
read_waiting (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) changes = bijou_store_list_changes (store, data, error);
  GPtrArray *waiting;

  if (changes == NULL)
    return NULL;
  waiting = g_ptr_array_new_with_free_func ((GDestroyNotify) waiting_free);
  g_ptr_array_set_free_func (changes, NULL); /* they move on */
  for (guint i = 0; i < changes->len; i++)
    g_ptr_array_add (waiting, make_waiting (store, g_ptr_array_index (changes, i), i < SHOWN));
  return waiting;
}

static void
on_waiting_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) waiting = bijou_store_run_finish (BIJOU_STORE (source), result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  if (waiting != NULL)
    fill (user_data, waiting);
  else
    g_warning ("What waits to be sent cannot be read: %s", error->message);
}

static void
reload (BijouChangesGroup *self)
{
  if (self->context == NULL)
    return;
  bijou_store_run_async (bijou_context_get_store (self->context), read_waiting,
                         g_strdup (self->server_id), g_free, (GDestroyNotify) g_ptr_array_unref,
                         self->cancellable, on_waiting_cb, self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouChangesGroup *self)
{
  if (change->flags & BIJOU_STORE_OUTBOX)
    reload (self);
}

/* --- life --- */

static void
bijou_changes_group_dispose (GObject *object)
{
  BijouChangesGroup *self = BIJOU_CHANGES_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_changes_group_parent_class)->dispose (object);
}

static void
bijou_changes_group_finalize (GObject *object)
{
  BijouChangesGroup *self = BIJOU_CHANGES_GROUP (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->rows);
  g_free (self->server_id);

  G_OBJECT_CLASS (bijou_changes_group_parent_class)->finalize (object);
}

static void
bijou_changes_group_class_init (BijouChangesGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_changes_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_changes_group_finalize;
}

static void
bijou_changes_group_init (BijouChangesGroup *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Waiting Changes"));
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (self),
                                         _ ("Sent in order as soon as the server takes them."));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * bijou_changes_group_set_server:
 * @self: the group
 * @context: the context
 * @server: whose changes it shows; the first call counts
 */
void
bijou_changes_group_set_server (BijouChangesGroup *self, BijouContext *context, BijouServer *server)
{
  if (self->context != NULL)
    return;
  self->context = g_object_ref (context);
  self->server_id = g_strdup (server->id);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  reload (self);
}
