#include "config.h"

#include "bijou-output.h"

#include "bijou-json.h"
#include "bijou-text.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_WIDTH 80
#define BAR_WIDTH 24
#define PROGRESS_INTERVAL_US 100000

struct _BijouOutput
{
  gboolean json;
  const char *const *columns; /* (unowned) (nullable) */
  GPtrArray *rows;            /* (owned) of GStrv, of the table */
  gboolean has_bar;
  gint64 last_progress;
  int filled; /* of the bar: when a server says how much more there is, it stays where it is */
};

/**
 * bijou_output_new:
 * @json: whether scripts read it
 *
 * Returns: (transfer full): an output
 */
BijouOutput *
bijou_output_new (gboolean json)
{
  BijouOutput *self = g_new0 (BijouOutput, 1);

  self->json = json;
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  return self;
}

/**
 * bijou_output_free:
 * @self: (transfer full): an output
 */
void
bijou_output_free (BijouOutput *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self);
}

/**
 * bijou_output_set_columns:
 * @self: an output
 * @columns: the members shown in the table, a static array ended by %NULL
 */
void
bijou_output_set_columns (BijouOutput *self, const char *const *columns)
{
  self->columns = columns;
}

static char *
format_cell (JsonObject *object, const char *column)
{
  char *text;

  if (!bijou_json_has (object, column))
    return g_strdup ("");
  if (g_str_has_suffix (column, "_ms") && !g_str_equal (column, "ms"))
    return bijou_text_format_position (bijou_json_get_int (object, column, 0));
  text = bijou_json_dup_text (object, column);
  if (g_strcmp0 (text, "true") == 0 || g_strcmp0 (text, "false") == 0)
    {
      gboolean value = *text == 't';

      g_free (text);
      return g_strdup (value ? "yes" : "");
    }
  return text != NULL ? g_strdelimit (text, "\n\r\t", ' ') : g_strdup ("");
}

static void
add_row (BijouOutput *self, JsonObject *object)
{
  guint n_columns = g_strv_length ((char **) self->columns);
  char **row = g_new0 (char *, n_columns + 1);

  for (guint i = 0; i < n_columns; i++)
    row[i] = format_cell (object, self->columns[i]);
  g_ptr_array_add (self->rows, row);
}

/**
 * bijou_output_add:
 * @self: an output
 * @builder: holds one complete object; reset
 *
 * Prints an object at once, or keeps it as a row of the table.
 */
void
bijou_output_add (BijouOutput *self, JsonBuilder *builder)
{
  g_autoptr (JsonNode) node = json_builder_get_root (builder);

  json_builder_reset (builder);
  if (self->json)
    {
      g_autofree char *text = bijou_json_to_text (node);

      fputs (text, stdout);
      fputc ('\n', stdout);
      fflush (stdout);
    }
  else if (self->columns != NULL)
    add_row (self, json_node_get_object (node));
}

static guint
get_text_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

static guint
get_terminal_width (void)
{
  struct winsize size;

  if (!isatty (STDOUT_FILENO))
    return G_MAXUINT;
  if (ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20)
    return size.ws_col;
  return DEFAULT_WIDTH;
}

static void
append_cell (GString *line, const char *text, guint width)
{
  guint used = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      guint own = g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;

      if (used + own > width)
        break;
      g_string_append_unichar (line, c);
      used += own;
    }
  for (; used < width; used++)
    g_string_append_c (line, ' ');
  g_string_append (line, "  ");
}

static void
print_row (const char *const *cells, const guint *widths, guint n_columns, guint limit)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint left = limit;

  for (guint i = 0; i < n_columns && left > 2; i++)
    {
      guint width = MIN (widths[i], left);

      append_cell (line, cells[i], width);
      left -= MIN (left, width + 2);
    }
  g_strchomp (line->str);
  puts (line->str);
}

static void
print_table (BijouOutput *self)
{
  guint n_columns = g_strv_length ((char **) self->columns);
  g_autofree guint *widths = g_new0 (guint, n_columns);
  guint limit = get_terminal_width ();

  for (guint i = 0; i < n_columns; i++)
    widths[i] = get_text_width (self->columns[i]);
  for (guint row = 0; row < self->rows->len; row++)
    for (guint i = 0; i < n_columns; i++)
      {
        char **cells = g_ptr_array_index (self->rows, row);

        widths[i] = MAX (widths[i], get_text_width (cells[i]));
      }

  print_row (self->columns, widths, n_columns, limit);
  for (guint row = 0; row < self->rows->len; row++)
    print_row (g_ptr_array_index (self->rows, row), widths, n_columns, limit);
}

static void
erase_bar (BijouOutput *self)
{
  if (self->has_bar)
    fputs ("\r\033[K", stderr);
  self->has_bar = FALSE;
}

/**
 * bijou_output_end:
 * @self: an output
 *
 * Prints the table, if it is one, and clears the progress line.
 */
void
bijou_output_end (BijouOutput *self)
{
  erase_bar (self);
  if (!self->json && self->rows->len > 0)
    print_table (self);
  g_ptr_array_set_size (self->rows, 0);
  fflush (stdout);
}

/* Nothing for scripts and pipes. */
static gboolean
is_bar_due (BijouOutput *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->json || !isatty (STDERR_FILENO) || now - self->last_progress < PROGRESS_INTERVAL_US)
    return FALSE;
  self->last_progress = now;
  return TRUE;
}

static void
draw_bar (BijouOutput *self, const char *what, gint64 done, gint64 total, const char *amount)
{
  int filled = total > 0 ? (int) (CLAMP (done, 0, total) * BAR_WIDTH / total) : 0;
  char bar[BAR_WIDTH + 1];

  self->has_bar = TRUE;
  self->filled = MAX (self->filled, filled);
  memset (bar, '-', BAR_WIDTH);
  memset (bar, '#', self->filled);
  bar[BAR_WIDTH] = '\0';
  fprintf (stderr, "\r\033[K[%s] %s  %s", bar, amount, what);
  fflush (stderr);
}

/**
 * bijou_output_progress:
 * @self: an output
 * @what: what is at work
 * @done: how much is done
 * @total: of how much, 0 unknown
 *
 * Draws a bar on the terminal, at most ten times a second.
 */
void
bijou_output_progress (BijouOutput *self, const char *what, gint64 done, gint64 total)
{
  g_autofree char *amount = NULL;

  if (!is_bar_due (self))
    return;
  amount = g_strdup_printf ("%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT, done, MAX (total, done));
  draw_bar (self, what, done, total, amount);
}

/**
 * bijou_output_progress_bytes:
 * @self: an output
 * @what: what is at work
 * @done: how many bytes are done
 * @total: of how many, 0 or -1 unknown
 *
 * Draws a bar on the terminal, at most ten times a second.
 */
void
bijou_output_progress_bytes (BijouOutput *self, const char *what, gint64 done, gint64 total)
{
  g_autofree char *part = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *amount = NULL;

  if (!is_bar_due (self))
    return;
  part = g_format_size ((guint64) MAX (done, 0));
  whole = g_format_size ((guint64) MAX (total, done));
  amount = g_strdup_printf ("%s of %s", part, whole);
  draw_bar (self, what, done, total, amount);
}

/**
 * bijou_output_member_text:
 * @builder: an object being built
 * @name: a member
 * @value: (nullable): its text; %NULL becomes null
 */
void
bijou_output_member_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/**
 * bijou_output_member_int:
 * @builder: an object being built
 * @name: a member
 * @value: its number
 * @absent: the number that means absent and becomes null
 */
void
bijou_output_member_int (JsonBuilder *builder, const char *name, gint64 value, gint64 absent)
{
  json_builder_set_member_name (builder, name);
  if (value != absent)
    json_builder_add_int_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/**
 * bijou_output_member_double:
 * @builder: an object being built
 * @name: a member
 * @value: its number; negative means absent and becomes null
 */
void
bijou_output_member_double (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (value >= 0)
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

/**
 * bijou_output_member_boolean:
 * @builder: an object being built
 * @name: a member
 * @value: its value
 */
void
bijou_output_member_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

/**
 * bijou_output_member_time:
 * @builder: an object being built
 * @name: a member
 * @unix_seconds: seconds since 1970; 0 becomes null
 */
void
bijou_output_member_time (JsonBuilder *builder, const char *name, gint64 unix_seconds)
{
  g_autofree char *text = bijou_text_format_time (unix_seconds);

  bijou_output_member_text (builder, name, text);
}
