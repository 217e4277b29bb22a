#include "config.h"

#include "bijou-startup-meter.h"

#include <stdio.h>
#include <unistd.h>

/* With no rows by then, the library is empty or somebody has to sign in first. */
#define PATIENCE_MS 5000

typedef struct
{
  BijouWindow *window; /* (unowned) lives longer than the frame clock's handler */
  gint64 start_us;
  gint64 window_us;
  gint64 painted_us;
  gint64 rows_us;
  gulong handler;
  guint deadline;
} Meter;

static gint64
get_ms (Meter *meter, gint64 time_us)
{
  return time_us != 0 ? (time_us - meter->start_us) / 1000 : -1;
}

static gint64
get_rss_kb (void)
{
  g_autofree char *text = NULL;
  long pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*d %ld", &pages);
  return (gint64) pages * sysconf (_SC_PAGESIZE) / 1024;
}

static void
print_ms (const char *name, gint64 ms)
{
  if (ms >= 0)
    printf ("\"%s\":%" G_GINT64_FORMAT ",", name, ms);
  else
    printf ("\"%s\":null,", name);
}

static gboolean
finish_cb (gpointer data)
{
  Meter *meter = data;
  BijouHttp *http = bijou_context_get_http (bijou_window_get_context (meter->window));
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (meter->window));

  putchar ('{');
  print_ms ("window_ms", get_ms (meter, meter->window_us));
  print_ms ("painted_ms", get_ms (meter, meter->painted_us));
  print_ms ("rows_ms", get_ms (meter, meter->rows_us));
  printf ("\"requests\":%u,\"rss_kb\":%" G_GINT64_FORMAT "}\n", bijou_http_get_n_requests (http),
          get_rss_kb ());
  fflush (stdout);

  if (clock != NULL)
    g_clear_signal_handler (&meter->handler, clock);
  g_clear_handle_id (&meter->deadline, g_source_remove);
  gtk_window_close (GTK_WINDOW (meter->window));
  g_free (meter);
  return G_SOURCE_REMOVE;
}

static void
on_painted_cb (GdkFrameClock *clock, Meter *meter)
{
  BijouBasePage *page = bijou_window_get_page (meter->window);

  if (meter->painted_us == 0)
    meter->painted_us = g_get_monotonic_time ();
  if (meter->rows_us != 0 || page == NULL || !bijou_base_page_get_filled (page))
    return;
  meter->rows_us = g_get_monotonic_time ();
  g_idle_add (finish_cb, meter);
}

static gboolean
on_deadline_cb (gpointer data)
{
  Meter *meter = data;

  meter->deadline = 0;
  if (meter->rows_us == 0)
    finish_cb (meter);
  return G_SOURCE_REMOVE;
}

static void
on_mapped_cb (GtkWidget *widget, Meter *meter)
{
  meter->window_us = g_get_monotonic_time ();
  meter->handler = g_signal_connect (gtk_widget_get_frame_clock (widget), "after-paint",
                                     G_CALLBACK (on_painted_cb), meter);
}

/**
 * bijou_startup_meter_attach:
 * @window: a window that is not mapped yet
 * @start_us: monotonic time of the process's start
 *
 * Measures, prints, and closes @window.
 */
void
bijou_startup_meter_attach (BijouWindow *window, gint64 start_us)
{
  Meter *meter = g_new0 (Meter, 1);

  meter->window = window;
  meter->start_us = start_us;
  meter->deadline = g_timeout_add (PATIENCE_MS, on_deadline_cb, meter);
  g_signal_connect (window, "map", G_CALLBACK (on_mapped_cb), meter);
}
