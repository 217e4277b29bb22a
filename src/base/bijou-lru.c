#include "config.h"

#include "bijou-lru.h"

typedef struct
{
  char *key;      /* (owned) */
  gpointer value; /* (owned) */
  gsize weight;
  GList link; /* in the order of use, the newest first */
} Entry;

struct _BijouLru
{
  GHashTable *entries; /* (owned) key to Entry */
  GQueue order;        /* of the entries' links */
  GDestroyNotify free_value;
  gsize limit;
  gsize weight;
};

/**
 * bijou_lru_new:
 * @limit: the sum of weights that may stay
 * @free_value: (nullable): frees a value that is dropped
 *
 * Returns: (transfer full): an empty map
 */
BijouLru *
bijou_lru_new (gsize limit, GDestroyNotify free_value)
{
  BijouLru *self = g_new0 (BijouLru, 1);

  self->limit = limit;
  self->free_value = free_value;
  self->entries = g_hash_table_new (g_str_hash, g_str_equal);
  return self;
}

static void
drop_entry (BijouLru *self, Entry *entry)
{
  g_hash_table_remove (self->entries, entry->key);
  g_queue_unlink (&self->order, &entry->link);
  self->weight -= entry->weight;
  if (self->free_value != NULL)
    self->free_value (entry->value);
  g_free (entry->key);
  g_free (entry);
}

static void
trim (BijouLru *self)
{
  while (self->weight > self->limit && self->order.length > 1)
    drop_entry (self, self->order.tail->data);
}

/**
 * bijou_lru_free:
 * @self: (transfer full): a map
 */
void
bijou_lru_free (BijouLru *self)
{
  bijou_lru_clear (self);
  g_hash_table_unref (self->entries);
  g_free (self);
}

/**
 * bijou_lru_get:
 * @self: a map
 * @key: a key
 *
 * Looks @key up and marks it as just used.
 *
 * Returns: (transfer none) (nullable): the value
 */
gpointer
bijou_lru_get (BijouLru *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry == NULL)
    return NULL;

  g_queue_unlink (&self->order, &entry->link);
  g_queue_push_head_link (&self->order, &entry->link);
  return entry->value;
}

/**
 * bijou_lru_put:
 * @self: a map
 * @key: a key
 * @value: (transfer full): its value
 * @weight: what it costs, in the unit of the limit
 *
 * Stores or replaces a value. The newest value stays even when it alone is over the limit.
 */
void
bijou_lru_put (BijouLru *self, const char *key, gpointer value, gsize weight)
{
  Entry *entry;

  bijou_lru_remove (self, key);
  entry = g_new0 (Entry, 1);
  entry->key = g_strdup (key);
  entry->value = value;
  entry->weight = weight;
  entry->link.data = entry;
  g_hash_table_insert (self->entries, entry->key, entry);
  g_queue_push_head_link (&self->order, &entry->link);
  self->weight += weight;
  trim (self);
}

/**
 * bijou_lru_remove:
 * @self: a map
 * @key: a key, known or not
 */
void
bijou_lru_remove (BijouLru *self, const char *key)
{
  Entry *entry = g_hash_table_lookup (self->entries, key);

  if (entry != NULL)
    drop_entry (self, entry);
}

/**
 * bijou_lru_clear:
 * @self: a map
 */
void
bijou_lru_clear (BijouLru *self)
{
  while (self->order.tail != NULL)
    drop_entry (self, self->order.tail->data);
}

/**
 * bijou_lru_get_weight:
 * @self: a map
 *
 * Returns: the sum of weights held now
 */
gsize
bijou_lru_get_weight (BijouLru *self)
{
  return self->weight;
}

/**
 * bijou_lru_get_length:
 * @self: a map
 *
 * Returns: how many values are held
 */
guint
bijou_lru_get_length (BijouLru *self)
{
  return self->order.length;
}
