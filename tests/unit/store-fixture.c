#include "config.h"

#include "store-fixture.h"

#include <glib/gstdio.h>

static void
open_store (StoreFixture *fixture, gboolean expect_rebuilt)
{
  g_autoptr (GError) error = NULL;
  gboolean rebuilt = FALSE;

  fixture->store = bijou_store_open (fixture->path, &rebuilt, &error);
  g_assert_no_error (error);
  g_assert_nonnull (fixture->store);
  g_assert_cmpint (rebuilt, ==, expect_rebuilt);
}

void
store_fixture_set_up (StoreFixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bijou-store-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "library.db", NULL);
  open_store (fixture, FALSE);
}

void
store_fixture_tear_down (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);

  bijou_store_close (fixture->store);
  g_assert_finalize_object (fixture->store);
  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    {
      g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

void
store_fixture_reopen (StoreFixture *fixture, gboolean expect_rebuilt)
{
  if (fixture->store != NULL)
    {
      bijou_store_close (fixture->store);
      g_assert_finalize_object (fixture->store);
    }
  open_store (fixture, expect_rebuilt);
}

void
store_fixture_add_server (StoreFixture *fixture, const char *server_id)
{
  g_autoptr (BijouServer) server = bijou_server_new ("plex", server_id, "Server");
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (server->addresses,
                   bijou_address_new ("http://192.168.1.5:32400", BIJOU_ADDRESS_FROM_USER));
  bijou_store_save_server (fixture->store, server, &error);
  g_assert_no_error (error);
}

void
store_fixture_add_library (StoreFixture *fixture,
                           const char *server_id,
                           const char *library_id,
                           BijouLibraryKind kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) libraries = bijou_store_list_libraries (fixture->store, server_id, &error);
  BijouLibrary *library = bijou_library_new (server_id, library_id, library_id);

  g_assert_no_error (error);
  library->kind = kind;
  g_ptr_array_add (libraries, library);
  bijou_store_save_libraries (fixture->store, server_id, libraries, NULL, &error);
  g_assert_no_error (error);
}

BijouItem *
make_item (BijouItemKind kind, const char *server, const char *id, const char *title)
{
  BijouItem *item = bijou_item_new (kind, server, id);

  item->title = g_strdup (title);
  item->sort_title = g_strdup (title);
  item->duration_ms = 100000;
  item->has_media = bijou_item_kind_is_playable (kind);
  return item;
}

BijouItem *
make_episode (const char *server, const char *id, const char *show, int season, int episode)
{
  BijouItem *item = make_item (BIJOU_ITEM_EPISODE, server, id, id);

  item->show_id = g_strdup (show);
  item->show_title = g_strdup (show);
  item->parent_id = g_strdup_printf ("%s-s%d", show, season);
  item->season = season;
  item->episode = episode;
  return item;
}

GPtrArray *
take_items (BijouItem *first, ...)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  va_list rest;

  va_start (rest, first);
  for (BijouItem *item = first; item != NULL; item = va_arg (rest, BijouItem *))
    g_ptr_array_add (items, item);
  va_end (rest);
  return items;
}

BijouSyncCounts
store_fixture_sync (StoreFixture *fixture,
                    const char *server,
                    const char *library,
                    BijouItemKind kind,
                    GPtrArray *items)
{
  g_autoptr (GError) error = NULL;
  BijouSyncCounts counts = { 0 };
  BijouSyncCursor cursor;

  bijou_store_begin_run (fixture->store, server, library, kind, TRUE, &cursor, &error);
  g_assert_no_error (error);
  cursor.next_start = items->len;
  cursor.total = items->len;
  bijou_store_save_page (fixture->store, server, library, kind, items, &cursor, &counts, &error);
  g_assert_no_error (error);
  bijou_store_finish_run (fixture->store, server, library, kind, &cursor, TRUE, &counts, &error);
  g_assert_no_error (error);
  g_ptr_array_unref (items);
  return counts;
}

char *
join_titles (GPtrArray *items)
{
  GString *titles = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    {
      BijouItem *item = g_ptr_array_index (items, i);

      g_string_append_printf (titles, "%s%s", i > 0 ? "|" : "", item->title);
    }
  return g_string_free (titles, FALSE);
}

char *
store_fixture_list (StoreFixture *fixture, const BijouItemQuery *query)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) items = bijou_store_list_items (fixture->store, query, &error);

  g_assert_no_error (error);
  return join_titles (items);
}

BijouItem *
store_fixture_get (StoreFixture *fixture, const char *server, const char *id)
{
  g_autoptr (GError) error = NULL;
  BijouItem *item = bijou_store_get_item (fixture->store, server, id, &error);

  g_assert_no_error (error);
  return item;
}
