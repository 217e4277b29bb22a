#include "config.h"

#include "bijou-item-model.h"
#include "bijou-test-library.h"

#include <gtk/gtk.h>

/* The list behind every grid: exact, read only where somebody looks, in step with the store. */

static void
on_loaded_cb (BijouItemModel *model, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
on_items_changed_cb (
    GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  *(guint *) user_data += removed + added;
}

static gboolean
is_loaded (gpointer data)
{
  return bijou_item_model_is_loaded (data);
}

static gboolean
has_item (gpointer data)
{
  return bijou_item_slot_get_item (data) != NULL;
}

static gboolean
is_watched (gpointer data)
{
  BijouItem *item = bijou_item_slot_get_item (data);

  return item != NULL && item->watched;
}

static BijouItemModel *
open_films (BijouTestLibrary *library)
{
  BijouItemModel *model = bijou_item_model_new (library->store);
  BijouItemQuery query = {
    .kind = BIJOU_ITEM_MOVIE,
    .server_id = BIJOU_TEST_SERVER,
    .library_id = library->films->remote_id,
  };

  bijou_item_model_set_query (model, &query);
  bijou_test_wait (is_loaded, model);
  return model;
}

static void
test_reads_where_looked (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (3000);
  g_autoptr (BijouItemModel) model = open_films (library);
  g_autoptr (BijouItemSlot) first = g_list_model_get_item (G_LIST_MODEL (model), 0);
  g_autoptr (BijouItemSlot) last = g_list_model_get_item (G_LIST_MODEL (model), 2999);
  g_autoptr (BijouItemSlot) again = g_list_model_get_item (G_LIST_MODEL (model), 2999);
  g_autoptr (BijouItemSlot) beyond = g_list_model_get_item (G_LIST_MODEL (model), 3000);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 3000);
  g_assert_null (beyond);
  g_assert_true (again == last);
  g_assert_null (bijou_item_slot_get_item (first));
  bijou_test_wait (has_item, first);
  bijou_test_wait (has_item, last);
  g_assert_cmpstr (bijou_item_slot_get_item (first)->remote_id, ==, "film-0");
  g_assert_cmpint (bijou_item_slot_get_item (last)->id, ==, bijou_item_slot_get_id (last));
  g_assert_cmpstr (bijou_item_slot_get_item (last)->title, >,
                   bijou_item_slot_get_item (first)->title);
}

static void
test_follows_play_state (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (50);
  g_autoptr (BijouItemModel) model = open_films (library);
  g_autoptr (BijouItemSlot) one = g_list_model_get_item (G_LIST_MODEL (model), 3);
  g_autoptr (BijouItemSlot) other = g_list_model_get_item (G_LIST_MODEL (model), 4);
  g_autoptr (BijouItem) before = NULL;
  g_autoptr (GError) error = NULL;
  guint changed = 0;

  bijou_test_wait (has_item, one);
  bijou_test_wait (has_item, other);
  before = g_object_ref (bijou_item_slot_get_item (other));
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed_cb), &changed);
  bijou_store_make_change (library->store, bijou_item_slot_get_item (one), BIJOU_CHANGE_WATCHED, 0,
                           &error);
  g_assert_no_error (error);
  bijou_test_wait (is_watched, one);
  g_assert_cmpuint (changed, ==, 0);
  g_assert_true (bijou_item_slot_get_item (other) == before);
}

typedef struct
{
  BijouItemModel *model;
  guint n_items;
} Wanted;

static gboolean
has_n_items (gpointer data)
{
  Wanted *wanted = data;

  return g_list_model_get_n_items (G_LIST_MODEL (wanted->model)) == wanted->n_items;
}

static void
test_follows_rows (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (0);
  guint numbers[] = { 10, 20, 30, 40, 50, 60 };
  guint later[] = { 10, 15, 20, 40, 50, 60, 70 };
  g_autoptr (BijouItemModel) model = NULL;
  g_autoptr (BijouItemSlot) kept = NULL;
  g_autoptr (BijouItemSlot) found = NULL;
  Wanted wanted = { NULL, G_N_ELEMENTS (later) };
  guint changed = 0;

  bijou_test_library_save_films (library, numbers, G_N_ELEMENTS (numbers));
  bijou_test_settle ();
  model = open_films (library);
  wanted.model = model;
  kept = g_list_model_get_item (G_LIST_MODEL (model), 4);
  g_signal_connect (model, "items-changed", G_CALLBACK (on_items_changed_cb), &changed);
  bijou_test_library_save_films (library, later, G_N_ELEMENTS (later));
  bijou_test_wait (has_n_items, &wanted);
  /* 15 and 70 came, 30 went: the other rows were left alone. */
  g_assert_cmpuint (changed, ==, 3);
  found = g_list_model_get_item (G_LIST_MODEL (model), 4);
  g_assert_true (found == kept);
}

/* --- a read that began before a change --- */

#define N_READERS 3 /* as the store has them */

typedef struct
{
  GMutex lock;
  GCond met;
  guint n;
} Barrier;

static void
barrier_clear (Barrier *barrier)
{
  g_mutex_clear (&barrier->lock);
  g_cond_clear (&barrier->met);
}

static void
barrier_unref (Barrier *barrier)
{
  g_atomic_rc_box_release_full (barrier, (GDestroyNotify) barrier_clear);
}

/* Runs on all readers at once, hence after every read that was asked for before. */
static gpointer
meet_in_worker (BijouStore *store, gpointer data, GCancellable *cancellable, GError **error)
{
  Barrier *barrier = data;

  g_mutex_lock (&barrier->lock);
  barrier->n++;
  g_cond_broadcast (&barrier->met);
  while (barrier->n < N_READERS)
    g_cond_wait (&barrier->met, &barrier->lock);
  g_mutex_unlock (&barrier->lock);
  return NULL;
}

static gboolean
on_turn_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets the model begin its read, and the read end; its answer waits for the main loop. */
static void
run_read (BijouStore *store)
{
  Barrier *barrier = g_atomic_rc_box_new0 (Barrier);
  gboolean began = FALSE;

  g_mutex_init (&barrier->lock);
  g_cond_init (&barrier->met);
  /* In the same turn as the model's own source, and after it. */
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_turn_cb, &began, NULL);
  while (!began)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < N_READERS; i++)
    bijou_store_run_async (store, meet_in_worker, g_atomic_rc_box_acquire (barrier),
                           (GDestroyNotify) barrier_unref, NULL, NULL, NULL, NULL);
  g_mutex_lock (&barrier->lock);
  while (barrier->n < N_READERS)
    g_cond_wait (&barrier->met, &barrier->lock);
  g_mutex_unlock (&barrier->lock);
  barrier_unref (barrier);
}

static void
on_item_cb (BijouItemSlot *slot, GParamSpec *pspec, gpointer user_data)
{
  guint *n_old = user_data;

  *n_old += !bijou_item_slot_get_item (slot)->watched;
}

static void
test_drops_old_read (gconstpointer data)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (5);
  g_autoptr (BijouItem) film = bijou_test_library_get (library, "film-0");
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  BijouStoreChange change = { .flags = BIJOU_STORE_PLAY_STATE };
  g_autoptr (BijouItemModel) model = NULL;
  g_autoptr (BijouItemSlot) slot = NULL;
  g_autoptr (GError) error = NULL;
  guint n_old = 0;

  bijou_test_settle ();
  model = open_films (library);
  slot = g_list_model_get_item (G_LIST_MODEL (model), 0);
  g_assert_cmpint (bijou_item_slot_get_id (slot), ==, film->id);
  g_signal_connect (slot, "notify::item", G_CALLBACK (on_item_cb), &n_old);
  run_read (library->store);
  g_assert_null (bijou_item_slot_get_item (slot));

  bijou_store_make_change (library->store, film, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
  g_array_append_val (ids, film->id);
  change.ids = data != NULL ? ids : NULL;
  g_signal_emit_by_name (library->store, "changed", &change);
  bijou_test_wait (is_watched, slot);
  bijou_test_settle ();
  g_assert_cmpuint (n_old, ==, 0);
}

static void
test_filters (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (6);
  g_autoptr (BijouItemModel) model = NULL;
  g_autoptr (BijouItem) film = bijou_test_library_get (library, "film-0");
  g_autoptr (GError) error = NULL;
  BijouItemQuery query = {
    .kind = BIJOU_ITEM_MOVIE,
    .unwatched_only = TRUE,
  };
  Wanted wanted = { NULL, 5 };
  guint loads = 0;

  model = bijou_item_model_new (library->store);
  wanted.model = model;
  g_signal_connect (model, "loaded", G_CALLBACK (on_loaded_cb), &loads);
  bijou_item_model_set_query (model, &query);
  bijou_test_wait (is_loaded, model);
  g_assert_cmpuint (loads, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (model)), ==, 6);
  bijou_store_make_change (library->store, film, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
  bijou_test_wait (has_n_items, &wanted);
}

static void
test_dropped_at_once (void)
{
  g_autoptr (BijouTestLibrary) library = bijou_test_library_new (200);

  for (guint i = 0; i < 20; i++)
    {
      BijouItemModel *model = bijou_item_model_new (library->store);
      g_autoptr (BijouItemSlot) slot = NULL;
      BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };

      bijou_item_model_set_query (model, &query);
      if (i % 2 == 0)
        bijou_test_wait (is_loaded, model);
      slot = g_list_model_get_item (G_LIST_MODEL (model), i);
      g_object_run_dispose (G_OBJECT (model));
      g_object_unref (model);
    }
  bijou_test_settle ();
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add_func ("/item-model/reads-where-looked", test_reads_where_looked);
  g_test_add_func ("/item-model/follows-play-state", test_follows_play_state);
  g_test_add_func ("/item-model/follows-rows", test_follows_rows);
  g_test_add_data_func ("/item-model/drops-old-read/all", NULL, test_drops_old_read);
  g_test_add_data_func ("/item-model/drops-old-read/some", "", test_drops_old_read);
  g_test_add_func ("/item-model/filters", test_filters);
  g_test_add_func ("/item-model/dropped-at-once", test_dropped_at_once);
  return g_test_run ();
}
