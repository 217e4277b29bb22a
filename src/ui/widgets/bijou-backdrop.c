#include "config.h"

#include "bijou-backdrop.h"

#include "bijou-art-paint.h"
#include "bijou-texture-loader.h"

#include <adwaita.h>

#define FADE_MS 180
#define SETTLE_MS 200

struct _BijouBackdrop
{
  GtkWidget parent_instance;

  BijouContext *context; /* (owned) */
  BijouBackdropPlace place;
  char *server_id; /* (owned) (nullable) */
  char *image;     /* (owned) (nullable) */
  int height;
  int text_width;
  gboolean narrow;

  BijouTextureRequest *request; /* (owned) (nullable) */
  GdkTexture *texture;          /* (owned) (nullable) */
  int requested_width;
  int requested_height;
  guint settle_id;
  double opacity;
  AdwAnimation *fade; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (BijouBackdrop, bijou_backdrop, GTK_TYPE_WIDGET)

static void
on_fade_cb (double value, gpointer user_data)
{
  BijouBackdrop *self = user_data;

  self->opacity = value;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
show_texture (BijouBackdrop *self, GdkTexture *texture, gboolean fades)
{
  gboolean had = self->texture != NULL;

  g_set_object (&self->texture, texture);
  self->opacity = 1;
  if (fades && !had && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      if (self->fade == NULL)
        self->fade =
            adw_timed_animation_new (GTK_WIDGET (self), 0, 1, FADE_MS,
                                     adw_callback_animation_target_new (on_fade_cb, self, NULL));
      adw_animation_reset (self->fade);
      adw_animation_play (self->fade);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_texture_cb (GdkTexture *texture, gboolean missing, gpointer user_data)
{
  BijouBackdrop *self = user_data;

  self->request = NULL;
  if (texture != NULL)
    show_texture (self, texture, TRUE);
  else
    self->requested_width = 0;
}

static void
cancel_request (BijouBackdrop *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_clear_pointer (&self->request, bijou_texture_request_cancel);
}

static void
update_texture (BijouBackdrop *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  BijouTextureLoader *loader = bijou_texture_loader_get (self->context);
  GdkTexture *texture;
  BijouPicture picture = {
    .server_id = self->server_id,
    .image = self->image,
    .width = gtk_widget_get_width (GTK_WIDGET (self)) * scale,
    .height = gtk_widget_get_height (GTK_WIDGET (self)) * scale,
  };

  if (self->image == NULL || picture.width <= 0 || picture.height <= 0)
    return;
  if (picture.width == self->requested_width && picture.height == self->requested_height)
    return;
  cancel_request (self);
  self->requested_width = picture.width;
  self->requested_height = picture.height;
  texture = bijou_texture_loader_peek (loader, &picture);
  if (texture != NULL)
    show_texture (self, texture, FALSE);
  else
    self->request = bijou_texture_loader_request (loader, &picture, on_texture_cb, self);
}

static gboolean
on_settled_cb (gpointer user_data)
{
  BijouBackdrop *self = user_data;

  self->settle_id = 0;
  update_texture (self);
  return G_SOURCE_REMOVE;
}

static void
bijou_backdrop_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  *minimum = *natural =
      orientation == GTK_ORIENTATION_HORIZONTAL ? 0 : BIJOU_BACKDROP (widget)->height;
}

static void
bijou_backdrop_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BijouBackdrop *self = BIJOU_BACKDROP (widget);

  if (self->requested_width == 0)
    {
      update_texture (self);
      return;
    }
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE_MS, on_settled_cb, self);
}

static GdkRGBA
get_base (BijouBackdrop *self, double alpha)
{
  if (self->place == BIJOU_BACKDROP_HOME)
    return (GdkRGBA){ 8 / 255.f, 6 / 255.f, 12 / 255.f, (float) alpha };
  return (GdkRGBA){ 13 / 255.f, 10 / 255.f, 18 / 255.f, (float) alpha };
}

static double
strengthen (double alpha)
{
  gboolean strong = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());

  return strong && alpha > 0 ? MAX (alpha, MIN (0.92, alpha * 1.5)) : alpha;
}

/* Darker towards where reading begins; the widths grow with the text. */
static void
paint_side (BijouBackdrop *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  gboolean home = self->place == BIJOU_BACKDROP_HOME;
  float span = MAX (bounds->size.width, 2.4f * (float) self->text_width);
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  float from = mirrored ? bounds->size.width : 0;
  float to = mirrored ? bounds->size.width - span : span;
  GskColorStop stops[4] = {
    { 0, get_base (self, strengthen (home ? 0.82 : 0.86)) },
    { home ? 0.32f : 0.34f, get_base (self, strengthen (home ? 0.62 : 0.66)) },
    { home ? 0.58f : 0.62f, get_base (self, home ? 0.18 : 0.16) },
    { home ? 0.72f : 0.76f, get_base (self, 0) },
  };

  gtk_snapshot_append_linear_gradient (snapshot, bounds, &GRAPHENE_POINT_INIT (from, 0),
                                       &GRAPHENE_POINT_INIT (to, 0), stops, 4);
}

static void
paint_up (GtkSnapshot *snapshot,
          const graphene_rect_t *bounds,
          const GskColorStop *stops,
          gsize n_stops)
{
  gtk_snapshot_append_linear_gradient (snapshot, bounds,
                                       &GRAPHENE_POINT_INIT (0, bounds->size.height),
                                       &GRAPHENE_POINT_INIT (0, 0), stops, n_stops);
}

static void
paint_narrow (BijouBackdrop *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  GskColorStop detail[4] = {
    { 0, get_base (self, 0.96) },
    { 0.38f, get_base (self, 0.78) },
    { 0.78f, get_base (self, 0.10) },
    { 1, get_base (self, 0.35) },
  };
  GskColorStop home[3] = {
    { 0, get_base (self, 0.95) },
    { 0.38f, get_base (self, 0.82) },
    { 0.75f, get_base (self, 0) },
  };

  if (self->place == BIJOU_BACKDROP_HOME)
    paint_up (snapshot, bounds, home, 3);
  else
    paint_up (snapshot, bounds, detail, 4);
}

/* Dark themes: the picture melts into the page. Light ones: it ends at a crisp edge. */
static void
paint_foot (BijouBackdrop *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GdkRGBA page = get_base (self, 1);
  GdkRGBA middle, clear;

  if (dark)
    gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)),
                                    "window_bg_color", &page);
  middle = clear = page;
  page.alpha = dark ? 1 : 0.62f;
  middle.alpha = 0.30f;
  clear.alpha = 0;
  paint_up (snapshot, bounds, (GskColorStop[3]){ { 0, page }, { 0.34f, middle }, { 0.60f, clear } },
            3);
  gtk_snapshot_append_linear_gradient (
      snapshot, bounds, &GRAPHENE_POINT_INIT (0, 0), &GRAPHENE_POINT_INIT (0, bounds->size.height),
      (GskColorStop[2]){ { 0, get_base (self, 0.42) }, { 0.16f, get_base (self, 0) } }, 2);
}

static void
paint_scrims (BijouBackdrop *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  if (self->narrow)
    {
      paint_narrow (self, snapshot, bounds);
      return;
    }
  paint_side (self, snapshot, bounds);
  if (self->place == BIJOU_BACKDROP_DETAIL)
    paint_foot (self, snapshot, bounds);
  else
    paint_up (snapshot, bounds,
              (GskColorStop[2]){ { 0, get_base (self, 0.40) }, { 0.45f, get_base (self, 0) } }, 2);
}

static void
paint_picture (BijouBackdrop *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  /* Subjects stand low and beside the text. */
  gboolean flat = bounds->size.width > 2.4f * bounds->size.height;
  double focus_x = self->narrow ? 0.72 : 0.5;

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    focus_x = 1 - focus_x;
  gtk_snapshot_push_opacity (snapshot, self->opacity);
  bijou_paint_texture_cover (snapshot, self->texture, bounds, focus_x, flat ? 0.70 : 0.5);
  gtk_snapshot_pop (snapshot);
}

static void
bijou_backdrop_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BijouBackdrop *self = BIJOU_BACKDROP (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                               (float) gtk_widget_get_height (widget));

  /* White text is legible before and without the picture. */
  gtk_snapshot_append_linear_gradient (
      snapshot, &bounds, &GRAPHENE_POINT_INIT (0, 0),
      &GRAPHENE_POINT_INIT (bounds.size.width, bounds.size.height),
      (GskColorStop[2]){ { 0, { 0.13f, 0.10f, 0.16f, 1 } }, { 1, { 0.30f, 0.24f, 0.34f, 1 } } }, 2);
  if (self->texture != NULL)
    paint_picture (self, snapshot, &bounds);
  paint_scrims (self, snapshot, &bounds);
}

static void
bijou_backdrop_dispose (GObject *object)
{
  BijouBackdrop *self = BIJOU_BACKDROP (object);

  cancel_request (self);
  if (self->fade != NULL)
    adw_animation_skip (self->fade);
  g_clear_object (&self->fade);
  g_clear_object (&self->texture);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (bijou_backdrop_parent_class)->dispose (object);
}

static void
bijou_backdrop_finalize (GObject *object)
{
  BijouBackdrop *self = BIJOU_BACKDROP (object);

  g_free (self->server_id);
  g_free (self->image);
  G_OBJECT_CLASS (bijou_backdrop_parent_class)->finalize (object);
}

static void
bijou_backdrop_class_init (BijouBackdropClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = bijou_backdrop_dispose;
  object_class->finalize = bijou_backdrop_finalize;
  widget_class->measure = bijou_backdrop_measure;
  widget_class->size_allocate = bijou_backdrop_size_allocate;
  widget_class->snapshot = bijou_backdrop_snapshot;
  gtk_widget_class_set_css_name (widget_class, "backdrop");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
bijou_backdrop_init (BijouBackdrop *self)
{
  self->opacity = 1;
  self->text_width = 520;
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect_object (adw_style_manager_get_default (), "notify",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
}

/**
 * bijou_backdrop_new:
 * @context: where the picture comes from
 * @place: which scrims it has
 *
 * Returns: (transfer floating): a new widget
 */
GtkWidget *
bijou_backdrop_new (BijouContext *context, BijouBackdropPlace place)
{
  BijouBackdrop *self = g_object_new (BIJOU_TYPE_BACKDROP, NULL);

  self->context = g_object_ref (context);
  self->place = place;
  return GTK_WIDGET (self);
}

/**
 * bijou_backdrop_set_picture:
 * @self: a backdrop
 * @server_id: the server that has it
 * @image: (nullable): its reference
 */
void
bijou_backdrop_set_picture (BijouBackdrop *self, const char *server_id, const char *image)
{
  g_return_if_fail (BIJOU_IS_BACKDROP (self));
  if (g_strcmp0 (self->image, image) == 0 && g_strcmp0 (self->server_id, server_id) == 0)
    return;
  cancel_request (self);
  g_free (self->server_id);
  g_free (self->image);
  self->server_id = g_strdup (server_id);
  self->image = g_strdup (image);
  self->requested_width = 0;
  g_clear_object (&self->texture);
  update_texture (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * bijou_backdrop_set_height:
 * @self: a backdrop
 * @height: how high it wants to be, in pixels
 */
void
bijou_backdrop_set_height (BijouBackdrop *self, int height)
{
  g_return_if_fail (BIJOU_IS_BACKDROP (self));
  if (self->height == height)
    return;
  self->height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * bijou_backdrop_set_narrow:
 * @self: a backdrop
 * @narrow: whether the text is centred below the picture's middle
 */
void
bijou_backdrop_set_narrow (BijouBackdrop *self, gboolean narrow)
{
  g_return_if_fail (BIJOU_IS_BACKDROP (self));
  self->narrow = narrow;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * bijou_backdrop_set_text_width:
 * @self: a backdrop
 * @width: of the text on it, with its margin
 */
void
bijou_backdrop_set_text_width (BijouBackdrop *self, int width)
{
  g_return_if_fail (BIJOU_IS_BACKDROP (self));
  if (self->text_width == width)
    return;
  self->text_width = width;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
