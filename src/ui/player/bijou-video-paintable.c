#include "config.h"

#include "bijou-video-paintable.h"

struct _BijouVideoPaintable
{
  GObject parent_instance;

  GdkTexture *texture; /* (owned) (nullable) what is shown */
  int width;
  int height;

  struct
  {
    GMutex lock;
    GdkTexture *texture; /* (owned) (nullable) what comes next */
    int width;
    int height;
    gboolean scheduled;
  } shared;
};

static void bijou_video_paintable_iface_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BijouVideoPaintable,
                               bijou_video_paintable,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE,
                                                      bijou_video_paintable_iface_init))

static void
bijou_video_paintable_snapshot (GdkPaintable *paintable,
                                GdkSnapshot *snapshot,
                                double width,
                                double height)
{
  BijouVideoPaintable *self = BIJOU_VIDEO_PAINTABLE (paintable);

  if (self->texture != NULL)
    gtk_snapshot_append_texture (snapshot, self->texture,
                                 &GRAPHENE_RECT_INIT (0, 0, width, height));
}

static int
bijou_video_paintable_get_intrinsic_width (GdkPaintable *paintable)
{
  return BIJOU_VIDEO_PAINTABLE (paintable)->width;
}

static int
bijou_video_paintable_get_intrinsic_height (GdkPaintable *paintable)
{
  return BIJOU_VIDEO_PAINTABLE (paintable)->height;
}

static double
bijou_video_paintable_get_intrinsic_aspect_ratio (GdkPaintable *paintable)
{
  BijouVideoPaintable *self = BIJOU_VIDEO_PAINTABLE (paintable);

  return self->height > 0 ? (double) self->width / self->height : 0;
}

static GdkPaintable *
bijou_video_paintable_get_current_image (GdkPaintable *paintable)
{
  BijouVideoPaintable *self = BIJOU_VIDEO_PAINTABLE (paintable);

  if (self->texture != NULL)
    return g_object_ref (GDK_PAINTABLE (self->texture));
  return gdk_paintable_new_empty (self->width, self->height);
}

static void
show_texture (BijouVideoPaintable *self, GdkTexture *texture, int width, int height)
{
  gboolean resized = width != self->width || height != self->height;

  g_set_object (&self->texture, texture);
  self->width = width;
  self->height = height;
  if (resized)
    gdk_paintable_invalidate_size (GDK_PAINTABLE (self));
  gdk_paintable_invalidate_contents (GDK_PAINTABLE (self));
}

static gboolean
on_picture_cb (gpointer user_data)
{
  BijouVideoPaintable *self = BIJOU_VIDEO_PAINTABLE (user_data);
  g_autoptr (GdkTexture) texture = NULL;
  int width;
  int height;

  g_mutex_lock (&self->shared.lock);
  texture = g_steal_pointer (&self->shared.texture);
  width = self->shared.width;
  height = self->shared.height;
  self->shared.scheduled = FALSE;
  g_mutex_unlock (&self->shared.lock);

  if (texture != NULL)
    show_texture (self, texture, width, height);
  return G_SOURCE_REMOVE;
}

static void
bijou_video_paintable_finalize (GObject *object)
{
  BijouVideoPaintable *self = BIJOU_VIDEO_PAINTABLE (object);

  g_clear_object (&self->texture);
  g_clear_object (&self->shared.texture);
  g_mutex_clear (&self->shared.lock);

  G_OBJECT_CLASS (bijou_video_paintable_parent_class)->finalize (object);
}

static void
bijou_video_paintable_iface_init (GdkPaintableInterface *iface)
{
  iface->snapshot = bijou_video_paintable_snapshot;
  iface->get_current_image = bijou_video_paintable_get_current_image;
  iface->get_intrinsic_width = bijou_video_paintable_get_intrinsic_width;
  iface->get_intrinsic_height = bijou_video_paintable_get_intrinsic_height;
  iface->get_intrinsic_aspect_ratio = bijou_video_paintable_get_intrinsic_aspect_ratio;
}

static void
bijou_video_paintable_class_init (BijouVideoPaintableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_video_paintable_finalize;
}

static void
bijou_video_paintable_init (BijouVideoPaintable *self)
{
  g_mutex_init (&self->shared.lock);
}

BijouVideoPaintable *
bijou_video_paintable_new (void)
{
  return g_object_new (BIJOU_TYPE_VIDEO_PAINTABLE, NULL);
}

void
bijou_video_paintable_queue (BijouVideoPaintable *self, GdkTexture *texture, int width, int height)
{
  gboolean schedule;

  g_return_if_fail (BIJOU_IS_VIDEO_PAINTABLE (self));

  g_mutex_lock (&self->shared.lock);
  g_set_object (&self->shared.texture, texture);
  self->shared.width = width;
  self->shared.height = height;
  schedule = !self->shared.scheduled;
  self->shared.scheduled = TRUE;
  g_mutex_unlock (&self->shared.lock);

  if (schedule)
    g_idle_add_full (GDK_PRIORITY_REDRAW - 1, on_picture_cb, g_object_ref (self), g_object_unref);
}

void
bijou_video_paintable_clear (BijouVideoPaintable *self)
{
  g_return_if_fail (BIJOU_IS_VIDEO_PAINTABLE (self));

  g_mutex_lock (&self->shared.lock);
  g_clear_object (&self->shared.texture);
  g_mutex_unlock (&self->shared.lock);
  show_texture (self, NULL, 0, 0);
}
