#include "bijou-backend-type.h"
#include "bijou-network-watch.h"
#include "bijou-test-host.h"

#include <glib/gstdio.h>
#include <string.h>

/* A network of files, and a system bus of our own. */

#define ID "machine"
#define LOGIN "org.freedesktop.login1"

typedef struct
{
  char *folder;
  Host *host;
  BijouHttp *http;
  BijouConnection *connection;
  BijouNetworkWatch *watch;
} Fixture;

static void
be_on_network (Fixture *fixture, const char *device)
{
  g_autofree char *path = g_build_filename (fixture->folder, "route", NULL);
  g_autofree char *text =
      g_strdup_printf ("%s\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0\n", device);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) addresses =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);

  fixture->folder = g_dir_make_tmp ("bijou-watch-XXXXXX", NULL);
  be_on_network (fixture, "home0");
  fixture->host = host_new (HOST_ALIVE, ID);
  fixture->http = bijou_http_new (NULL);
  g_ptr_array_add (addresses,
                   bijou_address_new (host_get_url (fixture->host), BIJOU_ADDRESS_FROM_USER));
  fixture->connection =
      bijou_connection_new (fixture->http, &bijou_plex_get_type_info ()->probe, ID, addresses);
  fixture->watch = bijou_network_watch_new ();
  bijou_network_watch_set_folder (fixture->watch, fixture->folder);
  bijou_network_watch_add (fixture->watch, fixture->connection);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "route", NULL);

  bijou_network_watch_stop (fixture->watch);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&fixture->connection);
  g_object_unref (fixture->watch);
  g_object_unref (fixture->http);
  host_free (fixture->host);
  g_unlink (path);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static void
connect_first (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *url = bijou_connection_get_base_url (fixture->connection, NULL, &error);

  g_assert_no_error (error);
}

/* On which networks the connection has worked so far. */
static char *
join_networks (Fixture *fixture)
{
  g_autoptr (GPtrArray) winners = bijou_connection_get_winners (fixture->connection);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < winners->len; i++)
    g_string_append_printf (text, "%s;", ((BijouNetworkWinner *) winners->pdata[i])->network);
  return g_string_free (text, FALSE);
}

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
run_until_networks (Fixture *fixture, const char *expected)
{
  guint tick = g_timeout_add (5, tick_cb, NULL);

  while (TRUE)
    {
      g_autofree char *networks = join_networks (fixture);

      if (g_str_equal (networks, expected))
        break;
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
}

static void
test_network_changes (Fixture *fixture, gconstpointer data)
{
  connect_first (fixture);
  run_until_networks (fixture, "dev home0;");

  /* With no system bus at all. */
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  bijou_network_watch_start (fixture->watch);
  be_on_network (fixture, "work0");
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  run_until_networks (fixture, "dev home0;dev work0;");

  /* Many changes in a row are heeded to the last. */
  for (int i = 0; i < 20; i++)
    g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  be_on_network (fixture, "cafe0");
  run_until_networks (fixture, "dev home0;dev work0;dev cafe0;");
  g_assert_cmpuint (host_get_probes (fixture->host), <, 10);
}

static void
test_stopped (Fixture *fixture, gconstpointer data)
{
  connect_first (fixture);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", TRUE);
  bijou_network_watch_start (fixture->watch);
  bijou_network_watch_stop (fixture->watch);
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (host_get_probes (fixture->host), ==, 1);
}

/* --- sleep --- */

typedef struct
{
  GDBusConnection *bus;
  gboolean begins;
} Sleep;

static gboolean
tell_sleep_cb (gpointer data)
{
  Sleep *sleep = data;
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (sleep->bus, NULL, "/org/freedesktop/login1", LOGIN ".Manager",
                                 "PrepareForSleep", g_variant_new ("(b)", sleep->begins), &error);
  g_assert_no_error (error);
  return G_SOURCE_CONTINUE;
}

static void
own_login (GDBusConnection *bus)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
      g_variant_new ("(su)", LOGIN, 4u), NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  g_assert_no_error (error);
}

static void
test_wakes_up (Fixture *fixture, gconstpointer data)
{
  GTestDBus *daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_autoptr (GError) error = NULL;
  Sleep sleep = { NULL, FALSE };
  guint timeout;

  g_test_dbus_up (daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemon), TRUE);
  sleep.bus =
      g_dbus_connection_new_for_address_sync (g_test_dbus_get_bus_address (daemon),
                                              G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                  G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                              NULL, NULL, &error);
  g_assert_no_error (error);
  own_login (sleep.bus);
  connect_first (fixture);
  bijou_network_watch_start (fixture->watch);

  /* Again and again, since nobody says when the watch has begun to listen. */
  be_on_network (fixture, "hotel0");
  timeout = g_timeout_add (10, tell_sleep_cb, &sleep);
  run_until_networks (fixture, "dev home0;dev hotel0;");
  g_source_remove (timeout);

  bijou_network_watch_stop (fixture->watch);
  g_object_unref (sleep.bus);
  g_test_dbus_down (daemon);
  g_object_unref (daemon);
}

#define ADD(name, func) g_test_add ("/network-watch/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("wakes-up", test_wakes_up); /* first: the way to the system bus is kept while it is tried */
  ADD ("network-changes", test_network_changes);
  ADD ("stopped", test_stopped);
  return g_test_run ();
}
