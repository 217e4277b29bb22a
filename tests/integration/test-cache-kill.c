#include "config.h"

#include "cache-fixture.h"

#include "bijou-cache-file.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A process that reads a film is killed at any moment: every byte that the sidecar claims after it
 * is the server's. BIJOU_KILLS=200 is the long form. */

#define KILLS 20
#define SIZE (24 * MB)
/* Most die while they read, some before they have begun. */
#define LIFE_US 150000

static guint
get_kills (void)
{
  const char *text = g_getenv ("BIJOU_KILLS");

  return text != NULL ? (guint) atoi (text) : KILLS;
}

/* --- the process that is killed --- */

/* Saves all the time, as the clock alone would not. */
static gpointer
save_always (gpointer data)
{
  CacheFixture *own = data;
  g_autoptr (BijouCacheEntry) entry = cache_open (own);

  while (TRUE)
    {
      bijou_cache_entry_set_pinned (entry, FALSE);
      bijou_media_cache_flush (own->cache);
    }
  return NULL;
}

/* Wherever it is, and whether it can. */
static void
read_about (CacheFixture *own, GRand *rand)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (own);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autofree char *buffer = g_malloc (MB);

  while (TRUE)
    {
      gint64 offset = g_rand_int_range (rand, 0, SIZE);
      int count = g_rand_int_range (rand, 1, 6);

      for (int i = 0; i < count && offset < SIZE; i++)
        {
          gssize got = bijou_cache_entry_read (entry, reader, offset, buffer, MB, NULL, NULL);

          offset += MAX (got, 0);
        }
    }
}

static int
run_until_killed (const char *directory, int port, guint32 seed)
{
  GRand *rand = g_rand_new_with_seed (seed);
  CacheFixture own = { .directory = g_strdup (directory) };

  own.film = film_new_for_data (NULL, SIZE);
  own.http = bijou_http_new (NULL);
  own.origin = g_object_new (TEST_TYPE_ORIGIN, NULL);
  own.origin->port = port;
  /* Half of them give up what they have read. */
  own.cache = bijou_media_cache_new (own.http, directory,
                                     g_rand_boolean (rand) ? CACHE_BIG_BUDGET : 8 * MB);
  g_thread_new ("save", save_always, &own);
  read_about (&own, rand);
  return 0;
}

/* --- killing --- */

/* Returns how many bytes are claimed, each of them the one of the film that has the claims' tag. */
static gint64
check (CacheFixture *fixture, const char *const *bodies)
{
  g_autofree char *path = find_file (fixture->directory, BIJOU_CACHE_SIDECAR_SUFFIX);
  g_autoptr (BijouCacheClaims) claims = path == NULL ? NULL : bijou_cache_claims_load (path);
  const char *body = bodies[0];

  if (claims == NULL)
    return 0;
  if (g_strcmp0 (claims->etag, "\"two\"") == 0)
    body = bodies[1];
  return assert_claims_hold (fixture->directory, body, SIZE);
}

static void
kill_one (CacheFixture *fixture, gboolean replace)
{
  g_autofree char *port = g_strdup_printf ("%d", fixture->origin->port);
  g_autofree char *seed = g_strdup_printf ("%d", g_test_rand_int ());
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error, "/proc/self/exe",
                        "--run-until-killed", fixture->directory, port, seed, NULL);
  gint64 life = g_test_rand_int_range (0, LIFE_US);

  g_assert_no_error (error);
  g_usleep ((gulong) life / 2);
  if (replace)
    film_replace (fixture->film, film_create_other_body (fixture->film), SIZE,
                  g_str_equal (fixture->film->etag, "\"one\"") ? "\"two\"" : "\"one\"");
  g_usleep ((gulong) life / 2);
  g_subprocess_force_exit (child);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
}

static void
test_killed (CacheFixture *fixture, gconstpointer data)
{
  g_autofree char *one = g_memdup2 (fixture->film->body, SIZE);
  g_autofree char *two = film_create_other_body (fixture->film);
  const char *const bodies[] = { one, two };
  BijouCacheEntry *entry;
  BijouCacheReader *reader;
  guint kills = get_kills ();
  guint claimed = 0;

  g_atomic_int_set (&fixture->film->pace_us, 300);
  for (guint i = 0; i < kills; i++)
    {
      gint64 bytes;

      kill_one (fixture, i % 4 == 3);
      bytes = check (fixture, bodies);
      g_test_message ("%u: %" G_GINT64_FORMAT " bytes are claimed", i, bytes);
      claimed += bytes > 0;
    }
  g_assert_cmpuint (claimed, >, kills / 4);

  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  g_atomic_int_set (&fixture->film->pace_us, 0);
  cache_assert_reads (fixture, entry, reader, 0, SIZE);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

int
main (int argc, char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], "--run-until-killed"))
    return run_until_killed (argv[2], atoi (argv[3]), (guint32) strtoul (argv[4], NULL, 10));

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/cache-kill/any-moment", CacheFixture, GINT_TO_POINTER (SIZE), cache_set_up,
              test_killed, cache_tear_down);
  return g_test_run ();
}
