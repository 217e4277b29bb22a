#include "config.h"

#include "bijou-storage-page.h"

#include "bijou-cache-setting.h"

#include <glib/gi18n.h>

/* A spin button turns through many sizes; the caches are told of the last one. */
#define BUDGET_DELAY_MS 800
#define LOOK_SECONDS 2

struct _BijouStoragePage
{
  AdwPreferencesPage parent_instance;

  BijouContext *context; /* (owned) (nullable) NULL before it is set and after the window closed */
  guint budget_timeout;
  guint look_timeout;
  gboolean looking;

  /* Template */
  AdwComboRow *keep_row;
  AdwActionRow *room_row;
  GtkSpinButton *film_spin;
  GtkSpinButton *image_spin;
  GtkAdjustment *film_room;
  GtkAdjustment *image_room;
  AdwActionRow *film_row;
  AdwActionRow *image_row;
  GtkButton *film_button;
  GtkButton *image_button;
  GtkAdjustment *ahead;
  GtkSwitch *prefetch_switch;
  AdwActionRow *metered_row;
  GtkSwitch *metered_switch;
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

  self->looking = FALSE;
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

  self->looking = TRUE;
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

static void
set_budgets_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  guint64 *images = task_data;

  bijou_image_cache_set_budget (bijou_context_get_image_cache (source), *images);
  g_task_return_boolean (task, TRUE);
}

static void
set_budgets (BijouStoragePage *self)
{
  g_autoptr (GTask) task = g_task_new (self->context, NULL, NULL, NULL);
  GSettings *settings = bijou_context_get_settings (self->context);
  guint64 *images = g_new0 (guint64, 1);

  bijou_cache_setting_apply (bijou_context_get_media_cache (self->context), settings);
  *images = (guint64) g_settings_get_uint (settings, "image-cache-size-mb") << 20;
  g_task_set_source_tag (task, set_budgets);
  g_task_set_task_data (task, images, g_free);
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

/* --- how long films are kept --- */

static const char *const keep_names[] = { "always", "watching", "off", NULL };

static gboolean
name_to_position (GValue *value, GVariant *variant, gpointer data)
{
  const char *name = g_variant_get_string (variant, NULL);

  for (guint i = 0; keep_names[i] != NULL; i++)
    if (g_str_equal (keep_names[i], name))
      g_value_set_uint (value, i);
  return TRUE;
}

static GVariant *
position_to_name (const GValue *value, const GVariantType *type, gpointer data)
{
  guint position = g_value_get_uint (value);

  return position < G_N_ELEMENTS (keep_names) - 1 ? g_variant_new_string (keep_names[position])
                                                  : NULL;
}

static gboolean
is_not_off (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_boolean (value, !g_str_equal (g_variant_get_string (variant, NULL), "off"));
  return TRUE;
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

static gboolean
on_look_cb (gpointer data)
{
  BijouStoragePage *self = data;

  if (!self->looking)
    look (self, CLEAR_NOTHING);
  return G_SOURCE_CONTINUE;
}

/* Films that play, and other processes, change what is used while the page is seen. */
static void
bijou_storage_page_map (GtkWidget *widget)
{
  BijouStoragePage *self = BIJOU_STORAGE_PAGE (widget);

  GTK_WIDGET_CLASS (bijou_storage_page_parent_class)->map (widget);
  if (self->context == NULL)
    return;
  look (self, CLEAR_NOTHING);
  self->look_timeout = g_timeout_add_seconds (LOOK_SECONDS, on_look_cb, self);
}

/* Left or closed while a size was being turned to: it counts all the same. */
static void
bijou_storage_page_unmap (GtkWidget *widget)
{
  BijouStoragePage *self = BIJOU_STORAGE_PAGE (widget);

  g_clear_handle_id (&self->look_timeout, g_source_remove);
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
  g_clear_handle_id (&self->look_timeout, g_source_remove);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_storage_page_parent_class)->dispose (object);
}

static void
bijou_storage_page_class_init (BijouStoragePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_storage_page_dispose;
  widget_class->map = bijou_storage_page_map;
  widget_class->unmap = bijou_storage_page_unmap;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/preferences/bijou-storage-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, keep_row);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, room_row);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, ahead);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, prefetch_switch);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, metered_row);
  gtk_widget_class_bind_template_child (widget_class, BijouStoragePage, metered_switch);
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

static void
bind_films (BijouStoragePage *self, GSettings *settings)
{
  g_settings_bind_with_mapping (settings, "cache-keep", self->keep_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, name_to_position, position_to_name, NULL,
                                NULL);
  g_settings_bind_with_mapping (settings, "cache-keep", self->room_row, "sensitive",
                                G_SETTINGS_BIND_GET | G_SETTINGS_BIND_NO_SENSITIVITY, is_not_off,
                                NULL, NULL, NULL);
  g_settings_bind_with_mapping (settings, "cache-size-mb", self->film_room, "value",
                                G_SETTINGS_BIND_DEFAULT, megabytes_to_gigabytes,
                                gigabytes_to_megabytes, NULL, NULL);
  g_settings_bind (settings, "read-ahead-seconds", self->ahead, "value", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "prefetch", self->prefetch_switch, "active", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "prefetch-metered", self->metered_switch, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "prefetch", self->metered_row, "sensitive",
                   G_SETTINGS_BIND_GET | G_SETTINGS_BIND_NO_SENSITIVITY);
}

/**
 * bijou_storage_page_set_context:
 * @self: the page
 * @context: whose caches it shows; set once
 */
void
bijou_storage_page_set_context (BijouStoragePage *self, BijouContext *context)
{
  static const char *const budgets[] = { "changed::cache-keep", "changed::cache-size-mb",
                                         "changed::image-cache-size-mb" };
  GSettings *settings = bijou_context_get_settings (context);

  g_return_if_fail (self->context == NULL);
  self->context = g_object_ref (context);
  bind_films (self, settings);
  g_settings_bind (settings, "image-cache-size-mb", self->image_room, "value",
                   G_SETTINGS_BIND_DEFAULT);
  for (gsize i = 0; i < G_N_ELEMENTS (budgets); i++)
    g_signal_connect_object (settings, budgets[i], G_CALLBACK (on_budget_changed_cb), self,
                             G_CONNECT_SWAPPED);
  look (self, CLEAR_NOTHING);
}
