#include "config.h"

#include "bijou-plex-discovery.h"

#include <string.h>

#define DEFAULT_PORT 32400
#define PLEX_DIRECT ".plex.direct"

/* One header of a reply, by its name; the value lies inside of the reply. */
typedef struct
{
  const char *value;
  gsize length;
} Field;

static gboolean
read_line (const char **position, const char *end, const char **line, gsize *length)
{
  const char *newline;

  if (*position >= end)
    return FALSE;
  *line = *position;
  newline = memchr (*position, '\n', (gsize) (end - *position));
  *length = (gsize) ((newline != NULL ? newline : end) - *line);
  *position = newline != NULL ? newline + 1 : end;
  while (*length > 0 && g_ascii_isspace ((*line)[*length - 1]))
    (*length)--;
  return TRUE;
}

static gboolean
find_field (const char *reply, gsize size, const char *name, Field *field)
{
  const char *position = reply;
  const char *line;
  gsize length;
  gsize name_length = strlen (name);

  while (read_line (&position, reply + size, &line, &length))
    {
      if (length <= name_length || line[name_length] != ':' ||
          g_ascii_strncasecmp (line, name, name_length) != 0)
        continue;
      field->value = line + name_length + 1;
      field->length = length - name_length - 1;
      for (; field->length > 0 && g_ascii_isspace (*field->value); field->length--)
        field->value++;
      return field->length > 0;
    }
  return FALSE;
}

/* NULL also for what holds a NUL. */
static char *
dup_field (const char *reply, gsize length, const char *name)
{
  Field field;

  if (!find_field (reply, length, name, &field) || memchr (field.value, '\0', field.length) != NULL)
    return NULL;
  return g_strndup (field.value, field.length);
}

static guint
get_port (const char *reply, gsize length)
{
  g_autofree char *text = dup_field (reply, length, "Port");
  guint64 port;

  if (text == NULL)
    return DEFAULT_PORT;
  return g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &port, NULL) ? (guint) port : 0;
}

static gboolean
is_plex_direct (const char *host)
{
  gsize label = strspn (host, G_CSET_a_2_z G_CSET_DIGITS);

  return label > 0 && label <= 63 && strcmp (host + label, PLEX_DIRECT) == 0;
}

/* The one place where a client makes a plex.direct name itself. */
static char *
make_url (const char *reply, gsize length, GInetAddress *source)
{
  g_autofree char *host = dup_field (reply, length, "Host");
  g_autofree char *address = g_inet_address_to_string (source);
  gboolean bracketed = g_inet_address_get_family (source) == G_SOCKET_FAMILY_IPV6;
  guint port = get_port (reply, length);

  if (port == 0)
    return NULL;
  if (host == NULL || !is_plex_direct (host))
    return g_strdup_printf (bracketed ? "http://[%s]:%u" : "http://%s:%u", address, port);
  return g_strdup_printf ("https://%s.%s:%u", g_strdelimit (address, ".:", '-'), host, port);
}

/**
 * bijou_plex_parse_discovery:
 * @reply: what came
 * @length: its length
 * @source: who sent it
 *
 * Reads an answer to `M-SEARCH` at port 32414. Players answer too, and are left out.
 *
 * Returns: (transfer full) (nullable): the server
 */
BijouDiscovered *
bijou_plex_parse_discovery (const char *reply, gsize length, GInetAddress *source)
{
  g_autofree char *type = dup_field (reply, length, "Content-Type");
  g_autofree char *id = dup_field (reply, length, "Resource-Identifier");
  g_autofree char *url = NULL;
  g_autoptr (BijouDiscovered) discovered = NULL;
  Field field;

  if (length < strlen ("HTTP/1.0 200") || memcmp (reply, "HTTP/1.", 7) != 0 ||
      memcmp (reply + 8, " 200", 4) != 0 || g_strcmp0 (type, "plex/media-server") != 0)
    return NULL;
  discovered = bijou_discovered_new (id);
  url = make_url (reply, length, source);
  if (discovered == NULL || url == NULL)
    return NULL;

  if (find_field (reply, length, "Name", &field))
    bijou_discovered_set_name (discovered, field.value, (gssize) field.length);
  if (find_field (reply, length, "Version", &field))
    bijou_discovered_set_version (discovered, field.value, (gssize) field.length);
  bijou_discovered_add_url (discovered, url);
  return g_steal_pointer (&discovered);
}

/* What follows the spelled address: it is certified for one server only. */
static char *
dup_certified (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  const char *dot = host != NULL ? strchr (host, '.') : NULL;

  return dot != NULL && is_plex_direct (dot + 1) ? g_ascii_strdown (dot + 1, -1) : NULL;
}

/**
 * bijou_plex_accepts_url:
 * @server: a known server
 * @url: an address that somebody in the local network gave for it
 *
 * A name below `plex.direct` proves with its certificate which server is there, as long as it is
 * below the name that plex.tv gave.
 *
 * Returns: %FALSE when it is another server's
 */
gboolean
bijou_plex_accepts_url (BijouServer *server, const char *url)
{
  g_autofree char *certified = dup_certified (url);
  gboolean accepts = TRUE;

  for (guint i = 0; certified != NULL && i < server->addresses->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (server->addresses, i);
      g_autofree char *known = dup_certified (address->url);

      if (known != NULL && g_str_equal (known, certified))
        return TRUE;
      accepts = accepts && known == NULL;
    }
  return accepts;
}
