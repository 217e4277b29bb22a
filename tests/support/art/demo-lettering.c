#include "config.h"

#include "demo-lettering.h"

#include <pango/pangocairo.h>
#include <string.h>

typedef struct
{
  const char *family;
  const char *description;
  const char *instead;
} Face;

static const Face faces[DEMO_N_FACES] = {
  [DEMO_BEBAS] = { "Bebas Neue", "Bebas Neue", "Cantarell Extra Bold" },
  [DEMO_SPARTAN] = { "League Spartan", "League Spartan Bold", "Cantarell Extra Bold" },
  [DEMO_DIDOT] = { "GFS Didot", "GFS Didot", "Cantarell Light" },
  [DEMO_GARAMOND] = { "EB Garamond", "EB Garamond", "Cantarell Light" },
  [DEMO_LATO] = { "Lato", "Lato Heavy", "Cantarell Extra Bold" },
  [DEMO_LATO_SMALL] = { "Lato", "Lato Semibold", "Cantarell Bold" },
  [DEMO_QUICKSAND] = { "Quicksand", "Quicksand Bold", "Cantarell Extra Bold" },
  [DEMO_KAFFEESATZ] = { "Yanone Kaffeesatz", "Yanone Kaffeesatz Bold", "Cantarell Extra Bold" },
  [DEMO_JURA] = { "Jura", "Jura Medium", "Cantarell Light" },
  [DEMO_DOSIS] = { "Dosis", "Dosis Bold", "Cantarell Extra Bold" },
  [DEMO_LOBSTER] = { "Lobster Two", "Lobster Two Bold Italic", "Cantarell Extra Bold" },
};

static gboolean
is_installed (const char *family)
{
  PangoFontFamily **families;
  int n;
  gboolean found = FALSE;

  pango_font_map_list_families (pango_cairo_font_map_get_default (), &families, &n);
  for (int i = 0; i < n && !found; i++)
    found = g_ascii_strcasecmp (pango_font_family_get_name (families[i]), family) == 0;
  g_free (families);
  return found;
}

static PangoLayout *
lay_out (const DemoLettering *self, cairo_t *cr, const char *line, double size)
{
  const Face *face = &faces[self->face];
  gboolean installed = is_installed (face->family);
  double spacing = installed ? self->spacing : MAX (self->spacing, 0.1);
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font =
      pango_font_description_from_string (installed ? face->description : face->instead);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_attr_list_insert (attributes, pango_attr_letter_spacing_new (spacing * size * PANGO_SCALE));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_text (layout, line, -1);
  pango_attr_list_unref (attributes);
  pango_font_description_free (font);
  return layout;
}

static double
fit_size (const DemoLettering *self, cairo_t *cr, char **lines)
{
  double widest = 1;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (PangoLayout) layout = lay_out (self, cr, lines[i], 100);
      int width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      widest = MAX (widest, width);
    }
  return MIN (self->size, 100 * self->max_width / widest);
}

/* Capitals have no descenders, so that their lines may stand closer. */
static double
leading (const DemoLettering *self, const char *text)
{
  g_autofree char *capitals = g_utf8_strup (text, -1);

  return self->face == DEMO_BEBAS || strcmp (capitals, text) == 0 ? 0.80 : 0.98;
}

static PangoRectangle
measure_capital (const DemoLettering *self, cairo_t *cr, double size)
{
  g_autoptr (PangoLayout) layout = lay_out (self, cr, "H", size);
  PangoRectangle ink;

  pango_layout_get_pixel_extents (layout, &ink, NULL);
  return ink;
}

static void
show (const DemoLettering *self, cairo_t *cr, PangoLayout *layout, double x, double y, double size)
{
  cairo_save (cr);
  if (self->shadow > 0)
    {
      cairo_set_source_rgba (cr, 0, 0, 0, self->shadow);
      cairo_move_to (cr, x, y + size * 0.04);
      pango_cairo_show_layout (cr, layout);
    }
  cairo_set_source_rgb (cr, (self->colour >> 16) / 255.0, ((self->colour >> 8) & 255) / 255.0,
                        (self->colour & 255) / 255.0);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
  cairo_restore (cr);
}

double
demo_lettering_draw (const DemoLettering *self, cairo_t *cr, double w, double y, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  double size = fit_size (self, cr, lines), step = size * leading (self, text);
  PangoRectangle capital = measure_capital (self, cr, size);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (PangoLayout) layout = lay_out (self, cr, lines[i], size);
      int width;

      pango_layout_get_pixel_size (layout, &width, NULL);
      width -= self->spacing * size;
      show (self, cr, layout, self->align == DEMO_LEFT ? self->left : (w - width) / 2,
            y - capital.y, size);
      y += step;
    }
  return y;
}

double
demo_lettering_height (const DemoLettering *self, cairo_t *cr, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  double size = fit_size (self, cr, lines);

  return (g_strv_length (lines) - 1) * size * leading (self, text) +
         measure_capital (self, cr, size).height;
}
