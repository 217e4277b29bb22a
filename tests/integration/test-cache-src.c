#include "bijou-cache-src.h"
#include "bijou-entry-source.h"
#include "bijou-error.h"

#include "cache-fixture.h"

#include <string.h>

/* The element alone, against a server that misbehaves. What a film needs of it is in test-player,
 * each fault with each container in test-cache-matrix. */

#define LIMIT (20 * GST_SECOND)
#define STORM 100

typedef struct
{
  CacheFixture *fixture;
  GstElement *pipeline; /* (owned) */
  GstElement *source;   /* (unowned) */
  GstPad *pad;          /* (owned) of the source */

  struct
  {
    GMutex lock;
    gint64 next;    /* the byte that must follow, -1 any */
    gint64 reached; /* the end of the last buffer */
  } shared;
} Run;

static GstElement *
create_source (CacheFixture *fixture, gint64 size)
{
  BijouCacheKey key = { "server", "item", "part", size, "v1" };
  g_autoptr (GError) error = NULL;
  g_autoptr (BijouCacheEntry) entry = bijou_media_cache_open_to_play (
      fixture->cache, &key, BIJOU_MEDIA_ORIGIN (fixture->origin), 8000000);
  g_autoptr (BijouEntrySource) source = NULL;
  GstElement *element = gst_element_factory_make ("bijoucachesrc", NULL);

  bijou_cache_entry_set_patience (entry, 2000, 60000);
  source = bijou_entry_source_new (entry, NULL, &error);
  g_assert_no_error (error);
  g_object_set (element, "source", source, NULL);
  return element;
}

/* Each byte is the right one, and none is missing between two flushes. */
static void
on_buffer_cb (GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer user_data)
{
  Run *run = user_data;
  gint64 offset = (gint64) GST_BUFFER_OFFSET (buffer);
  GstMapInfo map;

  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_mutex_lock (&run->shared.lock);
  if (run->shared.next >= 0)
    g_assert_cmpint (offset, ==, run->shared.next);
  g_assert_cmpint (offset + (gint64) map.size, <=, run->fixture->film->size);
  g_assert_true (memcmp (map.data, run->fixture->film->body + offset, map.size) == 0);
  run->shared.reached = offset + (gint64) map.size;
  run->shared.next = run->shared.reached;
  g_mutex_unlock (&run->shared.lock);
  gst_buffer_unmap (buffer, &map);
}

static GstPadProbeReturn
on_flush_cb (GstPad *pad, GstPadProbeInfo *info, gpointer user_data)
{
  Run *run = user_data;

  if (GST_EVENT_TYPE (GST_PAD_PROBE_INFO_EVENT (info)) != GST_EVENT_FLUSH_STOP)
    return GST_PAD_PROBE_OK;
  g_mutex_lock (&run->shared.lock);
  run->shared.next = -1;
  run->shared.reached = 0;
  g_mutex_unlock (&run->shared.lock);
  return GST_PAD_PROBE_OK;
}

/* bijoucachesrc ! queue ! fakesink */
static void
begin_copy (Run *run, CacheFixture *fixture, gint64 size)
{
  GstElement *queue = gst_element_factory_make ("queue", NULL);
  GstElement *sink = gst_element_factory_make ("fakesink", NULL);
  g_autoptr (GstPad) sink_pad = gst_element_get_static_pad (sink, "sink");

  memset (run, 0, sizeof *run);
  g_mutex_init (&run->shared.lock);
  run->fixture = fixture;
  run->pipeline = gst_pipeline_new (NULL);
  run->source = create_source (fixture, size);
  run->pad = gst_element_get_static_pad (run->source, "src");
  /* Of many flushes one after the other a pipeline that prerolls may forget that it plays. */
  g_object_set (sink, "sync", FALSE, "async", FALSE, "signal-handoffs", TRUE, NULL);
  g_signal_connect (sink, "handoff", G_CALLBACK (on_buffer_cb), run);
  gst_pad_add_probe (sink_pad, GST_PAD_PROBE_TYPE_EVENT_FLUSH, on_flush_cb, run, NULL);
  gst_bin_add_many (GST_BIN (run->pipeline), run->source, queue, sink, NULL);
  g_assert_true (gst_element_link_many (run->source, queue, sink, NULL));
  gst_element_set_state (run->pipeline, GST_STATE_PLAYING);
}

static gint64
get_reached (Run *run)
{
  gint64 reached;

  g_mutex_lock (&run->shared.lock);
  reached = run->shared.reached;
  g_mutex_unlock (&run->shared.lock);
  return reached;
}

static void
wait_until_read (Run *run)
{
  gint64 deadline = g_get_monotonic_time () + LIMIT / GST_USECOND;

  while (get_reached (run) < run->fixture->film->size)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
      g_usleep (1000);
    }
}

static GstMessage *
wait_for (Run *run, GstMessageType type)
{
  g_autoptr (GstBus) bus = gst_element_get_bus (run->pipeline);
  GstMessage *message = gst_bus_timed_pop_filtered (bus, LIMIT, type | GST_MESSAGE_ERROR);

  g_assert_nonnull (message);
  if (GST_MESSAGE_TYPE (message) == GST_MESSAGE_ERROR && (type & GST_MESSAGE_ERROR) == 0)
    {
      g_autoptr (GError) error = NULL;

      gst_message_parse_error (message, &error, NULL);
      g_assert_no_error (error);
    }
  return message;
}

static void
end (Run *run)
{
  gint64 start = g_get_monotonic_time ();

  gst_element_set_state (run->pipeline, GST_STATE_NULL);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 2 * G_TIME_SPAN_SECOND);
  gst_clear_object (&run->pad);
  g_assert_finalize_object (run->pipeline);
  g_mutex_clear (&run->shared.lock);
}

/* --- pushing --- */

static void
test_push (CacheFixture *fixture, gconstpointer data)
{
  Run run;

  begin_copy (&run, fixture, fixture->film->size);
  gst_message_unref (wait_for (&run, GST_MESSAGE_EOS));
  g_assert_cmpint (get_reached (&run), ==, fixture->film->size);
  g_assert_cmpuint (loopback_get_requests (fixture->server), ==, 1);
  end (&run);
}

/* Neither ranges nor a length: the end is where the server says so. */
static void
test_unknown_size (CacheFixture *fixture, gconstpointer data)
{
  Run run;
  gint64 size = 0;

  fixture->film->no_range = TRUE;
  fixture->film->no_length = TRUE;
  fixture->film->hang_at = 3 * MB;
  begin_copy (&run, fixture, -1);
  while (get_reached (&run) < 3 * MB)
    g_usleep (1000);
  if (gst_element_query_duration (run.source, GST_FORMAT_BYTES, &size))
    g_assert_cmpint (size, ==, -1);
  end (&run);

  fixture->film->hang_at = 0;
  begin_copy (&run, fixture, -1);
  gst_message_unref (wait_for (&run, GST_MESSAGE_EOS));
  g_assert_cmpint (get_reached (&run), ==, fixture->film->size);
  end (&run);
}

static void
test_stop_in_read (CacheFixture *fixture, gconstpointer data)
{
  Run run;

  fixture->film->hang_at = 2 * MB;
  begin_copy (&run, fixture, fixture->film->size);
  while (get_reached (&run) < 2 * MB)
    g_usleep (1000);
  while (bijou_cache_src_get_waiting_us (BIJOU_CACHE_SRC (run.source)) == 0)
    g_usleep (1000);
  end (&run);
}

/* A seek wakes the read that waits, however often; the bytes after the last one are the right ones.
 */
static void
test_seek_storm (CacheFixture *fixture, gconstpointer data)
{
  Run run;

  fixture->film->pace_us = 2000;
  begin_copy (&run, fixture, fixture->film->size);
  for (int i = 0; i < STORM; i++)
    {
      gint64 target = g_test_rand_int_range (0, (int) fixture->film->size);

      g_assert_true (
          gst_element_seek_simple (run.source, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH, target));
      if (i % 10 == 0)
        g_usleep ((gulong) g_test_rand_int_range (0, 20000));
    }
  fixture->film->pace_us = 0;
  /* Ends that were reached under way do not count. */
  g_assert_true (gst_element_seek_simple (run.source, GST_FORMAT_BYTES, GST_SEEK_FLAG_FLUSH, MB));
  wait_until_read (&run);
  end (&run);
}

/* Nothing comes, then a little, then enough: 0, more, 100. */
static void
test_buffering_messages (CacheFixture *fixture, gconstpointer data)
{
  Run run;
  int percent = -1, before = -1;

  fixture->film->hang_at = 2 * MB;
  begin_copy (&run, fixture, fixture->film->size);
  while (percent != 100)
    {
      g_autoptr (GstMessage) message = wait_for (&run, GST_MESSAGE_BUFFERING);

      gst_message_parse_buffering (message, &percent);
      g_assert_cmpint (percent, >, before);
      if (before < 0)
        {
          g_assert_cmpint (percent, ==, 0);
          g_assert_true (bijou_cache_src_is_buffering (BIJOU_CACHE_SRC (run.source)));
          /* The connection that hangs is left for one that does not. */
          fixture->film->hang_at = 0;
        }
      before = percent;
    }
  wait_until_read (&run);
  end (&run);
}

static void
test_error (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  Run run;

  fixture->film->cut_after = 2 * MB;
  fixture->film->hang_at = 0;
  begin_copy (&run, fixture, fixture->film->size);
  fixture->film->status = 403;
  g_atomic_int_set (&fixture->film->status_count, 100);
  gst_message_unref (wait_for (&run, GST_MESSAGE_ERROR));
  error = bijou_cache_src_dup_error (BIJOU_CACHE_SRC (run.source));
  g_assert_error (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN);
  end (&run);
}

/* --- pulling --- */

static void
begin_pull (Run *run, CacheFixture *fixture)
{
  memset (run, 0, sizeof *run);
  g_mutex_init (&run->shared.lock);
  run->fixture = fixture;
  run->pipeline = gst_pipeline_new (NULL);
  run->source = create_source (fixture, fixture->film->size);
  run->pad = gst_element_get_static_pad (run->source, "src");
  gst_bin_add (GST_BIN (run->pipeline), run->source);
  g_assert_true (gst_pad_activate_mode (run->pad, GST_PAD_MODE_PULL, TRUE));
}

static void
assert_pulls (Run *run, gint64 offset, guint length, guint expected)
{
  GstBuffer *buffer = NULL;
  GstMapInfo map;

  g_assert_cmpint (gst_pad_get_range (run->pad, (guint64) offset, length, &buffer), ==,
                   GST_FLOW_OK);
  g_assert_true (gst_buffer_map (buffer, &map, GST_MAP_READ));
  g_assert_cmpmem (map.data, map.size, run->fixture->film->body + offset, expected);
  gst_buffer_unmap (buffer, &map);
  gst_buffer_unref (buffer);
}

/* A buffer is whole but at the end, and there it ends with the last byte. */
static void
test_pull (CacheFixture *fixture, gconstpointer data)
{
  gint64 size = fixture->film->size;
  GstBuffer *buffer = NULL;
  Run run;

  begin_pull (&run, fixture);
  for (int i = 0; i < 50; i++)
    {
      guint length = (guint) g_test_rand_int_range (1, 400000);

      assert_pulls (&run, g_test_rand_int_range (0, (int) (size - length)), length, length);
    }
  assert_pulls (&run, size - 1000, 1000, 1000);
  assert_pulls (&run, size - 1000, 5000, 1000);
  assert_pulls (&run, size - 1, 65536, 1);
  g_assert_cmpint (gst_pad_get_range (run.pad, (guint64) size, 1, &buffer), ==, GST_FLOW_EOS);
  g_assert_cmpint (gst_pad_get_range (run.pad, (guint64) size + 9, 1, &buffer), ==, GST_FLOW_EOS);
  gst_pad_activate_mode (run.pad, GST_PAD_MODE_PULL, FALSE);
  end (&run);
}

static gpointer
pull_in_thread (gpointer data)
{
  Run *run = data;
  GstBuffer *buffer = NULL;

  return GINT_TO_POINTER (gst_pad_get_range (run->pad, 4 * MB, 100000, &buffer));
}

/* As a demuxer does that is taken down while another thread reads. */
static void
test_flush_in_pull (CacheFixture *fixture, gconstpointer data)
{
  GThread *thread;
  Run run;

  fixture->film->hang_after = 1000;
  begin_pull (&run, fixture);
  thread = g_thread_new ("pull", pull_in_thread, &run);
  while (bijou_cache_src_get_waiting_us (BIJOU_CACHE_SRC (run.source)) == 0)
    g_usleep (1000);
  gst_pad_activate_mode (run.pad, GST_PAD_MODE_PULL, FALSE);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (thread)), ==, GST_FLOW_FLUSHING);
  end (&run);
}

/* --- queries --- */

static gboolean
has_mode (GstElement *source, GstPadMode mode)
{
  g_autoptr (GstQuery) query = gst_query_new_scheduling ();

  g_assert_true (gst_element_query (source, query));
  return gst_query_has_scheduling_mode (query, mode);
}

static gboolean
is_seekable (GstElement *source)
{
  g_autoptr (GstQuery) query = gst_query_new_seeking (GST_FORMAT_BYTES);
  gboolean seekable = FALSE;

  g_assert_true (gst_element_query (source, query));
  gst_query_parse_seeking (query, NULL, &seekable, NULL, NULL);
  return seekable;
}

static void
test_queries (CacheFixture *fixture, gconstpointer data)
{
  g_autoptr (GstQuery) buffering = gst_query_new_buffering (GST_FORMAT_BYTES);
  gint64 size = 0, from = 0, to = 0;
  gboolean busy = TRUE;
  int percent = 0;
  Run run;

  begin_pull (&run, fixture);
  assert_pulls (&run, 0, 1000, 1000);
  assert_pulls (&run, fixture->film->size - 1000, 1000, 1000);
  g_assert_true (has_mode (run.source, GST_PAD_MODE_PULL));
  g_assert_true (has_mode (run.source, GST_PAD_MODE_PUSH));
  g_assert_true (is_seekable (run.source));
  g_assert_true (gst_element_query_duration (run.source, GST_FORMAT_BYTES, &size));
  g_assert_cmpint (size, ==, fixture->film->size);

  g_assert_true (gst_element_query (run.source, buffering));
  gst_query_parse_buffering_percent (buffering, &busy, &percent);
  g_assert_false (busy);
  g_assert_cmpint (percent, ==, 100);
  g_assert_cmpuint (gst_query_get_n_buffering_ranges (buffering), >=, 1);
  g_assert_true (gst_query_parse_nth_buffering_range (buffering, 0, &from, &to));
  g_assert_cmpint (from, ==, 0);
  g_assert_cmpint (to, >=, 1000);
  gst_pad_activate_mode (run.pad, GST_PAD_MODE_PULL, FALSE);
  end (&run);
}

/* Whoever may only begin at the start must not begin with the index at the end. */
static void
test_queries_no_range (CacheFixture *fixture, gconstpointer data)
{
  GstElement *source;

  fixture->film->no_range = TRUE;
  source = create_source (fixture, fixture->film->size);
  g_assert_false (has_mode (source, GST_PAD_MODE_PULL));
  g_assert_true (has_mode (source, GST_PAD_MODE_PUSH));
  gst_object_unref (gst_object_ref_sink (source));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/cache-src/" name, CacheFixture, NULL, cache_set_up, function, cache_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  bijou_cache_src_register ();
  ADD ("push", test_push);
  ADD ("unknown-size", test_unknown_size);
  ADD ("stop-in-read", test_stop_in_read);
  ADD ("seek-storm", test_seek_storm);
  ADD ("buffering-messages", test_buffering_messages);
  ADD ("error", test_error);
  ADD ("pull", test_pull);
  ADD ("flush-in-pull", test_flush_in_pull);
  ADD ("queries", test_queries);
  ADD ("queries-no-range", test_queries_no_range);
  return g_test_run ();
}
