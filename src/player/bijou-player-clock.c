#include "config.h"

#include "bijou-player-private.h"

/* What the player's tick reads: where the film is, whether it lacks bytes, whether it stands still.
 */

#define STARVED_TICKS 2

/* Sound may have been there for a little longer than pictures. */
static gint64
find_last_seen (BijouPlayer *self)
{
  gint64 position = 0;

  if (!gst_element_query_position (self->video_sink, GST_FORMAT_TIME, &position))
    return self->position_ms;
  return MIN (self->position_ms, position / GST_MSECOND);
}

/* The clock runs on while the sinks have nothing, and what comes late is dropped: so the pipeline
 * pauses, and goes on from the last place that was seen. */
static void
set_starved (BijouPlayer *self, gboolean starved)
{
  if (starved == self->starved)
    return;
  self->starved = starved;
  if (starved && self->seek_target_ms < 0)
    bijou_player_set_position (self, find_last_seen (self));
  if (!starved && self->seek_target_ms < 0)
    bijou_player_begin_seek (self, self->position_ms, BIJOU_SEEK_ACCURATE);
  bijou_player_apply_target (self);
  bijou_player_update_state (self);
}

/* Queues that are not empty yet hide that the source has nothing to give; and what has just begun
 * to play, perhaps while the source still lacked something, has not moved yet. */
static void
update_starved (BijouPlayer *self, gboolean moved)
{
  gboolean buffering = bijou_player_is_buffering (self);

  if (!self->wants_to_play && self->seek_target_ms < 0)
    return;
  self->unmoved_ticks = moved ? 0 : self->unmoved_ticks + 1;
  if (!buffering || self->unmoved_ticks >= STARVED_TICKS)
    set_starved (self, buffering);
}

/* A clock can jump: libpulse 16 gives absurd times now and then when a stream stops and starts on a
 * busy machine, and the sinks then wait for years. Only a new pipeline gets out of that. */
static void
update_still (BijouPlayer *self, gboolean moved)
{
  gboolean should_move =
      self->wants_to_play && !self->starved && bijou_player_get_waiting_us (self) == 0;

  if (moved)
    self->still_limit = BIJOU_PLAYER_STILL_TICKS;
  self->still_ticks = moved || !should_move ? 0 : self->still_ticks + 1;
  if (self->still_ticks < self->still_limit)
    return;
  g_message ("the picture stands still at %" G_GINT64_FORMAT " ms, beginning anew there",
             self->position_ms);
  self->still_ticks = 0;
  self->still_limit *= 2;
  bijou_player_reload (self);
}

gboolean
bijou_player_on_tick_cb (gpointer user_data)
{
  BijouPlayer *self = BIJOU_PLAYER (user_data);
  gint64 position = 0;
  gint64 before = self->position_ms;

  if (bijou_player_leave_hanging (self))
    return G_SOURCE_REMOVE;
  if (!self->ready || self->ended)
    return G_SOURCE_CONTINUE;
  if (self->duration_ms <= 0)
    bijou_player_update_duration (self);
  if (self->seek_target_ms < 0 && !self->starved &&
      gst_element_query_position (bijou_player_get_pipeline (self), GST_FORMAT_TIME, &position))
    bijou_player_set_position (self, bijou_player_clamp_position (self, position / GST_MSECOND));
  update_starved (self, self->position_ms != before);
  update_still (self, self->position_ms != before);
  return G_SOURCE_CONTINUE;
}
