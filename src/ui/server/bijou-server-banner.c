#include "config.h"

#include "bijou-server-banner.h"

#include "bijou-certificate-dialog.h"
#include "bijou-server-status.h"

#include <glib/gi18n.h>

/* A try that fails at once is still seen to have been made. */
#define TRYING_MS 700

struct _BijouServerBanner
{
  GtkWidget parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  char *server_id;           /* (owned) (nullable) of all servers */
  GCancellable *cancellable; /* (owned) */
  GPtrArray *servers;        /* (owned) (nullable) of BijouServer that it is about */
  BijouServer *worst;        /* (owned) (nullable) what it speaks of */
  BijouServerMood mood;      /* of worst */
  guint trying_id;           /* the user has asked for a try */

  /* Template */
  GtkRevealer *revealer;
  GtkImage *icon;
  GtkLabel *label;
  GtkSpinner *spinner;
  GtkButton *button;
};

G_DEFINE_FINAL_TYPE (BijouServerBanner, bijou_server_banner, GTK_TYPE_WIDGET)

/* --- what it says --- */

static char *
make_text (BijouServerMood mood, const char *name, gboolean has_pin)
{
  switch (mood)
    {
    case BIJOU_SERVER_OFFLINE:
      return g_strdup (_ ("Offline: showing your saved library"));
    case BIJOU_SERVER_STARTING:
      /* Translators: %s is the name of a server */
      return g_strdup_printf (_ ("“%s” is starting…"), name);
    case BIJOU_SERVER_SIGN_IN:
      return g_strdup_printf (_ ("“%s” does not know you any more"), name);
    case BIJOU_SERVER_UNTRUSTED:
      return g_strdup_printf (has_pin ? _ ("The certificate of “%s” has changed")
                                      : _ ("The certificate of “%s” is not trusted"),
                              name);
    case BIJOU_SERVER_CONNECTED:
    case BIJOU_SERVER_CONNECTING:
    default:
      return g_strdup ("");
    }
}

static const char *
get_button_label (BijouServerMood mood)
{
  switch (mood)
    {
    case BIJOU_SERVER_OFFLINE:
      return _ ("Try Again");
    case BIJOU_SERVER_SIGN_IN:
      return _ ("Sign In Again…");
    case BIJOU_SERVER_UNTRUSTED:
      return _ ("View Certificate…");
    case BIJOU_SERVER_STARTING:
    case BIJOU_SERVER_CONNECTED:
    case BIJOU_SERVER_CONNECTING:
    default:
      return NULL;
    }
}

static const char *
get_icon_name (BijouServerMood mood)
{
  return mood == BIJOU_SERVER_OFFLINE || mood == BIJOU_SERVER_STARTING ? "network-offline-symbolic"
                                                                       : "dialog-warning-symbolic";
}

static gboolean
needs_user (BijouServerMood mood)
{
  return mood == BIJOU_SERVER_SIGN_IN || mood == BIJOU_SERVER_UNTRUSTED;
}

/* The most urgent of those that are to be told of. */
static BijouServer *
find_worst (BijouServerBanner *self, BijouServerStatus *worst)
{
  BijouServer *found = NULL;
  gboolean all_away = TRUE;

  worst->mood = BIJOU_SERVER_CONNECTED;
  for (guint i = 0; self->servers != NULL && i < self->servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (self->servers, i);
      BijouServerStatus status;

      bijou_server_status_read (&status, self->context, server->id);
      all_away = all_away && status.mood > BIJOU_SERVER_CONNECTING;
      if (status.mood <= BIJOU_SERVER_CONNECTING || status.mood <= worst->mood)
        continue;
      *worst = status;
      found = server;
    }
  return all_away || needs_user (worst->mood) ? found : NULL;
}

static void
show_mood (BijouServerBanner *self, const BijouServerStatus *status)
{
  g_autofree char *text = make_text (self->mood, self->worst->name, self->worst->pin != NULL);
  const char *button = get_button_label (self->mood);
  gboolean trying = self->trying_id != 0 || status->busy;
  gboolean spins = self->mood == BIJOU_SERVER_STARTING || self->trying_id != 0;

  gtk_image_set_from_icon_name (self->icon, get_icon_name (self->mood));
  gtk_label_set_label (self->label, text);
  gtk_widget_set_visible (GTK_WIDGET (self->button), button != NULL);
  if (button != NULL)
    gtk_button_set_label (self->button, button);
  gtk_widget_set_sensitive (GTK_WIDGET (self->button),
                            self->mood != BIJOU_SERVER_OFFLINE || !trying);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), spins);
  gtk_spinner_set_spinning (self->spinner, spins);
}

static void
update (BijouServerBanner *self)
{
  BijouServerStatus status = { 0 };
  BijouServer *worst = find_worst (self, &status);

  gtk_revealer_set_reveal_child (self->revealer, worst != NULL);
  if (worst == NULL)
    {
      gtk_spinner_set_spinning (self->spinner, FALSE);
      return; /* the words stay while it goes */
    }
  g_set_object (&self->worst, worst);
  self->mood = status.mood;
  show_mood (self, &status);
}

/* --- what it does --- */

static gboolean
on_tried_cb (gpointer data)
{
  BijouServerBanner *self = data;

  self->trying_id = 0;
  update (self);
  return G_SOURCE_REMOVE;
}

static void
try_again (BijouServerBanner *self)
{
  for (guint i = 0; i < self->servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (self->servers, i);
      g_autoptr (BijouBackend) backend = bijou_context_get_backend (self->context, server->id);

      if (backend == NULL)
        continue;
      bijou_connection_network_changed (bijou_backend_get_connection (backend));
      bijou_sync_service_start (bijou_context_get_sync (self->context), server->id, FALSE);
    }
  g_clear_handle_id (&self->trying_id, g_source_remove);
  self->trying_id = g_timeout_add (TRYING_MS, on_tried_cb, self);
  update (self);
}

static void
on_certificate_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouServerBanner) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *pin = bijou_certificate_dialog_ask_finish (result, &error);
  g_autofree char *sentence = NULL;

  if (pin != NULL || bijou_error_is_cancelled (error))
    return; /* the connection goes on by itself */
  g_message ("The certificate cannot be shown: %s", error->message);
  sentence = bijou_error_to_sentence (error);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static void
on_button_cb (BijouServerBanner *self)
{
  if (self->worst == NULL)
    return;
  if (self->mood == BIJOU_SERVER_OFFLINE)
    try_again (self);
  else if (self->mood == BIJOU_SERVER_SIGN_IN)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.sign-in-again", "s", self->worst->id);
  else
    bijou_certificate_dialog_ask_for_server_async (GTK_WIDGET (self), self->context,
                                                   self->worst->id, NULL, self->cancellable,
                                                   on_certificate_asked_cb, g_object_ref (self));
}

/* --- reading --- */

static gpointer
read_servers (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  GPtrArray *servers = bijou_store_list_servers (store, error);

  for (guint i = servers != NULL ? servers->len : 0; i > 0; i--)
    {
      BijouServer *server = g_ptr_array_index (servers, i - 1);

      if (data != NULL && !g_str_equal (server->id, data))
        g_ptr_array_remove_index (servers, i - 1);
    }
  return servers;
}

static void
on_servers_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouServerBanner *self;
  g_autoptr (GError) error = NULL;
  GPtrArray *servers = bijou_store_run_finish (BIJOU_STORE (source), result, &error);

  if (bijou_error_is_cancelled (error))
    return;
  if (servers == NULL)
    {
      g_warning ("The servers cannot be read: %s", error->message);
      return;
    }
  self = user_data;
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  self->servers = servers;
  update (self);
}

static void
reload (BijouServerBanner *self)
{
  bijou_store_run_async (bijou_context_get_store (self->context), read_servers,
                         g_strdup (self->server_id), g_free, (GDestroyNotify) g_ptr_array_unref,
                         self->cancellable, on_servers_cb, self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouServerBanner *self)
{
  if (self->context != NULL && change->flags & BIJOU_STORE_SERVERS)
    reload (self);
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, BijouServerBanner *self)
{
  if (self->context != NULL)
    update (self);
}

/* --- life --- */

static void
bijou_server_banner_dispose (GObject *object)
{
  BijouServerBanner *self = BIJOU_SERVER_BANNER (object);
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->trying_id, g_source_remove);
  g_clear_pointer (&child, gtk_widget_unparent);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_clear_object (&self->worst);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_server_banner_parent_class)->dispose (object);
}

static void
bijou_server_banner_finalize (GObject *object)
{
  g_object_unref (BIJOU_SERVER_BANNER (object)->cancellable);
  g_free (BIJOU_SERVER_BANNER (object)->server_id);

  G_OBJECT_CLASS (bijou_server_banner_parent_class)->finalize (object);
}

static void
bijou_server_banner_class_init (BijouServerBannerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_server_banner_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_server_banner_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/server/bijou-server-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouServerBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, BijouServerBanner, icon);
  gtk_widget_class_bind_template_child (widget_class, BijouServerBanner, label);
  gtk_widget_class_bind_template_child (widget_class, BijouServerBanner, spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouServerBanner, button);
  gtk_widget_class_bind_template_callback (widget_class, on_button_cb);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
bijou_server_banner_init (BijouServerBanner *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * bijou_server_banner_set_server:
 * @self: a banner
 * @context: the context
 * @server_id: (nullable): the server that its page shows, %NULL for all; set once
 */
void
bijou_server_banner_set_server (BijouServerBanner *self,
                                BijouContext *context,
                                const char *server_id)
{
  g_return_if_fail (self->context == NULL);

  self->context = g_object_ref (context);
  self->server_id = g_strdup (server_id);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  g_signal_connect_object (context, "server-state-changed", G_CALLBACK (on_server_state_cb), self,
                           0);
  reload (self);
}
