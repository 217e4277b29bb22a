#include "config.h"

#include "bijou-series-page.h"

#include "bijou-card-row.h"
#include "bijou-detail-frame.h"
#include "bijou-detail-hero.h"
#include "bijou-detail-rows.h"
#include "bijou-episode-row.h"
#include "bijou-item-menu.h"
#include "bijou-item-text.h"
#include "bijou-media-text.h"
#include "bijou-season-bar.h"
#include "bijou-series-data.h"

#include <glib/gi18n.h>

#define RELOAD_MS 150

struct _BijouSeriesPage
{
  BijouBasePage parent_instance;

  GtkStack *stack;         /* (unowned) child */
  BijouDetailFrame *frame; /* (unowned) in the stack */
  BijouDetailHero *hero;   /* (unowned) on the frame */
  GtkLabel *overview;      /* (unowned) on the frame; narrow only */
  BijouSeasonBar *bar;     /* (unowned) on the frame */
  GtkListBox *list;        /* (unowned) on the frame */
  BijouCardRow *people;    /* (unowned) on the frame */
  BijouCardRow *similar;   /* (unowned) on the frame */

  char *server_id;       /* (owned) */
  char *show_id;         /* (owned) */
  char *season_id;       /* (owned) (nullable) chosen, or opened with */
  char *episode_id;      /* (owned) (nullable) opened with */
  BijouSeriesData *data; /* (owned) (nullable) */
  BijouDetail *detail;   /* (owned) (nullable) */
  guint reload_id;
  guint scroll_id;
  gboolean loading;
  gboolean load_again;
  gboolean shown; /* the row to watch was scrolled to */
};

G_DEFINE_FINAL_TYPE (BijouSeriesPage, bijou_series_page, BIJOU_TYPE_BASE_PAGE)

static void load (BijouSeriesPage *self);

static gboolean
is_closed (BijouSeriesPage *self)
{
  return g_cancellable_is_cancelled (bijou_base_page_get_cancellable (BIJOU_BASE_PAGE (self)));
}

/* --- playing --- */

static void
on_play_cb (BijouDetailHero *hero, gpointer user_data)
{
  BijouSeriesPage *self = user_data;

  if (self->data != NULL && self->data->next != NULL)
    bijou_item_activate_action (GTK_WIDGET (self), self->data->next, "win.play-item");
}

static void
play_from_start (GtkWidget *widget, const char *action, GVariant *parameter)
{
  BijouSeriesPage *self = BIJOU_SERIES_PAGE (widget);
  g_autofree char *key = NULL;

  if (self->data == NULL || self->data->next == NULL)
    return;
  key = bijou_item_dup_key (self->data->next);
  gtk_widget_activate_action (widget, "win.play-item-from", "(sx)", key, (gint64) 0);
}

static void
on_shuffled_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouSeriesPage) self = user_data;
  g_autoptr (GPtrArray) items = bijou_store_list_items_finish (BIJOU_STORE (object), result, NULL);

  if (items != NULL && items->len > 0 && !is_closed (self))
    bijou_item_activate_action (GTK_WIDGET (self), items->pdata[0], "win.play-item");
}

static void
on_shuffle_cb (BijouDetailHero *hero, gpointer user_data)
{
  BijouSeriesPage *self = user_data;
  BijouBasePage *page = BIJOU_BASE_PAGE (self);
  BijouItemQuery query = {
    .kind = BIJOU_ITEM_EPISODE,
    .server_id = self->server_id,
    .parent_id = self->show_id,
    .sort = BIJOU_SORT_RANDOM,
    .limit = 1,
  };

  bijou_store_list_items_async (bijou_base_page_get_store (page), &query,
                                bijou_base_page_get_cancellable (page), on_shuffled_cb,
                                g_object_ref (self));
}

static void
on_row_activated_cb (GtkListBox *list, GtkListBoxRow *row, gpointer user_data)
{
  BijouItem *episode = bijou_episode_row_get_episode (BIJOU_EPISODE_ROW (row));

  bijou_item_activate_action (GTK_WIDGET (row), episode, "win.play-item");
}

static void
on_chosen_cb (BijouSeasonBar *bar, const char *season_id, gpointer user_data)
{
  BijouSeriesPage *self = user_data;

  g_free (self->season_id);
  self->season_id = g_strdup (season_id);
  load (self);
}

/* --- showing --- */

static BijouWidthClass
get_width_class (BijouSeriesPage *self)
{
  return bijou_base_page_get_width_class (BIJOU_BASE_PAGE (self));
}

static void
show_play (BijouSeriesPage *self)
{
  g_autofree char *label =
      self->data->next != NULL ? bijou_item_text_play (self->data->next) : g_strdup (_ ("Play"));
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _ ("Play from Start"), "series.play-from-start");
  bijou_detail_hero_set_play (self->hero, label, G_MENU_MODEL (menu));
}

static void
show_head (BijouSeriesPage *self)
{
  BijouItem *show = self->data->show;
  BijouItem *sample = self->data->next != NULL ? self->data->next : show;
  g_autoptr (GPtrArray) tags = bijou_media_list_tags (sample, NULL);

  bijou_base_page_set_title (BIJOU_BASE_PAGE (self), show->title);
  bijou_detail_frame_set_title (self->frame, show->title);
  bijou_detail_hero_set_item (self->hero, show);
  bijou_detail_hero_set_tags (self->hero, tags);
  gtk_label_set_label (self->overview, show->overview != NULL ? show->overview : "");
  gtk_widget_set_visible (GTK_WIDGET (self->overview),
                          show->overview != NULL && get_width_class (self) == BIJOU_WIDTH_NARROW);
  show_play (self);
}

static gboolean
is_next (BijouSeriesPage *self, BijouItem *episode)
{
  return self->data->next != NULL &&
         g_strcmp0 (episode->remote_id, self->data->next->remote_id) == 0;
}

static void
show_episodes (BijouSeriesPage *self)
{
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));
  GPtrArray *episodes = self->data->episodes;
  GtkListBoxRow *row;

  for (guint i = 0; i < episodes->len; i++)
    {
      row = gtk_list_box_get_row_at_index (self->list, (int) i);
      if (row == NULL)
        {
          row = GTK_LIST_BOX_ROW (bijou_episode_row_new (context));
          bijou_episode_row_set_width_class (BIJOU_EPISODE_ROW (row), get_width_class (self));
          gtk_list_box_append (self->list, GTK_WIDGET (row));
        }
      bijou_episode_row_set_episode (BIJOU_EPISODE_ROW (row), episodes->pdata[i],
                                     is_next (self, episodes->pdata[i]));
    }
  while ((row = gtk_list_box_get_row_at_index (self->list, (int) episodes->len)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
  gtk_widget_set_visible (GTK_WIDGET (self->list), episodes->len > 0);
}

static void
show_bar (BijouSeriesPage *self)
{
  guint watched = 0;

  for (guint i = 0; i < self->data->episodes->len; i++)
    if (((BijouItem *) self->data->episodes->pdata[i])->watched)
      watched++;
  bijou_season_bar_set_seasons (self->bar, self->data->seasons, self->data->season);
  bijou_season_bar_set_count (self->bar, watched, self->data->episodes->len);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), self->data->episodes->len > 0);
}

static GtkWidget *
find_row_to_show (BijouSeriesPage *self)
{
  for (int i = 0;; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, i);
      BijouItem *episode;

      if (row == NULL)
        return NULL;
      episode = bijou_episode_row_get_episode (BIJOU_EPISODE_ROW (row));
      if (self->episode_id != NULL ? g_strcmp0 (episode->remote_id, self->episode_id) == 0
                                   : is_next (self, episode))
        return GTK_WIDGET (row);
    }
}

/* After the page has its size. */
static gboolean
on_scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  BijouSeriesPage *self = BIJOU_SERIES_PAGE (widget);
  GtkWidget *row = self->data != NULL ? find_row_to_show (self) : NULL;

  if (row != NULL && !bijou_detail_frame_show_child (self->frame, row))
    return G_SOURCE_CONTINUE;
  if (row != NULL && self->episode_id != NULL)
    gtk_widget_grab_focus (row);
  self->scroll_id = 0;
  return G_SOURCE_REMOVE;
}

static void
show_data (BijouSeriesPage *self)
{
  show_head (self);
  show_episodes (self);
  show_bar (self);
  gtk_stack_set_visible_child_name (self->stack, "page");
  if (!self->shown && self->scroll_id == 0)
    self->scroll_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_scroll_cb, NULL, NULL);
  self->shown = TRUE;
}

static void
on_similar_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouSeriesPage) self = user_data;
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));
  g_autoptr (GPtrArray) items = bijou_detail_rows_load_similar_finish (context, result, NULL);

  if (items == NULL || is_closed (self))
    return;
  bijou_detail_rows_fill_items (self->similar, context, items);
  bijou_detail_rows_resize (self->similar, get_width_class (self));
}

/* --- reading --- */

static void
on_detail_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouSeriesPage) self = user_data;
  BijouBasePage *page = BIJOU_BASE_PAGE (self);
  BijouContext *context = BIJOU_CONTEXT (object);
  g_autoptr (BijouDetail) detail = bijou_context_load_detail_finish (context, result, NULL);

  if (detail == NULL || is_closed (self))
    return;
  g_set_object (&self->detail, detail);
  bijou_detail_rows_fill_people (self->people, context, detail);
  bijou_detail_rows_resize (self->people, get_width_class (self));
  bijou_detail_rows_load_similar_async (context, detail, bijou_base_page_get_cancellable (page),
                                        on_similar_cb, g_object_ref (self));
}

static void
load_detail (BijouSeriesPage *self)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);

  bijou_context_load_detail_async (bijou_base_page_get_context (page), self->data->show,
                                   bijou_base_page_get_cancellable (page), on_detail_cb,
                                   g_object_ref (self));
}

static void
take_data (BijouSeriesPage *self, BijouSeriesData *data)
{
  gboolean first = self->data == NULL;

  g_clear_pointer (&self->data, bijou_series_data_free);
  self->data = data;
  show_data (self);
  if (first)
    load_detail (self);
}

static void
on_loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouSeriesPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouSeriesData) data = bijou_series_data_load_finish (
      bijou_base_page_get_context (BIJOU_BASE_PAGE (self)), result, &error);

  self->loading = FALSE;
  if (is_closed (self))
    return;
  if (data != NULL)
    take_data (self, g_steal_pointer (&data));
  else if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
    gtk_stack_set_visible_child_name (self->stack, "gone");
  else
    g_warning ("A series cannot be read: %s", error->message);
  if (self->load_again)
    load (self);
}

static void
load (BijouSeriesPage *self)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);

  self->load_again = self->loading;
  if (self->loading)
    return;
  self->loading = TRUE;
  bijou_series_data_load_async (
      bijou_base_page_get_context (page), self->server_id, self->show_id, self->season_id,
      self->episode_id, bijou_base_page_get_cancellable (page), on_loaded_cb, g_object_ref (self));
}

static gboolean
on_reload_cb (gpointer user_data)
{
  BijouSeriesPage *self = user_data;

  self->reload_id = 0;
  load (self);
  return G_SOURCE_REMOVE;
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, gpointer user_data)
{
  BijouSeriesPage *self = user_data;

  if (change->server_id != NULL && g_strcmp0 (change->server_id, self->server_id) != 0)
    return;
  if ((change->flags & (BIJOU_STORE_PLAY_STATE | BIJOU_STORE_ITEMS)) != 0 && self->reload_id == 0)
    self->reload_id = g_timeout_add (RELOAD_MS, on_reload_cb, self);
  if ((change->flags & BIJOU_STORE_DETAILS) != 0 && self->data != NULL)
    load_detail (self);
}

static void
set_side_margins (gpointer widget, int margin)
{
  gtk_widget_set_margin_start (GTK_WIDGET (widget), margin);
  gtk_widget_set_margin_end (GTK_WIDGET (widget), margin);
}

static void
bijou_series_page_width_class_changed (BijouBasePage *page, BijouWidthClass width_class)
{
  BijouSeriesPage *self = BIJOU_SERIES_PAGE (page);
  int margin = bijou_width_class_get_detail_margin (width_class);
  GtkListBoxRow *row;

  /* Called once before the widgets are there. */
  if (self->hero == NULL)
    return;
  bijou_detail_hero_set_width_class (self->hero, width_class);
  bijou_detail_frame_set_threshold (self->frame,
                                    bijou_detail_hero_get_wanted_height (self->hero) - 130);
  set_side_margins (self->overview, margin);
  set_side_margins (self->bar, margin);
  set_side_margins (self->list, margin);
  gtk_widget_set_visible (GTK_WIDGET (self->overview),
                          width_class == BIJOU_WIDTH_NARROW &&
                              *gtk_label_get_label (self->overview) != '\0');
  bijou_season_bar_set_width_class (self->bar, width_class);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    bijou_episode_row_set_width_class (BIJOU_EPISODE_ROW (row), width_class);
  bijou_detail_rows_resize (self->people, width_class);
  bijou_detail_rows_resize (self->similar, width_class);
}

static void
bijou_series_page_dispose (GObject *object)
{
  BijouSeriesPage *self = BIJOU_SERIES_PAGE (object);

  g_clear_handle_id (&self->reload_id, g_source_remove);
  if (self->scroll_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->scroll_id);
  self->scroll_id = 0;
  G_OBJECT_CLASS (bijou_series_page_parent_class)->dispose (object);
  g_clear_pointer (&self->data, bijou_series_data_free);
  g_clear_object (&self->detail);
}

static void
bijou_series_page_finalize (GObject *object)
{
  BijouSeriesPage *self = BIJOU_SERIES_PAGE (object);

  g_free (self->server_id);
  g_free (self->show_id);
  g_free (self->season_id);
  g_free (self->episode_id);
  G_OBJECT_CLASS (bijou_series_page_parent_class)->finalize (object);
}

static void
rate (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_detail_hero_rate (BIJOU_SERIES_PAGE (widget)->hero, g_variant_get_double (parameter));
}

static void
bijou_series_page_class_init (BijouSeriesPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_series_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_series_page_finalize;
  BIJOU_BASE_PAGE_CLASS (klass)->width_class_changed = bijou_series_page_width_class_changed;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "series.play-from-start", NULL,
                                   play_from_start);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "page.rate", "d", rate);
}

static GtkWidget *
make_gone_page (void)
{
  GtkWidget *page = adw_status_page_new ();

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "tv-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("No Longer on the Server"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page), _ ("This series was removed."));
  return page;
}

static void
bijou_series_page_init (BijouSeriesPage *self)
{
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->stack), GTK_WIDGET (self));
  self->frame = BIJOU_DETAIL_FRAME (bijou_detail_frame_new ());
  gtk_stack_add_named (self->stack, GTK_WIDGET (self->frame), "page");
  gtk_stack_add_named (self->stack, make_gone_page (), "gone");
  bijou_base_page_set_header (BIJOU_BASE_PAGE (self), bijou_detail_frame_get_header (self->frame));
}

static void
add_overview (BijouSeriesPage *self)
{
  self->overview = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->overview, TRUE);
  gtk_label_set_xalign (self->overview, 0);
  gtk_widget_set_margin_top (GTK_WIDGET (self->overview), 16);
  gtk_widget_set_visible (GTK_WIDGET (self->overview), FALSE);
  bijou_detail_frame_append (self->frame, GTK_WIDGET (self->overview));
}

static void
add_list (BijouSeriesPage *self)
{
  GtkWidget *list = gtk_list_box_new ();

  self->list = GTK_LIST_BOX (list);
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_add_css_class (list, "bijou-episodes");
  gtk_widget_set_visible (list, FALSE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Episodes"), -1);
  g_signal_connect_object (list, "row-activated", G_CALLBACK (on_row_activated_cb), self, 0);
  bijou_detail_frame_append (self->frame, list);
}

static BijouCardRow *
add_row (BijouSeriesPage *self, const char *title)
{
  GtkWidget *row = bijou_card_row_new (title);

  gtk_widget_set_margin_top (row, 22);
  gtk_widget_set_visible (row, FALSE);
  bijou_detail_frame_append (self->frame, row);
  return BIJOU_CARD_ROW (row);
}

static void
build (BijouSeriesPage *self)
{
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));
  GtkWidget *end = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->hero = BIJOU_DETAIL_HERO (bijou_detail_hero_new (context, TRUE));
  g_signal_connect_object (self->hero, "play", G_CALLBACK (on_play_cb), self, 0);
  g_signal_connect_object (self->hero, "shuffle", G_CALLBACK (on_shuffle_cb), self, 0);
  bijou_detail_frame_append (self->frame, GTK_WIDGET (self->hero));
  add_overview (self);
  self->bar = BIJOU_SEASON_BAR (bijou_season_bar_new ());
  gtk_widget_set_margin_top (GTK_WIDGET (self->bar), 16);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->bar), 10);
  gtk_widget_set_visible (GTK_WIDGET (self->bar), FALSE);
  g_signal_connect_object (self->bar, "chosen", G_CALLBACK (on_chosen_cb), self, 0);
  bijou_detail_frame_append (self->frame, GTK_WIDGET (self->bar));
  add_list (self);
  self->people = add_row (self, _ ("Cast & Crew"));
  self->similar = add_row (self, _ ("More Like This"));
  gtk_widget_set_margin_bottom (end, 30);
  bijou_detail_frame_append (self->frame, end);
}

static void
remember_place (BijouSeriesPage *self, BijouItem *item)
{
  self->server_id = g_strdup (item->server_id);
  self->show_id = g_strdup (
      item->kind != BIJOU_ITEM_SHOW && item->show_id != NULL ? item->show_id : item->remote_id);
  if (item->kind == BIJOU_ITEM_SEASON)
    self->season_id = g_strdup (item->remote_id);
  if (item->kind != BIJOU_ITEM_EPISODE)
    return;
  self->episode_id = g_strdup (item->remote_id);
  self->season_id = g_strdup (item->parent_id);
}

/**
 * bijou_series_page_new:
 * @context: the context
 * @item: a show, or a season or an episode of it
 *
 * Returns: (transfer floating): the page of the show
 */
GtkWidget *
bijou_series_page_new (BijouContext *context, BijouItem *item)
{
  BijouSeriesPage *self = g_object_new (BIJOU_TYPE_SERIES_PAGE, "context", context, NULL);
  const char *title = item->show_title != NULL ? item->show_title : item->title;

  remember_place (self, item);
  build (self);
  bijou_series_page_width_class_changed (BIJOU_BASE_PAGE (self), get_width_class (self));
  bijou_base_page_set_title (BIJOU_BASE_PAGE (self), title);
  if (item->kind == BIJOU_ITEM_SHOW)
    bijou_detail_hero_set_item (self->hero, item);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  load (self);
  return GTK_WIDGET (self);
}
