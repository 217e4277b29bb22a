#pragma once

#include "bijou-context.h"

G_BEGIN_DECLS

/**
 * BijouSeriesData:
 * What the page of a series shows of the store, read in one go.
 */
typedef struct
{
  BijouItem *show;     /* (owned) */
  GPtrArray *seasons;  /* (owned) of BijouItem */
  BijouItem *season;   /* (owned) (nullable) the one whose episodes these are */
  GPtrArray *episodes; /* (owned) of BijouItem */
  BijouItem *next;     /* (owned) (nullable) the episode to watch next */
} BijouSeriesData;

void bijou_series_data_free (BijouSeriesData *self);
/* @season_id NULL: the season of the episode to watch next, or of @episode_id. */
void bijou_series_data_load_async (BijouContext *context,
                                   const char *server_id,
                                   const char *show_id,
                                   const char *season_id,
                                   const char *episode_id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
BijouSeriesData *
bijou_series_data_load_finish (BijouContext *context, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouSeriesData, bijou_series_data_free)

G_END_DECLS
