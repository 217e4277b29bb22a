#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BijouQuality:
 * How the way to one origin is, by the traffic that there was.
 */
typedef struct
{
  int latency_ms;    /* to the first byte of an answer, smoothed; -1 unknown */
  gint64 throughput; /* bytes per second, smoothed; -1 unknown */
  guint failures;    /* of the last `outcomes` */
  guint outcomes;    /* 20 at most */
  gboolean degraded; /* slow or failing: fewer things at a time, more patience */
} BijouQuality;

/**
 * BijouNetworkQuality:
 * Draws a #BijouQuality from what happens, with hysteresis: one good answer does not end a bad
 * time. Keeps no clock; its owner keeps the lock.
 */
typedef struct _BijouNetworkQuality BijouNetworkQuality;

BijouNetworkQuality *bijou_network_quality_new (void);
void bijou_network_quality_free (BijouNetworkQuality *self);
void bijou_network_quality_note_answer (BijouNetworkQuality *self, int latency_ms);
void bijou_network_quality_note_failure (BijouNetworkQuality *self);
void bijou_network_quality_note_bytes (BijouNetworkQuality *self, gint64 bytes, gint64 us);
void bijou_network_quality_set_need (BijouNetworkQuality *self, gint64 bytes_per_second);
void bijou_network_quality_get (const BijouNetworkQuality *self, BijouQuality *quality);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BijouNetworkQuality, bijou_network_quality_free)

G_END_DECLS
