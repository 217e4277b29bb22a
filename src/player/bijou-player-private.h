#pragma once

#include "bijou-player.h"

G_BEGIN_DECLS

GstElement *bijou_player_get_pipeline (BijouPlayer *self);
GstElement *bijou_player_get_video_sink (BijouPlayer *self);

G_END_DECLS
