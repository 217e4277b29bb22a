#pragma once

#include "bijou-context.h"
#include "bijou-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_BADGE_NONE,
  BIJOU_BADGE_COUNT, /* accent pill with a number */
  BIJOU_BADGE_WATCHED,
  BIJOU_BADGE_DOWNLOADED,
  BIJOU_BADGE_DOWNLOADING,
  BIJOU_BADGE_CACHED,
  BIJOU_BADGE_TIME, /* a length of time */
} BijouBadge;

/**
 * BijouArt:
 * One picture with what is drawn over it: its size never depends on its pixels. It covers its
 * space, has rounded corners and a rim, fades in, and shows the title until the picture is there.
 */
#define BIJOU_TYPE_ART (bijou_art_get_type ())
G_DECLARE_FINAL_TYPE (BijouArt, bijou_art, BIJOU, ART, GtkWidget)

GtkWidget *bijou_art_new (BijouContext *context);
void bijou_art_set_size (BijouArt *self, int width, int height);
void bijou_art_set_ratio (BijouArt *self, double ratio, int min_width);
void bijou_art_set_radius (BijouArt *self, int radius);
void bijou_art_set_picture (BijouArt *self, const char *server_id, const char *image);
void bijou_art_set_placeholder (BijouArt *self, const char *title, const char *icon);
void bijou_art_set_progress (BijouArt *self, double fraction);
void bijou_art_set_badge (BijouArt *self, BijouBadge badge, const char *text);
void bijou_art_set_highlight (BijouArt *self, gboolean highlight);
void bijou_art_set_play_disc (BijouArt *self, gboolean shown);
void bijou_art_set_dimmed (BijouArt *self, gboolean dimmed);

G_END_DECLS
