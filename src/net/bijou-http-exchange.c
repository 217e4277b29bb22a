#include "config.h"

#include "bijou-http-private.h"

#include "bijou-spelled-host.h"
#include "bijou-redact.h"
#include "bijou-url.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_BODY (256u * 1024u * 1024u)
/* Anybody may answer a probe. */
#define MAX_PROBE_BODY (64u * 1024u)
#define MAX_REDIRECTS 5
#define MAX_TRIES 3
#define BACKOFF_MS 200
/* A server that asks for more patience than this gets to say so to the caller. */
#define MAX_RETRY_AFTER_MS 5000
#define KEEPALIVE_S 10L
#define STALLED_S 20L
#define TRANSFER_BUFFER (32L * 1024L)
/* How much longer everything may take on a network that is known to be bad. */
#define DEGRADED_PATIENCE 2

typedef struct
{
  long connect_ms;
  long total_ms; /* 0 none */
} Deadlines;

static const Deadlines *
get_deadlines (BijouHttpKind kind)
{
  static const Deadlines deadlines[] = {
    [BIJOU_HTTP_PROBE] = { 2000, 2000 },  [BIJOU_HTTP_API] = { 6000, 15000 },
    [BIJOU_HTTP_SLOW] = { 6000, 30000 },  [BIJOU_HTTP_LIST] = { 6000, 120000 },
    [BIJOU_HTTP_IMAGE] = { 6000, 30000 }, [BIJOU_HTTP_TRANSFER] = { 6000, 0 },
  };

  return &deadlines[kind];
}

/**
 * bijou_http_get_origin:
 * @url: an absolute URL
 *
 * Returns: (transfer full): its scheme, host and port as written
 */
char *
bijou_http_get_origin (const char *url)
{
  const char *host = strstr (url, "://");

  if (host == NULL)
    return g_strdup (url);
  return g_strndup (url, (gsize) (host + 3 - url) + strcspn (host + 3, "/?#"));
}

/**
 * bijou_http_exchange_new:
 * @request: what to send
 * @funcs: (nullable): the receiver of a streamed body
 * @done: runs on the net thread at the end
 * @user_data: for @done and @funcs
 *
 * Returns: (transfer full): an exchange to be submitted
 */
BijouHttpExchange *
bijou_http_exchange_new (BijouHttpRequest *request,
                         const BijouHttpTransferFuncs *funcs,
                         BijouHttpDoneFunc done,
                         gpointer user_data)
{
  BijouHttpExchange *self = g_new0 (BijouHttpExchange, 1);

  g_atomic_ref_count_init (&self->references);
  self->request = bijou_http_request_ref (request);
  self->origin = bijou_http_get_origin (request->url);
  self->funcs = funcs;
  self->done = done;
  self->user_data = user_data;
  return self;
}

/**
 * bijou_http_exchange_ref:
 * @self: an exchange
 *
 * Returns: (transfer full): @self. Any thread.
 */
BijouHttpExchange *
bijou_http_exchange_ref (BijouHttpExchange *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
release_handle (BijouHttpExchange *self)
{
  g_clear_pointer (&self->easy, curl_easy_cleanup);
  g_clear_pointer (&self->headers, curl_slist_free_all);
  g_clear_pointer (&self->addresses, curl_slist_free_all);
}

/**
 * bijou_http_exchange_unref:
 * @self: (transfer full): an exchange. Any thread.
 */
void
bijou_http_exchange_unref (BijouHttpExchange *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  release_handle (self);
  g_clear_pointer (&self->request, bijou_http_request_unref);
  g_clear_pointer (&self->response, bijou_http_response_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
  g_clear_error (&self->error);
  g_free (self->origin);
  g_free (self);
}

static BijouHttpRequest *
create_next_request (BijouHttpExchange *self)
{
  gboolean keeps_method = self->response->status == 307 || self->response->status == 308;
  const char *location = bijou_http_response_get_header (self->response, "Location");
  g_autofree char *url = NULL;

  if (self->response->status < 301 || self->response->status > 308 || location == NULL)
    return NULL;
  if (self->request->kind == BIJOU_HTTP_PROBE || self->redirects >= MAX_REDIRECTS)
    return NULL;
  if (!keeps_method && !bijou_http_request_is_idempotent (self->request))
    return NULL;

  url = bijou_url_resolve (self->request->url, location);
  return url == NULL ? NULL : bijou_http_request_redirect (self->request, url);
}

static void
begin_head (BijouHttpExchange *self, const char *line, gsize length)
{
  g_autofree char *text = g_strndup (line, length);
  const char *space = strchr (text, ' ');

  g_clear_pointer (&self->response, bijou_http_response_unref);
  self->response = bijou_http_response_new (self->request->url);
  self->response->status = space == NULL ? 0 : (guint) g_ascii_strtoull (space, NULL, 10);
}

static gboolean
end_head (BijouHttpExchange *self)
{
  BijouHttpRequest *next;

  if (self->response->status < 200)
    return TRUE;

  self->head_done = TRUE;
  next = create_next_request (self);
  if (next != NULL)
    {
      self->discard_body = TRUE;
      bijou_http_request_unref (next);
      return TRUE;
    }
  if (self->funcs == NULL || self->funcs->head (self->response, self->user_data))
    return TRUE;

  g_set_error_literal (&self->error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Ended by its receiver");
  return FALSE;
}

static size_t
on_header_cb (char *data, size_t size, size_t count, void *user_data)
{
  BijouHttpExchange *self = user_data;
  gsize all = size * count;
  gsize length = all;

  while (length > 0 && (data[length - 1] == '\r' || data[length - 1] == '\n'))
    length--;
  if (self->head_done) /* a trailer */
    return all;

  if (length > 5 && strncmp (data, "HTTP/", 5) == 0)
    begin_head (self, data, length);
  else if (self->response == NULL)
    return all;
  else if (length > 0)
    bijou_http_response_add_header (self->response, data, length);
  else if (!end_head (self))
    return 0;
  return all;
}

static size_t
on_body_cb (char *data, size_t size, size_t count, void *user_data)
{
  BijouHttpExchange *self = user_data;
  gsize length = size * count;
  gsize max = self->request->kind == BIJOU_HTTP_PROBE ? MAX_PROBE_BODY : MAX_BODY;

  if (self->discard_body)
    return length;
  if (g_atomic_int_get (&self->cancelled))
    return 0;
  if (self->funcs != NULL)
    {
      gboolean taken = self->funcs->data ((const guint8 *) data, length, self->user_data);

      bijou_http_exchange_meter (self, taken ? length : 0);
      return taken ? length : CURL_WRITEFUNC_PAUSE;
    }
  if (self->body->len + length > max)
    {
      g_set_error_literal (&self->error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL,
                           "The answer is too long");
      return 0;
    }
  g_byte_array_append (self->body, (const guint8 *) data, (guint) length);
  return length;
}

/**
 * bijou_http_resolve_spelled_host:
 * @url: an absolute URL
 *
 * Returns: (transfer full) (nullable): for CURLOPT_RESOLVE, the address that the host of @url
 * spells
 */
struct curl_slist *
bijou_http_resolve_spelled_host (const char *url)
{
  g_autofree char *entry = bijou_spelled_host_make_entry (url);

  return entry == NULL ? NULL : curl_slist_append (NULL, entry);
}

/* curl takes "Name:" as "leave it out" and "Name;" as "send it empty". */
static struct curl_slist *
append_header (struct curl_slist *list, const char *name, const char *value)
{
  g_autofree char *line =
      *value == '\0' ? g_strdup_printf ("%s;", name) : g_strdup_printf ("%s: %s", name, value);

  return curl_slist_append (list, line);
}

static struct curl_slist *
append_trusted_headers (struct curl_slist *list, BijouHttpRequest *request)
{
  for (guint i = 0; i < bijou_trust_get_n_headers (request->trust); i++)
    {
      const char *value;
      const char *name = bijou_trust_get_header (request->trust, i, &value);

      if (!bijou_http_request_has_header (request, name))
        list = append_header (list, name, value);
    }
  return list;
}

static void
set_headers (BijouHttpExchange *self)
{
  BijouHttpRequest *request = self->request;
  struct curl_slist *list = NULL;

  for (guint i = 0; i < request->names->len; i++)
    list = append_header (list, request->names->pdata[i], request->values->pdata[i]);
  list = append_trusted_headers (list, request);
  list = curl_slist_append (list, "Expect:");
  self->headers = list;
  curl_easy_setopt (self->easy, CURLOPT_HTTPHEADER, list);
}

static void
set_method (BijouHttpExchange *self)
{
  BijouHttpRequest *request = self->request;
  gsize length = 0;
  gconstpointer data = request->body == NULL ? "" : g_bytes_get_data (request->body, &length);

  if (g_str_equal (request->method, "HEAD"))
    {
      curl_easy_setopt (self->easy, CURLOPT_NOBODY, 1L);
      return;
    }
  if (g_str_equal (request->method, "GET"))
    return;
  if (request->body != NULL || !g_str_equal (request->method, "DELETE"))
    {
      curl_easy_setopt (self->easy, CURLOPT_POST, 1L);
      curl_easy_setopt (self->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) length);
      curl_easy_setopt (self->easy, CURLOPT_POSTFIELDS, length > 0 ? data : "");
    }
  curl_easy_setopt (self->easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static gint64
get_time_spent_ms (BijouHttpExchange *self)
{
  return self->started == 0 ? 0 : (g_get_monotonic_time () - self->started) / 1000;
}

/* All tries of a request share its deadline. */
static long
get_time_left_ms (BijouHttpExchange *self)
{
  long total = get_deadlines (self->request->kind)->total_ms * self->patience;

  return MAX (1, total - (long) get_time_spent_ms (self));
}

static void
set_deadlines (BijouHttpExchange *self)
{
  CURL *easy = self->easy;

  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS,
                    get_deadlines (self->request->kind)->connect_ms * self->patience);
  if (self->request->kind != BIJOU_HTTP_TRANSFER)
    {
      curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, get_time_left_ms (self));
      curl_easy_setopt (easy, CURLOPT_ACCEPT_ENCODING, "");
      return;
    }

  /* HTTP/1.1 keeps long bodies on connections of their own: a paused one would hold up the
   * window that it shares with the calls of an HTTP/2 connection. */
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt (easy, CURLOPT_LOW_SPEED_TIME, STALLED_S * self->patience);
  curl_easy_setopt (easy, CURLOPT_BUFFERSIZE, TRANSFER_BUFFER);
}

/* curl reads a bundle once and keeps it for all connections, but not beside a folder of
 * certificates, of which most systems have one as well with the same in it: then each new
 * connection costs some 30 ms on the net thread. */
static void
set_bundle (CURL *easy, const char *bundle)
{
  const char *of_system = curl_version_info (CURLVERSION_NOW)->cainfo;

  if (bundle != NULL)
    curl_easy_setopt (easy, CURLOPT_CAINFO, bundle);
  if (of_system != NULL && g_access (of_system, R_OK) == 0)
    curl_easy_setopt (easy, CURLOPT_CAPATH, NULL);
}

/* One handshake is judged either by the public keys or by the authorities, never by both: that the
 * other one is good enough too is for the next try, see accept_other_way(). */
static void
set_trust (BijouHttpExchange *self, const char *bundle)
{
  const char *pins = bijou_trust_get_pins (self->request->trust);

  if (pins != NULL && !self->by_authority)
    {
      curl_easy_setopt (self->easy, CURLOPT_SSL_VERIFYPEER, 0L);
      curl_easy_setopt (self->easy, CURLOPT_SSL_VERIFYHOST, 0L);
      curl_easy_setopt (self->easy, CURLOPT_PINNEDPUBLICKEY, pins);
    }
  else
    set_bundle (self->easy, bundle);
}

static void
set_connection (CURL *easy)
{
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  /* A name server that hangs must not hold up the thread when a request is given up. */
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt (easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt (easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt (easy, CURLOPT_USERAGENT, "Bijou/" PACKAGE_VERSION);
  curl_easy_setopt (easy, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPIDLE, KEEPALIVE_S);
  curl_easy_setopt (easy, CURLOPT_TCP_KEEPINTVL, KEEPALIVE_S);
}

/* Nobody waits longer for an address that may be dead. */
static int
get_patience (BijouHttpExchange *self)
{
  return self->request->kind != BIJOU_HTTP_PROBE &&
                 bijou_quality_book_is_degraded (self->qualities, self->origin)
             ? DEGRADED_PATIENCE
             : 1;
}

/**
 * bijou_http_exchange_begin:
 * @self: an exchange
 * @bundle: (nullable): a file of certificates to trust in place of curl's own
 * @qualities: where it tells what it learns of the network; lives as long as the handle
 *
 * Makes the handle of the next try. Net thread.
 *
 * Returns: %FALSE when curl has no memory for it
 */
gboolean
bijou_http_exchange_begin (BijouHttpExchange *self, const char *bundle, BijouQualityBook *qualities)
{
  g_assert (self->easy == NULL);

  self->easy = curl_easy_init ();
  if (self->easy == NULL)
    return FALSE;

  g_clear_pointer (&self->response, bijou_http_response_unref);
  g_clear_pointer (&self->body, g_byte_array_unref);
  self->body = g_byte_array_new ();
  self->qualities = qualities;
  self->patience = get_patience (self);
  self->meter_since = 0;
  self->head_done = FALSE;
  self->discard_body = FALSE;
  self->message[0] = '\0';
  self->tries++;
  if (self->started == 0)
    self->started = g_get_monotonic_time ();

  curl_easy_setopt (self->easy, CURLOPT_URL, self->request->url);
  curl_easy_setopt (self->easy, CURLOPT_PRIVATE, self);
  curl_easy_setopt (self->easy, CURLOPT_ERRORBUFFER, self->message);
  curl_easy_setopt (self->easy, CURLOPT_HEADERFUNCTION, on_header_cb);
  curl_easy_setopt (self->easy, CURLOPT_HEADERDATA, self);
  curl_easy_setopt (self->easy, CURLOPT_WRITEFUNCTION, on_body_cb);
  curl_easy_setopt (self->easy, CURLOPT_WRITEDATA, self);
  set_connection (self->easy);
  set_trust (self, bundle);
  set_deadlines (self);
  set_method (self);
  set_headers (self);
  self->addresses = bijou_http_resolve_spelled_host (self->request->url);
  curl_easy_setopt (self->easy, CURLOPT_RESOLVE, self->addresses);
  return TRUE;
}

static gboolean
has_body_begun (BijouHttpExchange *self)
{
  curl_off_t received = 0;

  curl_easy_getinfo (self->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
  return received > 0;
}

/* A TLS handshake that is reset or refused says nothing about the certificate. */
static gboolean
is_reset (BijouHttpExchange *self)
{
  long number = 0;

  curl_easy_getinfo (self->easy, CURLINFO_OS_ERRNO, &number);
  return number == ECONNRESET || number == ECONNREFUSED || number == EPIPE;
}

static BijouError
map_curl_code (BijouHttpExchange *self, CURLcode code)
{
  switch (code)
    {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PROXY:
      return BIJOU_ERROR_OFFLINE;
    case CURLE_OPERATION_TIMEDOUT:
      return BIJOU_ERROR_TIMEOUT;
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return has_body_begun (self) ? BIJOU_ERROR_PROTOCOL : BIJOU_ERROR_OFFLINE;
    case CURLE_SSL_CONNECT_ERROR:
      return is_reset (self) ? BIJOU_ERROR_OFFLINE : BIJOU_ERROR_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return BIJOU_ERROR_TLS;
    case CURLE_PARTIAL_FILE:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_WRITE_ERROR: /* also a body that does not decompress */
      return BIJOU_ERROR_PROTOCOL;
    default:
      return BIJOU_ERROR_FAILED;
    }
}

static GError *
create_error (BijouHttpExchange *self, CURLcode code)
{
  const char *reason = self->message[0] != '\0' ? self->message : curl_easy_strerror (code);
  g_autofree char *text = g_strdup_printf ("%s: %s", self->origin, reason);
  g_autofree char *safe = bijou_redact (text);

  return g_error_new_literal (BIJOU_ERROR, (int) map_curl_code (self, code), safe);
}

static void
log_result (BijouHttpExchange *self, const GError *error)
{
  g_autofree char *url = bijou_redact (self->request->url);
  gint64 spent = get_time_spent_ms (self);

  if (error != NULL)
    g_debug ("%s %s failed after %" G_GINT64_FORMAT " ms: %s", self->request->method, url, spent,
             error->message);
  else
    g_debug ("%s %s %u %" G_GINT64_FORMAT " ms %" G_GINT64_FORMAT " bytes", self->request->method,
             url, self->response->status, spent, self->response->bytes_received);
}

/**
 * bijou_http_exchange_finish:
 * @self: an exchange whose handle is out of the multi handle
 * @error: (nullable): why it failed
 *
 * Tells the maker how it ended. Net thread, once.
 */
void
bijou_http_exchange_finish (BijouHttpExchange *self, const GError *error)
{
  log_result (self, error);
  if (error == NULL && self->funcs == NULL)
    {
      g_bytes_unref (self->response->body);
      self->response->body = g_byte_array_free_to_bytes (g_steal_pointer (&self->body));
    }
  release_handle (self);
  self->done (error == NULL ? self->response : NULL, error, self->user_data);
}

static gboolean
follow_redirect (BijouHttpExchange *self)
{
  g_autoptr (BijouHttpRequest) next = create_next_request (self);

  if (next == NULL)
    return FALSE;

  bijou_http_request_unref (self->request);
  self->request = g_steal_pointer (&next);
  g_free (self->origin);
  self->origin = bijou_http_get_origin (self->request->url);
  self->redirects++;
  self->refusals = 0;
  self->tries--;
  self->ready_at = 0;
  return TRUE;
}

static gboolean
schedule_retry (BijouHttpExchange *self, gint64 least_ms)
{
  gint64 delay = BACKOFF_MS << (self->tries - 1);

  delay = MAX (delay, least_ms);
  delay += g_random_int_range (0, BACKOFF_MS / 2);
  if (least_ms > MAX_RETRY_AFTER_MS || delay >= get_time_left_ms (self))
    return FALSE;

  self->ready_at = g_get_monotonic_time () + delay * 1000;
  return TRUE;
}

static gboolean
may_retry (BijouHttpExchange *self)
{
  return g_str_equal (self->request->method, "GET") && self->tries < MAX_TRIES &&
         self->request->kind != BIJOU_HTTP_PROBE && self->request->kind != BIJOU_HTTP_TRANSFER;
}

static gboolean
retry_response (BijouHttpExchange *self)
{
  if (self->response->status != 503 && self->response->status != 429)
    return FALSE;
  return may_retry (self) &&
         schedule_retry (self, bijou_http_response_get_retry_after (self->response));
}

static gboolean
retry_error (BijouHttpExchange *self, const GError *error)
{
  if (!g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE) || self->request->has_failover)
    return FALSE;
  return may_retry (self) && schedule_retry (self, 0);
}

/* A server's addresses differ: at one an authority vouches for it (plex.direct), at another the
 * user does, and the certificate that the user trusted may be replaced by a better one. */
static gboolean
accept_other_way (BijouHttpExchange *self, CURLcode code)
{
  if (code != CURLE_SSL_PINNEDPUBKEYNOTMATCH && code != CURLE_PEER_FAILED_VERIFICATION)
    return FALSE;
  if (bijou_trust_get_pins (self->request->trust) == NULL || ++self->refusals > 1)
    return FALSE;

  self->by_authority = !self->by_authority;
  self->tries--;
  self->ready_at = 0;
  return TRUE;
}

/* %NULL: the answer is there. */
static GError *
judge (BijouHttpExchange *self, CURLcode code)
{
  curl_off_t received = 0;

  if (g_atomic_int_get (&self->cancelled))
    return g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_CANCELLED, "Cancelled");
  if (self->error != NULL)
    return g_error_copy (self->error);
  if (code != CURLE_OK)
    return create_error (self, code);
  if (self->response == NULL || !self->head_done)
    return g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "An answer without a head");

  curl_easy_getinfo (self->easy, CURLINFO_SIZE_DOWNLOAD_T, &received);
  self->response->bytes_received = received;
  return NULL;
}

/**
 * bijou_http_exchange_end:
 * @self: an exchange whose handle is out of the multi handle
 * @code: how the try ended
 *
 * Finishes the exchange, or prepares it for a redirect or another try. Net thread.
 *
 * Returns: whether it is to be queued again
 */
gboolean
bijou_http_exchange_end (BijouHttpExchange *self, CURLcode code)
{
  g_autoptr (GError) error = judge (self, code);
  gboolean again;

  bijou_http_exchange_measure (self, code);

  if (error == NULL)
    again = follow_redirect (self) || retry_response (self);
  else
    again = accept_other_way (self, code) || retry_error (self, error);

  if (again)
    release_handle (self);
  else
    bijou_http_exchange_finish (self, error);
  return again;
}
