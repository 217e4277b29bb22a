#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whether the way to a host goes through a tunnel, as far as its address and the interfaces of this
 * computer tell; no name is looked up. Any thread. */
gboolean bijou_address_route_is_vpn (const char *url);

G_END_DECLS
