#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/*
 * What makes a drawing look printed, over the whole of an RGB24 image @surface: bloom (a
 * quarter-size blur, screened), vignette (@vignette at the corners), grain of standard deviation
 * @grain, weaker where it is light. Any of them is off at 0.
 */
void demo_finish (cairo_surface_t *surface, double bloom, double vignette, double grain);

G_END_DECLS
