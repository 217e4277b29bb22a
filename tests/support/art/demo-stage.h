#pragma once

#include "demo-palette.h"

#include <cairo.h>

G_BEGIN_DECLS

/* A stage is where a scene is drawn: a surface, a palette, dice, and where the subject stands. */

typedef struct
{
  guint64 state;
} DemoDice;

DemoDice demo_dice_new (const char *seed, guint turn);
double demo_dice_unit (DemoDice *self);
double demo_dice_range (DemoDice *self, double from, double to);
guint demo_dice_below (DemoDice *self, guint n);
double demo_dice_normal (DemoDice *self, double mean, double deviation);
DemoColour demo_dice_colour (DemoDice *self, const DemoColour *colours, guint n);

typedef struct
{
  cairo_t *cr; /* (not owned) */
  const DemoPalette *p;
  DemoDice *dice; /* (not owned) */
  double w;
  double h;
  double m;  /* the smaller of both */
  double cx; /* where the subject stands */
} DemoStage;

typedef struct
{
  double at;
  DemoColour colour;
  double alpha;
} DemoStop;

#define DEMO_STOPS(...)                                                                            \
  (const DemoStop[]){ __VA_ARGS__ }, sizeof ((const DemoStop[]){ __VA_ARGS__ }) / sizeof (DemoStop)

gboolean demo_stage_is_wide (const DemoStage *self);

/* The source of the next fill. */
void demo_flat (const DemoStage *self, DemoColour colour, double alpha);
void demo_linear (const DemoStage *self,
                  double x0,
                  double y0,
                  double x1,
                  double y1,
                  const DemoStop *stops,
                  gsize n);
void demo_radial (const DemoStage *self,
                  double x,
                  double y,
                  double r0,
                  double r1,
                  const DemoStop *stops,
                  gsize n);

/* Paths, from a flat list of numbers. */
void demo_polygon (const DemoStage *self, const double *xy, gsize n_numbers);
void demo_rectangle (const DemoStage *self, double x, double y, double w, double h);
void demo_ellipse (const DemoStage *self, double x, double y, double rx, double ry);
#define DEMO_POLYGON(stage, ...)                                                                   \
  demo_polygon (stage, (const double[]){ __VA_ARGS__ },                                            \
                sizeof ((const double[]){ __VA_ARGS__ }) / sizeof (double))

/* Things that most scenes have. */
void demo_sky (const DemoStage *self, double h, DemoColour a, DemoColour b, DemoColour c);
void demo_glow (const DemoStage *self, double x, double y, double r, DemoColour c, double alpha);
void demo_disc (const DemoStage *self, double x, double y, double r, DemoColour c, double alpha);
void demo_stars (const DemoStage *self, guint n, double to_y);

typedef struct
{
  guint octaves;
  double roughness;
  double phase[8];
  double pitch[8];
} DemoNoise;

DemoNoise demo_noise_new (DemoDice *dice, guint octaves, double roughness);
double demo_noise_at (const DemoNoise *self, double x);

/* The path of a skyline of hills down to the foot of the picture. */
void demo_ridge (const DemoStage *self,
                 double base,
                 double height,
                 double roughness,
                 double scale,
                 gboolean sharp);

/* Things that stand on @base, @h high. */
void demo_figure (const DemoStage *self, double x, double base, double h, DemoColour c);
void demo_hat (const DemoStage *self, double x, double base, double h, DemoColour c);
void demo_umbrella (
    const DemoStage *self, double x, double base, double h, DemoColour c, DemoColour cloth);
void demo_conifer (const DemoStage *self, double x, double base, double h);

G_END_DECLS
