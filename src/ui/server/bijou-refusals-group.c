#include "config.h"

#include "bijou-refusals-group.h"

#include "bijou-change-text.h"
#include "bijou-refusals.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

struct _BijouRefusalsGroup
{
  AdwPreferencesGroup parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  char *server_id;           /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *rows;           /* (owned) of AdwActionRow, unowned */
};

G_DEFINE_FINAL_TYPE (BijouRefusalsGroup, bijou_refusals_group, ADW_TYPE_PREFERENCES_GROUP)

/* What a row says. */
typedef struct
{
  BijouChangeKind kind;
  char *title;    /* (owned) */
  char *subtitle; /* (owned) */
} Words;

static void
words_free (gpointer data)
{
  Words *words = data;

  g_free (words->title);
  g_free (words->subtitle);
  g_free (words);
}

/* --- rows --- */

static void
add_row (BijouRefusalsGroup *self, const Words *words)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = g_markup_escape_text (words->title, -1);
  g_autofree char *subtitle = g_markup_escape_text (words->subtitle, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (row), bijou_change_text_get_icon (words->kind));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), row);
  g_ptr_array_add (self->rows, row);
}

static void
fill (BijouRefusalsGroup *self, GPtrArray *words)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < words->len; i++)
    add_row (self, g_ptr_array_index (words, i));
  gtk_widget_set_visible (GTK_WIDGET (self), words->len > 0);
}

/* --- reading --- */

static char *
describe_time (const BijouRefusal *refusal)
{
  gint64 seconds = g_get_real_time () / G_USEC_PER_SEC - refusal->change->made_at;
  g_autofree char *ago = bijou_text_format_ago (MAX (0, seconds));

  /* Translators: why a server refused a change, and a time, "4 min" */
  return g_strdup_printf (_ ("%s %s ago"), refusal->reason != NULL ? refusal->reason : "", ago);
}

static Words *
describe (BijouStore *store, const BijouRefusal *refusal)
{
  const BijouChange *change = refusal->change;
  g_autoptr (BijouItem) item =
      bijou_store_get_item (store, change->server_id, change->remote_id, NULL);
  Words *words = g_new0 (Words, 1);

  words->kind = change->kind;
  words->title = bijou_change_text_describe (change, item);
  words->subtitle = describe_time (refusal);
  return words;
}

static gpointer
read_refusals (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) refusals = bijou_refusals_list (store, data);
  GPtrArray *words = g_ptr_array_new_with_free_func (words_free);

  for (guint i = 0; i < refusals->len; i++)
    g_ptr_array_add (words, describe (store, g_ptr_array_index (refusals, i)));
  return words;
}

static void
on_refusals_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GPtrArray) words = bijou_store_run_finish (BIJOU_STORE (source), result, NULL);

  if (words != NULL)
    fill (user_data, words);
}

static void
reload (BijouRefusalsGroup *self)
{
  bijou_store_run_async (bijou_context_get_store (self->context), read_refusals,
                         g_strdup (self->server_id), g_free, (GDestroyNotify) g_ptr_array_unref,
                         self->cancellable, on_refusals_cb, self);
}

/* A change is kept as refused before it stops waiting. */
static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouRefusalsGroup *self)
{
  if (change->flags & BIJOU_STORE_OUTBOX)
    reload (self);
}

/* --- clearing --- */

static void
clear_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (bijou_refusals_clear (bijou_context_get_store (source), task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouRefusalsGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_message ("The refused changes are not cleared: %s", error->message);
      sentence = bijou_error_to_sentence (error);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
    }
  if (self->context != NULL)
    reload (self);
}

static void
on_clear_cb (GtkButton *button, BijouRefusalsGroup *self)
{
  g_autoptr (GTask) task = g_task_new (self->context, NULL, on_cleared_cb, g_object_ref (self));

  g_task_set_source_tag (task, on_clear_cb);
  g_task_set_task_data (task, g_strdup (self->server_id), g_free);
  bijou_context_run_async (self->context, task, clear_in_worker);
}

/* --- life --- */

static void
bijou_refusals_group_dispose (GObject *object)
{
  BijouRefusalsGroup *self = BIJOU_REFUSALS_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_refusals_group_parent_class)->dispose (object);
}

static void
bijou_refusals_group_finalize (GObject *object)
{
  BijouRefusalsGroup *self = BIJOU_REFUSALS_GROUP (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->rows);
  g_free (self->server_id);

  G_OBJECT_CLASS (bijou_refusals_group_parent_class)->finalize (object);
}

static void
bijou_refusals_group_class_init (BijouRefusalsGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_refusals_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_refusals_group_finalize;
}

static void
bijou_refusals_group_init (BijouRefusalsGroup *self)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Clear"));

  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Refused Changes"));
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (self), _ ("The server did not take these, so they were taken back."));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Clear Refused Changes"), -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_clear_cb), self, 0);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self), button);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * bijou_refusals_group_set_server:
 * @self: the group
 * @context: the context
 * @server: whose refusals it shows; the first call counts
 */
void
bijou_refusals_group_set_server (BijouRefusalsGroup *self,
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
