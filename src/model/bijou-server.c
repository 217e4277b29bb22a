#include "config.h"

#include "bijou-server.h"

#include <gio/gio.h>

G_DEFINE_BOXED_TYPE (BijouAddress, bijou_address, bijou_address_copy, bijou_address_free)
G_DEFINE_FINAL_TYPE (BijouServer, bijou_server, G_TYPE_OBJECT)

/**
 * bijou_address_new:
 * @url: a base URL, as from bijou_address_normalise_url()
 * @source: where it comes from
 *
 * Returns: (transfer full): an address whose class is guessed from its host
 */
BijouAddress *
bijou_address_new (const char *url, BijouAddressSource source)
{
  BijouAddress *self = g_new0 (BijouAddress, 1);

  self->url = g_strdup (url);
  self->source = source;
  self->address_class = bijou_address_class_from_url (url);
  self->latency_ms = -1;
  return self;
}

/**
 * bijou_address_copy:
 * @self: an address
 *
 * Returns: (transfer full): a copy
 */
BijouAddress *
bijou_address_copy (const BijouAddress *self)
{
  BijouAddress *copy = g_memdup2 (self, sizeof *self);

  copy->url = g_strdup (self->url);
  return copy;
}

/**
 * bijou_address_free:
 * @self: (transfer full): an address
 */
void
bijou_address_free (BijouAddress *self)
{
  g_free (self->url);
  g_free (self);
}

/**
 * bijou_network_winner_new:
 * @network: which network
 * @url: the address that was the one to use there
 * @won_at: when, in seconds since 1970
 *
 * Returns: (transfer full): a winner
 */
BijouNetworkWinner *
bijou_network_winner_new (const char *network, const char *url, gint64 won_at)
{
  BijouNetworkWinner *self = g_new0 (BijouNetworkWinner, 1);

  self->network = g_strdup (network);
  self->url = g_strdup (url);
  self->won_at = won_at;
  return self;
}

/**
 * bijou_network_winner_copy:
 * @self: a winner
 *
 * Returns: (transfer full): a copy
 */
BijouNetworkWinner *
bijou_network_winner_copy (const BijouNetworkWinner *self)
{
  return bijou_network_winner_new (self->network, self->url, self->won_at);
}

/**
 * bijou_network_winner_free:
 * @self: (transfer full): a winner
 */
void
bijou_network_winner_free (BijouNetworkWinner *self)
{
  g_free (self->network);
  g_free (self->url);
  g_free (self);
}

/**
 * bijou_address_class_to_string:
 * @address_class: a class
 *
 * Returns: (transfer none): `lan`, `direct` or `relay`
 */
const char *
bijou_address_class_to_string (BijouAddressClass address_class)
{
  static const char *names[] = { "lan", "direct", "relay" };

  return names[address_class];
}

/**
 * bijou_address_source_to_string:
 * @source: a source
 *
 * Returns: (transfer none): `user`, `account` or `discovery`
 */
const char *
bijou_address_source_to_string (BijouAddressSource source)
{
  static const char *names[] = { "user", "account", "discovery" };

  return names[source];
}

/* 192-168-1-5.<hash>.plex.direct spells the address that it stands for. */
static char *
get_spelled_host (const char *host)
{
  g_auto (GStrv) labels = NULL;

  if (!g_str_has_suffix (host, ".plex.direct"))
    return g_strdup (host);

  labels = g_strsplit (host, ".", 2);
  return g_strdelimit (g_strdup (labels[0]), "-", '.');
}

/**
 * bijou_address_find:
 * @addresses: (element-type BijouAddress): addresses
 * @url: a normalised base URL
 *
 * Returns: (transfer none) (nullable): the one with that URL
 */
BijouAddress *
bijou_address_find (GPtrArray *addresses, const char *url)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      BijouAddress *address = g_ptr_array_index (addresses, i);

      if (g_strcmp0 (address->url, url) == 0)
        return address;
    }
  return NULL;
}

/**
 * bijou_address_count:
 * @addresses: (element-type BijouAddress): addresses
 * @source: where from
 *
 * Returns: how many of them are from there
 */
guint
bijou_address_count (GPtrArray *addresses, BijouAddressSource source)
{
  guint n = 0;

  for (guint i = 0; i < addresses->len; i++)
    n += ((BijouAddress *) g_ptr_array_index (addresses, i))->source == source;
  return n;
}

/**
 * bijou_address_class_from_url:
 * @url: a base URL
 *
 * A guess for addresses that come without a class: private, loopback, link-local and `.local` hosts
 * and bare names are LAN.
 *
 * Returns: %BIJOU_ADDRESS_LAN or %BIJOU_ADDRESS_DIRECT
 */
BijouAddressClass
bijou_address_class_from_url (const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  g_autofree char *spelled = NULL;
  g_autoptr (GInetAddress) address = NULL;

  if (host == NULL)
    return BIJOU_ADDRESS_DIRECT;

  spelled = get_spelled_host (host);
  address = g_inet_address_new_from_string (spelled);
  if (address != NULL)
    return g_inet_address_get_is_site_local (address) || g_inet_address_get_is_loopback (address) ||
                   g_inet_address_get_is_link_local (address)
               ? BIJOU_ADDRESS_LAN
               : BIJOU_ADDRESS_DIRECT;
  if (strchr (spelled, '.') == NULL || g_str_has_suffix (spelled, ".local") ||
      g_str_has_suffix (spelled, ".lan") || g_str_has_suffix (spelled, ".home.arpa"))
    return BIJOU_ADDRESS_LAN;
  return BIJOU_ADDRESS_DIRECT;
}

/* The last segment `web` and what follows: an earlier one, or `/webdav`, is a proxy's base path. */
static void
strip_web (char *path)
{
  char *last = NULL;

  for (char *web = strstr (path, "/web"); web != NULL; web = strstr (web + 1, "/web"))
    if (web[4] == '\0' || web[4] == '/')
      last = web;
  if (last != NULL)
    *last = '\0';
}

/**
 * bijou_address_normalise_url:
 * @text: what a user typed or a server gave: with or without scheme and port
 *
 * Makes a base URL of it: http unless said otherwise, the path kept, no trailing slash, no query,
 * no user and password, no `/web/…` of a copied browser address.
 *
 * Returns: (transfer full) (nullable): the base URL, %NULL when @text is none
 */
char *
bijou_address_normalise_url (const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));
  g_autofree char *full = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GUri) uri = NULL;

  full = strstr (stripped, "://") != NULL ? g_strdup (stripped)
                                          : g_strconcat ("http://", stripped, NULL);
  uri = g_uri_parse (full, G_URI_FLAGS_PARSE_RELAXED, NULL);
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return NULL;
  if (g_strcmp0 (g_uri_get_scheme (uri), "http") != 0 &&
      g_strcmp0 (g_uri_get_scheme (uri), "https") != 0)
    return NULL;

  path = g_strdup (g_uri_get_path (uri));
  if (*path != '\0' && *path != '/') /* "http://a;b": ";b" is a path for GLib, and none to join */
    return NULL;
  strip_web (path);
  while (g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';

  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                     g_uri_get_port (uri), path, NULL, NULL);
}

static void
bijou_server_finalize (GObject *object)
{
  BijouServer *self = BIJOU_SERVER (object);

  g_free (self->id);
  g_free (self->backend);
  g_free (self->name);
  g_free (self->version);
  g_free (self->user_id);
  g_free (self->user_name);
  g_free (self->account_id);
  g_free (self->client_id);
  g_free (self->pin);
  g_ptr_array_unref (self->addresses);
  g_ptr_array_unref (self->winners);

  G_OBJECT_CLASS (bijou_server_parent_class)->finalize (object);
}

static void
bijou_server_class_init (BijouServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_server_finalize;
}

static void
bijou_server_init (BijouServer *self)
{
  self->addresses = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_address_free);
  self->winners = g_ptr_array_new_with_free_func ((GDestroyNotify) bijou_network_winner_free);
}

/**
 * bijou_server_new:
 * @backend: `plex` or `jellyfin`
 * @id: its own identifier
 * @name: its name; an empty one is replaced by @id
 *
 * Returns: (transfer full): a record to be filled before it is handed on
 */
BijouServer *
bijou_server_new (const char *backend, const char *id, const char *name)
{
  BijouServer *self = g_object_new (BIJOU_TYPE_SERVER, NULL);

  self->backend = g_strdup (backend);
  self->id = g_strdup (id);
  self->name = g_strdup (name != NULL && *name != '\0' ? name : id);
  return self;
}

/**
 * bijou_server_copy:
 * @self: a server
 *
 * Returns: (transfer full): a copy that its caller may change before handing it on
 */
BijouServer *
bijou_server_copy (BijouServer *self)
{
  BijouServer *copy = bijou_server_new (self->backend, self->id, self->name);

  copy->version = g_strdup (self->version);
  copy->user_id = g_strdup (self->user_id);
  copy->user_name = g_strdup (self->user_name);
  copy->account_id = g_strdup (self->account_id);
  copy->client_id = g_strdup (self->client_id);
  copy->https_required = self->https_required;
  copy->pin = g_strdup (self->pin);
  for (guint i = 0; i < self->addresses->len; i++)
    g_ptr_array_add (copy->addresses, bijou_address_copy (g_ptr_array_index (self->addresses, i)));
  for (guint i = 0; i < self->winners->len; i++)
    g_ptr_array_add (copy->winners, bijou_network_winner_copy (self->winners->pdata[i]));
  return copy;
}
