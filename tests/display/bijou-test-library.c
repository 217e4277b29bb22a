#include "config.h"

#include "bijou-test-library.h"

#include "bijou-test-files.h"
#include "bijou-text.h"

#define WAIT_SECONDS 30

static void
save (BijouTestLibrary *self, BijouLibrary *library, BijouItemKind kind, GPtrArray *items)
{
  g_autoptr (GError) error = NULL;
  BijouSyncCursor cursor = { 0 };
  BijouSyncCounts counts = { 0 };

  bijou_store_begin_run (self->store, BIJOU_TEST_SERVER, library->remote_id, kind, TRUE, &cursor,
                         &error);
  g_assert_no_error (error);
  cursor.next_start = items->len;
  cursor.total = items->len;
  bijou_store_save_page (self->store, BIJOU_TEST_SERVER, library->remote_id, kind, items, &cursor,
                         &counts, &error);
  g_assert_no_error (error);
  bijou_store_finish_run (self->store, BIJOU_TEST_SERVER, library->remote_id, kind, &cursor, TRUE,
                          &counts, &error);
  g_assert_no_error (error);
}

static BijouItem *
make_item (BijouItemKind kind, const char *id, const char *title, BijouLibrary *library)
{
  BijouItem *item = bijou_item_new (kind, BIJOU_TEST_SERVER, id);

  g_free (item->title);
  g_free (item->sort_title);
  item->title = g_strdup (title);
  item->sort_title = bijou_text_make_sort_title (title);
  item->library_id = g_strdup (library->remote_id);
  item->overview = g_strdup ("Nobody knows what is behind the door.");
  item->year = 2020;
  item->added_at = 1700000000;
  item->duration_ms = 6000000;
  item->has_media = TRUE;
  return item;
}

void
bijou_test_library_save_films (BijouTestLibrary *self, const guint *numbers, guint n_numbers)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n_numbers; i++)
    {
      g_autofree char *id = g_strdup_printf ("film-%u", numbers[i]);
      g_autofree char *title =
          g_strdup_printf ("%cx Film %06u", 'A' + (char) (numbers[i] * 26 / 1000000), numbers[i]);

      g_ptr_array_add (items, make_item (BIJOU_ITEM_MOVIE, id, title, self->films));
    }
  save (self, self->films, BIJOU_ITEM_MOVIE, items);
}

static void
save_series (BijouTestLibrary *self)
{
  g_autoptr (GPtrArray) shows = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) seasons = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) episodes = g_ptr_array_new_with_free_func (g_object_unref);
  BijouItem *season = make_item (BIJOU_ITEM_SEASON, "season-1", "Season 1", self->shows);

  g_ptr_array_add (shows, make_item (BIJOU_ITEM_SHOW, "show", "Northlight", self->shows));
  season->season = 1;
  season->show_id = g_strdup ("show");
  season->parent_id = g_strdup ("show");
  g_ptr_array_add (seasons, season);
  for (int i = 1; i <= 12; i++)
    {
      g_autofree char *id = g_strdup_printf ("episode-%d", i);
      BijouItem *episode = make_item (BIJOU_ITEM_EPISODE, id, "Northing", self->shows);

      episode->season = 1;
      episode->episode = i;
      episode->show_id = g_strdup ("show");
      episode->parent_id = g_strdup ("season-1");
      episode->show_title = g_strdup ("Northlight");
      episode->watched = i < 9;
      g_ptr_array_add (episodes, episode);
    }
  save (self, self->shows, BIJOU_ITEM_SHOW, shows);
  save (self, self->shows, BIJOU_ITEM_SEASON, seasons);
  save (self, self->shows, BIJOU_ITEM_EPISODE, episodes);
}

static void
save_server (BijouTestLibrary *self)
{
  g_autoptr (BijouServer) server = bijou_server_new ("plex", BIJOU_TEST_SERVER, "Attic");
  g_autoptr (GPtrArray) libraries = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  server->client_id = g_strdup ("client");
  bijou_store_save_server (self->store, server, &error);
  g_assert_no_error (error);
  self->films = bijou_library_new (BIJOU_TEST_SERVER, "1", "Films");
  self->films->kind = BIJOU_LIBRARY_MOVIES;
  self->shows = bijou_library_new (BIJOU_TEST_SERVER, "2", "Series");
  self->shows->kind = BIJOU_LIBRARY_SHOWS;
  g_ptr_array_add (libraries, self->films);
  g_ptr_array_add (libraries, self->shows);
  bijou_store_save_libraries (self->store, BIJOU_TEST_SERVER, libraries, NULL, &error);
  g_assert_no_error (error);
}

BijouTestLibrary *
bijou_test_library_new (guint n_films)
{
  BijouTestLibrary *self = g_new0 (BijouTestLibrary, 1);
  g_autofree guint *numbers = g_new (guint, n_films + 1);
  BijouContextOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("bijou-pages-XXXXXX", &error);
  g_assert_no_error (error);
  options.profile = self->folder;
  self->context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
  self->store = bijou_context_get_store (self->context);
  save_server (self);
  /* Even numbers, spread over the alphabet, so that there is room between them. */
  for (guint i = 0; i < n_films; i++)
    numbers[i] = (guint) ((guint64) i * 999998 / MAX (1, n_films)) / 2 * 2;
  bijou_test_library_save_films (self, numbers, n_films);
  save_series (self);
  return self;
}

void
bijou_test_library_free (BijouTestLibrary *self)
{
  bijou_test_settle ();
  bijou_context_shutdown (self->context);
  bijou_test_settle ();
  g_clear_object (&self->films);
  g_clear_object (&self->shows);
  g_assert_finalize_object (self->context);
  bijou_test_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self);
}

BijouItem *
bijou_test_library_get (BijouTestLibrary *self, const char *remote_id)
{
  g_autoptr (GError) error = NULL;
  BijouItem *item = bijou_store_get_item (self->store, BIJOU_TEST_SERVER, remote_id, &error);

  g_assert_no_error (error);
  return item;
}

static gboolean
on_too_late_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

void
bijou_test_wait (gboolean (*done) (gpointer data), gpointer data)
{
  gboolean late = FALSE;
  guint id = g_timeout_add_seconds (WAIT_SECONDS, on_too_late_cb, &late);

  while (!done (data) && !late)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (late);
  g_source_remove (id);
}

void
bijou_test_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
