#include "config.h"

#include "demo-scene.h"

#include <math.h>

#define CANDLE 0xffe7b0

static void
draw_lit_windows (const DemoStage *s, double x, double y, double w, double h)
{
  const DemoColour lamps[] = { s->p->light, s->p->spot, CANDLE };
  double size = MAX (2, w * 0.07), step = size * 2.1;

  for (int a = 0; a < (int) (w / (size * 2)); a++)
    for (int b = 0; b < (int) (h / step) - 1; b++)
      {
        if (demo_dice_unit (s->dice) >= 0.26)
          continue;
        demo_flat (s, demo_dice_colour (s->dice, lamps, 3), demo_dice_range (s->dice, 0.35, 0.95));
        demo_rectangle (s, x + size * (0.7 + 2 * a), y + step * (b + 0.7), size, size * 1.1);
      }
}

static void
draw_towers (const DemoStage *s, int layer, double ground)
{
  static const double gaps[] = { 0, 0, 2, 6 };
  DemoColour c = demo_mix (s->p->far, s->p->near, layer / 3.0);
  double w;

  for (double x = -10; x < s->w; x += w + gaps[demo_dice_below (s->dice, 4)])
    {
      double away, tall;

      w = demo_dice_range (s->dice, 0.045, 0.11) * s->m * (1 + 0.25 * layer);
      away = fabs (x + w / 2 - s->cx) / s->w;
      tall = 0.12 + 0.30 * pow (demo_dice_unit (s->dice), 1.7) * (1.25 - 0.8 * away);
      tall *= s->h * (1.1 - 0.22 * layer);
      demo_linear (
          s, 0, ground - tall, 0, ground,
          DEMO_STOPS ({ 0, c, 1 }, { 1, demo_mix (c, s->p->low, 0.45 * (1 - layer / 3.0)), 1 }));
      demo_rectangle (s, x, ground - tall, w + 1, tall + s->h);
      demo_flat (s, c, 1);
      if (demo_dice_unit (s->dice) < 0.3)
        demo_rectangle (s, x + w * 0.45, ground - tall - s->h * 0.04, w * 0.05 + 1, s->h * 0.05);
      if (layer > 0)
        draw_lit_windows (s, x, ground - tall, w, tall);
    }
}

void
demo_draw_city (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  const DemoColour lamps[] = { p->light, p->spot, CANDLE };
  double cy = s->h * 0.45, r = s->m * 0.27, ground = s->h * 0.74;

  demo_sky (s, s->h * 0.75, p->top, demo_mix (p->top, p->low, 0.45), p->low);
  demo_stars (s, 40, 0.3);
  demo_glow (s, s->cx, cy, r * 3, p->light, 0.55);
  demo_linear (s, 0, cy - r, 0, cy + r, DEMO_STOPS ({ 0, p->light, 1 }, { 1, p->spot, 1 }));
  demo_ellipse (s, s->cx, cy, r, r);
  for (int layer = 0; layer < 4; layer++)
    draw_towers (s, layer, ground);
  demo_linear (s, 0, ground, 0, s->h,
               DEMO_STOPS ({ 0, demo_mix (p->near, p->low, 0.35), 1 }, { 1, p->near, 1 }));
  demo_rectangle (s, 0, ground, s->w, s->h);
  for (int i = 0; i < 150; i++)
    {
      double depth = pow (demo_dice_unit (s->dice), 1.3);
      double x = demo_dice_normal (s->dice, s->cx, 0.3 * s->w);

      demo_flat (s, demo_dice_colour (s->dice, lamps, 3),
                 demo_dice_range (s->dice, 0.1, 0.55) * (1 - depth * 0.6));
      demo_rectangle (s, x, ground + depth * (s->h - ground),
                      demo_dice_range (s->dice, 0.01, 0.07) * s->w, MAX (1.2, s->h * 0.0028));
    }
}

static void
draw_striped_sun (const DemoStage *s, double horizon)
{
  const DemoPalette *p = s->p;

  demo_glow (s, s->cx, horizon, s->m * 0.9, p->light, 0.85);
  cairo_save (s->cr);
  cairo_rectangle (s->cr, 0, 0, s->w, horizon);
  cairo_clip (s->cr);
  demo_linear (s, 0, horizon - s->m * 0.3, 0, horizon,
               DEMO_STOPS ({ 0, p->light, 1 }, { 1, p->spot, 1 }));
  demo_ellipse (s, s->cx, horizon - s->m * 0.03, s->m * 0.25, s->m * 0.25);
  cairo_arc (s->cr, s->cx, horizon - s->m * 0.03, s->m * 0.25, 0, 2 * G_PI);
  cairo_clip (s->cr);
  demo_flat (s, demo_mix (p->low, p->spot, 0.12), 1);
  for (int i = 0; i < 6; i++)
    demo_rectangle (s, s->cx - s->m * 0.3, horizon - s->m * (0.018 + i * 0.04), s->m * 0.6,
                    s->m * (0.014 - 0.0018 * i));
  cairo_restore (s->cr);
}

static void
draw_asphalt (const DemoStage *s, double horizon)
{
  double x = s->cx, deep = s->h - horizon, top = horizon + s->h * 0.012;

  demo_flat (s, demo_darker (s->p->near, 0.55), 1);
  DEMO_POLYGON (s, x - 2, horizon + s->h * 0.01, x + 2, horizon + s->h * 0.01, x + s->m * 0.62,
                s->h, x - s->m * 0.62, s->h);
  demo_flat (s, s->p->light, 0.9);
  for (int i = 0; i < 9; i++)
    {
      double a = pow (i / 9.0, 2.2), b = pow ((i + 0.5) / 9, 2.2);
      double wa = s->m * 0.014 * a + 0.5, wb = s->m * 0.014 * b + 0.5;

      DEMO_POLYGON (s, x - wa, top + deep * a, x + wa, top + deep * a, x + wb, top + deep * b,
                    x - wb, top + deep * b);
    }
}

static void
draw_poles (const DemoStage *s, double horizon)
{
  double last_x = 0, last_y = 0, last_arm = 0;

  demo_flat (s, demo_darker (s->p->near, 0.7), 1);
  for (int i = 0; i < 7; i++)
    {
      double t = pow ((i + 1) / 7.0, 2);
      double x = s->cx + s->m * (0.04 + 0.62 * t), arm = s->m * 0.07 * t;
      double base = horizon + s->h * 0.01 + (s->h - horizon) * t * 0.72;
      double tall = s->h * (0.02 + 0.55 * t), y = base - tall * 0.94, sag = s->h * 0.03 * t;

      demo_rectangle (s, x - s->m * 0.007 * t - 0.5, base - tall, s->m * 0.014 * t + 1, tall);
      demo_rectangle (s, x - arm, y, 2 * arm, s->m * 0.009 * t + 0.6);
      cairo_set_line_width (s->cr, 0.8 + t);
      for (int side = -1; i > 0 && side <= 1; side += 2)
        {
          cairo_move_to (s->cr, last_x + side * last_arm, last_y);
          cairo_curve_to (s->cr, last_x + (x - last_x) / 3, last_y + sag, x - (x - last_x) / 3,
                          y + sag, x + side * arm, y);
          cairo_stroke (s->cr);
        }
      last_x = x;
      last_y = y;
      last_arm = arm;
    }
}

void
demo_draw_road (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  double horizon = s->h * 0.55, y = horizon + (s->h - horizon) * 0.16, u = s->m * 0.022;
  double x = s->cx - s->m * 0.048;

  demo_sky (s, horizon, p->top, demo_mix (p->top, p->low, 0.55), p->low);
  if (!demo_is_light (p->top))
    demo_stars (s, 60, 0.35);
  draw_striped_sun (s, horizon);
  demo_ridge (s, horizon, s->h * 0.03, 0.5, 4, TRUE);
  demo_flat (s, demo_mix (p->far, p->near, 0.2), 1);
  cairo_fill (s->cr);
  demo_linear (s, 0, horizon, 0, s->h,
               DEMO_STOPS ({ 0, demo_mix (p->far, p->light, 0.3), 1 }, { 1, p->near, 1 }));
  demo_rectangle (s, 0, horizon + s->h * 0.01, s->w, s->h);
  draw_asphalt (s, horizon);
  draw_poles (s, horizon);
  demo_flat (s, 0x0a070b, 1);
  demo_rectangle (s, x - u, y - u * 1.1, u * 2, u * 1.1);
  demo_rectangle (s, x - u * 0.75, y - u * 1.8, u * 1.5, u * 0.8);
  for (int side = -1; side <= 1; side += 2)
    {
      demo_disc (s, x + side * 0.7 * u, y - u * 0.6, u * 0.2, 0xff3b30, 1);
      demo_glow (s, x + side * 0.7 * u, y - u * 0.6, u * 2, 0xff3b30, 0.5);
    }
}

typedef struct
{
  double x, y, w, h;
  double cell;
} Pane;

static void
draw_lodger (const DemoStage *s, const Pane *pane)
{
  double x = pane->x, y = pane->y, w = pane->w, h = pane->h;

  demo_glow (s, x + w / 2, y + h / 2, pane->cell * 2.6, s->p->light, 0.75);
  demo_linear (s, 0, y, 0, y + h,
               DEMO_STOPS ({ 0, demo_lighter (s->p->light, 0.35), 1 }, { 1, s->p->spot, 1 }));
  demo_rectangle (s, x, y, w, h);
  cairo_save (s->cr);
  cairo_rectangle (s->cr, x, y, w, h);
  cairo_clip (s->cr);
  demo_disc (s, x + w * 0.5, y + h * 0.42, h * 0.14, 0x120b10, 1);
  cairo_move_to (s->cr, x + w * 0.08, y + h);
  cairo_curve_to (s->cr, x + w * 0.1, y + h * 0.6, x + w * 0.9, y + h * 0.6, x + w * 0.92, y + h);
  cairo_fill (s->cr);
  cairo_restore (s->cr);
}

static void
draw_dark_pane (const DemoStage *s, const Pane *pane, double fate)
{
  const DemoPalette *p = s->p;
  double x = pane->x, y = pane->y, w = pane->w, h = pane->h;

  if (fate < 0.2)
    demo_linear (s, 0, y, 0, y + h,
                 DEMO_STOPS ({ 0, demo_mix (p->far, p->light, 0.45), 1 }, { 1, p->far, 1 }));
  else
    demo_linear (s, x, y, x + w, y + h,
                 DEMO_STOPS ({ 0, demo_mix (p->near, p->top, 0.3), 1 }, { 0.5, p->near, 1 },
                             { 1, demo_darker (p->near, 0.3), 1 }));
  demo_rectangle (s, x, y, w, h);
  demo_flat (s, demo_mix (p->near, p->far, 0.5), 0.6);
  if (fate < 0.55)
    demo_rectangle (s, x, y, w, h * demo_dice_range (s->dice, 0.15, 0.6));
  demo_flat (s, demo_darker (p->top, 0.5), 1);
  demo_rectangle (s, x + w / 2 - pane->cell * 0.015, y, pane->cell * 0.03, h);
}

void
demo_draw_windows (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  int n = demo_stage_is_wide (s) ? 11 : 5;
  double cell = s->w / n;
  int rows = ceil (s->h / (cell * 1.25));

  demo_sky (s, s->h, p->top, demo_mix (p->top, p->low, 0.5), p->low);
  for (int j = 0; j < rows; j++)
    {
      demo_flat (s, demo_darker (p->low, 0.25), 0.7);
      demo_rectangle (s, 0, j * cell * 1.25 - cell * 0.05, s->w, cell * 0.06);
      for (int i = 0; i < n; i++)
        {
          Pane pane = { i * cell + cell * 0.2, j * cell * 1.25 + cell * 0.18, cell * 0.6,
                        cell * 0.85, cell };
          double fate = demo_dice_unit (s->dice);

          demo_flat (s, demo_darker (p->near, 0.35), 1);
          demo_rectangle (s, pane.x - cell * 0.05, pane.y - cell * 0.05, pane.w + cell * 0.1,
                          pane.h + cell * 0.1);
          if (i == (int) (s->cx / cell) && j == (int) (rows * 0.5))
            draw_lodger (s, &pane);
          else
            draw_dark_pane (s, &pane, fate);
          demo_flat (s, demo_lighter (p->low, 0.12), 1);
          demo_rectangle (s, pane.x - cell * 0.09, pane.y + pane.h + cell * 0.05,
                          pane.w + cell * 0.18, cell * 0.07);
        }
    }
}

static void
draw_night_houses (const DemoStage *s, int layer)
{
  const DemoPalette *p = s->p;
  double w;

  for (double x = -10; x < s->w; x += w)
    {
      double tall = s->h * demo_dice_range (s->dice, 0.3, 0.62) * (1 - 0.2 * layer);

      w = s->m * demo_dice_range (s->dice, 0.12, 0.25);
      demo_flat (s, demo_mix (p->far, p->near, 0.3 + 0.6 * layer), 0.9);
      demo_rectangle (s, x, s->h * 0.84 - tall, w, tall);
      for (int i = 0; i < 4; i++)
        {
          double column = demo_dice_range (s->dice, 0.1, 0.8);

          demo_flat (s, p->light, demo_dice_range (s->dice, 0.08, 0.4));
          demo_rectangle (s, x + w * column,
                          s->h * 0.84 - tall * demo_dice_range (s->dice, 0.2, 0.9), s->m * 0.02,
                          s->m * 0.03);
        }
    }
}

static void
draw_lamp_post (const DemoStage *s, double x, double y, double foot)
{
  double post = x - s->m * 0.26;

  demo_flat (s, 0x07070b, 1);
  demo_rectangle (s, post - s->m * 0.011, y - s->h * 0.03, s->m * 0.022, foot - y + s->h * 0.05);
  cairo_set_line_width (s->cr, s->m * 0.016);
  cairo_move_to (s->cr, post, y - s->h * 0.02);
  cairo_curve_to (s->cr, post, y - s->h * 0.1, x, y - s->h * 0.1, x, y - s->h * 0.02);
  cairo_stroke (s->cr);
  DEMO_POLYGON (s, x - s->m * 0.055, y + s->h * 0.006, x - s->m * 0.025, y - s->h * 0.03,
                x + s->m * 0.025, y - s->h * 0.03, x + s->m * 0.055, y + s->h * 0.006);
  demo_disc (s, x, y + s->h * 0.004, s->m * 0.018, 0xfffbe8, 1);
}

static void
draw_light_cone (const DemoStage *s, double x, double y, double foot)
{
  DemoColour light = s->p->light;

  demo_linear (s, 0, y, 0, foot, DEMO_STOPS ({ 0, light, 0.75 }, { 1, light, 0.12 }));
  DEMO_POLYGON (s, x - s->m * 0.03, y, x + s->m * 0.03, y, x + s->m * 0.42, foot + s->h * 0.03,
                x - s->m * 0.42, foot + s->h * 0.03);
  cairo_save (s->cr);
  cairo_translate (s->cr, x, foot + s->h * 0.035);
  cairo_scale (s->cr, 1, 0.18);
  demo_radial (s, 0, 0, 0, s->m * 0.5, DEMO_STOPS ({ 0, light, 0.75 }, { 1, light, 0 }));
  cairo_arc (s->cr, 0, 0, s->m * 0.5, 0, 2 * G_PI);
  cairo_fill (s->cr);
  cairo_restore (s->cr);
  demo_glow (s, x, y, s->m * 0.35, light, 0.9);
}

static void
draw_rain (const DemoStage *s)
{
  cairo_set_line_width (s->cr, MAX (0.8, s->m * 0.0022));
  for (int i = 0; i < 190; i++)
    {
      double x = demo_dice_unit (s->dice) * s->w, y = demo_dice_unit (s->dice) * s->h;
      double length = s->h * demo_dice_range (s->dice, 0.015, 0.04);

      demo_flat (s, DEMO_WHITE, demo_dice_range (s->dice, 0.05, 0.25));
      cairo_move_to (s->cr, x, y);
      cairo_line_to (s->cr, x - length * 0.2, y + length);
      cairo_stroke (s->cr);
    }
}

void
demo_draw_lamp (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  double x = s->cx - s->m * 0.05, foot = s->h * 0.84;
  double y = s->h * (demo_stage_is_wide (s) ? 0.30 : 0.36);

  demo_sky (s, s->h, p->top, demo_mix (p->top, p->low, 0.7), p->low);
  draw_night_houses (s, 0);
  draw_night_houses (s, 1);
  demo_linear (s, 0, foot, 0, s->h,
               DEMO_STOPS ({ 0, demo_mix (p->low, p->light, 0.15), 1 },
                           { 1, demo_darker (p->near, 0.5), 1 }));
  demo_rectangle (s, 0, foot, s->w, s->h - foot);
  draw_light_cone (s, x, y, foot);
  draw_lamp_post (s, x, y, foot);
  draw_rain (s);
  demo_linear (s, 0, foot, 0, s->h, DEMO_STOPS ({ 0, DEMO_BLACK, 0.8 }, { 1, DEMO_BLACK, 0.05 }));
  DEMO_POLYGON (s, x + s->m * 0.01, foot + s->h * 0.04, x + s->m * 0.07, foot + s->h * 0.04,
                x + s->m * 0.22, s->h, x + s->m * 0.08, s->h);
  demo_figure (s, x + s->m * 0.04, foot + s->h * 0.04, s->h * 0.20, 0x07070b);
  demo_umbrella (s, x + s->m * 0.04, foot + s->h * 0.04, s->h * 0.20, 0x07070b, p->spot);
}

static void
draw_roof (const DemoStage *s, double x, double base, double w, DemoColour c)
{
  demo_flat (s, c, 1);
  DEMO_POLYGON (s, x - w * 0.06, base, x + w * 0.5, base - w * 0.42, x + w * 1.06, base);
  demo_rectangle (s, x, base - 1, w, s->h);
  if (demo_dice_unit (s->dice) < 0.5)
    demo_rectangle (s, x + w * 0.7, base - w * 0.5, w * 0.13, w * 0.4);
  for (int k = 0; k < 2; k++)
    {
      if (demo_dice_unit (s->dice) >= 0.6)
        continue;
      demo_flat (s, 0xffcf70, 0.9);
      demo_rectangle (s, x + w * (0.2 + 0.36 * k), base + w * 0.15, w * 0.16, w * 0.2);
      demo_flat (s, c, 1);
      demo_rectangle (s, x + w * (0.27 + 0.36 * k), base + w * 0.15, w * 0.02, w * 0.2);
    }
}

/* @facing is 1 or -1. */
static void
draw_cat (const DemoStage *s, double x, double base, double size, int facing)
{
  const DemoColour fur = 0x0b0812;
  cairo_t *cr = s->cr;

  cairo_save (cr);
  cairo_translate (cr, x, base);
  cairo_scale (cr, size * facing, size);
  demo_flat (s, fur, 1);
  cairo_move_to (cr, -0.5, 0);
  cairo_curve_to (cr, -0.6, -0.5, -0.3, -0.9, -0.1, -1.0);
  cairo_line_to (cr, 0.28, -1.0);
  cairo_curve_to (cr, 0.42, -0.6, 0.42, -0.2, 0.4, 0);
  cairo_fill (cr);
  demo_disc (s, 0.1, -1.2, 0.33, fur, 1);
  DEMO_POLYGON (s, -0.2, -1.3, -0.2, -1.72, 0.05, -1.48);
  DEMO_POLYGON (s, 0.4, -1.3, 0.42, -1.72, 0.15, -1.48);
  cairo_set_line_width (cr, 0.15);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, -0.42, -0.1);
  cairo_curve_to (cr, -1.0, -0.1, -1.1, -0.6, -0.85, -0.85);
  cairo_stroke (cr);
  demo_disc (s, -0.02, -1.22, 0.055, s->p->spot, 1);
  demo_disc (s, 0.22, -1.22, 0.055, s->p->spot, 1);
  cairo_restore (cr);
}

void
demo_draw_cats (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  double x = s->cx, m = s->m, roof = s->h * 0.75;
  double y = s->h * (demo_stage_is_wide (s) ? 0.40 : 0.47);

  demo_sky (s, s->h, p->top, p->low, demo_mix (p->low, p->light, 0.35));
  demo_stars (s, 90, 0.6);
  demo_glow (s, x, y, m * 0.8, p->light, 0.5);
  demo_disc (s, x, y, m * 0.30, p->light, 1);
  for (int i = 0; i < 7; i++)
    demo_disc (s, x + demo_dice_range (s->dice, -0.2, 0.2) * m,
               y + demo_dice_range (s->dice, -0.2, 0.2) * m,
               m * demo_dice_range (s->dice, 0.02, 0.05), demo_mix (p->light, p->spot, 0.4), 0.25);
  for (int layer = 0; layer < 3; layer++)
    {
      double w;

      for (double at = -m * 0.1; at < s->w; at += w * 0.98)
        {
          double base = s->h * (0.74 + 0.08 * layer + demo_dice_range (s->dice, -0.02, 0.02));

          w = m * demo_dice_range (s->dice, 0.2, 0.34);
          draw_roof (s, at, base, w, demo_mix (p->far, p->near, layer / 2.0));
        }
    }
  demo_flat (s, 0x0b0812, 1);
  DEMO_POLYGON (s, x - m * 0.5, roof + m * 0.22, x, roof, x + m * 0.5, roof + m * 0.22, x + m * 0.5,
                s->h, x - m * 0.5, s->h);
  draw_cat (s, x - m * 0.13, roof + m * 0.075, m * 0.13, 1);
  draw_cat (s, x + m * 0.13, roof + m * 0.07, m * 0.105, -1);
}
