#include "config.h"

#include "bijou-panel-row.h"

GtkWidget *
bijou_panel_label_new (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

GtkWidget *
bijou_panel_row_new (const char *title, const char *detail, gboolean selected)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *check = gtk_image_new_from_icon_name ("object-select-symbolic");
  g_autofree char *name = NULL;

  gtk_image_set_pixel_size (GTK_IMAGE (check), 14);
  gtk_widget_set_opacity (check, selected ? 1 : 0);
  gtk_box_append (GTK_BOX (box), check);
  gtk_box_append (GTK_BOX (texts), bijou_panel_label_new (title, "name"));
  if (detail != NULL)
    {
      GtkWidget *second = bijou_panel_label_new (detail, "caption");

      gtk_widget_add_css_class (second, "dim-label");
      gtk_box_append (GTK_BOX (texts), second);
    }
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  if (selected)
    gtk_widget_add_css_class (row, "on");
  name = detail != NULL ? g_strdup_printf ("%s, %s", title, detail) : g_strdup (title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return row;
}

void
bijou_panel_clear_list (GtkListBox *list)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (list))) != NULL)
    gtk_list_box_remove (list, child);
}
