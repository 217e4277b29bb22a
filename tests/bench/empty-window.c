#include "config.h"

#include "process-figures.h"

#include <adwaita.h>

/* The least that a libadwaita program can be: what Bijou is compared with. */

static gint64 painted_ms;

static gboolean
finish_cb (gpointer data)
{
  process_print_figures (painted_ms);
  gtk_window_destroy (GTK_WINDOW (data));
  return G_SOURCE_REMOVE;
}

static void
on_painted_cb (GdkFrameClock *clock, gpointer window)
{
  if (painted_ms != 0)
    return;
  painted_ms = process_get_age_ms ();
  /* What is lazily made after the first frame is there by then. */
  g_timeout_add (1000, finish_cb, window);
}

static void
on_mapped_cb (GtkWidget *window, gpointer data)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_painted_cb),
                    window);
}

static void
on_activate_cb (GApplication *application, gpointer data)
{
  GtkWidget *window = adw_application_window_new (GTK_APPLICATION (application));

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 760);
  g_signal_connect (window, "map", G_CALLBACK (on_mapped_cb), NULL);
  gtk_window_present (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_autoptr (AdwApplication) application =
      ADW_APPLICATION (adw_application_new (NULL, G_APPLICATION_NON_UNIQUE));

  g_signal_connect (application, "activate", G_CALLBACK (on_activate_cb), NULL);
  return g_application_run (G_APPLICATION (application), argc, argv);
}
