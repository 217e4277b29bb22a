#include "config.h"

#include "bijou-context.h"
#include "bijou-item-model.h"
#include "bijou-memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* sync-large PROFILE: a first sync as the window runs it, with a main loop that is watched and a
 * model of all films that is scrolled through from its top to its end and again. */

#define FRAME_MS 16
#define ROWS_SHOWN 60
#define ROWS_STEP 12
#define MEMORY_MS 100
#define BLOCK_MS 8

typedef struct
{
  GMainLoop *loop;
  BijouContext *context;
  BijouItemModel *model;
  GPtrArray *shown; /* of BijouItemSlot */
  guint top;
  gint64 begun_at;
  gint64 ended_at;
  double rss_before;
  double rss_peak;
} Bench;

/* --- the main loop --- */

static struct
{
  gint64 left_at; /* monotonic, when the poll was left; 0: not yet */
  gint64 cpu_at;
  double longest_ms;
  double longest_cpu_ms;
  guint blocks;
  gboolean is_on;
} watch;

static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* From the end of one poll to the beginning of the next nothing else can be done. */
static int
poll_watched (GPollFD *fds, guint n_fds, int timeout_ms)
{
  int result;

  if (watch.left_at != 0 && watch.is_on)
    {
      double ms = (double) (g_get_monotonic_time () - watch.left_at) / 1000;
      double cpu_ms = (double) (get_cpu_us () - watch.cpu_at) / 1000;

      watch.longest_ms = MAX (watch.longest_ms, ms);
      watch.longest_cpu_ms = MAX (watch.longest_cpu_ms, cpu_ms);
      watch.blocks += ms > BLOCK_MS;
    }
  result = g_poll (fds, n_fds, timeout_ms);
  watch.left_at = g_get_monotonic_time ();
  watch.cpu_at = get_cpu_us ();
  return result;
}

/* --- long writes --- */

static struct
{
  GMutex lock;
  guint n;
  gint64 ms;
  gint64 longest_ms;
} writes;

static void
on_log_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  const char *number = g_str_has_prefix (message, "A write took ") ? message + 13 : NULL;
  gint64 ms = number != NULL ? g_ascii_strtoll (number, NULL, 10) : 0;

  if (ms == 0)
    return;
  g_mutex_lock (&writes.lock);
  writes.n++;
  writes.ms += ms;
  writes.longest_ms = MAX (writes.longest_ms, ms);
  g_mutex_unlock (&writes.lock);
}

/* --- memory --- */

static double
get_rss_mib (void)
{
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents ("/proc/self/status", &text, NULL, NULL))
    return 0;
  line = strstr (text, "VmRSS:");
  return line != NULL ? (double) g_ascii_strtoll (line + 6, NULL, 10) / 1024 : 0;
}

static gboolean
on_memory_cb (gpointer data)
{
  Bench *self = data;

  self->rss_peak = MAX (self->rss_peak, get_rss_mib ());
  return G_SOURCE_CONTINUE;
}

/* --- scrolling --- */

static gboolean
on_frame_cb (gpointer data)
{
  Bench *self = data;
  GListModel *list = G_LIST_MODEL (self->model);
  guint n = g_list_model_get_n_items (list);

  self->top = self->top + ROWS_SHOWN + ROWS_STEP < n ? self->top + ROWS_STEP : 0;
  g_ptr_array_set_size (self->shown, 0);
  for (guint i = self->top; i < MIN (n, self->top + ROWS_SHOWN); i++)
    g_ptr_array_add (self->shown, g_list_model_get_item (list, i));
  return G_SOURCE_CONTINUE;
}

/* --- the run --- */

static void
on_finished_cb (BijouSyncService *sync, const char *server_id, const GError *error, Bench *self)
{
  if (error != NULL)
    {
      g_printerr ("sync-large: %s\n", error->message);
      exit (1);
    }
  self->ended_at = g_get_monotonic_time ();
  g_main_loop_quit (self->loop);
}

static gint64
count_items (BijouStore *store)
{
  g_autoptr (GArray) ids = bijou_store_list_ids (store, &(BijouItemQuery){ 0 }, NULL);

  return ids->len;
}

static void
print_figures (Bench *self)
{
  double ms = (double) (self->ended_at - self->begun_at) / 1000;

  g_print ("{\"items\": %.1f, \"ms\": %.1f, \"growth_mib\": %.1f, \"long_writes\": %.1f,"
           " \"long_writes_percent\": %.2f, \"longest_write_ms\": %.1f,"
           " \"longest_block_ms\": %.2f, \"longest_cpu_ms\": %.2f, \"blocks\": %.1f}\n",
           (double) count_items (bijou_context_get_store (self->context)), ms,
           self->rss_peak - self->rss_before, (double) writes.n, (double) writes.ms * 100 / ms,
           (double) writes.longest_ms, watch.longest_ms, watch.longest_cpu_ms,
           (double) watch.blocks);
}

int
main (int argc, char **argv)
{
  BijouContextOptions options = { argc > 1 ? argv[1] : NULL, NULL };
  BijouItemQuery query = { .kind = BIJOU_ITEM_MOVIE, .sort = BIJOU_SORT_TITLE };
  Bench self = { .shown = g_ptr_array_new_with_free_func (g_object_unref) };
  g_autoptr (GError) error = NULL;

  g_assert (argc == 2);
  bijou_memory_init ();
  g_log_set_handler ("bijou-store", G_LOG_LEVEL_DEBUG, on_log_cb, NULL);
  self.context = bijou_context_new (&options, &error);
  g_assert_no_error (error);
  self.loop = g_main_loop_new (NULL, FALSE);
  self.model = bijou_item_model_new (bijou_context_get_store (self.context));
  bijou_item_model_set_query (self.model, &query);
  g_signal_connect (bijou_context_get_sync (self.context), "finished", G_CALLBACK (on_finished_cb),
                    &self);
  self.rss_before = get_rss_mib ();
  g_main_context_set_poll_func (NULL, poll_watched);
  g_timeout_add (FRAME_MS, on_frame_cb, &self);
  g_timeout_add (MEMORY_MS, on_memory_cb, &self);
  self.begun_at = g_get_monotonic_time ();
  bijou_context_start_services (self.context);
  watch.is_on = TRUE;
  g_main_loop_run (self.loop);
  watch.is_on = FALSE;

  print_figures (&self);
  g_ptr_array_unref (self.shown);
  g_object_unref (self.model);
  bijou_context_shutdown (self.context);
  g_object_unref (self.context);
  g_main_loop_unref (self.loop);
  return 0;
}
