#include "config.h"

#include "bijou-account-row.h"

#include "bijou-account-visit.h"
#include "bijou-accounts.h"

#include <glib/gi18n.h>

struct _BijouAccountRow
{
  AdwExpanderRow parent_instance;

  BijouContext *context;     /* (owned) */
  BijouAccount *account;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *known;          /* (owned) of BijouServer, those that are here */
  GPtrArray *others; /* (owned) (nullable) of BijouServer, likewise, of other accounts too */
  GPtrArray *listed; /* (owned) (nullable) of BijouSignedIn, what the account says */
  GPtrArray *rows;   /* (owned) of AdwActionRow, unowned; the servers */
  gboolean asked;
  gboolean signed_out;
  gboolean busy;

  /* Template */
  GtkSpinner *spinner;
  AdwActionRow *person_row;
  GtkWidget *buttons_row;
  GtkWidget *switch_button;
  GtkWidget *sign_in_button;
  GtkWidget *sign_out_button;
};

G_DEFINE_FINAL_TYPE (BijouAccountRow, bijou_account_row, ADW_TYPE_EXPANDER_ROW)

enum
{
  SIGN_IN,
  SIGN_OUT,
  SWITCH_USER,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What the account service says. */
typedef struct
{
  GPtrArray *servers; /* (owned) (nullable) of BijouSignedIn */
  guint n_people;
  gboolean signed_out;
} Listing;

static void
listing_free (gpointer data)
{
  Listing *listing = data;

  g_clear_pointer (&listing->servers, g_ptr_array_unref);
  g_free (listing);
}

static BijouServer *
find_known (BijouAccountRow *self, const char *server_id)
{
  for (guint i = 0; i < self->known->len; i++)
    if (g_strcmp0 (((BijouServer *) self->known->pdata[i])->id, server_id) == 0)
      return g_ptr_array_index (self->known, i);
  return NULL;
}

static BijouSignedIn *
find_listed (BijouAccountRow *self, const char *server_id)
{
  for (guint i = 0; self->listed != NULL && i < self->listed->len; i++)
    if (g_strcmp0 (((BijouSignedIn *) self->listed->pdata[i])->server->id, server_id) == 0)
      return g_ptr_array_index (self->listed, i);
  return NULL;
}

/* --- a server is switched on or off --- */

typedef struct
{
  BijouAccountRow *row;     /* (owned) */
  char *server_id;          /* (owned) */
  GPtrArray *listed;        /* (owned) (nullable) keeps @signed_in */
  BijouSignedIn *signed_in; /* (unowned) (nullable) to be added; %NULL: to be forgotten */
} Choice;

static void
choice_free (Choice *choice)
{
  g_object_unref (choice->row);
  g_free (choice->server_id);
  g_clear_pointer (&choice->listed, g_ptr_array_unref);
  g_free (choice);
}

static void
choose_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Choice *choice = task_data;
  g_autoptr (GError) error = NULL;

  if (choice->signed_in != NULL ? bijou_context_add_server (source, choice->signed_in, &error)
                                : bijou_context_forget_server (source, choice->server_id, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_choice_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Choice *choice = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  bijou_account_row_set_busy (choice->row, FALSE);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      sentence = bijou_error_to_sentence (error);
      g_signal_emit (choice->row, signals[FAILED], 0, sentence);
    }
  else if (choice->signed_in != NULL)
    bijou_sync_service_start (bijou_context_get_sync (BIJOU_CONTEXT (source)), choice->server_id,
                              FALSE);
}

static void
choose (BijouAccountRow *self, const char *server_id, BijouSignedIn *signed_in)
{
  Choice *choice = g_new0 (Choice, 1);
  g_autoptr (GTask) task = g_task_new (self->context, NULL, on_choice_done_cb, NULL);

  choice->row = g_object_ref (self);
  choice->server_id = g_strdup (server_id);
  choice->listed = self->listed != NULL ? g_ptr_array_ref (self->listed) : NULL;
  choice->signed_in = signed_in;
  bijou_account_row_set_busy (self, TRUE);
  g_task_set_source_tag (task, choose);
  g_task_set_task_data (task, choice, (GDestroyNotify) choice_free);
  bijou_context_run_async (self->context, task, choose_in_worker);
}

static void
on_switch_active_cb (GtkSwitch *active, GParamSpec *pspec, BijouAccountRow *self)
{
  const char *server_id = g_object_get_data (G_OBJECT (active), "server-id");
  gboolean wanted = gtk_switch_get_active (active);
  BijouSignedIn *signed_in = find_listed (self, server_id);

  if (wanted == (find_known (self, server_id) != NULL))
    return;
  if (!wanted)
    choose (self, server_id, NULL);
  else if (signed_in != NULL)
    choose (self, server_id, signed_in);
}

/* --- the rows of the servers --- */

static void
append_server (BijouAccountRow *self, const char *id, const char *name, const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *active = gtk_switch_new ();

  gtk_switch_set_active (GTK_SWITCH (active), find_known (self, id) != NULL);
  gtk_widget_set_sensitive (active, !self->busy);
  gtk_widget_set_valign (active, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (active), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (active), "server-id", g_strdup (id), g_free);
  g_signal_connect_object (active, "notify::active", G_CALLBACK (on_switch_active_cb), self, 0);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), active);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), active);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), row);
  g_ptr_array_add (self->rows, row);
}

/* Who is signed in to it here through another account. */
static const char *
find_other_user (BijouAccountRow *self, const char *server_id)
{
  for (guint i = 0; self->others != NULL && i < self->others->len; i++)
    {
      BijouServer *server = g_ptr_array_index (self->others, i);

      if (g_strcmp0 (server->id, server_id) == 0 &&
          g_strcmp0 (server->account_id, self->account->id) != 0)
        return server->user_name;
    }
  return NULL;
}

static char *
describe_owner (BijouAccountRow *self, BijouSignedIn *signed_in)
{
  const char *other = find_other_user (self, signed_in->server->id);

  if (other != NULL)
    return g_strdup_printf (_ ("%s uses it here; their library is removed first"), other);
  if (signed_in->owned)
    return g_strdup (_ ("Your own server"));
  return signed_in->owner != NULL ? g_strdup_printf (_ ("Shared by %s"), signed_in->owner)
                                  : g_strdup (_ ("Shared with you"));
}

static void
clear_rows (BijouAccountRow *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
}

static void
fill_rows (BijouAccountRow *self)
{
  g_autoptr (GtkWidget) last = g_object_ref (self->buttons_row);

  clear_rows (self);
  adw_expander_row_remove (ADW_EXPANDER_ROW (self), last);
  for (guint i = 0; i < self->known->len; i++)
    {
      BijouServer *server = g_ptr_array_index (self->known, i);
      BijouSignedIn *listed = find_listed (self, server->id);
      g_autofree char *subtitle = listed != NULL ? describe_owner (self, listed) : NULL;

      append_server (self, server->id, server->name, subtitle);
    }
  for (guint i = 0; self->listed != NULL && i < self->listed->len; i++)
    {
      BijouSignedIn *listed = g_ptr_array_index (self->listed, i);
      g_autofree char *subtitle = describe_owner (self, listed);

      if (find_known (self, listed->server->id) == NULL)
        append_server (self, listed->server->id, listed->server->name, subtitle);
    }
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), last);
}

/* --- what the account says --- */

static void
update_text (BijouAccountRow *self)
{
  const BijouBackendType *type = bijou_backend_type_find (self->account->backend);
  BijouServer *first = self->known->len > 0 ? g_ptr_array_index (self->known, 0) : NULL;
  const char *person = first != NULL ? first->user_name : NULL;
  const char *name = self->account->name != NULL ? self->account->name : self->account->id;
  g_autofree char *escaped = g_markup_escape_text (name, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), escaped);
  if (self->signed_out)
    adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), _ ("Not signed in any more"));
  else
    adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), type != NULL ? type->title : "");
  if (person == NULL && self->account->home_user == NULL)
    person = name;
  adw_action_row_set_subtitle (self->person_row, person != NULL ? person : "");
  gtk_widget_set_visible (GTK_WIDGET (self->person_row), person != NULL);
  gtk_widget_set_visible (self->sign_in_button, self->signed_out);
}

static void
list_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouAccountVisit) visit = bijou_account_visit_open (source, task_data, &error);
  g_autoptr (GPtrArray) people = NULL;
  Listing *listing = g_new0 (Listing, 1);

  if (visit != NULL)
    listing->servers = bijou_account_visit_list_servers (visit, cancellable, &error);
  if (listing->servers != NULL)
    people = bijou_account_visit_list_users (visit, cancellable, NULL);
  listing->n_people = people != NULL ? people->len : 0;
  listing->signed_out = g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED);
  if (error != NULL)
    g_info ("The account is not listed: %s", error->message);
  g_task_return_pointer (task, listing, listing_free);
}

static void
on_listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouAccountRow) self = user_data;
  Listing *listing = g_task_propagate_pointer (G_TASK (result), NULL);

  if (listing == NULL || self->context == NULL)
    return;
  bijou_account_row_set_busy (self, FALSE);
  self->signed_out = listing->signed_out;
  if (listing->servers != NULL)
    {
      g_clear_pointer (&self->listed, g_ptr_array_unref);
      self->listed = g_steal_pointer (&listing->servers);
    }
  gtk_widget_set_visible (self->switch_button, listing->n_people > 1);
  update_text (self);
  fill_rows (self);
  listing_free (listing);
}

static void
on_expanded_cb (BijouAccountRow *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->asked || self->context == NULL ||
      !adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)))
    return;
  self->asked = TRUE;
  bijou_account_row_set_busy (self, TRUE);
  task = g_task_new (self->context, self->cancellable, on_listed_cb, g_object_ref (self));
  g_task_set_source_tag (task, on_expanded_cb);
  g_task_set_task_data (task, g_strdup (self->account->id), g_free);
  bijou_context_run_async (self->context, task, list_in_worker);
}

/* --- what is asked for --- */

static void
on_switch_cb (BijouAccountRow *self)
{
  g_signal_emit (self, signals[SWITCH_USER], 0);
}

static void
on_sign_in_cb (BijouAccountRow *self)
{
  g_signal_emit (self, signals[SIGN_IN], 0);
}

static void
on_sign_out_cb (BijouAccountRow *self)
{
  g_signal_emit (self, signals[SIGN_OUT], 0);
}

/* --- life --- */

static void
bijou_account_row_dispose (GObject *object)
{
  BijouAccountRow *self = BIJOU_ACCOUNT_ROW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_account_row_parent_class)->dispose (object);
}

static void
bijou_account_row_finalize (GObject *object)
{
  BijouAccountRow *self = BIJOU_ACCOUNT_ROW (object);

  g_object_unref (self->cancellable);
  g_clear_pointer (&self->account, bijou_account_free);
  g_ptr_array_unref (self->known);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_clear_pointer (&self->listed, g_ptr_array_unref);
  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (bijou_account_row_parent_class)->finalize (object);
}

static guint
add_signal (BijouAccountRowClass *klass, const char *name, guint n_params)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, n_params, G_TYPE_STRING);
}

static void
bijou_account_row_class_init (BijouAccountRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_account_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_account_row_finalize;
  signals[SIGN_IN] = add_signal (klass, "sign-in", 0);
  signals[SIGN_OUT] = add_signal (klass, "sign-out", 0);
  signals[SWITCH_USER] = add_signal (klass, "switch-user", 0);
  signals[FAILED] = add_signal (klass, "failed", 1);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/preferences/bijou-account-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouAccountRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountRow, person_row);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountRow, buttons_row);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountRow, switch_button);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountRow, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, BijouAccountRow, sign_out_button);
  gtk_widget_class_bind_template_callback (widget_class, on_switch_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_cb);
}

static void
bijou_account_row_init (BijouAccountRow *self)
{
  self->cancellable = g_cancellable_new ();
  self->known = g_ptr_array_new_with_free_func (g_object_unref);
  self->rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::expanded", G_CALLBACK (on_expanded_cb), NULL);
}

/**
 * bijou_account_row_new:
 * @context: the context
 * @account: an account
 *
 * Returns: (transfer floating): its row, to be filled by bijou_account_row_update()
 */
BijouAccountRow *
bijou_account_row_new (BijouContext *context, const BijouAccount *account)
{
  BijouAccountRow *self = g_object_new (BIJOU_TYPE_ACCOUNT_ROW, NULL);

  self->context = g_object_ref (context);
  self->account = bijou_account_copy (account);
  return self;
}

/**
 * bijou_account_row_get_account:
 * @self: the row
 *
 * Returns: (transfer none): its account
 */
const BijouAccount *
bijou_account_row_get_account (BijouAccountRow *self)
{
  return self->account;
}

static gboolean
is_same_list (GPtrArray *a, GPtrArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++)
    {
      BijouServer *one = g_ptr_array_index (a, i);
      BijouServer *other = g_ptr_array_index (b, i);

      if (g_strcmp0 (one->id, other->id) != 0 || g_strcmp0 (one->name, other->name) != 0 ||
          g_strcmp0 (one->user_name, other->user_name) != 0)
        return FALSE;
    }
  return a->len == b->len;
}

/**
 * bijou_account_row_update:
 * @self: the row
 * @account: the same account with newer values
 * @servers: (element-type BijouServer): all servers that are known
 */
void
bijou_account_row_update (BijouAccountRow *self, const BijouAccount *account, GPtrArray *servers)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new_with_free_func (g_object_unref);
  gboolean other_user = g_strcmp0 (account->home_user, self->account->home_user) != 0;

  for (guint i = 0; i < servers->len; i++)
    if (g_strcmp0 (((BijouServer *) servers->pdata[i])->account_id, account->id) == 0)
      g_ptr_array_add (known, g_object_ref (g_ptr_array_index (servers, i)));
  g_clear_pointer (&self->others, g_ptr_array_unref);
  self->others = g_ptr_array_ref (servers);
  if (other_user)
    {
      g_clear_pointer (&self->listed, g_ptr_array_unref);
      self->asked = FALSE;
    }
  bijou_account_free (self->account);
  self->account = bijou_account_copy (account);
  if (!is_same_list (known, self->known) || other_user || self->rows->len == 0)
    {
      g_ptr_array_unref (self->known);
      self->known = g_steal_pointer (&known);
      fill_rows (self);
    }
  update_text (self);
  on_expanded_cb (self);
}

/**
 * bijou_account_row_set_busy:
 * @self: the row
 * @busy: whether something is waited for
 */
void
bijou_account_row_set_busy (BijouAccountRow *self, gboolean busy)
{
  self->busy = busy;
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  gtk_widget_set_sensitive (self->switch_button, !busy);
  gtk_widget_set_sensitive (self->sign_in_button, !busy);
  gtk_widget_set_sensitive (self->sign_out_button, !busy);
  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_set_sensitive (g_ptr_array_index (self->rows, i), !busy);
}
