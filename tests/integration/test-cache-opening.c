#define _GNU_SOURCE

#include "cache-fixture.h"

#include "bijou-cache-entry-private.h"

#include <sys/syscall.h>
#include <unistd.h>

/* How soon the first bytes of a film are there. */

#define PLACE (4 * MB)
#define LENGTH (64 * 1024)

static BijouCacheEntry *
open_to_play (CacheFixture *fixture, BijouMediaCache *cache)
{
  BijouCacheKey key = { "server", "item", "part", fixture->film->size, "v1" };

  return bijou_media_cache_open_to_play (cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin), 0);
}

static guint
count_requests (BijouCacheEntry *entry)
{
  BijouCacheStats stats;

  bijou_cache_entry_get_stats (entry, &stats);
  return stats.requests;
}

/* With no reader yet, and with one request all in all. */
static void
test_begins_by_itself (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = open_to_play (fixture, fixture->cache);
  BijouCacheReader *reader;
  char byte;

  while (bijou_cache_entry_peek (entry, 0, &byte, 1) == 0)
    g_thread_yield ();
  g_assert_cmpint (byte, ==, fixture->film->body[0]);

  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (count_requests (entry), ==, 1);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);

  cache_assert_kept_whole (fixture);
}

static void
test_asks_for_nothing_that_is_here (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = open_to_play (fixture, fixture->cache);
  BijouCacheReader *reader = cache_add_reader (entry);

  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  cache_restart (fixture);

  entry = open_to_play (fixture, fixture->cache);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (count_requests (entry), ==, 0);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

/* Who has the file learns nothing of it, and the film plays from memory. */
static void
test_another_has_the_file (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouMediaCache) other =
      bijou_media_cache_new (fixture->http, fixture->directory, CACHE_BIG_BUDGET);
  g_autoptr (BijouCacheEntry) first = cache_open (fixture);
  g_autoptr (BijouCacheEntry) second = open_to_play (fixture, other);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (second);

  g_assert_true (bijou_cache_entry_is_in_memory (second));
  cache_assert_reads (fixture, second, reader, 0, fixture->film->size);
}

/* A slow disk: nothing can be stored. */
static void
test_reads_before_it_stores (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  BijouCacheStats stats;

  g_mutex_lock (&entry->io);
  cache_assert_reads (fixture, entry, reader, PLACE, LENGTH);
  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_cmpint (stats.present, ==, 0);
  g_mutex_unlock (&entry->io);

  cache_assert_reads (fixture, entry, reader, PLACE, fixture->film->size - PLACE);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
}

static Gate disk;

/* In place of the C library's, for the whole program. */
int
ftruncate (int fd, off_t length)
{
  gate_pass (&disk);
  return (int) syscall (SYS_ftruncate, fd, length);
}

static gpointer
open_in_thread (gpointer data)
{
  CacheFixture *fixture = data;

  return open_to_play (fixture, fixture->cache);
}

/* A slow disk that has not even made the file. */
static void
test_slow_opening (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  GThread *thread;

  gate_set_closed (&disk, TRUE);
  thread = g_thread_new ("open", open_in_thread, fixture);
  gate_wait_until_busy (&disk);
  while (loopback_get_requests (fixture->server) == 0)
    g_thread_yield ();
  cache_ask_server (fixture);
  cache_ask_server (fixture); /* the film has begun to come by now */
  gate_set_closed (&disk, FALSE);

  entry = g_thread_join (thread);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
}

/* Claims that another process saved after this one looked, and before it had the file. The server
 * has answered by then. */
static gboolean
keeps_claims (CacheFixture *fixture, const char *name, const char *etag)
{
  g_autoptr (BijouMediaCache) cache = bijou_media_cache_new (fixture->http, "/unused", 0);
  g_autoptr (BijouCacheEntry) entry = open_to_play (fixture, cache);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (BijouRangeMap) present = NULL;
  g_autoptr (GError) error = NULL;
  BijouCacheFile *file = bijou_cache_file_open (fixture->directory, name, &error);
  BijouCacheClaims *claims = bijou_cache_claims_new ();

  g_assert_no_error (error);
  g_assert_true (bijou_cache_file_write (file, PLACE, fixture->film->body + PLACE, LENGTH, &error));
  cache_assert_reads (fixture, entry, reader, 0, 1);
  bijou_range_map_add (claims->extents, PLACE, PLACE + LENGTH);
  claims->size = fixture->film->size;
  claims->etag = g_strdup (etag);

  g_mutex_lock (&entry->io);
  g_mutex_lock (&entry->shared.lock);
  bijou_byte_window_clear (entry->shared.window);
  g_mutex_unlock (&entry->shared.lock);
  bijou_cache_entry_attach (entry, file, NULL, claims);
  present = bijou_cache_entry_get_extents (entry);
  g_mutex_unlock (&entry->io);

  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  return bijou_range_map_contains (present, PLACE, PLACE + LENGTH);
}

static void
test_finds_claims_late (CacheFixture *fixture, gconstpointer data)
{
  g_assert_true (keeps_claims (fixture, "same", fixture->film->etag));
  g_assert_false (keeps_claims (fixture, "other", "\"another\""));
}

static void
add (const char *name, void (*test) (CacheFixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/cache-opening/", name, NULL);

  g_test_add (path, CacheFixture, NULL, cache_set_up, test, cache_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("begins-by-itself", test_begins_by_itself);
  add ("asks-for-nothing-that-is-here", test_asks_for_nothing_that_is_here);
  add ("another-has-the-file", test_another_has_the_file);
  add ("reads-before-it-stores", test_reads_before_it_stores);
  add ("slow-opening", test_slow_opening);
  add ("finds-claims-late", test_finds_claims_late);
  return g_test_run ();
}
