#include "config.h"

#include "bijou-player-page-private.h"

#include <glib/gi18n.h>

#define VOLUME_STEP 0.05
#define LONG_STEP_MS 30000
#define END_MARGIN_MS 3000

static const double rates[] = { 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 3.0, 4.0 };

static BijouPlayer *
get_player (BijouPlayerPage *self)
{
  return bijou_playback_get_player (self->playback);
}

static void
change_volume (BijouPlayerPage *self, double delta)
{
  BijouPlayer *player = get_player (self);
  g_autofree char *text = NULL;

  bijou_player_set_muted (player, FALSE);
  bijou_player_set_volume (player, bijou_player_get_volume (player) + delta);
  text = g_strdup_printf (_ ("%d %%"), (int) (bijou_player_get_volume (player) * 100 + 0.5));
  bijou_player_page_show_pill (self, "audio-volume-high-symbolic", text);
}

static void
toggle_mute (BijouPlayerPage *self)
{
  BijouPlayer *player = get_player (self);
  gboolean muted = !bijou_player_get_muted (player);

  bijou_player_set_muted (player, muted);
  bijou_player_page_show_pill (self,
                               muted ? "audio-volume-muted-symbolic" : "audio-volume-high-symbolic",
                               muted ? _ ("Muted") : _ ("Sound On"));
}

static void
set_rate (BijouPlayerPage *self, double rate)
{
  g_autofree char *text = g_strdup_printf ("%g×", rate);

  bijou_player_set_rate (get_player (self), rate);
  bijou_player_page_show_pill (self, "bijou-speed-symbolic", text);
}

static void
change_rate (BijouPlayerPage *self, int direction)
{
  double rate = bijou_player_get_rate (get_player (self));

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    {
      guint n = direction > 0 ? i : G_N_ELEMENTS (rates) - 1 - i;

      if ((direction > 0 && rates[n] > rate + .01) || (direction < 0 && rates[n] < rate - .01))
        {
          set_rate (self, rates[n]);
          return;
        }
    }
}

static int
find_selected (GPtrArray *tracks)
{
  for (guint i = 0; i < tracks->len; i++)
    if (((BijouPlaybackTrack *) g_ptr_array_index (tracks, i))->selected)
      return i;
  return -1;
}

/* Text has one more place than tracks: off. */
static void
cycle_tracks (BijouPlayerPage *self, BijouTrackKind kind)
{
  g_autoptr (GPtrArray) tracks = bijou_playback_list_tracks (self->playback, kind);
  BijouPlaybackTrack *track = NULL;
  guint next;

  if (tracks->len == 0)
    {
      bijou_player_page_show_pill (self, "bijou-tracks-symbolic",
                                   kind == BIJOU_TRACK_TEXT ? _ ("No Subtitles") : _ ("No Sound"));
      return;
    }
  next = find_selected (tracks) + 1;
  if (next >= tracks->len && kind == BIJOU_TRACK_AUDIO)
    next = 0;
  if (next < tracks->len)
    track = g_ptr_array_index (tracks, next);
  bijou_playback_select_track (self->playback, kind, track);
  bijou_player_page_show_pill (self, "bijou-tracks-symbolic",
                               track != NULL ? track->title : _ ("Subtitles Off"));
}

static void
toggle_text (BijouPlayerPage *self)
{
  g_autoptr (GPtrArray) tracks = bijou_playback_list_tracks (self->playback, BIJOU_TRACK_TEXT);

  if (tracks->len == 0 || find_selected (tracks) < 0)
    {
      cycle_tracks (self, BIJOU_TRACK_TEXT);
      return;
    }
  bijou_playback_select_track (self->playback, BIJOU_TRACK_TEXT, NULL);
  bijou_player_page_show_pill (self, "bijou-tracks-symbolic", _ ("Subtitles Off"));
}

static void
step_chapter (BijouPlayerPage *self, int direction)
{
  GPtrArray *chapters = bijou_playback_get_chapters (self->playback);
  gint64 position = bijou_playback_get_position (self->playback);
  const BijouChapter *target = NULL;

  for (guint i = 0; i < chapters->len; i++)
    {
      const BijouChapter *chapter = g_ptr_array_index (chapters, i);

      if (direction < 0 && chapter->start_ms < position - 3000)
        target = chapter;
      if (direction > 0 && chapter->start_ms > position + 500)
        {
          target = chapter;
          break;
        }
    }
  if (target == NULL)
    return;
  bijou_player_page_seek_to (self, target->start_ms);
  bijou_player_page_show_pill (self, "bijou-list-symbolic",
                               target->title != NULL ? target->title : _ ("Chapter"));
}

static gint64
get_step (BijouPlayerPage *self, gboolean forward)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  return 1000 *
         g_settings_get_int (settings, forward ? "skip-seconds-forward" : "skip-seconds-back");
}

static void
step (BijouPlayerPage *self, gboolean forward, gboolean is_long)
{
  gint64 delta = is_long ? LONG_STEP_MS : get_step (self, forward);

  bijou_player_page_step (self, forward ? delta : -delta);
}

static void
step_frame (BijouPlayerPage *self)
{
  BijouPlayer *player = get_player (self);

  if (bijou_player_wants_to_play (player))
    bijou_player_pause (player);
  else
    bijou_player_step_frame (player);
}

static gboolean
handle_control_key (BijouPlayerPage *self, guint key)
{
  switch (key)
    {
    case GDK_KEY_Left:
      step_chapter (self, -1);
      return TRUE;
    case GDK_KEY_Right:
      step_chapter (self, 1);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
handle_seek_key (BijouPlayerPage *self, guint key, gboolean shift)
{
  switch (key)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      step (self, FALSE, shift);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      step (self, TRUE, shift);
      return TRUE;
    case GDK_KEY_j:
      step (self, FALSE, FALSE);
      return TRUE;
    case GDK_KEY_l:
      step (self, TRUE, FALSE);
      return TRUE;
    case GDK_KEY_Home:
      bijou_player_page_seek_to (self, 0);
      return TRUE;
    case GDK_KEY_End:
      bijou_player_page_seek_to (
          self, MAX (0, bijou_playback_get_duration (self->playback) - END_MARGIN_MS));
      return TRUE;
    case GDK_KEY_Page_Up:
      step_chapter (self, 1);
      return TRUE;
    case GDK_KEY_Page_Down:
      step_chapter (self, -1);
      return TRUE;
    case GDK_KEY_period:
    case GDK_KEY_e:
      step_frame (self);
      return TRUE;
    default:
      return FALSE;
    }
}

/* 0 to 9: so many tenths of the film. */
static gboolean
handle_digit_key (BijouPlayerPage *self, guint key)
{
  guint digit = key >= GDK_KEY_KP_0 && key <= GDK_KEY_KP_9 ? key - GDK_KEY_KP_0 : key - GDK_KEY_0;

  if (digit > 9)
    return FALSE;
  bijou_player_page_seek_to (self, bijou_playback_get_duration (self->playback) * digit / 10);
  return TRUE;
}

static gboolean
handle_sound_key (BijouPlayerPage *self, guint key)
{
  switch (key)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      change_volume (self, VOLUME_STEP);
      return TRUE;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      change_volume (self, -VOLUME_STEP);
      return TRUE;
    case GDK_KEY_m:
      toggle_mute (self);
      return TRUE;
    case GDK_KEY_bracketleft:
    case GDK_KEY_less:
      change_rate (self, -1);
      return TRUE;
    case GDK_KEY_bracketright:
    case GDK_KEY_greater:
      change_rate (self, 1);
      return TRUE;
    case GDK_KEY_BackSpace:
      set_rate (self, 1.0);
      return TRUE;
    case GDK_KEY_v:
    case GDK_KEY_c:
      toggle_text (self);
      return TRUE;
    case GDK_KEY_C:
    case GDK_KEY_V:
      cycle_tracks (self, BIJOU_TRACK_TEXT);
      return TRUE;
    case GDK_KEY_a:
    case GDK_KEY_numbersign:
      cycle_tracks (self, BIJOU_TRACK_AUDIO);
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
handle_page_key (BijouPlayerPage *self, guint key)
{
  switch (key)
    {
    case GDK_KEY_space:
    case GDK_KEY_k:
    case GDK_KEY_p:
    case GDK_KEY_AudioPlay:
      bijou_player_page_toggle_play (self);
      return TRUE;
    case GDK_KEY_f:
    case GDK_KEY_F11:
      bijou_player_page_toggle_fullscreen (self);
      return TRUE;
    case GDK_KEY_Escape:
      bijou_player_page_escape (self);
      return TRUE;
    case GDK_KEY_N:
    case GDK_KEY_AudioNext:
      bijou_playback_play_next (self->playback);
      return TRUE;
    case GDK_KEY_P:
    case GDK_KEY_AudioPrev:
      bijou_playback_play_previous (self->playback);
      return TRUE;
    case GDK_KEY_s:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      return bijou_player_page_take_upcoming (self);
    case GDK_KEY_r:
      bijou_playback_try_now (self->playback);
      return TRUE;
    case GDK_KEY_i:
      gtk_toggle_button_set_active (self->info_button,
                                    !gtk_toggle_button_get_active (self->info_button));
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
on_key_pressed_cb (GtkEventControllerKey *controller,
                   guint key,
                   guint code,
                   GdkModifierType state,
                   BijouPlayerPage *self)
{
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();

  if (modifiers == GDK_CONTROL_MASK)
    return handle_control_key (self, key);
  if ((modifiers & ~GDK_SHIFT_MASK) != 0)
    return FALSE;
  if (key == GDK_KEY_Tab || key == GDK_KEY_ISO_Left_Tab)
    {
      bijou_player_page_show_controls (self);
      return FALSE;
    }
  return handle_seek_key (self, key, modifiers != 0) || handle_digit_key (self, key) ||
         handle_sound_key (self, key) || handle_page_key (self, key);
}

static void
on_key_released_cb (GtkEventControllerKey *controller,
                    guint key,
                    guint code,
                    GdkModifierType state,
                    BijouPlayerPage *self)
{
  bijou_player_page_commit_step (self);
}

/* Keys go to what has the focus first, so that a list or a slider keeps its arrows. */
void
bijou_player_page_add_keys (BijouPlayerPage *self)
{
  GtkEventController *controller = gtk_event_controller_key_new ();

  g_signal_connect (controller, "key-pressed", G_CALLBACK (on_key_pressed_cb), self);
  g_signal_connect (controller, "key-released", G_CALLBACK (on_key_released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}
