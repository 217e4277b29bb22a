#include "config.h"

#include "bijou-search-line.h"

#include "bijou-art.h"
#include "bijou-item-text.h"
#include "bijou-search-text.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

#define STILL_WIDTH 88
#define STILL_HEIGHT 50
#define PERSON_SIZE 50

struct _BijouSearchLine
{
  GtkWidget parent_instance;

  GtkWidget *art;    /* (unowned) child */
  GtkLabel *title;   /* (unowned) descendant */
  GtkLabel *line;    /* (unowned) descendant */
  GtkLabel *length;  /* (unowned) (nullable) child, of an episode */
  GtkWidget *button; /* (unowned) (nullable) child, of an episode */
};

G_DEFINE_FINAL_TYPE (BijouSearchLine, bijou_search_line, GTK_TYPE_WIDGET)

static GtkLabel *
make_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return GTK_LABEL (label);
}

static GtkLabel *
make_dim_label (void)
{
  GtkLabel *label = make_label ("caption");

  gtk_widget_add_css_class (GTK_WIDGET (label), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (label), "bijou-tnum");
  return label;
}

static void
bijou_search_line_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (bijou_search_line_parent_class)->dispose (object);
}

static void
bijou_search_line_class_init (BijouSearchLineClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_search_line_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
bijou_search_line_init (BijouSearchLine *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 14);
  gtk_widget_set_margin_top (GTK_WIDGET (self), 8);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self), 8);
  gtk_widget_set_margin_start (GTK_WIDGET (self), 8);
  gtk_widget_set_margin_end (GTK_WIDGET (self), 8);
}

static BijouSearchLine *
make_line (BijouContext *context, int width, int height, int radius)
{
  BijouSearchLine *self = g_object_new (BIJOU_TYPE_SEARCH_LINE, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 1);

  self->art = bijou_art_new (context);
  bijou_art_set_size (BIJOU_ART (self->art), width, height);
  bijou_art_set_radius (BIJOU_ART (self->art), radius);
  gtk_widget_set_valign (self->art, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->art, GTK_WIDGET (self));

  self->title = make_label (NULL);
  self->line = make_dim_label ();
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->line));
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  return self;
}

/**
 * bijou_search_line_new_for_episodes:
 * @context: where pictures come from
 *
 * Returns: (transfer floating): a line with a still and a button to play
 */
GtkWidget *
bijou_search_line_new_for_episodes (BijouContext *context)
{
  BijouSearchLine *self = make_line (context, STILL_WIDTH, STILL_HEIGHT, 6);

  self->length = make_dim_label ();
  gtk_label_set_ellipsize (self->length, PANGO_ELLIPSIZE_NONE);
  gtk_widget_set_parent (GTK_WIDGET (self->length), GTK_WIDGET (self));
  self->button = gtk_button_new_from_icon_name ("media-playback-start-symbolic");
  gtk_widget_add_css_class (self->button, "flat");
  gtk_widget_add_css_class (self->button, "circular");
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

/**
 * bijou_search_line_new_for_people:
 * @context: where pictures come from
 *
 * Returns: (transfer floating): a line with a round picture
 */
GtkWidget *
bijou_search_line_new_for_people (BijouContext *context)
{
  BijouSearchLine *self = make_line (context, PERSON_SIZE, PERSON_SIZE, PERSON_SIZE / 2);
  GtkWidget *arrow = gtk_image_new_from_icon_name ("go-next-symbolic");

  gtk_widget_add_css_class (arrow, "dim-label");
  gtk_widget_set_margin_end (arrow, 6);
  gtk_widget_set_parent (arrow, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

static void
set_texts (BijouSearchLine *self, const char *title, const char *line, char **words)
{
  g_autofree char *markup = bijou_search_mark (title, words);
  g_autofree char *line_markup = bijou_search_mark (line != NULL ? line : "", words);

  gtk_label_set_markup (self->title, markup);
  gtk_label_set_markup (self->line, line_markup);
  gtk_widget_set_visible (GTK_WIDGET (self->line), line != NULL);
}

static char *
describe_episode (BijouItem *item)
{
  g_autofree char *number = bijou_text_format_episode (item->season, item->episode);

  if (item->show_title == NULL || number == NULL)
    return g_strdup (number != NULL ? number : item->show_title);
  return g_strdup_printf ("%s · %s", item->show_title, number);
}

static void
set_button (BijouSearchLine *self, BijouItem *item)
{
  g_autofree char *key = bijou_item_dup_key (item);
  /* Translators: %s is the title of an episode */
  g_autofree char *label = g_strdup_printf (C_ ("title", "Play %s"), item->title);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->button), "s", key);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->button), "win.play-item");
  gtk_widget_set_tooltip_text (self->button, _ ("Play"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

/**
 * bijou_search_line_set_hit:
 * @self: a line for episodes
 * @hit: what it shows
 * @words: what was looked for
 */
void
bijou_search_line_set_hit (BijouSearchLine *self, BijouSearchHit *hit, char **words)
{
  BijouArt *art;
  BijouItem *item;
  g_autofree char *place = NULL;
  g_autofree char *line = NULL;
  g_autofree char *length = NULL;

  g_return_if_fail (BIJOU_IS_SEARCH_LINE (self) && self->button != NULL);
  art = BIJOU_ART (self->art);
  item = hit->item;
  place = describe_episode (item);
  if (hit->reason != NULL && place != NULL)
    line = g_strdup_printf ("%s · %s", place, hit->reason);
  set_texts (self, item->title, line != NULL ? line : place, words);
  if (item->duration_ms > 0)
    length = bijou_text_format_duration (item->duration_ms);
  gtk_label_set_label (self->length, length != NULL ? length : "");
  bijou_art_set_placeholder (art, NULL, bijou_item_kind_get_icon (item->kind));
  bijou_art_set_picture (art, item->server_id, item->still != NULL ? item->still : item->backdrop);
  bijou_art_set_progress (art,
                          bijou_item_is_in_progress (item) ? bijou_item_get_fraction (item) : -1);
  set_button (self, item);
}

/* What a person did, as servers call it; NULL for what has no name here. */
static const char *
name_kind (const char *kind)
{
  if (g_strcmp0 (kind, "actor") == 0)
    return _ ("Actor");
  if (g_strcmp0 (kind, "director") == 0)
    return _ ("Director");
  if (g_strcmp0 (kind, "writer") == 0)
    return _ ("Writer");
  if (g_strcmp0 (kind, "producer") == 0)
    return _ ("Producer");
  if (g_strcmp0 (kind, "composer") == 0)
    return _ ("Composer");
  return NULL;
}

static char *
describe_work (BijouPersonHit *person)
{
  if (person->n_titles > 1)
    return bijou_item_text_count (person->n_titles, BIJOU_ITEM_UNKNOWN);
  if (person->n_titles == 0 && person->ids->len > 1)
    return bijou_item_text_count (person->ids->len, BIJOU_ITEM_EPISODE);
  return g_strdup (person->title);
}

/**
 * bijou_search_line_set_person:
 * @self: a line for people
 * @person: whom it shows
 * @words: what was looked for
 */
void
bijou_search_line_set_person (BijouSearchLine *self, BijouPersonHit *person, char **words)
{
  const char *kind;
  g_autofree char *work = NULL;
  g_autofree char *line = NULL;

  g_return_if_fail (BIJOU_IS_SEARCH_LINE (self));
  kind = name_kind (person->kind);
  work = describe_work (person);
  if (kind != NULL && work != NULL)
    line = g_strdup_printf ("%s · %s", kind, work);
  set_texts (self, person->name, line != NULL ? line : work, words);
  bijou_art_set_placeholder (BIJOU_ART (self->art), NULL, "avatar-default-symbolic");
  bijou_art_set_picture (BIJOU_ART (self->art), person->server_id, person->image);
}

/**
 * bijou_search_line_get_title:
 * @self: a line
 *
 * Returns: (transfer none): its first line, without markup
 */
const char *
bijou_search_line_get_title (BijouSearchLine *self)
{
  g_return_val_if_fail (BIJOU_IS_SEARCH_LINE (self), NULL);
  return gtk_label_get_text (self->title);
}

/**
 * bijou_search_line_dup_name:
 * @self: a line
 *
 * Returns: (transfer full): what a screen reader says for it
 */
char *
bijou_search_line_dup_name (BijouSearchLine *self)
{
  const char *line;

  g_return_val_if_fail (BIJOU_IS_SEARCH_LINE (self), NULL);
  line = gtk_label_get_text (self->line);
  if (*line == '\0')
    return g_strdup (bijou_search_line_get_title (self));
  return g_strdup_printf ("%s, %s", bijou_search_line_get_title (self), line);
}
