#include "config.h"

#include "bijou-sidebar.h"

#include "bijou-server-status.h"
#include "bijou-sync-text.h"

#include <glib/gi18n.h>

/* Changes that wait longer are told of. */
#define WAITING_S 3

struct _BijouSidebar
{
  GtkWidget parent_instance;

  BijouContext *context;     /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) */
  char *place;               /* (owned) (nullable) what is marked */
  GPtrArray *boxes;          /* (owned) of GtkListBox, unowned */
  GHashTable *heads;         /* (owned) server id to the button of its head, unowned */
  char *rows;                /* (owned) (nullable) what the rows were made of */
  guint waiting_id;          /* until changes that wait are told of */
  double fraction;           /* of the sync, as far as it was shown */

  /* Template */
  GtkBox *lists;
  GtkMenuButton *menu_button;
  GtkRevealer *sync_revealer;
  GtkLabel *sync_title;
  GtkProgressBar *sync_bar;
  GtkLabel *sync_detail;
  GtkWidget *menu_sync;
  GtkLabel *menu_title;
  GtkProgressBar *menu_bar;
  GtkLabel *menu_detail;
  GtkRevealer *waiting_revealer;
  GtkLabel *waiting_title;
};

G_DEFINE_FINAL_TYPE (BijouSidebar, bijou_sidebar, GTK_TYPE_WIDGET)

/* What one read of the store gives. */
typedef struct
{
  GPtrArray *servers;   /* (owned) of BijouServer */
  GPtrArray *libraries; /* (owned) of BijouLibrary */
  guint n_waiting;
} Contents;

static void
contents_free (Contents *contents)
{
  g_clear_pointer (&contents->servers, g_ptr_array_unref);
  g_clear_pointer (&contents->libraries, g_ptr_array_unref);
  g_free (contents);
}

/* --- rows --- */

static const char *
get_library_icon (BijouLibraryKind kind)
{
  switch (kind)
    {
    case BIJOU_LIBRARY_SHOWS:
      return "tv-symbolic";
    case BIJOU_LIBRARY_MUSIC:
      return "audio-x-generic-symbolic";
    case BIJOU_LIBRARY_PHOTOS:
      return "image-x-generic-symbolic";
    case BIJOU_LIBRARY_MOVIES:
    case BIJOU_LIBRARY_VIDEOS:
    case BIJOU_LIBRARY_MIXED:
    case BIJOU_LIBRARY_OTHER:
    default:
      return "bijou-film-symbolic";
    }
}

static void
open_place (BijouSidebar *self, const char *place)
{
  g_auto (GStrv) words = g_strsplit (place, " ", 3);

  if (g_str_equal (words[0], "home"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-home", NULL);
  else if (g_str_equal (words[0], "search"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-search", NULL);
  else if (g_str_equal (words[0], "favourites"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-favourites", NULL);
  else if (g_strv_length (words) == 3)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-library", "(ss)", words[1], words[2]);
}

static void
on_row_activated_cb (GtkListBox *box, GtkListBoxRow *row, BijouSidebar *self)
{
  open_place (self, g_object_get_data (G_OBJECT (row), "place"));
}

static GtkListBox *
append_list (BijouSidebar *self, const char *name)
{
  GtkWidget *box = gtk_list_box_new ();

  gtk_widget_add_css_class (box, "navigation-sidebar");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (box), GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (box, "row-activated", G_CALLBACK (on_row_activated_cb), self, 0);
  gtk_box_append (self->lists, box);
  g_ptr_array_add (self->boxes, box);
  return GTK_LIST_BOX (box);
}

static void
append_row (GtkListBox *box, const char *icon_name, const char *title, char *place)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name (icon_name);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (content), icon);
  gtk_box_append (GTK_BOX (content), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), content);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_object_set_data_full (G_OBJECT (row), "place", place, g_free);
  gtk_list_box_append (box, row);
}

/* --- the head of a server: dot, name and how it is reached --- */

static void
update_head (BijouSidebar *self, const char *server_id)
{
  GtkWidget *button = g_hash_table_lookup (self->heads, server_id);
  BijouServerStatus status;
  const char *classes[] = { "bijou-dot", NULL, NULL };
  const char *name, *word;
  g_autofree char *full = NULL;

  if (button == NULL)
    return;
  bijou_server_status_read (&status, self->context, server_id);
  classes[1] = bijou_server_status_get_dot (&status);
  gtk_widget_set_css_classes (g_object_get_data (G_OBJECT (button), "dot"), classes);
  word = bijou_server_status_get_word (&status);
  gtk_label_set_label (g_object_get_data (G_OBJECT (button), "word"), word);
  name = g_object_get_data (G_OBJECT (button), "name");
  full = *word != '\0' ? g_strdup_printf ("%s, %s", name, word) : g_strdup (name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, full, -1);
}

static void
append_head (BijouSidebar *self, BijouServer *server)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *dot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *name = gtk_label_new (server->name);
  GtkWidget *word = gtk_label_new (NULL);

  gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (name, "caption-heading");
  gtk_widget_add_css_class (word, "caption");
  gtk_widget_add_css_class (word, "dim-label");
  gtk_box_append (GTK_BOX (content), dot);
  gtk_box_append (GTK_BOX (content), name);
  gtk_box_append (GTK_BOX (content), word);
  gtk_button_set_child (GTK_BUTTON (button), content);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "bijou-server");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.open-server");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", server->id);
  g_object_set_data (G_OBJECT (button), "dot", dot);
  g_object_set_data (G_OBJECT (button), "word", word);
  g_object_set_data_full (G_OBJECT (button), "name", g_strdup (server->name), g_free);
  g_object_set_data_full (G_OBJECT (button), "place", g_strdup_printf ("server %s", server->id),
                          g_free);
  gtk_box_append (self->lists, button);
  g_hash_table_insert (self->heads, g_strdup (server->id), button);
  update_head (self, server->id);
}

/* --- filling --- */

/* The list boxes select nothing by themselves: there the selection would follow the focus. */
static void
mark_row (GtkWidget *row, gboolean current)
{
  if (current)
    gtk_widget_set_state_flags (row, GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (row, GTK_STATE_FLAG_SELECTED);
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_SELECTED, current, -1);
}

static void
mark_head (GtkWidget *button, gboolean current)
{
  if (current)
    gtk_widget_set_state_flags (button, GTK_STATE_FLAG_SELECTED, FALSE);
  else
    gtk_widget_unset_state_flags (button, GTK_STATE_FLAG_SELECTED);
}

static gboolean
is_place (BijouSidebar *self, gpointer widget)
{
  return g_strcmp0 (g_object_get_data (G_OBJECT (widget), "place"), self->place) == 0;
}

static void
mark_place (BijouSidebar *self)
{
  GHashTableIter iter;
  gpointer button;

  for (guint i = 0; i < self->boxes->len; i++)
    {
      GtkListBox *box = g_ptr_array_index (self->boxes, i);
      GtkListBoxRow *row;

      for (int j = 0; (row = gtk_list_box_get_row_at_index (box, j)) != NULL; j++)
        mark_row (GTK_WIDGET (row), is_place (self, row));
    }
  g_hash_table_iter_init (&iter, self->heads);
  while (g_hash_table_iter_next (&iter, NULL, &button))
    mark_head (button, is_place (self, button));
}

static void
remove_rows (BijouSidebar *self)
{
  GtkWidget *child;

  g_ptr_array_set_size (self->boxes, 0);
  g_hash_table_remove_all (self->heads);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->lists))) != NULL)
    gtk_box_remove (self->lists, child);
}

static void
append_server (BijouSidebar *self, BijouServer *server, GPtrArray *libraries)
{
  GtkListBox *box;

  append_head (self, server);
  box = append_list (self, server->name);
  for (guint i = 0; i < libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (libraries, i);

      if (g_str_equal (library->server_id, server->id) && bijou_library_is_synced (library))
        append_row (box, get_library_icon (library->kind), library->title,
                    g_strdup_printf ("library %s %s", library->server_id, library->remote_id));
    }
}

static char *
describe_rows (Contents *contents)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < contents->servers->len; i++)
    {
      BijouServer *server = g_ptr_array_index (contents->servers, i);

      g_string_append_printf (text, "%s\t%s\n", server->id, server->name);
    }
  for (guint i = 0; i < contents->libraries->len; i++)
    {
      BijouLibrary *library = g_ptr_array_index (contents->libraries, i);

      if (bijou_library_is_synced (library))
        g_string_append_printf (text, "%s\t%s\t%d\t%s\n", library->server_id, library->remote_id,
                                library->kind, library->title);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Rows that stay keep the keyboard's focus, so they are made anew only when they differ. */
static void
fill_rows (BijouSidebar *self, Contents *contents)
{
  g_autofree char *rows = describe_rows (contents);
  GtkListBox *top;

  if (g_strcmp0 (rows, self->rows) == 0)
    return;
  g_free (self->rows);
  self->rows = g_steal_pointer (&rows);
  remove_rows (self);
  top = append_list (self, _ ("Places"));
  append_row (top, "go-home-symbolic", _ ("Home"), g_strdup ("home"));
  append_row (top, "edit-find-symbolic", _ ("Search"), g_strdup ("search"));
  append_row (top, "bijou-heart-symbolic", _ ("Favourites"), g_strdup ("favourites"));
  for (guint i = 0; i < contents->servers->len; i++)
    append_server (self, g_ptr_array_index (contents->servers, i), contents->libraries);
  mark_place (self);
}

static gboolean
reveal_waiting_cb (gpointer user_data)
{
  BijouSidebar *self = user_data;

  self->waiting_id = 0;
  gtk_revealer_set_reveal_child (self->waiting_revealer, TRUE);
  return G_SOURCE_REMOVE;
}

/* Most changes reach their server at once, which nobody needs to be told. */
static void
show_waiting (BijouSidebar *self, guint n_waiting)
{
  g_autofree char *text =
      g_strdup_printf (ngettext ("%u change waiting", "%u changes waiting", n_waiting), n_waiting);

  if (n_waiting == 0)
    {
      g_clear_handle_id (&self->waiting_id, g_source_remove);
      gtk_revealer_set_reveal_child (self->waiting_revealer, FALSE);
      return;
    }
  gtk_label_set_label (self->waiting_title, text);
  if (self->waiting_id == 0 && !gtk_revealer_get_reveal_child (self->waiting_revealer))
    self->waiting_id = g_timeout_add_seconds (WAITING_S, reveal_waiting_cb, self);
}

static gpointer
read_contents (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, error);
  g_autoptr (GPtrArray) libraries =
      servers != NULL ? bijou_store_list_libraries (store, NULL, error) : NULL;
  g_autoptr (GPtrArray) changes =
      libraries != NULL ? bijou_store_list_changes (store, NULL, error) : NULL;
  Contents *contents;

  if (changes == NULL)
    return NULL;
  contents = g_new0 (Contents, 1);
  contents->servers = g_steal_pointer (&servers);
  contents->libraries = g_steal_pointer (&libraries);
  contents->n_waiting = changes->len;
  return contents;
}

static void
on_contents_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  Contents *contents = bijou_store_run_finish (BIJOU_STORE (source), result, &error);

  if (contents != NULL)
    {
      fill_rows (user_data, contents);
      show_waiting (user_data, contents->n_waiting);
      contents_free (contents);
    }
  else if (!bijou_error_is_cancelled (error))
    g_warning ("The sidebar cannot be read: %s", error->message);
}

static void
reload (BijouSidebar *self)
{
  bijou_store_run_async (bijou_context_get_store (self->context), read_contents, NULL, NULL,
                         (GDestroyNotify) contents_free, self->cancellable, on_contents_cb, self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouSidebar *self)
{
  if (change->flags & (BIJOU_STORE_SERVERS | BIJOU_STORE_LIBRARIES | BIJOU_STORE_OUTBOX))
    reload (self);
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, BijouSidebar *self)
{
  update_head (self, server_id);
}

/* --- sync --- */

static char *
describe_title (const BijouSyncProgress *progress)
{
  /* Translators: %s is the name of a library */
  return progress->title != NULL ? g_strdup_printf (_ ("Syncing %s"), progress->title)
                                 : g_strdup (_ ("Syncing"));
}

/* It stays where it is when another server says how much more there is. */
static double
get_fraction (BijouSidebar *self, const BijouSyncProgress *progress)
{
  if (progress->total > 0)
    self->fraction = MAX (self->fraction, (double) progress->done / (double) progress->total);
  return self->fraction;
}

static void
show_progress (BijouSidebar *self)
{
  BijouSyncProgress progress;
  g_autofree char *title = NULL;
  g_autofree char *detail = NULL;
  double fraction;

  bijou_sync_service_get_progress (bijou_context_get_sync (self->context), &progress);
  title = describe_title (&progress);
  detail = bijou_sync_text_all (&progress);
  fraction = get_fraction (self, &progress);
  gtk_label_set_label (self->sync_title, title);
  gtk_label_set_label (self->sync_detail, detail);
  gtk_progress_bar_set_fraction (self->sync_bar, fraction);
  gtk_label_set_label (self->menu_title, title);
  gtk_label_set_label (self->menu_detail, detail);
  gtk_progress_bar_set_fraction (self->menu_bar, fraction);
}

static void
on_sync_progress_cb (BijouSyncService *sync, const BijouSyncProgress *progress, BijouSidebar *self)
{
  if (bijou_sync_service_is_shown (sync))
    show_progress (self);
}

static void
on_sync_shown_cb (BijouSyncService *sync, GParamSpec *pspec, BijouSidebar *self)
{
  gboolean shown = bijou_sync_service_is_shown (sync);

  self->fraction = 0;
  if (shown)
    show_progress (self);
  gtk_revealer_set_reveal_child (self->sync_revealer, shown);
  gtk_widget_set_visible (self->menu_sync, shown);
}

/* --- GObject --- */

static void
bijou_sidebar_dispose (GObject *object)
{
  BijouSidebar *self = BIJOU_SIDEBAR (object);
  GtkWidget *child;

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->waiting_id, g_source_remove);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_sidebar_parent_class)->dispose (object);
}

static void
bijou_sidebar_finalize (GObject *object)
{
  BijouSidebar *self = BIJOU_SIDEBAR (object);

  g_object_unref (self->cancellable);
  g_free (self->place);
  g_ptr_array_unref (self->boxes);
  g_hash_table_unref (self->heads);

  g_free (self->rows);
  G_OBJECT_CLASS (bijou_sidebar_parent_class)->finalize (object);
}

static void
bijou_sidebar_class_init (BijouSidebarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = bijou_sidebar_dispose;
  object_class->finalize = bijou_sidebar_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/bijouplayer/Bijou/ui/bijou-sidebar.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, lists);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, menu_button);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, sync_revealer);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, sync_title);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, sync_bar);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, sync_detail);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, menu_sync);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, menu_title);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, menu_bar);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, menu_detail);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, waiting_revealer);
  gtk_widget_class_bind_template_child (widget_class, BijouSidebar, waiting_title);
}

static void
bijou_sidebar_init (BijouSidebar *self)
{
  self->cancellable = g_cancellable_new ();
  self->boxes = g_ptr_array_new ();
  self->heads = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * bijou_sidebar_set_context:
 * @self: a sidebar
 * @context: the context; set once
 *
 * Reads what is to be shown and follows its changes.
 */
void
bijou_sidebar_set_context (BijouSidebar *self, BijouContext *context)
{
  BijouSyncService *sync = bijou_context_get_sync (context);

  g_return_if_fail (self->context == NULL);

  self->context = g_object_ref (context);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  g_signal_connect_object (context, "server-state-changed", G_CALLBACK (on_server_state_cb), self,
                           0);
  g_signal_connect_object (sync, "progress", G_CALLBACK (on_sync_progress_cb), self, 0);
  g_signal_connect_object (sync, "notify::shown", G_CALLBACK (on_sync_shown_cb), self, 0);
  on_sync_shown_cb (sync, NULL, self);
  reload (self);
}

/**
 * bijou_sidebar_select:
 * @self: a sidebar
 * @place: (nullable): "home", "search", "library SERVER ID", "server ID"
 */
void
bijou_sidebar_select (BijouSidebar *self, const char *place)
{
  g_autofree char *old = g_steal_pointer (&self->place);

  self->place = g_strdup (place);
  mark_place (self);
}
