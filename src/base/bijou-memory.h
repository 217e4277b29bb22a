#pragma once

#include <glib.h>

G_BEGIN_DECLS

void bijou_memory_init (void);
void bijou_memory_give_back (void);

G_END_DECLS
