#pragma once

#include "bijou-backends.h"
#include "bijou-context.h"
#include "bijou-profile.h"
#include "bijou-secrets.h"

G_BEGIN_DECLS

/* Only for app/: nobody above needs to see a token. */
BijouSecrets *bijou_context_get_secrets (BijouContext *self);
BijouBackends *bijou_context_get_backends (BijouContext *self);

G_END_DECLS
