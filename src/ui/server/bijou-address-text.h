#pragma once

#include "bijou-connection.h"

G_BEGIN_DECLS

/**
 * BijouAddressView:
 * One address as it is shown.
 */
typedef struct
{
  const BijouAddress *address;
  gboolean in_use;
  BijouConnectionReason reason; /* why it is the one in use */
  gboolean testing;
  int tested_ms;         /* of its last test, unless it has answered since; -1 none */
  const GError *problem; /* (nullable) of its last test, unless it has answered since */
  gint64 now;            /* seconds since 1970 */
} BijouAddressView;

char *bijou_address_text_describe (const BijouAddressView *view);
char *bijou_address_text_latency (const BijouAddressView *view);

G_END_DECLS
