#include "config.h"

#include "bijou-network-key.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define SYSTEM_FOLDER "/proc/net"
/* Of <linux/route.h>, which cannot be included beside the headers of the C library. */
#define ROUTE_UP 0x1
#define ROUTE_GATEWAY 0x2
/* Of <linux/if_arp.h>: the entry is complete. */
#define NEIGHBOUR_COMPLETE 0x2
/* An interface's name has 15 characters at most. */
#define NAME_LENGTH 16

typedef struct
{
  char device[NAME_LENGTH];
  char gateway[INET6_ADDRSTRLEN]; /* empty: the device is the way */
  guint metric;
} Route;

static char **
read_lines (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  return g_strsplit (text, "\n", -1);
}

/* A line of /proc/net/route; its addresses are numbers as the processor stores them. */
static gboolean
parse_route (const char *line, Route *route)
{
  guint destination, gateway, flags, mask;
  struct in_addr address;

  if (sscanf (line, "%15s %x %x %x %*d %*u %u %x", route->device, &destination, &gateway, &flags,
              &route->metric, &mask) != 6)
    return FALSE;
  if (destination != 0 || mask != 0 || (flags & ROUTE_UP) == 0)
    return FALSE;

  route->gateway[0] = '\0';
  address.s_addr = gateway;
  if ((flags & ROUTE_GATEWAY) != 0)
    inet_ntop (AF_INET, &address, route->gateway, sizeof route->gateway);
  return TRUE;
}

static gboolean
parse_address6 (const char *digits, struct in6_addr *address)
{
  for (int i = 0; i < 16; i++)
    {
      int high = g_ascii_xdigit_value (digits[2 * i]);
      int low = high < 0 ? -1 : g_ascii_xdigit_value (digits[2 * i + 1]);

      if (low < 0)
        return FALSE;
      address->s6_addr[i] = (guint8) (high * 16 + low);
    }
  return TRUE;
}

static gboolean
parse_route6 (const char *line, Route *route)
{
  char destination[33], next[33];
  guint length, flags;
  struct in6_addr address;

  if (sscanf (line, "%32s %x %*s %*x %32s %x %*x %*x %x %15s", destination, &length, next,
              &route->metric, &flags, route->device) != 6)
    return FALSE;
  if (length != 0 || strspn (destination, "0") != 32 || (flags & ROUTE_UP) == 0 ||
      !parse_address6 (next, &address) || g_str_equal (route->device, "lo"))
    return FALSE;

  route->gateway[0] = '\0';
  if (!IN6_IS_ADDR_UNSPECIFIED (&address))
    inet_ntop (AF_INET6, &address, route->gateway, sizeof route->gateway);
  return TRUE;
}

/* The default route that the system takes: that of the lowest metric. */
static gboolean
find_route (char **lines, gboolean (*parse) (const char *, Route *), Route *best)
{
  gboolean found = FALSE;

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      Route route;

      if (!parse (lines[i], &route) || (found && route.metric >= best->metric))
        continue;
      *best = route;
      found = TRUE;
    }
  return found;
}

static char *
find_neighbour (const char *folder, const Route *route)
{
  g_auto (GStrv) lines = read_lines (folder, "arp");

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    {
      char address[INET_ADDRSTRLEN], hardware[24], device[NAME_LENGTH];
      guint flags;

      if (sscanf (lines[i], "%15s %*x %x %23s %*s %15s", address, &flags, hardware, device) == 4 &&
          (flags & NEIGHBOUR_COMPLETE) != 0 && g_str_equal (address, route->gateway) &&
          g_str_equal (device, route->device))
        return g_ascii_strdown (hardware, -1);
    }
  return NULL;
}

static char *
describe_route (const char *folder, const Route *route)
{
  g_autofree char *hardware = NULL;

  if (route->gateway[0] == '\0')
    return g_strdup_printf ("dev %s", route->device);

  hardware = find_neighbour (folder, route);
  if (hardware != NULL)
    return g_strdup_printf ("%s %s", route->gateway, hardware);
  return g_strdup_printf ("%s dev %s", route->gateway, route->device);
}

/**
 * bijou_network_key_read:
 * @folder: (nullable): where the kernel tells its routes, %NULL for `/proc/net`
 *
 * Says on which network the computer is: `192.168.1.1 02:fc:00:00:00:05`, the gateway of the
 * default route and its hardware address; with `dev wlan0` in place of that while the gateway was
 * not talked with, and for IPv6, whose neighbours are not in files. A few small files; any thread.
 *
 * Returns: (transfer full) (nullable): the key, `unrouted` without a default route, %NULL where the
 *   kernel does not tell
 */
char *
bijou_network_key_read (const char *folder)
{
  const char *from = folder == NULL ? SYSTEM_FOLDER : folder;
  g_auto (GStrv) lines = read_lines (from, "route");
  g_auto (GStrv) lines6 = read_lines (from, "ipv6_route");
  Route route;

  if (find_route (lines, parse_route, &route) || find_route (lines6, parse_route6, &route))
    return describe_route (from, &route);
  return lines == NULL && lines6 == NULL ? NULL : g_strdup ("unrouted");
}
