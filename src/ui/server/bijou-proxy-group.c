#include "config.h"

#include "bijou-proxy-group.h"

#include "bijou-headers-row.h"

/* Who types is not interrupted by what it means. */
#define KEEP_MS 1000

struct _BijouProxyGroup
{
  AdwPreferencesGroup parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  char *server_id;           /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) of reading */
  BijouHeadersRow *row;      /* (unowned) a row of the group */
  char *kept;                /* (owned) (nullable) what is saved; a secret */
  guint keep_id;
  gboolean read;
};

G_DEFINE_FINAL_TYPE (BijouProxyGroup, bijou_proxy_group, ADW_TYPE_PREFERENCES_GROUP)

typedef struct
{
  char *server_id; /* (owned) */
  char *headers;   /* (owned) (nullable) */
} Keep;

static void
keep_free (Keep *keep)
{
  g_free (keep->server_id);
  g_free (keep->headers);
  g_free (keep);
}

/* --- keeping --- */

static void
keep_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Keep *keep = task_data;
  g_autoptr (BijouTrust) before = bijou_context_dup_server_trust (source, keep->server_id);
  g_autoptr (BijouTrust) trust = bijou_trust_with_headers (before, keep->headers);
  g_autoptr (GError) error = NULL;

  if (bijou_context_set_server_trust (source, keep->server_id, trust, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
on_kept_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouProxyGroup) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    return;
  g_message ("The headers are not kept: %s", error->message);
  sentence = bijou_error_to_sentence (error);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", sentence);
}

static void
keep (BijouProxyGroup *self)
{
  g_autofree char *headers = bijou_headers_row_dup_headers (self->row);
  g_autoptr (GTask) task = NULL;
  Keep *order;

  g_clear_handle_id (&self->keep_id, g_source_remove);
  if (!self->read || g_strcmp0 (headers, self->kept) == 0)
    return;
  g_free (self->kept);
  self->kept = g_strdup (headers);
  order = g_new0 (Keep, 1);
  order->server_id = g_strdup (self->server_id);
  order->headers = g_steal_pointer (&headers);
  task = g_task_new (self->context, NULL, on_kept_cb, g_object_ref (self));
  g_task_set_source_tag (task, keep);
  g_task_set_task_data (task, order, (GDestroyNotify) keep_free);
  bijou_context_run_async (self->context, task, keep_in_worker);
}

static gboolean
on_keep_cb (gpointer data)
{
  BijouProxyGroup *self = data;

  self->keep_id = 0;
  keep (self);
  return G_SOURCE_REMOVE;
}

static void
on_changed_cb (BijouHeadersRow *row, BijouProxyGroup *self)
{
  g_clear_handle_id (&self->keep_id, g_source_remove);
  self->keep_id = g_timeout_add (KEEP_MS, on_keep_cb, self);
}

/* --- reading --- */

static void
read_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (BijouTrust) trust = bijou_context_dup_server_trust (source, task_data);

  g_task_return_pointer (task, g_strdup (bijou_trust_get_headers (trust)), g_free);
}

static void
on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouProxyGroup *self;
  g_autoptr (GError) error = NULL;
  char *headers = g_task_propagate_pointer (G_TASK (result), &error);

  if (error != NULL)
    return;
  self = user_data;
  g_free (self->kept);
  self->kept = headers;
  bijou_headers_row_set_headers (self->row, headers);
  self->read = TRUE;
  gtk_widget_set_sensitive (GTK_WIDGET (self->row), TRUE);
}

static void
begin_reading (BijouProxyGroup *self)
{
  g_autoptr (GTask) task = g_task_new (self->context, self->cancellable, on_read_cb, self);

  g_task_set_source_tag (task, begin_reading);
  g_task_set_task_data (task, g_strdup (self->server_id), g_free);
  bijou_context_run_async (self->context, task, read_in_worker);
}

/* --- life --- */

/* Whoever leaves the page has said all. */
static void
bijou_proxy_group_unmap (GtkWidget *widget)
{
  BijouProxyGroup *self = BIJOU_PROXY_GROUP (widget);

  if (self->keep_id != 0)
    keep (self);
  GTK_WIDGET_CLASS (bijou_proxy_group_parent_class)->unmap (widget);
}

static void
bijou_proxy_group_dispose (GObject *object)
{
  BijouProxyGroup *self = BIJOU_PROXY_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->keep_id, g_source_remove);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_proxy_group_parent_class)->dispose (object);
}

static void
bijou_proxy_group_finalize (GObject *object)
{
  BijouProxyGroup *self = BIJOU_PROXY_GROUP (object);

  g_object_unref (self->cancellable);
  g_free (self->server_id);
  g_free (self->kept);

  G_OBJECT_CLASS (bijou_proxy_group_parent_class)->finalize (object);
}

static void
bijou_proxy_group_class_init (BijouProxyGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_proxy_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_proxy_group_finalize;
  GTK_WIDGET_CLASS (klass)->unmap = bijou_proxy_group_unmap;
}

static void
bijou_proxy_group_init (BijouProxyGroup *self)
{
  self->cancellable = g_cancellable_new ();
  self->row = g_object_new (BIJOU_TYPE_HEADERS_ROW, NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->row), FALSE);
  g_signal_connect_object (self->row, "changed", G_CALLBACK (on_changed_cb), self, 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->row));
}

/**
 * bijou_proxy_group_set_server:
 * @self: the group
 * @context: the context
 * @server: whose headers it shows; the first call counts
 */
void
bijou_proxy_group_set_server (BijouProxyGroup *self, BijouContext *context, BijouServer *server)
{
  if (self->context != NULL)
    return;
  self->context = g_object_ref (context);
  self->server_id = g_strdup (server->id);
  begin_reading (self);
}
