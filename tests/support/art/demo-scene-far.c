#include "config.h"

#include "demo-scene.h"

#include <math.h>

#define TAU (2 * G_PI)

static void
draw_setting_sun (const DemoStage *s, double horizon, double r)
{
  const DemoPalette *p = s->p;
  double y = horizon - r * 0.35;

  demo_glow (s, s->cx, y, r * 3.4, p->light, 0.6);
  cairo_save (s->cr);
  cairo_rectangle (s->cr, 0, 0, s->w, horizon);
  cairo_clip (s->cr);
  demo_linear (s, 0, y - r, 0, y + r, DEMO_STOPS ({ 0, p->light, 1 }, { 1, p->spot, 1 }));
  demo_ellipse (s, s->cx, y, r, r);
  for (int i = 0; i < 5; i++)
    {
      double at = horizon - s->h * (0.02 + 0.055 * i);
      double w = s->w * demo_dice_range (s->dice, 0.3, 0.8);
      double x = demo_dice_range (s->dice, -0.1, 0.6) * s->w;

      demo_flat (s, demo_mix (p->low, p->light, 0.4), 0.28);
      cairo_new_path (s->cr);
      cairo_arc (s->cr, x, at, s->h * 0.006, 1.57, 4.71);
      cairo_arc (s->cr, x + w, at, s->h * 0.006, 4.71, 1.57);
      cairo_fill (s->cr);
    }
  cairo_restore (s->cr);
}

static void
draw_reflection (const DemoStage *s, double y, double w, double h, DemoColour c)
{
  const int n = 34;

  for (int i = 0; i < n; i++)
    {
      double t = (double) i / n;
      double wide = w * (0.35 + 0.9 * t) * demo_dice_range (s->dice, 0.35, 1.1);
      double x = s->cx + demo_dice_range (s->dice, -0.22, 0.22) * w * (0.4 + t);

      demo_flat (s, c, 0.8 * (1 - t * 0.75));
      demo_rectangle (s, x - wide / 2, y + h * pow (t, 1.5), wide,
                      MAX (1.2, h * 0.008 * (1 + 3 * t)));
    }
}

static void
draw_waves (const DemoStage *s, double horizon)
{
  demo_flat (s, s->p->near, 0.25);
  for (int i = 0; i < 26; i++)
    {
      DemoNoise noise = demo_noise_new (s->dice, 2, 0.5);
      double y = horizon + (s->h - horizon) * pow ((i + 1) / 26.0, 1.6);

      for (int k = 0; k <= 40; k++)
        cairo_line_to (s->cr, k / 40.0 * s->w,
                       y + demo_noise_at (&noise, k * 0.5 + i) * s->h * 0.004 * (1 + i / 8.0));
      cairo_set_line_width (s->cr, 1 + i * 0.12);
      cairo_stroke (s->cr);
    }
}

static void
draw_boat (const DemoStage *s, double x, double y, double u, DemoColour c)
{
  cairo_t *cr = s->cr;

  demo_flat (s, c, 1);
  cairo_move_to (cr, x - u, y - 0.25 * u);
  cairo_curve_to (cr, x - 0.6 * u, y + 0.3 * u, x + 0.6 * u, y + 0.3 * u, x + 1.05 * u,
                  y - 0.3 * u);
  cairo_close_path (cr);
  cairo_fill (cr);
  demo_rectangle (s, x - 0.03 * u, y - 2.4 * u, 0.07 * u, 2.3 * u);
  cairo_move_to (cr, x + 0.1 * u, y - 2.3 * u);
  cairo_curve_to (cr, x + 0.9 * u, y - 1.4 * u, x + 0.9 * u, y - 0.8 * u, x + 0.75 * u,
                  y - 0.45 * u);
  cairo_line_to (cr, x + 0.1 * u, y - 0.45 * u);
  cairo_fill (cr);
  cairo_move_to (cr, x - 0.1 * u, y - 2 * u);
  cairo_curve_to (cr, x - 0.5 * u, y - 1.4 * u, x - 0.7 * u, y - 0.9 * u, x - 0.75 * u,
                  y - 0.45 * u);
  cairo_line_to (cr, x - 0.1 * u, y - 0.45 * u);
  cairo_fill (cr);
}

static void
draw_headland (const DemoStage *s, double horizon, DemoColour c)
{
  cairo_t *cr = s->cr;
  double w = s->w, h = s->h;

  cairo_move_to (cr, w, horizon + h * 0.01);
  cairo_line_to (cr, w, horizon - h * 0.13);
  cairo_curve_to (cr, w * 0.96, horizon - h * 0.13, w * 0.93, horizon - h * 0.06, w * 0.84,
                  horizon - h * 0.035);
  cairo_curve_to (cr, w * 0.8, horizon - h * 0.02, w * 0.77, horizon, w * 0.74, horizon + h * 0.01);
  demo_flat (s, c, 0.92);
  cairo_fill (cr);
}

void
demo_draw_sea (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  double horizon = s->h * 0.60, r = s->m * 0.25;
  DemoColour dark = demo_darker (p->near, 0.55);

  demo_sky (s, horizon, p->top, demo_mix (p->top, p->low, 0.6), p->low);
  if (!demo_is_light (p->top))
    demo_stars (s, 50, 0.3);
  draw_setting_sun (s, horizon, r);
  demo_linear (s, 0, horizon, 0, s->h,
               DEMO_STOPS ({ 0, demo_mix (p->far, p->low, 0.45), 1 }, { 0.3, p->far, 1 },
                           { 1, p->near, 1 }));
  demo_rectangle (s, 0, horizon, s->w, s->h);
  draw_reflection (s, horizon + 2, r * 1.7, s->h * 0.34, demo_mix (p->light, p->spot, 0.4));
  draw_waves (s, horizon);
  draw_boat (s, s->cx - s->w * (demo_stage_is_wide (s) ? 0.13 : 0.17), horizon + s->h * 0.05,
             s->h * 0.055, dark);
  draw_headland (s, horizon, dark);
}

static void
draw_light_rays (const DemoStage *s)
{
  for (int i = 0; i < 13; i++)
    {
      double a = demo_dice_range (s->dice, -0.5, 0.5);
      double w = s->m * demo_dice_range (s->dice, 0.02, 0.07);
      double top = s->cx + a * s->m * 0.25, foot = s->cx + a * s->m * 2.0;

      demo_linear (s, 0, 0, 0, s->h * 0.85,
                   DEMO_STOPS ({ 0, DEMO_WHITE, 0.22 }, { 1, DEMO_WHITE, 0 }));
      DEMO_POLYGON (s, top - w, -5, top + w, -5, foot + w * 4, s->h * 0.85, foot - w * 4,
                    s->h * 0.85);
    }
  demo_glow (s, s->cx, 0, s->m * 0.7, DEMO_WHITE, 0.7);
}

static void
draw_whale_body (const DemoStage *s)
{
  static const double curves[][6] = {
    { -1.0, -0.3, -0.4, -0.36, 0.1, -0.22 }, { 0.5, -0.12, 0.8, -0.05, 0.98, -0.03 },
    { 1.1, -0.2, 1.25, -0.3, 1.38, -0.28 },  { 1.32, -0.15, 1.25, -0.05, 1.16, 0.0 },
    { 1.25, 0.06, 1.3, 0.18, 1.3, 0.28 },    { 1.15, 0.22, 1.05, 0.12, 0.98, 0.05 },
    { 0.6, 0.16, 0.1, 0.3, -0.4, 0.3 },      { -0.8, 0.3, -1.05, 0.22, -1.05, 0.02 },
  };
  const DemoPalette *p = s->p;
  cairo_t *cr = s->cr;

  cairo_move_to (cr, -1.05, 0.02);
  for (gsize i = 0; i < G_N_ELEMENTS (curves); i++)
    cairo_curve_to (cr, curves[i][0], curves[i][1], curves[i][2], curves[i][3], curves[i][4],
                    curves[i][5]);
  cairo_close_path (cr);
  demo_linear (s, 0, -0.35, 0, 0.35,
               DEMO_STOPS ({ 0, demo_mix (p->near, p->low, 0.3), 1 }, { 0.6, p->near, 1 },
                           { 1, demo_mix (p->near, p->light, 0.35), 1 }));
  cairo_fill (cr);
  demo_flat (s, demo_darker (p->near, 0.2), 1);
  cairo_move_to (cr, -0.35, 0.2);
  cairo_curve_to (cr, -0.3, 0.45, -0.15, 0.62, 0.02, 0.68);
  cairo_curve_to (cr, 0.03, 0.5, -0.05, 0.35, -0.1, 0.22);
  cairo_fill (cr);
  demo_disc (s, -0.78, 0.04, 0.022, DEMO_WHITE, 0.8);
}

static void
draw_sea_floor (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  DemoColour dark = demo_darker (p->top, 0.6);

  for (int i = 0; i < 2; i++)
    {
      demo_ridge (s, s->h * (0.86 + 0.06 * i), s->h * 0.04, 0.5, 5, FALSE);
      demo_flat (s, demo_mix (demo_mix (p->top, p->low, 0.25), dark, i == 0 ? 0.4 : 1), 1);
      cairo_fill (s->cr);
    }
  demo_flat (s, dark, 1);
  cairo_set_line_cap (s->cr, CAIRO_LINE_CAP_ROUND);
  for (int i = 0; i < (demo_stage_is_wide (s) ? 40 : 18); i++)
    {
      double x = demo_dice_unit (s->dice) * s->w;
      double tall = s->h * demo_dice_range (s->dice, 0.05, 0.17);

      cairo_set_line_width (s->cr, s->m * 0.008);
      cairo_move_to (s->cr, x, s->h);
      cairo_curve_to (s->cr, x - tall * 0.2, s->h - tall * 0.4, x + tall * 0.25, s->h - tall * 0.6,
                      x + demo_dice_range (s->dice, -0.1, 0.1) * tall, s->h - tall);
      cairo_stroke (s->cr);
    }
}

static void
draw_diver (const DemoStage *s)
{
  DemoColour dark = demo_darker (s->p->top, 0.7);

  cairo_save (s->cr);
  cairo_translate (s->cr, s->cx + s->m * 0.22, s->h * 0.70);
  cairo_rotate (s->cr, 0.5);
  cairo_scale (s->cr, s->m * 0.03, s->m * 0.03);
  demo_disc (s, -1, -0.1, 0.42, dark, 1);
  DEMO_POLYGON (s, -0.7, -0.25, 0.9, -0.2, 2.3, 0.1, 2.4, 0.35, 0.9, 0.25, -0.7, 0.3);
  cairo_restore (s->cr);
}

void
demo_draw_whale (const DemoStage *s)
{
  const DemoPalette *p = s->p;

  demo_linear (s, 0, 0, 0, s->h,
               DEMO_STOPS ({ 0, p->light, 1 }, { 0.33, p->low, 1 },
                           { 0.67, demo_mix (p->low, p->top, 0.6), 1 }, { 1, p->top, 1 }));
  cairo_paint (s->cr);
  draw_light_rays (s);
  cairo_save (s->cr);
  cairo_translate (s->cr, s->cx, s->h * 0.44);
  cairo_rotate (s->cr, -0.22);
  cairo_scale (s->cr, s->m * 0.34, s->m * 0.34);
  draw_whale_body (s);
  cairo_restore (s->cr);
  for (int i = 0; i < 60; i++)
    {
      double x = demo_dice_unit (s->dice) * s->w, y = demo_dice_unit (s->dice) * s->h;

      demo_disc (s, x, y, demo_dice_range (s->dice, 0.5, 2.6) * s->m / 480, DEMO_WHITE,
                 demo_dice_range (s->dice, 0.1, 0.5));
    }
  draw_sea_floor (s);
  draw_diver (s);
}

#define TILT -0.38

/* The half of the rings behind the planet, or the one in front of it. */
static void
draw_planet_rings (const DemoStage *s, double x, double y, double r, gboolean front)
{
  static const double rings[][3] = {
    { 1.42, 0.10, 0.75 }, { 1.58, 0.14, 0.9 }, { 1.80, 0.20, 0.55 }, { 1.98, 0.05, 0.7 }
  };

  cairo_save (s->cr);
  cairo_translate (s->cr, x, y);
  cairo_rotate (s->cr, TILT);
  cairo_scale (s->cr, 1, 0.24);
  cairo_rectangle (s->cr, -9 * r, front ? 0 : -9 * r, 18 * r, 9 * r);
  cairo_clip (s->cr);
  for (int i = 0; i < 4; i++)
    {
      demo_flat (s, i % 2 == 0 ? s->p->light : s->p->spot, rings[i][2]);
      cairo_new_path (s->cr);
      cairo_arc (s->cr, 0, 0, rings[i][0] * r, 0, TAU);
      cairo_set_line_width (s->cr, rings[i][1] * r);
      cairo_stroke (s->cr);
    }
  cairo_restore (s->cr);
}

static void
draw_planet (const DemoStage *s, double x, double y, double r)
{
  const DemoPalette *p = s->p;
  const DemoColour bands[] = { p->light, p->near, p->spot };

  cairo_save (s->cr);
  cairo_new_path (s->cr);
  cairo_arc (s->cr, x, y, r, 0, TAU);
  cairo_clip (s->cr);
  demo_linear (
      s, x - r, y - r, x + r, y + r,
      DEMO_STOPS ({ 0, demo_lighter (p->light, 0.25), 1 }, { 0.4, p->far, 1 }, { 1, p->near, 1 }));
  cairo_paint (s->cr);
  cairo_translate (s->cr, x, y);
  cairo_rotate (s->cr, TILT);
  for (int i = 0; i < 11; i++)
    {
      double at = demo_dice_range (s->dice, -1, 1) * r;

      demo_flat (s, demo_dice_colour (s->dice, bands, 3), 0.16);
      demo_rectangle (s, -r, at, 2 * r, demo_dice_range (s->dice, 0.03, 0.16) * r);
    }
  cairo_rotate (s->cr, -TILT);
  demo_radial (s, -r * 0.5, -r * 0.5, r * 0.2, r * 1.75,
               DEMO_STOPS ({ 0, DEMO_BLACK, 0 }, { 0.55, DEMO_BLACK, 0.2 }, { 1, 0x000010, 0.92 }));
  cairo_paint (s->cr);
  cairo_restore (s->cr);
}

void
demo_draw_space (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  const DemoColour clouds[] = { p->low, p->far, p->spot };
  double x = s->cx, y = s->h * (demo_stage_is_wide (s) ? 0.42 : 0.45);
  double r = s->m * 0.31, ground = s->h * 0.90;

  demo_sky (s, s->h, p->top, demo_mix (p->top, p->low, 0.5), p->top);
  for (int i = 0; i < 7; i++)
    {
      double at_x = demo_dice_unit (s->dice) * s->w, at_y = demo_dice_unit (s->dice) * s->h;

      demo_glow (s, at_x, at_y, s->m * demo_dice_range (s->dice, 0.3, 0.8),
                 demo_dice_colour (s->dice, clouds, 3), 0.18);
    }
  demo_stars (s, 230, 1);
  demo_glow (s, x - r * 0.3, y - r * 0.3, r * 2.4, p->light, 0.35);
  draw_planet_rings (s, x, y, r, FALSE);
  draw_planet (s, x, y, r);
  draw_planet_rings (s, x, y, r, TRUE);
  demo_disc (s, x - r * 1.35, y + r * 1.25, r * 0.14, demo_lighter (p->spot, 0.3), 1);
  demo_disc (s, x - r * 1.31, y + r * 1.28, r * 0.14, p->top, 0.62);
  demo_ridge (s, ground, s->h * 0.03, 0.5, 3, TRUE);
  demo_linear (s, 0, ground - s->h * 0.06, 0, s->h,
               DEMO_STOPS ({ 0, demo_mix (p->near, p->light, 0.25), 1 },
                           { 1, demo_darker (p->near, 0.6), 1 }));
  cairo_fill (s->cr);
  demo_figure (s, x + s->w * 0.12, ground, s->h * 0.06, 0x05060a);
}

static void
draw_clouds (const DemoStage *s)
{
  for (int i = 0; i < 6; i++)
    {
      double x = demo_dice_unit (s->dice) * s->w;
      double y = s->h * demo_dice_range (s->dice, 0.08, 0.5);
      double r = s->m * demo_dice_range (s->dice, 0.06, 0.13);

      demo_flat (s, DEMO_WHITE, 0.3);
      cairo_new_path (s->cr);
      for (int k = 0; k < 5; k++)
        {
          cairo_new_sub_path (s->cr);
          cairo_arc (s->cr, x + (k - 2) * r * 0.5, y - fabs (sin (k * 1.3)) * r * 0.22,
                     r * (0.26 + 0.12 * sin (k * 2.2 + 1)), 0, TAU);
        }
      cairo_rectangle (s->cr, x - r, y, 2 * r, r * 0.2);
      cairo_fill (s->cr);
    }
}

static void
draw_basket (const DemoStage *s)
{
  demo_flat (s, 0x4a3024, 1);
  cairo_set_line_width (s->cr, 0.025);
  for (double x = -0.2; x < 0.3; x += 0.4)
    {
      cairo_move_to (s->cr, x, 1.4);
      cairo_line_to (s->cr, x * 0.85, 1.8);
      cairo_stroke (s->cr);
    }
  demo_rectangle (s, -0.2, 1.78, 0.4, 0.26);
}

static void
draw_balloon (const DemoStage *s, double x, double y, double size, DemoColour a, DemoColour b)
{
  cairo_t *cr = s->cr;

  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, size, size);
  cairo_save (cr);
  cairo_new_path (cr);
  cairo_arc (cr, 0, 0, 1, G_PI * 0.86, G_PI * 0.14);
  cairo_curve_to (cr, 0.75, 0.75, 0.3, 1.15, 0.24, 1.4);
  cairo_line_to (cr, -0.24, 1.4);
  cairo_curve_to (cr, -0.3, 1.15, -0.75, 0.75, -0.9, 0.42);
  cairo_close_path (cr);
  cairo_clip (cr);
  for (int i = -4; i < 5; i++)
    {
      double from = sin (i / 4.5 * 1.57), to = sin ((i + 1) / 4.5 * 1.57);

      demo_flat (s, i % 2 == 0 ? a : b, 1);
      demo_rectangle (s, from, -1.1, to - from + 0.02, 2.6);
    }
  demo_radial (s, -0.35, -0.4, 0.1, 1.7,
               DEMO_STOPS ({ 0, DEMO_WHITE, 0.4 }, { 0.4, DEMO_WHITE, 0 }, { 1, DEMO_BLACK, 0.5 }));
  cairo_paint (cr);
  cairo_restore (cr);
  draw_basket (s);
  cairo_restore (cr);
}

void
demo_draw_balloons (const DemoStage *s)
{
  static const double places[][3] = { { 0, 0.36, 0.17 },
                                      { -0.27, 0.52, 0.085 },
                                      { 0.28, 0.27, 0.075 },
                                      { 0.22, 0.60, 0.05 },
                                      { -0.3, 0.22, 0.045 } };
  const DemoPalette *p = s->p;
  const DemoColour cloth[][2] = { { p->spot, demo_lighter (p->spot, 0.75) },
                                  { p->far, p->light },
                                  { p->near, p->spot },
                                  { p->spot, p->light },
                                  { p->near, DEMO_WHITE } };

  demo_sky (s, s->h, p->top, p->low, demo_mix (p->low, p->light, 0.6));
  demo_glow (s, s->cx, s->h * 0.7, s->m * 0.9, p->light, 0.7);
  draw_clouds (s);
  for (int i = 0; i < 4; i++)
    {
      DemoColour c = demo_mix (p->far, p->near, i / 3.0);

      demo_ridge (s, s->h * (0.72 + 0.07 * i), s->h * 0.035, 0.42, 4, FALSE);
      demo_linear (s, 0, s->h * (0.68 + 0.07 * i), 0, s->h * (0.9 + 0.07 * i),
                   DEMO_STOPS ({ 0, c, 1 }, { 1, demo_mix (c, p->light, 0.35), 1 }));
      cairo_fill (s->cr);
    }
  for (int k = 0; k < 5; k++)
    draw_balloon (s, s->cx + places[k][0] * s->m, s->h * places[k][1], s->m * places[k][2],
                  cloth[k][0], cloth[k][1]);
}
