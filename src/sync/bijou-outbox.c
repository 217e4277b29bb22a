#include "config.h"

#include "bijou-outbox.h"

#include "bijou-redact.h"
#include "bijou-refusals.h"
#include "bijou-sync-lock.h"

/* What one flush works with. */
typedef struct
{
  BijouStore *store;         /* (unowned) */
  BijouBackend *backend;     /* (unowned) */
  const char *server_id;     /* (unowned) */
  GCancellable *cancellable; /* (unowned) (nullable) */
  GHashTable *held;          /* (owned) remote ids of what has to wait, and all below it with it */
  guint refused;             /* given up because the server will never take it */
} Flush;

typedef enum
{
  WAITING,
  SENT,
  OVERTAKEN, /* the server knows something newer */
  GONE,      /* it was replaced by another one meanwhile */
  FAILED,
} Outcome;

/* Positions only go forward, and what was watched to its end since then stays so. */
static gboolean
is_overtaken (BijouItem *item, BijouChange *change)
{
  return item->position_ms >= change->position_ms ||
         (item->watched && item->last_played_at > change->made_at);
}

/* The answer to an earlier try was lost. Of all changes only this one counts each time. */
static gboolean
has_arrived (BijouItem *item, BijouChange *change)
{
  gboolean counts = bijou_item_kind_is_playable (item->kind);

  return item->watched && (!counts || item->play_count > change->play_count);
}

static gboolean
needs_look (BijouChange *change)
{
  return change->kind == BIJOU_CHANGE_POSITION ||
         (change->kind == BIJOU_CHANGE_WATCHED && change->attempts > 0);
}

/* Asks what the server has; WAITING: it is to be sent. */
static Outcome
look (Flush *self, BijouChange *change, GError **error)
{
  g_autoptr (BijouDetail) detail =
      bijou_backend_fetch_detail (self->backend, change->remote_id, self->cancellable, error);

  if (detail == NULL)
    return FAILED;
  if (change->kind == BIJOU_CHANGE_WATCHED)
    return has_arrived (detail->item, change) ? SENT : WAITING;
  if (!is_overtaken (detail->item, change))
    return WAITING;
  return bijou_store_save_detail (self->store, detail, error) ? OVERTAKEN : FAILED;
}

static gboolean
send_change (Flush *self, BijouChange *change, GError **error)
{
  BijouBackend *backend = self->backend;
  const char *id = change->remote_id;

  switch (change->kind)
    {
    case BIJOU_CHANGE_WATCHED:
    case BIJOU_CHANGE_UNWATCHED:
      return bijou_backend_set_watched (backend, id, change->kind == BIJOU_CHANGE_WATCHED,
                                        self->cancellable, error);
    case BIJOU_CHANGE_FAVOURITE:
    case BIJOU_CHANGE_UNFAVOURITE:
      return bijou_backend_set_favourite (backend, id, change->kind == BIJOU_CHANGE_FAVOURITE,
                                          self->cancellable, error);
    case BIJOU_CHANGE_RATING:
      return bijou_backend_set_rating (backend, id, change->rating, self->cancellable, error);
    case BIJOU_CHANGE_POSITION:
    default:
      return bijou_backend_set_position (backend, id, change->position_ms, change->duration_ms,
                                         self->cancellable, error);
    }
}

/* That it is about to be sent is written first: a crash between sending and the answer must not
 * make it count twice. */
static Outcome
deliver (Flush *self, BijouChange *change, GError **error)
{
  g_autoptr (GError) local = NULL;
  Outcome outcome = needs_look (change) ? look (self, change, error) : WAITING;

  if (outcome != WAITING)
    return outcome;
  if (!bijou_store_begin_change (self->store, change->id, &local))
    {
      if (g_error_matches (local, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND))
        return GONE;
      g_propagate_error (error, g_steal_pointer (&local));
      return FAILED;
    }
  return send_change (self, change, error) ? SENT : FAILED;
}

/* Whether the server understood and will say the same next time. While a user is shut out as a
 * whole, by hours or from afar, everything is forbidden: that passes. */
static gboolean
is_refusal (Flush *self, const GError *error)
{
  if (g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_FORBIDDEN))
    return bijou_backend_check_token (self->backend, self->cancellable, NULL);
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_NOT_FOUND) ||
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

static const char *
get_title (BijouChange *change)
{
  return change->title != NULL ? change->title : change->remote_id;
}

static gboolean
is_watch (BijouChange *change)
{
  return change->kind == BIJOU_CHANGE_WATCHED || change->kind == BIJOU_CHANGE_UNWATCHED ||
         change->kind == BIJOU_CHANGE_POSITION;
}

/* A mark of a show that could not be sent would undo what is sent of its episodes before it. */
static gboolean
has_to_wait (Flush *self, BijouChange *change)
{
  const char *ids[] = { change->remote_id, change->parent_id, change->show_id };

  for (guint i = 0; is_watch (change) && i < G_N_ELEMENTS (ids); i++)
    if (ids[i] != NULL && g_hash_table_contains (self->held, ids[i]))
      return TRUE;
  return FALSE;
}

/* Returns whether to go on with the next change. */
static gboolean
handle_failure (Flush *self, BijouChange *change, const GError *problem, GError **error)
{
  if (is_refusal (self, problem))
    {
      g_autofree char *reason = bijou_redact (problem->message);

      g_info ("The server does not take a change of “%s”, which is given up: %s",
              get_title (change), reason);
      self->refused++;
      return bijou_refusals_add (self->store, change, problem, error) &&
             bijou_store_discard_change (self->store, change->id, error);
    }
  if (error != NULL && *error == NULL)
    *error = g_error_copy (problem);
  if (is_watch (change))
    g_hash_table_add (self->held, g_strdup (change->remote_id));
  return is_about_one (problem);
}

static gboolean
settle (Flush *self, BijouChange *change, Outcome outcome, const GError *problem, GError **error)
{
  switch (outcome)
    {
    case SENT:
      return bijou_store_finish_change (self->store, change->id, error);
    case OVERTAKEN:
      return bijou_store_discard_change (self->store, change->id, error);
    case GONE:
      return TRUE;
    case WAITING:
    case FAILED:
    default:
      return handle_failure (self, change, problem, error);
    }
}

/* The list is read anew each time: what waits may be merged while something is sent. */
static void
flush (Flush *self, GError **error)
{
  gint64 after = 0;
  gboolean go_on = TRUE;

  while (go_on && !g_cancellable_is_cancelled (self->cancellable))
    {
      g_autoptr (GError) problem = NULL;
      g_autoptr (BijouChange) change =
          bijou_store_get_next_change (self->store, self->server_id, after, &problem);
      Outcome outcome;

      if (change == NULL)
        {
          if (problem != NULL && error != NULL && *error == NULL)
            *error = g_steal_pointer (&problem);
          return;
        }
      after = change->id;
      if (has_to_wait (self, change))
        continue;
      outcome = deliver (self, change, &problem);
      go_on = settle (self, change, outcome, problem, error);
    }
}

/**
 * bijou_outbox_flush:
 * @store: where it waits
 * @backend: its server
 * @refused: (out) (optional): how many changes were given up because the server refuses them
 * @cancellable: (nullable): what was not sent goes on waiting
 *
 * Sends what waits for one server, in order, and nothing twice, also from two processes at once.
 * Stops when the server cannot be reached or shuts the user out; goes past a change that it cannot
 * take now, and gives up one that it refuses. A position is sent only where the server has nothing
 * newer; a mark whose answer was lost only where it has not arrived. Blocking; any thread.
 *
 * Returns: whether nothing waits any more
 */
gboolean
bijou_outbox_flush (BijouStore *store,
                    BijouBackend *backend,
                    guint *refused,
                    GCancellable *cancellable,
                    GError **error)
{
  const char *server_id = bijou_backend_get_server_id (backend);
  g_autofree char *lock_name = g_strconcat ("outbox ", server_id, NULL);
  g_autoptr (BijouSyncLock) lock = NULL;
  GError *local_error = NULL;
  Flush self = {
    .store = store, .backend = backend, .server_id = server_id, .cancellable = cancellable
  };

  if (refused != NULL)
    *refused = 0;
  lock = bijou_sync_lock_take (store, lock_name, cancellable, error);
  if (lock == NULL)
    return FALSE;
  self.held = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  flush (&self, &local_error);
  g_hash_table_unref (self.held);
  if (refused != NULL)
    *refused = self.refused;
  if (local_error == NULL && g_cancellable_set_error_if_cancelled (cancellable, &local_error))
    g_debug ("Sending to %s was stopped", server_id);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, local_error);
  return FALSE;
}
