#include "config.h"

#include "bijou-cache-entry-private.h"
#include "bijou-weak.h"

/* Where an entry's bytes come from, and what happens when that moves. */

/* Any thread, also while the last reference goes on another one. */
static void
on_moved_cb (BijouMediaOrigin *origin, gpointer user_data)
{
  BijouCacheEntry *self = g_weak_ref_get (user_data);

  if (self == NULL)
    return;
  bijou_cache_entry_retry_now (self);
  bijou_cache_entry_release (self);
}

/**
 * bijou_cache_entry_set_origin:
 * @self: an entry
 * @origin: (nullable): where bytes come from; %NULL leaves it
 *
 * Any thread.
 */
void
bijou_cache_entry_set_origin (BijouCacheEntry *self, BijouMediaOrigin *origin)
{
  g_autoptr (BijouMediaOrigin) old = NULL;
  gulong id, old_id;

  if (origin == NULL)
    return;

  id = bijou_weak_connect (origin, "moved", G_CALLBACK (on_moved_cb), self);
  g_mutex_lock (&self->shared.lock);
  old = self->shared.origin;
  old_id = self->shared.moved_id;
  self->shared.origin = g_object_ref (origin);
  self->shared.moved_id = id;
  g_mutex_unlock (&self->shared.lock);
  if (old != NULL)
    g_signal_handler_disconnect (old, old_id);
}

/**
 * bijou_cache_entry_drop_origin:
 * @self: an entry that nobody has any more
 */
void
bijou_cache_entry_drop_origin (BijouCacheEntry *self)
{
  if (self->shared.origin != NULL)
    g_signal_handler_disconnect (self->shared.origin, self->shared.moved_id);
  g_clear_object (&self->shared.origin);
}
