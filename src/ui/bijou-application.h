#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouApplicationOptions:
 * What the command line asks of a window. Unset members ask nothing.
 */
typedef struct
{
  const char *profile; /* (nullable) */
  const char *ca_file; /* (nullable) */
  const char *item;    /* (nullable) open at this item */
  const char *play;    /* (nullable) play this item */
  gint64 start_ms;     /* -1: resume */
  gboolean fullscreen;
  gboolean exit_at_end;
  gboolean exit_after_startup; /* print the times of the start and quit */
  gint64 start_us;             /* monotonic time at which the process began */
} BijouApplicationOptions;

#define BIJOU_TYPE_APPLICATION (bijou_application_get_type ())
G_DECLARE_FINAL_TYPE (BijouApplication, bijou_application, BIJOU, APPLICATION, AdwApplication)

/* Opens the profile and a window, runs the main loop; returns the exit status. */
int bijou_application_run (const BijouApplicationOptions *options);

G_END_DECLS
