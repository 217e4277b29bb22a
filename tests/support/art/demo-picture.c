#include "config.h"

#include "demo-picture.h"

#include "demo-finish.h"

#include <errno.h>
#include <gdk-pixbuf/gdk-pixbuf.h>
#include <glib/gstdio.h>
#include <string.h>

#define POSTER_W 480
#define POSTER_H 720
#define BACKDROP_W 1600
#define BACKDROP_H 900
#define STILL_W 640
#define STILL_H 360
#define PERSON 320
#define CHAPTER_W 400
#define CHAPTER_H 225

#define BLOOM 0.28
#define VIGNETTE 0.35
#define GRAIN 0.05

G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_surface_t, cairo_surface_destroy)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (cairo_t, cairo_destroy)

cairo_surface_t *
demo_picture_draw_scene (DemoScene scene,
                         DemoPaletteName palette,
                         const char *seed,
                         guint turn,
                         int w,
                         int h,
                         double subject)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, w, h);
  g_autoptr (cairo_t) cr = cairo_create (surface);
  DemoDice dice = demo_dice_new (seed, turn);
  DemoStage stage = { cr, demo_palette (palette), &dice, w, h, MIN (w, h), w * subject };

  demo_scene_draw (scene, &stage);
  return surface;
}

static GdkPixbuf *
to_pixbuf (cairo_surface_t *surface)
{
  int w = cairo_image_surface_get_width (surface), h = cairo_image_surface_get_height (surface);
  int stride = cairo_image_surface_get_stride (surface);
  GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, w, h);
  guint8 *to = gdk_pixbuf_get_pixels (pixbuf);
  const guint8 *from;

  cairo_surface_flush (surface);
  from = cairo_image_surface_get_data (surface);
  for (int y = 0; y < h; y++)
    {
      const guint32 *in = (const guint32 *) (const void *) (from + (gsize) y * stride);
      guint8 *out = to + (gsize) y * gdk_pixbuf_get_rowstride (pixbuf);

      for (int x = 0; x < w; x++, out += 3)
        {
          out[0] = in[x] >> 16;
          out[1] = in[x] >> 8;
          out[2] = in[x];
        }
    }
  return pixbuf;
}

static gboolean
save (cairo_surface_t *surface, const char *path, GError **error)
{
  g_autoptr (GdkPixbuf) pixbuf = to_pixbuf (surface);
  g_autofree char *bytes = NULL;
  gsize n;

  return gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &n, "jpeg", error, "quality", "88", NULL) &&
         g_file_set_contents_full (path, bytes, n, G_FILE_SET_CONTENTS_CONSISTENT, 0644, error);
}

static void
veil (cairo_t *cr, int w, double from_y, double to_y, double from_alpha, double to_alpha)
{
  cairo_pattern_t *pattern = cairo_pattern_create_linear (0, from_y, 0, to_y);

  cairo_pattern_add_color_stop_rgba (pattern, 0, 0, 0, 0, from_alpha);
  if (to_alpha > from_alpha)
    cairo_pattern_add_color_stop_rgba (pattern, 0.55, 0, 0, 0, to_alpha);
  cairo_pattern_add_color_stop_rgba (
      pattern, 1, 0, 0, 0, to_alpha > from_alpha ? MIN (0.95, to_alpha + 0.15) : to_alpha);
  cairo_set_source (cr, pattern);
  cairo_rectangle (cr, 0, from_y, w, to_y - from_y);
  cairo_fill (cr);
  cairo_pattern_destroy (pattern);
}

static void
fill_box (cairo_t *cr, DemoColour c)
{
  cairo_set_source_rgb (cr, (c >> 16) / 255.0, ((c >> 8) & 255) / 255.0, (c & 255) / 255.0);
  cairo_rectangle (cr, 0, POSTER_H * 0.70, POSTER_W, POSTER_H * 0.30);
  cairo_fill (cr);
}

static void
letter_title (const DemoTitle *title, cairo_t *cr)
{
  DemoLettering letters = { title->face, title->size, title->spacing,  title->colour,
                            0.25,        DEMO_CENTRE, POSTER_W * 0.08, POSTER_W * 0.86 };
  double height, y = POSTER_H * 0.075;

  if (title->place == DEMO_AT_TOP && demo_is_light (title->colour))
    veil (cr, POSTER_W, 0, POSTER_H * 0.34, 0.38, 0);
  else if (title->place == DEMO_AT_TOP)
    letters.shadow = 0;
  else if (title->place == DEMO_IN_BOX)
    {
      fill_box (cr, demo_palette (title->palette)->top);
      letters.align = DEMO_LEFT;
      letters.shadow = 0;
      y = POSTER_H * 0.745;
    }
  else
    {
      veil (cr, POSTER_W, POSTER_H * 0.5, POSTER_H, 0,
            title->place == DEMO_AT_DARK_FOOT ? 0.75 : 0.5);
      height = demo_lettering_height (&letters, cr, title->lettering);
      y = POSTER_H * 0.91 - height;
    }
  demo_lettering_draw (&letters, cr, POSTER_W, y, title->lettering);
}

static void
letter_foot (const DemoTitle *title, cairo_t *cr, const char *text, double size)
{
  DemoLettering letters = { DEMO_LATO_SMALL, size,           0.22, DEMO_WHITE, 0.35, DEMO_CENTRE,
                            POSTER_W * 0.08, POSTER_W * 0.84 };
  g_autofree char *capitals = g_utf8_strup (text, -1);

  if (title->place == DEMO_IN_BOX)
    {
      letters.align = DEMO_LEFT;
      letters.colour = title->colour;
      letters.shadow = 0;
    }
  else if (title->place == DEMO_AT_TOP)
    veil (cr, POSTER_W, POSTER_H * 0.84, POSTER_H, 0, 0.34);
  demo_lettering_draw (&letters, cr, POSTER_W, POSTER_H * 0.945, capitals);
}

static cairo_surface_t *
draw_poster_ground (const DemoTitle *title, guint turn)
{
  cairo_surface_t *surface = demo_picture_draw_scene (title->scene, title->palette, title->id, turn,
                                                      POSTER_W, POSTER_H, 0.5);

  demo_finish (surface, BLOOM, VIGNETTE, GRAIN);
  return surface;
}

gboolean
demo_picture_poster (const DemoTitle *title, const char *path, GError **error)
{
  g_autoptr (cairo_surface_t) surface = draw_poster_ground (title, 0);
  g_autoptr (cairo_t) cr = cairo_create (surface);

  letter_title (title, cr);
  letter_foot (title, cr, title->tagline, 12);
  return save (surface, path, error);
}

gboolean
demo_picture_season (const DemoShow *show, guint season, const char *path, GError **error)
{
  DemoTitle title = show->title;
  g_autofree char *line = g_strdup_printf ("Season %u", season + 1);
  g_autoptr (cairo_surface_t) surface = NULL;
  g_autoptr (cairo_t) cr = NULL;

  title.palette = show->palettes[season * 2 % DEMO_SHOW_LOOKS];
  surface = draw_poster_ground (&title, season);
  cr = cairo_create (surface);
  letter_title (&title, cr);
  letter_foot (&title, cr, line, 22);
  return save (surface, path, error);
}

gboolean
demo_picture_backdrop (const DemoTitle *title, const char *path, GError **error)
{
  g_autoptr (cairo_surface_t) surface = demo_picture_draw_scene (
      title->scene, title->palette, title->id, 0, BACKDROP_W, BACKDROP_H, 0.70);

  demo_finish (surface, BLOOM, 0.30, GRAIN);
  return save (surface, path, error);
}

gboolean
demo_picture_still (const DemoShow *show, guint episode, const char *path, GError **error)
{
  static const double subjects[] = { 0.60, 0.38, 0.55, 0.66, 0.45 };
  guint look = episode % DEMO_SHOW_LOOKS;
  guint palette = (episode + episode / DEMO_SHOW_LOOKS) % DEMO_SHOW_LOOKS;
  g_autoptr (cairo_surface_t) surface =
      demo_picture_draw_scene (show->scenes[look], show->palettes[palette], show->title.id,
                               episode + 1, STILL_W, STILL_H, subjects[episode % 5]);

  demo_finish (surface, BLOOM, 0.30, GRAIN);
  return save (surface, path, error);
}

gboolean
demo_picture_person (guint person, const char *path, GError **error)
{
  g_autoptr (cairo_surface_t) surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, PERSON, PERSON);
  g_autoptr (cairo_t) cr = cairo_create (surface);
  DemoDice dice = demo_dice_new ("person", person);
  DemoStage stage = { cr, demo_palette (DEMO_DUSK), &dice, PERSON, PERSON, PERSON, PERSON * 0.5 };

  demo_person_draw (person, &stage);
  demo_finish (surface, 0.12, 0.15, 0.025);
  return save (surface, path, error);
}

gboolean
demo_picture_chapter (cairo_surface_t *still, const char *path, GError **error)
{
  g_autoptr (cairo_surface_t) surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, CHAPTER_W, CHAPTER_H);
  g_autoptr (cairo_t) cr = cairo_create (surface);

  cairo_scale (cr, (double) CHAPTER_W / cairo_image_surface_get_width (still),
               (double) CHAPTER_H / cairo_image_surface_get_height (still));
  cairo_set_source_surface (cr, still, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  return save (surface, path, error);
}
