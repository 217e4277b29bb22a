#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BijouPlexImageShape:
 * What an image is for; fixes the height that is asked for and the format.
 */
typedef enum
{
  BIJOU_PLEX_IMAGE_POSTER, /* 2:3 */
  BIJOU_PLEX_IMAGE_WIDE,   /* 16:9 */
  BIJOU_PLEX_IMAGE_SQUARE, /* people, playlists */
  BIJOU_PLEX_IMAGE_LOGO,   /* lettering with transparency */
} BijouPlexImageShape;

char *bijou_plex_image_make (BijouPlexImageShape shape, const char *path);
char *bijou_plex_image_get_transcode_path (const char *image, guint width);
char *bijou_plex_image_get_original_path (const char *image);

G_END_DECLS
