#include "config.h"

#include "bijou-art-paint.h"

#include <adwaita.h>

#define RECT(x, y, w, h) GRAPHENE_RECT_INIT ((float) (x), (float) (y), (float) (w), (float) (h))

#define INSET 8
#define BAR_HEIGHT 4
#define SCRIM_HEIGHT 56
#define BADGE_SIZE 22
#define DISC_SIZE 48

static const GdkRGBA white = { 1, 1, 1, 1 };
static const GdkRGBA progress_color = { 1, 0.361f, 0.529f, 1 };

static gboolean
is_high_contrast (void)
{
  return adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
}

static GdkRGBA
make_color (double red, double green, double blue, double alpha)
{
  return (GdkRGBA){ (float) red, (float) green, (float) blue, (float) alpha };
}

/**
 * bijou_paint_texture_cover:
 * @snapshot: where to
 * @texture: a picture
 * @bounds: the space that it covers
 * @focus_x: 0–1, which part stays when its sides are cut
 * @focus_y: 0–1, which part stays when top and bottom are cut
 *
 * Draws a picture over all of a space, keeping its proportions.
 */
void
bijou_paint_texture_cover (GtkSnapshot *snapshot,
                           GdkTexture *texture,
                           const graphene_rect_t *bounds,
                           double focus_x,
                           double focus_y)
{
  double width = gdk_texture_get_width (texture);
  double height = gdk_texture_get_height (texture);
  double scale = MAX (bounds->size.width / width, bounds->size.height / height);
  double x = (bounds->size.width - width * scale) * focus_x;
  double y = (bounds->size.height - height * scale) * focus_y;

  gtk_snapshot_push_clip (snapshot, bounds);
  gtk_snapshot_append_texture (
      snapshot, texture,
      &RECT (bounds->origin.x + x, bounds->origin.y + y, width * scale, height * scale));
  gtk_snapshot_pop (snapshot);
}

static void
paint_icon (GtkWidget *widget,
            GtkSnapshot *snapshot,
            const char *name,
            int size,
            double center_x,
            double center_y,
            const GdkRGBA *color)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));
  g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
      theme, name, NULL, size, gtk_widget_get_scale_factor (widget),
      gtk_widget_get_direction (widget), GTK_ICON_LOOKUP_FORCE_SYMBOLIC);

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) (center_x - size / 2.0),
                                                          (float) (center_y - size / 2.0)));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size,
                                            color, 1);
  gtk_snapshot_restore (snapshot);
}

static void
paint_pill (GtkSnapshot *snapshot, const graphene_rect_t *rect, float radius, const GdkRGBA *color)
{
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, rect, radius);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  gtk_snapshot_append_color (snapshot, color, rect);
  gtk_snapshot_pop (snapshot);
}

static void
paint_ring (GtkSnapshot *snapshot, const graphene_rect_t *rect, float radius, double alpha)
{
  GskRoundedRect outline;
  GdkRGBA color = make_color (1, 1, 1, alpha);

  gsk_rounded_rect_init_from_rect (&outline, rect, radius);
  gtk_snapshot_append_inset_shadow (snapshot, &outline, &color, 0, 0, 1, 0);
}

static void
paint_gradient (GtkWidget *widget, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  GdkRGBA from, to;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &from);
  to = from;
  from.alpha = 0.10f;
  to.alpha = 0.05f;
  gtk_snapshot_append_linear_gradient (
      snapshot, bounds, &bounds->origin,
      &GRAPHENE_POINT_INIT (bounds->size.width * 0.4f, bounds->size.height),
      (GskColorStop[2]){ { 0, from }, { 1, to } }, 2);
}

static void
paint_title (GtkSnapshot *snapshot, PangoLayout *layout, double center_y, const GdkRGBA *color)
{
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (12, (float) (center_y - height / 2.0)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
paint_missing (GtkWidget *widget,
               GtkSnapshot *snapshot,
               const graphene_rect_t *bounds,
               const BijouArtLook *look)
{
  GdkRGBA color, dim;
  double middle = bounds->size.height / 2.0;
  gboolean has_icon = look->missing && look->icon != NULL;
  int size = MIN (36, (int) (bounds->size.height / 3));

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  paint_gradient (widget, snapshot, bounds);
  dim = color;
  dim.alpha *= 0.6f;
  if (has_icon)
    paint_icon (widget, snapshot, look->icon, size, bounds->size.width / 2.0,
                look->layout != NULL ? middle - size / 2.0 - 2 : middle, &dim);
  if (look->layout != NULL)
    paint_title (snapshot, look->layout, has_icon ? middle + size / 2.0 + 8 : middle, &color);
}

static void
paint_placeholder (GtkWidget *widget,
                   GtkSnapshot *snapshot,
                   const graphene_rect_t *bounds,
                   const BijouArtLook *look)
{
  if (look->average == NULL)
    {
      paint_missing (widget, snapshot, bounds, look);
      return;
    }
  bijou_paint_texture_cover (snapshot, look->average, bounds, 0.5, 0.5);
  gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 10 / 255.f, 8 / 255.f, 14 / 255.f, 0.28f },
                             bounds);
  if (look->layout != NULL)
    paint_title (snapshot, look->layout, bounds->size.height / 2.0, &white);
}

static void
paint_picture (GtkWidget *widget,
               GtkSnapshot *snapshot,
               const graphene_rect_t *bounds,
               const BijouArtLook *look)
{
  if (look->texture == NULL || look->texture_opacity < 1)
    paint_placeholder (widget, snapshot, bounds, look);
  if (look->texture == NULL)
    return;
  if (look->texture_opacity < 1)
    gtk_snapshot_push_opacity (snapshot, look->texture_opacity);
  bijou_paint_texture_cover (snapshot, look->texture, bounds, 0.5, 0.5);
  if (look->texture_opacity < 1)
    gtk_snapshot_pop (snapshot);
}

static void
paint_progress (GtkWidget *widget,
                GtkSnapshot *snapshot,
                const graphene_rect_t *bounds,
                double fraction)
{
  double strong = is_high_contrast () ? 0.92 : 0.78;
  double scrim = MIN (SCRIM_HEIGHT, bounds->size.height / 2.0);
  double inset = bounds->size.width < 140 ? 6 : INSET;
  double width = bounds->size.width - 2 * inset;
  double y = bounds->size.height - inset - BAR_HEIGHT;
  double played = MAX (BAR_HEIGHT, width * fraction);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  gtk_snapshot_append_linear_gradient (
      snapshot, &RECT (0, bounds->size.height - scrim, bounds->size.width, scrim),
      &GRAPHENE_POINT_INIT (0, bounds->size.height),
      &GRAPHENE_POINT_INIT (0, (float) (bounds->size.height - scrim)),
      (GskColorStop[3]){ { 0, make_color (0, 0, 0, strong) },
                         { 0.4f, make_color (0, 0, 0, strong * 0.54) },
                         { 1, make_color (0, 0, 0, 0) } },
      3);
  paint_pill (snapshot, &RECT (inset, y, width, BAR_HEIGHT), 2, &(GdkRGBA){ 1, 1, 1, 0.34f });
  paint_pill (snapshot, &RECT (mirrored ? inset + width - played : inset, y, played, BAR_HEIGHT), 2,
              &progress_color);
}

static PangoLayout *
make_badge_layout (GtkWidget *widget, const char *text, double points)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attrs = pango_attr_list_new ();

  pango_attr_list_insert (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_attr_list_insert (attrs, pango_attr_font_features_new ("tnum"));
  pango_attr_list_insert (attrs, pango_attr_size_new ((int) (points * PANGO_SCALE)));
  pango_layout_set_attributes (layout, attrs);
  pango_attr_list_unref (attrs);
  return layout;
}

/* A pill of @height in the upper corner that is not where reading begins. */
static void
paint_text_badge (GtkWidget *widget,
                  GtkSnapshot *snapshot,
                  const BijouArtLook *look,
                  double points,
                  double padding,
                  double min_height,
                  const GdkRGBA *color)
{
  g_autoptr (PangoLayout) layout = make_badge_layout (widget, look->badge_text, points);
  int text_width, text_height;
  double width, height, x;
  gboolean count = look->badge == BIJOU_BADGE_COUNT;

  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  height = MAX (min_height, text_height + 2);
  width = MAX (text_width + 2 * padding, count ? height : 0);
  x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL
          ? INSET
          : gtk_widget_get_width (widget) - INSET - width;
  paint_pill (snapshot, &RECT (x, INSET, width, height), count ? (float) height / 2 : 5, color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) (x + (width - text_width) / 2),
                                                (float) (INSET + (height - text_height) / 2)));
  gtk_snapshot_append_layout (snapshot, layout, &white);
  gtk_snapshot_restore (snapshot);
}

static void
paint_icon_badge (GtkWidget *widget, GtkSnapshot *snapshot, const char *icon)
{
  double x = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL
                 ? INSET
                 : gtk_widget_get_width (widget) - INSET - BADGE_SIZE;
  graphene_rect_t rect = RECT (x, INSET, BADGE_SIZE, BADGE_SIZE);

  paint_pill (snapshot, &rect, BADGE_SIZE / 2.f, &(GdkRGBA){ 0, 0, 0, 0.66f });
  paint_ring (snapshot, &rect, BADGE_SIZE / 2.f, 0.16);
  paint_icon (widget, snapshot, icon, 12, x + BADGE_SIZE / 2.0, INSET + BADGE_SIZE / 2.0, &white);
}

static void
paint_badge (GtkWidget *widget, GtkSnapshot *snapshot, const BijouArtLook *look)
{
  GdkRGBA accent = { 0.71f, 0.09f, 0.29f, 1 };

  switch (look->badge)
    {
    case BIJOU_BADGE_COUNT:
      gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "accent_bg_color",
                                      &accent);
      paint_text_badge (widget, snapshot, look, 9, 7, BADGE_SIZE, &accent);
      break;
    case BIJOU_BADGE_TIME:
      paint_text_badge (widget, snapshot, look, 8.5, 6, 0, &(GdkRGBA){ 0, 0, 0, 0.66f });
      break;
    case BIJOU_BADGE_WATCHED:
      paint_icon_badge (widget, snapshot, "object-select-symbolic");
      break;
    case BIJOU_BADGE_DOWNLOADED:
      paint_icon_badge (widget, snapshot, "bijou-download-symbolic");
      break;
    case BIJOU_BADGE_DOWNLOADING:
      paint_icon_badge (widget, snapshot, "content-loading-symbolic");
      break;
    case BIJOU_BADGE_CACHED:
      paint_icon_badge (widget, snapshot, "bijou-cache-symbolic");
      break;
    case BIJOU_BADGE_NONE:
    default:
      break;
    }
}

static void
paint_disc (GtkWidget *widget, GtkSnapshot *snapshot, const graphene_rect_t *bounds, double opacity)
{
  double x = bounds->size.width / 2.0;
  double y = bounds->size.height / 2.0;
  graphene_rect_t rect = RECT (x - DISC_SIZE / 2.0, y - DISC_SIZE / 2.0, DISC_SIZE, DISC_SIZE);

  gtk_snapshot_push_opacity (snapshot, opacity);
  paint_pill (snapshot, &rect, DISC_SIZE / 2.f, &(GdkRGBA){ 0, 0, 0, 0.66f });
  paint_ring (snapshot, &rect, DISC_SIZE / 2.f, 0.16);
  paint_icon (widget, snapshot, "media-playback-start-symbolic", 22, x, y, &white);
  gtk_snapshot_pop (snapshot);
}

static void
paint_veil (GtkWidget *widget, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  GdkRGBA color = { 0.5f, 0.5f, 0.5f, 1 };

  gtk_style_context_lookup_color (gtk_widget_get_style_context (widget), "window_bg_color", &color);
  color.alpha = 0.55f;
  gtk_snapshot_append_color (snapshot, &color, bounds);
}

/**
 * bijou_art_paint:
 * @widget: an art, whose corners are clipped by its style
 * @snapshot: where to
 * @look: what it shows
 */
void
bijou_art_paint (GtkWidget *widget, GtkSnapshot *snapshot, const BijouArtLook *look)
{
  graphene_rect_t bounds =
      RECT (0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  double rim = is_high_contrast () ? 0.5 : 0.10 + 0.12 * look->highlight;
  float radius = MIN ((float) look->radius, bounds.size.height / 2);

  paint_picture (widget, snapshot, &bounds, look);
  if (look->highlight > 0)
    gtk_snapshot_append_color (snapshot, &(GdkRGBA){ 0, 0, 0, (float) (0.18 * look->highlight) },
                               &bounds);
  if (look->progress >= 0)
    paint_progress (widget, snapshot, &bounds, look->progress);
  paint_badge (widget, snapshot, look);
  if (look->play_disc)
    paint_disc (widget, snapshot, &bounds, 1);
  if (look->dimmed)
    paint_veil (widget, snapshot, &bounds);
  paint_ring (snapshot, &bounds, radius, rim);
}
