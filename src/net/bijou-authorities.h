#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The certificates of the authorities that vouch for servers: the system's and a file's. */
GBytes *bijou_authorities_load (const char *file, GError **error);
int bijou_authorities_make_file (GBytes *authorities);

G_END_DECLS
