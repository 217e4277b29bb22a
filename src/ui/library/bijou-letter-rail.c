#include "config.h"

#include "bijou-letter-rail.h"

#include "bijou-store.h"

#include <glib/gi18n.h>

struct _BijouLetterRail
{
  GtkWidget parent_instance;

  GArray *initials;   /* (owned) of BijouInitial, in the order of the list */
  GtkWidget *current; /* (unowned) (nullable) the child of the letter that is shown */
};

enum
{
  JUMP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouLetterRail, bijou_letter_rail, GTK_TYPE_WIDGET)

static char *
get_letter_text (gunichar letter)
{
  char text[7] = { 0 };

  g_unichar_to_utf8 (letter, text);
  return g_strdup (text);
}

static GtkWidget *
find_label (BijouLetterRail *self, gunichar letter)
{
  g_autofree char *text = get_letter_text (letter);

  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (g_strcmp0 (gtk_label_get_label (GTK_LABEL (child)), text) == 0)
      return child;
  return NULL;
}

static GtkWidget *
find_label_at (BijouLetterRail *self, double y)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));
  GtkWidget *last = NULL;

  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      graphene_rect_t bounds;

      last = child;
      if (gtk_widget_compute_bounds (child, GTK_WIDGET (self), &bounds) &&
          y < bounds.origin.y + bounds.size.height)
        return child;
    }
  return last;
}

static void
jump_at (BijouLetterRail *self, double y, gboolean dragging)
{
  GtkWidget *label = find_label_at (self, y);
  const char *text = label != NULL ? gtk_label_get_label (GTK_LABEL (label)) : "";
  guint position;

  if (bijou_letter_rail_find (self, g_utf8_get_char (text), &position))
    g_signal_emit (self, signals[JUMP], 0, position, text, dragging);
}

static void
on_drag_begin_cb (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  jump_at (user_data, y, TRUE);
}

static void
on_drag_update_cb (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  double start_y;

  if (gtk_gesture_drag_get_start_point (gesture, NULL, &start_y))
    jump_at (user_data, start_y + y, TRUE);
}

static void
on_drag_end_cb (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  double start_y;

  if (gtk_gesture_drag_get_start_point (gesture, NULL, &start_y))
    jump_at (user_data, start_y + y, FALSE);
}

static void
add_letter (BijouLetterRail *self, const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_set_vexpand (label, TRUE);
  gtk_widget_add_css_class (label, "empty");
  gtk_widget_set_parent (label, GTK_WIDGET (self));
}

static void
remove_letters (BijouLetterRail *self)
{
  GtkWidget *child;

  self->current = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}

/* Latin letters always; others that occur (Greek, Cyrillic …) after them, as far as there is room.
 */
static void
add_letters (BijouLetterRail *self)
{
  remove_letters (self);
  add_letter (self, "#");
  for (char letter = 'A'; letter <= 'Z'; letter++)
    add_letter (self, (char[2]){ letter, '\0' });
  for (guint i = 0; i < self->initials->len && i < 60; i++)
    {
      gunichar letter = g_array_index (self->initials, BijouInitial, i).letter;
      g_autofree char *text = get_letter_text (letter);

      if (letter > 0x7f && find_label (self, letter) == NULL)
        add_letter (self, text);
    }
}

static void
bijou_letter_rail_dispose (GObject *object)
{
  remove_letters (BIJOU_LETTER_RAIL (object));
  G_OBJECT_CLASS (bijou_letter_rail_parent_class)->dispose (object);
}

static void
bijou_letter_rail_finalize (GObject *object)
{
  g_array_unref (BIJOU_LETTER_RAIL (object)->initials);
  G_OBJECT_CLASS (bijou_letter_rail_parent_class)->finalize (object);
}

static void
bijou_letter_rail_class_init (BijouLetterRailClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_letter_rail_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_letter_rail_finalize;
  signals[JUMP] = g_signal_new ("jump", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_STRING, G_TYPE_BOOLEAN);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "rail");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
bijou_letter_rail_init (BijouLetterRail *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_homogeneous (GTK_BOX_LAYOUT (layout), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "bijou-rail");
  self->initials = g_array_new (FALSE, FALSE, sizeof (BijouInitial));
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  add_letters (self);
}

/**
 * bijou_letter_rail_set_initials:
 * @self: a rail
 * @initials: (transfer none) (element-type BijouInitial): of the list, in its order
 */
void
bijou_letter_rail_set_initials (BijouLetterRail *self, GArray *initials)
{
  g_return_if_fail (BIJOU_IS_LETTER_RAIL (self));
  g_array_unref (self->initials);
  self->initials = g_array_ref (initials);
  add_letters (self);
  for (guint i = 0; i < initials->len; i++)
    {
      GtkWidget *label = find_label (self, g_array_index (initials, BijouInitial, i).letter);

      if (label != NULL)
        gtk_widget_remove_css_class (label, "empty");
    }
}

/**
 * bijou_letter_rail_set_position:
 * @self: a rail
 * @position: the first row of the list that is on the screen
 */
void
bijou_letter_rail_set_position (BijouLetterRail *self, guint position)
{
  GtkWidget *label = NULL;

  g_return_if_fail (BIJOU_IS_LETTER_RAIL (self));
  for (guint i = 0; i < self->initials->len; i++)
    {
      BijouInitial *initial = &g_array_index (self->initials, BijouInitial, i);

      if (initial->position <= position || label == NULL)
        label = find_label (self, initial->letter);
    }
  if (label == self->current)
    return;
  if (self->current != NULL)
    gtk_widget_remove_css_class (self->current, "current");
  if (label != NULL)
    gtk_widget_add_css_class (label, "current");
  self->current = label;
}

/**
 * bijou_letter_rail_find:
 * @self: a rail
 * @letter: in upper case
 * @position: (out): of the first title that begins with it
 *
 * Returns: whether there is one
 */
gboolean
bijou_letter_rail_find (BijouLetterRail *self, gunichar letter, guint *position)
{
  g_return_val_if_fail (BIJOU_IS_LETTER_RAIL (self), FALSE);
  for (guint i = 0; i < self->initials->len; i++)
    {
      BijouInitial *initial = &g_array_index (self->initials, BijouInitial, i);

      if (initial->letter != letter)
        continue;
      *position = initial->position;
      return TRUE;
    }
  return FALSE;
}
