#pragma once

#include "bijou-playback.h"
#include "bijou-player-page.h"
#include "bijou-seek-bar.h"
#include "bijou-tracks-panel.h"
#include "bijou-video.h"

G_BEGIN_DECLS

struct _BijouPlayerPage
{
  GtkWidget parent_instance;

  BijouContext *context;   /* (owned) */
  BijouPlayback *playback; /* (owned) */

  GtkOverlay *overlay;
  BijouVideo *video;
  GtkWidget *veil;
  GtkRevealer *top;
  GtkRevealer *bottom;
  GtkWidget *controls;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkWidget *back;
  GtkLabel *elapsed;
  BijouSeekBar *seek_bar;
  GtkButton *remaining;
  GtkButton *mute;
  GtkWidget *volume;
  GtkAdjustment *volume_adjustment;
  GtkBox *transport;
  GtkButton *previous;
  GtkButton *step_back;
  GtkButton *play;
  GtkButton *step_forward;
  GtkButton *next;
  GtkToggleButton *tracks_button;
  GtkToggleButton *speed_button;
  GtkToggleButton *info_button;
  GtkButton *fullscreen;
  GtkToggleButton *more_button;
  GtkWidget *bubble;
  GtkLabel *bubble_time;
  GtkLabel *bubble_chapter;
  GtkRevealer *pill_revealer;
  GtkImage *pill_icon;
  GtkLabel *pill_text;
  GtkWidget *tracks_panel;    /* (unowned) in the overlay, as all that follow */
  GtkWidget *speed_panel;     /* (unowned) */
  GtkWidget *info_panel;      /* (unowned) */
  GtkRevealer *skip_revealer; /* (unowned) */
  GtkButton *skip;            /* (unowned) */
  GtkWidget *next_card;       /* (unowned) */

  GtkWidget *window; /* (unowned) (nullable) the root, while rooted */
  guint hide_timer;
  guint pill_timer;
  guint seek_timer; /* steps by key that wait for their one seek */
  guint skip_timer;
  gint64 segment_start_ms; /* of the one that plays, -1 none */
  gboolean card_dismissed; /* the credits are wanted */
  guint inhibit_cookie;    /* 0: the screen may go dark */
  gint64 step_target_ms;   /* where the steps by key lead, -1 none */
  double pointer_x;
  double pointer_y;
  int remaining_mode;
  gboolean narrow;
};

void bijou_player_page_add_keys (BijouPlayerPage *self);
/* bijou-player-pointer.c */
void bijou_player_page_add_pointer (BijouPlayerPage *self);
/* Moves by @delta_ms; steps that follow each other closely become one seek. */
void bijou_player_page_step (BijouPlayerPage *self, gint64 delta_ms);
void bijou_player_page_commit_step (BijouPlayerPage *self);
void bijou_player_page_seek_to (BijouPlayerPage *self, gint64 position_ms);
/* --- bijou-player-controls.c --- */

void bijou_player_page_set_button (GtkButton *button, const char *icon, const char *name);
void bijou_player_page_update_position (BijouPlayerPage *self);
void bijou_player_page_update_cached (BijouPlayerPage *self);
void bijou_player_page_update_marks (BijouPlayerPage *self);
void bijou_player_page_update_item (BijouPlayerPage *self);
void bijou_player_page_update_play (BijouPlayerPage *self);
void bijou_player_page_update_volume (BijouPlayerPage *self);
void bijou_player_page_update_neighbours (BijouPlayerPage *self);
void bijou_player_page_update_steps (BijouPlayerPage *self);
/* What the label at the end of the bar says: what is left, the length, when it ends. */
void bijou_player_page_cycle_remaining (BijouPlayerPage *self);
void bijou_player_page_set_cursor_hidden (BijouPlayerPage *self, gboolean hidden);
/* A sentence for the user, playing goes on. */
void bijou_player_page_show_notice (BijouPlayerPage *self, const char *sentence);
/* A word about what a key did, without the controls. */
void bijou_player_page_show_pill (BijouPlayerPage *self, const char *icon, const char *text);
void bijou_player_page_show_controls (BijouPlayerPage *self);

/* --- bijou-player-page.c --- */

void bijou_player_page_toggle_play (BijouPlayerPage *self);
void bijou_player_page_toggle_fullscreen (BijouPlayerPage *self);
gboolean bijou_player_page_is_fullscreen (BijouPlayerPage *self);
/* What Escape does: closes a panel, leaves fullscreen, then the player. */
void bijou_player_page_escape (BijouPlayerPage *self);

void bijou_player_page_add_panels (BijouPlayerPage *self);
void bijou_player_page_set_panels_narrow (BijouPlayerPage *self, gboolean narrow);
gboolean bijou_player_page_has_open_panel (BijouPlayerPage *self);
void bijou_player_page_close_panels (BijouPlayerPage *self);

void bijou_player_page_add_upcoming (BijouPlayerPage *self);
void bijou_player_page_update_upcoming (BijouPlayerPage *self);
void bijou_player_page_clear_upcoming (BijouPlayerPage *self);
void bijou_player_page_place_upcoming (BijouPlayerPage *self);
/* Does what is offered: plays the next episode, or skips; FALSE when nothing is. */
gboolean bijou_player_page_take_upcoming (BijouPlayerPage *self);

G_END_DECLS
