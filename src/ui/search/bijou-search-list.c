#include "config.h"

#include "bijou-search-list.h"

#include "bijou-item-menu.h"
#include "bijou-search-line.h"
#include "bijou-search-row.h"

#include <glib/gi18n.h>

/* More are shown after a click. */
#define FEW_ROWS 8
#define MANY_ROWS 80

struct _BijouSearchList
{
  GtkWidget parent_instance;

  BijouContext *context; /* (owned) */
  GtkLabel *title;       /* (unowned) descendant */
  GtkLabel *count;       /* (unowned) descendant */
  GtkWidget *list;       /* (unowned) child */
  GtkWidget *more;       /* (unowned) child */
  GPtrArray *rows;       /* (owned) of BijouSearchRow, unowned; in order */
  guint n_found;
  guint max_rows;
};

enum
{
  NAME_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (BijouSearchList, bijou_search_list, GTK_TYPE_WIDGET)

static BijouSearchLine *
get_line (BijouSearchRow *row)
{
  return BIJOU_SEARCH_LINE (gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (row)));
}

static void
on_row_activated_cb (GtkListBox *list, GtkListBoxRow *activated, gpointer user_data)
{
  BijouSearchRow *row = BIJOU_SEARCH_ROW (activated);
  BijouItem *item = bijou_search_row_get_item (row);

  if (item != NULL)
    bijou_item_activate_action (GTK_WIDGET (row), item, "win.open-item");
  else
    g_signal_emit (user_data, signals[NAME_CHOSEN], 0,
                   bijou_search_line_get_title (get_line (row)));
}

static void
show_rows (BijouSearchList *self)
{
  guint shown = MIN (self->n_found, self->max_rows);

  for (guint i = 0; i < self->rows->len; i++)
    gtk_widget_set_visible (self->rows->pdata[i], i < shown);
  gtk_widget_set_visible (self->more, shown < MIN (self->n_found, MANY_ROWS));
}

static void
on_more_cb (GtkButton *button, gpointer user_data)
{
  BijouSearchList *self = user_data;
  guint first = self->max_rows;

  self->max_rows = MANY_ROWS;
  show_rows (self);
  if (first < self->rows->len)
    gtk_widget_grab_focus (self->rows->pdata[first]);
}

static void
bijou_search_list_dispose (GObject *object)
{
  BijouSearchList *self = BIJOU_SEARCH_LIST (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  g_ptr_array_set_size (self->rows, 0);
  g_clear_object (&self->context);
  G_OBJECT_CLASS (bijou_search_list_parent_class)->dispose (object);
}

static void
bijou_search_list_finalize (GObject *object)
{
  g_ptr_array_unref (BIJOU_SEARCH_LIST (object)->rows);
  G_OBJECT_CLASS (bijou_search_list_parent_class)->finalize (object);
}

static void
bijou_search_list_class_init (BijouSearchListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_search_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_search_list_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  signals[NAME_CHOSEN] = g_signal_new ("name-chosen", BIJOU_TYPE_SEARCH_LIST, G_SIGNAL_RUN_LAST, 0,
                                       NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
add_head (BijouSearchList *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);

  self->title = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING, NULL);
  self->count = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (self->title), "title-4");
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "bijou-tnum");
  gtk_widget_set_size_request (head, -1, 34);
  gtk_widget_set_margin_bottom (head, 6);
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->title));
  gtk_box_append (GTK_BOX (head), GTK_WIDGET (self->count));
  gtk_widget_set_parent (head, GTK_WIDGET (self));
}

static void
add_list (BijouSearchList *self)
{
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated_cb), self, 0);
  gtk_widget_set_parent (self->list, GTK_WIDGET (self));

  self->more = gtk_button_new_with_label (_ ("Show All"));
  gtk_widget_add_css_class (self->more, "flat");
  gtk_widget_set_halign (self->more, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (self->more, 6);
  g_signal_connect_object (self->more, "clicked", G_CALLBACK (on_more_cb), self, 0);
  gtk_widget_set_parent (self->more, GTK_WIDGET (self));
}

static void
bijou_search_list_init (BijouSearchList *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->rows = g_ptr_array_new ();
  self->max_rows = FEW_ROWS;
  add_head (self);
  add_list (self);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_START);
}

/**
 * bijou_search_list_new:
 * @context: where pictures come from
 * @title: its heading
 *
 * Returns: (transfer floating): an empty list, which is not visible
 */
GtkWidget *
bijou_search_list_new (BijouContext *context, const char *title)
{
  BijouSearchList *self = g_object_new (BIJOU_TYPE_SEARCH_LIST, "visible", FALSE, NULL);
  g_autofree char *more = NULL;

  self->context = g_object_ref (context);
  gtk_label_set_label (self->title, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  /* Translators: %s is a heading such as "Episodes" */
  more = g_strdup_printf (_ ("Show All %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more), GTK_ACCESSIBLE_PROPERTY_LABEL, more,
                                  -1);
  return GTK_WIDGET (self);
}

static BijouSearchRow *
get_row (BijouSearchList *self, guint i, GtkWidget *(*make_line) (BijouContext *) )
{
  GtkWidget *row;

  if (i < self->rows->len)
    return self->rows->pdata[i];
  row = bijou_search_row_new (make_line (self->context));
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  g_ptr_array_add (self->rows, row);
  return BIJOU_SEARCH_ROW (row);
}

static void
set_count (BijouSearchList *self, guint count)
{
  g_autofree char *text = g_strdup_printf ("%'u", count);

  self->n_found = count;
  gtk_label_set_label (self->count, text);
  gtk_widget_set_visible (GTK_WIDGET (self), count > 0);
}

static void
name_row (BijouSearchRow *row)
{
  g_autofree char *name = bijou_search_line_dup_name (get_line (row));

  bijou_search_row_set_label (row, name);
}

/**
 * bijou_search_list_set_hits:
 * @self: a list
 * @hits: (element-type BijouSearchHit): the episodes that it shows
 * @words: what was looked for
 */
void
bijou_search_list_set_hits (BijouSearchList *self, GPtrArray *hits, char **words)
{
  g_return_if_fail (BIJOU_IS_SEARCH_LIST (self));
  for (guint i = 0; i < hits->len && i < MANY_ROWS; i++)
    {
      BijouSearchHit *hit = hits->pdata[i];
      BijouSearchRow *row = get_row (self, i, bijou_search_line_new_for_episodes);

      bijou_search_line_set_hit (get_line (row), hit, words);
      bijou_search_row_set_item (row, hit->item);
      name_row (row);
    }
  set_count (self, hits->len);
  show_rows (self);
}

/**
 * bijou_search_list_set_people:
 * @self: a list
 * @people: (element-type BijouPersonHit): whom it shows
 * @words: what was looked for
 */
void
bijou_search_list_set_people (BijouSearchList *self, GPtrArray *people, char **words)
{
  g_return_if_fail (BIJOU_IS_SEARCH_LIST (self));
  for (guint i = 0; i < people->len && i < MANY_ROWS; i++)
    {
      BijouSearchRow *row = get_row (self, i, bijou_search_line_new_for_people);

      bijou_search_line_set_person (get_line (row), people->pdata[i], words);
      name_row (row);
    }
  set_count (self, people->len);
  show_rows (self);
}
