#pragma once

#include "bijou-context.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  BIJOU_BACKDROP_HOME,   /* a panel on Home */
  BIJOU_BACKDROP_DETAIL, /* the head of the page of an item */
} BijouBackdropPlace;

/**
 * BijouBackdrop:
 * A wide picture with the scrims that keep white text on it readable (at least 4.5:1 on pure
 * white). The text stands where reading begins, at the bottom.
 */
#define BIJOU_TYPE_BACKDROP (bijou_backdrop_get_type ())
G_DECLARE_FINAL_TYPE (BijouBackdrop, bijou_backdrop, BIJOU, BACKDROP, GtkWidget)

GtkWidget *bijou_backdrop_new (BijouContext *context, BijouBackdropPlace place);
void bijou_backdrop_set_picture (BijouBackdrop *self, const char *server_id, const char *image);
void bijou_backdrop_set_height (BijouBackdrop *self, int height);
void bijou_backdrop_set_narrow (BijouBackdrop *self, gboolean narrow);
void bijou_backdrop_set_text_width (BijouBackdrop *self, int width);

G_END_DECLS
