#pragma once

#include "bijou-error.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouImageFetch:
 * Fetches an encoded picture. Runs on one of the cache's threads and may block.
 */
typedef GBytes *(*BijouImageFetch) (const char *server_id,
                                    const char *image,
                                    guint width,
                                    gpointer user_data,
                                    GCancellable *cancellable,
                                    GError **error);

/**
 * BijouImageCache:
 * The bytes of pictures on disk, under the checksum of (server, image reference, width). What is
 * not there is fetched by a few threads, the newest wish first; a picture that is wished for
 * several times at once is fetched once. Failures are not stored. Thread-safe.
 */
#define BIJOU_TYPE_IMAGE_CACHE (bijou_image_cache_get_type ())
G_DECLARE_FINAL_TYPE (BijouImageCache, bijou_image_cache, BIJOU, IMAGE_CACHE, GObject)

BijouImageCache *bijou_image_cache_new (const char *folder,
                                        guint64 budget,
                                        BijouImageFetch fetch,
                                        gpointer user_data);
void bijou_image_cache_get_async (BijouImageCache *self,
                                  const char *server_id,
                                  const char *image,
                                  guint width,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
GBytes *bijou_image_cache_get_finish (BijouImageCache *self, GAsyncResult *result, GError **error);
guint64 bijou_image_cache_get_size (BijouImageCache *self);
/* @server_id NULL: of all servers. */
void bijou_image_cache_clear (BijouImageCache *self, const char *server_id);
void bijou_image_cache_set_budget (BijouImageCache *self, guint64 budget);
/* Lets what runs end and forgets the rest. */
void bijou_image_cache_stop (BijouImageCache *self);

G_END_DECLS
