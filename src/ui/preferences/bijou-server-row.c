#include "config.h"

#include "bijou-server-row.h"

#include <glib/gi18n.h>

struct _BijouServerRow
{
  AdwExpanderRow parent_instance;

  BijouContext *context; /* (owned) */
  BijouServer *server;   /* (owned) */
  gboolean busy;         /* is being signed out of */

  /* Template */
  GtkSpinner *spinner;
  AdwActionRow *address_row;
  AdwActionRow *user_row;
  AdwActionRow *software_row;
  GtkButton *sync_button;
  GtkButton *sign_in_button;
  GtkButton *sign_out_button;
};

G_DEFINE_FINAL_TYPE (BijouServerRow, bijou_server_row, ADW_TYPE_EXPANDER_ROW)

enum
{
  SIGN_OUT,
  SIGN_IN,
  OPEN_PAGE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- what it says --- */

static const char *
describe_connected (BijouAddressClass address_class)
{
  switch (address_class)
    {
    case BIJOU_ADDRESS_LAN:
      return _ ("Connected on the local network");
    case BIJOU_ADDRESS_RELAY:
      return _ ("Connected through a relay, which is slow");
    case BIJOU_ADDRESS_DIRECT:
    default:
      return _ ("Connected directly");
    }
}

static const char *
describe_state (BijouServerRow *self, BijouConnectionState state)
{
  switch (state)
    {
    case BIJOU_CONNECTION_CONNECTED:
    case BIJOU_CONNECTION_SUSPECT:
      return describe_connected (bijou_context_get_server_class (self->context, self->server->id));
    case BIJOU_CONNECTION_RACING:
      return _ ("Connecting…");
    case BIJOU_CONNECTION_OFFLINE:
      return _ ("Offline; what is here can still be browsed");
    case BIJOU_CONNECTION_UNAUTHORISED:
      return _ ("Not signed in any more");
    case BIJOU_CONNECTION_UNKNOWN:
    default:
      return _ ("Not asked yet");
    }
}

static char *
dup_current_url (BijouServerRow *self)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self->context, self->server->id);

  if (backend == NULL)
    return NULL;
  return bijou_connection_dup_current_url (bijou_backend_get_connection (backend));
}

static void
set_text (AdwActionRow *row, const char *text)
{
  g_autofree char *escaped = text != NULL ? g_markup_escape_text (text, -1) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (row), text != NULL);
  adw_action_row_set_subtitle (row, escaped != NULL ? escaped : "");
}

static void
update_buttons (BijouServerRow *self, BijouConnectionState state)
{
  gboolean signed_in = state != BIJOU_CONNECTION_UNAUTHORISED;

  gtk_widget_set_visible (GTK_WIDGET (self->sync_button), signed_in);
  gtk_widget_set_visible (GTK_WIDGET (self->sign_in_button), !signed_in);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sync_button), !self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_in_button), !self->busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->sign_out_button), !self->busy);
}

/**
 * bijou_server_row_update_state:
 * @self: the row
 *
 * Reads anew how the server is reached.
 */
void
bijou_server_row_update_state (BijouServerRow *self)
{
  BijouConnectionState state = bijou_context_get_server_state (self->context, self->server->id);
  g_autofree char *url = dup_current_url (self);

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self),
                                 self->busy ? _ ("Signing out…") : describe_state (self, state));
  set_text (self->address_row, url != NULL ? url : C_ ("address", "None"));
  update_buttons (self, state);
}

static void
show_server (BijouServerRow *self)
{
  const BijouBackendType *type = bijou_backend_type_find (self->server->backend);
  const char *title = type != NULL ? type->title : self->server->backend;
  g_autofree char *name = g_markup_escape_text (self->server->name, -1);
  g_autofree char *software = self->server->version != NULL
                                  ? g_strdup_printf ("%s %s", title, self->server->version)
                                  : g_strdup (title);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  set_text (self->user_row, self->server->user_name);
  set_text (self->software_row, software);
  bijou_server_row_update_state (self);
}

/* --- what it does --- */

static void
on_sync_cb (BijouServerRow *self)
{
  bijou_sync_service_start (bijou_context_get_sync (self->context), self->server->id, FALSE);
}

static void
on_open_page_cb (BijouServerRow *self)
{
  g_signal_emit (self, signals[OPEN_PAGE], 0);
}

static void
on_sign_in_cb (BijouServerRow *self)
{
  g_signal_emit (self, signals[SIGN_IN], 0);
}

static void
on_sign_out_cb (BijouServerRow *self)
{
  g_signal_emit (self, signals[SIGN_OUT], 0);
}

/* --- life --- */

static void
bijou_server_row_finalize (GObject *object)
{
  BijouServerRow *self = BIJOU_SERVER_ROW (object);

  g_clear_object (&self->context);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (bijou_server_row_parent_class)->finalize (object);
}

static void
bijou_server_row_class_init (BijouServerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bijou_server_row_finalize;

  signals[SIGN_OUT] = g_signal_new ("sign-out", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OPEN_PAGE] = g_signal_new ("open-page", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGN_IN] = g_signal_new ("sign-in", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/preferences/bijou-server-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouServerRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouServerRow, address_row);
  gtk_widget_class_bind_template_child (widget_class, BijouServerRow, user_row);
  gtk_widget_class_bind_template_child (widget_class, BijouServerRow, software_row);
  gtk_widget_class_bind_template_child (widget_class, BijouServerRow, sync_button);
  gtk_widget_class_bind_template_child (widget_class, BijouServerRow, sign_in_button);
  gtk_widget_class_bind_template_child (widget_class, BijouServerRow, sign_out_button);
  gtk_widget_class_bind_template_callback (widget_class, on_open_page_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_sync_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_in_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_sign_out_cb);
}

static void
bijou_server_row_init (BijouServerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * bijou_server_row_new:
 * @context: the context that the server belongs to
 * @server: the server
 *
 * Returns: (transfer floating): the row
 */
BijouServerRow *
bijou_server_row_new (BijouContext *context, BijouServer *server)
{
  BijouServerRow *self = g_object_new (BIJOU_TYPE_SERVER_ROW, NULL);

  self->context = g_object_ref (context);
  self->server = g_object_ref (server);
  show_server (self);
  return self;
}

/**
 * bijou_server_row_set_server:
 * @self: the row
 * @server: the same server with newer values
 */
void
bijou_server_row_set_server (BijouServerRow *self, BijouServer *server)
{
  g_set_object (&self->server, server);
  show_server (self);
}

/**
 * bijou_server_row_get_server:
 * @self: the row
 *
 * Returns: (transfer none): its server
 */
BijouServer *
bijou_server_row_get_server (BijouServerRow *self)
{
  return self->server;
}

/**
 * bijou_server_row_set_busy:
 * @self: the row
 * @busy: whether it is being signed out of
 */
void
bijou_server_row_set_busy (BijouServerRow *self, gboolean busy)
{
  self->busy = busy;
  gtk_spinner_set_spinning (self->spinner, busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), busy);
  bijou_server_row_update_state (self);
}
