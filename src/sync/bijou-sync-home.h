#pragma once

#include "bijou-store.h"
#include "bijou-sync-fetcher.h"

G_BEGIN_DECLS

gboolean bijou_sync_home_run (BijouStore *store,
                              BijouBackend *backend,
                              BijouSyncFetcher *fetcher,
                              guint *n_requests,
                              GError **error);

G_END_DECLS
