#include "config.h"

#include "bijou-library-chips.h"

#include <glib/gi18n.h>

struct _BijouLibraryChips
{
  GtkWidget parent_instance;

  GtkWidget *films;            /* (unowned) child; only in libraries of both kinds */
  GtkWidget *shows;            /* (unowned) child; likewise */
  GtkWidget *separator;        /* (unowned) child; likewise */
  GtkWidget *all;              /* (unowned) child */
  GtkWidget *unwatched;        /* (unowned) child */
  GtkWidget *in_progress;      /* (unowned) child */
  GtkWidget *four_k;           /* (unowned) child */
  GtkWidget *genre;            /* (unowned) child */
  GtkWidget *decade;           /* (unowned) child */
  GSimpleActionGroup *actions; /* (owned) */
  char *chosen_genre;          /* (owned) (nullable) */
  int chosen_decade;
  gboolean mixed;
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouLibraryChips, bijou_library_chips, GTK_TYPE_WIDGET)

static void
on_toggled_cb (GtkToggleButton *button, gpointer user_data)
{
  GtkWidget *box = gtk_button_get_child (GTK_BUTTON (button));
  gboolean active = gtk_toggle_button_get_active (button);

  gtk_widget_set_visible (gtk_widget_get_first_child (box), active);
  if (active)
    g_signal_emit (user_data, signals[CHANGED], 0);
}

static GtkWidget *
add_chip (BijouLibraryChips *self, const char *label, GtkWidget *group)
{
  GtkWidget *chip = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *check = gtk_image_new_from_icon_name ("object-select-symbolic");

  gtk_widget_set_visible (check, FALSE);
  gtk_box_append (GTK_BOX (box), check);
  gtk_box_append (GTK_BOX (box), gtk_label_new (label));
  gtk_button_set_child (GTK_BUTTON (chip), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_add_css_class (chip, "bijou-chip");
  gtk_widget_set_valign (chip, GTK_ALIGN_CENTER);
  if (group != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (chip), GTK_TOGGLE_BUTTON (group));
  g_signal_connect_object (chip, "toggled", G_CALLBACK (on_toggled_cb), self, 0);
  gtk_widget_set_parent (chip, GTK_WIDGET (self));
  return chip;
}

static GtkWidget *
add_menu_chip (BijouLibraryChips *self)
{
  GtkWidget *chip = gtk_menu_button_new ();

  gtk_menu_button_set_always_show_arrow (GTK_MENU_BUTTON (chip), TRUE);
  gtk_widget_add_css_class (chip, "bijou-chip");
  gtk_widget_set_valign (chip, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (chip, FALSE);
  gtk_widget_set_parent (chip, GTK_WIDGET (self));
  return chip;
}

static void
show_choice (GtkWidget *chip, const char *name, const char *choice)
{
  const char *text = choice != NULL ? choice : name;

  gtk_menu_button_set_label (GTK_MENU_BUTTON (chip), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (choice != NULL)
    gtk_widget_add_css_class (chip, "active");
  else
    gtk_widget_remove_css_class (chip, "active");
}

static char *
describe_decade (int decade)
{
  /* Translators: a decade, "1990s" */
  return g_strdup_printf (_ ("%ds"), decade);
}

static void
show_choices (BijouLibraryChips *self)
{
  g_autofree char *decade = self->chosen_decade > 0 ? describe_decade (self->chosen_decade) : NULL;

  show_choice (self->genre, _ ("Genre"), self->chosen_genre);
  show_choice (self->decade, _ ("Decade"), decade);
}

static void
on_genre_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  BijouLibraryChips *self = user_data;
  const char *genre = g_variant_get_string (state, NULL);

  g_simple_action_set_state (action, state);
  g_free (self->chosen_genre);
  self->chosen_genre = *genre != '\0' ? g_strdup (genre) : NULL;
  show_choices (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_decade_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  BijouLibraryChips *self = user_data;

  g_simple_action_set_state (action, state);
  self->chosen_decade = g_variant_get_int32 (state);
  show_choices (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
append_choice (GMenu *menu, const char *label, const char *action, GVariant *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, target);
  g_menu_append_item (menu, item);
}

static void
bijou_library_chips_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&BIJOU_LIBRARY_CHIPS (object)->actions);
  G_OBJECT_CLASS (bijou_library_chips_parent_class)->dispose (object);
}

static void
bijou_library_chips_finalize (GObject *object)
{
  g_free (BIJOU_LIBRARY_CHIPS (object)->chosen_genre);
  G_OBJECT_CLASS (bijou_library_chips_parent_class)->finalize (object);
}

static void
bijou_library_chips_class_init (BijouLibraryChipsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_library_chips_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_library_chips_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
add_actions (BijouLibraryChips *self)
{
  g_autoptr (GSimpleAction) genre =
      g_simple_action_new_stateful ("genre", G_VARIANT_TYPE_STRING, g_variant_new_string (""));
  g_autoptr (GSimpleAction) decade =
      g_simple_action_new_stateful ("decade", G_VARIANT_TYPE_INT32, g_variant_new_int32 (0));

  self->actions = g_simple_action_group_new ();
  g_signal_connect_object (genre, "change-state", G_CALLBACK (on_genre_cb), self, 0);
  g_signal_connect_object (decade, "change-state", G_CALLBACK (on_decade_cb), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (genre));
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (decade));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "filter", G_ACTION_GROUP (self->actions));
}

static void
bijou_library_chips_init (BijouLibraryChips *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 8);
  self->films = add_chip (self, _ ("Films"), NULL);
  self->shows = add_chip (self, _ ("Series"), self->films);
  self->separator = gtk_separator_new (GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_parent (self->separator, GTK_WIDGET (self));
  self->all = add_chip (self, _ ("All"), NULL);
  self->unwatched = add_chip (self, _ ("Unwatched"), self->all);
  self->in_progress = add_chip (self, _ ("In Progress"), self->all);
  self->four_k = add_chip (self, _ ("4K"), self->all);
  self->genre = add_menu_chip (self);
  self->decade = add_menu_chip (self);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->films), TRUE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->all), TRUE);
  add_actions (self);
  show_choices (self);
  bijou_library_chips_set_kinds (self, FALSE);
}

/**
 * bijou_library_chips_set_kinds:
 * @self: chips
 * @mixed: whether there are films and series, so that one of them must be chosen
 */
void
bijou_library_chips_set_kinds (BijouLibraryChips *self, gboolean mixed)
{
  g_return_if_fail (BIJOU_IS_LIBRARY_CHIPS (self));
  self->mixed = mixed;
  gtk_widget_set_visible (self->films, mixed);
  gtk_widget_set_visible (self->shows, mixed);
  gtk_widget_set_visible (self->separator, mixed);
}

static void
fill_genres (BijouLibraryChips *self, char **genres)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  append_choice (menu, _ ("All Genres"), "filter.genre", g_variant_new_string (""));
  for (guint i = 0; genres != NULL && genres[i] != NULL; i++)
    append_choice (menu, genres[i], "filter.genre", g_variant_new_string (genres[i]));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->genre), G_MENU_MODEL (menu));
  gtk_widget_set_visible (self->genre, genres != NULL && genres[0] != NULL);
}

static void
fill_decades (BijouLibraryChips *self, GArray *decades)
{
  g_autoptr (GMenu) menu = g_menu_new ();

  append_choice (menu, _ ("All Decades"), "filter.decade", g_variant_new_int32 (0));
  for (guint i = 0; decades != NULL && i < decades->len; i++)
    {
      int decade = g_array_index (decades, int, i);
      g_autofree char *label = describe_decade (decade);

      append_choice (menu, label, "filter.decade", g_variant_new_int32 (decade));
    }
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (self->decade), G_MENU_MODEL (menu));
  gtk_widget_set_visible (self->decade, decades != NULL && decades->len > 1);
}

/**
 * bijou_library_chips_set_choices:
 * @self: chips
 * @genres: (nullable) (array zero-terminated=1): that occur
 * @decades: (nullable) (element-type int): that occur
 */
void
bijou_library_chips_set_choices (BijouLibraryChips *self, char **genres, GArray *decades)
{
  g_return_if_fail (BIJOU_IS_LIBRARY_CHIPS (self));
  fill_genres (self, genres);
  fill_decades (self, decades);
}

static gboolean
is_on (GtkWidget *chip)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (chip));
}

/**
 * bijou_library_chips_apply:
 * @self: chips
 * @query: what to restrict; its texts then belong to @self
 */
void
bijou_library_chips_apply (BijouLibraryChips *self, BijouItemQuery *query)
{
  g_return_if_fail (BIJOU_IS_LIBRARY_CHIPS (self));
  if (self->mixed)
    query->kind = is_on (self->shows) ? BIJOU_ITEM_SHOW : BIJOU_ITEM_MOVIE;
  query->unwatched_only = is_on (self->unwatched);
  query->in_progress_only = is_on (self->in_progress);
  query->four_k_only = is_on (self->four_k);
  query->genre = self->chosen_genre;
  query->decade = self->chosen_decade;
}

/**
 * bijou_library_chips_is_filtering:
 * @self: chips
 *
 * Returns: whether some titles are left out
 */
gboolean
bijou_library_chips_is_filtering (BijouLibraryChips *self)
{
  g_return_val_if_fail (BIJOU_IS_LIBRARY_CHIPS (self), FALSE);
  return !is_on (self->all) || self->chosen_genre != NULL || self->chosen_decade != 0;
}

/**
 * bijou_library_chips_clear:
 * @self: chips
 *
 * Takes all filters away.
 */
void
bijou_library_chips_clear (BijouLibraryChips *self)
{
  g_return_if_fail (BIJOU_IS_LIBRARY_CHIPS (self));
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "genre",
                                      g_variant_new_string (""));
  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "decade",
                                      g_variant_new_int32 (0));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->all), TRUE);
}
