#include "bijou-network-key.h"

#include <glib/gstdio.h>
#include <string.h>

/* What the kernel tells, in a folder of its own. */
typedef struct
{
  char *folder;
} Fixture;

static const char routes[] =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
static const char neighbours[] =
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "192.168.1.1      0x1         0x2         02:FC:00:00:00:05     *        wlan0\n"
    "192.168.1.1      0x1         0x2         02:fc:00:00:00:77     *        eth0\n"
    "10.0.0.1         0x1         0x0         00:00:00:00:00:00     *        eth0\n";

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bijou-key-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "route", "ipv6_route", "arp" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, names[i], NULL);

      g_remove (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static void
put (Fixture *fixture, const char *name, const char *head, const char *text)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *all = g_strconcat (head, text, NULL);

  g_assert_true (g_file_set_contents (path, all, -1, NULL));
}

static void
assert_key (Fixture *fixture, const char *expected)
{
  g_autofree char *key = bijou_network_key_read (fixture->folder);

  g_assert_cmpstr (key, ==, expected);
}

/* The address as the kernel prints it: the number that its bytes make on this processor. */
static char *
make_route (const char *device, guint8 a, guint8 b, guint8 c, guint8 d, const char *rest)
{
  guint8 bytes[] = { a, b, c, d };
  guint32 number;

  memcpy (&number, bytes, sizeof number);
  return g_strdup_printf ("%s\t00000000\t%08X\t%s\n", device, number, rest);
}

static void
test_gateway (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dear = make_route ("eth0", 192, 168, 1, 1, "0003\t0\t0\t900\t00000000\t0\t0\t0");
  g_autofree char *cheap =
      make_route ("wlan0", 192, 168, 1, 1, "0003\t0\t0\t600\t00000000\t0\t0\t0");
  g_autofree char *both = g_strconcat (
      dear, "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n", cheap, NULL);

  put (fixture, "arp", neighbours, "");
  put (fixture, "route", routes, both);
  assert_key (fixture, "192.168.1.1 02:fc:00:00:00:05");
  put (fixture, "route", routes, dear);
  assert_key (fixture, "192.168.1.1 02:fc:00:00:00:77");
}

static void
test_gateway_is_strange (Fixture *fixture, gconstpointer data)
{
  g_autofree char *line = make_route ("eth0", 10, 0, 0, 1, "0003\t0\t0\t100\t00000000\t0\t0\t0");
  g_autofree char *down = make_route ("eth0", 10, 0, 0, 1, "0002\t0\t0\t100\t00000000\t0\t0\t0");

  put (fixture, "arp", neighbours, "");
  put (fixture, "route", routes, line);
  assert_key (fixture, "10.0.0.1 dev eth0");
  put (fixture, "arp", "", "");
  assert_key (fixture, "10.0.0.1 dev eth0");
  put (fixture, "route", routes, down);
  assert_key (fixture, "unrouted");
}

static void
test_device (Fixture *fixture, gconstpointer data)
{
  put (fixture, "route", routes, "wg0\t00000000\t00000000\t0001\t0\t0\t50\t00000000\t0\t0\t0\n");
  assert_key (fixture, "dev wg0");
}

static void
test_ipv6 (Fixture *fixture, gconstpointer data)
{
  put (fixture, "route", routes, "");
  put (fixture, "ipv6_route", "",
       "fd000000000000000000000000000000 40 00000000000000000000000000000000 00 "
       "00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n"
       "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
       "fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0\n"
       "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
       "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n");
  assert_key (fixture, "fd00::1 dev eth0");
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  static const char *const rubbish[] = {
    "",
    "\n\n\n",
    "x",
    "eth0",
    "eth0\t00000000\t",
    "\xff\xfe\t\t\t\t\t\t",
    "%s %n %s\n",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 0 0 3 0 0 0 0\n"
  };

  assert_key (fixture, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rubbish); i++)
    {
      put (fixture, "route", rubbish[i], "");
      put (fixture, "ipv6_route", rubbish[i], "");
      put (fixture, "arp", rubbish[i], "");
      assert_key (fixture, "unrouted");
    }
}

static void
test_here (void)
{
  g_autofree char *key = bijou_network_key_read (NULL);

  g_assert_true (key == NULL || g_utf8_validate (key, -1, NULL));
}

#define ADD(name, func) g_test_add ("/network-key/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("gateway", test_gateway);
  ADD ("gateway-is-strange", test_gateway_is_strange);
  ADD ("device", test_device);
  ADD ("ipv6", test_ipv6);
  ADD ("nothing", test_nothing);
  g_test_add_func ("/network-key/here", test_here);
  return g_test_run ();
}
