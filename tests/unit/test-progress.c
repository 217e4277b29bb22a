#include "bijou-play-queue.h"
#include "bijou-progress.h"

typedef struct
{
  GString *log; /* (owned) */
  GMainLoop *loop;
  guint quit_after; /* reports */
  guint reports;
} Fixture;

static void
on_report_cb (BijouProgressKind kind, const BijouProgressPoint *point, gpointer user_data)
{
  Fixture *fixture = user_data;
  static const char letters[] = "SUX";

  g_string_append_printf (fixture->log, "%c%" G_GINT64_FORMAT "%s ", letters[kind],
                          point->position_ms, point->paused ? "p" : "");
  if (fixture->loop != NULL && ++fixture->reports == fixture->quit_after)
    g_main_loop_quit (fixture->loop);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->log = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_string_free (fixture->log, TRUE);
}

static void
test_silence_before_begin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouProgress) progress = bijou_progress_new (10000, on_report_cb, fixture);
  BijouProgressPoint point = { .position_ms = 5 };

  bijou_progress_move (progress, &point);
  point.paused = TRUE;
  bijou_progress_move (progress, &point);
  bijou_progress_report (progress, &point);
  bijou_progress_stop (progress);
  bijou_progress_begin (progress, &point);
  g_assert_cmpstr (fixture->log->str, ==, "");
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouProgress) progress = bijou_progress_new (10000, on_report_cb, fixture);
  BijouProgressPoint point = { .position_ms = 1000, .duration_ms = 9000 };

  bijou_progress_begin (progress, &point);
  bijou_progress_begin (progress, &point);
  point.position_ms = 2000;
  bijou_progress_move (progress, &point);
  point.position_ms = 3000;
  point.paused = TRUE;
  bijou_progress_move (progress, &point);
  bijou_progress_move (progress, &point);
  point.position_ms = 4000;
  bijou_progress_report (progress, &point);
  point.paused = FALSE;
  bijou_progress_move (progress, &point);
  point.position_ms = 4500;
  bijou_progress_move (progress, &point);
  bijou_progress_stop (progress);
  bijou_progress_stop (progress);
  bijou_progress_move (progress, &point);
  g_assert_cmpstr (fixture->log->str, ==, "S1000 U3000p U4000p U4000 X4500 ");
}

static void
test_interval (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BijouProgress) progress = bijou_progress_new (5, on_report_cb, fixture);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  BijouProgressPoint point = { .position_ms = 7 };

  fixture->loop = loop;
  fixture->quit_after = 4;
  bijou_progress_begin (progress, &point);
  point.position_ms = 8;
  bijou_progress_move (progress, &point);
  g_main_loop_run (loop);
  g_assert_cmpstr (fixture->log->str, ==, "S7 U8 U8 U8 ");
}

static void
test_queue (void)
{
  g_autoptr (BijouPlayQueue) queue = bijou_play_queue_new ();
  g_autoptr (BijouItem) one = bijou_item_new (BIJOU_ITEM_EPISODE, "s", "1");
  g_autoptr (BijouItem) two = bijou_item_new (BIJOU_ITEM_EPISODE, "s", "2");

  bijou_play_queue_set_current (queue, one);
  bijou_play_queue_set_neighbours (queue, two, NULL, one);
  g_assert_null (bijou_play_queue_get_next (queue));
  bijou_play_queue_set_neighbours (queue, one, NULL, two);
  g_assert_true (bijou_play_queue_get_next (queue) == two);
  bijou_play_queue_set_current (queue, two);
  g_assert_null (bijou_play_queue_get_next (queue));
  g_assert_true (bijou_play_queue_get_current (queue) == two);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/progress/silence-before-begin", Fixture, NULL, set_up, test_silence_before_begin,
              tear_down);
  g_test_add ("/progress/order", Fixture, NULL, set_up, test_order, tear_down);
  g_test_add ("/progress/interval", Fixture, NULL, set_up, test_interval, tear_down);
  g_test_add_func ("/play-queue/neighbours", test_queue);
  return g_test_run ();
}
