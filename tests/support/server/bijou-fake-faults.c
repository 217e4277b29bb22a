#include "config.h"

#include "bijou-fake-faults.h"

#include <gio/gio.h>
#include <string.h>

static const char *const kind_names[] = {
  "none",      "stall",         "stall-after",   "delay",         "status",      "retry-after",
  "401",       "refuse",        "reset",         "drop-after",    "truncate",    "html",
  "empty",     "fail-page",     "wrong-total",   "repeat-page",   "repeat-ids",  "missing-rows",
  "page-cap",  "ignore-paging", "drift",         "unknown-enums", "latin1",      "bad-utf8",
  "starting",  "redirect",      "wrong-machine", "chunked",       "no-range",    "416",
  "bandwidth", "wrong-range",   "short-body",    "lose-answer",   "hold-answer", "ignore",
  "date",
};

G_STATIC_ASSERT (G_N_ELEMENTS (kind_names) == BIJOU_FAKE_FAULT_DATE + 1);

static gboolean
read_word (BijouFakeFault *self, const char *word)
{
  g_auto (GStrv) parts = g_strsplit (word, "=", 2);

  if (g_str_equal (parts[0], "times") && parts[1] != NULL)
    self->times = g_ascii_strtoll (parts[1], NULL, 10);
  else if (g_str_equal (parts[0], "skip") && parts[1] != NULL)
    self->skip = g_ascii_strtoll (parts[1], NULL, 10);
  else
    {
      for (guint i = 1; i < G_N_ELEMENTS (kind_names); i++)
        if (g_str_equal (parts[0], kind_names[i]))
          self->kind = i;
      self->text = g_strdup (parts[1]);
      self->value = parts[1] != NULL ? g_ascii_strtoll (parts[1], NULL, 10) : 0;
      return self->kind != BIJOU_FAKE_FAULT_NONE;
    }
  return TRUE;
}

BijouFakeFault *
bijou_fake_fault_parse (const char *spec, GError **error)
{
  g_autoptr (BijouFakeFault) self = g_new0 (BijouFakeFault, 1);
  g_auto (GStrv) words = g_strsplit (spec, " ", -1);
  guint first = 0;

  self->times = -1;
  if (words[0] != NULL && words[1] != NULL && words[1][0] == '/')
    {
      g_autofree char *pattern = g_strconcat (words[0], " ", words[1], NULL);

      self->with_method = TRUE;
      self->pattern = g_pattern_spec_new (pattern);
      first = 2;
    }
  else if (words[0] != NULL)
    {
      self->pattern = g_pattern_spec_new (words[0]);
      first = 1;
    }
  for (guint i = first; self->pattern != NULL && words[i] != NULL; i++)
    if (words[i][0] != '\0' && !read_word (self, words[i]))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "no fault is called “%s”",
                     words[i]);
        return NULL;
      }
  if (self->kind == BIJOU_FAKE_FAULT_NONE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "“%s” names no fault", spec);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
bijou_fake_fault_free (BijouFakeFault *self)
{
  g_clear_pointer (&self->pattern, g_pattern_spec_free);
  g_free (self->text);
  g_free (self);
}

gboolean
bijou_fake_fault_match (BijouFakeFault *self, const char *method, const char *target)
{
  g_autofree char *line = g_strconcat (method, " ", target, NULL);

  if (self->times == 0)
    return FALSE;
  if (!g_pattern_spec_match_string (self->pattern, self->with_method ? line : target))
    return FALSE;
  if (self->skip > 0)
    {
      self->skip--;
      return FALSE;
    }
  if (self->times > 0)
    self->times--;
  return TRUE;
}
