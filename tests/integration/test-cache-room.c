#define _GNU_SOURCE

#include "cache-fixture.h"

#include "bijou-cache-entry-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How much room the cache takes, and what goes when. */

#define CHURN_ENTRIES 200

/* Counted by the test itself: real blocks of every file, of data, claims and litter alike. */
static gint64
measure (CacheFixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->directory, 0, NULL);
  const char *name;
  gint64 used = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (fixture->directory, name, NULL);
      struct stat status;

      if (g_stat (path, &status) == 0)
        used += (gint64) status.st_blocks * 512;
    }
  return used;
}

static BijouCacheInfo *
look_up (CacheFixture *fixture, const char *item)
{
  BijouCacheKey key = { "server", item, "part", fixture->film->size, "v1" };

  return bijou_media_cache_look_up (fixture->cache, &key);
}

static gboolean
is_there (CacheFixture *fixture, const char *item)
{
  g_autoptr (BijouCacheInfo) info = look_up (fixture, item);

  return info != NULL;
}

static void
read_and_close (CacheFixture *fixture, const char *item, gint64 offset, gint64 length, gboolean pin)
{
  BijouCacheEntry *entry = cache_open_of (fixture, item, TRUE);
  BijouCacheReader *reader = cache_add_reader (entry);

  cache_assert_reads (fixture, entry, reader, offset, length);
  if (pin)
    bijou_cache_entry_set_pinned (entry, TRUE);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_churn (CacheFixture *fixture, gconstpointer data)
{
  const gint64 budget = 24 * MB;
  g_autoptr (BijouCacheEntry) open = cache_open_of (fixture, "open", TRUE);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (open);
  gint64 pinned, most = 0;

  bijou_media_cache_set_budget (fixture->cache, budget);
  read_and_close (fixture, "pinned", 0, fixture->film->size, TRUE);
  bijou_media_cache_flush (fixture->cache);
  pinned = measure (fixture);
  g_assert_cmpint (pinned, >=, fixture->film->size);
  cache_assert_reads (fixture, open, reader, 0, MB);

  for (int i = 0; i < CHURN_ENTRIES; i++)
    {
      g_autofree char *item = g_strdup_printf ("item %d", i);
      gint64 offset = g_test_rand_int_range (0, (int) fixture->film->size / 2);
      gint64 length = g_test_rand_int_range (1, (int) fixture->film->size / 2);

      read_and_close (fixture, item, offset, length, FALSE);
      most = MAX (most, measure (fixture) - pinned);
      g_assert_cmpint (most, <=, budget);
    }
  bijou_media_cache_flush (fixture->cache);
  g_test_message ("%d KiB at most of %d", (int) (most >> 10), (int) (budget >> 10));
  g_assert_cmpint (most, >, budget / 2);
  g_assert_cmpint (bijou_media_cache_get_disk_usage (fixture->cache), ==, measure (fixture));

  /* The last ones are here, the first ones gone; what is pinned and what is open stayed whole. */
  g_assert_true (is_there (fixture, "item 199"));
  g_assert_false (is_there (fixture, "item 0"));
  g_assert_true (is_there (fixture, "pinned"));
  g_assert_true (is_there (fixture, "open"));
  loopback_free (g_steal_pointer (&fixture->server));
  cache_assert_reads (fixture, open, reader, 0, MB);
}

/* --- what crashes leave --- */

static char *
put_file (CacheFixture *fixture, const char *name, const char *text, gsize length)
{
  char *path = g_build_filename (fixture->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, (gssize) length, NULL));
  return path;
}

/* (transfer full): the sidecar of the one entry that has that many extents or more */
static char *
find_sidecar (CacheFixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      return g_build_filename (fixture->directory, name, NULL);
  g_assert_not_reached ();
}

static void
test_orphans (CacheFixture *fixture, gconstpointer data)
{
  g_autofree char *unclaimed = NULL, *baseless = NULL, *broken_off = NULL, *own = NULL;
  g_autofree char *sidecar = NULL, *claims = NULL, *mine = NULL, *orphan = NULL;
  g_autoptr (BijouCacheEntry) open = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;

  open = cache_open_of (fixture, "open", TRUE);
  reader = cache_add_reader (open);
  cache_assert_reads (fixture, open, reader, 0, fixture->film->size);
  bijou_cache_entry_set_pinned (open, FALSE);
  bijou_media_cache_flush (fixture->cache);
  sidecar = find_sidecar (fixture);
  g_assert_true (g_file_get_contents (sidecar, &claims, NULL, NULL));

  read_and_close (fixture, "closed", 0, MB, FALSE);
  g_object_unref (cache_open_of (fixture, "never read", TRUE));
  bijou_media_cache_flush (fixture->cache);

  unclaimed = put_file (fixture, "0123.data", fixture->film->body, MB);
  baseless = put_file (fixture, "4567.json", claims, strlen (claims));
  broken_off = put_file (fixture, "4567.json.AB12CD", claims, 10);
  /* Its owner may be about to rename it. */
  orphan = g_strconcat (sidecar, ".AB12CD", NULL);
  own = g_path_get_basename (orphan);
  mine = put_file (fixture, own, claims, 10);

  bijou_media_cache_tidy (fixture->cache);
  bijou_media_cache_flush (fixture->cache);
  g_assert_false (g_file_test (unclaimed, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (baseless, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (broken_off, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (mine, G_FILE_TEST_EXISTS));
  g_assert_true (is_there (fixture, "open"));
  g_assert_true (is_there (fixture, "closed"));
  g_assert_false (is_there (fixture, "never read"));
  cache_assert_reads (fixture, open, reader, 0, fixture->film->size);

  g_clear_pointer (&reader, bijou_cache_reader_free);
  g_clear_object (&open);
  bijou_media_cache_flush (fixture->cache);
  cache_restart (fixture);
  bijou_media_cache_tidy (fixture->cache);
  bijou_media_cache_flush (fixture->cache);
  g_assert_false (g_file_test (mine, G_FILE_TEST_EXISTS));
  g_assert_true (is_there (fixture, "open"));
}

/* --- more than there is room for --- */

/* A film longer than the budget gives up what was played, and stays within it all along. */
static void
test_longer_than_budget (CacheFixture *fixture, gconstpointer data)
{
  const gint64 budget = 24 * MB;
  BijouCacheEntry *entry;
  BijouCacheReader *reader;
  gint64 most = 0;

  bijou_media_cache_set_budget (fixture->cache, budget);
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  for (gint64 at = 0; at < fixture->film->size; at += 2 * MB)
    {
      cache_assert_reads (fixture, entry, reader, at, 2 * MB);
      bijou_media_cache_flush (fixture->cache);
      most = MAX (most, measure (fixture));
    }
  g_test_message ("%d KiB at most of %d", (int) (most >> 10), (int) (budget >> 10));
  g_assert_cmpint (most, <=, budget);
  g_assert_cmpint (most, >, budget / 2);

  /* Back to the start, which is fetched anew. */
  cache_assert_reads (fixture, entry, reader, 0, 2 * MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);
  g_assert_cmpint (measure (fixture), <=, budget);
}

/* --- keep while watching --- */

static void
test_only_watched (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry;
  BijouCacheReader *reader;
  guint requests;

  read_and_close (fixture, "before", 0, MB, FALSE);
  read_and_close (fixture, "pinned", 0, MB, TRUE);
  bijou_media_cache_set_only_watched (fixture->cache, TRUE);
  bijou_media_cache_flush (fixture->cache);
  g_assert_false (is_there (fixture, "before"));
  g_assert_true (is_there (fixture, "pinned"));

  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_entry_set_pinned (entry, FALSE); /* saves */
  bijou_media_cache_flush (fixture->cache);
  g_assert_true (is_there (fixture, "item"));
  requests = loopback_get_requests (fixture->server);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, requests);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);
  g_assert_false (is_there (fixture, "item"));
  g_assert_true (is_there (fixture, "pinned"));
}

/* Switched off in the middle of a film. */
static void
test_switched_off (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  read_and_close (fixture, "before", 0, MB, FALSE);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size / 2);
  bijou_media_cache_set_budget (fixture->cache, 0);
  bijou_media_cache_flush (fixture->cache);
  g_assert_false (is_there (fixture, "before"));
  cache_assert_reads (fixture, entry, reader, fixture->film->size / 2, fixture->film->size / 2);
  cache_assert_reads (fixture, entry, reader, 0, MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);
  bijou_media_cache_tidy (fixture->cache);
  bijou_media_cache_flush (fixture->cache);
  g_assert_cmpint (measure (fixture), ==, 0);
}

/* --- what is here --- */

static void
test_look_up (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheKey other = { "server", "item", "part", fixture->film->size, "v2" };
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (BijouCacheInfo) info = NULL;

  g_assert_false (is_there (fixture, "item"));
  cache_assert_reads (fixture, entry, reader, 0, MB);
  bijou_cache_entry_set_pinned (entry, FALSE); /* saves */
  bijou_media_cache_flush (fixture->cache);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);

  /* As it is now, not as it was saved. */
  info = look_up (fixture, "item");
  g_assert_nonnull (info);
  g_assert_cmpint (info->size, ==, fixture->film->size);
  g_assert_cmpint (bijou_range_map_get_total (info->extents), ==, fixture->film->size);
  g_assert_null (bijou_media_cache_look_up (fixture->cache, &other));
}

static void
add (const char *name, void (*test) (CacheFixture *, gconstpointer), int size)
{
  g_autofree char *path = g_strconcat ("/cache-room/", name, NULL);

  g_test_add (path, CacheFixture, GINT_TO_POINTER (size), cache_set_up, test, cache_tear_down);
}

/* --- a slow disk --- */

static Gate disk;

/* In place of the C library's, for the whole program. */
int
fdatasync (int fd)
{
  gate_pass (&disk);
  return (int) syscall (SYS_fdatasync, fd);
}

/* A save that takes for ever holds up neither the film nor the window. */
static void
test_slow_sync (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry;
  BijouCacheReader *reader;

  bijou_media_cache_set_budget (fixture->cache, 64 * MB);
  gate_set_closed (&disk, TRUE);
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, 16 * MB);
  gate_wait_until_busy (&disk);
  cache_ask_server (fixture);
  bijou_cache_reader_free (cache_add_reader (entry));
  cache_assert_reads (fixture, entry, reader, 16 * MB, fixture->film->size - 16 * MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);

  gate_set_closed (&disk, FALSE);
  cache_assert_kept_whole (fixture);
}

/* Where nothing can be given up, what is on its way to the disk stays true. */
static void
test_voids_nothing (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  guint epoch;

  bijou_media_cache_set_budget (fixture->cache, 16 * MB);
  entry = cache_open (fixture);
  reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);
  epoch = bijou_cache_file_get_epoch (entry->file);
  g_assert_true (bijou_cache_entry_fetch_range (entry, reader, 0, 48 * MB, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (bijou_cache_file_get_epoch (entry->file), ==, epoch);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("churn", test_churn, 4 * MB);
  add ("orphans", test_orphans, 4 * MB);
  add ("longer-than-budget", test_longer_than_budget, 64 * MB);
  add ("only-watched", test_only_watched, 8 * MB);
  add ("switched-off", test_switched_off, 48 * MB);
  add ("look-up", test_look_up, 8 * MB);
  add ("slow-sync", test_slow_sync, 32 * MB);
  add ("voids-nothing", test_voids_nothing, 64 * MB);
  return g_test_run ();
}
