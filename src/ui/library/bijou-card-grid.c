#include "config.h"

#include "bijou-card-grid.h"

#include "bijou-card.h"

#include <glib/gi18n.h>
#include <math.h>

#define MIN_CARD 60

struct _BijouCardGrid
{
  GtkWidget parent_instance;

  BijouContext *context;       /* (owned) (nullable) */
  BijouItemModel *model;       /* (owned) (nullable) */
  GtkScrolledWindow *scroller; /* (unowned) child */
  GtkGridView *view;           /* (unowned) grandchild */
  BijouWidthClass width_class;
  int target;
  int end_margin; /* -1: as the page's margin */
  guint columns;
  guint first;
  guint focus_position; /* a row that gets the focus when its cell is there */
  guint focus_id;
};

enum
{
  MOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouCardGrid, bijou_card_grid, GTK_TYPE_WIDGET)

static int
get_gap (BijouCardGrid *self)
{
  return self->width_class == BIJOU_WIDTH_NARROW ? 12 : 18;
}

static GtkAdjustment *
get_adjustment (BijouCardGrid *self)
{
  return gtk_scrolled_window_get_vadjustment (self->scroller);
}

/* --- cells --- */

static void
on_slot_item_cb (BijouItemSlot *slot, GParamSpec *pspec, gpointer user_data)
{
  bijou_card_set_item (user_data, bijou_item_slot_get_item (slot));
}

static void
on_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  BijouCardGrid *self = user_data;
  GtkWidget *card = bijou_card_new (self->context, BIJOU_CARD_POSTER, BIJOU_CARD_BROWSE);

  bijou_card_set_stretched (BIJOU_CARD (card), MIN_CARD);
  bijou_card_set_in_list (BIJOU_CARD (card));
  gtk_list_item_set_child (list_item, card);
}

static void
on_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  BijouItemSlot *slot = gtk_list_item_get_item (list_item);
  GtkWidget *card = gtk_list_item_get_child (list_item);

  g_signal_connect_object (slot, "notify::item", G_CALLBACK (on_slot_item_cb), card, 0);
  bijou_card_set_item (BIJOU_CARD (card), bijou_item_slot_get_item (slot));
}

static void
on_unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  BijouItemSlot *slot = gtk_list_item_get_item (list_item);
  GtkWidget *card = gtk_list_item_get_child (list_item);

  g_signal_handlers_disconnect_by_func (slot, on_slot_item_cb, card);
  bijou_card_set_item (BIJOU_CARD (card), NULL);
}

static BijouCard *
find_card (BijouCardGrid *self, BijouItem *item)
{
  for (GtkWidget *cell = gtk_widget_get_first_child (GTK_WIDGET (self->view)); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    {
      GtkWidget *card = gtk_widget_get_first_child (cell);

      if (card != NULL && BIJOU_IS_CARD (card) && bijou_card_get_item (BIJOU_CARD (card)) == item)
        return BIJOU_CARD (card);
    }
  return NULL;
}

static void
on_activate_cb (GtkGridView *view, guint position, gpointer user_data)
{
  BijouCardGrid *self = user_data;
  g_autoptr (BijouItemSlot) slot = g_list_model_get_item (G_LIST_MODEL (self->model), position);
  BijouItem *item = slot != NULL ? bijou_item_slot_get_item (slot) : NULL;
  BijouCard *card = item != NULL ? find_card (self, item) : NULL;

  if (card != NULL)
    bijou_card_activate (card);
}

/* --- geometry --- */

static guint
count_columns (BijouCardGrid *self, int width)
{
  int margin = bijou_width_class_get_margin (self->width_class);
  int gap = get_gap (self);
  int end = self->end_margin >= 0 ? self->end_margin : margin;
  int target = self->target + (self->width_class == BIJOU_WIDTH_WIDE ? 26 : 0);

  if (self->width_class == BIJOU_WIDTH_NARROW)
    return 3;
  return (guint) MAX (2, (width - margin - end + gap) / (target + gap));
}

static void
set_columns (BijouCardGrid *self, guint columns)
{
  if (columns == self->columns)
    return;
  /* Each limit clamps the other one. */
  if (columns > self->columns)
    {
      gtk_grid_view_set_max_columns (self->view, columns);
      gtk_grid_view_set_min_columns (self->view, columns);
    }
  else
    {
      gtk_grid_view_set_min_columns (self->view, columns);
      gtk_grid_view_set_max_columns (self->view, columns);
    }
  self->columns = columns;
}

static void
bijou_card_grid_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 3 * (MIN_CARD + 18) : 120;
  *natural = *minimum;
}

static void
bijou_card_grid_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  BijouCardGrid *self = BIJOU_CARD_GRID (widget);
  int minimum;

  set_columns (self, count_columns (self, width));
  gtk_widget_measure (GTK_WIDGET (self->scroller), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL,
                      NULL, NULL);
  gtk_widget_allocate (GTK_WIDGET (self->scroller), MAX (width, minimum), height, baseline, NULL);
}

static double
get_row_height (BijouCardGrid *self)
{
  guint n_items = self->model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->model)) : 0;
  guint rows = self->columns > 0 ? (n_items + self->columns - 1) / self->columns : 0;

  return rows > 0 ? gtk_adjustment_get_upper (get_adjustment (self)) / rows : 0;
}

static void
on_scrolled_cb (GtkAdjustment *adjustment, gpointer user_data)
{
  BijouCardGrid *self = user_data;
  double height = get_row_height (self);
  /* A row of which a third is gone is not the first one any more. */
  guint first =
      height > 0 ? (guint) (gtk_adjustment_get_value (adjustment) / height + 0.34) * self->columns
                 : 0;

  if (first == self->first)
    return;
  self->first = first;
  g_signal_emit (self, signals[MOVED], 0);
}

static gboolean
on_focus_cb (gpointer user_data)
{
  BijouCardGrid *self = user_data;
  g_autoptr (BijouItemSlot) slot =
      g_list_model_get_item (G_LIST_MODEL (self->model), self->focus_position);
  BijouItem *item = slot != NULL ? bijou_item_slot_get_item (slot) : NULL;
  BijouCard *card = item != NULL ? find_card (self, item) : NULL;

  self->focus_id = 0;
  if (card != NULL)
    gtk_widget_grab_focus (gtk_widget_get_parent (GTK_WIDGET (card)));
  return G_SOURCE_REMOVE;
}

static void
bijou_card_grid_dispose (GObject *object)
{
  BijouCardGrid *self = BIJOU_CARD_GRID (object);

  g_clear_handle_id (&self->focus_id, g_source_remove);
  if (self->scroller != NULL)
    {
      gtk_grid_view_set_model (self->view, NULL);
      gtk_widget_unparent (GTK_WIDGET (self->scroller));
    }
  self->scroller = NULL;
  g_clear_object (&self->model);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (bijou_card_grid_parent_class)->dispose (object);
}

static void
bijou_card_grid_class_init (BijouCardGridClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_card_grid_dispose;
  widget_class->measure = bijou_card_grid_measure;
  widget_class->size_allocate = bijou_card_grid_size_allocate;
  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static GtkListItemFactory *
make_factory (BijouCardGrid *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_setup_cb), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_bind_cb), self, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (on_unbind_cb), self, 0);
  return factory;
}

static void
bijou_card_grid_init (BijouCardGrid *self)
{
  GtkWidget *view;

  self->width_class = BIJOU_WIDTH_NORMAL;
  self->target = 150;
  self->end_margin = -1;
  self->columns = 5;
  view = gtk_grid_view_new (NULL, make_factory (self));
  self->view = GTK_GRID_VIEW (view);
  gtk_grid_view_set_max_columns (self->view, self->columns);
  gtk_grid_view_set_min_columns (self->view, self->columns);
  gtk_grid_view_set_single_click_activate (self->view, TRUE);
  gtk_widget_add_css_class (view, "bijou-grid");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Titles"), -1);
  g_signal_connect_object (view, "activate", G_CALLBACK (on_activate_cb), self, 0);
  bijou_card_add_keys_to_list (view);
  self->scroller = GTK_SCROLLED_WINDOW (gtk_scrolled_window_new ());
  gtk_scrolled_window_set_policy (self->scroller, GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (self->scroller, view);
  gtk_widget_set_parent (GTK_WIDGET (self->scroller), GTK_WIDGET (self));
  g_signal_connect_object (get_adjustment (self), "value-changed", G_CALLBACK (on_scrolled_cb),
                           self, 0);
  bijou_card_grid_set_layout (self, self->width_class, self->target);
}

/**
 * bijou_card_grid_set_context:
 * @self: a grid, new
 * @context: where pictures come from
 */
void
bijou_card_grid_set_context (BijouCardGrid *self, BijouContext *context)
{
  g_return_if_fail (BIJOU_IS_CARD_GRID (self));
  g_set_object (&self->context, context);
}

/**
 * bijou_card_grid_set_model:
 * @self: a grid
 * @model: what it shows
 */
void
bijou_card_grid_set_model (BijouCardGrid *self, BijouItemModel *model)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  g_return_if_fail (BIJOU_IS_CARD_GRID (self));
  g_set_object (&self->model, model);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (model)));
  gtk_grid_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
}

/**
 * bijou_card_grid_set_layout:
 * @self: a grid
 * @width_class: of the window
 * @target: how wide a poster should be about, in pixels
 */
void
bijou_card_grid_set_layout (BijouCardGrid *self, BijouWidthClass width_class, int target)
{
  GtkWidget *view;
  int margin, half;

  g_return_if_fail (BIJOU_IS_CARD_GRID (self));
  view = GTK_WIDGET (self->view);
  self->width_class = width_class;
  self->target = target;
  margin = bijou_width_class_get_margin (width_class);
  half = get_gap (self) / 2;
  gtk_widget_set_margin_start (view, margin - half);
  gtk_widget_set_margin_end (view, (self->end_margin >= 0 ? self->end_margin : margin) - half);
  if (width_class == BIJOU_WIDTH_NARROW)
    gtk_widget_add_css_class (view, "narrow");
  else
    gtk_widget_remove_css_class (view, "narrow");
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

/**
 * bijou_card_grid_set_end_margin:
 * @self: a grid
 * @margin: in pixels, at least half a gap, where something stands beside it; -1: the page's
 */
void
bijou_card_grid_set_end_margin (BijouCardGrid *self, int margin)
{
  g_return_if_fail (BIJOU_IS_CARD_GRID (self));
  self->end_margin = margin;
  bijou_card_grid_set_layout (self, self->width_class, self->target);
}

/**
 * bijou_card_grid_get_columns:
 * @self: a grid
 *
 * Returns: how many columns it has
 */
guint
bijou_card_grid_get_columns (BijouCardGrid *self)
{
  g_return_val_if_fail (BIJOU_IS_CARD_GRID (self), 0);
  return self->columns;
}

/**
 * bijou_card_grid_get_first_visible:
 * @self: a grid
 *
 * Returns: the position of the first row that is on the screen
 */
guint
bijou_card_grid_get_first_visible (BijouCardGrid *self)
{
  g_return_val_if_fail (BIJOU_IS_CARD_GRID (self), 0);
  return self->first;
}

/**
 * bijou_card_grid_scroll_to:
 * @self: a grid
 * @position: of a row of the model
 * @focus: whether it gets the focus too
 *
 * Scrolls so that the row is at the top, at once.
 */
void
bijou_card_grid_scroll_to (BijouCardGrid *self, guint position, gboolean focus)
{
  g_return_if_fail (BIJOU_IS_CARD_GRID (self));
  if (self->columns == 0)
    return;
  gtk_adjustment_set_value (get_adjustment (self),
                            floor (position / self->columns * get_row_height (self)));
  if (!focus)
    return;
  self->focus_position = position;
  g_clear_handle_id (&self->focus_id, g_source_remove);
  self->focus_id = g_timeout_add (60, on_focus_cb, self);
}

/**
 * bijou_card_grid_scroll_to_top:
 * @self: a grid
 */
void
bijou_card_grid_scroll_to_top (BijouCardGrid *self)
{
  g_return_if_fail (BIJOU_IS_CARD_GRID (self));
  gtk_adjustment_set_value (get_adjustment (self), 0);
}
