#include "config.h"

#include "bijou-server-clock.h"

#include <stdio.h>
#include <string.h>

/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form that servers send (RFC 9110, 5.6.7) */
static gint64
parse_date (const char *text)
{
  static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
  g_autoptr (GDateTime) date = NULL;
  char name[4] = "";
  int day, year, hour, minute, second;
  const char *month;

  if (text == NULL || sscanf (text, "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &day, name, &year, &hour,
                              &minute, &second) != 6)
    return 0;
  month = strstr (months, name);
  if (month == NULL || strlen (name) != 3)
    return 0;
  date = g_date_time_new_utc (year, (int) (month - months) / 3 + 1, day, hour, minute,
                              (double) second);
  return date != NULL ? g_date_time_to_unix (date) : 0;
}

/**
 * bijou_server_clock_note:
 * @self: a clock
 * @response: an answer of its server
 */
void
bijou_server_clock_note (BijouServerClock *self, BijouHttpResponse *response)
{
  gint64 there = parse_date (bijou_http_response_get_header (response, "Date"));

  if (there == 0)
    return;
  g_atomic_pointer_set (&self->offset, (gintptr) (there - g_get_real_time () / G_USEC_PER_SEC));
  g_atomic_int_set (&self->known, TRUE);
}

/**
 * bijou_server_clock_get_time:
 * @self: a clock
 *
 * Returns: seconds since 1970 at the server; 0 when it never said
 */
gint64
bijou_server_clock_get_time (BijouServerClock *self)
{
  if (!g_atomic_int_get (&self->known))
    return 0;
  return g_get_real_time () / G_USEC_PER_SEC + (gint64) g_atomic_pointer_get (&self->offset);
}
