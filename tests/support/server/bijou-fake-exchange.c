#include "config.h"

#include "bijou-fake-exchange.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- the request ---- */

const char *
fake_param (BijouFakeExchange *x, const char *name)
{
  for (guint i = 0; i < x->pairs->len; i++)
    {
      FakePair *pair = &g_array_index (x->pairs, FakePair, i);

      if (x->ignore_case ? g_ascii_strcasecmp (pair->name, name) == 0
                         : strcmp (pair->name, name) == 0)
        return pair->value;
    }
  return NULL;
}

gint64
fake_param_int (BijouFakeExchange *x, const char *name, gint64 fallback)
{
  const char *value = fake_param (x, name);

  return value != NULL && *value != '\0' ? g_ascii_strtoll (value, NULL, 10) : fallback;
}

gboolean
fake_param_bool (BijouFakeExchange *x, const char *name, gboolean fallback)
{
  const char *value = fake_param (x, name);

  if (value == NULL || *value == '\0')
    return fallback;
  return g_ascii_strcasecmp (value, "true") == 0 || strcmp (value, "1") == 0;
}

char **
fake_param_list (BijouFakeExchange *x, const char *name, const char *separator)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < x->pairs->len; i++)
    {
      FakePair *pair = &g_array_index (x->pairs, FakePair, i);
      g_auto (GStrv) parts = NULL;

      if (x->ignore_case ? g_ascii_strcasecmp (pair->name, name) != 0
                         : strcmp (pair->name, name) != 0)
        continue;
      parts = g_strsplit (pair->value, separator, -1);
      for (guint p = 0; parts[p] != NULL; p++)
        if (*parts[p] != '\0')
          g_strv_builder_add (builder, parts[p]);
    }
  return g_strv_builder_end (builder);
}

const char *
fake_header (BijouFakeExchange *x, const char *name)
{
  return soup_message_headers_get_one (soup_server_message_get_request_headers (x->message), name);
}

char *
fake_body_text (BijouFakeExchange *x)
{
  SoupMessageBody *body = soup_server_message_get_request_body (x->message);
  g_autoptr (GBytes) bytes = soup_message_body_flatten (body);
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);

  return g_strndup (data != NULL ? data : "", size);
}

JsonObject *
fake_body_json (BijouFakeExchange *x, JsonParser **parser)
{
  g_autofree char *text = fake_body_text (x);
  JsonNode *root;

  *parser = json_parser_new ();
  if (!json_parser_load_from_data (*parser, text, -1, NULL))
    return NULL;
  root = json_parser_get_root (*parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
}

BijouFakeFault *
fake_fault (BijouFakeExchange *x, BijouFakeFaultKind kind)
{
  for (guint i = 0; i < x->faults->len; i++)
    {
      BijouFakeFault *fault = g_ptr_array_index (x->faults, i);

      if (fault->kind == kind)
        return fault;
    }
  return NULL;
}

char **
fake_match (const char *path, const char *pattern)
{
  g_autoptr (GStrvBuilder) captures = g_strv_builder_new ();
  const char *p = path;
  const char *q = pattern;

  while (*p != '\0' && *q != '\0')
    {
      if (q[0] == '{' && q[1] == '}')
        {
          gsize length = strcspn (p, "/");
          g_autofree char *encoded = g_strndup (p, length);
          g_autofree char *capture = g_uri_unescape_string (encoded, NULL);

          if (length == 0 || capture == NULL)
            return NULL;
          g_strv_builder_add (captures, capture);
          p += length;
          q += 2;
          continue;
        }
      if (*p != *q)
        return NULL;
      p++;
      q++;
    }
  if (p[0] == '/' && p[1] == '\0')
    p++;
  return *p == '\0' && *q == '\0' ? g_strv_builder_end (captures) : NULL;
}

/* ---- the answer ---- */

void
fake_set_header (BijouFakeExchange *x, const char *name, const char *value)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (x->message), name, value);
}

void
fake_set_header_int (BijouFakeExchange *x, const char *name, gint64 value)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  fake_set_header (x, name, text);
}

void
fake_pause (BijouFakeExchange *x)
{
  if (!x->pending)
    soup_server_message_pause (x->message);
  x->pending = TRUE;
}

static void
set_status (BijouFakeExchange *x, guint status)
{
  x->answered = TRUE;
  x->entry->status = status;
  /* libsoup has no words for some. */
  soup_server_message_set_status (x->message, status,
                                  status == 429   ? "Too Many Requests"
                                  : status == 509 ? "Bandwidth Limit Exceeded"
                                                  : NULL);
}

static void
resume (BijouFakeExchange *x)
{
  if (x->pending)
    {
      x->pending = FALSE;
      soup_server_message_unpause (x->message);
    }
}

void
fake_reply_empty (BijouFakeExchange *x, guint status)
{
  set_status (x, status);
  resume (x);
}

static gboolean
accepts_gzip (BijouFakeExchange *x)
{
  const char *accept = fake_header (x, "Accept-Encoding");

  return accept != NULL && strstr (accept, "gzip") != NULL;
}

static GBytes *
compress (GBytes *bytes)
{
  g_autoptr (GZlibCompressor) zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1);
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_bytes (bytes);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (memory, G_CONVERTER (zlib));
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  g_output_stream_splice (out, stream,
                          G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                          NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

/* U+0080 to U+00FF become the one byte which Latin-1 has for them. */
static GBytes *
make_latin1 (GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  GByteArray *out = g_byte_array_new ();

  for (gsize i = 0; i < size; i++)
    {
      guint8 c = data[i];

      if ((c == 0xc2 || c == 0xc3) && i + 1 < size)
        c = (c << 6) | (data[++i] & 0x3f);
      g_byte_array_append (out, &c, 1);
    }
  return g_byte_array_free_to_bytes (out);
}

static GBytes *
spoil_utf8 (GBytes *bytes)
{
  gsize size;
  const char *data = g_bytes_get_data (bytes, &size);
  GString *text = g_string_new_len (data, (gssize) size);

  g_string_replace (text, "\"title\":\"", "\"title\":\"\xbf\x03", 0);
  g_string_replace (text, "\"Name\":\"", "\"Name\":\"\xbf\x03", 0);
  return g_string_free_to_bytes (text);
}

static GBytes *
apply_text_faults (BijouFakeExchange *x, GBytes *bytes)
{
  g_autoptr (GBytes) text = g_bytes_ref (bytes);
  BijouFakeFault *fault = fake_fault (x, BIJOU_FAKE_FAULT_TRUNCATE);

  if (fake_fault (x, BIJOU_FAKE_FAULT_LATIN1))
    {
      GBytes *spoiled = make_latin1 (text);

      g_bytes_unref (text);
      text = spoiled;
    }
  if (fake_fault (x, BIJOU_FAKE_FAULT_BAD_UTF8))
    {
      GBytes *spoiled = spoil_utf8 (text);

      g_bytes_unref (text);
      text = spoiled;
    }
  if (fault != NULL)
    {
      gsize size = g_bytes_get_size (text);

      return g_bytes_new_from_bytes (
          text, 0, fault->text != NULL ? MIN ((gsize) fault->value, size) : size / 2);
    }
  return g_steal_pointer (&text);
}

static void
send_body (BijouFakeExchange *x, GBytes *bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (x->message);
  SoupMessageBody *body = soup_server_message_get_response_body (x->message);

  if (x->method != SOUP_METHOD_HEAD)
    {
      fake_send_bytes (x, bytes);
      return;
    }
  if (x->chunked || fake_fault (x, BIJOU_FAKE_FAULT_CHUNKED) != NULL)
    soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  if (g_bytes_get_size (bytes) > 0)
    soup_message_body_append_bytes (body, bytes);
  soup_message_body_complete (body);
  resume (x);
}

void
fake_reply_bytes (BijouFakeExchange *x, guint status, const char *type, GBytes *bytes)
{
  gboolean is_text = g_str_has_prefix (type, "application/json") || strstr (type, "xml") != NULL;
  g_autoptr (GBytes) body = is_text ? apply_text_faults (x, bytes) : g_bytes_ref (bytes);

  if (is_text && accepts_gzip (x) && g_bytes_get_size (body) > 150)
    {
      g_autoptr (GBytes) plain = g_steal_pointer (&body);

      body = compress (plain);
      fake_set_header (x, "Content-Encoding", "gzip");
      fake_set_header (x, "Vary", "Accept-Encoding");
    }
  fake_set_header (x, "Content-Type", type);
  if (!is_text)
    x->chunked = FALSE;
  set_status (x, status);
  send_body (x, body);
}

void
fake_reply (BijouFakeExchange *x, guint status, const char *type, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  fake_reply_bytes (x, status, type, bytes);
}

void
fake_reply_writer (BijouFakeExchange *x, guint status, const char *type, FakeWriter *w)
{
  GString *text = fake_writer_finish (w);
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);

  fake_reply_bytes (x, status, type, bytes);
}

void
fake_fail (BijouFakeExchange *x, guint status)
{
  const BijouFakeProtocol *protocol = fake_server_get_protocol (x->server);

  protocol->fail (fake_server_get_protocol_data (x->server), x, status);
}

void
fake_kill_connection (BijouFakeExchange *x, gboolean reset)
{
  GSocket *socket = soup_server_message_get_socket (x->message);
  struct linger linger = { .l_onoff = 1, .l_linger = 0 };

  /* libsoup has found out itself that the client is gone. */
  if (socket == NULL || g_socket_is_closed (socket))
    return;

  if (reset)
    setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  g_socket_close (socket, NULL);
  if (!x->answered)
    {
      /* libsoup finds the dead socket when it writes this. */
      x->answered = TRUE;
      soup_server_message_set_status (x->message, 500, NULL);
    }
  x->pending = FALSE;
  soup_server_message_unpause (x->message);
}

/* ---- pages ---- */

static gboolean
page_fails (BijouFakeExchange *x, gint64 start, gint64 size)
{
  BijouFakeFault *fault = fake_fault (x, BIJOU_FAKE_FAULT_FAIL_PAGE);

  return fault != NULL && size > 0 && start / size == fault->value;
}

GArray *
fake_page_rows (BijouFakeExchange *x, guint total, gint64 start, gint64 size, gint64 *told_total)
{
  BijouFakeFault *cap = fake_fault (x, BIJOU_FAKE_FAULT_PAGE_CAP);
  BijouFakeFault *wrong = fake_fault (x, BIJOU_FAKE_FAULT_WRONG_TOTAL);
  BijouFakeFault *missing = fake_fault (x, BIJOU_FAKE_FAULT_MISSING_ROWS);
  guint always = fake_server_get_options (x->server)->page_cap;
  gint64 nth = missing != NULL ? (missing->value > 1 ? missing->value : 10) : 0;
  GArray *rows;

  if (page_fails (x, start, size))
    return NULL;
  rows = g_array_new (FALSE, FALSE, sizeof (guint));
  if (size < 0 || fake_fault (x, BIJOU_FAKE_FAULT_IGNORE_PAGING))
    start = size < 0 ? start : 0, size = total;
  if (always > 0)
    size = MIN (size, always);
  if (cap != NULL)
    size = MIN (size, cap->value);
  if (fake_fault (x, BIJOU_FAKE_FAULT_REPEAT_PAGE))
    start = 0;
  if (fake_fault (x, BIJOU_FAKE_FAULT_REPEAT_IDS) && start > 0)
    start--;
  for (gint64 i = MAX (start, 0); i < total && i < start + size; i++)
    {
      guint row = i;

      if (nth == 0 || i % nth != nth - 1)
        g_array_append_val (rows, row);
    }
  *told_total = MAX (0, (gint64) total + (wrong != NULL ? wrong->value : 0));
  return rows;
}
