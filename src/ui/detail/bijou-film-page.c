#include "config.h"

#include "bijou-film-page.h"

#include "bijou-card-row.h"
#include "bijou-detail-frame.h"
#include "bijou-detail-hero.h"
#include "bijou-detail-rows.h"
#include "bijou-film-cells.h"
#include "bijou-item-menu.h"
#include "bijou-item-text.h"
#include "bijou-media-cache.h"
#include "bijou-media-text.h"
#include "bijou-part-origin.h"
#include "bijou-text.h"

#include <glib/gi18n.h>

struct _BijouFilmPage
{
  BijouBasePage parent_instance;

  BijouDetailFrame *frame; /* (unowned) child */
  BijouDetailHero *hero;   /* (unowned) on the frame */
  GtkLabel *overview;      /* (unowned) on the frame; narrow only */
  BijouFilmCells *cells;   /* (unowned) on the frame */
  BijouCardRow *people;    /* (unowned) on the frame */
  BijouCardRow *chapters;  /* (unowned) on the frame */
  BijouCardRow *similar;   /* (unowned) on the frame */
  BijouItem *item;         /* (owned) */
  BijouDetail *detail;     /* (owned) (nullable) */
  guint cache_timeout;     /* while it is seen */
  gboolean reading_cache;
};

/* How old may be what the page says of the cache. */
#define CACHE_SECONDS 3

G_DEFINE_FINAL_TYPE (BijouFilmPage, bijou_film_page, BIJOU_TYPE_BASE_PAGE)

static gboolean
is_closed (BijouFilmPage *self)
{
  return g_cancellable_is_cancelled (bijou_base_page_get_cancellable (BIJOU_BASE_PAGE (self)));
}

/* --- playing --- */

static void
play (BijouFilmPage *self, gboolean from_start)
{
  GVariant *choices = bijou_film_cells_get_choices (self->cells);
  g_autofree char *key = bijou_item_dup_key (self->item);
  GVariantDict dict;

  if (choices == NULL && !from_start)
    {
      bijou_item_activate_action (GTK_WIDGET (self), self->item, "win.play-item");
      return;
    }
  if (choices == NULL)
    {
      gtk_widget_activate_action (GTK_WIDGET (self), "win.play-item-from", "(sx)", key, (gint64) 0);
      return;
    }
  g_variant_dict_init (&dict, choices);
  g_variant_unref (g_variant_ref_sink (choices));
  if (from_start)
    g_variant_dict_insert (&dict, "position", "x", (gint64) 0);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.play-item-with", "(s@a{sv})", key,
                              g_variant_dict_end (&dict));
}

static void
on_play_cb (BijouDetailHero *hero, gpointer user_data)
{
  play (user_data, FALSE);
}

static void
play_from_start (GtkWidget *widget, const char *action, GVariant *parameter)
{
  play (BIJOU_FILM_PAGE (widget), TRUE);
}

static void
show_play (BijouFilmPage *self)
{
  g_autofree char *label = bijou_item_text_play (self->item);
  g_autoptr (GMenu) menu = g_menu_new ();

  g_menu_append (menu, _ ("Play from Start"), "film.play-from-start");
  bijou_detail_hero_set_play (self->hero, label, G_MENU_MODEL (menu));
}

/* --- how much is here --- */

typedef struct
{
  double fraction;
  char *text; /* (owned) (nullable) */
} CacheState;

static void
cache_state_free (gpointer data)
{
  g_free (((CacheState *) data)->text);
  g_free (data);
}

/* The version that would play. */
typedef struct
{
  BijouItem *item;       /* (owned) */
  BijouDetail *detail;   /* (owned) */
  BijouVersion *version; /* (unowned) of @detail */
} Wanted;

static void
wanted_free (Wanted *wanted)
{
  g_object_unref (wanted->item);
  g_object_unref (wanted->detail);
  g_free (wanted);
}

/* Adds what is present of a part at @offset. Returns its size, 0 not known. */
static gint64
add_part (BijouMediaCache *cache,
          BijouDetail *detail,
          BijouPart *part,
          gint64 offset,
          BijouRangeMap *present,
          gboolean *pinned)
{
  g_autoptr (BijouCacheInfo) info = NULL;
  BijouCacheKey key;

  bijou_part_origin_fill_key (detail, part, &key);
  info = bijou_media_cache_look_up (cache, &key);
  *pinned &= info != NULL && info->pinned;
  for (guint i = 0; info != NULL && i < bijou_range_map_get_length (info->extents); i++)
    {
      const BijouExtent *extent = bijou_range_map_get (info->extents, i);

      bijou_range_map_add (present, offset + extent->from, offset + extent->to);
    }
  return info != NULL && info->size > 0 ? info->size : MAX (part->size, 0);
}

static CacheState *
describe_cache (BijouItem *item, BijouRangeMap *present, gint64 size, gboolean pinned)
{
  CacheState *state = g_new0 (CacheState, 1);
  gint64 at, end;
  g_autofree char *time = NULL;

  if (size <= 0)
    return state;
  state->fraction = (double) bijou_range_map_get_total (present) / (double) size;
  if (bijou_range_map_contains (present, 0, size))
    {
      state->text = g_strdup (pinned ? _ ("Downloaded") : _ ("All of it"));
      return state;
    }
  at = (gint64) (bijou_item_get_fraction (item) * (double) size);
  end = bijou_range_map_get_present_end (present, at);
  time = bijou_text_format_position (
      (gint64) ((double) MAX (at, end) / (double) size * (double) item->duration_ms));
  if (end > at && item->duration_ms > 0)
    /* Translators: how much of a film is on this computer, and up to which time it would play */
    state->text = g_strdup_printf (_ ("%.0f %%, plays to %s"), state->fraction * 100, time);
  else
    state->text = g_strdup_printf (_ ("%.0f %%"), state->fraction * 100);
  return state;
}

static void
read_cache_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BijouMediaCache *cache = bijou_context_get_media_cache (BIJOU_CONTEXT (source));
  Wanted *wanted = data;
  g_autoptr (BijouRangeMap) present = bijou_range_map_new ();
  gboolean pinned = TRUE;
  gint64 size = 0;

  for (guint i = 0; i < wanted->version->parts->len; i++)
    size +=
        add_part (cache, wanted->detail, wanted->version->parts->pdata[i], size, present, &pinned);
  g_task_return_pointer (task, describe_cache (wanted->item, present, size, pinned),
                         cache_state_free);
}

static void
on_cache_read_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouFilmPage) self = user_data;
  CacheState *state = g_task_propagate_pointer (G_TASK (result), NULL);

  self->reading_cache = FALSE;
  if (state == NULL)
    return;
  if (!is_closed (self))
    bijou_film_cells_set_cache (self->cells, state->fraction, state->text);
  cache_state_free (state);
}

static void
read_cache (BijouFilmPage *self)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);
  BijouContext *context = bijou_base_page_get_context (page);
  BijouVersion *version = bijou_film_cells_get_version (self->cells);
  g_autoptr (GTask) task = NULL;
  Wanted *wanted;

  if (version == NULL || self->reading_cache)
    return;
  wanted = g_new0 (Wanted, 1);
  wanted->item = g_object_ref (self->item);
  wanted->detail = g_object_ref (self->detail);
  wanted->version = version;
  self->reading_cache = TRUE;
  task = g_task_new (context, bijou_base_page_get_cancellable (page), on_cache_read_cb,
                     g_object_ref (self));
  g_task_set_source_tag (task, read_cache);
  g_task_set_task_data (task, wanted, (GDestroyNotify) wanted_free);
  bijou_context_run_async (context, task, read_cache_in_worker);
}

static gboolean
on_cache_due_cb (gpointer data)
{
  read_cache (data);
  return G_SOURCE_CONTINUE;
}

/* It is fetched while the page is seen: beforehand, or by another process. */
static void
watch_cache (BijouFilmPage *self, gboolean seen)
{
  g_clear_handle_id (&self->cache_timeout, g_source_remove);
  if (!seen)
    return;
  read_cache (self);
  self->cache_timeout = g_timeout_add_seconds (CACHE_SECONDS, on_cache_due_cb, self);
}

/* --- showing --- */

static void
show_item (BijouFilmPage *self)
{
  BijouVersion *version = bijou_film_cells_get_version (self->cells);
  g_autoptr (GPtrArray) tags = bijou_media_list_tags (self->item, version);
  gboolean narrow = bijou_base_page_get_width_class (BIJOU_BASE_PAGE (self)) == BIJOU_WIDTH_NARROW;

  bijou_base_page_set_title (BIJOU_BASE_PAGE (self), self->item->title);
  bijou_detail_frame_set_title (self->frame, self->item->title);
  bijou_detail_hero_set_item (self->hero, self->item);
  bijou_detail_hero_set_tags (self->hero, tags);
  gtk_label_set_label (self->overview, self->item->overview != NULL ? self->item->overview : "");
  gtk_widget_set_visible (GTK_WIDGET (self->overview), narrow && self->item->overview != NULL);
  show_play (self);
}

static void
on_similar_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouFilmPage) self = user_data;
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));
  g_autoptr (GPtrArray) items = bijou_detail_rows_load_similar_finish (context, result, NULL);

  if (items == NULL || is_closed (self))
    return;
  bijou_detail_rows_fill_items (self->similar, context, items);
  bijou_detail_rows_resize (self->similar,
                            bijou_base_page_get_width_class (BIJOU_BASE_PAGE (self)));
}

static void
show_detail (BijouFilmPage *self)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);
  BijouContext *context = bijou_base_page_get_context (page);
  BijouWidthClass width_class = bijou_base_page_get_width_class (page);

  bijou_film_cells_set_detail (self->cells, self->detail);
  bijou_detail_rows_fill_people (self->people, context, self->detail);
  bijou_detail_rows_fill_chapters (self->chapters, context, self->detail);
  bijou_detail_rows_resize (self->people, width_class);
  bijou_detail_rows_resize (self->chapters, width_class);
  bijou_detail_rows_load_similar_async (context, self->detail,
                                        bijou_base_page_get_cancellable (page), on_similar_cb,
                                        g_object_ref (self));
  show_item (self);
}

/* --- reading --- */

static void
on_detail_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouFilmPage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouDetail) detail =
      bijou_context_load_detail_finish (BIJOU_CONTEXT (object), result, &error);

  if (is_closed (self))
    return;
  if (detail == NULL)
    {
      g_debug ("No details: %s", error->message);
      return;
    }
  g_set_object (&self->detail, detail);
  show_detail (self);
  read_cache (self);
}

static void
load_detail (BijouFilmPage *self)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);

  bijou_context_load_detail_async (bijou_base_page_get_context (page), self->item,
                                   bijou_base_page_get_cancellable (page), on_detail_cb,
                                   g_object_ref (self));
}

static void
on_item_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouFilmPage) self = user_data;
  g_autoptr (GPtrArray) items = bijou_store_get_items_finish (BIJOU_STORE (object), result, NULL);

  if (items == NULL || items->len == 0 || is_closed (self))
    return;
  g_set_object (&self->item, items->pdata[0]);
  show_item (self);
  read_cache (self);
}

static gboolean
concerns (BijouFilmPage *self, const BijouStoreChange *change)
{
  if (change->server_id != NULL && g_strcmp0 (change->server_id, self->item->server_id) != 0)
    return FALSE;
  for (guint i = 0; change->ids != NULL && i < change->ids->len; i++)
    if (g_array_index (change->ids, gint64, i) == self->item->id)
      return TRUE;
  return change->ids == NULL;
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, gpointer user_data)
{
  BijouFilmPage *self = user_data;
  GCancellable *cancellable = bijou_base_page_get_cancellable (BIJOU_BASE_PAGE (self));

  if (!concerns (self, change))
    return;
  if ((change->flags & (BIJOU_STORE_PLAY_STATE | BIJOU_STORE_ITEMS)) != 0)
    bijou_store_get_items_async (store, &self->item->id, 1, cancellable, on_item_cb,
                                 g_object_ref (self));
  if ((change->flags & BIJOU_STORE_DETAILS) != 0)
    load_detail (self);
}

static void
bijou_film_page_width_class_changed (BijouBasePage *page, BijouWidthClass width_class)
{
  BijouFilmPage *self = BIJOU_FILM_PAGE (page);
  int margin = bijou_width_class_get_detail_margin (width_class);

  /* Called once before the widgets are there. */
  if (self->hero == NULL)
    return;
  bijou_detail_hero_set_width_class (self->hero, width_class);
  bijou_detail_frame_set_threshold (self->frame,
                                    bijou_detail_hero_get_wanted_height (self->hero) - 130);
  bijou_film_cells_set_width_class (self->cells, width_class);
  gtk_widget_set_margin_start (GTK_WIDGET (self->cells), margin);
  gtk_widget_set_margin_end (GTK_WIDGET (self->cells), margin);
  gtk_widget_set_margin_start (GTK_WIDGET (self->overview), margin);
  gtk_widget_set_margin_end (GTK_WIDGET (self->overview), margin);
  gtk_widget_set_visible (GTK_WIDGET (self->overview), width_class == BIJOU_WIDTH_NARROW);
  bijou_detail_rows_resize (self->people, width_class);
  bijou_detail_rows_resize (self->chapters, width_class);
  bijou_detail_rows_resize (self->similar, width_class);
}

static void
bijou_film_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (bijou_film_page_parent_class)->map (widget);
  watch_cache (BIJOU_FILM_PAGE (widget), TRUE);
}

static void
bijou_film_page_unmap (GtkWidget *widget)
{
  watch_cache (BIJOU_FILM_PAGE (widget), FALSE);
  GTK_WIDGET_CLASS (bijou_film_page_parent_class)->unmap (widget);
}

static void
bijou_film_page_dispose (GObject *object)
{
  BijouFilmPage *self = BIJOU_FILM_PAGE (object);

  g_clear_handle_id (&self->cache_timeout, g_source_remove);
  G_OBJECT_CLASS (bijou_film_page_parent_class)->dispose (object);
  g_clear_object (&self->detail);
}

static void
bijou_film_page_finalize (GObject *object)
{
  g_clear_object (&BIJOU_FILM_PAGE (object)->item);
  G_OBJECT_CLASS (bijou_film_page_parent_class)->finalize (object);
}

static void
rate (GtkWidget *widget, const char *action, GVariant *parameter)
{
  bijou_detail_hero_rate (BIJOU_FILM_PAGE (widget)->hero, g_variant_get_double (parameter));
}

static void
bijou_film_page_class_init (BijouFilmPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = bijou_film_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_film_page_finalize;
  GTK_WIDGET_CLASS (klass)->map = bijou_film_page_map;
  GTK_WIDGET_CLASS (klass)->unmap = bijou_film_page_unmap;
  BIJOU_BASE_PAGE_CLASS (klass)->width_class_changed = bijou_film_page_width_class_changed;
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "film.play-from-start", NULL,
                                   play_from_start);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "page.rate", "d", rate);
}

static BijouCardRow *
add_row (BijouFilmPage *self, const char *title)
{
  GtkWidget *row = bijou_card_row_new (title);

  gtk_widget_set_margin_top (row, 22);
  gtk_widget_set_visible (row, FALSE);
  bijou_detail_frame_append (self->frame, row);
  return BIJOU_CARD_ROW (row);
}

static void
add_overview (BijouFilmPage *self)
{
  self->overview = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->overview, TRUE);
  gtk_label_set_xalign (self->overview, 0);
  gtk_widget_set_margin_top (GTK_WIDGET (self->overview), 16);
  bijou_detail_frame_append (self->frame, GTK_WIDGET (self->overview));
}

static void
bijou_film_page_init (BijouFilmPage *self)
{
  self->frame = BIJOU_DETAIL_FRAME (bijou_detail_frame_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->frame), GTK_WIDGET (self));
  bijou_base_page_set_header (BIJOU_BASE_PAGE (self), bijou_detail_frame_get_header (self->frame));
}

static void
build (BijouFilmPage *self)
{
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));

  self->hero = BIJOU_DETAIL_HERO (bijou_detail_hero_new (context, FALSE));
  g_signal_connect_object (self->hero, "play", G_CALLBACK (on_play_cb), self, 0);
  bijou_detail_frame_append (self->frame, GTK_WIDGET (self->hero));
  add_overview (self);
  self->cells = BIJOU_FILM_CELLS (bijou_film_cells_new ());
  gtk_widget_set_margin_top (GTK_WIDGET (self->cells), 18);
  bijou_detail_frame_append (self->frame, GTK_WIDGET (self->cells));
  self->people = add_row (self, _ ("Cast & Crew"));
  self->chapters = add_row (self, _ ("Chapters"));
  self->similar = add_row (self, _ ("More Like This"));
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->similar), 18);
}

/**
 * bijou_film_page_new:
 * @context: the context
 * @item: a film, a video or an episode
 *
 * Returns: (transfer floating): its page
 */
GtkWidget *
bijou_film_page_new (BijouContext *context, BijouItem *item)
{
  BijouFilmPage *self = g_object_new (BIJOU_TYPE_FILM_PAGE, "context", context, NULL);

  self->item = g_object_ref (item);
  build (self);
  bijou_film_page_width_class_changed (BIJOU_BASE_PAGE (self),
                                       bijou_base_page_get_width_class (BIJOU_BASE_PAGE (self)));
  show_item (self);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  load_detail (self);
  return GTK_WIDGET (self);
}
