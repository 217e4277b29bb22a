#include "config.h"

#include "bijou-next-card.h"
#include "bijou-player-page-private.h"

#include <glib/gi18n.h>

/* What comes next: past an intro, past the credits, the next episode. */

#define SKIP_SHOWN_MS 8000
#define COUNTDOWN_S 10
/* Without a known end of the story the card comes this late, and counts to the very end. */
#define LAST_MS 20000
#define END 32
#define BOTTOM 150
#define BOTTOM_ALONE 32
#define CARD_END 28
#define NARROW_END 14
#define NO_SEGMENT (-1)

static const char *
get_skip_label (BijouSegmentKind kind)
{
  switch (kind)
    {
    case BIJOU_SEGMENT_INTRO:
      return _ ("Skip Intro");
    case BIJOU_SEGMENT_CREDITS:
      return _ ("Skip Credits");
    case BIJOU_SEGMENT_RECAP:
      return _ ("Skip Recap");
    case BIJOU_SEGMENT_PREVIEW:
      return _ ("Skip Preview");
    case BIJOU_SEGMENT_COMMERCIAL:
      return _ ("Skip Commercial");
    default:
      return _ ("Skip");
    }
}

/* --- skipping --- */

static void
hide_skip (BijouPlayerPage *self)
{
  g_clear_handle_id (&self->skip_timer, g_source_remove);
  gtk_revealer_set_reveal_child (self->skip_revealer, FALSE);
}

static gboolean
on_skip_over_cb (gpointer user_data)
{
  BijouPlayerPage *self = BIJOU_PLAYER_PAGE (user_data);

  self->skip_timer = 0;
  hide_skip (self);
  return G_SOURCE_REMOVE;
}

static void
skip_to_end (BijouPlayerPage *self)
{
  gint64 position = bijou_playback_get_position (self->playback);
  const BijouSegment *segment = bijou_playback_find_segment (self->playback, position);

  hide_skip (self);
  if (segment != NULL)
    bijou_player_page_seek_to (self, segment->end_ms);
}

static void
show_skip (BijouPlayerPage *self, const BijouSegment *segment)
{
  gtk_button_set_label (self->skip, get_skip_label (segment->kind));
  gtk_revealer_set_reveal_child (self->skip_revealer, TRUE);
  g_clear_handle_id (&self->skip_timer, g_source_remove);
  self->skip_timer = g_timeout_add (SKIP_SHOWN_MS, on_skip_over_cb, self);
}

static void
enter_segment (BijouPlayerPage *self, const BijouSegment *segment)
{
  g_autofree char *mode =
      g_settings_get_string (bijou_context_get_settings (self->context), "segments");
  gboolean is_credits = segment->kind == BIJOU_SEGMENT_CREDITS;

  if (g_str_equal (mode, "off") ||
      (is_credits && bijou_play_queue_get_next (bijou_playback_get_queue (self->playback)) != NULL))
    return;
  if (g_str_equal (mode, "skip") && !is_credits)
    {
      skip_to_end (self);
      bijou_player_page_show_pill (self, "bijou-skip-segment-symbolic", _ ("Skipped"));
      return;
    }
  show_skip (self, segment);
}

static void
update_skip (BijouPlayerPage *self, const BijouSegment *segment)
{
  gint64 start = segment != NULL ? segment->start_ms : NO_SEGMENT;

  if (start == self->segment_start_ms)
    return;
  self->segment_start_ms = start;
  if (segment != NULL)
    enter_segment (self, segment);
  else
    hide_skip (self);
}

/* --- the next episode --- */

static gboolean
has_credits (BijouPlayerPage *self)
{
  BijouDetail *detail = bijou_playback_get_detail (self->playback);

  for (guint i = 0; detail != NULL && i < detail->segments->len; i++)
    if (((BijouSegment *) g_ptr_array_index (detail->segments, i))->kind == BIJOU_SEGMENT_CREDITS)
      return TRUE;
  return FALSE;
}

/* In ms, how long the card may stay; 0: it is not yet time for it. */
static gint64
get_card_time (BijouPlayerPage *self, const BijouSegment *segment, gint64 position)
{
  gint64 left = bijou_playback_get_duration (self->playback) - position;

  if (segment != NULL && segment->kind == BIJOU_SEGMENT_CREDITS)
    return COUNTDOWN_S * 1000;
  if (has_credits (self) || left > LAST_MS || left <= 0)
    return 0;
  return left;
}

static void
hide_card (BijouPlayerPage *self)
{
  bijou_next_card_hide (BIJOU_NEXT_CARD (self->next_card));
}

static void
update_card (BijouPlayerPage *self, const BijouSegment *segment, gint64 position)
{
  BijouItem *next = bijou_play_queue_get_next (bijou_playback_get_queue (self->playback));
  gint64 time_ms = next != NULL ? get_card_time (self, segment, position) : 0;
  gboolean autoplay =
      g_settings_get_boolean (bijou_context_get_settings (self->context), "autoplay-next");

  if (time_ms <= 0)
    {
      self->card_dismissed = FALSE;
      hide_card (self);
      return;
    }
  if (self->card_dismissed || gtk_widget_get_visible (self->next_card))
    return;
  bijou_next_card_show (BIJOU_NEXT_CARD (self->next_card), next,
                        autoplay ? (time_ms + 999) / 1000 : 0);
}

static void
on_card_play_cb (BijouNextCard *card, BijouPlayerPage *self)
{
  hide_card (self);
  bijou_playback_play_next (self->playback);
}

static void
on_card_dismissed_cb (BijouNextCard *card, BijouPlayerPage *self)
{
  self->card_dismissed = TRUE;
  hide_card (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

static void
on_skip_cb (GtkButton *button, BijouPlayerPage *self)
{
  skip_to_end (self);
  gtk_widget_grab_focus (GTK_WIDGET (self));
}

/* --- for the page --- */

void
bijou_player_page_update_upcoming (BijouPlayerPage *self)
{
  gint64 position = bijou_playback_get_position (self->playback);
  BijouPlayerState state = bijou_playback_get_state (self->playback);
  const BijouSegment *segment = bijou_playback_find_segment (self->playback, position);

  bijou_next_card_set_paused (BIJOU_NEXT_CARD (self->next_card), state != BIJOU_PLAYER_PLAYING);
  if (state != BIJOU_PLAYER_PLAYING && state != BIJOU_PLAYER_PAUSED)
    return;
  update_skip (self, segment);
  update_card (self, segment, position);
}

void
bijou_player_page_clear_upcoming (BijouPlayerPage *self)
{
  self->segment_start_ms = NO_SEGMENT;
  self->card_dismissed = FALSE;
  hide_skip (self);
  hide_card (self);
}

gboolean
bijou_player_page_take_upcoming (BijouPlayerPage *self)
{
  if (gtk_widget_get_visible (self->next_card))
    on_card_play_cb (BIJOU_NEXT_CARD (self->next_card), self);
  else if (gtk_revealer_get_reveal_child (self->skip_revealer))
    skip_to_end (self);
  else
    return FALSE;
  return TRUE;
}

/* They stand above the controls, and come down when these are gone. */
void
bijou_player_page_place_upcoming (BijouPlayerPage *self)
{
  int bottom = gtk_revealer_get_reveal_child (self->bottom) ? BOTTOM : BOTTOM_ALONE;

  gtk_widget_set_margin_bottom (GTK_WIDGET (self->skip_revealer), bottom);
  gtk_widget_set_margin_bottom (self->next_card, bottom);
  gtk_widget_set_margin_end (GTK_WIDGET (self->skip_revealer), self->narrow ? NARROW_END : END);
  gtk_widget_set_margin_end (self->next_card, self->narrow ? NARROW_END : CARD_END);
  bijou_next_card_set_narrow (BIJOU_NEXT_CARD (self->next_card), self->narrow);
}

void
bijou_player_page_add_upcoming (BijouPlayerPage *self)
{
  self->segment_start_ms = NO_SEGMENT;
  self->skip = GTK_BUTTON (gtk_button_new_with_label (_ ("Skip")));
  gtk_widget_add_css_class (GTK_WIDGET (self->skip), "bijou-white");
  gtk_widget_set_focus_on_click (GTK_WIDGET (self->skip), FALSE);
  g_signal_connect (self->skip, "clicked", G_CALLBACK (on_skip_cb), self);
  self->skip_revealer = GTK_REVEALER (gtk_revealer_new ());
  gtk_revealer_set_transition_type (self->skip_revealer, GTK_REVEALER_TRANSITION_TYPE_CROSSFADE);
  gtk_revealer_set_child (self->skip_revealer, GTK_WIDGET (self->skip));
  gtk_widget_set_halign (GTK_WIDGET (self->skip_revealer), GTK_ALIGN_END);
  gtk_widget_set_valign (GTK_WIDGET (self->skip_revealer), GTK_ALIGN_END);
  gtk_overlay_add_overlay (self->overlay, GTK_WIDGET (self->skip_revealer));

  self->next_card = bijou_next_card_new (self->context);
  gtk_widget_set_halign (self->next_card, GTK_ALIGN_END);
  gtk_widget_set_valign (self->next_card, GTK_ALIGN_END);
  g_signal_connect (self->next_card, "play", G_CALLBACK (on_card_play_cb), self);
  g_signal_connect (self->next_card, "dismissed", G_CALLBACK (on_card_dismissed_cb), self);
  gtk_overlay_add_overlay (self->overlay, self->next_card);
  bijou_player_page_place_upcoming (self);
}
