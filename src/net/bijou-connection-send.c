#include "config.h"

#include "bijou-connection-private.h"
#include "bijou-http-private.h"
#include "bijou-url.h"

static BijouHttpRequest *
create_copy (BijouConnection *self, const char *base, BijouHttpRequest *request)
{
  g_autofree char *url = bijou_url_join (base, bijou_http_request_get_url (request));
  g_autoptr (BijouTrust) trust = bijou_connection_dup_trust (self, base);
  BijouHttpRequest *copy = bijou_http_request_copy (request, url);

  bijou_http_request_set_trust (copy, trust);
  return copy;
}

/**
 * bijou_connection_resolve:
 * @self: a connection
 * @request: a request whose URL is a path
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Any thread, blocking.
 *
 * Returns: (transfer full) (nullable): the same request with an absolute URL
 */
BijouHttpRequest *
bijou_connection_resolve (BijouConnection *self,
                          BijouHttpRequest *request,
                          GCancellable *cancellable,
                          GError **error)
{
  BijouHttpKind kind = bijou_http_request_get_kind (request);
  g_autofree char *base = bijou_connection_find_base (self, kind, cancellable, error);

  if (base == NULL)
    return NULL;

  return create_copy (self, base, request);
}

/**
 * bijou_connection_resolve_now:
 * @self: a connection
 * @request: a request whose URL is a path
 *
 * Like bijou_connection_resolve() with the address in use, be it fresh or not. Never blocks; any
 * thread.
 *
 * Returns: (transfer full) (nullable): the same request with an absolute URL; %NULL when the
 *   connection is not connected
 */
BijouHttpRequest *
bijou_connection_resolve_now (BijouConnection *self, BijouHttpRequest *request)
{
  g_autofree char *base = NULL;

  if (bijou_connection_get_state (self) != BIJOU_CONNECTION_CONNECTED)
    return NULL;
  base = bijou_connection_dup_current_url (self);
  return base != NULL ? create_copy (self, base, request) : NULL;
}

static BijouHttpResponse *
send_to (BijouConnection *self,
         const char *base,
         BijouHttpRequest *request,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (BijouHttpRequest) copy = create_copy (self, base, request);
  BijouHttpResponse *response;

  copy->has_failover = TRUE;
  response = bijou_http_send (bijou_connection_get_http (self), copy, cancellable, error);
  if (response != NULL)
    bijou_connection_note_answer (self, base, bijou_http_response_get_status (response));
  return response;
}

/* A slow answer is no reason to wait for it a second time at the same place. */
static gboolean
may_replay (const GError *failure, const char *before, const char *after)
{
  return !g_error_matches (failure, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT) ||
         !g_str_equal (before, after);
}

static BijouHttpResponse *
replay (BijouConnection *self,
        const char *base,
        BijouHttpRequest *request,
        GError *failure,
        GCancellable *cancellable,
        GError **error)
{
  g_autofree char *next = NULL;
  BijouHttpResponse *response;

  next =
      bijou_connection_find_base (self, bijou_http_request_get_kind (request), cancellable, error);
  if (next == NULL)
    {
      g_error_free (failure);
      return NULL;
    }
  if (!may_replay (failure, base, next))
    {
      g_propagate_error (error, failure);
      return NULL;
    }

  g_error_free (failure);
  failure = NULL;
  response = send_to (self, next, request, cancellable, &failure);
  if (response == NULL)
    {
      bijou_connection_report_failure (self, next, failure);
      g_propagate_error (error, failure);
    }
  return response;
}

/**
 * bijou_connection_send:
 * @self: a connection
 * @request: a request whose URL is a path
 * @cancellable: (nullable): gives up
 * @error: return location
 *
 * Sends @request to the address in use. After a transport error that address is suspect: a race
 * follows, and a GET or HEAD is sent once more, unless it timed out and the same address won. Any
 * thread, blocking.
 *
 * Returns: (transfer full) (nullable): the answer, of any status
 */
BijouHttpResponse *
bijou_connection_send (BijouConnection *self,
                       BijouHttpRequest *request,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autofree char *base = NULL;
  GError *failure = NULL;
  BijouHttpResponse *response;

  g_return_val_if_fail (BIJOU_IS_CONNECTION (self), NULL);

  base =
      bijou_connection_find_base (self, bijou_http_request_get_kind (request), cancellable, error);
  if (base == NULL)
    return NULL;

  response = send_to (self, base, request, cancellable, &failure);
  if (response != NULL)
    return response;

  bijou_connection_report_failure (self, base, failure);
  if (bijou_error_is_transport (failure) && bijou_http_request_is_idempotent (request))
    return replay (self, base, request, failure, cancellable, error);
  g_propagate_error (error, failure);
  return NULL;
}
