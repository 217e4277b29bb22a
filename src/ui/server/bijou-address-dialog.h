#pragma once

#include "bijou-context.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouAddressDialog:
 * Adds an address to a server: the user types it, and it is taken if that very server answers
 * there. Main thread.
 *
 * Signal: `added`.
 */
#define BIJOU_TYPE_ADDRESS_DIALOG (bijou_address_dialog_get_type ())
G_DECLARE_FINAL_TYPE (BijouAddressDialog, bijou_address_dialog, BIJOU, ADDRESS_DIALOG, AdwWindow)

BijouAddressDialog *bijou_address_dialog_new (BijouContext *context, BijouServer *server);

G_END_DECLS
