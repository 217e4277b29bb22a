/* What the running process is to the system. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Since the system made the process, in whole ticks of the system's clock. */
gint64 process_get_age_ms (void);
/* Prints {"age_ms", "rss_kb", "pss_kb", "private_kb", "peak_kb"} and @age_ms as it was. */
void process_print_figures (gint64 age_ms);

G_END_DECLS
