#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BijouLru:
 * A map from strings to values that forgets what was least recently used when the values together
 * weigh more than a limit. Not thread-safe: one thread, or the owner's lock.
 */
typedef struct _BijouLru BijouLru;

BijouLru *bijou_lru_new (gsize limit, GDestroyNotify free_value);
void bijou_lru_free (BijouLru *self);
gpointer bijou_lru_get (BijouLru *self, const char *key);
void bijou_lru_put (BijouLru *self, const char *key, gpointer value, gsize weight);
void bijou_lru_remove (BijouLru *self, const char *key);
void bijou_lru_clear (BijouLru *self);
gsize bijou_lru_get_weight (BijouLru *self);
guint bijou_lru_get_length (BijouLru *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouLru, bijou_lru_free)

G_END_DECLS
