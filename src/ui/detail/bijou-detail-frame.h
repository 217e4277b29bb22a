#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * BijouDetailFrame:
 * A scrolling page under a header bar that is clear over the picture at the top, and solid with the
 * title once the picture was scrolled away.
 */
#define BIJOU_TYPE_DETAIL_FRAME (bijou_detail_frame_get_type ())
G_DECLARE_FINAL_TYPE (BijouDetailFrame, bijou_detail_frame, BIJOU, DETAIL_FRAME, GtkWidget)

GtkWidget *bijou_detail_frame_new (void);
AdwHeaderBar *bijou_detail_frame_get_header (BijouDetailFrame *self);
void bijou_detail_frame_set_title (BijouDetailFrame *self, const char *title);
void bijou_detail_frame_append (BijouDetailFrame *self, GtkWidget *child);
void bijou_detail_frame_set_threshold (BijouDetailFrame *self, int height);
gboolean bijou_detail_frame_show_child (BijouDetailFrame *self, GtkWidget *child);

G_END_DECLS
