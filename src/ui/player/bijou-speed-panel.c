#include "config.h"

#include "bijou-speed-panel.h"

#include "bijou-panel-row.h"

#include <glib/gi18n.h>

#define PANEL_WIDTH 216

static const double rates[] = { 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0 };

struct _BijouSpeedPanel
{
  GtkBox parent_instance;

  BijouPlayback *playback; /* (owned) */
  GtkListBox *list;        /* (unowned) */
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (BijouSpeedPanel, bijou_speed_panel, GTK_TYPE_BOX)

enum
{
  SIGNAL_INFORMATION,
  SIGNAL_FULLSCREEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
fill (BijouSpeedPanel *self)
{
  double rate = bijou_player_get_rate (bijou_playback_get_player (self->playback));

  bijou_panel_clear_list (self->list);
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      g_autofree char *text = g_strdup_printf ("%g×", rates[i]);

      gtk_list_box_append (self->list, bijou_panel_row_new (rates[i] == 1.0 ? _ ("Normal") : text,
                                                            NULL, rates[i] == rate));
    }
  if (!self->narrow)
    return;
  gtk_list_box_append (self->list, bijou_panel_row_new (_ ("Playback Information"), NULL, FALSE));
  gtk_list_box_append (self->list, bijou_panel_row_new (_ ("Fullscreen"), NULL, FALSE));
}

static void
on_row_cb (GtkListBox *list, GtkListBoxRow *row, BijouSpeedPanel *self)
{
  guint index = gtk_list_box_row_get_index (row);

  if (index < G_N_ELEMENTS (rates))
    bijou_player_set_rate (bijou_playback_get_player (self->playback), rates[index]);
  else
    g_signal_emit (
        self, signals[index == G_N_ELEMENTS (rates) ? SIGNAL_INFORMATION : SIGNAL_FULLSCREEN], 0);
}

static void
focus_row (BijouSpeedPanel *self)
{
  double rate = bijou_player_get_rate (bijou_playback_get_player (self->playback));
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    if (rates[i] == rate)
      row = gtk_list_box_get_row_at_index (self->list, i);
  gtk_widget_grab_focus (GTK_WIDGET (row));
}

static void
on_rate_cb (BijouPlayer *player, GParamSpec *pspec, BijouSpeedPanel *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return;
  bijou_speed_panel_open (self);
}

static void
bijou_speed_panel_dispose (GObject *object)
{
  g_clear_object (&BIJOU_SPEED_PANEL (object)->playback);

  G_OBJECT_CLASS (bijou_speed_panel_parent_class)->dispose (object);
}

static void
bijou_speed_panel_class_init (BijouSpeedPanelClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_speed_panel_dispose;

  signals[SIGNAL_INFORMATION] =
      g_signal_new ("information", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_FULLSCREEN] =
      g_signal_new ("fullscreen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);
}

static void
bijou_speed_panel_init (BijouSpeedPanel *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *heading = bijou_panel_label_new (_ ("Speed"), "heading");

  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-panel");
  gtk_widget_set_size_request (box, PANEL_WIDTH, -1);
  gtk_widget_set_margin_top (box, 14);
  gtk_widget_set_margin_bottom (box, 12);
  gtk_widget_set_margin_start (box, 10);
  gtk_widget_set_margin_end (box, 10);
  gtk_widget_set_margin_start (heading, 10);
  gtk_widget_set_margin_bottom (heading, 6);
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Speed"), -1);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_cb), self);
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->list));
  gtk_box_append (GTK_BOX (self), box);
}

GtkWidget *
bijou_speed_panel_new (BijouPlayback *playback)
{
  BijouSpeedPanel *self = g_object_new (BIJOU_TYPE_SPEED_PANEL, NULL);

  self->playback = g_object_ref (playback);
  g_signal_connect_object (bijou_playback_get_player (playback), "notify::rate",
                           G_CALLBACK (on_rate_cb), self, 0);
  return GTK_WIDGET (self);
}

void
bijou_speed_panel_set_narrow (BijouSpeedPanel *self, gboolean narrow)
{
  g_return_if_fail (BIJOU_IS_SPEED_PANEL (self));

  self->narrow = narrow;
}

void
bijou_speed_panel_open (BijouSpeedPanel *self)
{
  g_return_if_fail (BIJOU_IS_SPEED_PANEL (self));

  fill (self);
  focus_row (self);
}
