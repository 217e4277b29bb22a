#include "config.h"

#include "bijou-home-hero.h"

#include "bijou-home-slide.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _BijouHomeHero
{
  GtkWidget parent_instance;

  GtkOverlay *overlay;   /* (unowned) template child */
  AdwCarousel *carousel; /* (unowned) template child */
  GtkWidget *dots;       /* (unowned) template child */
  BijouContext *context; /* (owned) (nullable) */
  BijouWidthClass width_class;
};

G_DEFINE_FINAL_TYPE (BijouHomeHero, bijou_home_hero, GTK_TYPE_WIDGET)

static BijouHomeSlide *
get_slide (BijouHomeHero *self, guint i)
{
  return BIJOU_HOME_SLIDE (adw_carousel_get_nth_page (self->carousel, i));
}

static void
on_dot_cb (GtkButton *dot, gpointer user_data)
{
  BijouHomeHero *self = user_data;
  guint i = 0;

  for (GtkWidget *each = gtk_widget_get_first_child (self->dots);
       each != NULL && each != GTK_WIDGET (dot); each = gtk_widget_get_next_sibling (each))
    i++;
  if (i < adw_carousel_get_n_pages (self->carousel))
    adw_carousel_scroll_to (self->carousel, GTK_WIDGET (get_slide (self, i)), TRUE);
}

static void
show_current (BijouHomeHero *self, guint current)
{
  guint i = 0;

  for (GtkWidget *dot = gtk_widget_get_first_child (self->dots); dot != NULL;
       dot = gtk_widget_get_next_sibling (dot), i++)
    {
      if (i == current)
        gtk_widget_add_css_class (dot, "current");
      else
        gtk_widget_remove_css_class (dot, "current");
    }
  for (i = 0; i < adw_carousel_get_n_pages (self->carousel); i++)
    gtk_widget_set_can_focus (GTK_WIDGET (get_slide (self, i)), i == current);
}

static void
on_page_changed_cb (AdwCarousel *carousel, guint current, gpointer user_data)
{
  show_current (BIJOU_HOME_HERO (user_data), current);
}

static void
add_dot (BijouHomeHero *self, BijouItem *item)
{
  GtkWidget *dot = gtk_button_new ();
  GtkWidget *mark = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (mark, "bijou-dot-mark");
  gtk_widget_set_valign (mark, GTK_ALIGN_CENTER);
  gtk_button_set_child (GTK_BUTTON (dot), mark);
  gtk_widget_add_css_class (dot, "bijou-dot-button");
  gtk_accessible_update_property (GTK_ACCESSIBLE (dot), GTK_ACCESSIBLE_PROPERTY_LABEL, item->title,
                                  -1);
  g_signal_connect_object (dot, "clicked", G_CALLBACK (on_dot_cb), self, 0);
  gtk_box_append (GTK_BOX (self->dots), dot);
}

static void
fill_dots (BijouHomeHero *self, GPtrArray *items)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->dots)) != NULL)
    gtk_box_remove (GTK_BOX (self->dots), child);
  for (guint i = 0; i < items->len; i++)
    add_dot (self, items->pdata[i]);
  gtk_widget_set_visible (self->dots, items->len > 1);
  show_current (self, (guint) (adw_carousel_get_position (self->carousel) + 0.5));
}

static gboolean
on_key_pressed_cb (GtkEventControllerKey *controller,
                   guint keyval,
                   guint keycode,
                   GdkModifierType state,
                   gpointer user_data)
{
  BijouHomeHero *self = user_data;
  int step = keyval == GDK_KEY_Page_Down ? 1 : keyval == GDK_KEY_Page_Up ? -1 : 0;
  int n_pages = (int) adw_carousel_get_n_pages (self->carousel);
  int current = (int) (adw_carousel_get_position (self->carousel) + 0.5);

  if (step == 0 || (state & GDK_CONTROL_MASK) == 0 || n_pages == 0)
    return FALSE;
  adw_carousel_scroll_to (
      self->carousel, GTK_WIDGET (get_slide (self, (guint) CLAMP (current + step, 0, n_pages - 1))),
      TRUE);
  return TRUE;
}

static void
bijou_home_hero_dispose (GObject *object)
{
  g_clear_object (&BIJOU_HOME_HERO (object)->context);
  gtk_widget_dispose_template (GTK_WIDGET (object), BIJOU_TYPE_HOME_HERO);
  G_OBJECT_CLASS (bijou_home_hero_parent_class)->dispose (object);
}

static void
bijou_home_hero_class_init (BijouHomeHeroClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_home_hero_dispose;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/bijou-home-hero.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouHomeHero, overlay);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeHero, carousel);
  gtk_widget_class_bind_template_child (widget_class, BijouHomeHero, dots);
  gtk_widget_class_bind_template_callback (widget_class, on_page_changed_cb);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
bijou_home_hero_init (BijouHomeHero *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  bijou_home_hero_set_width_class (self, BIJOU_WIDTH_NORMAL);
}

/**
 * bijou_home_hero_set_context:
 * @self: a hero, new
 * @context: where pictures come from
 */
void
bijou_home_hero_set_context (BijouHomeHero *self, BijouContext *context)
{
  g_return_if_fail (BIJOU_IS_HOME_HERO (self));
  g_set_object (&self->context, context);
}

/**
 * bijou_home_hero_set_width_class:
 * @self: a hero
 * @width_class: of the window
 */
void
bijou_home_hero_set_width_class (BijouHomeHero *self, BijouWidthClass width_class)
{
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;
  int margin = bijou_width_class_get_margin (width_class);

  g_return_if_fail (BIJOU_IS_HOME_HERO (self));
  self->width_class = width_class;
  gtk_widget_set_margin_start (GTK_WIDGET (self), margin);
  gtk_widget_set_margin_end (GTK_WIDGET (self), margin);
  gtk_widget_set_halign (self->dots, narrow ? GTK_ALIGN_CENTER : GTK_ALIGN_END);
  gtk_widget_set_margin_end (self->dots, narrow ? 0 : 16);
  gtk_widget_set_margin_bottom (self->dots, narrow ? 6 : 10);
  for (guint i = 0; i < adw_carousel_get_n_pages (self->carousel); i++)
    bijou_home_slide_set_width_class (get_slide (self, i), width_class);
}

/**
 * bijou_home_hero_set_items:
 * @self: a hero
 * @items: (element-type BijouItem): what it shows
 * @kickers: (element-type utf8): the lines above their titles
 */
void
bijou_home_hero_set_items (BijouHomeHero *self, GPtrArray *items, GPtrArray *kickers)
{
  g_return_if_fail (BIJOU_IS_HOME_HERO (self));
  while (adw_carousel_get_n_pages (self->carousel) > items->len)
    adw_carousel_remove (self->carousel, GTK_WIDGET (get_slide (
                                             self, adw_carousel_get_n_pages (self->carousel) - 1)));
  while (adw_carousel_get_n_pages (self->carousel) < items->len)
    {
      GtkWidget *slide = bijou_home_slide_new (self->context);

      bijou_home_slide_set_width_class (BIJOU_HOME_SLIDE (slide), self->width_class);
      adw_carousel_append (self->carousel, slide);
    }
  for (guint i = 0; i < items->len; i++)
    bijou_home_slide_set_item (get_slide (self, i), items->pdata[i], kickers->pdata[i]);
  fill_dots (self, items);
  gtk_widget_set_visible (GTK_WIDGET (self), items->len > 0);
}
