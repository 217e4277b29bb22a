#pragma once

#include "bijou-error.h"
#include "bijou-network-quality.h"
#include "bijou-trust.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouHttpKind:
 * What a request is for; fixes its deadlines and its place in the connection pools.
 */
typedef enum
{
  BIJOU_HTTP_PROBE,    /* connect and answer within 2 s, no retry */
  BIJOU_HTTP_API,      /* 15 s */
  BIJOU_HTTP_SLOW,     /* 30 s: hubs, details that wake a disk */
  BIJOU_HTTP_LIST,     /* 120 s: pages of a library */
  BIJOU_HTTP_IMAGE,    /* 30 s, low priority */
  BIJOU_HTTP_TRANSFER, /* no total deadline, a low-speed one; a pool of its own */
} BijouHttpKind;

/**
 * BijouHttpRequest:
 * One request, reference-counted. Filled by its maker, then only read; any thread.
 */
typedef struct _BijouHttpRequest BijouHttpRequest;

BijouHttpRequest *bijou_http_request_new (const char *method, const char *url, BijouHttpKind kind);
BijouHttpRequest *bijou_http_request_ref (BijouHttpRequest *self);
void bijou_http_request_unref (BijouHttpRequest *self);
BijouHttpRequest *bijou_http_request_copy (BijouHttpRequest *self, const char *url);
void bijou_http_request_set_header (BijouHttpRequest *self, const char *name, const char *value);
void bijou_http_request_set_body (BijouHttpRequest *self, GBytes *body, const char *content_type);
void bijou_http_request_set_range (BijouHttpRequest *self, gint64 from, gint64 to);
void bijou_http_request_set_trust (BijouHttpRequest *self, BijouTrust *trust);
const char *bijou_http_request_get_header (BijouHttpRequest *self, const char *name);
const char *bijou_http_request_get_url (BijouHttpRequest *self);
const char *bijou_http_request_get_method (BijouHttpRequest *self);
BijouHttpKind bijou_http_request_get_kind (BijouHttpRequest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouHttpRequest, bijou_http_request_unref)

/**
 * BijouHttpResponse:
 * A complete answer, reference-counted and immutable; any thread.
 */
typedef struct _BijouHttpResponse BijouHttpResponse;

BijouHttpResponse *bijou_http_response_ref (BijouHttpResponse *self);
void bijou_http_response_unref (BijouHttpResponse *self);
guint bijou_http_response_get_status (BijouHttpResponse *self);
const char *bijou_http_response_get_header (BijouHttpResponse *self, const char *name);
GBytes *bijou_http_response_get_body (BijouHttpResponse *self);
const char *bijou_http_response_get_url (BijouHttpResponse *self);
gint64 bijou_http_response_get_bytes_received (BijouHttpResponse *self);
gint64 bijou_http_response_get_retry_after (BijouHttpResponse *self);
gboolean bijou_http_response_check (BijouHttpResponse *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouHttpResponse, bijou_http_response_unref)

/**
 * BijouHttp:
 * The HTTP client: one libcurl multi handle on the net thread, with keep-alive, HTTP/2,
 * compression, deadlines for each kind of request, and retries of GET only (back-off with jitter,
 * Retry-After). A redirect to another origin never carries credentials. Errors are transport errors
 * in BIJOU_ERROR; a status of 400 or more is a response, see bijou_http_response_check().
 */
#define BIJOU_TYPE_HTTP (bijou_http_get_type ())
G_DECLARE_FINAL_TYPE (BijouHttp, bijou_http, BIJOU, HTTP, GObject)

BijouHttp *bijou_http_new (const char *ca_file);
gboolean bijou_http_set_ca_file (BijouHttp *self, const char *ca_file, GError **error);
/* Blocking; on any thread but the net thread; never on the main thread of a window. */
BijouHttpResponse *bijou_http_send (BijouHttp *self,
                                    BijouHttpRequest *request,
                                    GCancellable *cancellable,
                                    GError **error);
void bijou_http_send_async (BijouHttp *self,
                            BijouHttpRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
BijouHttpResponse *bijou_http_send_finish (BijouHttp *self, GAsyncResult *result, GError **error);
/**
 * BijouInsecure:
 * Where plain http is used to addresses that nobody typed.
 */
typedef enum
{
  BIJOU_INSECURE_LOCAL, /* in the local network */
  BIJOU_INSECURE_NEVER,
} BijouInsecure;

void bijou_http_set_insecure (BijouHttp *self, BijouInsecure insecure);
gboolean bijou_http_may_use (BijouHttp *self, const BijouAddress *address);

/* How the way to the origin of @url is; FALSE: nothing is known. Any thread. */
gboolean bijou_http_get_quality (BijouHttp *self, const char *url, BijouQuality *quality);
/* What a film that plays from there needs, 0: none plays any more. Any thread. */
void bijou_http_set_need (BijouHttp *self, const char *url, gint64 bytes_per_second);
void bijou_http_forget_qualities (BijouHttp *self);
guint bijou_http_get_n_requests (BijouHttp *self);
void bijou_http_forget_connections (BijouHttp *self);
void bijou_http_shutdown (BijouHttp *self);

/**
 * BijouHttpTransferFuncs:
 * The receiver of a streamed body; all run on the net thread and must not block.
 * @head: the status line and headers came; return %FALSE to end the transfer. The URL after
 *   redirects and the headers are in @response, its body is empty.
 * @data: bytes came; return %FALSE to pause: the same bytes are delivered again after
 *   bijou_http_transfer_resume().
 * @done: (nullable): the transfer has ended, @error says how if not well; no function runs after
 * it.
 */
typedef struct
{
  gboolean (*head) (BijouHttpResponse *response, gpointer user_data);
  gboolean (*data) (const guint8 *data, gsize length, gpointer user_data);
  void (*done) (const GError *error, gpointer user_data);
} BijouHttpTransferFuncs;

/**
 * BijouHttpTransfer:
 * A running streamed GET, reference-counted; any thread.
 */
typedef struct _BijouHttpTransfer BijouHttpTransfer;

BijouHttpTransfer *bijou_http_transfer_start (BijouHttp *self,
                                              BijouHttpRequest *request,
                                              const BijouHttpTransferFuncs *funcs,
                                              gpointer user_data);
void bijou_http_transfer_resume (BijouHttpTransfer *self);
void bijou_http_transfer_cancel (BijouHttpTransfer *self);
gboolean bijou_http_transfer_wait (BijouHttpTransfer *self, GError **error);
gboolean bijou_http_transfer_is_done (BijouHttpTransfer *self);
BijouHttpTransfer *bijou_http_transfer_ref (BijouHttpTransfer *self);
void bijou_http_transfer_unref (BijouHttpTransfer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouHttpTransfer, bijou_http_transfer_unref)

G_END_DECLS
