#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One step from one list of ids to another: at @position, @removed ids go and the next @added of
 * the new list come. Positions count in the list as it is after the steps before. */
typedef struct
{
  guint position;
  guint removed;
  guint added;
} BijouItemStep;

GArray *bijou_item_diff (GArray *from, GArray *to, guint max_steps);

G_END_DECLS
