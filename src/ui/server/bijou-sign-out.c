#include "config.h"

#include "bijou-sign-out.h"

#include "bijou-accounts.h"

#include <glib/gi18n.h>

typedef gboolean (*SignOutFunc) (BijouContext *context,
                                 const char *id,
                                 GCancellable *cancellable,
                                 GError **error);

typedef struct
{
  GWeakRef widget;
  BijouContext *context; /* (owned) */
  SignOutFunc func;
  char *id; /* (owned) of the server or the account */
  BijouSignOutTold told;
  gpointer user_data;
} SignOut;

static void
sign_out_free (SignOut *sign_out)
{
  g_weak_ref_clear (&sign_out->widget);
  g_clear_object (&sign_out->context);
  g_free (sign_out->id);
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

  if (sign_out->func (source, sign_out->id, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_signed_out_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    return; /* the store says that it is gone */
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
  copy->func = sign_out->func;
  copy->id = g_strdup (sign_out->id);
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

/* Takes @asked. */
static void
ask (GtkWidget *widget, SignOut *asked, const char *name, const char *body)
{
  g_autofree char *heading = g_strdup_printf (_ ("Sign Out of “%s”?"), name);
  GtkWidget *dialog =
      adw_message_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), heading, body);

  g_weak_ref_init (&asked->widget, widget);
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

static SignOut *
sign_out_new (BijouContext *context,
              SignOutFunc func,
              const char *id,
              BijouSignOutTold told,
              gpointer user_data)
{
  SignOut *sign_out = g_new0 (SignOut, 1);

  sign_out->context = g_object_ref (context);
  sign_out->func = func;
  sign_out->id = g_strdup (id);
  sign_out->told = told;
  sign_out->user_data = user_data;
  return sign_out;
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
  ask (widget, sign_out_new (context, bijou_context_remove_server, server->id, told, user_data),
       server->name,
       _ ("Its library, pictures and what was kept of its films are removed from this computer. "
          "Nothing changes on the server."));
}

/**
 * bijou_sign_out_ask_account:
 * @widget: what the user clicked on
 * @context: the context
 * @account: the account
 * @told: called with what comes of it
 * @user_data: for @told
 */
void
bijou_sign_out_ask_account (GtkWidget *widget,
                            BijouContext *context,
                            const BijouAccount *account,
                            BijouSignOutTold told,
                            gpointer user_data)
{
  ask (widget, sign_out_new (context, bijou_accounts_sign_out, account->id, told, user_data),
       account->name != NULL ? account->name : account->id,
       _ ("The libraries of all its servers, their pictures and what was kept of films are removed "
          "from this computer. Changes that wait to be sent are sent first."));
}
