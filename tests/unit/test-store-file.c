#include "config.h"

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* What happens to the file: runs that are broken off, damage, two processes. */

static void
set_up (StoreFixture *fixture, gconstpointer data)
{
  store_fixture_set_up (fixture, data);
  store_fixture_add_server (fixture, "A");
  store_fixture_add_library (fixture, "A", "1", BIJOU_LIBRARY_MOVIES);
}

static GPtrArray *
make_films (const char *prefix, guint n)
{
  GPtrArray *films = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("%s%05u", prefix, i);
      BijouItem *film = make_item (BIJOU_ITEM_MOVIE, "A", id, id);

      film->overview = g_strnfill (400, 'x');
      g_ptr_array_add (films, film);
    }
  return films;
}

static guint
count_films (BijouStore *store)
{
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE };
  g_autoptr (GArray) ids = bijou_store_list_ids (store, &query, NULL);

  return ids != NULL ? ids->len : 0;
}

static void
begin_run (StoreFixture *fixture, gboolean restart, BijouSyncCursor *cursor)
{
  g_autoptr (GError) error = NULL;

  bijou_store_begin_run (fixture->store, "A", "1", BIJOU_ITEM_MOVIE, restart, cursor, &error);
  g_assert_no_error (error);
}

static void
save_page (StoreFixture *fixture, GPtrArray *films, BijouSyncCursor *cursor, guint seen)
{
  g_autoptr (GError) error = NULL;
  BijouSyncCounts counts = { 0 };

  cursor->next_start += films->len;
  bijou_store_save_page (fixture->store, "A", "1", BIJOU_ITEM_MOVIE, films, cursor, &counts,
                         &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counts.seen, ==, seen);
  g_ptr_array_unref (films);
}

static void
test_resume (StoreFixture *fixture, gconstpointer data)
{
  BijouSyncCounts counts = { 0 };
  BijouSyncCursor cursor;
  gint64 generation;

  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, make_films ("old", 3));
  begin_run (fixture, FALSE, &cursor);
  g_assert_false (cursor.resumed);
  g_assert_cmpint (cursor.total, ==, -1);
  generation = cursor.generation;
  cursor.total = 30;
  save_page (fixture, make_films ("a", 10), &cursor, 10);
  save_page (fixture, make_films ("a", 10), &cursor, 0);

  store_fixture_reopen (fixture, FALSE);
  begin_run (fixture, FALSE, &cursor);
  g_assert_true (cursor.resumed);
  g_assert_cmpint (cursor.generation, ==, generation);
  g_assert_cmpuint (cursor.next_start, ==, 20);
  g_assert_cmpint (cursor.total, ==, 30);
  g_assert_cmpint (cursor.seen, ==, 10);
  save_page (fixture, make_films ("b", 20), &cursor, 20);

  /* Nothing is taken away before the end, nor after an end that was not whole. */
  g_assert_cmpuint (count_films (fixture->store), ==, 33);
  g_assert_true (bijou_store_finish_run (fixture->store, "A", "1", BIJOU_ITEM_MOVIE, &cursor, FALSE,
                                         &counts, NULL));
  g_assert_cmpuint (counts.removed, ==, 0);
  g_assert_true (bijou_store_finish_run (fixture->store, "A", "1", BIJOU_ITEM_MOVIE, &cursor, TRUE,
                                         &counts, NULL));
  g_assert_cmpuint (counts.removed, ==, 3);
  begin_run (fixture, FALSE, &cursor);
  g_assert_false (cursor.resumed);
  g_assert_cmpint (cursor.generation, >, generation);
}

static void
test_restart (StoreFixture *fixture, gconstpointer data)
{
  BijouSyncCursor cursor;

  begin_run (fixture, FALSE, &cursor);
  save_page (fixture, make_films ("a", 10), &cursor, 10);
  begin_run (fixture, TRUE, &cursor);
  g_assert_false (cursor.resumed);
  g_assert_cmpuint (cursor.next_start, ==, 0);
}

static void
test_unknown_names (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BijouSyncCursor cursor;

  g_assert_false (
      bijou_store_begin_run (fixture->store, "X", "1", BIJOU_ITEM_MOVIE, FALSE, &cursor, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (
      bijou_store_begin_run (fixture->store, "A", "9", BIJOU_ITEM_MOVIE, FALSE, &cursor, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  g_assert_null (bijou_store_get_sync_value (fixture->store, "X", "name"));
}

static void
test_sync_values (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *value = NULL;

  g_assert_true (bijou_store_set_sync_value (fixture->store, "A", "tag", "1", NULL));
  g_assert_true (bijou_store_set_sync_value (fixture->store, "A", "tag", "2", NULL));
  value = bijou_store_get_sync_value (fixture->store, "A", "tag");
  g_assert_cmpstr (value, ==, "2");
  g_assert_true (bijou_store_set_sync_value (fixture->store, "A", "tag", NULL, NULL));
  g_assert_null (bijou_store_get_sync_value (fixture->store, "A", "tag"));
}

/* --- damage --- */

static void
close_store (StoreFixture *fixture)
{
  bijou_store_close (fixture->store);
  g_assert_finalize_object (g_steal_pointer (&fixture->store));
}

static void
overwrite (const char *path, gsize from, gsize length)
{
  FILE *file = g_fopen (path, "r+b");
  g_autofree char *junk = g_strnfill (length, '#');

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (long) from, SEEK_SET), ==, 0);
  g_assert_cmpuint (fwrite (junk, 1, length, file), ==, length);
  fclose (file);
}

static void
add_change (StoreFixture *fixture)
{
  g_autoptr (BijouItem) film = NULL;
  g_autoptr (GError) error = NULL;

  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, make_films ("f", 2000));
  film = store_fixture_get (fixture, "A", "f00007");
  bijou_store_make_change (fixture->store, film, BIJOU_CHANGE_WATCHED, 0, &error);
  g_assert_no_error (error);
}

static guint
count_aside (StoreFixture *fixture)
{
  g_autoptr (GDir) folder = g_dir_open (fixture->folder, 0, NULL);
  guint n = 0;

  for (const char *name = g_dir_read_name (folder); name != NULL; name = g_dir_read_name (folder))
    n += strstr (name, ".corrupt-") != NULL && !g_str_has_suffix (name, "-wal") &&
         !g_str_has_suffix (name, "-shm");
  return n;
}

static void
test_garbage (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) servers = NULL;

  close_store (fixture);
  overwrite (fixture->path, 0, 4096);
  g_test_expect_message ("bijou-store", G_LOG_LEVEL_WARNING, "*set aside*");
  store_fixture_reopen (fixture, TRUE);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (count_aside (fixture), ==, 1);
  servers = bijou_store_list_servers (fixture->store, NULL);
  g_assert_cmpuint (servers->len, ==, 0);
  store_fixture_reopen (fixture, FALSE);
}

static void
assert_rescued (StoreFixture *fixture)
{
  g_autoptr (GPtrArray) servers = bijou_store_list_servers (fixture->store, NULL);
  g_autoptr (GPtrArray) changes = bijou_store_list_changes (fixture->store, "A", NULL);
  g_autoptr (BijouItem) film = NULL;

  g_assert_cmpuint (servers->len, ==, 1);
  g_assert_cmpuint (((BijouServer *) servers->pdata[0])->addresses->len, ==, 1);
  g_assert_cmpuint (changes->len, ==, 1);
  g_assert_cmpuint (count_films (fixture->store), ==, 0);

  /* The mark is there again with its film. */
  store_fixture_add_library (fixture, "A", "1", BIJOU_LIBRARY_MOVIES);
  store_fixture_sync (fixture, "A", "1", BIJOU_ITEM_MOVIE, make_films ("f", 10));
  film = store_fixture_get (fixture, "A", "f00007");
  g_assert_true (film->watched);
}

/* Found in use; the next start mends it. */
static void
test_damage_inside (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  gsize length = 0;

  add_change (fixture);
  close_store (fixture);
  g_assert_true (g_file_get_contents (fixture->path, &text, &length, NULL));
  overwrite (fixture->path, length / 2, length / 4);
  store_fixture_reopen (fixture, FALSE);
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *id = g_strdup_printf ("f%05u", i);
      g_autoptr (BijouItem) film = bijou_store_get_item (fixture->store, "A", id, NULL);
    }
  close_store (fixture);
  g_test_expect_message ("bijou-store", G_LOG_LEVEL_WARNING, "*set aside*");
  store_fixture_reopen (fixture, TRUE);
  g_test_assert_expected_messages ();
  assert_rescued (fixture);
}

static void
test_newer_version (StoreFixture *fixture, gconstpointer data)
{
  add_change (fixture);
  close_store (fixture);
  /* user_version is a big-endian word at 60. */
  overwrite (fixture->path, 60, 4);
  g_test_expect_message ("bijou-store", G_LOG_LEVEL_WARNING, "*newer*");
  store_fixture_reopen (fixture, TRUE);
  g_test_assert_expected_messages ();
  assert_rescued (fixture);
}

static void
test_no_folder (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "none", "library.db", NULL);
  g_autoptr (GError) error = NULL;
  gboolean rebuilt = TRUE;

  g_assert_null (bijou_store_open (path, &rebuilt, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE);
  g_assert_false (rebuilt);
}

static void
test_closed (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  bijou_store_close (fixture->store);
  g_assert_null (bijou_store_list_servers (fixture->store, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (bijou_store_set_sync_value (fixture->store, "A", "a", "b", &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED);
}

/* --- two processes --- */

#define ROUNDS 40

static void
write_pages (StoreFixture *fixture, const char *prefix)
{
  for (guint i = 0; i < ROUNDS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%u-", prefix, i);
      g_autoptr (GPtrArray) films = make_films (name, 20);
      g_autoptr (GError) error = NULL;
      BijouSyncCursor cursor;

      begin_run (fixture, TRUE, &cursor);
      bijou_store_save_page (fixture->store, "A", "1", BIJOU_ITEM_MOVIE, films, &cursor, NULL,
                             &error);
      g_assert_no_error (error);
    }
}

static int
run_second_process (const char *path)
{
  StoreFixture fixture = { .path = (char *) path };

  store_fixture_reopen (&fixture, FALSE);
  write_pages (&fixture, "second");
  bijou_store_close (fixture.store);
  g_object_unref (fixture.store);
  return 0;
}

static const char *program;

static void
test_two_processes (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) second =
      g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, "--second", fixture->path, NULL);

  g_assert_no_error (error);
  write_pages (fixture, "first");
  g_assert_true (g_subprocess_wait_check (second, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_films (fixture->store), ==, ROUNDS * 20 * 2);
}

#define ADD(name, func)                                                                            \
  g_test_add ("/store/file/" name, StoreFixture, NULL, set_up, func, store_fixture_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--second"))
    return run_second_process (argv[2]);

  program = argv[0];
  g_test_init (&argc, &argv, NULL);

  ADD ("resume", test_resume);
  ADD ("restart", test_restart);
  ADD ("unknown-names", test_unknown_names);
  ADD ("sync-values", test_sync_values);
  ADD ("garbage", test_garbage);
  ADD ("damage-inside", test_damage_inside);
  ADD ("newer-version", test_newer_version);
  ADD ("no-folder", test_no_folder);
  ADD ("closed", test_closed);
  ADD ("two-processes", test_two_processes);

  return g_test_run ();
}
