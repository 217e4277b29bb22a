#pragma once

#include "bijou-context.h"
#include "bijou-width-class.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouAddressGroup:
 * The addresses of one server, live while they are seen. Main thread.
 */
#define BIJOU_TYPE_ADDRESS_GROUP (bijou_address_group_get_type ())
G_DECLARE_FINAL_TYPE (
    BijouAddressGroup, bijou_address_group, BIJOU, ADDRESS_GROUP, AdwPreferencesGroup)

void bijou_address_group_set_server (BijouAddressGroup *self,
                                     BijouContext *context,
                                     BijouServer *server);
void bijou_address_group_update (BijouAddressGroup *self);
void bijou_address_group_set_width_class (BijouAddressGroup *self, BijouWidthClass width_class);

G_END_DECLS
