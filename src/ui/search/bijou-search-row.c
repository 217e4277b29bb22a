#include "config.h"

#include "bijou-search-row.h"

#include "bijou-item-menu.h"

struct _BijouSearchRow
{
  GtkListBoxRow parent_instance;

  BijouItem *item;    /* (owned) (nullable) */
  GtkWidget *popover; /* (unowned) (nullable) child */
};

G_DEFINE_FINAL_TYPE (BijouSearchRow, bijou_search_row, GTK_TYPE_LIST_BOX_ROW)

static void
unparent_and_unref (gpointer data)
{
  g_autoptr (GtkWidget) popover = data;

  if (gtk_widget_get_parent (popover) != NULL)
    gtk_widget_unparent (popover);
}

static void
on_popover_closed_cb (GtkPopover *popover, gpointer user_data)
{
  BijouSearchRow *self = user_data;

  if (self->popover != GTK_WIDGET (popover))
    return;
  self->popover = NULL;
  /* The chosen action still runs with the popover as its place in the window. */
  g_idle_add_once (unparent_and_unref, g_object_ref (popover));
}

static void
show_menu (BijouSearchRow *self, double x, double y)
{
  g_autoptr (GMenuModel) menu = NULL;

  if (self->item == NULL || self->popover != NULL)
    return;
  menu = bijou_item_menu_new (self->item);
  self->popover = gtk_popover_menu_new_from_model (menu);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  g_signal_connect_object (self->popover, "closed", G_CALLBACK (on_popover_closed_cb), self, 0);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
on_menu_pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (user_data, x, y);
}

static void
on_long_pressed_cb (GtkGestureLongPress *gesture, double x, double y, gpointer user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  show_menu (user_data, x, y);
}

static void
show_menu_in_middle (BijouSearchRow *self)
{
  show_menu (self, gtk_widget_get_width (GTK_WIDGET (self)) / 2.0,
             gtk_widget_get_height (GTK_WIDGET (self)) / 2.0);
}

static gboolean
on_key_pressed_cb (GtkEventControllerKey *controller,
                   guint keyval,
                   guint keycode,
                   GdkModifierType state,
                   gpointer user_data)
{
  BijouSearchRow *self = user_data;
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();

  /* Not the keys of a button inside. */
  if (self->item == NULL || !gtk_widget_is_focus (GTK_WIDGET (self)))
    return FALSE;
  if (modifiers == 0 && keyval == GDK_KEY_space)
    bijou_item_activate_action (GTK_WIDGET (self), self->item, "win.play-item");
  else if (modifiers == GDK_CONTROL_MASK && keyval == GDK_KEY_d)
    bijou_item_toggle_favourite (GTK_WIDGET (self), self->item);
  else if ((modifiers == 0 && keyval == GDK_KEY_Menu) ||
           (modifiers == GDK_SHIFT_MASK && keyval == GDK_KEY_F10))
    show_menu_in_middle (self);
  else
    return FALSE;
  return TRUE;
}

static void
bijou_search_row_dispose (GObject *object)
{
  BijouSearchRow *self = BIJOU_SEARCH_ROW (object);
  GtkWidget *popover = self->popover;

  self->popover = NULL;
  if (popover != NULL)
    gtk_widget_unparent (popover);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (bijou_search_row_parent_class)->dispose (object);
}

static void
bijou_search_row_class_init (BijouSearchRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_search_row_dispose;
}

static void
bijou_search_row_init (BijouSearchRow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *menu = gtk_gesture_click_new ();
  GtkGesture *press = gtk_gesture_long_press_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_menu_pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (menu));
  gtk_gesture_single_set_touch_only (GTK_GESTURE_SINGLE (press), TRUE);
  g_signal_connect (press, "pressed", G_CALLBACK (on_long_pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (press));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed_cb), self);
  gtk_widget_add_controller (widget, keys);
}

/**
 * bijou_search_row_new:
 * @content: (transfer floating): what it shows
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
bijou_search_row_new (GtkWidget *content)
{
  return g_object_new (BIJOU_TYPE_SEARCH_ROW, "child", content, NULL);
}

/**
 * bijou_search_row_set_item:
 * @self: a row
 * @item: (nullable): what it is about
 */
void
bijou_search_row_set_item (BijouSearchRow *self, BijouItem *item)
{
  g_return_if_fail (BIJOU_IS_SEARCH_ROW (self));
  g_set_object (&self->item, item);
}

/**
 * bijou_search_row_get_item:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): what it is about
 */
BijouItem *
bijou_search_row_get_item (BijouSearchRow *self)
{
  g_return_val_if_fail (BIJOU_IS_SEARCH_ROW (self), NULL);
  return self->item;
}

/**
 * bijou_search_row_set_label:
 * @self: a row
 * @label: what a screen reader says for it
 */
void
bijou_search_row_set_label (BijouSearchRow *self, const char *label)
{
  g_return_if_fail (BIJOU_IS_SEARCH_ROW (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}
