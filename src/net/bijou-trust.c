#include "config.h"

#include "bijou-trust.h"

#include <string.h>

#define PIN_PREFIX "sha256//"
/* 32 bytes in base64. */
#define PIN_LENGTH (sizeof PIN_PREFIX - 1 + 44)
#define TOKEN_PUNCTUATION "!#$%&'*+-.^_`|~"

struct _BijouTrust
{
  gatomicrefcount references;
  char *pins;        /* (owned) (nullable) as curl takes them */
  char *headers;     /* (owned) (nullable) one line for each */
  GPtrArray *names;  /* (owned) of char *, parallel to values */
  GPtrArray *values; /* (owned) of char * */
};

static gboolean
is_pin (const char *pin)
{
  g_autofree guchar *hash = NULL;
  gsize length = 0;

  if (!g_str_has_prefix (pin, PIN_PREFIX) || strlen (pin) != PIN_LENGTH)
    return FALSE;
  hash = g_base64_decode (pin + strlen (PIN_PREFIX), &length);
  return length == 32;
}

static gboolean
is_name (const char *name)
{
  if (*name == '\0')
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr (TOKEN_PUNCTUATION, *c) == NULL)
      return FALSE;
  return TRUE;
}

/* What frames the message, or decides where it goes, is not the user's to set. */
static gboolean
is_reserved (const char *name)
{
  static const char *const names[] = { "Host",       "Content-Length", "Transfer-Encoding",
                                       "Connection", "Content-Type",   "Range",
                                       "Expect",     "Upgrade",        "TE",
                                       "Trailer",    "Accept-Encoding" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (name, names[i]) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_value (const char *value)
{
  for (const char *c = value; *c != '\0'; c++)
    if ((guchar) *c < 0x20 || *c == 0x7f)
      return FALSE;
  return *value != '\0';
}

static gboolean
split_line (const char *line, char **name, char **value)
{
  const char *colon = strchr (line, ':');

  if (colon == NULL)
    return FALSE;
  *name = g_strstrip (g_strndup (line, (gsize) (colon - line)));
  *value = g_strstrip (g_strdup (colon + 1));
  if (is_name (*name) && !is_reserved (*name) && is_value (*value))
    return TRUE;
  g_clear_pointer (name, g_free);
  g_clear_pointer (value, g_free);
  return FALSE;
}

/**
 * bijou_trust_check_pins:
 * @pins: what was given as pins
 *
 * Whether it is `sha256//BASE64`, or several of them with semicolons between.
 */
gboolean
bijou_trust_check_pins (const char *pins)
{
  g_auto (GStrv) list = g_strsplit (pins, ";", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (!is_pin (list[i]))
      return FALSE;
  return list[0] != NULL;
}

/**
 * bijou_trust_check_header:
 * @line: what was given as a header
 *
 * Whether it is `Name: value` with a name that may be sent in addition to what a request has.
 */
gboolean
bijou_trust_check_header (const char *line)
{
  g_autofree char *name = NULL;
  g_autofree char *value = NULL;

  return split_line (line, &name, &value);
}

static gboolean
has_pin (GPtrArray *pins, const char *pin)
{
  for (guint i = 0; i < pins->len; i++)
    if (g_str_equal (pins->pdata[i], pin))
      return TRUE;
  return FALSE;
}

static void
collect_pins (GPtrArray *pins, const char *text)
{
  g_auto (GStrv) list = g_strsplit (text == NULL ? "" : text, ";", -1);

  for (guint i = 0; list[i] != NULL; i++)
    if (is_pin (list[i]) && !has_pin (pins, list[i]))
      g_ptr_array_add (pins, g_strdup (list[i]));
}

static char *
join_pins (const char *first, const char *second)
{
  g_autoptr (GPtrArray) pins = g_ptr_array_new_with_free_func (g_free);

  collect_pins (pins, first);
  collect_pins (pins, second);
  if (pins->len == 0)
    return NULL;
  g_ptr_array_add (pins, NULL);
  return g_strjoinv (";", (char **) pins->pdata);
}

static void
take_headers (BijouTrust *self, const char *headers)
{
  g_auto (GStrv) lines = g_strsplit (headers == NULL ? "" : headers, "\n", -1);
  g_autoptr (GString) kept = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *name;
      char *value;

      if (!split_line (lines[i], &name, &value))
        continue;
      g_ptr_array_add (self->names, name);
      g_ptr_array_add (self->values, value);
      g_string_append_printf (kept, "%s%s: %s", kept->len == 0 ? "" : "\n", name, value);
    }
  if (kept->len > 0)
    self->headers = g_string_free (g_steal_pointer (&kept), FALSE);
}

/**
 * bijou_trust_new:
 * @pins: (nullable): public keys, see bijou_trust_check_pins()
 * @headers: (nullable): lines of `Name: value`
 *
 * What is no pin and no header is left out.
 *
 * Returns: (transfer full) (nullable): what is trusted; %NULL when nothing is left
 */
BijouTrust *
bijou_trust_new (const char *pins, const char *headers)
{
  BijouTrust *self = g_new0 (BijouTrust, 1);

  g_atomic_ref_count_init (&self->references);
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->pins = join_pins (pins, NULL);
  take_headers (self, headers);
  if (self->pins == NULL && self->names->len == 0)
    g_clear_pointer (&self, bijou_trust_unref);
  return self;
}

/**
 * bijou_trust_ref:
 * @self: what is trusted
 *
 * Returns: (transfer full): @self
 */
BijouTrust *
bijou_trust_ref (BijouTrust *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_trust_unref:
 * @self: (transfer full): what is trusted
 */
void
bijou_trust_unref (BijouTrust *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_free (self->pins);
  g_free (self->headers);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->values);
  g_free (self);
}

/**
 * bijou_trust_get_pins:
 * @self: (nullable): what is trusted
 *
 * Returns: (transfer none) (nullable): the public keys, as CURLOPT_PINNEDPUBLICKEY takes them
 */
const char *
bijou_trust_get_pins (BijouTrust *self)
{
  return self == NULL ? NULL : self->pins;
}

/**
 * bijou_trust_has_pin:
 * @self: (nullable): what is trusted
 * @pin: the hash of a public key
 *
 * Returns: whether @pin is one of its public keys
 */
gboolean
bijou_trust_has_pin (BijouTrust *self, const char *pin)
{
  g_auto (GStrv) pins = NULL;

  if (self == NULL || self->pins == NULL)
    return FALSE;
  pins = g_strsplit (self->pins, ";", -1);
  return g_strv_contains ((const char *const *) pins, pin);
}

/**
 * bijou_trust_get_headers:
 * @self: (nullable): what is trusted
 *
 * Returns: (transfer none) (nullable): the headers, one on each line; a secret
 */
const char *
bijou_trust_get_headers (BijouTrust *self)
{
  return self == NULL ? NULL : self->headers;
}

/**
 * bijou_trust_get_n_headers:
 * @self: (nullable): what is trusted
 *
 * Returns: how many headers it has
 */
guint
bijou_trust_get_n_headers (BijouTrust *self)
{
  return self == NULL ? 0 : self->names->len;
}

/**
 * bijou_trust_get_header:
 * @self: what is trusted
 * @index: which header
 * @value: (out) (transfer none): its value
 *
 * Returns: (transfer none): its name
 */
const char *
bijou_trust_get_header (BijouTrust *self, guint index, const char **value)
{
  g_return_val_if_fail (index < self->names->len, NULL);

  *value = self->values->pdata[index];
  return self->names->pdata[index];
}

/**
 * bijou_trust_with_pins:
 * @self: (nullable): what is trusted
 * @pins: (nullable): more public keys
 *
 * Returns: (transfer full) (nullable): the same with @pins added
 */
BijouTrust *
bijou_trust_with_pins (BijouTrust *self, const char *pins)
{
  g_autofree char *all = join_pins (bijou_trust_get_pins (self), pins);

  return bijou_trust_new (all, bijou_trust_get_headers (self));
}

/**
 * bijou_trust_for_address:
 * @self: (nullable): what is trusted at a server
 * @address: one of its addresses
 *
 * The secret of a proxy goes to addresses that the user typed, and not to what an account or the
 * network names.
 *
 * Returns: (transfer full) (nullable): what holds for @address
 */
BijouTrust *
bijou_trust_for_address (BijouTrust *self, const BijouAddress *address)
{
  if (self == NULL)
    return NULL;
  if (address->source == BIJOU_ADDRESS_FROM_USER)
    return bijou_trust_ref (self);
  return bijou_trust_new (self->pins, NULL);
}

/**
 * bijou_trust_with_headers:
 * @self: (nullable): what is trusted
 * @headers: (nullable): lines of `Name: value`, %NULL for none
 *
 * Returns: (transfer full) (nullable): the same public keys with @headers in place of its own
 */
BijouTrust *
bijou_trust_with_headers (BijouTrust *self, const char *headers)
{
  return bijou_trust_new (bijou_trust_get_pins (self), headers);
}
