#pragma once

#include "bijou-http.h"

G_BEGIN_DECLS

/**
 * BijouServerClock:
 * What time it is at a server, by the Date header of its answers: its lists of news are by its own
 * clock. A plain member of a backend, all zero at first; any thread.
 */
typedef struct
{
  gintptr offset; /* atomic: seconds it is ahead of ours */
  gint known;     /* atomic */
} BijouServerClock;

void bijou_server_clock_note (BijouServerClock *self, BijouHttpResponse *response);
gint64 bijou_server_clock_get_time (BijouServerClock *self);

G_END_DECLS
