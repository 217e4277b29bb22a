#include "config.h"

#include "bijou-art.h"

#include "bijou-art-paint.h"
#include "bijou-texture-loader.h"

#include <adwaita.h>

#define FADE_MS 180
#define HOVER_MS 150
/* While a window is resized the old picture is stretched; a sharp one comes when it rests. */
#define SETTLE_MS 200

struct _BijouArt
{
  GtkWidget parent_instance;

  BijouContext *context; /* (owned) (nullable) */
  int width;             /* fixed size, or 0: by ratio */
  int height;
  double ratio; /* height / width */
  int min_width;

  char *server_id;              /* (owned) (nullable) */
  char *image;                  /* (owned) (nullable) */
  BijouTextureRequest *request; /* (owned) (nullable) */
  int requested_width;          /* device pixels of the request or the texture */
  int requested_height;
  guint settle_id;

  BijouArtLook look;
  PangoLayout *layout;     /* (owned) (nullable) of the placeholder's title */
  char *placeholder_title; /* (owned) (nullable) */
  AdwAnimation *fade;      /* (owned) (nullable) */
  AdwAnimation *hover;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (BijouArt, bijou_art, GTK_TYPE_WIDGET)

static void
on_fade_cb (double value, gpointer user_data)
{
  BijouArt *self = user_data;

  self->look.texture_opacity = value;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_hover_cb (double value, gpointer user_data)
{
  BijouArt *self = user_data;

  self->look.highlight = value;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
start_fade (BijouArt *self)
{
  if (self->fade == NULL)
    self->fade =
        adw_timed_animation_new (GTK_WIDGET (self), 0, 1, FADE_MS,
                                 adw_callback_animation_target_new (on_fade_cb, self, NULL));
  adw_animation_reset (self->fade);
  adw_animation_play (self->fade);
}

static void
stop_fade (BijouArt *self)
{
  if (self->fade != NULL)
    adw_animation_skip (self->fade);
  self->look.texture_opacity = 1;
}

static void
set_texture (BijouArt *self, GdkTexture *texture, gboolean fades)
{
  gboolean had = self->look.texture != NULL;

  g_set_object (&self->look.texture, texture);
  self->look.missing = FALSE;
  if (texture != NULL && fades && !had && gtk_widget_get_mapped (GTK_WIDGET (self)))
    start_fade (self);
  else
    stop_fade (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_texture_cb (GdkTexture *texture, gboolean missing, gpointer user_data)
{
  BijouArt *self = user_data;

  self->request = NULL;
  if (texture != NULL)
    {
      set_texture (self, texture, TRUE);
      return;
    }
  self->requested_width = 0;
  self->look.missing = self->look.texture == NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
cancel_request (BijouArt *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_clear_pointer (&self->request, bijou_texture_request_cancel);
}

static void
ask_for_texture (BijouArt *self, BijouPicture *picture)
{
  BijouTextureLoader *loader = bijou_texture_loader_get (self->context);
  GdkTexture *texture = bijou_texture_loader_peek (loader, picture);

  self->requested_width = picture->width;
  self->requested_height = picture->height;
  if (texture != NULL)
    {
      set_texture (self, texture, FALSE);
      return;
    }
  if (self->look.texture == NULL)
    g_set_object (&self->look.average, bijou_texture_loader_peek_average (loader, picture));
  self->request = bijou_texture_loader_request (loader, picture, on_texture_cb, self);
  if (self->request == NULL)
    self->look.missing = TRUE;
}

static void
update_texture (BijouArt *self)
{
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  BijouPicture picture = {
    .server_id = self->server_id,
    .image = self->image,
    .width = gtk_widget_get_width (GTK_WIDGET (self)) * scale,
    .height = gtk_widget_get_height (GTK_WIDGET (self)) * scale,
  };

  if (self->image == NULL || self->context == NULL || picture.width <= 0 || picture.height <= 0)
    return;
  if (picture.width == self->requested_width && picture.height == self->requested_height)
    return;
  cancel_request (self);
  ask_for_texture (self, &picture);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
on_settled_cb (gpointer user_data)
{
  BijouArt *self = user_data;

  self->settle_id = 0;
  update_texture (self);
  return G_SOURCE_REMOVE;
}

static GtkSizeRequestMode
bijou_art_get_request_mode (GtkWidget *widget)
{
  return BIJOU_ART (widget)->width > 0 ? GTK_SIZE_REQUEST_CONSTANT_SIZE
                                       : GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
bijou_art_measure (GtkWidget *widget,
                   GtkOrientation orientation,
                   int for_size,
                   int *minimum,
                   int *natural,
                   int *minimum_baseline,
                   int *natural_baseline)
{
  BijouArt *self = BIJOU_ART (widget);
  int size;

  if (self->width > 0)
    size = orientation == GTK_ORIENTATION_HORIZONTAL ? self->width : self->height;
  else if (orientation == GTK_ORIENTATION_HORIZONTAL)
    size = self->min_width;
  else
    size = (int) (MAX (for_size, self->min_width) * self->ratio + 0.5);
  *minimum = *natural = size;
}

static void
bijou_art_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BijouArt *self = BIJOU_ART (widget);

  g_clear_object (&self->layout);
  if (self->requested_width == 0)
    {
      update_texture (self);
      return;
    }
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE_MS, on_settled_cb, self);
}

static PangoLayout *
get_layout (BijouArt *self)
{
  int width = gtk_widget_get_width (GTK_WIDGET (self));
  PangoAttrList *attrs;

  if (self->layout != NULL || self->placeholder_title == NULL || width < 60)
    return self->layout;
  self->layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), self->placeholder_title);
  attrs = pango_attr_list_new ();
  pango_attr_list_insert (attrs, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (self->layout, attrs);
  pango_attr_list_unref (attrs);
  pango_layout_set_width (self->layout, (width - 24) * PANGO_SCALE);
  pango_layout_set_alignment (self->layout, PANGO_ALIGN_CENTER);
  pango_layout_set_wrap (self->layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (self->layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_height (self->layout, -4);
  return self->layout;
}

static void
bijou_art_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  BijouArt *self = BIJOU_ART (widget);

  if (self->look.texture == NULL || self->look.texture_opacity < 1)
    self->look.layout = get_layout (self);
  else
    self->look.layout = NULL;
  bijou_art_paint (widget, snapshot, &self->look);
}

static void
bijou_art_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (bijou_art_parent_class)->css_changed (widget, change);
  g_clear_object (&BIJOU_ART (widget)->layout);
}

static void
bijou_art_dispose (GObject *object)
{
  BijouArt *self = BIJOU_ART (object);

  cancel_request (self);
  if (self->fade != NULL)
    adw_animation_skip (self->fade);
  if (self->hover != NULL)
    adw_animation_skip (self->hover);
  g_clear_object (&self->fade);
  g_clear_object (&self->hover);
  g_clear_object (&self->look.texture);
  g_clear_object (&self->look.average);
  g_clear_object (&self->layout);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (bijou_art_parent_class)->dispose (object);
}

static void
bijou_art_finalize (GObject *object)
{
  BijouArt *self = BIJOU_ART (object);

  g_free (self->server_id);
  g_free (self->image);
  g_free (self->placeholder_title);
  g_free (self->look.badge_text);
  G_OBJECT_CLASS (bijou_art_parent_class)->finalize (object);
}

static void
bijou_art_class_init (BijouArtClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = bijou_art_dispose;
  object_class->finalize = bijou_art_finalize;
  widget_class->get_request_mode = bijou_art_get_request_mode;
  widget_class->measure = bijou_art_measure;
  widget_class->size_allocate = bijou_art_size_allocate;
  widget_class->snapshot = bijou_art_snapshot;
  widget_class->css_changed = bijou_art_css_changed;
  gtk_widget_class_set_css_name (widget_class, "art");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
bijou_art_init (BijouArt *self)
{
  self->width = 150;
  self->height = 225;
  self->ratio = 1.5;
  self->look.progress = -1;
  self->look.texture_opacity = 1;
  self->look.radius = 10;
  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-art");
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * bijou_art_new:
 * @context: where the picture comes from
 *
 * Returns: (transfer floating): a new widget
 */
GtkWidget *
bijou_art_new (BijouContext *context)
{
  BijouArt *self = g_object_new (BIJOU_TYPE_ART, NULL);

  self->context = context != NULL ? g_object_ref (context) : NULL;
  return GTK_WIDGET (self);
}

/**
 * bijou_art_set_size:
 * @self: an art
 * @width: in pixels
 * @height: in pixels
 *
 * Gives it one size, whatever its space.
 */
void
bijou_art_set_size (BijouArt *self, int width, int height)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  if (self->width == width && self->height == height)
    return;
  self->width = width;
  self->height = height;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * bijou_art_set_ratio:
 * @self: an art
 * @ratio: height / width
 * @min_width: in pixels
 *
 * Lets it be as wide as its space, and as high as the ratio asks.
 */
void
bijou_art_set_ratio (BijouArt *self, double ratio, int min_width)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  self->width = 0;
  self->ratio = ratio;
  self->min_width = min_width;
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * bijou_art_set_radius:
 * @self: an art
 * @radius: of its corners: 6, 10 or 16; half its height makes a circle
 */
void
bijou_art_set_radius (BijouArt *self, int radius)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  self->look.radius = radius;
  gtk_widget_remove_css_class (GTK_WIDGET (self), "r6");
  gtk_widget_remove_css_class (GTK_WIDGET (self), "r16");
  gtk_widget_remove_css_class (GTK_WIDGET (self), "round");
  if (radius == 6)
    gtk_widget_add_css_class (GTK_WIDGET (self), "r6");
  else if (radius == 16)
    gtk_widget_add_css_class (GTK_WIDGET (self), "r16");
  else if (radius > 16)
    gtk_widget_add_css_class (GTK_WIDGET (self), "round");
}

/**
 * bijou_art_set_picture:
 * @self: an art
 * @server_id: (nullable): the server that has it
 * @image: (nullable): its reference; %NULL shows the placeholder
 */
void
bijou_art_set_picture (BijouArt *self, const char *server_id, const char *image)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  if (g_strcmp0 (self->image, image) == 0 && g_strcmp0 (self->server_id, server_id) == 0)
    return;
  cancel_request (self);
  g_free (self->server_id);
  g_free (self->image);
  self->server_id = g_strdup (server_id);
  self->image = g_strdup (image);
  self->requested_width = 0;
  stop_fade (self);
  g_clear_object (&self->look.texture);
  g_clear_object (&self->look.average);
  self->look.missing = image == NULL;
  update_texture (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * bijou_art_set_placeholder:
 * @self: an art
 * @title: (nullable): shown until the picture is there
 * @icon: (nullable): shown above it when there is no picture
 */
void
bijou_art_set_placeholder (BijouArt *self, const char *title, const char *icon)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  self->look.icon = icon != NULL ? g_intern_string (icon) : NULL;
  if (g_strcmp0 (self->placeholder_title, title) == 0)
    return;
  g_free (self->placeholder_title);
  self->placeholder_title = g_strdup (title);
  g_clear_object (&self->layout);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * bijou_art_set_progress:
 * @self: an art
 * @fraction: 0–1, or -1 for no bar
 */
void
bijou_art_set_progress (BijouArt *self, double fraction)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  if (self->look.progress == fraction)
    return;
  self->look.progress = fraction;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * bijou_art_set_badge:
 * @self: an art
 * @badge: what stands in its upper corner
 * @text: (nullable): for those that have one
 */
void
bijou_art_set_badge (BijouArt *self, BijouBadge badge, const char *text)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  if (self->look.badge == badge && g_strcmp0 (self->look.badge_text, text) == 0)
    return;
  self->look.badge = badge;
  g_free (self->look.badge_text);
  self->look.badge_text = g_strdup (text);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * bijou_art_set_highlight:
 * @self: an art
 * @highlight: whether the pointer is on its card
 */
void
bijou_art_set_highlight (BijouArt *self, gboolean highlight)
{
  AdwTimedAnimation *hover;

  g_return_if_fail (BIJOU_IS_ART (self));
  if (self->hover == NULL)
    self->hover =
        adw_timed_animation_new (GTK_WIDGET (self), 0, 1, HOVER_MS,
                                 adw_callback_animation_target_new (on_hover_cb, self, NULL));
  hover = ADW_TIMED_ANIMATION (self->hover);
  adw_timed_animation_set_value_from (hover, self->look.highlight);
  adw_timed_animation_set_value_to (hover, highlight ? 1 : 0);
  adw_animation_play (self->hover);
}

/**
 * bijou_art_set_play_disc:
 * @self: an art
 * @shown: whether a play disc is drawn on it
 */
void
bijou_art_set_play_disc (BijouArt *self, gboolean shown)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  if (self->look.play_disc == shown)
    return;
  self->look.play_disc = shown;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * bijou_art_set_dimmed:
 * @self: an art
 * @dimmed: whether it cannot be played now
 */
void
bijou_art_set_dimmed (BijouArt *self, gboolean dimmed)
{
  g_return_if_fail (BIJOU_IS_ART (self));
  if (self->look.dimmed == dimmed)
    return;
  self->look.dimmed = dimmed;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
