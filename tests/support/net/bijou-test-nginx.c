#include "bijou-test-nginx.h"

#include <gio/gio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#define START_TRIES 500
#define START_PAUSE_US 10000

struct _Nginx
{
  char *folder;      /* (owned) */
  GString *sites;    /* (owned) */
  GHashTable *ports; /* (owned) name to port */
  GPtrArray *holds;  /* (owned) of GSocketListener: they keep the ports until nginx takes them */
  GSubprocess *process;
};

/* It is kept until nginx starts: two sites must not be given the same. */
static guint
hold_port (Nginx *self)
{
  GSocketListener *listener = g_socket_listener_new ();
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) taken = NULL;

  g_assert_true (g_socket_listener_add_address (listener, any, G_SOCKET_TYPE_STREAM,
                                                G_SOCKET_PROTOCOL_TCP, NULL, &taken, NULL));
  g_ptr_array_add (self->holds, listener);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (taken));
}

static void
release_port (gpointer listener)
{
  g_socket_listener_close (listener);
  g_object_unref (listener);
}

static char *
find_program (void)
{
  char *program = g_find_program_in_path ("nginx");

  if (program == NULL && g_file_test ("/usr/sbin/nginx", G_FILE_TEST_IS_EXECUTABLE))
    program = g_strdup ("/usr/sbin/nginx");
  return program;
}

/**
 * nginx_is_there:
 *
 * Whether the program is installed.
 */
gboolean
nginx_is_there (void)
{
  g_autofree char *program = find_program ();

  return program != NULL;
}

/**
 * nginx_new:
 * @folder: where everything it needs goes
 *
 * Returns: (transfer full): an nginx with no sites
 */
Nginx *
nginx_new (const char *folder)
{
  Nginx *self = g_new0 (Nginx, 1);

  self->folder = g_strdup (folder);
  self->sites = g_string_new (NULL);
  self->ports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->holds = g_ptr_array_new_with_free_func (release_port);
  return self;
}

static void
stop (Nginx *self)
{
  if (self->process == NULL)
    return;
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

/**
 * nginx_free:
 * @self: (transfer full): an nginx, which is stopped
 */
void
nginx_free (Nginx *self)
{
  stop (self);
  g_string_free (self->sites, TRUE);
  g_hash_table_unref (self->ports);
  g_ptr_array_unref (self->holds);
  g_free (self->folder);
  g_free (self);
}

/**
 * nginx_add_site:
 * @self: an nginx that does not run
 * @name: of the site and its certificate
 * @body: a format of what stands in its block
 *
 * Returns: the port at which it will answer
 */
guint
nginx_add_site (Nginx *self, const char *name, const char *body, ...)
{
  guint port = hold_port (self);
  va_list arguments;

  g_hash_table_insert (self->ports, g_strdup (name), GUINT_TO_POINTER (port));
  g_string_append_printf (self->sites,
                          "  server {\n"
                          "    listen 127.0.0.1:%u ssl http2;\n"
                          "    server_name %s;\n"
                          "    ssl_certificate %s/%s.pem;\n"
                          "    ssl_certificate_key %s/%s.key;\n",
                          port, name, self->folder, name, self->folder, name);
  va_start (arguments, body);
  g_string_append_vprintf (self->sites, body, arguments);
  va_end (arguments);
  g_string_append (self->sites, "  }\n");
  return port;
}

static void
write_configuration (Nginx *self)
{
  static const char *const temporary[] = { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = g_build_filename (self->folder, "nginx.conf", NULL);

  if (geteuid () == 0)
    g_string_append (text, "user root;\n");
  g_string_append_printf (text,
                          "daemon off;\n"
                          "master_process off;\n"
                          "pid %s/nginx.pid;\n"
                          "error_log %s/error.log;\n"
                          "events { worker_connections 256; }\n"
                          "http {\n"
                          "  log_format seen '$server_name $server_protocol $connection $status '\n"
                          "    '$request_method $request_uri door=$http_x_door '\n"
                          "    'authorization=$http_authorization token=$http_x_plex_token';\n"
                          "  access_log %s/access.log seen;\n"
                          "  proxy_buffering off;\n",
                          self->folder, self->folder, self->folder);
  for (gsize i = 0; i < G_N_ELEMENTS (temporary); i++)
    g_string_append_printf (text, "  %s_temp_path %s/%s;\n", temporary[i], self->folder,
                            temporary[i]);
  g_string_append (text, self->sites->str);
  g_string_append (text, "}\n");
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
}

static gboolean
answers (guint port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) port, NULL, NULL);

  return connection != NULL;
}

static void
wait_for_ports (Nginx *self)
{
  GHashTableIter iter;
  gpointer port;

  g_hash_table_iter_init (&iter, self->ports);
  while (g_hash_table_iter_next (&iter, NULL, &port))
    for (guint i = 0; !answers (GPOINTER_TO_UINT (port)); i++)
      {
        g_assert_cmpuint (i, <, START_TRIES);
        g_usleep (START_PAUSE_US); /* another program: there is nothing to wait on */
      }
}

/* A test that fails does not leave it behind. */
static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

/**
 * nginx_start:
 * @self: an nginx with all its sites
 *
 * Returns when it answers.
 */
void
nginx_start (Nginx *self)
{
  g_autofree char *program = find_program ();
  g_autofree char *path = g_build_filename (self->folder, "nginx.conf", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;

  write_configuration (self);
  g_ptr_array_set_size (self->holds, 0);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  self->process =
      g_subprocess_launcher_spawn (launcher, &error, program, "-p", self->folder, "-c", path, NULL);
  g_assert_no_error (error);
  wait_for_ports (self);
}

/**
 * nginx_restart:
 * @self: an nginx that runs
 *
 * Stops and starts it, so that it takes its certificates anew.
 */
void
nginx_restart (Nginx *self)
{
  stop (self);
  nginx_start (self);
}

/**
 * nginx_dup_url:
 * @self: an nginx
 * @name: a site
 *
 * Returns: (transfer full): the URL of the site
 */
char *
nginx_dup_url (Nginx *self, const char *name)
{
  return g_strdup_printf ("https://127.0.0.1:%u",
                          GPOINTER_TO_UINT (g_hash_table_lookup (self->ports, name)));
}

/**
 * nginx_dup_log:
 * @self: an nginx
 *
 * Returns: (transfer full): what was asked of it
 */
char *
nginx_dup_log (Nginx *self)
{
  g_autofree char *path = g_build_filename (self->folder, "access.log", NULL);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    text = g_strdup ("");
  return text;
}
