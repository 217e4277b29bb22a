#include "config.h"

#include "bijou-server-page.h"

#include "bijou-address-group.h"
#include "bijou-changes-group.h"
#include "bijou-network-group.h"
#include "bijou-proxy-group.h"
#include "bijou-refusals-group.h"
#include "bijou-server-banner.h"
#include "bijou-server-status.h"
#include "bijou-sign-out.h"
#include "bijou-sync-group.h"
#include "bijou-sync-log-group.h"

#include <glib/gi18n.h>

struct _BijouServerPage
{
  BijouBasePage parent_instance;

  char *server_id;     /* (owned) */
  BijouServer *server; /* (owned) (nullable) once it was read */
  char *account_name;  /* (owned) (nullable) of the account that it came with */
  gboolean busy;       /* is being signed out of */

  AdwHeaderBar *header;         /* (unowned) template child */
  AdwWindowTitle *window_title; /* (unowned) template child */
  BijouServerBanner *banner;    /* (unowned) template child */
  GtkWidget *scroller;          /* (unowned) template child */
  GtkWidget *content;           /* (unowned) template child */
  GtkBox *head;                 /* (unowned) template child */
  GtkWidget *head_buttons;      /* (unowned) template child */
  GtkLabel *name;               /* (unowned) template child */
  GtkWidget *dot;               /* (unowned) template child */
  GtkLabel *sentence;           /* (unowned) template child */
  GtkSpinner *spinner;          /* (unowned) template child */
  GtkButton *sign_in_button;    /* (unowned) template child */
  GtkWidget *sign_out_button;   /* (unowned) template child */
  BijouAddressGroup *addresses; /* (unowned) template child */
  BijouNetworkGroup *network;   /* (unowned) template child */
  BijouSyncGroup *sync;         /* (unowned) template child */
  BijouChangesGroup *changes;   /* (unowned) template child */
  BijouRefusalsGroup *refusals; /* (unowned) template child */
  BijouSyncLogGroup *sync_log;  /* (unowned) template child */
  BijouProxyGroup *proxy;       /* (unowned) template child */
};

G_DEFINE_FINAL_TYPE (BijouServerPage, bijou_server_page, BIJOU_TYPE_BASE_PAGE)

/* --- the head --- */

static char *
describe_software (BijouServer *server)
{
  const BijouBackendType *type = bijou_backend_type_find (server->backend);
  const char *title = type != NULL ? type->title : server->backend;

  /* Plex adds a hash: 1.43.2.10467-2b1ba6e69. */
  return server->version != NULL
             ? g_strdup_printf ("%s %.*s", title, (int) strcspn (server->version, "-"),
                                server->version)
             : g_strdup (title);
}

/* Somebody of a Home is at the account of somebody else. */
static char *
describe_user (BijouServerPage *self)
{
  const char *user = self->server->user_name;

  if (user == NULL)
    user = self->account_name;
  if (user == NULL)
    return NULL;
  if (self->account_name != NULL && !g_str_equal (self->account_name, user))
    /* Translators: names of two people */
    return g_strdup_printf (_ ("signed in as %s, account of %s"), user, self->account_name);
  /* Translators: %s is a user's name */
  return g_strdup_printf (_ ("signed in as %s"), user);
}

static void
show_sentence (BijouServerPage *self, const BijouServerStatus *status)
{
  const char *how = self->busy ? _ ("Signing out…") : bijou_server_status_get_sentence (status);
  g_autofree char *software = describe_software (self->server);
  g_autofree char *user = status->mood != BIJOU_SERVER_SIGN_IN ? describe_user (self) : NULL;
  g_autofree char *text = g_strjoin (" · ", how, software, user, NULL);

  gtk_label_set_label (self->sentence, text);
}

static void
show_buttons (BijouServerPage *self, const BijouServerStatus *status)
{
  gboolean must_sign_in = status->mood == BIJOU_SERVER_SIGN_IN;

  gtk_widget_set_visible (GTK_WIDGET (self->sign_in_button), must_sign_in);
  gtk_widget_set_sensitive (self->head_buttons, !self->busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), self->busy);
  gtk_spinner_set_spinning (self->spinner, self->busy);
}

static void
show_status (BijouServerPage *self)
{
  const char *classes[] = { "bijou-dot", NULL, NULL };
  BijouServerStatus status;

  if (self->server == NULL)
    return;
  bijou_server_status_read (&status, bijou_base_page_get_context (BIJOU_BASE_PAGE (self)),
                            self->server_id);
  classes[1] = bijou_server_status_get_dot (&status);
  gtk_widget_set_css_classes (self->dot, classes);
  show_sentence (self, &status);
  show_buttons (self, &status);
}

static void
show_server (BijouServerPage *self)
{
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));

  bijou_base_page_set_title (BIJOU_BASE_PAGE (self), self->server->name);
  adw_window_title_set_title (self->window_title, self->server->name);
  gtk_label_set_label (self->name, self->server->name);
  show_status (self);
  bijou_address_group_set_server (self->addresses, context, self->server);
  bijou_network_group_set_server (self->network, context, self->server);
  bijou_sync_group_set_server (self->sync, context, self->server);
  bijou_changes_group_set_server (self->changes, context, self->server);
  bijou_refusals_group_set_server (self->refusals, context, self->server);
  bijou_sync_log_group_set_server (self->sync_log, context, self->server);
  bijou_proxy_group_set_server (self->proxy, context, self->server);
  gtk_widget_set_visible (self->scroller, TRUE);
}

/* --- reading --- */

typedef struct
{
  BijouServer *server; /* (owned) (nullable) it is gone */
  char *account_name;  /* (owned) (nullable) */
} Contents;

static void
contents_free (Contents *contents)
{
  g_clear_object (&contents->server);
  g_free (contents->account_name);
  g_free (contents);
}

static char *
find_account_name (BijouStore *store, const char *account_id)
{
  g_autoptr (GPtrArray) accounts = bijou_store_list_accounts (store, NULL);

  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    {
      BijouAccount *account = g_ptr_array_index (accounts, i);

      if (g_str_equal (account->id, account_id))
        return g_strdup (account->name);
    }
  return NULL;
}

static gpointer
read_contents (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, error);
  Contents *contents;

  if (servers == NULL)
    return NULL;
  contents = g_new0 (Contents, 1);
  for (guint i = 0; i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_str_equal (server->id, data))
        contents->server = g_object_ref (server);
    }
  if (contents->server != NULL && contents->server->account_id != NULL)
    contents->account_name = find_account_name (store, contents->server->account_id);
  return contents;
}

static void
on_contents_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouServerPage *self;
  g_autoptr (GError) error = NULL;
  Contents *contents = bijou_store_run_finish (BIJOU_STORE (source), result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  if (contents == NULL)
    {
      g_warning ("The server cannot be read: %s", error->message);
      return;
    }
  self = user_data;
  if (contents->server != NULL)
    {
      g_set_object (&self->server, contents->server);
      g_free (self->account_name);
      self->account_name = g_steal_pointer (&contents->account_name);
      show_server (self);
    }
  else if (gtk_widget_get_root (GTK_WIDGET (self)) != NULL) /* it was signed out of */
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-home", NULL);
  contents_free (contents);
}

static void
reload (BijouServerPage *self)
{
  bijou_store_run_async (bijou_base_page_get_store (BIJOU_BASE_PAGE (self)), read_contents,
                         g_strdup (self->server_id), g_free, (GDestroyNotify) contents_free,
                         bijou_base_page_get_cancellable (BIJOU_BASE_PAGE (self)), on_contents_cb,
                         self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouServerPage *self)
{
  if ((change->flags & BIJOU_STORE_SERVERS) &&
      (change->server_id == NULL || g_str_equal (change->server_id, self->server_id)))
    reload (self);
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, BijouServerPage *self)
{
  if (!g_str_equal (server_id, self->server_id))
    return;
  show_status (self);
  bijou_address_group_update (self->addresses);
}

/* --- signing out --- */

static void
on_signed_out_cb (gboolean begun, const GError *error, gpointer user_data)
{
  BijouServerPage *self = user_data;
  g_autofree char *sentence = error != NULL ? bijou_error_to_sentence (error) : NULL;

  self->busy = begun;
  show_status (self);
  if (sentence != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static void
on_sign_out_cb (BijouServerPage *self)
{
  bijou_sign_out_ask (GTK_WIDGET (self), bijou_base_page_get_context (BIJOU_BASE_PAGE (self)),
                      self->server, on_signed_out_cb, self);
}

/* --- life --- */

static void
bijou_server_page_width_class_changed (BijouBasePage *page, BijouWidthClass width_class)
{
  BijouServerPage *self = BIJOU_SERVER_PAGE (page);
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;
  int margin = bijou_width_class_get_margin (width_class);

  gtk_widget_set_margin_start (self->content, margin);
  gtk_widget_set_margin_end (self->content, margin);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->head),
                                  narrow ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  bijou_address_group_set_width_class (self->addresses, width_class);
}

static void
bijou_server_page_dispose (GObject *object)
{
  g_clear_object (&BIJOU_SERVER_PAGE (object)->server);

  G_OBJECT_CLASS (bijou_server_page_parent_class)->dispose (object);
}

static void
bijou_server_page_finalize (GObject *object)
{
  g_free (BIJOU_SERVER_PAGE (object)->server_id);
  g_free (BIJOU_SERVER_PAGE (object)->account_name);

  G_OBJECT_CLASS (bijou_server_page_parent_class)->finalize (object);
}

static void
bijou_server_page_class_init (BijouServerPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_server_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_server_page_finalize;
  BIJOU_BASE_PAGE_CLASS (klass)->width_class_changed = bijou_server_page_width_class_changed;

  g_type_ensure (BIJOU_TYPE_ADDRESS_GROUP);
  g_type_ensure (BIJOU_TYPE_SERVER_BANNER);
  g_type_ensure (BIJOU_TYPE_NETWORK_GROUP);
  g_type_ensure (BIJOU_TYPE_SYNC_GROUP);
  g_type_ensure (BIJOU_TYPE_CHANGES_GROUP);
  g_type_ensure (BIJOU_TYPE_REFUSALS_GROUP);
  g_type_ensure (BIJOU_TYPE_SYNC_LOG_GROUP);
  g_type_ensure (BIJOU_TYPE_PROXY_GROUP);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/server/bijou-server-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, header);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, banner);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, content);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, head);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, head_buttons);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, name);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, dot);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, sentence);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, sign_out_button);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, addresses);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, network);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, sync);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, changes);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, refusals);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, sync_log);
  gtk_widget_class_bind_template_child (widget_class, BijouServerPage, proxy);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_cb);
}

static void
bijou_server_page_init (BijouServerPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bijou_base_page_set_header (BIJOU_BASE_PAGE (self), self->header);
}

/**
 * bijou_server_page_new:
 * @context: the context
 * @server_id: a known server
 *
 * Returns: (transfer floating): its page
 */
GtkWidget *
bijou_server_page_new (BijouContext *context, const char *server_id)
{
  BijouServerPage *self = g_object_new (BIJOU_TYPE_SERVER_PAGE, "context", context, NULL);
  g_autofree char *place = g_strdup_printf ("server %s", server_id);

  self->server_id = g_strdup (server_id);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->sign_in_button), "s", server_id);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->sign_in_button), "win.sign-in-again");
  bijou_base_page_set_place (BIJOU_BASE_PAGE (self), place);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  g_signal_connect_object (context, "server-state-changed", G_CALLBACK (on_server_state_cb), self,
                           0);
  bijou_server_banner_set_server (self->banner, context, server_id);
  reload (self);
  return GTK_WIDGET (self);
}

/**
 * bijou_server_page_get_server_id:
 * @self: the page
 *
 * Returns: (transfer none): whose page it is
 */
const char *
bijou_server_page_get_server_id (BijouServerPage *self)
{
  return self->server_id;
}
