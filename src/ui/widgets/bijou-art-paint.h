#pragma once

#include "bijou-art.h"

G_BEGIN_DECLS

/* What an art shows; pointers belong to the art. */
typedef struct
{
  GdkTexture *texture; /* (owned) (nullable) */
  GdkTexture *average; /* (owned) (nullable) */
  double texture_opacity;
  gboolean missing;
  const char *icon;    /* (nullable) interned */
  PangoLayout *layout; /* (unowned) (nullable) */
  int radius;
  double progress; /* -1: none */
  BijouBadge badge;
  char *badge_text; /* (owned) (nullable) */
  double highlight; /* 0–1 */
  gboolean play_disc;
  gboolean dimmed;
} BijouArtLook;

void bijou_art_paint (GtkWidget *widget, GtkSnapshot *snapshot, const BijouArtLook *look);
void bijou_paint_texture_cover (GtkSnapshot *snapshot,
                                GdkTexture *texture,
                                const graphene_rect_t *bounds,
                                double focus_x,
                                double focus_y);

G_END_DECLS
