#include "config.h"

#include "bijou-sideways-scroll.h"

/* One notch of a wheel moves by this share of what is seen. */
#define NOTCH_SHARE 0.25

static gboolean
on_scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, gpointer user_data)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  GtkAdjustment *adjustment = gtk_scrolled_window_get_hadjustment (user_data);
  double notch = gtk_adjustment_get_page_size (adjustment) * NOTCH_SHARE;

  if ((state & GDK_SHIFT_MASK) == 0)
    return GDK_EVENT_PROPAGATE;
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + dy * notch);
  return GDK_EVENT_STOP;
}

/* GTK before 4.10 swallows the wheel over a scrolled window that cannot follow it. */
static void
ignore_vertical (GtkScrolledWindow *scroller)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (scroller));
  guint n_controllers = g_list_model_get_n_items (controllers);

  for (guint i = 0; i < n_controllers; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      GtkEventControllerScroll *scroll;
      GtkEventControllerScrollFlags flags;

      if (!GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        continue;
      scroll = GTK_EVENT_CONTROLLER_SCROLL (controller);
      flags = gtk_event_controller_scroll_get_flags (scroll);
      gtk_event_controller_scroll_set_flags (scroll, flags & ~GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
    }
}

/**
 * bijou_sideways_scroll_set_up:
 * @scroller: a window that scrolls only sideways
 *
 * Lets the wheel over @scroller move the page that it lies on; with Shift it moves @scroller.
 */
void
bijou_sideways_scroll_set_up (GtkScrolledWindow *scroller)
{
  GtkEventController *controller =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);

  ignore_vertical (scroller);
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect (controller, "scroll", G_CALLBACK (on_scroll_cb), scroller);
  gtk_widget_add_controller (GTK_WIDGET (scroller), controller);
}
