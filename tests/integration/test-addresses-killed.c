#include "config.h"

#include "bijou-store.h"
#include "bijou-test-host.h"
#include "command-line-fixture.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Whatever is killed when: the addresses that were known are known. */

#define N_ADDRESSES 12
#define STORE_ROUNDS 25
#define PROGRAM_ROUNDS 8

static BijouStore *
open_store (const char *path)
{
  g_autoptr (GError) error = NULL;
  gboolean rebuilt = FALSE;
  BijouStore *store = bijou_store_open (path, &rebuilt, &error);

  g_assert_no_error (error);
  g_assert_false (rebuilt);
  return store;
}

static void
close_store (BijouStore *store)
{
  bijou_store_close (store);
  g_assert_finalize_object (store);
}

static GPtrArray *
create_addresses (int generation)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);

  for (int i = 0; i < N_ADDRESSES; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://127.0.0.%d:32400", i + 2);
      BijouAddress *address = bijou_address_new (url, BIJOU_ADDRESS_FROM_ACCOUNT);

      address->last_success = generation;
      address->failures = generation % (i + 1);
      g_ptr_array_add (addresses, address);
    }
  return addresses;
}

/* The other process: saves both ways, for as long as it lives. */
static int
save_until_killed (const char *path)
{
  BijouStore *store = open_store (path);
  g_autoptr (GPtrArray) winners =
      g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_network_winner_free);

  for (int i = 1;; i++)
    {
      g_autoptr (GPtrArray) addresses = create_addresses (i);
      g_autofree char *network = g_strdup_printf ("network %d", i % 40);

      g_ptr_array_set_size (winners, 0);
      g_ptr_array_add (winners, bijou_network_winner_new (network, "http://127.0.0.2:32400", i));
      g_assert_true (bijou_store_learn_addresses (store, "S", addresses, winners, NULL));
      g_assert_true (bijou_store_save_addresses (store, "S", addresses, NULL));
      if (i == 1)
        g_assert_cmpint (write (STDOUT_FILENO, "x", 1), ==, 1);
    }
  return 0;
}

static BijouServer *
read_server (const char *path)
{
  BijouStore *store = open_store (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, &error);
  BijouServer *server;

  g_assert_no_error (error);
  g_assert_cmpuint (servers->len, ==, 1);
  server = g_object_ref (servers->pdata[0]);
  close_store (store);
  return server;
}

/* Either all of one generation or all of another: a save is whole or not there. */
static void
assert_whole (BijouServer *server)
{
  const BijouAddress *first = server->addresses->pdata[0];

  g_assert_cmpuint (server->addresses->len, ==, N_ADDRESSES);
  for (guint i = 0; i < server->addresses->len; i++)
    {
      const BijouAddress *address = server->addresses->pdata[i];
      g_autofree char *url = g_strdup_printf ("http://127.0.0.%u:32400", i + 2);

      g_assert_cmpstr (address->url, ==, url);
      g_assert_cmpint (address->last_success, ==, first->last_success);
    }
  g_assert_cmpuint (server->winners->len, >, 0);
}

static void
kill_after (GSubprocess *process, int max_ms)
{
  g_autoptr (GError) error = NULL;

  g_usleep ((gulong) g_test_rand_int_range (0, max_ms * 1000)); /* any moment will do */
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, &error);
  g_assert_no_error (error);
}

static void
test_saving (Cli *cli, gconstpointer data)
{
  g_autofree char *path = g_build_filename (cli->profile, "killed.db", NULL);
  g_autoptr (BijouServer) server = bijou_server_new ("plex", "S", "Server");
  BijouStore *store = open_store (path);

  g_ptr_array_unref (server->addresses);
  server->addresses = create_addresses (0);
  g_assert_true (bijou_store_save_server (store, server, NULL));
  close_store (store);

  for (int round = 0; round < STORE_ROUNDS; round++)
    {
      g_autoptr (BijouServer) found = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (GSubprocess) child =
          g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/proc/self/exe",
                            "--save-until-killed", path, NULL);
      char byte;

      g_assert_no_error (error);
      g_assert_cmpint (
          g_input_stream_read (g_subprocess_get_stdout_pipe (child), &byte, 1, NULL, &error), ==,
          1);
      kill_after (child, 25);
      found = read_server (path);
      assert_whole (found);
    }
}

static void
add_address (BijouServer *server, Host *host)
{
  g_ptr_array_add (server->addresses,
                   bijou_address_new (host_get_url (host), BIJOU_ADDRESS_FROM_ACCOUNT));
}

/* The program races among the dead and the living, and keeps what it learns. */
static void
test_racing (Cli *cli, gconstpointer data)
{
  static const char *const probe[] = { "--probe", NULL };
  static const char *const sync[] = { "--sync", NULL };
  g_autofree char *path = g_build_filename (cli->profile, "data", "library.db", NULL);
  g_autoptr (Host) mute = host_new (HOST_MUTE, "M");
  g_autoptr (Host) dead = host_new (HOST_REFUSES, "M");
  g_autoptr (Host) other = host_new (HOST_WRONG_SERVER, "M");
  g_autoptr (BijouServer) server = NULL;
  g_autoptr (BijouServer) learned = NULL;
  BijouStore *store;
  guint known;

  cli_add (cli, cli->plex);
  server = read_server (path);
  add_address (server, mute);
  add_address (server, dead);
  add_address (server, other);
  known = server->addresses->len;
  store = open_store (path);
  g_assert_true (bijou_store_save_server (store, server, NULL));
  close_store (store);

  for (int round = 0; round < PROGRAM_ROUNDS; round++)
    {
      g_autoptr (GSubprocess) process = cli_start (cli, NULL, round % 2 == 0 ? probe : sync);
      g_autoptr (BijouServer) found = NULL;

      kill_after (process, 400);
      found = read_server (path);
      g_assert_cmpuint (found->addresses->len, ==, known);
    }
  cli_sync (cli);
  learned = read_server (path);
  g_assert_cmpuint (learned->addresses->len, ==, known);
  g_assert_cmpuint (learned->winners->len, ==, 1);
  g_assert_cmpstr (((BijouNetworkWinner *) learned->winners->pdata[0])->url, ==,
                   bijou_fake_server_get_url (cli->plex));
}

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--save-until-killed"))
    return save_until_killed (argv[2]);

  cli_test_init (&argc, &argv);
  CLI_ADD ("killed/saving", test_saving);
  CLI_ADD ("killed/racing", test_racing);
  return g_test_run ();
}
