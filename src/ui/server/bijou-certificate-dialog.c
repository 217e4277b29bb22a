#include "config.h"

#include "bijou-certificate-dialog.h"

#include "bijou-trust-question.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_NAMES 4

typedef struct
{
  GWeakRef parent;              /* of GtkWidget */
  char *server_id;              /* (owned) (nullable) */
  BijouTrustQuestion *question; /* (owned) (nullable) */
} Ask;

static void
ask_free (Ask *ask)
{
  g_weak_ref_clear (&ask->parent);
  g_free (ask->server_id);
  g_clear_pointer (&ask->question, bijou_trust_question_free);
  g_free (ask);
}

/* --- what is said --- */

static char *
format_day (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (seconds);

  return time == NULL ? g_strdup ("") : g_date_time_format (time, "%x");
}

static char *
make_reason (const BijouCertificate *certificate)
{
  BijouCertificateProblems problems = certificate->problems;
  g_autofree char *from = format_day (certificate->valid_from);
  g_autofree char *until = format_day (certificate->valid_until);

  if (problems & BIJOU_CERTIFICATE_BAD)
    return g_strdup (_ ("Its certificate is too weak, damaged or withdrawn."));
  if (problems & BIJOU_CERTIFICATE_EXPIRED)
    return g_strdup_printf (_ ("Its certificate expired on %s."), until);
  if (problems & BIJOU_CERTIFICATE_NOT_YET_VALID)
    return g_strdup_printf (_ ("Its certificate is not valid before %s."), from);
  if (problems & BIJOU_CERTIFICATE_SELF_SIGNED)
    return g_strdup (_ ("It signed its certificate itself, so nobody else vouches for it."));
  if (problems & BIJOU_CERTIFICATE_UNKNOWN_AUTHORITY)
    return g_strdup_printf (
        _ ("Its certificate was issued by “%s”, which this computer does not know."),
        certificate->issuer);
  if (problems & BIJOU_CERTIFICATE_OTHER_NAME)
    return g_strdup_printf (_ ("Its certificate is for other addresses, not for “%s”."),
                            certificate->host);
  return g_strdup (_ ("Its certificate could not be verified."));
}

static char *
make_body (const BijouTrustQuestion *question)
{
  g_autofree char *reason = make_reason (question->certificate);

  if (question->changed)
    return g_strdup_printf (
        _ ("“%s” shows a different certificate from the one you trusted. %s Somebody may be "
           "pretending to be your server. Trust it only if you know that the certificate was "
           "replaced."),
        question->server_name, reason);
  return g_strdup_printf (
      /* Translators: the host, then a sentence about its certificate */
      _ ("Bijou cannot verify that “%s” is your server. %s Trust it only if you know that the "
         "certificate is its own."),
      question->certificate->host, reason);
}

static char *
make_names (const BijouCertificate *certificate)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; certificate->names[i] != NULL && i < MAX_NAMES; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : ", ", certificate->names[i]);
  if (g_strv_length (certificate->names) > MAX_NAMES)
    g_string_append (text, ", …");
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- how it looks --- */

static void
add_field (GtkBox *box, const char *title, const char *value, gboolean monospace)
{
  GtkWidget *field;
  GtkWidget *caption;
  GtkWidget *label;

  if (value == NULL || *value == '\0')
    return;
  field = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  caption = gtk_label_new (title);
  label = gtk_label_new (value);
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (monospace)
    gtk_widget_add_css_class (label, "monospace");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  caption, NULL, -1);
  gtk_box_append (GTK_BOX (field), caption);
  gtk_box_append (GTK_BOX (field), label);
  gtk_box_append (box, field);
}

static GtkWidget *
create_fields (const BijouCertificate *certificate)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  g_autofree char *names = make_names (certificate);
  g_autofree char *from = format_day (certificate->valid_from);
  g_autofree char *until = format_day (certificate->valid_until);
  /* Translators: two dates */
  g_autofree char *validity = g_strdup_printf (_ ("%s to %s"), from, until);
  g_autofree char *fingerprint = bijou_certificate_format_fingerprint (certificate);

  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "bijou-certificate");
  add_field (GTK_BOX (box), _ ("Name"), certificate->subject, FALSE);
  add_field (GTK_BOX (box), _ ("Issued by"), certificate->issuer, FALSE);
  add_field (GTK_BOX (box), _ ("For"), names, FALSE);
  add_field (GTK_BOX (box), _ ("Valid"), validity, FALSE);
  add_field (GTK_BOX (box), _ ("SHA-256 Fingerprint"), fingerprint, TRUE);
  return box;
}

static void
on_accepted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  GError *error = NULL;

  if (bijou_trust_question_accept_finish (result, &error))
    g_task_return_pointer (task, g_strdup (ask->question->certificate->pin), g_free);
  else
    g_task_return_error (task, error);
}

static void
on_response_cb (AdwMessageDialog *dialog, const char *response, GTask *task)
{
  Ask *ask = g_task_get_task_data (task);
  const char *pin = ask->question->certificate->pin;

  if (!g_str_equal (response, "trust"))
    g_task_return_new_error (task, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Not trusted");
  else if (ask->server_id == NULL)
    g_task_return_pointer (task, g_strdup (pin), g_free);
  else
    bijou_trust_question_accept_async (g_task_get_source_object (task), ask->server_id, pin,
                                       on_accepted_cb, g_object_ref (task));
}

static void
present (GTask *task, GtkWidget *parent)
{
  Ask *ask = g_task_get_task_data (task);
  g_autofree char *body = make_body (ask->question);
  GtkRoot *root = gtk_widget_get_root (parent);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
      ask->question->changed ? _ ("The Certificate Has Changed") : _ ("Trust This Server?"), body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "trust",
                                    _ ("_Trust This Certificate"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "trust",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog),
                                      create_fields (ask->question->certificate));
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response_cb), g_object_ref (task),
                         (GClosureNotify) g_object_unref, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_question_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);
  g_autoptr (GtkWidget) parent = g_weak_ref_get (&ask->parent);
  GError *error = NULL;

  ask->question = bijou_trust_question_make_finish (result, &error);
  if (ask->question == NULL)
    g_task_return_error (task, error);
  else if (parent == NULL)
    g_task_return_new_error (task, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Nobody is there to ask");
  else
    present (task, parent);
}

static void
begin (GtkWidget *parent,
       const char *url,
       const char *server_id,
       BijouContext *context,
       GCancellable *cancellable,
       GTask *task)
{
  Ask *ask = g_new0 (Ask, 1);

  g_weak_ref_init (&ask->parent, parent);
  ask->server_id = g_strdup (server_id);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  bijou_trust_question_make_async (context, url, server_id, cancellable, on_question_cb, task);
}

/**
 * bijou_certificate_dialog_ask_async:
 * @parent: what the user clicked on
 * @context: the context
 * @url: an https address to which nobody is signed in yet
 * @cancellable: (nullable): gives up before the question
 * @callback: runs when it is answered
 * @user_data: for @callback
 *
 * Looks at the certificate first, for 6 s at most. Main thread.
 */
void
bijou_certificate_dialog_ask_async (GtkWidget *parent,
                                    BijouContext *context,
                                    const char *url,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = g_task_new (context, cancellable, callback, user_data);

  g_task_set_source_tag (task, bijou_certificate_dialog_ask_async);
  begin (parent, url, NULL, context, cancellable, task);
}

/**
 * bijou_certificate_dialog_ask_for_server_async:
 * @parent: what the user clicked on
 * @context: the context
 * @server_id: a server that is known
 * @url: (nullable): one of its addresses; %NULL: the first whose certificate is not trusted
 * @cancellable: (nullable): gives up before the question
 * @callback: runs when it is answered, and a yes is kept
 * @user_data: for @callback
 *
 * Main thread.
 */
void
bijou_certificate_dialog_ask_for_server_async (GtkWidget *parent,
                                               BijouContext *context,
                                               const char *server_id,
                                               const char *url,
                                               GCancellable *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer user_data)
{
  GTask *task = g_task_new (context, cancellable, callback, user_data);

  g_task_set_source_tag (task, bijou_certificate_dialog_ask_for_server_async);
  begin (parent, url, server_id, context, cancellable, task);
}

/**
 * bijou_certificate_dialog_ask_finish:
 * @result: a result of one of the two above
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the pin of the certificate that the user trusts;
 *   %BIJOU_ERROR_CANCELLED when the user does not, another error when it could not be asked
 */
char *
bijou_certificate_dialog_ask_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
