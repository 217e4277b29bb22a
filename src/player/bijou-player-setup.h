#pragma once

#include <gio/gio.h>
#include <gst/gst.h>

G_BEGIN_DECLS

/* Getting GStreamer ready takes seconds on a fresh machine, and asking sound servers that do not
 * answer may too: a thread does it once per process, best before anybody presses Play. */

/* Main thread; @callback comes there, also when it was done long ago. */
void bijou_player_setup_async (GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean bijou_player_setup_finish (GAsyncResult *result, GError **error);

/* (transfer floating): where sound goes. @silent: there is nowhere, it is only kept in step. Where
 * the setup was not awaited, this does its part on sound; after gst_init(). */
GstElement *bijou_player_setup_make_audio_sink (gboolean *silent);
/* (transfer floating) */
GstElement *bijou_player_setup_make_silent_sink (void);

G_END_DECLS
