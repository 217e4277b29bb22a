#include "config.h"

#include "bijou-plex-image.h"

#include "bijou-url.h"

#include <string.h>

/* A reference is the shape, a colon and what the server gave: its path with the version suffix, or
 * the absolute URL of a picture that is not the server's own (people). */
static const struct
{
  const char *name;
  guint across; /* aspect ratio */
  guint down;
} shapes[] = {
  [BIJOU_PLEX_IMAGE_POSTER] = { "poster", 2, 3 },
  [BIJOU_PLEX_IMAGE_WIDE] = { "wide", 16, 9 },
  [BIJOU_PLEX_IMAGE_SQUARE] = { "square", 1, 1 },
  [BIJOU_PLEX_IMAGE_LOGO] = { "logo", 2, 1 },
};

static gboolean
is_absolute (const char *path)
{
  return g_str_has_prefix (path, "https://") || g_str_has_prefix (path, "http://");
}

/**
 * bijou_plex_image_make:
 * @shape: what it is for
 * @path: (nullable): `thumb`, `art` and the like as the server gave it
 *
 * Returns: (transfer full) (nullable): the image reference; %NULL for the server's own placeholders
 *   and for what is neither a path nor a URL, or holds a credential
 */
char *
bijou_plex_image_make (BijouPlexImageShape shape, const char *path)
{
  if (path == NULL || (*path != '/' && !is_absolute (path)))
    return NULL;
  if (g_str_has_prefix (path, "/:/resources/") || g_str_has_prefix (path, "//"))
    return NULL;
  if (strstr (path, "X-Plex-Token") != NULL)
    return NULL;
  return g_strconcat (shapes[shape].name, ":", path, NULL);
}

static const char *
split (const char *image, BijouPlexImageShape *shape)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      gsize length = strlen (shapes[i].name);

      if (strncmp (image, shapes[i].name, length) == 0 && image[length] == ':')
        {
          *shape = (BijouPlexImageShape) i;
          return image + length + 1;
        }
    }
  return NULL;
}

/**
 * bijou_plex_image_get_transcode_path:
 * @image: a reference
 * @width: pixels
 *
 * `GET /photo/:/transcode`: scaled by the server, covering the box that @width and the shape make.
 * The server fetches absolute URLs by itself.
 *
 * Returns: (transfer full) (nullable): path and query; %NULL when @image is none of ours
 */
char *
bijou_plex_image_get_transcode_path (const char *image, guint width)
{
  BijouPlexImageShape shape;
  const char *path = split (image, &shape);
  BijouQuery *query;

  if (path == NULL || width == 0)
    return NULL;

  query = bijou_query_new ("/photo/:/transcode");
  bijou_query_add (query, "url", path);
  bijou_query_add_int (query, "width", width);
  bijou_query_add_int (query, "height", MAX (1, width * shapes[shape].down / shapes[shape].across));
  bijou_query_add_int (query, "minSize", 1);
  bijou_query_add_int (query, "upscale", 0);
  if (shape == BIJOU_PLEX_IMAGE_LOGO)
    bijou_query_add (query, "format", "png");
  return bijou_query_end (query);
}

/**
 * bijou_plex_image_get_original_path:
 * @image: a reference
 *
 * Returns: (transfer full) (nullable): the path of the picture as it is, %NULL when the server does
 *   not keep it itself
 */
char *
bijou_plex_image_get_original_path (const char *image)
{
  BijouPlexImageShape shape;
  const char *path = split (image, &shape);

  return path != NULL && *path == '/' ? g_strdup (path) : NULL;
}
