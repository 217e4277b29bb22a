#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * BijouPlayerRun:
 * One pipeline, for one film: playbin3 of GStreamer 1.22 does not survive being used for another
 * one at once. What may block, and a sound server that hangs makes a change of state block, is done
 * by a thread of its own in the order of asking. Main thread only.
 */
typedef struct _BijouPlayerRun BijouPlayerRun;

typedef void (*BijouPlayerRunFunc) (GstElement *pipeline, gpointer data);

BijouPlayerRun *bijou_player_run_new (GstElement *pipeline);
/* (transfer none) */
GstElement *bijou_player_run_get_pipeline (BijouPlayerRun *self);
void bijou_player_run_do (BijouPlayerRun *self,
                          BijouPlayerRunFunc func,
                          gpointer data,
                          GDestroyNotify free_data);
void bijou_player_run_set_state (BijouPlayerRun *self, GstState state);
/* Takes the pipeline down; @func runs on the main context then. The run is of no more use but for
 * waiting. */
void bijou_player_run_end (BijouPlayerRun *self,
                           gboolean settled,
                           BijouPlayerRunFunc close,
                           gpointer close_data,
                           GDestroyNotify free_close_data,
                           GstElement *video_sink,
                           GstElement *audio_sink,
                           GSourceFunc func,
                           gpointer data,
                           GDestroyNotify free_data);
void bijou_player_run_wait (BijouPlayerRun *self, guint ms);
void bijou_player_run_unref (BijouPlayerRun *self);
/* How long what it does takes already, in µs; 0: it does nothing. */
gint64 bijou_player_run_get_busy_us (BijouPlayerRun *self);

G_END_DECLS
