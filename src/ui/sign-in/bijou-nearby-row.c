#include "config.h"

#include "bijou-nearby-row.h"

#include "bijou-backend-type.h"

#include <glib/gi18n.h>

struct _BijouNearbyRow
{
  AdwActionRow parent_instance;

  BijouDiscovered *discovered; /* (owned) */
  GtkWidget *button;           /* (unowned) */
};

G_DEFINE_FINAL_TYPE (BijouNearbyRow, bijou_nearby_row, ADW_TYPE_ACTION_ROW)

enum
{
  CONNECT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
on_clicked_cb (BijouNearbyRow *self)
{
  g_signal_emit (self, signals[CONNECT], 0);
}

static void
bijou_nearby_row_finalize (GObject *object)
{
  g_clear_pointer (&BIJOU_NEARBY_ROW (object)->discovered, bijou_discovered_free);

  G_OBJECT_CLASS (bijou_nearby_row_parent_class)->finalize (object);
}

static void
bijou_nearby_row_class_init (BijouNearbyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_nearby_row_finalize;
  signals[CONNECT] = g_signal_new ("connect", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

/* The name comes from whoever answered: it is no markup. */
static void
bijou_nearby_row_init (BijouNearbyRow *self)
{
  self->button = gtk_button_new_with_label (_ ("Connect"));
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->button, "clicked", G_CALLBACK (on_clicked_cb), self,
                           G_CONNECT_SWAPPED);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_icon_name (ADW_ACTION_ROW (self), "network-server-symbolic");
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), self->button);
  /* The button is what Tab stops at. */
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
}

/**
 * bijou_nearby_row_new:
 * @discovered: what the search told; copied
 *
 * Returns: (transfer floating): its row
 */
BijouNearbyRow *
bijou_nearby_row_new (const BijouDiscovered *discovered)
{
  BijouNearbyRow *self = g_object_new (BIJOU_TYPE_NEARBY_ROW, NULL);

  bijou_nearby_row_set_discovered (self, discovered);
  return self;
}

/**
 * bijou_nearby_row_set_discovered:
 * @self: a row
 * @discovered: what the search tells of that server now; copied
 */
void
bijou_nearby_row_set_discovered (BijouNearbyRow *self, const BijouDiscovered *discovered)
{
  const BijouBackendType *type = bijou_backend_type_find (discovered->backend);
  const char *name = discovered->name != NULL ? discovered->name : type->title;
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", type->title, discovered->host);
  /* Translators: the name of a server */
  g_autofree char *label = g_strdup_printf (_ ("Connect to %s"), name);

  g_clear_pointer (&self->discovered, bijou_discovered_free);
  self->discovered = bijou_discovered_copy (discovered);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

/**
 * bijou_nearby_row_get_discovered:
 * @self: a row
 *
 * Returns: (transfer none): the server, until it is set anew
 */
const BijouDiscovered *
bijou_nearby_row_get_discovered (BijouNearbyRow *self)
{
  return self->discovered;
}

/**
 * bijou_nearby_row_is_for:
 * @self: a row
 * @discovered: what the search told
 *
 * Returns: whether it is the same server
 */
gboolean
bijou_nearby_row_is_for (BijouNearbyRow *self, const BijouDiscovered *discovered)
{
  return g_str_equal (self->discovered->backend, discovered->backend) &&
         g_str_equal (self->discovered->server_id, discovered->server_id);
}
