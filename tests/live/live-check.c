#include "config.h"

#include "live.h"

#include "bijou-redact.h"

#include <stdio.h>

static void
say (Live *self, const char *verdict, const char *asked, const char *text)
{
  g_autofree char *line = g_strdup_printf ("%s: %s: %s", verdict, asked, text);
  g_autofree char *redacted = bijou_redact (line);
  g_autoptr (GString) safe = g_string_new (redacted);

  for (guint i = 0; i < self->secrets->len; i++)
    g_string_replace (safe, self->secrets->pdata[i], "***", 0);
  g_string_replace (safe, "\n", " ", 0);
  puts (safe->str);
  fflush (stdout);
}

gboolean
live_check (
    Live *self, gboolean good, const char *asked, const char *expected, const char *came, ...)
{
  g_autofree char *found = NULL;
  va_list arguments;

  va_start (arguments, came);
  found = g_strdup_vprintf (came, arguments);
  va_end (arguments);
  self->checks++;
  if (good)
    say (self, "ok", asked, found);
  else
    {
      g_autofree char *text = g_strdup_printf ("came: %s; expected: %s", found, expected);

      self->failures++;
      say (self, "NOT AS EXPECTED", asked, text);
    }
  return good;
}

gboolean
live_check_done (Live *self, gboolean done, const char *asked, const GError *error)
{
  if (done)
    live_check (self, TRUE, asked, "", "done");
  else if (bijou_error_is_cancelled (error) && live_is_stopped (self))
    live_skip (self, asked, "stopped");
  else if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED))
    live_skip (self, asked, "this kind of server has no such thing");
  else
    live_check (self, FALSE, asked, "an answer without an error", "%s",
                error != NULL ? error->message : "nothing");
  return done;
}

void
live_check_error (
    Live *self, const char *asked, const char *expected, BijouError code, const GError *error)
{
  if (bijou_error_is_cancelled (error) && live_is_stopped (self))
    live_skip (self, asked, "stopped");
  else
    live_check (self, g_error_matches (error, BIJOU_ERROR, code), asked, expected, "%s",
                error != NULL ? error->message : "it was accepted");
}

void
live_skip (Live *self, const char *asked, const char *why, ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, why);
  reason = g_strdup_vprintf (why, arguments);
  va_end (arguments);
  self->skipped++;
  say (self, "skipped", asked, reason);
}

void
live_sum_up (Live *self)
{
  if (live_is_stopped (self))
    puts ("Stopped before the end.");
  printf ("%u checks, %u not as expected, %u skipped\n", self->checks, self->failures,
          self->skipped);
}

gboolean
live_is_stopped (Live *self)
{
  return g_cancellable_is_cancelled (self->cancellable);
}
