#pragma once

#include "bijou-discovery.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouNearbyRow:
 * A server in the local network that one may sign in to. Signal: `connect`.
 */
#define BIJOU_TYPE_NEARBY_ROW (bijou_nearby_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouNearbyRow, bijou_nearby_row, BIJOU, NEARBY_ROW, AdwActionRow)

BijouNearbyRow *bijou_nearby_row_new (const BijouDiscovered *discovered);
void bijou_nearby_row_set_discovered (BijouNearbyRow *self, const BijouDiscovered *discovered);
const BijouDiscovered *bijou_nearby_row_get_discovered (BijouNearbyRow *self);
gboolean bijou_nearby_row_is_for (BijouNearbyRow *self, const BijouDiscovered *discovered);

G_END_DECLS
