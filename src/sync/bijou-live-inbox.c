#include "config.h"

#include "bijou-live-inbox.h"

/* Above this a sync is cheaper than asking for each. */
#define MAX_ITEMS 200
#define MAX_STATES 5000

struct _BijouLiveInbox
{
  gatomicrefcount references;

  struct
  {
    GMutex lock;
    GHashTable *states;  /* (owned) of BijouItem by its identifier */
    GHashTable *touched; /* (owned) set of char * */
    GHashTable *changed; /* (owned) set of char * */
    GHashTable *removed; /* (owned) set of char * */
    gboolean library;
    gboolean is_told;   /* somebody is going to look */
    gint64 quick_since; /* monotonic µs: of the first state or touch, 0 none */
    gint64 slow_since;  /* of the first other one, 0 none */
    gint64 slow_last;   /* of the last other one */
  } shared;
};

static GHashTable *
create_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * bijou_live_batch_free:
 * @self: (transfer full): a batch
 */
void
bijou_live_batch_free (BijouLiveBatch *self)
{
  g_ptr_array_unref (self->states);
  g_ptr_array_unref (self->touched);
  g_hash_table_unref (self->changed);
  g_hash_table_unref (self->removed);
  g_free (self);
}

/**
 * bijou_live_batch_has_work:
 * @self: a batch
 *
 * Returns: whether there is more in it than the wish for a sync
 */
gboolean
bijou_live_batch_has_work (BijouLiveBatch *self)
{
  return self->states->len > 0 || self->touched->len > 0 || g_hash_table_size (self->changed) > 0 ||
         g_hash_table_size (self->removed) > 0;
}

/**
 * bijou_live_inbox_new:
 *
 * Returns: (transfer full): an empty inbox
 */
BijouLiveInbox *
bijou_live_inbox_new (void)
{
  BijouLiveInbox *self = g_new0 (BijouLiveInbox, 1);

  g_atomic_ref_count_init (&self->references);
  g_mutex_init (&self->shared.lock);
  self->shared.states = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->shared.touched = create_set ();
  self->shared.changed = create_set ();
  self->shared.removed = create_set ();
  return self;
}

/**
 * bijou_live_inbox_ref:
 * @self: an inbox
 *
 * Returns: (transfer full): @self
 */
BijouLiveInbox *
bijou_live_inbox_ref (BijouLiveInbox *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

/**
 * bijou_live_inbox_unref:
 * @self: (transfer full): an inbox
 */
void
bijou_live_inbox_unref (BijouLiveInbox *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;

  g_hash_table_unref (self->shared.states);
  g_hash_table_unref (self->shared.touched);
  g_hash_table_unref (self->shared.changed);
  g_hash_table_unref (self->shared.removed);
  g_mutex_clear (&self->shared.lock);
  g_free (self);
}

/* --- what comes in; with the lock held --- */

static void
note_quick (BijouLiveInbox *self)
{
  if (self->shared.quick_since == 0)
    self->shared.quick_since = g_get_monotonic_time ();
}

static void
note_slow (BijouLiveInbox *self)
{
  self->shared.slow_last = g_get_monotonic_time ();
  if (self->shared.slow_since == 0)
    self->shared.slow_since = self->shared.slow_last;
}

/* Of an item's play state and of its row the newest word each is the one that counts. */
static void
add_event (BijouLiveInbox *self, const BijouEvent *event)
{
  switch (event->kind)
    {
    case BIJOU_EVENT_STATE:
      g_hash_table_remove (self->shared.touched, event->remote_id);
      g_hash_table_replace (self->shared.states, g_strdup (event->remote_id),
                            g_object_ref (event->state));
      note_quick (self);
      break;
    case BIJOU_EVENT_TOUCHED:
      g_hash_table_remove (self->shared.states, event->remote_id);
      g_hash_table_add (self->shared.touched, g_strdup (event->remote_id));
      note_quick (self);
      break;
    case BIJOU_EVENT_CHANGED:
      g_hash_table_remove (self->shared.removed, event->remote_id);
      g_hash_table_add (self->shared.changed, g_strdup (event->remote_id));
      note_slow (self);
      break;
    case BIJOU_EVENT_REMOVED:
      g_hash_table_remove (self->shared.changed, event->remote_id);
      g_hash_table_add (self->shared.removed, g_strdup (event->remote_id));
      note_slow (self);
      break;
    case BIJOU_EVENT_LIBRARY:
      self->shared.library = TRUE;
      note_slow (self);
      break;
    default:
      break;
    }
}

static void
give_way_to_sync (BijouLiveInbox *self)
{
  if (g_hash_table_size (self->shared.states) > MAX_STATES ||
      g_hash_table_size (self->shared.touched) > MAX_ITEMS)
    {
      g_hash_table_remove_all (self->shared.states);
      g_hash_table_remove_all (self->shared.touched);
      self->shared.quick_since = 0;
      self->shared.library = TRUE;
      note_slow (self);
    }
  if (g_hash_table_size (self->shared.changed) + g_hash_table_size (self->shared.removed) >
      MAX_ITEMS)
    {
      g_hash_table_remove_all (self->shared.changed);
      g_hash_table_remove_all (self->shared.removed);
      self->shared.library = TRUE;
    }
}

/**
 * bijou_live_inbox_add:
 * @self: an inbox
 * @events: (element-type BijouEvent): what a server said
 *
 * Any thread.
 *
 * Returns: whether somebody is to be told that there is something in it
 */
gboolean
bijou_live_inbox_add (BijouLiveInbox *self, GPtrArray *events)
{
  gboolean tell;

  g_mutex_lock (&self->shared.lock);
  for (guint i = 0; i < events->len; i++)
    add_event (self, g_ptr_array_index (events, i));
  give_way_to_sync (self);
  tell = !self->shared.is_told && (self->shared.quick_since != 0 || self->shared.slow_since != 0);
  self->shared.is_told |= tell;
  g_mutex_unlock (&self->shared.lock);
  return tell;
}

/* --- what goes out --- */

static gint64
get_slow_due (BijouLiveInbox *self, guint quiet_ms, guint max_ms)
{
  return MIN (self->shared.slow_last + quiet_ms * (gint64) 1000,
              self->shared.slow_since + max_ms * (gint64) 1000);
}

/**
 * bijou_live_inbox_get_due:
 * @self: an inbox
 * @quick_ms: a play state waits so long
 * @quiet_ms: anything else until there was nothing new for so long
 * @max_ms: but no longer than this
 *
 * Returns: when there is something to take, monotonic, in microseconds; 0: it is empty, and whoever
 *   adds something will be told to say so
 */
gint64
bijou_live_inbox_get_due (BijouLiveInbox *self, guint quick_ms, guint quiet_ms, guint max_ms)
{
  gint64 due = 0;

  g_mutex_lock (&self->shared.lock);
  if (self->shared.slow_since != 0)
    due = get_slow_due (self, quiet_ms, max_ms);
  if (self->shared.quick_since != 0)
    {
      gint64 quick = self->shared.quick_since + quick_ms * (gint64) 1000;

      due = due == 0 ? quick : MIN (due, quick);
    }
  self->shared.is_told = due != 0;
  g_mutex_unlock (&self->shared.lock);
  return due;
}

static void
move_keys (GHashTable *from, GPtrArray *to)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, from);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_hash_table_iter_steal (&iter);
      g_ptr_array_add (to, key);
    }
}

static void
take_quick (BijouLiveInbox *self, BijouLiveBatch *batch)
{
  GHashTableIter iter;
  gpointer state;

  g_hash_table_iter_init (&iter, self->shared.states);
  while (g_hash_table_iter_next (&iter, NULL, &state))
    g_ptr_array_add (batch->states, g_object_ref (state));
  g_hash_table_remove_all (self->shared.states);
  move_keys (self->shared.touched, batch->touched);
  self->shared.quick_since = 0;
}

static void
take_slow (BijouLiveInbox *self, BijouLiveBatch *batch)
{
  g_clear_pointer (&batch->changed, g_hash_table_unref);
  g_clear_pointer (&batch->removed, g_hash_table_unref);
  batch->changed = g_steal_pointer (&self->shared.changed);
  batch->removed = g_steal_pointer (&self->shared.removed);
  self->shared.changed = create_set ();
  self->shared.removed = create_set ();
  batch->library = self->shared.library;
  self->shared.library = FALSE;
  self->shared.slow_since = 0;
}

/**
 * bijou_live_inbox_take:
 * @self: an inbox
 * @quiet_ms: as in bijou_live_inbox_get_due()
 * @max_ms: likewise
 *
 * Takes the play states that are in it, and the rest if that is due. Any thread.
 *
 * Returns: (transfer full): a batch, which may be empty
 */
BijouLiveBatch *
bijou_live_inbox_take (BijouLiveInbox *self, guint quiet_ms, guint max_ms)
{
  BijouLiveBatch *batch = g_new0 (BijouLiveBatch, 1);

  batch->states = g_ptr_array_new_with_free_func (g_object_unref);
  batch->touched = g_ptr_array_new_with_free_func (g_free);
  batch->changed = create_set ();
  batch->removed = create_set ();
  g_mutex_lock (&self->shared.lock);
  take_quick (self, batch);
  if (self->shared.slow_since != 0 &&
      g_get_monotonic_time () >= get_slow_due (self, quiet_ms, max_ms))
    take_slow (self, batch);
  g_mutex_unlock (&self->shared.lock);
  return batch;
}
