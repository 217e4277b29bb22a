#pragma once

#include "bijou-range-map.h"

#include "bijou-error.h"

G_BEGIN_DECLS

/**
 * BijouCacheClaims:
 * What a sidecar says about a data file: what it is of, and which of its bytes are true.
 */
typedef struct
{
  char *server_id;        /* (owned) */
  char *item_id;          /* (owned) */
  char *part_id;          /* (owned) */
  char *etag;             /* (owned) (nullable) */
  char *modified;         /* (owned) (nullable) Last-Modified as it came */
  gint64 size;            /* -1 unknown */
  BijouRangeMap *extents; /* (owned) */
  gint64 last_used;       /* seconds since 1970 */
  gboolean pinned;
} BijouCacheClaims;

BijouCacheClaims *bijou_cache_claims_new (void);
BijouCacheClaims *bijou_cache_claims_copy (const BijouCacheClaims *self);
BijouCacheClaims *bijou_cache_claims_load (const char *path);
void bijou_cache_claims_free (BijouCacheClaims *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouCacheClaims, bijou_cache_claims_free)

/**
 * BijouCacheFile:
 * The data file of an entry and its sidecar, locked against other processes while it is open.
 * Reference-counted; any thread.
 */
typedef struct _BijouCacheFile BijouCacheFile;

#define BIJOU_CACHE_DATA_SUFFIX ".data"
#define BIJOU_CACHE_SIDECAR_SUFFIX ".json"

gboolean bijou_cache_file_has_claims (const char *directory, const char *name);
BijouCacheFile *bijou_cache_file_open (const char *directory, const char *name, GError **error);
BijouCacheFile *bijou_cache_file_ref (BijouCacheFile *self);
void bijou_cache_file_unref (BijouCacheFile *self);
BijouCacheClaims *bijou_cache_file_load (BijouCacheFile *self);
gint64 bijou_cache_file_get_length (BijouCacheFile *self);
gssize bijou_cache_file_read (BijouCacheFile *self, gint64 offset, gpointer buffer, gsize length);
gboolean bijou_cache_file_write (
    BijouCacheFile *self, gint64 offset, gconstpointer data, gsize length, GError **error);
guint bijou_cache_file_get_epoch (BijouCacheFile *self);
gboolean bijou_cache_file_save (BijouCacheFile *self,
                                const BijouCacheClaims *claims,
                                guint epoch,
                                GError **error);
void bijou_cache_file_void_saves (BijouCacheFile *self);
void bijou_cache_file_reset (BijouCacheFile *self);
void bijou_cache_file_abandon (BijouCacheFile *self);
void bijou_cache_file_punch (BijouCacheFile *self, gint64 from, gint64 to);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouCacheFile, bijou_cache_file_unref)

G_END_DECLS
