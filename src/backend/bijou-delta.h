#pragma once

#include "bijou-item.h"
#include "bijou-library.h"

G_BEGIN_DECLS

/**
 * BijouDeltaQuery:
 * What a backend is asked for when only news are wanted. Its maker's; read by one call.
 */
typedef struct
{
  GPtrArray *libraries; /* (element-type BijouLibrary): as the server lists them now */
  GHashTable *old_tags; /* library id to the change tag of the last run */
  gint64 since;         /* seconds since 1970 on the server's clock */
  gboolean skips_state; /* play state is looked at otherwise: no lists of it, no census */
  guint n_favourites;   /* that are known here */
  gboolean (*is_known) (const char *remote_id, gpointer user_data);
  gpointer user_data;
} BijouDeltaQuery;

typedef enum
{
  BIJOU_CENSUS_ROWS,
  BIJOU_CENSUS_WATCHED,
  BIJOU_CENSUS_UNWATCHED,
} BijouCensusKind;

/* A set of kinds of items. */
typedef guint BijouItemKinds;
#define BIJOU_ITEM_KIND_BIT(kind) (1u << (kind))

/**
 * BijouCensus:
 * How many rows there are at the server. Where the mirror has another number of them, rows were
 * lost, or marked, in a way that no list of news shows.
 */
typedef struct
{
  BijouCensusKind what;
  BijouItemKinds kinds;
  char *library_id; /* (owned) (nullable) NULL: in all libraries */
  gint64 count;
} BijouCensus;

/**
 * BijouDelta:
 * News of a server.
 */
typedef struct
{
  GPtrArray *items;      /* (owned) of BijouItem: whole rows that were added, changed or played; a
                          * library of NULL: the one in which they are known */
  GPtrArray *favourites; /* (owned) (nullable) of char *: every favourite there is */
  GPtrArray *begun;      /* (owned) (nullable) of BijouItem: slim rows of everything that was begun
                          * and not seen to its end */
  GPtrArray *census;     /* (owned) of BijouCensus */
  guint requests;
  gint64 bytes;
} BijouDelta;

BijouDelta *bijou_delta_new (void);
void bijou_delta_free (BijouDelta *self);
void bijou_delta_add_census (BijouDelta *self,
                             BijouCensusKind what,
                             BijouItemKinds kinds,
                             const char *library_id,
                             gint64 count);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouDelta, bijou_delta_free)

G_END_DECLS
