#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A colour is 0xRRGGBB. */
typedef guint32 DemoColour;

#define DEMO_BLACK 0x000000
#define DEMO_WHITE 0xffffff

typedef enum
{
  DEMO_DUSK,
  DEMO_TEAL,
  DEMO_RUST,
  DEMO_ICE,
  DEMO_SAND,
  DEMO_ROSE,
  DEMO_NOIR,
  DEMO_VIOLET,
  DEMO_MOSS,
  DEMO_AMBER,
  DEMO_BLUE,
  DEMO_MONO,
  DEMO_POP,
  DEMO_POP2,
  DEMO_MINT,
  DEMO_PLUM,
  DEMO_NEON,
  DEMO_WINTER,
  DEMO_NIGHT,
  DEMO_N_PALETTES,
} DemoPaletteName;

typedef struct
{
  DemoColour top;   /* of the sky */
  DemoColour low;   /* of the sky */
  DemoColour light; /* sun, moon, windows */
  DemoColour far;   /* the layer farthest away */
  DemoColour near;  /* the nearest layer */
  DemoColour spot;  /* one accent */
} DemoPalette;

const DemoPalette *demo_palette (DemoPaletteName name);

/* @a at 0, @b at 1. */
DemoColour demo_mix (DemoColour a, DemoColour b, double t);
DemoColour demo_darker (DemoColour colour, double t);
DemoColour demo_lighter (DemoColour colour, double t);
gboolean demo_is_light (DemoColour colour);

G_END_DECLS
