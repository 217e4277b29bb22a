#include "config.h"

#include "bijou-player-private.h"

/* One seek in flight; the newest target wins. */

typedef struct
{
  guint serial;
  double rate;
  GstSeekFlags flags;
  gint64 position; /* ns */
} Seek;

static void
post_marker (GstElement *pipeline, const char *name, guint serial)
{
  GstStructure *structure = gst_structure_new (name, "serial", G_TYPE_UINT, serial, NULL);

  gst_element_post_message (pipeline,
                            gst_message_new_application (GST_OBJECT (pipeline), structure));
}

/* What was posted before the marker belongs to something older: ASYNC_DONE has no trace of the seek
 * that it is the end of. */
static void
seek_in_thread (GstElement *pipeline, gpointer data)
{
  const Seek *seek = data;

  post_marker (pipeline, BIJOU_PLAYER_SEEK_MARKER, seek->serial);
  if (!gst_element_seek (pipeline, seek->rate, GST_FORMAT_TIME, seek->flags, GST_SEEK_TYPE_SET,
                         seek->position, GST_SEEK_TYPE_NONE, GST_CLOCK_TIME_NONE))
    post_marker (pipeline, BIJOU_PLAYER_SEEK_REFUSED, seek->serial);
}

static void
send_seek (BijouPlayer *self, gint64 position_ms, BijouSeekMode mode)
{
  Seek *seek = g_new0 (Seek, 1);

  seek->serial = ++self->seek_serial;
  seek->rate = self->rate;
  seek->position = position_ms * GST_MSECOND;
  seek->flags = GST_SEEK_FLAG_FLUSH;
  seek->flags |= mode == BIJOU_SEEK_ACCURATE ? GST_SEEK_FLAG_ACCURATE : GST_SEEK_FLAG_KEY_UNIT;
  bijou_player_run_do (self->run, seek_in_thread, seek, g_free);
}

void
bijou_player_begin_seek (BijouPlayer *self, gint64 position_ms, BijouSeekMode mode)
{
  g_return_if_fail (self->run != NULL);

  self->ended = FALSE;
  self->seek_target_ms = position_ms;
  bijou_player_set_position (self, position_ms);
  send_seek (self, position_ms, mode);
  bijou_player_apply_target (self);
  bijou_player_update_state (self);
}

gint64
bijou_player_clamp_position (BijouPlayer *self, gint64 position_ms)
{
  gint64 end = self->duration_ms > 0 ? self->duration_ms : G_MAXINT64;

  return CLAMP (position_ms, 0, end);
}

static void
become_ready (BijouPlayer *self)
{
  gboolean reloaded = self->reloading;

  self->ready = TRUE;
  self->reloading = FALSE;
  bijou_player_apply_target (self);
  bijou_player_update_state (self);
  if (!reloaded)
    g_signal_emit_by_name (self, "ready");
  if (self->silent && !self->silence_told)
    {
      self->silence_told = TRUE;
      g_signal_emit_by_name (self, "no-sound");
    }
}

void
bijou_player_finish_seek (BijouPlayer *self)
{
  gint64 done = self->seek_target_ms;

  self->seek_target_ms = -1;
  if (self->next_seek_ms >= 0)
    {
      gint64 next = self->next_seek_ms;

      self->next_seek_ms = -1;
      bijou_player_begin_seek (self, next, self->next_seek_mode);
      return;
    }
  if (!self->ready)
    become_ready (self);
  else
    g_signal_emit_by_name (self, "seeked", done);
}

void
bijou_player_on_seek_refused (BijouPlayer *self, guint serial)
{
  if (serial != self->seek_serial || self->seek_target_ms < 0)
    return;
  g_debug ("seek to %" G_GINT64_FORMAT " ms refused", self->seek_target_ms);
  bijou_player_finish_seek (self);
}

static void
finish_preroll (BijouPlayer *self)
{
  gint64 start = self->start_ms;

  self->prerolled = TRUE;
  self->start_ms = -1;
  bijou_player_update_duration (self);
  if (bijou_player_needs_selection (self))
    bijou_player_send_selection (self);
  if (start > 0 || self->rate != 1.0 || bijou_player_needs_selection (self))
    bijou_player_begin_seek (self, bijou_player_clamp_position (self, MAX (start, 0)),
                             BIJOU_SEEK_ACCURATE);
  if (self->seek_target_ms < 0)
    become_ready (self);
}

void
bijou_player_on_async_done (BijouPlayer *self)
{
  if (!self->prerolled)
    finish_preroll (self);
  else if (self->seek_target_ms >= 0 && self->seen_serial == self->seek_serial)
    bijou_player_finish_seek (self);
}

/**
 * bijou_player_seek:
 * @self: a player
 * @position_ms: where to, in ms; clamped to the film
 * @mode: how exactly
 *
 * While a seek is in flight, the newest target waits for it to end and the ones between are
 * forgotten. Before the first picture it moves the place where playing begins. Main thread.
 */
void
bijou_player_seek (BijouPlayer *self, gint64 position_ms, BijouSeekMode mode)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  if (!bijou_player_is_loaded (self))
    return;
  position_ms = bijou_player_clamp_position (self, position_ms);
  if (!self->prerolled)
    {
      self->start_ms = position_ms;
      bijou_player_set_position (self, position_ms);
    }
  else if (self->seek_target_ms >= 0)
    {
      self->next_seek_ms = position_ms;
      self->next_seek_mode = mode;
      bijou_player_set_position (self, position_ms);
    }
  else
    bijou_player_begin_seek (self, position_ms, mode);
}

static void
step_in_thread (GstElement *pipeline, gpointer data)
{
  gst_element_send_event (pipeline, gst_event_new_step (GST_FORMAT_BUFFERS, 1, 1.0, TRUE, FALSE));
}

/* One frame forward, while paused. */
void
bijou_player_step_frame (BijouPlayer *self)
{
  g_return_if_fail (BIJOU_IS_PLAYER (self));

  if (self->state == BIJOU_PLAYER_PAUSED)
    bijou_player_run_do (self->run, step_in_thread, NULL, NULL);
}
