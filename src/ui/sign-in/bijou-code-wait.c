#include "config.h"

#include "bijou-code-wait.h"

#include "bijou-code-boxes.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

struct _BijouCodeWait
{
  GtkWidget parent_instance;

  BijouContext *context;        /* (owned) (nullable) before begin */
  const BijouBackendType *type; /* (unowned) */
  char *base_url;               /* (owned) (nullable) */
  char *account_id;             /* (owned) (nullable) */
  GCancellable *cancellable;    /* (owned) (nullable) of what runs */
  BijouSignInCode *code;        /* (owned) (nullable) */
  guint tick;                   /* counts the code's time down */

  /* Template */
  BijouCodeBoxes *boxes;
  GtkSpinner *spinner;
  GtkLabel *status;
  GtkButton *retry;
};

G_DEFINE_FINAL_TYPE (BijouCodeWait, bijou_code_wait, GTK_TYPE_WIDGET)

enum
{
  CODE,
  CONFIRMED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void ask_for_code (BijouCodeWait *self);

static void
show_failure (BijouCodeWait *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);

  g_clear_handle_id (&self->tick, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), FALSE);
  gtk_label_set_label (self->status, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->retry), TRUE);
}

static gboolean
update_status (gpointer data)
{
  BijouCodeWait *self = data;
  gint64 left = self->code->expires_at - g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *time = bijou_text_format_position (left * 1000);
  g_autofree char *text =
      g_strdup_printf (_ ("Waiting for you to confirm… the code is good for %s"), time);

  gtk_label_set_label (self->status, text);
  return G_SOURCE_CONTINUE;
}

static void
on_confirmed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouCodeWait) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouAccountVisit) visit = NULL;
  g_autoptr (GPtrArray) signed_in = bijou_sign_in_wait_code_finish (result, &visit, &error);

  if (bijou_error_is_cancelled (error))
    return;
  g_clear_handle_id (&self->tick, g_source_remove);
  if (signed_in != NULL)
    g_signal_emit (self, signals[CONFIRMED], 0, signed_in, visit);
  else if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
    ask_for_code (self);
  else
    show_failure (self, error);
}

static void
on_code_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouCodeWait) self = user_data;
  g_autoptr (GError) error = NULL;
  BijouSignInCode *code = bijou_sign_in_begin_code_finish (result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  if (code == NULL)
    {
      show_failure (self, error);
      return;
    }

  g_clear_pointer (&self->code, bijou_sign_in_code_free);
  self->code = code;
  bijou_code_boxes_set_code (self->boxes, code->code);
  gtk_widget_set_visible (GTK_WIDGET (self->boxes), TRUE);
  g_signal_emit (self, signals[CODE], 0, code);
  update_status (self);
  g_clear_handle_id (&self->tick, g_source_remove);
  self->tick = g_timeout_add_seconds (1, update_status, self);
  bijou_sign_in_wait_code_async (self->context, self->type, self->base_url, self->account_id, code,
                                 self->cancellable, on_confirmed_cb, g_object_ref (self));
}

static void
ask_for_code (BijouCodeWait *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->retry), FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), TRUE);
  gtk_spinner_start (self->spinner);
  gtk_label_set_label (self->status, _ ("Asking for a code…"));
  bijou_sign_in_begin_code_async (self->context, self->type, self->base_url, self->account_id,
                                  self->cancellable, on_code_cb, g_object_ref (self));
}

/**
 * bijou_code_wait_stop:
 * @self: the widget
 *
 * Gives up waiting.
 */
void
bijou_code_wait_stop (BijouCodeWait *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_handle_id (&self->tick, g_source_remove);
}

static void
bijou_code_wait_dispose (GObject *object)
{
  BijouCodeWait *self = BIJOU_CODE_WAIT (object);
  GtkWidget *child;

  bijou_code_wait_stop (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->context);
  g_clear_pointer (&self->base_url, g_free);
  g_clear_pointer (&self->account_id, g_free);
  g_clear_pointer (&self->code, bijou_sign_in_code_free);

  G_OBJECT_CLASS (bijou_code_wait_parent_class)->dispose (object);
}

static void
bijou_code_wait_class_init (BijouCodeWaitClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_code_wait_dispose;
  signals[CODE] = g_signal_new ("code", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CONFIRMED] =
      g_signal_new ("confirmed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_PTR_ARRAY, G_TYPE_POINTER);

  g_type_ensure (BIJOU_TYPE_CODE_BOXES);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/sign-in/bijou-code-wait.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouCodeWait, boxes);
  gtk_widget_class_bind_template_child (widget_class, BijouCodeWait, spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouCodeWait, status);
  gtk_widget_class_bind_template_child (widget_class, BijouCodeWait, retry);
}

static void
bijou_code_wait_init (BijouCodeWait *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self->boxes), FALSE);
  g_signal_connect_object (self->retry, "clicked", G_CALLBACK (ask_for_code), self,
                           G_CONNECT_SWAPPED);
}

/**
 * bijou_code_wait_begin:
 * @self: the widget
 * @context: the context
 * @type: the protocol
 * @base_url: (nullable): the server; %NULL for the protocol's account service
 * @account_id: (nullable): the account that is signed in to again
 *
 * Asks for a code and waits until it is confirmed.
 */
void
bijou_code_wait_begin (BijouCodeWait *self,
                       BijouContext *context,
                       const BijouBackendType *type,
                       const char *base_url,
                       const char *account_id)
{
  bijou_code_wait_stop (self);
  g_set_object (&self->context, context);
  self->type = type;
  g_free (self->base_url);
  g_free (self->account_id);
  self->base_url = g_strdup (base_url);
  self->account_id = g_strdup (account_id);
  self->cancellable = g_cancellable_new ();
  ask_for_code (self);
}
