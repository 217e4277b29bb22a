#include "config.h"

#include "bijou-search-page.h"

#include "bijou-card-row.h"
#include "bijou-card.h"
#include "bijou-item-menu.h"
#include "bijou-item-text.h"
#include "bijou-search-best.h"
#include "bijou-search-list.h"
#include "bijou-search-results.h"
#include "bijou-search-row.h"

#include <glib/gi18n.h>

/* A sync writes many times a second; the eye wants rest. */
#define RELOAD_MS 500
#define MAX_CARDS 30

struct _BijouSearchPage
{
  BijouBasePage parent_instance;

  AdwHeaderBar *header;        /* (unowned) template child */
  GtkSearchEntry *entry;       /* (unowned) template child */
  GtkStack *stack;             /* (unowned) template child */
  GtkScrolledWindow *scroller; /* (unowned) template child */
  GtkBox *results_box;         /* (unowned) template child */
  GtkListBox *best_list;       /* (unowned) template child */
  GtkBox *lists_box;           /* (unowned) template child */
  AdwStatusPage *nothing_page; /* (unowned) template child */
  AdwStatusPage *failed_page;  /* (unowned) template child */
  BijouSearchBest *best;       /* (unowned) child of best_row */
  BijouSearchRow *best_row;    /* (unowned) child of best_list */
  BijouCardRow *films_row;     /* (unowned) child of results_box */
  BijouCardRow *shows_row;     /* (unowned) child of results_box */
  BijouCardRow *others_row;    /* (unowned) child of results_box */
  BijouSearchList *episodes;   /* (unowned) child of lists_box */
  BijouSearchList *people;     /* (unowned) child of lists_box */

  BijouSearchResults *results; /* (owned) (nullable) what is shown */
  GCancellable *searching;     /* (owned) (nullable) the newest search, while it runs */
  GtkWidget *left_at;          /* (unowned) (nullable) weak; the result that was opened */
  guint reload_id;
  gboolean open_best; /* as soon as it is known */
};

G_DEFINE_FINAL_TYPE (BijouSearchPage, bijou_search_page, BIJOU_TYPE_BASE_PAGE)

/* --- cards --- */

static BijouCard *
find_card (GPtrArray *cards, BijouItem *item)
{
  for (guint i = 0; i < cards->len; i++)
    {
      BijouItem *shown = bijou_card_get_item (cards->pdata[i]);

      if (shown != NULL && g_str_equal (shown->remote_id, item->remote_id) &&
          g_str_equal (shown->server_id, item->server_id))
        return cards->pdata[i];
    }
  return NULL;
}

/* Why it was found, or what and where it is. */
static char *
describe (BijouSearchHit *hit)
{
  g_autofree char *subtitle = NULL;

  if (hit->reason != NULL)
    return g_strdup (hit->reason);
  subtitle = bijou_item_text_subtitle (hit->item);
  if (subtitle == NULL || hit->place == NULL)
    return g_strdup (subtitle != NULL ? subtitle : hit->place);
  return g_strdup_printf ("%s · %s", subtitle, hit->place);
}

static BijouCard *
make_card (BijouSearchPage *self, GPtrArray *before, BijouSearchHit *hit)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);
  BijouCard *card = find_card (before, hit->item);
  g_autofree char *subtitle = describe (hit);

  if (card == NULL)
    card = BIJOU_CARD (
        bijou_card_new (bijou_base_page_get_context (page), BIJOU_CARD_POSTER, BIJOU_CARD_BROWSE));
  bijou_card_set_width (
      card, bijou_width_class_get_poster_width (bijou_base_page_get_width_class (page)));
  bijou_card_set_subtitle (card, subtitle);
  bijou_card_set_item (card, hit->item);
  return card;
}

static void
fill_row (BijouSearchPage *self, BijouCardRow *row, GPtrArray *hits)
{
  g_autoptr (GPtrArray) before = bijou_card_row_list_cards (row);
  g_autoptr (GPtrArray) cards = g_ptr_array_new ();

  for (guint i = 0; i < hits->len && i < MAX_CARDS; i++)
    g_ptr_array_add (cards, make_card (self, before, hits->pdata[i]));
  bijou_card_row_set_cards (row, cards);
  bijou_card_row_set_count (row, hits->len);
  gtk_widget_set_visible (GTK_WIDGET (row), cards->len > 0);
}

static BijouCardRow *
add_row (BijouSearchPage *self, const char *title)
{
  GtkWidget *row = bijou_card_row_new (title);

  gtk_widget_set_visible (row, FALSE);
  gtk_box_insert_child_after (self->results_box, row,
                              gtk_widget_get_prev_sibling (GTK_WIDGET (self->lists_box)));
  return BIJOU_CARD_ROW (row);
}

static void
resize_cards (BijouCardRow *row, BijouWidthClass width_class)
{
  g_autoptr (GPtrArray) cards = bijou_card_row_list_cards (row);

  bijou_card_row_set_width_class (row, width_class, FALSE);
  for (guint i = 0; i < cards->len; i++)
    bijou_card_set_width (cards->pdata[i], bijou_width_class_get_poster_width (width_class));
}

/* --- results --- */

static void
show_best (BijouSearchPage *self, BijouSearchHit *hit)
{
  g_autofree char *name = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->best_list), hit != NULL);
  if (hit == NULL)
    return;
  bijou_search_best_set_hit (self->best, hit);
  bijou_search_row_set_item (self->best_row, hit->item);
  name = bijou_search_best_dup_name (self->best);
  bijou_search_row_set_label (self->best_row, name);
}

static void
show_nothing (BijouSearchPage *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  /* Translators: %s is what somebody looked for */
  g_autofree char *description =
      g_strdup_printf (_ ("No title, person, genre or summary has “%s”."), escaped);

  adw_status_page_set_description (self->nothing_page, description);
  gtk_stack_set_visible_child_name (self->stack, "nothing");
}

static void
open_best (BijouSearchPage *self)
{
  self->open_best = FALSE;
  if (self->results == NULL || self->results->best == NULL)
    return;
  g_set_weak_pointer (&self->left_at, NULL);
  bijou_item_activate_action (GTK_WIDGET (self), self->results->best->item, "win.open-item");
}

static void
show_results (BijouSearchPage *self, gboolean same_text)
{
  BijouSearchResults *results = self->results;

  if (bijou_search_results_is_empty (results))
    {
      show_nothing (self, results->text);
      return;
    }
  show_best (self, results->best);
  fill_row (self, self->films_row, results->films);
  fill_row (self, self->shows_row, results->shows);
  fill_row (self, self->others_row, results->lists);
  bijou_search_list_set_hits (self->episodes, results->episodes, results->words);
  bijou_search_list_set_people (self->people, results->people, results->words);
  gtk_widget_set_visible (GTK_WIDGET (self->lists_box),
                          results->episodes->len + results->people->len > 0);
  if (!same_text)
    gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (self->scroller), 0);
  gtk_stack_set_visible_child_name (self->stack, "results");
}

static void
show_failure (BijouSearchPage *self, const GError *error)
{
  g_autofree char *sentence = bijou_error_to_sentence (error);

  g_warning ("The search failed: %s", error->message);
  adw_status_page_set_description (self->failed_page, sentence);
  gtk_stack_set_visible_child_name (self->stack, "failed");
}

/* --- searching --- */

typedef struct
{
  BijouSearchPage *page;     /* (owned) */
  GCancellable *cancellable; /* (owned) of this search */
} Search;

static void
search_free (Search *search)
{
  g_object_unref (search->page);
  g_object_unref (search->cancellable);
  g_free (search);
}

static void
on_found_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Search *search = user_data;
  BijouSearchPage *self = search->page;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSearchResults) results =
      bijou_search_results_load_finish (BIJOU_STORE (object), result, &error);
  gboolean newest = self->searching == search->cancellable;
  gboolean same_text;

  search_free (search);
  if (!newest)
    return;
  g_clear_object (&self->searching);
  if (results == NULL)
    {
      show_failure (self, error);
      return;
    }
  same_text = self->results != NULL && g_str_equal (self->results->text, results->text);
  g_clear_pointer (&self->results, bijou_search_results_free);
  self->results = g_steal_pointer (&results);
  show_results (self, same_text);
  bijou_base_page_set_filled (BIJOU_BASE_PAGE (self));
  if (self->open_best)
    open_best (self);
}

static void
cancel_search (BijouSearchPage *self)
{
  g_cancellable_cancel (self->searching);
  g_clear_object (&self->searching);
  g_clear_handle_id (&self->reload_id, g_source_remove);
}

static char *
dup_text (BijouSearchPage *self)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
}

static void
search (BijouSearchPage *self)
{
  g_autofree char *text = dup_text (self);
  Search *started;

  cancel_search (self);
  if (*text == '\0')
    {
      g_clear_pointer (&self->results, bijou_search_results_free);
      gtk_stack_set_visible_child_name (self->stack, "start");
      return;
    }
  self->searching = g_cancellable_new ();
  started = g_new0 (Search, 1);
  started->page = g_object_ref (self);
  started->cancellable = g_object_ref (self->searching);
  bijou_search_results_load_async (bijou_base_page_get_store (BIJOU_BASE_PAGE (self)), text,
                                   self->searching, on_found_cb, started);
}

/* Whether what is shown is what the entry says. */
static gboolean
is_current (BijouSearchPage *self)
{
  g_autofree char *text = dup_text (self);

  return self->results != NULL && g_str_equal (self->results->text, text);
}

static void
on_search_changed_cb (GtkSearchEntry *entry, gpointer user_data)
{
  BijouSearchPage *self = BIJOU_SEARCH_PAGE (user_data);

  if (!is_current (self) || self->searching != NULL)
    search (self);
}

static gboolean
on_reload_cb (gpointer user_data)
{
  BijouSearchPage *self = user_data;

  self->reload_id = 0;
  if (self->searching == NULL)
    search (self);
  return G_SOURCE_REMOVE;
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, gpointer user_data)
{
  BijouSearchPage *self = user_data;
  BijouStoreChangeFlags wanted = BIJOU_STORE_SERVERS | BIJOU_STORE_LIBRARIES | BIJOU_STORE_ITEMS |
                                 BIJOU_STORE_PLAY_STATE | BIJOU_STORE_DETAILS;

  if ((change->flags & wanted) != 0 && self->reload_id == 0 && self->results != NULL)
    self->reload_id = g_timeout_add (RELOAD_MS, on_reload_cb, self);
}

/* --- keys and focus --- */

static void
focus_entry (BijouSearchPage *self)
{
  GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (self->entry));

  gtk_text_grab_focus_without_selecting (GTK_TEXT (text));
}

static void
clear (BijouSearchPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  search (self);
  focus_entry (self);
}

static void
on_clear_cb (GtkButton *button, gpointer user_data)
{
  clear (BIJOU_SEARCH_PAGE (user_data));
}

static void
on_entry_activate_cb (GtkSearchEntry *entry, gpointer user_data)
{
  BijouSearchPage *self = BIJOU_SEARCH_PAGE (user_data);

  if (is_current (self))
    {
      open_best (self);
      return;
    }
  self->open_best = TRUE;
  if (self->searching == NULL)
    search (self);
}

static void
on_text_changed_cb (GtkEditable *editable, gpointer user_data)
{
  BIJOU_SEARCH_PAGE (user_data)->open_best = FALSE;
}

static void
on_best_activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  open_best (BIJOU_SEARCH_PAGE (user_data));
}

static void
set_text (BijouSearchPage *self, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  search (self);
  focus_entry (self);
}

static void
on_name_chosen_cb (BijouSearchList *list, const char *name, gpointer user_data)
{
  set_text (user_data, name);
}

static void
leave (BijouSearchPage *self)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (self->entry)) != '\0')
    clear (self);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.back", NULL);
}

static gboolean
enter_results (BijouSearchPage *self)
{
  if (g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "start") == 0)
    return FALSE;
  return gtk_widget_child_focus (gtk_stack_get_visible_child (self->stack), GTK_DIR_DOWN);
}

/* Typing in the results goes on in the entry. */
static gboolean
type_in_entry (BijouSearchPage *self, GtkEventControllerKey *keys, guint keyval)
{
  gunichar letter = gdk_keyval_to_unicode (keyval);
  GtkEditable *text = gtk_editable_get_delegate (GTK_EDITABLE (self->entry));

  if (keyval != GDK_KEY_BackSpace && (letter == ' ' || !g_unichar_isprint (letter)))
    return FALSE;
  focus_entry (self);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  return gtk_event_controller_key_forward (keys, GTK_WIDGET (text));
}

static gboolean
is_in_popover (BijouSearchPage *self, GtkWidget *focus)
{
  return focus != NULL &&
         gtk_widget_get_native (focus) != gtk_widget_get_native (GTK_WIDGET (self));
}

static gboolean
on_key_pressed_cb (GtkEventControllerKey *keys,
                   guint keyval,
                   guint keycode,
                   GdkModifierType state,
                   gpointer user_data)
{
  BijouSearchPage *self = user_data;
  GdkModifierType modifiers = state & gtk_accelerator_get_default_mod_mask ();
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  gboolean in_entry = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->entry));

  if (is_in_popover (self, focus))
    return FALSE;
  if (modifiers == GDK_CONTROL_MASK && keyval == GDK_KEY_f)
    return gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  if (modifiers == 0 && keyval == GDK_KEY_Escape)
    {
      leave (self);
      return TRUE;
    }
  if (in_entry)
    return modifiers == 0 && (keyval == GDK_KEY_Down || keyval == GDK_KEY_KP_Down) &&
           enter_results (self);
  if ((modifiers & ~GDK_SHIFT_MASK) != 0)
    return FALSE;
  return type_in_entry (self, keys, keyval);
}

static void
bijou_search_page_map (GtkWidget *widget)
{
  BijouSearchPage *self = BIJOU_SEARCH_PAGE (widget);

  GTK_WIDGET_CLASS (bijou_search_page_parent_class)->map (widget);
  if (self->left_at == NULL || !gtk_widget_get_mapped (self->left_at) ||
      !gtk_widget_grab_focus (self->left_at))
    focus_entry (self);
}

/* A page that was opened from a result comes back to it. */
static void
bijou_search_page_unmap (GtkWidget *widget)
{
  BijouSearchPage *self = BIJOU_SEARCH_PAGE (widget);
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->scroller)))
    g_set_weak_pointer (&self->left_at, focus);
  else
    g_clear_weak_pointer (&self->left_at);
  GTK_WIDGET_CLASS (bijou_search_page_parent_class)->unmap (widget);
}

/* --- the page --- */

static void
bijou_search_page_width_class_changed (BijouBasePage *page, BijouWidthClass width_class)
{
  BijouSearchPage *self = BIJOU_SEARCH_PAGE (page);
  int margin = bijou_width_class_get_margin (width_class);
  gboolean folded = bijou_width_class_is_folded (width_class);

  gtk_widget_set_margin_start (GTK_WIDGET (self->best_list), margin);
  gtk_widget_set_margin_end (GTK_WIDGET (self->best_list), margin);
  gtk_widget_set_margin_start (GTK_WIDGET (self->lists_box), margin);
  gtk_widget_set_margin_end (GTK_WIDGET (self->lists_box), margin);
  gtk_box_set_homogeneous (self->lists_box, !folded);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->lists_box),
                                  folded ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  if (self->best == NULL)
    return;
  bijou_search_best_set_width_class (self->best, width_class);
  resize_cards (self->films_row, width_class);
  resize_cards (self->shows_row, width_class);
  resize_cards (self->others_row, width_class);
}

static void
make_parts (BijouSearchPage *self, BijouContext *context)
{
  self->best = BIJOU_SEARCH_BEST (bijou_search_best_new (context));
  self->best_row = BIJOU_SEARCH_ROW (bijou_search_row_new (GTK_WIDGET (self->best)));
  gtk_list_box_append (self->best_list, GTK_WIDGET (self->best_row));
  self->films_row = add_row (self, _ ("Films"));
  self->shows_row = add_row (self, _ ("Series"));
  self->others_row = add_row (self, _ ("Collections and Playlists"));
  self->episodes = BIJOU_SEARCH_LIST (bijou_search_list_new (context, _ ("Episodes")));
  self->people = BIJOU_SEARCH_LIST (bijou_search_list_new (context, _ ("People")));
  gtk_box_append (self->lists_box, GTK_WIDGET (self->episodes));
  gtk_box_append (self->lists_box, GTK_WIDGET (self->people));
  g_signal_connect_object (self->people, "name-chosen", G_CALLBACK (on_name_chosen_cb), self, 0);
}

static void
bijou_search_page_constructed (GObject *object)
{
  BijouSearchPage *self = BIJOU_SEARCH_PAGE (object);
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));

  make_parts (self, context);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  G_OBJECT_CLASS (bijou_search_page_parent_class)->constructed (object);
}

static void
bijou_search_page_dispose (GObject *object)
{
  BijouSearchPage *self = BIJOU_SEARCH_PAGE (object);

  cancel_search (self);
  g_clear_weak_pointer (&self->left_at);
  g_clear_pointer (&self->results, bijou_search_results_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), BIJOU_TYPE_SEARCH_PAGE);
  G_OBJECT_CLASS (bijou_search_page_parent_class)->dispose (object);
}

static void
bijou_search_page_class_init (BijouSearchPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = bijou_search_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = bijou_search_page_dispose;
  widget_class->map = bijou_search_page_map;
  widget_class->unmap = bijou_search_page_unmap;
  BIJOU_BASE_PAGE_CLASS (klass)->width_class_changed = bijou_search_page_width_class_changed;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/bijou-search-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, header);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, entry);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, stack);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, results_box);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, best_list);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, lists_box);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, nothing_page);
  gtk_widget_class_bind_template_child (widget_class, BijouSearchPage, failed_page);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_best_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_clear_cb);
}

static void
bijou_search_page_init (BijouSearchPage *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  bijou_base_page_set_header (BIJOU_BASE_PAGE (self), self->header);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_object (self->entry, "changed", G_CALLBACK (on_text_changed_cb), self, 0);
}

/**
 * bijou_search_page_new:
 * @context: the context
 *
 * Returns: (transfer floating): a new page
 */
GtkWidget *
bijou_search_page_new (BijouContext *context)
{
  return g_object_new (BIJOU_TYPE_SEARCH_PAGE, "context", context, "title", _ ("Search"), NULL);
}
