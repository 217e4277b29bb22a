#include "config.h"

#include "bijou-command.h"
#include "bijou-sync-tally.h"
#include "bijou-sync-text.h"

#include <glib/gi18n.h>

static const char *const log_columns[] = { "begun",   "kind",     "items", "added", "changed",
                                           "removed", "requests", "ms",    "error", NULL };
static const char *const sync_columns[] = { "title",   "kind",     "items", "added", "changed",
                                            "removed", "requests", "ms",    "error", NULL };

/* What the threads of all servers tell together. */
typedef struct
{
  GMutex lock; /* guards tally, and the line on the terminal */
  BijouSyncTally *tally;
} Progress;

/* One server's run on a thread of its own. */
typedef struct
{
  Progress *progress;    /* (unowned) */
  BijouCommand *command; /* (unowned) */
  BijouServer *server;   /* (unowned) */
  GPtrArray *results;    /* (owned) (nullable) of BijouSyncResult */
  GError *error;         /* (owned) (nullable) no backend */
  GThread *thread;       /* (owned) (nullable) */
} ServerRun;

static void
server_run_free (ServerRun *run)
{
  g_clear_pointer (&run->results, g_ptr_array_unref);
  g_clear_error (&run->error);
  g_free (run);
}

/* "850/s, about 1 min  Films, 420 of 800" */
static char *
describe (ServerRun *run, const BijouSyncProgress *sum)
{
  g_autofree char *pace = bijou_sync_text_pace (sum);
  g_autofree char *library = NULL;

  if (sum->title == NULL)
    library = g_strdup (run->server->name);
  else
    /* Translators: the name of a library, items done, of items in it */
    library = g_strdup_printf (_ ("%s, %'d of %'d"), sum->title, (int) sum->library_done,
                               (int) sum->library_total);
  return g_strjoin (*pace != '\0' ? "  " : "", pace, library, NULL);
}

/* All servers share one line. */
static void
on_progress (const BijouSyncProgress *progress, gpointer user_data)
{
  ServerRun *run = user_data;
  Progress *shared = run->progress;
  g_autofree char *text = NULL;
  BijouSyncProgress sum;

  g_mutex_lock (&shared->lock);
  bijou_sync_tally_note (shared->tally, progress);
  bijou_sync_tally_get (shared->tally, &sum);
  text = describe (run, &sum);
  bijou_output_progress (run->command->output, text, sum.done, sum.total);
  g_mutex_unlock (&shared->lock);
}

static gpointer
sync_in_thread (gpointer data)
{
  ServerRun *run = data;
  g_autoptr (BijouBackend) backend =
      bijou_command_require_backend (run->command, run->server->id, &run->error);

  if (backend != NULL)
    run->results = bijou_sync_job_run (bijou_context_get_store (run->command->context), backend,
                                       run->command->line->full, NULL, on_progress, run,
                                       run->command->cancellable);
  g_mutex_lock (&run->progress->lock);
  bijou_sync_tally_end (run->progress->tally, run->server->id);
  g_mutex_unlock (&run->progress->lock);
  return NULL;
}

static void
print_result (BijouCommand *self, const BijouSyncResult *result)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();
  g_autofree char *sentence =
      result->error != NULL && !result->cancelled ? bijou_error_to_sentence (result->error) : NULL;

  json_builder_begin_object (builder);
  bijou_output_member_text (builder, "server", result->server_id);
  bijou_output_member_text (builder, "library", result->library_id);
  bijou_output_member_text (builder, "title", result->title);
  bijou_output_member_text (builder, "kind",
                            result->library_id != NULL ? bijou_library_kind_to_string (result->kind)
                                                       : NULL);
  bijou_output_member_int (builder, "items", result->items, -1);
  bijou_output_member_int (builder, "added", result->added, -1);
  bijou_output_member_int (builder, "changed", result->changed, -1);
  bijou_output_member_int (builder, "removed", result->removed, -1);
  bijou_output_member_int (builder, "requests", result->requests, -1);
  bijou_output_member_int (builder, "bytes", result->bytes, -1);
  bijou_output_member_int (builder, "ms", result->ms, -1);
  bijou_output_member_text (builder, "error", sentence);
  bijou_output_member_boolean (builder, "cancelled", result->cancelled);
  json_builder_end_object (builder);
  bijou_output_add (self->output, builder);
}

static void
add_to_sum (BijouSyncResult *sum, const BijouSyncResult *result)
{
  sum->items += result->items;
  sum->added += result->added;
  sum->changed += result->changed;
  sum->removed += result->removed;
  sum->requests += result->requests;
  sum->bytes += result->bytes;
  sum->ms = MAX (sum->ms, result->ms);
  sum->cancelled |= result->cancelled;
  sum->refused += result->refused;
  if (sum->error == NULL && result->error != NULL)
    sum->error = g_error_copy (result->error);
}

static void
print_run (BijouCommand *self, ServerRun *run, BijouSyncResult *sum)
{
  for (guint i = 0; run->results != NULL && i < run->results->len; i++)
    {
      BijouSyncResult *result = g_ptr_array_index (run->results, i);

      if (result->library_id != NULL)
        print_result (self, result);
      else
        add_to_sum (sum, result);
    }
  if (run->error != NULL && sum->error == NULL)
    sum->error = g_error_copy (run->error);
}

static GPtrArray *
start_runs (BijouCommand *self, GPtrArray *servers, Progress *progress)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify) server_run_free);

  for (guint i = 0; i < servers->len; i++)
    {
      ServerRun *run = g_new0 (ServerRun, 1);

      run->progress = progress;
      run->command = self;
      run->server = g_ptr_array_index (servers, i);
      run->thread = g_thread_new ("bijou-sync", sync_in_thread, run);
      g_ptr_array_add (runs, run);
    }
  return runs;
}

static GPtrArray *
get_servers (BijouCommand *self, GError **error)
{
  BijouServer *server;
  GPtrArray *servers;

  if (self->line->sync_server == NULL)
    return bijou_store_list_servers (bijou_context_get_store (self->context), error);

  server = bijou_command_find_server (self, self->line->sync_server, error);
  if (server == NULL)
    return NULL;
  servers = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (servers, server);
  return servers;
}

/**
 * bijou_command_sync:
 * @self: a command
 * @error: return location
 *
 * `--sync[=SERVER]`: all servers at once, one object for each library, then one for all.
 *
 * Returns: whether all went well
 */
gboolean
bijou_command_sync (BijouCommand *self, GError **error)
{
  g_autoptr (GPtrArray) servers = get_servers (self, error);
  g_autoptr (GPtrArray) runs = NULL;
  BijouSyncResult sum = { 0 };
  Progress progress;

  if (servers == NULL)
    return FALSE;

  bijou_output_set_columns (self->output, sync_columns);
  g_mutex_init (&progress.lock);
  progress.tally = bijou_sync_tally_new ();
  runs = start_runs (self, servers, &progress);
  for (guint i = 0; i < runs->len; i++)
    {
      ServerRun *run = g_ptr_array_index (runs, i);

      g_thread_join (run->thread);
      print_run (self, run, &sum);
    }
  bijou_sync_tally_free (progress.tally);
  g_mutex_clear (&progress.lock);
  if (servers->len == 1)
    sum.server_id = ((BijouServer *) g_ptr_array_index (servers, 0))->id;
  print_result (self, &sum);
  if (sum.refused > 0)
    g_message (ngettext ("The server did not take %u mark that was made here; it was taken back",
                         "The server did not take %u marks that were made here; they were taken "
                         "back",
                         sum.refused),
               sum.refused);

  if (sum.error == NULL)
    return TRUE;
  g_propagate_error (error, sum.error);
  return FALSE;
}

static void
print_entry (BijouCommand *self, const BijouSyncLogEntry *entry)
{
  g_autoptr (JsonBuilder) builder = json_builder_new_immutable ();

  json_builder_begin_object (builder);
  bijou_output_member_text (builder, "server", entry->server_id);
  bijou_output_member_time (builder, "begun", entry->begun_at);
  bijou_output_member_text (builder, "kind", entry->kind);
  bijou_output_member_int (builder, "items", entry->items, -1);
  bijou_output_member_int (builder, "added", entry->added, -1);
  bijou_output_member_int (builder, "changed", entry->changed, -1);
  bijou_output_member_int (builder, "removed", entry->removed, -1);
  bijou_output_member_int (builder, "requests", entry->requests, -1);
  bijou_output_member_int (builder, "bytes", entry->bytes, -1);
  bijou_output_member_int (builder, "ms", entry->ms, -1);
  bijou_output_member_text (builder, "error", entry->error);
  bijou_output_member_boolean (builder, "cancelled", entry->cancelled);
  json_builder_end_object (builder);
  bijou_output_add (self->output, builder);
}

/**
 * bijou_command_sync_log:
 * @self: a command
 * @error: return location
 *
 * `--sync-log`: past runs of all servers, newest first.
 *
 * Returns: whether they could be read
 */
gboolean
bijou_command_sync_log (BijouCommand *self, GError **error)
{
  g_autoptr (GPtrArray) entries =
      bijou_store_list_sync_log (bijou_context_get_store (self->context), NULL, 0, error);

  if (entries == NULL)
    return FALSE;
  bijou_output_set_columns (self->output, log_columns);
  for (guint i = 0; i < entries->len; i++)
    print_entry (self, g_ptr_array_index (entries, i));
  return TRUE;
}
