#include "config.h"

#include "bijou-storage-page.h"

#include "bijou-media-cache.h"

#include <glib/gi18n.h>

/* A spin button turns through many sizes; the caches are told of the last one. */
#define BUDGET_DELAY_MS 800

struct _BijouStoragePage
{
  AdwPreferencesPage parent_instance;

  BijouContext *context; /* (owned) (nullable) NULL before it is set and after the window closed */
  guint budget_timeout;

  /* Template */
  GtkSpinButton *film_spin;
  GtkSpinButton *image_spin;
  GtkAdjustment *film_room;
  GtkAdjustment *image_room;
  AdwActionRow *film_row;
  AdwActionRow *image_row;
  GtkButton *film_button;
  GtkButton *image_button;
};

G_DEFINE_FINAL_TYPE (BijouStoragePage, bijou_storage_page, ADW_TYPE_PREFERENCES_PAGE)

typedef enum
{
  CLEAR_NOTHING = 0,
  CLEAR_FILMS = 1 << 0,
  CLEAR_IMAGES = 1 << 1,
} ClearFlags;

/**
 * Usage:
 * A look at the caches, after clearing what was asked for.
 */
typedef struct
{
  ClearFlags clear;
  gint64 films;  /* bytes */
  gint64 images; /* bytes */
} Usage;

static void
look_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  BijouMediaCache *films = bijou_context_get_media_cache (source);
  BijouImageCache *images = bijou_context_get_image_cache (source);
  Usage *usage = task_data;

  if (usage->clear & CLEAR_FILMS)
    bijou_media_cache_clear (films, NULL);
  if (usage->clear & CLEAR_IMAGES)
    bijou_image_cache_clear (images, NULL);
  usage->films = bijou_media_cache_get_disk_usage (films);
  usage->images = (gint64) bijou_image_cache_get_size (images);
  g_task_return_boolean (task, TRUE);
}

static void
show_bytes (AdwActionRow *row, GtkButton *button, gint64 bytes)
{
  g_autofree char *text =
      bytes > 0 ? g_format_size ((guint64) bytes) : g_strdup (C_ ("storage in use", "Nothing"));

  adw_action_row_set_subtitle (row, text);
  gtk_widget_set_sensitive (GTK_WIDGET (button), bytes > 0);
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Usage *usage = g_task_get_task_data (G_TASK (result));
  g_autoptr (BijouStoragePage) self = user_data;

  if (self->context == NULL)
    return;
  show_bytes (self->film_row, self->film_button, usage->films);
  show_bytes (self->image_row, self->image_button, usage->images);
}

static void
look (BijouStoragePage *self, ClearFlags clear)
{
  g_autoptr (GTask) task = g_task_new (self->context, NULL, on_looked_cb, g_object_ref (self));
  Usage *usage = g_new0 (Usage, 1);

  usage->clear = clear;
  g_task_set_source_tag (task, look);
  g_task_set_task_data (task, usage, g_free);
  bijou_context_run_async (self->context, task, look_in_worker);
}

/* --- clearing --- */

static void
on_films_response_cb (AdwMessageDialog *dialog, const char *response, BijouStoragePage *self)
{
  if (g_str_equal (response, "clear"))
    look (self, CLEAR_FILMS);
}

static void
on_images_response_cb (AdwMessageDialog *dialog, const char *response, BijouStoragePage *self)
{
  if (g_str_equal (response, "clear"))
    look (self, CLEAR_IMAGES);
}

static void
ask (BijouStoragePage *self, const char *heading, const char *body, GCallback on_response)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (root), heading, body);

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Cancel"), "clear",
                                    _ ("C_lear"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "clear",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", on_response, self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_clear_films_cb (BijouStoragePage *self)
{
  ask (self, _ ("Clear Films and Episodes?"),
       _ ("They stay on the server and are fetched again when you play them."),
       G_CALLBACK (on_films_response_cb));
}

static void
on_clear_images_cb (BijouStoragePage *self)
{
  ask (self, _ ("Clear Pictures?"),
       _ ("They stay on the server and are fetched again when you see them."),
       G_CALLBACK (on_images_response_cb));
}

/* --- how much room there is --- */

typedef struct
{
  gint64 films;   /* bytes */
  guint64 images; /* bytes */
} Budgets;

static void
set_budgets_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Budgets *budgets = task_data;

  bijou_media_cache_set_budget (bijou_context_get_media_cache (source), budgets->films);
  bijou_image_cache_set_budget (bijou_context_get_image_cache (source), budgets->images);
  g_task_return_boolean (task, TRUE);
}

static void
set_budgets (BijouStoragePage *self)
{
  g_autoptr (GTask) task = g_task_new (self->context, NULL, NULL, NULL);
  GSettings *settings = bijou_context_get_settings (self->context);
  Budgets *budgets = g_new0 (Budgets, 1);

  budgets->films = (gint64) g_settings_get_uint (settings, "cache-size-mb") << 20;
  budgets->images = (guint64) g_settings_get_uint (settings, "image-cache-size-mb") << 20;
  g_task_set_source_tag (task, set_budgets);
  g_task_set_task_data (task, budgets, g_free);
  bijou_context_run_async (self->context, task, set_budgets_in_worker);
}

static gboolean
on_budget_settled_cb (gpointer data)
{
  BijouStoragePage *self = data;

  self->budget_timeout = 0;
  set_budgets (self);
  look (self, CLEAR_NOTHING);
  return G_SOURCE_REMOVE;
}

static void
on_budget_changed_cb (BijouStoragePage *self)
{
  g_clear_handle_id (&self->budget_timeout, g_source_remove);
  self->budget_timeout = g_timeout_add (BUDGET_DELAY_MS, on_budget_settled_cb, self);
}

static gboolean
megabytes_to_gigabytes (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_double (value, MAX (1.0, g_variant_get_uint32 (variant) / 1024.0));
  return TRUE;
}

static GVariant *
gigabytes_to_megabytes (const GValue *value, const GVariantType *type, gpointer data)
{
  return g_variant_new_uint32 ((guint32) (g_value_get_double (value) * 1024.0 + 0.5));
}

/* --- life --- */

/* Left or closed while a size was being turned to: it counts all the same. */
static void
bijou_storage_page_unmap (GtkWidget *widget)
{
  BijouStoragePage *self = BIJOU_STORAGE_PAGE (widget);

  if (self->budget_timeout != 0)
    {
      g_clear_handle_id (&self->budget_timeout, g_source_remove);
      set_budgets (self);
    }

  GTK_WIDGET_CLASS (bijou_storage_page_parent_class)->unmap (widget);
}

static void
bijou_storage_page_dispose (GObject *object)
{
  BijouStoragePage *self = BIJOU_STORAGE_PAGE (object);

  g_clear_handle_id (&self->budget_timeout, g_source_remove);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_storage_page_parent_class)->dispose (object);
}

static void
bijou_storage_page_class_init (BijouStoragePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_storage_page_dispose;
  widget_class->unmap = bijou_storage_page_unmap;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/preferences/bijou-storage-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, film_spin);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, image_spin);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, film_room);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, image_room);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, film_row);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, image_row);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, film_button);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, image_button);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_films_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_images_cb);
}

static void
bijou_storage_page_init (BijouStoragePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * bijou_storage_page_set_context:
 * @self: the page
 * @context: whose caches it shows; set once
 */
void
bijou_storage_page_set_context (BijouStoragePage *self, BijouContext *context)
{
  GSettings *settings = bijou_context_get_settings (context);

  g_return_if_fail (self->context == NULL);
  self->context = g_object_ref (context);
  g_settings_bind_with_mapping (settings, "cache-size-mb", self->film_room, "value",
                                G_SETTINGS_BIND_DEFAULT, megabytes_to_gigabytes,
                                gigabytes_to_megabytes, NULL, NULL);
  g_settings_bind (settings, "image-cache-size-mb", self->image_room, "value",
                   G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::cache-size-mb", G_CALLBACK (on_budget_changed_cb),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (settings, "changed::image-cache-size-mb",
                           G_CALLBACK (on_budget_changed_cb), self, G_CONNECT_SWAPPED);
  look (self, CLEAR_NOTHING);
}
