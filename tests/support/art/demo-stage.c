#include "config.h"

#include "demo-stage.h"

#include <math.h>

#define TAU (2 * G_PI)

DemoDice
demo_dice_new (const char *seed, guint turn)
{
  DemoDice dice = { G_GUINT64_CONSTANT (14695981039346656037) };

  for (const char *c = seed; *c != '\0'; c++)
    dice.state = (dice.state ^ (guint8) *c) * G_GUINT64_CONSTANT (1099511628211);
  dice.state ^= (guint64) (turn + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  if (dice.state == 0)
    dice.state = 1;
  for (int i = 0; i < 8; i++)
    demo_dice_unit (&dice);
  return dice;
}

double
demo_dice_unit (DemoDice *self)
{
  self->state ^= self->state >> 12;
  self->state ^= self->state << 25;
  self->state ^= self->state >> 27;
  return ((self->state * G_GUINT64_CONSTANT (2685821657736338717)) >> 11) * 0x1.0p-53;
}

double
demo_dice_range (DemoDice *self, double from, double to)
{
  return from + (to - from) * demo_dice_unit (self);
}

guint
demo_dice_below (DemoDice *self, guint n)
{
  return MIN (n - 1, (guint) (demo_dice_unit (self) * n));
}

double
demo_dice_normal (DemoDice *self, double mean, double deviation)
{
  double r = sqrt (-2 * log (1 - demo_dice_unit (self)));

  return mean + deviation * r * cos (TAU * demo_dice_unit (self));
}

DemoColour
demo_dice_colour (DemoDice *self, const DemoColour *colours, guint n)
{
  return colours[demo_dice_below (self, n)];
}

gboolean
demo_stage_is_wide (const DemoStage *self)
{
  return self->w > self->h;
}

static double
channel (DemoColour colour, int shift)
{
  return ((colour >> shift) & 255) / 255.0;
}

void
demo_flat (const DemoStage *self, DemoColour colour, double alpha)
{
  cairo_set_source_rgba (self->cr, channel (colour, 16), channel (colour, 8), channel (colour, 0),
                         alpha);
}

static void
set_gradient (const DemoStage *self, cairo_pattern_t *pattern, const DemoStop *stops, gsize n)
{
  for (gsize i = 0; i < n; i++)
    cairo_pattern_add_color_stop_rgba (pattern, stops[i].at, channel (stops[i].colour, 16),
                                       channel (stops[i].colour, 8), channel (stops[i].colour, 0),
                                       stops[i].alpha);
  cairo_set_source (self->cr, pattern);
  cairo_pattern_destroy (pattern);
}

void
demo_linear (const DemoStage *self,
             double x0,
             double y0,
             double x1,
             double y1,
             const DemoStop *stops,
             gsize n)
{
  set_gradient (self, cairo_pattern_create_linear (x0, y0, x1, y1), stops, n);
}

void
demo_radial (
    const DemoStage *self, double x, double y, double r0, double r1, const DemoStop *stops, gsize n)
{
  set_gradient (self, cairo_pattern_create_radial (x, y, r0, x, y, r1), stops, n);
}

void
demo_polygon (const DemoStage *self, const double *xy, gsize n_numbers)
{
  cairo_new_path (self->cr);
  for (gsize i = 0; i + 1 < n_numbers; i += 2)
    cairo_line_to (self->cr, xy[i], xy[i + 1]);
  cairo_close_path (self->cr);
  cairo_fill (self->cr);
}

void
demo_rectangle (const DemoStage *self, double x, double y, double w, double h)
{
  cairo_rectangle (self->cr, x, y, w, h);
  cairo_fill (self->cr);
}

void
demo_ellipse (const DemoStage *self, double x, double y, double rx, double ry)
{
  cairo_save (self->cr);
  cairo_translate (self->cr, x, y);
  cairo_scale (self->cr, rx, ry);
  cairo_new_path (self->cr);
  cairo_arc (self->cr, 0, 0, 1, 0, TAU);
  cairo_restore (self->cr);
  cairo_fill (self->cr);
}

void
demo_sky (const DemoStage *self, double h, DemoColour a, DemoColour b, DemoColour c)
{
  demo_linear (self, 0, 0, 0, h, DEMO_STOPS ({ 0, a, 1 }, { 0.5, b, 1 }, { 1, c, 1 }));
  cairo_paint (self->cr);
}

void
demo_glow (const DemoStage *self, double x, double y, double r, DemoColour c, double alpha)
{
  demo_radial (self, x, y, 0, r,
               DEMO_STOPS ({ 0, c, alpha }, { 0.25, c, alpha * 0.45 }, { 0.6, c, alpha * 0.12 },
                           { 1, c, 0 }));
  cairo_paint (self->cr);
}

void
demo_disc (const DemoStage *self, double x, double y, double r, DemoColour c, double alpha)
{
  demo_flat (self, c, alpha);
  cairo_new_path (self->cr);
  cairo_arc (self->cr, x, y, r, 0, TAU);
  cairo_fill (self->cr);
}

void
demo_stars (const DemoStage *self, guint n, double to_y)
{
  static const double sizes[] = { 0.5, 0.6, 0.8, 1.0, 1.6 };

  for (guint i = 0; i < n; i++)
    {
      double x = demo_dice_unit (self->dice) * self->w;
      double y = pow (demo_dice_unit (self->dice), 1.4) * self->h * to_y;
      double r = sizes[demo_dice_below (self->dice, 5)] * sqrt (self->w) / 24;

      demo_disc (self, x, y, r, DEMO_WHITE, demo_dice_range (self->dice, 0.25, 0.95));
    }
}

DemoNoise
demo_noise_new (DemoDice *dice, guint octaves, double roughness)
{
  DemoNoise noise = { MIN (octaves, 8), roughness };

  for (guint i = 0; i < noise.octaves; i++)
    {
      noise.phase[i] = demo_dice_range (dice, 0, TAU);
      noise.pitch[i] = demo_dice_range (dice, 0.8, 1.2);
    }
  return noise;
}

double
demo_noise_at (const DemoNoise *self, double x)
{
  double sum = 0, whole = 0, height = 1, frequency = 1;

  for (guint i = 0; i < self->octaves; i++)
    {
      double bend = sin (x * frequency * 0.7 + self->phase[i]) * 1.1;

      sum += height * sin (x * frequency * self->pitch[i] * 2 + self->phase[i] + bend);
      whole += height;
      height *= self->roughness;
      frequency *= 2.05;
    }
  return sum / whole;
}

void
demo_ridge (const DemoStage *self,
            double base,
            double height,
            double roughness,
            double scale,
            gboolean sharp)
{
  DemoNoise noise = demo_noise_new (self->dice, 7, roughness);
  double unit = MAX (self->w, self->h * 0.9);

  cairo_new_path (self->cr);
  cairo_move_to (self->cr, 0, self->h);
  for (double x = 0; x <= self->w + 2; x += 2)
    {
      double v = demo_noise_at (&noise, x / unit * scale);

      cairo_line_to (self->cr, x, base - height * (sharp ? 1 - 2 * fabs (v) : v));
    }
  cairo_line_to (self->cr, self->w + 2, self->h);
  cairo_close_path (self->cr);
}

void
demo_figure (const DemoStage *self, double x, double base, double h, DemoColour c)
{
  cairo_t *cr = self->cr;
  double u = h / 8;

  demo_disc (self, x, base - 7.3 * u, 0.62 * u, c, 1);
  cairo_move_to (cr, x - 0.95 * u, base - 6.1 * u);
  cairo_curve_to (cr, x - 0.5 * u, base - 6.75 * u, x + 0.5 * u, base - 6.75 * u, x + 0.95 * u,
                  base - 6.1 * u);
  cairo_line_to (cr, x + 1.15 * u, base - 2.4 * u);
  cairo_line_to (cr, x - 1.15 * u, base - 2.4 * u);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_rectangle (cr, x - 0.7 * u, base - 3 * u, 0.55 * u, 3 * u);
  cairo_rectangle (cr, x + 0.15 * u, base - 3 * u, 0.55 * u, 3 * u);
  cairo_fill (cr);
}

void
demo_hat (const DemoStage *self, double x, double base, double h, DemoColour c)
{
  double u = h / 8;

  demo_flat (self, c, 1);
  demo_rectangle (self, x - 1.05 * u, base - 7.75 * u, 2.1 * u, 0.22 * u);
  demo_rectangle (self, x - 0.6 * u, base - 8.4 * u, 1.2 * u, 0.75 * u);
}

void
demo_umbrella (
    const DemoStage *self, double x, double base, double h, DemoColour c, DemoColour cloth)
{
  double u = h / 8;

  demo_flat (self, cloth, 1);
  cairo_new_path (self->cr);
  cairo_arc (self->cr, x + 0.2 * u, base - 7.9 * u, 2.3 * u, G_PI, 0);
  cairo_close_path (self->cr);
  cairo_fill (self->cr);
  demo_flat (self, c, 1);
  cairo_set_line_width (self->cr, 0.18 * u);
  cairo_move_to (self->cr, x + 0.2 * u, base - 9 * u);
  cairo_line_to (self->cr, x + 0.9 * u, base - 5 * u);
  cairo_stroke (self->cr);
}

void
demo_conifer (const DemoStage *self, double x, double base, double h)
{
  const int boughs = 9;
  double reach[2][10];

  cairo_new_path (self->cr);
  cairo_move_to (self->cr, x, base - h);
  for (int side = 0; side < 2; side++)
    for (int i = 1; i <= boughs; i++)
      reach[side][i] = h * 0.2 * i / boughs * demo_dice_range (self->dice, 0.85, 1.15);
  for (int i = 1; i <= boughs; i++)
    {
      double y = base - h + h * i / boughs * 0.95;

      cairo_line_to (self->cr, x + reach[0][i], y);
      cairo_line_to (self->cr, x + reach[0][i] * 0.45, y - h * 0.012);
    }
  for (int i = boughs; i > 0; i--)
    {
      double y = base - h + h * i / boughs * 0.95;

      cairo_line_to (self->cr, x - reach[1][i] * 0.45, y - h * 0.012);
      cairo_line_to (self->cr, x - reach[1][i], y);
    }
  cairo_close_path (self->cr);
  cairo_rectangle (self->cr, x - h * 0.012, base - h * 0.06, h * 0.024, h * 0.08);
  cairo_fill (self->cr);
}
