#pragma once

#include "bijou-backends.h"

G_BEGIN_DECLS

/* What the settings say about certificates and plain http, given to the network and kept up to
 * date. Main thread. */
gboolean bijou_security_begin (GSettings *settings,
                               BijouBackends *backends,
                               BijouHttp *http,
                               const char *ca_file,
                               GError **error);

G_END_DECLS
