#include "config.h"

#include "bijou-player-page-private.h"

#include "bijou-text.h"

#include <glib/gi18n.h>

/* What the controls of the player show, and how they come and go. */

#define HIDE_AFTER_MS 2000
#define PILL_MS 900
#define NOTICE_MS 4000

enum
{
  REMAINING_LEFT,
  REMAINING_LENGTH,
  REMAINING_END,
  N_REMAINING
};

static BijouPlayer *
get_player (BijouPlayerPage *self)
{
  return bijou_playback_get_player (self->playback);
}

/* --- what is shown --- */

void
bijou_player_page_set_button (GtkButton *button, const char *icon, const char *name)
{
  gtk_button_set_icon_name (button, icon);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

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

void
bijou_player_page_update_position (BijouPlayerPage *self)
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

void
bijou_player_page_update_cached (BijouPlayerPage *self)
{
  g_autoptr (GArray) ranges = bijou_playback_list_cached (self->playback);

  bijou_seek_bar_set_cached (self->seek_bar, ranges);
}

void
bijou_player_page_update_marks (BijouPlayerPage *self)
{
  BijouDetail *detail = bijou_playback_get_detail (self->playback);

  bijou_seek_bar_set_marks (self->seek_bar, bijou_playback_get_chapters (self->playback),
                            detail != NULL ? detail->segments : NULL);
}

void
bijou_player_page_update_item (BijouPlayerPage *self)
{
  BijouItem *item = bijou_playback_get_item (self->playback);

  if (item == NULL)
    return;
  gtk_label_set_text (self->title, item->show_title != NULL ? item->show_title : item->title);
  bijou_player_page_update_marks (self);
  bijou_player_page_update_position (self);
}

void
bijou_player_page_update_play (BijouPlayerPage *self)
{
  if (bijou_player_wants_to_play (get_player (self)))
    bijou_player_page_set_button (self->play, "media-playback-pause-symbolic", _ ("Pause"));
  else
    bijou_player_page_set_button (self->play, "media-playback-start-symbolic", _ ("Play"));
}

void
bijou_player_page_update_volume (BijouPlayerPage *self)
{
  BijouPlayer *player = get_player (self);
  double volume = bijou_player_get_volume (player);

  if (bijou_player_get_muted (player) || volume < .005)
    bijou_player_page_set_button (self->mute, "audio-volume-muted-symbolic", _ ("Unmute"));
  else
    bijou_player_page_set_button (self->mute,
                                  volume < .34   ? "audio-volume-low-symbolic"
                                  : volume < .67 ? "audio-volume-medium-symbolic"
                                                 : "audio-volume-high-symbolic",
                                  _ ("Mute"));
}

void
bijou_player_page_update_neighbours (BijouPlayerPage *self)
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

  bijou_player_page_set_button (button,
                                drawn     ? icon
                                : forward ? "media-seek-forward-symbolic"
                                          : "media-seek-backward-symbolic",
                                name);
}

void
bijou_player_page_update_steps (BijouPlayerPage *self)
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

void
bijou_player_page_set_cursor_hidden (BijouPlayerPage *self, gboolean hidden)
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
  bijou_player_page_set_cursor_hidden (self, TRUE);
}

static gboolean
on_hide_cb (gpointer user_data)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (user_data);

  if (must_stay (self))
    {
      /* Nothing moves while it is paused, but bytes come. */
      bijou_player_page_update_cached (self);
      return G_SOURCE_CONTINUE;
    }
  self->hide_timer = 0;
  hide_controls (self);
  return G_SOURCE_REMOVE;
}

void
bijou_player_page_show_controls (BijouPlayerPage *self)
{
  g_clear_handle_id (&self->hide_timer, g_source_remove);
  self->hide_timer = g_timeout_add (HIDE_AFTER_MS, on_hide_cb, self);
  bijou_player_page_set_cursor_hidden (self, FALSE);
  if (gtk_revealer_get_reveal_child (self->bottom))
    return;
  gtk_revealer_set_reveal_child (self->top, TRUE);
  gtk_revealer_set_reveal_child (self->bottom, TRUE);
  bijou_player_page_place_upcoming (self);
  bijou_player_page_update_position (self);
  bijou_player_page_update_cached (self);
}

static gboolean
on_pill_over_cb (gpointer user_data)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (user_data);

  self->pill_timer = 0;
  gtk_revealer_set_reveal_child (self->pill_revealer, FALSE);
  return G_SOURCE_REMOVE;
}

static void
show_pill_for (BijouPlayerPage *self, const char *icon, const char *text, guint ms)
{
  gtk_image_set_from_icon_name (self->pill_icon, icon);
  gtk_label_set_text (self->pill_text, text);
  gtk_revealer_set_reveal_child (self->pill_revealer, TRUE);
  g_clear_handle_id (&self->pill_timer, g_source_remove);
  self->pill_timer = g_timeout_add (ms, on_pill_over_cb, self);
}

void
bijou_player_page_show_pill (BijouPlayerPage *self, const char *icon, const char *text)
{
  show_pill_for (self, icon, text, PILL_MS);
}

void
bijou_player_page_show_notice (BijouPlayerPage *self, const char *sentence)
{
  show_pill_for (self, "dialog-warning-symbolic", sentence, NOTICE_MS);
}

void
bijou_player_page_cycle_remaining (BijouPlayerPage *self)
{
  self->remaining_mode = (self->remaining_mode + 1) % N_REMAINING;
  bijou_player_page_update_position (self);
}
