#pragma once

#include "bijou-store.h"
#include "bijou-sync-fetcher.h"

G_BEGIN_DECLS

guint bijou_sync_home_ask (BijouBackend *backend, BijouSyncFetcher *fetcher);
gboolean bijou_sync_home_accept (BijouStore *store,
                                 const char *server_id,
                                 BijouSyncFetch *fetch,
                                 GError **error);
gboolean bijou_sync_home_run (BijouStore *store,
                              BijouBackend *backend,
                              BijouSyncFetcher *fetcher,
                              guint *n_requests,
                              GError **error);

G_END_DECLS
