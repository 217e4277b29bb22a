#pragma once

#include "bijou-cache-entry.h"
#include "bijou-context.h"
#include "bijou-play-choices.h"
#include "bijou-play-queue.h"
#include "bijou-player.h"

G_BEGIN_DECLS

/**
 * BijouPlaybackTrack:
 * What a user can choose between.
 */
typedef struct
{
  char *title;  /* (owned) "English" */
  char *detail; /* (owned) (nullable) "AAC Stereo" */
  int number;   /* among the film's own tracks of its kind; -1: a file beside the film */
  const BijouStream *stream; /* (nullable) as the server describes it; lives with the detail */
  gboolean selected;
} BijouPlaybackTrack;

void bijou_playback_track_free (BijouPlaybackTrack *self);

/**
 * BijouPlayback:
 * Plays items: finds the details, the version and the part, opens the cache entry, drives a
 * #BijouPlayer, tells the server, keeps the position in the mirror, and knows what comes next.
 * Positions are those of the whole film, also when it is in several parts. Main thread only;
 * nothing here blocks; needs no display.
 *
 * Signals: `item-changed` (another item, or its details are known now); `state-changed`;
 * `position-changed`; `tracks-changed`; `ready`; `ended` (the film played to its end); `failed`
 * (GError); `notice` (a sentence for the user, playing goes on); `revoked` (whoever was signed in
 * when it began is not any more, and it was stopped).
 *
 * While the server is away the film waits, as long as the user lets it: the state is stalled (or
 * loading), and bijou_playback_get_cache_stats() tells why and when the next try is. It fails where
 * not even the details could be had, or where waiting is of no use; bijou_playback_retry() opens it
 * again at its place.
 */
#define BIJOU_TYPE_PLAYBACK (bijou_playback_get_type ())
G_DECLARE_FINAL_TYPE (BijouPlayback, bijou_playback, BIJOU, PLAYBACK, GObject)

BijouPlayback *
bijou_playback_new (BijouContext *context, GstElement *video_sink, GstElement *audio_sink);
/* @start_ms: -1 resumes where it was; @choices NULL: by the preferences. */
void bijou_playback_play (BijouPlayback *self,
                          BijouItem *item,
                          gint64 start_ms,
                          const BijouPlayChoices *choices);
void bijou_playback_retry (BijouPlayback *self);
void bijou_playback_try_now (BijouPlayback *self);
void bijou_playback_stop (BijouPlayback *self);
gboolean bijou_playback_play_next (BijouPlayback *self);
gboolean bijou_playback_play_previous (BijouPlayback *self);

void bijou_playback_seek (BijouPlayback *self, gint64 position_ms, BijouSeekMode mode);
gint64 bijou_playback_get_position (BijouPlayback *self);
gint64 bijou_playback_get_duration (BijouPlayback *self);
BijouPlayerState bijou_playback_get_state (BijouPlayback *self);
const GError *bijou_playback_get_error (BijouPlayback *self);

BijouPlayer *bijou_playback_get_player (BijouPlayback *self);
BijouPlayQueue *bijou_playback_get_queue (BijouPlayback *self);
BijouItem *bijou_playback_get_item (BijouPlayback *self);
/* (nullable): known once it plays. */
BijouDetail *bijou_playback_get_detail (BijouPlayback *self);
BijouVersion *bijou_playback_get_version (BijouPlayback *self);
BijouPart *bijou_playback_get_part (BijouPlayback *self);
/* (transfer none) (element-type BijouChapter): the server's, or the file's own. */
GPtrArray *bijou_playback_get_chapters (BijouPlayback *self);
const BijouChapter *bijou_playback_find_chapter (BijouPlayback *self, gint64 position_ms);
/* The intro, credits … at a position; NULL none. */
const BijouSegment *bijou_playback_find_segment (BijouPlayback *self, gint64 position_ms);

/* (transfer full) (element-type BijouPlaybackTrack) */
GPtrArray *bijou_playback_list_tracks (BijouPlayback *self, BijouTrackKind kind);
/* NULL: no text. */
void bijou_playback_select_track (BijouPlayback *self,
                                  BijouTrackKind kind,
                                  const BijouPlaybackTrack *track);

/* What of the film is in the cache, as fractions of its time. */
typedef struct
{
  double from;
  double to;
} BijouPlaybackRange;

/* (transfer full) (element-type BijouPlaybackRange) */
GArray *bijou_playback_list_cached (BijouPlayback *self);
gboolean bijou_playback_get_cache_stats (BijouPlayback *self, BijouCacheStats *stats);
/* How often the server is told; for tests. */
void bijou_playback_set_report_interval (BijouPlayback *self, guint interval_ms);
/* Waits until everything was told and kept; for tests. */
void bijou_playback_flush (BijouPlayback *self);

G_END_DECLS
