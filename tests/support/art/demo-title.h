#pragma once

#include "demo-lettering.h"
#include "demo-palette.h"
#include "demo-scene.h"

G_BEGIN_DECLS

/* The titles of the demo library, all invented. */

typedef enum
{
  DEMO_AT_TOP,
  DEMO_AT_FOOT,
  DEMO_AT_DARK_FOOT,
  DEMO_IN_BOX,
} DemoPlace;

typedef struct
{
  const char *id; /* seeds everything about the title, and begins its file names */
  const char *title;
  int year;
  DemoScene scene;
  DemoPaletteName palette;
  DemoFace face;
  const char *lettering; /* lines */
  DemoPlace place;
  double size;
  DemoColour colour;
  double spacing;
  const char *genres; /* separated by | */
  const char *content_rating;
  double rating;
  int minutes;
  const char *tagline;
  const char *overview;
} DemoTitle;

#define DEMO_SHOW_LOOKS 6
#define DEMO_MAX_SEASONS 3

typedef struct
{
  DemoTitle title;
  guint episodes[DEMO_MAX_SEASONS]; /* 0 after the last season */
  const char *names;                /* of the episodes of all seasons, separated by | */
  const char *leads[3];
  DemoScene scenes[DEMO_SHOW_LOOKS];
  DemoPaletteName palettes[DEMO_SHOW_LOOKS];
} DemoShow;

const DemoTitle *demo_movies (guint *n);
const DemoShow *demo_shows (guint *n);

/* Returns (transfer full): what happens in episode @i, counted from 0 over all seasons. */
char *demo_show_overview (const DemoShow *self, guint i);

G_END_DECLS
