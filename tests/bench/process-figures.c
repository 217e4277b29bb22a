#include "config.h"

#include "process-figures.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

gint64
process_get_age_ms (void)
{
  g_autofree char *text = NULL;
  const char *fields;
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  g_file_get_contents ("/proc/self/stat", &text, NULL, NULL);
  fields = text != NULL ? strrchr (text, ')') : NULL;
  /* The 22nd field is the start; the name, which may hold anything, is the second. */
  for (guint i = 2; fields != NULL && i < 22; i++)
    fields = strchr (fields + 1, ' ');
  if (fields == NULL)
    return -1;
  return now.tv_sec * G_GINT64_CONSTANT (1000) + now.tv_nsec / 1000000 -
         g_ascii_strtoll (fields, NULL, 10) * 1000 / sysconf (_SC_CLK_TCK);
}

static gint64
get_kb (const char *text, const char *name)
{
  const char *found = text != NULL ? strstr (text, name) : NULL;

  return found != NULL ? g_ascii_strtoll (found + strlen (name), NULL, 10) : -1;
}

void
process_print_figures (gint64 age_ms)
{
  g_autofree char *maps = NULL;
  g_autofree char *status = NULL;

  g_file_get_contents ("/proc/self/smaps_rollup", &maps, NULL, NULL);
  g_file_get_contents ("/proc/self/status", &status, NULL, NULL);
  g_print ("{\"age_ms\":%" G_GINT64_FORMAT ",\"rss_kb\":%" G_GINT64_FORMAT
           ",\"pss_kb\":%" G_GINT64_FORMAT ",\"private_kb\":%" G_GINT64_FORMAT
           ",\"peak_kb\":%" G_GINT64_FORMAT "}\n",
           age_ms, get_kb (maps, "\nRss:"), get_kb (maps, "\nPss:"),
           get_kb (maps, "\nPrivate_Clean:") + get_kb (maps, "\nPrivate_Dirty:"),
           get_kb (status, "\nVmHWM:"));
}
