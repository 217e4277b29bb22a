#include "config.h"

#include "bijou-rating-button.h"

#include "bijou-rating-stars.h"

#include <glib/gi18n.h>

struct _BijouRatingButton
{
  GtkWidget parent_instance;

  GtkMenuButton *button;   /* (unowned) child */
  GtkWidget *icon;         /* (unowned) on the button */
  GtkLabel *label;         /* (unowned) likewise: how many stars */
  BijouRatingStars *stars; /* (unowned) in its popover */
  GtkWidget *clear;        /* (unowned) likewise */
};

enum
{
  RATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouRatingButton, bijou_rating_button, GTK_TYPE_WIDGET)

static void
rate (BijouRatingButton *self, double rating)
{
  bijou_rating_button_set_rating (self, rating);
  g_signal_emit (self, signals[RATED], 0, rating);
}

static void
on_rated_cb (BijouRatingStars *stars, double rating, BijouRatingButton *self)
{
  rate (self, rating);
}

static void
on_clear_cb (GtkButton *button, BijouRatingButton *self)
{
  gtk_menu_button_popdown (self->button);
  rate (self, -1);
}

static void
bijou_rating_button_dispose (GObject *object)
{
  BijouRatingButton *self = BIJOU_RATING_BUTTON (object);

  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;

  G_OBJECT_CLASS (bijou_rating_button_parent_class)->dispose (object);
}

static void
bijou_rating_button_class_init (BijouRatingButtonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_rating_button_dispose;
  signals[RATED] = g_signal_new ("rated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static GtkWidget *
make_popover (BijouRatingButton *self)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 10);
  GtkWidget *stars = bijou_rating_stars_new ();

  self->stars = BIJOU_RATING_STARS (stars);
  g_signal_connect (stars, "rated", G_CALLBACK (on_rated_cb), self);
  self->clear = gtk_button_new_with_mnemonic (_ ("_Clear Rating"));
  gtk_widget_add_css_class (self->clear, "flat");
  g_signal_connect (self->clear, "clicked", G_CALLBACK (on_clear_cb), self);
  gtk_widget_set_margin_start (box, 6);
  gtk_widget_set_margin_end (box, 6);
  gtk_widget_set_margin_top (box, 6);
  gtk_box_append (GTK_BOX (box), stars);
  gtk_box_append (GTK_BOX (box), self->clear);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  return popover;
}

static void
bijou_rating_button_init (BijouRatingButton *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->icon = gtk_image_new ();
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_box_append (GTK_BOX (box), self->icon);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_child (self->button, box);
  gtk_menu_button_set_popover (self->button, make_popover (self));
  gtk_widget_add_css_class (GTK_WIDGET (self->button), "bijou-glass");
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
  bijou_rating_button_set_rating (self, -1);
}

static char *
describe (double rating)
{
  g_autofree char *stars = bijou_rating_stars_format (rating);

  /* Translators: %s is a number of stars, "3½" */
  return rating > 0 ? g_strdup_printf (_ ("Your Rating: %s of 5 Stars"), stars)
                    : g_strdup (_ ("Rate"));
}

/**
 * bijou_rating_button_set_rating:
 * @self: the button
 * @rating: the user's own, 0–10; negative: none
 */
void
bijou_rating_button_set_rating (BijouRatingButton *self, double rating)
{
  gboolean rated = rating > 0;
  g_autofree char *stars = bijou_rating_stars_format (rating);
  g_autofree char *name = describe (rating);

  g_return_if_fail (BIJOU_IS_RATING_BUTTON (self));

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon),
                                rated ? "starred-symbolic" : "non-starred-symbolic");
  gtk_label_set_label (self->label, stars);
  gtk_widget_set_visible (GTK_WIDGET (self->label), rated);
  if (rated)
    gtk_widget_add_css_class (GTK_WIDGET (self->button), "rated");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->button), "rated");
  bijou_rating_stars_set_rating (self->stars, rating);
  gtk_widget_set_sensitive (self->clear, rated);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name, -1);
}
