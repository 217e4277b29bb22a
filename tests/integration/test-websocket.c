#include "config.h"

#include "bijou-certificate.h"
#include "bijou-fake-server.h"
#include "bijou-test-authority.h"
#include "bijou-test-files.h"
#include "bijou-test-loopback.h"
#include "bijou-test-nginx.h"
#include "bijou-websocket.h"

#include <string.h>

/* One websocket: its handshake under the rules of all requests, behind a real nginx, and with
 * servers that are none. */

#define PATIENCE_S 30
#define DIRECT_NAME "127-0-0-1.0123456789abcdef0123456789abcdef.plex.direct"
#define PATH "/:/websockets/notifications"
#define HOSTILE_ROUNDS 60

/* --- a socket that is watched --- */

typedef struct
{
  GMutex lock;
  GCond cond;
  BijouHttp *http;
  BijouWebsocketLoop *loop;
  BijouWebsocket *socket;
  gboolean is_open;
  guint n_messages;
  GError *error; /* it is over */
  gboolean is_freed;
} Watch;

static void
on_open_cb (BijouWebsocket *socket, gpointer user_data)
{
  Watch *watch = user_data;

  g_mutex_lock (&watch->lock);
  watch->is_open = TRUE;
  g_cond_broadcast (&watch->cond);
  g_mutex_unlock (&watch->lock);
}

static void
on_message_cb (BijouWebsocket *socket, const char *text, gsize length, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_true (g_utf8_validate (text, (gssize) length, NULL));
  g_mutex_lock (&watch->lock);
  watch->n_messages++;
  g_cond_broadcast (&watch->cond);
  g_mutex_unlock (&watch->lock);
}

static void
on_closed_cb (BijouWebsocket *socket, const GError *error, gpointer user_data)
{
  Watch *watch = user_data;

  g_mutex_lock (&watch->lock);
  g_assert_null (watch->error);
  watch->error = g_error_copy (error);
  g_cond_broadcast (&watch->cond);
  g_mutex_unlock (&watch->lock);
}

static void
on_freed_cb (gpointer user_data)
{
  Watch *watch = user_data;

  g_mutex_lock (&watch->lock);
  watch->is_freed = TRUE;
  g_mutex_unlock (&watch->lock);
}

static const BijouWebsocketFuncs funcs = { on_open_cb, on_message_cb, on_closed_cb };

static Watch *
watch_new (const char *ca_file)
{
  Watch *watch = g_new0 (Watch, 1);

  g_mutex_init (&watch->lock);
  g_cond_init (&watch->cond);
  watch->http = bijou_http_new (ca_file);
  watch->loop = bijou_websocket_loop_new (watch->http);
  return watch;
}

static void
watch_open (Watch *watch, const char *base, const char *token, BijouTrust *trust)
{
  g_autofree char *url = g_strconcat (base, PATH, NULL);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_API);

  bijou_http_request_set_header (request, "X-Plex-Token", token);
  bijou_http_request_set_trust (request, trust);
  watch->socket = bijou_websocket_open (watch->loop, request, &funcs, watch, on_freed_cb);
}

static void
watch_free (Watch *watch)
{
  bijou_websocket_loop_stop (watch->loop);
  /* Whatever it was doing, it has been told that it is over. */
  if (watch->socket != NULL)
    {
      g_assert_nonnull (watch->error);
      g_assert_true (watch->is_freed);
    }
  g_clear_pointer (&watch->socket, bijou_websocket_unref);
  bijou_http_shutdown (watch->http);
  g_assert_finalize_object (watch->http);
  g_clear_error (&watch->error);
  g_mutex_clear (&watch->lock);
  g_cond_clear (&watch->cond);
  g_free (watch);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Watch, watch_free)

/* Until it is open or over. */
static gboolean
watch_wait_for_opening (Watch *watch)
{
  gint64 until = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  g_mutex_lock (&watch->lock);
  while (!watch->is_open && watch->error == NULL)
    g_assert_true (g_cond_wait_until (&watch->cond, &watch->lock, until));
  g_mutex_unlock (&watch->lock);
  return watch->is_open;
}

static const GError *
watch_wait_for_end (Watch *watch)
{
  gint64 until = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  g_mutex_lock (&watch->lock);
  while (watch->error == NULL)
    g_assert_true (g_cond_wait_until (&watch->cond, &watch->lock, until));
  g_mutex_unlock (&watch->lock);
  return watch->error;
}

static void
watch_wait_for_message (Watch *watch)
{
  gint64 until = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  g_mutex_lock (&watch->lock);
  while (watch->n_messages == 0)
    g_assert_true (g_cond_wait_until (&watch->cond, &watch->lock, until));
  g_mutex_unlock (&watch->lock);
}

/* --- behind nginx --- */

#define PROXY                                                                                      \
  "proxy_pass http://127.0.0.1:%u; proxy_http_version 1.1;"                                        \
  " proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;"

typedef struct
{
  char *folder; /* (owned) */
  Authority *authority;
  BijouFakeServer *fake;
  Nginx *nginx;
  char *token;  /* (owned) */
  char *good;   /* (owned) signed by the authority; wants a header below /locked */
  char *self;   /* (owned) signed by itself, for another name */
  char *direct; /* (owned) by its name */
} Fixture;

static Fixture fixture;

static void
start_nginx (void)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  const char *folder = fixture.folder;
  guint port, direct;

  fixture.fake = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, NULL);
  fixture.token = bijou_fake_server_dup_token (fixture.fake, 0);
  port = bijou_fake_server_get_port (fixture.fake);
  fixture.authority = authority_new (folder);
  authority_issue (fixture.authority, folder, "good", "127.0.0.1", 2);
  authority_issue (NULL, folder, "self", "nas.example", 2);
  authority_issue (fixture.authority, folder, "direct", DIRECT_NAME, 2);

  fixture.nginx = nginx_new (folder);
  nginx_add_site (fixture.nginx, "self", "location / { " PROXY " }\n", port);
  direct = nginx_add_site (fixture.nginx, "direct", "location / { " PROXY " }\n", port);
  fixture.self = nginx_dup_url (fixture.nginx, "self");
  fixture.direct = g_strdup_printf ("https://" DIRECT_NAME ":%u", direct);
  nginx_add_site (fixture.nginx, "good",
                  "location /locked/ { if ($http_x_door != open-sesame) { return 403; }\n"
                  "  rewrite ^/locked(.*)$ $1 break; " PROXY " }\n"
                  "location /away/ { return 302 %s" PATH "; }\n"
                  "location / { " PROXY " }\n",
                  port, fixture.self, port);
  fixture.good = nginx_dup_url (fixture.nginx, "good");
  nginx_start (fixture.nginx);
}

static void
stop_nginx (void)
{
  nginx_free (fixture.nginx);
  authority_free (fixture.authority);
  bijou_fake_server_stop (fixture.fake);
  bijou_test_remove_tree (fixture.folder);
  g_free (fixture.token);
  g_free (fixture.good);
  g_free (fixture.self);
  g_free (fixture.direct);
  g_free (fixture.folder);
}

static void
assert_opens (const char *ca_file, const char *base, BijouTrust *trust)
{
  g_autoptr (Watch) watch = watch_new (ca_file);

  watch_open (watch, base, fixture.token, trust);
  if (!watch_wait_for_opening (watch))
    g_assert_no_error (watch->error);
  g_free (bijou_fake_server_control (fixture.fake, "{\"send\":\"{}\"}"));
  watch_wait_for_message (watch);
}

static void
assert_refused (const char *ca_file, const char *base, BijouTrust *trust, BijouError code)
{
  g_autoptr (Watch) watch = watch_new (ca_file);

  watch_open (watch, base, fixture.token, trust);
  g_assert_error (watch_wait_for_end (watch), BIJOU_ERROR, (int) code);
  g_assert_false (watch->is_open);
}

static BijouTrust *
trust_what_is_at (const char *url)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouCertificate) certificate = bijou_certificate_look (http, url, NULL, &error);

  g_assert_no_error (error);
  bijou_http_shutdown (http);
  return bijou_trust_new (certificate->pin, NULL);
}

static void
test_authorities (void)
{
  const char *file = authority_get_file (fixture.authority);

  assert_refused (NULL, fixture.good, NULL, BIJOU_ERROR_TLS);
  assert_opens (file, fixture.good, NULL);
  assert_refused (file, fixture.self, NULL, BIJOU_ERROR_TLS);
}

static void
test_pins (void)
{
  g_autoptr (BijouTrust) right = trust_what_is_at (fixture.self);
  g_autoptr (BijouTrust) wrong = trust_what_is_at (fixture.good);

  assert_opens (NULL, fixture.self, right);
  assert_refused (NULL, fixture.self, wrong, BIJOU_ERROR_TLS);
  /* An authority vouches for it, whatever the pins are. */
  assert_opens (authority_get_file (fixture.authority), fixture.good, right);
}

/* No name server knows the name. */
static void
test_plex_direct (void)
{
  assert_opens (authority_get_file (fixture.authority), fixture.direct, NULL);
  assert_refused (NULL, fixture.direct, NULL, BIJOU_ERROR_TLS);
}

static void
test_headers (void)
{
  const char *file = authority_get_file (fixture.authority);
  g_autofree char *locked = g_strconcat (fixture.good, "/locked", NULL);
  g_autoptr (BijouTrust) door = bijou_trust_new (NULL, "X-Door: open-sesame");

  assert_refused (file, locked, NULL, BIJOU_ERROR_FORBIDDEN);
  assert_opens (file, locked, door);
}

/* The token does not go where a redirect points to. */
static void
test_redirect (void)
{
  const char *file = authority_get_file (fixture.authority);
  g_autofree char *away = g_strconcat (fixture.good, "/away", NULL);
  g_autoptr (BijouTrust) right = trust_what_is_at (fixture.self);

  bijou_fake_server_reset_log (fixture.fake);
  assert_refused (file, away, right, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (bijou_fake_server_count (fixture.fake, "*"), ==, 0);
}

/* --- pings and silence --- */

static void
test_silence (void)
{
  g_autoptr (Watch) watch = watch_new (NULL);

  /* The first ping comes too late. */
  bijou_websocket_loop_set_patience (watch->loop, 60, 200);
  watch_open (watch, bijou_fake_server_get_url (fixture.fake), fixture.token, NULL);
  g_assert_true (watch_wait_for_opening (watch));
  g_assert_error (watch_wait_for_end (watch), BIJOU_ERROR, BIJOU_ERROR_TIMEOUT);
}

static void
test_pings (void)
{
  g_autoptr (Watch) watch = watch_new (NULL);
  gint64 until;

  /* An answer may be late by two seconds: the machine may be busy. */
  bijou_websocket_loop_set_patience (watch->loop, 1, 3000);
  watch_open (watch, bijou_fake_server_get_url (fixture.fake), fixture.token, NULL);
  g_assert_true (watch_wait_for_opening (watch));
  /* Longer than it may be silent. */
  until = g_get_monotonic_time () + 4 * G_USEC_PER_SEC;
  g_mutex_lock (&watch->lock);
  while (watch->error == NULL && g_cond_wait_until (&watch->cond, &watch->lock, until))
    ;
  g_mutex_unlock (&watch->lock);
  g_assert_no_error (watch->error);
}

static void
test_close (void)
{
  g_autoptr (Watch) watch = watch_new (NULL);

  watch_open (watch, bijou_fake_server_get_url (fixture.fake), fixture.token, NULL);
  g_assert_true (watch_wait_for_opening (watch));
  bijou_websocket_close (watch->socket);
  g_assert_error (watch_wait_for_end (watch), BIJOU_ERROR, BIJOU_ERROR_CANCELLED);
  bijou_websocket_close (watch->socket);
}

/* --- servers that are none --- */

static gboolean
answer_nothing (GSocketConnection *connection, const LoopbackRequest *request, gpointer data)
{
  loopback_hang (connection);
  return FALSE;
}

/* Whoever stops does not wait for a server. */
static void
test_hanging_handshake (void)
{
  g_autoptr (Loopback) server = loopback_new (answer_nothing, NULL);
  g_autofree char *url = loopback_dup_url (server, "");
  Watch *watch = watch_new (NULL);
  gint64 began;

  watch_open (watch, url, "token", NULL);
  while (loopback_get_requests (server) == 0)
    g_thread_yield ();
  began = g_get_monotonic_time ();
  watch_free (watch);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 10 * G_USEC_PER_SEC);
}

static gboolean
answer_status (GSocketConnection *connection, const LoopbackRequest *request, gpointer data)
{
  loopback_reply (connection, GPOINTER_TO_UINT (data), "", "no", 2);
  return FALSE;
}

static void
test_statuses (void)
{
  static const struct
  {
    guint status;
    BijouError code;
  } cases[] = {
    { 200, BIJOU_ERROR_PROTOCOL },     { 400, BIJOU_ERROR_PROTOCOL },
    { 401, BIJOU_ERROR_UNAUTHORISED }, { 403, BIJOU_ERROR_FORBIDDEN },
    { 404, BIJOU_ERROR_NOT_FOUND },    { 429, BIJOU_ERROR_RATE_LIMITED },
    { 500, BIJOU_ERROR_SERVER },       { 503, BIJOU_ERROR_SERVER_STARTING },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Loopback) server =
          loopback_new (answer_status, GUINT_TO_POINTER (cases[i].status));
      g_autofree char *url = loopback_dup_url (server, "");
      g_autoptr (Watch) watch = watch_new (NULL);

      watch_open (watch, url, "token", NULL);
      g_assert_error (watch_wait_for_end (watch), BIJOU_ERROR, (int) cases[i].code);
    }
}

static void
test_nobody (void)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", loopback_find_dead_port ());
  g_autoptr (Watch) watch = watch_new (NULL);
  const GError *error;

  watch_open (watch, url, "token", NULL);
  error = watch_wait_for_end (watch);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
  g_assert_true (bijou_error_is_transport (error));
}

static void
accept_handshake (GSocketConnection *connection, const LoopbackRequest *request)
{
  g_autofree char *text = g_strconcat (g_hash_table_lookup (request->headers, "sec-websocket-key"),
                                       "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", NULL);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 hash[20];
  gsize length = sizeof hash;
  g_autofree char *accept = NULL;
  g_autofree char *reply = NULL;

  g_checksum_update (checksum, (const guchar *) text, -1);
  g_checksum_get_digest (checksum, hash, &length);
  accept = g_base64_encode (hash, length);
  reply = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                           "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
                           accept);
  loopback_write (connection, reply, -1);
}

/* Frames that look real at their beginning, and then anything. */
static gboolean
talk_nonsense (GSocketConnection *connection, const LoopbackRequest *request, gpointer data)
{
  GRand *random = data;
  guint8 bytes[4096];
  guint n = (guint) g_rand_int_range (random, 1, sizeof bytes);

  accept_handshake (connection, request);
  for (guint i = 0; i < n; i++)
    bytes[i] = (guint8) g_rand_int (random);
  if (g_rand_boolean (random))
    bytes[0] = (guint8) (0x80 | g_rand_int_range (random, 0, 11));
  if (n > 1 && g_rand_boolean (random))
    bytes[1] = (guint8) g_rand_int_range (random, 0, 128);
  loopback_write (connection, (const char *) bytes, n);
  return FALSE;
}

static void
test_nonsense (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed ((guint32) g_test_rand_int ());
  g_autoptr (Loopback) server = loopback_new (talk_nonsense, random);
  g_autofree char *url = loopback_dup_url (server, "");

  for (guint i = 0; i < HOSTILE_ROUNDS; i++)
    {
      g_autoptr (Watch) watch = watch_new (NULL);

      watch_open (watch, url, "token", NULL);
      watch_wait_for_end (watch);
    }
}

static gboolean
promise_too_much (GSocketConnection *connection, const LoopbackRequest *request, gpointer data)
{
  static const char frame[] = { (char) 0x81, 127, 0x7f, 0, 0, 0, 0, 0, 0, 0, 'x' };

  accept_handshake (connection, request);
  loopback_write (connection, frame, sizeof frame);
  loopback_hang (connection);
  return FALSE;
}

static void
test_too_long (void)
{
  g_autoptr (Loopback) server = loopback_new (promise_too_much, NULL);
  g_autofree char *url = loopback_dup_url (server, "");
  g_autoptr (Watch) watch = watch_new (NULL);

  watch_open (watch, url, "token", NULL);
  g_assert_error (watch_wait_for_end (watch), BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (watch->n_messages, ==, 0);
}

/* libsoup writes down what hostile servers send, which is no TAP. */
static void
drop_message_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
}

int
main (int argc, char **argv)
{
  BijouFakeOptions options = BIJOU_FAKE_OPTIONS_INIT;
  int result;

  g_test_init (&argc, &argv, NULL);
  g_log_set_handler ("libsoup", G_LOG_LEVEL_DEBUG, drop_message_cb, NULL);
  if (nginx_is_there ())
    {
      fixture.folder = g_dir_make_tmp ("bijou-websocket-XXXXXX", NULL);
      start_nginx ();
      g_test_add_func ("/websocket/tls/authorities", test_authorities);
      g_test_add_func ("/websocket/tls/pins", test_pins);
      g_test_add_func ("/websocket/tls/plex-direct", test_plex_direct);
      g_test_add_func ("/websocket/headers", test_headers);
      g_test_add_func ("/websocket/redirect", test_redirect);
    }
  else
    {
      fixture.fake = bijou_fake_server_start (BIJOU_FAKE_PLEX, &options, NULL);
      fixture.token = bijou_fake_server_dup_token (fixture.fake, 0);
    }
  g_test_add_func ("/websocket/silence", test_silence);
  g_test_add_func ("/websocket/pings", test_pings);
  g_test_add_func ("/websocket/close", test_close);
  g_test_add_func ("/websocket/hanging-handshake", test_hanging_handshake);
  g_test_add_func ("/websocket/statuses", test_statuses);
  g_test_add_func ("/websocket/nobody", test_nobody);
  g_test_add_func ("/websocket/nonsense", test_nonsense);
  g_test_add_func ("/websocket/too-long", test_too_long);
  result = g_test_run ();

  if (fixture.folder != NULL)
    stop_nginx ();
  else
    {
      bijou_fake_server_stop (fixture.fake);
      g_free (fixture.token);
    }
  return result;
}
