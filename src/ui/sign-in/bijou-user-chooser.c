#include "config.h"

#include "bijou-user-chooser.h"

#include <glib/gi18n.h>

#define AVATAR_SIZE 40

struct _BijouUserChooser
{
  GtkWidget parent_instance;

  BijouContext *context;       /* (owned) (nullable) */
  BijouAccountVisit *visit;    /* (owned) (nullable) */
  GCancellable *cancellable;   /* (owned) */
  GPtrArray *users;            /* (owned) (nullable) of BijouAccountUser, one for each row */
  BijouAccountUser *protected; /* (unowned) (nullable) whose PIN is asked for */
  gboolean may_stay;           /* who is at it need not be asked for a PIN */

  /* Template */
  GtkWidget *content;
  GtkSpinner *spinner;
  GtkListBox *list;
  GtkWidget *pin_list;
  GtkWidget *pin;
  GtkLabel *problem;
  GtkWidget *note;
  GtkWidget *submit;
};

G_DEFINE_FINAL_TYPE (BijouUserChooser, bijou_user_chooser, GTK_TYPE_WIDGET)

enum
{
  LOADED,
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What a worker is given: the widget belongs to the main thread. */
typedef struct
{
  BijouAccountVisit *visit; /* (owned) */
  char *user_id;            /* (owned) (nullable) */
  char *user_name;          /* (owned) (nullable) */
  char *pin;                /* (owned) (nullable) */
} Work;

static void
work_free (Work *work)
{
  bijou_account_visit_unref (work->visit);
  g_free (work->user_id);
  g_free (work->user_name);
  g_free (work->pin);
  g_free (work);
}

static void
run (BijouUserChooser *self, Work *work, GTaskThreadFunc func, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task =
      g_task_new (self->context, self->cancellable, callback, g_object_ref (self));

  g_task_set_source_tag (task, run);
  g_task_set_task_data (task, work, (GDestroyNotify) work_free);
  bijou_context_run_async (self->context, task, func);
}

/**
 * bijou_user_chooser_set_busy:
 * @self: the chooser
 * @busy: whether something is waited for
 */
void
bijou_user_chooser_set_busy (BijouUserChooser *self, gboolean busy)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  /* An entry that becomes insensitive is not told that the focus left it. */
  if (busy && root != NULL)
    gtk_root_set_focus (root, NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->list), !busy);
  gtk_widget_set_sensitive (self->pin_list, !busy);
  gtk_widget_set_sensitive (self->submit, !busy);
}

/**
 * bijou_user_chooser_show_problem:
 * @self: the chooser
 * @sentence: what went wrong
 */
void
bijou_user_chooser_show_problem (BijouUserChooser *self, const char *sentence)
{
  bijou_user_chooser_set_busy (self, FALSE);
  gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
}

/* --- switching --- */

static void
switch_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  BijouAccountUser user = { .id = work->user_id, .name = work->user_name };
  g_autoptr (GError) error = NULL;

  if (bijou_account_visit_switch_user (work->visit, &user, work->pin, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_switched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouUserChooser) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_signal_emit (self, signals[CHOSEN], 0);
      return;
    }
  if (bijou_error_is_cancelled (error))
    return;
  sentence = g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN)
                 ? g_strdup (_ ("The PIN is not right."))
                 : bijou_error_to_sentence (error);
  bijou_user_chooser_show_problem (self, sentence);
  if (self->protected != NULL)
    gtk_widget_grab_focus (self->pin);
}

static void
switch_to (BijouUserChooser *self, const BijouAccountUser *user, const char *pin)
{
  Work *work = g_new0 (Work, 1);

  work->visit = bijou_account_visit_ref (self->visit);
  work->user_id = g_strdup (user->id);
  work->user_name = g_strdup (user->name);
  work->pin = g_strdup (pin);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  bijou_user_chooser_set_busy (self, TRUE);
  run (self, work, switch_in_worker, on_switched_cb);
}

static void
ask_for_pin (BijouUserChooser *self, BijouAccountUser *user)
{
  /* Translators: %s is somebody's name */
  g_autofree char *title = g_strdup_printf (_ ("PIN of %s"), user->name);
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  self->protected = user;
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->pin), escaped);
  gtk_editable_set_text (GTK_EDITABLE (self->pin), "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  gtk_widget_set_visible (self->pin_list, TRUE);
  gtk_widget_set_visible (self->submit, TRUE);
  gtk_widget_set_sensitive (self->submit, FALSE);
  gtk_widget_grab_focus (self->pin);
}

static void
on_row_activated_cb (GtkListBox *list, GtkListBoxRow *row, BijouUserChooser *self)
{
  BijouAccountUser *user = g_ptr_array_index (self->users, gtk_list_box_row_get_index (row));

  if (self->may_stay && g_str_equal (user->id, bijou_account_visit_get_user_id (self->visit)))
    g_signal_emit (self, signals[CHOSEN], 0);
  else if (user->needs_pin)
    ask_for_pin (self, user);
  else
    switch_to (self, user, NULL);
}

static void
on_pin_changed_cb (BijouUserChooser *self)
{
  gtk_widget_set_sensitive (self->submit,
                            *gtk_editable_get_text (GTK_EDITABLE (self->pin)) != '\0');
}

static void
submit (BijouUserChooser *self)
{
  const char *pin = gtk_editable_get_text (GTK_EDITABLE (self->pin));

  if (self->protected != NULL && *pin != '\0')
    switch_to (self, self->protected, pin);
}

/* --- the people --- */

static const char *
describe (BijouUserChooser *self, BijouAccountUser *user)
{
  if (g_str_equal (user->id, bijou_account_visit_get_user_id (self->visit)))
    return bijou_account_visit_is_known (self->visit) ? _ ("Is watching here now")
                                                      : _ ("Signed in");
  if (user->restricted)
    return _ ("Sees what was chosen for them");
  return user->admin ? _ ("Owner of this home") : NULL;
}

static void
append_user (BijouUserChooser *self, BijouAccountUser *user)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *avatar = adw_avatar_new (AVATAR_SIZE, user->name, TRUE);
  const char *description = describe (self, user);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), user->name);
  if (description != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), description);
  gtk_widget_set_margin_top (avatar, 6);
  gtk_widget_set_margin_bottom (avatar, 6);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), avatar);
  if (user->needs_pin)
    {
      GtkWidget *lock = gtk_image_new_from_icon_name ("system-lock-screen-symbolic");

      gtk_accessible_update_property (GTK_ACCESSIBLE (lock), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Needs a PIN"), -1);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), lock);
    }
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_list_box_append (self->list, row);
}

static void
list_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  g_autoptr (GError) error = NULL;
  GPtrArray *users = bijou_account_visit_list_users (work->visit, cancellable, &error);

  if (users != NULL)
    g_task_return_pointer (task, users, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouUserChooser) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  self->users = g_task_propagate_pointer (G_TASK (result), &error);
  if (bijou_error_is_cancelled (error))
    return;
  bijou_user_chooser_set_busy (self, FALSE);
  for (guint i = 0; self->users != NULL && i < self->users->len; i++)
    append_user (self, g_ptr_array_index (self->users, i));
  gtk_widget_set_visible (GTK_WIDGET (self->list), self->users != NULL && self->users->len > 0);
  if (error != NULL)
    {
      sentence = bijou_error_to_sentence (error);
      bijou_user_chooser_show_problem (self, sentence);
    }
  g_signal_emit (self, signals[LOADED], 0, self->users != NULL ? self->users->len : 0);
  gtk_widget_child_focus (GTK_WIDGET (self->list), GTK_DIR_TAB_FORWARD);
}

/* --- life --- */

static void
bijou_user_chooser_dispose (GObject *object)
{
  BijouUserChooser *self = BIJOU_USER_CHOOSER (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_pointer (&self->visit, bijou_account_visit_unref);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_user_chooser_parent_class)->dispose (object);
}

static void
bijou_user_chooser_finalize (GObject *object)
{
  BijouUserChooser *self = BIJOU_USER_CHOOSER (object);

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->users, g_ptr_array_unref);

  G_OBJECT_CLASS (bijou_user_chooser_parent_class)->finalize (object);
}

static void
bijou_user_chooser_class_init (BijouUserChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_user_chooser_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_user_chooser_finalize;
  signals[LOADED] = g_signal_new ("loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/sign-in/bijou-user-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouUserChooser, content);
  gtk_widget_class_bind_template_child (widget_class, BijouUserChooser, spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouUserChooser, list);
  gtk_widget_class_bind_template_child (widget_class, BijouUserChooser, pin_list);
  gtk_widget_class_bind_template_child (widget_class, BijouUserChooser, pin);
  gtk_widget_class_bind_template_child (widget_class, BijouUserChooser, problem);
  gtk_widget_class_bind_template_child (widget_class, BijouUserChooser, note);
  gtk_widget_class_bind_template_child (widget_class, BijouUserChooser, submit);
}

static void
bijou_user_chooser_init (BijouUserChooser *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated_cb), self, 0);
  g_signal_connect_object (self->pin, "changed", G_CALLBACK (on_pin_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->pin, "entry-activated", G_CALLBACK (submit), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->submit, "clicked", G_CALLBACK (submit), self, G_CONNECT_SWAPPED);
}

/**
 * bijou_user_chooser_begin:
 * @self: a new chooser
 * @context: the context
 * @visit: the account; from now on only the chooser's workers use it until `chosen`
 * @may_stay: whether who is at it may be chosen without a question, after a sign-in
 *
 * Asks who there is.
 */
void
bijou_user_chooser_begin (BijouUserChooser *self,
                          BijouContext *context,
                          BijouAccountVisit *visit,
                          gboolean may_stay)
{
  Work *work = g_new0 (Work, 1);

  g_return_if_fail (self->visit == NULL);
  self->context = g_object_ref (context);
  self->visit = bijou_account_visit_ref (visit);
  self->may_stay = may_stay;
  work->visit = bijou_account_visit_ref (visit);
  gtk_widget_set_visible (self->note, bijou_account_visit_is_known (visit));
  run (self, work, list_in_worker, on_listed_cb);
}
