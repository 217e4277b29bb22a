#pragma once

#include "demo-palette.h"

#include <cairo.h>

G_BEGIN_DECLS

typedef enum
{
  DEMO_BEBAS,
  DEMO_SPARTAN,
  DEMO_DIDOT,
  DEMO_GARAMOND,
  DEMO_LATO,
  DEMO_LATO_SMALL,
  DEMO_QUICKSAND,
  DEMO_KAFFEESATZ,
  DEMO_JURA,
  DEMO_DOSIS,
  DEMO_LOBSTER,
  DEMO_N_FACES,
} DemoFace;

typedef enum
{
  DEMO_LEFT,
  DEMO_CENTRE,
} DemoAlign;

typedef struct
{
  DemoFace face;
  double size;    /* px at most */
  double spacing; /* em */
  DemoColour colour;
  double shadow; /* 0 for none */
  DemoAlign align;
  double left;      /* of the lines with DEMO_LEFT */
  double max_width; /* the widest line is fitted into this */
} DemoLettering;

/*
 * Writes the lines of @text, set in one size, their first cap line at @y; @w is the width of the
 * picture. Returns the y below the last line. A face that is not installed is replaced by
 * Cantarell.
 */
double
demo_lettering_draw (const DemoLettering *self, cairo_t *cr, double w, double y, const char *text);

/* The height that demo_lettering_draw() would take. */
double demo_lettering_height (const DemoLettering *self, cairo_t *cr, const char *text);

G_END_DECLS
