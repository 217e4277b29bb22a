#include "config.h"

#include "bijou-server-step.h"

#include "bijou-code-wait.h"

#include <glib/gi18n.h>

struct _BijouServerStep
{
  GtkWidget parent_instance;

  BijouContext *context;        /* (owned) */
  const BijouBackendType *type; /* (unowned) */
  char *url;                    /* (owned) */
  char *server_id;              /* (owned) */
  char *known_user;             /* (owned) (nullable) who is signed in to it here */
  GPtrArray *confirmed;         /* (owned) (nullable) by Quick Connect, not yet kept */
  GCancellable *cancellable;    /* (owned) */

  /* Template */
  GtkWidget *content;
  GtkLabel *title;
  AdwActionRow *server_row;
  GtkLabel *latency;
  GtkWidget *name;
  GtkWidget *secret;
  GtkLabel *problem;
  GtkWidget *submit;
  GtkWidget *quick;
  BijouCodeWait *wait;
};

G_DEFINE_FINAL_TYPE (BijouServerStep, bijou_server_step, GTK_TYPE_WIDGET)

enum
{
  SIGNED_IN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
has_passwords (BijouServerStep *self)
{
  return self->type->sign_in_password != NULL;
}

static void
set_busy (BijouServerStep *self, gboolean busy)
{
  gtk_widget_set_sensitive (self->submit, !busy);
  /* Not insensitive: they may have the focus, whose loss GTK does not tell them then. */
  gtk_editable_set_editable (GTK_EDITABLE (self->name), !busy);
  gtk_editable_set_editable (GTK_EDITABLE (self->secret), !busy);
}

static void
show_problem (BijouServerStep *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);
  gboolean refused = g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);

  if (refused && has_passwords (self))
    gtk_label_set_label (self->problem, _ ("Name or password is not right."));
  else
    gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  set_busy (self, FALSE);
  gtk_widget_grab_focus (self->secret);
}

static void
on_signed_in_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouServerStep) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *server_id = bijou_sign_in_finish (result, &error);

  if (server_id != NULL)
    {
      bijou_code_wait_stop (self->wait);
      g_signal_emit (self, signals[SIGNED_IN], 0);
    }
  else if (!bijou_error_is_cancelled (error))
    show_problem (self, error);
}

static void
sign_in (BijouServerStep *self)
{
  const char *name = gtk_editable_get_text (GTK_EDITABLE (self->name));
  const char *secret = gtk_editable_get_text (GTK_EDITABLE (self->secret));

  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  set_busy (self, TRUE);
  if (has_passwords (self))
    bijou_sign_in_password_async (self->context, self->type, self->url, name, secret,
                                  self->cancellable, on_signed_in_cb, g_object_ref (self));
  else
    bijou_sign_in_token_async (self->context, self->type, self->url, secret, self->cancellable,
                               on_signed_in_cb, g_object_ref (self));
}

/* --- another user of a known server --- */

static gboolean
is_other_user (BijouServerStep *self, const char *name)
{
  g_autofree char *new_name = name != NULL ? g_utf8_casefold (name, -1) : NULL;
  g_autofree char *known = self->known_user != NULL ? g_utf8_casefold (self->known_user, -1) : NULL;

  return known != NULL && new_name != NULL && !g_str_equal (known, new_name);
}

static void keep (BijouServerStep *self);

static void
on_switch_response_cb (AdwMessageDialog *dialog, const char *response, BijouServerStep *self)
{
  gboolean confirmed = self->confirmed != NULL;

  if (!g_str_equal (response, "switch"))
    g_clear_pointer (&self->confirmed, g_ptr_array_unref);
  else if (confirmed)
    keep (self);
  else
    sign_in (self);
}

static void
ask_about_switch (BijouServerStep *self)
{
  g_autofree char *heading = g_strdup_printf (_ ("Sign Out “%s” First?"), self->known_user);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), heading,
      _ ("Another person is signed in to this server. Their library, pictures and what was kept of "
         "films are removed from this computer before yours come. Changes that wait to be sent are "
         "sent before that."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "switch",
                                    _ ("_Remove and Sign In"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "switch",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_switch_response_cb), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
submit (BijouServerStep *self)
{
  if (has_passwords (self) &&
      is_other_user (self, gtk_editable_get_text (GTK_EDITABLE (self->name))))
    ask_about_switch (self);
  else
    sign_in (self);
}

static BijouServer *
find_server (GPtrArray *servers, const char *server_id)
{
  for (guint i = 0; i < servers->len; i++)
    if (g_strcmp0 (((BijouServer *) servers->pdata[i])->id, server_id) == 0)
      return g_ptr_array_index (servers, i);
  return NULL;
}

static gpointer
read_servers (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  return bijou_store_list_servers (store, error);
}

static void
on_servers_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouServerStep) self = user_data;
  g_autoptr (GPtrArray) servers = bijou_store_run_finish (BIJOU_STORE (source), result, NULL);
  BijouServer *known = servers != NULL ? find_server (servers, self->server_id) : NULL;

  if (known == NULL || known->user_name == NULL || self->context == NULL)
    return;
  self->known_user = g_strdup (known->user_name);
  if (has_passwords (self) && *gtk_editable_get_text (GTK_EDITABLE (self->name)) == '\0')
    {
      gtk_editable_set_text (GTK_EDITABLE (self->name), known->user_name);
      gtk_widget_grab_focus (self->secret);
    }
}

/* --- Quick Connect --- */

static void
on_kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouServerStep) self = user_data;
  g_autoptr (GError) error = NULL;

  if (bijou_sign_in_keep_finish (result, &error))
    g_signal_emit (self, signals[SIGNED_IN], 0);
  else if (!bijou_error_is_cancelled (error))
    show_problem (self, error);
}

static void
keep (BijouServerStep *self)
{
  set_busy (self, TRUE);
  bijou_sign_in_keep_async (self->context, self->confirmed, NULL, self->cancellable, on_kept_cb,
                            g_object_ref (self));
}

static void
on_code_cb (BijouCodeWait *wait, const BijouSignInCode *code, BijouServerStep *self)
{
  gtk_widget_set_visible (self->quick, TRUE);
}

static void
on_confirmed_cb (BijouCodeWait *wait,
                 GPtrArray *signed_in,
                 BijouAccountVisit *visit,
                 BijouServerStep *self)
{
  BijouSignedIn *first = signed_in->len > 0 ? g_ptr_array_index (signed_in, 0) : NULL;

  g_clear_pointer (&self->confirmed, g_ptr_array_unref);
  self->confirmed = g_ptr_array_ref (signed_in);
  if (first != NULL && is_other_user (self, first->server->user_name))
    ask_about_switch (self);
  else
    keep (self);
}

static void
on_text_changed_cb (GtkEditable *editable, BijouServerStep *self)
{
  const char *needed =
      gtk_editable_get_text (GTK_EDITABLE (has_passwords (self) ? self->name : self->secret));

  gtk_widget_set_sensitive (self->submit, *needed != '\0');
}

static void
on_entry_activated_cb (GtkWidget *row, BijouServerStep *self)
{
  if (row == self->name)
    gtk_widget_grab_focus (self->secret);
  else if (gtk_widget_get_sensitive (self->submit))
    submit (self);
}

static void
bijou_server_step_dispose (GObject *object)
{
  BijouServerStep *self = BIJOU_SERVER_STEP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_server_step_parent_class)->dispose (object);
}

static void
bijou_server_step_finalize (GObject *object)
{
  BijouServerStep *self = BIJOU_SERVER_STEP (object);

  g_object_unref (self->cancellable);
  g_free (self->url);
  g_free (self->server_id);
  g_free (self->known_user);
  g_clear_pointer (&self->confirmed, g_ptr_array_unref);

  G_OBJECT_CLASS (bijou_server_step_parent_class)->finalize (object);
}

static void
bijou_server_step_class_init (BijouServerStepClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_server_step_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_server_step_finalize;
  signals[SIGNED_IN] = g_signal_new ("signed-in", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (BIJOU_TYPE_CODE_WAIT);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/sign-in/bijou-server-step.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, content);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, title);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, server_row);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, latency);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, name);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, secret);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, problem);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, submit);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, quick);
  gtk_widget_class_bind_template_child (widget_class, BijouServerStep, wait);
}

static void
bijou_server_step_init (BijouServerStep *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_sensitive (self->submit, FALSE);
  g_signal_connect_object (self->name, "changed", G_CALLBACK (on_text_changed_cb), self, 0);
  g_signal_connect_object (self->secret, "changed", G_CALLBACK (on_text_changed_cb), self, 0);
  g_signal_connect_object (self->name, "entry-activated", G_CALLBACK (on_entry_activated_cb), self,
                           0);
  g_signal_connect_object (self->secret, "entry-activated", G_CALLBACK (on_entry_activated_cb),
                           self, 0);
  g_signal_connect_object (self->submit, "clicked", G_CALLBACK (submit), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->wait, "code", G_CALLBACK (on_code_cb), self, 0);
  g_signal_connect_object (self->wait, "confirmed", G_CALLBACK (on_confirmed_cb), self, 0);
}

static void
describe_server (BijouServerStep *self, const BijouFoundServer *server)
{
  const char *name = server->name != NULL ? server->name : server->type->title;
  g_autofree char *title = g_strdup_printf (_ ("Sign In to %s"), name);
  g_autofree char *subtitle =
      g_strdup_printf ("%s %s · %s", server->type->title,
                       server->version != NULL ? server->version : "", server->url);
  /* Translators: a time in milliseconds */
  g_autofree char *latency = g_strdup_printf (_ ("%d ms"), server->latency_ms);

  gtk_label_set_label (self->title, title);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->server_row), name);
  adw_action_row_set_subtitle (self->server_row, subtitle);
  gtk_label_set_label (self->latency, latency);
  gtk_widget_set_visible (GTK_WIDGET (self->latency), server->latency_ms >= 0);
}

/**
 * bijou_server_step_new:
 * @context: the context
 * @server: who answered at the address
 *
 * Returns: (transfer floating): the step for that server
 */
BijouServerStep *
bijou_server_step_new (BijouContext *context, const BijouFoundServer *server)
{
  BijouServerStep *self = g_object_new (BIJOU_TYPE_SERVER_STEP, NULL);

  self->context = g_object_ref (context);
  self->type = server->type;
  self->url = g_strdup (server->url);
  self->server_id = g_strdup (server->id);
  describe_server (self, server);
  gtk_widget_set_visible (self->name, has_passwords (self));
  if (!has_passwords (self))
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->secret), _ ("Token"));
  else if (!server->type->has_account)
    bijou_code_wait_begin (self->wait, context, server->type, server->url, NULL);
  bijou_store_run_async (bijou_context_get_store (context), read_servers, NULL, NULL,
                         (GDestroyNotify) g_ptr_array_unref, self->cancellable, on_servers_cb,
                         g_object_ref (self));
  return self;
}
