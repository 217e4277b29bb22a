#include "config.h"

#include "bijou-info-panel.h"

#include "bijou-panel-row.h"

#include <glib/gi18n.h>
#include <string.h>

#define TICK_MS 500

enum
{
  ROW_PLAYING,
  ROW_FROM,
  ROW_VIDEO,
  ROW_DECODER,
  ROW_AUDIO,
  ROW_BITRATE,
  ROW_DROPPED,
  N_ROWS
};

struct _BijouInfoPanel
{
  GtkBox parent_instance;

  BijouContext *context;     /* (owned) */
  BijouPlayback *playback;   /* (owned) */
  GtkWidget *values[N_ROWS]; /* (unowned) labels */
  GtkWidget *cached;         /* (unowned) label */
  GtkWidget *bar;            /* (unowned) */
  guint tick;
};

G_DEFINE_FINAL_TYPE (BijouInfoPanel, bijou_info_panel, GTK_TYPE_BOX)

static guint close_signal;

static void
set_value (BijouInfoPanel *self, int row, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->values[row]), text != NULL ? text : _ ("Not known"));
}

static void
update_origin (BijouInfoPanel *self)
{
  BijouItem *item = bijou_playback_get_item (self->playback);
  static const char *const names[] = { N_ ("Local network"), N_ ("Direct connection"),
                                       N_ ("Relay") };
  BijouAddressClass address_class;

  set_value (self, ROW_PLAYING, _ ("Original file, nothing converted"));
  if (item == NULL ||
      bijou_context_get_server_state (self->context, item->server_id) != BIJOU_CONNECTION_CONNECTED)
    {
      set_value (self, ROW_FROM, _ ("This computer, the server is not connected"));
      return;
    }
  address_class = bijou_context_get_server_class (self->context, item->server_id);
  set_value (self, ROW_FROM, _ (names[MIN (address_class, G_N_ELEMENTS (names) - 1)]));
}

static char *
format_channels (int channels)
{
  switch (channels)
    {
    case 1:
      return g_strdup (_ ("Mono"));
    case 2:
      return g_strdup (_ ("Stereo"));
    case 6:
      return g_strdup ("5.1");
    case 8:
      return g_strdup ("7.1");
    default:
      return g_strdup_printf (_ ("%d channels"), channels);
    }
}

/* (transfer full) (nullable): the elements' names say where they run. */
static char *
format_decoder (const char *name)
{
  static const char *const hardware[] = { "va", "nv", "v4l2", "msdk", "qsv" };

  if (name == NULL)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (hardware); i++)
    if (g_str_has_prefix (name, hardware[i]))
      return g_strdup_printf (_ ("Graphics hardware (%s)"), name);
  return g_strdup_printf (_ ("Software (%s)"), name);
}

/* (transfer full): without the profile, that would push the size out of sight. */
static char *
format_video (const BijouPlayerStats *stats)
{
  const char *codec = stats->video_codec != NULL ? stats->video_codec : _ ("Video");
  const char *profile = strstr (codec, " (");
  int length = profile != NULL ? (int) (profile - codec) : (int) strlen (codec);

  return g_strdup_printf ("%.*s · %d × %d · %.5g", length, codec, stats->width, stats->height,
                          stats->frame_rate);
}

static void
update_media (BijouInfoPanel *self, const BijouPlayerStats *stats)
{
  g_autofree char *video = NULL;
  g_autofree char *channels = format_channels (stats->channels);
  g_autofree char *audio = NULL;
  g_autofree char *dropped = NULL;
  g_autofree char *decoder = format_decoder (stats->video_decoder);

  if (stats->width > 0)
    video = format_video (stats);
  if (stats->audio_codec != NULL)
    audio = stats->channels > 0 ? g_strdup_printf ("%s · %s", stats->audio_codec, channels)
                                : g_strdup (stats->audio_codec);
  dropped = g_strdup_printf (_ ("%u of %u frames"), (guint) stats->dropped,
                             (guint) (stats->rendered + stats->dropped));
  set_value (self, ROW_VIDEO, video);
  set_value (self, ROW_DECODER, decoder);
  set_value (self, ROW_AUDIO, audio != NULL ? audio : _ ("None"));
  set_value (self, ROW_DROPPED, dropped);
}

static void
update_cache (BijouInfoPanel *self)
{
  BijouVersion *version = bijou_playback_get_version (self->playback);
  BijouPart *part = bijou_playback_get_part (self->playback);
  BijouCacheStats stats = { 0 };
  g_autofree char *bitrate = NULL;
  g_autofree char *present = NULL;
  g_autofree char *size = NULL;
  g_autofree char *text = NULL;
  gint64 total = part != NULL ? part->size : 0;

  if (!bijou_playback_get_cache_stats (self->playback, &stats))
    return;
  if (version != NULL && version->bitrate > 0)
    bitrate = stats.rate > 0 ? g_strdup_printf (_ ("%.1f Mbps, the server gives %.1f"),
                                                version->bitrate / 1e6, stats.rate * 8 / 1e6)
                             : g_strdup_printf (_ ("%.1f Mbps"), version->bitrate / 1e6);
  set_value (self, ROW_BITRATE, bitrate);
  present = g_format_size (stats.present);
  size = g_format_size (total);
  text = total > 0 ? g_strdup_printf (_ ("%s of %s"), present, size) : g_strdup (present);
  gtk_label_set_text (GTK_LABEL (self->cached), text);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar),
                                 total > 0 ? MIN (1.0, (double) stats.present / total) : 0);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  BijouInfoPanel *self = BIJOU_INFO_PANEL (user_data);
  BijouPlayerStats stats;

  bijou_player_get_stats (bijou_playback_get_player (self->playback), &stats);
  update_origin (self);
  update_media (self, &stats);
  update_cache (self);
  bijou_player_stats_clear (&stats);
  return G_SOURCE_CONTINUE;
}

static void
bijou_info_panel_map (GtkWidget *widget)
{
  BijouInfoPanel *self = BIJOU_INFO_PANEL (widget);

  GTK_WIDGET_CLASS (bijou_info_panel_parent_class)->map (widget);
  on_tick_cb (self);
  self->tick = g_timeout_add (TICK_MS, on_tick_cb, self);
}

static void
bijou_info_panel_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&BIJOU_INFO_PANEL (widget)->tick, g_source_remove);
  GTK_WIDGET_CLASS (bijou_info_panel_parent_class)->unmap (widget);
}

static void
on_close_cb (GtkButton *button, BijouInfoPanel *self)
{
  g_signal_emit (self, close_signal, 0);
}

static void
bijou_info_panel_dispose (GObject *object)
{
  BijouInfoPanel *self = BIJOU_INFO_PANEL (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->playback);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_info_panel_parent_class)->dispose (object);
}

static void
bijou_info_panel_class_init (BijouInfoPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_info_panel_dispose;
  widget_class->map = bijou_info_panel_map;
  widget_class->unmap = bijou_info_panel_unmap;

  close_signal = g_signal_new ("close", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
make_head (BijouInfoPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *heading = bijou_panel_label_new (_ ("Playback Information"), "heading");
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  gtk_widget_set_hexpand (heading, TRUE);
  gtk_widget_add_css_class (button, "x");
  gtk_widget_set_tooltip_text (button, _ ("Close"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Close Playback Information"), -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_close_cb), self);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), button);
  return box;
}

static GtkWidget *
make_rows (BijouInfoPanel *self)
{
  static const char *const names[N_ROWS] = { N_ ("Playing"), N_ ("From"),  N_ ("Video"),
                                             N_ ("Decoder"), N_ ("Audio"), N_ ("Bitrate"),
                                             N_ ("Dropped") };
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 18);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  for (int i = 0; i < N_ROWS; i++)
    {
      self->values[i] = bijou_panel_label_new (NULL, "tnum");
      gtk_widget_set_hexpand (self->values[i], TRUE);
      gtk_label_set_max_width_chars (GTK_LABEL (self->values[i]), 1);
      gtk_grid_attach (GTK_GRID (grid), bijou_panel_label_new (_ (names[i]), "dim-label"), 0, i, 1,
                       1);
      gtk_grid_attach (GTK_GRID (grid), self->values[i], 1, i, 1, 1);
    }
  return grid;
}

static GtkWidget *
make_cache (BijouInfoPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *name = bijou_panel_label_new (_ ("In cache"), "dim-label");

  gtk_widget_set_hexpand (name, TRUE);
  self->cached = bijou_panel_label_new (NULL, "tnum");
  self->bar = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("In cache"), -1);
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), self->cached);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), self->bar);
  return box;
}

static void
bijou_info_panel_init (BijouInfoPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-panel");
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_box_append (GTK_BOX (box), make_head (self));
  gtk_box_append (GTK_BOX (box), make_rows (self));
  gtk_box_append (GTK_BOX (box), make_cache (self));
  gtk_box_append (GTK_BOX (self), box);
}

GtkWidget *
bijou_info_panel_new (BijouContext *context, BijouPlayback *playback)
{
  BijouInfoPanel *self = g_object_new (BIJOU_TYPE_INFO_PANEL, NULL);

  self->context = g_object_ref (context);
  self->playback = g_object_ref (playback);
  return GTK_WIDGET (self);
}
