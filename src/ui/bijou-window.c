#include "config.h"

#include "bijou-window.h"

#include "bijou-detail-page.h"
#include "bijou-home-page.h"
#include "bijou-navigation.h"
#include "bijou-player-page.h"
#include "bijou-player-setup.h"
#include "bijou-sidebar.h"
#include "bijou-welcome-page.h"
#include "bijou-window-sync.h"

#include <glib/gi18n.h>

#define MIN_WIDTH 360
#define MIN_HEIGHT 294

struct _BijouWindow
{
  AdwApplicationWindow parent_instance;

  BijouContext *context;     /* (owned) */
  GCancellable *cancellable; /* (owned) */
  BijouWidthClass width_class;
  GtkWidget *focus_before;   /* (unowned) (nullable) weak; what had the focus before the player */
  BijouPlayerPage *player;   /* (unowned) (nullable) in the stack, made at the first film */
  BijouWelcomePage *welcome; /* (unowned) (nullable) in the stack while somebody signs in */
  GPtrArray *pages; /* (owned) of BijouBasePage, unowned; what the leaflet holds, in order */
  gboolean has_servers;
  gboolean exit_at_end;

  /* Template */
  AdwToastOverlay *toasts;
  GtkStack *stack;
  AdwFlap *flap;
  BijouSidebar *sidebar;
  AdwLeaflet *leaflet;
};

G_DEFINE_FINAL_TYPE (BijouWindow, bijou_window, ADW_TYPE_APPLICATION_WINDOW)

typedef enum
{
  PROP_WIDTH_CLASS = 1,
} BijouWindowProps;

static GParamSpec *properties[PROP_WIDTH_CLASS + 1];

/* --- navigation --- */

/**
 * bijou_window_get_page:
 * @self: a window
 *
 * Returns: (transfer none) (nullable): the page that is seen beside the sidebar
 */
BijouBasePage *
bijou_window_get_page (BijouWindow *self)
{
  GtkWidget *child = adw_leaflet_get_visible_child (self->leaflet);

  return child != NULL ? BIJOU_BASE_PAGE (child) : NULL;
}

static void
drop_last_page (BijouWindow *self)
{
  GtkWidget *last = g_ptr_array_steal_index (self->pages, self->pages->len - 1);

  adw_leaflet_remove (self->leaflet, last);
}

/* Pages that were left are dropped once they are out of sight. */
static void
drop_left_pages (BijouWindow *self)
{
  GtkWidget *visible = adw_leaflet_get_visible_child (self->leaflet);

  if (visible == NULL || adw_leaflet_get_child_transition_running (self->leaflet) ||
      !g_ptr_array_find (self->pages, visible, NULL))
    return;
  while (g_ptr_array_index (self->pages, self->pages->len - 1) != visible)
    drop_last_page (self);
}

/* A page that has no place of its own belongs to that of the page below. */
static void
mark_place (BijouWindow *self)
{
  GtkWidget *visible = adw_leaflet_get_visible_child (self->leaflet);
  const char *place = NULL;

  for (guint i = 0; i < self->pages->len; i++)
    {
      BijouBasePage *page = g_ptr_array_index (self->pages, i);

      if (bijou_base_page_get_place (page) != NULL)
        place = bijou_base_page_get_place (page);
      if (GTK_WIDGET (page) == visible)
        break;
    }
  bijou_sidebar_select (self->sidebar, place);
}

static void
on_page_changed_cb (AdwLeaflet *leaflet, GParamSpec *pspec, BijouWindow *self)
{
  BijouBasePage *page = bijou_window_get_page (self);

  drop_left_pages (self);
  if (page != NULL)
    {
      gtk_window_set_title (GTK_WINDOW (self), bijou_base_page_get_title (page));
      mark_place (self);
    }
}

static void
on_title_cb (BijouBasePage *page, GParamSpec *pspec, BijouWindow *self)
{
  if (page == bijou_window_get_page (self))
    gtk_window_set_title (GTK_WINDOW (self), bijou_base_page_get_title (page));
}

static void
add_page (BijouWindow *self, BijouBasePage *page, gboolean root)
{
  g_signal_connect_object (page, "notify::title", G_CALLBACK (on_title_cb), self, 0);
  g_object_bind_property (self, "width-class", page, "width-class", G_BINDING_SYNC_CREATE);
  bijou_base_page_set_root (page, root);
  adw_leaflet_append (self->leaflet, GTK_WIDGET (page));
  /* The end of another page's transition is told of meanwhile, and drops what is not seen. */
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (page));
  g_ptr_array_add (self->pages, page);
  mark_place (self);
}

/* What was opened from the sidebar is not hidden by it. */
static void
fold_sidebar (BijouWindow *self)
{
  if (adw_flap_get_folded (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
}

/**
 * bijou_window_push:
 * @self: a window
 * @page: (transfer floating): a new page
 *
 * Shows @page on top of the one that is seen.
 */
void
bijou_window_push (BijouWindow *self, BijouBasePage *page)
{
  add_page (self, page, FALSE);
  fold_sidebar (self);
  gtk_stack_set_visible_child_name (self->stack, "browse");
}

/**
 * bijou_window_show_page:
 * @self: a window
 *
 * Shows the last page, where an open sidebar or the welcome page hides it.
 */
void
bijou_window_show_page (BijouWindow *self)
{
  fold_sidebar (self);
  gtk_stack_set_visible_child_name (self->stack, "browse");
}

/**
 * bijou_window_set_root:
 * @self: a window
 * @page: (transfer floating): a new page
 * @place: what the sidebar marks
 *
 * Forgets the way back and begins at @page.
 */
void
bijou_window_set_root (BijouWindow *self, BijouBasePage *page, const char *place)
{
  while (self->pages->len > 0)
    drop_last_page (self);
  bijou_base_page_set_place (page, place);
  add_page (self, page, TRUE);
  fold_sidebar (self);
  gtk_stack_set_visible_child_name (self->stack, "browse");
}

/**
 * bijou_window_go_back:
 * @self: a window
 *
 * Leaves the player, an open sidebar, or the page that is seen, in this order.
 */
void
bijou_window_go_back (BijouWindow *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  if (g_strcmp0 (name, "player") == 0)
    bijou_player_page_stop (self->player);
  else if (g_strcmp0 (name, "welcome") == 0)
    {
      if (!bijou_welcome_page_go_back (self->welcome) && self->has_servers)
        gtk_stack_set_visible_child_name (self->stack, "browse");
    }
  else if (adw_flap_get_folded (self->flap) && adw_flap_get_reveal_flap (self->flap))
    adw_flap_set_reveal_flap (self->flap, FALSE);
  else
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

/**
 * bijou_window_toggle_sidebar:
 * @self: a window
 *
 * Reveals the sidebar or folds it away.
 */
void
bijou_window_toggle_sidebar (BijouWindow *self)
{
  adw_flap_set_reveal_flap (self->flap, !adw_flap_get_reveal_flap (self->flap));
}

static void
show_home (BijouWindow *self)
{
  bijou_window_set_root (self, BIJOU_BASE_PAGE (bijou_home_page_new (self->context)), "home");
}

/* --- welcome --- */

static void
drop_welcome (BijouWindow *self)
{
  if (self->welcome != NULL)
    gtk_stack_remove (self->stack, GTK_WIDGET (self->welcome));
  self->welcome = NULL;
}

static void
on_signed_in_cb (BijouWelcomePage *welcome, BijouWindow *self)
{
  self->has_servers = TRUE;
  show_home (self);
}

/**
 * bijou_window_show_sign_in:
 * @self: a window
 *
 * Shows the page from which servers are added.
 */
void
bijou_window_show_sign_in (BijouWindow *self)
{
  drop_welcome (self);
  self->welcome = bijou_welcome_page_new (self->context, self->has_servers);
  g_object_bind_property (self, "width-class", self->welcome, "width-class", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (self->welcome, "signed-in", G_CALLBACK (on_signed_in_cb), self, 0);
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->welcome), "welcome");
  gtk_stack_set_visible_child_name (self->stack, "welcome");
}

typedef struct
{
  BijouServer *server;   /* (owned) (nullable) */
  BijouAccount *account; /* (owned) (nullable) */
} Known;

static void
known_free (gpointer data)
{
  Known *known = data;

  g_clear_object (&known->server);
  g_clear_pointer (&known->account, bijou_account_free);
  g_free (known);
}

static gpointer
find_known (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, error);
  g_autoptr (GPtrArray) accounts =
      servers != NULL ? bijou_store_list_accounts (store, error) : NULL;
  Known *known = g_new0 (Known, 1);

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    if (g_strcmp0 (((BijouServer *) servers->pdata[i])->id, data) == 0)
      known->server = g_object_ref (g_ptr_array_index (servers, i));
  for (guint i = 0; accounts != NULL && i < accounts->len; i++)
    if (g_strcmp0 (((BijouAccount *) accounts->pdata[i])->id, data) == 0)
      known->account = bijou_account_copy (g_ptr_array_index (accounts, i));
  return known;
}

static void
on_known_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouWindow) self = user_data;
  Known *known = bijou_store_run_finish (BIJOU_STORE (source), result, NULL);

  if (known == NULL)
    return;
  bijou_window_show_sign_in (self);
  if (known->server != NULL)
    bijou_welcome_page_sign_in_again (self->welcome, known->server);
  else if (known->account != NULL)
    bijou_welcome_page_sign_in_to_account (self->welcome, known->account);
  known_free (known);
}

/**
 * bijou_window_sign_in_again:
 * @self: a window
 * @id: a server, or an account
 *
 * Shows the step that signs in to it anew; its library stays.
 */
void
bijou_window_sign_in_again (BijouWindow *self, const char *id)
{
  bijou_store_run_async (bijou_context_get_store (self->context), find_known, g_strdup (id), g_free,
                         known_free, NULL, on_known_cb, g_object_ref (self));
}

static gpointer
count_servers (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (store, error);

  return servers != NULL ? GUINT_TO_POINTER (servers->len + 1) : NULL;
}

static void
on_servers_counted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BijouWindow *self = user_data;
  g_autoptr (GError) error = NULL;
  guint n_plus_one =
      GPOINTER_TO_UINT (bijou_store_run_finish (BIJOU_STORE (source), result, &error));

  if (bijou_error_is_cancelled (error))
    return;
  self->has_servers = n_plus_one > 1;
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "starting") == 0)
    {
      if (self->has_servers)
        show_home (self);
      else
        bijou_window_show_sign_in (self);
    }
  else if (!self->has_servers)
    bijou_window_show_sign_in (self);
}

static void
recount_servers (BijouWindow *self)
{
  bijou_store_run_async (bijou_context_get_store (self->context), count_servers, NULL, NULL, NULL,
                         self->cancellable, on_servers_counted_cb, self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, BijouWindow *self)
{
  if ((change->flags & BIJOU_STORE_SERVERS) &&
      g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "welcome") != 0)
    recount_servers (self);
}

/* --- items --- */

typedef struct
{
  BijouWindow *window; /* (owned) */
  BijouItem *item;     /* (owned) (nullable) once it is known what plays */
  gboolean play;
  gint64 start_ms;
  BijouPlayChoices *choices; /* (owned) (nullable) */
} Request;

static void
request_free (Request *request)
{
  g_object_unref (request->window);
  g_clear_object (&request->item);
  bijou_play_choices_free (request->choices);
  g_free (request);
}

/* A show is played where it was left; a season like its first episode that is left. */
static gpointer
find_playable (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (BijouItem) item = bijou_store_find_item (store, data, error);

  if (item == NULL || bijou_item_kind_is_playable (item->kind))
    return g_steal_pointer (&item);
  return bijou_store_get_episode_to_play (store, item, error);
}

static void
show_error (BijouWindow *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);

  g_message ("%s", error->message);
  bijou_window_add_toast (self, adw_toast_new (sentence));
}

/* A film gives the focus back to what began it. */
static void
keep_focus (BijouWindow *self)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (self->player != NULL && focus != NULL &&
      (focus == GTK_WIDGET (self->player) ||
       gtk_widget_is_ancestor (focus, GTK_WIDGET (self->player))))
    return;
  g_set_weak_pointer (&self->focus_before, focus);
}

static void
restore_focus (BijouWindow *self)
{
  GtkWidget *focus = self->focus_before;

  if (focus != NULL && gtk_widget_get_mapped (focus))
    gtk_widget_grab_focus (focus);
  g_clear_weak_pointer (&self->focus_before);
}

static void
on_player_closed_cb (BijouPlayerPage *player, BijouWindow *self)
{
  gtk_window_unfullscreen (GTK_WINDOW (self));
  if (self->exit_at_end)
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }
  if (bijou_window_get_page (self) == NULL)
    show_home (self);
  gtk_stack_set_visible_child_name (self->stack, "browse");
  restore_focus (self);
}

static void
show_player (BijouWindow *self, BijouItem *item, Request *request)
{
  keep_focus (self);
  if (self->player == NULL)
    {
      self->player = bijou_player_page_new (self->context);
      gtk_stack_add_named (self->stack, GTK_WIDGET (self->player), "player");
      g_signal_connect_object (self->player, "closed", G_CALLBACK (on_player_closed_cb), self, 0);
    }
  gtk_stack_set_visible_child_name (self->stack, "player");
  gtk_window_set_title (GTK_WINDOW (self), item->title);
  bijou_player_page_play (self->player, item, request->start_ms, request->choices);
}

static void
on_player_setup_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;

  if (bijou_player_setup_finish (result, NULL))
    show_player (request->window, request->item, request);
  request_free (request);
}

static void
show_page (BijouWindow *self, BijouItem *item)
{
  /* Who looks at a film may play it; who only browses is spared the memory of GStreamer. */
  bijou_player_setup_async (NULL, NULL, NULL);
  if (bijou_window_get_page (self) == NULL)
    show_home (self);
  bijou_window_push (self, BIJOU_BASE_PAGE (bijou_detail_page_new (self->context, item)));
}

static void
on_item_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouItem) item = bijou_store_run_finish (BIJOU_STORE (source), result, &error);

  if (item != NULL && request->play)
    {
      request->item = g_steal_pointer (&item);
      bijou_player_setup_async (request->window->cancellable, on_player_setup_cb, request);
      return;
    }
  else if (item != NULL)
    show_page (request->window, item);
  else if (error == NULL)
    bijou_window_add_toast (request->window, adw_toast_new (_ ("This is no longer there")));
  else if (!bijou_error_is_cancelled (error))
    show_error (request->window, error);
  request_free (request);
}

static void
request_item (BijouWindow *self, const char *key, Request *request)
{
  BijouStore *store = bijou_context_get_store (self->context);

  request->window = g_object_ref (self);
  if (request->play)
    bijou_store_run_async (store, find_playable, g_strdup (key), g_free, g_object_unref,
                           self->cancellable, on_item_found_cb, request);
  else
    bijou_store_find_item_async (store, key, self->cancellable, on_item_found_cb, request);
}

/**
 * bijou_window_open_item:
 * @self: a window
 * @key: `SERVER:REMOTE-ID`
 *
 * Pushes the item's page.
 */
void
bijou_window_open_item (BijouWindow *self, const char *key)
{
  request_item (self, key, g_new0 (Request, 1));
}

/**
 * bijou_window_play_item:
 * @self: a window
 * @key: `SERVER:REMOTE-ID`; a show plays where it was left
 * @start_ms: where to begin, -1 to resume
 * @choices: (transfer full) (nullable): what was chosen before
 *
 * Shows the player.
 */
void
bijou_window_play_item (BijouWindow *self,
                        const char *key,
                        gint64 start_ms,
                        BijouPlayChoices *choices)
{
  Request *request = g_new0 (Request, 1);

  request->play = TRUE;
  request->start_ms = start_ms;
  request->choices = choices;
  request_item (self, key, request);
}

/* AdwToastWidget has no name for its close button: the only button below it without a label. */
static void
name_close_button (GtkWidget *widget)
{
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_BUTTON (child))
      name_close_button (child);
    else if (gtk_button_get_icon_name (GTK_BUTTON (child)) != NULL)
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Close"), -1);
}

/**
 * bijou_window_add_toast:
 * @self: a window
 * @toast: (transfer full): a toast
 */
void
bijou_window_add_toast (BijouWindow *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toasts, toast);
  name_close_button (gtk_widget_get_last_child (GTK_WIDGET (self->toasts)));
}

/**
 * bijou_window_set_exit_at_end:
 * @self: a window
 * @exit_at_end: close the window when the film ends
 */
void
bijou_window_set_exit_at_end (BijouWindow *self, gboolean exit_at_end)
{
  self->exit_at_end = exit_at_end;
}

/**
 * bijou_window_get_context:
 * @self: a window
 *
 * Returns: (transfer none): its context
 */
BijouContext *
bijou_window_get_context (BijouWindow *self)
{
  return self->context;
}

/* --- size --- */

static void
set_width_class (BijouWindow *self, BijouWidthClass width_class)
{
  gboolean folded = bijou_width_class_is_folded (width_class);

  if (self->width_class == width_class)
    return;
  self->width_class = width_class;
  if (width_class == BIJOU_WIDTH_NARROW)
    gtk_widget_add_css_class (GTK_WIDGET (self), "narrow");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "narrow");
  if (width_class == BIJOU_WIDTH_WIDE)
    gtk_widget_add_css_class (GTK_WIDGET (self), "wide");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "wide");

  gtk_widget_set_size_request (GTK_WIDGET (self->sidebar),
                               width_class == BIJOU_WIDTH_WIDE ? 260 : 240, -1);
  adw_flap_set_fold_policy (self->flap,
                            folded ? ADW_FLAP_FOLD_POLICY_ALWAYS : ADW_FLAP_FOLD_POLICY_NEVER);
  adw_flap_set_reveal_flap (self->flap, !folded);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WIDTH_CLASS]);
}

/* The pages shrink when they are told the width class, so their minimum of now does not bound the
 * window: it could never become narrow. */
static void
bijou_window_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  GTK_WIDGET_CLASS (bijou_window_parent_class)
      ->measure (widget, orientation, for_size, minimum, natural, minimum_baseline,
                 natural_baseline);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = MIN (*minimum, MIN_WIDTH);
  else
    *minimum = MIN (*minimum, MIN_HEIGHT);
}

static void
bijou_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  set_width_class (BIJOU_WINDOW (widget), bijou_width_class_from_width (width));

  GTK_WIDGET_CLASS (bijou_window_parent_class)->size_allocate (widget, width, height, baseline);
}

static void
restore_size (BijouWindow *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);

  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
keep_size (BijouWindow *self)
{
  GSettings *settings = bijou_context_get_settings (self->context);
  int width, height;

  g_settings_set_boolean (settings, "window-maximized",
                          gtk_window_is_maximized (GTK_WINDOW (self)));
  if (gtk_window_is_maximized (GTK_WINDOW (self)) || gtk_window_is_fullscreen (GTK_WINDOW (self)))
    return;
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  g_settings_set_int (settings, "window-width", width);
  g_settings_set_int (settings, "window-height", height);
}

static gboolean
bijou_window_close_request (GtkWindow *window)
{
  BijouWindow *self = BIJOU_WINDOW (window);

  keep_size (self);
  if (self->player != NULL)
    bijou_player_page_stop (self->player);

  return GTK_WINDOW_CLASS (bijou_window_parent_class)->close_request (window);
}

/* --- GObject --- */

static void
bijou_window_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BijouWindow *self = BIJOU_WINDOW (object);

  switch ((BijouWindowProps) id)
    {
    case PROP_WIDTH_CLASS:
      g_value_set_enum (value, self->width_class);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
bijou_window_dispose (GObject *object)
{
  BijouWindow *self = BIJOU_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_weak_pointer (&self->focus_before);
  self->player = NULL;
  self->welcome = NULL;

  G_OBJECT_CLASS (bijou_window_parent_class)->dispose (object);
}

static void
bijou_window_finalize (GObject *object)
{
  BijouWindow *self = BIJOU_WINDOW (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->pages);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (bijou_window_parent_class)->finalize (object);
}

static void
bijou_window_class_init (BijouWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = bijou_window_get_property;
  object_class->dispose = bijou_window_dispose;
  object_class->finalize = bijou_window_finalize;
  widget_class->measure = bijou_window_measure;
  widget_class->size_allocate = bijou_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = bijou_window_close_request;

  properties[PROP_WIDTH_CLASS] =
      g_param_spec_enum ("width-class", NULL, NULL, BIJOU_TYPE_WIDTH_CLASS, BIJOU_WIDTH_NORMAL,
                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);

  g_type_ensure (BIJOU_TYPE_SIDEBAR);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/bijouplayer/Bijou/ui/bijou-window.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, BijouWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, BijouWindow, flap);
  gtk_widget_class_bind_template_child (widget_class, BijouWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, BijouWindow, leaflet);
  bijou_window_class_install_actions (widget_class);
}

/* What another client did meanwhile, where no server tells of it. */
static void
on_active_cb (BijouWindow *self)
{
  if (self->context != NULL && gtk_window_is_active (GTK_WINDOW (self)))
    bijou_live_refresh (bijou_context_get_live (self->context));
}

static void
bijou_window_init (BijouWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->pages = g_ptr_array_new ();
  self->width_class = BIJOU_WIDTH_NORMAL;
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (self->leaflet, "notify::visible-child", G_CALLBACK (on_page_changed_cb),
                           self, 0);
  g_signal_connect_object (self->leaflet, "notify::child-transition-running",
                           G_CALLBACK (on_page_changed_cb), self, 0);
  g_signal_connect (self, "notify::is-active", G_CALLBACK (on_active_cb), NULL);
}

/**
 * bijou_window_new:
 * @application: the application
 * @context: the context
 *
 * Returns: (transfer floating): a window that shows Home, or Welcome when there is no server
 */
BijouWindow *
bijou_window_new (AdwApplication *application, BijouContext *context)
{
  BijouWindow *self = g_object_new (BIJOU_TYPE_WINDOW, "application", application, NULL);

  self->context = g_object_ref (context);
  restore_size (self);
  bijou_sidebar_set_context (self->sidebar, context);
  bijou_window_follow_syncs (self);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  recount_servers (self);
  return self;
}
