#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouAddressFinder:
 * Finds addresses of known servers that are not known yet: from the account that a server came
 * with, from the local network, and from the server itself. It does so beside a race that goes
 * badly (see bijou_connection_set_finder()), and from time to time in the background.
 *
 * What is found is one more address to try: it never replaces any, is never kept without bounds,
 * and bijou_backend_type_accepts_url() has its say.
 */
#define BIJOU_TYPE_ADDRESS_FINDER (bijou_address_finder_get_type ())
G_DECLARE_FINAL_TYPE (BijouAddressFinder, bijou_address_finder, BIJOU, ADDRESS_FINDER, GObject)

/* The context outlives everything that is done before bijou_address_finder_stop(). */
BijouAddressFinder *bijou_address_finder_new (BijouContext *context);
/* Has the connection of a server ask here when it is at a loss. Any thread. */
void bijou_address_finder_attach (BijouAddressFinder *self,
                                  BijouServer *server,
                                  BijouConnection *connection);
/* Looks around soon, hourly, and when the network has changed. Main thread. */
void bijou_address_finder_start (BijouAddressFinder *self);
/* Ends what runs, and waits for it. Main thread. */
void bijou_address_finder_stop (BijouAddressFinder *self);
/* Looks around now; blocks for some seconds. Any thread but the main thread of a window. */
void bijou_address_finder_look_around (BijouAddressFinder *self);

G_END_DECLS
