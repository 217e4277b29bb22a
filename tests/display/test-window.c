#include "config.h"

#include "bijou-fake-discovery.h"
#include "bijou-fake-server.h"
#include "bijou-sign-in.h"
#include "bijou-test-files.h"
#include "bijou-window.h"

#include <locale.h>
#include <string.h>

/* The real window on real pages of a synced library: every page opens at every width, nothing is
 * critical (criticals are fatal), every control has a name, and leaving in the middle of requests
 * does no harm. */

typedef struct
{
  char *folder; /* (owned) the profile */
  BijouFakeServer *server;
  BijouContext *context;
  AdwApplication *application;
  BijouWindow *window;
  gboolean synced;
} Fixture;

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
on_sync_finished_cb (BijouSyncService *sync,
                     const char *server_id,
                     const GError *error,
                     Fixture *fixture)
{
  g_assert_no_error (error);
  fixture->synced = TRUE;
}

static void
sign_in (Fixture *fixture)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *server_id = NULL;

  bijou_sign_in_password_async (
      fixture->context, bijou_backend_type_find ("jellyfin"),
      bijou_fake_server_get_url (fixture->server), bijou_fake_server_get_user (fixture->server),
      bijou_fake_server_get_password (fixture->server), NULL, on_done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  server_id = bijou_sign_in_finish (result, &error);
  g_assert_no_error (error);
  while (!fixture->synced)
    g_main_context_iteration (NULL, TRUE);
}

static void
open_window (Fixture *fixture)
{
  fixture->window = bijou_window_new (fixture->application, fixture->context);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BijouFakeOptions fake = BIJOU_FAKE_OPTIONS_INIT;
  BijouContextOptions options = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("bijou-test-XXXXXX", NULL);
  options.profile = fixture->folder;
  fixture->server = bijou_fake_server_start (BIJOU_FAKE_JELLYFIN, &fake, NULL);
  fixture->application = ADW_APPLICATION (adw_application_new (NULL, G_APPLICATION_NON_UNIQUE));
  g_object_set (fixture->application, "resource-base-path", "/io/github/bijouplayer/Bijou", NULL);
  g_assert_true (g_application_register (G_APPLICATION (fixture->application), NULL, NULL));
  fixture->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
  g_signal_connect (bijou_context_get_sync (fixture->context), "finished",
                    G_CALLBACK (on_sync_finished_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->window != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->window));
  bijou_context_shutdown (fixture->context);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_object_unref (fixture->context);
  g_object_unref (fixture->application);
  bijou_fake_server_stop (fixture->server);
  bijou_test_remove_tree (fixture->folder);
  g_free (fixture->folder);
}

/* --- waiting --- */

static gboolean
on_tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  int *frames = user_data;

  return --*frames > 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/* Lets @frames frames be drawn. */
static void
draw (Fixture *fixture, int frames)
{
  int left = frames;

  gtk_widget_add_tick_callback (GTK_WIDGET (fixture->window), on_tick_cb, &left, NULL);
  while (left > 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
wait_for_page (Fixture *fixture, const char *type_name)
{
  while (bijou_window_get_page (fixture->window) == NULL ||
         g_strcmp0 (G_OBJECT_TYPE_NAME (bijou_window_get_page (fixture->window)), type_name) != 0)
    g_main_context_iteration (NULL, TRUE);
  draw (fixture, 5);
}

/* --- names of controls --- */

static gboolean
has_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && *gtk_label_get_label (GTK_LABEL (widget)) != '\0')
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_text (child))
      return TRUE;
  return FALSE;
}

static gboolean
is_part_of_named (GtkWidget *widget)
{
  for (GtkWidget *parent = gtk_widget_get_parent (widget); parent != NULL;
       parent = gtk_widget_get_parent (parent))
    {
      /* The buttons inside these are GTK's own. */
      if (GTK_IS_MENU_BUTTON (parent) || GTK_IS_WINDOW_CONTROLS (parent) ||
          GTK_IS_DROP_DOWN (parent) || ADW_IS_SPLIT_BUTTON (parent) ||
          GTK_IS_SPIN_BUTTON (parent) || ADW_IS_ENTRY_ROW (parent) || GTK_IS_POPOVER (parent))
        return TRUE;
    }
  return FALSE;
}

static void
check_names (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) && !is_part_of_named (widget) &&
      !has_text (widget) &&
      !gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL))
    {
      g_test_message ("A button has no name: %s in %s",
                      gtk_button_get_icon_name (GTK_BUTTON (widget)),
                      G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
      g_test_fail ();
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_names (child);
}

static void
check_page (Fixture *fixture)
{
  static const int widths[] = { 1280, 700, 400, 1700, 1280 };

  for (guint i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      gtk_window_set_default_size (GTK_WINDOW (fixture->window), widths[i], 700);
      draw (fixture, 4);
      check_names (GTK_WIDGET (fixture->window));
    }
}

/* --- tests --- */

static void
activate (Fixture *fixture, const char *action, const char *format, const char *text)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, format, text));
}

static char *
find_key (Fixture *fixture, BijouItemKind kind)
{
  BijouItemQuery query = { .kind = kind };
  g_autoptr (GPtrArray) items =
      bijou_store_list_items (bijou_context_get_store (fixture->context), &query, NULL);

  g_assert_cmpuint (items->len, >, 0);
  return bijou_item_dup_key (g_ptr_array_index (items, 0));
}

static void
test_welcome (Fixture *fixture, gconstpointer data)
{
  open_window (fixture);
  draw (fixture, 5);
  g_assert_null (bijou_window_get_page (fixture->window));
  check_page (fixture);
}

/* The @nth widget of a type below @widget, in the order of the tree. */
static GtkWidget *
find_widget (GtkWidget *widget, const char *type_name, guint *nth)
{
  if (g_str_equal (G_OBJECT_TYPE_NAME (widget), type_name) && (*nth)-- == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_widget (child, type_name, nth);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
wait_for_widget (Fixture *fixture, const char *type_name, guint nth)
{
  for (;;)
    {
      guint left = nth;
      GtkWidget *found = find_widget (GTK_WIDGET (fixture->window), type_name, &left);

      if (found != NULL && gtk_widget_get_mapped (found))
        return found;
      g_main_context_iteration (NULL, TRUE);
    }
}

/* What answers in the network is listed, whatever it calls itself; Connect leads to its sign-in. */
static void
test_nearby (Fixture *fixture, gconstpointer data)
{
  static const char strange[] =
      "{\"Id\":\"0123456789abcdef0123456789abcdef\",\"Name\":\"<b>\\u202e & \\u0007 %s</i>\"}";
  g_autoptr (BijouFakeDiscovery) discovery = bijou_fake_discovery_start (0, NULL);
  g_autoptr (GBytes) reply = g_bytes_new_static (strange, strlen (strange));
  guint first = 0;
  GtkWidget *row;

  bijou_fake_discovery_add (discovery, fixture->server);
  bijou_fake_discovery_add_reply (discovery, BIJOU_FAKE_JELLYFIN, reply);
  g_setenv ("BIJOU_DISCOVERY_TARGETS", bijou_fake_discovery_get_target (discovery), TRUE);
  open_window (fixture);
  row = wait_for_widget (fixture, "BijouNearbyRow", 1);
  g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), ==, "<b> &   %s</i>");
  check_page (fixture);

  row = wait_for_widget (fixture, "BijouNearbyRow", 0);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "Jellyfin · 127.0.0.1");
  g_signal_emit_by_name (find_widget (row, "GtkButton", &first), "clicked");
  wait_for_widget (fixture, "BijouServerStep", 0);
  check_page (fixture);
  g_setenv ("BIJOU_DISCOVERY_TARGETS", "", TRUE);
}

static void
test_pages (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = NULL;
  g_autofree char *show = NULL;

  sign_in (fixture);
  film = find_key (fixture, BIJOU_ITEM_MOVIE);
  show = find_key (fixture, BIJOU_ITEM_SHOW);
  open_window (fixture);
  wait_for_page (fixture, "BijouHomePage");
  check_page (fixture);
  activate (fixture, "win.open-item", "s", film);
  wait_for_page (fixture, "BijouFilmPage");
  check_page (fixture);
  activate (fixture, "win.open-item", "s", show);
  wait_for_page (fixture, "BijouSeriesPage");
  check_page (fixture);
  activate (fixture, "win.back", NULL, NULL);
  wait_for_page (fixture, "BijouFilmPage");
  activate (fixture, "win.open-search", NULL, NULL);
  wait_for_page (fixture, "BijouSearchPage");
  check_page (fixture);
  activate (fixture, "win.open-favourites", NULL, NULL);
  wait_for_page (fixture, "BijouLibraryPage");
  check_page (fixture);
}

static void
test_library (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) libraries = NULL;
  BijouLibrary *library;

  sign_in (fixture);
  open_window (fixture);
  wait_for_page (fixture, "BijouHomePage");
  libraries = bijou_store_list_libraries (bijou_context_get_store (fixture->context), NULL, NULL);
  library = g_ptr_array_index (libraries, 0);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.open-library",
                                             "(ss)", library->server_id, library->remote_id));
  wait_for_page (fixture, "BijouLibraryPage");
  check_page (fixture);
}

static void
test_leave_at_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = NULL;

  sign_in (fixture);
  film = find_key (fixture, BIJOU_ITEM_MOVIE);
  bijou_fake_server_add_fault (fixture->server, "GET /Items* delay=2000");
  open_window (fixture);
  wait_for_page (fixture, "BijouHomePage");
  for (int i = 0; i < 5; i++)
    {
      activate (fixture, "win.open-item", "s", film);
      draw (fixture, 2);
      activate (fixture, "win.open-home", NULL, NULL);
    }
}

/* Pages come and go while the one before is still sliding. */
static void
test_hurry (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = NULL;
  g_autofree char *show = NULL;

  sign_in (fixture);
  film = find_key (fixture, BIJOU_ITEM_MOVIE);
  show = find_key (fixture, BIJOU_ITEM_SHOW);
  open_window (fixture);
  wait_for_page (fixture, "BijouHomePage");
  for (int i = 0; i < 6; i++)
    {
      activate (fixture, "win.open-item", "s", film);
      draw (fixture, 1 + i % 4);
      activate (fixture, "win.open-item", "s", show);
      draw (fixture, 1 + i % 3);
      if (i % 2 == 0)
        activate (fixture, "win.back", NULL, NULL);
      draw (fixture, 1 + i % 5);
    }
  activate (fixture, "win.open-favourites", NULL, NULL);
  wait_for_page (fixture, "BijouLibraryPage");
}

static void
test_server_gone (Fixture *fixture, gconstpointer data)
{
  sign_in (fixture);
  bijou_fake_server_set_refusing (fixture->server, TRUE);
  open_window (fixture);
  wait_for_page (fixture, "BijouHomePage");
  while (!bijou_base_page_get_filled (bijou_window_get_page (fixture->window)))
    g_main_context_iteration (NULL, TRUE);
  check_page (fixture);
}

/* --- windows of the window --- */

static GtkWindow *
find_dialog (Fixture *fixture)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *link = windows; link != NULL; link = link->next)
    if (gtk_window_get_transient_for (link->data) == GTK_WINDOW (fixture->window) &&
        gtk_widget_get_visible (link->data))
      return link->data;
  return NULL;
}

static void
open_and_close (Fixture *fixture, const char *action, int frames)
{
  GtkWindow *dialog;

  activate (fixture, action, NULL, NULL);
  dialog = find_dialog (fixture);
  g_assert_nonnull (dialog);
  draw (fixture, frames);
  check_names (GTK_WIDGET (dialog));
  gtk_window_close (dialog);
  draw (fixture, 2);
  g_assert_null (find_dialog (fixture));
}

/* From every page and twice, so that what a closed one left behind is there for the next. */
static void
test_preferences (Fixture *fixture, gconstpointer data)
{
  g_autofree char *film = NULL;

  sign_in (fixture);
  film = find_key (fixture, BIJOU_ITEM_MOVIE);
  open_window (fixture);
  wait_for_page (fixture, "BijouHomePage");
  open_and_close (fixture, "win.preferences", 10);
  activate (fixture, "win.open-item", "s", film);
  open_and_close (fixture, "win.preferences", 1);
  wait_for_page (fixture, "BijouFilmPage");
  open_and_close (fixture, "win.preferences", 10);
  activate (fixture, "win.sync", NULL, NULL);
  activate (fixture, "win.open-home", NULL, NULL);
  open_and_close (fixture, "win.preferences", 10);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 400, 700);
  open_and_close (fixture, "win.preferences", 10);
  g_settings_set_uint (bijou_context_get_settings (fixture->context), "cache-size-mb", 20480);
  g_settings_set_boolean (bijou_context_get_settings (fixture->context), "show-hero", FALSE);
  activate (fixture, "win.preferences", NULL, NULL); /* the window goes first */
  draw (fixture, 2);
}

/* --- actions --- */

static gboolean
is_installed (BijouWindow *window, const char *action)
{
  GtkWidgetClass *klass = GTK_WIDGET_GET_CLASS (window);
  const char *name, *property;
  const GVariantType *type;
  GType owner;

  for (guint i = 0; gtk_widget_class_query_action (klass, i, &owner, &name, &type, &property); i++)
    if (g_str_equal (name, action))
      return TRUE;
  return FALSE;
}

static void
assert_actions_of (BijouWindow *window, const char *path)
{
  g_autoptr (GRegex) regex = g_regex_new ("win\\.([a-z]+(-[a-z]+)*)(?=[\"<(:])", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      g_autofree char *name = g_match_info_fetch (match, 1);
      g_autofree char *action = g_strconcat ("win.", name, NULL);

      if (g_strcmp0 (action, "win.download-item") == 0) /* pages hide its button without it */
        continue;
      if (!is_installed (window, action) &&
          !g_action_group_has_action (G_ACTION_GROUP (window), name))
        g_error ("%s asks for %s, which the window does not have", path, action);
    }
}

static void
assert_actions_below (BijouWindow *window, const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        assert_actions_below (window, path);
      else if (g_str_has_suffix (name, ".c") || g_str_has_suffix (name, ".ui"))
        assert_actions_of (window, path);
    }
}

/* A name that nobody installed is a button that does nothing. */
static void
test_actions (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_DIST, "..", "src", "ui", NULL);

  open_window (fixture);
  assert_actions_below (fixture->window, folder);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
#define ADD(name, func) g_test_add ("/window/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("actions", test_actions);
  ADD ("welcome", test_welcome);
  ADD ("nearby", test_nearby);
  ADD ("pages", test_pages);
  ADD ("library", test_library);
  ADD ("leave-at-once", test_leave_at_once);
  ADD ("hurry", test_hurry);
  ADD ("server-gone", test_server_gone);
  ADD ("preferences", test_preferences);
  return g_test_run ();
}
