#include "cache-fixture.h"

#include <sys/socket.h>

/* The connection that waits for the next seek. The film stalls on the one it comes on, so that a
 * seek needs another one. */

#define FILM_SIZE (64 * MB)
#define SEEKS 20
#define TRIES 50
#define ENDLESS (1024 * 1024)

typedef enum
{
  ANSWER_SHORT,
  ANSWER_NEVER,
  ANSWER_ENDLESS,
} Answer;

typedef struct
{
  CacheFixture cache; /* its server is this one */
  Answer answer;
  GMutex lock;
  GCond cond;
  GHashTable *asked; /* (owned) set of connections that a question came on */
  guint questions;
  guint seeks_on_spare;
  gint has_one; /* atomic: one connection is served at a time */
  guint served; /* with `has_one`: which, 0 none */
} Fixture;

static gboolean
answer_question (Fixture *fixture, GSocketConnection *connection)
{
  g_autofree char *much = NULL;

  switch (fixture->answer)
    {
    case ANSWER_NEVER:
      loopback_hang (connection);
      return FALSE;
    case ANSWER_ENDLESS:
      much = g_strnfill (ENDLESS, 'x');
      loopback_reply (connection, 200, "", much, ENDLESS);
      return FALSE;
    case ANSWER_SHORT:
    default:
      loopback_reply (connection, 200, "", "here", -1);
      return TRUE;
    }
}

/* Returns whether it asks again. */
static gboolean
wait_for_client (GSocketConnection *connection)
{
  GSocket *socket = g_socket_connection_get_socket (connection);
  char byte;

  return g_socket_condition_wait (socket, G_IO_IN | G_IO_HUP, NULL, NULL) &&
         recv (g_socket_get_fd (socket), &byte, 1, MSG_PEEK) > 0;
}

static void
take_only_connection (Fixture *fixture, guint connection)
{
  g_mutex_lock (&fixture->lock);
  while (fixture->served != 0 && fixture->served != connection)
    g_cond_wait (&fixture->cond, &fixture->lock);
  fixture->served = connection;
  g_mutex_unlock (&fixture->lock);
}

static void
leave_only_connection (Fixture *fixture)
{
  g_mutex_lock (&fixture->lock);
  fixture->served = 0;
  g_cond_broadcast (&fixture->cond);
  g_mutex_unlock (&fixture->lock);
}

static gboolean
serve_request (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Fixture *fixture = user_data;
  gpointer which = GUINT_TO_POINTER (request->connection);
  gboolean is_question = g_str_equal (request->path, "/question");

  g_mutex_lock (&fixture->lock);
  if (is_question)
    {
      g_hash_table_add (fixture->asked, which);
      fixture->questions++;
    }
  else
    fixture->seeks_on_spare += g_hash_table_contains (fixture->asked, which);
  g_cond_broadcast (&fixture->cond);
  g_mutex_unlock (&fixture->lock);
  return is_question ? answer_question (fixture, connection)
                     : film_serve (connection, request, fixture->cache.film);
}

static gboolean
serve (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Fixture *fixture = user_data;

  if (!g_atomic_int_get (&fixture->has_one))
    return serve_request (connection, request, user_data);
  take_only_connection (fixture, request->connection);
  if (serve_request (connection, request, user_data) && wait_for_client (connection))
    return TRUE;
  leave_only_connection (fixture);
  return FALSE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->answer = (Answer) GPOINTER_TO_INT (data);
  fixture->asked = g_hash_table_new (NULL, NULL);
  cache_set_up_with (&fixture->cache, FILM_SIZE, NULL);
  loopback_free (fixture->cache.server);
  fixture->cache.server = loopback_new (serve, fixture);
  g_atomic_int_set (&fixture->cache.origin->port, (gint) loopback_get_port (fixture->cache.server));
  g_atomic_int_set (&fixture->cache.origin->asks, TRUE);
  g_atomic_int_set (&fixture->cache.film->hang_after, MB);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  cache_tear_down (&fixture->cache, NULL);
  g_hash_table_unref (fixture->asked);
}

static guint
wait_for_questions (Fixture *fixture, guint n)
{
  guint questions;

  g_mutex_lock (&fixture->lock);
  while (fixture->questions < n)
    g_cond_wait (&fixture->cond, &fixture->lock);
  questions = fixture->questions;
  g_mutex_unlock (&fixture->lock);
  return questions;
}

/* Forth and back: what is fetched does not lead there. */
static void
seek (Fixture *fixture, BijouCacheEntry *entry, BijouCacheReader *reader, guint n)
{
  gint64 place = (n % 2) * FILM_SIZE / 2 + n * MB;

  cache_assert_reads (&fixture->cache, entry, reader, place, 1000);
}

static void
close_film (Fixture *fixture, BijouCacheEntry *entry, BijouCacheReader *reader)
{
  bijou_cache_reader_free (reader);
  bijou_cache_entry_release (entry);
  bijou_media_cache_flush (fixture->cache.cache);
}

/* That the answer was read before the seek is likely, not sure: one of many finds it. */
static void
test_seek (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; fixture->seeks_on_spare == 0; i++)
    {
      g_autofree char *item = g_strdup_printf ("item-%u", i);
      BijouCacheEntry *entry = cache_open_of (&fixture->cache, item, TRUE);
      BijouCacheReader *reader = cache_add_reader (entry);

      g_assert_cmpuint (i, <, TRIES);
      seek (fixture, entry, reader, 0);
      wait_for_questions (fixture, i + 1);
      seek (fixture, entry, reader, 1);
      close_film (fixture, entry, reader);
    }
}

/* The question does not take the connection that the film needs. */
static void
test_one_connection (Fixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry;
  BijouCacheReader *reader;
  BijouCacheStats stats;

  g_atomic_int_set (&fixture->has_one, TRUE);
  entry = cache_open (&fixture->cache);
  reader = cache_add_reader (entry);
  bijou_cache_entry_set_patience (entry, 4000, 60000);
  for (guint i = 0; i < SEEKS; i++)
    seek (fixture, entry, reader, i);
  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_cmpuint (stats.retries, ==, 0);
  close_film (fixture, entry, reader);
}

/* A server that does not answer is asked once, and holds up nothing. */
static void
test_no_answer (Fixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (&fixture->cache);
  BijouCacheReader *reader = cache_add_reader (entry);

  for (guint i = 0; i < SEEKS; i++)
    {
      seek (fixture, entry, reader, i);
      g_assert_cmpuint (wait_for_questions (fixture, 1), ==, 1);
    }
  close_film (fixture, entry, reader);
}

static void
test_endless_answer (Fixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (&fixture->cache);
  BijouCacheReader *reader = cache_add_reader (entry);

  for (guint i = 0; i < SEEKS; i++)
    seek (fixture, entry, reader, i);
  wait_for_questions (fixture, 1);
  close_film (fixture, entry, reader);
}

/* Who fills the file does not seek. */
static void
test_download (Fixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (&fixture->cache);
  BijouCacheReader *reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);

  cache_assert_reads (&fixture->cache, entry, reader, 0, MB);
  close_film (fixture, entry, reader);
  g_assert_cmpuint (fixture->questions, ==, 0);
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer), Answer answer)
{
  g_autofree char *path = g_strconcat ("/cache-spare/", name, NULL);

  g_test_add (path, Fixture, GINT_TO_POINTER (answer), set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("seek", test_seek, ANSWER_SHORT);
  add ("one-connection", test_one_connection, ANSWER_SHORT);
  add ("no-answer", test_no_answer, ANSWER_NEVER);
  add ("endless-answer", test_endless_answer, ANSWER_ENDLESS);
  add ("download", test_download, ANSWER_SHORT);
  return g_test_run ();
}
