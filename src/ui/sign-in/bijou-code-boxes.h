#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouCodeBoxes:
 * A code in large boxes, one for each character; six stand in two groups of three. Read to a screen
 * reader as one code, character by character.
 */
#define BIJOU_TYPE_CODE_BOXES (bijou_code_boxes_get_type ())
G_DECLARE_FINAL_TYPE (BijouCodeBoxes, bijou_code_boxes, BIJOU, CODE_BOXES, GtkWidget)

void bijou_code_boxes_set_code (BijouCodeBoxes *self, const char *code);

G_END_DECLS
