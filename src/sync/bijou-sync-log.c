#include "config.h"

#include "bijou-sync-log.h"

#include "bijou-redact.h"

/**
 * bijou_sync_log_begin:
 * @self: filled
 * @store: where it is kept
 * @server_id: whose run begins
 *
 * Blocking; any thread.
 */
void
bijou_sync_log_begin (BijouSyncLog *self, BijouStore *store, const char *server_id)
{
  self->begun_at = g_get_real_time () / G_USEC_PER_SEC;
  self->was_first = !bijou_store_has_synced (store, server_id);
}

/* One that did not come to a row would have asked for what is new. */
static const char *
get_kind (const BijouSyncLog *self, const BijouSyncResult *sum)
{
  if (self->was_first)
    return "first";
  return sum->incremental || sum->items == 0 ? "incremental" : "full";
}

/* As on the command line, and behind it what happened; never with a token. */
static char *
make_error_text (const BijouSyncResult *sum)
{
  g_autofree char *sentence = NULL;
  g_autofree char *detail = NULL;

  if (sum->error == NULL || sum->cancelled)
    return NULL;
  sentence = bijou_error_to_sentence (sum->error);
  detail = bijou_redact (sum->error->message);
  if (g_str_has_prefix (sentence, detail))
    return g_steal_pointer (&sentence);
  return g_strdup_printf ("%s (%s)", sentence, detail);
}

/**
 * bijou_sync_log_end:
 * @self: from bijou_sync_log_begin()
 * @store: where it is kept
 * @sum: what the run did
 *
 * Blocking; any thread.
 */
void
bijou_sync_log_end (const BijouSyncLog *self, BijouStore *store, const BijouSyncResult *sum)
{
  g_autofree char *text = make_error_text (sum);
  g_autoptr (GError) error = NULL;
  BijouSyncLogEntry entry = { .server_id = sum->server_id,
                              .begun_at = self->begun_at,
                              .kind = (char *) get_kind (self, sum),
                              .requests = sum->requests,
                              .items = sum->items,
                              .added = sum->added,
                              .changed = sum->changed,
                              .removed = sum->removed,
                              .bytes = sum->bytes,
                              .ms = sum->ms,
                              .error = text,
                              .cancelled = sum->cancelled };

  if (!bijou_store_add_sync_log (store, &entry, &error))
    g_debug ("A run is not in the sync log: %s", error->message);
}
