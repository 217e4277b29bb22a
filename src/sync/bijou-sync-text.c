#include "config.h"

#include "bijou-sync-text.h"

#include <glib/gi18n.h>

/* How far a sync has come, in words that fit the foot of the sidebar. */

static char *
describe_left (gint64 left_ms)
{
  gint64 seconds = (left_ms + 999) / 1000;

  if (seconds >= 55)
    /* Translators: time left, in minutes */
    return g_strdup_printf (_ ("about %d min"), (int) ((seconds + 30) / 60));
  /* Translators: time left, in seconds */
  return g_strdup_printf (_ ("about %d s"), (int) (MAX (seconds, 1) + 4) / 5 * 5);
}

static void
append (GString *text, const char *part)
{
  /* Translators: goes between the parts of "3,420 of 12,000, 850/s, about 1 min" */
  g_string_append_printf (text, "%s%s", text->len > 0 ? _ (", ") : "", part);
}

static void
append_pace (GString *text, double rate, gint64 left_ms)
{
  g_autofree char *speed = NULL;
  g_autofree char *left = NULL;

  if (rate >= 1)
    {
      /* Translators: items a second */
      speed = g_strdup_printf (_ ("%'d/s"), (int) rate);
      append (text, speed);
    }
  if (left_ms >= 0)
    {
      left = describe_left (left_ms);
      append (text, left);
    }
}

static char *
describe (gint64 done, gint64 total, double rate, gint64 left_ms, gboolean is_waiting)
{
  g_autofree char *count = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (is_waiting)
    return g_strdup (_ ("The server asks for a pause…"));
  if (total <= 0)
    return g_strdup (_ ("Asking the server…"));
  /* Translators: items done, of items in all */
  count = g_strdup_printf (_ ("%'d of %'d"), (int) done, (int) total);
  append (text, count);
  if (done < total)
    append_pace (text, rate, left_ms);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * bijou_sync_text_all:
 * @progress: where a run stands
 *
 * Returns: (transfer full): what of all its libraries is here, how fast, and how long it will take
 */
char *
bijou_sync_text_all (const BijouSyncProgress *progress)
{
  return describe (progress->done, progress->total, progress->rate, progress->left_ms,
                   progress->is_waiting);
}

/**
 * bijou_sync_text_library:
 * @progress: where a run stands
 *
 * Returns: (transfer full): the same of the library at work
 */
char *
bijou_sync_text_library (const BijouSyncProgress *progress)
{
  gint64 left = progress->library_total - progress->library_done;
  gint64 left_ms = progress->rate > 0 ? (gint64) ((double) left * 1000 / progress->rate) : -1;

  return describe (progress->library_done, progress->library_total, progress->rate, left_ms,
                   progress->is_waiting);
}

/**
 * bijou_sync_text_pace:
 * @progress: where a run stands
 *
 * Returns: (transfer full): how fast it is and how long it will take, empty when neither is known,
 *   or that it has to wait
 */
char *
bijou_sync_text_pace (const BijouSyncProgress *progress)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (progress->is_waiting)
    return g_strdup (_ ("The server asks for a pause…"));
  if (progress->done < progress->total)
    append_pace (text, progress->rate, progress->left_ms);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
