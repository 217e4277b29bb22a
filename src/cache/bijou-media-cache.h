#pragma once

#include "bijou-cache-entry.h"

G_BEGIN_DECLS

/**
 * BijouCacheInfo:
 * What the sidecar of an entry says, for lists.
 */
typedef struct
{
  char *server_id;        /* (owned) */
  char *item_id;          /* (owned) */
  char *part_id;          /* (owned) */
  gint64 size;            /* -1 unknown */
  gint64 disk;            /* bytes of real disk blocks */
  BijouRangeMap *extents; /* (owned) */
  gboolean pinned;
  gint64 last_used; /* seconds since 1970 */
} BijouCacheInfo;

void bijou_cache_info_free (BijouCacheInfo *self);

/**
 * BijouMediaCache:
 * The folder of entries with its budget. Several processes may use one folder: an entry belongs to
 * the one that has it open, another plays it from memory. All calls are thread-safe and may block
 * on the disk.
 */
#define BIJOU_TYPE_MEDIA_CACHE (bijou_media_cache_get_type ())
G_DECLARE_FINAL_TYPE (BijouMediaCache, bijou_media_cache, BIJOU, MEDIA_CACHE, GObject)

/* @budget: bytes of disk, 0: nothing is kept, entries live in memory. */
BijouMediaCache *bijou_media_cache_new (BijouHttp *http, const char *directory, gint64 budget);
/* (transfer full): the entry of @key, one object for all callers. It never fails for a reason of
 * the disk. @origin may be %NULL, then only what is present can be read. */
BijouCacheEntry *
bijou_media_cache_open (BijouMediaCache *self, const BijouCacheKey *key, BijouMediaOrigin *origin);
/* The same for a player: the head of a film of which nothing is here is asked for at once. */
BijouCacheEntry *bijou_media_cache_open_to_play (BijouMediaCache *self,
                                                 const BijouCacheKey *key,
                                                 BijouMediaOrigin *origin,
                                                 gint64 bitrate);
typedef void (*BijouCacheProgressFunc) (gint64 present, gint64 size, gpointer user_data);
/* Completes an entry on disk; @progress runs on the calling thread about 5 times a second.
 * (transfer full): the complete entry. */
BijouCacheEntry *bijou_media_cache_fetch (BijouMediaCache *self,
                                          const BijouCacheKey *key,
                                          BijouMediaOrigin *origin,
                                          BijouCacheProgressFunc progress,
                                          gpointer user_data,
                                          GCancellable *cancellable,
                                          GError **error);
/* (transfer full) (nullable): what is present of @key */
BijouCacheInfo *bijou_media_cache_look_up (BijouMediaCache *self, const BijouCacheKey *key);
/* (transfer full) (element-type BijouCacheInfo): last used first */
GPtrArray *bijou_media_cache_list (BijouMediaCache *self);
gint64 bijou_media_cache_get_disk_usage (BijouMediaCache *self);
gint64 bijou_media_cache_get_budget (BijouMediaCache *self);
void bijou_media_cache_set_budget (BijouMediaCache *self, gint64 budget);
/* Whether what is closed goes at once, but for downloads. */
void bijou_media_cache_set_only_watched (BijouMediaCache *self, gboolean only_watched);
gboolean bijou_media_cache_get_only_watched (BijouMediaCache *self);
/* Removes what crashes left, in the background; once after the start. */
void bijou_media_cache_tidy (BijouMediaCache *self);
void bijou_media_cache_set_read_ahead (BijouMediaCache *self, guint seconds, guint limit_mb);
void bijou_media_cache_set_metered (BijouMediaCache *self, gboolean metered);
/* Removes what is not open and not pinned; with @server_id all entries of that server, also what is
 * pinned or plays. */
void bijou_media_cache_clear (BijouMediaCache *self, const char *server_id);
/* Waits until what was written is claimed on disk; at the end of the program. */
void bijou_media_cache_flush (BijouMediaCache *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouCacheInfo, bijou_cache_info_free)

G_END_DECLS
