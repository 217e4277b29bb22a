#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* Image bytes to textures, on any thread. */

typedef struct
{
  GBytes *bytes; /* (owned) */
  int width;
  int height;
} BijouDecodeInput;

typedef struct
{
  GdkTexture *texture; /* (owned) covers the size asked for, cut to it */
  GdkTexture *average; /* (owned) (nullable) its colours in a few pixels */
} BijouDecoded;

BijouDecoded *bijou_decode_picture (GBytes *bytes, int width, int height, GError **error);
void bijou_decoded_free (BijouDecoded *self);
void bijou_decode_input_free (BijouDecodeInput *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouDecoded, bijou_decoded_free)

G_END_DECLS
