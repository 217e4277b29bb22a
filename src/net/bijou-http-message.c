#include "config.h"

#include "bijou-http-private.h"

#include "bijou-redact.h"
#include "bijou-url.h"

#include <string.h>

#define RETRY_AFTER_MAX_S 3600
/* As much of an error body as is worth a line in a log. */
#define EXCERPT_LENGTH 160

static BijouHttpRequest *
create_request (const char *method, const char *url, BijouHttpKind kind)
{
  BijouHttpRequest *self = g_new0 (BijouHttpRequest, 1);

  g_atomic_ref_count_init (&self->references);
  self->method = g_strdup (method);
  self->url = g_strdup (url);
  self->kind = kind;
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * bijou_http_request_new:
 * @method: `GET`, `POST`, …
 * @url: an absolute URL, or a path for bijou_connection_send()
 * @kind: what it is for
 *
 * Returns: (transfer full): a request with no headers and no body
 */
BijouHttpRequest *
bijou_http_request_new (const char *method, const char *url, BijouHttpKind kind)
{
  g_return_val_if_fail (method != NULL && url != NULL, NULL);

  return create_request (method, url, kind);
}

/**
 * bijou_http_request_ref:
 * @self: a request
 *
 * Returns: (transfer full): @self
 */
BijouHttpRequest *
bijou_http_request_ref (BijouHttpRequest *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_http_request_unref:
 * @self: (transfer full): a request
 */
void
bijou_http_request_unref (BijouHttpRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_free (self->method);
  g_free (self->url);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->values);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->trust, bijou_trust_unref);
  g_free (self);
}

static int
find_header (BijouHttpRequest *self, const char *name)
{
  for (guint i = 0; i < self->names->len; i++)
    if (g_ascii_strcasecmp (self->names->pdata[i], name) == 0)
      return (int) i;
  return -1;
}

static const char *
get_header (BijouHttpRequest *self, const char *name)
{
  int index = find_header (self, name);

  return index < 0 ? NULL : self->values->pdata[index];
}

/* A device name is a user's text: a line break in it must not start a header of its own. */
static char *
clean_value (const char *value)
{
  char *clean = g_strdup (value);

  for (char *c = clean; *c != '\0'; c++)
    if ((guchar) *c < 0x20 || *c == 0x7f)
      *c = ' ';
  return g_strstrip (clean);
}

/**
 * bijou_http_request_set_header:
 * @self: a request that is not yet sent
 * @name: a header's name
 * @value: (nullable): its value; %NULL removes it
 *
 * Sets a header in place of an older value. Control characters become spaces.
 */
void
bijou_http_request_set_header (BijouHttpRequest *self, const char *name, const char *value)
{
  int index = find_header (self, name);

  if (index >= 0)
    {
      g_ptr_array_remove_index (self->names, (guint) index);
      g_ptr_array_remove_index (self->values, (guint) index);
    }
  if (value == NULL)
    return;

  g_ptr_array_add (self->names, clean_value (name));
  g_ptr_array_add (self->values, clean_value (value));
}

/**
 * bijou_http_request_get_header:
 * @self: a request
 * @name: a header's name
 *
 * Returns: (transfer none) (nullable): its value
 */
const char *
bijou_http_request_get_header (BijouHttpRequest *self, const char *name)
{
  int index = find_header (self, name);

  return index >= 0 ? g_ptr_array_index (self->values, (guint) index) : NULL;
}

/**
 * bijou_http_request_set_body:
 * @self: a request that is not yet sent
 * @body: (nullable): its body
 * @content_type: (nullable): the body's type
 */
void
bijou_http_request_set_body (BijouHttpRequest *self, GBytes *body, const char *content_type)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  if (body != NULL)
    self->body = g_bytes_ref (body);
  bijou_http_request_set_header (self, "Content-Type", content_type);
}

/**
 * bijou_http_request_set_range:
 * @self: a request that is not yet sent
 * @from: the first byte
 * @to: the last byte, inclusive, or -1 for the end
 */
void
bijou_http_request_set_range (BijouHttpRequest *self, gint64 from, gint64 to)
{
  g_autofree char *value = NULL;

  if (to >= 0)
    value = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, from, to);
  else
    value = g_strdup_printf ("bytes=%" G_GINT64_FORMAT "-", from);
  bijou_http_request_set_header (self, "Range", value);
}

/**
 * bijou_http_request_set_trust:
 * @self: a request that is not yet sent
 * @trust: (nullable): what is trusted at its URL
 *
 * Sends the headers of @trust along, where @self has none of that name, and accepts its public keys
 * beside what the authorities vouch for. A redirect to another origin goes without both.
 */
void
bijou_http_request_set_trust (BijouHttpRequest *self, BijouTrust *trust)
{
  BijouTrust *old = self->trust;

  self->trust = trust == NULL ? NULL : bijou_trust_ref (trust);
  g_clear_pointer (&old, bijou_trust_unref);
}

/**
 * bijou_http_request_copy:
 * @self: a request
 * @url: the copy's URL
 *
 * Returns: (transfer full): a request like @self for another URL
 */
BijouHttpRequest *
bijou_http_request_copy (BijouHttpRequest *self, const char *url)
{
  BijouHttpRequest *copy = create_request (self->method, url, self->kind);

  for (guint i = 0; i < self->names->len; i++)
    {
      g_ptr_array_add (copy->names, g_strdup (self->names->pdata[i]));
      g_ptr_array_add (copy->values, g_strdup (self->values->pdata[i]));
    }
  if (self->body != NULL)
    copy->body = g_bytes_ref (self->body);
  bijou_http_request_set_trust (copy, self->trust);
  copy->has_failover = self->has_failover;
  return copy;
}

/**
 * bijou_http_request_get_url:
 * @self: a request
 *
 * Returns: (transfer none): its URL; it may carry a token
 */
const char *
bijou_http_request_get_url (BijouHttpRequest *self)
{
  return self->url;
}

/**
 * bijou_http_request_get_method:
 * @self: a request
 *
 * Returns: (transfer none): its method
 */
const char *
bijou_http_request_get_method (BijouHttpRequest *self)
{
  return self->method;
}

/**
 * bijou_http_request_get_kind:
 * @self: a request
 *
 * Returns: what it is for
 */
BijouHttpKind
bijou_http_request_get_kind (BijouHttpRequest *self)
{
  return self->kind;
}

/**
 * bijou_http_request_has_header:
 * @self: a request
 * @name: a header's name in any case
 *
 * Whether the request sets it itself.
 */
gboolean
bijou_http_request_has_header (BijouHttpRequest *self, const char *name)
{
  return find_header (self, name) >= 0;
}

/**
 * bijou_http_request_is_idempotent:
 * @self: a request
 *
 * Whether sending it twice does no harm.
 */
gboolean
bijou_http_request_is_idempotent (BijouHttpRequest *self)
{
  return g_str_equal (self->method, "GET") || g_str_equal (self->method, "HEAD");
}

static gboolean
is_credential (const char *name)
{
  static const char *const names[] = { "X-Plex-Token",        "ApiKey", "api_key",
                                       "X-Emby-Token",        "token",  "access_token",
                                       "X-MediaBrowser-Token" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

/* Splits a URL's query; what precedes it goes to @head. */
static char **
split_query (const char *url, char **head)
{
  const char *question = strchr (url, '?');

  *head = question == NULL ? g_strdup (url) : g_strndup (url, (gsize) (question - url));
  return question == NULL ? NULL : g_strsplit (question + 1, "&", -1);
}

static gboolean
is_credential_parameter (const char *parameter)
{
  g_autofree char *name = g_strndup (parameter, strcspn (parameter, "="));

  return is_credential (name);
}

static char *
strip_credentials (const char *url)
{
  g_autofree char *head = NULL;
  g_auto (GStrv) parameters = split_query (url, &head);
  g_autoptr (GString) text = g_string_new (head);
  char separator = '?';

  for (guint i = 0; parameters != NULL && parameters[i] != NULL; i++)
    {
      if (is_credential_parameter (parameters[i]))
        continue;
      g_string_append_c (text, separator);
      g_string_append (text, parameters[i]);
      separator = '&';
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Another origin gets what it needs to answer and nothing that says who asks. */
static BijouHttpRequest *
create_stranger (BijouHttpRequest *self, const char *url)
{
  static const char *const kept[] = { "Accept", "Accept-Language", "Range" };
  g_autofree char *clean = strip_credentials (url);
  BijouHttpRequest *copy = create_request (self->method, clean, self->kind);

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    bijou_http_request_set_header (copy, kept[i], get_header (self, kept[i]));
  return copy;
}

/* What was asked for in secret is not fetched in the clear. */
static gboolean
may_leave_origin (BijouHttpRequest *self, const char *url)
{
  if (!g_str_equal (self->method, "GET"))
    return FALSE;
  if (self->kind == BIJOU_HTTP_TRANSFER)
    return g_str_has_prefix (url, "https://") || g_str_has_prefix (self->url, "http://");
  return self->kind == BIJOU_HTTP_IMAGE;
}

/**
 * bijou_http_request_redirect:
 * @self: a request that was answered with a redirect
 * @url: where to
 *
 * Returns: (transfer full) (nullable): the request to send to @url, or %NULL when it must not be
 *   followed: only pictures and films are fetched from another origin, and without credentials
 */
BijouHttpRequest *
bijou_http_request_redirect (BijouHttpRequest *self, const char *url)
{
  if (!g_str_has_prefix (url, "http://") && !g_str_has_prefix (url, "https://"))
    return NULL;
  if (bijou_url_same_origin (self->url, url))
    return bijou_http_request_copy (self, url);
  return may_leave_origin (self, url) ? create_stranger (self, url) : NULL;
}

/**
 * bijou_http_response_new:
 * @url: where it comes from
 *
 * Returns: (transfer full): a response that is to be filled
 */
BijouHttpResponse *
bijou_http_response_new (const char *url)
{
  BijouHttpResponse *self = g_new0 (BijouHttpResponse, 1);

  g_atomic_ref_count_init (&self->references);
  self->url = g_strdup (url);
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->body = g_bytes_new_static ("", 0);
  return self;
}

/**
 * bijou_http_response_ref:
 * @self: a response
 *
 * Returns: (transfer full): @self
 */
BijouHttpResponse *
bijou_http_response_ref (BijouHttpResponse *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_http_response_unref:
 * @self: (transfer full): a response
 */
void
bijou_http_response_unref (BijouHttpResponse *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_free (self->url);
  g_hash_table_unref (self->headers);
  g_bytes_unref (self->body);
  g_free (self);
}

/**
 * bijou_http_response_add_header:
 * @self: a response that comes in
 * @line: a header line, not terminated
 * @length: its length
 */
void
bijou_http_response_add_header (BijouHttpResponse *self, const char *line, gsize length)
{
  const char *colon = memchr (line, ':', length);
  char *name;
  char *value;

  if (colon == NULL)
    return;

  name = g_ascii_strdown (line, colon - line);
  value = g_strndup (colon + 1, length - (gsize) (colon + 1 - line));
  g_hash_table_replace (self->headers, g_strstrip (name), g_strstrip (value));
}

/**
 * bijou_http_response_get_status:
 * @self: a response
 *
 * Returns: the HTTP status
 */
guint
bijou_http_response_get_status (BijouHttpResponse *self)
{
  return self->status;
}

/**
 * bijou_http_response_get_header:
 * @self: a response
 * @name: a header's name in any case
 *
 * Returns: (transfer none) (nullable): its last value
 */
const char *
bijou_http_response_get_header (BijouHttpResponse *self, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (self->headers, lower);
}

/**
 * bijou_http_response_get_body:
 * @self: a response
 *
 * Returns: (transfer none): its body, decompressed, maybe empty
 */
GBytes *
bijou_http_response_get_body (BijouHttpResponse *self)
{
  return self->body;
}

/**
 * bijou_http_response_get_url:
 * @self: a response
 *
 * Returns: (transfer none): the URL that answered, after redirects; it may carry a token
 */
const char *
bijou_http_response_get_url (BijouHttpResponse *self)
{
  return self->url;
}

/**
 * bijou_http_response_get_bytes_received:
 * @self: a response
 *
 * Returns: how many bytes of body came over the wire, before decompression
 */
gint64
bijou_http_response_get_bytes_received (BijouHttpResponse *self)
{
  return self->bytes_received;
}

/**
 * bijou_http_response_get_retry_after:
 * @self: a response
 *
 * Reads `Retry-After`: seconds, which Jellyfin writes as "005", or a date, which is compared with
 * the server's own clock where it tells that.
 *
 * Returns: how long it asks to be left alone, in ms, an hour at most; 0 it does not say
 */
gint64
bijou_http_response_get_retry_after (BijouHttpResponse *self)
{
  const char *text = bijou_http_response_get_header (self, "Retry-After");
  const char *date = bijou_http_response_get_header (self, "Date");
  gint64 until, now;

  if (text == NULL)
    return 0;
  if (g_ascii_isdigit (*text))
    return (gint64) MIN (g_ascii_strtoull (text, NULL, 10), RETRY_AFTER_MAX_S) * 1000;
  until = curl_getdate (text, NULL);
  now = date != NULL ? curl_getdate (date, NULL) : -1;
  if (until < 0)
    return 0;
  if (now < 0)
    now = g_get_real_time () / G_USEC_PER_SEC;
  return CLAMP (until - now, 0, RETRY_AFTER_MAX_S) * 1000;
}

/* What a status that is no success means, of a request or of a handshake. */
BijouError
bijou_http_get_error_code (guint status)
{
  switch (status)
    {
    case 401:
      return BIJOU_ERROR_UNAUTHORISED;
    case 403:
      return BIJOU_ERROR_FORBIDDEN;
    case 404:
    case 410:
      return BIJOU_ERROR_NOT_FOUND;
    case 429:
      return BIJOU_ERROR_RATE_LIMITED;
    case 503:
      return BIJOU_ERROR_SERVER_STARTING;
    default:
      return status >= 500 ? BIJOU_ERROR_SERVER : BIJOU_ERROR_PROTOCOL;
    }
}

/* Servers explain errors in a line of text, or in HTML or JSON that say no more than the status. */
static char *
make_excerpt (BijouHttpResponse *self)
{
  gsize length;
  const char *data = g_bytes_get_data (self->body, &length);
  g_autofree char *text = NULL;
  g_autofree char *valid = NULL;

  if (length == 0 || *data == '{' || memchr (data, '<', MIN (length, EXCERPT_LENGTH)) != NULL)
    return g_strdup ("");

  text = g_strndup (data, MIN (length, EXCERPT_LENGTH));
  g_strdelimit (text, "\r\n\t", ' ');
  valid = g_utf8_make_valid (text, -1);
  return g_strdup_printf (": %s", valid);
}

/**
 * bijou_http_response_check:
 * @self: a response
 * @error: return location
 *
 * Turns a status that is no success into an error of #BijouError: 401, 403, 404, 429, 503 have
 * their own, other 5xx are %BIJOU_ERROR_SERVER, the rest %BIJOU_ERROR_PROTOCOL. It has what the
 * server said about when to come again, see bijou_error_get_retry_after().
 *
 * Returns: %TRUE for a 2xx or 304
 */
gboolean
bijou_http_response_check (BijouHttpResponse *self, GError **error)
{
  g_autofree char *excerpt = NULL;
  g_autofree char *text = NULL;
  g_autofree char *safe = NULL;
  GError *local;

  if ((self->status >= 200 && self->status < 300) || self->status == 304)
    return TRUE;

  excerpt = make_excerpt (self);
  text = g_strdup_printf ("HTTP %u from %.*s%s", self->status, (int) strcspn (self->url, "?"),
                          self->url, excerpt);
  safe = bijou_redact (text);
  local = g_error_new_literal (BIJOU_ERROR, (int) bijou_http_get_error_code (self->status), safe);
  bijou_error_set_retry_after (local, bijou_http_response_get_retry_after (self));
  g_propagate_error (error, local);
  return FALSE;
}
