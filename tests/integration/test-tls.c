#include "config.h"

#include "bijou-certificate.h"
#include "bijou-http.h"
#include "bijou-test-authority.h"
#include "bijou-test-files.h"
#include "bijou-test-loopback.h"
#include "bijou-test-nginx.h"

/* What libcurl makes of certificates, public keys and headers, against a real nginx. */

#define DOOR "X-Door: open-sesame"
#define DIRECT_NAME "127-0-0-1.0123456789abcdef0123456789abcdef.plex.direct"

typedef struct
{
  char *folder; /* (owned) */
  Authority *authority;
  Nginx *nginx;
  char *good;    /* (owned) signed by the authority; wants the header below /locked */
  char *other;   /* (owned) the same with another key */
  char *self;    /* (owned) signed by itself, for another name */
  char *expired; /* (owned) */
} Fixture;

static Fixture fixture;

static void
start_nginx (void)
{
  const char *folder = fixture.folder;

  fixture.authority = authority_new (folder);
  authority_issue (fixture.authority, folder, "good", "127.0.0.1", 2);
  authority_issue (fixture.authority, folder, "other", "127.0.0.1", 2);
  authority_issue (NULL, folder, "self", "nas.example", 2);
  authority_issue (fixture.authority, folder, "direct", DIRECT_NAME, 2);
  authority_issue (fixture.authority, folder, "expired", "127.0.0.1", -2);

  fixture.nginx = nginx_new (folder);
  nginx_add_site (fixture.nginx, "other", "location / { return 200 other; }\n");
  nginx_add_site (fixture.nginx, "self", "location / { return 200 self; }\n");
  nginx_add_site (fixture.nginx, "direct",
                  "add_header X-Name $ssl_server_name always;\n"
                  "location / { return 200 direct; }\n");
  nginx_add_site (fixture.nginx, "expired", "location / { return 200 expired; }\n");
  fixture.other = nginx_dup_url (fixture.nginx, "other");
  fixture.self = nginx_dup_url (fixture.nginx, "self");
  fixture.expired = nginx_dup_url (fixture.nginx, "expired");
  nginx_add_site (fixture.nginx, "good",
                  "add_header X-Protocol $server_protocol always;\n"
                  "add_header X-Connection $connection always;\n"
                  "location / { return 200 good; }\n"
                  "location /locked { if ($http_x_door != open-sesame) { return 403; }\n"
                  "  return 200 inside; }\n"
                  "location /round { return 302 /locked; }\n"
                  "location /away { return 302 %s/picture; }\n",
                  fixture.other);
  fixture.good = nginx_dup_url (fixture.nginx, "good");
  nginx_start (fixture.nginx);
}

static void
stop_nginx (void)
{
  nginx_free (fixture.nginx);
  authority_free (fixture.authority);
  bijou_test_remove_tree (fixture.folder);
  g_free (fixture.good);
  g_free (fixture.other);
  g_free (fixture.self);
  g_free (fixture.expired);
  g_free (fixture.folder);
}

static BijouHttpResponse *
get (BijouHttp *http,
     const char *base,
     const char *path,
     BijouHttpKind kind,
     BijouTrust *trust,
     GError **error)
{
  g_autofree char *url = g_strconcat (base, path, NULL);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, kind);

  bijou_http_request_set_header (request, "X-Plex-Token", "the-token");
  bijou_http_request_set_trust (request, trust);
  return bijou_http_send (http, request, NULL, error);
}

static void
assert_status (BijouHttp *http, const char *base, const char *path, BijouTrust *trust, guint status)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = get (http, base, path, BIJOU_HTTP_API, trust, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, status);
}

static void
assert_refused (BijouHttp *http, const char *base, BijouTrust *trust)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = get (http, base, "/", BIJOU_HTTP_API, trust, &error);

  g_assert_null (response);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TLS);
}

static BijouCertificate *
look (BijouHttp *http, const char *url)
{
  g_autoptr (GError) error = NULL;
  BijouCertificate *certificate = bijou_certificate_look (http, url, NULL, &error);

  g_assert_no_error (error);
  return certificate;
}

static BijouTrust *
trust_what_is_at (BijouHttp *http, const char *url)
{
  g_autoptr (BijouCertificate) certificate = look (http, url);

  return bijou_trust_new (certificate->pin, NULL);
}

static char *
dup_answer_header (BijouHttp *http, const char *path, BijouTrust *trust, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response =
      get (http, fixture.good, path, BIJOU_HTTP_API, trust, &error);

  g_assert_no_error (error);
  return g_strdup (bijou_http_response_get_header (response, name));
}

/* --- tests --- */

static void
test_unknown_authority (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);

  assert_refused (http, fixture.good, NULL);
  assert_refused (http, fixture.self, NULL);
}

static void
test_ca_file (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (authority_get_file (fixture.authority));

  assert_status (http, fixture.good, "/", NULL, 200);
  assert_status (http, fixture.other, "/", NULL, 200);
  assert_refused (http, fixture.expired, NULL);
  assert_refused (http, fixture.self, NULL);
}

/* What was opened under one rule is not used under another. */
static void
test_ca_file_changes (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *key = g_build_filename (fixture.folder, "good.key", NULL);

  g_assert_false (bijou_http_set_ca_file (http, "/no/such/file", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (bijou_http_set_ca_file (http, key, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE);

  g_assert_true (bijou_http_set_ca_file (http, authority_get_file (fixture.authority), NULL));
  assert_status (http, fixture.good, "/", NULL, 200);
  g_assert_true (bijou_http_set_ca_file (http, NULL, NULL));
  assert_refused (http, fixture.good, NULL);
}

static void
test_pin (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (BijouTrust) good = trust_what_is_at (http, fixture.good);
  g_autoptr (BijouTrust) self = trust_what_is_at (http, fixture.self);
  g_autoptr (BijouTrust) both = bijou_trust_with_pins (good, bijou_trust_get_pins (self));
  g_autoptr (BijouTrust) expired = trust_what_is_at (http, fixture.expired);

  assert_status (http, fixture.good, "/", good, 200);
  assert_status (http, fixture.self, "/", self, 200);
  assert_status (http, fixture.good, "/", both, 200);
  assert_status (http, fixture.self, "/", both, 200);
  assert_status (http, fixture.expired, "/", expired, 200);
  assert_refused (http, fixture.other, good);
  assert_refused (http, fixture.good, self);
}

/* A connection that one trust opened is not used by another, nor by none, nor is its session. */
static void
test_pin_is_not_shared (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (BijouTrust) good = trust_what_is_at (http, fixture.good);
  g_autoptr (BijouTrust) other = trust_what_is_at (http, fixture.other);

  assert_status (http, fixture.good, "/", good, 200);
  assert_refused (http, fixture.good, other);
  assert_refused (http, fixture.good, NULL);
  assert_status (http, fixture.good, "/", good, 200);
}

/* An authority is good enough where a public key of the server does not fit. */
static void
test_pin_or_authority (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (authority_get_file (fixture.authority));
  g_autoptr (BijouTrust) self = trust_what_is_at (http, fixture.self);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  first = dup_answer_header (http, "/", self, "X-Connection");
  second = dup_answer_header (http, "/", self, "X-Connection");
  g_assert_cmpstr (first, ==, second);
  assert_status (http, fixture.self, "/", self, 200);
  assert_refused (http, fixture.expired, self);
}

static void
test_http2 (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (BijouTrust) good = trust_what_is_at (http, fixture.good);
  g_autofree char *protocol = dup_answer_header (http, "/", good, "X-Protocol");
  g_autofree char *first = dup_answer_header (http, "/a", good, "X-Connection");
  g_autofree char *second = dup_answer_header (http, "/b", good, "X-Connection");

  g_assert_cmpstr (protocol, ==, "HTTP/2.0");
  g_assert_cmpstr (first, ==, second);
}

static void
test_header (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (authority_get_file (fixture.authority));
  g_autoptr (BijouTrust) door = bijou_trust_new (NULL, DOOR);
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  assert_status (http, fixture.good, "/locked", door, 200);
  assert_status (http, fixture.good, "/round", door, 200);
  response = get (http, fixture.good, "/locked", BIJOU_HTTP_API, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (bijou_http_response_check (response, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
}

/* Only pictures go elsewhere, and take nothing with them. */
static void
test_redirect (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (authority_get_file (fixture.authority));
  g_autoptr (BijouTrust) door = bijou_trust_new (NULL, DOOR);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autofree char *log = NULL;

  response = get (http, fixture.good, "/away", BIJOU_HTTP_IMAGE, door, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_http_response_get_status (response), ==, 200);
  assert_status (http, fixture.good, "/away", door, 302);

  nginx_restart (fixture.nginx); /* all is logged */
  log = nginx_dup_log (fixture.nginx);
  g_assert_nonnull (strstr (log, " GET /away door=open-sesame authorization=- token=the-token"));
  g_assert_nonnull (strstr (log, " GET /picture door=- authorization=- token=-"));
}

/* What was refused has seen nothing. */
static void
test_nothing_was_sent (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (BijouTrust) self = trust_what_is_at (http, fixture.self);
  g_autoptr (BijouTrust) headers = bijou_trust_with_headers (self, "X-Door: refused-door");
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response =
      get (http, fixture.good, "/refused", BIJOU_HTTP_API, headers, &error);
  g_autofree char *log = NULL;

  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TLS);
  nginx_restart (fixture.nginx);
  log = nginx_dup_log (fixture.nginx);
  g_assert_null (strstr (log, "refused"));
}

/* The host is not looked up, but it is still the name that must be on the certificate. */
static void
test_plex_direct (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (authority_get_file (fixture.authority));
  g_autofree char *direct = nginx_dup_url (fixture.nginx, "direct");
  const char *port = strrchr (direct, ':');
  g_autofree char *named = g_strconcat ("https://" DIRECT_NAME, port, NULL);
  g_autofree char *wrong =
      g_strconcat ("https://127-0-0-1.ffff456789abcdef0123456789abcdef.plex.direct", port, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;

  response = get (http, named, "/", BIJOU_HTTP_API, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (bijou_http_response_get_header (response, "X-Name"), ==, DIRECT_NAME);
  assert_refused (http, wrong, NULL);
  assert_refused (http, direct, NULL);
}

/* --- looking at certificates --- */

static void
test_look (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (BijouCertificate) good = look (http, fixture.good);
  g_autoptr (BijouCertificate) self = look (http, fixture.self);
  g_autoptr (BijouCertificate) expired = look (http, fixture.expired);
  g_autofree char *groups = bijou_certificate_format_fingerprint (good);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_cmpstr (good->host, ==, "127.0.0.1");
  g_assert_cmpstr (good->subject, ==, "good");
  g_assert_cmpstr (good->issuer, ==, "Bijou Test Authority");
  g_assert_cmpstr (good->names[0], ==, "127.0.0.1");
  g_assert_null (good->names[1]);
  g_assert_cmpint (good->valid_from, <, now);
  g_assert_cmpint (good->valid_until, >, now);
  g_assert_cmpuint (strlen (good->fingerprint), ==, 64);
  g_assert_cmpuint (strlen (groups), ==, 64 + 15);
  g_assert_true (bijou_trust_check_pins (good->pin));
  g_assert_cmpint (good->problems, ==, BIJOU_CERTIFICATE_UNKNOWN_AUTHORITY);

  g_assert_cmpstr (self->subject, ==, "self");
  g_assert_cmpstr (self->issuer, ==, "self");
  g_assert_cmpstr (self->names[0], ==, "nas.example");
  g_assert_cmpint (self->problems, ==,
                   BIJOU_CERTIFICATE_UNKNOWN_AUTHORITY | BIJOU_CERTIFICATE_SELF_SIGNED |
                       BIJOU_CERTIFICATE_OTHER_NAME);
  g_assert_cmpint (expired->valid_until, <, now);
}

static void
test_look_with_authority (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (authority_get_file (fixture.authority));
  g_autoptr (BijouCertificate) good = look (http, fixture.good);
  g_autoptr (BijouCertificate) expired = look (http, fixture.expired);

  g_assert_cmpint (good->problems, ==, 0);
  g_assert_cmpint (expired->problems, ==, BIJOU_CERTIFICATE_EXPIRED);
}

/* The kernel lets the client in, nobody speaks to it. */
static guint
listen_silently (GSocketListener *listener)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) taken = NULL;

  g_assert_true (g_socket_listener_add_address (listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &taken, NULL));
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (taken));
}

static gpointer
cancel_in_thread (gpointer data)
{
  g_usleep (50 * 1000); /* beside a handshake that never ends, nothing tells that it began */
  g_cancellable_cancel (data);
  return NULL;
}

static void
test_look_fails (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (GSocketListener) silent = g_socket_listener_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *dead = g_strdup_printf ("https://127.0.0.1:%u", loopback_find_dead_port ());
  g_autofree char *hangs = g_strdup_printf ("https://127.0.0.1:%u", listen_silently (silent));
  g_autoptr (GError) error = NULL;
  GThread *thread;

  g_assert_null (bijou_certificate_look (http, "http://127.0.0.1", NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_null (bijou_certificate_look (http, dead, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
  g_clear_error (&error);
  thread = g_thread_new ("cancel", cancel_in_thread, cancellable);
  g_assert_null (bijou_certificate_look (http, hangs, cancellable, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED);
  g_thread_join (thread);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  if (!nginx_is_there ())
    {
      g_print ("1..0 # SKIP nginx is not installed (build-aux/install-deps --test)\n");
      return 0;
    }
  fixture.folder = g_dir_make_tmp ("bijou-tls-XXXXXX", NULL);
  start_nginx ();

  g_test_add_func ("/tls/unknown-authority", test_unknown_authority);
  g_test_add_func ("/tls/ca-file", test_ca_file);
  g_test_add_func ("/tls/ca-file-changes", test_ca_file_changes);
  g_test_add_func ("/tls/pin", test_pin);
  g_test_add_func ("/tls/pin-is-not-shared", test_pin_is_not_shared);
  g_test_add_func ("/tls/pin-or-authority", test_pin_or_authority);
  g_test_add_func ("/tls/http2", test_http2);
  g_test_add_func ("/tls/header", test_header);
  g_test_add_func ("/tls/redirect", test_redirect);
  g_test_add_func ("/tls/nothing-was-sent", test_nothing_was_sent);
  g_test_add_func ("/tls/plex-direct", test_plex_direct);
  g_test_add_func ("/tls/look", test_look);
  g_test_add_func ("/tls/look-with-authority", test_look_with_authority);
  g_test_add_func ("/tls/look-fails", test_look_fails);

  result = g_test_run ();
  stop_nginx ();
  return result;
}
