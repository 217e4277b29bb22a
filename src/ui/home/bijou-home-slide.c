#include "config.h"

#include "bijou-home-slide.h"

#include "bijou-backdrop.h"
#include "bijou-item-menu.h"
#include "bijou-item-text.h"

#include <glib/gi18n.h>

struct _BijouHomeSlide
{
  GtkWidget parent_instance;

  GtkOverlay *overlay;  /* (unowned) template child */
  GtkWidget *text;      /* (unowned) template child */
  GtkLabel *kicker;     /* (unowned) template child */
  GtkLabel *title;      /* (unowned) template child */
  GtkLabel *facts;      /* (unowned) template child */
  GtkLabel *overview;   /* (unowned) template child */
  GtkWidget *buttons;   /* (unowned) template child */
  GtkWidget *play;      /* (unowned) template child */
  GtkLabel *play_label; /* (unowned) template child */
  GtkWidget *details;   /* (unowned) template child */
  GtkWidget *backdrop;  /* (unowned) child of the overlay */
  BijouItem *item;      /* (owned) (nullable) */
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (BijouHomeSlide, bijou_home_slide, GTK_TYPE_WIDGET)

static void
on_play_cb (GtkButton *button, gpointer user_data)
{
  BijouHomeSlide *self = BIJOU_HOME_SLIDE (user_data);

  bijou_item_activate_action (GTK_WIDGET (self), self->item, "win.play-item");
}

static void
on_details_cb (GtkButton *button, gpointer user_data)
{
  BijouHomeSlide *self = BIJOU_HOME_SLIDE (user_data);

  bijou_item_activate_action (GTK_WIDGET (self), self->item, "win.open-item");
}

static void
on_released_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  BijouHomeSlide *self = user_data;

  if (self->narrow && self->item != NULL)
    bijou_item_activate_action (GTK_WIDGET (self), self->item, "win.open-item");
}

static void
bijou_home_slide_dispose (GObject *object)
{
  g_clear_object (&BIJOU_HOME_SLIDE (object)->item);
  gtk_widget_dispose_template (GTK_WIDGET (object), BIJOU_TYPE_HOME_SLIDE);
  G_OBJECT_CLASS (bijou_home_slide_parent_class)->dispose (object);
}

static void
bijou_home_slide_class_init (BijouHomeSlideClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_home_slide_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/bijou-home-slide.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, overlay);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, text);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, kicker);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, title);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, facts);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, overview);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, buttons);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, play);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, play_label);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeSlide, details);
  gtk_widget_class_bind_template_callback (widget_class, on_play_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_details_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
bijou_home_slide_init (BijouHomeSlide *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (click, "released", G_CALLBACK (on_released_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * bijou_home_slide_new:
 * @context: where the picture comes from
 *
 * Returns: (transfer floating): a new slide
 */
GtkWidget *
bijou_home_slide_new (BijouContext *context)
{
  BijouHomeSlide *self = g_object_new (BIJOU_TYPE_HOME_SLIDE, NULL);

  self->backdrop = bijou_backdrop_new (context, BIJOU_BACKDROP_HOME);
  gtk_overlay_set_child (self->overlay, self->backdrop);
  gtk_overlay_set_measure_overlay (self->overlay, self->text, TRUE);
  return GTK_WIDGET (self);
}

static void
set_label (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

/**
 * bijou_home_slide_set_item:
 * @self: a slide
 * @item: what it shows
 * @kicker: (nullable): the line above the title
 */
void
bijou_home_slide_set_item (BijouHomeSlide *self, BijouItem *item, const char *kicker)
{
  g_autofree char *facts = NULL;
  g_autofree char *play = NULL;

  g_return_if_fail (BIJOU_IS_HOME_SLIDE (self));
  g_set_object (&self->item, item);
  facts = bijou_item_text_facts (item, TRUE);
  play = bijou_item_text_play (item);
  bijou_backdrop_set_picture (BIJOU_BACKDROP (self->backdrop), item->server_id, item->backdrop);
  set_label (self->kicker, kicker);
  set_label (self->title, item->title);
  set_label (self->facts, facts);
  set_label (self->overview, item->overview);
  gtk_widget_set_visible (GTK_WIDGET (self->overview), item->overview != NULL && !self->narrow);
  gtk_label_set_label (self->play_label, play);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->play), GTK_ACCESSIBLE_PROPERTY_LABEL, play,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, item->title,
                                  -1);
}

static void
set_display_size (GtkWidget *label, BijouWidthClass width_class)
{
  gtk_widget_remove_css_class (label, "small");
  gtk_widget_remove_css_class (label, "large");
  if (width_class == BIJOU_WIDTH_NARROW)
    gtk_widget_add_css_class (label, "small");
  else if (width_class == BIJOU_WIDTH_WIDE)
    gtk_widget_add_css_class (label, "large");
}

static void
align_labels (BijouHomeSlide *self)
{
  GtkLabel *labels[] = { self->kicker, self->title, self->facts };

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      gtk_label_set_xalign (labels[i], self->narrow ? 0.5f : 0);
      gtk_label_set_justify (labels[i], self->narrow ? GTK_JUSTIFY_CENTER : GTK_JUSTIFY_LEFT);
    }
}

/**
 * bijou_home_slide_set_width_class:
 * @self: a slide
 * @width_class: of the window
 */
void
bijou_home_slide_set_width_class (BijouHomeSlide *self, BijouWidthClass width_class)
{
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;
  BijouBackdrop *backdrop;

  g_return_if_fail (BIJOU_IS_HOME_SLIDE (self));
  backdrop = BIJOU_BACKDROP (self->backdrop);
  self->narrow = narrow;
  bijou_backdrop_set_narrow (backdrop, narrow);
  bijou_backdrop_set_height (backdrop, narrow ? 380 : width_class == BIJOU_WIDTH_WIDE ? 400 : 300);
  bijou_backdrop_set_text_width (backdrop, 36 + 470);
  gtk_widget_set_halign (self->text, narrow ? GTK_ALIGN_FILL : GTK_ALIGN_START);
  gtk_widget_set_margin_start (self->text, narrow ? 12 : 36);
  gtk_widget_set_margin_end (self->text, narrow ? 12 : 36);
  gtk_widget_set_margin_bottom (self->text, narrow ? 36 : 34);
  gtk_widget_set_margin_top (self->text, 24);
  gtk_widget_set_halign (self->buttons, narrow ? GTK_ALIGN_CENTER : GTK_ALIGN_START);
  gtk_widget_set_visible (self->details, !narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->overview),
                          !narrow && *gtk_label_get_label (self->overview) != '\0');
  set_display_size (GTK_WIDGET (self->title), width_class);
  align_labels (self);
}
