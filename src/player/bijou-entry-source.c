#include "config.h"

#include "bijou-entry-source.h"

/* A server that is away is not waited for here, but where the user sees why. */
#define HEARING_MS 1000
/* After a stall so much of the film is enough to go on. */
#define GOAL_S 2
#define MIN_GOAL (256 * 1024)
#define MAX_GOAL (8 * 1024 * 1024)

struct _BijouEntrySource
{
  GObject parent_instance;

  BijouCacheEntry *entry;   /* (owned) */
  BijouCacheReader *reader; /* (owned) */
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
  return bijou_cache_entry_get_size (BIJOU_ENTRY_SOURCE (source)->entry);
}

static gboolean
bijou_entry_source_is_random (BijouByteSource *source)
{
  return bijou_cache_entry_is_seekable (BIJOU_ENTRY_SOURCE (source)->entry);
}

static BijouRangeMap *
bijou_entry_source_get_extents (BijouByteSource *source)
{
  return bijou_cache_entry_get_extents (BIJOU_ENTRY_SOURCE (source)->entry);
}

static void
bijou_entry_source_get_fill (BijouByteSource *source, gint64 offset, BijouByteFill *fill)
{
  BijouEntrySource *self = BIJOU_ENTRY_SOURCE (source);
  g_autoptr (BijouRangeMap) extents = bijou_cache_entry_get_extents (self->entry);
  gint64 end = bijou_range_map_get_present_end (extents, offset);
  gint64 size = bijou_cache_entry_get_size (self->entry);
  BijouCacheStats stats;

  bijou_cache_entry_get_stats (self->entry, &stats);
  fill->ahead = end - offset;
  fill->goal = CLAMP (stats.bitrate / 8 * GOAL_S, MIN_GOAL, MAX_GOAL);
  fill->rate = stats.rate;
  fill->complete =
      (size >= 0 && end >= size) || (fill->ahead > 0 && stats.activity == BIJOU_CACHE_IDLE);
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
  iface->is_random = bijou_entry_source_is_random;
  iface->get_fill = bijou_entry_source_get_fill;
  iface->get_extents = bijou_entry_source_get_extents;
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

static gboolean
is_of_the_server (const GError *error)
{
  return g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER_STARTING) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_RATE_LIMITED) ||
         g_error_matches (error, BIJOU_ERROR, BIJOU_ERROR_SERVER);
}

/* Also when the size is known: whether there are ranges is not, before the first answer. */
static gboolean
hear_server (BijouEntrySource *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint8 byte;

  if (bijou_cache_entry_peek (self->entry, 0, &byte, 1) > 0 ||
      bijou_cache_entry_read (self->entry, self->reader, 0, &byte, 1, cancellable, &local_error) >=
          0)
    return TRUE;
  /* Nothing else is known of the film; the player waits for the rest. */
  if (bijou_cache_entry_get_size (self->entry) >= 0 &&
      (bijou_error_is_transport (local_error) || is_of_the_server (local_error)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/**
 * bijou_entry_source_new:
 * @entry: what to read
 * @cancellable: (nullable): a cancellable
 * @error: return location, BIJOU_ERROR
 *
 * Blocks until the server has answered, or is known not to; not on the main thread of a window.
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
  if (bijou_cache_entry_get_size (entry) >= 0)
    bijou_cache_reader_set_patience (self->reader, HEARING_MS);
  if (!hear_server (self, cancellable, error))
    return NULL;
  bijou_cache_reader_set_patience (self->reader, 0);
  return g_steal_pointer (&self);
}

/* Any thread. */
void
bijou_entry_source_set_patient (BijouEntrySource *self)
{
  g_return_if_fail (BIJOU_IS_ENTRY_SOURCE (self));

  bijou_cache_reader_set_patience (self->reader, BIJOU_CACHE_PATIENT);
}

/* (transfer none): any thread. */
BijouCacheEntry *
bijou_entry_source_get_entry (BijouEntrySource *self)
{
  g_return_val_if_fail (BIJOU_IS_ENTRY_SOURCE (self), NULL);

  return self->entry;
}
