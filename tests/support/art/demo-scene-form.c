#include "config.h"

#include "demo-scene.h"

#include <math.h>

#define TAU (2 * G_PI)

typedef struct
{
  double x, y, size;
  DemoColour colours[5];
} Tile;

static void
fill_arc (const DemoStage *s, double x, double y, double r, double from, double to, DemoColour c)
{
  demo_flat (s, c, 1);
  cairo_new_path (s->cr);
  cairo_arc (s->cr, x, y, r, from, to);
  cairo_fill (s->cr);
}

static void
draw_quarter (const DemoStage *s, const Tile *t, DemoColour c)
{
  guint corner = demo_dice_below (s->dice, 4);
  double x = t->x + (corner == 1 || corner == 2 ? t->size : 0);
  double y = t->y + (corner >= 2 ? t->size : 0);

  fill_arc (s, x, y, t->size, 0, TAU, c);
  fill_arc (s, x, y, t->size * 0.66, 0, TAU, demo_dice_colour (s->dice, t->colours, 5));
  fill_arc (s, x, y, t->size * 0.33, 0, TAU, demo_dice_colour (s->dice, t->colours, 5));
}

static void
draw_tile_form (const DemoStage *s, const Tile *t)
{
  double half = t->size / 2;
  DemoColour c = demo_dice_colour (s->dice, t->colours, 5);

  demo_flat (s, c, 1);
  switch (demo_dice_below (s->dice, 7))
    {
    case 0:
      fill_arc (s, t->x + half, t->y + half, half, 0, TAU, c);
      fill_arc (s, t->x + half, t->y + half, half / 2, 0, TAU,
                demo_dice_colour (s->dice, t->colours, 5));
      break;
    case 1:
    case 2:
      draw_quarter (s, t, c);
      break;
    case 3:
      DEMO_POLYGON (s, t->x, t->y, t->x + t->size, t->y, t->x, t->y + t->size);
      break;
    case 4:
      for (int i = 0; i < 4; i++)
        demo_rectangle (s, t->x + i * t->size / 4, t->y, t->size / 8, t->size);
      break;
    case 5:
      fill_arc (s, t->x + half, t->y, half, 0, G_PI, c);
      fill_arc (s, t->x + half, t->y + t->size, half, G_PI, 0,
                demo_dice_colour (s->dice, t->colours, 5));
      break;
    default:
      break;
    }
}

void
demo_draw_tiles (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  const DemoColour grounds[] = { p->low, p->light, p->far, p->near, p->spot, p->top, p->top };
  double size = s->m / 4;

  demo_flat (s, p->top, 1);
  cairo_paint (s->cr);
  for (double x = 0; x < s->w; x += size)
    for (double y = 0; y < s->h; y += size)
      {
        Tile tile = { x, y, size, { p->low, p->light, p->far, p->near, p->spot } };

        cairo_save (s->cr);
        cairo_rectangle (s->cr, x, y, size, size);
        cairo_clip (s->cr);
        demo_flat (s, demo_dice_colour (s->dice, grounds, G_N_ELEMENTS (grounds)), 1);
        cairo_paint (s->cr);
        draw_tile_form (s, &tile);
        cairo_restore (s->cr);
      }
}

static void
draw_frames (const DemoStage *s, double y)
{
  const DemoPalette *p = s->p;
  const int n = 9;

  for (int i = 0; i < n; i++)
    {
      double t = (double) i / n, k = pow (1 - t, 1.7);
      double x0 = s->cx - (s->cx + s->w * 0.15) * k, x1 = s->cx + (s->w * 1.15 - s->cx) * k;
      double y0 = y - s->h * 0.62 * k, y1 = y + s->h * 0.62 * k;
      DemoColour c = demo_mix (p->near, p->light, pow (t, 1.8) * 0.85);

      demo_linear (s, 0, y0, 0, y1,
                   DEMO_STOPS ({ 0, demo_darker (c, 0.4), 1 }, { 0.55, c, 1 },
                               { 1, demo_mix (c, p->spot, 0.25), 1 }));
      demo_rectangle (s, x0, y0, x1 - x0, y1 - y0);
      demo_flat (s, demo_darker (p->top, 0.3), 0.75);
      cairo_set_line_width (s->cr, MAX (1, s->w * 0.02 * k));
      cairo_rectangle (s->cr, x0, y0, x1 - x0, y1 - y0);
      cairo_stroke (s->cr);
    }
}

void
demo_draw_corridor (const DemoStage *s)
{
  DemoColour light = s->p->light;
  double x = s->cx, y = s->h * 0.50, w = s->m * 0.15, h = s->h * 0.26, sill = y + h * 0.5;

  demo_flat (s, s->p->top, 1);
  cairo_paint (s->cr);
  draw_frames (s, y);
  demo_glow (s, x, y, s->m * 0.7, light, 0.8);
  demo_linear (s, 0, y - h / 2, 0, y + h / 2, DEMO_STOPS ({ 0, DEMO_WHITE, 1 }, { 1, light, 1 }));
  demo_rectangle (s, x - w / 2, y - h * 0.5, w, h);
  demo_linear (s, 0, sill, 0, s->h, DEMO_STOPS ({ 0, light, 0.85 }, { 1, light, 0 }));
  DEMO_POLYGON (s, x - w * 0.5, sill, x + w * 0.5, sill, x + w * 2, s->h, x - w * 2, s->h);
  demo_linear (s, 0, sill, 0, s->h, DEMO_STOPS ({ 0, DEMO_BLACK, 0.85 }, { 1, DEMO_BLACK, 0.1 }));
  DEMO_POLYGON (s, x - w * 0.1, sill + s->h * 0.05, x + w * 0.1, sill + s->h * 0.05, x + w * 0.5,
                s->h, x - w * 0.5, s->h);
  demo_figure (s, x, sill + s->h * 0.06, h * 0.78, 0x08060a);
  demo_hat (s, x, sill + s->h * 0.06, h * 0.78, 0x08060a);
}

static void
draw_beam (const DemoStage *s, double y, double from, double to, double alpha)
{
  cairo_move_to (s->cr, s->cx, y);
  cairo_arc (s->cr, s->cx, y, s->m * 1.6, from, to);
  cairo_close_path (s->cr);
  demo_radial (s, s->cx, y, 0, s->m, DEMO_STOPS ({ 0, DEMO_WHITE, alpha }, { 1, DEMO_WHITE, 0 }));
  cairo_fill (s->cr);
}

void
demo_draw_rings (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  const DemoColour colours[] = { p->light, p->far, p->near, p->spot, p->low };
  double y = s->h * 0.45, wobble = s->m * 0.018;

  demo_sky (s, s->h, p->top, demo_mix (p->top, p->low, 0.3), demo_mix (p->top, p->low, 0.6));
  for (int i = demo_stage_is_wide (s) ? 44 : 26; i > 0; i--)
    {
      double r = s->m * 0.021 * i * (1 + 0.02 * i);

      demo_flat (s, i % 2 == 0 ? p->top : colours[i % 5], 1);
      demo_ellipse (s, s->cx + sin (i * 0.5) * wobble, y + cos (i * 0.62) * wobble, r, r);
    }
  demo_disc (s, s->cx, y, s->m * 0.045, p->top, 1);
  draw_beam (s, y, -0.9, -0.55, 0.4);
  draw_beam (s, y, 2.2, 2.6, 0.25);
}

static void
path_keyhole (const DemoStage *s, double y, double r)
{
  cairo_new_path (s->cr);
  cairo_arc (s->cr, s->cx, y, r, G_PI * 0.72, G_PI * 0.28);
  cairo_line_to (s->cr, s->cx + r * 0.85, y + r * 2.25);
  cairo_line_to (s->cr, s->cx - r * 0.85, y + r * 2.25);
  cairo_close_path (s->cr);
}

/* A small landscape, drawn on a stage of its own. */
static void
draw_other_side (const DemoStage *s, double w, double h)
{
  const DemoPalette *p = s->p;
  DemoStage inner = *s;

  inner.w = w;
  inner.h = h;
  inner.m = MIN (w, h);
  demo_sky (&inner, h, p->far, demo_mix (p->far, p->light, 0.8), p->light);
  demo_stars (&inner, 30, 0.4);
  demo_disc (&inner, w * 0.62, h * 0.36, w * 0.13, demo_lighter (p->light, 0.6), 1);
  for (int i = 0; i < 4; i++)
    {
      demo_ridge (&inner, h * (0.56 + 0.11 * i), h * 0.05, 0.5, 3, TRUE);
      demo_flat (&inner, demo_mix (p->far, p->near, 0.3 + 0.7 * i / 3), 1);
      cairo_fill (s->cr);
    }
  demo_figure (&inner, w * 0.45, h * 0.90, h * 0.16, 0x08060c);
}

void
demo_draw_keyhole (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  double y = s->h * (demo_stage_is_wide (s) ? 0.42 : 0.36);
  double r = s->m * (demo_stage_is_wide (s) ? 0.2 : 0.25);

  demo_linear (s, 0, 0, s->w, s->h,
               DEMO_STOPS ({ 0, p->top, 1 }, { 1, demo_darker (p->top, 0.55), 1 }));
  cairo_paint (s->cr);
  demo_glow (s, s->cx, y + r * 0.5, r * 4, p->low, 0.7);
  for (int i = 0; i < 14; i++)
    {
      demo_flat (s, demo_lighter (p->low, 0.2), 0.16);
      cairo_set_line_width (s->cr, MAX (1.4, s->m * 0.003));
      cairo_new_path (s->cr);
      cairo_arc (s->cr, s->cx, y + r * 0.5, r * (1.55 + 0.22 * i), 0, TAU);
      cairo_stroke (s->cr);
    }
  path_keyhole (s, y, r * 1.12);
  demo_linear (
      s, s->cx - r, y - r, s->cx + r, y + 2 * r,
      DEMO_STOPS ({ 0, p->spot, 1 }, { 0.5, demo_darker (p->spot, 0.45), 1 }, { 1, p->spot, 1 }));
  cairo_fill (s->cr);
  cairo_save (s->cr);
  path_keyhole (s, y, r);
  cairo_clip (s->cr);
  cairo_translate (s->cr, s->cx - r * 1.05, y - r * 1.05);
  cairo_rectangle (s->cr, 0, 0, r * 2.1, r * 3.4);
  cairo_clip (s->cr);
  draw_other_side (s, r * 2.1, r * 3.4);
  cairo_restore (s->cr);
}

static void
draw_folds (const DemoStage *s, double floor)
{
  const DemoPalette *p = s->p;
  int n = demo_stage_is_wide (s) ? 30 : 16;
  double w = s->w / n;

  for (int i = 0; i < n; i++)
    {
      double x = i * w, away = fabs (x + w / 2 - s->cx) / s->m;
      DemoColour lit = demo_mix (p->far, p->spot, 0.35 * MAX (0, 1 - away * 1.4));

      demo_linear (s, x, 0, x + w, 0,
                   DEMO_STOPS ({ 0, demo_darker (p->far, 0.45), 1 }, { 0.45, lit, 1 },
                               { 1, demo_darker (p->far, 0.5), 1 }));
      demo_rectangle (s, x, 0, w + 1, floor);
    }
  demo_linear (
      s, 0, 0, 0, floor,
      DEMO_STOPS ({ 0, DEMO_BLACK, 0.55 }, { 0.5, DEMO_BLACK, 0.05 }, { 1, DEMO_BLACK, 0.45 }));
  demo_rectangle (s, 0, 0, s->w, floor);
}

static void
draw_spotlights (const DemoStage *s, double floor)
{
  double x = s->cx, m = s->m;
  DemoColour light = s->p->light;

  for (int side = -1; side <= 1; side += 2)
    {
      demo_linear (s, 0, 0, 0, floor, DEMO_STOPS ({ 0, light, 0.48 }, { 1, light, 0.16 }));
      DEMO_POLYGON (s, x + side * m * 0.75, -10, x + side * m * 0.62, -10, x - m * 0.30,
                    floor + s->h * 0.05, x + m * 0.30, floor + s->h * 0.05);
    }
  cairo_save (s->cr);
  cairo_translate (s->cr, x, floor + s->h * 0.06);
  cairo_scale (s->cr, 1, 0.22);
  demo_radial (s, 0, 0, 0, m * 0.36,
               DEMO_STOPS ({ 0, light, 0.95 }, { 0.7, light, 0.5 }, { 1, light, 0 }));
  cairo_arc (s->cr, 0, 0, m * 0.36, 0, TAU);
  cairo_fill (s->cr);
  cairo_restore (s->cr);
}

void
demo_draw_curtain (const DemoStage *s)
{
  const DemoPalette *p = s->p;
  const DemoColour dark = 0x0a070a;
  double floor = s->h * 0.80;

  draw_folds (s, floor);
  demo_linear (s, 0, floor, 0, s->h,
               DEMO_STOPS ({ 0, demo_mix (p->near, p->light, 0.25), 1 },
                           { 1, demo_darker (p->near, 0.6), 1 }));
  demo_rectangle (s, 0, floor, s->w, s->h);
  draw_spotlights (s, floor);
  demo_figure (s, s->cx, floor + s->h * 0.07, s->h * 0.30, dark);
  demo_rectangle (s, s->cx + s->m * 0.10, floor - s->h * 0.13, s->m * 0.008, s->h * 0.2);
  demo_disc (s, s->cx + s->m * 0.104, floor - s->h * 0.135, s->m * 0.018, dark, 1);
}
