#include "config.h"

#include "bijou-address-route.h"

#include "bijou-spelled-host.h"

#include <gio/gio.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

/* Its bytes in network order; 0 when it has no such bytes. */
static gsize
get_bytes (const struct sockaddr *address, const guint8 **bytes)
{
  if (address == NULL)
    return 0;
  if (address->sa_family == AF_INET)
    {
      *bytes = (const guint8 *) &((const struct sockaddr_in *) (const void *) address)->sin_addr;
      return 4;
    }
  if (address->sa_family == AF_INET6)
    {
      *bytes = (const guint8 *) &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr;
      return 16;
    }
  return 0;
}

static gboolean
is_in_network (const guint8 *host, gsize size, const struct ifaddrs *interface)
{
  const guint8 *own = NULL, *mask = NULL;

  if (get_bytes (interface->ifa_addr, &own) != size ||
      get_bytes (interface->ifa_netmask, &mask) != size)
    return FALSE;
  for (gsize i = 0; i < size; i++)
    if ((host[i] & mask[i]) != (own[i] & mask[i]))
      return FALSE;
  return TRUE;
}

static gboolean
is_other_end (const guint8 *host, gsize size, const struct ifaddrs *interface)
{
  const guint8 *other = NULL;

  return get_bytes (interface->ifa_dstaddr, &other) == size && memcmp (host, other, size) == 0;
}

/* Tunnels are links from point to point: wg0, tun0, tailscale0, ppp0. */
static gboolean
is_behind_tunnel (const guint8 *host, gsize size)
{
  struct ifaddrs *interfaces = NULL;
  gboolean found = FALSE;

  if (getifaddrs (&interfaces) != 0)
    return FALSE;
  for (const struct ifaddrs *i = interfaces; i != NULL && !found; i = i->ifa_next)
    found = (i->ifa_flags & IFF_POINTOPOINT) != 0 && (i->ifa_flags & IFF_UP) != 0 &&
            (is_in_network (host, size, i) || is_other_end (host, size, i));
  freeifaddrs (interfaces);
  return found;
}

/* 100.64.0.0/10, which overlay networks give out. */
static gboolean
is_shared_space (const guint8 *host, gsize size)
{
  return size == 4 && host[0] == 100 && (host[1] & 0xc0) == 64;
}

/**
 * bijou_address_route_is_vpn:
 * @url: a base URL
 *
 * Returns: whether its host is in an overlay network, or at the other end of a tunnel
 */
gboolean
bijou_address_route_is_vpn (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autofree char *spelled = NULL;
  g_autoptr (GInetAddress) address = NULL;
  const guint8 *bytes;
  gsize size;

  if (host == NULL)
    return FALSE;
  if (g_str_has_suffix (host, ".ts.net"))
    return TRUE;
  spelled = bijou_spelled_host_get_address (host);
  address = g_inet_address_new_from_string (spelled != NULL ? spelled : host);
  if (address == NULL || g_inet_address_get_is_loopback (address))
    return FALSE;
  bytes = g_inet_address_to_bytes (address);
  size = g_inet_address_get_native_size (address);
  return is_shared_space (bytes, size) || is_behind_tunnel (bytes, size);
}
