#include "cache-fixture.h"

#include <stdlib.h>
#include <unistd.h>

/* Several who want bytes of one film, or of several at once. */

#define KB 1024
#define N_SEEKS 12

static gint64
count_received (BijouCacheEntry *entry)
{
  BijouCacheStats stats;

  bijou_cache_entry_get_stats (entry, &stats);
  return stats.bytes;
}

static void
assert_range (CacheFixture *fixture, BijouCacheEntry *entry, gint64 from, gint64 to)
{
  g_autoptr (BijouCacheReader) reader =
      bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);
  g_autoptr (BijouRangeMap) extents = NULL;
  g_autoptr (GError) error = NULL;

  bijou_cache_entry_fetch_range (entry, reader, from, to, NULL, &error);
  g_assert_no_error (error);
  extents = bijou_cache_entry_get_extents (entry);
  g_assert_true (bijou_range_map_contains (extents, from, MIN (to, fixture->film->size)));
}

/* --- a piece and nothing else --- */

static void
test_range (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autofree char *bytes = g_malloc (2 * MB);

  assert_range (fixture, entry, 4 * MB, 5 * MB);
  g_assert_cmpint (count_received (entry), ==, MB);
  assert_range (fixture, entry, 4 * MB + KB, 5 * MB - KB);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 1);
  assert_range (fixture, entry, 4 * MB + MB / 2, 6 * MB);
  g_assert_cmpint (count_received (entry), ==, 2 * MB);
  assert_range (fixture, entry, fixture->film->size - 10, G_MAXINT64);
  g_assert_cmpint (count_received (entry), ==, 2 * MB + 10);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 3);

  g_assert_cmpuint (bijou_cache_entry_peek (entry, 4 * MB + 1, bytes, 2 * MB), ==, 2 * MB - 1);
  g_assert_cmpmem (bytes, 2 * MB - 1, fixture->film->body + 4 * MB + 1, 2 * MB - 1);
  g_assert_cmpuint (bijou_cache_entry_peek (entry, 0, bytes, KB), ==, 0);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 3);
}

/* A player that has enough does not keep a download waiting behind it. */
static void
test_range_behind_sated (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  bijou_cache_entry_set_patience (entry, 2000, 120000);
  cache_assert_reads (fixture, entry, reader, 0, 64 * KB);
  assert_range (fixture, entry, 0, cache_wait_until_idle (entry) + MB);
}

/* As of an MP4 whose tracks are far apart: each transfer brings enough for many reads. */
static void
test_turns (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->pace_us, 2000);
  for (gint64 at = 0; at < 4 * MB; at += 64 * KB)
    {
      cache_assert_reads (fixture, entry, reader, at, 64 * KB);
      cache_assert_reads (fixture, entry, reader, 20 * MB + at, 64 * KB);
      g_usleep (20000); /* it plays what it read */
    }
  g_test_message ("%u requests", loopback_get_requests (fixture->server));
  g_assert_cmpuint (loopback_get_requests (fixture->server), <, 40);
}

/* Who serves no ranges is left when it is enough. */
static void
test_range_of_no_range (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);

  g_atomic_int_set (&fixture->film->no_range, TRUE);
  assert_range (fixture, entry, 0, MB);
  g_assert_cmpint (count_received (entry), >=, MB);
  g_assert_cmpint (count_received (entry), <, 8 * MB);
  g_assert_false (bijou_cache_entry_is_seekable (entry));
}

static void
test_range_refused (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader =
      bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&fixture->film->status, 404);
  g_atomic_int_set (&fixture->film->status_count, 1);
  g_assert_false (bijou_cache_entry_fetch_range (entry, reader, 0, MB, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_cancellable_cancel (cancelled);
  g_assert_false (bijou_cache_entry_fetch_range (entry, reader, 0, MB, cancelled, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_CANCELLED);
  assert_range (fixture, entry, 0, MB);
}

/* --- beside playback --- */

static gpointer
fetch_in_thread (gpointer data)
{
  CacheFixture *fixture = data;
  BijouCacheKey key = { "server", "item", "part", fixture->film->size, "v1" };
  g_autoptr (GError) error = NULL;
  BijouCacheEntry *entry = bijou_media_cache_fetch (
      fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin), NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return entry;
}

/* A film that plays, with seeks, while it is being downloaded: no byte is asked for twice. Where
 * one runs into the other, what is on its way already comes twice. */
static void
test_player_and_download (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  g_autoptr (GThread) thread = NULL;
  g_autoptr (BijouCacheEntry) whole = NULL;

  bijou_cache_entry_set_bitrate (entry, 8 * MB);
  thread = g_thread_new ("download", fetch_in_thread, fixture);
  for (int i = 0; i < N_SEEKS; i++)
    {
      gint64 offset = g_test_rand_int_range (0, (int) fixture->film->size - 4 * MB);

      cache_assert_reads (fixture, entry, reader, offset, 3 * MB);
    }
  whole = g_thread_join (g_steal_pointer (&thread));
  g_assert_true (whole == entry);
  g_assert_true (bijou_cache_entry_is_complete (entry));
  g_test_message ("%d KiB more than needed",
                  (int) ((count_received (entry) - fixture->film->size) / KB));
  g_assert_cmpint (count_received (entry) - fixture->film->size, <, N_SEEKS * MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static gpointer
read_in_thread (gpointer data)
{
  CacheFixture *fixture = data;
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpint (count_received (entry), ==, fixture->film->size);
  return NULL;
}

static void
test_same_bytes_at_once (CacheFixture *fixture, gconstpointer data)
{
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", i == 3 ? fetch_in_thread : read_in_thread, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      g_autoptr (BijouCacheEntry) entry = g_thread_join (threads[i]);
    }
  g_assert_cmpuint (loopback_get_requests (fixture->server), <=, 2);
}

typedef struct
{
  CacheFixture *fixture;
  char item[8];
} Film4;

static gpointer
read_item_in_thread (gpointer data)
{
  Film4 *film = data;
  g_autoptr (BijouCacheEntry) entry = cache_open_of (film->fixture, film->item, TRUE);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  cache_assert_reads (film->fixture, entry, reader, 0, film->fixture->film->size);
  g_assert_cmpint (count_received (entry), ==, film->fixture->film->size);
  return NULL;
}

static void
test_several_films (CacheFixture *fixture, gconstpointer data)
{
  Film4 films[5];
  GThread *threads[G_N_ELEMENTS (films)];

  for (gsize i = 0; i < G_N_ELEMENTS (films); i++)
    {
      films[i].fixture = fixture;
      g_snprintf (films[i].item, sizeof films[i].item, "film %d", (int) i);
      threads[i] = g_thread_new ("reader", read_item_in_thread, &films[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (films); i++)
    g_thread_join (threads[i]);
}

/* --- another process --- */

/* The other one: holds the entry and does what it is told by a byte each. */
static int
own_entry (const char *directory, guint size)
{
  CacheFixture own = { NULL };
  BijouCacheEntry *entry;
  BijouCacheReader *reader;
  char order;

  cache_set_up_with (&own, size, directory);
  entry = cache_open (&own);
  reader = cache_add_reader (entry);
  while (read (STDIN_FILENO, &order, 1) == 1)
    {
      if (order == 'r')
        cache_assert_reads (&own, entry, reader, 0, 2 * MB);
      else if (order == 'l')
        cache_assert_reads (&own, entry, reader, 0, own.film->size);
      else if (order == 'f')
        bijou_media_cache_clear (own.cache, "server");
      bijou_cache_entry_set_pinned (entry, FALSE); /* saves */
      bijou_media_cache_flush (own.cache);
      g_assert_cmpint (write (STDOUT_FILENO, "x", 1), ==, 1);
    }
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  g_object_unref (own.cache);
  g_object_unref (own.http);
  g_object_unref (own.origin);
  loopback_free (own.server);
  film_free (own.film);
  g_free (own.directory);
  return 0;
}

static GSubprocess *
start_owner (CacheFixture *fixture)
{
  g_autofree char *size = g_strdup_printf ("%u", (guint) fixture->film->size);
  g_autoptr (GError) error = NULL;
  GSubprocess *owner =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                        "/proc/self/exe", "--own-entry", fixture->directory, size, NULL);

  g_assert_no_error (error);
  return owner;
}

static void
tell_owner (GSubprocess *owner, char order)
{
  g_autoptr (GError) error = NULL;
  char answer;

  g_assert_cmpint (
      g_output_stream_write (g_subprocess_get_stdin_pipe (owner), &order, 1, NULL, &error), ==, 1);
  g_assert_cmpint (
      g_input_stream_read (g_subprocess_get_stdout_pipe (owner), &answer, 1, NULL, &error), ==, 1);
}

static void
end_owner (GSubprocess *owner)
{
  g_autoptr (GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (owner), NULL, NULL);
  g_assert_true (g_subprocess_wait_check (owner, NULL, &error));
  g_assert_no_error (error);
}

/* What another process has is read; it alone writes. */
static void
test_other_process (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) owner = start_owner (fixture);
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  BijouCacheStats stats;

  tell_owner (owner, 'l');
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_true (stats.in_memory);
  g_assert_cmpint (stats.present, ==, fixture->film->size);

  /* It saves again and again: what was present stays so. */
  for (int i = 0; i < 5; i++)
    {
      tell_owner (owner, 'r');
      cache_assert_reads (fixture, entry, reader, i * MB, MB);
    }
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 0);
  end_owner (owner);
}

static void
test_other_process_has_some (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) owner = start_owner (fixture);
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  BijouCacheStats stats;
  guint requests;

  tell_owner (owner, 'r');
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);

  /* The rest comes from the server, and what the other one has stays its own. */
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_true (stats.in_memory);
  g_assert_cmpint (stats.bytes, <, fixture->film->size - MB);
  bijou_media_cache_clear (fixture->cache, NULL);
  tell_owner (owner, 'l');
  end_owner (owner);

  /* Now it is nobody's. */
  g_clear_pointer (&reader, bijou_cache_reader_free);
  g_clear_object (&entry);
  requests = loopback_get_requests (fixture->server);
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, requests);
}

/* What the owner gives up under the reader's eyes is not read as holes. */
static void
test_other_process_forgets (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (GSubprocess) owner = start_owner (fixture);
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;

  tell_owner (owner, 'l');
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  g_assert_true (bijou_cache_entry_is_complete (entry));
  cache_assert_reads (fixture, entry, reader, 0, MB);
  tell_owner (owner, 'f');
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (loopback_get_requests (fixture->server), >, 0);
  end_owner (owner);
}

static void
test_other_process_downloads (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheKey key = { "server", "item", "part", fixture->film->size, "v1" };
  g_autoptr (GSubprocess) owner = start_owner (fixture);
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (GError) error = NULL;

  tell_owner (owner, 'r');
  g_assert_null (bijou_media_cache_fetch (
      fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin), NULL, NULL, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_STORAGE);
  g_clear_error (&error);
  tell_owner (owner, 'l');
  entry = bijou_media_cache_fetch (fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin), NULL,
                                   NULL, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&entry);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 0);
  end_owner (owner);
}

static void
add (const char *name, void (*test) (CacheFixture *, gconstpointer), int size)
{
  g_autofree char *path = g_strconcat ("/cache-sharing/", name, NULL);

  g_test_add (path, CacheFixture, GINT_TO_POINTER (size), cache_set_up, test, cache_tear_down);
}

int
main (int argc, char **argv)
{
  if (argc == 4 && g_str_equal (argv[1], "--own-entry"))
    return own_entry (argv[2], (guint) strtoul (argv[3], NULL, 10));

  g_test_init (&argc, &argv, NULL);
  add ("range", test_range, 64 * MB);
  add ("range-behind-sated", test_range_behind_sated, 96 * MB);
  add ("turns", test_turns, 64 * MB);
  add ("range-of-no-range", test_range_of_no_range, 64 * MB);
  add ("range-refused", test_range_refused, 8 * MB);
  add ("player-and-download", test_player_and_download, 96 * MB);
  add ("same-bytes-at-once", test_same_bytes_at_once, 24 * MB);
  add ("several-films", test_several_films, 8 * MB);
  add ("other-process", test_other_process, 8 * MB);
  add ("other-process-has-some", test_other_process_has_some, 48 * MB);
  add ("other-process-forgets", test_other_process_forgets, 8 * MB);
  add ("other-process-downloads", test_other_process_downloads, 8 * MB);
  return g_test_run ();
}
