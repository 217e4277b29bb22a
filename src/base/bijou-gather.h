#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * BijouGather:
 * Fans an operation out and joins it again, in one main context: either waits for all branches or
 * for the first success, and then cancels the rest.
 */
typedef struct _BijouGather BijouGather;

typedef enum
{
  BIJOU_GATHER_ALL,
  BIJOU_GATHER_FIRST_SUCCESS,
} BijouGatherMode;

BijouGather *bijou_gather_new (GTask *task, BijouGatherMode mode);
GCancellable *bijou_gather_get_cancellable (BijouGather *self);
BijouGather *bijou_gather_branch (BijouGather *self);
void bijou_gather_succeed (BijouGather *self, gpointer value, GDestroyNotify free_value);
void bijou_gather_fail (BijouGather *self, GError *error);

G_END_DECLS
