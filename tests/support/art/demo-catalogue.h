#pragma once

#include "demo-title.h"

G_BEGIN_DECLS

/* Bumped when a file that is already there would look different. */
#define DEMO_VERSION 3

typedef struct
{
  guint films; /* distinct ones */
  guint64 duration_ms;
} DemoCatalogue;

/* Names of the files of the library; all (transfer full). */
char *demo_file_poster (const DemoTitle *title);
char *demo_file_backdrop (const DemoTitle *title);
char *demo_file_season (const DemoShow *show, guint season);
char *demo_file_still (const DemoShow *show, guint episode);
char *demo_file_person (guint person);
char *demo_file_film (const DemoTitle *title);
/* The same film in a smaller version. */
char *demo_file_small_film (const DemoTitle *title);
char *demo_file_chapter (const DemoTitle *title, guint chapter);

guint demo_show_count_episodes (const DemoShow *self);

/* The title whose film @title plays: its own, or else one with the same scene. */
const DemoTitle *demo_catalogue_film_of (const DemoCatalogue *self, const DemoTitle *title);

/* Whether the library has @title in a second, smaller version. */
gboolean demo_catalogue_has_small_film (const DemoTitle *title);

/* Writes catalogue.json, which lists everything, to @path. */
gboolean demo_catalogue_write (const DemoCatalogue *self, const char *path, GError **error);

G_END_DECLS
