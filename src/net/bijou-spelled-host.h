#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *bijou_spelled_host_get_address (const char *host);
char *bijou_spelled_host_make_entry (const char *url);

G_END_DECLS
