#include "config.h"

#include "bijou-account-step.h"

#include "bijou-code-wait.h"
#include "bijou-user-chooser.h"

#include <glib/gi18n.h>

struct _BijouAccountStep
{
  GtkWidget parent_instance;

  BijouContext *context;        /* (owned) */
  const BijouBackendType *type; /* (unowned) */
  GCancellable *cancellable;    /* (owned) */
  char *code;                   /* (owned) (nullable) */
  char *browser_url;            /* (owned) (nullable) */
  BijouAccountVisit *visit;     /* (owned) (nullable) */
  GPtrArray *signed_in;         /* (owned) (nullable) of BijouSignedIn */
  GPtrArray *switches;          /* (owned) of GtkSwitch, unowned; one for each of them */
  gboolean again;               /* a known account is signed in to again */

  /* Template */
  GtkWidget *stack;
  GtkLabel *title;
  GtkLabel *explanation;
  BijouCodeWait *wait;
  BijouUserChooser *chooser;
  GtkButton *open;
  GtkButton *copy;
  GtkListBox *servers;
  GtkLabel *problem;
  GtkButton *add;
};

G_DEFINE_FINAL_TYPE (BijouAccountStep, bijou_account_step, GTK_TYPE_WIDGET)

enum
{
  SIGNED_IN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
show_problem (BijouAccountStep *self, const char *sentence)
{
  gtk_label_set_label (self->problem, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->add), TRUE);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "servers");
}

static void
on_kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAccountStep) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (bijou_sign_in_keep_finish (result, &error))
    {
      g_signal_emit (self, signals[SIGNED_IN], 0);
      return;
    }
  if (bijou_error_is_cancelled (error))
    return;
  sentence = bijou_error_to_sentence (error);
  show_problem (self, sentence);
}

static void
keep (BijouAccountStep *self, GPtrArray *chosen)
{
  gtk_widget_set_sensitive (GTK_WIDGET (self->add), FALSE);
  bijou_sign_in_keep_async (self->context, chosen, self->visit, self->cancellable, on_kept_cb,
                            g_object_ref (self));
}

static void
on_add_clicked_cb (GtkButton *button, BijouAccountStep *self)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new (); /* self->signed_in goes on owning them */

  for (guint i = 0; i < self->signed_in->len; i++)
    if (gtk_switch_get_active (g_ptr_array_index (self->switches, i)))
      g_ptr_array_add (chosen, g_ptr_array_index (self->signed_in, i));

  if (chosen->len == 0)
    show_problem (self, _ ("Choose at least one server."));
  else
    keep (self, chosen);
}

static char *
describe_server (BijouSignedIn *signed_in, const char *other)
{
  if (other != NULL)
    return g_strdup_printf (_ ("%s uses it here; their library is removed first"), other);
  if (signed_in->owned)
    return g_strdup (_ ("Your own server"));
  return signed_in->owner != NULL ? g_strdup_printf (_ ("Shared by %s"), signed_in->owner)
                                  : g_strdup (_ ("Shared with you"));
}

static gboolean
is_used_by_other (BijouAccountStep *self, guint index)
{
  BijouSignedIn *signed_in = g_ptr_array_index (self->signed_in, index);

  return bijou_account_visit_get_other_user (self->visit, signed_in->server->id) != NULL;
}

static void
append_server (BijouAccountStep *self, BijouSignedIn *signed_in)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *active = gtk_switch_new ();
  const char *other = bijou_account_visit_get_other_user (self->visit, signed_in->server->id);
  g_autofree char *subtitle = describe_server (signed_in, other);

  gtk_switch_set_active (GTK_SWITCH (active), signed_in->owned && other == NULL);
  gtk_widget_set_valign (active, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (active), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  signed_in->server->name, -1);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), signed_in->server->name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), active);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), active);
  gtk_list_box_append (self->servers, row);
  g_ptr_array_add (self->switches, active);
}

static void
show_servers (BijouAccountStep *self)
{
  for (guint i = 0; i < self->signed_in->len; i++)
    append_server (self, g_ptr_array_index (self->signed_in, i));

  if (self->signed_in->len == 0)
    {
      show_problem (self, _ ("This account has no servers."));
      gtk_widget_set_visible (GTK_WIDGET (self->add), FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self->servers), FALSE);
    }
  else if (self->signed_in->len == 1 && !is_used_by_other (self, 0))
    keep (self, self->signed_in);
  else
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "servers");
}

static void
list_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *servers = bijou_account_visit_list_servers (task_data, cancellable, &error);

  if (servers != NULL)
    g_task_return_pointer (task, servers, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAccountStep) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  g_clear_pointer (&self->signed_in, g_ptr_array_unref);
  self->signed_in = g_task_propagate_pointer (G_TASK (result), &error);
  if (bijou_error_is_cancelled (error))
    return;
  if (self->signed_in != NULL)
    {
      show_servers (self);
      return;
    }
  sentence = bijou_error_to_sentence (error);
  show_problem (self, sentence);
}

/* A known account goes on with the servers that it has. */
static void
on_chosen_cb (BijouUserChooser *chooser, BijouAccountStep *self)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GTask) task = NULL;

  bijou_user_chooser_set_busy (chooser, TRUE);
  if (self->again && bijou_account_visit_is_known (self->visit))
    {
      keep (self, none);
      return;
    }
  task = g_task_new (self->context, self->cancellable, on_listed_cb, g_object_ref (self));
  g_task_set_source_tag (task, on_chosen_cb);
  g_task_set_task_data (task, bijou_account_visit_ref (self->visit),
                        (GDestroyNotify) bijou_account_visit_unref);
  bijou_context_run_async (self->context, task, list_in_worker);
}

/* Somebody who lives alone is not asked who they are. */
static void
on_people_loaded_cb (BijouUserChooser *chooser, guint n_people, BijouAccountStep *self)
{
  if (n_people > 1)
    gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "people");
  else
    on_chosen_cb (chooser, self);
}

static void
on_confirmed_cb (BijouCodeWait *wait,
                 GPtrArray *signed_in,
                 BijouAccountVisit *visit,
                 BijouAccountStep *self)
{
  self->visit = bijou_account_visit_ref (visit);
  self->signed_in = g_ptr_array_ref (signed_in);
  bijou_user_chooser_begin (self->chooser, self->context, visit, TRUE);
}

static void
on_code_cb (BijouCodeWait *wait, const BijouSignInCode *code, BijouAccountStep *self)
{
  g_autofree char *explanation = NULL;
  g_autofree char *label = NULL;
  const char *link = code->link_text != NULL ? code->link_text : self->type->title;

  g_free (self->code);
  g_free (self->browser_url);
  self->code = g_strdup (code->code);
  self->browser_url = g_strdup (code->browser_url);
  explanation = g_strdup_printf (_ ("Confirm this code on %s, here or on your phone."), link);
  label = g_strdup_printf (_ ("Open %s in Browser"), link);
  gtk_label_set_label (self->explanation, explanation);
  gtk_button_set_label (self->open, label);
  gtk_widget_set_sensitive (GTK_WIDGET (self->open), code->browser_url != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->copy), TRUE);
}

static void
on_open_clicked_cb (GtkButton *button, BijouAccountStep *self)
{
  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->browser_url,
                GDK_CURRENT_TIME);
}

static void
on_copy_clicked_cb (GtkButton *button, BijouAccountStep *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->code);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", _ ("The code is copied"));
}

static void
abandon_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  bijou_account_visit_abandon (task_data, cancellable);
  g_task_return_boolean (task, TRUE);
}

/* Nobody may want what was signed in to; once it is kept this does nothing. */
static void
abandon (BijouAccountStep *self)
{
  g_autoptr (GTask) task = g_task_new (self->context, NULL, NULL, NULL);

  g_task_set_source_tag (task, abandon);
  g_task_set_task_data (task, g_steal_pointer (&self->visit),
                        (GDestroyNotify) bijou_account_visit_unref);
  bijou_context_run_async (self->context, task, abandon_in_worker);
}

static void
bijou_account_step_dispose (GObject *object)
{
  BijouAccountStep *self = BIJOU_ACCOUNT_STEP (object);

  g_cancellable_cancel (self->cancellable);
  if (self->visit != NULL)
    abandon (self);
  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_account_step_parent_class)->dispose (object);
}

static void
bijou_account_step_finalize (GObject *object)
{
  BijouAccountStep *self = BIJOU_ACCOUNT_STEP (object);

  g_object_unref (self->cancellable);
  g_free (self->code);
  g_free (self->browser_url);
  g_clear_pointer (&self->signed_in, g_ptr_array_unref);
  g_ptr_array_unref (self->switches);

  G_OBJECT_CLASS (bijou_account_step_parent_class)->finalize (object);
}

static void
bijou_account_step_class_init (BijouAccountStepClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_account_step_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_account_step_finalize;
  signals[SIGNED_IN] = g_signal_new ("signed-in", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (BIJOU_TYPE_CODE_WAIT);
  g_type_ensure (BIJOU_TYPE_USER_CHOOSER);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/sign-in/bijou-account-step.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, stack);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, title);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, explanation);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, wait);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, chooser);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, open);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, copy);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, servers);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, problem);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountStep, add);
}

static void
bijou_account_step_init (BijouAccountStep *self)
{
  self->cancellable = g_cancellable_new ();
  self->switches = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->wait, "code", G_CALLBACK (on_code_cb), self, 0);
  g_signal_connect_object (self->wait, "confirmed", G_CALLBACK (on_confirmed_cb), self, 0);
  g_signal_connect_object (self->chooser, "loaded", G_CALLBACK (on_people_loaded_cb), self, 0);
  g_signal_connect_object (self->chooser, "chosen", G_CALLBACK (on_chosen_cb), self, 0);
  g_signal_connect_object (self->open, "clicked", G_CALLBACK (on_open_clicked_cb), self, 0);
  g_signal_connect_object (self->copy, "clicked", G_CALLBACK (on_copy_clicked_cb), self, 0);
  g_signal_connect_object (self->add, "clicked", G_CALLBACK (on_add_clicked_cb), self, 0);
}

/**
 * bijou_account_step_new:
 * @context: the context
 * @type: a protocol with an account service
 * @account_id: (nullable): the account that is signed in to again
 *
 * Returns: (transfer floating): a step that asks for a code at once
 */
BijouAccountStep *
bijou_account_step_new (BijouContext *context, const BijouBackendType *type, const char *account_id)
{
  BijouAccountStep *self = g_object_new (BIJOU_TYPE_ACCOUNT_STEP, NULL);
  g_autofree char *title = g_strdup_printf (_ ("Sign In to %s"), type->title);
  g_autofree char *label = g_strdup_printf (_ ("Open %s in Browser"), type->title);

  self->context = g_object_ref (context);
  self->type = type;
  self->again = account_id != NULL;
  gtk_label_set_label (self->title, title);
  gtk_button_set_label (self->open, label);
  bijou_code_wait_begin (self->wait, context, type, NULL, account_id);
  return self;
}
