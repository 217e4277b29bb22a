#include "config.h"

#include "bijou-address-row.h"

#include "bijou-address-route.h"
#include "bijou-server-status.h"

#include <glib/gi18n.h>

struct _BijouAddressRow
{
  AdwActionRow parent_instance;

  char *url; /* (owned) */
  gboolean is_vpn;
  GSimpleActionGroup *actions; /* (owned) */

  /* Template */
  GtkLabel *pill;
  GtkWidget *in_use;
  GtkWidget *in_use_label;
  GtkLabel *latency;
  GtkWidget *pin_button;
  GtkMenuButton *menu_button;
};

G_DEFINE_FINAL_TYPE (BijouAddressRow, bijou_address_row, ADW_TYPE_ACTION_ROW)

enum
{
  EDIT,
  COPY,
  CERTIFICATE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* --- actions --- */

static void
on_pin_cb (GSimpleAction *action, GVariant *value, gpointer user_data)
{
  /* The state follows once it is saved. */
  g_signal_emit (user_data, signals[EDIT], 0,
                 g_variant_get_boolean (value) ? BIJOU_ADDRESS_PIN : BIJOU_ADDRESS_UNPIN);
}

static void
on_switch_on_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_signal_emit (user_data, signals[EDIT], 0, BIJOU_ADDRESS_SWITCH_ON);
}

static void
on_switch_off_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_signal_emit (user_data, signals[EDIT], 0, BIJOU_ADDRESS_SWITCH_OFF);
}

static void
on_remove_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_signal_emit (user_data, signals[EDIT], 0, BIJOU_ADDRESS_REMOVE);
}

static void
on_copy_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_signal_emit (user_data, signals[COPY], 0);
}

static void
on_certificate_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_signal_emit (user_data, signals[CERTIFICATE], 0);
}

static GSimpleAction *
find_action (BijouAddressRow *self, const char *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), name));
}

static void
on_secondary_pressed_cb (GtkGestureClick *gesture, int n, double x, double y, gpointer user_data)
{
  BijouAddressRow *self = user_data;

  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_menu_button_popup (self->menu_button);
}

/* --- what it shows --- */

static const char *
get_word (BijouAddressRow *self, const BijouAddress *address)
{
  if (self->is_vpn && address->address_class != BIJOU_ADDRESS_RELAY)
    return _ ("VPN");
  return bijou_address_class_get_word (address->address_class);
}

static const char *
get_pill_class (BijouAddressClass address_class)
{
  switch (address_class)
    {
    case BIJOU_ADDRESS_LAN:
      return "bijou-lan";
    case BIJOU_ADDRESS_RELAY:
      return "bijou-relay";
    case BIJOU_ADDRESS_DIRECT:
    default:
      return "bijou-direct";
    }
}

static void
show_pill (BijouAddressRow *self, const BijouAddress *address)
{
  const char *classes[] = { "bijou-pill", "bijou-class", NULL, NULL };

  classes[2] = get_pill_class (address->address_class);
  if (self->is_vpn && address->address_class == BIJOU_ADDRESS_LAN)
    classes[2] = get_pill_class (BIJOU_ADDRESS_DIRECT);
  gtk_widget_set_css_classes (GTK_WIDGET (self->pill), classes);
  gtk_label_set_label (self->pill, get_word (self, address));
}

static void
show_actions (BijouAddressRow *self, const BijouAddressView *view, GPtrArray *addresses)
{
  const BijouAddress *address = view->address;

  g_simple_action_set_enabled (find_action (self, "certificate"),
                               !address->disabled &&
                                   g_error_matches (view->problem, BIJOU_ERROR, BIJOU_ERROR_TLS));
  g_simple_action_set_state (find_action (self, "pin"), g_variant_new_boolean (address->pinned));
  g_simple_action_set_enabled (find_action (self, "switch-on"), address->disabled);
  g_simple_action_set_enabled (
      find_action (self, "switch-off"),
      !address->disabled &&
          bijou_server_addresses_allow (addresses, self->url, BIJOU_ADDRESS_SWITCH_OFF));
  g_simple_action_set_enabled (
      find_action (self, "remove"),
      bijou_server_addresses_allow (addresses, self->url, BIJOU_ADDRESS_REMOVE));
}

/* "LAN, https://…, Reachable, In use, 4 ms": the pill and the figures are no part of the titles. */
static void
show_name (BijouAddressRow *self, const BijouAddressView *view, const char *text, const char *ms)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  g_autofree char *name = NULL;

  g_strv_builder_add_many (words, get_word (self, view->address), self->url, text, NULL);
  if (view->in_use)
    g_strv_builder_add (words, _ ("In use"));
  if (ms != NULL)
    g_strv_builder_add (words, ms);
  list = g_strv_builder_end (words);
  name = g_strjoinv (", ", list);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * bijou_address_row_show:
 * @self: the row
 * @view: its address, as it is now
 * @addresses: (element-type BijouAddress): all addresses of the server
 */
void
bijou_address_row_show (BijouAddressRow *self, const BijouAddressView *view, GPtrArray *addresses)
{
  g_autofree char *text = bijou_address_text_describe (view);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_autofree char *ms = bijou_address_text_latency (view);

  show_pill (self, view->address);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), escaped);
  gtk_widget_set_visible (self->in_use, view->in_use);
  gtk_label_set_label (self->latency, ms != NULL ? ms : "–");
  if (view->address->disabled)
    gtk_widget_add_css_class (GTK_WIDGET (self), "off");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "off");
  show_actions (self, view, addresses);
  show_name (self, view, text, ms);
}

/**
 * bijou_address_row_set_width_class:
 * @self: the row
 * @width_class: how wide the window is
 *
 * On a narrow one the mark loses its words and the pin is only in the menu.
 */
void
bijou_address_row_set_width_class (BijouAddressRow *self, BijouWidthClass width_class)
{
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;

  gtk_widget_set_visible (self->in_use_label, !narrow);
  gtk_widget_set_visible (self->pin_button, !narrow);
  gtk_widget_set_size_request (GTK_WIDGET (self->latency), narrow ? -1 : 64, -1);
}

/* --- life --- */

static void
bijou_address_row_finalize (GObject *object)
{
  BijouAddressRow *self = BIJOU_ADDRESS_ROW (object);

  g_free (self->url);
  g_clear_object (&self->actions);

  G_OBJECT_CLASS (bijou_address_row_parent_class)->finalize (object);
}

static void
bijou_address_row_class_init (BijouAddressRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bijou_address_row_finalize;

  signals[EDIT] = g_signal_new ("edit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[COPY] = g_signal_new ("copy", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  signals[CERTIFICATE] = g_signal_new ("certificate", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                       0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/server/bijou-address-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouAddressRow, pill);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressRow, in_use);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressRow, in_use_label);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressRow, latency);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressRow, pin_button);
  gtk_widget_class_bind_template_child (widget_class, BijouAddressRow, menu_button);
}

static void
add_actions (BijouAddressRow *self)
{
  static const GActionEntry entries[] = {
    { .name = "pin", .state = "false", .change_state = on_pin_cb },
    { .name = "copy", .activate = on_copy_cb },
    { .name = "certificate", .activate = on_certificate_cb },
    { .name = "switch-on", .activate = on_switch_on_cb },
    { .name = "switch-off", .activate = on_switch_off_cb },
    { .name = "remove", .activate = on_remove_cb },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "address", G_ACTION_GROUP (self->actions));
}

static void
add_secondary_click (BijouAddressRow *self)
{
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (gesture, "pressed", G_CALLBACK (on_secondary_pressed_cb), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (gesture));
}

static void
bijou_address_row_init (BijouAddressRow *self)
{
  add_actions (self);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_secondary_click (self);
}

static void
name_button (GtkWidget *button, const char *tooltip, const char *format, const char *url)
{
  g_autofree char *name = g_strdup_printf (format, url);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/**
 * bijou_address_row_new:
 * @url: the address
 *
 * Returns: (transfer floating): a row; bijou_address_row_show() fills it
 */
BijouAddressRow *
bijou_address_row_new (const char *url)
{
  BijouAddressRow *self = g_object_new (BIJOU_TYPE_ADDRESS_ROW, NULL);
  g_autofree char *title = g_markup_escape_text (url, -1);

  self->url = g_strdup (url);
  self->is_vpn = bijou_address_route_is_vpn (url);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), url);
  /* Translators: %s is an address */
  name_button (self->pin_button, _ ("Try This One First"), _ ("Pin %s"), url);
  /* Translators: %s is an address */
  name_button (GTK_WIDGET (self->menu_button), _ ("More"), _ ("More for %s"), url);
  return self;
}

/**
 * bijou_address_row_get_url:
 * @self: the row
 *
 * Returns: (transfer none): its address
 */
const char *
bijou_address_row_get_url (BijouAddressRow *self)
{
  return self->url;
}
