#include "config.h"

#include "bijou-prefetch-private.h"

#include "bijou-media-cache.h"
#include "bijou-media-index.h"
#include "bijou-part-origin.h"
#include "bijou-playback-private.h"

/* What is read before the first picture, and then until the transfer of the playback has begun. */
#define HEAD_SECONDS 8
#define MIN_HEAD (4 * 1024 * 1024)
#define MAX_HEAD (16 * 1024 * 1024)
/* Where the kind of a file is told by its end. */
#define TAIL (64 * 1024)
/* Sound may be a little before its picture. */
#define LEAD (512 * 1024)

typedef struct
{
  BijouCacheEntry *entry;   /* (unowned) */
  BijouCacheReader *reader; /* (owned) */
  GCancellable *cancellable;
  gint64 head; /* bytes */
} Fetch;

static gboolean
fetch (Fetch *self, gint64 from, gint64 to, GError **error)
{
  return bijou_cache_entry_fetch_range (self->entry, self->reader, from, to, self->cancellable,
                                        error);
}

static GByteArray *
read_back (Fetch *self, gint64 from, gint64 to)
{
  GByteArray *bytes = g_byte_array_new ();

  g_byte_array_set_size (bytes, (guint) (to - from));
  g_byte_array_set_size (
      bytes, (guint) bijou_cache_entry_peek (self->entry, from, bytes->data, bytes->len));
  return bytes;
}

/* The index, and what a film that is resumed reads by it. */
static gboolean
fetch_by_index (Fetch *self, gint64 size, gint64 start_ms, GError **error)
{
  g_autoptr (GByteArray) head = read_back (self, 0, MIN (self->head, size));
  g_autoptr (GByteArray) index = NULL;
  BijouExtent where;
  gint64 place;

  if (bijou_media_index_find (head->data, head->len, size, &where))
    {
      if (!fetch (self, where.from, where.to, error))
        return FALSE;
      index = read_back (self, where.from, where.to);
    }
  if (start_ms <= 0)
    return TRUE;
  place = bijou_media_index_locate (head->data, head->len, index != NULL ? index->data : NULL,
                                    index != NULL ? index->len : 0, start_ms);
  return place < 0 || fetch (self, MAX (0, place - LEAD), place + self->head, error);
}

static gboolean
fetch_edges (Fetch *self, gint64 start_ms, GError **error)
{
  gint64 size;

  if (!fetch (self, 0, self->head, error))
    return FALSE;
  size = bijou_cache_entry_get_size (self->entry);
  if (size <= self->head || !bijou_cache_entry_is_seekable (self->entry))
    return TRUE;
  return fetch_by_index (self, size, start_ms, error) &&
         fetch (self, MAX (0, size - TAIL), size, error);
}

static gint64
choose_head (BijouVersion *version)
{
  return CLAMP (version->bitrate / 8 * HEAD_SECONDS, MIN_HEAD, MAX_HEAD);
}

static BijouCacheEntry *
open_entry (BijouContext *context, BijouOpening *opening, GError **error)
{
  g_autoptr (BijouBackend) backend = bijou_context_get_backend (context, opening->item->server_id);
  g_autoptr (BijouMediaOrigin) origin = NULL;
  BijouCacheKey key;

  if (backend == NULL)
    {
      g_set_error_literal (error, BIJOU_ERROR, BIJOU_ERROR_UNAUTHORISED,
                           "Nobody is signed in to the server");
      return NULL;
    }
  /* It is no playback: with no session the server is not asked to decide about one. */
  origin = bijou_part_origin_new (backend, opening->detail, opening->part, NULL);
  bijou_part_origin_fill_key (opening->detail, opening->part, &key);
  return bijou_media_cache_open (bijou_context_get_media_cache (context), &key, origin);
}

/**
 * bijou_prefetch_run:
 * @context: the context
 * @item: what may be opened next
 * @cancellable: gives up
 * @error: return location
 *
 * Its first seconds, its index, and when it will be resumed also the seconds there. What is here is
 * not asked for again. Blocking, on a thread of its own.
 *
 * Returns: (transfer full) (nullable): the entry
 */
BijouCacheEntry *
bijou_prefetch_run (BijouContext *context,
                    BijouItem *item,
                    GCancellable *cancellable,
                    GError **error)
{
  BijouOpening *opening = bijou_opening_new (context, item, NULL);
  g_autoptr (BijouCacheEntry) entry = NULL;
  g_autoptr (BijouCacheReader) reader = NULL;
  gboolean done = FALSE;

  /* As the next episode is played, and what is begun. */
  opening->start_ms = item->watched ? 0 : -1;
  if (bijou_opening_find_part_in_worker (opening, cancellable, error))
    entry = open_entry (context, opening, error);
  if (entry != NULL)
    {
      Fetch fetch = { .entry = entry,
                      .cancellable = cancellable,
                      .head = choose_head (opening->version) };

      reader = bijou_cache_entry_add_reader (entry, BIJOU_CACHE_READER_BACKGROUND);
      fetch.reader = reader;
      done = fetch_edges (&fetch, opening->start_ms - opening->part_offset_ms, error);
    }
  bijou_opening_free (opening);
  return done ? g_steal_pointer (&entry) : NULL;
}
