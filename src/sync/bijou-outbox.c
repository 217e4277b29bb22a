#include "config.h"

#include "bijou-sync-service.h"

#include <string.h>

#define LOCK_POLL_MS 50

/* One flush at a time for each server, or a change would be sent twice. */
static struct
{
  GMutex lock;
  GCond left;
  GHashTable *servers; /* (owned) (nullable) identifiers of servers that are sent to */
} busy;

static gboolean
enter (const char *server_id, GCancellable *cancellable, GError **error)
{
  gboolean entered = FALSE;

  g_mutex_lock (&busy.lock);
  if (busy.servers == NULL)
    busy.servers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  while (!entered && !g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      entered = !g_hash_table_contains (busy.servers, server_id);
      if (!entered)
        g_cond_wait_until (&busy.left, &busy.lock,
                           g_get_monotonic_time () + LOCK_POLL_MS * G_TIME_SPAN_MILLISECOND);
    }
  if (entered)
    g_hash_table_add (busy.servers, g_strdup (server_id));
  g_mutex_unlock (&busy.lock);
  return entered;
}

static void
leave (const char *server_id)
{
  g_mutex_lock (&busy.lock);
  g_hash_table_remove (busy.servers, server_id);
  if (g_hash_table_size (busy.servers) == 0)
    g_clear_pointer (&busy.servers, g_hash_table_unref);
  g_cond_broadcast (&busy.left);
  g_mutex_unlock (&busy.lock);
}

typedef enum
{
  SENT,
  OVERTAKEN, /* the server knows something newer */
  FAILED,
} Outcome;

static gboolean
is_overtaken (BijouItem *item, BijouChange *change)
{
  if (item->last_played_at <= change->made_at)
    return FALSE;
  return item->watched || item->position_ms >= change->position_ms;
}

/* Only forward: it is looked up first what the server has. */
static Outcome
send_position (BijouStore *store,
               BijouBackend *backend,
               BijouChange *change,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (backend, change->remote_id, cancellable, error);

  if (detail == NULL)
    return FAILED;
  if (is_overtaken (detail->item, change))
    return bijou_store_save_detail (store, detail, error) ? OVERTAKEN : FAILED;
  return bijou_backend_set_position (backend, change->remote_id, change->position_ms,
                                     change->duration_ms, cancellable, error)
             ? SENT
             : FAILED;
}

static Outcome
send_change (BijouStore *store,
             BijouBackend *backend,
             BijouChange *change,
             GCancellable *cancellable,
             GError **error)
{
  gboolean sent;

  switch (change->kind)
    {
    case BIJOU_CHANGE_WATCHED:
    case BIJOU_CHANGE_UNWATCHED:
      sent = bijou_backend_set_watched (backend, change->remote_id,
                                        change->kind == BIJOU_CHANGE_WATCHED, cancellable, error);
      break;
    case BIJOU_CHANGE_FAVOURITE:
    case BIJOU_CHANGE_UNFAVOURITE:
      sent = bijou_backend_set_favourite (
          backend, change->remote_id, change->kind == BIJOU_CHANGE_FAVOURITE, cancellable, error);
      break;
    case BIJOU_CHANGE_POSITION:
    default:
      return send_position (store, backend, change, cancellable, error);
    }
  return sent ? SENT : FAILED;
}

/* Whether the server understood and will say the same next time. */
static gboolean
is_refusal (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_UNSUPPORTED);
}

/* Whether only this change is in trouble, and the next may fare better. */
static gboolean
is_about_one (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_PROTOCOL) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FAILED);
}

/* Returns whether to go on with the next change. */
static gboolean
settle (BijouStore *store, BijouChange *change, Outcome outcome, GError *problem, GError **error)
{
  gboolean refused = outcome == FAILED && is_refusal (problem);

  if (outcome == SENT)
    return bijou_store_finish_change (store, change->id, error);
  if (refused)
    g_info ("The server refuses a change of %s, which is given up: %s", change->remote_id,
            problem->message);
  if (outcome == OVERTAKEN || refused)
    return bijou_store_fail_change (store, change->id, TRUE, error);

  if (!bijou_error_is_cancelled (problem))
    bijou_store_fail_change (store, change->id, FALSE, NULL);
  if (error != NULL && *error == NULL)
    *error = g_error_copy (problem);
  return !bijou_error_is_cancelled (problem) && is_about_one (problem);
}

/* The list is read anew each time: what waits may be merged while something is sent. */
static BijouChange *
get_next_change (BijouStore *store, const char *server_id, gint64 after, GError **error)
{
  g_autoptr (GPtrArray) changes = bijou_store_list_changes (store, server_id, error);

  for (guint i = 0; changes != NULL && i < changes->len; i++)
    if (((BijouChange *) changes->pdata[i])->id > after)
      return g_ptr_array_steal_index (changes, i);
  return NULL;
}

static void
flush (BijouStore *store,
       BijouBackend *backend,
       const char *server_id,
       GCancellable *cancellable,
       GError **error)
{
  gint64 after = 0;

  while (!g_cancellable_is_cancelled (cancellable))
    {
      g_autoptr (BijouChange) change = get_next_change (store, server_id, after, error);
      g_autoptr (GError) problem = NULL;
      Outcome outcome;

      if (change == NULL)
        return;
      after = change->id;
      outcome = send_change (store, backend, change, cancellable, &problem);
      if (!settle (store, change, outcome, problem, error))
        return;
    }
}

/**
 * bijou_outbox_flush:
 * @store: where it waits
 * @backend: its server
 * @cancellable: (nullable): what was not sent goes on waiting
 *
 * Sends what waits for one server, in order. Stops when the server cannot be reached; goes past a
 * change that it cannot take now, and gives up one that it refuses. A position is sent only where
 * the server has nothing newer. Blocking; any thread.
 *
 * Returns: whether nothing waits any more
 */
gboolean
bijou_outbox_flush (BijouStore *store,
                    BijouBackend *backend,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autofree char *server_id = g_strdup (bijou_backend_get_server_id (backend));
  GError *local_error = NULL;

  if (!enter (server_id, cancellable, error))
    return FALSE;
  flush (store, backend, server_id, cancellable, &local_error);
  leave (server_id);
  if (local_error == NULL && g_cancellable_set_error_if_cancelled (cancellable, &local_error))
    g_debug ("Sending to %s was stopped", server_id);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}
