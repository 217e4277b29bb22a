#include "config.h"

#include "demo-scene.h"

#include <math.h>

void
demo_draw_mountains (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  const int layers = 6;
  double foot = s->h * 0.86;
  DemoColour dark = demo_darker (p->near, 0.6);

  demo_sky (s, s->h * 0.8, p->top, demo_mix (p->top, p->low, 0.55), p->low);
  if (!demo_is_light (p->top))
    demo_stars (s, 70, 0.35);
  demo_glow (s, s->cx, s->h * 0.40, s->m * 0.76, p->light, 0.55);
  demo_disc (s, s->cx, s->h * 0.40, s->m * 0.19, p->light, 1);
  for (int i = 0; i < layers; i++)
    {
      double t = i / (layers - 1.0);
      double base = s->h * (0.50 + 0.44 * t);
      DemoColour c = demo_mix (p->far, p->near, t);
      DemoColour fog = demo_mix (c, p->low, i < layers - 1 ? 0.5 : 0);

      demo_ridge (s, base, s->h * (0.085 - 0.03 * t), 0.52, 4 + 2 * t, i < 4);
      demo_linear (s, 0, base - s->h * 0.14, 0, base + s->h * 0.2,
                   DEMO_STOPS ({ 0, c, 1 }, { 0.35, c, 1 }, { 1, fog, 1 }));
      cairo_fill (s->cr);
    }
  demo_ridge (s, foot + s->h * 0.06, s->h * 0.02, 0.4, 3, FALSE);
  demo_flat (s, dark, 1);
  cairo_fill (s->cr);
  demo_figure (s, s->cx - s->w * 0.12, foot + s->h * 0.055, s->h * 0.075, dark);
}

static void
draw_northern_light (const DemoStage *s, int k, DemoColour c)
{
  DemoNoise noise = demo_noise_new (s->dice, 3, 0.5);

  for (double x = 0; x < s->w; x += 2)
    {
      double t = x / s->w;
      double foot = s->h * (0.34 + 0.07 * k) + demo_noise_at (&noise, t * 3) * s->h * 0.1;
      double folds = 0.7 + 0.22 * sin (t * 60 + k) + 0.12 * sin (t * 170 + 2 * k);
      double tall = s->h * (0.24 + 0.1 * sin (t * 9 + k * 2)) * folds;

      demo_linear (s, 0, foot - tall, 0, foot + s->h * 0.02,
                   DEMO_STOPS ({ 0, c, 0 }, { 0.8, c, 0.2 }, { 1, c, 0 }));
      demo_rectangle (s, x, foot - tall, 2, tall + s->h * 0.02);
    }
}

static void
draw_hut (const DemoStage *s, double x, double y, double u)
{
  demo_glow (s, x + u * 0.1, y - u * 0.3, u * 3, 0xffb347, 0.55);
  demo_flat (s, 0x1a1216, 1);
  demo_rectangle (s, x - u, y - u * 0.75, 2 * u, u * 0.8);
  demo_flat (s, 0x2a1c20, 1);
  DEMO_POLYGON (s, x - 1.25 * u, y - u * 0.7, x - 0.1 * u, y - 1.55 * u, x + 1.25 * u, y - u * 0.7);
  demo_flat (s, 0xeef4fb, 1);
  DEMO_POLYGON (s, x - 1.28 * u, y - u * 0.72, x - 0.1 * u, y - 1.62 * u, x + 1.28 * u,
                y - u * 0.72, x + 1.1 * u, y - 0.75 * u, x - 0.1 * u, y - 1.48 * u, x - 1.1 * u,
                y - 0.75 * u);
  demo_flat (s, 0xffc861, 1);
  demo_rectangle (s, x - 0.55 * u, y - 0.5 * u, 0.32 * u, 0.32 * u);
  demo_rectangle (s, x + 0.3 * u, y - 0.5 * u, 0.32 * u, 0.32 * u);
}

void
demo_draw_aurora (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  const DemoColour lights[] = { p->light, p->spot, p->light, demo_mix (p->light, p->spot, 0.5) };

  demo_sky (s, s->h, p->top, demo_mix (p->top, p->low, 0.6), p->low);
  demo_stars (s, 120, 0.7);
  cairo_set_antialias (s->cr, CAIRO_ANTIALIAS_NONE);
  for (int k = 0; k < 4; k++)
    draw_northern_light (s, k, lights[k]);
  cairo_set_antialias (s->cr, CAIRO_ANTIALIAS_DEFAULT);
  for (int i = 0; i < 2; i++)
    {
      demo_ridge (s, s->h * (0.62 + 0.05 * i), s->h * 0.05, 0.5, 5, TRUE);
      demo_flat (s, demo_mix (p->far, p->near, 0.5 * i), 1);
      cairo_fill (s->cr);
    }
  demo_flat (s, demo_darker (p->near, 0.25), 1);
  for (int i = 0; i < (demo_stage_is_wide (s) ? 60 : 34); i++)
    demo_conifer (s, demo_dice_unit (s->dice) * s->w,
                  s->h * (0.785 + demo_dice_range (s->dice, 0, 0.015)),
                  s->h * demo_dice_range (s->dice, 0.08, 0.18));
  demo_ridge (s, s->h * 0.77, s->h * 0.015, 0.4, 2, FALSE);
  demo_linear (s, 0, s->h * 0.74, 0, s->h,
               DEMO_STOPS ({ 0, demo_mix (0xdfeaf5, p->low, 0.35), 1 },
                           { 1, demo_mix (p->top, 0x8fa6c4, 0.25), 1 }));
  cairo_fill (s->cr);
  draw_hut (s, s->cx, s->h * 0.835, s->h * 0.075);
}

#define DUNE_STEPS 80

/* The flank that turns away from the sun, from the crest @peak on. */
static void
draw_dune_shade (const DemoStage *s, double xy[][2], int peak, DemoColour c)
{
  double x = xy[peak][0], y = xy[peak][1];

  cairo_new_path (s->cr);
  cairo_move_to (s->cr, x, y);
  cairo_curve_to (s->cr, x + s->w * 0.02, y + s->h * 0.08, x - s->w * 0.16, y + s->h * 0.14,
                  x - s->w * 0.05, y + s->h * 0.34);
  cairo_line_to (s->cr, x + s->w * 0.62, y + s->h * 0.34);
  for (int k = DUNE_STEPS; k > peak; k--)
    if (xy[k][0] < x + s->w * 0.6)
      cairo_line_to (s->cr, xy[k][0], xy[k][1]);
  cairo_close_path (s->cr);
  demo_linear (s, x, y, x + s->w * 0.5, y + s->h * 0.1,
               DEMO_STOPS ({ 0, demo_darker (c, 0.42), 0.75 }, { 1, demo_darker (c, 0.4), 0 }));
  cairo_fill (s->cr);
}

static int
draw_dune (const DemoStage *s, double xy[][2], int i)
{
  DemoNoise noise = demo_noise_new (s->dice, 2, 0.35);
  DemoColour c = demo_mix (s->p->far, s->p->near, i / 4.0);
  double base = s->h * (0.47 + 0.12 * i), swell = s->h * 0.055;
  double best = G_MAXDOUBLE;
  int peak = 8;

  cairo_new_path (s->cr);
  cairo_move_to (s->cr, 0, s->h);
  for (int k = 0; k <= DUNE_STEPS; k++)
    {
      double t = (double) k / DUNE_STEPS;
      double height = demo_noise_at (&noise, t * 2.6 * s->w / MAX (s->w, s->h) + i);
      double rank;

      xy[k][0] = t * s->w;
      xy[k][1] = base - swell * height;
      cairo_line_to (s->cr, xy[k][0], xy[k][1]);
      rank = xy[k][1] + fabs (t - s->cx / s->w) * s->h * 0.02;
      if (k >= 8 && k < DUNE_STEPS - 8 && rank < best)
        {
          best = rank;
          peak = k;
        }
    }
  cairo_line_to (s->cr, s->w, s->h);
  cairo_close_path (s->cr);
  demo_linear (s, 0, base - swell, 0, base + s->h * 0.25,
               DEMO_STOPS ({ 0, demo_mix (c, s->p->light, 0.32), 1 }, { 0.35, c, 1 },
                           { 1, demo_darker (c, 0.25), 1 }));
  cairo_fill (s->cr);
  draw_dune_shade (s, xy, peak, c);
  return peak;
}

void
demo_draw_dunes (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  double xy[DUNE_STEPS + 1][2];

  demo_sky (s, s->h * 0.62, p->top, demo_mix (p->top, p->low, 0.5), p->low);
  demo_glow (s, s->cx, s->h * 0.33, s->m * 0.77, p->light, 0.5);
  demo_disc (s, s->cx, s->h * 0.33, s->m * 0.24, p->light, 1);
  for (int i = 0; i < 5; i++)
    {
      int peak = draw_dune (s, xy, i);

      for (int j = 0; i == 2 && j < 4; j++)
        {
          int k = MAX (0, peak - 4 - j * 2);

          demo_figure (s, xy[k][0], xy[k][1] + 2, s->h * 0.05 * (1 - 0.08 * j),
                       demo_darker (p->near, 0.8));
        }
    }
}

static void
draw_deer (const DemoStage *s, double x, double base, double size, DemoColour c)
{
  static const double outline[] = {
    0.32, -0.72, 0.52, -1.12, 0.46, -1.2, 0.6, -1.22, 0.84, -1.08, 0.8, -1.0, 0.64, -1.0,
  };
  static const double legs[] = {
    0.4,  0,    0.33, 0,     0.29, -0.4,  -0.3,  -0.38, -0.42,
    -0.2, -0.4, 0.0,  -0.47, 0,    -0.52, -0.25, -0.6,  -0.5,
  };
  static const double antlers[2][6] = {
    { 0.55, -1.2, 0.45, -1.5, 0.62, -1.75 },
    { 0.6, -1.2, 0.72, -1.45, 0.66, -1.72 },
  };
  cairo_t *cr = s->cr;

  cairo_save (cr);
  cairo_translate (cr, x, base);
  cairo_scale (cr, size, size);
  demo_flat (s, c, 1);
  cairo_move_to (cr, -0.55, -0.62);
  cairo_curve_to (cr, -0.3, -0.72, 0.1, -0.68, 0.32, -0.72);
  for (gsize i = 0; i < G_N_ELEMENTS (outline); i += 2)
    cairo_line_to (cr, outline[i], outline[i + 1]);
  cairo_curve_to (cr, 0.6, -0.8, 0.52, -0.55, 0.42, -0.42);
  for (gsize i = 0; i < G_N_ELEMENTS (legs); i += 2)
    cairo_line_to (cr, legs[i], legs[i + 1]);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_set_line_width (cr, 0.045);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  for (int i = 0; i < 2; i++)
    {
      const double *a = antlers[i];

      cairo_move_to (cr, a[0], a[1]);
      cairo_curve_to (cr, a[2], a[3] + 0.1, a[2], a[3], a[4], a[5]);
      cairo_move_to (cr, a[2] + 0.02, a[3]);
      cairo_line_to (cr, a[2] - 0.12, a[3] - 0.12);
      cairo_move_to (cr, a[2] + 0.05, a[3] - 0.08);
      cairo_line_to (cr, a[2] + 0.2, a[3] - 0.2);
      cairo_stroke (cr);
    }
  cairo_restore (cr);
}

static void
draw_wood (const DemoStage *s, int layer)
{
  const DemoPalette *p = s->p;
  double t = layer / 3.0, base = s->h * (0.70 + 0.08 * layer);
  DemoColour c = demo_mix (p->far, p->near, t);
  int n = (26 - 4 * layer) * MAX (1, s->w / s->h * 1.1);

  demo_linear (
      s, 0, base - s->h * 0.5, 0, base,
      DEMO_STOPS ({ 0, c, 1 }, { 0.6, c, 1 }, { 1, demo_mix (c, p->low, 0.35 * (1 - t)), 1 }));
  for (int i = 0; i < n; i++)
    {
      double x = (i + demo_dice_unit (s->dice) * 0.9) / n * s->w * 1.06 - s->w * 0.03;
      double away = fabs (x - s->cx) / s->w;
      double tall = s->h * (0.20 + 0.12 * layer) * demo_dice_range (s->dice, 0.6, 1.15);

      if (layer < 3 || away >= 0.22)
        demo_conifer (s, x, base + s->h * 0.02, tall * (0.62 + 1.1 * MIN (away, 0.5)));
    }
  demo_ridge (s, base, s->h * 0.015, 0.4, 2, FALSE);
  demo_linear (s, 0, base - s->h * 0.03, 0, base + s->h * 0.16,
               DEMO_STOPS ({ 0, c, 1 }, { 1, demo_mix (c, p->low, 0.3 * (1 - t)), 1 }));
  cairo_fill (s->cr);
}

void
demo_draw_forest (const DemoStage *s)
{
  const DemoPalette *p = s->p;

  demo_sky (s, s->h, p->top, p->low, demo_mix (p->low, p->light, 0.35));
  demo_glow (s, s->cx, s->h * 0.42, s->m * 0.75, p->light, 0.95);
  demo_disc (s, s->cx, s->h * 0.40, s->m * 0.12, demo_lighter (p->light, 0.4), 1);
  for (int layer = 0; layer < 4; layer++)
    draw_wood (s, layer);
  draw_deer (s, s->cx, s->h * 0.945, s->h * 0.1, demo_darker (p->near, 0.5));
}

static void
draw_branch (
    const DemoStage *s, double x, double y, double angle, double length, double width, int depth)
{
  double x2 = x + cos (angle) * length, y2 = y + sin (angle) * length;
  int twigs = demo_dice_below (s->dice, 3) == 2 ? 3 : 2;

  demo_flat (s, demo_darker (s->p->near, 0.45), 1);
  cairo_set_line_width (s->cr, width);
  cairo_move_to (s->cr, x, y);
  cairo_curve_to (s->cr, x + cos (angle + 0.2) * length * 0.4, y + sin (angle + 0.2) * length * 0.4,
                  x2, y2, x2, y2);
  cairo_stroke (s->cr);
  for (int k = 0; depth > 0 && k < twigs; k++)
    draw_branch (s, x2, y2, angle + demo_dice_range (s->dice, -0.62, 0.62),
                 length * demo_dice_range (s->dice, 0.66, 0.86), width * 0.66, depth - 1);
  if (depth == 0 && demo_dice_unit (s->dice) < 0.35)
    demo_disc (s, x2, y2, s->m * demo_dice_range (s->dice, 0.004, 0.011), s->p->spot, 0.9);
}

static void
draw_bird (const DemoStage *s, double x, double y, double r)
{
  cairo_set_line_width (s->cr, r * 0.22);
  cairo_move_to (s->cr, x - r, y - r * 0.35);
  cairo_curve_to (s->cr, x - r * 0.5, y - r * 0.6, x - r * 0.1, y - r * 0.2, x, y);
  cairo_curve_to (s->cr, x + r * 0.1, y - r * 0.2, x + r * 0.5, y - r * 0.6, x + r, y - r * 0.35);
  cairo_stroke (s->cr);
}

void
demo_draw_tree (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  DemoColour dark = demo_darker (p->near, 0.45);
  /* On a poster the title stands above the moon. */
  double y = s->h * (demo_stage_is_wide (s) ? 0.42 : 0.465);

  demo_sky (s, s->h, p->top, p->low, demo_mix (p->low, p->light, 0.4));
  demo_glow (s, s->cx, y, s->m * 0.9, p->light, 0.45);
  demo_disc (s, s->cx, y, s->m * 0.33, p->light, 1);
  for (int i = 0; i < 8; i++)
    demo_disc (s, s->cx + demo_dice_range (s->dice, -0.2, 0.2) * s->m,
               y + demo_dice_range (s->dice, -0.2, 0.2) * s->m,
               s->m * demo_dice_range (s->dice, 0.02, 0.06), demo_mix (p->light, p->low, 0.4),
               0.28);
  cairo_set_line_cap (s->cr, CAIRO_LINE_CAP_ROUND);
  draw_branch (s, s->cx - s->m * 0.03, s->h * 0.86, -1.57, s->h * 0.15, s->m * 0.042, 7);
  demo_ridge (s, s->h * 0.87, s->h * 0.02, 0.4, 2, FALSE);
  demo_linear (s, 0, s->h * 0.84, 0, s->h, DEMO_STOPS ({ 0, dark, 1 }, { 1, 0x050407, 1 }));
  cairo_fill (s->cr);
  demo_flat (s, dark, 1);
  for (int i = 0; i < 9; i++)
    draw_bird (s, demo_dice_range (s->dice, 0.08, 0.92) * s->w,
               s->h * demo_dice_range (s->dice, 0.12, 0.34),
               s->m * demo_dice_range (s->dice, 0.012, 0.026));
  demo_figure (s, s->cx + s->m * 0.2, s->h * 0.875, s->h * 0.085, 0x050407);
}
