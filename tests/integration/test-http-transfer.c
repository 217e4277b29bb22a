#include "bijou-http.h"

#include "bijou-test-loopback.h"

#include <string.h>

#define LENGTH (8 * 1024 * 1024)

/* A body whose every byte says where it is. */
static char *
create_body (void)
{
  char *body = g_malloc (LENGTH);

  for (int i = 0; i < LENGTH; i++)
    body[i] = (char) (i * 31 + (i >> 11));
  return body;
}

static gboolean
on_request_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  const char *body = user_data;

  if (g_str_equal (request->path, "/film"))
    loopback_reply (connection, 200, NULL, body, LENGTH);
  else if (g_str_equal (request->path, "/cut"))
    {
      loopback_write (connection, "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n", -1);
      loopback_write (connection, body, 70000);
      return FALSE;
    }
  else if (g_str_equal (request->path, "/stall"))
    {
      loopback_write (connection, "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n", -1);
      loopback_write (connection, body, 70000);
      loopback_hang (connection);
      return FALSE;
    }
  else
    loopback_reply (connection, 404, NULL, "gone", -1);
  return TRUE;
}

/* What a transfer brought. */
typedef struct
{
  GMutex lock;
  GCond cond;
  guint status;
  gsize received;
  gsize pause_at; /* 0 never */
  guint pauses;
  gboolean wrong;
  gboolean refuse_head;
  const char *body;
} Receiver;

static gboolean
on_head_cb (BijouHttpResponse *response, gpointer user_data)
{
  Receiver *receiver = user_data;

  receiver->status = bijou_http_response_get_status (response);
  return !receiver->refuse_head;
}

static gboolean
on_data_cb (const guint8 *data, gsize length, gpointer user_data)
{
  Receiver *receiver = user_data;
  gboolean take;

  g_mutex_lock (&receiver->lock);
  take = receiver->pause_at == 0 || receiver->received + length <= receiver->pause_at;
  if (!take)
    receiver->pauses++;
  else if (receiver->body != NULL &&
           memcmp (data, receiver->body + receiver->received, length) != 0)
    receiver->wrong = TRUE;
  if (take)
    receiver->received += length;
  g_cond_signal (&receiver->cond);
  g_mutex_unlock (&receiver->lock);
  return take;
}

static const BijouHttpTransferFuncs funcs = { on_head_cb, on_data_cb, NULL };

static BijouHttpTransfer *
start (BijouHttp *http, Loopback *server, const char *path, Receiver *receiver)
{
  g_autofree char *url = loopback_dup_url (server, path);
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_TRANSFER);

  return bijou_http_transfer_start (http, request, &funcs, receiver);
}

static void
test_whole (void)
{
  g_autofree char *body = create_body ();
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, body);
  Receiver receiver = { .body = body };
  g_autoptr (BijouHttpTransfer) transfer = start (http, server, "/film", &receiver);
  g_autoptr (GError) error = NULL;

  g_assert_true (bijou_http_transfer_wait (transfer, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (receiver.status, ==, 200);
  g_assert_cmpuint (receiver.received, ==, LENGTH);
  g_assert_false (receiver.wrong);
}

static void
wait_for_pause (Receiver *receiver, guint pauses)
{
  g_mutex_lock (&receiver->lock);
  while (receiver->pauses < pauses)
    g_cond_wait (&receiver->cond, &receiver->lock);
  g_mutex_unlock (&receiver->lock);
}

static void
test_pause (void)
{
  g_autofree char *body = create_body ();
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, body);
  Receiver receiver = { .body = body, .pause_at = 1000000 };
  g_autoptr (BijouHttpTransfer) transfer = start (http, server, "/film", &receiver);
  g_autoptr (BijouHttpRequest) request = NULL;
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autofree char *url = loopback_dup_url (server, "/other");
  g_autoptr (GError) error = NULL;

  wait_for_pause (&receiver, 1);

  /* A paused transfer holds up nothing else. */
  request = bijou_http_request_new ("GET", url, BIJOU_HTTP_API);
  response = bijou_http_send (http, request, NULL, &error);
  g_assert_no_error (error);

  g_mutex_lock (&receiver.lock);
  receiver.pause_at = 3000000;
  g_mutex_unlock (&receiver.lock);
  bijou_http_transfer_resume (transfer);
  wait_for_pause (&receiver, 2);

  g_mutex_lock (&receiver.lock);
  g_assert_cmpuint (receiver.received, <=, 3000000);
  receiver.pause_at = 0;
  g_mutex_unlock (&receiver.lock);
  bijou_http_transfer_resume (transfer);
  g_assert_true (bijou_http_transfer_wait (transfer, &error));
  g_assert_cmpuint (receiver.received, ==, LENGTH);
  g_assert_false (receiver.wrong);
}

/* A seek gives its transfer's connection up; that of the last progress report saves it the round
 * trip that a new one would cost. */
static void
test_kept_connection (void)
{
  g_autofree char *body = create_body ();
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, body);
  Receiver receiver = { .body = body, .pause_at = 1000000 };
  Receiver other = { .body = body };
  g_autoptr (BijouHttpTransfer) transfer = start (http, server, "/film", &receiver);
  g_autoptr (BijouHttpTransfer) next = NULL;
  g_autofree char *url = loopback_dup_url (server, "/other");
  g_autoptr (BijouHttpRequest) report = bijou_http_request_new ("GET", url, BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  wait_for_pause (&receiver, 1);
  response = bijou_http_send (http, report, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (loopback_get_connections (server), ==, 2);

  bijou_http_transfer_cancel (transfer);
  next = start (http, server, "/film", &other);
  g_assert_true (bijou_http_transfer_wait (next, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (other.received, ==, LENGTH);
  g_assert_cmpuint (loopback_get_connections (server), ==, 2);
  bijou_http_transfer_wait (transfer, NULL);
}

static void
test_cancel_paused (void)
{
  g_autofree char *body = create_body ();
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, body);
  Receiver receiver = { .pause_at = 100000 };
  g_autoptr (BijouHttpTransfer) transfer = start (http, server, "/film", &receiver);
  g_autoptr (GError) error = NULL;

  wait_for_pause (&receiver, 1);
  bijou_http_transfer_cancel (transfer);
  bijou_http_transfer_cancel (transfer);
  bijou_http_transfer_resume (transfer);
  g_assert_false (bijou_http_transfer_wait (transfer, &error));
  g_assert_true (bijou_error_is_cancelled (error));
  g_assert_cmpuint (receiver.received, <=, 100000);
}

static void
test_cancel_stalled (void)
{
  g_autofree char *body = create_body ();
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, body);
  Receiver receiver = { .body = body };
  g_autoptr (BijouHttpTransfer) transfer = start (http, server, "/stall", &receiver);

  g_mutex_lock (&receiver.lock);
  while (receiver.received < 70000)
    g_cond_wait (&receiver.cond, &receiver.lock);
  g_mutex_unlock (&receiver.lock);
  bijou_http_transfer_cancel (transfer);
  g_assert_false (bijou_http_transfer_wait (transfer, NULL));
}

static void
test_truncated (void)
{
  g_autofree char *body = create_body ();
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, body);
  Receiver receiver = { .body = body };
  g_autoptr (BijouHttpTransfer) transfer = start (http, server, "/cut", &receiver);
  g_autoptr (GError) error = NULL;

  g_assert_false (bijou_http_transfer_wait (transfer, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (receiver.received, ==, 70000);
}

static void
test_head_refused (void)
{
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, NULL);
  Receiver receiver = { .refuse_head = TRUE };
  g_autoptr (BijouHttpTransfer) transfer = start (http, server, "/none", &receiver);
  g_autoptr (GError) error = NULL;

  g_assert_false (bijou_http_transfer_wait (transfer, &error));
  g_assert_true (bijou_error_is_cancelled (error));
  g_assert_cmpuint (receiver.status, ==, 404);
  g_assert_cmpuint (receiver.received, ==, 0);
}

static void
test_shutdown_ends_it (void)
{
  g_autofree char *body = create_body ();
  g_autoptr (BijouHttp) http = bijou_http_new (NULL);
  g_autoptr (Loopback) server = loopback_new (on_request_cb, body);
  Receiver receiver = { .pause_at = 100000 };
  g_autoptr (BijouHttpTransfer) transfer = start (http, server, "/film", &receiver);

  wait_for_pause (&receiver, 1);
  bijou_http_shutdown (http);
  g_assert_false (bijou_http_transfer_wait (transfer, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http-transfer/whole", test_whole);
  g_test_add_func ("/http-transfer/pause", test_pause);
  g_test_add_func ("/http-transfer/kept-connection", test_kept_connection);
  g_test_add_func ("/http-transfer/cancel-paused", test_cancel_paused);
  g_test_add_func ("/http-transfer/cancel-stalled", test_cancel_stalled);
  g_test_add_func ("/http-transfer/truncated", test_truncated);
  g_test_add_func ("/http-transfer/head-refused", test_head_refused);
  g_test_add_func ("/http-transfer/shutdown-ends-it", test_shutdown_ends_it);
  return g_test_run ();
}
