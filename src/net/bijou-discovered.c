#include "config.h"

#include "bijou-discovery.h"

#include <string.h>

#define MAX_ID 64
#define MAX_NAME 120
#define MAX_VERSION 60
#define MAX_URLS 6

static gboolean
is_id (const char *text)
{
  gsize length = strspn (text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_.");

  return length > 0 && length <= MAX_ID && text[length] == '\0';
}

/**
 * bijou_discovered_new:
 * @server_id: (nullable): what a reply gives as the server's identifier
 *
 * Returns: (transfer full) (nullable): a record with no addresses; %NULL when @server_id can be no
 *   server's
 */
BijouDiscovered *
bijou_discovered_new (const char *server_id)
{
  BijouDiscovered *self;

  if (server_id == NULL || !is_id (server_id))
    return NULL;

  self = g_new0 (BijouDiscovered, 1);
  self->server_id = g_strdup (server_id);
  self->urls = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * bijou_discovered_copy:
 * @self: a record
 *
 * Returns: (transfer full): a copy
 */
BijouDiscovered *
bijou_discovered_copy (const BijouDiscovered *self)
{
  BijouDiscovered *copy = bijou_discovered_new (self->server_id);

  copy->backend = self->backend;
  copy->host = g_strdup (self->host);
  copy->name = g_strdup (self->name);
  copy->version = g_strdup (self->version);
  for (guint i = 0; i < self->urls->len; i++)
    g_ptr_array_add (copy->urls, g_strdup (self->urls->pdata[i]));
  return copy;
}

/**
 * bijou_discovered_free:
 * @self: (transfer full): a record
 */
void
bijou_discovered_free (BijouDiscovered *self)
{
  g_free (self->host);
  g_free (self->server_id);
  g_free (self->name);
  g_free (self->version);
  g_ptr_array_unref (self->urls);
  g_free (self);
}

/* Characters that turn or hide what stands around them. */
static gboolean
is_trick (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
}

/* One line of at most @max characters that may be shown to people. */
static char *
clean_text (const char *text, gssize length, guint max)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && max > 0; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_trick (c))
        continue;
      g_string_append_unichar (clean, g_unichar_iscntrl (c) || g_unichar_isspace (c) ? ' ' : c);
      max--;
    }
  g_strstrip (clean->str);
  return *clean->str != '\0' ? g_strdup (clean->str) : NULL;
}

/**
 * bijou_discovered_set_name:
 * @self: a record
 * @text: any bytes
 * @length: how many, -1 when it ends with a NUL
 *
 * Sets the name, made fit for showing.
 */
void
bijou_discovered_set_name (BijouDiscovered *self, const char *text, gssize length)
{
  g_free (self->name);
  self->name = clean_text (text, length, MAX_NAME);
}

/**
 * bijou_discovered_set_version:
 * @self: a record
 * @text: any bytes
 * @length: how many, -1 when it ends with a NUL
 *
 * Sets the version, made fit for showing.
 */
void
bijou_discovered_set_version (BijouDiscovered *self, const char *text, gssize length)
{
  g_free (self->version);
  self->version = clean_text (text, length, MAX_VERSION);
}

/**
 * bijou_discovered_add_url:
 * @self: a record
 * @url: a base URL
 *
 * Adds an address behind the others, unless it is known or there are enough.
 */
void
bijou_discovered_add_url (BijouDiscovered *self, const char *url)
{
  if (self->urls->len < MAX_URLS &&
      !g_ptr_array_find_with_equal_func (self->urls, url, g_str_equal, NULL))
    g_ptr_array_add (self->urls, g_strdup (url));
}
