#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The layer above tells a server; this one only knows when and what. */
typedef enum
{
  BIJOU_PROGRESS_START,
  BIJOU_PROGRESS_UPDATE,
  BIJOU_PROGRESS_STOP,
} BijouProgressKind;

/**
 * BijouProgressPoint:
 * Where a playback stands.
 */
typedef struct
{
  gint64 position_ms;
  gint64 duration_ms; /* 0 unknown */
  gboolean paused;
  gboolean stalled;
} BijouProgressPoint;

typedef void (*BijouProgressFunc) (BijouProgressKind kind,
                                   const BijouProgressPoint *point,
                                   gpointer user_data);

/**
 * BijouProgress:
 * Decides when a playback is reported: START once, when playing has really begun; then every
 * interval and at each pause, resume, seek and change of track; STOP once, with the last position.
 * Nothing is reported before bijou_progress_begin() or after bijou_progress_stop(). Main thread.
 */
#define BIJOU_TYPE_PROGRESS (bijou_progress_get_type ())
G_DECLARE_FINAL_TYPE (BijouProgress, bijou_progress, BIJOU, PROGRESS, GObject)

#define BIJOU_PROGRESS_INTERVAL_MS 10000

BijouProgress *bijou_progress_new (guint interval_ms, BijouProgressFunc func, gpointer user_data);
void bijou_progress_begin (BijouProgress *self, const BijouProgressPoint *point);
void bijou_progress_move (BijouProgress *self, const BijouProgressPoint *point);
void bijou_progress_report (BijouProgress *self, const BijouProgressPoint *point);
void bijou_progress_stop (BijouProgress *self);
gboolean bijou_progress_is_running (BijouProgress *self);

G_END_DECLS
