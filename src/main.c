#include "config.h"

#include "bijou-application.h"
#include "bijou-command-line.h"
#include "bijou-memory.h"
#include "bijou-redact.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static gboolean verbose;

/* Messages for people: a sentence on standard error, without GLib's prefixes, secrets masked. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *message = NULL;
  g_autofree char *redacted = NULL;

  if ((level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)) != 0 && !verbose)
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      message = fields[i].value;

  redacted = bijou_redact (message);
  fprintf (stderr, "bijou: %s\n", redacted);
  return G_LOG_WRITER_HANDLED;
}

static void
show_verbose_domains (void)
{
  verbose = TRUE;
  g_setenv ("G_MESSAGES_DEBUG", "all", FALSE);
}

/* Not installed, the translations lie in the build folder beside the program's. */
static void
bind_translations (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : g_strdup (".");
  g_autofree char *built = g_build_filename (folder, "..", "po", NULL);

  bindtextdomain (GETTEXT_PACKAGE, g_file_test (built, G_FILE_TEST_IS_DIR) ? built : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/* Libraries were loaded before main(): since the system made the process, to a tick of its clock.
 */
static gint64
get_start_us (void)
{
  g_autofree char *text = NULL;
  const char *fields;
  struct timespec now;
  gint64 ticks = -1;

  clock_gettime (CLOCK_BOOTTIME, &now);
  g_file_get_contents ("/proc/self/stat", &text, NULL, NULL);
  fields = text != NULL ? strrchr (text, ')') : NULL;
  /* The 22nd field is the start; the name, which may hold anything, is the second. */
  for (guint i = 2; fields != NULL && i < 22; i++)
    fields = strchr (fields + 1, ' ');
  if (fields != NULL)
    ticks = g_ascii_strtoll (fields, NULL, 10);
  if (ticks <= 0)
    return g_get_monotonic_time ();
  return g_get_monotonic_time () - (now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000) +
         ticks * G_USEC_PER_SEC / sysconf (_SC_CLK_TCK);
}

static int
run_window (const BijouCommandLine *line)
{
  g_autofree char *item = bijou_command_line_dup_item (line);
  BijouApplicationOptions options = {
    .profile = line->profile,
    .ca_file = line->ca_file,
    .item = item,
    .play = line->play,
    .start_ms = line->start_ms,
    .fullscreen = line->fullscreen,
    .exit_at_end = line->exit_at_end,
    .exit_after_startup = line->exit_after_startup,
    .start_us = line->exit_after_startup ? get_start_us () : 0,
  };

  return bijou_application_run (&options);
}

int
main (int argc, char **argv)
{
  BijouCommandLine line = { 0 };
  g_autoptr (GError) error = NULL;
  int status;

  bijou_memory_init ();
  setlocale (LC_ALL, "");
  bind_translations ();
  g_set_prgname ("bijou");
  g_log_set_writer_func (write_log, NULL, NULL);

  if (!bijou_command_line_parse (&line, &argc, &argv, &error))
    {
      fprintf (stderr, "bijou: %s\n", error->message);
      status = BIJOU_EXIT_USAGE;
    }
  else
    {
      if (line.verbose)
        show_verbose_domains ();
      status = bijou_command_line_is_headless (&line) ? bijou_command_line_run (&line)
                                                      : run_window (&line);
    }
  bijou_command_line_clear (&line);
  return status;
}
