#include "config.h"

#include "bijou-library-row.h"

#include "bijou-item-text.h"
#include "bijou-sync-text.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

struct _BijouLibraryRow
{
  AdwActionRow parent_instance;

  GtkLabel *count;     /* (unowned) a suffix */
  GtkProgressBar *bar; /* (unowned) a suffix */
};

G_DEFINE_FINAL_TYPE (BijouLibraryRow, bijou_library_row, ADW_TYPE_ACTION_ROW)

/* --- words --- */

static void
add_count (GPtrArray *words, gint64 n, BijouItemKind kind)
{
  if (n > 0)
    g_ptr_array_add (words, bijou_item_text_count (n, kind));
}

static char *
describe_count (const BijouLibraryState *state)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  add_count (words, state->movies, BIJOU_ITEM_MOVIE);
  add_count (words, state->shows, BIJOU_ITEM_SHOW);
  add_count (words, state->episodes, BIJOU_ITEM_EPISODE);
  add_count (words, state->videos, BIJOU_ITEM_VIDEO);
  if (words->len == 0)
    return g_strdup (bijou_library_is_synced (state->library) ? _ ("Empty") : "");
  g_ptr_array_add (words, NULL);
  return g_strjoinv (", ", (char **) words->pdata);
}

static char *
describe_progress (const BijouSyncProgress *progress)
{
  g_autofree char *text = bijou_sync_text_library (progress);

  /* Translators: %s is "3,420 of 12,000, 850/s, about 1 min" */
  return progress->library_total > 0 ? g_strdup_printf (_ ("Syncing, %s"), text)
                                     : g_steal_pointer (&text);
}

static char *
describe_state (const BijouLibraryState *state)
{
  g_autofree char *ago = NULL;
  gint64 seconds = g_get_real_time () / G_USEC_PER_SEC - state->complete_at;

  if (!bijou_library_is_synced (state->library))
    return g_strdup (_ ("Music and photos are not yet supported"));
  if (state->unfinished)
    return g_strdup (_ ("Not complete, goes on at the next sync"));
  if (state->complete_at == 0)
    return g_strdup (_ ("Not synced yet"));
  if (seconds < 60)
    return g_strdup (_ ("Complete, just now"));
  ago = bijou_text_format_ago (seconds);
  /* Translators: %s is a time, "12 min" */
  return g_strdup_printf (_ ("Complete, %s ago"), ago);
}

/**
 * bijou_library_row_show:
 * @self: the row
 * @state: what is here of its library
 * @progress: (nullable): how far its sync has come
 */
void
bijou_library_row_show (BijouLibraryRow *self,
                        const BijouLibraryState *state,
                        const BijouSyncProgress *progress)
{
  g_autofree char *title = g_markup_escape_text (state->library->title, -1);
  g_autofree char *count = describe_count (state);
  g_autofree char *text = progress != NULL ? describe_progress (progress) : describe_state (state);
  g_autofree char *name =
      g_strjoin (", ", state->library->title, text, *count != '\0' ? count : NULL, NULL);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  gtk_label_set_label (self->count, count);
  gtk_widget_set_visible (GTK_WIDGET (self->count), progress == NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), progress != NULL);
  if (progress != NULL && progress->library_total > 0)
    gtk_progress_bar_set_fraction (self->bar, (double) progress->library_done /
                                                  (double) progress->library_total);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* --- life --- */

static void
bijou_library_row_class_init (BijouLibraryRowClass *klass)
{
}

static void
bijou_library_row_init (BijouLibraryRow *self)
{
  self->count = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->count, TRUE);
  gtk_label_set_natural_wrap_mode (self->count, GTK_NATURAL_WRAP_NONE);
  gtk_label_set_xalign (self->count, 1);
  gtk_label_set_justify (self->count, GTK_JUSTIFY_RIGHT);
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->count), "numeric");
  self->bar = GTK_PROGRESS_BAR (gtk_progress_bar_new ());
  gtk_widget_set_size_request (GTK_WIDGET (self->bar), 150, -1);
  gtk_widget_set_valign (GTK_WIDGET (self->bar), GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Sync Progress"), -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->count));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->bar));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
}

/**
 * bijou_library_row_new:
 *
 * Returns: (transfer floating): a row; bijou_library_row_show() fills it
 */
BijouLibraryRow *
bijou_library_row_new (void)
{
  return g_object_new (BIJOU_TYPE_LIBRARY_ROW, NULL);
}
