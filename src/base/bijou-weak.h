/* References that do not keep what they point to, for lists and signals of several threads. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

GWeakRef *bijou_weak_new (gpointer object);
void bijou_weak_free (GWeakRef *weak);
gulong
bijou_weak_connect (gpointer instance, const char *signal, GCallback callback, gpointer object);

G_END_DECLS
