#include "config.h"

#include "bijou-address-group.h"

#include "bijou-address-dialog.h"
#include "bijou-address-row.h"
#include "bijou-certificate-dialog.h"

#include <glib/gi18n.h>

/* What real traffic shows of the addresses is looked at this often while they are seen. */
#define LOOK_S 2

struct _BijouAddressGroup
{
  AdwPreferencesGroup parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  BijouServer *server;       /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *rows;           /* (owned) of BijouAddressRow, unowned */
  GHashTable *results;       /* (owned) URL to Result, of the last test */
  BijouWidthClass width_class;
  gboolean testing;
  gboolean shown_testing; /* the user asked for it */
  gboolean tested;
  guint look_id;

  /* Template */
  GtkSpinner *spinner;
  GtkWidget *test_button;
};

G_DEFINE_FINAL_TYPE (BijouAddressGroup, bijou_address_group, ADW_TYPE_PREFERENCES_GROUP)

typedef struct
{
  int ms;        /* -1 none */
  GError *error; /* (owned) (nullable) */
  gint64 at;     /* seconds since 1970 */
} Result;

static void
result_free (gpointer data)
{
  Result *result = data;

  g_clear_error (&result->error);
  g_free (result);
}

/* --- what goes wrong --- */

static void
tell (BijouAddressGroup *self, const char *text)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

static void
tell_error (BijouAddressGroup *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);

  if (bijou_error_is_cancelled (error))
    return;
  g_message ("%s", error->message);
  tell (self, sentence);
}

/* --- rows --- */

static void
on_edited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAddressGroup) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!bijou_server_addresses_edit_finish (result, &error))
    tell_error (self, error);
  bijou_address_group_update (self);
}

static void
on_edit_cb (BijouAddressRow *row, int edit, BijouAddressGroup *self)
{
  const char *url = bijou_address_row_get_url (row);

  if (edit == BIJOU_ADDRESS_SWITCH_ON)
    g_hash_table_remove (self->results, url);
  bijou_server_addresses_edit_async (self->context, self->server->id, url, (BijouAddressEdit) edit,
                                     NULL, on_edited_cb, g_object_ref (self));
}

static void
on_copy_cb (BijouAddressRow *row, BijouAddressGroup *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          bijou_address_row_get_url (row));
  tell (self, _ ("The address was copied"));
}

static void start_test (BijouAddressGroup *self);

static void
on_certificate_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAddressGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *pin = bijou_certificate_dialog_ask_finish (result, &error);

  if (pin == NULL)
    tell_error (self, error);
  else if (self->server != NULL)
    start_test (self);
}

static void
on_certificate_cb (BijouAddressRow *row, BijouAddressGroup *self)
{
  bijou_certificate_dialog_ask_for_server_async (GTK_WIDGET (self), self->context, self->server->id,
                                                 bijou_address_row_get_url (row), self->cancellable,
                                                 on_certificate_asked_cb, g_object_ref (self));
}

static int
get_order (const BijouAddress *address)
{
  return (int) address->address_class;
}

/* By class, and otherwise as they are known. */
static void
sort_addresses (GPtrArray *addresses)
{
  for (guint i = 1; i < addresses->len; i++)
    for (guint j = i;
         j > 0 && get_order (addresses->pdata[j - 1]) > get_order (addresses->pdata[j]); j--)
      {
        gpointer other = addresses->pdata[j - 1];

        addresses->pdata[j - 1] = addresses->pdata[j];
        addresses->pdata[j] = other;
      }
}

static gboolean
has_rows_of (BijouAddressGroup *self, GPtrArray *addresses)
{
  if (self->rows->len != addresses->len)
    return FALSE;
  for (guint i = 0; i < addresses->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (addresses, i);

      if (!g_str_equal (bijou_address_row_get_url (g_ptr_array_index (self->rows, i)),
                        address->url))
        return FALSE;
    }
  return TRUE;
}

static void
remove_rows (BijouAddressGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
}

static void
add_row (BijouAddressGroup *self, const char *url)
{
  BijouAddressRow *row = bijou_address_row_new (url);

  bijou_address_row_set_width_class (row, self->width_class);
  g_signal_connect_object (row, "edit", G_CALLBACK (on_edit_cb), self, 0);
  g_signal_connect_object (row, "copy", G_CALLBACK (on_copy_cb), self, 0);
  g_signal_connect_object (row, "certificate", G_CALLBACK (on_certificate_cb), self, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
}

/* Rows stay where they can: the focus and an open menu with them. */
static void
make_rows (BijouAddressGroup *self, GPtrArray *addresses)
{
  if (has_rows_of (self, addresses))
    return;
  remove_rows (self);
  for (guint i = 0; i < addresses->len; i++)
    add_row (self, ((BijouAddress *) g_ptr_array_index (addresses, i))->url);
}

static char *
dup_current_url (BijouAddressGroup *self, BijouConnectionReason *reason)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self->context, self->server->id);
  BijouConnection *connection;

  *reason = BIJOU_CONNECTION_REASON_NONE;
  if (backend == NULL)
    return NULL;
  connection = bijou_backend_get_connection (backend);
  *reason = bijou_connection_get_reason (connection);
  return bijou_connection_dup_current_url (connection);
}

/* What it answered since is newer. */
static const Result *
find_result (BijouAddressGroup *self, const BijouAddress *address)
{
  const Result *result = g_hash_table_lookup (self->results, address->url);

  if (result == NULL || address->last_success <= result->at)
    return result;
  g_hash_table_remove (self->results, address->url);
  return NULL;
}

static void
show_address (BijouAddressGroup *self,
              BijouAddressRow *row,
              BijouAddressView *view,
              GPtrArray *addresses)
{
  const Result *result = find_result (self, view->address);

  view->testing = self->shown_testing && result == NULL;
  view->tested_ms = result != NULL ? result->ms : -1;
  view->problem = result != NULL ? result->error : NULL;
  view->now = g_get_real_time () / G_USEC_PER_SEC;
  bijou_address_row_show (row, view, addresses);
}

/**
 * bijou_address_group_update:
 * @self: the group
 *
 * Shows the addresses as they are now.
 */
void
bijou_address_group_update (BijouAddressGroup *self)
{
  g_autoptr (GPtrArray) addresses = NULL;
  g_autofree char *current = NULL;
  BijouConnectionReason reason;

  if (self->server == NULL)
    return;
  addresses = bijou_server_addresses_list (self->context, self->server);
  current = dup_current_url (self, &reason);
  sort_addresses (addresses);
  make_rows (self, addresses);
  for (guint i = 0; i < addresses->len; i++)
    {
      const BijouAddress *address = g_ptr_array_index (addresses, i);
      BijouAddressView view = { .address = address,
                                .in_use = g_strcmp0 (current, address->url) == 0,
                                .reason = reason };

      show_address (self, g_ptr_array_index (self->rows, i), &view, addresses);
    }
}

/* --- testing --- */

static void
show_testing (BijouAddressGroup *self, gboolean testing)
{
  self->shown_testing = testing;
  gtk_widget_set_sensitive (self->test_button, !testing);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), testing);
  gtk_spinner_set_spinning (self->spinner, testing);
}

static void
on_address_tested_cb (const char *url, int ms, const GError *error, gpointer user_data)
{
  BijouAddressGroup *self = user_data;
  Result *result = g_new0 (Result, 1);

  result->ms = error == NULL ? ms : -1;
  result->error = error != NULL ? g_error_copy (error) : NULL;
  result->at = g_get_real_time () / G_USEC_PER_SEC;
  g_hash_table_replace (self->results, g_strdup (url), result);
  bijou_address_group_update (self);
}

static void
on_tested_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouAddressGroup *self;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = bijou_server_addresses_test_finish (result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  self = user_data;
  self->testing = FALSE;
  if (results == NULL)
    tell_error (self, error);
  show_testing (self, FALSE);
  bijou_address_group_update (self);
}

static void
start_test (BijouAddressGroup *self)
{
  if (self->testing)
    return;
  self->testing = TRUE;
  self->tested = TRUE;
  bijou_server_addresses_test_async (self->context, self->server->id, on_address_tested_cb,
                                     self->cancellable, on_tested_cb, self);
}

static void
on_test_cb (BijouAddressGroup *self)
{
  if (self->server == NULL)
    return;
  g_hash_table_remove_all (self->results);
  start_test (self);
  show_testing (self, TRUE);
  bijou_address_group_update (self);
}

/* --- adding --- */

static void
on_added_cb (BijouAddressDialog *dialog, BijouAddressGroup *self)
{
  bijou_address_group_update (self);
}

static void
on_add_cb (BijouAddressGroup *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
  BijouAddressDialog *dialog;

  if (self->server == NULL)
    return;
  dialog = bijou_address_dialog_new (self->context, self->server);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), window);
  g_signal_connect_object (dialog, "added", G_CALLBACK (on_added_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* --- life --- */

static gboolean
on_look_cb (gpointer data)
{
  bijou_address_group_update (data);
  return G_SOURCE_CONTINUE;
}

static void
begin_looking (BijouAddressGroup *self)
{
  if (self->server == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  if (self->look_id == 0)
    self->look_id = g_timeout_add_seconds (LOOK_S, on_look_cb, self);
  if (!self->tested)
    start_test (self);
}

static void
bijou_address_group_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bijou_address_group_parent_class)->map (widget);
  bijou_address_group_update (BIJOU_ADDRESS_GROUP (widget));
  begin_looking (BIJOU_ADDRESS_GROUP (widget));
}

static void
bijou_address_group_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&BIJOU_ADDRESS_GROUP (widget)->look_id, g_source_remove);
  GTK_WIDGET_CLASS (bijou_address_group_parent_class)->unmap (widget);
}

static void
bijou_address_group_dispose (GObject *object)
{
  BijouAddressGroup *self = BIJOU_ADDRESS_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->context);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (bijou_address_group_parent_class)->dispose (object);
}

static void
bijou_address_group_finalize (GObject *object)
{
  BijouAddressGroup *self = BIJOU_ADDRESS_GROUP (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->rows);
  g_hash_table_unref (self->results);

  G_OBJECT_CLASS (bijou_address_group_parent_class)->finalize (object);
}

static void
bijou_address_group_class_init (BijouAddressGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_address_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_address_group_finalize;
  widget_class->map = bijou_address_group_map;
  widget_class->unmap = bijou_address_group_unmap;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/server/bijou-address-group.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouAddressGroup, spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressGroup, test_button);
  gtk_widget_class_bind_template_callback (widget_class, on_test_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_add_cb);
}

static void
bijou_address_group_init (BijouAddressGroup *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  self->results = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, result_free);
  self->width_class = BIJOU_WIDTH_NORMAL;
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * bijou_address_group_set_server:
 * @self: the group
 * @context: the context
 * @server: the server as it is saved now
 *
 * The first time its addresses are tested quietly.
 */
void
bijou_address_group_set_server (BijouAddressGroup *self, BijouContext *context, BijouServer *server)
{
  g_set_object (&self->context, context);
  g_set_object (&self->server, server);
  bijou_address_group_update (self);
  begin_looking (self);
}

/**
 * bijou_address_group_set_width_class:
 * @self: the group
 * @width_class: how wide the window is
 */
void
bijou_address_group_set_width_class (BijouAddressGroup *self, BijouWidthClass width_class)
{
  self->width_class = width_class;
  for (guint i = 0; i < self->rows->len; i++)
    bijou_address_row_set_width_class (g_ptr_array_index (self->rows, i), width_class);
}
