#pragma once

#include "bijou-backend.h"
#include "bijou-store.h"

G_BEGIN_DECLS

/* Sends what waits for the backend's server, in order; stops at the first transport error.
 * Blocking. */
gboolean bijou_outbox_flush (BijouStore *store,
                             BijouBackend *backend,
                             guint *refused,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
