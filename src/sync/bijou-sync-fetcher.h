#pragma once

#include "bijou-backend.h"

G_BEGIN_DECLS

/**
 * BijouSyncFetch:
 * One page, or one row of Home, that is asked for. Filled by its maker before it is pushed; the
 * answer is there once it was taken.
 */
typedef struct
{
  gpointer owner;        /* what it is for, untouched */
  BijouLibrary *library; /* (owned) (nullable) */
  BijouItemKind kind;    /* BIJOU_ITEM_UNKNOWN: a slim page or a row of Home */
  BijouItemKinds kinds;  /* of a slim page, 0: it is none */
  BijouHomeRow row;
  guint start;
  guint limit;

  gint64 asked_at;    /* real time in microseconds */
  gint64 ms;          /* how long it took */
  BijouPage *page;    /* (owned) (nullable) */
  GPtrArray *items;   /* (owned) (nullable) the row of Home */
  GPtrArray *next_up; /* (owned) (nullable) the other row, which came with it */
  GError *error;      /* (owned) (nullable) */

  GCancellable *cancellable; /* (owned) of this one alone */
  gboolean finished;         /* guarded by the fetcher's lock */
  gboolean dropped;          /* likewise: nobody waits for it */
} BijouSyncFetch;

BijouSyncFetch *bijou_sync_fetch_new_page (
    gpointer owner, BijouLibrary *library, BijouItemKind kind, guint start, guint limit);
BijouSyncFetch *bijou_sync_fetch_new_slim (
    gpointer owner, BijouLibrary *library, BijouItemKinds kinds, guint start, guint limit);
BijouSyncFetch *bijou_sync_fetch_new_home (BijouHomeRow row, guint limit);
void bijou_sync_fetch_free (BijouSyncFetch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouSyncFetch, bijou_sync_fetch_free)

/**
 * BijouSyncFetcher:
 * Runs a few fetches at a time on threads of its own and gives the answers out in the order in
 * which they were asked for. All calls come from one thread, that of the sync.
 */
typedef struct _BijouSyncFetcher BijouSyncFetcher;

BijouSyncFetcher *
bijou_sync_fetcher_new (BijouBackend *backend, guint parallel, GCancellable *cancellable);
void bijou_sync_fetcher_free (BijouSyncFetcher *self);
void bijou_sync_fetcher_push (BijouSyncFetcher *self, BijouSyncFetch *fetch);
BijouSyncFetch *bijou_sync_fetcher_take (BijouSyncFetcher *self);
guint bijou_sync_fetcher_get_waiting (BijouSyncFetcher *self);
void bijou_sync_fetcher_drop (BijouSyncFetcher *self, gpointer owner);
guint bijou_sync_fetcher_get_parallel (BijouSyncFetcher *self);
void bijou_sync_fetcher_set_parallel (BijouSyncFetcher *self, guint parallel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouSyncFetcher, bijou_sync_fetcher_free)

G_END_DECLS
