#pragma once

#include "bijou-context.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * BijouTextureLoader:
 * Pictures ready to draw: fetched through the context, decoded on a few threads at the size at
 * which they are shown, and kept as long as they weigh no more than a limit together. What was
 * asked for last is fetched first. Main thread.
 */
#define BIJOU_TYPE_TEXTURE_LOADER (bijou_texture_loader_get_type ())
G_DECLARE_FINAL_TYPE (BijouTextureLoader, bijou_texture_loader, BIJOU, TEXTURE_LOADER, GObject)

/**
 * BijouPicture:
 * Which picture, and how large: in device pixels, to cover width × height.
 */
typedef struct
{
  const char *server_id;
  const char *image; /* image reference */
  int width;
  int height;
} BijouPicture;

/* @texture NULL: there is none, or it cannot be had now (@missing: there will be none). */
typedef void (*BijouTextureFunc) (GdkTexture *texture, gboolean missing, gpointer user_data);

typedef struct _BijouTextureRequest BijouTextureRequest;

BijouTextureLoader *bijou_texture_loader_get (BijouContext *context);
GdkTexture *bijou_texture_loader_peek (BijouTextureLoader *self, const BijouPicture *picture);
GdkTexture *bijou_texture_loader_peek_average (BijouTextureLoader *self,
                                               const BijouPicture *picture);
BijouTextureRequest *bijou_texture_loader_request (BijouTextureLoader *self,
                                                   const BijouPicture *picture,
                                                   BijouTextureFunc func,
                                                   gpointer user_data);
void bijou_texture_request_cancel (BijouTextureRequest *self);

G_END_DECLS
