#include "config.h"

#include "cache-fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

static BijouHttpRequest *
test_origin_make_request (BijouMediaOrigin *origin, GCancellable *cancellable, GError **error)
{
  TestOrigin *self = TEST_ORIGIN (origin);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/film", self->port);

  g_atomic_int_inc (&self->requests);
  return bijou_http_request_new ("GET", url, BIJOU_HTTP_TRANSFER);
}

static void
test_origin_report_failure (BijouMediaOrigin *origin, const char *url, GError *error)
{
  TestOrigin *self = TEST_ORIGIN (origin);
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);

  self->blamed = (guint) g_uri_get_port (uri);
  g_atomic_int_inc (&self->failures);
  if (self->next_port != 0)
    self->port = self->next_port;
}

static void
test_origin_iface_init (BijouMediaOriginInterface *iface)
{
  iface->make_request = test_origin_make_request;
  iface->report_failure = test_origin_report_failure;
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

void
cache_set_up_with (CacheFixture *fixture, gint64 size, const char *directory)
{
  fixture->directory =
      directory == NULL ? g_dir_make_tmp ("bijou-cache-XXXXXX", NULL) : g_strdup (directory);
  fixture->film = film_new (size);
  fixture->server = loopback_new (film_serve, fixture->film);
  fixture->http = bijou_http_new (NULL);
  fixture->origin = g_object_new (TEST_TYPE_ORIGIN, NULL);
  fixture->origin->port = loopback_get_port (fixture->server);
  fixture->cache = bijou_media_cache_new (fixture->http, fixture->directory, CACHE_BIG_BUDGET);
}

void
cache_set_up (CacheFixture *fixture, gconstpointer data)
{
  cache_set_up_with (fixture, data == NULL ? 8 * MB : GPOINTER_TO_INT (data), NULL);
}

static void
remove_directory (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_unlink (path);
    }
  g_rmdir (directory);
}

void
cache_tear_down (CacheFixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->cache);
  g_clear_object (&fixture->http);
  g_clear_pointer (&fixture->server, loopback_free);
  g_object_unref (fixture->origin);
  film_free (fixture->film);
  remove_directory (fixture->directory);
  g_free (fixture->directory);
}

BijouCacheEntry *
cache_open_of (CacheFixture *fixture, const char *item, gboolean online)
{
  BijouCacheKey key = { "server", item, "part", fixture->film->size, "v1" };
  g_autoptr (GError) error = NULL;
  BijouCacheEntry *entry = bijou_media_cache_open (
      fixture->cache, &key, online ? BIJOU_MEDIA_ORIGIN (fixture->origin) : NULL, &error);

  g_assert_no_error (error);
  return entry;
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
      g_assert_cmpmem (buffer, got, fixture->film->body + offset, got);
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
