#define _GNU_SOURCE

#include "cache-fixture.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* --- tests --- */

static void
test_straight (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpint (cache_read_some (entry, reader, fixture->film->size, NULL), ==, 0);
  cache_wait_until_idle (entry);
  g_assert_true (bijou_cache_entry_is_complete (entry));
  g_assert_true (bijou_cache_entry_is_seekable (entry));
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 1);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);

  /* Complete: no server at all. */
  bijou_media_cache_flush (fixture->cache);
  cache_restart (fixture);
  entry = cache_open_of (fixture, "item", FALSE);
  reader = cache_add_reader (entry);
  g_assert_true (bijou_cache_entry_is_complete (entry));
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 1);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_seeks (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  for (int i = 0; i < 50; i++)
    {
      gint64 offset = g_test_rand_int_range (0, (int) fixture->film->size);
      gint64 length = g_test_rand_int_range (1, 300000);

      cache_assert_reads (fixture, entry, reader, offset,
                          MIN (length, fixture->film->size - offset));
    }
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_tail_beside_head (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  BijouCacheStats stats;

  cache_assert_reads (fixture, entry, reader, 0, 1000);
  cache_assert_reads (fixture, entry, reader, fixture->film->size - 1000, 1000);
  cache_assert_reads (fixture, entry, reader, 1000, 2 * MB);
  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_cmpuint (stats.requests, ==, 2);
  g_assert_cmpuint (stats.retries, ==, 0);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static guint
count_requests_after_jump (CacheFixture *fixture,
                           BijouCacheEntry *entry,
                           BijouCacheReader *reader,
                           gint64 ahead)
{
  BijouCacheStats stats;

  bijou_cache_entry_get_stats (entry, &stats);
  cache_assert_reads (fixture, entry, reader, stats.present + ahead, 1);
  bijou_cache_entry_get_stats (entry, &stats);
  return stats.requests;
}

/* From a slow server: a little ahead the transfer is there soon, further ahead another one is
 * sooner. */
static void
test_jumps_ahead (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->pace_us, 60000);
  cache_assert_reads (fixture, entry, reader, 0, 700 * 1024);
  g_assert_cmpuint (count_requests_after_jump (fixture, entry, reader, 64 * 1024), ==, 1);
  g_assert_cmpuint (count_requests_after_jump (fixture, entry, reader, 900 * 1024), ==, 2);
  g_atomic_int_set (&fixture->film->pace_us, 0);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

/* 16 MiB at least are read ahead of 64, then nothing before a quarter of that is played: one
 * transfer that rests now and then, and does not start and stop with each read. */
static void
test_read_ahead_pauses (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  gint64 at = MB;

  cache_assert_reads (fixture, entry, reader, 0, at);
  for (int i = 0; i < 5; i++)
    {
      gint64 full = cache_wait_until_idle (entry);
      gint64 mark = full - 12 * MB;
      BijouCacheStats stats;

      g_assert_cmpint (full - at, >=,
                       14 * MB); /* what it fetched while it read is beside the mark */
      g_assert_cmpint (full - at, <=, 19 * MB);
      for (; at < mark - MB; at += MB)
        {
          cache_assert_reads (fixture, entry, reader, at, MB);
          bijou_cache_entry_get_stats (entry, &stats);
          g_assert_cmpint (stats.activity, ==, BIJOU_CACHE_IDLE);
          g_assert_cmpint (stats.present, ==, full);
        }
      cache_assert_reads (fixture, entry, reader, at, 2 * MB);
      at += 2 * MB;
      while (stats.present == full)
        {
          g_thread_yield ();
          bijou_cache_entry_get_stats (entry, &stats);
        }
    }
  cache_assert_reads (fixture, entry, reader, at, fixture->film->size - at);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 1);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_resumes_partial (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  gint served;

  g_atomic_int_set (&fixture->film->hang_after, 3 * MB);
  cache_assert_reads (fixture, entry, reader, 0, 3 * MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);

  cache_restart (fixture);
  g_atomic_int_set (&fixture->film->hang_after, 0);
  served = g_atomic_int_get (&fixture->film->served);
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpint (g_atomic_int_get (&fixture->film->served) - served, ==,
                   fixture->film->size - 3 * MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

/* With no origin there is nothing to wait for. */
static void
test_offline (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open_of (fixture, "item", FALSE);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (cache_read_some (entry, reader, 0, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);

  /* It comes back. */
  g_object_unref (cache_open (fixture));
  cache_assert_reads (fixture, entry, reader, 0, MB);
}

static void
test_broken_off (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  BijouCacheStats stats;

  g_atomic_int_set (&fixture->film->cut_after, 3 * MB);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_cmpuint (stats.retries, ==, 2);
  /* Each byte once: it goes on where it broke off. */
  g_assert_cmpint (g_atomic_int_get (&fixture->film->served), ==, fixture->film->size);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
change_film (CacheFixture *fixture, gint64 size, const char *etag)
{
  film_replace (fixture->film, film_create_other_body (fixture->film), size, etag);
}

/* The key stays: the server's records lag behind its files. */
static void
test_changed_between (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheKey key = { "server", "item", "part", fixture->film->size, "v1" };
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->hang_after, 3 * MB);
  cache_assert_reads (fixture, entry, reader, 0, 3 * MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);
  cache_restart (fixture);

  g_atomic_int_set (&fixture->film->hang_after, 0);
  change_film (fixture, fixture->film->size - 5000, "\"two\"");
  entry = bijou_media_cache_open (fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin));
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 4 * MB, 1000);
  g_assert_cmpint (bijou_cache_entry_get_size (entry), ==, fixture->film->size);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_changed_under_reader (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&fixture->film->hang_after, MB);
  cache_assert_reads (fixture, entry, reader, 0, MB);
  g_atomic_int_set (&fixture->film->hang_after, 0);
  change_film (fixture, fixture->film->size, "\"two\"");
  /* Far enough that the transfer is left for a new one. */
  g_assert_cmpint (cache_read_some (entry, reader, 4 * MB, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static gpointer
cancel_in_thread (gpointer data)
{
  gpointer *both = data;

  while (loopback_get_requests (both[0]) == 0)
    g_thread_yield ();
  g_cancellable_cancel (both[1]);
  return NULL;
}

static void
test_cancelled_read (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  gpointer cancelled[] = { fixture->server, cancellable };
  GThread *thread;
  char byte;

  g_atomic_int_set (&fixture->film->hang_after, 1);
  cache_assert_reads (fixture, entry, reader, 0, 1);
  thread = g_thread_new ("cancel", cancel_in_thread, cancelled);
  g_assert_cmpint (bijou_cache_entry_read (entry, reader, 1000, &byte, 1, cancellable, &error), ==,
                   -1);
  g_assert_true (bijou_error_is_cancelled (error));
  g_thread_join (thread);
  g_clear_error (&error);

  g_atomic_int_set (&fixture->film->hang_after, 0);
  cache_assert_reads (fixture, entry, reader, 6 * MB, 1000);
}

static void
test_gives_up (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (GError) error = NULL;

  bijou_cache_entry_set_patience (entry, 200, 600);
  g_atomic_int_set (&fixture->film->hang_at, 1000);
  cache_assert_reads (fixture, entry, reader, 0, 1000);
  g_assert_cmpint (cache_read_some (entry, reader, 5000, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_TIMEOUT);
  g_clear_error (&error);

  fixture->origin->port = (int) loopback_find_dead_port ();
  g_assert_cmpint (cache_read_some (entry, reader, 5 * MB, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
}

static gpointer
end_outage_in_thread (gpointer data)
{
  gpointer *all = data;
  BijouCacheEntry *entry = all[0];
  TestOrigin *origin = all[1];
  BijouCacheStats stats;

  do
    {
      g_thread_yield ();
      bijou_cache_entry_get_stats (entry, &stats);
    }
  while (stats.retry_at < g_get_monotonic_time () + G_TIME_SPAN_SECOND);
  g_assert_cmpint (stats.activity, ==, BIJOU_CACHE_RETRYING);
  g_assert_cmpint (stats.failure, ==, BIJOU_ERROR_OFFLINE);
  g_atomic_int_set (&origin->port, GPOINTER_TO_INT (all[2]));
  bijou_cache_entry_retry_now (entry);
  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_cmpint (stats.retry_at, <=, g_get_monotonic_time ());
  return NULL;
}

/* Who is patient gets the bytes in the end, and at once when told that the server is back. */
static void
test_patient (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  gpointer all[] = { entry, fixture->origin, GINT_TO_POINTER (fixture->origin->port) };
  GThread *thread;

  bijou_cache_reader_set_patience (reader, BIJOU_CACHE_PATIENT);
  fixture->origin->port = (int) loopback_find_dead_port ();
  thread = g_thread_new ("outage", end_outage_in_thread, all);
  cache_assert_reads (fixture, entry, reader, 0, 1000);
  g_thread_join (thread);
}

static void
fill_and_close (CacheFixture *fixture)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);
  cache_restart (fixture);
}

static void
assert_still_right (CacheFixture *fixture, gboolean asks)
{
  guint before = loopback_get_requests (fixture->server);
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpint (loopback_get_requests (fixture->server) > before, ==, asks);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_shorter_than_claimed (CacheFixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  fill_and_close (fixture);
  path = find_file (fixture->directory, ".data");
  g_assert_cmpint (truncate (path, 2 * MB + 17), ==, 0);
  assert_still_right (fixture, TRUE);
}

/* What was cut off must not come back as a hole when more is written behind it. */
static void
test_cut_under_way (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  g_autofree char *path = find_file (fixture->directory, ".data");

  g_atomic_int_set (&fixture->film->hang_after, 3 * MB);
  cache_assert_reads (fixture, entry, reader, 0, 3 * MB);
  g_assert_cmpint (truncate (path, MB + 17), ==, 0);
  g_atomic_int_set (&fixture->film->hang_after, 0);
  cache_assert_reads (fixture, entry, reader, 5 * MB, MB);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  cache_assert_kept_whole (fixture);
}

static void
test_broken_sidecar (CacheFixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  fill_and_close (fixture);
  path = find_file (fixture->directory, ".json");
  g_assert_true (g_file_set_contents (path, "{\"format\":1,\"extents\":[[0,", -1, NULL));
  assert_still_right (fixture, TRUE);
}

static void
test_disk_full (CacheFixture *fixture, gconstpointer data)
{
  struct rlimit old, small = { 0 };
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  BijouCacheStats stats;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &old), ==, 0);
  small = old;
  small.rlim_cur = 3 * MB;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &old), ==, 0);

  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_true (stats.in_memory);
  g_assert_cmpuint (stats.requests, ==, 1);
  /* What is on disk and what is in memory, in any order. */
  cache_assert_reads (fixture, entry, reader, 7 * MB, MB);
  cache_assert_reads (fixture, entry, reader, MB, 4 * MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);

  bijou_media_cache_flush (fixture->cache);
  cache_restart (fixture);
  assert_still_right (fixture, TRUE);
}

static void
test_memory_only (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry;
  BijouCacheReader *reader;

  bijou_media_cache_set_budget (fixture->cache, 0);
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  cache_assert_reads (fixture, entry, reader, 0, MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  g_assert_cmpint (bijou_media_cache_get_disk_usage (fixture->cache), ==, 0);
}

/* A folder that cannot be made stops no film. */
static void
test_unusable_folder (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouMediaCache) cache =
      bijou_media_cache_new (fixture->http, "/dev/null/cache", CACHE_BIG_BUDGET);
  BijouCacheKey key = { "server", "item", "part", fixture->film->size, "v1" };
  g_autoptr (BijouCacheEntry) entry =
      bijou_media_cache_open (cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin));
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (GError) error = NULL;

  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_null (bijou_media_cache_fetch (cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin), NULL,
                                          NULL, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NO_SPACE);
}

static void
test_two_owners (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouMediaCache) other =
      bijou_media_cache_new (fixture->http, fixture->directory, CACHE_BIG_BUDGET);
  BijouCacheKey key = { "server", "item", "part", fixture->film->size, "v1" };
  g_autoptr (BijouCacheEntry) first = cache_open (fixture);
  g_autoptr (BijouCacheEntry) same = cache_open (fixture);
  g_autoptr (BijouCacheEntry) second =
      bijou_media_cache_open (other, &key, BIJOU_MEDIA_ORIGIN (fixture->origin));
  g_autoptr (BijouCacheReader) one = cache_add_reader (first);
  g_autoptr (BijouCacheReader) two = cache_add_reader (second);
  BijouCacheStats stats;

  g_assert_true (first == same);
  cache_assert_reads (fixture, first, one, 0, MB);
  cache_assert_reads (fixture, second, two, 0, MB);
  bijou_cache_entry_get_stats (second, &stats);
  g_assert_true (stats.in_memory);
  bijou_cache_entry_get_stats (first, &stats);
  g_assert_false (stats.in_memory);

  /* What is open is not removed. */
  bijou_media_cache_clear (other, NULL);
  cache_assert_reads (fixture, first, one, 0, MB);
}

static void
on_progress_cb (gint64 present, gint64 size, gpointer user_data)
{
  gint64 *last = user_data;

  g_assert_cmpint (present, >=, *last);
  g_assert_cmpint (present, <=, size);
  *last = present;
}

static void
test_fetch (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheKey key = { "server", "item", "part", fixture->film->size, "v1" };
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = NULL;
  const BijouCacheInfo *info;
  gint64 present = 0;

  g_atomic_int_set (&fixture->film->cut_after, 20 * MB);
  entry = bijou_media_cache_fetch (fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin),
                                   on_progress_cb, &present, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (bijou_cache_entry_is_complete (entry));
  g_assert_cmpint (present, ==, fixture->film->size);
  bijou_cache_entry_set_pinned (entry, TRUE);
  g_clear_object (&entry);

  bijou_media_cache_flush (fixture->cache);
  list = bijou_media_cache_list (fixture->cache);
  g_assert_cmpuint (list->len, ==, 1);
  info = list->pdata[0];
  g_assert_cmpstr (info->item_id, ==, "item");
  g_assert_cmpint (info->disk, >=, fixture->film->size);
  g_assert_true (info->pinned);
  g_assert_cmpint (bijou_range_map_get_total (info->extents), ==, fixture->film->size);

  g_atomic_int_set (&fixture->film->status, 404);
  g_atomic_int_set (&fixture->film->status_count, 100);
  key.item_id = "other";
  g_assert_null (bijou_media_cache_fetch (
      fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin), NULL, NULL, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
}

static void
test_eviction (CacheFixture *fixture, gconstpointer data)
{
  static const char *const items[] = { "a", "b", "c", "d" };
  g_autoptr (GPtrArray) list = NULL;
  guint pinned = 0;
  g_autofree char *litter = g_build_filename (fixture->directory, "0123.data", NULL);

  /* Never claimed: it goes first. */
  g_assert_true (g_file_set_contents (litter, fixture->film->body, 4 * MB, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (items); i++)
    {
      BijouCacheEntry *entry = cache_open_of (fixture, items[i], TRUE);
      BijouCacheReader *reader = cache_add_reader (entry);

      cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
      bijou_cache_entry_set_pinned (entry, i == 0);
      bijou_cache_reader_free (reader);
      g_object_unref (entry);
      bijou_media_cache_flush (fixture->cache);
    }
  bijou_media_cache_set_budget (fixture->cache, 22 * MB);
  bijou_media_cache_flush (fixture->cache);
  list = bijou_media_cache_list (fixture->cache);
  g_assert_cmpuint (list->len, ==, 3);
  g_assert_false (g_file_test (litter, G_FILE_TEST_EXISTS));
  for (guint i = 0; i < list->len; i++)
    pinned += ((BijouCacheInfo *) list->pdata[i])->pinned;
  g_assert_cmpuint (pinned, ==, 1);
  g_clear_pointer (&list, g_ptr_array_unref);

  bijou_media_cache_clear (fixture->cache, NULL);
  list = bijou_media_cache_list (fixture->cache);
  g_assert_cmpuint (list->len, ==, 1);
  bijou_media_cache_clear (fixture->cache, "server");
  g_assert_cmpint (bijou_media_cache_get_disk_usage (fixture->cache), ==, 0);
}

/* Whose film it was is signed out while it plays: it goes on, and nothing of it is in the folder.
 */
static void
test_forgotten_while_open (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  g_autoptr (GDir) left = NULL;
  g_autoptr (BijouCacheEntry) anew = NULL;

  cache_assert_reads (fixture, entry, reader, 0, 2 * MB);
  bijou_media_cache_flush (fixture->cache);
  bijou_media_cache_clear (fixture->cache, "server");
  left = g_dir_open (fixture->directory, 0, NULL);
  g_assert_null (g_dir_read_name (left));
  cache_assert_reads (fixture, entry, reader, 0, 4 * MB);

  anew = cache_open (fixture);
  g_assert_true (anew != entry);
  g_clear_object (&anew);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);
  bijou_media_cache_clear (fixture->cache, "server");
  g_assert_cmpint (bijou_media_cache_get_disk_usage (fixture->cache), ==, 0);
}

static gint64
get_disk_of_first (CacheFixture *fixture)
{
  g_autoptr (GPtrArray) list = bijou_media_cache_list (fixture->cache);

  g_assert_cmpuint (list->len, ==, 1);
  return ((BijouCacheInfo *) list->pdata[0])->disk;
}

/* A film longer than the budget gives up what was played. */
static void
test_trim (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  g_autoptr (BijouRangeMap) extents = NULL;

  bijou_media_cache_set_budget (fixture->cache, 24 * MB);
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  for (int i = 0; i < 8; i++)
    {
      cache_assert_reads (fixture, entry, reader, i * 12 * MB, 12 * MB);
      bijou_media_cache_flush (fixture->cache);
    }
  g_assert_cmpint (get_disk_of_first (fixture), <, 60 * MB);
  extents = bijou_cache_entry_get_extents (entry);
  g_assert_false (bijou_range_map_contains (extents, 0, 1));
  cache_assert_reads (fixture, entry, reader, 0, MB);
  cache_assert_reads (fixture, entry, reader, 90 * MB, 6 * MB);
}

static void
test_no_secrets (CacheFixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *text = NULL;

  fill_and_close (fixture);
  path = find_file (fixture->directory, ".json");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_null (strstr (text, "127.0.0.1"));
  g_assert_null (strstr (path, "item"));
}

static void
add (const char *name, void (*test) (CacheFixture *, gconstpointer), int size)
{
  g_autofree char *path = g_strconcat ("/media-cache/", name, NULL);

  g_test_add (path, CacheFixture, size == 0 ? NULL : GINT_TO_POINTER (size), cache_set_up, test,
              cache_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("straight", test_straight, 0);
  add ("one-byte", test_straight, 1);
  add ("odd-size", test_straight, 3 * MB + 1);
  add ("seeks", test_seeks, 0);
  add ("seeks-in-a-big-file", test_seeks, 64 * MB);
  add ("tail-beside-head", test_tail_beside_head, 64 * MB);
  add ("jumps-ahead", test_jumps_ahead, 64 * MB);
  add ("read-ahead-pauses", test_read_ahead_pauses, 64 * MB);
  add ("resumes-partial", test_resumes_partial, 0);
  add ("offline", test_offline, 0);
  add ("broken-off", test_broken_off, 0);
  add ("changed-between", test_changed_between, 0);
  add ("changed-under-reader", test_changed_under_reader, 0);
  add ("cancelled-read", test_cancelled_read, 0);
  add ("gives-up", test_gives_up, 0);
  add ("patient", test_patient, 0);
  add ("shorter-than-claimed", test_shorter_than_claimed, 0);
  add ("cut-under-way", test_cut_under_way, 0);
  add ("broken-sidecar", test_broken_sidecar, 0);
  add ("disk-full", test_disk_full, 0);
  add ("memory-only", test_memory_only, 0);
  add ("forgotten-while-open", test_forgotten_while_open, 0);
  add ("unusable-folder", test_unusable_folder, 0);
  add ("two-owners", test_two_owners, 0);
  add ("fetch", test_fetch, 48 * MB);
  add ("eviction", test_eviction, 8 * MB);
  add ("trim", test_trim, 96 * MB);
  add ("no-secrets", test_no_secrets, 0);
  return g_test_run ();
}
