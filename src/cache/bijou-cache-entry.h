#pragma once

#include "bijou-error.h"
#include "bijou-media-origin.h"
#include "bijou-range-map.h"

G_BEGIN_DECLS

/**
 * BijouCacheKey:
 * What an entry is of. Another version tag or size is another entry.
 */
typedef struct
{
  const char *server_id;
  const char *item_id;
  const char *part_id;
  gint64 size;         /* as the server's records say, -1 unknown */
  const char *version; /* (nullable) changes when the file on the server does */
} BijouCacheKey;

/**
 * BijouCacheActivity:
 * What the entry does to get bytes; for "Buffering", "Reconnecting".
 */
typedef enum
{
  BIJOU_CACHE_IDLE, /* nothing to get, or far enough ahead */
  BIJOU_CACHE_CONNECTING,
  BIJOU_CACHE_STREAMING,
  BIJOU_CACHE_RETRYING, /* the last try failed, the next one is near or running */
} BijouCacheActivity;

typedef struct
{
  BijouCacheActivity activity;
  guint requests;
  guint retries;
  gint64 bytes;       /* received */
  gint64 rate;        /* bytes per second of late, 0 unknown */
  gint64 bitrate;     /* bits per second of the media, 0 unknown */
  gint64 present;     /* bytes that can be read with no network */
  gint64 read_ahead;  /* bytes present from the read position on */
  gboolean in_memory; /* the disk cannot be used, with a reason in the log */
  BijouError failure; /* while %BIJOU_CACHE_RETRYING: why the last try failed */
  gint64 retry_at;    /* and the monotonic time of the next one, in the past when it runs */
} BijouCacheStats;

/**
 * BijouCacheEntry:
 * The bytes of one media part: a sparse file that fills from the network where it is read, and
 * ahead of it. Bytes are usable the moment they arrive. Made by bijou_media_cache_open(). All calls
 * are thread-safe. When the disk fails it goes on from a window in memory.
 */
#define BIJOU_TYPE_CACHE_ENTRY (bijou_cache_entry_get_type ())
G_DECLARE_FINAL_TYPE (BijouCacheEntry, bijou_cache_entry, BIJOU, CACHE_ENTRY, GObject)

/**
 * BijouCacheReader:
 * One consumer of an entry, with a position that the transfers follow. Keeps its entry alive.
 */
typedef struct _BijouCacheReader BijouCacheReader;

typedef enum
{
  BIJOU_CACHE_READER_PLAYBACK,   /* reads ahead by a limited time */
  BIJOU_CACHE_READER_BACKGROUND, /* fills the entry, gives way to playback */
} BijouCacheReaderKind;

BijouCacheReader *bijou_cache_entry_add_reader (BijouCacheEntry *self, BijouCacheReaderKind kind);
void bijou_cache_reader_free (BijouCacheReader *self);
/* For bijou_cache_reader_set_patience(): as long as it takes. */
#define BIJOU_CACHE_PATIENT G_MAXUINT
/* How long its reads wait while reconnecting; 0: as the entry has it. */
void bijou_cache_reader_set_patience (BijouCacheReader *self, guint retry_ms);

/* Returns bytes read, at least one, 0 at the end, -1 on error. */
gssize bijou_cache_entry_read (BijouCacheEntry *self,
                               BijouCacheReader *reader,
                               gint64 offset,
                               gpointer buffer,
                               gsize length,
                               GCancellable *cancellable,
                               GError **error);

/* Blocks until a background reader has the bytes from @from up to @to, or up to the end; asks the
 * server for no other byte. */
gboolean bijou_cache_entry_fetch_range (BijouCacheEntry *self,
                                        BijouCacheReader *reader,
                                        gint64 from,
                                        gint64 to,
                                        GCancellable *cancellable,
                                        GError **error);
/* Reads what is present and asks for nothing; 0: no byte of it is. */
gsize bijou_cache_entry_peek (BijouCacheEntry *self, gint64 offset, gpointer buffer, gsize length);

/* -1: not known before the first answer. */
gint64 bijou_cache_entry_get_size (BijouCacheEntry *self);
/* Blocks until the size is known; -1 on error or where the server does not tell. */
gint64 bijou_cache_entry_wait_for_size (BijouCacheEntry *self,
                                        BijouCacheReader *reader,
                                        GCancellable *cancellable,
                                        GError **error);
/* %FALSE: the server does not serve ranges, reads far ahead wait for all that is before. */
gboolean bijou_cache_entry_is_seekable (BijouCacheEntry *self);
gboolean bijou_cache_entry_is_complete (BijouCacheEntry *self);
/* (transfer full): a copy of what is present, for the seek bar. */
BijouRangeMap *bijou_cache_entry_get_extents (BijouCacheEntry *self);
void bijou_cache_entry_get_stats (BijouCacheEntry *self, BijouCacheStats *stats);
/* Bits per second of the media, for the size of the read-ahead. */
void bijou_cache_entry_set_bitrate (BijouCacheEntry *self, gint64 bitrate);
/* How long a read waits with no byte while connected (30 s), and while reconnecting (120 s). */
void bijou_cache_entry_set_patience (BijouCacheEntry *self, guint stall_ms, guint retry_ms);
void bijou_cache_entry_retry_now (BijouCacheEntry *self);
/* (transfer full): a last reference waits for transfers, and this leaves that to a worker. */
void bijou_cache_entry_release (BijouCacheEntry *self);
/* For downloads: kept whatever the budget says, and cleared with their server alone. */
void bijou_cache_entry_set_pinned (BijouCacheEntry *self, gboolean pinned);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouCacheReader, bijou_cache_reader_free)

G_END_DECLS
