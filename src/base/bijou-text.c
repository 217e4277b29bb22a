#include "config.h"

#include "bijou-text.h"

#include <glib/gi18n.h>
#include <stdio.h>

#define SECONDS_OF_A_DAY (24 * 3600)

/**
 * bijou_text_parse_time:
 * @text: (nullable): ISO 8601, with or without zone (then UTC) and with any number of decimals
 *
 * Returns: seconds since 1970, 0 when @text is no time or is a server's year 1
 */
gint64
bijou_text_parse_time (const char *text)
{
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;
  g_autofree char *date = NULL;

  if (text == NULL || strlen (text) < 10)
    return 0;

  if (strlen (text) == 10)
    date = g_strconcat (text, "T00:00:00Z", NULL);
  time = g_date_time_new_from_iso8601 (date != NULL ? date : text, utc);
  if (time == NULL || g_date_time_get_year (time) < 1880)
    return 0;
  return g_date_time_to_unix (time);
}

/**
 * bijou_text_format_time:
 * @unix_seconds: seconds since 1970
 *
 * Returns: (transfer full) (nullable): ISO 8601 in UTC, %NULL for 0
 */
char *
bijou_text_format_time (gint64 unix_seconds)
{
  g_autoptr (GDateTime) time = NULL;

  if (unix_seconds == 0)
    return NULL;

  time = g_date_time_new_from_unix_utc (unix_seconds);
  return time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;
}

/**
 * bijou_text_normalise_date:
 * @text: (nullable): a date, or a time that begins with one
 *
 * Returns: (transfer full) (nullable): `YYYY-MM-DD`, %NULL when @text does not begin with a date
 */
char *
bijou_text_normalise_date (const char *text)
{
  int year, month, day;

  if (text == NULL || sscanf (text, "%4d-%2d-%2d", &year, &month, &day) != 3)
    return NULL;
  if (year < 1880 || !g_date_valid_dmy (day, month, year))
    return NULL;
  return g_strdup_printf ("%04d-%02d-%02d", year, month, day);
}

/**
 * bijou_text_format_duration:
 * @duration_ms: a length in milliseconds
 *
 * Returns: (transfer full): for people, "1 h 12 min" or "48 min"; never less than a minute
 */
char *
bijou_text_format_duration (gint64 duration_ms)
{
  gint64 minutes = MAX (1, (duration_ms + 30000) / 60000);

  if (minutes < 60)
    /* Translators: a length in minutes */
    return g_strdup_printf (_ ("%d min"), (int) minutes);
  /* Translators: a length in hours and minutes */
  return g_strdup_printf (_ ("%d h %02d min"), (int) (minutes / 60), (int) (minutes % 60));
}

/**
 * bijou_text_format_ago:
 * @seconds: how long ago
 *
 * Returns: (transfer full): "3 min", "2 h", "4 days"; less than a minute is one
 */
char *
bijou_text_format_ago (gint64 seconds)
{
  gint64 days;

  if (seconds < 3600)
    return g_strdup_printf (_ ("%d min"), (int) MAX (1, seconds / 60));
  if (seconds < SECONDS_OF_A_DAY)
    /* Translators: a time in hours */
    return g_strdup_printf (_ ("%d h"), (int) (seconds / 3600));
  days = seconds / SECONDS_OF_A_DAY;
  return g_strdup_printf (ngettext ("%d day", "%d days", (gulong) days), (int) days);
}

/**
 * bijou_text_format_position:
 * @position_ms: a place in a film in milliseconds; negative counts as 0
 *
 * Returns: (transfer full): "43:12" or "1:43:12"
 */
char *
bijou_text_format_position (gint64 position_ms)
{
  gint64 seconds = MAX (0, position_ms) / 1000;

  if (seconds < 3600)
    return g_strdup_printf ("%d:%02d", (int) (seconds / 60), (int) (seconds % 60));
  return g_strdup_printf ("%d:%02d:%02d", (int) (seconds / 3600), (int) (seconds / 60 % 60),
                          (int) (seconds % 60));
}

/**
 * bijou_text_format_episode:
 * @season: the season's number, -1 when unknown
 * @episode: the episode's number, -1 when unknown
 *
 * Returns: (transfer full) (nullable): "S2 E2", or what of it is known
 */
char *
bijou_text_format_episode (int season, int episode)
{
  if (season >= 0 && episode >= 0)
    /* Translators: season and episode number, short */
    return g_strdup_printf (_ ("S%d E%d"), season, episode);
  if (episode >= 0)
    /* Translators: an episode number, short */
    return g_strdup_printf (_ ("E%d"), episode);
  if (season >= 0)
    /* Translators: a season number */
    return g_strdup_printf (_ ("Season %d"), season);
  return NULL;
}

/**
 * bijou_text_make_sort_title:
 * @title: a title
 *
 * What to sort by when the server gives nothing: without a leading English article.
 *
 * Returns: (transfer full): a sort title
 */
char *
bijou_text_make_sort_title (const char *title)
{
  static const char *articles[] = { "the ", "a ", "an " };

  for (guint i = 0; i < G_N_ELEMENTS (articles); i++)
    {
      gsize length = strlen (articles[i]);

      if (g_ascii_strncasecmp (title, articles[i], length) == 0 && title[length] != '\0')
        return g_strdup (title + length);
    }
  return g_strdup (title);
}

/**
 * bijou_text_make_uuid:
 *
 * Returns: (transfer full): a random identifier for installations, sessions and the like
 */
char *
bijou_text_make_uuid (void)
{
  return g_uuid_string_random ();
}
