#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouHomeRecent:
 * What was added to one library.
 */
typedef struct
{
  BijouLibrary *library; /* (owned) */
  GPtrArray *items;      /* (owned) of BijouItem */
} BijouHomeRecent;

/**
 * BijouHomeData:
 * All that Home shows, read in one go.
 */
typedef struct
{
  GPtrArray *servers;  /* (owned) of BijouServer */
  GPtrArray *hero;     /* (owned) of BijouItem */
  GPtrArray *kickers;  /* (owned) of char *, for each of hero */
  GPtrArray *going_on; /* (owned) of BijouItem: begun */
  GPtrArray *next_up;  /* (owned) of BijouItem */
  GPtrArray *recents;  /* (owned) of BijouHomeRecent */
  GPtrArray *playable; /* (owned) of BijouItem: on this computer */
  GHashTable
      *downloaded;    /* (owned) set of item keys that are kept here whole, by the user's wish */
  GHashTable *cached; /* (owned) set of item keys that are here whole by chance */
} BijouHomeData;

void bijou_home_data_free (BijouHomeData *self);
void bijou_home_data_load_async (BijouContext *context,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
BijouHomeData *
bijou_home_data_load_finish (BijouContext *context, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouHomeData, bijou_home_data_free)

G_END_DECLS
