#include "config.h"

#include "bijou-sign-out.h"

#include <glib/gi18n.h>

typedef struct
{
  GWeakRef widget;
  BijouContext *context; /* (owned) */
  char *server_id;       /* (owned) */
  BijouSignOutTold told;
  gpointer user_data;
} SignOut;

static void
sign_out_free (SignOut *sign_out)
{
  g_weak_ref_clear (&sign_out->widget);
  g_clear_object (&sign_out->context);
  g_free (sign_out->server_id);
  g_free (sign_out);
}

static void
tell (SignOut *sign_out, gboolean begun, const GError *error)
{
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&sign_out->widget);

  if (widget != NULL && !gtk_widget_in_destruction (widget))
    sign_out->told (begun, error, sign_out->user_data);
}

static void
sign_out_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SignOut *sign_out = task_data;
  g_autoptr (GError) error = NULL;

  if (bijou_context_remove_server (source, sign_out->server_id, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    return; /* the store says that the server is gone */
  g_message ("Signing out failed: %s", error->message);
  tell (user_data, FALSE, error);
}

static SignOut *
sign_out_copy (SignOut *sign_out)
{
  SignOut *copy = g_new0 (SignOut, 1);
  g_autoptr (GtkWidget) widget = g_weak_ref_get (&sign_out->widget);

  g_weak_ref_init (&copy->widget, widget);
  copy->context = g_object_ref (sign_out->context);
  copy->server_id = g_strdup (sign_out->server_id);
  copy->told = sign_out->told;
  copy->user_data = sign_out->user_data;
  return copy;
}

static void
on_response_cb (AdwMessageDialog *dialog, const char *response, SignOut *asked)
{
  SignOut *sign_out;
  g_autoptr (GTask) task = NULL;

  if (!g_str_equal (response, "sign-out"))
    return;
  tell (asked, TRUE, NULL);
  sign_out = sign_out_copy (asked); /* the dialog takes its own with it */
  task = g_task_new (asked->context, NULL, on_signed_out_cb, sign_out);
  g_task_set_source_tag (task, bijou_sign_out_ask);
  g_task_set_task_data (task, sign_out, (GDestroyNotify) sign_out_free);
  bijou_context_run_async (asked->context, task, sign_out_in_worker);
}

/**
 * bijou_sign_out_ask:
 * @widget: what the user clicked on
 * @context: the context
 * @server: the server
 * @told: called with what comes of it
 * @user_data: for @told
 */
void
bijou_sign_out_ask (GtkWidget *widget,
                    BijouContext *context,
                    BijouServer *server,
                    BijouSignOutTold told,
                    gpointer user_data)
{
  g_autofree char *heading = g_strdup_printf (_ ("Sign Out of “%s”?"), server->name);
  GtkWidget *dialog = adw_message_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (widget)), heading,
      _ ("Its library, pictures and what was kept of its films are removed from this computer. "
         "Nothing changes on the server."));
  SignOut *asked = g_new0 (SignOut, 1);

  g_weak_ref_init (&asked->widget, widget);
  asked->context = g_object_ref (context);
  asked->server_id = g_strdup (server->id);
  asked->told = told;
  asked->user_data = user_data;
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"),
                                    "sign-out", _ ("Sign _Out"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "sign-out",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_response_cb), asked,
                         (GClosureNotify) sign_out_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
