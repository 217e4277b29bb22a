#include "bijou-test-host.h"

#include "bijou-test-authority.h"

#include <gio/gnetworking.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* So many connections that nobody takes fill any backlog of 0. */
#define MAX_FILLERS 16

struct _Host
{
  char *url; /* (owned) */
  char *server_id;
  gint kind;                    /* atomic */
  gint delay_ms;                /* atomic */
  gint is_flaky;                /* atomic */
  gint status;                  /* atomic */
  gint calls;                   /* atomic */
  gint saw_token;               /* atomic */
  Loopback *server;             /* (owned) (nullable) */
  Host *elsewhere;              /* (owned) (nullable) where it redirects to */
  GArray *sockets;              /* (owned) of int; what keeps a port as it is */
  GTlsCertificate *certificate; /* (owned) (nullable) */

  struct
  {
    GMutex lock;
    GCond cond;
    guint probes;
  } shared;
};

const char *
host_kind_to_string (HostKind kind)
{
  static const char *const names[] = {
    "alive",        "refuses",          "mute",         "drops-syn", "bad-certificate",
    "wrong-server", "unauthorised-401", "starting-503", "redirects", "html"
  };

  return names[kind];
}

static gboolean
carries_token (const LoopbackRequest *request)
{
  return g_hash_table_contains (request->headers, "x-plex-token") ||
         g_hash_table_contains (request->headers, "authorization") ||
         strstr (request->path, "oken=") != NULL;
}

static void
note_probe (Host *self)
{
  g_mutex_lock (&self->shared.lock);
  self->shared.probes++;
  g_cond_broadcast (&self->shared.cond);
  g_mutex_unlock (&self->shared.lock);
}

static void
reply_identity (GSocketConnection *connection, const char *server_id)
{
  g_autofree char *body = g_strdup_printf ("{\"MediaContainer\":{\"size\":0,\"claimed\":true,"
                                           "\"machineIdentifier\":\"%s\",\"version\":\"1.43.2\"}}",
                                           server_id);

  loopback_reply (connection, 200, "Content-Type: application/json\r\n", body, -1);
}

static gboolean
reply_call (Host *self, GSocketConnection *connection, const LoopbackRequest *request)
{
  guint status = (guint) g_atomic_int_get (&self->status);

  g_atomic_int_inc (&self->calls);
  loopback_reply (connection, status == 0 ? 200 : status, NULL, request->path, -1);
  return TRUE;
}

static gboolean
reply_dead (Host *self, GSocketConnection *connection, const LoopbackRequest *request)
{
  static const char html[] = "<html><body>Hello</body></html>";
  g_autofree char *location = NULL;

  switch (g_atomic_int_get (&self->kind))
    {
    case HOST_MUTE:
      loopback_hang (connection);
      return FALSE;
    case HOST_WRONG_SERVER:
      reply_identity (connection, "somebody-else");
      return TRUE;
    case HOST_UNAUTHORISED:
      loopback_reply (connection, 401, NULL, "", -1);
      return TRUE;
    case HOST_STARTING:
      loopback_reply (connection, 503, "Content-Type: text/html\r\nRetry-After: 5\r\n", html, -1);
      return TRUE;
    case HOST_REDIRECTS:
      location = g_strdup_printf ("Location: %s%s\r\n", self->elsewhere->url, request->path);
      loopback_reply (connection, 302, location, "", -1);
      return TRUE;
    case HOST_HTML:
    default:
      loopback_reply (connection, 200, "Content-Type: text/html\r\n", html, -1);
      return TRUE;
    }
}

static gboolean
on_request_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Host *self = user_data;
  gboolean is_probe = g_str_has_suffix (request->path, "/identity");

  if (carries_token (request))
    g_atomic_int_set (&self->saw_token, TRUE);
  if (is_probe)
    note_probe (self);
  g_usleep ((gulong) g_atomic_int_get (&self->delay_ms) * 1000);

  if (g_atomic_int_get (&self->kind) != HOST_ALIVE)
    return reply_dead (self, connection, request);
  if (!is_probe)
    return reply_call (self, connection, request);
  if (g_atomic_int_get (&self->is_flaky) && host_get_probes (self) % 2 == 0)
    loopback_reply (connection, 503, NULL, "", -1);
  else
    reply_identity (connection, self->server_id);
  return TRUE;
}

/* --- sockets that are no servers --- */

static int
bind_socket (guint number, struct sockaddr_in *address)
{
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  socklen_t length = sizeof *address;

  memset (address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl (0x7f000000 | number);
  g_assert_cmpint (bind (fd, (struct sockaddr *) address, length), ==, 0);
  g_assert_cmpint (getsockname (fd, (struct sockaddr *) address, &length), ==, 0);
  return fd;
}

static gboolean
connects (int fd, const struct sockaddr_in *address)
{
  GPollFD poll = { fd, G_IO_OUT, 0 };

  if (connect (fd, (const struct sockaddr *) address, sizeof *address) == 0)
    return TRUE;
  return g_poll (&poll, 1, 100) > 0;
}

/* Until one is left waiting: then the kernel drops what comes after it too. */
static void
fill_backlog (Host *self, const struct sockaddr_in *address)
{
  for (int i = 0; i < MAX_FILLERS; i++)
    {
      int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

      g_array_append_val (self->sockets, fd);
      if (!connects (fd, address))
        return;
    }
  g_assert_not_reached ();
}

static void
occupy_port (Host *self, guint number, gboolean drops_syn)
{
  struct sockaddr_in address;
  int fd = bind_socket (number, &address);

  g_array_append_val (self->sockets, fd);
  self->url = g_strdup_printf ("http://127.0.0.%u:%u", number, ntohs (address.sin_port));
  if (!drops_syn)
    return;
  g_assert_cmpint (listen (fd, 0), ==, 0);
  fill_backlog (self, &address);
}

/* Whoever goes on after the handshake trusts it. */
static gboolean
on_tls_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Host *self = user_data;
  g_autoptr (GIOStream) stream =
      g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, NULL);
  char buffer[4096];

  note_probe (self);
  if (g_tls_connection_handshake (G_TLS_CONNECTION (stream), NULL, NULL) &&
      g_input_stream_read (g_io_stream_get_input_stream (stream), buffer, sizeof buffer, NULL,
                           NULL) > 0)
    g_atomic_int_inc (&self->calls);
  return FALSE;
}

/* Signed by itself. */
static void
make_certificate (Host *self, const char *address)
{
  g_autofree char *folder = g_dir_make_tmp ("bijou-host-XXXXXX", NULL);
  g_autofree char *certificate = g_build_filename (folder, "host.pem", NULL);
  g_autofree char *key = g_build_filename (folder, "host.key", NULL);
  g_autoptr (GError) error = NULL;

  authority_issue (NULL, folder, "host", address, 30);
  self->certificate = g_tls_certificate_new_from_files (certificate, key, &error);
  g_assert_no_error (error);
  g_unlink (certificate);
  g_unlink (key);
  g_rmdir (folder);
}

/* --- */

Host *
host_new (HostKind kind, const char *server_id)
{
  static gint last = 1;
  guint number = 2 + (guint) g_atomic_int_add (&last, 1) % 250;
  g_autofree char *address = g_strdup_printf ("127.0.0.%u", number);
  gboolean is_tls = kind == HOST_BAD_CERTIFICATE;
  Host *self = g_new0 (Host, 1);

  g_mutex_init (&self->shared.lock);
  g_cond_init (&self->shared.cond);
  self->server_id = g_strdup (server_id);
  self->kind = (int) kind;
  self->sockets = g_array_new (FALSE, FALSE, sizeof (int));
  if (kind == HOST_REDIRECTS)
    self->elsewhere = host_new (HOST_ALIVE, server_id);
  if (kind == HOST_REFUSES || kind == HOST_DROPS_SYN)
    {
      occupy_port (self, number, kind == HOST_DROPS_SYN);
      return self;
    }

  if (is_tls)
    make_certificate (self, address);
  self->server = is_tls ? loopback_new_raw (address, on_tls_cb, self)
                        : loopback_new_at (address, on_request_cb, self);
  self->url = g_strdup_printf ("%s://%s:%u", is_tls ? "https" : "http", address,
                               loopback_get_port (self->server));
  return self;
}

void
host_free (Host *self)
{
  g_clear_pointer (&self->server, loopback_free);
  g_clear_pointer (&self->elsewhere, host_free);
  g_clear_object (&self->certificate);
  for (guint i = 0; i < self->sockets->len; i++)
    close (g_array_index (self->sockets, int, i));
  g_array_unref (self->sockets);
  g_mutex_clear (&self->shared.lock);
  g_cond_clear (&self->shared.cond);
  g_free (self->server_id);
  g_free (self->url);
  g_free (self);
}

const char *
host_get_url (Host *self)
{
  return self->url;
}

void
host_set_kind (Host *self, HostKind kind)
{
  g_assert_nonnull (self->server);
  g_atomic_int_set (&self->kind, (int) kind);
}

void
host_set_delay (Host *self, guint ms)
{
  g_atomic_int_set (&self->delay_ms, (int) ms);
}

void
host_set_flaky (Host *self, gboolean flaky)
{
  g_atomic_int_set (&self->is_flaky, flaky);
}

void
host_set_status (Host *self, guint status)
{
  g_atomic_int_set (&self->status, (int) status);
}

guint
host_get_probes (Host *self)
{
  guint probes;

  g_mutex_lock (&self->shared.lock);
  probes = self->shared.probes;
  g_mutex_unlock (&self->shared.lock);
  return probes;
}

guint
host_get_calls (Host *self)
{
  return (guint) g_atomic_int_get (&self->calls);
}

gboolean
host_saw_token (Host *self)
{
  return g_atomic_int_get (&self->saw_token) ||
         (self->elsewhere != NULL && host_saw_token (self->elsewhere));
}

void
host_wait_for_probes (Host *self, guint count)
{
  g_mutex_lock (&self->shared.lock);
  while (self->shared.probes < count)
    g_cond_wait (&self->shared.cond, &self->shared.lock);
  g_mutex_unlock (&self->shared.lock);
}
