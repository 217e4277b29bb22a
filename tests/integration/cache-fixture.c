#include "config.h"

#include "cache-fixture.h"

#include "bijou-cache-file.h"
#include "bijou-test-files.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define STEP (256 * 1024)

static BijouHttpRequest *
test_origin_make_request (BijouMediaOrigin *origin, GCancellable *cancellable, GError **error)
{
  TestOrigin *self = TEST_ORIGIN (origin);
  g_autofree char *url =
      g_strdup_printf ("http://127.0.0.1:%d/film", g_atomic_int_get (&self->port));
  g_autofree char *token = g_strdup_printf ("%d", g_atomic_int_get (&self->token));
  BijouHttpRequest *request = bijou_http_request_new ("GET", url, BIJOU_HTTP_TRANSFER);

  g_atomic_int_inc (&self->requests);
  bijou_http_request_set_header (request, "X-Token", token);
  return request;
}

static void
test_origin_report_failure (BijouMediaOrigin *origin,
                            const char *url,
                            GError *error,
                            GCancellable *cancellable)
{
  TestOrigin *self = TEST_ORIGIN (origin);
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  int next = g_atomic_int_get (&self->next_port);

  g_atomic_int_set (&self->blamed, g_uri_get_port (uri));
  g_atomic_int_inc (&self->failures);
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED))
    g_atomic_int_inc (&self->token);
  if (next != 0)
    g_atomic_int_set (&self->port, next);
}

static gboolean
test_origin_confirm (BijouMediaOrigin *origin, const char *url, GCancellable *cancellable)
{
  return g_atomic_int_add (&TEST_ORIGIN (origin)->imposters, -1) <= 0;
}

static BijouHttpRequest *
test_origin_make_question (BijouMediaOrigin *origin, const char *url)
{
  g_autofree char *question = g_uri_resolve_relative (url, "/question", G_URI_FLAGS_NONE, NULL);

  if (!g_atomic_int_get (&TEST_ORIGIN (origin)->asks))
    return NULL;
  return bijou_http_request_new ("GET", question, BIJOU_HTTP_TRANSFER);
}

static void
test_origin_iface_init (BijouMediaOriginInterface *iface)
{
  iface->make_request = test_origin_make_request;
  iface->report_failure = test_origin_report_failure;
  iface->confirm = test_origin_confirm;
  iface->make_question = test_origin_make_question;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestOrigin,
                               test_origin,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_MEDIA_ORIGIN,
                                                      test_origin_iface_init))

static void
test_origin_class_init (TestOriginClass *klass)
{
}

static void
test_origin_init (TestOrigin *self)
{
}

TestOrigin *
test_origin_new (Loopback *server)
{
  TestOrigin *self = g_object_new (TEST_TYPE_ORIGIN, NULL);

  self->port = (gint) loopback_get_port (server);
  return self;
}

char *
find_file (const char *directory, const char *suffix)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, suffix))
      return g_build_filename (directory, name, NULL);
  return NULL;
}

static void
assert_range_holds (int fd, const char *body, gint64 from, gint64 to)
{
  g_autofree char *buffer = g_malloc (STEP);

  while (from < to)
    {
      gssize got = pread (fd, buffer, (gsize) MIN (to - from, STEP), from);

      g_assert_cmpint (got, >, 0);
      if (memcmp (buffer, body + from, (gsize) got) != 0)
        g_error ("Wrong bytes are claimed between %" G_GINT64_FORMAT " and %" G_GINT64_FORMAT, from,
                 from + got);
      from += got;
    }
}

/* What a sidecar claims is what a reader of it believes. */
static gint64
assert_entry_holds (const char *sidecar, const char *body, gint64 size)
{
  g_autofree char *stem =
      g_strndup (sidecar, strlen (sidecar) - strlen (BIJOU_CACHE_SIDECAR_SUFFIX));
  g_autofree char *data = g_strconcat (stem, BIJOU_CACHE_DATA_SUFFIX, NULL);
  g_autoptr (BijouCacheClaims) claims = bijou_cache_claims_load (sidecar);
  int fd = g_open (data, O_RDONLY, 0);

  g_assert_cmpint (fd, >=, 0);
  if (claims == NULL)
    {
      close (fd);
      return 0;
    }
  bijou_range_map_remove (claims->extents, lseek (fd, 0, SEEK_END), G_MAXINT64);
  g_assert_cmpint (bijou_range_map_get_gap_end (claims->extents, size, G_MAXINT64), ==, G_MAXINT64);
  for (guint i = 0; i < bijou_range_map_get_length (claims->extents); i++)
    assert_range_holds (fd, body, bijou_range_map_get (claims->extents, i)->from,
                        bijou_range_map_get (claims->extents, i)->to);
  close (fd);
  return bijou_range_map_get_total (claims->extents);
}

gint64
assert_claims_hold (const char *directory, const char *body, gint64 size)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;
  gint64 total = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      if (g_str_has_suffix (name, BIJOU_CACHE_SIDECAR_SUFFIX))
        total += assert_entry_holds (path, body, size);
    }
  return total;
}

void
cache_set_up_with (CacheFixture *fixture, gint64 size, const char *directory)
{
  fixture->directory =
      directory == NULL ? g_dir_make_tmp ("bijou-cache-XXXXXX", NULL) : g_strdup (directory);
  fixture->film = film_new (size);
  fixture->server = loopback_new (film_serve, fixture->film);
  fixture->http = bijou_http_new (NULL);
  fixture->origin = test_origin_new (fixture->server);
  fixture->cache = bijou_media_cache_new (fixture->http, fixture->directory, CACHE_BIG_BUDGET);
}

void
cache_set_up (CacheFixture *fixture, gconstpointer data)
{
  cache_set_up_with (fixture, data == NULL ? 8 * MB : GPOINTER_TO_INT (data), NULL);
}

void
cache_tear_down (CacheFixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->cache);
  g_clear_object (&fixture->http);
  g_clear_pointer (&fixture->server, loopback_free);
  g_object_unref (fixture->origin);
  film_free (fixture->film);
  bijou_test_remove_tree (fixture->directory);
  g_free (fixture->directory);
}

BijouCacheEntry *
cache_open_of (CacheFixture *fixture, const char *item, gboolean online)
{
  BijouCacheKey key = { "server", item, "part", fixture->film->size, "v1" };

  return bijou_media_cache_open (fixture->cache, &key,
                                 online ? BIJOU_MEDIA_ORIGIN (fixture->origin) : NULL);
}

BijouCacheEntry *
cache_open (CacheFixture *fixture)
{
  return cache_open_of (fixture, "item", TRUE);
}

void
cache_restart (CacheFixture *fixture)
{
  g_object_unref (fixture->cache);
  fixture->cache = bijou_media_cache_new (fixture->http, fixture->directory, CACHE_BIG_BUDGET);
}

static void
assert_is_of_film (Film *film, gint64 offset, const char *bytes, gsize length)
{
  g_mutex_lock (&film->lock); /* it may just be replaced */
  g_assert_cmpmem (bytes, length, film->body + offset, length);
  g_mutex_unlock (&film->lock);
}

void
cache_assert_reads (CacheFixture *fixture,
                    BijouCacheEntry *entry,
                    BijouCacheReader *reader,
                    gint64 offset,
                    gint64 length)
{
  g_autofree char *buffer = g_malloc (256 * 1024);

  while (length > 0)
    {
      g_autoptr (GError) error = NULL;
      gssize got = bijou_cache_entry_read (entry, reader, offset, buffer,
                                           (gsize) MIN (length, 256 * 1024), NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (got, >, 0);
      assert_is_of_film (fixture->film, offset, buffer, (gsize) got);
      offset += got;
      length -= got;
    }
}

gssize
cache_read_some (BijouCacheEntry *entry, BijouCacheReader *reader, gint64 offset, GError **error)
{
  char byte;

  return bijou_cache_entry_read (entry, reader, offset, &byte, 1, NULL, error);
}

BijouCacheReader *
cache_add_reader (BijouCacheEntry *entry)
{
  return bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_PLAYBACK);
}

gint64
cache_wait_until_idle (BijouCacheEntry *entry)
{
  BijouCacheStats stats;

  do
    {
      g_thread_yield ();
      bijou_cache_entry_get_stats (entry, &stats);
    }
  while (stats.activity != BIJOU_CACHE_IDLE);
  return stats.present;
}

void
cache_assert_kept_whole (CacheFixture *fixture)
{
  bijou_media_cache_flush (fixture->cache);
  g_assert_cmpint (
      assert_claims_hold (fixture->directory, fixture->film->body, fixture->film->size), ==,
      fixture->film->size);
}

void
cache_ask_server (CacheFixture *fixture)
{
  g_autofree char *url =
      g_strdup_printf ("http://127.0.0.1:%u/film", loopback_get_port (fixture->server));
  g_autoptr (BijouHttpRequest) request = bijou_http_request_new ("GET", url, BIJOU_HTTP_API);
  g_autoptr (BijouHttpResponse) response = NULL;
  g_autoptr (GError) error = NULL;

  bijou_http_request_set_range (request, 0, 0);
  response = bijou_http_send (fixture->http, request, NULL, &error);
  g_assert_no_error (error);
}

void
gate_pass (Gate *self)
{
  g_mutex_lock (&self->lock);
  self->waiting++;
  g_cond_broadcast (&self->cond);
  while (self->closed)
    g_cond_wait (&self->cond, &self->lock);
  self->waiting--;
  g_mutex_unlock (&self->lock);
}

void
gate_set_closed (Gate *self, gboolean closed)
{
  g_mutex_lock (&self->lock);
  self->closed = closed;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gate_wait_until_busy (Gate *self)
{
  g_mutex_lock (&self->lock);
  while (self->waiting == 0)
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
}
