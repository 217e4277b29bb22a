#include "config.h"

#include "bijou-media-origin.h"

enum
{
  SIGNAL_MOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_INTERFACE (BijouMediaOrigin, bijou_media_origin, G_TYPE_OBJECT)

static void
bijou_media_origin_default_init (BijouMediaOriginInterface *iface)
{
  /**
   * BijouMediaOrigin::moved:
   * The network or the address changed. Any thread.
   */
  signals[SIGNAL_MOVED] = g_signal_new ("moved", BIJOU_TYPE_MEDIA_ORIGIN, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

/**
 * bijou_media_origin_make_request:
 * @self: an origin
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Blocking, on a thread of the cache.
 *
 * Returns: (transfer full) (nullable): a GET with an absolute URL and credentials of this moment
 */
BijouHttpRequest *
bijou_media_origin_make_request (BijouMediaOrigin *self, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (BIJOU_IS_MEDIA_ORIGIN (self), NULL);

  return BIJOU_MEDIA_ORIGIN_GET_IFACE (self)->make_request (self, cancellable, error);
}

/**
 * bijou_media_origin_report_failure:
 * @self: an origin
 * @url: where the request went, as it came from bijou_media_origin_make_request()
 * @error: how it failed
 * @cancellable: (nullable): gives up
 *
 * On a thread of the cache; blocking.
 */
void
bijou_media_origin_report_failure (BijouMediaOrigin *self,
                                   const char *url,
                                   GError *error,
                                   GCancellable *cancellable)
{
  BijouMediaOriginInterface *iface;

  g_return_if_fail (BIJOU_IS_MEDIA_ORIGIN (self));

  iface = BIJOU_MEDIA_ORIGIN_GET_IFACE (self);
  if (iface->report_failure != NULL)
    iface->report_failure (self, url, error, cancellable);
}

/**
 * bijou_media_origin_confirm:
 * @self: an origin
 * @url: where something answered, as it came from bijou_media_origin_make_request()
 * @cancellable: (nullable): gives up
 *
 * On a thread of the cache; blocking.
 *
 * Returns: %FALSE when it is not the server that answers there
 */
gboolean
bijou_media_origin_confirm (BijouMediaOrigin *self, const char *url, GCancellable *cancellable)
{
  BijouMediaOriginInterface *iface;

  g_return_val_if_fail (BIJOU_IS_MEDIA_ORIGIN (self), FALSE);

  iface = BIJOU_MEDIA_ORIGIN_GET_IFACE (self);
  return iface->confirm == NULL || iface->confirm (self, url, cancellable);
}

/**
 * bijou_media_origin_make_question:
 * @self: an origin
 * @url: where the film comes from, as it came from bijou_media_origin_make_request()
 *
 * Never blocks; on a thread of the cache.
 *
 * Returns: (transfer full) (nullable): a GET of kind %BIJOU_HTTP_TRANSFER with a short answer from
 *   the same server at the same address, for a #BijouSpareConnection; %NULL: none is wanted
 */
BijouHttpRequest *
bijou_media_origin_make_question (BijouMediaOrigin *self, const char *url)
{
  BijouMediaOriginInterface *iface;

  g_return_val_if_fail (BIJOU_IS_MEDIA_ORIGIN (self), NULL);

  iface = BIJOU_MEDIA_ORIGIN_GET_IFACE (self);
  return iface->make_question == NULL ? NULL : iface->make_question (self, url);
}

/**
 * bijou_media_origin_emit_moved:
 * @self: an origin
 *
 * Emits `moved`. Any thread.
 */
void
bijou_media_origin_emit_moved (BijouMediaOrigin *self)
{
  g_return_if_fail (BIJOU_IS_MEDIA_ORIGIN (self));

  g_signal_emit (self, signals[SIGNAL_MOVED], 0);
}
