#include "config.h"

#include "bijou-player-page-private.h"

#include "bijou-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define COMMIT_AFTER_MS 350
#define NARROW_WIDTH 600

G_DEFINE_FINAL_TYPE (BijouPlayerPage, bijou_player_page, GTK_TYPE_WIDGET)

static guint closed_signal;

static BijouPlayer *
get_player (BijouPlayerPage *self)
{
  return bijou_playback_get_player (self->playback);
}

/* --- moving --- */

void
bijou_player_page_seek_to (BijouPlayerPage *self, gint64 position_ms)
{
  g_clear_handle_id (&self->seek_timer, g_source_remove);
  self->step_target_ms = -1;
  bijou_playback_seek (self->playback, position_ms, BIJOU_SEEK_ACCURATE);
  bijou_player_page_update_position (self);
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
  bijou_player_page_update_position (self);
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
    bijou_player_page_set_button (self->fullscreen, "view-restore-symbolic",
                                  _ ("Leave Fullscreen"));
  else
    bijou_player_page_set_button (self->fullscreen, "view-fullscreen-symbolic", _ ("Fullscreen"));
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
on_notice_cb (BijouPlayback *playback, const char *sentence, BijouPlayerPage *self)
{
  bijou_player_page_show_notice (self, sentence);
}

static void
on_item_changed_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  bijou_player_page_clear_upcoming (self);
  bijou_player_page_update_item (self);
}

static void
on_state_changed_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  BijouPlayerState state = bijou_playback_get_state (playback);

  bijou_player_page_update_play (self);
  update_inhibit (self);
  bijou_player_page_update_upcoming (self);
  if (state != BIJOU_PLAYER_PLAYING && state != BIJOU_PLAYER_IDLE)
    bijou_player_page_show_controls (self);
}

static void
on_position_changed_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  bijou_player_page_update_position (self);
  bijou_player_page_update_upcoming (self);
  if (gtk_revealer_get_reveal_child (self->bottom))
    bijou_player_page_update_cached (self);
}

static void
on_tracks_changed_cb (BijouPlayback *playback, BijouPlayerPage *self)
{
  bijou_player_page_update_marks (self);
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
  bijou_player_page_update_neighbours (self);
}

static void
on_volume_notify_cb (BijouPlayer *player, GParamSpec *pspec, BijouPlayerPage *self)
{
  bijou_player_page_update_volume (self);
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
  bijou_player_page_cycle_remaining (self);
}

static void
on_seek_cb (BijouSeekBar *bar, gint64 position_ms, BijouPlayerPage *self)
{
  bijou_player_page_seek_to (self, position_ms);
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
  bijou_player_page_update_neighbours (self);
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
bijou_player_page_init (BijouPlayerPage *self)
{
  self->step_target_ms = -1;
  self->pointer_x = -1;
  self->pointer_y = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
  bijou_player_page_add_pointer (self);
  bijou_player_page_add_keys (self);
  g_signal_connect (self->seek_bar, "seek", G_CALLBACK (on_seek_cb), self);
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
  g_signal_connect_swapped (self->playback, "revoked", G_CALLBACK (bijou_player_page_stop), self);
  g_signal_connect_object (bijou_playback_get_queue (self->playback), "changed",
                           G_CALLBACK (on_queue_changed_cb), self, 0);
  g_signal_connect (player, "notify::volume", G_CALLBACK (on_volume_notify_cb), self);
  g_signal_connect (player, "notify::muted", G_CALLBACK (on_volume_notify_cb), self);
  g_object_bind_property (player, "volume", self->volume_adjustment, "value",
                          G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
}

static GstElement *
make_sink (gpointer video)
{
  return bijou_video_make_sink (video);
}

BijouPlayerPage *
bijou_player_page_new (BijouContext *context)
{
  BijouPlayerPage *self;

  gst_init (NULL, NULL);
  self = g_object_new (BIJOU_TYPE_PLAYER_PAGE, NULL);
  self->context = g_object_ref (context);
  self->playback = bijou_playback_new (context, bijou_video_make_sink (self->video), NULL);
  bijou_player_set_sink_func (get_player (self), make_sink, self->video);
  bijou_player_page_add_upcoming (self);
  bijou_player_page_add_panels (self);
  connect_playback (self);
  bijou_player_page_update_volume (self);
  bijou_player_page_update_steps (self);
  bijou_player_page_update_neighbours (self);
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

  bijou_player_page_update_steps (self);
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

  bijou_player_page_close_panels (self);
  bijou_player_page_clear_upcoming (self);
  /* Last: closing a panel shows the controls, for a while. */
  clear_timers (self);
  bijou_playback_stop (self->playback);
  update_inhibit (self);
  bijou_video_clear (self->video);
  bijou_player_page_set_cursor_hidden (self, FALSE);
  g_signal_emit (self, closed_signal, 0);
}
