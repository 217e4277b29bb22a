#pragma once

#include "demo-people.h"
#include "demo-title.h"

G_BEGIN_DECLS

/*
 * Each draws one picture of the demo library and writes it to @path as JPEG, whole or not at all.
 * Blocking, on any thread.
 */
gboolean demo_picture_poster (const DemoTitle *title, const char *path, GError **error);
gboolean demo_picture_backdrop (const DemoTitle *title, const char *path, GError **error);
/* @season counts from 0. */
gboolean demo_picture_season (const DemoShow *show, guint season, const char *path, GError **error);
/* @episode counts from 0 over all seasons. */
gboolean demo_picture_still (const DemoShow *show, guint episode, const char *path, GError **error);
gboolean demo_picture_person (guint person, const char *path, GError **error);
/* What is left of the film's @still when it is small. */
gboolean demo_picture_chapter (cairo_surface_t *still, const char *path, GError **error);

/*
 * Draws @scene on a new surface, its subject at @subject of the width.
 * Returns: (transfer full): RGB24, without finish.
 */
cairo_surface_t *demo_picture_draw_scene (DemoScene scene,
                                          DemoPaletteName palette,
                                          const char *seed,
                                          guint turn,
                                          int w,
                                          int h,
                                          double subject);

G_END_DECLS
