#include "config.h"

#include "bijou-store-private.h"

/* More than that is looked at anew as a whole. */
#define IDS_MAX 2000

BijouStoreChange *
bijou_store_change_new (BijouStoreChangeFlags flags)
{
  BijouStoreChange *self = g_new0 (BijouStoreChange, 1);

  self->flags = flags;
  self->ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  return self;
}

void
bijou_store_change_free (BijouStoreChange *self)
{
  g_free (self->server_id);
  g_free (self->library_id);
  g_clear_pointer (&self->ids, g_array_unref);
  g_free (self);
}

void
bijou_store_change_add (BijouStoreChange *self, gint64 id)
{
  if (self->ids == NULL)
    return;
  if (self->ids->len >= IDS_MAX)
    g_clear_pointer (&self->ids, g_array_unref);
  else
    g_array_append_val (self->ids, id);
}

gboolean
bijou_store_change_add_row (BijouStoreChange *self, BijouRowResult result, gint64 id)
{
  if (result == BIJOU_ROW_SAME)
    return FALSE;

  bijou_store_change_add (self, id);
  self->flags |= BIJOU_STORE_PLAY_STATE;
  if (result != BIJOU_ROW_STATE_CHANGED)
    self->flags |= BIJOU_STORE_ITEMS;
  if (result == BIJOU_ROW_ADDED || result == BIJOU_ROW_MOVED)
    self->flags |= BIJOU_STORE_LIBRARIES;
  /* The list that it left is to hear of it too. */
  if (result == BIJOU_ROW_MOVED)
    g_clear_pointer (&self->library_id, g_free);
  return TRUE;
}

void
bijou_store_change_widen (BijouStoreChange *self, const char *server_id, const char *library_id)
{
  if (g_strcmp0 (self->server_id, server_id) != 0)
    bijou_store_change_set_scope (self, NULL, NULL);
  else if (g_strcmp0 (self->library_id, library_id) != 0)
    bijou_store_change_set_scope (self, server_id, NULL);
}

void
bijou_store_change_add_removed (BijouStoreChange *self)
{
  self->flags |= BIJOU_STORE_ITEMS | BIJOU_STORE_LIBRARIES | BIJOU_STORE_HOME;
  g_clear_pointer (&self->ids, g_array_unref);
}

void
bijou_store_count_row (BijouSyncCounts *counts,
                       BijouRowResult result,
                       gint64 id,
                       BijouStoreChange *change)
{
  if (!bijou_store_change_add_row (change, result, id))
    return;
  if (result == BIJOU_ROW_ADDED)
    counts->added++;
  else
    counts->changed++;
  counts->states += result == BIJOU_ROW_STATE_CHANGED;
}

void
bijou_store_add_counts (BijouSyncCounts *into, const BijouSyncCounts *from)
{
  if (into == NULL)
    return;
  into->added += from->added;
  into->changed += from->changed;
  into->removed += from->removed;
  into->states += from->states;
  into->seen += from->seen;
}

void
bijou_store_change_set_scope (BijouStoreChange *self, const char *server_id, const char *library_id)
{
  g_free (self->server_id);
  g_free (self->library_id);
  self->server_id = g_strdup (server_id);
  self->library_id = g_strdup (library_id);
}

void
bijou_store_change_merge (BijouStoreChange *into, BijouStoreChange *from)
{
  into->flags |= from->flags;
  if (g_strcmp0 (into->server_id, from->server_id) != 0)
    {
      g_clear_pointer (&into->server_id, g_free);
      g_clear_pointer (&into->library_id, g_free);
    }
  if (g_strcmp0 (into->library_id, from->library_id) != 0)
    g_clear_pointer (&into->library_id, g_free);
  if (from->ids == NULL)
    g_clear_pointer (&into->ids, g_array_unref);
  for (guint i = 0; into->ids != NULL && i < from->ids->len; i++)
    bijou_store_change_add (into, g_array_index (from->ids, gint64, i));
}
