#pragma once

#include "bijou-store.h"

G_BEGIN_DECLS

/**
 * BijouRefusal:
 * A local change that its server will never take, and that was taken back.
 */
typedef struct
{
  BijouChange *change; /* (owned) as it was sent; made_at: when it was refused */
  char *reason;        /* (owned) a sentence */
} BijouRefusal;

void bijou_refusal_free (BijouRefusal *self);

gboolean bijou_refusals_add (BijouStore *store,
                             const BijouChange *change,
                             const GError *problem,
                             GError **error);
/* Newest first. (element-type BijouRefusal) */
GPtrArray *bijou_refusals_list (BijouStore *store, const char *server_id);
gboolean bijou_refusals_clear (BijouStore *store, const char *server_id, GError **error);

G_END_DECLS
