#include "config.h"

#include "bijou-address-step.h"

#include "bijou-certificate-dialog.h"
#include "bijou-headers-row.h"

#include <glib/gi18n.h>

struct _BijouAddressStep
{
  GtkWidget parent_instance;

  BijouContext *context;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *urls;           /* (owned) (nullable) of char *: what to try next */
  char *pins;                /* (owned) (nullable) of the certificates that the user trusts here */
  char *asked_url;           /* (owned) (nullable) whose certificate was asked about last */

  /* Template */
  GtkWidget *content;
  GtkWidget *address;
  BijouHeadersRow *headers;
  GtkLabel *problem;
  GtkWidget *submit;
  GtkSpinner *spinner;
};

G_DEFINE_FINAL_TYPE (BijouAddressStep, bijou_address_step, GTK_TYPE_WIDGET)

enum
{
  FOUND,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_busy (BijouAddressStep *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->submit, !busy);
  /* Not insensitive: it may have the focus, whose loss GTK does not tell it then. */
  gtk_editable_set_editable (GTK_EDITABLE (self->address), !busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->headers), !busy);
  gtk_spinner_set_spinning (self->spinner, busy);
}

static void
show_problem (BijouAddressStep *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);

  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_USAGE))
    gtk_label_set_label (self->problem, _ ("That is not an address."));
  else if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL) ||
           g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
    gtk_label_set_label (self->problem, _ ("No Plex or Jellyfin server answers there."));
  else if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN))
    gtk_label_set_label (self->problem,
                         _ ("Access is refused there. A proxy may ask for a header."));
  else
    gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  gtk_widget_grab_focus (self->address);
}

static void submit (BijouAddressStep *self);

static gboolean
try_next (BijouAddressStep *self)
{
  g_autofree char *url = NULL;

  if (self->urls == NULL || self->urls->len == 0)
    return FALSE;
  url = g_ptr_array_steal_index (self->urls, 0);
  gtk_editable_set_text (GTK_EDITABLE (self->address), url);
  submit (self);
  return TRUE;
}

static void
on_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAddressStep) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *pin = bijou_certificate_dialog_ask_finish (result, &error);
  g_autofree char *pins = NULL;

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  set_busy (self, FALSE);
  if (pin == NULL)
    {
      if (bijou_error_is_cancelled (error))
        gtk_widget_grab_focus (self->address);
      else
        show_problem (self, error);
      return;
    }
  pins = g_strjoin (";", pin, self->pins, NULL);
  g_free (self->pins);
  self->pins = g_steal_pointer (&pins);
  submit (self);
}

/* Once for each address: what the user trusts and is refused all the same is a problem. */
static gboolean
ask_about_certificate (BijouAddressStep *self, GAsyncResult *result)
{
  const char *url = bijou_sign_in_identify_get_untrusted_url (result);

  if (url == NULL || g_strcmp0 (url, self->asked_url) == 0)
    return FALSE;
  g_free (self->asked_url);
  self->asked_url = g_strdup (url);
  set_busy (self, TRUE);
  bijou_certificate_dialog_ask_async (GTK_WIDGET (self), self->context, url, self->cancellable,
                                      on_asked_cb, g_object_ref (self));
  return TRUE;
}

static void
on_identified_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAddressStep) self = user_data;
  g_autoptr (GError) error = NULL;
  BijouFoundServer *found = bijou_sign_in_identify_finish (result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  set_busy (self, FALSE);
  if (found == NULL)
    {
      if ((!bijou_error_is_transport (error) || !try_next (self)) &&
          !ask_about_certificate (self, result))
        show_problem (self, error);
      return;
    }
  g_signal_emit (self, signals[FOUND], 0, found);
  bijou_found_server_free (found);
}

static void
submit (BijouAddressStep *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->address));
  g_autofree char *headers = NULL;
  g_autoptr (BijouTrust) trust = NULL;

  if (*text == '\0' || !bijou_headers_row_check (self->headers))
    return;
  headers = bijou_headers_row_dup_headers (self->headers);
  trust = bijou_trust_new (self->pins, headers);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  set_busy (self, TRUE);
  bijou_sign_in_identify_async (self->context, text, trust, self->cancellable, on_identified_cb,
                                g_object_ref (self));
}

static void
on_entry_activated_cb (GtkWidget *row, BijouAddressStep *self)
{
  if (gtk_widget_get_sensitive (self->submit))
    submit (self);
}

static void
on_changed_cb (GtkEditable *editable, BijouAddressStep *self)
{
  g_clear_pointer (&self->pins, g_free);
  g_clear_pointer (&self->asked_url, g_free);
  gtk_widget_set_sensitive (self->submit, *gtk_editable_get_text (editable) != '\0');
}

static void
bijou_address_step_dispose (GObject *object)
{
  BijouAddressStep *self = BIJOU_ADDRESS_STEP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_address_step_parent_class)->dispose (object);
}

static void
bijou_address_step_finalize (GObject *object)
{
  g_object_unref (BIJOU_ADDRESS_STEP (object)->cancellable);
  g_clear_pointer (&BIJOU_ADDRESS_STEP (object)->urls, g_ptr_array_unref);
  g_free (BIJOU_ADDRESS_STEP (object)->pins);
  g_free (BIJOU_ADDRESS_STEP (object)->asked_url);

  G_OBJECT_CLASS (bijou_address_step_parent_class)->finalize (object);
}

static void
bijou_address_step_class_init (BijouAddressStepClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_address_step_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_address_step_finalize;
  signals[FOUND] = g_signal_new ("found", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  g_type_ensure (BIJOU_TYPE_HEADERS_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/sign-in/bijou-address-step.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouAddressStep, content);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressStep, address);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressStep, headers);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressStep, problem);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressStep, submit);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressStep, spinner);
}

static void
bijou_address_step_init (BijouAddressStep *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_sensitive (self->submit, FALSE);
  g_signal_connect_object (self->address, "changed", G_CALLBACK (on_changed_cb), self, 0);
  g_signal_connect_object (self->address, "entry-activated", G_CALLBACK (on_entry_activated_cb),
                           self, 0);
  g_signal_connect_object (self->submit, "clicked", G_CALLBACK (submit), self, G_CONNECT_SWAPPED);
}

/**
 * bijou_address_step_new:
 * @context: the context
 *
 * Returns: (transfer floating): the step
 */
BijouAddressStep *
bijou_address_step_new (BijouContext *context)
{
  BijouAddressStep *self = g_object_new (BIJOU_TYPE_ADDRESS_STEP, NULL);

  self->context = g_object_ref (context);
  return self;
}

/**
 * bijou_address_step_try:
 * @self: the step
 * @urls: (element-type utf8): addresses of one server, best first
 *
 * Goes on as if the user had typed the first, and with the next while nobody answers.
 */
void
bijou_address_step_try (BijouAddressStep *self, GPtrArray *urls)
{
  g_clear_pointer (&self->urls, g_ptr_array_unref);
  self->urls = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < urls->len; i++)
    g_ptr_array_add (self->urls, g_strdup (g_ptr_array_index (urls, i)));
  try_next (self);
}
