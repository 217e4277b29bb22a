#pragma once

#include "bijou-backend.h"
#include "bijou-live-inbox.h"
#include "bijou-store.h"

G_BEGIN_DECLS

/* Works a batch off: asks the server for what it did not tell and writes all to the store.
 * Blocking.
 * @needs_sync: there is more than single rows can say. @unsettled: what is to be asked for again.
 */
gboolean bijou_live_job_run (BijouStore *store,
                             BijouBackend *backend,
                             BijouLiveBatch *batch,
                             gboolean *needs_sync,
                             GPtrArray *unsettled,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS
