#include "config.h"

#include "bijou-window-sync.h"

#include <glib/gi18n.h>

typedef struct
{
  BijouWindow *window; /* (owned) */
  char *server_id;     /* (owned) */
  char *sentence;      /* (owned) */
} Toast;

static void
toast_free (Toast *toast)
{
  g_object_unref (toast->window);
  g_free (toast->server_id);
  g_free (toast->sentence);
  g_free (toast);
}

static gpointer
find_name (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  const Toast *toast = data;
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, error);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_str_equal (server->id, toast->server_id))
        return g_strdup (server->name);
    }
  return NULL;
}

static void
on_name_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Toast *toast = user_data;
  g_autofree char *name = bijou_store_run_finish (BIJOU_STORE (source), result, NULL);
  g_autofree char *text = NULL;
  g_autofree char *title = NULL;

  if (name != NULL)
    {
      /* Translators: the name of a server, and what is wrong: "Attic: The server is starting." */
      text = g_strdup_printf (_ ("%s: %s"), name, toast->sentence);
      title = g_markup_escape_text (text, -1);
      bijou_window_add_toast (toast->window, adw_toast_new (title));
    }
  toast_free (toast);
}

static void
on_failed_cb (BijouSyncService *sync,
              const char *server_id,
              const GError *error,
              BijouWindow *window)
{
  BijouStore *store = bijou_context_get_store (bijou_window_get_context (window));
  Toast *toast = g_new0 (Toast, 1);

  toast->window = g_object_ref (window);
  toast->server_id = g_strdup (server_id);
  toast->sentence = bijou_error_to_sentence (error);
  bijou_store_run_async (store, find_name, toast, NULL, g_free, NULL, on_name_cb, toast);
}

static void
on_shown_cb (BijouSyncService *sync, GParamSpec *pspec, BijouWindow *window)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (window), "win.stop-sync",
                                 bijou_sync_service_is_shown (sync));
}

/**
 * bijou_window_follow_syncs:
 * @self: a window with a context
 *
 * A sync that nobody asked for fails in silence: the banner and the dot of its server tell.
 */
void
bijou_window_follow_syncs (BijouWindow *self)
{
  BijouSyncService *sync = bijou_context_get_sync (bijou_window_get_context (self));

  g_signal_connect_object (sync, "notify::shown", G_CALLBACK (on_shown_cb), self, 0);
  g_signal_connect_object (sync, "failed", G_CALLBACK (on_failed_cb), self, 0);
  on_shown_cb (sync, NULL, self);
}
