#pragma once

#include <glib.h>

/* As if the store at @path, which may be open, had last been used so much longer ago. */
void database_age (const char *path, gint64 seconds);
