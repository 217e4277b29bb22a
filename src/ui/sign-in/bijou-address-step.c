#include "config.h"

#include "bijou-address-step.h"

#include <glib/gi18n.h>

struct _BijouAddressStep
{
  GtkWidget parent_instance;

  BijouContext *context;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *urls;           /* (owned) (nullable) of char *: what to try next */

  /* Template */
  GtkWidget *content;
  GtkWidget *address;
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
  gtk_widget_set_sensitive (self->address, !busy);
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
      if (!bijou_error_is_transport (error) || !try_next (self))
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

  if (*text == '\0')
    return;
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  set_busy (self, TRUE);
  bijou_sign_in_identify_async (self->context, text, NULL, self->cancellable, on_identified_cb,
                                g_object_ref (self));
}

static void
on_changed_cb (GtkEditable *editable, BijouAddressStep *self)
{
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

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/sign-in/bijou-address-step.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouAddressStep, content);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressStep, address);
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
  g_signal_connect_object (self->address, "entry-activated", G_CALLBACK (submit), self,
                           G_CONNECT_SWAPPED);
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
