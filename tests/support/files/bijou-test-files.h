#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Removes a file, or a folder with all that is in it; what is not there is no failure. */
void bijou_test_remove_tree (const char *path);

G_END_DECLS
