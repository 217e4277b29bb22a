#include "config.h"

#include "bijou-home-page.h"

#include "bijou-card-row.h"
#include "bijou-card.h"
#include "bijou-home-data.h"
#include "bijou-home-hero.h"
#include "bijou-item-text.h"
#include "bijou-server-banner.h"
#include "bijou-server-status.h"

#include <glib/gi18n.h>

/* A sync writes many times a second; the eye wants rest. */
#define RELOAD_MS 300

struct _BijouHomePage
{
  BijouBasePage parent_instance;

  AdwHeaderBar *header;       /* (unowned) template child */
  BijouServerBanner *banner;  /* (unowned) template child */
  GtkStack *stack;            /* (unowned) template child */
  GtkBox *rows;               /* (unowned) template child */
  BijouHomeHero *hero;        /* (unowned) template child */
  AdwStatusPage *empty_page;  /* (unowned) template child */
  GtkSpinner *empty_spinner;  /* (unowned) template child */
  GtkButton *empty_button;    /* (unowned) template child */
  BijouCardRow *playable_row; /* (unowned) child of rows */
  BijouCardRow *going_on_row; /* (unowned) child of rows */
  BijouCardRow *next_row;     /* (unowned) child of rows */
  GHashTable *recent_rows;    /* (owned) from library keys to BijouCardRow (unowned) */

  BijouHomeData *data; /* (owned) (nullable) */
  guint reload_id;
  gboolean loading;
  gboolean load_again;
  gboolean offline;
};

G_DEFINE_FINAL_TYPE (BijouHomePage, bijou_home_page, BIJOU_TYPE_BASE_PAGE)

static void load (BijouHomePage *self);

/* --- cards --- */

static int
get_card_width (BijouHomePage *self, BijouCardShape shape)
{
  BijouWidthClass width_class = bijou_base_page_get_width_class (BIJOU_BASE_PAGE (self));

  return shape == BIJOU_CARD_STILL ? bijou_width_class_get_still_width (width_class)
                                   : bijou_width_class_get_poster_width (width_class);
}

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

static BijouCardAvailability
get_availability (BijouHomePage *self, BijouItem *item)
{
  g_autofree char *key = bijou_item_dup_key (item);

  if (g_hash_table_contains (self->data->downloaded, key))
    return BIJOU_CARD_DOWNLOADED;
  if (!self->offline)
    return BIJOU_CARD_NORMAL;
  if (g_hash_table_contains (self->data->cached, key))
    return BIJOU_CARD_CACHED;
  return bijou_item_kind_is_playable (item->kind) ? BIJOU_CARD_NEEDS_SERVER : BIJOU_CARD_NORMAL;
}

/* What was there before keeps its card, with its picture. */
static void
fill_row (BijouHomePage *self,
          BijouCardRow *row,
          GPtrArray *items,
          BijouCardShape shape,
          BijouCardPurpose purpose)
{
  g_autoptr (GPtrArray) before = bijou_card_row_list_cards (row);
  g_autoptr (GPtrArray) cards = g_ptr_array_new ();

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = items->pdata[i];
      BijouCard *card = find_card (before, item);

      if (card == NULL)
        card = BIJOU_CARD (
            bijou_card_new (bijou_base_page_get_context (BIJOU_BASE_PAGE (self)), shape, purpose));
      bijou_card_set_width (card, get_card_width (self, shape));
      bijou_card_set_availability (card, get_availability (self, item));
      bijou_card_set_item (card, item);
      g_ptr_array_add (cards, card);
    }
  bijou_card_row_set_cards (row, cards);
  gtk_widget_set_visible (GTK_WIDGET (row), cards->len > 0);
}

static BijouCardRow *
add_row (BijouHomePage *self, const char *title)
{
  GtkWidget *row = bijou_card_row_new (title);

  bijou_card_row_set_width_class (BIJOU_CARD_ROW (row),
                                  bijou_base_page_get_width_class (BIJOU_BASE_PAGE (self)), FALSE);
  gtk_widget_set_visible (row, FALSE);
  gtk_box_append (self->rows, row);
  return BIJOU_CARD_ROW (row);
}

static char *
make_library_key (BijouLibrary *library)
{
  return g_strdup_printf ("%s:%s", library->server_id, library->remote_id);
}

static BijouCardRow *
get_recent_row (BijouHomePage *self, BijouLibrary *library)
{
  g_autofree char *key = make_library_key (library);
  g_autofree char *title = NULL;
  BijouCardRow *row = g_hash_table_lookup (self->recent_rows, key);

  /* Translators: %s is the name of a library */
  title = g_strdup_printf (_ ("Recently Added in %s"), library->title);
  if (row == NULL)
    {
      row = add_row (self, title);
      g_hash_table_insert (self->recent_rows, g_steal_pointer (&key), row);
    }
  bijou_card_row_set_title (row, title);
  return row;
}

static gboolean
is_listed (BijouHomeData *data, const char *key)
{
  for (guint i = 0; i < data->recents->len; i++)
    {
      BijouHomeRecent *recent = data->recents->pdata[i];
      g_autofree char *each = make_library_key (recent->library);

      if (g_str_equal (each, key))
        return TRUE;
    }
  return FALSE;
}

static void
remove_old_rows (BijouHomePage *self)
{
  GHashTableIter iter;
  gpointer key, row;

  g_hash_table_iter_init (&iter, self->recent_rows);
  while (g_hash_table_iter_next (&iter, &key, &row))
    if (!is_listed (self->data, key))
      {
        gtk_box_remove (self->rows, row);
        g_hash_table_iter_remove (&iter);
      }
}

static void
fill_recents (BijouHomePage *self)
{
  GtkWidget *previous = GTK_WIDGET (self->next_row);

  remove_old_rows (self);
  for (guint i = 0; i < self->data->recents->len; i++)
    {
      BijouHomeRecent *recent = self->data->recents->pdata[i];
      BijouCardRow *row = get_recent_row (self, recent->library);

      gtk_box_reorder_child_after (self->rows, GTK_WIDGET (row), previous);
      fill_row (self, row, recent->items, BIJOU_CARD_POSTER, BIJOU_CARD_BROWSE);
      previous = GTK_WIDGET (row);
    }
}

static void
fill_hero (BijouHomePage *self)
{
  GSettings *settings =
      bijou_context_get_settings (bijou_base_page_get_context (BIJOU_BASE_PAGE (self)));
  gboolean shown =
      !self->offline && (settings == NULL || g_settings_get_boolean (settings, "show-hero"));
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  bijou_home_hero_set_items (self->hero, shown ? self->data->hero : none,
                             shown ? self->data->kickers : none);
}

static void
fill_rows (BijouHomePage *self)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();

  fill_hero (self);
  fill_row (self, self->playable_row, self->offline ? self->data->playable : none,
            BIJOU_CARD_POSTER, BIJOU_CARD_BROWSE);
  fill_row (self, self->going_on_row, self->data->going_on, BIJOU_CARD_STILL, BIJOU_CARD_CONTINUE);
  fill_row (self, self->next_row, self->data->next_up, BIJOU_CARD_STILL, BIJOU_CARD_NEXT);
  fill_recents (self);
}

/* --- states --- */

static gboolean
is_everything_offline (BijouHomePage *self, BijouContext *context)
{
  gboolean offline = self->data->servers->len > 0;

  for (guint i = 0; i < self->data->servers->len; i++)
    {
      BijouServer *server = self->data->servers->pdata[i];
      BijouServerStatus status;

      bijou_server_status_read (&status, context, server->id);
      offline = offline && bijou_server_status_is_away (&status);
    }
  return offline;
}

static void
update_connection (BijouHomePage *self)
{
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));
  gboolean offline;

  if (self->data == NULL)
    return;
  offline = is_everything_offline (self, context);
  if (offline != self->offline)
    {
      self->offline = offline;
      fill_rows (self);
    }
}

static gboolean
has_rows (BijouHomeData *data)
{
  if (data->going_on->len + data->next_up->len > 0)
    return TRUE;
  for (guint i = 0; i < data->recents->len; i++)
    if (((BijouHomeRecent *) data->recents->pdata[i])->items->len > 0)
      return TRUE;
  return FALSE;
}

static void
show_empty (BijouHomePage *self)
{
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));
  BijouSyncService *sync = bijou_context_get_sync (context);
  gboolean running = sync != NULL && bijou_sync_service_is_running (sync);
  gboolean known = self->data->servers->len > 0;

  adw_status_page_set_icon_name (self->empty_page, "bijou-logo-symbolic");
  if (!known)
    adw_status_page_set_title (self->empty_page, _ ("No Server Yet"));
  else
    adw_status_page_set_title (self->empty_page,
                               running ? _ ("Getting Your Library") : _ ("Nothing to Watch Yet"));
  adw_status_page_set_description (
      self->empty_page, known ? _ ("The first titles show up here in a moment; the rest follows.")
                              : _ ("Sign in to the server that has your films and series."));
  gtk_button_set_label (self->empty_button, known ? _ ("Sync Now") : _ ("Add Server…"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->empty_button),
                                  known ? "win.sync" : "win.add-server");
  gtk_widget_set_visible (GTK_WIDGET (self->empty_button), !running);
  gtk_widget_set_visible (GTK_WIDGET (self->empty_spinner), running);
  gtk_spinner_set_spinning (self->empty_spinner, running);
}

static void
show_data (BijouHomePage *self)
{
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));

  self->offline = is_everything_offline (self, context);
  fill_rows (self);
  if (has_rows (self->data))
    bijou_base_page_set_filled (BIJOU_BASE_PAGE (self));
  else
    show_empty (self);
  gtk_stack_set_visible_child_name (self->stack, has_rows (self->data) ? "rows" : "empty");
}

/* --- reading --- */

static void
on_loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (BijouHomePage) self = user_data;
  BijouBasePage *page = BIJOU_BASE_PAGE (self);
  g_autoptr (GError) error = NULL;
  BijouHomeData *data =
      bijou_home_data_load_finish (bijou_base_page_get_context (page), result, &error);

  self->loading = FALSE;
  if (g_cancellable_is_cancelled (bijou_base_page_get_cancellable (page)))
    {
      g_clear_pointer (&data, bijou_home_data_free);
      return;
    }
  if (data != NULL)
    {
      g_clear_pointer (&self->data, bijou_home_data_free);
      self->data = data;
      show_data (self);
    }
  else if (!bijou_error_is_cancelled (error)) /* the program ends */
    g_warning ("Home cannot be read: %s", error->message);
  if (self->load_again)
    load (self);
}

static void
load (BijouHomePage *self)
{
  BijouBasePage *page = BIJOU_BASE_PAGE (self);

  self->load_again = self->loading;
  if (self->loading)
    return;
  self->loading = TRUE;
  bijou_home_data_load_async (bijou_base_page_get_context (page),
                              bijou_base_page_get_cancellable (page), on_loaded_cb,
                              g_object_ref (self));
}

static gboolean
on_reload_cb (gpointer user_data)
{
  BijouHomePage *self = user_data;

  self->reload_id = 0;
  load (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_load (BijouHomePage *self)
{
  if (self->reload_id == 0)
    self->reload_id = g_timeout_add (RELOAD_MS, on_reload_cb, self);
}

static void
on_store_changed_cb (BijouStore *store, BijouStoreChange *change, gpointer user_data)
{
  BijouStoreChangeFlags wanted = BIJOU_STORE_SERVERS | BIJOU_STORE_LIBRARIES | BIJOU_STORE_ITEMS |
                                 BIJOU_STORE_PLAY_STATE | BIJOU_STORE_HOME;

  if ((change->flags & wanted) != 0)
    schedule_load (user_data);
}

static void
on_server_state_cb (BijouContext *context, const char *server_id, gpointer user_data)
{
  update_connection (user_data);
}

static void
on_hero_setting_cb (GSettings *settings, const char *key, gpointer user_data)
{
  BijouHomePage *self = user_data;

  if (self->data != NULL)
    fill_hero (self);
}

static void
resize_cards (BijouHomePage *self, BijouCardRow *row, BijouWidthClass width_class)
{
  g_autoptr (GPtrArray) cards = bijou_card_row_list_cards (row);
  gboolean still = row == self->going_on_row || row == self->next_row;

  bijou_card_row_set_width_class (row, width_class, FALSE);
  for (guint i = 0; i < cards->len; i++)
    bijou_card_set_width (cards->pdata[i],
                          get_card_width (self, still ? BIJOU_CARD_STILL : BIJOU_CARD_POSTER));
}

static void
bijou_home_page_width_class_changed (BijouBasePage *page, BijouWidthClass width_class)
{
  BijouHomePage *self = BIJOU_HOME_PAGE (page);

  bijou_home_hero_set_width_class (self->hero, width_class);
  gtk_box_set_spacing (self->rows, width_class == BIJOU_WIDTH_NARROW ? 10 : 12);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self->rows)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (BIJOU_IS_CARD_ROW (child))
      resize_cards (self, BIJOU_CARD_ROW (child), width_class);
}

static void
bijou_home_page_constructed (GObject *object)
{
  BijouHomePage *self = BIJOU_HOME_PAGE (object);
  BijouContext *context = bijou_base_page_get_context (BIJOU_BASE_PAGE (self));
  GSettings *settings = bijou_context_get_settings (context);

  G_OBJECT_CLASS (bijou_home_page_parent_class)->constructed (object);
  bijou_home_hero_set_context (self->hero, context);
  bijou_server_banner_set_server (self->banner, context, NULL);
  g_signal_connect_object (bijou_context_get_store (context), "changed",
                           G_CALLBACK (on_store_changed_cb), self, 0);
  g_signal_connect_object (context, "server-state-changed", G_CALLBACK (on_server_state_cb), self,
                           0);
  if (settings != NULL)
    g_signal_connect_object (settings, "changed::show-hero", G_CALLBACK (on_hero_setting_cb), self,
                             0);
  load (self);
}

static void
bijou_home_page_dispose (GObject *object)
{
  BijouHomePage *self = BIJOU_HOME_PAGE (object);

  g_clear_handle_id (&self->reload_id, g_source_remove);
  g_clear_pointer (&self->data, bijou_home_data_free);
  g_hash_table_remove_all (self->recent_rows);
  gtk_widget_dispose_template (GTK_WIDGET (self), BIJOU_TYPE_HOME_PAGE);
  G_OBJECT_CLASS (bijou_home_page_parent_class)->dispose (object);
}

static void
bijou_home_page_finalize (GObject *object)
{
  g_hash_table_unref (BIJOU_HOME_PAGE (object)->recent_rows);
  G_OBJECT_CLASS (bijou_home_page_parent_class)->finalize (object);
}

static void
bijou_home_page_class_init (BijouHomePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->constructed = bijou_home_page_constructed;
  G_OBJECT_CLASS (klass)->dispose = bijou_home_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = bijou_home_page_finalize;
  BIJOU_BASE_PAGE_CLASS (klass)->width_class_changed = bijou_home_page_width_class_changed;
  g_type_ensure (BIJOU_TYPE_HOME_HERO);
  g_type_ensure (BIJOU_TYPE_SERVER_BANNER);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/bijouplayer/Bijou/ui/bijou-home-page.ui");
  gtk_widget_class_bind_template_child (widget_class, BijouHomePage, header);
  gtk_widget_class_bind_template_child (widget_class, BijouHomePage, banner);
  gtk_widget_class_bind_template_child (widget_class, BijouHomePage, stack);
  gtk_widget_class_bind_template_child (widget_class, BijouHomePage, rows);
  gtk_widget_class_bind_template_child (widget_class, BijouHomePage, hero);
  gtk_widget_class_bind_template_child (widget_class, BijouHomePage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, BijouHomePage, empty_spinner);
  gtk_widget_class_bind_template_child (widget_class, BijouHomePage, empty_button);
}

static void
bijou_home_page_init (BijouHomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->recent_rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  bijou_base_page_set_header (BIJOU_BASE_PAGE (self), self->header);
  self->playable_row = add_row (self, _ ("Ready to Play Offline"));
  self->going_on_row = add_row (self, _ ("Continue Watching"));
  self->next_row = add_row (self, _ ("Next Up"));
}

/**
 * bijou_home_page_new:
 * @context: the context
 *
 * Returns: (transfer floating): a new page
 */
GtkWidget *
bijou_home_page_new (BijouContext *context)
{
  return g_object_new (BIJOU_TYPE_HOME_PAGE, "context", context, "title", _ ("Home"), NULL);
}
