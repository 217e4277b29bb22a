#pragma once

#include "bijou-sign-in.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouAddressStep:
 * Asks for a server's address and finds out who answers there. Signal: `found`
 * (BijouFoundServer *, valid during the emission).
 */
#define BIJOU_TYPE_ADDRESS_STEP (bijou_address_step_get_type ())
G_DECLARE_FINAL_TYPE (BijouAddressStep, bijou_address_step, BIJOU, ADDRESS_STEP, GtkWidget)

BijouAddressStep *bijou_address_step_new (BijouContext *context);
/* Fills in the first of these addresses and goes on with it, then the next while none answers. */
void bijou_address_step_try (BijouAddressStep *self, GPtrArray *urls);

G_END_DECLS
