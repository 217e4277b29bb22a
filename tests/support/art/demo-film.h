#pragma once

#include "demo-title.h"

G_BEGIN_DECLS

#define DEMO_FILM_CHAPTERS 5

const char *demo_film_chapter_title (const DemoTitle *title, guint chapter);

/*
 * Makes the film of @title: slow pans over its scenes, a chapter for each, two sound tracks and two
 * subtitle tracks. Blocking, on any thread; the file appears whole, after the pictures of its
 * chapters, which lie beside it.
 */
gboolean demo_film_make (const DemoTitle *title, guint seconds, const char *path, GError **error);

/* The same film with half the bits for its pictures and one sound track, and nothing beside it. */
gboolean
demo_film_make_small (const DemoTitle *title, guint seconds, const char *path, GError **error);

G_END_DECLS
