#include "config.h"

#include "bijou-user-window.h"

#include "bijou-user-chooser.h"

#include <glib/gi18n.h>

#define WIDTH 440
#define HEIGHT 520

/* What a window that may be closed meanwhile is told about. */
typedef struct
{
  GtkWindow *window;         /* (owned) */
  BijouUserChooser *chooser; /* (unowned) in the window */
  BijouContext *context;     /* (owned) */
  BijouAccountVisit *visit;  /* (owned) (nullable) */
  char *account_id;          /* (owned) */
} Switching;

static void
switching_free (gpointer data)
{
  Switching *self = data;

  g_object_unref (self->window);
  g_object_unref (self->context);
  g_clear_pointer (&self->visit, bijou_account_visit_unref);
  g_free (self->account_id);
  g_free (self);
}

static Switching *
switching_copy (Switching *self)
{
  Switching *copy = g_new0 (Switching, 1);

  copy->window = g_object_ref (self->window);
  copy->chooser = self->chooser;
  copy->context = g_object_ref (self->context);
  copy->visit = self->visit != NULL ? bijou_account_visit_ref (self->visit) : NULL;
  copy->account_id = g_strdup (self->account_id);
  return copy;
}

static void
run (Switching *self, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (self->context, NULL, callback, NULL);

  g_task_set_source_tag (task, run);
  g_task_set_task_data (task, switching_copy (self), switching_free);
  bijou_context_run_async (self->context, task, func);
}

static gboolean
is_open (Switching *self)
{
  return gtk_widget_get_visible (GTK_WIDGET (self->window));
}

static void
show_problem (Switching *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);

  g_message ("The user is not switched: %s", error->message);
  if (is_open (self))
    bijou_user_chooser_show_problem (self->chooser, sentence);
}

/* --- keeping --- */

static void
keep_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Switching *self = task_data;
  g_autoptr (GError) error = NULL;

  if (bijou_account_visit_keep (self->visit, NULL, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Switching *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      show_problem (self, error);
      return;
    }
  bijou_sync_service_start (bijou_context_get_sync (self->context), NULL, FALSE);
  if (is_open (self))
    gtk_window_close (self->window);
}

static void
on_chosen_cb (BijouUserChooser *chooser, Switching *self)
{
  bijou_user_chooser_set_busy (chooser, TRUE);
  run (self, keep_in_worker, on_kept_cb);
}

/* --- opening --- */

static void
open_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Switching *self = task_data;
  g_autoptr (GError) error = NULL;
  BijouAccountVisit *visit = bijou_account_visit_open (source, self->account_id, &error);

  if (visit != NULL)
    g_task_return_pointer (task, visit, (GDestroyNotify) bijou_account_visit_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Switching *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  self->visit = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->visit == NULL)
    {
      show_problem (self, error);
      return;
    }
  if (!is_open (self))
    return;
  g_signal_connect_data (self->chooser, "chosen", G_CALLBACK (on_chosen_cb), switching_copy (self),
                         (GClosureNotify) G_CALLBACK (switching_free), 0);
  bijou_user_chooser_begin (self->chooser, self->context, self->visit, TRUE);
}

static GtkWidget *
make_content (BijouUserChooser **chooser)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *scroll = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();

  *chooser = g_object_new (BIJOU_TYPE_USER_CHOOSER, NULL);
  gtk_widget_add_css_class (header, "flat");
  adw_clamp_set_child (ADW_CLAMP (clamp), GTK_WIDGET (*chooser));
  gtk_widget_set_margin_start (clamp, 18);
  gtk_widget_set_margin_end (clamp, 18);
  gtk_widget_set_margin_bottom (clamp, 18);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), clamp);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scroll);
  return box;
}

static gboolean
on_escape_cb (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

static void
close_on_escape (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                        gtk_callback_action_new (on_escape_cb, NULL, NULL)));
  gtk_widget_add_controller (window, controller);
}

/**
 * bijou_user_window_show:
 * @parent: above which window
 * @context: the context
 * @account_id: a known account with a home
 */
void
bijou_user_window_show (GtkWindow *parent, BijouContext *context, const char *account_id)
{
  GtkWidget *window = adw_window_new ();
  BijouUserChooser *chooser;
  Switching self = { GTK_WINDOW (window), NULL, context, NULL, (char *) account_id };

  gtk_window_set_title (GTK_WINDOW (window), _ ("Switch User"));
  gtk_window_set_transient_for (GTK_WINDOW (window), parent);
  gtk_window_set_modal (GTK_WINDOW (window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (window), WIDTH, HEIGHT);
  adw_window_set_content (ADW_WINDOW (window), make_content (&chooser));
  close_on_escape (window);
  gtk_window_present (GTK_WINDOW (window));
  self.chooser = chooser;
  run (&self, open_in_worker, on_opened_cb);
}
