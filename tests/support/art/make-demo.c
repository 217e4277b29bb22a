#include "config.h"

#include "demo-jobs.h"

#include <gst/gst.h>
#include <locale.h>

/* bijou-make-demo OUTDIR: draws the demo library when it is missing. */

static DemoOptions options = { .films = 20, .seconds = 180, .threads = 0 };

static const char *
parse_arguments (int *argc, char ***argv, GError **error)
{
  GOptionEntry entries[] = {
    { "films", 0, 0, G_OPTION_ARG_INT, &options.films, "Distinct films to make (20)", "N" },
    { "seconds", 0, 0, G_OPTION_ARG_INT, &options.seconds, "Length of each film (180)", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &options.threads, "Files made at once (processors)", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("OUTDIR");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return NULL;
  if (*argc == 2 && options.films >= 1 && options.seconds >= 20)
    return (*argv)[1];
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               "one folder, at least one film and twenty seconds");
  return NULL;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  const char *folder;

  setlocale (LC_ALL, "C.UTF-8");
  folder = parse_arguments (&argc, &argv, &error);
  gst_init (NULL, NULL);
  if (folder != NULL && demo_jobs_run (folder, &options, &error))
    return 0;
  g_printerr ("bijou-make-demo: %s\n", error->message);
  return 1;
}
