#define _GNU_SOURCE /* nftw() */

#include "config.h"

#include "bijou-media-cache.h"
#include "bijou-preferences.h"

#include <ftw.h>
#include <glib/gstdio.h>

/* No wait is longer than this; none of them is expected to be. */
#define DEADLINE_MS 20000

typedef struct
{
  char *folder;             /* (owned) the profile */
  BijouContext *context;    /* (owned) */
  BijouPreferences *window; /* (unowned) GTK keeps it until it is destroyed */
} Fixture;

static int
remove_path (const char *path, const struct stat *info, int kind, struct FTW *walk)
{
  return g_remove (path);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouContextOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("bijou-preferences-XXXXXX", &error);
  g_assert_no_error (error);
  options.profile = fixture->folder;
  fixture->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
  fixture->window = bijou_preferences_new (fixture->context);
}

typedef gboolean (*Condition) (Fixture *fixture, gconstpointer data);

static gboolean
on_deadline_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Something that a worker did shows only when it is looked for. */
static gboolean
look_again_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static void
wait_for (Fixture *fixture, Condition condition, gconstpointer data)
{
  gboolean late = FALSE;
  guint source = g_timeout_add (DEADLINE_MS, on_deadline_cb, &late);
  guint ticks = g_timeout_add (10, look_again_cb, NULL);

  while (!late && !condition (fixture, data))
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  g_source_remove (source);
  g_source_remove (ticks);
}

static gboolean
is_gone (Fixture *fixture, gconstpointer data)
{
  return fixture->context == NULL;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  bijou_context_shutdown (fixture->context);
  g_object_add_weak_pointer (G_OBJECT (fixture->context), (gpointer *) &fixture->context);
  g_object_unref (fixture->context);
  wait_for (fixture, is_gone, NULL);
  nftw (fixture->folder, remove_path, 8, FTW_DEPTH | FTW_PHYS);
  g_free (fixture->folder);
}

/* The first widget below @widget, itself included, of @type and (where given) with a property
 * `title` of @title. */
static GtkWidget *
find_widget (GtkWidget *widget, GType type, const char *title)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    {
      g_autofree char *own = NULL;

      if (title == NULL)
        return widget;
      g_object_get (widget, "title", &own, NULL);
      if (g_strcmp0 (own, title) == 0)
        return widget;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type, title);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_row (Fixture *fixture, const char *title)
{
  GtkWidget *row = find_widget (GTK_WIDGET (fixture->window), ADW_TYPE_PREFERENCES_ROW, title);

  g_assert_nonnull (row);
  return row;
}

static gboolean
is_page_mapped (Fixture *fixture, gconstpointer name)
{
  const char *visible =
      adw_preferences_window_get_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window));
  AdwPreferencesPage *page =
      adw_preferences_window_get_visible_page (ADW_PREFERENCES_WINDOW (fixture->window));

  return g_strcmp0 (visible, name) == 0 && gtk_widget_get_mapped (GTK_WIDGET (page)) &&
         gtk_widget_get_width (GTK_WIDGET (page)) > 0;
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "playback", "look", "storage", "servers" };

  gtk_window_present (GTK_WINDOW (fixture->window));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window),
                                                    names[i]);
      wait_for (fixture, is_page_mapped, names[i]);
    }

  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window), "look");
  bijou_preferences_show_servers (fixture->window);
  wait_for (fixture, is_page_mapped, "servers");
}

/* libadwaita's own button for the search has no name. */
static gboolean
is_named_search (GtkWidget *widget)
{
  if (GTK_IS_TOGGLE_BUTTON (widget) &&
      g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "edit-find-symbolic") == 0)
    return gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                             GTK_ACCESSIBLE_PROPERTY_LABEL);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (is_named_search (child))
      return TRUE;
  return FALSE;
}

static void
test_search_name (Fixture *fixture, gconstpointer data)
{
  g_assert_true (is_named_search (GTK_WIDGET (fixture->window)));
}

/* --- settings --- */

static void
assert_switch (Fixture *fixture, const char *title, const char *key)
{
  GSettings *settings = bijou_context_get_settings (fixture->context);
  GtkWidget *widget = find_widget (find_row (fixture, title), GTK_TYPE_SWITCH, NULL);
  gboolean value = g_settings_get_boolean (settings, key);

  g_assert_cmpint (gtk_switch_get_active (GTK_SWITCH (widget)), ==, value);
  gtk_switch_set_active (GTK_SWITCH (widget), !value);
  g_assert_cmpint (g_settings_get_boolean (settings, key), ==, !value);
  g_settings_reset (settings, key);
  g_assert_cmpint (gtk_switch_get_active (GTK_SWITCH (widget)), ==, value);
}

static void
test_switches (Fixture *fixture, gconstpointer data)
{
  assert_switch (fixture, "Play Next Episode", "autoplay-next");
  assert_switch (fixture, "Rewind a Little on Resume", "rewind-on-resume");
  assert_switch (fixture, "Use Graphics Hardware", "hardware-decoding");
  assert_switch (fixture, "Large Picture on Home", "show-hero");
  assert_switch (fixture, "Sync at Start", "sync-at-start");
  assert_switch (fixture, "Live Changes", "live-updates");
}

static void
assert_choice (Fixture *fixture, const char *title, const char *key, guint position, GVariant *want)
{
  GSettings *settings = bijou_context_get_settings (fixture->context);
  AdwComboRow *row = ADW_COMBO_ROW (find_row (fixture, title));
  guint before = adw_combo_row_get_selected (row);
  g_autoptr (GVariant) expected = g_variant_ref_sink (want);
  g_autoptr (GVariant) value = NULL;

  g_assert_cmpuint (before, !=, position);
  adw_combo_row_set_selected (row, position);
  value = g_settings_get_value (settings, key);
  g_assert_cmpvariant (value, expected);
  g_settings_reset (settings, key);
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, before);
}

static void
test_choices (Fixture *fixture, gconstpointer data)
{
  assert_choice (fixture, "Intros and Recaps", "segments", 1, g_variant_new_string ("skip"));
  assert_choice (fixture, "Show Subtitles", "subtitle-mode", 3, g_variant_new_string ("always"));
  assert_choice (fixture, "Size of Subtitles", "subtitle-scale", 3, g_variant_new_double (2.0));
  assert_choice (fixture, "Style", "color-scheme", 2, g_variant_new_string ("dark"));
  assert_choice (fixture, "Sync While Running", "sync-interval-minutes", 4,
                 g_variant_new_uint32 (1440));
  /* sorted by name: the first entry, Arabic, Bulgarian */
  assert_choice (fixture, "Audio", "audio-language", 1, g_variant_new_string ("ar"));
  assert_choice (fixture, "Subtitles", "subtitle-language", 2, g_variant_new_string ("bg"));
}

static void
test_steps (Fixture *fixture, gconstpointer data)
{
  GSettings *settings = bijou_context_get_settings (fixture->context);
  AdwComboRow *row = ADW_COMBO_ROW (find_row (fixture, "Skip Back and Forward"));

  adw_combo_row_set_selected (row, 4);
  g_assert_cmpint (g_settings_get_int (settings, "skip-seconds-back"), ==, 15);
  g_assert_cmpint (g_settings_get_int (settings, "skip-seconds-forward"), ==, 30);
}

/* Values that no row offers, set by other means, are shown and stay. */
static void
test_own_values (void)
{
  g_autofree char *language = NULL;
  Fixture fixture = { 0 };
  GSettings *settings;
  GtkWidget *row;

  set_up (&fixture, NULL);
  settings = bijou_context_get_settings (fixture.context);
  g_settings_set_int (settings, "skip-seconds-back", 7);
  g_settings_set_string (settings, "audio-language", "eo");
  g_settings_set_uint (settings, "cache-size-mb", 256);
  gtk_window_destroy (GTK_WINDOW (fixture.window));
  fixture.window = bijou_preferences_new (fixture.context);

  row = find_row (&fixture, "Skip Back and Forward");
  g_assert_cmpstr (
      gtk_string_object_get_string (adw_combo_row_get_selected_item (ADW_COMBO_ROW (row))), ==,
      "7 s and 30 s");
  row = find_row (&fixture, "Audio");
  g_assert_cmpstr (
      gtk_string_object_get_string (adw_combo_row_get_selected_item (ADW_COMBO_ROW (row))), ==,
      "eo");
  g_assert_cmpint (g_settings_get_int (settings, "skip-seconds-back"), ==, 7);
  language = g_settings_get_string (settings, "audio-language");
  g_assert_cmpstr (language, ==, "eo");
  g_assert_cmpuint (g_settings_get_uint (settings, "cache-size-mb"), ==, 256);
  tear_down (&fixture, NULL);
}

/* --- storage --- */

static gboolean
has_looked (Fixture *fixture, gconstpointer data)
{
  const char *text = adw_action_row_get_subtitle (ADW_ACTION_ROW (find_row (fixture, "In Use")));

  return g_strcmp0 (text, "Looking…") != 0;
}

static gboolean
has_budget (Fixture *fixture, gconstpointer gigabytes)
{
  return bijou_media_cache_get_budget (bijou_context_get_media_cache (fixture->context)) ==
         (gint64) GPOINTER_TO_INT (gigabytes) << 30;
}

static gboolean
uses (Fixture *fixture, gconstpointer text)
{
  return g_strcmp0 (adw_action_row_get_subtitle (ADW_ACTION_ROW (find_row (fixture, "In Use"))),
                    text) == 0;
}

static void
put_film (Fixture *fixture)
{
  g_autofree char *folder = g_build_filename (fixture->folder, "cache", "films", NULL);
  g_autofree char *file = g_build_filename (folder, "0123.data", NULL);
  g_autofree char *bytes = g_malloc0 (1 << 20);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (file, bytes, 1 << 20, &error);
  g_assert_no_error (error);
}

static gboolean
keeps_nothing_closed (Fixture *fixture, gconstpointer data)
{
  return bijou_media_cache_get_only_watched (bijou_context_get_media_cache (fixture->context));
}

/* What is used is seen while it changes, and what is not to be kept goes. */
static void
test_keep (Fixture *fixture, gconstpointer data)
{
  GtkWidget *keep = find_row (fixture, "Keep What Was Played");
  GtkWidget *room = find_row (fixture, "Room for What Was Played");
  g_autofree char *size = g_format_size (1 << 20);

  gtk_window_present (GTK_WINDOW (fixture->window));
  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window),
                                                "storage");
  wait_for (fixture, uses, "Nothing");
  put_film (fixture);
  wait_for (fixture, uses, size);
  g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (keep)), ==, 0);
  adw_combo_row_set_selected (ADW_COMBO_ROW (keep), 1);
  wait_for (fixture, keeps_nothing_closed, NULL);
  wait_for (fixture, uses, "Nothing");
  g_assert_true (gtk_widget_get_sensitive (room));
  adw_combo_row_set_selected (ADW_COMBO_ROW (keep), 2);
  wait_for (fixture, has_budget, GINT_TO_POINTER (0));
  g_assert_false (gtk_widget_get_sensitive (room));
  adw_combo_row_set_selected (ADW_COMBO_ROW (keep), 0);
  wait_for (fixture, has_budget, GINT_TO_POINTER (10));
  g_assert_false (keeps_nothing_closed (fixture, NULL));
}

static void
test_storage (Fixture *fixture, gconstpointer data)
{
  GSettings *settings = bijou_context_get_settings (fixture->context);
  GtkWidget *row = find_row (fixture, "Room for What Was Played");
  GtkWidget *spin = find_widget (row, GTK_TYPE_SPIN_BUTTON, NULL);

  gtk_window_present (GTK_WINDOW (fixture->window));
  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window),
                                                "storage");
  wait_for (fixture, is_page_mapped, "storage");
  wait_for (fixture, has_looked, NULL);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (find_row (fixture, "In Use"))), ==,
                   "Nothing");
  g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin)), ==, 10);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), 25);
  g_assert_cmpuint (g_settings_get_uint (settings, "cache-size-mb"), ==, 25 * 1024);

  /* The cache is told at the latest when the page is left. */
  adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (fixture->window), "look");
  wait_for (fixture, has_budget, GINT_TO_POINTER (25));
}

/* --- servers --- */

static void
save_server (Fixture *fixture, const char *id, const char *name)
{
  g_autoptr (BijouServer) server = bijou_server_new ("jellyfin", id, name);
  g_autoptr (GError) error = NULL;

  server->version = g_strdup ("10.11.0");
  server->user_name = g_strdup ("Ada <ada>");
  server->client_id = g_strdup ("client");
  bijou_store_save_server (bijou_context_get_store (fixture->context), server, &error);
  g_assert_no_error (error);
}

static gboolean
has_row (Fixture *fixture, gconstpointer title)
{
  return find_widget (GTK_WIDGET (fixture->window), ADW_TYPE_PREFERENCES_ROW, title) != NULL;
}

static gboolean
lacks_row (Fixture *fixture, gconstpointer title)
{
  return !has_row (fixture, title);
}

static void
test_servers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  GtkWidget *row;

  gtk_window_present (GTK_WINDOW (fixture->window));
  bijou_preferences_show_servers (fixture->window);
  wait_for (fixture, has_row, "No Server Yet");

  save_server (fixture, "one", "Attic & <Cellar>");
  wait_for (fixture, has_row, "Attic &amp; &lt;Cellar&gt;");
  g_assert_false (has_row (fixture, "No Server Yet"));
  row = find_row (fixture, "Attic &amp; &lt;Cellar&gt;");
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (find_row (fixture, "Software"))),
                   ==, "Jellyfin 10.11.0");
  g_assert_cmpstr (
      adw_action_row_get_subtitle (ADW_ACTION_ROW (find_row (fixture, "Signed In As"))), ==,
      "Ada <ada>");

  /* A row that is open stays so when another server comes. */
  save_server (fixture, "two", "Second");
  wait_for (fixture, has_row, "Second");
  g_assert_true (find_row (fixture, "Attic &amp; &lt;Cellar&gt;") == row);
  g_assert_true (adw_expander_row_get_expanded (ADW_EXPANDER_ROW (row)));

  bijou_store_remove_server (bijou_context_get_store (fixture->context), "one", &error);
  g_assert_no_error (error);
  wait_for (fixture, lacks_row, "Attic &amp; &lt;Cellar&gt;");
  g_assert_true (has_row (fixture, "Second"));
}

/* --- shortcuts --- */

static void
test_shortcuts (void)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource ("/io/github/bijouplayer/Bijou/gtk/help-overlay.ui");
  GObject *window = gtk_builder_get_object (builder, "help_overlay");

  g_assert_true (GTK_IS_SHORTCUTS_WINDOW (window));
  gtk_window_present (GTK_WINDOW (window));
  while (!gtk_widget_get_mapped (GTK_WIDGET (window)))
    g_main_context_iteration (NULL, TRUE);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add ("/preferences/pages", Fixture, NULL, set_up, test_pages, tear_down);
  g_test_add ("/preferences/search-name", Fixture, NULL, set_up, test_search_name, tear_down);
  g_test_add ("/preferences/switches", Fixture, NULL, set_up, test_switches, tear_down);
  g_test_add ("/preferences/choices", Fixture, NULL, set_up, test_choices, tear_down);
  g_test_add ("/preferences/steps", Fixture, NULL, set_up, test_steps, tear_down);
  g_test_add_func ("/preferences/own-values", test_own_values);
  g_test_add ("/preferences/storage", Fixture, NULL, set_up, test_storage, tear_down);
  g_test_add ("/preferences/keep", Fixture, NULL, set_up, test_keep, tear_down);
  g_test_add ("/preferences/servers", Fixture, NULL, set_up, test_servers, tear_down);
  g_test_add_func ("/preferences/shortcuts", test_shortcuts);
  return g_test_run ();
}
