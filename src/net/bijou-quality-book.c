#include "config.h"

#include "bijou-quality-book.h"

struct _BijouQualityBook
{
  struct
  {
    GMutex lock;
    GHashTable *origins; /* (owned) origin to BijouNetworkQuality */
  } shared;
};

/**
 * bijou_quality_book_new:
 *
 * Returns: (transfer full): an empty book
 */
BijouQualityBook *
bijou_quality_book_new (void)
{
  BijouQualityBook *self = g_new0 (BijouQualityBook, 1);

  g_mutex_init (&self->shared.lock);
  self->shared.origins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                (GDestroyNotify) bijou_network_quality_free);
  return self;
}

/**
 * bijou_quality_book_free:
 * @self: (transfer full): a book
 */
void
bijou_quality_book_free (BijouQualityBook *self)
{
  g_hash_table_unref (self->shared.origins);
  g_mutex_clear (&self->shared.lock);
  g_free (self);
}

static BijouNetworkQuality *
ensure_locked (BijouQualityBook *self, const char *origin)
{
  BijouNetworkQuality *quality = g_hash_table_lookup (self->shared.origins, origin);

  if (quality == NULL)
    {
      quality = bijou_network_quality_new ();
      g_hash_table_insert (self->shared.origins, g_strdup (origin), quality);
    }
  return quality;
}

/**
 * bijou_quality_book_note_answer:
 * @self: a book
 * @origin: scheme, host and port
 * @latency_ms: see bijou_network_quality_note_answer()
 */
void
bijou_quality_book_note_answer (BijouQualityBook *self, const char *origin, int latency_ms)
{
  g_mutex_lock (&self->shared.lock);
  bijou_network_quality_note_answer (ensure_locked (self, origin), latency_ms);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_quality_book_note_failure:
 * @self: a book
 * @origin: scheme, host and port
 */
void
bijou_quality_book_note_failure (BijouQualityBook *self, const char *origin)
{
  g_mutex_lock (&self->shared.lock);
  bijou_network_quality_note_failure (ensure_locked (self, origin));
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_quality_book_note_bytes:
 * @self: a book
 * @origin: scheme, host and port
 * @bytes: what came
 * @us: in how many microseconds
 */
void
bijou_quality_book_note_bytes (BijouQualityBook *self, const char *origin, gint64 bytes, gint64 us)
{
  g_mutex_lock (&self->shared.lock);
  bijou_network_quality_note_bytes (ensure_locked (self, origin), bytes, us);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_quality_book_set_need:
 * @self: a book
 * @origin: scheme, host and port
 * @bytes_per_second: what plays from there, 0 nothing
 */
void
bijou_quality_book_set_need (BijouQualityBook *self, const char *origin, gint64 bytes_per_second)
{
  g_mutex_lock (&self->shared.lock);
  bijou_network_quality_set_need (ensure_locked (self, origin), bytes_per_second);
  g_mutex_unlock (&self->shared.lock);
}

/**
 * bijou_quality_book_get:
 * @self: a book
 * @origin: scheme, host and port
 * @quality: (out): filled
 *
 * Returns: whether there was any traffic
 */
gboolean
bijou_quality_book_get (BijouQualityBook *self, const char *origin, BijouQuality *quality)
{
  BijouNetworkQuality *known;
  BijouQuality nothing = { .latency_ms = -1, .throughput = -1 };

  *quality = nothing;
  g_mutex_lock (&self->shared.lock);
  known = g_hash_table_lookup (self->shared.origins, origin);
  if (known != NULL)
    bijou_network_quality_get (known, quality);
  g_mutex_unlock (&self->shared.lock);
  return quality->outcomes > 0 || quality->throughput >= 0;
}

/**
 * bijou_quality_book_is_degraded:
 * @self: a book
 * @origin: scheme, host and port
 */
gboolean
bijou_quality_book_is_degraded (BijouQualityBook *self, const char *origin)
{
  BijouQuality quality;

  bijou_quality_book_get (self, origin, &quality);
  return quality.degraded;
}

/**
 * bijou_quality_book_forget:
 * @self: a book
 *
 * The computer is on another network: what was learned says nothing any more.
 */
void
bijou_quality_book_forget (BijouQualityBook *self)
{
  g_mutex_lock (&self->shared.lock);
  g_hash_table_remove_all (self->shared.origins);
  g_mutex_unlock (&self->shared.lock);
}
