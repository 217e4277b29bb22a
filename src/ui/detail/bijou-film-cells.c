#include "config.h"

#include "bijou-film-cells.h"

#include "bijou-media-text.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkWidget *button; /* (unowned) */
  GtkLabel *value;   /* (unowned) child of the button */
  GtkWidget *arrow;  /* (unowned) child of the button */
} Cell;

struct _BijouFilmCells
{
  GtkWidget parent_instance;

  GtkBox *box; /* (unowned) child */
  Cell version;
  Cell audio;
  Cell subtitle;
  GtkWidget *separators[3];    /* (unowned) children */
  GtkWidget *cache;            /* (unowned) child */
  GtkLabel *cache_value;       /* (unowned) grandchild */
  GtkProgressBar *cache_bar;   /* (unowned) grandchild */
  GSimpleActionGroup *actions; /* (owned) */
  BijouDetail *detail;         /* (owned) (nullable) */
  char *chosen_version;        /* (owned) (nullable) */
  char *chosen_audio;          /* (owned) (nullable) */
  char *chosen_subtitle;       /* (owned) (nullable) */
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (BijouFilmCells, bijou_film_cells, GTK_TYPE_WIDGET)

static GtkLabel *
append_label (GtkWidget *box, const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static Cell
make_cell (BijouFilmCells *self, const char *name)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  Cell cell;

  gtk_widget_add_css_class (GTK_WIDGET (append_label (content, name, "caption")), "dim-label");
  cell.value = append_label (line, "", "heading");
  gtk_widget_set_hexpand (GTK_WIDGET (cell.value), TRUE);
  cell.arrow = gtk_image_new_from_icon_name ("pan-down-symbolic");
  gtk_image_set_pixel_size (GTK_IMAGE (cell.arrow), 12);
  gtk_box_append (GTK_BOX (line), cell.arrow);
  gtk_box_append (GTK_BOX (content), line);
  cell.button = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (cell.button), content);
  /* The box that the button puts around its child is centred. */
  gtk_widget_set_hexpand (content, TRUE);
  gtk_widget_set_halign (gtk_widget_get_parent (content), GTK_ALIGN_FILL);
  gtk_widget_add_css_class (cell.button, "flat");
  gtk_widget_add_css_class (cell.button, "bijou-cell-button");
  gtk_widget_set_hexpand (cell.button, TRUE);
  gtk_box_append (self->box, cell.button);
  return cell;
}

static GtkWidget *
add_separator (BijouFilmCells *self)
{
  GtkWidget *separator = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (separator, "bijou-cell-separator");
  gtk_box_append (self->box, separator);
  return separator;
}

static void
add_cache_cell (BijouFilmCells *self)
{
  GtkWidget *bar = gtk_progress_bar_new ();

  self->cache = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_add_css_class (self->cache, "bijou-cell");
  gtk_widget_set_hexpand (self->cache, TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (append_label (self->cache, _ ("In cache"), "caption")),
                            "dim-label");
  self->cache_value = append_label (self->cache, "", "heading");
  self->cache_bar = GTK_PROGRESS_BAR (bar);
  gtk_widget_add_css_class (bar, "bijou-flat");
  gtk_widget_set_margin_top (bar, 4);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("In cache"), -1);
  gtk_box_append (GTK_BOX (self->cache), bar);
  gtk_box_append (self->box, self->cache);
  gtk_widget_set_visible (self->cache, FALSE);
}

/* --- what is chosen --- */

static BijouStream *
find_stream (GPtrArray *streams, const char *id)
{
  for (guint i = 0; id != NULL && i < streams->len; i++)
    if (g_str_equal (((BijouStream *) streams->pdata[i])->id, id))
      return streams->pdata[i];
  return NULL;
}

static void
append_choice (GMenu *menu, const char *label, const char *action, const char *id)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target_value (item, action, g_variant_new_string (id));
  g_menu_append_item (menu, item);
}

static void
set_state (BijouFilmCells *self, const char *action, const char *value)
{
  GAction *found = g_action_map_lookup_action (G_ACTION_MAP (self->actions), action);

  g_simple_action_set_state (G_SIMPLE_ACTION (found),
                             g_variant_new_string (value != NULL ? value : ""));
}

static void
show_cell (Cell *cell, const char *name, const char *value, GMenu *menu, gboolean choice)
{
  g_autofree char *label = g_strdup_printf ("%s: %s", name, value);

  gtk_label_set_label (cell->value, value);
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (cell->button),
                                  choice ? G_MENU_MODEL (menu) : NULL);
  gtk_widget_set_visible (cell->arrow, choice);
  gtk_widget_set_can_target (cell->button, choice);
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

static void
show_versions (BijouFilmCells *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  BijouVersion *version = bijou_film_cells_get_version (self);
  g_autofree char *value = version != NULL ? bijou_media_text_version (version) : g_strdup ("–");

  for (guint i = 0; self->detail != NULL && i < self->detail->versions->len; i++)
    {
      BijouVersion *each = self->detail->versions->pdata[i];
      g_autofree char *label = bijou_media_text_choice (each);

      append_choice (menu, label, "cells.version", each->id);
    }
  set_state (self, "version", version != NULL ? version->id : NULL);
  show_cell (&self->version, _ ("Version"), value, menu,
             self->detail != NULL && self->detail->versions->len > 1);
}

static void
append_streams (GMenu *menu, GPtrArray *streams, const char *action)
{
  for (guint i = 0; i < streams->len; i++)
    {
      BijouStream *stream = streams->pdata[i];
      g_autofree char *label = bijou_media_text_stream (stream);

      append_choice (menu, label, action, stream->id);
    }
}

static void
show_audio (BijouFilmCells *self)
{
  g_autoptr (GPtrArray) streams =
      bijou_media_list_streams (bijou_film_cells_get_version (self), BIJOU_STREAM_AUDIO);
  BijouStream *stream = find_stream (streams, self->chosen_audio);
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autofree char *value = NULL;

  if (stream == NULL)
    stream = bijou_media_find_selected (streams);
  value = stream != NULL ? bijou_media_text_stream (stream) : g_strdup ("–");
  append_streams (menu, streams, "cells.audio");
  set_state (self, "audio", stream != NULL ? stream->id : NULL);
  show_cell (&self->audio, _ ("Audio"), value, menu, streams->len > 1);
}

static char *
describe_subtitles (BijouStream *stream, guint n_streams)
{
  if (stream != NULL)
    return bijou_media_text_stream (stream);
  if (n_streams == 0)
    return g_strdup (C_ ("subtitles", "None"));
  return g_strdup_printf (
      /* Translators: subtitles are off, %u could be chosen */
      g_dngettext (GETTEXT_PACKAGE, "Off · %u available", "Off · %u available", n_streams),
      n_streams);
}

static void
show_subtitles (BijouFilmCells *self)
{
  g_autoptr (GPtrArray) streams =
      bijou_media_list_streams (bijou_film_cells_get_version (self), BIJOU_STREAM_SUBTITLE);
  BijouStream *stream = self->chosen_subtitle != NULL ? find_stream (streams, self->chosen_subtitle)
                                                      : bijou_media_find_selected (streams);
  g_autofree char *value = describe_subtitles (stream, streams->len);
  g_autoptr (GMenu) menu = g_menu_new ();

  append_choice (menu, C_ ("subtitles", "Off"), "cells.subtitle", "");
  append_streams (menu, streams, "cells.subtitle");
  set_state (self, "subtitle", stream != NULL ? stream->id : NULL);
  show_cell (&self->subtitle, _ ("Subtitles"), value, menu, streams->len > 0);
}

static void
show_all (BijouFilmCells *self)
{
  show_versions (self);
  show_audio (self);
  show_subtitles (self);
}

static void
choose (char **field, GVariant *state)
{
  g_free (*field);
  *field = g_variant_dup_string (state, NULL);
}

static void
on_version_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  BijouFilmCells *self = user_data;

  choose (&self->chosen_version, state);
  g_clear_pointer (&self->chosen_audio, g_free);
  g_clear_pointer (&self->chosen_subtitle, g_free);
  show_all (self);
}

static void
on_audio_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  choose (&BIJOU_FILM_CELLS (user_data)->chosen_audio, state);
  show_audio (user_data);
}

static void
on_subtitle_cb (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  choose (&BIJOU_FILM_CELLS (user_data)->chosen_subtitle, state);
  show_subtitles (user_data);
}

static void
bijou_film_cells_dispose (GObject *object)
{
  BijouFilmCells *self = BIJOU_FILM_CELLS (object);

  gtk_widget_insert_action_group (GTK_WIDGET (self), "cells", NULL);
  if (self->box != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->box));
  self->box = NULL;
  g_clear_object (&self->actions);
  g_clear_object (&self->detail);
  G_OBJECT_CLASS (bijou_film_cells_parent_class)->dispose (object);
}

static void
bijou_film_cells_finalize (GObject *object)
{
  BijouFilmCells *self = BIJOU_FILM_CELLS (object);

  g_free (self->chosen_version);
  g_free (self->chosen_audio);
  g_free (self->chosen_subtitle);
  G_OBJECT_CLASS (bijou_film_cells_parent_class)->finalize (object);
}

static void
bijou_film_cells_class_init (BijouFilmCellsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_film_cells_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_film_cells_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
bijou_film_cells_init (BijouFilmCells *self)
{
  static const GActionEntry entries[] = {
    { .name = "version", .parameter_type = "s", .state = "''", .change_state = on_version_cb },
    { .name = "audio", .parameter_type = "s", .state = "''", .change_state = on_audio_cb },
    { .name = "subtitle", .parameter_type = "s", .state = "''", .change_state = on_subtitle_cb },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "cells", G_ACTION_GROUP (self->actions));
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0));
  gtk_widget_add_css_class (GTK_WIDGET (self->box), "card");
  gtk_widget_add_css_class (GTK_WIDGET (self->box), "bijou-cells");
  gtk_widget_set_parent (GTK_WIDGET (self->box), GTK_WIDGET (self));
  self->version = make_cell (self, _ ("Version"));
  self->separators[0] = add_separator (self);
  self->audio = make_cell (self, _ ("Audio"));
  self->separators[1] = add_separator (self);
  self->subtitle = make_cell (self, _ ("Subtitles"));
  self->separators[2] = add_separator (self);
  add_cache_cell (self);
  show_all (self);
  bijou_film_cells_set_width_class (self, BIJOU_WIDTH_NORMAL);
}

/**
 * bijou_film_cells_new:
 *
 * Returns: (transfer floating): new cells
 */
GtkWidget *
bijou_film_cells_new (void)
{
  return g_object_new (BIJOU_TYPE_FILM_CELLS, NULL);
}

/**
 * bijou_film_cells_set_detail:
 * @self: cells
 * @detail: of the film
 */
void
bijou_film_cells_set_detail (BijouFilmCells *self, BijouDetail *detail)
{
  g_return_if_fail (BIJOU_IS_FILM_CELLS (self));
  g_set_object (&self->detail, detail);
  show_all (self);
}

static void
show_separators (BijouFilmCells *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->separators); i++)
    gtk_widget_set_visible (self->separators[i],
                            !self->narrow && (i < 2 || gtk_widget_get_visible (self->cache)));
}

/**
 * bijou_film_cells_set_cache:
 * @self: cells
 * @fraction: 0–1, how much is here; 0 hides the cell
 * @text: "43 %, plays to 49:30"
 */
void
bijou_film_cells_set_cache (BijouFilmCells *self, double fraction, const char *text)
{
  g_return_if_fail (BIJOU_IS_FILM_CELLS (self));
  gtk_label_set_label (self->cache_value, text != NULL ? text : "");
  gtk_progress_bar_set_fraction (self->cache_bar, CLAMP (fraction, 0, 1));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->cache_bar),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text != NULL ? text : "", -1);
  gtk_widget_set_visible (self->cache, fraction > 0);
  show_separators (self);
}

/**
 * bijou_film_cells_set_width_class:
 * @self: cells
 * @width_class: of the window
 */
void
bijou_film_cells_set_width_class (BijouFilmCells *self, BijouWidthClass width_class)
{
  g_return_if_fail (BIJOU_IS_FILM_CELLS (self));
  self->narrow = width_class == BIJOU_WIDTH_NARROW;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->box), self->narrow
                                                                  ? GTK_ORIENTATION_VERTICAL
                                                                  : GTK_ORIENTATION_HORIZONTAL);
  show_separators (self);
}

/**
 * bijou_film_cells_get_version:
 * @self: cells
 *
 * Returns: (transfer none) (nullable): the version that will play
 */
BijouVersion *
bijou_film_cells_get_version (BijouFilmCells *self)
{
  g_return_val_if_fail (BIJOU_IS_FILM_CELLS (self), NULL);
  if (self->detail == NULL || self->detail->versions->len == 0)
    return NULL;
  for (guint i = 0; self->chosen_version != NULL && i < self->detail->versions->len; i++)
    {
      BijouVersion *version = self->detail->versions->pdata[i];

      if (g_str_equal (version->id, self->chosen_version))
        return version;
    }
  return self->detail->versions->pdata[0];
}

GVariant *
bijou_film_cells_get_choices (BijouFilmCells *self)
{
  GVariantDict dict;

  g_return_val_if_fail (BIJOU_IS_FILM_CELLS (self), NULL);
  if (self->chosen_version == NULL && self->chosen_audio == NULL && self->chosen_subtitle == NULL)
    return NULL;
  g_variant_dict_init (&dict, NULL);
  if (self->chosen_version != NULL)
    g_variant_dict_insert (&dict, "version", "s", self->chosen_version);
  if (self->chosen_audio != NULL)
    g_variant_dict_insert (&dict, "audio", "s", self->chosen_audio);
  if (self->chosen_subtitle != NULL)
    g_variant_dict_insert (&dict, "subtitle", "s", self->chosen_subtitle);
  return g_variant_dict_end (&dict);
}
