#include "config.h"

#include "cache-fixture.h"

#include <stdio.h>
#include <string.h>

/* What a server may answer, and what the cache makes of it. */

static void
test_moves_to_another_address (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  int dead = (int) loopback_find_dead_port ();

  fixture->origin->next_port = fixture->origin->port;
  fixture->origin->port = dead;
  cache_assert_reads (fixture, entry, reader, 0, 2 * MB);
  g_assert_cmpint (fixture->origin->failures, ==, 1);
  g_assert_cmpint (fixture->origin->blamed, ==, dead);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_new_token (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->status, 401);
  g_atomic_int_set (&fixture->film->status_count, 1);
  cache_assert_reads (fixture, entry, reader, 0, MB);
  g_assert_cmpint (fixture->origin->failures, ==, 1);
  g_assert_cmpint (fixture->origin->requests, ==, 2);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

/* Somebody says 404 where the server is not: that is an outage. */
static void
test_imposter (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (BijouCacheEntry) other = cache_open_of (fixture, "other", TRUE);
  g_autoptr (BijouCacheReader) other_reader = cache_add_reader (other);
  g_autoptr (GError) error = NULL;
  BijouCacheStats stats;

  g_atomic_int_set (&fixture->origin->imposters, 2);
  g_atomic_int_set (&fixture->film->status, 404);
  g_atomic_int_set (&fixture->film->status_count, 2);
  cache_assert_reads (fixture, entry, reader, 0, MB);
  bijou_cache_entry_get_stats (entry, &stats);
  g_assert_cmpuint (stats.retries, ==, 2);
  g_assert_cmpint (g_atomic_int_get (&fixture->origin->imposters), ==, 0);

  /* For long: the error is of the network, not of the film. */
  bijou_cache_entry_set_patience (other, 1000, 500);
  g_atomic_int_set (&fixture->origin->imposters, G_MAXINT);
  g_atomic_int_set (&fixture->film->status_count, G_MAXINT);
  g_assert_cmpint (cache_read_some (other, other_reader, 0, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
}

/* A server that is asked for patience gets it. */
static void
test_retry_after (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  gint64 started = g_get_monotonic_time ();

  g_atomic_int_set (&fixture->film->status, 503);
  g_atomic_pointer_set (&fixture->film->status_extra, "Retry-After: 1\r\n");
  g_atomic_int_set (&fixture->film->status_count, 1);
  cache_assert_reads (fixture, entry, reader, 0, 1000);
  g_assert_cmpint (g_get_monotonic_time () - started, >=, G_TIME_SPAN_SECOND);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 2);
}

typedef struct
{
  CacheFixture *fixture;
  Loopback *other;
  gint done; /* atomic */
} Move;

/* The address changes while the server says nothing, and this is told until it has an effect. */
static gpointer
move_in_thread (gpointer data)
{
  Move *move = data;

  g_atomic_int_set (&move->fixture->origin->port, (gint) loopback_get_port (move->other));
  while (!g_atomic_int_get (&move->done))
    {
      bijou_media_origin_emit_moved (BIJOU_MEDIA_ORIGIN (move->fixture->origin));
      g_usleep (50000);
    }
  return NULL;
}

/* Not after the time that a stalled body has. */
static void
test_moved_while_stalled (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (Film) film = film_new (fixture->film->size);
  g_autoptr (Loopback) other = loopback_new (film_serve, film);
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);
  Move move = { fixture, other };
  gint64 started = g_get_monotonic_time ();
  GThread *thread;

  g_atomic_int_set (&fixture->film->hang_at, MB);
  cache_assert_reads (fixture, entry, reader, 0, MB);
  thread = g_thread_new ("move", move_in_thread, &move);
  cache_assert_reads (fixture, entry, reader, MB, MB);
  g_assert_cmpint (g_get_monotonic_time () - started, <, 10 * G_TIME_SPAN_SECOND);
  /* A stall that was foreseen is nobody's fault. */
  g_assert_cmpint (fixture->origin->failures, ==, 0);
  g_atomic_int_set (&move.done, TRUE);
  g_thread_join (thread);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

/* Bytes that come again and again are no progress where there are no ranges. */
static void
test_no_range_and_cut (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&fixture->film->no_range, TRUE);
  g_atomic_int_set (&fixture->film->cut_after, 3 * MB);
  cache_assert_reads (fixture, entry, reader, 0, 3 * MB);
  g_assert_cmpint (cache_read_some (entry, reader, 3 * MB, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (loopback_get_requests (fixture->server), <=, 8);
}

/* A page is no film, whoever sends it: a portal's turn comes to its end. */
static void
test_portal (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&fixture->film->status, 200);
  g_atomic_pointer_set (&fixture->film->status_extra, "Content-Type: text/html\r\n");
  g_atomic_int_set (&fixture->origin->imposters, 1);
  g_atomic_int_set (&fixture->film->status_count, 1);
  cache_assert_reads (fixture, entry, reader, 0, MB);

  g_atomic_int_set (&fixture->film->status_count, G_MAXINT);
  g_clear_object (&entry);
  entry = cache_open_of (fixture, "other", TRUE);
  g_clear_pointer (&reader, bijou_cache_reader_free);
  reader = cache_add_reader (entry);
  g_assert_cmpint (cache_read_some (entry, reader, 0, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static void
test_refusals (CacheFixture *fixture, gconstpointer data)
{
  static const struct
  {
    int status;
    BijouError code;
  } cases[] = { { 404, BIJOU_ERROR_NOT_FOUND },
                { 403, BIJOU_ERROR_FORBIDDEN },
                { 401, BIJOU_ERROR_UNAUTHORISED },
                { 500, BIJOU_ERROR_SERVER } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *item = g_strdup_printf ("item-%" G_GSIZE_FORMAT, i);
      g_autoptr (BijouCacheEntry) entry = cache_open_of (fixture, item, TRUE);
      g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
      g_autoptr (GError) error = NULL;

      g_atomic_int_set (&fixture->film->status, cases[i].status);
      g_atomic_int_set (&fixture->film->status_count, 100);
      g_assert_cmpint (cache_read_some (entry, reader, 0, &error), ==, -1);
      g_assert_error (error, BIJOU_ERROR, (int) cases[i].code);

      /* The next read asks again. */
      g_atomic_int_set (&fixture->film->status_count, 0);
      cache_assert_reads (fixture, entry, reader, 0, 1000);
    }
}

static void
test_no_range (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->no_range, TRUE);
  cache_assert_reads (fixture, entry, reader, 5 * MB, 1000);
  g_assert_false (bijou_cache_entry_is_seekable (entry));
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 1);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_no_length (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheKey key = { "server", "live", "part", -1, NULL };
  BijouCacheEntry *entry =
      bijou_media_cache_open (fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin));
  BijouCacheReader *reader = cache_add_reader (entry);
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&fixture->film->no_range, TRUE);
  g_atomic_int_set (&fixture->film->no_length, TRUE);
  g_assert_cmpint (bijou_cache_entry_wait_for_size (entry, reader, NULL, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpint (cache_read_some (entry, reader, fixture->film->size, NULL), ==, 0);
  g_assert_cmpint (bijou_cache_entry_get_size (entry), ==, fixture->film->size);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static void
test_size_from_server (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheKey key = { "server", "item", "part", -1, NULL };
  g_autoptr (BijouCacheEntry) entry =
      bijou_media_cache_open (fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin));
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  g_assert_cmpint (bijou_cache_entry_get_size (entry), ==, -1);
  g_assert_cmpint (bijou_cache_entry_wait_for_size (entry, reader, NULL, NULL), ==,
                   fixture->film->size);
}

/* A range of which it is not said which one it is may be any: the whole film is asked for. */
static void
test_no_content_range (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->no_content_range, TRUE);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_false (bijou_cache_entry_is_seekable (entry));
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 3);
}

static void
test_chunked (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->no_range, TRUE);
  g_atomic_int_set (&fixture->film->chunked, TRUE);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpint (cache_read_some (entry, reader, fixture->film->size, NULL), ==, 0);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 1);
}

static FilmTurn
break_off (Film *film, gpointer user_data)
{
  return FILM_BREAKS_OFF;
}

/* With no length the end of the connection looks like the end of the film; the size is known. */
static void
test_false_end (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->no_range, TRUE);
  g_atomic_int_set (&fixture->film->no_length, TRUE);
  film_set_turn (fixture->film, break_off, NULL, 3 * MB);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 2);
}

/* More than the server's records know of is not kept under their size. */
static void
test_longer_than_known (CacheFixture *fixture, gconstpointer data)
{
  gint64 known = 5 * MB + 17;
  BijouCacheKey key = { "server", "item", "part", known, "v1" };
  BijouCacheEntry *entry =
      bijou_media_cache_open (fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin));
  BijouCacheReader *reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->no_range, TRUE);
  g_atomic_int_set (&fixture->film->chunked, TRUE);
  cache_assert_reads (fixture, entry, reader, 0, known);
  g_assert_cmpint (cache_read_some (entry, reader, known, NULL), ==, 0);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);
  g_assert_cmpint (assert_claims_hold (fixture->directory, fixture->film->body, known), ==, known);
}

/* 416: the file is shorter than it was. */
static void
test_shrunk (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheKey key = { "server", "item", "part", fixture->film->size, "v1" };
  g_autoptr (BijouCacheEntry) entry =
      bijou_media_cache_open (fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin));
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  film_replace (fixture->film, film_create_other_body (fixture->film), 3 * MB, "\"two\"");
  g_assert_cmpint (cache_read_some (entry, reader, 6 * MB, NULL), ==, 0);
  g_assert_cmpint (bijou_cache_entry_get_size (entry), ==, 3 * MB);
  cache_assert_reads (fixture, entry, reader, 0, 3 * MB);
}

/* With no tag the time decides. */
static void
test_modified (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheEntry *entry = cache_open (fixture);
  BijouCacheReader *reader = cache_add_reader (entry);

  film_set_validators (fixture->film, NULL, "Sat, 01 Jan 2022 00:00:00 GMT");
  g_atomic_int_set (&fixture->film->hang_at, 3 * MB);
  cache_assert_reads (fixture, entry, reader, 0, 3 * MB);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
  bijou_media_cache_flush (fixture->cache);
  cache_restart (fixture);

  g_atomic_int_set (&fixture->film->hang_at, 0);
  film_replace (fixture->film, film_create_other_body (fixture->film), fixture->film->size, NULL);
  film_set_validators (fixture->film, NULL, "Sun, 02 Jan 2022 00:00:00 GMT");
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 4 * MB, 1000);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  bijou_cache_reader_free (reader);
  g_object_unref (entry);
}

static FilmTurn
weaken (Film *film, gpointer user_data)
{
  film_set_validators (film, "W/\"one\"", NULL);
  return FILM_BREAKS_OFF;
}

/* A proxy weakens the tag, and the film is still the film. */
static void
test_weak_tag (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  film_set_turn (fixture->film, weaken, NULL, 4 * MB);
  cache_assert_reads (fixture, entry, reader, 0, fixture->film->size);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 2);
  g_assert_cmpint (g_atomic_int_get (&fixture->film->served), ==, fixture->film->size);
}

static void
test_redirect (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);

  g_atomic_int_set (&fixture->film->status, 302);
  g_atomic_pointer_set (&fixture->film->status_extra, "Location: /elsewhere\r\n");
  g_atomic_int_set (&fixture->film->status_count, 1);
  cache_assert_reads (fixture, entry, reader, 2 * MB, 2 * MB);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 2);
  g_assert_cmpint (fixture->origin->failures, ==, 0);
}

/* --- servers of their own kind --- */

static void
serve_with (CacheFixture *fixture, LoopbackHandler handler, gpointer user_data)
{
  loopback_free (fixture->server);
  fixture->server = loopback_new (handler, user_data);
  g_atomic_int_set (&fixture->origin->port, (gint) loopback_get_port (fixture->server));
}

static gboolean
redirect_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer url)
{
  g_autofree char *location = g_strdup_printf ("Location: %s\r\n", (char *) url);

  loopback_reply (connection, 302, location, "", 0);
  return TRUE;
}

static gboolean
serve_to_strangers_cb (GSocketConnection *connection,
                       const LoopbackRequest *request,
                       gpointer user_data)
{
  g_assert_null (g_hash_table_lookup (request->headers, "x-token"));
  return film_serve (connection, request, user_data);
}

/* A film may be on another server, which is told nothing of who asks. */
static void
test_redirect_away (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (Loopback) other = loopback_new (serve_to_strangers_cb, fixture->film);
  g_autofree char *url = loopback_dup_url (other, "/film");
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;

  serve_with (fixture, redirect_cb, url);
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 2 * MB, 2 * MB);
  g_assert_cmpuint (loopback_get_requests (other), ==, 1);
}

static gboolean
compress_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  loopback_reply (connection, 200, "Content-Type: video/mp4\r\nContent-Encoding: gzip\r\n",
                  "what a proxy made of it", -1);
  return TRUE;
}

static void
test_compressed (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  serve_with (fixture, compress_cb, NULL);
  entry = cache_open (fixture);
  reader = cache_add_reader (entry);
  g_assert_cmpint (cache_read_some (entry, reader, 0, &error), ==, -1);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
}

static gboolean
end_early_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Film *film = user_data;

  loopback_write (connection, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", -1);
  loopback_write (connection, film->body, MB);
  return FALSE;
}

/* Again and again, and in good order: no server is asked for ever. */
static void
test_range_ends_early (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  serve_with (fixture, end_early_cb, fixture->film);
  entry = cache_open (fixture);
  reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);
  g_assert_false (bijou_cache_entry_fetch_range (entry, reader, 0, 4 * MB, NULL, &error));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
  g_assert_cmpuint (loopback_get_requests (fixture->server), <, 10);
}

static gboolean
hide_size_cb (GSocketConnection *connection, const LoopbackRequest *request, gpointer user_data)
{
  Film *film = user_data;
  const char *range = g_hash_table_lookup (request->headers, "range");
  g_autofree char *headers = NULL;
  gint64 from = 0, last = -1;

  sscanf (range, "bytes=%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT, &from, &last);
  last = last < 0 ? film->size - 1 : MIN (last, film->size - 1);
  headers = g_strdup_printf ("Content-Range: bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/*\r\n",
                             from, last);
  loopback_reply (connection, 206, headers, film->body + from, (gssize) (last + 1 - from));
  return TRUE;
}

/* The end of a piece is not the end of the film. */
static void
test_unknown_size (CacheFixture *fixture, gconstpointer data)
{
  BijouCacheKey key = { "server", "item", "part", -1, "v1" };
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  g_autoptr (BijouCacheReader) player = NULL;
  g_autoptr (GError) error = NULL;

  serve_with (fixture, hide_size_cb, fixture->film);
  entry = bijou_media_cache_open (fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin));
  reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);
  bijou_cache_entry_fetch_range (entry, reader, 0, MB, NULL, &error);
  g_assert_no_error (error);
  player = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, player, 0, fixture->film->size);
  g_assert_cmpint (cache_read_some (entry, player, fixture->film->size, NULL), ==, 0);
}

static FilmTurn
replace_by_longer (Film *film, gpointer user_data)
{
  gint64 size = film->size + 4 * MB;
  char *body = g_malloc ((gsize) size);

  memset (body, 'n', (gsize) size);
  film_replace (film, body, size, "\"two\"");
  return FILM_BREAKS_OFF;
}

/* What follows is longer, and the server does not say how long. */
static void
test_changes_and_grows (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  g_autoptr (BijouCacheReader) reader = cache_add_reader (entry);
  gint64 size = fixture->film->size;
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&fixture->film->no_range, TRUE);
  g_atomic_int_set (&fixture->film->chunked, TRUE);
  film_set_turn (fixture->film, replace_by_longer, NULL, 2 * MB);
  g_assert_cmpint (cache_read_some (entry, reader, 0, NULL), ==, 1); /* of the old one, or not */
  if (cache_read_some (entry, reader, 3 * MB, &error) < 0)
    g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
  cache_assert_reads (fixture, entry, reader, 0, size + 4 * MB);
  g_assert_cmpint (cache_read_some (entry, reader, size + 4 * MB, NULL), ==, 0);
}

/* A refusal that nobody waited for is not for the next who opens the film. */
static void
test_old_refusal (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (BijouCacheEntry) entry = cache_open (fixture);
  BijouCacheReader *reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);
  g_autoptr (GError) error = NULL;

  bijou_cache_entry_fetch_range (entry, reader, 0, MB, NULL, &error);
  g_assert_no_error (error);
  bijou_cache_reader_free (reader);

  g_atomic_int_set (&fixture->film->status, 404);
  g_atomic_int_set (&fixture->film->status_count, 1);
  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 0, 1000); /* and it reads ahead */
  while (g_atomic_int_get (&fixture->film->status_count) > 0)
    g_thread_yield ();
  cache_wait_until_idle (entry);
  bijou_cache_reader_free (reader);

  reader = cache_add_reader (entry);
  cache_assert_reads (fixture, entry, reader, 2 * MB, 1000);
  bijou_cache_reader_free (reader);
}

static void
add (const char *name, void (*test) (CacheFixture *, gconstpointer), int size)
{
  g_autofree char *path = g_strconcat ("/cache-answers/", name, NULL);

  g_test_add (path, CacheFixture, size == 0 ? NULL : GINT_TO_POINTER (size), cache_set_up, test,
              cache_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("new-token", test_new_token, 0);
  add ("imposter", test_imposter, 0);
  add ("retry-after", test_retry_after, 0);
  add ("moved-while-stalled", test_moved_while_stalled, 0);
  add ("no-range-and-cut", test_no_range_and_cut, 0);
  add ("portal", test_portal, 0);
  add ("refusals", test_refusals, 0);
  add ("no-range", test_no_range, 0);
  add ("no-length", test_no_length, 0);
  add ("size-from-server", test_size_from_server, 0);
  add ("moves-to-another-address", test_moves_to_another_address, 0);
  add ("no-content-range", test_no_content_range, 0);
  add ("chunked", test_chunked, 0);
  add ("false-end", test_false_end, 0);
  add ("longer-than-known", test_longer_than_known, 0);
  add ("shrunk", test_shrunk, 0);
  add ("modified", test_modified, 0);
  add ("weak-tag", test_weak_tag, 0);
  add ("redirect", test_redirect, 0);
  add ("redirect-away", test_redirect_away, 0);
  add ("compressed", test_compressed, 0);
  add ("range-ends-early", test_range_ends_early, 0);
  add ("unknown-size", test_unknown_size, 0);
  add ("changes-and-grows", test_changes_and_grows, 0);
  add ("old-refusal", test_old_refusal, 0);
  return g_test_run ();
}
