#include "config.h"

#include "bijou-network-group.h"

#include <glib/gi18n.h>

#define LOOK_S 2

struct _BijouNetworkGroup
{
  AdwPreferencesGroup parent_instance;

  BijouContext *context; /* (owned) (nullable) */
  char *server_id;       /* (owned) (nullable) */
  AdwActionRow *row;     /* (unowned) the row of the group */
  GtkWidget *icon;       /* (unowned) in the row */
  guint look_id;
};

G_DEFINE_FINAL_TYPE (BijouNetworkGroup, bijou_network_group, ADW_TYPE_PREFERENCES_GROUP)

/**
 * bijou_network_group_format_rate:
 * @bytes_per_second: a rate
 *
 * Returns: (transfer full): "640 Mbps", "1.2 Gbps"
 */
char *
bijou_network_group_format_rate (gint64 bytes_per_second)
{
  double megabits = (double) bytes_per_second * 8 / 1e6;

  if (megabits >= 1000)
    /* Translators: gigabits per second */
    return g_strdup_printf (_ ("%.1f Gbps"), megabits / 1000);
  if (megabits >= 10)
    /* Translators: megabits per second */
    return g_strdup_printf (_ ("%.0f Mbps"), megabits);
  return g_strdup_printf (_ ("%.1f Mbps"), megabits);
}

static char *
describe (const BijouQuality *quality)
{
  g_autoptr (GStrvBuilder) facts = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;
  g_autofree char *answers = g_strdup_printf (_ ("Answers in %d ms"), MAX (1, quality->latency_ms));
  g_autofree char *rate = bijou_network_group_format_rate (quality->throughput);
  /* Translators: %s is a rate, "640 Mbps" */
  g_autofree char *measured = g_strdup_printf (_ ("measured %s"), rate);
  g_autofree char *failed = g_strdup_printf (_ ("%u of the last %u requests failed"),
                                             quality->failures, quality->outcomes);

  if (quality->latency_ms >= 0)
    g_strv_builder_add (facts, answers);
  if (quality->throughput > 0)
    g_strv_builder_add (facts, measured);
  if (quality->failures > 0)
    g_strv_builder_add (facts, failed);
  if (quality->degraded)
    g_strv_builder_add (facts, _ ("less is asked for at a time, and waited for longer"));
  list = g_strv_builder_end (facts);
  return g_strjoinv (" · ", list);
}

static gboolean
read_quality (BijouNetworkGroup *self, BijouQuality *quality)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (self->context, self->server_id);
  g_autofree char *url = NULL;

  if (backend != NULL)
    url = bijou_connection_dup_current_url (bijou_backend_get_connection (backend));
  return url != NULL &&
         bijou_http_get_quality (bijou_context_get_http (self->context), url, quality) &&
         (quality->latency_ms >= 0 || quality->throughput > 0);
}

static void
update (BijouNetworkGroup *self)
{
  BijouQuality quality;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;
  const char *title;

  if (!read_quality (self, &quality))
    {
      gtk_widget_set_visible (GTK_WIDGET (self->row), FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
      return;
    }
  title = quality.degraded ? _ ("Slow or Unreliable") : _ ("Good");
  text = describe (&quality);
  name = g_strjoin (", ", title, text, NULL);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->row), title);
  adw_action_row_set_subtitle (self->row, text);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), quality.degraded
                                                            ? "dialog-warning-symbolic"
                                                            : "object-select-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
  gtk_widget_set_visible (GTK_WIDGET (self->row), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/* A group that is hidden is not mapped either, so it goes by the page, which is its parent. */
static gboolean
on_look_cb (gpointer data)
{
  BijouNetworkGroup *self = data;
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  if (parent != NULL && gtk_widget_get_mapped (parent))
    update (self);
  return G_SOURCE_CONTINUE;
}

static void
bijou_network_group_dispose (GObject *object)
{
  BijouNetworkGroup *self = BIJOU_NETWORK_GROUP (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_network_group_parent_class)->dispose (object);
}

static void
bijou_network_group_finalize (GObject *object)
{
  g_free (BIJOU_NETWORK_GROUP (object)->server_id);

  G_OBJECT_CLASS (bijou_network_group_parent_class)->finalize (object);
}

static void
bijou_network_group_class_init (BijouNetworkGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_network_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_network_group_finalize;
}

static void
bijou_network_group_init (BijouNetworkGroup *self)
{
  self->row = ADW_ACTION_ROW (adw_action_row_new ());
  self->icon = gtk_image_new ();
  adw_action_row_add_prefix (self->row, self->icon);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), _ ("Network"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->row));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/**
 * bijou_network_group_set_server:
 * @self: the group
 * @context: the context
 * @server: the server; the first call counts
 */
void
bijou_network_group_set_server (BijouNetworkGroup *self, BijouContext *context, BijouServer *server)
{
  if (self->context != NULL)
    return;
  self->context = g_object_ref (context);
  self->server_id = g_strdup (server->id);
  self->look_id = g_timeout_add_seconds (LOOK_S, on_look_cb, self);
  update (self);
}
