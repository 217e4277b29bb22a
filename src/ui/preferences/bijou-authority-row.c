#include "config.h"

#include "bijou-authority-row.h"

#include "bijou-authorities.h"

#include <glib/gi18n.h>

#define KEY "ca-file"

struct _BijouAuthorityRow
{
  AdwActionRow parent_instance;

  GSettings *settings;           /* (owned) (nullable) */
  GtkFileChooserNative *chooser; /* (owned) (nullable) while it is open */

  /* Template */
  GtkWidget *clear;
  GtkWidget *choose;
};

G_DEFINE_FINAL_TYPE (BijouAuthorityRow, bijou_authority_row, ADW_TYPE_ACTION_ROW)

static void
show_file (BijouAuthorityRow *self)
{
  g_autofree char *file = g_settings_get_string (self->settings, KEY);
  g_autofree char *name = g_filename_display_basename (file);

  gtk_widget_set_visible (self->clear, *file != '\0');
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self),
                               *file != '\0' ? name : _ ("Only those of the system"));
}

/* A file with no certificate in it would only be found out by what does not work. */
static void
take_file (BijouAuthorityRow *self, const char *file)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) authorities = bijou_authorities_load (file, &error);

  if (authorities != NULL)
    {
      g_settings_set_string (self->settings, KEY, file);
      return;
    }
  g_message ("The certificates are not used: %s", error->message);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), _ ("There is no certificate in that file"));
}

static void
on_response_cb (GtkNativeDialog *dialog, int response, BijouAuthorityRow *self)
{
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    path = g_file_get_path (file);
  if (path != NULL)
    take_file (self, path);
  g_clear_object (&self->chooser);
}

static void
add_filter (GtkFileChooser *chooser)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Certificates"));
  gtk_file_filter_add_suffix (filter, "pem");
  gtk_file_filter_add_suffix (filter, "crt");
  gtk_file_filter_add_suffix (filter, "cer");
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
on_choose_cb (BijouAuthorityRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser != NULL)
    return;
  self->chooser = gtk_file_chooser_native_new (_ ("Additional Certificates"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  add_filter (GTK_FILE_CHOOSER (self->chooser));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_response_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_clear_cb (BijouAuthorityRow *self)
{
  g_settings_set_string (self->settings, KEY, "");
  gtk_widget_grab_focus (self->choose);
}

static void
bijou_authority_row_dispose (GObject *object)
{
  BijouAuthorityRow *self = BIJOU_AUTHORITY_ROW (object);

  g_clear_object (&self->chooser);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (bijou_authority_row_parent_class)->dispose (object);
}

static void
bijou_authority_row_class_init (BijouAuthorityRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_authority_row_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/preferences/bijou-authority-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouAuthorityRow, clear);
  gtk_widget_class_bind_template_child (widget_class, BijouAuthorityRow, choose);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_cb);
}

static void
bijou_authority_row_init (BijouAuthorityRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * bijou_authority_row_set_settings:
 * @self: the row
 * @settings: where the choice is kept; set once
 */
void
bijou_authority_row_set_settings (BijouAuthorityRow *self, GSettings *settings)
{
  self->settings = g_object_ref (settings);
  g_signal_connect_object (settings, "changed::" KEY, G_CALLBACK (show_file), self,
                           G_CONNECT_SWAPPED);
  show_file (self);
}
