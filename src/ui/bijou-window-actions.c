#include "config.h"

#include "bijou-home-page.h"
#include "bijou-library-page.h"
#include "bijou-preferences.h"
#include "bijou-search-page.h"
#include "bijou-server-page.h"
#include "bijou-window-sync.h"

#include <glib/gi18n.h>

/* The actions that bijou-navigation.h lists, and their keys. */

static void
open_item (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_window_open_item (BIJOU_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
play_item (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_window_play_item (BIJOU_WINDOW (widget), g_variant_get_string (parameter, NULL), -1, NULL);
}

static void
play_item_from (GtkWidget *widget, const char *action, GVariant *parameter)
{
  const char *key;
  gint64 start_ms;

  g_variant_get (parameter, "(&sx)", &key, &start_ms);
  bijou_window_play_item (BIJOU_WINDOW (widget), key, start_ms, NULL);
}

static void
play_item_with (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_autoptr (GVariant) choices = g_variant_get_child_value (parameter, 1);
  const char *key, *version = NULL, *audio = NULL, *subtitle = NULL;
  gint64 start_ms = -1;

  g_variant_get_child (parameter, 0, "&s", &key);
  g_variant_lookup (choices, "position", "x", &start_ms);
  g_variant_lookup (choices, "version", "&s", &version);
  g_variant_lookup (choices, "audio", "&s", &audio);
  g_variant_lookup (choices, "subtitle", "&s", &subtitle);
  bijou_window_play_item (BIJOU_WINDOW (widget), key, start_ms,
                          bijou_play_choices_new (version, audio, subtitle));
}

static void
open_home (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouWindow *self = BIJOU_WINDOW (widget);

  bijou_window_set_root (
      self, BIJOU_BASE_PAGE (bijou_home_page_new (bijou_window_get_context (self))), "home");
}

static void
open_search (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouWindow *self = BIJOU_WINDOW (widget);

  if (BIJOU_IS_SEARCH_PAGE (bijou_window_get_page (self)))
    return;
  bijou_window_set_root (
      self, BIJOU_BASE_PAGE (bijou_search_page_new (bijou_window_get_context (self))), "search");
}

/* --- a library --- */

typedef struct
{
  BijouWindow *window; /* (owned) */
  char *place;         /* (owned) */
} LibraryRequest;

static gpointer
find_library (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) words = g_strsplit (data, " ", 3);
  g_autoptr (GPtrArray) libraries = bijou_store_list_libraries (store, words[1], error);

  for (guint i = 0; libraries != NULL && i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);

      if (g_str_equal (library->remote_id, words[2]))
        return g_object_ref (library);
    }
  return NULL;
}

static void
on_library_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LibraryRequest *request = user_data;
  BijouContext *context = bijou_window_get_context (request->window);
  g_autoptr (BijouLibrary) library = bijou_store_run_finish (BIJOU_STORE (source), result, NULL);

  if (library != NULL)
    {
      bijou_sync_service_set_visible_library (bijou_context_get_sync (context), library->server_id,
                                              library->remote_id);
      bijou_window_set_root (request->window,
                             BIJOU_BASE_PAGE (bijou_library_page_new (context, library)),
                             request->place);
    }
  g_object_unref (request->window);
  g_free (request->place);
  g_free (request);
}

static void
open_library (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouWindow *self = BIJOU_WINDOW (widget);
  LibraryRequest *request = g_new0 (LibraryRequest, 1);
  const char *server_id;
  const char *library_id;

  g_variant_get (parameter, "(&s&s)", &server_id, &library_id);
  request->window = g_object_ref (self);
  request->place = g_strdup_printf ("library %s %s", server_id, library_id);
  bijou_store_run_async (bijou_context_get_store (bijou_window_get_context (self)), find_library,
                         g_strdup (request->place), g_free, g_object_unref, NULL,
                         on_library_found_cb, request);
}

/* On top of the page that names them. */
static void
open_person (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouWindow *self = BIJOU_WINDOW (widget);
  BijouContext *context = bijou_window_get_context (self);
  BijouItemQuery query = { .sort = BIJOU_SORT_YEAR };
  const char *server_id, *person_id, *name;

  g_variant_get (parameter, "(&s&s&s)", &server_id, &person_id, &name);
  query.person = name;
  if (*person_id != '\0')
    bijou_context_refresh_person (context, server_id, person_id, name);
  bijou_window_push (self,
                     BIJOU_BASE_PAGE (bijou_library_page_new_for_query (context, name, &query)));
}

static void
open_favourites (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouWindow *self = BIJOU_WINDOW (widget);
  BijouItemQuery query = { .favourites_only = TRUE };

  bijou_window_set_root (self,
                         BIJOU_BASE_PAGE (bijou_library_page_new_for_query (
                             bijou_window_get_context (self), _ ("Favourites"), &query)),
                         "favourites");
}

static void
open_server (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouWindow *self = BIJOU_WINDOW (widget);
  BijouBasePage *page = bijou_window_get_page (self);
  const char *server_id = g_variant_get_string (parameter, NULL);

  if (BIJOU_IS_SERVER_PAGE (page) &&
      g_str_equal (bijou_server_page_get_server_id (BIJOU_SERVER_PAGE (page)), server_id))
    bijou_window_show_page (self);
  else
    bijou_window_push (
        self, BIJOU_BASE_PAGE (bijou_server_page_new (bijou_window_get_context (self), server_id)));
}

static void
show_preferences (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouWindow *self = BIJOU_WINDOW (widget);
  BijouPreferences *preferences = bijou_preferences_new (bijou_window_get_context (self));

  gtk_window_set_transient_for (GTK_WINDOW (preferences), GTK_WINDOW (self));
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
start_sync (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouContext *context = bijou_window_get_context (BIJOU_WINDOW (widget));

  bijou_sync_service_start (bijou_context_get_sync (context), NULL, FALSE);
}

static void
stop_sync (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouContext *context = bijou_window_get_context (BIJOU_WINDOW (widget));

  bijou_sync_service_cancel (bijou_context_get_sync (context), NULL);
}

static void
go_back (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_window_go_back (BIJOU_WINDOW (widget));
}

static void
show_sidebar (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_window_toggle_sidebar (BIJOU_WINDOW (widget));
}

static void
add_server (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_window_show_sign_in (BIJOU_WINDOW (widget));
}

static void
sign_in_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_window_sign_in_again (BIJOU_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
show_toast (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_window_add_toast (BIJOU_WINDOW (widget),
                          adw_toast_new (g_variant_get_string (parameter, NULL)));
}

/* --- marks --- */

typedef struct
{
  BijouWindow *window; /* (owned) */
  char *key;           /* (owned) */
  BijouChangeKind kind;
  gboolean with_toast;
} Mark;

static AdwToast *
make_undo_toast (Mark *mark, BijouItem *item)
{
  gboolean watched = mark->kind == BIJOU_CHANGE_WATCHED;
  g_autofree char *title = g_markup_escape_text (item->title, -1);
  g_autofree char *text = watched ? g_strdup_printf (_ ("“%s” is marked as watched"), title)
                                  : g_strdup_printf (_ ("“%s” is marked as unwatched"), title);
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo-watched");
  adw_toast_set_action_target (toast, "(sb)", mark->key, !watched);
  return toast;
}

static void
on_marked_item_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Mark *mark = user_data;
  g_autoptr (BijouItem) item = bijou_store_run_finish (BIJOU_STORE (source), result, NULL);

  if (item != NULL)
    bijou_context_make_change (bijou_window_get_context (mark->window), item, mark->kind);
  if (item != NULL && mark->with_toast)
    bijou_window_offer_undo (mark->window, make_undo_toast (mark, item));
  g_object_unref (mark->window);
  g_free (mark->key);
  g_free (mark);
}

static void
make_mark (GtkWidget *widget,
           GVariant *parameter,
           BijouChangeKind on,
           BijouChangeKind off,
           gboolean with_toast)
{
  BijouWindow *self = BIJOU_WINDOW (widget);
  Mark *mark = g_new0 (Mark, 1);
  gboolean value;

  g_variant_get (parameter, "(sb)", &mark->key, &value);
  mark->window = g_object_ref (self);
  mark->kind = value ? on : off;
  mark->with_toast = with_toast;
  bijou_store_find_item_async (bijou_context_get_store (bijou_window_get_context (self)), mark->key,
                               NULL, on_marked_item_cb, mark);
}

static void
set_watched (GtkWidget *widget, const char *action, GVariant *parameter)
{
  make_mark (widget, parameter, BIJOU_CHANGE_WATCHED, BIJOU_CHANGE_UNWATCHED, TRUE);
}

static void
undo_watched (GtkWidget *widget, const char *action, GVariant *parameter)
{
  make_mark (widget, parameter, BIJOU_CHANGE_WATCHED, BIJOU_CHANGE_UNWATCHED, FALSE);
}

typedef struct
{
  BijouWindow *window; /* (owned) */
  double rating;
} Rating;

static void
on_rated_item_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Rating *rating = user_data;
  g_autoptr (BijouItem) item = bijou_store_run_finish (BIJOU_STORE (source), result, NULL);

  if (item != NULL)
    bijou_context_make_rating (bijou_window_get_context (rating->window), item, rating->rating);
  g_object_unref (rating->window);
  g_free (rating);
}

static void
set_rating (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouWindow *self = BIJOU_WINDOW (widget);
  Rating *rating = g_new0 (Rating, 1);
  const char *key;

  g_variant_get (parameter, "(&sd)", &key, &rating->rating);
  rating->window = g_object_ref (self);
  bijou_store_find_item_async (bijou_context_get_store (bijou_window_get_context (self)), key, NULL,
                               on_rated_item_cb, rating);
}

static void
rate_page (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouBasePage *page = bijou_window_get_page (BIJOU_WINDOW (widget));

  if (page != NULL)
    gtk_widget_activate_action_variant (GTK_WIDGET (page), "page.rate", parameter);
}

/* Plex has none, and would only take it back. */
static gboolean
keeps_favourites (BijouWindow *self, GVariant *parameter)
{
  g_auto (GStrv) parts = NULL;
  const char *key;

  g_variant_get_child (parameter, 0, "&s", &key);
  parts = g_strsplit (key, ":", 2);
  return bijou_context_keeps_favourites (bijou_window_get_context (self), parts[0]);
}

static void
set_favourite (GtkWidget *widget, const char *action, GVariant *parameter)
{
  if (!keeps_favourites (BIJOU_WINDOW (widget), parameter))
    {
      bijou_window_add_toast (BIJOU_WINDOW (widget),
                              adw_toast_new (_ ("This server keeps no favourites")));
      return;
    }
  make_mark (widget, parameter, BIJOU_CHANGE_FAVOURITE, BIJOU_CHANGE_UNFAVOURITE, FALSE);
}

/* --- keys --- */

static void
bind (GtkWidgetClass *widget_class, const char *trigger, const char *action)
{
  g_autoptr (GtkShortcut) shortcut =
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string (trigger), gtk_named_action_new (action));

  gtk_widget_class_add_shortcut (widget_class, shortcut);
}

/* As many stars as the digit says. */
static void
bind_stars (GtkWidgetClass *widget_class)
{
  for (int i = 0; i <= 5; i++)
    {
      double rating = i > 0 ? i * 2 : -1;

      gtk_widget_class_add_binding_action (widget_class, (guint) (GDK_KEY_0 + i), GDK_CONTROL_MASK,
                                           "win.rate-page", "d", rating);
      gtk_widget_class_add_binding_action (widget_class, (guint) (GDK_KEY_KP_0 + i),
                                           GDK_CONTROL_MASK, "win.rate-page", "d", rating);
    }
}

/**
 * bijou_window_class_install_actions:
 * @widget_class: the window's class
 */
void
bijou_window_class_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open-item", "s", open_item);
  gtk_widget_class_install_action (widget_class, "win.play-item", "s", play_item);
  gtk_widget_class_install_action (widget_class, "win.play-item-from", "(sx)", play_item_from);
  gtk_widget_class_install_action (widget_class, "win.play-item-with", "(sa{sv})", play_item_with);
  gtk_widget_class_install_action (widget_class, "win.open-library", "(ss)", open_library);
  gtk_widget_class_install_action (widget_class, "win.open-server", "s", open_server);
  gtk_widget_class_install_action (widget_class, "win.open-home", NULL, open_home);
  gtk_widget_class_install_action (widget_class, "win.open-favourites", NULL, open_favourites);
  gtk_widget_class_install_action (widget_class, "win.open-search", NULL, open_search);
  gtk_widget_class_install_action (widget_class, "win.open-person", "(sss)", open_person);
  gtk_widget_class_install_action (widget_class, "win.preferences", NULL, show_preferences);
  gtk_widget_class_install_action (widget_class, "win.sync", NULL, start_sync);
  gtk_widget_class_install_action (widget_class, "win.stop-sync", NULL, stop_sync);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, go_back);
  gtk_widget_class_install_action (widget_class, "win.show-sidebar", NULL, show_sidebar);
  gtk_widget_class_install_action (widget_class, "win.add-server", NULL, add_server);
  gtk_widget_class_install_action (widget_class, "win.sign-in-again", "s", sign_in_again);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", show_toast);
  gtk_widget_class_install_action (widget_class, "win.set-watched", "(sb)", set_watched);
  gtk_widget_class_install_action (widget_class, "win.undo-watched", "(sb)", undo_watched);
  gtk_widget_class_install_action (widget_class, "win.set-favourite", "(sb)", set_favourite);
  gtk_widget_class_install_action (widget_class, "win.set-rating", "(sd)", set_rating);
  gtk_widget_class_install_action (widget_class, "win.rate-page", "d", rate_page);

  bind (widget_class, "F5", "win.sync");
  bind (widget_class, "<Control>r", "win.sync");
  bind (widget_class, "F9", "win.show-sidebar");
  bind (widget_class, "<Control>f", "win.open-search");
  bind (widget_class, "<Alt>Home", "win.open-home");
  bind (widget_class, "<Alt>Left", "win.back");
  bind (widget_class, "Back", "win.back");
  bind (widget_class, "<Control>comma", "win.preferences");
  bind (widget_class, "<Control>question", "win.show-help-overlay");
  bind (widget_class, "F1", "win.show-help-overlay");
  bind (widget_class, "<Control>w", "window.close");
  bind_stars (widget_class);
}
