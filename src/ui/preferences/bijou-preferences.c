#include "config.h"

#include "bijou-preferences.h"

#include "bijou-language-list.h"
#include "bijou-servers-page.h"
#include "bijou-storage-page.h"

#include <glib/gi18n.h>
#include <math.h>

struct _BijouPreferences
{
  AdwPreferencesWindow parent_instance;

  GSettings *settings;                   /* (owned) */
  BijouLanguageList *audio_languages;    /* (owned) */
  BijouLanguageList *subtitle_languages; /* (owned) */

  /* Template: Playback */
  AdwComboRow *skip_row;
  GtkSwitch *autoplay_switch;
  AdwComboRow *segments_row;
  GtkSwitch *rewind_switch;
  AdwComboRow *audio_row;
  AdwComboRow *subtitle_row;
  AdwComboRow *subtitle_mode_row;
  AdwComboRow *subtitle_scale_row;
  GtkSwitch *hardware_switch;

  /* Template: Look */
  AdwComboRow *color_scheme_row;
  GtkAdjustment *poster_size;
  GtkSwitch *hero_switch;

  BijouStoragePage *storage_page;
  BijouServersPage *servers_page;
};

G_DEFINE_FINAL_TYPE (BijouPreferences, bijou_preferences, ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the rows of bijou-preferences.ui. */
static const char *const segment_values[] = { "button", "skip", "off", NULL };
static const char *const subtitle_mode_values[] = { "none", "forced", "default", "always", NULL };
static const char *const color_scheme_values[] = { "system", "light", "dark", NULL };
static const double subtitle_scales[] = { 0.75, 1.0, 1.4, 2.0 };

/* Steps back and forward that are offered, in seconds. */
static const struct
{
  int back;
  int forward;
} steps[] = { { 5, 5 }, { 5, 10 }, { 10, 10 }, { 10, 30 }, { 15, 30 }, { 30, 30 } };

/* --- switches, names --- */

static void
bind_switch (BijouPreferences *self, const char *key, GtkSwitch *widget)
{
  g_settings_bind (self->settings, key, widget, "active", G_SETTINGS_BIND_DEFAULT);
}

static gboolean
name_to_position (GValue *value, GVariant *variant, gpointer data)
{
  const char *const *names = data;
  const char *name = g_variant_get_string (variant, NULL);

  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      {
        g_value_set_uint (value, i);
        return TRUE;
      }
  return FALSE;
}

static GVariant *
position_to_name (const GValue *value, const GVariantType *type, gpointer data)
{
  const char *const *names = data;
  guint position = g_value_get_uint (value);

  return position < g_strv_length ((char **) names) ? g_variant_new_string (names[position]) : NULL;
}

static void
bind_names (BijouPreferences *self, const char *key, AdwComboRow *row, const char *const *names)
{
  g_settings_bind_with_mapping (self->settings, key, row, "selected", G_SETTINGS_BIND_DEFAULT,
                                name_to_position, position_to_name, (gpointer) names, NULL);
}

/* --- languages --- */

static gboolean
code_to_position (GValue *value, GVariant *variant, gpointer data)
{
  g_value_set_uint (value, bijou_language_list_find (data, g_variant_get_string (variant, NULL)));
  return TRUE;
}

static GVariant *
position_to_code (const GValue *value, const GVariantType *type, gpointer data)
{
  guint position = g_value_get_uint (value);

  if (position == GTK_INVALID_LIST_POSITION)
    return NULL;
  return g_variant_new_string (bijou_language_list_get_code (data, position));
}

static BijouLanguageList *
bind_language (BijouPreferences *self, const char *key, AdwComboRow *row, const char *first)
{
  g_autofree char *code = g_settings_get_string (self->settings, key);
  BijouLanguageList *list = bijou_language_list_new (first, code);
  g_auto (GStrv) names = bijou_language_list_dup_names (list);
  g_autoptr (GtkStringList) model = gtk_string_list_new ((const char *const *) names);

  adw_combo_row_set_model (row, G_LIST_MODEL (model));
  g_settings_bind_with_mapping (self->settings, key, row, "selected", G_SETTINGS_BIND_DEFAULT,
                                code_to_position, position_to_code, list, NULL);
  return list;
}

/* --- the size of subtitles --- */

static gboolean
scale_to_position (GValue *value, GVariant *variant, gpointer data)
{
  double scale = g_variant_get_double (variant);
  guint nearest = 0;

  for (guint i = 1; i < G_N_ELEMENTS (subtitle_scales); i++)
    if (fabs (subtitle_scales[i] - scale) < fabs (subtitle_scales[nearest] - scale))
      nearest = i;
  g_value_set_uint (value, nearest);
  return TRUE;
}

static GVariant *
position_to_scale (const GValue *value, const GVariantType *type, gpointer data)
{
  guint position = g_value_get_uint (value);

  return position < G_N_ELEMENTS (subtitle_scales)
             ? g_variant_new_double (subtitle_scales[position])
             : NULL;
}

/* --- steps back and forward: two keys in one row --- */

static void
show_steps (BijouPreferences *self)
{
  int back = g_settings_get_int (self->settings, "skip-seconds-back");
  int forward = g_settings_get_int (self->settings, "skip-seconds-forward");
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);
  guint selected = G_N_ELEMENTS (steps);

  for (guint i = 0; i <= G_N_ELEMENTS (steps); i++)
    {
      gboolean own = i == G_N_ELEMENTS (steps);
      /* Translators: lengths of the step back and of the step forward, in seconds */
      g_autofree char *text = g_strdup_printf (_ ("%d s and %d s"), own ? back : steps[i].back,
                                               own ? forward : steps[i].forward);

      if (own && selected != G_N_ELEMENTS (steps))
        break;
      if (!own && steps[i].back == back && steps[i].forward == forward)
        selected = i;
      gtk_string_list_append (model, text);
    }
  adw_combo_row_set_model (self->skip_row, G_LIST_MODEL (model));
  adw_combo_row_set_selected (self->skip_row, selected);
}

static void
on_steps_selected_cb (BijouPreferences *self)
{
  guint position = adw_combo_row_get_selected (self->skip_row);

  if (position >= G_N_ELEMENTS (steps))
    return;
  g_settings_set_int (self->settings, "skip-seconds-back", steps[position].back);
  g_settings_set_int (self->settings, "skip-seconds-forward", steps[position].forward);
}

/* --- life --- */

static void
bind_playback (BijouPreferences *self)
{
  show_steps (self);
  g_signal_connect_object (self->skip_row, "notify::selected", G_CALLBACK (on_steps_selected_cb),
                           self, G_CONNECT_SWAPPED);
  bind_switch (self, "autoplay-next", self->autoplay_switch);
  bind_names (self, "segments", self->segments_row, segment_values);
  bind_switch (self, "rewind-on-resume", self->rewind_switch);
  self->audio_languages =
      bind_language (self, "audio-language", self->audio_row, _ ("Original language"));
  self->subtitle_languages =
      bind_language (self, "subtitle-language", self->subtitle_row, _ ("Desktop language"));
  bind_names (self, "subtitle-mode", self->subtitle_mode_row, subtitle_mode_values);
  g_settings_bind_with_mapping (self->settings, "subtitle-scale", self->subtitle_scale_row,
                                "selected", G_SETTINGS_BIND_DEFAULT, scale_to_position,
                                position_to_scale, NULL, NULL);
  bind_switch (self, "hardware-decoding", self->hardware_switch);
}

static void
bind_look (BijouPreferences *self)
{
  bind_names (self, "color-scheme", self->color_scheme_row, color_scheme_values);
  g_settings_bind (self->settings, "poster-size", self->poster_size, "value",
                   G_SETTINGS_BIND_DEFAULT);
  bind_switch (self, "show-hero", self->hero_switch);
}

static void
bijou_preferences_finalize (GObject *object)
{
  BijouPreferences *self = BIJOU_PREFERENCES (object);

  g_clear_object (&self->settings);
  g_clear_pointer (&self->audio_languages, bijou_language_list_free);
  g_clear_pointer (&self->subtitle_languages, bijou_language_list_free);

  G_OBJECT_CLASS (bijou_preferences_parent_class)->finalize (object);
}

static void
bijou_preferences_class_init (BijouPreferencesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bijou_preferences_finalize;

  g_type_ensure (BIJOU_TYPE_SERVERS_PAGE);
  g_type_ensure (BIJOU_TYPE_STORAGE_PAGE);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/preferences/bijou-preferences.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, skip_row);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, autoplay_switch);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, segments_row);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, rewind_switch);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, audio_row);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, subtitle_row);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, subtitle_mode_row);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, subtitle_scale_row);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, hardware_switch);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, color_scheme_row);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, poster_size);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, hero_switch);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, storage_page);
  gtk_widget_class_bind_template_child (widget_class, BijouPreferences, servers_page);
}

/* The button of libadwaita 1.2 that opens the search has an icon and a tooltip, which is no name.
 */
static gboolean
name_search_button (GtkWidget *widget)
{
  gboolean found =
      GTK_IS_TOGGLE_BUTTON (widget) &&
      g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "edit-find-symbolic") == 0;

  if (found)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Search"), -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && !found;
       child = gtk_widget_get_next_sibling (child))
    found = name_search_button (child);
  return found;
}

static void
bijou_preferences_init (BijouPreferences *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  name_search_button (GTK_WIDGET (self));
}

/**
 * bijou_preferences_new:
 * @context: the context whose settings, caches and servers it shows
 *
 * Returns: (transfer none): a window for the caller to make transient and present
 */
BijouPreferences *
bijou_preferences_new (BijouContext *context)
{
  BijouPreferences *self = g_object_new (BIJOU_TYPE_PREFERENCES, NULL);

  self->settings = g_object_ref (bijou_context_get_settings (context));
  bind_playback (self);
  bind_look (self);
  bijou_storage_page_set_context (self->storage_page, context);
  bijou_servers_page_set_context (self->servers_page, context);
  return self;
}

/**
 * bijou_preferences_show_servers:
 * @self: the window
 *
 * Turns to the page of the servers.
 */
void
bijou_preferences_show_servers (BijouPreferences *self)
{
  adw_preferences_window_set_visible_page (ADW_PREFERENCES_WINDOW (self),
                                           ADW_PREFERENCES_PAGE (self->servers_page));
}
