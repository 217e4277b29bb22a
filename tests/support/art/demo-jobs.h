#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  int films;   /* distinct ones; titles share them when there are fewer than titles */
  int seconds; /* of each film */
  int threads; /* 0: as many as there are processors */
} DemoOptions;

/*
 * Makes every file of the demo library that is missing in @folder, some at once, and the catalogue
 * last. A run that was killed goes on where it stopped. Says how far it is on a terminal.
 */
gboolean demo_jobs_run (const char *folder, const DemoOptions *options, GError **error);

G_END_DECLS
