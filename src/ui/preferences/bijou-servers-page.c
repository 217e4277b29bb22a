#include "config.h"

#include "bijou-servers-page.h"

#include "bijou-account-row.h"
#include "bijou-accounts.h"
#include "bijou-authority-row.h"
#include "bijou-server-row.h"
#include "bijou-sign-out.h"
#include "bijou-user-window.h"

#include <glib/gi18n.h>

struct _BijouServersPage
{
  AdwPreferencesPage parent_instance;

  BijouContext *context;     /* (owned) (nullable) NULL before it is set and after closing */
  GCancellable *cancellable; /* (owned) of reads */
  GPtrArray *rows;           /* (owned) of BijouServerRow, unowned */
  GPtrArray *account_rows;   /* (owned) of BijouAccountRow, unowned */
  GtkWidget *empty_row;      /* (unowned) (nullable) says that there is no server */

  /* Template */
  AdwPreferencesGroup *servers_group;
  AdwPreferencesGroup *accounts_group;
  GtkButton *add_button;
  GtkSwitch *start_switch;
  GtkSwitch *live_switch;
  GtkSwitch *insecure_switch;
  BijouAuthorityRow *authority_row;
  AdwComboRow *interval_row;
  AdwActionRow *secrets_row;
};

G_DEFINE_FINAL_TYPE (BijouServersPage, bijou_servers_page, ADW_TYPE_PREFERENCES_PAGE)

/* Minutes, in the order of the rows of bijou-servers-page.ui. */
static const guint intervals[] = { 0, 15, 60, 360, 1440 };

static GtkWindow *
get_window (BijouServersPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* --- adding and signing in: the main window does it --- */

static void
on_add_cb (BijouServersPage *self)
{
  GtkWindow *window = get_window (self);
  GtkWindow *parent = gtk_window_get_transient_for (window);

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.add-server", NULL);
  gtk_window_close (window);
}

static void
do_with_server (BijouServersPage *self, const char *action, const char *id)
{
  GtkWindow *window = get_window (self);
  GtkWindow *parent = gtk_window_get_transient_for (window);

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), action, "s", id);
  gtk_window_close (window);
}

static void
sign_in_again (BijouServersPage *self, const char *id)
{
  do_with_server (self, "win.sign-in-again", id);
}

static void
on_open_page_cb (BijouServersPage *self, BijouServerRow *row)
{
  do_with_server (self, "win.open-server", bijou_server_row_get_server (row)->id);
}

static void
on_sign_in_cb (BijouServersPage *self, BijouServerRow *row)
{
  sign_in_again (self, bijou_server_row_get_server (row)->id);
}

static void
show_toast (BijouServersPage *self, const char *sentence)
{
  GtkWindow *window = get_window (self);
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);

  if (ADW_IS_PREFERENCES_WINDOW (window))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (window), adw_toast_new (escaped));
}

/* --- signing out --- */

static BijouServerRow *
find_row (BijouServersPage *self, const char *server_id)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      BijouServerRow *row = g_ptr_array_index (self->rows, i);

      if (g_str_equal (bijou_server_row_get_server (row)->id, server_id))
        return row;
    }
  return NULL;
}

static void
tell_failure (BijouServersPage *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);

  show_toast (self, sentence);
}

static BijouServersPage *
get_page (gpointer row)
{
  return BIJOU_SERVERS_PAGE (gtk_widget_get_ancestor (row, BIJOU_TYPE_SERVERS_PAGE));
}

static void
on_sign_out_told_cb (gboolean begun, const GError *error, gpointer user_data)
{
  bijou_server_row_set_busy (user_data, begun);
  if (!begun)
    tell_failure (get_page (user_data), error);
}

static void
on_sign_out_cb (BijouServersPage *self, BijouServerRow *row)
{
  bijou_sign_out_ask (GTK_WIDGET (row), self->context, bijou_server_row_get_server (row),
                      on_sign_out_told_cb, row);
}

/* --- accounts --- */

static BijouAccountRow *
find_account_row (BijouServersPage *self, const char *account_id)
{
  for (guint i = 0; i < self->account_rows->len; i++)
    {
      BijouAccountRow *row = g_ptr_array_index (self->account_rows, i);

      if (g_str_equal (bijou_account_row_get_account (row)->id, account_id))
        return row;
    }
  return NULL;
}

static void
on_account_told_cb (gboolean begun, const GError *error, gpointer user_data)
{
  bijou_account_row_set_busy (user_data, begun);
  if (!begun)
    tell_failure (get_page (user_data), error);
}

static void
on_account_sign_out_cb (BijouServersPage *self, BijouAccountRow *row)
{
  bijou_sign_out_ask_account (GTK_WIDGET (row), self->context, bijou_account_row_get_account (row),
                              on_account_told_cb, row);
}

static void
on_account_sign_in_cb (BijouServersPage *self, BijouAccountRow *row)
{
  sign_in_again (self, bijou_account_row_get_account (row)->id);
}

static void
on_account_switch_user_cb (BijouServersPage *self, BijouAccountRow *row)
{
  bijou_user_window_show (get_window (self), self->context,
                          bijou_account_row_get_account (row)->id);
}

static void
on_account_failed_cb (BijouServersPage *self, const char *sentence)
{
  show_toast (self, sentence);
}

static BijouAccountRow *
add_account_row (BijouServersPage *self, const BijouAccount *account)
{
  BijouAccountRow *row = bijou_account_row_new (self->context, account);

  g_signal_connect_object (row, "sign-out", G_CALLBACK (on_account_sign_out_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "sign-in", G_CALLBACK (on_account_sign_in_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "switch-user", G_CALLBACK (on_account_switch_user_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "failed", G_CALLBACK (on_account_failed_cb), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->accounts_group, GTK_WIDGET (row));
  g_ptr_array_add (self->account_rows, row);
  return row;
}

static gboolean
lists_account (GPtrArray *accounts, const char *account_id)
{
  for (guint i = 0; i < accounts->len; i++)
    if (g_str_equal (((BijouAccount *) accounts->pdata[i])->id, account_id))
      return TRUE;
  return FALSE;
}

static void
fill_accounts (BijouServersPage *self, GPtrArray *accounts, GPtrArray *servers)
{
  for (guint i = self->account_rows->len; i > 0; i--)
    {
      BijouAccountRow *row = g_ptr_array_index (self->account_rows, i - 1);

      if (lists_account (accounts, bijou_account_row_get_account (row)->id))
        continue;
      adw_preferences_group_remove (self->accounts_group, GTK_WIDGET (row));
      g_ptr_array_remove_index (self->account_rows, i - 1);
    }
  for (guint i = 0; i < accounts->len; i++)
    {
      BijouAccount *account = g_ptr_array_index (accounts, i);
      BijouAccountRow *row = find_account_row (self, account->id);

      bijou_account_row_update (row != NULL ? row : add_account_row (self, account), account,
                                servers);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->accounts_group), accounts->len > 0);
}

/* --- the rows --- */

static void
add_row (BijouServersPage *self, BijouServer *server)
{
  BijouServerRow *row = bijou_server_row_new (self->context, server);

  g_signal_connect_object (row, "sign-out", G_CALLBACK (on_sign_out_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "sign-in", G_CALLBACK (on_sign_in_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "open-page", G_CALLBACK (on_open_page_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (self->servers_group, GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);
}

static gboolean
lists_server (GPtrArray *servers, const char *server_id)
{
  for (guint i = 0; i < servers->len; i++)
    if (g_str_equal (((BijouServer *) g_ptr_array_index (servers, i))->id, server_id))
      return TRUE;
  return FALSE;
}

static void
remove_gone_rows (BijouServersPage *self, GPtrArray *servers)
{
  for (guint i = self->rows->len; i > 0; i--)
    {
      BijouServerRow *row = g_ptr_array_index (self->rows, i - 1);

      if (lists_server (servers, bijou_server_row_get_server (row)->id))
        continue;
      adw_preferences_group_remove (self->servers_group, GTK_WIDGET (row));
      g_ptr_array_remove_index (self->rows, i - 1);
    }
}

static void
remove_rows (BijouServersPage *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->servers_group, g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < self->account_rows->len; i++)
    adw_preferences_group_remove (self->accounts_group, g_ptr_array_index (self->account_rows, i));
  g_ptr_array_set_size (self->account_rows, 0);
}

static void
show_empty (BijouServersPage *self, gboolean empty)
{
  if (empty && self->empty_row == NULL)
    {
      self->empty_row = adw_action_row_new ();
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->empty_row), _ ("No Server Yet"));
      adw_action_row_set_subtitle (ADW_ACTION_ROW (self->empty_row),
                                   _ ("Add a Plex or Jellyfin server to watch from it."));
      adw_preferences_group_add (self->servers_group, self->empty_row);
    }
  else if (!empty && self->empty_row != NULL)
    {
      adw_preferences_group_remove (self->servers_group, self->empty_row);
      self->empty_row = NULL;
    }
}

/* Rows stay where they can, so that an open one remains open. */
static void
fill (BijouServersPage *self, GPtrArray *servers)
{
  remove_gone_rows (self, servers);
  for (guint i = 0; i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);
      BijouServerRow *row = find_row (self, server->id);

      if (row != NULL)
        bijou_server_row_set_server (row, server);
      else
        add_row (self, server);
    }
  show_empty (self, servers->len == 0);
}

typedef struct
{
  GPtrArray *servers;  /* (owned) of BijouServer */
  GPtrArray *accounts; /* (owned) of BijouAccount */
} Known;

static void
known_free (gpointer data)
{
  Known *known = data;

  g_clear_pointer (&known->servers, g_ptr_array_unref);
  g_clear_pointer (&known->accounts, g_ptr_array_unref);
  g_free (known);
}

static gpointer
read_known (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Known *known = g_new0 (Known, 1);

  known->servers = bijou_store_list_servers (store, error);
  if (known->servers != NULL)
    known->accounts = bijou_store_list_accounts (store, error);
  if (known->accounts != NULL)
    return known;
  known_free (known);
  return NULL;
}

static void
on_servers_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  Known *known = bijou_store_run_finish (BIJOU_STORE (source), result, &error);

  if (known != NULL)
    {
      fill (user_data, known->servers);
      fill_accounts (user_data, known->accounts, known->servers);
      known_free (known);
    }
  else if (!bijou_error_is_cancelled (error))
    g_warning ("The servers cannot be read: %s", error->message);
}

static void
reload (BijouServersPage *self)
{
  bijou_store_run_async (bijou_context_get_store (self->context), read_known, NULL, NULL,
                         known_free, self->cancellable, on_servers_cb, self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouServersPage *self)
{
  if (change->flags & BIJOU_STORE_SERVERS)
    reload (self);
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, BijouServersPage *self)
{
  BijouServerRow *row = find_row (self, server_id);

  if (row != NULL)
    bijou_server_row_update_state (row);
}

/* --- settings --- */

static gboolean
minutes_to_position (GValue *value, GVariant *variant, gpointer data)
{
  guint minutes = g_variant_get_uint32 (variant);
  guint position = 0;

  for (guint i = 0; i < G_N_ELEMENTS (intervals); i++)
    if (minutes >= intervals[i])
      position = i;
  if (minutes > 0 && position == 0)
    position = 1;
  g_value_set_uint (value, position);
  return TRUE;
}

static GVariant *
position_to_minutes (const GValue *value, const GVariantType *type, gpointer data)
{
  guint position = g_value_get_uint (value);

  return position < G_N_ELEMENTS (intervals) ? g_variant_new_uint32 (intervals[position]) : NULL;
}

static gboolean
insecure_to_active (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_boolean (value, g_str_equal (g_variant_get_string (variant, NULL), "local"));
  return TRUE;
}

static GVariant *
active_to_insecure (const GValue *value, const GVariantType *type, gpointer data)
{
  return g_variant_new_string (g_value_get_boolean (value) ? "local" : "never");
}

static void
bind_settings (BijouServersPage *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  g_settings_bind (settings, "sync-at-start", self->start_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "live-updates", self->live_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (settings, "insecure-connections", self->insecure_switch, "active",
                                G_SETTINGS_BIND_DEFAULT, insecure_to_active, active_to_insecure,
                                NULL, NULL);
  bijou_authority_row_set_settings (self->authority_row, settings);
  g_settings_bind_with_mapping (settings, "sync-interval-minutes", self->interval_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, minutes_to_position, position_to_minutes,
                                NULL, NULL);
}

static const char *
describe_secrets (BijouSecretsPlace place)
{
  switch (place)
    {
    case BIJOU_SECRETS_IN_KEYRING:
      return _ ("In the keyring");
    case BIJOU_SECRETS_IN_MEMORY:
      return _ ("Only until Bijou is closed, as the keyring is locked or does not answer");
    case BIJOU_SECRETS_IN_FILE:
    default:
      return _ ("In a file that only you can read, as no keyring is in use");
    }
}

static void
show_secrets (BijouServersPage *self)
{
  adw_action_row_set_subtitle (self->secrets_row,
                               describe_secrets (bijou_context_get_secrets_place (self->context)));
}

/* --- life --- */

static void
bijou_servers_page_dispose (GObject *object)
{
  BijouServersPage *self = BIJOU_SERVERS_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  /* libadwaita 1.2 never frees a group that was in a page of a window, nor the rows in it. */
  remove_rows (self);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_servers_page_parent_class)->dispose (object);
}

static void
bijou_servers_page_finalize (GObject *object)
{
  BijouServersPage *self = BIJOU_SERVERS_PAGE (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->rows);
  g_ptr_array_unref (self->account_rows);

  G_OBJECT_CLASS (bijou_servers_page_parent_class)->finalize (object);
}

static void
bijou_servers_page_class_init (BijouServersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_servers_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_servers_page_finalize;

  g_type_ensure (BIJOU_TYPE_AUTHORITY_ROW);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/preferences/bijou-servers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, servers_group);
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, accounts_group);
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, add_button);
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, start_switch);
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, live_switch);
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, insecure_switch);
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, authority_row);
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, interval_row);
  gtk_widget_class_bind_template_child (widget_class, BijouServersPage, secrets_row);
  gtk_widget_class_bind_template_callback (widget_class, on_add_cb);
}

static void
bijou_servers_page_init (BijouServersPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  self->account_rows = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * bijou_servers_page_set_context:
 * @self: the page
 * @context: whose servers it shows; set once
 */
void
bijou_servers_page_set_context (BijouServersPage *self, BijouContext *context)
{
  g_return_if_fail (self->context == NULL);
  self->context = g_object_ref (context);
  bind_settings (self);
  show_secrets (self);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  g_signal_connect_object (context, "server-state-changed", G_CALLBACK (on_server_state_cb), self,
                           0);
  reload (self);
}
