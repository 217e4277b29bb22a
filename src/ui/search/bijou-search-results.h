#pragma once

#include "bijou-store.h"

G_BEGIN_DECLS

/* One row of what was found. */
typedef struct
{
  BijouItem *item;    /* (owned) */
  char *reason;       /* (owned) (nullable) why it was found, when its title does not say it */
  char *place;        /* (owned) (nullable) "Films on Attic" */
  BijouItem *to_play; /* (owned) (nullable) best match only: what its button plays */
} BijouSearchHit;

/**
 * BijouSearchResults:
 * All that was found, by kind, the best first. Made on a worker, then only read.
 */
typedef struct
{
  char *text;           /* (owned) what was looked for */
  char **words;         /* (owned) its words, folded */
  BijouSearchHit *best; /* (owned) (nullable) not in the lists below */
  GPtrArray *films;     /* (owned) of BijouSearchHit */
  GPtrArray *shows;     /* (owned) of BijouSearchHit */
  GPtrArray *lists;     /* (owned) of BijouSearchHit: collections and playlists */
  GPtrArray *episodes;  /* (owned) of BijouSearchHit */
  GPtrArray *people;    /* (owned) of BijouPersonHit */
} BijouSearchResults;

void bijou_search_results_free (BijouSearchResults *self);
gboolean bijou_search_results_is_empty (BijouSearchResults *self);
void bijou_search_results_load_async (BijouStore *store,
                                      const char *text,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
BijouSearchResults *
bijou_search_results_load_finish (BijouStore *store, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouSearchResults, bijou_search_results_free)

G_END_DECLS
