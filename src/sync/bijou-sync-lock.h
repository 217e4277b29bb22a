#pragma once

#include "bijou-store.h"

G_BEGIN_DECLS

/**
 * BijouSyncLock:
 * One server is synchronised by one run at a time, whichever process it is in: two would write one
 * cursor. It ends with its process.
 */
typedef struct _BijouSyncLock BijouSyncLock;

BijouSyncLock *bijou_sync_lock_take (BijouStore *store,
                                     const char *server_id,
                                     GCancellable *cancellable,
                                     GError **error);
void bijou_sync_lock_release (BijouSyncLock *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouSyncLock, bijou_sync_lock_release)

G_END_DECLS
