#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* So many seconds of media are fetched ahead of the reader: a minute's outage, that is noticed and
 * mended in ten seconds, begins at the worst when only three quarters of it are there. */
#define BIJOU_READ_AHEAD_SECONDS 120
/* What a setting bounds it to by default. */
#define BIJOU_READ_AHEAD_LIMIT_MB 512

/**
 * BijouReadAhead:
 * What decides how far a film is fetched ahead of its reader.
 */
typedef struct
{
  guint seconds;      /* of media */
  gint64 bitrate;     /* bits per second, 0 unknown */
  gint64 limit;       /* bytes at most, whatever the seconds */
  gboolean degraded;  /* the network is bad: be further ahead */
  gboolean metered;   /* each byte is paid for: fetch what is watched soon */
  gboolean in_memory; /* there is no disk to put it on */
} BijouReadAhead;

gint64 bijou_read_ahead_get_target (const BijouReadAhead *self, gint64 settled_us);
gint64 bijou_read_ahead_get_low_mark (gint64 target);
gboolean bijou_read_ahead_is_growing (const BijouReadAhead *self, gint64 settled_us);

G_END_DECLS
