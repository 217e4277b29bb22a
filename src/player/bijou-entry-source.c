#include "config.h"

#include "bijou-entry-source.h"

struct _BijouEntrySource
{
  GObject parent_instance;

  BijouCacheEntry *entry;   /* (owned) */
  BijouCacheReader *reader; /* (owned) */
  gint64 size;
};

static void bijou_entry_source_iface_init (BijouByteSourceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (BijouEntrySource,
                               bijou_entry_source,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BIJOU_TYPE_BYTE_SOURCE,
                                                      bijou_entry_source_iface_init))

static gint64
bijou_entry_source_get_size (BijouByteSource *source)
{
  return BIJOU_ENTRY_SOURCE (source)->size;
}

static gssize
bijou_entry_source_read_at (BijouByteSource *source,
                            gint64 offset,
                            guint8 *buffer,
                            gsize length,
                            GCancellable *cancellable,
                            GError **error)
{
  BijouEntrySource *self = BIJOU_ENTRY_SOURCE (source);

  return bijou_cache_entry_read (self->entry, self->reader, offset, buffer, length, cancellable,
                                 error);
}

static void
bijou_entry_source_finalize (GObject *object)
{
  BijouEntrySource *self = BIJOU_ENTRY_SOURCE (object);

  g_clear_pointer (&self->reader, bijou_cache_reader_free);
  g_clear_pointer (&self->entry, bijou_cache_entry_release);

  G_OBJECT_CLASS (bijou_entry_source_parent_class)->finalize (object);
}

static void
bijou_entry_source_iface_init (BijouByteSourceInterface *iface)
{
  iface->get_size = bijou_entry_source_get_size;
  iface->read_at = bijou_entry_source_read_at;
}

static void
bijou_entry_source_class_init (BijouEntrySourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bijou_entry_source_finalize;
}

static void
bijou_entry_source_init (BijouEntrySource *self)
{
}

/**
 * bijou_entry_source_new:
 * @entry: what to read
 * @cancellable: (nullable): a cancellable
 * @error: return location, BIJOU_ERROR
 *
 * Blocks until the size is known, which may take a request; not on the main thread of a window.
 *
 * Returns: (transfer full) (nullable): the source
 */
BijouEntrySource *
bijou_entry_source_new (BijouCacheEntry *entry, GCancellable *cancellable, GError **error)
{
  g_autoptr (BijouEntrySource) self = g_object_new (BIJOU_TYPE_ENTRY_SOURCE, NULL);

  g_return_val_if_fail (BIJOU_IS_CACHE_ENTRY (entry), NULL);

  self->entry = g_object_ref (entry);
  self->reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_PLAYBACK);
  self->size = bijou_cache_entry_wait_for_size (entry, self->reader, cancellable, error);
  return self->size >= 0 ? g_steal_pointer (&self) : NULL;
}

/* (transfer none): any thread. */
BijouCacheEntry *
bijou_entry_source_get_entry (BijouEntrySource *self)
{
  g_return_val_if_fail (BIJOU_IS_ENTRY_SOURCE (self), NULL);

  return self->entry;
}
