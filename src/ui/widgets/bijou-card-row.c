#include "config.h"

#include "bijou-card-row.h"

#include "bijou-card-strip.h"
#include "bijou-sideways-scroll.h"

#include <adwaita.h>

#define PAGE_MS 300

struct _BijouCardRow
{
  GtkWidget parent_instance;

  GtkWidget *head;             /* (unowned) template child */
  GtkLabel *title;             /* (unowned) template child */
  GtkLabel *count;             /* (unowned) template child */
  GtkWidget *back;             /* (unowned) template child */
  GtkWidget *forward;          /* (unowned) template child */
  GtkScrolledWindow *scroller; /* (unowned) template child */
  BijouCardStrip *strip;       /* (unowned) template child */
  AdwAnimation *paging;        /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (BijouCardRow, bijou_card_row, GTK_TYPE_WIDGET)

static GtkAdjustment *
get_adjustment (BijouCardRow *self)
{
  return gtk_scrolled_window_get_hadjustment (self->scroller);
}

static void
on_paging_cb (double value, gpointer user_data)
{
  BijouCardRow *self = user_data;

  gtk_adjustment_set_value (get_adjustment (self), value);
}

/* Pages so that the card that is cut now is whole then. */
static void
page (BijouCardRow *self, int direction)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  double size = gtk_adjustment_get_page_size (adjustment);
  double from = gtk_adjustment_get_value (adjustment);
  double to = CLAMP (from + direction * size * 0.85, 0,
                     MAX (0, gtk_adjustment_get_upper (adjustment) - size));

  if (self->paging != NULL)
    adw_animation_pause (self->paging);
  g_clear_object (&self->paging);
  self->paging =
      adw_timed_animation_new (GTK_WIDGET (self), from, to, PAGE_MS,
                               adw_callback_animation_target_new (on_paging_cb, self, NULL));
  adw_animation_play (self->paging);
}

static void
on_back_cb (GtkButton *button, gpointer user_data)
{
  BijouCardRow *self = BIJOU_CARD_ROW (user_data);

  page (self, -1);
}

static void
on_forward_cb (GtkButton *button, gpointer user_data)
{
  BijouCardRow *self = BIJOU_CARD_ROW (user_data);

  page (self, 1);
}

static void
on_adjustment_changed_cb (GtkAdjustment *adjustment, gpointer user_data)
{
  BijouCardRow *self = user_data;
  double value = gtk_adjustment_get_value (adjustment);
  double last = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  gtk_widget_set_sensitive (self->back, value > 0.5);
  gtk_widget_set_sensitive (self->forward, value < last - 0.5);
}

static void
bijou_card_row_dispose (GObject *object)
{
  BijouCardRow *self = BIJOU_CARD_ROW (object);

  if (self->paging != NULL)
    adw_animation_pause (self->paging);
  g_clear_object (&self->paging);
  gtk_widget_dispose_template (GTK_WIDGET (self), BIJOU_TYPE_CARD_ROW);
  G_OBJECT_CLASS (bijou_card_row_parent_class)->dispose (object);
}

static void
bijou_card_row_class_init (BijouCardRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_card_row_dispose;
  g_type_ensure (BIJOU_TYPE_CARD_STRIP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/bijouplayer/Bijou/ui/bijou-card-row.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouCardRow, head);
  gtk_widget_class_bind_template_child (widget_class, BijouCardRow, title);
  gtk_widget_class_bind_template_child (widget_class, BijouCardRow, count);
  gtk_widget_class_bind_template_child (widget_class, BijouCardRow, back);
  gtk_widget_class_bind_template_child (widget_class, BijouCardRow, forward);
  gtk_widget_class_bind_template_child (widget_class, BijouCardRow, scroller);
  gtk_widget_class_bind_template_child (widget_class, BijouCardRow, strip);
  gtk_widget_class_bind_template_callback (widget_class, on_back_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_forward_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
}

static void
bijou_card_row_init (BijouCardRow *self)
{
  GtkAdjustment *adjustment;

  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_orientable_set_orientation (
      GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  bijou_sideways_scroll_set_up (self->scroller);
  adjustment = get_adjustment (self);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_adjustment_changed_cb), self, 0);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_adjustment_changed_cb), self,
                           0);
  bijou_card_row_set_width_class (self, BIJOU_WIDTH_NORMAL, FALSE);
}

/**
 * bijou_card_row_new:
 * @title: its heading
 *
 * Returns: (transfer floating): a new row
 */
GtkWidget *
bijou_card_row_new (const char *title)
{
  BijouCardRow *self = g_object_new (BIJOU_TYPE_CARD_ROW, NULL);

  bijou_card_row_set_title (self, title);
  return GTK_WIDGET (self);
}

/**
 * bijou_card_row_set_title:
 * @self: a row
 * @title: its heading
 */
void
bijou_card_row_set_title (BijouCardRow *self, const char *title)
{
  g_return_if_fail (BIJOU_IS_CARD_ROW (self));
  gtk_label_set_label (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->strip), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  title, -1);
}

/**
 * bijou_card_row_set_count:
 * @self: a row
 * @count: how many there are, for beside the heading; also those without a card
 */
void
bijou_card_row_set_count (BijouCardRow *self, guint count)
{
  g_autofree char *text = g_strdup_printf ("%'u", count);

  g_return_if_fail (BIJOU_IS_CARD_ROW (self));
  gtk_label_set_label (self->count, text);
}

/**
 * bijou_card_row_set_width_class:
 * @self: a row
 * @width_class: of the window
 * @detail: whether it is on the page of an item
 */
void
bijou_card_row_set_width_class (BijouCardRow *self, BijouWidthClass width_class, gboolean detail)
{
  int margin = detail ? bijou_width_class_get_detail_margin (width_class)
                      : bijou_width_class_get_margin (width_class);
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;

  g_return_if_fail (BIJOU_IS_CARD_ROW (self));
  gtk_widget_set_margin_start (self->head, margin);
  gtk_widget_set_margin_end (self->head, MAX (0, margin - 6));
  gtk_widget_set_margin_start (GTK_WIDGET (self->strip), margin);
  gtk_widget_set_margin_end (GTK_WIDGET (self->strip), margin);
  gtk_widget_set_visible (self->back, !narrow);
  gtk_widget_set_visible (self->forward, !narrow);
  bijou_card_strip_set_spacing (self->strip, narrow ? 12 : 16);
}

/**
 * bijou_card_row_set_cards:
 * @self: a row
 * @cards: (element-type GtkWidget): what it shows, in order
 */
void
bijou_card_row_set_cards (BijouCardRow *self, GPtrArray *cards)
{
  GtkWidget *strip, *child, *next;
  GtkWidget *previous = NULL;

  g_return_if_fail (BIJOU_IS_CARD_ROW (self));
  strip = GTK_WIDGET (self->strip);
  for (child = gtk_widget_get_first_child (strip); child != NULL; child = next)
    {
      next = gtk_widget_get_next_sibling (child);
      if (!g_ptr_array_find (cards, child, NULL))
        gtk_widget_unparent (child);
    }
  for (guint i = 0; i < cards->len; i++)
    {
      child = cards->pdata[i];
      if (gtk_widget_get_parent (child) != strip || gtk_widget_get_prev_sibling (child) != previous)
        gtk_widget_insert_after (child, strip, previous);
      previous = child;
    }
}

/**
 * bijou_card_row_list_cards:
 * @self: a row
 *
 * Returns: (transfer container) (element-type GtkWidget): the cards that it shows, in order
 */
GPtrArray *
bijou_card_row_list_cards (BijouCardRow *self)
{
  GPtrArray *cards = g_ptr_array_new ();

  g_return_val_if_fail (BIJOU_IS_CARD_ROW (self), cards);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->strip)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    g_ptr_array_add (cards, child);
  return cards;
}
