#include "config.h"

#include "bijou-json.h"

#include "bijou-error.h"

#include <errno.h>
#include <math.h>

/* No answer of a media server is near this; a body that is larger is hostile. */
#define MAX_BODY (256 * 1024 * 1024)

/* json-glib recurses, so the nesting of hostile input is limited before it is parsed. */
#define MAX_DEPTH 200

static gboolean
is_too_deep (const char *text)
{
  guint depth = 0;
  gboolean quoted = FALSE;

  for (const char *p = text; *p != '\0'; p++)
    {
      if (quoted && *p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '"')
        quoted = !quoted;
      else if (!quoted && (*p == '{' || *p == '['))
        {
          if (++depth > MAX_DEPTH)
            return TRUE;
        }
      else if (!quoted && (*p == '}' || *p == ']') && depth > 0)
        depth--;
    }
  return FALSE;
}

/* Text in Latin-1 among UTF-8 is met in library titles: each stray byte becomes the character that
 * it is in Latin-1, which shows what was meant where g_utf8_make_valid() would show a question
 * mark. Control characters are illegal inside JSON strings and become spaces. */
static char *
make_text (const char *data, gsize length)
{
  GString *text = g_string_sized_new (length + 16);
  const char *p = data;
  const char *end = data + length;

  while (p < end)
    {
      gunichar c = g_utf8_get_char_validated (p, end - p);

      if (*p == '\0' || ((guchar) *p < 0x20 && *p != '\n' && *p != '\r' && *p != '\t'))
        {
          g_string_append_c (text, ' ');
          p++;
        }
      else if (c == (gunichar) -1 || c == (gunichar) -2)
        g_string_append_unichar (text, (guchar) *p++);
      else
        {
          const char *next = g_utf8_next_char (p);

          g_string_append_len (text, p, next - p);
          p = next;
        }
    }
  return g_string_free (text, FALSE);
}

static gboolean
needs_mending (const char *data, gsize length)
{
  if (!g_utf8_validate (data, length, NULL))
    return TRUE;
  for (gsize i = 0; i < length; i++)
    if ((guchar) data[i] < 0x20 && data[i] != '\n' && data[i] != '\r' && data[i] != '\t')
      return TRUE;
  return FALSE;
}

/* The number behind `\u`; -1 for anything else. */
static int
read_escape (const char *p)
{
  int code = 0;

  if (p[0] != '\\' || p[1] != 'u')
    return -1;
  for (guint i = 2; i < 6; i++)
    {
      if (!g_ascii_isxdigit (p[i]))
        return -1;
      code = code * 16 + g_ascii_xdigit_value (p[i]);
    }
  return code;
}

/* json-glib makes invalid UTF-8 of half a surrogate pair, of an escape that is cut short, and of an
 * octal one, which JSON has not. */
static void
mend_escapes (char *text)
{
  for (char *p = strchr (text, '\\'); p != NULL; p = strchr (p, '\\'))
    {
      int code = read_escape (p);
      int next = code >= 0xd800 && code < 0xdc00 ? read_escape (p + 6) : -1;

      if (next >= 0xdc00 && next < 0xe000)
        p += 6;
      else if (code >= 0xd800 && code < 0xe000)
        memcpy (p + 2, "fffd", 4);
      else if (code < 0 && (p[1] == 'u' || g_ascii_isdigit (p[1])))
        *p = ' ';
      p += code >= 0 ? 6 : p[1] != '\0' ? 2 : 1;
    }
}

/**
 * bijou_json_parse:
 * @data: bytes that should be JSON
 * @length: their number, or -1 for a terminated string
 * @error: return location
 *
 * Parses an answer, mending what is not valid UTF-8 first.
 *
 * Returns: (transfer full) (nullable): the root, or %NULL with %BIJOU_ERROR_PROTOCOL
 */
JsonNode *
bijou_json_parse (const char *data, gssize length, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (GError) local = NULL;
  gsize size = length >= 0 ? (gsize) length : strlen (data);
  g_autofree char *text = NULL;
  JsonNode *root;

  if (size > MAX_BODY)
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "JSON of %" G_GSIZE_FORMAT " bytes",
                   size);
      return NULL;
    }
  text = needs_mending (data, size) ? make_text (data, size) : g_strndup (data, size);
  mend_escapes (text);
  if (is_too_deep (text))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "JSON is nested too deep");
      return NULL;
    }
  if (!json_parser_load_from_data (parser, text, -1, &local))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "Not JSON: %s", local->message);
      return NULL;
    }
  root = json_parser_steal_root (parser);
  if (root == NULL)
    g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "Empty JSON");
  return root;
}

/**
 * bijou_json_parse_object:
 * @data: bytes that should be a JSON object
 * @length: their number, or -1
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the object, or %NULL with %BIJOU_ERROR_PROTOCOL
 */
JsonObject *
bijou_json_parse_object (const char *data, gssize length, GError **error)
{
  g_autoptr (JsonNode) root = bijou_json_parse (data, length, error);

  if (root == NULL)
    return NULL;
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL, "JSON is not an object");
      return NULL;
    }
  return json_node_dup_object (root);
}

static JsonNode *
get_value (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

/**
 * bijou_json_get_string:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: (transfer none) (nullable): the string; %NULL for other types, see bijou_json_dup_text()
 */
const char *
bijou_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name);

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING)
    return NULL;
  return json_node_get_string (node);
}

/**
 * bijou_json_dup_string:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: (transfer full) (nullable): a copy of the string, %NULL when it is absent or empty
 */
char *
bijou_json_dup_string (JsonObject *object, const char *name)
{
  const char *text = bijou_json_get_string (object, name);

  return text != NULL && *text != '\0' ? g_strdup (text) : NULL;
}

/**
 * bijou_json_dup_text:
 * @object: (nullable): an object
 * @name: a member that is an identifier or a number written either way
 *
 * Returns: (transfer full) (nullable): the string, or the number or boolean as one
 */
char *
bijou_json_dup_text (JsonObject *object, const char *name)
{
  JsonNode *node = get_value (object, name);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (type == G_TYPE_STRING)
    return bijou_json_dup_string (object, name);
  if (type == G_TYPE_INT64)
    return g_strdup_printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  if (type == G_TYPE_DOUBLE)
    return g_strdup (g_ascii_dtostr (number, sizeof number, json_node_get_double (node)));
  if (type == G_TYPE_BOOLEAN)
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  return NULL;
}

static gint64
clamp_to_int (double value, gint64 fallback)
{
  if (isnan (value) || value < -9.2e18 || value > 9.2e18)
    return fallback;
  return (gint64) value;
}

static gint64
parse_int (const char *text, gint64 fallback)
{
  char *end = NULL;
  gint64 value;

  errno = 0;
  value = g_ascii_strtoll (text, &end, 10);
  if (end == text || errno != 0)
    return fallback;
  if (*end == '.')
    return clamp_to_int (g_ascii_strtod (text, NULL), fallback);
  return value;
}

/**
 * bijou_json_get_int:
 * @object: (nullable): an object
 * @name: a member
 * @fallback: the value when there is none
 *
 * Returns: the integer; strings and doubles are read as one, booleans are 1 and 0
 */
gint64
bijou_json_get_int (JsonObject *object, const char *name, gint64 fallback)
{
  JsonNode *node = get_value (object, name);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type == G_TYPE_INT64)
    return json_node_get_int (node);
  if (type == G_TYPE_DOUBLE)
    return clamp_to_int (json_node_get_double (node), fallback);
  if (type == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node) ? 1 : 0;
  if (type == G_TYPE_STRING)
    return parse_int (json_node_get_string (node), fallback);
  return fallback;
}

/**
 * bijou_json_get_double:
 * @object: (nullable): an object
 * @name: a member
 * @fallback: the value when there is none
 *
 * Returns: the number, finite; strings are read as one
 */
double
bijou_json_get_double (JsonObject *object, const char *name, double fallback)
{
  JsonNode *node = get_value (object, name);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;
  double value = fallback;

  if (type == G_TYPE_DOUBLE || type == G_TYPE_INT64)
    value = json_node_get_double (node);
  else if (type == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);
      char *end = NULL;

      value = g_ascii_strtod (text, &end);
      if (end == text)
        value = fallback;
    }
  return isfinite (value) ? value : fallback;
}

/**
 * bijou_json_get_boolean:
 * @object: (nullable): an object
 * @name: a member
 * @fallback: the value when there is none
 *
 * Returns: the boolean; 1, "1" and "true" are %TRUE
 */
gboolean
bijou_json_get_boolean (JsonObject *object, const char *name, gboolean fallback)
{
  JsonNode *node = get_value (object, name);
  GType type = node != NULL ? json_node_get_value_type (node) : G_TYPE_INVALID;

  if (type == G_TYPE_BOOLEAN)
    return json_node_get_boolean (node);
  if (type == G_TYPE_INT64)
    return json_node_get_int (node) != 0;
  if (type == G_TYPE_STRING)
    {
      const char *text = json_node_get_string (node);

      return g_ascii_strcasecmp (text, "true") == 0 || g_strcmp0 (text, "1") == 0;
    }
  return fallback;
}

/**
 * bijou_json_has:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: whether the member is there and not null
 */
gboolean
bijou_json_has (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && !JSON_NODE_HOLDS_NULL (node);
}

/**
 * bijou_json_get_object:
 * @object: (nullable): an object
 * @name: a member
 *
 * Returns: (transfer none) (nullable): the object, or the first one of an array of objects
 */
JsonObject *
bijou_json_get_object (JsonObject *object, const char *name)
{
  g_autoptr (GPtrArray) objects = bijou_json_get_objects (object, name);

  return objects->len > 0 ? g_ptr_array_index (objects, 0) : NULL;
}

/**
 * bijou_json_get_objects:
 * @object: (nullable): an object
 * @name: a member
 *
 * The objects of an array; a single object counts as an array of one; what is no object is skipped.
 *
 * Returns: (transfer container) (element-type JsonObject): never %NULL; valid as long as @object
 */
GPtrArray *
bijou_json_get_objects (JsonObject *object, const char *name)
{
  return bijou_json_node_get_objects (object != NULL ? json_object_get_member (object, name)
                                                     : NULL);
}

/**
 * bijou_json_node_get_objects:
 * @node: (nullable): an array, an object or anything
 *
 * Like bijou_json_get_objects(), for answers that are a bare array.
 *
 * Returns: (transfer container) (element-type JsonObject): never %NULL; valid as long as @node
 */
GPtrArray *
bijou_json_node_get_objects (JsonNode *node)
{
  GPtrArray *objects = g_ptr_array_new ();

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    g_ptr_array_add (objects, json_node_get_object (node));
  else if (node != NULL && JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          JsonNode *element = json_array_get_element (array, i);

          if (JSON_NODE_HOLDS_OBJECT (element))
            g_ptr_array_add (objects, json_node_get_object (element));
        }
    }
  return objects;
}

static void
add_text (GStrvBuilder *builder, JsonNode *element, const char *member)
{
  const char *text = NULL;

  if (member != NULL && JSON_NODE_HOLDS_OBJECT (element))
    text = bijou_json_get_string (json_node_get_object (element), member);
  else if (JSON_NODE_HOLDS_VALUE (element) && json_node_get_value_type (element) == G_TYPE_STRING)
    text = json_node_get_string (element);

  if (text != NULL && *text != '\0')
    g_strv_builder_add (builder, text);
}

/**
 * bijou_json_dup_strings:
 * @object: (nullable): an object
 * @name: a member that is an array of strings, or of objects
 * @member: (nullable): which member of those objects
 *
 * Returns: (transfer full) (nullable): the strings, %NULL when there is none
 */
char **
bijou_json_dup_strings (JsonObject *object, const char *name, const char *member)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) strings = NULL;

  if (node == NULL)
    return NULL;
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      for (guint i = 0; i < json_array_get_length (array); i++)
        add_text (builder, json_array_get_element (array, i), member);
    }
  else
    add_text (builder, node, member);

  strings = g_strv_builder_end (builder);
  return strings[0] != NULL ? g_steal_pointer (&strings) : NULL;
}

/**
 * bijou_json_to_text:
 * @node: a tree
 *
 * Returns: (transfer full): @node on one line
 */
char *
bijou_json_to_text (JsonNode *node)
{
  return json_to_string (node, FALSE);
}
