#include "config.h"

#include "bijou-url.h"

#include <gio/gio.h>
#include <string.h>

struct _BijouQuery
{
  GString *text; /* (owned) */
  gboolean open; /* a `?` was written */
};

/**
 * bijou_query_new:
 * @path: a path or an absolute URL, which may already carry a query
 *
 * Returns: (transfer full): a builder, to be ended with bijou_query_end()
 */
BijouQuery *
bijou_query_new (const char *path)
{
  BijouQuery *self = g_new0 (BijouQuery, 1);

  self->text = g_string_new (path);
  self->open = strchr (path, '?') != NULL;
  return self;
}

static void
append_separator (BijouQuery *self)
{
  char last = self->text->len > 0 ? self->text->str[self->text->len - 1] : '\0';

  if (!self->open)
    g_string_append_c (self->text, '?');
  else if (last != '?' && last != '&')
    g_string_append_c (self->text, '&');
  self->open = TRUE;
}

/**
 * bijou_query_add:
 * @self: a query
 * @name: a parameter's name
 * @value: (nullable): its value in UTF-8; %NULL adds nothing
 *
 * Adds `name=value`, both percent-encoded.
 */
void
bijou_query_add (BijouQuery *self, const char *name, const char *value)
{
  if (value == NULL)
    return;

  append_separator (self);
  g_string_append_uri_escaped (self->text, name, NULL, FALSE);
  g_string_append_c (self->text, '=');
  g_string_append_uri_escaped (self->text, value, NULL, FALSE);
}

/**
 * bijou_query_add_int:
 * @self: a query
 * @name: a parameter's name
 * @value: its value
 *
 * Adds `name=value`, also when @value is 0.
 */
void
bijou_query_add_int (BijouQuery *self, const char *name, gint64 value)
{
  append_separator (self);
  g_string_append_uri_escaped (self->text, name, NULL, FALSE);
  g_string_append_printf (self->text, "=%" G_GINT64_FORMAT, value);
}

/**
 * bijou_query_add_raw:
 * @self: a query
 * @encoded: (nullable): one or more parameters that are encoded already
 *
 * Adds @encoded as it is; for Plex filters, whose operators must not be encoded in full.
 */
void
bijou_query_add_raw (BijouQuery *self, const char *encoded)
{
  if (encoded == NULL || *encoded == '\0')
    return;

  append_separator (self);
  g_string_append (self->text, encoded);
}

/**
 * bijou_query_end:
 * @self: (transfer full): a query
 *
 * Returns: (transfer full): the finished URL
 */
char *
bijou_query_end (BijouQuery *self)
{
  char *text = g_string_free (self->text, FALSE);

  g_free (self);
  return text;
}

/**
 * bijou_url_join:
 * @base: a base URL, with or without a path and a trailing slash
 * @path: a path with its query
 *
 * Puts @path under @base; the base's own path is kept (Jellyfin behind `/jellyfin`).
 *
 * Returns: (transfer full): an absolute URL
 */
char *
bijou_url_join (const char *base, const char *path)
{
  gsize length = strlen (base);

  while (length > 0 && base[length - 1] == '/')
    length--;
  while (*path == '/')
    path++;
  return g_strdup_printf ("%.*s/%s", (int) length, base, path);
}

/**
 * bijou_url_is_under:
 * @url: an absolute URL
 * @base: a base URL with no trailing slash
 *
 * Whether @url is @base, or one that bijou_url_join() could have made of it.
 */
gboolean
bijou_url_is_under (const char *url, const char *base)
{
  gsize length = strlen (base);

  return strncmp (url, base, length) == 0 &&
         (url[length] == '\0' || url[length] == '/' || url[length] == '?');
}

static int
get_port (GUri *uri)
{
  int port = g_uri_get_port (uri);

  if (port != -1)
    return port;
  return g_str_equal (g_uri_get_scheme (uri), "https") ? 443 : 80;
}

/**
 * bijou_url_same_origin:
 * @a: an absolute URL
 * @b: another
 *
 * Whether both have the same scheme, host and port. Something that is no URL has no origin.
 */
gboolean
bijou_url_same_origin (const char *a, const char *b)
{
  g_autoptr (GUri) left = g_uri_parse (a, G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autoptr (GUri) right = g_uri_parse (b, G_URI_FLAGS_PARSE_RELAXED, NULL);

  if (left == NULL || right == NULL)
    return FALSE;
  if (g_uri_get_host (left) == NULL || g_uri_get_host (right) == NULL)
    return FALSE;

  return g_str_equal (g_uri_get_scheme (left), g_uri_get_scheme (right)) &&
         g_ascii_strcasecmp (g_uri_get_host (left), g_uri_get_host (right)) == 0 &&
         get_port (left) == get_port (right);
}

/**
 * bijou_url_resolve:
 * @base: an absolute URL
 * @reference: what a server gave: an absolute URL or one relative to @base
 *
 * Returns: (transfer full) (nullable): an absolute URL; %NULL for nonsense
 */
char *
bijou_url_resolve (const char *base, const char *reference)
{
  g_autoptr (GUri) from = g_uri_parse (base, G_URI_FLAGS_PARSE_RELAXED, NULL);
  g_autoptr (GUri) to = NULL;
  const char *path;

  if (from == NULL)
    return NULL;
  to = g_uri_parse_relative (from, reference, G_URI_FLAGS_PARSE_RELAXED, NULL);
  if (to == NULL || g_uri_get_host (to) == NULL)
    return NULL;
  /* GLib reads "http://a;b" and refuses to write it. */
  path = g_uri_get_path (to);
  return *path == '\0' || *path == '/' ? g_uri_to_string (to) : NULL;
}
