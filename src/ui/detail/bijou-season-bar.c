#include "config.h"

#include "bijou-season-bar.h"

#include "bijou-item-menu.h"
#include "bijou-sideways-scroll.h"

#include <glib/gi18n.h>

#define MAX_CHIPS 6

struct _BijouSeasonBar
{
  GtkWidget parent_instance;

  GtkWidget *box;        /* (unowned) child */
  GtkWidget *scroller;   /* (unowned) grandchild: the chips */
  GtkWidget *chips;      /* (unowned) */
  GtkDropDown *dropdown; /* (unowned) grandchild */
  GtkWidget *count;      /* (unowned) grandchild */
  GtkWidget *watched;    /* (unowned) grandchild */
  GPtrArray *seasons;    /* (owned) (nullable) of BijouItem */
  BijouItem *current;    /* (owned) (nullable) */
  gboolean narrow;
  gboolean filling;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouSeasonBar, bijou_season_bar, GTK_TYPE_WIDGET)

static void
choose (BijouSeasonBar *self, guint i)
{
  BijouItem *season;

  if (self->filling || self->seasons == NULL || i >= self->seasons->len)
    return;
  season = self->seasons->pdata[i];
  if (self->current == NULL || g_strcmp0 (season->remote_id, self->current->remote_id) != 0)
    g_signal_emit (self, signals[CHOSEN], 0, season->remote_id);
}

static void
on_chip_cb (GtkToggleButton *chip, gpointer user_data)
{
  BijouSeasonBar *self = user_data;
  guint i = 0;

  if (!gtk_toggle_button_get_active (chip))
    return;
  for (GtkWidget *each = gtk_widget_get_first_child (self->chips);
       each != NULL && each != GTK_WIDGET (chip); each = gtk_widget_get_next_sibling (each))
    i++;
  choose (self, i);
}

static void
on_selected_cb (GtkDropDown *dropdown, GParamSpec *pspec, gpointer user_data)
{
  choose (user_data, gtk_drop_down_get_selected (dropdown));
}

static void
on_watched_cb (GtkButton *button, gpointer user_data)
{
  BijouSeasonBar *self = user_data;

  if (self->current != NULL)
    bijou_item_toggle_watched (GTK_WIDGET (self), self->current);
}

static gboolean
is_complete (BijouItem *season)
{
  return season->children > 0 && season->unwatched == 0;
}

static GtkWidget *
make_chip (BijouSeasonBar *self, BijouItem *season, GtkWidget *group)
{
  GtkWidget *chip = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (box), gtk_label_new (season->title));
  if (is_complete (season))
    gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("object-select-symbolic"));
  gtk_button_set_child (GTK_BUTTON (chip), box);
  gtk_widget_add_css_class (chip, "bijou-chip");
  gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  season->title, -1);
  if (group != NULL)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (chip), GTK_TOGGLE_BUTTON (group));
  g_signal_connect_object (chip, "toggled", G_CALLBACK (on_chip_cb), self, 0);
  gtk_box_append (GTK_BOX (self->chips), chip);
  return chip;
}

static void
fill_chips (BijouSeasonBar *self, guint current)
{
  GtkWidget *child;
  GtkWidget *group = NULL;

  while ((child = gtk_widget_get_first_child (self->chips)) != NULL)
    gtk_box_remove (GTK_BOX (self->chips), child);
  for (guint i = 0; self->seasons->len <= MAX_CHIPS && i < self->seasons->len; i++)
    {
      child = make_chip (self, self->seasons->pdata[i], group);
      if (group == NULL)
        group = child;
      if (i == current)
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (child), TRUE);
    }
}

static void
fill_dropdown (BijouSeasonBar *self, guint current)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < self->seasons->len; i++)
    gtk_string_list_append (names, ((BijouItem *) self->seasons->pdata[i])->title);
  gtk_drop_down_set_model (self->dropdown, G_LIST_MODEL (names));
  gtk_drop_down_set_selected (self->dropdown, current);
}

static void
show_watched (BijouSeasonBar *self)
{
  gboolean complete = self->current != NULL && self->current->watched;
  const char *label = complete ? _ ("Mark Season as Unwatched") : _ ("Mark Season as Watched");

  gtk_button_set_icon_name (GTK_BUTTON (self->watched),
                            complete ? "edit-undo-symbolic" : "object-select-symbolic");
  gtk_widget_set_tooltip_text (self->watched, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->watched), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
  gtk_widget_set_visible (self->watched, self->current != NULL && !self->narrow);
}

static void
bijou_season_bar_dispose (GObject *object)
{
  BijouSeasonBar *self = BIJOU_SEASON_BAR (object);

  /* Taking the list down selects nothing, which is no choice. */
  self->filling = TRUE;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->seasons, g_ptr_array_unref);
  g_clear_object (&self->current);
  G_OBJECT_CLASS (bijou_season_bar_parent_class)->dispose (object);
}

static void
bijou_season_bar_class_init (BijouSeasonBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_season_bar_dispose;
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
add_chooser (BijouSeasonBar *self)
{
  self->chips = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scroller), GTK_POLICY_EXTERNAL,
                                  GTK_POLICY_NEVER);
  bijou_sideways_scroll_set_up (GTK_SCROLLED_WINDOW (self->scroller));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->chips);
  gtk_widget_set_hexpand (self->scroller, TRUE);
  gtk_box_append (GTK_BOX (self->box), self->scroller);
  self->dropdown = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  gtk_widget_set_hexpand (GTK_WIDGET (self->dropdown), TRUE);
  gtk_widget_set_halign (GTK_WIDGET (self->dropdown), GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->dropdown), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Season"), -1);
  g_signal_connect_object (self->dropdown, "notify::selected", G_CALLBACK (on_selected_cb), self,
                           0);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->dropdown));
}

static void
bijou_season_bar_init (BijouSeasonBar *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  add_chooser (self);
  self->count = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->count, "dim-label");
  gtk_widget_add_css_class (self->count, "caption");
  gtk_widget_add_css_class (self->count, "bijou-tnum");
  gtk_box_append (GTK_BOX (self->box), self->count);
  self->watched = gtk_button_new ();
  gtk_widget_add_css_class (self->watched, "flat");
  gtk_widget_add_css_class (self->watched, "circular");
  gtk_widget_set_valign (self->watched, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->watched, "clicked", G_CALLBACK (on_watched_cb), self, 0);
  gtk_box_append (GTK_BOX (self->box), self->watched);
  show_watched (self);
}

/**
 * bijou_season_bar_new:
 *
 * Returns: (transfer floating): a new bar
 */
GtkWidget *
bijou_season_bar_new (void)
{
  return g_object_new (BIJOU_TYPE_SEASON_BAR, NULL);
}

static guint
find_current (BijouSeasonBar *self)
{
  for (guint i = 0; self->current != NULL && i < self->seasons->len; i++)
    {
      BijouItem *season = self->seasons->pdata[i];

      if (g_strcmp0 (season->remote_id, self->current->remote_id) == 0)
        return i;
    }
  return 0;
}

/* Whether chips and list would look the same. */
static gboolean
is_same (GPtrArray *one, GPtrArray *other)
{
  if (one == NULL || one->len != other->len)
    return FALSE;
  for (guint i = 0; i < one->len; i++)
    {
      BijouItem *a = one->pdata[i];
      BijouItem *b = other->pdata[i];

      if (g_strcmp0 (a->remote_id, b->remote_id) != 0 || g_strcmp0 (a->title, b->title) != 0 ||
          is_complete (a) != is_complete (b))
        return FALSE;
    }
  return TRUE;
}

/**
 * bijou_season_bar_set_seasons:
 * @self: a bar
 * @seasons: (element-type BijouItem): in order
 * @current: (nullable): the one that is shown
 */
void
bijou_season_bar_set_seasons (BijouSeasonBar *self, GPtrArray *seasons, BijouItem *current)
{
  gboolean same;
  gboolean moved;
  gboolean many;

  g_return_if_fail (BIJOU_IS_SEASON_BAR (self));
  same = is_same (self->seasons, seasons);
  moved = self->current == NULL || current == NULL ||
          g_strcmp0 (self->current->remote_id, current->remote_id) != 0;
  many = seasons->len > MAX_CHIPS;
  g_ptr_array_ref (seasons);
  g_clear_pointer (&self->seasons, g_ptr_array_unref);
  self->seasons = seasons;
  g_set_object (&self->current, current);
  self->filling = TRUE;
  /* A chip that was clicked keeps the focus: it is already the current one. */
  if (!same)
    fill_chips (self, find_current (self));
  if (!same || moved)
    fill_dropdown (self, find_current (self));
  self->filling = FALSE;
  gtk_widget_set_visible (self->scroller, !many);
  gtk_widget_set_visible (GTK_WIDGET (self->dropdown), many);
  show_watched (self);
}

/**
 * bijou_season_bar_set_count:
 * @self: a bar
 * @watched: how many episodes of the season were watched
 * @episodes: how many it has
 */
void
bijou_season_bar_set_count (BijouSeasonBar *self, guint watched, guint episodes)
{
  g_autofree char *text = NULL;

  g_return_if_fail (BIJOU_IS_SEASON_BAR (self));
  /* Translators: "1 of 8 watched": episodes */
  text = g_strdup_printf (_ ("%u of %u watched"), watched, episodes);
  gtk_label_set_label (GTK_LABEL (self->count), text);
}

/**
 * bijou_season_bar_set_width_class:
 * @self: a bar
 * @width_class: of the window
 */
void
bijou_season_bar_set_width_class (BijouSeasonBar *self, BijouWidthClass width_class)
{
  g_return_if_fail (BIJOU_IS_SEASON_BAR (self));
  self->narrow = width_class == BIJOU_WIDTH_NARROW;
  gtk_widget_set_visible (self->count, !self->narrow);
  show_watched (self);
}
