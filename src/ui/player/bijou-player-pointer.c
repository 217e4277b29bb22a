#include "config.h"

#include "bijou-player-page-private.h"

#include "bijou-text.h"

#include <glib/gi18n.h>

/* What the pointer does over the player: shows the controls, the time under it, the volume. */

#define POINTER_THRESHOLD 2.0

static void
place_bubble (BijouPlayerPage *self, double x)
{
  graphene_point_t at;
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  int bubble;

  gtk_widget_measure (self->bubble, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &bubble, NULL, NULL);
  /* With the place where it was. */
  bubble -= gtk_widget_get_margin_start (self->bubble);
  if (!gtk_widget_compute_point (GTK_WIDGET (self->seek_bar), GTK_WIDGET (self),
                                 &GRAPHENE_POINT_INIT (x, 0), &at))
    return;
  gtk_widget_set_margin_start (self->bubble,
                               CLAMP (at.x - bubble / 2.0, 6, MAX (6, width - bubble - 6)));
  gtk_widget_set_margin_bottom (
      self->bubble, MAX (0, gtk_widget_get_height (GTK_WIDGET (self)) - (int) at.y + 2));
}

static void
on_preview_cb (BijouSeekBar *bar, gint64 time_ms, double x, BijouPlayerPage *self)
{
  const BijouChapter *chapter;
  g_autofree char *text = NULL;

  if (time_ms < 0 || bijou_playback_get_duration (self->playback) <= 0)
    {
      gtk_widget_set_visible (self->bubble, FALSE);
      return;
    }
  text = bijou_text_format_position (time_ms);
  chapter = bijou_playback_find_chapter (self->playback, time_ms);
  gtk_label_set_text (self->bubble_time, text);
  gtk_label_set_text (self->bubble_chapter,
                      chapter != NULL && chapter->title != NULL ? chapter->title : "");
  gtk_widget_set_visible (GTK_WIDGET (self->bubble_chapter),
                          chapter != NULL && chapter->title != NULL);
  gtk_widget_set_visible (self->bubble, TRUE);
  place_bubble (self, x);
}

static void
on_motion_cb (GtkEventControllerMotion *motion, double x, double y, BijouPlayerPage *self)
{
  gboolean moved = ABS (x - self->pointer_x) + ABS (y - self->pointer_y) > POINTER_THRESHOLD;

  /* GTK sends motion also when widgets move under a pointer at rest. */
  if (!moved)
    return;
  self->pointer_x = x;
  self->pointer_y = y;
  bijou_player_page_show_controls (self);
}

static void
on_leave_cb (GtkEventControllerMotion *motion, BijouPlayerPage *self)
{
  self->pointer_x = -1;
  self->pointer_y = -1;
}

static void
on_pressed_cb (GtkGestureClick *click, int n_press, double x, double y, BijouPlayerPage *self)
{
  bijou_player_page_show_controls (self);
  if (bijou_player_page_has_open_panel (self))
    bijou_player_page_close_panels (self);
  if (n_press != 2)
    return;
  /* The window handle below would maximise. */
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  bijou_player_page_toggle_fullscreen (self);
}

static gboolean
on_scroll_cb (GtkEventControllerScroll *scroll, double dx, double dy, BijouPlayerPage *self)
{
  BijouPlayer *player = bijou_playback_get_player (self->playback);
  g_autofree char *text = NULL;

  if (bijou_player_page_has_open_panel (self) || dy == 0)
    return FALSE;
  bijou_player_set_volume (player, bijou_player_get_volume (player) - dy * .05);
  text = g_strdup_printf (_ ("%d %%"), (int) (bijou_player_get_volume (player) * 100 + .5));
  bijou_player_page_show_pill (self, "audio-volume-high-symbolic", text);
  return TRUE;
}

void
bijou_player_page_add_pointer (BijouPlayerPage *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_motion_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->video), scroll);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->video), GTK_EVENT_CONTROLLER (click));
  g_signal_connect (self->seek_bar, "preview", G_CALLBACK (on_preview_cb), self);
}
