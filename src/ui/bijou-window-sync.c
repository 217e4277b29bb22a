#include "config.h"

#include "bijou-window-sync.h"

#include "bijou-change-text.h"
#include "bijou-refusals.h"

#include <glib/gi18n.h>

typedef struct
{
  BijouWindow *window; /* (owned) */
  char *server_id;     /* (owned) */
  char *sentence;      /* (owned) (nullable) why a sync failed */
  guint refused;       /* else: so many changes were refused */
} Toast;

static void
toast_free (Toast *toast)
{
  g_object_unref (toast->window);
  g_free (toast->server_id);
  g_free (toast->sentence);
  g_free (toast);
}

static char *
find_name (BijouStore *store, const char *server_id)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, NULL);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (servers, i);

      if (g_str_equal (server->id, server_id))
        return g_strdup (server->name);
    }
  return NULL;
}

/* One is told of by its name. */
static char *
describe_refused (BijouStore *store, const Toast *toast, const char *name)
{
  g_autoptr (GPtrArray) refusals = bijou_refusals_list (store, toast->server_id);
  const BijouRefusal *refusal = refusals->len > 0 ? g_ptr_array_index (refusals, 0) : NULL;
  g_autoptr (BijouItem) item = NULL;
  g_autofree char *text = NULL;

  if (refusal == NULL || toast->refused > 1)
    return g_strdup_printf (ngettext ("%s did not take %u change, which was taken back",
                                      "%s did not take %u changes, which were taken back",
                                      toast->refused),
                            name, toast->refused);
  item = bijou_store_get_item (store, toast->server_id, refusal->change->remote_id, NULL);
  text = bijou_change_text_describe (refusal->change, item);
  /* Translators: a server, a change such as "The Lantern Tide: watched", and why it was refused */
  return g_strdup_printf (_ ("%s did not take “%s”. %s"), name, text, refusal->reason);
}

static gpointer
describe (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  const Toast *toast = data;
  g_autofree char *name = find_name (store, toast->server_id);

  if (name == NULL)
    return NULL;
  if (toast->sentence == NULL)
    return describe_refused (store, toast, name);
  /* Translators: the name of a server, and what is wrong: "Attic: The server is starting." */
  return g_strdup_printf (_ ("%s: %s"), name, toast->sentence);
}

static void
on_described_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Toast *toast = user_data;
  g_autofree char *text = bijou_store_run_finish (BIJOU_STORE (source), result, NULL);
  g_autofree char *title = text != NULL ? g_markup_escape_text (text, -1) : NULL;
  AdwToast *widget;

  if (title != NULL)
    {
      widget = adw_toast_new (title);
      adw_toast_set_priority (widget, ADW_TOAST_PRIORITY_HIGH);
      adw_toast_set_button_label (widget, _ ("_Details"));
      adw_toast_set_action_name (widget, "win.open-server");
      adw_toast_set_action_target (widget, "s", toast->server_id);
      bijou_window_add_toast (toast->window, widget);
    }
  toast_free (toast);
}

static void
show_toast (BijouWindow *window, const char *server_id, const GError *error, guint refused)
{
  BijouStore *store = bijou_context_get_store (bijou_window_get_context (window));
  Toast *toast = g_new0 (Toast, 1);

  toast->window = g_object_ref (window);
  toast->server_id = g_strdup (server_id);
  toast->sentence = error != NULL ? bijou_error_to_sentence (error) : NULL;
  toast->refused = refused;
  bijou_store_run_async (store, describe, toast, NULL, g_free, NULL, on_described_cb, toast);
}

static void
on_failed_cb (BijouSyncService *sync,
              const char *server_id,
              const GError *error,
              BijouWindow *window)
{
  show_toast (window, server_id, error, 0);
}

static GQuark
get_undo_quark (void)
{
  static GQuark quark = 0;

  if (quark == 0)
    quark = g_quark_from_static_string ("bijou-undo-toast");
  return quark;
}

/* What was taken back cannot be undone. */
static void
withdraw_undo (BijouWindow *window)
{
  AdwToast *toast = g_object_get_qdata (G_OBJECT (window), get_undo_quark ());

  if (toast != NULL)
    adw_toast_dismiss (toast);
  g_object_set_qdata (G_OBJECT (window), get_undo_quark (), NULL);
}

static void
on_refused_cb (BijouSyncService *sync, const char *server_id, guint n, BijouWindow *window)
{
  withdraw_undo (window);
  show_toast (window, server_id, NULL, n);
}

static void
on_shown_cb (BijouSyncService *sync, GParamSpec *pspec, BijouWindow *window)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (window), "win.stop-sync",
                                 bijou_sync_service_is_shown (sync));
}

/**
 * bijou_window_offer_undo:
 * @self: a window
 * @toast: (transfer full): a toast that undoes a change
 */
void
bijou_window_offer_undo (BijouWindow *self, AdwToast *toast)
{
  g_object_set_qdata_full (G_OBJECT (self), get_undo_quark (), g_object_ref (toast),
                           g_object_unref);
  bijou_window_add_toast (self, toast);
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
  g_signal_connect_object (sync, "refused", G_CALLBACK (on_refused_cb), self, 0);
  on_shown_cb (sync, NULL, self);
}
