#include "config.h"

#include "bijou-fake-writer.h"

#include <string.h>

typedef struct
{
  const char *element; /* (nullable) XML name; NULL for arrays and for the JSON-only outer object */
  gsize start;         /* where the bracket was written */
  guint count;
  gboolean array;
  gboolean tag_open;
  gboolean objects;
} Frame;

struct _FakeWriter
{
  GString *out;  /* (owned) (nullable) */
  GArray *stack; /* (owned) of Frame */
  FakeWriterFlags flags;
};

FakeWriter *
fake_writer_new (FakeWriterFlags flags)
{
  FakeWriter *self = g_new0 (FakeWriter, 1);

  self->out = g_string_sized_new (4096);
  self->stack = g_array_new (FALSE, TRUE, sizeof (Frame));
  self->flags = flags;
  if (flags & FAKE_WRITER_XML)
    g_string_append (self->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  return self;
}

void
fake_writer_free (FakeWriter *self)
{
  if (self->out != NULL)
    g_string_free (self->out, TRUE);
  g_array_unref (self->stack);
  g_free (self);
}

GString *
fake_writer_finish (FakeWriter *self)
{
  g_assert (self->stack->len == 0);
  return g_steal_pointer (&self->out);
}

gboolean
fake_writer_is_xml (FakeWriter *self)
{
  return (self->flags & FAKE_WRITER_XML) != 0;
}

static Frame *
get_top (FakeWriter *self)
{
  return self->stack->len > 0 ? &g_array_index (self->stack, Frame, self->stack->len - 1) : NULL;
}

void
fake_append_json_string (GString *out, const char *text, gboolean ascii)
{
  const char *p = text;

  g_string_append_c (out, '"');
  while (*p != '\0')
    {
      guchar c = *p;

      if (c >= 0x80 && ascii)
        {
          gunichar u = g_utf8_get_char_validated (p, -1);

          if (u >= 0x110000)
            u = 0xfffd, p += 1;
          else
            p = g_utf8_next_char (p);
          if (u >= 0x10000)
            g_string_append_printf (out, "\\u%04X\\u%04X", 0xd800 + ((u - 0x10000) >> 10),
                                    0xdc00 + ((u - 0x10000) & 0x3ff));
          else
            g_string_append_printf (out, "\\u%04X", u);
          continue;
        }
      if (c == '\\' || (c == '"' && !ascii))
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, c);
        }
      else if (c == '\n')
        g_string_append (out, "\\n");
      else if (c < 0x20 || (ascii && strchr ("\"&'+<>`", c) != NULL))
        g_string_append_printf (out, "\\u%04X", c);
      else
        g_string_append_c (out, c);
      p++;
    }
  g_string_append_c (out, '"');
}

static void
append_xml_text (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    switch (*p)
      {
      case '&':
        g_string_append (out, "&amp;");
        break;
      case '<':
        g_string_append (out, "&lt;");
        break;
      case '>':
        g_string_append (out, "&gt;");
        break;
      case '"':
        g_string_append (out, "&quot;");
        break;
      case '\n':
        g_string_append (out, "&#10;");
        break;
      default:
        g_string_append_c (out, *p);
      }
}

static void
begin_value (FakeWriter *self, const char *name)
{
  Frame *top = get_top (self);

  if (top == NULL)
    return;
  if (top->count++ > 0)
    g_string_append_c (self->out, ',');
  if (name != NULL)
    {
      g_string_append_c (self->out, '"');
      g_string_append (self->out, name);
      g_string_append (self->out, "\":");
    }
}

static void
close_parent_tags (FakeWriter *self)
{
  for (guint i = 0; i < self->stack->len; i++)
    {
      Frame *frame = &g_array_index (self->stack, Frame, i);

      if (frame->tag_open)
        {
          g_string_append_c (self->out, '>');
          frame->tag_open = FALSE;
        }
    }
}

void
fake_object (FakeWriter *self, const char *name, const char *element)
{
  Frame frame = { .element = element };

  if (self->flags & FAKE_WRITER_XML)
    {
      if (element != NULL)
        {
          close_parent_tags (self);
          g_string_append_printf (self->out, "<%s", element);
          frame.tag_open = TRUE;
        }
    }
  else
    {
      Frame *top = get_top (self);

      if (top != NULL)
        top->objects = TRUE;
      begin_value (self, name);
      frame.start = self->out->len;
      g_string_append_c (self->out, '{');
    }
  g_array_append_val (self->stack, frame);
}

void
fake_array (FakeWriter *self, const char *name)
{
  Frame frame = { .array = TRUE };

  if (!(self->flags & FAKE_WRITER_XML))
    {
      begin_value (self, name);
      frame.start = self->out->len;
      g_string_append_c (self->out, '[');
    }
  g_array_append_val (self->stack, frame);
}

void
fake_end (FakeWriter *self)
{
  Frame frame = *get_top (self);

  g_array_set_size (self->stack, self->stack->len - 1);
  if (self->flags & FAKE_WRITER_XML)
    {
      if (frame.element != NULL && frame.tag_open)
        g_string_append (self->out, "/>");
      else if (frame.element != NULL)
        g_string_append_printf (self->out, "</%s>", frame.element);
      return;
    }
  if (frame.array && frame.objects && frame.count == 1 && (self->flags & FAKE_WRITER_DRIFT))
    g_string_erase (self->out, frame.start, 1);
  else
    g_string_append_c (self->out, frame.array ? ']' : '}');
}

void
fake_str (FakeWriter *self, const char *name, const char *value)
{
  if (value == NULL)
    {
      fake_null (self, name);
      return;
    }
  if (self->flags & FAKE_WRITER_XML)
    {
      g_string_append_printf (self->out, " %s=\"", name);
      append_xml_text (self->out, value);
      g_string_append_c (self->out, '"');
      return;
    }
  begin_value (self, name);
  fake_append_json_string (self->out, value, (self->flags & FAKE_WRITER_ASCII) != 0);
}

void
fake_strf (FakeWriter *self, const char *name, const char *format, ...)
{
  char buffer[512];
  va_list args;

  va_start (args, format);
  g_vsnprintf (buffer, sizeof buffer, format, args);
  va_end (args);
  fake_str (self, name, buffer);
}

static void
write_scalar (FakeWriter *self, const char *name, const char *text, gboolean drifts)
{
  if (self->flags & FAKE_WRITER_XML)
    {
      g_string_append_printf (self->out, " %s=\"%s\"", name, text);
      return;
    }
  begin_value (self, name);
  drifts = drifts && (self->flags & FAKE_WRITER_DRIFT);
  if (drifts)
    g_string_append_c (self->out, '"');
  g_string_append (self->out, text);
  if (drifts)
    g_string_append_c (self->out, '"');
}

void
fake_int (FakeWriter *self, const char *name, gint64 value)
{
  char text[32];

  g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
  write_scalar (self, name, text, TRUE);
}

void
fake_real (FakeWriter *self, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.9g", value);
  write_scalar (self, name, text, TRUE);
}

void
fake_bool (FakeWriter *self, const char *name, gboolean value)
{
  const char *word = value ? "true" : "false";

  if (self->flags & (FAKE_WRITER_XML | FAKE_WRITER_DRIFT))
    word = value ? "1" : "0";
  write_scalar (self, name, word, TRUE);
}

void
fake_null (FakeWriter *self, const char *name)
{
  if (!(self->flags & FAKE_WRITER_XML))
    write_scalar (self, name, "null", FALSE);
}

void
fake_opt_str (FakeWriter *self, const char *name, const char *value)
{
  if (value != NULL)
    fake_str (self, name, value);
  else if (self->flags & FAKE_WRITER_DRIFT)
    fake_null (self, name);
}

void
fake_opt_int (FakeWriter *self, const char *name, gint64 value)
{
  if (value != 0)
    fake_int (self, name, value);
}

void
fake_opt_real (FakeWriter *self, const char *name, double value)
{
  if (value != 0)
    fake_real (self, name, value);
}
