#include "config.h"

#include "bijou-info-panel.h"
#include "bijou-player-page-private.h"
#include "bijou-speed-panel.h"
#include "bijou-stall-box.h"
#include "bijou-tracks-panel.h"

#define PANEL_END 28
#define PANEL_BOTTOM 146
#define NARROW_END 6
#define INFO_TOP 64
#define INFO_WIDTH 400
#define NARROW_INFO_WIDTH 312

static GtkToggleButton *
get_toggle (BijouPlayerPage *self, int n)
{
  GtkToggleButton *const toggles[] = { self->tracks_button, self->speed_button, self->more_button,
                                       self->info_button };

  return n < (int) G_N_ELEMENTS (toggles) ? toggles[n] : NULL;
}

gboolean
bijou_player_page_has_open_panel (BijouPlayerPage *self)
{
  return gtk_widget_get_visible (self->tracks_panel) ||
         gtk_widget_get_visible (self->speed_panel) || gtk_widget_get_visible (self->info_panel);
}

void
bijou_player_page_close_panels (BijouPlayerPage *self)
{
  for (int i = 0; get_toggle (self, i) != NULL; i++)
    gtk_toggle_button_set_active (get_toggle (self, i), FALSE);
}

static void
close_others (BijouPlayerPage *self, GtkToggleButton *button)
{
  for (int i = 0; get_toggle (self, i) != NULL; i++)
    if (get_toggle (self, i) != button)
      gtk_toggle_button_set_active (get_toggle (self, i), FALSE);
}

static void
show_panels (BijouPlayerPage *self)
{
  gboolean speed = gtk_toggle_button_get_active (self->speed_button) ||
                   gtk_toggle_button_get_active (self->more_button);

  gtk_widget_set_visible (self->tracks_panel, gtk_toggle_button_get_active (self->tracks_button));
  gtk_widget_set_visible (self->speed_panel, speed);
  gtk_widget_set_visible (self->info_panel, gtk_toggle_button_get_active (self->info_button));
}

static void
on_toggled_cb (GtkToggleButton *button, BijouPlayerPage *self)
{
  if (gtk_toggle_button_get_active (button))
    close_others (self, button);
  show_panels (self);
  if (!bijou_player_page_has_open_panel (self))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  else if (gtk_widget_get_visible (self->tracks_panel))
    bijou_tracks_panel_open (BIJOU_TRACKS_PANEL (self->tracks_panel));
  else if (gtk_widget_get_visible (self->speed_panel))
    bijou_speed_panel_open (BIJOU_SPEED_PANEL (self->speed_panel));
  bijou_player_page_show_controls (self);
}

static void
on_information_cb (BijouSpeedPanel *panel, BijouPlayerPage *self)
{
  gtk_toggle_button_set_active (self->info_button, TRUE);
}

static void
on_fullscreen_cb (BijouSpeedPanel *panel, BijouPlayerPage *self)
{
  bijou_player_page_close_panels (self);
  bijou_player_page_toggle_fullscreen (self);
}

static void
on_close_cb (BijouInfoPanel *panel, BijouPlayerPage *self)
{
  bijou_player_page_close_panels (self);
}

static void
on_leave_cb (BijouStallBox *box, BijouPlayerPage *self)
{
  bijou_player_page_stop (self);
}

/* Its buttons had the focus. */
static void
on_stall_visible_cb (GtkWidget *box, GParamSpec *pspec, BijouPlayerPage *self)
{
  if (!gtk_widget_get_visible (box) && !bijou_player_page_has_open_panel (self))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
add_panel (BijouPlayerPage *self, GtkWidget *panel)
{
  gtk_widget_set_visible (panel, FALSE);
  gtk_widget_set_halign (panel, GTK_ALIGN_END);
  gtk_widget_set_valign (panel, GTK_ALIGN_END);
  gtk_widget_set_margin_bottom (panel, PANEL_BOTTOM);
  gtk_overlay_add_overlay (self->overlay, panel);
}

static void
add_stall_box (BijouPlayerPage *self)
{
  GtkWidget *box = bijou_stall_box_new (self->context, self->playback);

  g_object_bind_property (box, "visible", self->veil, "visible", G_BINDING_SYNC_CREATE);
  g_signal_connect (box, "leave", G_CALLBACK (on_leave_cb), self);
  g_signal_connect (box, "notify::visible", G_CALLBACK (on_stall_visible_cb), self);
  gtk_overlay_add_overlay (self->overlay, box);
}

void
bijou_player_page_add_panels (BijouPlayerPage *self)
{
  add_stall_box (self);
  self->tracks_panel = bijou_tracks_panel_new (self->playback);
  self->speed_panel = bijou_speed_panel_new (self->playback);
  self->info_panel = bijou_info_panel_new (self->context, self->playback);
  add_panel (self, self->tracks_panel);
  add_panel (self, self->speed_panel);
  add_panel (self, self->info_panel);
  gtk_widget_set_valign (self->info_panel, GTK_ALIGN_START);
  gtk_widget_set_margin_bottom (self->info_panel, 0);
  gtk_widget_set_margin_top (self->info_panel, INFO_TOP);
  g_signal_connect (self->speed_panel, "information", G_CALLBACK (on_information_cb), self);
  g_signal_connect (self->speed_panel, "fullscreen", G_CALLBACK (on_fullscreen_cb), self);
  g_signal_connect (self->info_panel, "close", G_CALLBACK (on_close_cb), self);
  for (int i = 0; get_toggle (self, i) != NULL; i++)
    g_signal_connect (get_toggle (self, i), "toggled", G_CALLBACK (on_toggled_cb), self);
  bijou_player_page_set_panels_narrow (self, FALSE);
}

void
bijou_player_page_set_panels_narrow (BijouPlayerPage *self, gboolean narrow)
{
  int end = narrow ? NARROW_END : PANEL_END;

  bijou_player_page_close_panels (self);
  bijou_tracks_panel_set_narrow (BIJOU_TRACKS_PANEL (self->tracks_panel), narrow);
  bijou_speed_panel_set_narrow (BIJOU_SPEED_PANEL (self->speed_panel), narrow);
  gtk_widget_set_size_request (self->info_panel, narrow ? NARROW_INFO_WIDTH : INFO_WIDTH, -1);
  gtk_widget_set_margin_end (self->tracks_panel, end);
  gtk_widget_set_margin_end (self->speed_panel, end);
  gtk_widget_set_margin_end (self->info_panel, end);
}
