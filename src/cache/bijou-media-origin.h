#pragma once

#include "bijou-http.h"

G_BEGIN_DECLS

/**
 * BijouMediaOrigin:
 * Where the bytes of one media part come from: the live address and credentials, asked for at each
 * (re)connect, so that a new address or token in the middle of a film goes unnoticed. The calls are
 * blocking and come from the cache's threads.
 *
 * The signal `moved` says, on any thread, that the network or the address changed: what is under
 * way may never come.
 */
#define BIJOU_TYPE_MEDIA_ORIGIN (bijou_media_origin_get_type ())
G_DECLARE_INTERFACE (BijouMediaOrigin, bijou_media_origin, BIJOU, MEDIA_ORIGIN, GObject)

struct _BijouMediaOriginInterface
{
  GTypeInterface parent_interface;

  /* (transfer full): a GET of kind BIJOU_HTTP_TRANSFER with an absolute URL, made for this call;
   * the caller sets the range. */
  BijouHttpRequest *(*make_request) (BijouMediaOrigin *self,
                                     GCancellable *cancellable,
                                     GError **error);
  /* The request to @url failed: that address is suspect, or the token. */
  void (*report_failure) (BijouMediaOrigin *self,
                          const char *url,
                          GError *error,
                          GCancellable *cancellable);
  /* (nullable): whether it is the server itself that answers at @url. */
  gboolean (*confirm) (BijouMediaOrigin *self, const char *url, GCancellable *cancellable);
  /* (nullable): (transfer full) (nullable): a small GET to the server at @url. Never blocks. */
  BijouHttpRequest *(*make_question) (BijouMediaOrigin *self, const char *url);
};

BijouHttpRequest *
bijou_media_origin_make_request (BijouMediaOrigin *self, GCancellable *cancellable, GError **error);
void bijou_media_origin_report_failure (BijouMediaOrigin *self,
                                        const char *url,
                                        GError *error,
                                        GCancellable *cancellable);
gboolean
bijou_media_origin_confirm (BijouMediaOrigin *self, const char *url, GCancellable *cancellable);
BijouHttpRequest *bijou_media_origin_make_question (BijouMediaOrigin *self, const char *url);
/* For who implements it. */
void bijou_media_origin_emit_moved (BijouMediaOrigin *self);

G_END_DECLS
