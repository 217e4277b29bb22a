#include "config.h"

#include "bijou-library-page.h"

#include "bijou-card-grid.h"
#include "bijou-item-text.h"
#include "bijou-letter-rail.h"
#include "bijou-library-chips.h"
#include "bijou-server-banner.h"

#include <glib/gi18n.h>

#define RAIL_MIN_ITEMS 60

struct _BijouLibraryPage
{
  BijouBasePage parent_instance;

  AdwHeaderBar *header;           /* (unowned) template child */
  AdwWindowTitle *window_title;   /* (unowned) template child */
  BijouServerBanner *banner;      /* (unowned) template child */
  GtkWidget *bar;                 /* (unowned) template child */
  BijouLibraryChips *chips;       /* (unowned) template child */
  GtkWidget *size_box;            /* (unowned) template child */
  GtkAdjustment *size_adjustment; /* (unowned) template child */
  GtkWidget *sort_button;         /* (unowned) template child */
  GtkWidget *sort_label;          /* (unowned) template child */
  GtkWidget *search_button;       /* (unowned) template child */
  GtkStack *stack;                /* (unowned) template child */
  BijouCardGrid *grid;            /* (unowned) template child */
  BijouLetterRail *rail;          /* (unowned) template child */
  GtkRevealer *bubble_revealer;   /* (unowned) template child */
  GtkLabel *bubble;               /* (unowned) template child */
  AdwStatusPage *empty_page;      /* (unowned) template child */
  AdwStatusPage *failed_page;     /* (unowned) template child */
  GtkWidget *server_button;       /* (unowned) template child */

  BijouLibrary *library;       /* (owned) (nullable) */
  char *server_id;             /* (owned) (nullable) of a query without library */
  char *parent_id;             /* (owned) (nullable) likewise */
  char *person;                /* (owned) (nullable) likewise */
  BijouItemQuery query;        /* what the page is about; its texts are owned by the fields above */
  BijouItemModel *model;       /* (owned) */
  GSimpleActionGroup *actions; /* (owned) */
  BijouSort sort;
  gboolean reversed;
  gboolean jumping; /* a new query: go to its top */
};

G_DEFINE_FINAL_TYPE (BijouLibraryPage, bijou_library_page, BIJOU_TYPE_BASE_PAGE)

/* --- what is asked for --- */

static BijouItemKind
get_library_kind (BijouLibraryKind kind)
{
  switch (kind)
    {
    case BIJOU_LIBRARY_SHOWS:
      return BIJOU_ITEM_SHOW;
    case BIJOU_LIBRARY_VIDEOS:
      return BIJOU_ITEM_VIDEO;
    case BIJOU_LIBRARY_MOVIES:
    case BIJOU_LIBRARY_MIXED:
      return BIJOU_ITEM_MOVIE;
    case BIJOU_LIBRARY_MUSIC:
    case BIJOU_LIBRARY_PHOTOS:
    case BIJOU_LIBRARY_OTHER:
    default:
      return BIJOU_ITEM_UNKNOWN;
    }
}

static void
run_query (BijouLibraryPage *self)
{
  BijouItemQuery query = self->query;

  query.sort = self->sort;
  query.descending = self->reversed;
  bijou_library_chips_apply (self->chips, &query);
  bijou_item_model_set_query (self->model, &query);
}

static void
restart (BijouLibraryPage *self)
{
  self->jumping = TRUE;
  run_query (self);
}

/* --- the order, kept for each library --- */

static char *
make_sort_key (BijouLibraryPage *self)
{
  if (self->library == NULL)
    return NULL;
  return g_strdup_printf ("%s:%s", self->library->server_id, self->library->remote_id);
}

static const char *
get_sort_label (BijouSort sort)
{
  switch (sort)
    {
    case BIJOU_SORT_RELEASED:
    case BIJOU_SORT_YEAR:
      return _ ("Release Date");
    case BIJOU_SORT_ADDED:
      return _ ("Date Added");
    case BIJOU_SORT_RATING:
      return _ ("Rating");
    case BIJOU_SORT_DURATION:
      return _ ("Runtime");
    case BIJOU_SORT_PLAYED:
      return _ ("Last Watched");
    case BIJOU_SORT_RANDOM:
      return _ ("Random");
    case BIJOU_SORT_INDEX:
      return _ ("List Order");
    case BIJOU_SORT_TITLE:
    default:
      return _ ("Title");
    }
}

/* The natural direction of titles is ascending, of all else the newest, best or longest first. */
static gboolean
is_ascending (BijouLibraryPage *self)
{
  gboolean naturally = self->sort == BIJOU_SORT_TITLE || self->sort == BIJOU_SORT_INDEX;

  return naturally != self->reversed;
}

static void
show_order (BijouLibraryPage *self)
{
  const char *label = get_sort_label (self->sort);
  GActionMap *map = G_ACTION_MAP (self->actions);
  g_autofree char *name = NULL;

  gtk_label_set_label (GTK_LABEL (self->sort_label), label);
  /* Translators: %s is an order such as "Title" */
  name = g_strdup_printf (_ ("Order: %s"), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sort_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (map, "sort")),
                             g_variant_new_string (bijou_sort_to_string (self->sort)));
  g_simple_action_set_state (
      G_SIMPLE_ACTION (g_action_map_lookup_action (map, "direction")),
      g_variant_new_string (is_ascending (self) ? "ascending" : "descending"));
}

static void
load_order (BijouLibraryPage *self)
{
  GSettings *settings =
      bijou_context_get_settings (bijou_base_page_get_context (BIJOU_BASE_PAGE (self)));
  g_autofree char *key = make_sort_key (self);
  g_autoptr (GVariant) orders = NULL;
  const char *name;

  self->sort = self->query.sort;
  if (key == NULL || settings == NULL)
    return;
  orders = g_settings_get_value (settings, "library-sorts");
  if (!g_variant_lookup (orders, key, "&s", &name))
    return;
  self->reversed = *name == '-';
  if (!bijou_sort_from_string (self->reversed ? name + 1 : name, &self->sort))
    self->reversed = FALSE;
}

static void
keep_order (BijouLibraryPage *self)
{
  GSettings *settings =
      bijou_context_get_settings (bijou_base_page_get_context (BIJOU_BASE_PAGE (self)));
  g_autofree char *key = make_sort_key (self);
  g_autofree char *name =
      g_strdup_printf ("%s%s", self->reversed ? "-" : "", bijou_sort_to_string (self->sort));
  g_autoptr (GVariant) orders = NULL;
  GVariantBuilder builder;
  GVariantIter iter;
  const char *each, *value;

  if (key == NULL || settings == NULL)
    return;
  orders = g_settings_get_value (settings, "library-sorts");
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a{ss}"));
  g_variant_iter_init (&iter, orders);
  while (g_variant_iter_next (&iter, "{&s&s}", &each, &value))
    if (g_strcmp0 (each, key) != 0)
      g_variant_builder_add (&builder, "{ss}", each, value);
  g_variant_builder_add (&builder, "{ss}", key, name);
  g_settings_set_value (settings, "library-sorts", g_variant_builder_end (&builder));
}

static void
on_sort_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  BijouLibraryPage *self = user_data;

  if (!bijou_sort_from_string (g_variant_get_string (state, NULL), &self->sort))
    return;
  self->reversed = FALSE;
  show_order (self);
  keep_order (self);
  restart (self);
}

static void
on_direction_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  BijouLibraryPage *self = user_data;
  gboolean ascending = g_str_equal (g_variant_get_string (state, NULL), "ascending");

  if (ascending != is_ascending (self))
    self->reversed = !self->reversed;
  show_order (self);
  keep_order (self);
  restart (self);
}

static void
on_open_server_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  BijouLibraryPage *self = user_data;

  if (self->library != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-server", "s",
                                self->library->server_id);
}

/* --- letters --- */

static gpointer
list_initials_in_worker (BijouStore *store,
                         gpointer data,
                         GCancellable *cancellable,
                         GError **error)
{
  return bijou_store_list_initials (store, data, error);
}

static void
on_initials_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouLibraryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) initials = bijou_store_run_finish (BIJOU_STORE (object), result, &error);

  if (initials == NULL ||
      g_cancellable_is_cancelled (bijou_base_page_get_cancellable (BIJOU_BASE_PAGE (self))))
    return;
  bijou_letter_rail_set_initials (self->rail, initials);
  bijou_letter_rail_set_position (self->rail, bijou_card_grid_get_first_visible (self->grid));
}

static void
update_rail (BijouLibraryPage *self)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);
  gboolean narrow = bijou_base_page_get_width_class (page) == BIJOU_WIDTH_NARROW;
  gboolean shown = self->sort == BIJOU_SORT_TITLE && !narrow &&
                   g_list_model_get_n_items (G_LIST_MODEL (self->model)) >= RAIL_MIN_ITEMS;

  gtk_widget_set_visible (GTK_WIDGET (self->rail), shown);
  bijou_card_grid_set_end_margin (self->grid, shown ? 18 : -1);
  if (self->sort == BIJOU_SORT_TITLE)
    bijou_store_run_async (bijou_base_page_get_store (page), list_initials_in_worker,
                           bijou_item_query_copy (bijou_item_model_get_query (self->model)),
                           (GDestroyNotify) bijou_item_query_free, (GDestroyNotify) g_array_unref,
                           bijou_base_page_get_cancellable (page), on_initials_cb,
                           g_object_ref (self));
}

static void
on_jump_cb (BijouLetterRail *rail,
            guint position,
            const char *letter,
            gboolean dragging,
            gpointer user_data)
{
  BijouLibraryPage *self = BIJOU_LIBRARY_PAGE (user_data);

  bijou_card_grid_scroll_to (self->grid, position, FALSE);
  bijou_letter_rail_set_position (self->rail, position);
  gtk_label_set_label (self->bubble, letter);
  gtk_revealer_set_reveal_child (self->bubble_revealer, dragging);
}

static void
on_grid_moved_cb (BijouCardGrid *grid, gpointer user_data)
{
  BijouLibraryPage *self = BIJOU_LIBRARY_PAGE (user_data);

  bijou_letter_rail_set_position (self->rail, bijou_card_grid_get_first_visible (grid));
}

static gboolean
on_key_pressed_cb (GtkEventControllerKey *controller,
                   guint keyval,
                   guint keycode,
                   GdkModifierType state,
                   gpointer user_data)
{
  BijouLibraryPage *self = user_data;
  gunichar letter = g_unichar_toupper (gdk_keyval_to_unicode (keyval));
  guint position;

  if ((state & gtk_accelerator_get_default_mod_mask () & ~GDK_SHIFT_MASK) != 0 ||
      !g_unichar_isalpha (letter) || self->sort != BIJOU_SORT_TITLE ||
      !bijou_letter_rail_find (self->rail, letter, &position))
    return FALSE;
  bijou_card_grid_scroll_to (self->grid, position, TRUE);
  return TRUE;
}

/* --- states --- */

static void
show_count (BijouLibraryPage *self)
{
  guint count = g_list_model_get_n_items (G_LIST_MODEL (self->model));
  BijouItemKind kind = bijou_item_model_get_query (self->model)->kind;
  /* Translators: a library without titles */
  g_autofree char *text = count > 0 ? bijou_item_text_count (count, kind) : g_strdup (_ ("Empty"));

  adw_window_title_set_subtitle (self->window_title, text);
}

static void
show_empty (BijouLibraryPage *self)
{
  g_autofree char *description = NULL;
  const char *title = _ ("Nothing Here Yet");
  BijouItemKind kind = self->query.kind;

  if (self->query.favourites_only)
    {
      title = _ ("No Favourites Yet");
      description = g_strdup (_ ("Mark a title with Ctrl+D or its heart, and it is kept here."));
    }
  else if (self->query.person != NULL)
    description = g_strdup (_ ("Titles with this person show up here."));
  else
    {
      if (kind == BIJOU_ITEM_MOVIE)
        title = _ ("No Films Yet");
      else if (kind == BIJOU_ITEM_SHOW)
        title = _ ("No Series Yet");
      /* Translators: %s is the name of a library */
      description =
          g_strdup_printf (_ ("“%s” is empty.\nWhat is added there shows up here by itself."),
                           bijou_base_page_get_title (BIJOU_BASE_PAGE (self)));
    }
  adw_status_page_set_title (self->empty_page, title);
  adw_status_page_set_description (self->empty_page, description);
  adw_status_page_set_icon_name (self->empty_page, self->query.favourites_only
                                                       ? "bijou-heart-symbolic"
                                                       : bijou_item_kind_get_icon (kind));
}

static const char *
choose_state (BijouLibraryPage *self)
{
  if (bijou_item_model_get_error (self->model) != NULL)
    return "failed";
  if (g_list_model_get_n_items (G_LIST_MODEL (self->model)) > 0)
    return "grid";
  return bijou_library_chips_is_filtering (self->chips) ? "nothing" : "empty";
}

static void
show_state (BijouLibraryPage *self)
{
  const char *state = choose_state (self);
  const GError *error = bijou_item_model_get_error (self->model);

  if (error != NULL)
    {
      g_autofree char *sentence = bijou_error_to_sentence (error);

      adw_status_page_set_description (self->failed_page, sentence);
    }
  if (g_str_equal (state, "empty"))
    show_empty (self);
  gtk_widget_set_visible (self->bar, !g_str_equal (state, "empty"));
  gtk_stack_set_visible_child_name (self->stack, state);
}

static void
on_loaded_cb (BijouItemModel *model, gpointer user_data)
{
  BijouLibraryPage *self = user_data;

  show_count (self);
  show_state (self);
  bijou_base_page_set_filled (BIJOU_BASE_PAGE (self));
  update_rail (self);
  if (self->jumping)
    bijou_card_grid_scroll_to_top (self->grid);
  self->jumping = FALSE;
}

static void
on_chips_changed_cb (BijouLibraryChips *chips, gpointer user_data)
{
  BijouLibraryPage *self = BIJOU_LIBRARY_PAGE (user_data);

  if (self->model != NULL)
    restart (self);
}

static void
on_clear_cb (GtkButton *button, gpointer user_data)
{
  bijou_library_chips_clear (BIJOU_LIBRARY_PAGE (user_data)->chips);
}

/* --- filters that occur --- */

typedef struct
{
  char *server_id;
  char *library_id;
  char **genres;
  GArray *decades;
} Choices;

static void
choices_free (gpointer data)
{
  Choices *choices = data;

  g_free (choices->server_id);
  g_free (choices->library_id);
  g_strfreev (choices->genres);
  g_clear_pointer (&choices->decades, g_array_unref);
  g_free (choices);
}

static gpointer
list_choices_in_worker (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Choices *input = data;
  Choices *choices = g_new0 (Choices, 1);

  choices->genres = bijou_store_list_genres (store, input->server_id, input->library_id, error);
  if (choices->genres != NULL)
    choices->decades = bijou_store_list_decades (store, input->server_id, input->library_id, error);
  if (choices->decades != NULL)
    return choices;
  choices_free (choices);
  return NULL;
}

static void
on_choices_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouLibraryPage) self = user_data;
  g_autoptr (GError) error = NULL;
  Choices *choices = bijou_store_run_finish (BIJOU_STORE (object), result, &error);

  if (choices == NULL)
    return;
  if (!g_cancellable_is_cancelled (bijou_base_page_get_cancellable (BIJOU_BASE_PAGE (self))))
    bijou_library_chips_set_choices (self->chips, choices->genres, choices->decades);
  choices_free (choices);
}

static void
load_choices (BijouLibraryPage *self)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);
  Choices *input;

  if (self->library == NULL)
    return;
  input = g_new0 (Choices, 1);
  input->server_id = g_strdup (self->library->server_id);
  input->library_id = g_strdup (self->library->remote_id);
  bijou_store_run_async (bijou_base_page_get_store (page), list_choices_in_worker, input,
                         choices_free, choices_free, bijou_base_page_get_cancellable (page),
                         on_choices_cb, g_object_ref (self));
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, gpointer user_data)
{
  BijouLibraryPage *self = user_data;
  gboolean mine =
      self->library != NULL &&
      (change->library_id == NULL || g_strcmp0 (change->library_id, self->library->remote_id) == 0);

  if ((change->flags & BIJOU_STORE_LIBRARIES) != 0 && mine)
    load_choices (self);
}

/* --- layout --- */

static void
update_layout (BijouLibraryPage *self)
{
  BijouWidthClass width_class = bijou_base_page_get_width_class (BIJOU_BASE_PAGE (self));
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;
  int margin = bijou_width_class_get_margin (width_class);

  gtk_widget_set_margin_start (self->bar, margin);
  gtk_widget_set_margin_end (self->bar, narrow ? 0 : 16);
  gtk_widget_set_visible (self->size_box, !narrow);
  gtk_widget_set_visible (self->sort_label, !narrow);
  gtk_widget_set_visible (self->search_button, !narrow);
  bijou_card_grid_set_layout (self->grid, width_class,
                              (int) gtk_adjustment_get_value (self->size_adjustment));
}

static void
on_size_changed_cb (GtkAdjustment *adjustment, gpointer user_data)
{
  update_layout (BIJOU_LIBRARY_PAGE (user_data));
}

static void
bijou_library_page_width_class_changed (BijouBasePage *page, BijouWidthClass width_class)
{
  BijouLibraryPage *self = BIJOU_LIBRARY_PAGE (page);

  update_layout (self);
  if (self->model != NULL && bijou_item_model_is_loaded (self->model))
    update_rail (self);
}

static void
bijou_library_page_dispose (GObject *object)
{
  BijouLibraryPage *self = BIJOU_LIBRARY_PAGE (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "library", NULL);
  g_clear_object (&self->model);
  g_clear_object (&self->actions);
  gtk_widget_dispose_template (GTK_WIDGET (self), BIJOU_TYPE_LIBRARY_PAGE);
  G_OBJECT_CLASS (bijou_library_page_parent_class)->dispose (object);
}

static void
bijou_library_page_finalize (GObject *object)
{
  BijouLibraryPage *self = BIJOU_LIBRARY_PAGE (object);

  g_clear_object (&self->library);
  g_free (self->server_id);
  g_free (self->parent_id);
  g_free (self->person);
  G_OBJECT_CLASS (bijou_library_page_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/bijou-library-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, header);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, window_title);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, banner);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, bar);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, chips);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, size_box);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, size_adjustment);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, sort_button);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, sort_label);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, search_button);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, stack);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, grid);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, rail);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, bubble_revealer);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, bubble);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, failed_page);
  gtk_widget_class_bind_template_child (widget_class, BijouLibraryPage, server_button);
  gtk_widget_class_bind_template_callback (widget_class, on_chips_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_size_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_grid_moved_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_jump_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_cb);
}

static void
bijou_library_page_class_init (BijouLibraryPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_library_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_library_page_finalize;
  BIJOU_BASE_PAGE_CLASS (klass)->width_class_changed = bijou_library_page_width_class_changed;
  g_type_ensure (BIJOU_TYPE_CARD_GRID);
  g_type_ensure (BIJOU_TYPE_LETTER_RAIL);
  g_type_ensure (BIJOU_TYPE_LIBRARY_CHIPS);
  g_type_ensure (BIJOU_TYPE_SERVER_BANNER);
  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
add_actions (BijouLibraryPage *self)
{
  static const GActionEntry entries[] = {
    { .name = "open-server", .activate = on_open_server_cb },
    { .name = "sort", .parameter_type = "s", .state = "'title'", .change_state = on_sort_cb },
    { .name = "direction",
      .parameter_type = "s",
      .state = "'ascending'",
      .change_state = on_direction_cb },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "library", G_ACTION_GROUP (self->actions));
}

static void
bijou_library_page_init (BijouLibraryPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  add_actions (self);
  bijou_base_page_set_header (BIJOU_BASE_PAGE (self), self->header);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->grid), keys);
}

static void
prepare (BijouLibraryPage *self)
{
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));
  BijouStore *store = bijou_context_get_store (context);
  GSettings *settings = bijou_context_get_settings (context);

  adw_window_title_set_title (self->window_title,
                              bijou_base_page_get_title (BIJOU_BASE_PAGE (self)));
  self->model = bijou_item_model_new (store);
  g_signal_connect_object (self->model, "loaded", G_CALLBACK (on_loaded_cb), self, 0);
  g_signal_connect_object (store, "changed", G_CALLBACK (on_store_changed_cb), self, 0);
  if (settings != NULL)
    g_settings_bind (settings, "poster-size", self->size_adjustment, "value",
                     G_SETTINGS_BIND_DEFAULT);
  bijou_server_banner_set_server (self->banner, context, self->query.server_id);
  bijou_card_grid_set_context (self->grid, context);
  bijou_card_grid_set_model (self->grid, self->model);
  g_simple_action_set_enabled (
      G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), "open-server")),
      self->library != NULL);
  gtk_widget_set_visible (self->server_button, self->library != NULL);
  load_order (self);
  show_order (self);
  restart (self);
  load_choices (self);
}

/**
 * bijou_library_page_new:
 * @context: the context
 * @library: a library
 *
 * Returns: (transfer floating): its page
 */
GtkWidget *
bijou_library_page_new (BijouContext *context, BijouLibrary *library)
{
  BijouLibraryPage *self =
      g_object_new (BIJOU_TYPE_LIBRARY_PAGE, "context", context, "title", library->title, NULL);

  self->library = g_object_ref (library);
  self->query.server_id = self->library->server_id;
  self->query.library_id = self->library->remote_id;
  self->query.kind = get_library_kind (library->kind);
  bijou_library_chips_set_kinds (self->chips, library->kind == BIJOU_LIBRARY_MIXED);
  prepare (self);
  return GTK_WIDGET (self);
}

/**
 * bijou_library_page_new_for_query:
 * @context: the context
 * @title: its title
 * @query: what it shows; copied; genre and library are ignored
 *
 * Returns: (transfer floating): a page of favourites, of a person, of a collection or a playlist
 */
GtkWidget *
bijou_library_page_new_for_query (BijouContext *context,
                                  const char *title,
                                  const BijouItemQuery *query)
{
  BijouLibraryPage *self =
      g_object_new (BIJOU_TYPE_LIBRARY_PAGE, "context", context, "title", title, NULL);

  self->query = *query;
  self->query.library_id = NULL;
  self->query.genre = NULL;
  self->query.server_id = self->server_id = g_strdup (query->server_id);
  self->query.parent_id = self->parent_id = g_strdup (query->parent_id);
  self->query.person = self->person = g_strdup (query->person);
  prepare (self);
  return GTK_WIDGET (self);
}
