#include "config.h"

#include "bijou-address-dialog.h"

#include "bijou-certificate-dialog.h"
#include "bijou-server-addresses.h"

#include <glib/gi18n.h>

struct _BijouAddressDialog
{
  AdwWindow parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  BijouServer *server;       /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  gboolean busy;
  gboolean asked; /* about the certificate of what is being added */

  /* Template */
  GtkLabel *explanation;
  AdwEntryRow *entry;
  GtkLabel *problem;
  GtkSpinner *spinner;
  GtkWidget *add_button;
};

G_DEFINE_FINAL_TYPE (BijouAddressDialog, bijou_address_dialog, ADW_TYPE_WINDOW)

enum
{
  ADDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
update_button (BijouAddressDialog *self)
{
  gtk_widget_set_sensitive (
      self->add_button, !self->busy && *gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0');
}

static void
set_busy (BijouAddressDialog *self, gboolean busy)
{
  self->busy = busy;
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->entry), !busy);
  update_button (self);
}

static char *
make_sentence (const GError *error)
{
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_USAGE))
    return g_strdup (_ ("That is not an address."));
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_WRONG_SERVER))
    return g_strdup (error->message);
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE) ||
      g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT))
    return g_strdup (_ ("Nothing answers at this address."));
  return bijou_error_to_sentence (error);
}

static void
show_problem (BijouAddressDialog *self, const GError *error)
{
  g_autofree char *sentence = make_sentence (error);

  g_message ("The address is not added: %s", error->message);
  gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
hide_problem (BijouAddressDialog *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static void add (BijouAddressDialog *self);

static void
on_certificate_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAddressDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *pin = bijou_certificate_dialog_ask_finish (result, &error);

  if (self->context == NULL)
    return; /* closed meanwhile */
  set_busy (self, FALSE);
  if (pin != NULL)
    add (self);
  else if (!bijou_error_is_cancelled (error))
    show_problem (self, error);
}

/* A certificate that nobody vouches for is asked about; after a yes the address is tried again. */
static void
ask_about_certificate (BijouAddressDialog *self)
{
  g_autofree char *url =
      bijou_address_normalise_url (gtk_editable_get_text (GTK_EDITABLE (self->entry)));

  bijou_certificate_dialog_ask_for_server_async (GTK_WIDGET (self), self->context, self->server->id,
                                                 url, self->cancellable, on_certificate_asked_cb,
                                                 g_object_ref (self));
}

static void
on_added_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAddressDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = bijou_server_addresses_add_finish (result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_TLS) && !self->asked)
    {
      self->asked = TRUE;
      ask_about_certificate (self);
      return;
    }
  set_busy (self, FALSE);
  if (url == NULL)
    {
      show_problem (self, error);
      return;
    }
  g_signal_emit (self, signals[ADDED], 0);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
add (BijouAddressDialog *self)
{
  hide_problem (self);
  set_busy (self, TRUE);
  bijou_server_addresses_add_async (self->context, self->server->id,
                                    gtk_editable_get_text (GTK_EDITABLE (self->entry)),
                                    self->cancellable, on_added_cb, g_object_ref (self));
}

static void
on_add_cb (BijouAddressDialog *self)
{
  self->asked = FALSE;
  add (self);
}

static void
on_changed_cb (BijouAddressDialog *self)
{
  hide_problem (self);
  update_button (self);
}

static void
bijou_address_dialog_dispose (GObject *object)
{
  BijouAddressDialog *self = BIJOU_ADDRESS_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->context);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (bijou_address_dialog_parent_class)->dispose (object);
}

static void
bijou_address_dialog_finalize (GObject *object)
{
  g_object_unref (BIJOU_ADDRESS_DIALOG (object)->cancellable);

  G_OBJECT_CLASS (bijou_address_dialog_parent_class)->finalize (object);
}

static void
bijou_address_dialog_class_init (BijouAddressDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_address_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_address_dialog_finalize;

  signals[ADDED] = g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/server/bijou-address-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouAddressDialog, explanation);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressDialog, spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressDialog, add_button);
  gtk_widget_class_bind_template_callback (widget_class, on_add_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_changed_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
bijou_address_dialog_init (BijouAddressDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/**
 * bijou_address_dialog_new:
 * @context: the context
 * @server: the server that gets the address
 *
 * Returns: (transfer full): the dialog, to be presented; it destroys itself
 */
BijouAddressDialog *
bijou_address_dialog_new (BijouContext *context, BijouServer *server)
{
  BijouAddressDialog *self = g_object_new (BIJOU_TYPE_ADDRESS_DIALOG, NULL);
  g_autofree char *text = g_strdup_printf (
      _ ("Another address at which “%s” can be reached, for instance from outside your home."),
      server->name);

  self->context = g_object_ref (context);
  self->server = g_object_ref (server);
  gtk_label_set_label (self->explanation, text);
  return self;
}
