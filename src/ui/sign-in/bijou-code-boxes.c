#include "config.h"

#include "bijou-code-boxes.h"

struct _BijouCodeBoxes
{
  GtkWidget parent_instance;
};

G_DEFINE_FINAL_TYPE (BijouCodeBoxes, bijou_code_boxes, GTK_TYPE_WIDGET)

static void
remove_boxes (BijouCodeBoxes *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}

static void
bijou_code_boxes_dispose (GObject *object)
{
  remove_boxes (BIJOU_CODE_BOXES (object));

  G_OBJECT_CLASS (bijou_code_boxes_parent_class)->dispose (object);
}

static void
bijou_code_boxes_class_init (BijouCodeBoxesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_code_boxes_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_IMG);
}

static void
bijou_code_boxes_init (BijouCodeBoxes *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 8);
  gtk_widget_set_halign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

static void
append_box (BijouCodeBoxes *self, gunichar letter, gboolean begins_group)
{
  char text[7] = { 0 };
  GtkWidget *label;

  g_unichar_to_utf8 (letter, text);
  label = gtk_label_new (text);
  gtk_widget_add_css_class (label, "bijou-code");
  if (begins_group)
    gtk_widget_set_margin_start (label, 18);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
}

/**
 * bijou_code_boxes_set_code:
 * @self: the boxes
 * @code: what to show
 */
void
bijou_code_boxes_set_code (BijouCodeBoxes *self, const char *code)
{
  g_autoptr (GString) spoken = g_string_new (NULL);
  long length = g_utf8_strlen (code, -1);
  long i = 0;

  remove_boxes (self);
  for (const char *p = code; *p != '\0'; p = g_utf8_next_char (p), i++)
    {
      append_box (self, g_utf8_get_char (p), length == 6 && i == 3);
      g_string_append_unichar (spoken, g_utf8_get_char (p));
      g_string_append_c (spoken, ' ');
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken->str,
                                  -1);
}
