#pragma once

#include "bijou-detail.h"

#include <gst/gst.h>

G_BEGIN_DECLS

/* The chapters that a file itself names, in order; (transfer full) (element-type BijouChapter),
 * never NULL. Any thread. */
GPtrArray *bijou_toc_list_chapters (GstToc *toc);

G_END_DECLS
