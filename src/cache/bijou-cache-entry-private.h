#pragma once

#include "bijou-cache-entry.h"

#include "bijou-byte-window.h"
#include "bijou-cache-file.h"
#include "bijou-cache-view.h"
#include "bijou-read-ahead.h"
#include "bijou-worker.h"

G_BEGIN_DECLS

typedef struct _BijouFetcher BijouFetcher;

typedef enum
{
  BIJOU_FETCHER_MAIN,       /* follows playback */
  BIJOU_FETCHER_TAIL,       /* the index at the end, beside it */
  BIJOU_FETCHER_BACKGROUND, /* fills the file */
  BIJOU_N_FETCHERS,
} BijouFetcherSlot;

/* What one folder's entries share; made with g_atomic_rc_box_new(). */
typedef struct
{
  _Atomic gint64 budget;         /* bytes */
  _Atomic gboolean only_watched; /* what is closed goes; read and set whole */
  gint unseen;                   /* atomic: bytes written since the folder was looked at */
  gint unsaved;                  /* atomic: bytes that the saver is asked to save and did not yet */
  gint ahead_s;                  /* atomic: seconds of media to be ahead of a reader */
  gint ahead_mb;                 /* atomic: at most so far ahead */
  gint metered;                  /* atomic: the network is paid for by the byte */
} BijouCacheLimits;

/**
 * BijouCacheEntry:
 * Lock order: `io`, then `shared.lock`. Nobody does input or output with `shared.lock` held, but
 * for what a reset needs.
 */
struct _BijouCacheEntry
{
  GObject parent_instance;

  BijouHttp *http;          /* (owned) */
  BijouWorker *saver;       /* (owned) */
  BijouCacheFile *file;     /* (owned) (nullable) NULL: in memory */
  BijouCacheView *view;     /* (owned) (nullable) what another process has, in place of a file */
  gboolean is_foreign;      /* another process has it open */
  char *directory;          /* (owned) */
  BijouCacheLimits *limits; /* (owned) rc box */
  GMutex io;                /* one writer at a time; a reset keeps them out */

  struct
  {
    GMutex lock;
    GCond cond;               /* readers wait on it; each fetcher has one of its own */
    BijouMediaOrigin *origin; /* (owned) (nullable) */
    gulong moved_id;          /* of it */
    BijouCacheClaims *claims; /* (owned) its extents are what is on disk */
    BijouByteWindow *window;  /* (owned) what is in memory */
    gboolean disk_failed;     /* writes go to the window */
    gboolean seekable;
    gboolean ranges_broken; /* the server's; it is asked for none */
    gboolean answered;      /* the server was heard at least once */
    guint generation;       /* bytes of another one are of another file */
    guint playback_readers;
    guint patient_readers; /* of all */
    guint background_readers;
    gint64 bitrate;
    gboolean degraded; /* the network is bad: be further ahead */
    guint stall_ms;
    guint retry_ms;
    guint requests;
    guint retries;
    gint64 received;
    gint64 rate;      /* bytes per second */
    gint64 answer_us; /* from the last request to its first byte */
    gint64 rate_since;
    gint64 rate_bytes;
    gint64 position;                          /* of the playback reader */
    gboolean used;                            /* read or written since the last save */
    gint64 unsaved;                           /* bytes stored since the last save */
    gint64 saved_at;                          /* monotonic µs */
    BijouFetcher *fetchers[BIJOU_N_FETCHERS]; /* (owned) (nullable) */
  } shared;
};

BijouCacheEntry *bijou_cache_entry_new (BijouHttp *http,
                                        BijouWorker *saver,
                                        const char *directory,
                                        BijouCacheLimits *limits,
                                        BijouCacheClaims *claims,
                                        BijouMediaOrigin *origin);
gboolean bijou_cache_entry_is_in_memory (BijouCacheEntry *self);

/* bijou-cache-entry-origin.c */
void bijou_cache_entry_set_origin (BijouCacheEntry *self, BijouMediaOrigin *origin);
void bijou_cache_entry_drop_origin (BijouCacheEntry *self);

/* bijou-cache-entry-read.c */
void bijou_cache_entry_begin (BijouCacheEntry *self);
gint64 bijou_cache_entry_wait_progress (BijouCacheEntry *self,
                                        BijouCacheReader *reader,
                                        guint ms,
                                        GCancellable *cancellable,
                                        GError **error);

/* bijou-cache-entry-store.c */
void bijou_cache_entry_attach (BijouCacheEntry *self,
                               BijouCacheFile *file,
                               BijouCacheView *view,
                               BijouCacheClaims *claims);
void bijou_cache_entry_schedule_save (BijouCacheEntry *self);

/* For the fetchers, with the lock held: */
gint64 bijou_cache_entry_get_present_end (BijouCacheEntry *self, gint64 offset);
void bijou_cache_entry_get_read_ahead (BijouCacheEntry *self, BijouReadAhead *ahead);
gint64 bijou_cache_entry_get_ahead_target (BijouCacheEntry *self, BijouFetcher *fetcher);
gint64 bijou_cache_entry_get_wait_distance (BijouCacheEntry *self);
void bijou_cache_entry_wake (BijouCacheEntry *self);

/* For the fetchers, without it: */
gboolean bijou_cache_entry_store (BijouCacheEntry *self,
                                  gint64 offset,
                                  const guint8 *data,
                                  gsize length,
                                  guint generation,
                                  gint64 anchor);
guint bijou_cache_entry_accept (BijouCacheEntry *self, BijouHttpResponse *head, gint64 size);
/* With the lock held: */
gboolean
bijou_cache_entry_accept_same (BijouCacheEntry *self, BijouHttpResponse *head, gint64 size);

/* bijou-cache-evict.c; blocking on the disk. */
gint64 bijou_cache_get_step (gint64 budget);
gboolean bijou_cache_limits_count (BijouCacheLimits *limits, gsize length);
gint64 bijou_cache_measure (const char *directory, const char *name);
gint64 bijou_cache_measure_all (const char *directory);
gboolean bijou_cache_remove (const char *directory, const char *name);
void bijou_cache_tidy (const char *directory);
gint64 bijou_cache_evict (const char *directory, gint64 budget, gboolean keep_closed);
void bijou_cache_schedule_eviction (BijouWorker *saver,
                                    const char *directory,
                                    BijouCacheLimits *limits,
                                    gboolean tidy);

G_END_DECLS
