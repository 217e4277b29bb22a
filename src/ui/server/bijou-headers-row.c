#include "config.h"

#include "bijou-headers-row.h"

#include "bijou-trust.h"

#include <glib/gi18n.h>

#define MAX_HEADERS 16

typedef struct
{
  GtkWidget *row;     /* (unowned) */
  GtkEditable *name;  /* (unowned) */
  GtkEditable *value; /* (unowned) */
} Header;

struct _BijouHeadersRow
{
  AdwExpanderRow parent_instance;

  GPtrArray *headers; /* (owned) of Header */
  gboolean quiet;     /* it is filled, not edited */

  /* Template */
  GtkWidget *add_row;
  GtkWidget *add;
};

G_DEFINE_FINAL_TYPE (BijouHeadersRow, bijou_headers_row, ADW_TYPE_EXPANDER_ROW)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
is_empty (const Header *header)
{
  return *gtk_editable_get_text (header->name) == '\0' &&
         *gtk_editable_get_text (header->value) == '\0';
}

static char *
make_line (const Header *header)
{
  return g_strdup_printf ("%s: %s", gtk_editable_get_text (header->name),
                          gtk_editable_get_text (header->value));
}

static void
on_changed_cb (BijouHeadersRow *self)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      Header *header = g_ptr_array_index (self->headers, i);

      gtk_widget_remove_css_class (GTK_WIDGET (header->name), "error");
      gtk_widget_remove_css_class (GTK_WIDGET (header->value), "error");
    }
  if (!self->quiet)
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_remove_cb (GtkButton *button, BijouHeadersRow *self)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      Header *header = g_ptr_array_index (self->headers, i);

      if (!gtk_widget_is_ancestor (GTK_WIDGET (button), header->row))
        continue;
      adw_expander_row_remove (ADW_EXPANDER_ROW (self), header->row);
      g_ptr_array_remove_index (self->headers, i);
      break;
    }
  gtk_widget_set_sensitive (self->add, TRUE);
  gtk_widget_grab_focus (self->add);
  on_changed_cb (self);
}

static GtkEditable *
add_entry (BijouHeadersRow *self, GtkWidget *box, GtkWidget *entry, const char *label)
{
  GtkEditable *editable = GTK_EDITABLE (entry);

  gtk_widget_set_hexpand (entry, TRUE);
  gtk_widget_set_valign (entry, GTK_ALIGN_CENTER);
  gtk_editable_set_width_chars (editable, 8);
  g_object_set (entry, "placeholder-text", label, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_changed_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), entry);
  return editable;
}

static void
add_remove_button (BijouHeadersRow *self, GtkWidget *box)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("list-remove-symbolic");

  gtk_widget_set_tooltip_text (button, _ ("Remove Header"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Remove Header"), -1);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_remove_cb), self, 0);
  gtk_box_append (GTK_BOX (box), button);
}

static Header *
add_header (BijouHeadersRow *self)
{
  Header *header = g_new0 (Header, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *value = gtk_password_entry_new ();

  header->row = gtk_list_box_row_new ();
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (header->row), FALSE);
  gtk_widget_set_focusable (header->row, FALSE);
  gtk_widget_set_margin_top (box, 8);
  gtk_widget_set_margin_bottom (box, 8);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 6);
  header->name = add_entry (self, box, gtk_entry_new (), _ ("Name"));
  header->value = add_entry (self, box, value, _ ("Value"));
  gtk_password_entry_set_show_peek_icon (GTK_PASSWORD_ENTRY (value), TRUE);
  add_remove_button (self, box);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (header->row), box);

  /* The button stays the last. */
  g_object_ref (self->add_row);
  adw_expander_row_remove (ADW_EXPANDER_ROW (self), self->add_row);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), header->row);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), self->add_row);
  g_object_unref (self->add_row);
  g_ptr_array_add (self->headers, header);
  gtk_widget_set_sensitive (self->add, self->headers->len < MAX_HEADERS);
  return header;
}

static void
on_add_cb (BijouHeadersRow *self)
{
  Header *header = add_header (self);

  gtk_widget_grab_focus (GTK_WIDGET (header->name));
}

static void
on_expanded_cb (BijouHeadersRow *self)
{
  if (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (self)) && self->headers->len == 0)
    add_header (self);
}

static void
bijou_headers_row_finalize (GObject *object)
{
  g_ptr_array_unref (BIJOU_HEADERS_ROW (object)->headers);

  G_OBJECT_CLASS (bijou_headers_row_parent_class)->finalize (object);
}

static void
bijou_headers_row_class_init (BijouHeadersRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bijou_headers_row_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/server/bijou-headers-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouHeadersRow, add_row);
  gtk_widget_class_bind_template_child (widget_class, BijouHeadersRow, add);
  gtk_widget_class_bind_template_callback (widget_class, on_add_cb);
}

static void
bijou_headers_row_init (BijouHeadersRow *self)
{
  self->headers = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::expanded", G_CALLBACK (on_expanded_cb), NULL);
}

static void
show_line (BijouHeadersRow *self, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, ":", 2);
  Header *header;

  if (g_strv_length (parts) != 2)
    return;
  header = add_header (self);
  gtk_editable_set_text (header->name, g_strstrip (parts[0]));
  gtk_editable_set_text (header->value, g_strstrip (parts[1]));
}

/**
 * bijou_headers_row_set_headers:
 * @self: a row
 * @headers: (nullable): lines of `Name: value`
 *
 * Shows them in place of what it shows; `changed` is not emitted.
 */
void
bijou_headers_row_set_headers (BijouHeadersRow *self, const char *headers)
{
  g_auto (GStrv) lines = g_strsplit (headers != NULL ? headers : "", "\n", -1);
  guint n_before = self->headers->len;

  self->quiet = TRUE;
  for (guint i = 0; i < n_before; i++)
    adw_expander_row_remove (ADW_EXPANDER_ROW (self),
                             ((Header *) g_ptr_array_index (self->headers, i))->row);
  g_ptr_array_set_size (self->headers, 0);
  for (char **line = lines; *line != NULL; line++)
    show_line (self, *line);
  self->quiet = FALSE;
}

/**
 * bijou_headers_row_dup_headers:
 * @self: a row
 *
 * Returns: (transfer full) (nullable): lines of `Name: value`; a secret
 */
char *
bijou_headers_row_dup_headers (BijouHeadersRow *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->headers->len; i++)
    {
      g_autofree char *line = make_line (g_ptr_array_index (self->headers, i));

      if (bijou_trust_check_header (line))
        g_string_append_printf (text, "%s%s", text->len == 0 ? "" : "\n", line);
    }
  return text->len == 0 ? NULL : g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * bijou_headers_row_check:
 * @self: a row
 *
 * Marks the first header that may not be sent, and goes there.
 *
 * Returns: whether there is none
 */
gboolean
bijou_headers_row_check (BijouHeadersRow *self)
{
  for (guint i = 0; i < self->headers->len; i++)
    {
      Header *header = g_ptr_array_index (self->headers, i);
      g_autofree char *line = make_line (header);
      gboolean no_value = *gtk_editable_get_text (header->value) == '\0';

      if (is_empty (header) || bijou_trust_check_header (line))
        continue;
      gtk_widget_add_css_class (GTK_WIDGET (no_value ? header->value : header->name), "error");
      adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self), TRUE);
      gtk_widget_grab_focus (GTK_WIDGET (no_value ? header->value : header->name));
      return FALSE;
    }
  return TRUE;
}
