#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *bijou_network_key_read (const char *folder);

G_END_DECLS
