#include "config.h"

#include "bijou-error.h"
#include "bijou-json.h"
#include "bijou-lru.h"
#include "bijou-redact.h"
#include "bijou-text.h"
#include "bijou-worker.h"

#include <locale.h>

/* --- JSON --- */

static void
test_json_escapes (void)
{
  static const char *const cases[][2] = {
    { "{\"t\":\"\\ud83c\\udfac\"}", "\xf0\x9f\x8e\xac" }, /* a pair */
    { "{\"t\":\"a\\ud83cb\"}", "a\xef\xbf\xbd"
                               "b" },
    { "{\"t\":\"a\\udfacb\"}", "a\xef\xbf\xbd"
                               "b" },
    { "{\"t\":\"a\\u00e\xc3\xa9\"}", "a u00e\xc3\xa9" },
    { "{\"t\":\"a\\200b\"}", "a 200b" },      /* octal, which JSON has not */
    { "{\"t\":\"a\\\\ud83c\"}", "a\\ud83c" }, /* a backslash, then letters */
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (JsonObject) object = bijou_json_parse_object (cases[i][0], -1, NULL);

      g_assert_nonnull (object);
      g_assert_cmpstr (bijou_json_get_string (object, "t"), ==, cases[i][1]);
    }
}

static void
test_json_drift (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = bijou_json_parse_object (
      "{\"number\":\"42\",\"text\":7,\"flag\":\"1\",\"real\":\"6.8\",\"one\":{\"a\":1},"
      "\"many\":[{\"a\":1},3,{\"a\":2}],\"none\":null,\"fraction\":\"3.9\",\"huge\":1e300}",
      -1, &error);
  g_autofree char *text = bijou_json_dup_text (object, "text");
  g_autoptr (GPtrArray) one = bijou_json_get_objects (object, "one");
  g_autoptr (GPtrArray) many = bijou_json_get_objects (object, "many");
  g_autoptr (GPtrArray) none = bijou_json_get_objects (object, "none");

  g_assert_no_error (error);
  g_assert_cmpint (bijou_json_get_int (object, "number", 0), ==, 42);
  g_assert_cmpint (bijou_json_get_int (object, "fraction", 0), ==, 3);
  g_assert_cmpint (bijou_json_get_int (object, "huge", -5), ==, -5);
  g_assert_cmpint (bijou_json_get_int (object, "none", -5), ==, -5);
  g_assert_cmpint (bijou_json_get_int (object, "one", -5), ==, -5);
  g_assert_cmpstr (text, ==, "7");
  g_assert_true (bijou_json_get_boolean (object, "flag", FALSE));
  g_assert_cmpfloat (bijou_json_get_double (object, "real", 0), ==, 6.8);
  g_assert_null (bijou_json_get_string (object, "text"));
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_cmpuint (many->len, ==, 2);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_false (bijou_json_has (object, "none"));
}

static void
test_json_bytes (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object =
      bijou_json_parse_object ("{\"title\":\"B\xe4r\x03 und \xc3\xbc\"}", -1, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (bijou_json_get_string (object, "title"), ==, "Bär  und ü");
}

static void
test_json_hostile (void)
{
  g_autofree char *deep = g_strnfill (100000, '[');
  const char *bad[] = { "", "<html>", "{\"a\":", "nonsense", deep, "{\"a\":1}}" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (JsonNode) node = bijou_json_parse (bad[i], -1, &error);

      g_assert_null (node);
      g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL);
    }
}

/* --- redaction --- */

static void
test_redact (void)
{
  const char *texts[] = {
    "http://h/library?X-Plex-Token=SECRET&a=1",
    "Authorization: MediaBrowser Client=\"Bijou\", Token=\"SECRET\"",
    "X-Plex-Token: SECRET",
    "{\"AccessToken\":\"SECRET\",\"x\":1}",
    "http://h/v?ApiKey=SECRET",
    "{\"Pw\": \"SECRET\"}",
    "a%20X-Plex-Token%3DSECRET",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *redacted = bijou_redact (texts[i]);

      g_assert_null (strstr (redacted, "SECRET"));
    }
}

/* --- LRU --- */

static guint n_freed;

static void
count_free (gpointer value)
{
  n_freed++;
  g_free (value);
}

static void
test_lru (void)
{
  g_autoptr (BijouLru) lru = bijou_lru_new (10, count_free);

  n_freed = 0;
  bijou_lru_put (lru, "a", g_strdup ("A"), 4);
  bijou_lru_put (lru, "b", g_strdup ("B"), 4);
  g_assert_cmpstr (bijou_lru_get (lru, "a"), ==, "A");
  bijou_lru_put (lru, "c", g_strdup ("C"), 4);
  g_assert_null (bijou_lru_get (lru, "b"));
  g_assert_cmpuint (n_freed, ==, 1);
  g_assert_cmpuint (bijou_lru_get_weight (lru), ==, 8);
  bijou_lru_put (lru, "big", g_strdup ("X"), 100);
  g_assert_cmpuint (bijou_lru_get_length (lru), ==, 1);
  bijou_lru_put (lru, "big", g_strdup ("Y"), 1);
  g_assert_cmpstr (bijou_lru_get (lru, "big"), ==, "Y");
  g_assert_cmpuint (bijou_lru_get_weight (lru), ==, 1);
}

/* --- text --- */

static void
test_text (void)
{
  g_autofree char *time = bijou_text_format_time (1700000000);
  g_autofree char *date = bijou_text_normalise_date ("1989-02-17T00:00:00.0000000Z");
  g_autofree char *position = bijou_text_format_position (3723000);
  g_autofree char *now = bijou_text_format_ago (0);
  g_autofree char *minutes = bijou_text_format_ago (3599);
  g_autofree char *hours = bijou_text_format_ago (24 * 3600 - 1);
  g_autofree char *day = bijou_text_format_ago (24 * 3600);
  g_autofree char *days = bijou_text_format_ago (4 * 24 * 3600);
  g_autofree char *duration = bijou_text_format_duration (72 * 60000);
  g_autofree char *sort = bijou_text_make_sort_title ("The Lantern Tide");

  g_assert_cmpstr (now, ==, "1 min");
  g_assert_cmpstr (minutes, ==, "59 min");
  g_assert_cmpstr (hours, ==, "23 h");
  g_assert_cmpstr (day, ==, "1 day");
  g_assert_cmpstr (days, ==, "4 days");
  g_assert_cmpint (bijou_text_parse_time ("2023-11-14T22:13:20.0000000Z"), ==, 1700000000);
  g_assert_cmpint (bijou_text_parse_time ("2023-11-14T22:13:20"), ==, 1700000000);
  g_assert_cmpint (bijou_text_parse_time ("0001-01-01T00:00:00.0000000Z"), ==, 0);
  g_assert_cmpint (bijou_text_parse_time ("yesterday"), ==, 0);
  g_assert_cmpint (bijou_text_parse_time (NULL), ==, 0);
  g_assert_cmpstr (time, ==, "2023-11-14T22:13:20Z");
  g_assert_cmpstr (date, ==, "1989-02-17");
  g_assert_null (bijou_text_normalise_date ("1989-13-45"));
  g_assert_cmpstr (position, ==, "1:02:03");
  g_assert_cmpstr (duration, ==, "1 h 12 min");
  g_assert_cmpstr (sort, ==, "Lantern Tide");
}

/* --- worker --- */

static GString *worker_order;

static void
append_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_string_append (worker_order, data);
  g_task_return_boolean (task, TRUE);
}

static void
wait_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_mutex_lock (data);
  g_mutex_unlock (data);
  g_task_return_boolean (task, TRUE);
}

static void
push_letter (BijouWorker *worker, const char *letter, int priority, GCancellable *cancellable)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, NULL, NULL);

  g_task_set_task_data (task, (gpointer) letter, NULL);
  bijou_worker_push (worker, task, append_in_worker, priority);
}

static void
test_worker_order (void)
{
  g_autoptr (BijouWorker) worker = bijou_worker_new ("test");
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GTask) blocker = g_task_new (NULL, NULL, NULL, NULL);
  GMutex gate;

  worker_order = g_string_new (NULL);
  g_mutex_init (&gate);
  g_mutex_lock (&gate);
  g_task_set_task_data (blocker, &gate, NULL);
  bijou_worker_push (worker, blocker, wait_in_worker, G_MININT);
  push_letter (worker, "c", 10, NULL);
  push_letter (worker, "a", 0, NULL);
  push_letter (worker, "x", 0, cancelled);
  push_letter (worker, "b", 0, NULL);
  g_cancellable_cancel (cancelled);
  g_mutex_unlock (&gate);
  bijou_worker_stop (worker);

  g_assert_cmpstr (worker_order->str, ==, "abc");
  g_string_free (worker_order, TRUE);
  g_mutex_clear (&gate);
}

static void
add_in_worker (gpointer data)
{
  g_atomic_int_inc ((gint *) data);
}

static void
test_worker_run_sync (void)
{
  g_autoptr (BijouWorker) worker = bijou_worker_new ("test");
  gint n = 0;

  g_assert_true (bijou_worker_run_sync (worker, add_in_worker, &n));
  g_assert_cmpint (n, ==, 1);
  g_assert_true (bijou_worker_run_sync (worker, add_in_worker, &n));
  g_assert_cmpint (n, ==, 2);
  bijou_worker_stop (worker);
  g_assert_false (bijou_worker_run_sync (worker, add_in_worker, &n));
  g_assert_cmpint (n, ==, 2);
}

static void
on_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
iterate_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
drop_worker_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_object_unref (task_data);
  g_task_return_boolean (task, TRUE);
}

/* The last reference may go in a task of the worker's own; what is queued still runs. */
static void
test_worker_drops_itself (void)
{
  BijouWorker *worker = bijou_worker_new ("bijou-test");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GTask) drop = g_task_new (NULL, NULL, on_result_cb, &result);
  GWeakRef weak;

  g_weak_ref_init (&weak, worker);
  g_task_set_task_data (drop, worker, NULL);
  bijou_worker_push (worker, drop, drop_worker_in_worker, 0);
  g_assert_true (g_task_propagate_boolean (G_TASK (iterate_for (&result)), NULL));
  g_assert_null (g_weak_ref_get (&weak));
  g_weak_ref_clear (&weak);
}

/* --- errors --- */

static void
test_error_sentences (void)
{
  for (int code = BIJOU_ERROR_FAILED; code <= BIJOU_ERROR_CANCELLED; code++)
    {
      g_autoptr (GError) error = g_error_new_literal (BIJOU_ERROR, code, "x");
      g_autofree char *sentence = bijou_error_to_sentence (error);

      g_assert_true (g_str_has_suffix (sentence, "."));
      g_assert_cmpint (bijou_error_is_cancelled (error), ==, code == BIJOU_ERROR_CANCELLED);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/json/drift", test_json_drift);
  g_test_add_func ("/base/json/escapes", test_json_escapes);
  g_test_add_func ("/base/json/bytes", test_json_bytes);
  g_test_add_func ("/base/json/hostile", test_json_hostile);
  g_test_add_func ("/base/redact", test_redact);
  g_test_add_func ("/base/lru", test_lru);
  g_test_add_func ("/base/text", test_text);
  g_test_add_func ("/base/worker/order", test_worker_order);
  g_test_add_func ("/base/worker/run-sync", test_worker_run_sync);
  g_test_add_func ("/base/worker/drops-itself", test_worker_drops_itself);
  g_test_add_func ("/base/error/sentences", test_error_sentences);
  return g_test_run ();
}
