#pragma once

#include "bijou-backend.h"
#include "bijou-store.h"

G_BEGIN_DECLS

/* The members of a collection or playlist, asked for when it is opened. Blocking. */
gboolean bijou_sync_members_run (BijouStore *store,
                                 BijouBackend *backend,
                                 BijouItem *list,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
