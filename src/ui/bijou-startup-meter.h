#pragma once

#include "bijou-window.h"

G_BEGIN_DECLS

/* Measures the start of a window for --exit-after-startup: prints one JSON object when the first
 * frame with rows was painted, or when there is nothing to wait for, and closes the window.
 * @start_us: monotonic time of the process's start. Main thread. */
void bijou_startup_meter_attach (BijouWindow *window, gint64 start_us);

G_END_DECLS
