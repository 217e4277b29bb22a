#include "config.h"

#include "bijou-spelled-host.h"

#include <gio/gio.h>
#include <string.h>

/* `192-168-1-5.<hash>.plex.direct` spells its own address: routers that guard against DNS rebinding
 * refuse to resolve such names, so they are never asked. The name stays what TLS verifies. */
#define SUFFIX ".plex.direct"

static gboolean
is_plex_direct (const char *host)
{
  gsize length = strlen (host);

  return length > strlen (SUFFIX) &&
         g_ascii_strcasecmp (host + length - strlen (SUFFIX), SUFFIX) == 0;
}

/* inet_aton() and friends take `1.2` and `010.1.1.1` too; a name spells four plain numbers. */
static char *
spell_ipv4 (const char *label)
{
  g_auto (GStrv) parts = g_strsplit (label, "-", -1);

  if (g_strv_length (parts) != 4)
    return NULL;
  for (guint i = 0; i < 4; i++)
    {
      gsize digits = strspn (parts[i], "0123456789");

      if (digits == 0 || digits > 3 || parts[i][digits] != '\0' ||
          (digits > 1 && parts[i][0] == '0') || atoi (parts[i]) > 255)
        return NULL;
    }
  return g_strjoinv (".", parts);
}

static char *
spell_ipv6 (const char *label)
{
  g_autofree char *text = g_strdup (label);
  g_autoptr (GInetAddress) address = NULL;

  if (strspn (label, "0123456789abcdefABCDEF-") != strlen (label))
    return NULL;
  g_strdelimit (text, "-", ':');
  address = g_inet_address_new_from_string (text);
  if (address == NULL || g_inet_address_get_family (address) != G_SOCKET_FAMILY_IPV6)
    return NULL;
  return g_inet_address_to_string (address);
}

/**
 * bijou_spelled_host_get_address:
 * @host: a host
 *
 * Returns: (transfer full) (nullable): the IPv4 or IPv6 address that @host spells; %NULL when it is
 *   no name of plex.direct, or one that spells none, which is left to DNS
 */
char *
bijou_spelled_host_get_address (const char *host)
{
  g_autofree char *label = NULL;
  char *address;

  if (!is_plex_direct (host))
    return NULL;
  label = g_strndup (host, strcspn (host, "."));
  address = spell_ipv4 (label);
  return address != NULL ? address : spell_ipv6 (label);
}

/**
 * bijou_spelled_host_make_entry:
 * @url: an absolute URL
 *
 * Returns: (transfer full) (nullable): `HOST:PORT:ADDRESS` as CURLOPT_RESOLVE takes it; %NULL when
 *   DNS is to be asked
 */
char *
bijou_spelled_host_make_entry (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autofree char *address = NULL;
  int port;

  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  address = bijou_spelled_host_get_address (g_uri_get_host (uri));
  if (address == NULL)
    return NULL;

  port = g_uri_get_port (uri);
  if (port == -1)
    port = g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80;
  return g_strdup_printf (strchr (address, ':') != NULL ? "%s:%d:[%s]" : "%s:%d:%s",
                          g_uri_get_host (uri), port, address);
}
