#include "bijou-http.h"

#include "bijou-test-loopback.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LARGE (8 * 1024 * 1024)

/* By a clock that is years behind. */
static char *
make_date (guint seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (1600000000 + (gint64) seconds);

  return g_date_time_format (time, "%a, %d %b %Y %H:%M:%S GMT");
}

static void
reply_with_pause (GSocketConnection *connection, guint seconds)
{
  g_autofree char *later = make_date (seconds);
  g_autofree char *now = make_date (0);
  g_autofree char *headers = g_strdup_printf ("Retry-After: %s\r\nDate: %s\r\n", later, now);

  loopback_reply (connection, 503, headers, "", 0);
}

static void
reply_with_request (GSocketConnection *connection, const LoopbackRequest *request)
{
  g_autofree char *text =
      g_strdup_printf ("%s|%s|%s|%s", request->method, request->body,
                       (char *) g_hash_table_lookup (request->headers, "content-type"),
                       (char *) g_hash_table_lookup (request->headers, "user-agent"));

  loopback_reply (connection, 200, NULL, text, -1);
}

/* Answers by path; one handler serves all tests. */
static gboolean
on_request_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  const char *path = request->path;
  gint *counter = user_data;
  guint status = 0;
  guint n = 0;

  if (g_str_equal (path, "/hello"))
    loopback_reply (connection, 200, "X-Test:  yes \r\n", "hello", -1);
  else if (g_str_equal (path, "/echo"))
    reply_with_request (connection, request);
  else if (g_str_equal (path, "/large"))
    {
      g_autofree char *body = g_malloc0 (LARGE);

      loopback_reply (connection, 200, NULL, body, LARGE);
    }
  else if (g_str_equal (path, "/short"))
    {
      loopback_write (connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", -1);
      return FALSE;
    }
  else if (g_str_equal (path, "/short-chunks"))
    {
      loopback_write (connection,
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n", -1);
      return FALSE;
    }
  else if (g_str_equal (path, "/close"))
    return FALSE;
  else if (g_str_equal (path, "/close-once"))
    {
      if (g_atomic_int_add (counter, 1) == 0)
        return FALSE;
      loopback_reply (connection, 200, NULL, "again", -1);
    }
  else if (g_str_equal (path, "/garbage"))
    {
      loopback_write (connection, "this is not HTTP\r\n\r\n", -1);
      return FALSE;
    }
  else if (g_str_equal (path, "/hang"))
    {
      loopback_hang (connection);
      return FALSE;
    }
  else if (g_str_equal (path, "/starting"))
    {
      if (g_atomic_int_add (counter, 1) == 0)
        loopback_reply (connection, 503, "Retry-After: 001\r\n", "", 0);
      else
        loopback_reply (connection, 200, NULL, "up", -1);
    }
  else if (g_str_equal (path, "/patience"))
    {
      g_atomic_int_inc (counter);
      loopback_reply (connection, 429, "Retry-After: 3000\r\n", "", 0);
    }
  else if (sscanf (path, "/pause/%u", &n) == 1)
    {
      g_atomic_int_inc (counter);
      reply_with_pause (connection, n);
    }
  else if (g_str_equal (path, "/away"))
    loopback_reply (connection, 302, "Location: /hello\r\n", "gone", -1);
  else if (g_str_equal (path, "/circle"))
    loopback_reply (connection, 302, "Location: /circle\r\n", "", 0);
  else if (sscanf (path, "/status/%u", &status) == 1)
    loopback_reply (connection, status, NULL, "Token=abcdef why", -1);
  else
    loopback_reply (connection, 404, NULL, "", 0);
  return TRUE;
}

static BijouHttpRequest *
create_get (Loopback *server, const char *path, BijouHttpKind kind)
{
  g_autofree char *url = loopback_dup_url (server, path);

  return bijou_http_request_new ("GET", url, kind);
}

static BijouHttpResponse *
get (BijouHttp *http, Loopback *server, const char *path, GError **error)
{
  g_autoptr (BijouHttpRequest) request = create_get (server, path, BIJOU_HTTP_API);

  return bijou_http_send (http, request, NULL, error);
}

static char *
dup_body (BijouHttpResponse *response)
{
  gsize length;
  const char *data = g_bytes_get_data (bijou_http_response_get_body (response), &length);

  return g_strndup (data, length);
}

static void
test_get (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = get (http, server, "/hello", &error);
  g_autofree char *body = NULL;

  g_assert_no_error (error);
  body = dup_body (response);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 200);
  g_assert_cmpstr (body, ==, "hello");
  g_assert_cmpstr (bijou_http_response_get_header (response, "x-TEST"), ==, "yes");
  g_assert_cmpint (bijou_http_response_get_bytes_received (response), ==, 5);
  g_assert_true (bijou_http_response_check (response, &error));
}

static void
test_methods (void)
{
  static const char *const methods[] = { "POST", "PUT", "DELETE" };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autofree char *url = loopback_dup_url (server, "/echo");
  g_autoptr (GBytes) content = g_bytes_new_static ("{}", 2);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (BijouHttpRequest) request =
          bijou_http_request_new (methods[i], url, BIJOU_HTTP_API);
      g_autoptr (GError) error = NULL;
      g_autoptr (BijouHttpResponse) response = NULL;
      g_autofree char *body = NULL;
      g_autofree char *start = g_strdup_printf ("%s|{}|application/json|Bijou/", methods[i]);

      bijou_http_request_set_body (request, content, "application/json");
      response = bijou_http_send (http, request, NULL, &error);
      g_assert_no_error (error);
      body = dup_body (response);
      g_assert_true (g_str_has_prefix (body, start));
    }
}

static void
test_keep_alive (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);

  for (int i = 0; i < 10; i++)
    {
      g_autoptr (BijouHttpResponse) response = get (http, server, "/hello", NULL);

      g_assert_nonnull (response);
    }
  g_assert_cmpuint (loopback_get_requests (server), ==, 10);
  g_assert_cmpuint (loopback_get_connections (server), ==, 1);
}

/* What was kept from another network may be dead, with nobody to say so. */
static void
test_forget_connections (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autoptr (BijouHttpResponse) before = get (http, server, "/hello", NULL);
  g_autoptr (BijouHttpResponse) after = NULL;

  g_assert_nonnull (before);
  bijou_http_forget_connections (http);
  after = get (http, server, "/hello", NULL);
  g_assert_nonnull (after);
  g_assert_cmpuint (loopback_get_connections (server), ==, 2);
}

static gboolean
on_gzip_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  g_autoptr (GConverter) gzip =
      G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9));
  g_autofree char *text = g_strnfill (100000, 'x');
  char packed[4096];
  gsize read, written;

  g_assert_nonnull (strstr (g_hash_table_lookup (request->headers, "accept-encoding"), "gzip"));
  g_assert_cmpint (g_converter_convert (gzip, text, 100000, packed, sizeof packed,
                                        G_CONVERTER_INPUT_AT_END, &read, &written, NULL),
                   ==, G_CONVERTER_FINISHED);
  if (g_str_equal (request->path, "/broken"))
    memset (packed + 20, 0xff, 40);
  loopback_reply (connection, 200, "Content-Encoding: gzip\r\n", packed, (gssize) written);
  return TRUE;
}

static void
test_gzip (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_gzip_cb, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = get (http, server, "/", &error);
  g_autoptr (BijouHttpResponse) broken = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (bijou_http_response_get_body (response)), ==, 100000);
  g_assert_cmpint (bijou_http_response_get_bytes_received (response), <, 4096);

  broken = get (http, server, "/broken", &error);
  g_assert_null (broken);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static void
assert_fails (BijouHttp *http, Loopback *server, const char *path, BijouError code)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = get (http, server, path, &error);

  g_assert_null (response);
  g_assert_error (error, BIJOU_ERROR, (int) code);
}

/* Reading the system's two hundred authorities takes seconds under a sanitizer. */
static char *
write_one_authority (void)
{
  static const char pem[] = "-----BEGIN CERTIFICATE-----\n"
                            "MIIBlTCCATugAwIBAgIUc23dX1TToOFmMqxKBoEjBcHfXcwwCgYIKoZIzj0EAwIw\n"
                            "HzEdMBsGA1UEAwwUQmlqb3UgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTIxMTIwMTQ1\n"
                            "WhgPMjEyNjEwMjgxMjAxNDVaMB8xHTAbBgNVBAMMFEJpam91IHRlc3QgYXV0aG9y\n"
                            "aXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEkrH+SVH8+Wv+MFNrK07Ewngc\n"
                            "0zu0sPR0H7RFh0Dc6SGd4tKnVSLj1jPHG18szx3VT15ci43NIe9ynheKnDUN3qNT\n"
                            "MFEwHQYDVR0OBBYEFNvG9DY5qsAbbIF/IbXuc0WBBc+yMB8GA1UdIwQYMBaAFNvG\n"
                            "9DY5qsAbbIF/IbXuc0WBBc+yMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwID\n"
                            "SAAwRQIhAMW0D77arZYFuI8f5xFVEMd7MKj68zu8CGDcN7Vpgr6RAiBLCJchypgA\n"
                            "GYLQTiygg1gJ3fbzVYlrOSMka5AxChQ9pA==\n"
                            "-----END CERTIFICATE-----\n";
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  int fd = g_file_open_tmp ("bijou-ca-XXXXXX", &path, &error);

  g_assert_no_error (error);
  close (fd);
  g_file_set_contents (path, pem, -1, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&path);
}

static void
test_transport_errors (void)
{
  g_autofree char *ca_file = write_one_authority ();
  g_autoptr (BijouHttp) http = bijou_http_new (ca_file);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autofree char *dead = g_strdup_printf ("http://127.0.0.1:%u/", loopback_find_dead_port ());
  g_autofree char *tls = g_strdup_printf ("https://127.0.0.1:%u/", loopback_get_port (server));
  struct
  {
    const char *url;
    BijouError code;
  } cases[] = { { dead, BIJOU_ERROR_OFFLINE },
                { tls, BIJOU_ERROR_TLS },
                { "http://no-such-name.invalid/", BIJOU_ERROR_OFFLINE },
                { "ftp://127.0.0.1/", BIJOU_ERROR_PROTOCOL } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BijouHttpRequest) request =
          bijou_http_request_new ("GET", cases[i].url, BIJOU_HTTP_API);
      g_autoptr (GError) error = NULL;
      g_autoptr (BijouHttpResponse) response = bijou_http_send (http, request, NULL, &error);

      g_assert_null (response);
      g_assert_error (error, BIJOU_ERROR, (int) cases[i].code);
    }
  assert_fails (http, server, "/short", BIJOU_ERROR_PROTOCOL);
  assert_fails (http, server, "/short-chunks", BIJOU_ERROR_PROTOCOL);
  assert_fails (http, server, "/close", BIJOU_ERROR_OFFLINE);
  unlink (ca_file);
}

static void
test_probe_times_out (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autoptr (BijouHttpRequest) request = create_get (server, "/hang", BIJOU_HTTP_PROBE);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = bijou_http_send (http, request, NULL, &error);

  g_assert_null (response);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT);
  g_assert_cmpuint (loopback_get_requests (server), ==, 1);
}

static void
test_status_errors (void)
{
  static const struct
  {
    const char *path;
    BijouError code;
  } cases[] = {
    { "/status/400", BIJOU_ERROR_PROTOCOL },  { "/status/401", BIJOU_ERROR_UNAUTHORISED },
    { "/status/403", BIJOU_ERROR_FORBIDDEN }, { "/status/404", BIJOU_ERROR_NOT_FOUND },
    { "/status/500", BIJOU_ERROR_SERVER },    { "/patience", BIJOU_ERROR_RATE_LIMITED }
  };
  gint counter = 0;
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &counter);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (BijouHttpResponse) response = get (http, server, cases[i].path, &error);

      g_assert_no_error (error);
      g_assert_false (bijou_http_response_check (response, &error));
      g_assert_error (error, BIJOU_ERROR, (int) cases[i].code);
      g_assert_null (strstr (error->message, "abcdef"));
    }
  /* One that asks for an hour is not asked again. */
  g_assert_cmpint (counter, ==, 1);
}

/* A date is one of the server's clock. The error has what the answer said. */
static void
test_retry_after (void)
{
  static const struct
  {
    const char *path;
    gint64 ms;
  } cases[] = { { "/pause/8", 8000 },
                { "/pause/70", 70 * 1000 },
                { "/pause/90000", 3600 * 1000 },
                { "/patience", 3000 * 1000 },
                { "/status/503", 0 } };
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint counter = 0;
      g_autoptr (Loopback) server = loopback_new (on_request_cb, &counter);
      g_autoptr (GError) error = NULL;
      g_autoptr (GError) copy = NULL;
      g_autoptr (BijouHttpResponse) response = get (http, server, cases[i].path, &error);

      g_assert_no_error (error);
      g_assert_false (bijou_http_response_check (response, &error));
      copy = g_error_copy (error);
      g_assert_cmpint (bijou_error_get_retry_after (copy), ==, cases[i].ms);
      g_assert_cmpint (counter, <=, 1);
    }
}

/* A date that is soon is waited for, one that is past is none. */
static void
test_retry_date (void)
{
  gint counter = 0;
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &counter);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = get (http, server, "/pause/0", &error);

  g_assert_no_error (error);
  g_assert_cmpint (bijou_http_response_get_retry_after (response), ==, 0);
  g_assert_cmpint (counter, ==, 3);
}

static void
test_retry (void)
{
  gint counter = 0;
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &counter);
  g_autoptr (GError) error = NULL;
  gint64 started = g_get_monotonic_time ();
  g_autoptr (BijouHttpResponse) response = get (http, server, "/starting", &error);
  g_autoptr (BijouHttpResponse) closed = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 200);
  g_assert_cmpint (g_get_monotonic_time () - started, >=, G_USEC_PER_SEC);

  counter = 0;
  closed = get (http, server, "/close-once", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (closed), ==, 200);
}

static void
test_post_is_not_repeated (void)
{
  gint counter = 0;
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, &counter);
  g_autofree char *url = loopback_dup_url (server, "/starting");
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("POST", url, BIJOU_HTTP_API);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = bijou_http_send (http, request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 503);
  g_assert_cmpint (counter, ==, 1);
}

/* Keeps what the last request carried, or sends it elsewhere. */
typedef struct
{
  char *target; /* (owned) (nullable) redirect to it */
  char *seen;   /* (owned) headers and path of the last request */
} Elsewhere;

static gboolean
on_elsewhere_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Elsewhere *elsewhere = user_data;
  g_autofree char *location = NULL;

  g_free (elsewhere->seen);
  elsewhere->seen =
      g_strdup_printf ("%s token=%s auth=%s cookie=%s accept=%s", request->path,
                       (char *) g_hash_table_lookup (request->headers, "x-plex-token"),
                       (char *) g_hash_table_lookup (request->headers, "authorization"),
                       (char *) g_hash_table_lookup (request->headers, "cookie"),
                       (char *) g_hash_table_lookup (request->headers, "accept"));
  if (elsewhere->target == NULL)
    {
      loopback_reply (connection, 200, NULL, "here", -1);
      return TRUE;
    }
  location = g_strdup_printf ("Location: %s\r\n", elsewhere->target);
  loopback_reply (connection, 302, location, "", 0);
  return TRUE;
}

static BijouHttpResponse *
get_with_secrets (BijouHttp *http, Loopback *server, BijouHttpKind kind)
{
  g_autoptr (BijouHttpRequest) request = create_get (server, "/?X-Plex-Token=a", kind);
  g_autoptr (GError) error = NULL;
  BijouHttpResponse *response;

  bijou_http_request_set_header (request, "X-Plex-Token", "secret");
  bijou_http_request_set_header (request, "Authorization", "secret");
  bijou_http_request_set_header (request, "Cookie", "secret");
  bijou_http_request_set_header (request, "Accept", "image/png");
  response = bijou_http_send (http, request, NULL, &error);
  g_assert_no_error (error);
  return response;
}

static void
test_redirect_elsewhere (void)
{
  Elsewhere from = { NULL };
  Elsewhere to = { NULL };
  BijouHttp *http = bijou_http_new (NULL);
  Loopback *first = loopback_new (on_elsewhere_cb, &from);
  Loopback *second = loopback_new (on_elsewhere_cb, &to);
  BijouHttpResponse *response;

  from.target = loopback_dup_url (second, "/pic?a=1&X-Plex-Token=secret&b=2");
  response = get_with_secrets (http, first, BIJOU_HTTP_IMAGE);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 200);
  g_assert_nonnull (strstr (from.seen, "token=secret auth=secret cookie=secret"));
  g_assert_cmpstr (to.seen, ==,
                   "/pic?a=1&b=2 token=(null) auth=(null) cookie=(null) accept=image/png");
  bijou_http_response_unref (response);

  response = get_with_secrets (http, first, BIJOU_HTTP_API);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 302);
  g_assert_false (bijou_http_response_check (response, NULL));
  g_assert_cmpuint (loopback_get_requests (second), ==, 1);
  bijou_http_response_unref (response);

  loopback_free (first);
  loopback_free (second);
  g_object_unref (http);
  g_free (from.target);
  g_free (from.seen);
  g_free (to.seen);
}

static void
test_redirect_here (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = get (http, server, "/away", &error);
  g_autoptr (BijouHttpResponse) circle = NULL;
  g_autofree char *body = NULL;

  g_assert_no_error (error);
  body = dup_body (response);
  g_assert_cmpstr (body, ==, "hello");
  g_assert_true (g_str_has_suffix (bijou_http_response_get_url (response), "/hello"));

  circle = get (http, server, "/circle", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (circle), ==, 302);
}

static void
test_plex_direct (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autofree char *url =
      g_strdup_printf ("http://127-0-0-1.0123456789abcdef0123456789abcdef.plex.direct:%u/hello",
                       loopback_get_port (server));
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_PROBE);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = bijou_http_send (http, request, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 200);
}

static gpointer
cancel_in_thread (gpointer data)
{
  gpointer *both = data;

  while (loopback_get_requests (both[0]) == 0)
    g_thread_yield ();
  g_cancellable_cancel (both[1]);
  return NULL;
}

static void
test_cancel (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (BijouHttpRequest) request = create_get (server, "/hang", BIJOU_HTTP_LIST);
  g_autoptr (GError) error = NULL;
  gpointer both[] = { server, cancellable };
  GThread *thread = g_thread_new ("cancel", cancel_in_thread, both);
  g_autoptr (BijouHttpResponse) response = bijou_http_send (http, request, cancellable, &error);

  g_thread_join (thread);
  g_assert_null (response);
  g_assert_true (bijou_error_is_cancelled (error));
  g_clear_error (&error);

  response = bijou_http_send (http, request, cancellable, &error);
  g_assert_null (response);
  g_assert_true (bijou_error_is_cancelled (error));
  g_assert_cmpuint (loopback_get_requests (server), ==, 1);
}

typedef struct
{
  GMainLoop *loop;
  guint left;
} Crowd;

static void
on_crowd_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Crowd *crowd = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response =
      bijou_http_send_finish (BIJOU_HTTP (source), result, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 200);
  if (--crowd->left == 0)
    g_main_loop_quit (crowd->loop);
}

static void
run_crowd (BijouHttp *http, Loopback *server)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Crowd crowd = { loop, 100 };

  for (int i = 0; i < 100; i++)
    {
      g_autoptr (BijouHttpRequest) request =
          create_get (server, "/hello", i % 2 == 0 ? BIJOU_HTTP_API : BIJOU_HTTP_IMAGE);

      bijou_http_send_async (http, request, NULL, on_crowd_cb, &crowd);
    }
  g_main_loop_run (loop);
}

static void
test_crowd (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);

  run_crowd (http, server);
  g_assert_cmpuint (loopback_get_requests (server), ==, 100);
  g_assert_cmpuint (loopback_get_connections (server), <=, 6);
}

static void
get_large (BijouHttp *http, Loopback *server, BijouQuality *quality)
{
  g_autofree char *url = loopback_dup_url (server, "/large");
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_LIST);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = bijou_http_send (http, request, NULL, &error);

  g_assert_no_error (error);
  bijou_http_get_quality (http, url, quality);
}

/* A film needs more than the way gives: everybody else steps back. */
static void
test_degraded (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autofree char *url = loopback_dup_url (server, "/film");
  BijouQuality quality;

  g_assert_false (bijou_http_get_quality (http, url, &quality));
  do
    get_large (http, server, &quality);
  while (quality.throughput < 0); /* what comes within a millisecond is not measured */
  g_assert_false (quality.degraded);
  g_assert_cmpint (quality.latency_ms, ==, -1);

  bijou_http_set_need (http, url, G_MAXINT64 / 2);
  do
    get_large (http, server, &quality);
  while (!quality.degraded);
  run_crowd (http, server);
  g_assert_cmpuint (loopback_get_connections (server), <=, 2);
  bijou_http_get_quality (http, url, &quality);
  g_assert_cmpint (quality.latency_ms, >=, 0);

  bijou_http_forget_qualities (http);
  g_assert_false (bijou_http_get_quality (http, url, &quality));
}

static void
test_shutdown (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;

  bijou_http_shutdown (http);
  bijou_http_shutdown (http);
  response = get (http, server, "/hello", &error);
  g_assert_null (response);
  g_assert_true (bijou_error_is_cancelled (error));
}

static gpointer
send_in_thread (gpointer data)
{
  g_autoptr (BijouHttpRequest) request =
      bijou_http_request_new ("GET", "http://127.0.0.1:9/", BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response = bijou_http_send (data, request, NULL, NULL);

  return response;
}

/* A new thread may be where the net thread was in memory, and is not it. */
static void
test_thread_after_shutdown (void)
{
  for (guint i = 0; i < 50; i++)
    {
      g_autoptr (BijouHttp) http = bijou_http_new (NULL);

      bijou_http_shutdown (http);
      g_assert_null (g_thread_join (g_thread_new ("later", send_in_thread, http)));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/get", test_get);
  g_test_add_func ("/http/methods", test_methods);
  g_test_add_func ("/http/keep-alive", test_keep_alive);
  g_test_add_func ("/http/forget-connections", test_forget_connections);
  g_test_add_func ("/http/gzip", test_gzip);
  g_test_add_func ("/http/transport-errors", test_transport_errors);
  g_test_add_func ("/http/probe-times-out", test_probe_times_out);
  g_test_add_func ("/http/status-errors", test_status_errors);
  g_test_add_func ("/http/retry", test_retry);
  g_test_add_func ("/http/retry-after", test_retry_after);
  g_test_add_func ("/http/retry-date", test_retry_date);
  g_test_add_func ("/http/post-is-not-repeated", test_post_is_not_repeated);
  g_test_add_func ("/http/redirect-elsewhere", test_redirect_elsewhere);
  g_test_add_func ("/http/redirect-here", test_redirect_here);
  g_test_add_func ("/http/plex-direct", test_plex_direct);
  g_test_add_func ("/http/cancel", test_cancel);
  g_test_add_func ("/http/crowd", test_crowd);
  g_test_add_func ("/http/degraded", test_degraded);
  g_test_add_func ("/http/shutdown", test_shutdown);
  g_test_add_func ("/http/thread-after-shutdown", test_thread_after_shutdown);
  return g_test_run ();
}
