#include "bijou-test-loopback.h"

#include <gio/gnetworking.h>
#include <string.h>

struct _Loopback
{
  GSocketListener *listener; /* (owned) */
  GCancellable *cancellable; /* (owned) ends the accepting and every connection */
  GThread *thread;           /* (owned) */
  guint port;
  LoopbackHandler handler;
  gpointer user_data;
  gboolean is_raw;  /* the handler reads the request itself */
  gint connections; /* atomic */
  gint requests;    /* atomic */

  struct
  {
    GMutex lock;
    GPtrArray *threads; /* (owned) of GThread */
    GPtrArray *open;    /* (owned) of GSocketConnection */
  } shared;
};

typedef struct
{
  Loopback *server;
  GSocketConnection *connection; /* (owned) */
  guint serial;
} Serving;

static void
request_clear (LoopbackRequest *request)
{
  g_clear_pointer (&request->method, g_free);
  g_clear_pointer (&request->path, g_free);
  g_clear_pointer (&request->headers, g_hash_table_unref);
  g_clear_pointer (&request->body, g_free);
}

static gboolean
read_body (GDataInputStream *stream, LoopbackRequest *request)
{
  const char *text = g_hash_table_lookup (request->headers, "content-length");
  gsize length = text == NULL ? 0 : (gsize) g_ascii_strtoull (text, NULL, 10);
  gsize got = 0;

  request->body = g_malloc0 (length + 1);
  return length == 0 ||
         g_input_stream_read_all (G_INPUT_STREAM (stream), request->body, length, &got, NULL, NULL);
}

static gboolean
read_request (GDataInputStream *stream, LoopbackRequest *request, GCancellable *cancellable)
{
  g_autofree char *line = g_data_input_stream_read_line (stream, NULL, cancellable, NULL);
  g_auto (GStrv) words = line == NULL ? NULL : g_strsplit (line, " ", 3);

  if (words == NULL || g_strv_length (words) < 3)
    return FALSE;
  request->method = g_strdup (words[0]);
  request->path = g_strdup (words[1]);
  request->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  while (TRUE)
    {
      g_autofree char *header = g_data_input_stream_read_line (stream, NULL, cancellable, NULL);
      char *colon;

      if (header == NULL)
        return FALSE;
      g_strchomp (header);
      if (*header == '\0')
        return read_body (stream, request);
      colon = strchr (header, ':');
      if (colon != NULL)
        g_hash_table_replace (request->headers, g_ascii_strdown (header, colon - header),
                              g_strstrip (g_strdup (colon + 1)));
    }
}

/* As a plain server answers a TLS handshake: a line of text, and the rest is read away. */
static gboolean
refuse_tls (Serving *serving, GDataInputStream *stream)
{
  const char *first;
  gsize available;

  g_buffered_input_stream_fill (G_BUFFERED_INPUT_STREAM (stream), 1, serving->server->cancellable,
                                NULL);
  first = g_buffered_input_stream_peek_buffer (G_BUFFERED_INPUT_STREAM (stream), &available);
  if (available == 0 || *first != 0x16)
    return FALSE;
  loopback_write (serving->connection, "HTTP/1.1 400 Bad Request\r\n\r\n", -1);
  loopback_hang (serving->connection);
  return TRUE;
}

static gpointer
serve_main (gpointer data)
{
  Serving *serving = data;
  Loopback *self = serving->server;
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (serving->connection));
  g_autoptr (GDataInputStream) stream = g_data_input_stream_new (input);
  gboolean keep;

  g_data_input_stream_set_newline_type (stream, G_DATA_STREAM_NEWLINE_TYPE_LF);
  if (self->is_raw)
    self->handler (serving->connection, NULL, self->user_data);
  keep = !self->is_raw && !refuse_tls (serving, stream);
  while (keep)
    {
      LoopbackRequest request = { NULL };

      request.connection = serving->serial;
      keep = read_request (stream, &request, self->cancellable);
      if (keep)
        {
          request.serial = (guint) g_atomic_int_add (&self->requests, 1) + 1;
          keep = self->handler (serving->connection, &request, self->user_data);
        }
      request_clear (&request);
    }
  g_io_stream_close (G_IO_STREAM (serving->connection), NULL, NULL);
  g_object_unref (serving->connection);
  g_free (serving);
  return NULL;
}

static gpointer
accept_main (gpointer data)
{
  Loopback *self = data;

  while (TRUE)
    {
      GSocketConnection *connection =
          g_socket_listener_accept (self->listener, NULL, self->cancellable, NULL);
      Serving *serving;

      if (connection == NULL)
        return NULL;
      g_socket_set_option (g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, 1,
                           NULL);
      serving = g_new0 (Serving, 1);
      serving->server = self;
      serving->connection = connection;
      serving->serial = (guint) g_atomic_int_add (&self->connections, 1) + 1;
      g_mutex_lock (&self->shared.lock);
      g_ptr_array_add (self->shared.open, g_object_ref (connection));
      g_ptr_array_add (self->shared.threads, g_thread_new ("loopback", serve_main, serving));
      g_mutex_unlock (&self->shared.lock);
    }
}

static Loopback *
create_loopback (const char *address, gboolean is_raw, LoopbackHandler handler, gpointer user_data)
{
  Loopback *self = g_new0 (Loopback, 1);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (address, 0);
  g_autoptr (GSocketAddress) got = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_init (&self->shared.lock);
  self->is_raw = is_raw;
  self->handler = handler;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->shared.threads = g_ptr_array_new ();
  self->shared.open = g_ptr_array_new_with_free_func (g_object_unref);
  self->listener = g_socket_listener_new ();
  g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &got, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
  self->thread = g_thread_new ("loopback-accept", accept_main, self);
  return self;
}

/* A server on a port of 127.0.0.1 that the system picks. */
Loopback *
loopback_new (LoopbackHandler handler, gpointer user_data)
{
  return create_loopback ("127.0.0.1", FALSE, handler, user_data);
}

/* Of another address 127.0.0.x. */
Loopback *
loopback_new_at (const char *address, LoopbackHandler handler, gpointer user_data)
{
  return create_loopback (address, FALSE, handler, user_data);
}

/* The handler gets each connection with no request; when it returns the connection is closed. */
Loopback *
loopback_new_raw (const char *address, LoopbackHandler handler, gpointer user_data)
{
  return create_loopback (address, TRUE, handler, user_data);
}

/* Breaks off what is being served and waits for it. */
void
loopback_free (Loopback *self)
{
  g_cancellable_cancel (self->cancellable);
  g_thread_join (self->thread);
  for (guint i = 0; i < self->shared.open->len; i++)
    g_socket_shutdown (g_socket_connection_get_socket (self->shared.open->pdata[i]), TRUE, TRUE,
                       NULL);
  for (guint i = 0; i < self->shared.threads->len; i++)
    g_thread_join (self->shared.threads->pdata[i]);

  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->shared.threads);
  g_ptr_array_unref (self->shared.open);
  g_mutex_clear (&self->shared.lock);
  g_free (self);
}

guint
loopback_get_port (Loopback *self)
{
  return self->port;
}

char *
loopback_dup_url (Loopback *self, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", self->port, path);
}

guint
loopback_get_connections (Loopback *self)
{
  return (guint) g_atomic_int_get (&self->connections);
}

guint
loopback_get_requests (Loopback *self)
{
  return (guint) g_atomic_int_get (&self->requests);
}

void
loopback_write (GSocketConnection *connection, const char *data, gssize length)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  gsize all = length < 0 ? strlen (data) : (gsize) length;

  g_output_stream_write_all (output, data, all, NULL, NULL, NULL);
}

void
loopback_reply (GSocketConnection *connection,
                guint status,
                const char *headers,
                const char *body,
                gssize length)
{
  gsize all = length < 0 ? strlen (body) : (gsize) length;
  g_autofree char *head =
      g_strdup_printf ("HTTP/1.1 %u Status\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n%s\r\n",
                       status, all, headers == NULL ? "" : headers);

  loopback_write (connection, head, -1);
  loopback_write (connection, body, (gssize) all);
}

void
loopback_hang (GSocketConnection *connection)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char byte;

  while (g_input_stream_read (input, &byte, 1, NULL, NULL) > 0)
    ;
}

guint
loopback_find_dead_port (void)
{
  /* Bound and never listening, for as long as the test runs: nobody else can get the port. */
  static GPtrArray *sockets = NULL;
  GSocket *socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) got = NULL;

  if (sockets == NULL)
    sockets = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (sockets, socket);
  g_assert_true (g_socket_bind (socket, wanted, FALSE, NULL));
  got = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
}
