#include "config.h"

#include "bijou-memory.h"
#include "bijou-window.h"

#include "process-figures.h"

/* scroll-libraries PROFILE: the window, scrolled through every library from top to bottom, page by
 * page and with time for the pictures; then its memory. */

#define REST_MS 80
#define SETTLE_MS 3000

typedef struct
{
  BijouContext *context;
  AdwApplication *application;
  GtkWidget *window;
  GPtrArray *libraries;
  guint next; /* the library that comes next */
  GtkAdjustment *adjustment;
  guint screens;
} Scroll;

static GtkWidget *
find_grid (GtkWidget *widget)
{
  if (GTK_IS_GRID_VIEW (widget))
    return gtk_widget_get_mapped (widget) ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_grid (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static gboolean
finish_cb (gpointer data)
{
  Scroll *self = data;

  g_printerr ("%u screens\n", self->screens);
  process_print_figures (0);
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_application_quit (G_APPLICATION (self->application));
  return G_SOURCE_REMOVE;
}

static gboolean open_next_cb (gpointer data);

static gboolean
scroll_cb (gpointer data)
{
  Scroll *self = data;
  double value = gtk_adjustment_get_value (self->adjustment);
  double page = gtk_adjustment_get_page_size (self->adjustment);

  gtk_adjustment_set_value (self->adjustment, value + page);
  self->screens++;
  if (gtk_adjustment_get_value (self->adjustment) > value)
    return G_SOURCE_CONTINUE;
  g_timeout_add (SETTLE_MS, self->next < self->libraries->len ? open_next_cb : finish_cb, self);
  return G_SOURCE_REMOVE;
}

static gboolean
begin_cb (gpointer data)
{
  Scroll *self = data;
  GtkWidget *grid = find_grid (self->window);

  if (grid == NULL)
    return G_SOURCE_CONTINUE;
  self->adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (grid));
  if (gtk_adjustment_get_upper (self->adjustment) <=
      gtk_adjustment_get_page_size (self->adjustment))
    return G_SOURCE_CONTINUE;
  g_timeout_add (REST_MS, scroll_cb, self);
  return G_SOURCE_REMOVE;
}

static gboolean
open_next_cb (gpointer data)
{
  Scroll *self = data;
  BijouLibrary *library = self->libraries->pdata[self->next++];

  gtk_widget_activate_action (self->window, "win.open-library", "(ss)", library->server_id,
                              library->remote_id);
  g_timeout_add (SETTLE_MS, begin_cb, self);
  return G_SOURCE_REMOVE;
}

static void
on_activate_cb (GApplication *application, Scroll *self)
{
  self->window = GTK_WIDGET (bijou_window_new (self->application, self->context));
  gtk_window_present (GTK_WINDOW (self->window));
  bijou_context_start_services (self->context);
  g_timeout_add (SETTLE_MS, open_next_cb, self);
}

int
main (int argc, char **argv)
{
  BijouContextOptions options = { argc > 1 ? argv[1] : NULL, NULL };
  Scroll self = { 0 };
  g_autoptr (GError) error = NULL;
  int status;

  g_assert (argc == 2);
  bijou_memory_init ();
  self.context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
  self.libraries =
      bijou_store_list_libraries (bijou_context_get_store (self.context), NULL, &error);
  g_assert_no_error (error);
  self.application = ADW_APPLICATION (adw_application_new (NULL, G_APPLICATION_NON_UNIQUE));
  g_object_set (self.application, "resource-base-path", "/io/github/bijouplayer/Bijou", NULL);
  g_signal_connect (self.application, "activate", G_CALLBACK (on_activate_cb), &self);
  status = g_application_run (G_APPLICATION (self.application), 1, argv);
  bijou_context_shutdown (self.context);
  g_object_unref (self.context);
  g_object_unref (self.application);
  g_ptr_array_unref (self.libraries);
  return status;
}
