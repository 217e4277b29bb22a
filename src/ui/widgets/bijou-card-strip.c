#include "config.h"

#include "bijou-card-strip.h"

struct _BijouCardStrip
{
  GtkWidget parent_instance;

  GtkWidget *last; /* (unowned) (nullable) the child that had the focus; compared, never used */
};

G_DEFINE_FINAL_TYPE (BijouCardStrip, bijou_card_strip, GTK_TYPE_WIDGET)

static GtkWidget *
find_child (BijouCardStrip *self, GtkWidget *wanted)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self));

  while (child != NULL && child != wanted)
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static gboolean
enter (BijouCardStrip *self)
{
  GtkWidget *child = find_child (self, self->last);

  if (child == NULL)
    child = gtk_widget_get_first_child (GTK_WIDGET (self));
  if (child == NULL)
    return FALSE;
  self->last = child;
  return gtk_widget_grab_focus (child);
}

static gboolean
step (BijouCardStrip *self, GtkWidget *from, gboolean forward)
{
  GtkWidget *to = forward ? gtk_widget_get_next_sibling (from) : gtk_widget_get_prev_sibling (from);

  if (to == NULL)
    return TRUE;
  self->last = to;
  return gtk_widget_grab_focus (to);
}

static gboolean
bijou_card_strip_focus (GtkWidget *widget, GtkDirectionType direction)
{
  BijouCardStrip *self = BIJOU_CARD_STRIP (widget);
  GtkWidget *inside = gtk_widget_get_focus_child (widget);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  if (inside == NULL)
    return enter (self);
  self->last = inside;
  if (direction == GTK_DIR_RIGHT || direction == GTK_DIR_LEFT)
    return step (self, inside, (direction == GTK_DIR_RIGHT) != mirrored);
  return FALSE;
}

static void
bijou_card_strip_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bijou_card_strip_parent_class)->dispose (object);
}

static void
bijou_card_strip_class_init (BijouCardStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_card_strip_dispose;
  widget_class->focus = bijou_card_strip_focus;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "strip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bijou_card_strip_init (BijouCardStrip *self)
{
}

/**
 * bijou_card_strip_set_spacing:
 * @self: a strip
 * @spacing: between its cards, in pixels
 */
void
bijou_card_strip_set_spacing (BijouCardStrip *self, int spacing)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), (guint) spacing);
}
