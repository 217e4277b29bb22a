#pragma once

#include "bijou-address-text.h"
#include "bijou-server-addresses.h"
#include "bijou-width-class.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouAddressRow:
 * One address of a server: its class, how it does, and what can be done with it. Main thread.
 *
 * Signals: `edit` (BijouAddressEdit), `copy`, `certificate`.
 */
#define BIJOU_TYPE_ADDRESS_ROW (bijou_address_row_get_type ())
G_DECLARE_FINAL_TYPE (BijouAddressRow, bijou_address_row, BIJOU, ADDRESS_ROW, AdwActionRow)

BijouAddressRow *bijou_address_row_new (const char *url);
const char *bijou_address_row_get_url (BijouAddressRow *self);
/* @addresses: all of the server; @view is of one of them. */
void
bijou_address_row_show (BijouAddressRow *self, const BijouAddressView *view, GPtrArray *addresses);
void bijou_address_row_set_width_class (BijouAddressRow *self, BijouWidthClass width_class);

G_END_DECLS
