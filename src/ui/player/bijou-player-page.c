#include "config.h"

#include "bijou-player-page-private.h"

#include "bijou-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define HIDE_AFTER_MS 2000
#define PILL_MS 900
#define NOTICE_MS 4000
#define COMMIT_AFTER_MS 350
#define POINTER_THRESHOLD 2.0
#define NARROW_WIDTH 600

G_DEFINE_FINAL_TYPE (BijouPlayerPage, bijou_player_page, GTK_TYPE_WIDGET)

enum
{
  REMAINING_LEFT,
  REMAINING_LENGTH,
  REMAINING_END,
  N_REMAINING
};

static guint closed_signal;

static BijouPlayer *
get_player (BijouPlayerPage *self)
{
  return bijou_playback_get_player (self->playback);
}

/* --- what is shown --- */

static char *
format_end (gint64 left_ms)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) end = g_date_time_add (now, left_ms * 1000);

  return g_date_time_format (end, "%H:%M");
}

static char *
format_remaining (BijouPlayerPage *self, gint64 position, gint64 duration)
{
  g_autofree char *text = NULL;

  switch (self->remaining_mode)
    {
    case REMAINING_LENGTH:
      return bijou_text_format_position (duration);
    case REMAINING_END:
      text = format_end ((duration - position) / bijou_player_get_rate (get_player (self)));
      return g_strdup_printf (_ ("Ends %s"), text);
    case REMAINING_LEFT:
    default:
      text = bijou_text_format_position (duration - position);
      return g_strdup_printf ("−%s", text);
    }
}

static void
update_subtitle (BijouPlayerPage *self, gint64 position)
{
  BijouItem *item = bijou_playback_get_item (self->playback);
  g_autofree char *number = NULL;
  g_autofree char *text = NULL;

  if (item != NULL && item->kind == BIJOU_ITEM_EPISODE)
    {
      number = bijou_text_format_episode (item->season, item->episode);
      text = number != NULL ? g_strdup_printf ("%s · %s", number, item->title)
                            : g_strdup (item->title);
    }
  else
    {
      GPtrArray *chapters = bijou_playback_get_chapters (self->playback);
      const BijouChapter *chapter = bijou_playback_find_chapter (self->playback, position);
      guint n = 0;

      if (chapter != NULL && g_ptr_array_find (chapters, chapter, &n) && chapter->title != NULL)
        text = g_strdup_printf (_ ("Chapter %u · %s"), n + 1, chapter->title);
    }
  if (g_strcmp0 (text != NULL ? text : "", gtk_label_get_text (self->subtitle)) != 0)
    gtk_label_set_text (self->subtitle, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->subtitle), text != NULL);
}

static void
update_position (BijouPlayerPage *self)
{
  gint64 position = self->step_target_ms >= 0 ? self->step_target_ms
                                              : bijou_playback_get_position (self->playback);
  gint64 duration = bijou_playback_get_duration (self->playback);
  g_autofree char *elapsed = bijou_text_format_position (position);
  g_autofree char *remaining = format_remaining (self, MIN (position, duration), duration);

  if (!gtk_revealer_get_reveal_child (self->bottom))
    return;
  gtk_label_set_text (self->elapsed, elapsed);
  gtk_button_set_label (self->remaining, remaining);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remaining), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  remaining, -1);
  if (!bijou_seek_bar_is_dragging (self->seek_bar))
    bijou_seek_bar_set_position (self->seek_bar, position, duration);
  update_subtitle (self, position);
}

static void
update_cached (BijouPlayerPage *self)
{
  g_autoptr (GArray) ranges = bijou_playback_list_cached (self->playback);

  bijou_seek_bar_set_cached (self->seek_bar, ranges);
}

static void
update_marks (BijouPlayerPage *self)
{
  BijouDetail *detail = bijou_playback_get_detail (self->playback);

  bijou_seek_bar_set_marks (self->seek_bar, bijou_playback_get_chapters (self->playback),
                            detail != NULL ? detail->segments : NULL);
}

static void
update_item (BijouPlayerPage *self)
{
  BijouItem *item = bijou_playback_get_item (self->playback);

  if (item == NULL)
    return;
  gtk_label_set_text (self->title, item->show_title != NULL ? item->show_title : item->title);
  update_marks (self);
  update_position (self);
}

static void
set_button (GtkButton *button, const char *icon, const char *name)
{
  gtk_button_set_icon_name (button, icon);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
update_play (BijouPlayerPage *self)
{
  if (bijou_player_wants_to_play (get_player (self)))
    set_button (self->play, "media-playback-pause-symbolic", _ ("Pause"));
  else
    set_button (self->play, "media-playback-start-symbolic", _ ("Play"));
}

static void
update_volume (BijouPlayerPage *self)
{
  BijouPlayer *player = get_player (self);
  double volume = bijou_player_get_volume (player);

  if (bijou_player_get_muted (player) || volume < .005)
    set_button (self->mute, "audio-volume-muted-symbolic", _ ("Unmute"));
  else
    set_button (self->mute,
                volume < .34   ? "audio-volume-low-symbolic"
                : volume < .67 ? "audio-volume-medium-symbolic"
                               : "audio-volume-high-symbolic",
                _ ("Mute"));
}

static void
update_neighbours (BijouPlayerPage *self)
{
  BijouPlayQueue *queue = bijou_playback_get_queue (self->playback);
  gboolean has_any =
      bijou_play_queue_get_previous (queue) != NULL || bijou_play_queue_get_next (queue) != NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->previous), has_any && !self->narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->next), has_any && !self->narrow);
  gtk_widget_set_sensitive (GTK_WIDGET (self->previous),
                            bijou_play_queue_get_previous (queue) != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->next), bijou_play_queue_get_next (queue) != NULL);
}

static void
set_step_button (GtkButton *button, gboolean forward, int seconds)
{
  g_autofree char *icon =
      g_strdup_printf ("bijou-%s-%d-symbolic", forward ? "forward" : "back", seconds);
  g_autofree char *name =
      g_strdup_printf (forward ? _ ("Forward %d Seconds") : _ ("Back %d Seconds"), seconds);
  gboolean drawn = seconds == 5 || seconds == 10 || seconds == 15 || seconds == 30;

  set_button (button,
              drawn     ? icon
              : forward ? "media-seek-forward-symbolic"
                        : "media-seek-backward-symbolic",
              name);
}

static void
update_steps (BijouPlayerPage *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  set_step_button (self->step_back, FALSE, g_settings_get_int (settings, "skip-seconds-back"));
  set_step_button (self->step_forward, TRUE, g_settings_get_int (settings, "skip-seconds-forward"));
}

/* --- the controls come and go --- */

static gboolean
is_over_controls (BijouPlayerPage *self)
{
  GtkWidget *widget =
      gtk_widget_pick (GTK_WIDGET (self), self->pointer_x, self->pointer_y, GTK_PICK_DEFAULT);

  for (; widget != NULL && widget != GTK_WIDGET (self); widget = gtk_widget_get_parent (widget))
    if (GTK_IS_BUTTON (widget) || GTK_IS_RANGE (widget) || BIJOU_IS_SEEK_BAR (widget) ||
        gtk_widget_has_css_class (widget, "bijou-panel"))
      return TRUE;
  return FALSE;
}

static gboolean
must_stay (BijouPlayerPage *self)
{
  BijouPlayerState state = bijou_playback_get_state (self->playback);

  return state != BIJOU_PLAYER_PLAYING || bijou_player_page_has_open_panel (self) ||
         bijou_seek_bar_is_dragging (self->seek_bar) || is_over_controls (self);
}

static void
set_cursor_hidden (BijouPlayerPage *self, gboolean hidden)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), hidden ? "none" : NULL);
}

static void
hide_controls (BijouPlayerPage *self)
{
  GtkWidget *focus = self->window != NULL ? gtk_window_get_focus (GTK_WINDOW (self->window)) : NULL;

  g_clear_handle_id (&self->hide_timer, g_source_remove);
  if (focus != NULL && (gtk_widget_is_ancestor (focus, GTK_WIDGET (self->top)) ||
                        gtk_widget_is_ancestor (focus, GTK_WIDGET (self->bottom))))
    gtk_widget_grab_focus (GTK_WIDGET (self));
  gtk_revealer_set_reveal_child (self->top, FALSE);
  gtk_revealer_set_reveal_child (self->bottom, FALSE);
  bijou_player_page_place_upcoming (self);
  gtk_widget_set_visible (self->bubble, FALSE);
  set_cursor_hidden (self, TRUE);
}

static gboolean
on_hide_cb (gpointer user_data)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (user_data);

  if (must_stay (self))
    return G_SOURCE_CONTINUE;
  self->hide_timer = 0;
  hide_controls (self);
  return G_SOURCE_REMOVE;
}

void
bijou_player_page_show_controls (BijouPlayerPage *self)
{
  g_clear_handle_id (&self->hide_timer, g_source_remove);
  self->hide_timer = g_timeout_add (HIDE_AFTER_MS, on_hide_cb, self);
  set_cursor_hidden (self, FALSE);
  if (gtk_revealer_get_reveal_child (self->bottom))
    return;
  gtk_revealer_set_reveal_child (self->top, TRUE);
  gtk_revealer_set_reveal_child (self->bottom, TRUE);
  bijou_player_page_place_upcoming (self);
  update_position (self);
}

static gboolean
on_pill_over_cb (gpointer user_data)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (user_data);

  self->pill_timer = 0;
  gtk_revealer_set_reveal_child (self->pill_revealer, FALSE);
  return G_SOURCE_REMOVE;
}

void
bijou_player_page_show_pill (BijouPlayerPage *self, const char *icon, const char *text)
{
  gtk_image_set_from_icon_name (self->pill_icon, icon);
  gtk_label_set_text (self->pill_text, text);
  gtk_revealer_set_reveal_child (self->pill_revealer, TRUE);
  g_clear_handle_id (&self->pill_timer, g_source_remove);
  self->pill_timer = g_timeout_add (PILL_MS, on_pill_over_cb, self);
}

static void
on_notice_cb (BijouPlayback *playback, const char *sentence, BijouPlayerPage *self)
{
  bijou_player_page_show_pill (self, "dialog-warning-symbolic", sentence);
  g_clear_handle_id (&self->pill_timer, g_source_remove);
  self->pill_timer = g_timeout_add (NOTICE_MS, on_pill_over_cb, self);
}

/* --- moving --- */

void
bijou_player_page_seek_to (BijouPlayerPage *self, gint64 position_ms)
{
  g_clear_handle_id (&self->seek_timer, g_source_remove);
  self->step_target_ms = -1;
  bijou_playback_seek (self->playback, position_ms, BIJOU_SEEK_ACCURATE);
  update_position (self);
}

void
bijou_player_page_commit_step (BijouPlayerPage *self)
{
  if (self->step_target_ms >= 0)
    bijou_player_page_seek_to (self, self->step_target_ms);
}

static gboolean
on_commit_cb (gpointer user_data)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (user_data);

  self->seek_timer = 0;
  bijou_player_page_commit_step (self);
  return G_SOURCE_REMOVE;
}

void
bijou_player_page_step (BijouPlayerPage *self, gint64 delta_ms)
{
  gint64 duration = bijou_playback_get_duration (self->playback);
  gint64 from = self->step_target_ms >= 0 ? self->step_target_ms
                                          : bijou_playback_get_position (self->playback);
  g_autofree char *at = NULL;
  g_autofree char *end = NULL;
  g_autofree char *text = NULL;

  self->step_target_ms = CLAMP (from + delta_ms, 0, duration > 0 ? duration : G_MAXINT64);
  at = bijou_text_format_position (self->step_target_ms);
  end = bijou_text_format_position (duration);
  text = g_strdup_printf ("%s / %s", at, end);
  bijou_player_page_show_pill (
      self, delta_ms > 0 ? "media-seek-forward-symbolic" : "media-seek-backward-symbolic", text);
  g_clear_handle_id (&self->seek_timer, g_source_remove);
  self->seek_timer = g_timeout_add (COMMIT_AFTER_MS, on_commit_cb, self);
  update_position (self);
}

void
bijou_player_page_toggle_play (BijouPlayerPage *self)
{
  BijouPlayer *player = get_player (self);

  bijou_player_toggle (player);
  if (!gtk_revealer_get_reveal_child (self->bottom))
    bijou_player_page_show_pill (self,
                                 bijou_player_wants_to_play (player)
                                     ? "media-playback-start-symbolic"
                                     : "media-playback-pause-symbolic",
                                 bijou_player_wants_to_play (player) ? _ ("Play") : _ ("Paused"));
}

/* --- window --- */

gboolean
bijou_player_page_is_fullscreen (BijouPlayerPage *self)
{
  return self->window != NULL && gtk_window_is_fullscreen (GTK_WINDOW (self->window));
}

void
bijou_player_page_toggle_fullscreen (BijouPlayerPage *self)
{
  if (self->window == NULL)
    return;
  if (bijou_player_page_is_fullscreen (self))
    gtk_window_unfullscreen (GTK_WINDOW (self->window));
  else
    gtk_window_fullscreen (GTK_WINDOW (self->window));
}

void
bijou_player_page_escape (BijouPlayerPage *self)
{
  if (bijou_player_page_has_open_panel (self))
    bijou_player_page_close_panels (self);
  else if (bijou_player_page_is_fullscreen (self))
    gtk_window_unfullscreen (GTK_WINDOW (self->window));
  else
    bijou_player_page_stop (self);
}

static void
on_fullscreened_cb (GObject *window, GParamSpec *pspec, BijouPlayerPage *self)
{
  if (bijou_player_page_is_fullscreen (self))
    set_button (self->fullscreen, "view-restore-symbolic", _ ("Leave Fullscreen"));
  else
    set_button (self->fullscreen, "view-fullscreen-symbolic", _ ("Fullscreen"));
}

static void
update_inhibit (BijouPlayerPage *self)
{
  GApplication *application = g_application_get_default ();
  gboolean playing = bijou_player_wants_to_play (get_player (self)) &&
                     bijou_playback_get_state (self->playback) != BIJOU_PLAYER_FAILED;

  if (!GTK_IS_APPLICATION (application) || playing == (self->inhibit_cookie != 0))
    return;
  if (!playing)
    {
      gtk_application_uninhibit (GTK_APPLICATION (application), self->inhibit_cookie);
      self->inhibit_cookie = 0;
      return;
    }
  self->inhibit_cookie = gtk_application_inhibit (
      GTK_APPLICATION (application), GTK_WINDOW (self->window),
      GTK_APPLICATION_INHIBIT_IDLE | GTK_APPLICATION_INHIBIT_SUSPEND, _ ("Playing a film"));
}

/* --- what the playback says --- */

static void
on_item_changed_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  bijou_player_page_clear_upcoming (self);
  update_item (self);
}

static void
on_state_changed_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  BijouPlayerState state = bijou_playback_get_state (playback);

  update_play (self);
  update_inhibit (self);
  bijou_player_page_update_upcoming (self);
  if (state != BIJOU_PLAYER_PLAYING && state != BIJOU_PLAYER_IDLE)
    bijou_player_page_show_controls (self);
}

static void
on_position_changed_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  update_position (self);
  bijou_player_page_update_upcoming (self);
  if (gtk_revealer_get_reveal_child (self->bottom))
    update_cached (self);
}

static void
on_tracks_changed_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  update_marks (self);
}

static void
on_ended_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  if (g_settings_get_boolean (settings, "autoplay-next") &&
      bijou_playback_play_next (self->playback))
    return;
  bijou_player_page_stop (self);
}

static void
on_queue_changed_cb (BijouPlayQueue *queue, BijouPlayerPage *self)
{
  update_neighbours (self);
}

static void
on_volume_notify_cb (BijouPlayer *player, GParamSpec *pspec, BijouPlayerPage *self)
{
  update_volume (self);
}

/* --- what the user does --- */

static void
on_back_cb (GtkButton *button, BijouPlayerPage *self)
{
  bijou_player_page_stop (self);
}

static void
on_play_cb (GtkButton *button, BijouPlayerPage *self)
{
  bijou_player_page_toggle_play (self);
}

static void
on_mute_cb (GtkButton *button, BijouPlayerPage *self)
{
  BijouPlayer *player = get_player (self);

  bijou_player_set_muted (player, !bijou_player_get_muted (player));
}

static void
on_previous_cb (GtkButton *button, BijouPlayerPage *self)
{
  bijou_playback_play_previous (self->playback);
}

static void
on_next_cb (GtkButton *button, BijouPlayerPage *self)
{
  bijou_playback_play_next (self->playback);
}

static void
on_step_back_cb (GtkButton *button, BijouPlayerPage *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  bijou_player_page_step (self, -1000 * g_settings_get_int (settings, "skip-seconds-back"));
}

static void
on_step_forward_cb (GtkButton *button, BijouPlayerPage *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  bijou_player_page_step (self, 1000 * g_settings_get_int (settings, "skip-seconds-forward"));
}

static void
on_fullscreen_cb (GtkButton *button, BijouPlayerPage *self)
{
  bijou_player_page_toggle_fullscreen (self);
}

static void
on_remaining_cb (GtkButton *button, BijouPlayerPage *self)
{
  self->remaining_mode = (self->remaining_mode + 1) % N_REMAINING;
  update_position (self);
}

static void
on_seek_cb (BijouSeekBar *bar, gint64 position_ms, BijouPlayerPage *self)
{
  bijou_player_page_seek_to (self, position_ms);
}

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
  BijouPlayer *player = get_player (self);
  g_autofree char *text = NULL;

  if (bijou_player_page_has_open_panel (self) || dy == 0)
    return FALSE;
  bijou_player_set_volume (player, bijou_player_get_volume (player) - dy * .05);
  text = g_strdup_printf (_ ("%d %%"), (int) (bijou_player_get_volume (player) * 100 + .5));
  bijou_player_page_show_pill (self, "audio-volume-high-symbolic", text);
  return TRUE;
}

/* --- widget --- */

static void
set_narrow (BijouPlayerPage *self, gboolean narrow)
{
  self->narrow = narrow;
  if (narrow)
    gtk_widget_add_css_class (GTK_WIDGET (self), "narrow");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "narrow");
  gtk_widget_set_visible (self->volume, !narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->speed_button), !narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->info_button), !narrow);
  gtk_box_set_spacing (self->transport, narrow ? 6 : 10);
  gtk_widget_set_visible (GTK_WIDGET (self->fullscreen), !narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->more_button), narrow);
  bijou_player_page_set_panels_narrow (self, narrow);
  bijou_player_page_place_upcoming (self);
  update_neighbours (self);
}

static void
bijou_player_page_measure (GtkWidget *widget,
                           GtkOrientation orientation,
                           int for_size,
                           int *minimum,
                           int *natural,
                           int *minimum_baseline,
                           int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (BIJOU_PLAYER_PAGE (widget)->overlay), orientation, for_size,
                      minimum, natural, minimum_baseline, natural_baseline);
  /* It adapts in size_allocate(): what the wide controls ask for must not keep a window wide. */
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, 360);
}

static gboolean
on_width_cb (gpointer user_data)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (user_data);
  gboolean narrow = gtk_widget_get_width (GTK_WIDGET (self)) < NARROW_WIDTH;

  if (narrow != self->narrow)
    set_narrow (self, narrow);
  return G_SOURCE_REMOVE;
}

static void
bijou_player_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (widget);
  int minimum;

  gtk_widget_measure (GTK_WIDGET (self->overlay), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL,
                      NULL, NULL);
  gtk_widget_allocate (GTK_WIDGET (self->overlay), MAX (width, minimum), height, baseline, NULL);
  if ((width < NARROW_WIDTH) != self->narrow)
    g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_width_cb, g_object_ref (self), g_object_unref);
}

static void
bijou_player_page_root (GtkWidget *widget)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (widget);

  GTK_WIDGET_CLASS (bijou_player_page_parent_class)->root (widget);
  self->window = GTK_WIDGET (gtk_widget_get_root (widget));
  if (GTK_IS_WINDOW (self->window))
    g_signal_connect_object (self->window, "notify::fullscreened", G_CALLBACK (on_fullscreened_cb),
                             self, 0);
  else
    self->window = NULL;
}

static void
bijou_player_page_unroot (GtkWidget *widget)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (widget);

  if (self->window != NULL)
    g_signal_handlers_disconnect_by_data (self->window, self);
  self->window = NULL;
  GTK_WIDGET_CLASS (bijou_player_page_parent_class)->unroot (widget);
}

static void
clear_timers (BijouPlayerPage *self)
{
  g_clear_handle_id (&self->hide_timer, g_source_remove);
  if (self->pill_timer != 0)
    gtk_revealer_set_reveal_child (self->pill_revealer, FALSE);
  g_clear_handle_id (&self->pill_timer, g_source_remove);
  g_clear_handle_id (&self->seek_timer, g_source_remove);
  g_clear_handle_id (&self->skip_timer, g_source_remove);
  self->step_target_ms = -1;
}

static void
bijou_player_page_dispose (GObject *object)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (object);

  clear_timers (self);
  if (self->playback != NULL)
    {
      g_signal_handlers_disconnect_by_data (get_player (self), self);
      g_signal_handlers_disconnect_by_data (self->playback, self);
      bijou_playback_stop (self->playback);
      update_inhibit (self);
    }
  g_clear_object (&self->playback);
  gtk_widget_dispose_template (GTK_WIDGET (self), BIJOU_TYPE_PLAYER_PAGE);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_player_page_parent_class)->dispose (object);
}

static void
add_style_sheet (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider,
                                       "/io/github/bijouplayer/Bijou/ui/player/player.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

#define BIND(name) gtk_widget_class_bind_template_child (widget_class, BijouPlayerPage, name)

static void
bind_children (GtkWidgetClass *widget_class)
{
  BIND (overlay);
  BIND (video);
  BIND (veil);
  BIND (top);
  BIND (bottom);
  BIND (controls);
  BIND (title);
  BIND (subtitle);
  BIND (back);
  BIND (elapsed);
  BIND (seek_bar);
  BIND (remaining);
  BIND (mute);
  BIND (volume);
  BIND (volume_adjustment);
  BIND (transport);
  BIND (previous);
  BIND (step_back);
  BIND (play);
  BIND (step_forward);
  BIND (next);
  BIND (tracks_button);
  BIND (speed_button);
  BIND (info_button);
  BIND (fullscreen);
  BIND (more_button);
  BIND (bubble);
  BIND (bubble_time);
  BIND (bubble_chapter);
  BIND (pill_revealer);
  BIND (pill_icon);
  BIND (pill_text);
}

static void
bind_callbacks (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, on_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_remaining_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_mute_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_previous_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_step_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_play_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_step_forward_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_next_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_fullscreen_cb);
}

static void
bijou_player_page_class_init (BijouPlayerPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_player_page_dispose;
  widget_class->measure = bijou_player_page_measure;
  widget_class->size_allocate = bijou_player_page_size_allocate;
  widget_class->root = bijou_player_page_root;
  widget_class->unroot = bijou_player_page_unroot;

  closed_signal = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (BIJOU_TYPE_VIDEO);
  g_type_ensure (BIJOU_TYPE_SEEK_BAR);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/player/bijou-player-page.ui");
  bind_children (widget_class);
  bind_callbacks (widget_class);
  add_style_sheet ();
}

static void
add_pointer_controllers (BijouPlayerPage *self)
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
}

static void
bijou_player_page_init (BijouPlayerPage *self)
{
  self->step_target_ms = -1;
  self->pointer_x = -1;
  self->pointer_y = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  add_pointer_controllers (self);
  bijou_player_page_add_keys (self);
  g_signal_connect (self->seek_bar, "seek", G_CALLBACK (on_seek_cb), self);
  g_signal_connect (self->seek_bar, "preview", G_CALLBACK (on_preview_cb), self);
}

static void
connect_playback (BijouPlayerPage *self)
{
  BijouPlayer *player = get_player (self);

  g_signal_connect (self->playback, "item-changed", G_CALLBACK (on_item_changed_cb), self);
  g_signal_connect (self->playback, "state-changed", G_CALLBACK (on_state_changed_cb), self);
  g_signal_connect (self->playback, "position-changed", G_CALLBACK (on_position_changed_cb), self);
  g_signal_connect (self->playback, "tracks-changed", G_CALLBACK (on_tracks_changed_cb), self);
  g_signal_connect (self->playback, "ended", G_CALLBACK (on_ended_cb), self);
  g_signal_connect (self->playback, "notice", G_CALLBACK (on_notice_cb), self);
  g_signal_connect_object (bijou_playback_get_queue (self->playback), "changed",
                           G_CALLBACK (on_queue_changed_cb), self, 0);
  g_signal_connect (player, "notify::volume", G_CALLBACK (on_volume_notify_cb), self);
  g_signal_connect (player, "notify::muted", G_CALLBACK (on_volume_notify_cb), self);
  g_object_bind_property (player, "volume", self->volume_adjustment, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

BijouPlayerPage *
bijou_player_page_new (BijouContext *context)
{
  BijouPlayerPage *self;

  gst_init (NULL, NULL);
  self = g_object_new (BIJOU_TYPE_PLAYER_PAGE, NULL);
  self->context = g_object_ref (context);
  self->playback = bijou_playback_new (context, bijou_video_make_sink (self->video), NULL);
  bijou_player_page_add_upcoming (self);
  bijou_player_page_add_panels (self);
  connect_playback (self);
  update_volume (self);
  update_steps (self);
  update_neighbours (self);
  return self;
}

void
bijou_player_page_play (BijouPlayerPage *self,
                        BijouItem *item,
                        gint64 start_ms,
                        const BijouPlayChoices *choices)
{
  g_return_if_fail (BIJOU_IS_PLAYER_PAGE (self));
  g_return_if_fail (BIJOU_IS_ITEM (item));

  update_steps (self);
  bijou_player_page_close_panels (self);
  bijou_video_clear (self->video);
  bijou_playback_play (self->playback, item, start_ms, choices);
  bijou_player_page_show_controls (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
bijou_player_page_stop (BijouPlayerPage *self)
{
  g_return_if_fail (BIJOU_IS_PLAYER_PAGE (self));

  clear_timers (self);
  bijou_player_page_close_panels (self);
  bijou_player_page_clear_upcoming (self);
  clear_timers (self);
  bijou_playback_stop (self->playback);
  update_inhibit (self);
  bijou_video_clear (self->video);
  set_cursor_hidden (self, FALSE);
  g_signal_emit (self, closed_signal, 0);
}
