#include "config.h"

#include "bijou-search-best.h"

#include "bijou-art.h"
#include "bijou-item-text.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

#define POSTER_WIDTH 136
#define NARROW_POSTER_WIDTH 92

struct _BijouSearchBest
{
  GtkWidget parent_instance;

  GtkWidget *art;         /* (unowned) child of box */
  GtkBox *box;            /* (unowned) template child */
  GtkLabel *title;        /* (unowned) template child */
  GtkLabel *facts;        /* (unowned) template child */
  GtkLabel *overview;     /* (unowned) template child */
  GtkButton *button;      /* (unowned) template child */
  GtkLabel *button_label; /* (unowned) template child */
  GtkLabel *place;        /* (unowned) template child */
};

G_DEFINE_FINAL_TYPE (BijouSearchBest, bijou_search_best, GTK_TYPE_WIDGET)

static void
bijou_search_best_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), BIJOU_TYPE_SEARCH_BEST);
  G_OBJECT_CLASS (bijou_search_best_parent_class)->dispose (object);
}

static void
bijou_search_best_class_init (BijouSearchBestClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = bijou_search_best_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/bijou-search-best.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouSearchBest, box);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchBest, title);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchBest, facts);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchBest, overview);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchBest, button);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchBest, button_label);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchBest, place);
}

static void
bijou_search_best_init (BijouSearchBest *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * bijou_search_best_new:
 * @context: where pictures come from
 *
 * Returns: (transfer floating): a new best match
 */
GtkWidget *
bijou_search_best_new (BijouContext *context)
{
  BijouSearchBest *self = g_object_new (BIJOU_TYPE_SEARCH_BEST, NULL);

  self->art = bijou_art_new (context);
  gtk_widget_set_valign (self->art, GTK_ALIGN_START);
  gtk_box_prepend (self->box, self->art);
  bijou_search_best_set_width_class (self, BIJOU_WIDTH_NORMAL);
  return GTK_WIDGET (self);
}

static const char *
name_kind (BijouItemKind kind)
{
  switch (kind)
    {
    case BIJOU_ITEM_MOVIE:
      return _ ("Film");
    case BIJOU_ITEM_SHOW:
      return C_ ("kind", "Series");
    case BIJOU_ITEM_EPISODE:
      return _ ("Episode");
    case BIJOU_ITEM_VIDEO:
      return _ ("Video");
    case BIJOU_ITEM_COLLECTION:
      return _ ("Collection");
    case BIJOU_ITEM_PLAYLIST:
      return _ ("Playlist");
    case BIJOU_ITEM_SEASON:
      return _ ("Season");
    case BIJOU_ITEM_UNKNOWN:
    default:
      return NULL;
    }
}

static void
add_fact (GString *text, const char *fact)
{
  if (fact == NULL || *fact == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, "  ·  ");
  g_string_append (text, fact);
}

static char *
describe (BijouItem *item)
{
  GString *text = g_string_new (NULL);
  g_autofree char *number = bijou_text_format_episode (item->season, item->episode);
  g_autofree char *facts = bijou_item_text_facts (item, FALSE);

  add_fact (text, name_kind (item->kind));
  if (item->kind == BIJOU_ITEM_EPISODE)
    {
      add_fact (text, item->show_title);
      add_fact (text, number);
    }
  if (item->kind == BIJOU_ITEM_COLLECTION || item->kind == BIJOU_ITEM_PLAYLIST)
    {
      g_autofree char *count = bijou_item_text_subtitle (item);

      add_fact (text, count);
    }
  else
    add_fact (text, facts);
  return g_string_free (text, FALSE);
}

static void
show_button (BijouSearchBest *self, BijouItem *item)
{
  g_autofree char *label = NULL;
  g_autofree char *key = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->button), item != NULL);
  if (item == NULL)
    return;
  label = bijou_item_text_play (item);
  key = bijou_item_dup_key (item);
  gtk_label_set_label (self->button_label, label);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", key);
}

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

/* A long "Films on Attic" in a sentence of its own. */
static void
show_place (BijouSearchBest *self, const char *place)
{
  /* Translators: %s is a library and its server, "Films on Attic" */
  g_autofree char *text = place != NULL ? g_strdup_printf (_ ("in %s"), place) : NULL;

  gtk_label_set_label (self->place, text != NULL ? text : "");
}

/**
 * bijou_search_best_set_hit:
 * @self: a best match
 * @hit: what it shows
 */
void
bijou_search_best_set_hit (BijouSearchBest *self, BijouSearchHit *hit)
{
  BijouItem *item;
  g_autofree char *facts = NULL;

  g_return_if_fail (BIJOU_IS_SEARCH_BEST (self));
  item = hit->item;
  facts = describe (item);
  gtk_label_set_label (self->title, item->title);
  show_text (self->facts, facts);
  show_text (self->overview, item->overview);
  show_button (self, hit->to_play);
  show_place (self, hit->place);
  bijou_art_set_placeholder (BIJOU_ART (self->art), item->title,
                             bijou_item_kind_get_icon (item->kind));
  bijou_art_set_picture (BIJOU_ART (self->art), item->server_id, item->poster);
}

/**
 * bijou_search_best_set_width_class:
 * @self: a best match
 * @width_class: of the window
 */
void
bijou_search_best_set_width_class (BijouSearchBest *self, BijouWidthClass width_class)
{
  gboolean narrow = width_class == BIJOU_WIDTH_NARROW;
  int width = narrow ? NARROW_POSTER_WIDTH : POSTER_WIDTH;

  g_return_if_fail (BIJOU_IS_SEARCH_BEST (self));
  bijou_art_set_size (BIJOU_ART (self->art), width, width * 3 / 2);
  gtk_box_set_spacing (self->box, narrow ? 14 : 22);
  gtk_widget_set_visible (GTK_WIDGET (self->place), !narrow);
}

/**
 * bijou_search_best_dup_name:
 * @self: a best match
 *
 * Returns: (transfer full): what a screen reader says for it
 */
char *
bijou_search_best_dup_name (BijouSearchBest *self)
{
  g_return_val_if_fail (BIJOU_IS_SEARCH_BEST (self), NULL);
  /* Translators: a title and what it is: "Northlight, Series, 2023" */
  return g_strdup_printf (_ ("Best match: %s, %s"), gtk_label_get_label (self->title),
                          gtk_label_get_label (self->facts));
}
