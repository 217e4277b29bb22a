#include "config.h"

#include "bijou-read-ahead.h"

#define MB (1024 * (gint64) 1024)
#define DEGRADED_FACTOR 3
#define METERED_SECONDS 20
#define METERED_LIMIT (32 * MB)
#define MEMORY_LIMIT (32 * MB)
/* Also of films with a low bitrate, or with an unknown one. */
#define MIN_TARGET (16 * MB)
#define MIN_METERED_TARGET (4 * MB)
/* Who drags along the seek bar does not need what is far behind each stop. */
#define DOUBLING_US (2 * G_TIME_SPAN_SECOND)
#define MAX_DOUBLINGS 16

static gint64
get_full_target (const BijouReadAhead *self)
{
  guint factor = self->degraded && !self->metered ? DEGRADED_FACTOR : 1;
  guint seconds = self->metered ? MIN (self->seconds, METERED_SECONDS) : self->seconds * factor;
  gint64 target = self->bitrate / 8 * seconds;
  gint64 limit = self->metered ? MIN (self->limit, METERED_LIMIT) : self->limit;

  target = MAX (target, self->metered ? MIN_METERED_TARGET : MIN_TARGET);
  if (self->in_memory)
    limit = MIN (limit, MEMORY_LIMIT);
  return MIN (target, limit);
}

/**
 * bijou_read_ahead_get_target:
 * @self: what decides
 * @settled_us: how long ago the reader came to this part of the file
 *
 * How many bytes to be ahead of the reader: little after a jump, doubled every two seconds from
 * there. Any thread.
 *
 * Returns: bytes
 */
gint64
bijou_read_ahead_get_target (const BijouReadAhead *self, gint64 settled_us)
{
  gint64 full = get_full_target (self);
  gint64 doublings = CLAMP (settled_us / DOUBLING_US, 0, MAX_DOUBLINGS);

  return MIN (full, MIN_TARGET << doublings);
}

/**
 * bijou_read_ahead_is_growing:
 * @self: what decides
 * @settled_us: how long ago the reader came to this part of the file
 *
 * Returns: whether the target will be larger in a while by itself
 */
gboolean
bijou_read_ahead_is_growing (const BijouReadAhead *self, gint64 settled_us)
{
  return bijou_read_ahead_get_target (self, settled_us) < get_full_target (self);
}

/**
 * bijou_read_ahead_get_low_mark:
 * @target: how far to be ahead
 *
 * A transfer that was paused at @target goes on when so much is left, and not before: short bursts
 * would keep the connection and the disk awake.
 *
 * Returns: bytes
 */
gint64
bijou_read_ahead_get_low_mark (gint64 target)
{
  return target / 4 * 3;
}
