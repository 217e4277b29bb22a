#pragma once

#include "bijou-detail.h"
#include "bijou-width-class.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouFilmCells:
 * The strip under the head of a film: which version, sound and subtitles will play, and how much of
 * it is here already. What the user chooses is kept as long as the page.
 */
#define BIJOU_TYPE_FILM_CELLS (bijou_film_cells_get_type ())
G_DECLARE_FINAL_TYPE (BijouFilmCells, bijou_film_cells, BIJOU, FILM_CELLS, GtkWidget)

GtkWidget *bijou_film_cells_new (void);
void bijou_film_cells_set_detail (BijouFilmCells *self, BijouDetail *detail);
void bijou_film_cells_set_cache (BijouFilmCells *self, double fraction, const char *text);
void bijou_film_cells_set_width_class (BijouFilmCells *self, BijouWidthClass width_class);
BijouVersion *bijou_film_cells_get_version (BijouFilmCells *self);
/* (transfer floating) (nullable) a{sv} for win.play-item-with; NULL when nothing was chosen. */
GVariant *bijou_film_cells_get_choices (BijouFilmCells *self);

G_END_DECLS
