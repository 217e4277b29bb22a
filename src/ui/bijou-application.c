#include "config.h"

#include "bijou-application.h"

#include "bijou-startup-meter.h"
#include "bijou-window.h"

#include <glib/gi18n.h>
#include <stdio.h>

struct _BijouApplication
{
  AdwApplication parent_instance;

  const BijouApplicationOptions *options; /* (unowned) lives as long as the main loop */
  BijouContext *context;                  /* (owned) (nullable) before startup */
  char *failure;                          /* (owned) (nullable) why there is no context */
};

G_DEFINE_FINAL_TYPE (BijouApplication, bijou_application, ADW_TYPE_APPLICATION)

static BijouWindow *
get_window (BijouApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (bijou_window_new (ADW_APPLICATION (self), self->context));
  return BIJOU_WINDOW (window);
}

static void
apply_color_scheme (GSettings *settings, const char *key, BijouApplication *self)
{
  g_autofree char *name = g_settings_get_string (settings, "color-scheme");
  AdwStyleManager *manager = adw_application_get_style_manager (ADW_APPLICATION (self));

  if (g_str_equal (name, "light"))
    adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_LIGHT);
  else if (g_str_equal (name, "dark"))
    adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_FORCE_DARK);
  else
    adw_style_manager_set_color_scheme (manager, ADW_COLOR_SCHEME_DEFAULT);
}

static void
open_context (BijouApplication *self)
{
  BijouContextOptions options = { self->options->profile, self->options->ca_file };
  g_autoptr (GError) error = NULL;

  self->context = bijou_context_new (&options, &error);
  if (self->context == NULL)
    {
      self->failure = g_strdup (error->message);
      return;
    }
  g_signal_connect_object (bijou_context_get_settings (self->context), "changed::color-scheme",
                           G_CALLBACK (apply_color_scheme), self, 0);
  apply_color_scheme (bijou_context_get_settings (self->context), NULL, self);
}

static void
bijou_application_startup (GApplication *application)
{
  BijouApplication *self = BIJOU_APPLICATION (application);

  G_APPLICATION_CLASS (bijou_application_parent_class)->startup (application);
  gtk_window_set_default_icon_name (APPLICATION_ID);
  open_context (self);
}

static gboolean
start_services_cb (gpointer data)
{
  BijouApplication *self = data;

  bijou_context_start_services (self->context);
  return G_SOURCE_REMOVE;
}

static void
show_rebuilt (BijouApplication *self)
{
  if (bijou_context_was_rebuilt (self->context))
    bijou_window_add_toast (
        get_window (self),
        adw_toast_new (_ ("The library on this computer was damaged and is being built anew")));
}

/* The first window asks for what the command line said; the services begin after it is painted. */
static void
show_first_window (BijouApplication *self)
{
  BijouWindow *window = get_window (self);

  if (self->options->exit_after_startup)
    bijou_startup_meter_attach (window, self->options->start_us);
  else
    g_timeout_add (100, start_services_cb, self);

  bijou_window_set_exit_at_end (window, self->options->exit_at_end);
  if (self->options->play != NULL)
    bijou_window_play_item (window, self->options->play, self->options->start_ms, NULL);
  else if (self->options->item != NULL)
    bijou_window_open_item (window, self->options->item);
  if (self->options->fullscreen)
    gtk_window_fullscreen (GTK_WINDOW (window));
  gtk_window_present (GTK_WINDOW (window));
  show_rebuilt (self);
}

static void
bijou_application_activate (GApplication *application)
{
  BijouApplication *self = BIJOU_APPLICATION (application);

  if (self->context == NULL)
    {
      fprintf (stderr, "bijou: %s\n", self->failure);
      return;
    }
  if (gtk_application_get_active_window (GTK_APPLICATION (self)) == NULL)
    show_first_window (self);
  else
    gtk_window_present (GTK_WINDOW (get_window (self)));
}

/* bijou:item/SERVER:ID, from the desktop's link handler. */
static void
bijou_application_open (GApplication *application, GFile **files, int n_files, const char *hint)
{
  BijouApplication *self = BIJOU_APPLICATION (application);

  g_application_activate (application);
  for (int i = 0; i < n_files && self->context != NULL; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);
      const char *item = strstr (uri, "item/");

      if (g_str_has_prefix (uri, "bijou:") && item != NULL)
        {
          g_autofree char *key = g_uri_unescape_string (item + strlen ("item/"), NULL);

          if (key != NULL)
            bijou_window_open_item (get_window (self), key);
        }
    }
}

static void
bijou_application_shutdown (GApplication *application)
{
  BijouApplication *self = BIJOU_APPLICATION (application);

  if (self->context != NULL)
    bijou_context_shutdown (self->context);
  g_clear_object (&self->context);

  G_APPLICATION_CLASS (bijou_application_parent_class)->shutdown (application);
}

/* --- actions --- */

static void
on_open_item_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BijouApplication *self = data;

  g_application_activate (G_APPLICATION (self));
  bijou_window_open_item (get_window (self), g_variant_get_string (parameter, NULL));
}

static void
on_play_item_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BijouApplication *self = data;
  const char *key;
  gint64 start_ms;

  g_application_activate (G_APPLICATION (self));
  g_variant_get (parameter, "(&sx)", &key, &start_ms);
  bijou_window_play_item (get_window (self), key, start_ms, NULL);
}

/* Search and Sync Now of the desktop's launcher. */
static void
on_window_action_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  BijouApplication *self = data;
  gboolean search = g_str_equal (g_action_get_name (G_ACTION (action)), "search");

  g_application_activate (G_APPLICATION (self));
  gtk_widget_activate_action (GTK_WIDGET (get_window (self)),
                              search ? "win.open-search" : "win.sync", NULL);
}

static void
on_about_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  adw_show_about_window (window, "application-name", "Bijou", "application-icon", APPLICATION_ID,
                         "version", PACKAGE_VERSION, "developer-name", _ ("The Bijou developers"),
                         "comments", _ ("Browse your films and shows, press Play, and it plays."),
                         "license-type", GTK_LICENSE_GPL_3_0, "translator-credits",
                         _ ("translator-credits"), NULL);
}

static void
on_quit_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));

  if (window != NULL)
    gtk_window_close (window);
}

static void
bijou_application_finalize (GObject *object)
{
  g_free (BIJOU_APPLICATION (object)->failure);

  G_OBJECT_CLASS (bijou_application_parent_class)->finalize (object);
}

static void
bijou_application_class_init (BijouApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = bijou_application_finalize;
  application_class->startup = bijou_application_startup;
  application_class->activate = bijou_application_activate;
  application_class->open = bijou_application_open;
  application_class->shutdown = bijou_application_shutdown;
}

static void
bijou_application_init (BijouApplication *self)
{
  static const GActionEntry entries[] = {
    { "open-item", on_open_item_cb, "s", NULL, NULL, { 0 } },
    { "play-item", on_play_item_cb, "(sx)", NULL, NULL, { 0 } },
    { "search", on_window_action_cb, NULL, NULL, NULL, { 0 } },
    { "sync", on_window_action_cb, NULL, NULL, NULL, { 0 } },
    { "about", on_about_cb, NULL, NULL, NULL, { 0 } },
    { "quit", on_quit_cb, NULL, NULL, NULL, { 0 } },
  };
  static const char *const quit_keys[] = { "<Control>q", NULL };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  gtk_application_set_accels_for_action (GTK_APPLICATION (self), "app.quit", quit_keys);
}

/* A window of this profile that runs already is asked instead. */
static void
ask_running (BijouApplication *self)
{
  const BijouApplicationOptions *options = self->options;

  if (options->play != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self), "play-item",
                                    g_variant_new ("(sx)", options->play, options->start_ms));
  else if (options->item != NULL)
    g_action_group_activate_action (G_ACTION_GROUP (self), "open-item",
                                    g_variant_new_string (options->item));
  else
    g_application_activate (G_APPLICATION (self));
}

/**
 * bijou_application_run:
 * @options: what the command line asks for
 *
 * A profile of its own has a process of its own; otherwise a running window is asked.
 *
 * Returns: the exit status
 */
int
bijou_application_run (const BijouApplicationOptions *options)
{
  gboolean alone = options->profile != NULL || options->exit_after_startup;
  g_autoptr (BijouApplication) self = NULL;
  g_autoptr (GError) error = NULL;
  char *argv[] = { (char *) "bijou", NULL };
  int status;

  if (!gtk_init_check ())
    {
      fprintf (stderr, "bijou: %s\n", _ ("There is no display"));
      return 1;
    }
  self = g_object_new (BIJOU_TYPE_APPLICATION, "application-id", APPLICATION_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN | (alone ? G_APPLICATION_NON_UNIQUE : 0),
                       "resource-base-path", "/io/github/bijouplayer/Bijou", NULL);
  self->options = options;
  if (!g_application_register (G_APPLICATION (self), NULL, &error))
    {
      fprintf (stderr, "bijou: %s\n", error->message);
      return 1;
    }
  if (g_application_get_is_remote (G_APPLICATION (self)))
    {
      ask_running (self);
      return 0;
    }
  status = g_application_run (G_APPLICATION (self), 1, argv);
  return self->failure != NULL ? 1 : status;
}
