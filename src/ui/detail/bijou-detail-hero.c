#include "config.h"

#include "bijou-detail-hero.h"

#include "bijou-backdrop.h"
#include "bijou-item-menu.h"
#include "bijou-item-text.h"
#include "bijou-rating-button.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/* Until then the store has what was chosen last of several in a row. */
#define CHOSEN_MS 1000

struct _BijouDetailHero
{
  GtkWidget parent_instance;

  GtkOverlay *overlay;       /* (unowned) template child */
  GtkWidget *text;           /* (unowned) template child */
  GtkLabel *kicker;          /* (unowned) template child */
  GtkLabel *title;           /* (unowned) template child */
  GtkWidget *facts_box;      /* (unowned) template child */
  GtkLabel *facts;           /* (unowned) template child */
  GtkWidget *tags;           /* (unowned) template child */
  GtkLabel *overview;        /* (unowned) template child */
  GtkWidget *buttons;        /* (unowned) template child */
  AdwSplitButton *play;      /* (unowned) template child */
  GtkLabel *play_label;      /* (unowned) template child */
  GtkWidget *glass;          /* (unowned) template child */
  GtkWidget *shuffle;        /* (unowned) template child */
  GtkWidget *watched;        /* (unowned) template child */
  GtkWidget *favourite;      /* (unowned) template child */
  BijouRatingButton *rating; /* (unowned) template child */
  GtkWidget *download;       /* (unowned) template child */
  GtkMenuButton *more;       /* (unowned) template child */
  GtkWidget *minor;          /* (unowned) template child */
  GtkProgressBar *progress;  /* (unowned) template child */
  GtkLabel *left;            /* (unowned) template child */
  GtkWidget *backdrop;       /* (unowned) child of the overlay */
  BijouContext *context;     /* (owned) (nullable) */
  BijouItem *item;           /* (owned) (nullable) */
  guint rating_id; /* what was chosen is shown, whatever the store still says; 0 nothing was */
  gboolean series;
  gboolean narrow;
  int height;
};

enum
{
  PLAY,
  SHUFFLE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouDetailHero, bijou_detail_hero, GTK_TYPE_WIDGET)

static void
on_play_cb (AdwSplitButton *button, gpointer user_data)
{
  g_signal_emit (BIJOU_DETAIL_HERO (user_data), signals[PLAY], 0);
}

static void
on_shuffle_cb (GtkButton *button, gpointer user_data)
{
  g_signal_emit (BIJOU_DETAIL_HERO (user_data), signals[SHUFFLE], 0);
}

static void
on_watched_cb (GtkButton *button, gpointer user_data)
{
  BijouDetailHero *self = BIJOU_DETAIL_HERO (user_data);

  bijou_item_toggle_watched (GTK_WIDGET (self), self->item);
}

static void
on_favourite_cb (GtkButton *button, gpointer user_data)
{
  BijouDetailHero *self = BIJOU_DETAIL_HERO (user_data);

  bijou_item_toggle_favourite (GTK_WIDGET (self), self->item);
}

static gboolean
on_chosen_cb (gpointer data)
{
  BijouDetailHero *self = data;

  self->rating_id = 0;
  bijou_rating_button_set_rating (self->rating, self->item->user_rating);
  return G_SOURCE_REMOVE;
}

/**
 * bijou_detail_hero_rate:
 * @self: a hero
 * @rating: the user's own rating of what it shows, 0–10; negative: none
 *
 * Nothing happens where the server keeps no ratings.
 */
void
bijou_detail_hero_rate (BijouDetailHero *self, double rating)
{
  g_autofree char *key = NULL;

  g_return_if_fail (BIJOU_IS_DETAIL_HERO (self));

  if (self->item == NULL || !gtk_widget_get_visible (GTK_WIDGET (self->rating)))
    return;
  key = bijou_item_dup_key (self->item);
  bijou_rating_button_set_rating (self->rating, rating);
  g_clear_handle_id (&self->rating_id, g_source_remove);
  self->rating_id = g_timeout_add (CHOSEN_MS, on_chosen_cb, self);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.set-rating", "(sd)", key, rating);
}

static void
on_rated_cb (BijouRatingButton *button, double rating, gpointer user_data)
{
  bijou_detail_hero_rate (BIJOU_DETAIL_HERO (user_data), rating);
}

static void
on_download_cb (GtkButton *button, gpointer user_data)
{
  BijouDetailHero *self = BIJOU_DETAIL_HERO (user_data);
  g_autofree char *key = bijou_item_dup_key (self->item);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.download-item", "(sb)", key, TRUE);
}

static void
bijou_detail_hero_map (GtkWidget *widget)
{
  BijouDetailHero *self = BIJOU_DETAIL_HERO (widget);

  GTK_WIDGET_CLASS (bijou_detail_hero_parent_class)->map (widget);
  gtk_widget_set_visible (self->download, bijou_widget_has_action (widget, "download-item"));
}

static void
bijou_detail_hero_dispose (GObject *object)
{
  BijouDetailHero *self = BIJOU_DETAIL_HERO (object);

  g_clear_handle_id (&self->rating_id, g_source_remove);
  g_clear_object (&self->item);
  g_clear_object (&self->context);
  gtk_widget_dispose_template (GTK_WIDGET (object), BIJOU_TYPE_DETAIL_HERO);
  G_OBJECT_CLASS (bijou_detail_hero_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/bijou-detail-hero.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, overlay);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, text);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, kicker);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, title);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, facts_box);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, facts);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, tags);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, overview);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, buttons);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, play);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, play_label);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, glass);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, shuffle);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, watched);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, favourite);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, download);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, rating);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, more);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, minor);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, progress);
  gtk_widget_class_bind_template_child (widget_class, BijouDetailHero, left);
  gtk_widget_class_bind_template_callback (widget_class, on_play_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_shuffle_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_watched_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_favourite_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_download_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_rated_cb);
}

static void
bijou_detail_hero_class_init (BijouDetailHeroClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_detail_hero_dispose;
  widget_class->map = bijou_detail_hero_map;
  signals[PLAY] = g_signal_new ("play", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);
  signals[SHUFFLE] = g_signal_new ("shuffle", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (BIJOU_TYPE_RATING_BUTTON);
  bind_template (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
bijou_detail_hero_init (BijouDetailHero *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What the server has no place for is not offered. */
static void
show_offers (BijouDetailHero *self)
{
  const char *server_id = self->item->server_id;

  gtk_widget_set_visible (self->favourite,
                          bijou_context_keeps_favourites (self->context, server_id));
  gtk_widget_set_visible (GTK_WIDGET (self->rating),
                          bijou_context_keeps_ratings (self->context, server_id));
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, BijouDetailHero *self)
{
  if (self->item != NULL && g_str_equal (server_id, self->item->server_id))
    show_offers (self);
}

/**
 * bijou_detail_hero_new:
 * @context: where the picture comes from
 * @series: whether it is of a series: shuffle in place of watched
 *
 * Returns: (transfer floating): a new hero
 */
GtkWidget *
bijou_detail_hero_new (BijouContext *context, gboolean series)
{
  BijouDetailHero *self = g_object_new (BIJOU_TYPE_DETAIL_HERO, NULL);

  self->context = g_object_ref (context);
  self->series = series;
  self->backdrop = bijou_backdrop_new (context, BIJOU_BACKDROP_DETAIL);
  gtk_overlay_set_child (self->overlay, self->backdrop);
  gtk_overlay_set_measure_overlay (self->overlay, self->text, TRUE);
  gtk_widget_set_visible (self->shuffle, series);
  gtk_widget_set_visible (self->watched, !series);
  bijou_detail_hero_set_width_class (self, BIJOU_WIDTH_NORMAL);
  g_signal_connect_object (context, "server-state-changed", G_CALLBACK (on_server_state_cb), self,
                           0);
  return GTK_WIDGET (self);
}

static void
set_label (GtkLabel *label, const char *text, gboolean shown)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), shown && text != NULL && *text != '\0');
}

static void
set_button (GtkWidget *button, const char *icon, const char *label)
{
  gtk_button_set_icon_name (GTK_BUTTON (button), icon);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
show_state (BijouDetailHero *self)
{
  BijouItem *item = self->item;
  g_autofree char *left = bijou_item_text_ends_at (item);
  g_autoptr (GMenuModel) menu = bijou_item_menu_new (item);

  set_button (self->watched, item->watched ? "edit-undo-symbolic" : "object-select-symbolic",
              item->watched ? _ ("Mark as Unwatched") : _ ("Mark as Watched"));
  set_button (self->favourite,
              item->favourite ? "bijou-heart-symbolic" : "bijou-heart-outline-symbolic",
              item->favourite ? _ ("Remove from Favourites") : _ ("Add to Favourites"));
  if (self->rating_id == 0)
    bijou_rating_button_set_rating (self->rating, item->user_rating);
  show_offers (self);
  gtk_menu_button_set_menu_model (self->more, menu);
  gtk_widget_set_visible (self->minor, left != NULL && !self->narrow);
  gtk_progress_bar_set_fraction (self->progress, bijou_item_get_fraction (item));
  gtk_label_set_label (self->left, left != NULL ? left : "");
}

/**
 * bijou_detail_hero_set_item:
 * @self: a hero
 * @item: what it shows
 */
void
bijou_detail_hero_set_item (BijouDetailHero *self, BijouItem *item)
{
  g_autofree char *kicker = NULL;
  g_autofree char *facts = NULL;

  g_return_if_fail (BIJOU_IS_DETAIL_HERO (self));
  g_set_object (&self->item, item);
  kicker = bijou_item_text_kicker (item);
  facts = bijou_item_text_facts (item, FALSE);
  bijou_backdrop_set_picture (BIJOU_BACKDROP (self->backdrop), item->server_id,
                              item->backdrop != NULL ? item->backdrop : item->still);
  set_label (self->kicker, kicker, TRUE);
  set_label (self->title, item->title, TRUE);
  set_label (self->facts, facts, TRUE);
  set_label (self->overview, item->overview, !self->narrow);
  show_state (self);
}

/**
 * bijou_detail_hero_set_tags:
 * @self: a hero
 * @tags: (element-type utf8): "4K", "HDR10"
 */
void
bijou_detail_hero_set_tags (BijouDetailHero *self, GPtrArray *tags)
{
  GtkWidget *child;

  g_return_if_fail (BIJOU_IS_DETAIL_HERO (self));
  while ((child = gtk_widget_get_first_child (self->tags)) != NULL)
    gtk_box_remove (GTK_BOX (self->tags), child);
  for (guint i = 0; i < tags->len; i++)
    {
      GtkWidget *tag = gtk_label_new (tags->pdata[i]);

      gtk_widget_add_css_class (tag, "bijou-tag");
      gtk_widget_set_valign (tag, GTK_ALIGN_CENTER);
      gtk_box_append (GTK_BOX (self->tags), tag);
    }
}

static void
set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* AdwSplitButton has no names of its own for its two buttons. */
static void
name_halves (AdwSplitButton *button, const char *label)
{
  for (GtkWidget *half = gtk_widget_get_first_child (GTK_WIDGET (button)); half != NULL;
       half = gtk_widget_get_next_sibling (half))
    if (GTK_IS_MENU_BUTTON (half))
      set_name (half, _ ("More Ways to Play"));
    else if (GTK_IS_BUTTON (half))
      set_name (half, label);
}

/**
 * bijou_detail_hero_set_play:
 * @self: a hero
 * @label: of the Play button
 * @menu: (nullable): what else it offers
 */
void
bijou_detail_hero_set_play (BijouDetailHero *self, const char *label, GMenuModel *menu)
{
  g_return_if_fail (BIJOU_IS_DETAIL_HERO (self));
  gtk_label_set_label (self->play_label, label);
  name_halves (self->play, label);
  adw_split_button_set_menu_model (self->play, menu);
}

static int
choose_height (BijouDetailHero *self, BijouWidthClass width_class)
{
  if (width_class == BIJOU_WIDTH_NARROW)
    return self->series ? 380 : 430;
  if (width_class == BIJOU_WIDTH_WIDE)
    return self->series ? 440 : 560;
  return self->series ? 320 : 440;
}

static void
align_text (BijouDetailHero *self)
{
  GtkLabel *labels[] = { self->kicker, self->title, self->facts };
  GtkAlign align = self->narrow ? GTK_ALIGN_CENTER : GTK_ALIGN_START;

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    {
      gtk_label_set_xalign (labels[i], self->narrow ? 0.5f : 0);
      gtk_label_set_justify (labels[i], self->narrow ? GTK_JUSTIFY_CENTER : GTK_JUSTIFY_LEFT);
    }
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->facts_box),
                                  self->narrow ? GTK_ORIENTATION_VERTICAL
                                               : GTK_ORIENTATION_HORIZONTAL);
  gtk_widget_set_halign (self->facts_box, align);
  gtk_widget_set_halign (self->tags, align);
  gtk_widget_set_halign (self->text, self->narrow ? GTK_ALIGN_FILL : GTK_ALIGN_START);
}

static void
align_buttons (BijouDetailHero *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->buttons), self->narrow
                                                                      ? GTK_ORIENTATION_VERTICAL
                                                                      : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (GTK_BOX (self->buttons), self->narrow ? 12 : 10);
  gtk_box_set_spacing (GTK_BOX (self->glass), self->narrow ? 14 : 10);
  gtk_widget_set_halign (self->glass, self->narrow ? GTK_ALIGN_CENTER : GTK_ALIGN_START);
  gtk_widget_set_hexpand (GTK_WIDGET (self->play), self->narrow);
}

/**
 * bijou_detail_hero_set_width_class:
 * @self: a hero
 * @width_class: of the window
 */
void
bijou_detail_hero_set_width_class (BijouDetailHero *self, BijouWidthClass width_class)
{
  int margin = bijou_width_class_get_detail_margin (width_class);
  GtkWidget *title;

  g_return_if_fail (BIJOU_IS_DETAIL_HERO (self));
  title = GTK_WIDGET (self->title);
  self->narrow = width_class == BIJOU_WIDTH_NARROW;
  self->height = choose_height (self, width_class);
  bijou_backdrop_set_height (BIJOU_BACKDROP (self->backdrop), self->height);
  bijou_backdrop_set_narrow (BIJOU_BACKDROP (self->backdrop), self->narrow);
  bijou_backdrop_set_text_width (BIJOU_BACKDROP (self->backdrop), margin + 490);
  gtk_widget_set_margin_start (self->text, margin);
  gtk_widget_set_margin_end (self->text, margin);
  gtk_widget_remove_css_class (title, self->narrow ? "large" : "small");
  gtk_widget_add_css_class (title, self->narrow ? "small" : "large");
  align_text (self);
  align_buttons (self);
  gtk_box_set_spacing (GTK_BOX (self->facts_box), self->narrow ? 6 : 8);
  if (self->item != NULL)
    bijou_detail_hero_set_item (self, self->item);
}

/**
 * bijou_detail_hero_get_wanted_height:
 * @self: a hero
 *
 * Returns: how high it is, unless its text needs more
 */
int
bijou_detail_hero_get_wanted_height (BijouDetailHero *self)
{
  g_return_val_if_fail (BIJOU_IS_DETAIL_HERO (self), 0);
  return self->height;
}
