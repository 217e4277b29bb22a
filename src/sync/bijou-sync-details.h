#pragma once

#include "bijou-backend.h"
#include "bijou-store.h"

G_BEGIN_DECLS

gboolean bijou_sync_details_run (BijouStore *store,
                                 BijouBackend *backend,
                                 GPtrArray *items,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
