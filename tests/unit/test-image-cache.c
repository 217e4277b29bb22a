#include "config.h"

#include "bijou-image-cache.h"

#include <glib/gstdio.h>
#include <locale.h>

typedef struct
{
  BijouImageCache *cache;
  char *folder;
  gint n_fetched; /* atomic */
  GMutex gate;    /* held by the test: fetches wait */
  GError *failure;
} Fixture;

static GBytes *
fetch (const char *server_id,
       const char *image,
       guint width,
       gpointer user_data,
       GCancellable *cancellable,
       GError **error)
{
  Fixture *fixture = user_data;

  g_mutex_lock (&fixture->gate);
  g_mutex_unlock (&fixture->gate);
  g_atomic_int_inc (&fixture->n_fetched);
  if (fixture->failure != NULL)
    {
      g_propagate_error (error, g_error_copy (fixture->failure));
      return NULL;
    }
  return g_bytes_new (image, strlen (image));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("bijou-test-XXXXXX", NULL);
  g_mutex_init (&fixture->gate);
  fixture->cache = bijou_image_cache_new (fixture->folder, 1 << 20, fetch, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bijou_image_cache_clear (fixture->cache, NULL);
  g_object_unref (fixture->cache);
  g_clear_error (&fixture->failure);
  g_mutex_clear (&fixture->gate);
  g_free (fixture->folder);
}

static void
on_got_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GBytes *
wait_for (Fixture *fixture, GAsyncResult **result, GError **error)
{
  GBytes *bytes;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  bytes = bijou_image_cache_get_finish (fixture->cache, *result, error);
  g_clear_object (result);
  return bytes;
}

static void
expect (Fixture *fixture, const char *image, const char *expected)
{
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  bijou_image_cache_get_async (fixture->cache, "s", image, 160, NULL, on_got_cb, &result);
  bytes = wait_for (fixture, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
}

static void
test_kept (Fixture *fixture, gconstpointer data)
{
  expect (fixture, "one", "one");
  expect (fixture, "one", "one");
  expect (fixture, "two", "two");
  g_assert_cmpint (fixture->n_fetched, ==, 2);
  g_assert_cmpuint (bijou_image_cache_get_size (fixture->cache), >, 0);
}

static void
test_fetched_once (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *results[5] = { NULL };

  g_mutex_lock (&fixture->gate);
  for (guint i = 0; i < 5; i++)
    bijou_image_cache_get_async (fixture->cache, "s", "same", 160, NULL, on_got_cb, &results[i]);
  g_mutex_unlock (&fixture->gate);
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GBytes) bytes = wait_for (fixture, &results[i], NULL);

      g_assert_nonnull (bytes);
    }
  g_assert_cmpint (fixture->n_fetched, ==, 1);
}

static void
test_cancelled_is_dropped (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *results[7] = { NULL };
  GAsyncResult *dropped = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&fixture->gate); /* all threads are busy with these */
  for (guint i = 0; i < 7; i++)
    {
      g_autofree char *image = g_strdup_printf ("busy%u", i);

      bijou_image_cache_get_async (fixture->cache, "s", image, 160, NULL, on_got_cb, &results[i]);
    }
  bijou_image_cache_get_async (fixture->cache, "s", "gone", 160, cancellable, on_got_cb, &dropped);
  g_cancellable_cancel (cancellable);
  g_mutex_unlock (&fixture->gate);

  g_assert_null (wait_for (fixture, &dropped, &error));
  g_assert_true (bijou_error_is_cancelled (error));
  for (guint i = 0; i < 7; i++)
    g_bytes_unref (wait_for (fixture, &results[i], NULL));
  g_assert_cmpint (fixture->n_fetched, ==, 7);
}

static void
test_missing_is_remembered (Fixture *fixture, gconstpointer data)
{
  fixture->failure = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND, "no");

  for (guint i = 0; i < 3; i++)
    {
      GAsyncResult *result = NULL;
      g_autoptr (GError) error = NULL;

      bijou_image_cache_get_async (fixture->cache, "s", "none", 160, NULL, on_got_cb, &result);
      g_assert_null (wait_for (fixture, &result, &error));
      g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND);
    }
  g_assert_cmpint (fixture->n_fetched, ==, 1);
}

static void
test_failure_is_not_kept (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;

  fixture->failure = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "no");
  bijou_image_cache_get_async (fixture->cache, "s", "later", 160, NULL, on_got_cb, &result);
  g_assert_null (wait_for (fixture, &result, &error));
  g_clear_error (&fixture->failure);
  expect (fixture, "later", "later");
}

static void
test_other_width_when_away (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) other = NULL;

  expect (fixture, "seen", "seen");
  fixture->failure = g_error_new_literal (BIJOU_ERROR, BIJOU_ERROR_OFFLINE, "no");
  bijou_image_cache_get_async (fixture->cache, "s", "seen", 1280, NULL, on_got_cb, &result);
  bytes = wait_for (fixture, &result, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "seen", 4);

  bijou_image_cache_get_async (fixture->cache, "t", "seen", 1280, NULL, on_got_cb, &result);
  other = wait_for (fixture, &result, &error);
  g_assert_null (other);
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_OFFLINE);
}

static void
test_server_is_cleared (Fixture *fixture, gconstpointer data)
{
  expect (fixture, "one", "one");
  bijou_image_cache_clear (fixture->cache, "t");
  expect (fixture, "one", "one");
  g_assert_cmpint (fixture->n_fetched, ==, 1);
  bijou_image_cache_clear (fixture->cache, "s");
  expect (fixture, "one", "one");
  g_assert_cmpint (fixture->n_fetched, ==, 2);
}

static void
test_budget (Fixture *fixture, gconstpointer data)
{
  bijou_image_cache_set_budget (fixture->cache, 40960);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *image = g_strdup_printf ("picture%u", i);

      expect (fixture, image, image);
    }
  g_assert_cmpuint (bijou_image_cache_get_size (fixture->cache), <=, 40960);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/image-cache/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("kept", test_kept);
  ADD ("fetched-once", test_fetched_once);
  ADD ("cancelled-is-dropped", test_cancelled_is_dropped);
  ADD ("missing-is-remembered", test_missing_is_remembered);
  ADD ("failure-is-not-kept", test_failure_is_not_kept);
  ADD ("other-width-when-away", test_other_width_when_away);
  ADD ("server-is-cleared", test_server_is_cleared);
  ADD ("budget", test_budget);
  return g_test_run ();
}
